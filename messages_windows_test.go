// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package mmap_test

import (
	"github.com/facc7503/mmap"
	"golang.org/x/sys/windows"
)

var messages = []message{
	{"mmap", ofFile("mmap", mmap.ProtRead, mmap.Shared), windows.ERROR_NOT_ENOUGH_MEMORY, []string{asked, "ProtRead, Shared", "address space is used up"}},
	{"commit limit", ofMemory("mmap", rw, mmap.Private), windows.ERROR_COMMITMENT_LIMIT, []string{asked, "Reserve", "map Shared"}},
	{"no flags", ofFile("mmap", mmap.ProtRead, 0), windows.ERROR_INVALID_PARAMETER, []string{"no flags", "exactly one of Shared and Private"}},
	{"unknown flags", ofFile("mmap", mmap.ProtRead, mmap.Shared|0x100), windows.ERROR_INVALID_PARAMETER, []string{"0x100", "no flags", "!exactly one"}},
	{"for reading", ofFile("mmap", mmap.ProtRead, mmap.Private), windows.ERROR_ACCESS_DENIED, []string{"open for reading", "!writing", "!GENERIC_EXECUTE"}},
	{"for writing", ofFile("mmap", rw, mmap.Shared), windows.ERROR_ACCESS_DENIED, []string{"reading and writing", "O_APPEND", "Shared goes with ProtWrite"}},
	{"code", ofFile("mmap", mmap.ProtRead|mmap.ProtExec, mmap.Private), windows.ERROR_ACCESS_DENIED, []string{"perhaps", "GENERIC_EXECUTE"}},
	{"Arbitrary Code Guard", ofMemory("mmap", rw|mmap.ProtExec, mmap.Private), windows.ERROR_DYNAMIC_CODE_BLOCKED, []string{"Arbitrary Code Guard", "!file"}},
	{"no handle", mmap.Request{Op: "mmap", FD: -1}, windows.ERROR_INVALID_HANDLE, []string{"MapAnon"}},
	{"past the end", ofFile("mmap", mmap.ProtRead, mmap.Shared), mmap.ErrUnsupported, []string{asked, "past the end of the file", "Truncate"}},
	{"pipe", ofFile("mmap", mmap.ProtRead, mmap.Shared), mmap.ErrNotMappable, []string{"pipe", "read it instead"}},
	{"Fixed", ofMemory("mmap", rw, mmap.Private|mmap.Fixed), windows.ERROR_CALL_NOT_IMPLEMENTED, []string{"over what is mapped", "map elsewhere"}},

	{"to the end", mmap.Request{Op: "mprotect", Off: 7, N: mmap.ToEnd}, windows.ERROR_ACCESS_DENIED, []string{"all from offset 7", "!length"}},
	{"read-only file", ofFile("mprotect", rw, mmap.Shared), windows.ERROR_ACCESS_DENIED, []string{asked, "ProtRead|ProtWrite", "not open for writing", "!ProtExec"}},
	{"code of a file", ofFile("mprotect", mmap.ProtRead|mmap.ProtExec, mmap.Private), windows.ERROR_ACCESS_DENIED, []string{"mapped with ProtExec", "!writing"}},
	{"code in memory", ofMemory("mprotect", mmap.ProtRead|mmap.ProtExec, mmap.Private), windows.ERROR_DYNAMIC_CODE_BLOCKED, []string{"Arbitrary Code Guard"}},
	{"to commit", ofMemory("mprotect", rw, mmap.Private), windows.ERROR_COMMITMENT_LIMIT, []string{asked, "promised already"}},

	{"mlock", ofMemory("mlock", 0, mmap.Private), windows.ERROR_WORKING_SET_QUOTA, []string{asked, "SetProcessWorkingSetSizeEx"}},
	{"mlock of no access", ofMemory("mlock", 0, mmap.Private), windows.ERROR_NOACCESS, []string{asked, "cannot be read"}},
	{"grow", mmap.Request{Op: "mremap", N: 10}, mmap.ErrUnsupported, []string{"to length 10", "map again"}},
	{"sync", ofFile("msync", 0, mmap.Shared), windows.ERROR_LOCK_VIOLATION, []string{asked, "try again"}},
	{"disk is full", ofFile("msync", 0, mmap.Shared), windows.ERROR_DISK_FULL, []string{asked, "!("}},
	{"advice", ofMemory("madvise", 0, mmap.Private), windows.ERROR_INVALID_PARAMETER, []string{asked, "does not know the advice"}},
}
