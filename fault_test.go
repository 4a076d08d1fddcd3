// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build unix || windows

package mmap_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"runtime/debug"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"unsafe"

	"github.com/facc7503/mmap"
	"github.com/facc7503/mmap/internal/mmaptest"
)

var (
	_ io.ReaderAt = (*mmap.Mapping)(nil)
	_ io.WriterAt = (*mmap.Mapping)(nil)
)

func TestReadAtAsBytesReader(t *testing.T) {
	for _, content := range [][]byte{nil, mmaptest.Pattern(1), mmaptest.Pattern(5000), mmaptest.Pattern(3 * pageSize)} {
		m, _ := mmaptest.MapContent(t, content, 0, mmap.ProtRead, mmap.Shared)
		r := bytes.NewReader(content)
		for _, off := range []int{0, 1, 17, len(content) - 1, len(content), len(content) + 1, len(content) + pageSize} {
			for _, n := range []int{0, 1, len(content) / 2, len(content), len(content) + 1} {
				if off < 0 {
					continue
				}
				want, got := make([]byte, n), make([]byte, n)
				wantN, wantErr := r.ReadAt(want, int64(off))
				gotN, gotErr := m.ReadAt(got, int64(off))
				if gotN != wantN || gotErr != wantErr || !bytes.Equal(got, want) {
					t.Errorf("ReadAt(%d bytes, %d) of %d = %d, %v, want %d, %v", n, off, len(content), gotN, gotErr, wantN, wantErr)
				}
			}
		}
		for _, off := range []int64{-1, -1 << 63} {
			if n, err := m.ReadAt(make([]byte, 1), off); n != 0 || !errors.Is(err, mmap.ErrRange) {
				t.Errorf("ReadAt(%d) = %d, %v, want ErrRange", off, n, err)
			}
		}
		if err := iotest.TestReader(io.NewSectionReader(m, 0, int64(len(content))), content); err != nil {
			t.Error(err)
		}
	}
}

func TestWriteAt(t *testing.T) {
	content := mmaptest.Pattern(2*pageSize + 100)
	m, f := mmaptest.MapContent(t, content, 0, mmap.ProtRead|mmap.ProtWrite, mmap.Shared)
	end := int64(len(content))
	for _, test := range []struct {
		p    string
		off  int64
		n    int
		want error
	}{
		{"head", 0, 4, nil},
		{"across", int64(pageSize) - 3, 6, nil},
		{"tail", end - 4, 4, nil},
		{"tail", end - 2, 2, io.ErrShortWrite},
		{"past", end, 0, io.ErrShortWrite},
		{"past", end + 1, 0, io.ErrShortWrite},
		{"past", 1<<63 - 1, 0, io.ErrShortWrite},
		{"", end + 1, 0, nil},
		{"before", -1, 0, mmap.ErrRange},
	} {
		n, err := m.WriteAt([]byte(test.p), test.off)
		if n != test.n || !errors.Is(err, test.want) {
			t.Errorf("WriteAt(%q, %d) = %d, %v, want %d, %v", test.p, test.off, n, err, test.n, test.want)
		}
		if test.off >= 0 && test.off < end {
			copy(content[test.off:], test.p)
		}
	}
	if got, err := os.ReadFile(f.Name()); err != nil || !bytes.Equal(got, content) {
		t.Errorf("the file does not hold what was written (%v)", err)
	}
}

// A buffer in the Mapping is refused; one in the pages next to it is not.
func TestBufferOverlap(t *testing.T) {
	mmaptest.NeedFixed(t)
	all := mmaptest.Anon(t, 3*pageSize)
	m := mmaptest.Mapped(t)(mmap.MapAt(all.Addr()+uintptr(pageSize), -1, 0, pageSize, mmap.ProtRead|mmap.ProtWrite, mmap.Private|mmap.Anonymous|mmap.Fixed))
	b := all.Bytes()
	for _, test := range []struct {
		p    []byte
		want error
	}{
		{b[:pageSize], nil},
		{b[:pageSize+1], mmap.ErrInvalid},
		{b[pageSize : pageSize+1], mmap.ErrInvalid},
		{m.Bytes(), mmap.ErrInvalid},
		{b[2*pageSize-1 : 2*pageSize], mmap.ErrInvalid},
		{b, mmap.ErrInvalid},
		{b[2*pageSize:], nil},
		{m.Bytes()[:0], nil},
		{m.Bytes()[1:1], nil},
	} {
		if _, err := m.ReadAt(test.p, 0); !errors.Is(err, test.want) {
			t.Errorf("ReadAt: %v, want %v", err, test.want)
		}
		if _, err := m.WriteAt(test.p, 0); !errors.Is(err, test.want) {
			t.Errorf("WriteAt: %v, want %v", err, test.want)
		}
	}
}

