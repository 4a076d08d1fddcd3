// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package main

import (
	"os"

	"golang.org/x/sys/unix"
)

// newFile returns a file that is memory and has no name: that of a memfd is for
// people to read, as in /proc/PID/maps.
func newFile() (*os.File, error) {
	fd, err := unix.MemfdCreate("family", unix.MFD_CLOEXEC)
	if err != nil {
		return nil, os.NewSyscallError("memfd_create", err)
	}
	return os.NewFile(uintptr(fd), "memfd:family"), nil
}
