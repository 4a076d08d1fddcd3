// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build unix

package mmap

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
	m := anon(t, pageSize)
	err := m.Remap(2*pageSize, RemapMayMove)
	wantError(t, err, "mremap", ErrUnsupported, errors.ErrUnsupported)
}

func TestRemap(t *testing.T) {
	needRemap(t)
	content := pattern(20 * pageSize)
	for _, offset := range []int64{0, 1000} {
		f := tempFile(t, content)
		m := mapped(t)(MapRegion(f, offset, pageSize, ProtRead|ProtWrite, Shared))
		for _, n := range []int{2*pageSize + 5, 19 * pageSize, 19 * pageSize, 100, 1, pageSize, 5 * pageSize} {
			must(t, m.Remap(n, RemapMayMove))
			if b := m.Bytes(); m.Len() != n || len(b) != n || cap(b) != n {
				t.Fatalf("Remap(%d): Len %d, len %d, cap %d", n, m.Len(), len(b), cap(b))
			}
			wantBytes(t, "after Remap", m.Bytes(), content[offset:][:n])
		}
		m.Bytes()[5*pageSize-1] = 'x'
		var b [1]byte
		if _, err := f.ReadAt(b[:], offset+int64(5*pageSize-1)); err != nil || b[0] != 'x' {
			t.Errorf("the store after Remap is not in the file: %q, %v", b, err)
		}
		addr := m.Addr()
		must(t, m.Close())
		for i := range 5 {
			if isMapped(addr&^uintptr(pageSize-1) + uintptr(i*pageSize)) {
				t.Errorf("Close has left page %d", i)
			}
		}
	}
}

// To shrink frees the pages behind, and growth that has to move frees the old ones.
func TestRemapFrees(t *testing.T) {
	needRemap(t)
	m := anon(t, 4*pageSize)
	copy(m.Bytes(), "kept")
	old := m.Addr()
	if runtime.GOOS == "linux" { // elsewhere a shorter Mapping may be moved
		must(t, m.Remap(pageSize, 0))
		if isMapped(old + uintptr(pageSize)) {
			t.Error("the pages behind are still mapped")
		}
	}
	// Something right behind, so that it cannot grow where it is.
	next, err := MapAt(old+uintptr(m.Len()), -1, 0, pageSize, ProtNone, Private|Anonymous)
	must(t, err)
	defer next.Close()
	must(t, m.Remap(64*pageSize, RemapMayMove))
	if string(m.Bytes()[:4]) != "kept" {
		t.Errorf("Remap lost the bytes: %q", m.Bytes()[:4])
	}
	if m.Addr() != old && isMapped(old) {
		t.Error("the old pages are still mapped")
	}
}

func TestRemapFailureChangesNothing(t *testing.T) {
	needRemap(t)
	shared := mapped(t)(MapAnon(2*pageSize, ProtRead|ProtWrite, Shared))
	empty, _ := mapContent(t, nil, 0, ProtRead, Shared)
	split := anon(t, 3*pageSize)
	must(t, split.ProtectRange(pageSize, pageSize, ProtRead))
	partly := anon(t, 3*pageSize)
	must(t, partly.Replace(0, pageSize, nil, 0, ProtRead|ProtWrite, Shared|Anonymous))
	replaced := anon(t, pageSize)
	must(t, replaced.Replace(0, pageSize, nil, 0, ProtRead|ProtWrite, Shared|Anonymous))
	type remap struct {
		m     *Mapping
		n     int
		flags RemapFlag
		want  error
	}
	tests := map[string]remap{
		"zero":               {anon(t, pageSize), 0, RemapMayMove, ErrInvalid},
		"negative":           {anon(t, pageSize), -1, RemapMayMove, ErrInvalid},
		"all there is":       {anon(t, pageSize), math.MaxInt, RemapMayMove, ErrOverflow},
		"unknown flag":       {anon(t, pageSize), 2 * pageSize, RemapMayMove | 8, ErrInvalid},
		"empty":              {empty, pageSize, RemapMayMove, ErrInvalid},
		"Shared|Anonymous":   {shared, 3 * pageSize, RemapMayMove, ErrInvalid},
		"split":              {split, 4 * pageSize, RemapMayMove, ErrInvalid},
		"split by Replace":   {partly, 4 * pageSize, RemapMayMove, ErrInvalid},
		"replaced by shared": {replaced, 2 * pageSize, RemapMayMove, ErrInvalid},
		"closed":             {new(Mapping), pageSize, RemapMayMove, ErrClosed},
	}
	if n := uint64(1 << 46); uint64(int(n)) == n { // a length that a 32-bit int does not hold
		tests["too much"] = remap{anon(t, pageSize), int(n), RemapMayMove, ErrNoMemory}
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			want, addr, n := bytes.Clone(test.m.Bytes()), test.m.Addr(), test.m.Len()
			wantError(t, test.m.Remap(test.n, test.flags), "mremap", test.want)
			if test.m.Addr() != addr || test.m.Len() != n {
				t.Errorf("now %v, was at %#x, %d bytes", test.m, addr, n)
			}
			wantBytes(t, "after a failed Remap", test.m.Bytes(), want)
		})
	}
	must(t, shared.Remap(pageSize, RemapMayMove))
	must(t, split.Remap(pageSize, RemapMayMove))
}

