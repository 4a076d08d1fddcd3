// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build darwin || dragonfly || freebsd || linux || netbsd

package mmap

import (
	"syscall"
	"unsafe"
)

// mincore returns what fills vec, a byte for each page, by mincore(2), whose number
// is trap: x/sys does not wrap it.
func mincore(trap uintptr) func(pages, vec []byte) error {
	return func(pages, vec []byte) error {
		_, _, errno := syscall.Syscall(trap,
			uintptr(unsafe.Pointer(&pages[0])), uintptr(len(pages)), uintptr(unsafe.Pointer(&vec[0])))
		if errno != 0 {
			return errno
		}
		return nil
	}
}
