// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build unix

package mmaptest

import (
	"os"
	"testing"
	"unsafe"

	"github.com/facc7503/mmap"
	"golang.org/x/sys/unix"
)

// IsMapped reports whether the page at addr is mapped: msync(2) fails over a
// hole. What lies at addr may be Go's by now. The pages that the mmapdebug build
// puts in the place of closed ones are not.
//
//go:nocheckptr
func IsMapped(addr uintptr) bool {
	page := unsafe.Slice((*byte)(unsafe.Add(nil, addr)), pageSize)
	return unix.Msync(page, unix.MS_ASYNC) != unix.ENOMEM && mmap.WhoClosed(addr) == ""
}

// Unmap unmaps pages behind the back of the Mapping that they belong to.
func Unmap(t testing.TB, addr uintptr, n int) {
	t.Helper()
	Must(t, unix.MunmapPtr(unsafe.Add(nil, addr), uintptr(n)))
}

// What the system can do: see needs.go.
const (
	HasFixed      = true
	MapsPastEnd   = true
	CutsMapped    = true
	RemovesMapped = true
)

// MakeSparse makes f a file that takes space for what is written alone, as every
// file is.
func MakeSparse(*os.File) {}

// Truncate changes the size of the named file, which may be mapped.
func Truncate(t testing.TB, name string, size int64) {
	t.Helper()
	Must(t, os.Truncate(name, size))
}
