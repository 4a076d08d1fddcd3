// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build linux || netbsd

package mmap

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

func sysRemap(addr, size, newSize uintptr, flags RemapFlag) (uintptr, error) {
	p, err := unix.MremapPtr(unsafe.Add(nil, addr), size, nil, newSize, mremapFlags(flags))
	return uintptr(p), err
}
