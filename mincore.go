// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build linux || darwin || dragonfly || freebsd || netbsd

package mmap

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

// sysResident fills vec, a byte for each page, by mincore(2), which x/sys does
// not wrap.
func sysResident(pages, vec []byte) error {
	_, _, errno := unix.Syscall(unix.SYS_MINCORE,
		uintptr(unsafe.Pointer(&pages[0])), uintptr(len(pages)), uintptr(unsafe.Pointer(&vec[0])))
	if errno != 0 {
		return errno
	}
	return nil
}
