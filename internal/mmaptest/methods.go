// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package mmaptest

import (
	"math"

	"github.com/facc7503/mmap"
)

// Methods are all methods of a Mapping that return an error, and Slice.
var Methods = []struct {
	Name, Op string

	// Bad calls it with arguments that are no good, if it takes any that are not.
	Bad func(m *mmap.Mapping) error

	// Good calls it on a Mapping of four pages, of which it may change the bytes
	// and nothing else. It is nil for Close, and for what waits for a disk or
	// needs a limit raised.
	Good func(m *mmap.Mapping) error
}{
	{"Close", "munmap", (*mmap.Mapping).Close, nil},
	{"Sync", "msync", (*mmap.Mapping).Sync, nil},
	{
		"SyncRange", "msync",
		func(m *mmap.Mapping) error { return m.SyncRange(-1, math.MaxInt, 0) },
		func(m *mmap.Mapping) error { return m.SyncRange(0, 1, mmap.SyncAsync) },
	},
	{
		"Protect", "mprotect",
		func(m *mmap.Mapping) error { return m.Protect(mmap.ProtNone) },
		func(m *mmap.Mapping) error { return m.Protect(rw) },
	},
	{
		"ProtectRange", "mprotect",
		func(m *mmap.Mapping) error { return m.ProtectRange(1, 1, mmap.ProtNone) },
		func(m *mmap.Mapping) error { return m.ProtectRange(0, pageSize, rw) },
	},
	{
		"Advise", "madvise",
		func(m *mmap.Mapping) error { return m.Advise(mmap.AdviceDontNeed) },
		func(m *mmap.Mapping) error { return m.Advise(mmap.AdviceNormal) },
	},
	{
		"AdviseRange", "madvise",
		func(m *mmap.Mapping) error { return m.AdviseRange(0, 1, 12345) },
		func(m *mmap.Mapping) error { return m.AdviseRange(0, pageSize, mmap.AdviceNormal) },
	},
	{"Lock", "mlock", (*mmap.Mapping).Lock, nil},
	{"LockRange", "mlock", func(m *mmap.Mapping) error { return m.LockRange(1, -2) }, nil},
	{"Unlock", "munlock", (*mmap.Mapping).Unlock, (*mmap.Mapping).Unlock},
	{
		"UnlockRange", "munlock",
		func(m *mmap.Mapping) error { return m.UnlockRange(math.MaxInt, 1) },
		func(m *mmap.Mapping) error { return m.UnlockRange(0, 1) },
	},
	{
		"Resident", "mincore",
		func(m *mmap.Mapping) error { return ErrorOf(m.Resident(-1, 1)) },
		func(m *mmap.Mapping) error { return ErrorOf(m.Resident(0, 1)) },
	},
	{
		"Remap", "mremap",
		func(m *mmap.Mapping) error { return m.Remap(-1, 12345) },
		func(m *mmap.Mapping) error { return m.Remap(4*pageSize, mmap.RemapMayMove) },
	},
	{
		"Replace", "mmap",
		func(m *mmap.Mapping) error {
			return m.Replace(0, pageSize, nil, 0, mmap.ProtNone, mmap.Private|mmap.Anonymous)
		},
		func(m *mmap.Mapping) error {
			return m.Replace(3*pageSize, pageSize, nil, 0, rw, mmap.Private|mmap.Anonymous)
		},
	},
	{
		"ReadAt", "read",
		func(m *mmap.Mapping) error { return ErrorOf(m.ReadAt(make([]byte, 1), -1)) },
		func(m *mmap.Mapping) error { return ErrorOf(m.ReadAt(make([]byte, 3*pageSize), 0)) },
	},
	{
		"WriteAt", "write",
		func(m *mmap.Mapping) error { return ErrorOf(m.WriteAt(make([]byte, 1), -1)) },
		func(m *mmap.Mapping) error { return ErrorOf(m.WriteAt(make([]byte, 100), 10)) },
	},
	{
		"Guard", "guard",
		func(m *mmap.Mapping) error { return m.Guard(nil) },
		func(m *mmap.Mapping) error { return m.Guard(func(b []byte) error { b[0]++; return nil }) },
	},
	{
		"Slice", "slice",
		func(m *mmap.Mapping) error { return ErrorOf(mmap.Slice[string](m, -1, -1)) },
		func(m *mmap.Mapping) error { return ErrorOf(mmap.Slice[byte](m, 0, 10)) },
	},
}