// The mapping starts 1000 bytes into a file of 4 pages, which is then truncated
// to 2 pages.
func TestCopyFault(t *testing.T) {
	mmaptest.NeedCut(t)
	for _, flags := range []mmap.Flag{mmap.Shared, mmap.Private} {
		t.Run(flags.String(), func(t *testing.T) { testCopyFault(t, flags) })
	}
}

func testCopyFault(t *testing.T, flags mmap.Flag) {
	content := mmaptest.Pattern(4 * pageSize)
	m, f := mmaptest.MapContent(t, content, 1000, rw, flags)
	mmaptest.Truncate(t, f.Name(), int64(2*pageSize))
	gone := 2*pageSize - 1000
	for _, off := range []int{0, 1, pageSize, gone - 1, gone, gone + 1, 3*pageSize - 1000, m.Len() - 1} {
		rest := m.Len() - off
		before := max(0, gone-off)
		p := make([]byte, rest)
		n, err := m.ReadAt(p, int64(off))
		if n != before || !bytes.Equal(p[:n], content[1000+off:][:n]) {
			t.Errorf("ReadAt(%d) = %d bytes, want the %d before the fault", off, n, before)
		}
		mmaptest.WantFault(t, err, "read", m, off+before)

		n, err = m.WriteAt(bytes.Repeat([]byte{'w'}, rest), int64(off))
		if n != before {
			t.Errorf("WriteAt(%d) = %d bytes, want the %d before the fault", off, n, before)
		}
		mmaptest.WantFault(t, err, "write", m, off+before)
		if _, err := m.WriteAt(content[1000+off:][:before], int64(off)); err != nil {
			t.Fatal(err)
		}

		if off >= gone {
			mmaptest.WantFault(t, m.Guard(func(b []byte) error { sink = b[off]; return nil }), "guard", m, off)
			mmaptest.WantFault(t, m.Guard(func(b []byte) error { b[off] = 1; return nil }), "guard", m, off)
		}
	}
	if n, err := m.ReadAt(make([]byte, gone), 0); n != gone || err != nil {
		t.Errorf("ReadAt of what is there = %d, %v", n, err)
	}
	mmaptest.Truncate(t, f.Name(), int64(4*pageSize))
	if n, err := m.ReadAt(make([]byte, m.Len()), 0); n != m.Len() || err != nil {
		t.Errorf("ReadAt after the file has grown back = %d, %v", n, err)
	}
}

func TestProtectedPageFaults(t *testing.T) {
	m := mmaptest.Anon(t, 3*pageSize)
	mmaptest.Must(t, m.ProtectRange(pageSize, pageSize, mmap.ProtRead))
	p := make([]byte, 3*pageSize)
	n, err := m.WriteAt(p, 10)
	if n != pageSize-10 {
		t.Errorf("WriteAt = %d, want %d", n, pageSize-10)
	}
	mmaptest.WantFault(t, err, "write", m, pageSize)
	if n, err := m.ReadAt(p, 0); n != len(p) || err != nil {
		t.Errorf("ReadAt = %d, %v", n, err)
	}
	mmaptest.Must(t, m.Protect(mmap.ProtNone))
	n, err = m.ReadAt(p, 10)
	if n != 0 {
		t.Errorf("ReadAt without access = %d", n)
	}
	mmaptest.WantFault(t, err, "read", m, 10)
}

// A fault is an end of the copy only if it is still there at a second look.
func TestReadAtWhileFileChanges(t *testing.T) {
	mmaptest.NeedRemove(t)
	content := mmaptest.Pattern(4 * pageSize)
	m, f := mmaptest.MapContent(t, content, 0, mmap.ProtRead, mmap.Shared)
	done := mmaptest.Flicker(f, int64(len(content)))
	p := make([]byte, len(content))
	for {
		n, err := m.ReadAt(p, 0)
		if err == nil && n != len(p) {
			t.Fatalf("ReadAt = %d, nil", n)
		}
		if err != nil {
			mmaptest.WantFault(t, err, "read", m, n)
			if n%pageSize != 0 {
				t.Fatalf("ReadAt = %d, which is no page boundary", n)
			}
		}
		if !bytes.Equal(p[:min(n, pageSize)], content[:min(n, pageSize)]) {
			t.Fatal("ReadAt has read what was never there")
		}
		select {
		case err := <-done:
			mmaptest.Must(t, err)
			return
		default:
		}
	}
}

