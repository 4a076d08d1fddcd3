// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build unix

package bench

import (
	"os"

	"golang.org/x/sys/unix"
)

// mapRaw is a mapper by raw calls.
func mapRaw(f *os.File, size, flags int, use func([]byte)) error {
	p, err := unix.MmapPtr(int(f.Fd()), 0, nil, uintptr(size), unix.PROT_READ, unix.MAP_SHARED|flags)
	if err != nil {
		return err
	}
	if use != nil {
		use(bytesAt(p, size))
	}
	return unix.MunmapPtr(p, uintptr(size))
}

// anonRaw is anon by raw calls: advice 0 is none.
func anonRaw(flags, advice int) error {
	p, err := unix.MmapPtr(-1, 0, nil, anonSize, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_PRIVATE|unix.MAP_ANON|flags)
	if err != nil {
		return err
	}
	if advice != 0 {
		if err := unix.Madvise(bytesAt(p, anonSize), advice); err != nil {
			return err
		}
	}
	store(bytesAt(p, anonSize))
	return unix.MunmapPtr(p, anonSize)
}

// syncRaw writes the changed pages of data to their file.
func syncRaw(data []byte) error { return unix.Msync(data, unix.MS_SYNC) }
