// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package mmaptest

import (
	"os"
	"strconv"
	"testing"
	"unsafe"

	"github.com/facc7503/mmap"
	"golang.org/x/sys/windows"
)

var (
	unixFileName = windows.NewLazySystemDLL("kernel32.dll").NewProc("wine_get_unix_file_name")
	unixSpawn    = windows.NewLazySystemDLL("ntdll.dll").NewProc("__wine_unix_spawnvp")
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
// addr may be Go's by now. The pages that the mmapdebug build puts in the place of
// closed ones are not.
func IsMapped(addr uintptr) bool {
	r, ok := RegionAt(addr)
	return ok && r.State&(windows.MEM_COMMIT|windows.MEM_RESERVE) != 0 && mmap.WhoClosed(addr) == ""
}

// What the system can do: see needs.go.
const (
	HasFixed      = false
	MapsPastEnd   = false
	RemovesMapped = false
)

// CutsMapped is true under Wine, which has these calls for programs of its host.
var CutsMapped = unixFileName.Find() == nil && unixSpawn.Find() == nil

// MakeSparse makes f a file that takes space for what is written alone, if its file
// system has such files.
func MakeSparse(f *os.File) {
	var n uint32
	_ = windows.DeviceIoControl(windows.Handle(f.Fd()), windows.FSCTL_SET_SPARSE, nil, 0, nil, 0, &n, nil)
}

// Truncate changes the size of the named file, which may be mapped, behind the back
// of Windows, which refuses to: a server or a disk does. It needs CutsMapped, and
// truncate(1) beside Wine.
func Truncate(t testing.TB, name string, size int64) {
	t.Helper()
	wide, err := windows.UTF16PtrFromString(name)
	Must(t, err)
	path, _, err := unixFileName.Call(uintptr(unsafe.Pointer(wide)))
	if path == 0 {
		t.Fatalf("wine_get_unix_file_name(%s): %v", name, err)
	}
	argv := [5]*byte{3: (*byte)(unsafe.Add(nil, path))}
	for i, arg := range []string{"/usr/bin/truncate", "-s", strconv.FormatInt(size, 10)} {
		argv[i], err = windows.BytePtrFromString(arg)
		Must(t, err)
	}
	status, _, _ := unixSpawn.Call(uintptr(unsafe.Pointer(&argv)), 1)
	if info, err := os.Stat(name); err != nil || info.Size() != size {
		t.Fatalf("truncate(1) beside Wine: status %#x", status)
	}
}