func TestGuard(t *testing.T) {
	m := mmaptest.Anon(t, 100)
	want := errors.New("mine")
	err := m.Guard(func(b []byte) error {
		if len(b) != 100 || cap(b) != 100 || &b[0] != &m.Bytes()[0] {
			t.Error("Guard did not pass Bytes")
		}
		return want
	})
	if err != want {
		t.Errorf("Guard = %v, want the error of its function", err)
	}
	empty, _ := mmaptest.MapContent(t, nil, 0, mmap.ProtRead, mmap.Shared)
	called := false
	err = empty.Guard(func(b []byte) error { called = b != nil && len(b) == 0; return nil })
	if err != nil || !called {
		t.Errorf("Guard of an empty Mapping = %v, called: %v", err, called)
	}
}

// What was deferred in the function that faulted has run, and the Mapping is
// as free as before.
func TestGuardAfterFault(t *testing.T) {
	m := mmaptest.Anon(t, pageSize)
	mmaptest.Must(t, m.Protect(mmap.ProtNone))
	deferred := false
	err := m.Guard(func(b []byte) error {
		defer func() { deferred = true }()
		b[7] = 1
		t.Error("the store did not fault")
		return nil
	})
	mmaptest.WantFault(t, err, "guard", m, 7)
	if !deferred {
		t.Error("the deferred call did not run")
	}
	checkUnpinned(t, m)
}

// checkUnpinned fails if a call is still inside of m.
func checkUnpinned(t *testing.T, m *mmap.Mapping) {
	t.Helper()
	if calls, _ := mmap.Calls(m); calls != 0 {
		t.Errorf("%d calls are left inside", calls)
	}
}

// addrPanic is a panic value that merely has the method of a memory fault.
type addrPanic uintptr

func (a addrPanic) Addr() uintptr { return uintptr(a) }

// addrError is an error with that method, but not of the runtime.
type addrError struct{ addrPanic }

func (addrError) Error() string { return "error with an address" }

// badAddr is a runtime.Error whose address cannot be asked for.
type badAddr struct{}

func (badAddr) Error() string { return "error with a bad address" }
func (badAddr) RuntimeError() {}
func (badAddr) Addr() uintptr { panic("no address") }

func TestGuardPassesPanics(t *testing.T) {
	m := mmaptest.Anon(t, pageSize)
	other := mmaptest.Anon(t, pageSize)
	mmaptest.Must(t, other.Protect(mmap.ProtNone))
	var nilPointer *int
	for name, test := range map[string]struct {
		fn    func()
		check func(r any) bool
	}{
		"string":      {func() { panic("stop") }, func(r any) bool { return r == "stop" }},
		"Mapping":     {func() { panic(m) }, func(r any) bool { return r == m }},
		"address":     {func() { panic(addrPanic(m.Addr())) }, func(r any) bool { return r == addrPanic(m.Addr()) }},
		"error":       {func() { panic(addrError{addrPanic(m.Addr())}) }, func(r any) bool { return r == addrError{addrPanic(m.Addr())} }},
		"bad address": {func() { panic(badAddr{}) }, func(r any) bool { return r == "no address" }},
		"nil pointer": {func() { *nilPointer = 1 }, mmaptest.IsRuntimeError},
		"index":       {func() { sink = m.Bytes()[m.Len()] }, mmaptest.IsRuntimeError},
		"elsewhere":   {func() { sink = other.Bytes()[0] }, mmaptest.IsRuntimeError},
		"nil":         {func() { panic(nil) }, mmaptest.IsRuntimeError},
	} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if r := recover(); r == nil || !test.check(r) {
					t.Errorf("Guard let %v through", r)
				}
				checkUnpinned(t, m)
			}()
			err := m.Guard(func([]byte) error { test.fn(); return nil })
			t.Errorf("Guard returned %v", err)
		})
	}
}

// faulty is a value whose String method faults.
type faulty struct{ m *mmap.Mapping }

func (f faulty) String() string { return string(f.m.Bytes()[:1]) }

