// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build unix || windows

package mmap_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"reflect"
	"slices"
	"testing"

	"github.com/facc7503/mmap"
	"github.com/facc7503/mmap/internal/mmaptest"
)

func TestReplace(t *testing.T) {
	file := mmaptest.Pattern(4 * pageSize)
	for i := range file {
		file[i] ^= 0xff
	}
	f := mmaptest.TempFile(t, file)
	for _, test := range []struct{ page, n int }{{0, 1}, {1, 2}, {3, 1}, {0, 4}} {
		for _, anonymous := range []bool{false, true} {
			t.Run(fmt.Sprintf("%d pages from %d, anonymous %v", test.n, test.page, anonymous), func(t *testing.T) {
				m, intact := mmaptest.Neighbours(t, 4)
				want := mmaptest.Pattern(m.Len())
				copy(m.Bytes(), want)
				off, n := test.page*pageSize, test.n*pageSize
				if anonymous {
					mmaptest.Must(t, m.Replace(off, n, nil, 0, rw, mmap.Private|mmap.Anonymous))
					clear(want[off:][:n])
				} else {
					mmaptest.Must(t, m.Replace(off, n, f, int64(off), mmap.ProtRead, mmap.Shared))
					copy(want[off:][:n], file[off:])
					if mmaptest.Writable(m, off) || mmaptest.Writable(m, off+n-1) {
						t.Errorf("Replace: the pages can be written, want %v", mmap.ProtRead)
					}
				}
				mmaptest.WantBytes(t, "Bytes", m.Bytes(), want)
				intact()
				if m.Prot() != rw || m.Flags() != mmap.Private|mmap.Anonymous|mmap.Fixed || m.Len() != len(want) {
					t.Errorf("after Replace: Prot %v, Flags %v, Len %d, want them as they were", m.Prot(), m.Flags(), m.Len())
				}
			})
		}
	}
}

// TestReplaceBounds is about Mappings that start or end in the midst of a page.
func TestReplaceBounds(t *testing.T) {
	mmaptest.NeedFixed(t)
	f := mmaptest.TempFile(t, mmaptest.Pattern(4*pageSize))
	anon := func() *mmap.Mapping { return mmaptest.Anon(t, 2*pageSize+100) }
	region := func() *mmap.Mapping { return mmaptest.Mapped(t)(mmap.MapRegion(f, 1000, 2*pageSize, rw, mmap.Private)) } // 1000 bytes into its first page
	start := pageSize - 1000                                                                                            // region's first page boundary
	for _, test := range []struct {
		m      *mmap.Mapping
		off, n int
		want   error
	}{
		{anon(), 2 * pageSize, 100, nil},
		{anon(), pageSize, pageSize + 100, nil},
		{anon(), 0, 2*pageSize + 100, nil},
		{anon(), pageSize, pageSize, nil},
		{anon(), pageSize, 0, nil},
		{anon(), 1, 0, nil},
		{anon(), 2*pageSize + 100, 0, nil},
		{anon(), 2 * pageSize, 99, mmap.ErrInvalid},
		{anon(), pageSize, pageSize + 99, mmap.ErrInvalid},
		{anon(), 0, 100, mmap.ErrInvalid},
		{anon(), 1, pageSize, mmap.ErrInvalid},
		{anon(), 100, 2 * pageSize, mmap.ErrInvalid},
		{anon(), pageSize, 2 * pageSize, mmap.ErrRange},
		{region(), start, pageSize, nil},
		{region(), start, 2*pageSize - start, nil},
		{region(), start + pageSize, 1000, nil},
		{region(), 0, start, mmap.ErrInvalid}, // bytes before its start would go
		{region(), 0, 2 * pageSize, mmap.ErrInvalid},
		{region(), 0, pageSize, mmap.ErrInvalid},
		{region(), pageSize, pageSize, mmap.ErrInvalid},
	} {
		before := slices.Clone(mmaptest.Pages(test.m))
		err := test.m.Replace(test.off, test.n, nil, 0, rw, mmap.Private|mmap.Anonymous)
		if test.want == nil {
			if err != nil {
				t.Error(err)
			}
			lead := int(test.m.Addr() % uintptr(pageSize))
			clear(before[lead+test.off:][:test.n])
			mmaptest.WantBytes(t, "replaced", test.m.Bytes(), before[lead:][:test.m.Len()])
			continue
		}
		mmaptest.WantError(t, err, "mmap", test.want)
		mmaptest.WantBytes(t, "after an error", mmaptest.Pages(test.m), before)
	}
	err := anon().Replace(0, pageSize, f, 1000, rw, mmap.Private)
	mmaptest.WantError(t, err, "mmap", mmap.ErrInvalid)
	mmaptest.WantMessage(t, err, "offset 1000 is not a multiple of the page")
}

