// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package bench

import (
	"os"
	"unsafe"

	"golang.org/x/sys/windows"
)

// mapRaw is a mapper by raw calls.
func mapRaw(f *os.File, size, _ int, use func([]byte)) error {
	section, err := windows.CreateFileMapping(windows.Handle(f.Fd()), nil, windows.PAGE_READONLY, 0, 0, nil)
	if err != nil {
		return err
	}
	base, err := windows.MapViewOfFile(section, windows.FILE_MAP_READ, 0, 0, uintptr(size))
	windows.CloseHandle(section)
	if err != nil {
		return err
	}
	if use != nil {
		use(bytesAt(unsafe.Add(nil, base), size))
	}
	return windows.UnmapViewOfFile(base)
}

// anonRaw is anon by raw calls.
func anonRaw(_, _ int) error {
	base, err := windows.VirtualAlloc(0, anonSize, windows.MEM_RESERVE|windows.MEM_COMMIT, windows.PAGE_READWRITE)
	if err != nil {
		return err
	}
	store(bytesAt(unsafe.Add(nil, base), anonSize))
	return windows.VirtualFree(base, 0, windows.MEM_RELEASE)
}

// syncRaw writes the changed pages of data to their file.
func syncRaw(data []byte) error {
	return windows.FlushViewOfFile(uintptr(unsafe.Pointer(&data[0])), uintptr(len(data)))
}