// What recovers below Guard keeps the fault from it, as Guard's documentation says
// of fmt.
func TestRecoverHidesFault(t *testing.T) {
	m := mmaptest.Anon(t, pageSize)
	mmaptest.Must(t, m.Protect(mmap.ProtNone))
	var text string
	mmaptest.Must(t, m.Guard(func([]byte) error {
		text = fmt.Sprint(faulty{m})
		return nil
	}))
	if !strings.Contains(text, "nil pointer dereference") {
		t.Errorf("fmt.Sprint of what faults is %q", text)
	}
	checkUnpinned(t, m)
}

// The pages next to a Mapping are a stranger's.
func TestGuardIsExact(t *testing.T) {
	mmaptest.NeedFixed(t)
	all := mmaptest.Mapped(t)(mmap.Reserve(3 * pageSize))
	m := mmaptest.Mapped(t)(mmap.MapAt(all.Addr()+uintptr(pageSize), -1, 0, pageSize, mmap.ProtRead, mmap.Private|mmap.Anonymous|mmap.Fixed))
	for _, off := range []int{pageSize - 1, 2 * pageSize} {
		func() {
			defer func() {
				if r := recover(); !mmaptest.IsRuntimeError(r) {
					t.Errorf("a fault at %d came out as %v", off, r)
				}
			}()
			err := m.Guard(func([]byte) error { sink = all.Bytes()[off]; return nil })
			t.Errorf("a fault at %d was taken for the Mapping's: %v", off, err)
		}()
	}
	mmaptest.WantFault(t, m.Guard(func(b []byte) error { b[pageSize-1] = 1; return nil }), "guard", m, pageSize-1)
}

// An address in the first page may precede Bytes: on s390x that is what the
// processor tells of any fault there.
func TestGuardOffsetIsInBytes(t *testing.T) {
	m, _ := mmaptest.MapContent(t, mmaptest.Pattern(pageSize), 1000, mmap.ProtRead, mmap.Shared)
	mmaptest.Must(t, m.Protect(mmap.ProtNone))
	mmaptest.WantFault(t, m.Guard(func([]byte) error { sink = mmaptest.Pages(m)[3]; return nil }), "guard", m, 0)
}

// A fault belongs to the Guard of the Mapping that faulted.
func TestGuardNested(t *testing.T) {
	a, b := mmaptest.Anon(t, pageSize), mmaptest.Anon(t, pageSize)
	for _, m := range []*mmap.Mapping{a, b} {
		mmaptest.Must(t, m.Protect(mmap.ProtNone))
	}
	inner := errors.New("unset")
	err := a.Guard(func(p []byte) error {
		inner = b.Guard(func([]byte) error { sink = p[3]; return nil })
		return nil
	})
	mmaptest.WantFault(t, err, "guard", a, 3)
	if inner.Error() != "unset" {
		t.Errorf("the inner Guard returned %v", inner)
	}
	err = a.Guard(func([]byte) error {
		inner = b.Guard(func(p []byte) error { sink = p[4]; return nil })
		return nil
	})
	mmaptest.WantFault(t, inner, "guard", b, 4)
	if err != nil {
		t.Errorf("the outer Guard returned %v", err)
	}
	// The same Mapping twice, and a ReadAt whose buffer is what faults.
	err = a.Guard(func([]byte) error {
		return a.Guard(func(p []byte) error { sink = p[5]; return nil })
	})
	mmaptest.WantFault(t, err, "guard", a, 5)
	c := mmaptest.Anon(t, pageSize)
	for _, copy := range []func([]byte, int64) (int, error){c.ReadAt, c.WriteAt} {
		err = a.Guard(func(p []byte) error { _, err := copy(p, 0); return err })
		if e, ok := err.(*mmap.Error); !ok || e.Op != "guard" || !errors.Is(err, mmap.ErrFault) {
			t.Errorf("a buffer that faults: %v", err)
		}
	}
	for _, m := range []*mmap.Mapping{a, b, c} {
		checkUnpinned(t, m)
	}
}

func TestPanicOnFaultIsRestored(t *testing.T) {
	m := mmaptest.Anon(t, pageSize)
	for _, want := range []bool{true, false} {
		for name, call := range map[string]func(){
			"Guard":   func() { m.Guard(func([]byte) error { return nil }) },
			"ReadAt":  func() { m.ReadAt(make([]byte, 1), 0) },
			"WriteAt": func() { m.WriteAt(make([]byte, 1), 0) },
			"panic": func() {
				defer func() { recover() }()
				m.Guard(func([]byte) error { panic("stop") })
			},
		} {
			t.Run(fmt.Sprintf("%s, %v", name, want), func(t *testing.T) { // a goroutine of its own
				debug.SetPanicOnFault(want)
				call()
				if got := debug.SetPanicOnFault(want); got != want {
					t.Errorf("%s left SetPanicOnFault(%v)", name, got)
				}
			})
		}
	}
}