// TestReplaceRing maps the same pages twice, side by side.
func TestReplaceRing(t *testing.T) {
	mmaptest.NeedFixed(t)
	f := mmaptest.TempFile(t, make([]byte, 2*pageSize))
	n := 2 * pageSize
	m := mmaptest.Mapped(t)(mmap.Reserve(2 * n))
	mmaptest.Must(t, m.Replace(0, n, f, 0, rw, mmap.Shared))
	mmaptest.Must(t, m.Replace(n, n, f, 0, rw, mmap.Shared))
	want := mmaptest.Pattern(n)
	copy(m.Bytes()[n-100:], want) // past the end of the first
	mmaptest.WantBytes(t, "ring", m.Bytes()[:n-100], want[100:])
	mmaptest.WantBytes(t, "ring", m.Bytes()[n-100:][:n], want)
}

func TestLock(t *testing.T) {
	m := mmaptest.Anon(t, 4*pageSize)
	mmaptest.Lock(t, m, pageSize-1, 2) // its first two pages
	for _, r := range []struct{ off, n, pages int }{
		{0, 2 * pageSize, 2}, {pageSize - 1, 2, 2}, {0, 1, 1}, {1, pageSize, 2}, {0, 0, 0}, {m.Len(), 0, 0}, {0, m.Len(), 4},
	} {
		resident, err := m.Resident(r.off, r.n)
		if errors.Is(err, mmap.ErrUnsupported) {
			t.Skipf("no mincore here: %v", err)
		}
		mmaptest.Must(t, err)
		if len(resident) != r.pages {
			t.Errorf("%d bytes at %d: %d pages, want %d", r.n, r.off, len(resident), r.pages)
		}
		if i := slices.Index(resident[:min(2, len(resident))], false); i >= 0 {
			t.Errorf("%d bytes at %d: page %d is locked but not in memory", r.n, r.off, i)
		}
	}
	mmaptest.Must(t, m.UnlockRange(1, pageSize))
	mmaptest.Must(t, m.Unlock())
	mmaptest.Must(t, m.Unlock())
}

func TestProtect(t *testing.T) {
	f := mmaptest.TempFile(t, mmaptest.Pattern(2*pageSize))
	m := mmaptest.Mapped(t)(mmap.Map(f, rw, mmap.Shared))
	for _, prot := range []mmap.Prot{mmap.ProtRead, mmap.ProtNone, rw} {
		mmaptest.Must(t, m.Protect(prot))
		if m.Prot() != prot {
			t.Errorf("after Protect(%v): %v", prot, m.Prot())
		}
		for _, off := range []int{0, m.Len() - 1} {
			if mmaptest.Readable(m, off) != (prot&mmap.ProtRead != 0) || mmaptest.Writable(m, off) != (prot&mmap.ProtWrite != 0) {
				t.Errorf("%v at %d: readable %v, writable %v", prot, off, mmaptest.Readable(m, off), mmaptest.Writable(m, off))
			}
		}
	}
	mmaptest.Must(t, m.ProtectRange(0, pageSize, mmap.ProtRead))
	if m.Prot() != rw || mmaptest.Writable(m, 0) || !mmaptest.Writable(m, pageSize) {
		t.Errorf("after ProtectRange: Prot is %v", m.Prot())
	}

	ro := mmaptest.Mapped(t)(mmap.Map(mmaptest.OpenFile(t, f.Name(), os.O_RDONLY), mmap.ProtRead, mmap.Shared))
	for _, err := range []error{ro.Protect(rw), ro.ProtectRange(0, pageSize, rw)} {
		mmaptest.WantError(t, err, "mprotect", mmap.ErrAccess, fs.ErrPermission, mmaptest.AccessErrno)
		mmaptest.WantMessage(t, err, f.Name(), "open for writing")
	}
	if ro.Prot() != mmap.ProtRead || !mmaptest.Readable(ro, 0) || ro.Len() != 2*pageSize {
		t.Errorf("after a Protect that failed: %v, Len %d", ro.Prot(), ro.Len())
	}
}

func TestSyncFlags(t *testing.T) {
	f := mmaptest.TempFile(t, mmaptest.Pattern(pageSize))
	m := mmaptest.Mapped(t)(mmap.Map(f, rw, mmap.Shared))
	if mmap.BareSyncIgnored {
		for _, flags := range []mmap.SyncFlag{0, mmap.SyncInvalidate} {
			err := m.SyncRange(0, 1, flags)
			mmaptest.WantError(t, err, "msync", mmap.ErrInvalid)
			mmaptest.WantMessage(t, err, "SyncWait or SyncAsync")
		}
	}
	contrary := mmap.SyncWait | mmap.SyncAsync
	if mmap.SyncWait == 0 { // FreeBSD, DragonFly
		contrary = mmap.SyncAsync | mmap.SyncInvalidate
	}
	err := m.SyncRange(0, pageSize, contrary)
	mmaptest.WantError(t, err, "msync", mmap.ErrInvalid)
	mmaptest.WantMessage(t, err, f.Name(), "exclude each other")
}

