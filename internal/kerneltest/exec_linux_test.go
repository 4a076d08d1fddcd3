// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package kerneltest

import (
	"encoding/binary"
	"errors"
	"runtime"
	"testing"
	"unsafe"

	"github.com/facc7503/mmap"
	"github.com/facc7503/mmap/internal/mmaptest"
)

// returns is machine code for a Go function that returns n: Go's calling
// convention has the first result in the register that is used here, and asks
// nothing of a function without a frame that calls nobody.
func returns(t *testing.T, n uint16) []byte {
	t.Helper()
	switch runtime.GOARCH {
	case "amd64":
		return []byte{0xb8, byte(n), byte(n >> 8), 0, 0, 0xc3} // MOVL $n, AX; RET
	case "arm64":
		// Its instructions are little-endian whatever the data are.
		code := binary.LittleEndian.AppendUint32(nil, 0xd2800000|uint32(n)<<5) // MOVD $n, R0
		return binary.LittleEndian.AppendUint32(code, 0xd65f03c0)              // RET
	}
	t.Skipf("no machine code for %s here", runtime.GOARCH)
	return nil
}

// function is a function whose code is at b[0]. A func value points to a word
// that holds the address of the code.
func function(b []byte) func() int {
	code := &struct{ addr uintptr }{uintptr(unsafe.Pointer(&b[0]))}
	return *(*func() int)(unsafe.Pointer(&code))
}

// protectExec is m.Protect(ProtRead|ProtExec), where the system allows it.
func protectExec(t *testing.T, m *mmap.Mapping) {
	t.Helper()
	if err := m.Protect(mmap.ProtRead | mmap.ProtExec); errors.Is(err, mmap.ErrAccess) {
		t.Skipf("this system makes no memory executable: %v", err)
	} else if err != nil {
		t.Fatal(err)
	}
}

// TestExecute writes code and runs it, never with pages that can be written and
// executed at once.
//
// On arm64 the caches of data and instructions are not coherent. No cache has to
// be cleaned here because the kernel does it when it maps a page executable that
// is fresh, and each version of the code lies on such a page: to write over code
// that has run, on the same page, would need IC IVAU.
func TestExecute(t *testing.T) {
	code := returns(t, 4711)
	m := mmaptest.Anon(t, 2*pageSize)
	copy(m.Bytes(), code)
	call := function(m.Bytes())

	// The processor finds that the page is not executable, and Guard takes it for
	// what it is, a fault at that address.
	mmaptest.WantFault(t, m.Guard(func([]byte) error {
		t.Errorf("code on pages of %v returned %d", m.Prot(), call())
		return nil
	}), "guard", m, 0)

	protectExec(t, m)
	if n := call(); n != 4711 {
		t.Errorf("the code returned %d, want 4711", n)
	}
	wantStore := func(ok bool) {
		t.Helper()
		for off := range m.Len() {
			if off%pageSize > 1 {
				continue
			}
			if mmaptest.Writable(m, off) != ok {
				t.Errorf("with %v the store to %d works: %v", m.Prot(), off, !ok)
			}
		}
	}
	wantStore(false)
	n, err := m.WriteAt(returns(t, 1), 0)
	if n != 0 {
		t.Errorf("WriteAt = %d", n)
	}
	mmaptest.WantFault(t, err, "write", m, 0)
	if n := call(); n != 4711 {
		t.Errorf("after a store that faulted the code returned %d, want 4711", n)
	}

	mmaptest.Must(t, m.Protect(rw))
	wantStore(true)
	mmaptest.WantFault(t, m.Guard(func([]byte) error { call(); return nil }), "guard", m, 0)
	mmaptest.Must(t, m.Advise(mmap.AdviceDontNeed)) // for pages that are fresh
	_, err = m.WriteAt(returns(t, 42), 0)
	mmaptest.Must(t, err)
	protectExec(t, m)
	wantStore(false)
	if n := call(); n != 42 {
		t.Errorf("the new code returned %d, want 42", n)
	}

	// One page of two, and code on the other.
	mmaptest.Must(t, m.Protect(rw))
	mmaptest.Must(t, m.Advise(mmap.AdviceDontNeed))
	copy(m.Bytes()[pageSize:], returns(t, 7))
	mmaptest.Must(t, m.ProtectRange(pageSize, pageSize, mmap.ProtRead|mmap.ProtExec))
	if n := function(m.Bytes()[pageSize:])(); n != 7 {
		t.Errorf("the code on the second page returned %d, want 7", n)
	}
	if !mmaptest.Writable(m, 0) || mmaptest.Writable(m, pageSize) {
		t.Error("ProtectRange has changed the wrong page")
	}
	mmaptest.WantParts(t, m.Addr(), 2, "rw- 1, r-x 1")
}

// TestExecuteFile runs code from a file that was mapped executable at once.
func TestExecuteFile(t *testing.T) {
	code := returns(t, 4711)
	f := mmaptest.Memfd(t, 0, 0)
	_, err := f.WriteAt(code, int64(pageSize)+16)
	mmaptest.Must(t, err)
	m, err := mmap.MapRegion(f, int64(pageSize)+16, len(code), mmap.ProtRead|mmap.ProtExec, mmap.Private)
	if errors.Is(err, mmap.ErrPermission) || errors.Is(err, mmap.ErrAccess) {
		t.Skipf("this system executes no memfd: %v", err)
	}
	mmaptest.Mapped(t)(m, err)
	if n := function(m.Bytes())(); n != 4711 {
		t.Errorf("the code returned %d, want 4711", n)
	}
	if mmaptest.Writable(m, 0) {
		t.Error("the code can be written")
	}
	mmaptest.Must(t, m.Protect(mmap.ProtRead))
	mmaptest.WantFault(t, m.Guard(func(b []byte) error { function(b)(); return nil }), "guard", m, 0)
}
