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
	"io/fs"
	"math"
	"os"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
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
		t.Run(fmt.Sprintf("%d bytes at %d", r.n, r.off), func(t *testing.T) {
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
		})
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
		t.Errorf("Prot and Flags are %v, %v", m.Prot(), m.Flags())
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

var hasRemap = runtime.GOOS == "linux" || runtime.GOOS == "netbsd"

func needRemap(t *testing.T) {
	t.Helper()
	if !hasRemap {
		t.Skip("no mremap on " + runtime.GOOS)
	}
}

func TestRemapUnsupported(t *testing.T) {
	if hasRemap {
		t.Skip("this system has mremap")
	}
	m := mmaptest.Anon(t, pageSize)
	for _, flags := range []mmap.RemapFlag{0, mmap.RemapMayMove} {
		err := m.Remap(2*pageSize, flags)
		mmaptest.WantError(t, err, "mremap", mmap.ErrUnsupported, errors.ErrUnsupported)
	}
}

func TestRemap(t *testing.T) {
	needRemap(t)
	content := mmaptest.Pattern(20 * pageSize)
	for _, offset := range []int64{0, 1000} {
		f := mmaptest.TempFile(t, content)
		m := mmaptest.Mapped(t)(mmap.MapRegion(f, offset, pageSize, mmap.ProtRead|mmap.ProtWrite, mmap.Shared))
		for _, n := range []int{2*pageSize + 5, 19 * pageSize, 19 * pageSize, 100, 1, pageSize, 5 * pageSize} {
			mmaptest.Must(t, m.Remap(n, mmap.RemapMayMove))
			if b := m.Bytes(); m.Len() != n || len(b) != n || cap(b) != n {
				t.Fatalf("Remap(%d): Len %d, len %d, cap %d", n, m.Len(), len(b), cap(b))
			}
			mmaptest.WantBytes(t, "after Remap", m.Bytes(), content[offset:][:n])
		}
		m.Bytes()[5*pageSize-1] = 'x'
		var b [1]byte
		if _, err := f.ReadAt(b[:], offset+int64(5*pageSize-1)); err != nil || b[0] != 'x' {
			t.Errorf("the store after Remap is not in the file: %q, %v", b, err)
		}
		addr := m.Addr()
		mmaptest.Must(t, m.Close())
		wantUnmapped(t, addr, content[offset:][:5*pageSize-1])
	}
}

// To shrink frees the pages behind, and growth that has to move frees the old ones.
func TestRemapFrees(t *testing.T) {
	needRemap(t)
	m := mmaptest.Anon(t, 4*pageSize)
	content := mmaptest.Pattern(4 * pageSize)
	copy(m.Bytes(), content)
	old := m.Addr()
	if runtime.GOOS == "linux" { // elsewhere a shorter Mapping may be moved
		mmaptest.Must(t, m.Remap(pageSize, 0))
		wantUnmapped(t, old+uintptr(pageSize), content[pageSize:])
	}
	// Something right behind, so that it cannot grow where it is.
	next, err := mmap.MapAt(old+uintptr(m.Len()), -1, 0, pageSize, mmap.ProtNone, mmap.Private|mmap.Anonymous)
	mmaptest.Must(t, err)
	defer next.Close()
	mmaptest.Must(t, m.Remap(64*pageSize, mmap.RemapMayMove))
	mmaptest.WantBytes(t, "after Remap", m.Bytes()[:pageSize], content[:pageSize])
	if m.Addr() != old {
		wantUnmapped(t, old, content[:pageSize])
	}
}