// TestNoMapping calls every method of a Mapping that is nil, zero or closed.
func TestNoMapping(t *testing.T) {
	typ := reflect.TypeFor[*mmap.Mapping]()
	for i := range typ.NumMethod() {
		method := typ.Method(i)
		if n := method.Type.NumOut(); method.Type.Out(n-1) != reflect.TypeFor[error]() {
			continue
		}
		known := false
		for _, c := range mmaptest.Methods {
			known = known || c.Name == method.Name
		}
		if !known {
			t.Errorf("mmaptest.Methods: %s is missing", method.Name)
		}
	}

	f := mmaptest.TempFile(t, mmaptest.Pattern(2*pageSize))
	closed := mmaptest.Mapped(t)(mmap.Map(f, rw, mmap.Shared))
	mmaptest.Must(t, closed.Close())
	closedEmpty := mmaptest.Mapped(t)(mmap.MapRegion(f, int64(2*pageSize), mmap.ToEnd, rw, mmap.Shared))
	mmaptest.Must(t, closedEmpty.Close())
	for _, test := range []struct {
		name, path string
		m          *mmap.Mapping
	}{
		{"nil", "", nil},
		{"zero", "", new(mmap.Mapping)},
		{"closed", f.Name(), closed},
		{"closed, empty", f.Name(), closedEmpty},
	} {
		t.Run(test.name, func(t *testing.T) {
			m := test.m
			for _, c := range mmaptest.Methods {
				t.Run(c.Name, func(t *testing.T) {
					err := c.Bad(m)
					mmaptest.WantError(t, err, c.Op, mmap.ErrClosed, fs.ErrClosed)
					if e, ok := err.(*mmap.Error); ok && e.Path != test.path {
						t.Errorf("%v: Path is %q, want %q", err, e.Path, test.path)
					}
				})
			}
			if m.Bytes() != nil || m.Len() != 0 || m.Addr() != 0 {
				t.Errorf("Len, Addr: got %d, %#x, want 0, 0", m.Len(), m.Addr())
			}
			if test.path == "" && (m.Prot() != 0 || m.Flags() != 0) {
				t.Errorf("Prot, Flags: got %v, %v, want 0, 0", m.Prot(), m.Flags())
			}
			if got, want := m.String(), "closed mapping"; got != want {
				t.Errorf("String: got %q, want %q", got, want)
			}
		})
	}
}

// TestEmpty calls every method of the Mapping of an empty file.
func TestEmpty(t *testing.T) {
	f := mmaptest.TempFile(t, nil)
	m := mmaptest.Mapped(t)(mmap.Map(f, rw, mmap.Shared))
	wantEmpty(t, m)
	if want := "0x0 0 bytes rw- shared " + f.Name(); m.String() != want {
		t.Errorf("String is %q, want %q", m, want)
	}
	if m.Prot() != rw || m.Flags() != mmap.Shared {
		t.Errorf("%v, %v", m.Prot(), m.Flags())
	}
	for i, err := range []error{
		m.Sync(), m.SyncRange(0, 0, mmap.SyncWait), m.Protect(mmap.ProtRead), m.ProtectRange(0, 0, rw),
		m.Advise(mmap.AdviceDontNeed), m.AdviseRange(0, 0, mmap.AdviceNormal), m.Lock(), m.LockRange(0, 0),
		m.Unlock(), m.UnlockRange(0, 0), mmaptest.ErrorOf(m.Resident(0, 0)), mmaptest.ErrorOf(m.WriteAt(nil, 0)),
		m.Replace(0, 0, nil, 0, rw, mmap.Private|mmap.Anonymous), mmaptest.ErrorOf(mmap.Slice[uint64](m, 0, 0)),
		m.Guard(func(b []byte) error {
			if b == nil || len(b) != 0 {
				t.Errorf("Guard's bytes are %#v", b)
			}
			return nil
		}),
	} {
		if err != nil {
			t.Errorf("call %d: %v", i, err)
		}
	}
	if m.Prot() != mmap.ProtRead {
		t.Errorf("Prot after Protect is %v", m.Prot())
	}
	for op, call := range rangeCalls {
		mmaptest.WantError(t, call(m, 0, 1), op, mmap.ErrRange)
	}
	wantEmpty(t, m)
	mmaptest.WantError(t, m.Remap(pageSize, mmap.RemapMayMove), "mremap", mmap.ErrInvalid)
	mmaptest.Must(t, m.Close())
	mmaptest.WantError(t, m.Close(), "munmap", mmap.ErrClosed)
}

func TestString(t *testing.T) {
	f := mmaptest.TempFile(t, mmaptest.Pattern(100))
	file := mmaptest.Mapped(t)(mmap.Map(f, mmap.ProtRead, mmap.Shared))
	anon := mmaptest.Anon(t, 10)
	reserved := mmaptest.Mapped(t)(mmap.Reserve(10))
	for _, test := range []struct {
		m    *mmap.Mapping
		rest string
	}{
		{file, "100 bytes r-- shared " + f.Name()},
		{anon, "10 bytes rw- private anonymous"},
		{reserved, "10 bytes --- private anonymous"},
		{mmaptest.Mapped(t)(mmap.MapAt(0, int(f.Fd()), 0, 10, mmap.ProtRead, mmap.Private)), "10 bytes r-- private"},
	} {
		if want := fmt.Sprintf("%#x %s", test.m.Addr(), test.rest); test.m.String() != want {
			t.Errorf("String is %q, want %q", test.m, want)
		}
	}
}
