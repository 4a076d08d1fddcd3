// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build !unix && !windows

package kerneltest

import (
	"errors"
	"io/fs"
	"math"
	"os"
	"testing"

	"github.com/facc7503/mmap"
	"github.com/facc7503/mmap/internal/mmaptest"
)

func TestUnsupported(t *testing.T) {
	f := mmaptest.TempFile(t, mmaptest.Pattern(100))
	for _, test := range []struct {
		name string
		call func() (*mmap.Mapping, error)
	}{
		{"Open", func() (*mmap.Mapping, error) { return mmap.Open(f.Name()) }},
		{"Open, missing", func() (*mmap.Mapping, error) { return mmap.Open(f.Name() + ".missing") }},
		{"Open, no name", func() (*mmap.Mapping, error) { return mmap.Open("") }},
		{"Map", func() (*mmap.Mapping, error) { return mmap.Map(f, mmap.ProtRead, mmap.Shared) }},
		{"Map, nil", func() (*mmap.Mapping, error) { return mmap.Map(nil, mmap.ProtRead, mmap.Shared) }},
		{"Map, neither Shared nor Private", func() (*mmap.Mapping, error) { return mmap.Map(f, mmap.ProtRead, 0) }},
		{"MapRegion", func() (*mmap.Mapping, error) { return mmap.MapRegion(f, 10, 20, mmap.ProtRead, mmap.Private) }},
		{"MapRegion, length 0", func() (*mmap.Mapping, error) { return mmap.MapRegion(f, 0, 0, mmap.ProtRead, mmap.Private) }},
		{"MapRegion, negative", func() (*mmap.Mapping, error) { return mmap.MapRegion(f, -1, math.MinInt, mmap.ProtRead, mmap.Private) }},
		{"MapRegion, Fixed", func() (*mmap.Mapping, error) { return mmap.MapRegion(f, 0, 1, mmap.ProtRead, mmap.Private|mmap.Fixed) }},
		{"MapRegion, Anonymous", func() (*mmap.Mapping, error) {
			return mmap.MapRegion(f, 0, 1, mmap.ProtRead, mmap.Private|mmap.Anonymous)
		}},
		{"MapAnon", func() (*mmap.Mapping, error) { return mmap.MapAnon(4096, mmap.ProtRead, mmap.Private) }},
		{"MapAnon, length 0", func() (*mmap.Mapping, error) { return mmap.MapAnon(0, mmap.ProtRead, mmap.Private) }},
		{"MapAnon, Fixed", func() (*mmap.Mapping, error) { return mmap.MapAnon(1, mmap.ProtRead, mmap.Private|mmap.Fixed) }},
		{"MapAt", func() (*mmap.Mapping, error) {
			return mmap.MapAt(4096, -1, 0, 4096, mmap.ProtRead, mmap.Private|mmap.Anonymous|mmap.Fixed)
		}},
		{"MapAt, no descriptor", func() (*mmap.Mapping, error) { return mmap.MapAt(0, -1, 0, 4096, mmap.ProtRead, mmap.Private) }},
		{"Reserve", func() (*mmap.Mapping, error) { return mmap.Reserve(4096) }},
		{"Reserve, too much", func() (*mmap.Mapping, error) { return mmap.Reserve(math.MaxInt) }},
	} {
		m, err := test.call()
		if m != nil {
			t.Errorf("%s: got a Mapping", test.name)
		}
		mmaptest.WantError(t, err, "mmap", mmap.ErrUnsupported, errors.ErrUnsupported)
	}
}

func TestUnsupportedMethods(t *testing.T) {
	for name, m := range map[string]*mmap.Mapping{"nil": nil, "zero": new(mmap.Mapping)} {
		t.Run(name, func(t *testing.T) {
			if m.Bytes() != nil || m.Len() != 0 || m.Addr() != 0 || m.Prot() != 0 || m.Flags() != 0 {
				t.Errorf("%s Mapping: holds something", name)
			}
			_, residentErr := m.Resident(0, 1)
			_, readErr := m.ReadAt(make([]byte, 1), 0)
			_, writeErr := m.WriteAt(make([]byte, 1), 0)
			_, sliceErr := mmap.Slice[byte](m, 0, 1)
			for op, err := range map[string]error{
				"munmap":   m.Close(),
				"msync":    m.Sync(),
				"mprotect": m.Protect(mmap.ProtRead),
				"madvise":  m.Advise(mmap.AdviceNormal),
				"mlock":    m.Lock(),
				"munlock":  m.Unlock(),
				"mincore":  residentErr,
				"mremap":   m.Remap(1, 0),
				"mmap":     m.Replace(0, 1, (*os.File)(nil), 0, mmap.ProtRead, mmap.Private|mmap.Anonymous),
				"read":     readErr,
				"write":    writeErr,
				"guard":    m.Guard(func([]byte) error { t.Error("Guard called fn"); return nil }),
				"slice":    sliceErr,
			} {
				mmaptest.WantError(t, err, op, mmap.ErrClosed, fs.ErrClosed)
			}
		})
	}
}