func TestRemapFailureChangesNothing(t *testing.T) {
	needRemap(t)
	shared := mmaptest.Mapped(t)(mmap.MapAnon(2*pageSize, mmap.ProtRead|mmap.ProtWrite, mmap.Shared))
	empty, _ := mmaptest.MapContent(t, nil, 0, mmap.ProtRead, mmap.Shared)
	split := mmaptest.Anon(t, 3*pageSize)
	mmaptest.Must(t, split.ProtectRange(pageSize, pageSize, mmap.ProtRead))
	partly := mmaptest.Anon(t, 3*pageSize)
	mmaptest.Must(t, partly.Replace(0, pageSize, nil, 0, mmap.ProtRead|mmap.ProtWrite, mmap.Shared|mmap.Anonymous))
	replaced := mmaptest.Anon(t, pageSize)
	mmaptest.Must(t, replaced.Replace(0, pageSize, nil, 0, mmap.ProtRead|mmap.ProtWrite, mmap.Shared|mmap.Anonymous))
	type remap struct {
		m     *mmap.Mapping
		n     int
		flags mmap.RemapFlag
		want  error
	}
	tests := map[string]remap{
		"zero":               {mmaptest.Anon(t, pageSize), 0, mmap.RemapMayMove, mmap.ErrInvalid},
		"negative":           {mmaptest.Anon(t, pageSize), -1, mmap.RemapMayMove, mmap.ErrInvalid},
		"all there is":       {mmaptest.Anon(t, pageSize), math.MaxInt, mmap.RemapMayMove, mmap.ErrOverflow},
		"unknown flag":       {mmaptest.Anon(t, pageSize), 2 * pageSize, mmap.RemapMayMove | 8, mmap.ErrInvalid},
		"empty":              {empty, pageSize, mmap.RemapMayMove, mmap.ErrInvalid},
		"Shared|Anonymous":   {shared, 3 * pageSize, mmap.RemapMayMove, mmap.ErrInvalid},
		"split":              {split, 4 * pageSize, mmap.RemapMayMove, mmap.ErrInvalid},
		"split by Replace":   {partly, 4 * pageSize, mmap.RemapMayMove, mmap.ErrInvalid},
		"replaced by shared": {replaced, 2 * pageSize, mmap.RemapMayMove, mmap.ErrInvalid},
		"closed":             {new(mmap.Mapping), pageSize, mmap.RemapMayMove, mmap.ErrClosed},
	}
	if n := uint64(1 << 46); uint64(int(n)) != n {
		t.Log("no row for too much: a 32-bit int does not hold it")
	} else if m, err := mmap.MapAnon(int(n), rw, mmap.Private); err == nil {
		mmaptest.Must(t, m.Close())
		t.Log("no row for too much: this system gives any amount (gVisor)")
	} else {
		tests["too much"] = remap{mmaptest.Anon(t, pageSize), int(n), mmap.RemapMayMove, mmap.ErrNoMemory}
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			want, addr, n := bytes.Clone(test.m.Bytes()), test.m.Addr(), test.m.Len()
			mmaptest.WantError(t, test.m.Remap(test.n, test.flags), "mremap", test.want)
			if test.m.Addr() != addr || test.m.Len() != n {
				t.Errorf("now %v, was at %#x, %d bytes", test.m, addr, n)
			}
			mmaptest.WantBytes(t, "after a failed Remap", test.m.Bytes(), want)
		})
	}
	mmaptest.Must(t, shared.Remap(pageSize, mmap.RemapMayMove))
	mmaptest.Must(t, split.Remap(pageSize, mmap.RemapMayMove))
}

// Growth without RemapMayMove stays where it is, or fails.
func TestRemapInPlace(t *testing.T) {
	needRemap(t)
	all := mmaptest.Mapped(t)(mmap.Reserve(3 * pageSize))
	m := mmaptest.Mapped(t)(mmap.MapAt(all.Addr(), -1, 0, pageSize, mmap.ProtRead|mmap.ProtWrite, mmap.Private|mmap.Anonymous|mmap.Fixed))
	err := m.Remap(2*pageSize, 0)
	if runtime.GOOS == "netbsd" {
		mmaptest.WantError(t, err, "mremap", mmap.ErrUnsupported)
		return
	}
	mmaptest.WantError(t, err, "mremap", mmap.ErrNoMemory)
	if m.Len() != pageSize {
		t.Errorf("Len = %d", m.Len())
	}
}

func TestRemapNeedsTheMappingToItself(t *testing.T) {
	needRemap(t)
	m := mmaptest.Anon(t, pageSize)
	err := m.Guard(func([]byte) error {
		mmaptest.WantError(t, m.Remap(2*pageSize, mmap.RemapMayMove), "mremap", mmap.ErrBusy)
		return nil
	})
	mmaptest.Must(t, err)
	if m.Len() != pageSize {
		t.Errorf("Len = %d after ErrBusy", m.Len())
	}
	mmaptest.Must(t, m.Remap(2*pageSize, mmap.RemapMayMove))
}

