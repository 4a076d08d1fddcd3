// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package mmaptest

import (
	"errors"
	"os"
	"runtime"
	"runtime/debug"
	"testing"
	"unsafe"

	"github.com/facc7503/mmap"
)

// zero is 0. The compiler does not know that.
var zero byte

// Readable reports whether the byte of m at off can be read.
func Readable(m *mmap.Mapping, off int) bool {
	return m.Guard(func(b []byte) error { runtime.KeepAlive(b[off]); return nil }) == nil
}

// Writable reports whether the byte of m at off can be written.
func Writable(m *mmap.Mapping, off int) bool {
	return m.Guard(func(b []byte) error { b[off] ^= zero; return nil }) == nil
}

// Holds reports whether want lies at addr. Where pages were unmapped, others of Go's
// may lie by now: what they hold tells whether they are the old ones.
//
//go:nocheckptr
//go:norace
func Holds(addr uintptr, want []byte) (holds bool) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() { recover() }()
	for i, b := range unsafe.Slice((*byte)(unsafe.Add(nil, addr)), len(want)) {
		if b != want[i] {
			return false
		}
	}
	return true
}

// Pages returns all of the pages that hold m, its bytes and what surrounds them.
func Pages(m *mmap.Mapping) []byte {
	b := m.Bytes()
	if len(b) == 0 {
		return nil
	}
	slop := int(m.Addr()) & (pageSize - 1)
	size := (slop + len(b) + pageSize - 1) &^ (pageSize - 1)
	return unsafe.Slice((*byte)(unsafe.Add(unsafe.Pointer(&b[0]), -slop)), size)
}

// WantFault ends the test unless err is the error of op for a fault of m at off.
func WantFault(t testing.TB, err error, op string, m *mmap.Mapping, off int) {
	t.Helper()
	path := m.SyncRange(-1, 0, mmap.SyncWait).(*mmap.Error).Path // every error of m has it
	var e *mmap.Error
	var fault *mmap.FaultError
	if !errors.As(err, &e) || !errors.As(err, &fault) || !errors.Is(err, mmap.ErrFault) || e.Op != op || e.Path != path {
		t.Fatalf("got %v, want a fault of %s %s", err, op, path)
	}
	if op == "guard" && runtime.GOARCH == "s390x" { // the processor tells the page alone
		off = max(0, off-int(m.Addr()+uintptr(off))%pageSize)
	}
	if fault.Offset != off {
		t.Errorf("%s: FaultError.Offset = %d, want %d", op, fault.Offset, off)
	}
	if want := m.Addr() + uintptr(off); fault.Addr != want && runtime.GOARCH != "s390x" && off != 0 {
		t.Errorf("%s: FaultError.Addr = %#x, want %#x", op, fault.Addr, want)
	}
}

// IsRuntimeError reports whether r, which was recovered, is a runtime.Error.
func IsRuntimeError(r any) bool { _, ok := r.(runtime.Error); return ok }

// Flicker cuts f to a page and back to size, over and over, and then tells how
// it went.
func Flicker(f *os.File, size int64) <-chan error {
	done := make(chan error, 1)
	go func() {
		var err error
		for range 2000 {
			err = errors.Join(err, f.Truncate(int64(pageSize)), f.Truncate(size))
		}
		done <- err
	}()
	return done
}
