// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build unix || windows

package mmap_test

import (
	"bytes"
	"errors"
	"io"
	"math"
	"os"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/facc7503/mmap"
	"github.com/facc7503/mmap/internal/mmaptest"
)

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
		for i := range 5 {
			if mmaptest.IsMapped(addr&^uintptr(pageSize-1) + uintptr(i*pageSize)) {
				t.Errorf("Close has left page %d", i)
			}
		}
	}
}

// To shrink frees the pages behind, and growth that has to move frees the old ones.
func TestRemapFrees(t *testing.T) {
	needRemap(t)
	m := mmaptest.Anon(t, 4*pageSize)
	copy(m.Bytes(), "kept")
	old := m.Addr()
	if runtime.GOOS == "linux" { // elsewhere a shorter Mapping may be moved
		mmaptest.Must(t, m.Remap(pageSize, 0))
		if mmaptest.IsMapped(old + uintptr(pageSize)) {
			t.Error("the pages behind are still mapped")
		}
	}
	// Something right behind, so that it cannot grow where it is.
	next, err := mmap.MapAt(old+uintptr(m.Len()), -1, 0, pageSize, mmap.ProtNone, mmap.Private|mmap.Anonymous)
	mmaptest.Must(t, err)
	defer next.Close()
	mmaptest.Must(t, m.Remap(64*pageSize, mmap.RemapMayMove))
	if string(m.Bytes()[:4]) != "kept" {
		t.Errorf("Remap lost the bytes: %q", m.Bytes()[:4])
	}
	if m.Addr() != old && mmaptest.IsMapped(old) {
		t.Error("the old pages are still mapped")
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
