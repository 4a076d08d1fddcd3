// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package mmaptest

import (
	"os"
	"unsafe"

	"golang.org/x/sys/windows"
)

// A Region is MEMORY_BASIC_INFORMATION, as 32-bit systems have it too: that of
// x/sys is for 64-bit ones.
type Region struct {
	Base, Allocation  uintptr
	AllocationProtect uint32
	Size              uintptr
	State             uint32
	Protect           uint32
	Kind              uint32
}

// RegionAt returns what the system says of the pages from addr on, and whether a
// process can have any there.
func RegionAt(addr uintptr) (r Region, ok bool) {
	var raw windows.MemoryBasicInformation // at least as long
	ok = windows.VirtualQuery(addr, &raw, unsafe.Sizeof(r)) == nil
	return *(*Region)(unsafe.Pointer(&raw)), ok
}

// IsMapped reports whether the page at addr is mapped, or reserved. What lies at
// addr may be Go's by now.
func IsMapped(addr uintptr) bool {
	r, ok := RegionAt(addr)
	return ok && r.State&(windows.MEM_COMMIT|windows.MEM_RESERVE) != 0
}

// What the system can do: see needs.go.
const (
	HasFixed    = false
	MapsPastEnd = false
	CutsMapped  = false
)

// MakeSparse makes f a file that takes space for what is written alone, if its file
// system has such files.
func MakeSparse(f *os.File) {
	var n uint32
	_ = windows.DeviceIoControl(windows.Handle(f.Fd()), windows.FSCTL_SET_SPARSE, nil, 0, nil, 0, &n, nil)
}