// Remap moves the Mapping to and fro while it is read; what it leaves is taken
// over by a stranger at once.
func TestReadAtRacesRemap(t *testing.T) {
	needRemap(t)
	const n = 1 << 16
	rounds := mmaptest.Rounds(3000)
	m := mmaptest.Anon(t, n)
	copy(m.Bytes(), bytes.Repeat([]byte{mine}, n))
	var wg sync.WaitGroup
	wg.Go(func() { readUntilClosed(t, m, make([]byte, 2*n)) })
	var s takeOver
	moved := 0
	for range rounds {
		old := m.Addr()
		mmaptest.Must(t, m.Remap(2*n, mmap.RemapMayMove))
		if m.Addr() != old {
			moved++
			s.at(t, old, n)
		}
		addr := m.Addr()
		mmaptest.Must(t, m.Remap(n, mmap.RemapMayMove))
		s.at(t, addr+n, n) // so that it has to move to grow
		if t.Failed() {
			break
		}
	}
	mmaptest.Must(t, m.Close())
	wg.Wait()
	mmaptest.Must(t, s.last.Close())
	if moved < rounds/2 {
		t.Errorf("Remap has moved %d times in %d: this test shows too little", moved, rounds)
	}
}

// What lies in p behind the bytes that were read is not touched, not even to
// clear what Remap made worthless.
func TestReadAtTouchesNoMore(t *testing.T) {
	needRemap(t)
	m, p := mmaptest.Anon(t, pageSize), mmaptest.Anon(t, 2*pageSize)
	mmaptest.Must(t, p.ProtectRange(pageSize, pageSize, mmap.ProtNone))
	var done atomic.Bool
	var wg sync.WaitGroup
	wg.Go(func() {
		for !done.Load() {
			if n, err := m.ReadAt(p.Bytes(), 0); n != pageSize || err != io.EOF {
				t.Errorf("ReadAt: %d bytes, %v", n, err)
				return
			}
		}
	})
	for range 20_000 {
		mmaptest.Must(t, m.Remap(pageSize, mmap.RemapMayMove))
	}
	done.Store(true)
	wg.Wait()
}

// Every method against Remap and Close.
func TestEverythingRacesRemap(t *testing.T) {
	needRemap(t)
	rounds := mmaptest.Rounds(200)
	f := mmaptest.TempFile(t, mmaptest.Pattern(8*pageSize))
	for range rounds {
		m, err := mmap.MapRegion(f, 0, 4*pageSize, mmap.ProtRead|mmap.ProtWrite, mmap.Shared)
		mmaptest.Must(t, err)
		calls := harmless(m)
		delete(calls, "Replace") // what it splits cannot grow
		calls["Remap"] = func() error { return m.Remap(8*pageSize, mmap.RemapMayMove) }
		calls["Remap back"] = func() error { return m.Remap(4*pageSize, mmap.RemapMayMove) }
		var wg sync.WaitGroup
		for name, call := range calls {
			wg.Go(func() {
				for ; ; runtime.Gosched() {
					err := call()
					if errors.Is(err, mmap.ErrClosed) {
						return
					}
					if errors.Is(err, mmap.ErrBusy) && strings.HasPrefix(name, "Remap") {
						err = nil // which the others never are: they wait
					}
					if err != nil && err != io.EOF && !errors.Is(err, mmap.ErrUnsupported) {
						t.Errorf("%s: %v", name, err)
						return
					}
					if name == "accessors" && m.Len() == 0 {
						return
					}
				}
			})
		}
		for range 20 {
			runtime.Gosched()
		}
		mmaptest.Must(t, m.Close())
		wg.Wait()
		wantGone(t, m)
		if maps, err := os.ReadFile("/proc/self/maps"); err == nil && bytes.Contains(maps, []byte(f.Name())) {
			t.Fatal("pages are left")
		}
	}
}