func TestGoexitInGuard(t *testing.T) {
	m := mmaptest.Anon(t, pageSize)
	var wg sync.WaitGroup
	wg.Go(func() {
		m.Guard(func([]byte) error { runtime.Goexit(); return nil })
		t.Error("Goexit came back")
	})
	wg.Wait()
	checkUnpinned(t, m)
}

func TestSafeAccessDoesNotAllocate(t *testing.T) {
	m, _ := mmaptest.MapContent(t, mmaptest.Pattern(2*pageSize), 0, mmap.ProtRead|mmap.ProtWrite, mmap.Shared)
	p := make([]byte, 100)
	type point struct{ _, _ uint32 }
	for name, call := range map[string]func(){
		"ReadAt":       func() { m.ReadAt(p, 8) },
		"ReadAt EOF":   func() { m.ReadAt(p, int64(m.Len()-1)) },
		"WriteAt":      func() { m.WriteAt(p, 8) },
		"Guard":        func() { m.Guard(func(b []byte) error { b[0]++; return nil }) },
		"Bytes":        func() { sink = m.Bytes()[0] },
		"Slice uint64": func() { mmap.Slice[uint64](m, 0, 8) },
		"Slice struct": func() { mmap.Slice[point](m, 0, 8) },
		"SyncRange":    func() { m.SyncRange(0, 10, mmap.SyncAsync) },
		"AdviseRange":  func() { m.AdviseRange(0, 10, mmap.AdviceNormal) },
		"ProtectRange": func() { m.ProtectRange(0, pageSize, mmap.ProtRead|mmap.ProtWrite) },
	} {
		t.Run(name, func(t *testing.T) {
			if n := testing.AllocsPerRun(100, call); n != 0 {
				t.Errorf("%s allocates %v times", name, n)
			}
		})
	}
	f := mmaptest.TempFile(t, mmaptest.Pattern(pageSize))
	if n := testing.AllocsPerRun(100, func() {
		m, err := mmap.MapRegion(f, 0, pageSize, mmap.ProtRead, mmap.Shared)
		mmaptest.Must(t, err)
		mmaptest.Must(t, m.Close())
	}); n > 3 && !mmaptest.Poisons(t) {
		t.Errorf("MapRegion allocates %v times, want at most 3", n)
	}
}

// TestMappingLines wants what calls read of a Mapping, and what they change, in a
// cache line of 64 bytes each.
func TestMappingLines(t *testing.T) {
	if unsafe.Sizeof(uintptr(0)) == 4 {
		t.Skip("with addresses of 4 bytes a Mapping does not fill two lines")
	}
	for range 10 { // of another size, some would begin within a line
		m := mmaptest.Anon(t, pageSize)
		addr := uintptr(unsafe.Pointer(m))
		if size, changed := unsafe.Sizeof(*m), mmap.ChangedOffset(); size != 128 || changed != 64 || addr%64 != 0 {
			t.Fatalf("a Mapping lies at %#x, of %d bytes, and calls change what is from %d on; want a multiple of 64, 128 and 64", addr, size, changed)
		}
	}
}

// TestCopySteps wants a long copy to be made of steps of at most 1 MiB, and the step
// that faults of pages: a garbage collection waits for the end of a memmove.
func TestCopySteps(t *testing.T) {
	const most = 1 << 20
	p := make([]byte, 3*most+1000)
	const addr = 1 << 30 // which no try touches
	for _, test := range []struct {
		name  string
		fault int // the first byte that faults
		want  int
	}{
		{"no fault", len(p), len(p)},
		{"fault in the second step", most + 3*pageSize + 10, most + 3*pageSize},
		{"fault in the last", len(p) - 1, len(p) - 1000},
	} {
		t.Run(test.name, func(t *testing.T) {
			done := 0
			n := mmap.CopySteps(p, addr, func(part []byte, at uintptr) bool {
				if at != addr+uintptr(done) || len(part) > most || len(part) > len(p)-done || &part[0] != &p[done] {
					t.Errorf("after %d bytes a step of %d bytes at %d, want at most %d", done, len(part), at-addr, most)
				}
				if done+len(part) > test.fault {
					return false
				}
				done += len(part)
				return true
			})
			if n != test.want || done != n {
				t.Errorf("copySteps = %d after %d bytes, want %d", n, done, test.want)
			}
		})
	}
}
