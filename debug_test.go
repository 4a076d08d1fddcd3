// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build unix || windows

package mmap_test

import (
	"fmt"
	"runtime/debug"
	"runtime/pprof"
	"strings"
	"testing"

	"github.com/facc7503/mmap"
	"github.com/facc7503/mmap/internal/mmaptest"
)

// panicOf returns what fn panics with.
func panicOf(fn func()) (r any) {
	defer func() { r = recover() }()
	fn()
	return nil
}

// TestStaleAccess reads a slice whose Mapping is closed or was moved, inside of
// another Mapping's Guard, ReadAt and WriteAt, and where faults are panics.
func TestStaleAccess(t *testing.T) {
	mmaptest.NeedPoison(t)
	other := mmaptest.Anon(t, pageSize)
	anon := func(t *testing.T) *mmap.Mapping { return mmaptest.Anon(t, 3*pageSize) }
	region := func(t *testing.T) *mmap.Mapping {
		m, _ := mmaptest.MapContent(t, mmaptest.Pattern(4*pageSize), int64(pageSize)+1, rw, mmap.Shared)
		return m
	}
	for _, end := range []struct {
		name, whose string
		of          func(t *testing.T) *mmap.Mapping
		off         int // of what is stale then
		do          func(m *mmap.Mapping) error
	}{
		{"Close", "anonymous", anon, 0, (*mmap.Mapping).Close},
		{"Close of a file", "data.bin", region, 0, (*mmap.Mapping).Close},
		{"Close inside", "anonymous", anon, 0, func(m *mmap.Mapping) error {
			return m.Guard(func([]byte) error { return m.Close() })
		}},
		{"Remap to less", "anonymous", anon, 2 * pageSize, func(m *mmap.Mapping) error { return m.Remap(pageSize, 0) }},
		{"Remap to more", "anonymous", anon, 0, func(m *mmap.Mapping) error { return m.Remap(4*pageSize, mmap.RemapMayMove) }},
	} {
		if end.name == "Remap to more" && !hasRemap {
			t.Log("no mremap here")
			continue
		}
		stale := func(t *testing.T) []byte {
			m := end.of(t)
			b := m.Bytes()[end.off:]
			mmaptest.Must(t, end.do(m))
			if m.Len() != 0 && !mmaptest.Writable(m, 0) {
				t.Fatal("what is left of the Mapping cannot be accessed")
			}
			return b
		}
		for _, use := range []struct {
			name string
			do   func(stale []byte)
		}{
			{"Guard", func(stale []byte) { other.Guard(func([]byte) error { sink = stale[0]; return nil }) }},
			{"ReadAt", func(stale []byte) { other.ReadAt(stale[:1], 0) }},
			{"WriteAt", func(stale []byte) { other.WriteAt(stale[:1], 0) }},
		} {
			t.Run(end.name+"/"+use.name, func(t *testing.T) {
				b := stale(t)
				got := fmt.Sprint(panicOf(func() { use.do(b) }))
				for _, want := range []string{end.whose, "use after Close or Remap", "TestStaleAccess"} {
					if !strings.Contains(got, want) {
						t.Errorf("the panic is %q, want %q in it", got, want)
					}
				}
			})
		}
		t.Run(end.name+"/WhoClosed", func(t *testing.T) {
			b := stale(t)
			defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
			r, ok := panicOf(func() { sink = b[0] }).(interface{ Addr() uintptr })
			if !ok {
				t.Fatal("the stale slice can be read")
			}
			if got := mmap.WhoClosed(r.Addr()); !strings.Contains(got, end.whose) || !strings.Contains(got, "TestStaleAccess") {
				t.Errorf("WhoClosed(%#x) = %q, want %q and the test", r.Addr(), got, end.whose)
			}
		})
	}
}

// TestOpenProfile wants the profile of open Mappings to have the stack that made
// one, until it is closed.
func TestOpenProfile(t *testing.T) {
	mmaptest.NeedPoison(t)
	has := func() bool {
		var b strings.Builder
		mmaptest.Must(t, pprof.Lookup("github.com/facc7503/mmap").WriteTo(&b, 1))
		return strings.Contains(b.String(), "TestOpenProfile")
	}
	m, err := mmap.MapAnon(1, mmap.ProtRead, mmap.Private)
	mmaptest.Must(t, err)
	if !has() {
		t.Error("an open Mapping is not in the profile")
	}
	mmaptest.Must(t, m.Close())
	if has() {
		t.Error("a closed Mapping is in the profile")
	}
}
