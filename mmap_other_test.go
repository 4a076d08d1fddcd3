// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build !unix && !windows

package mmap

import (
	"errors"
	"io/fs"
	"math"
	"os"
	"testing"
)

func TestUnsupported(t *testing.T) {
	f := tempFile(t, pattern(100))
	for _, test := range []struct {
		name string
		call func() (*Mapping, error)
	}{
		{"Open", func() (*Mapping, error) { return Open(f.Name()) }},
		{"Open, missing", func() (*Mapping, error) { return Open(f.Name() + ".missing") }},
		{"Open, no name", func() (*Mapping, error) { return Open("") }},
		{"Map", func() (*Mapping, error) { return Map(f, ProtRead, Shared) }},
		{"Map, nil", func() (*Mapping, error) { return Map(nil, ProtRead, Shared) }},
		{"Map, neither Shared nor Private", func() (*Mapping, error) { return Map(f, ProtRead, 0) }},
		{"MapRegion", func() (*Mapping, error) { return MapRegion(f, 10, 20, ProtRead, Private) }},
		{"MapRegion, length 0", func() (*Mapping, error) { return MapRegion(f, 0, 0, ProtRead, Private) }},
		{"MapRegion, negative", func() (*Mapping, error) { return MapRegion(f, -1, math.MinInt, ProtRead, Private) }},
		{"MapRegion, Fixed", func() (*Mapping, error) { return MapRegion(f, 0, 1, ProtRead, Private|Fixed) }},
		{"MapRegion, Anonymous", func() (*Mapping, error) { return MapRegion(f, 0, 1, ProtRead, Private|Anonymous) }},
		{"MapAnon", func() (*Mapping, error) { return MapAnon(4096, ProtRead, Private) }},
		{"MapAnon, length 0", func() (*Mapping, error) { return MapAnon(0, ProtRead, Private) }},
		{"MapAnon, Fixed", func() (*Mapping, error) { return MapAnon(1, ProtRead, Private|Fixed) }},
		{"MapAt", func() (*Mapping, error) { return MapAt(4096, -1, 0, 4096, ProtRead, Private|Anonymous|Fixed) }},
		{"MapAt, no descriptor", func() (*Mapping, error) { return MapAt(0, -1, 0, 4096, ProtRead, Private) }},
		{"Reserve", func() (*Mapping, error) { return Reserve(4096) }},
		{"Reserve, too much", func() (*Mapping, error) { return Reserve(math.MaxInt) }},
	} {
		m, err := test.call()
		if m != nil {
			t.Errorf("%s: got a Mapping", test.name)
		}
		wantError(t, err, "mmap", ErrUnsupported, errors.ErrUnsupported)
	}
}

func TestUnsupportedMethods(t *testing.T) {
	for name, m := range map[string]*Mapping{"nil": nil, "zero": new(Mapping)} {
		if m.Bytes() != nil || m.Len() != 0 || m.Addr() != 0 || m.Prot() != 0 || m.Flags() != 0 {
			t.Errorf("%s Mapping: holds something", name)
		}
		_, residentErr := m.Resident(0, 1)
		_, readErr := m.ReadAt(make([]byte, 1), 0)
		_, writeErr := m.WriteAt(make([]byte, 1), 0)
		_, sliceErr := Slice[byte](m, 0, 1)
		for op, err := range map[string]error{
			"munmap":   m.Close(),
			"msync":    m.Sync(),
			"mprotect": m.Protect(ProtRead),
			"madvise":  m.Advise(AdviceNormal),
			"mlock":    m.Lock(),
			"munlock":  m.Unlock(),
			"mincore":  residentErr,
			"mremap":   m.Remap(1, 0),
			"mmap":     m.Replace(0, 1, (*os.File)(nil), 0, ProtRead, Private|Anonymous),
			"read":     readErr,
			"write":    writeErr,
			"guard":    m.Guard(func([]byte) error { t.Error("Guard called fn"); return nil }),
			"slice":    sliceErr,
		} {
			wantError(t, err, op, ErrClosed, fs.ErrClosed)
		}
	}
}