// Growth without RemapMayMove stays where it is, or fails.
func TestRemapInPlace(t *testing.T) {
	needRemap(t)
	all := mapped(t)(Reserve(3 * pageSize))
	m := mapped(t)(MapAt(all.Addr(), -1, 0, pageSize, ProtRead|ProtWrite, Private|Anonymous|Fixed))
	err := m.Remap(2*pageSize, 0)
	if runtime.GOOS == "netbsd" {
		wantError(t, err, "mremap", ErrUnsupported)
		return
	}
	wantError(t, err, "mremap", ErrNoMemory)
	if m.Len() != pageSize {
		t.Errorf("Len = %d", m.Len())
	}
}

func TestRemapNeedsTheMappingToItself(t *testing.T) {
	needRemap(t)
	m := anon(t, pageSize)
	err := m.Guard(func([]byte) error {
		wantError(t, m.Remap(2*pageSize, RemapMayMove), "mremap", ErrBusy)
		return nil
	})
	must(t, err)
	if m.Len() != pageSize {
		t.Errorf("Len = %d after ErrBusy", m.Len())
	}
	must(t, m.Remap(2*pageSize, RemapMayMove))
}

// Remap moves the Mapping to and fro while it is read; what it leaves is taken
// over by a stranger at once.
func TestReadAtRacesRemap(t *testing.T) {
	needRemap(t)
	const n = 1 << 16
	rounds := 3000
	if testing.Short() {
		rounds = 300
	}
	m := anon(t, n)
	copy(m.Bytes(), bytes.Repeat([]byte{mine}, n))
	var wg sync.WaitGroup
	wg.Go(func() { readUntilClosed(t, m, make([]byte, 2*n)) })
	var s takeOver
	moved := 0
	for range rounds {
		old := m.Addr()
		must(t, m.Remap(2*n, RemapMayMove))
		if m.Addr() != old {
			moved++
			s.at(t, old, n)
		}
		addr := m.Addr()
		must(t, m.Remap(n, RemapMayMove))
		s.at(t, addr+n, n) // so that it has to move to grow
		if t.Failed() {
			break
		}
	}
	must(t, m.Close())
	wg.Wait()
	must(t, s.last.Close())
	if moved < rounds/2 {
		t.Errorf("Remap has moved %d times in %d: this test shows too little", moved, rounds)
	}
}

// What lies in p behind the bytes that were read is not touched, not even to
// clear what Remap made worthless.
func TestReadAtTouchesNoMore(t *testing.T) {
	needRemap(t)
	m, p := anon(t, pageSize), anon(t, 2*pageSize)
	must(t, p.ProtectRange(pageSize, pageSize, ProtNone))
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
		must(t, m.Remap(pageSize, RemapMayMove))
	}
	done.Store(true)
	wg.Wait()
}

// Every method against Remap and Close.
func TestEverythingRacesRemap(t *testing.T) {
	needRemap(t)
	rounds := 200
	if testing.Short() {
		rounds = 20
	}
	f := tempFile(t, pattern(8*pageSize))
	for range rounds {
		m, err := MapRegion(f, 0, 4*pageSize, ProtRead|ProtWrite, Shared)
		must(t, err)
		calls := everyCall(m)
		delete(calls, "Replace") // what it splits cannot grow
		calls["Remap"] = func() error { return m.Remap(8*pageSize, RemapMayMove) }
		calls["Remap back"] = func() error { return m.Remap(4*pageSize, RemapMayMove) }
		var wg sync.WaitGroup
		for name, call := range calls {
			wg.Go(func() {
				for ; ; runtime.Gosched() {
					err := call()
					if errors.Is(err, ErrClosed) {
						return
					}
					if errors.Is(err, ErrBusy) && strings.HasPrefix(name, "Remap") {
						err = nil // which the others never are: they wait
					}
					if err != nil && err != io.EOF && !errors.Is(err, ErrUnsupported) {
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
		must(t, m.Close())
		wg.Wait()
		if refs := m.refs.Load(); refs != closed || m.doomed.Load() != nil {
			t.Fatalf("%d calls are left inside, doomed: %v", refs-closed, m.doomed.Load())
		}
		if maps, err := os.ReadFile("/proc/self/maps"); err == nil && bytes.Contains(maps, []byte(f.Name())) {
			t.Fatal("pages are left")
		}
	}
}
