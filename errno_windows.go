// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package mmap

import (
	"syscall"

	"golang.org/x/sys/windows"
)

var errnoSentinels = []errnoSentinel{
	{windows.ERROR_ACCESS_DENIED, errAccess},
	{windows.ERROR_WRITE_PROTECT, errAccess},
	{windows.ERROR_LOCK_VIOLATION, errAgain},
	{windows.ERROR_INVALID_HANDLE, errBadFD},
	{windows.ERROR_INVALID_PARAMETER, errInvalid},
	{windows.ERROR_FILE_INVALID, errInvalid}, // the file was emptied meanwhile
	{syscall.EINVAL, errInvalid},             // package os makes it up, of a name that holds a NUL
	{windows.ERROR_TOO_MANY_OPEN_FILES, errTooManyFiles},
	{windows.ERROR_NOT_ENOUGH_MEMORY, errNoMemory},
	{windows.ERROR_NO_SYSTEM_RESOURCES, errNoMemory},
	{windows.ERROR_WORKING_SET_QUOTA, errNoMemory},
	{windows.ERROR_PAGEFILE_QUOTA, errNoMemory},
	{windows.ERROR_COMMITMENT_LIMIT, errNoMemory},
	{windows.ERROR_NOT_ENOUGH_QUOTA, errNoMemory},
	{windows.ERROR_DYNAMIC_CODE_BLOCKED, errPermission},
	{windows.ERROR_SHARING_VIOLATION, errBusy},
	{windows.ERROR_CRC, errIO},
	{windows.ERROR_WRITE_FAULT, errIO},
	{windows.ERROR_READ_FAULT, errIO},
	{windows.ERROR_GEN_FAILURE, errIO},
	{windows.ERROR_UNEXP_NET_ERR, errIO},
	{windows.ERROR_NETNAME_DELETED, errIO},
	{windows.ERROR_SWAPERROR, errIO},
	{windows.ERROR_IO_DEVICE, errIO},
	{windows.ERROR_NOACCESS, errFault},
	{windows.ERROR_INVALID_ADDRESS, errFault},
	{windows.ERROR_INVALID_FUNCTION, errUnsupported},
	{windows.ERROR_NOT_SUPPORTED, errUnsupported},
	{errFixed, errUnsupported},
}

var causes = []cause{
	{"mmap", windows.ERROR_ACCESS_DENIED, toRead, "the file must be open for reading"},
	{"mmap", windows.ERROR_ACCESS_DENIED, toStore, "the file must be open for reading and writing, and not with O_APPEND, because Shared goes with ProtWrite"},
	{"mmap", windows.ERROR_ACCESS_DENIED, toExecFile, "the file must be open for execution (GENERIC_EXECUTE), which os.OpenFile does not ask for"},
	{"mmap", windows.ERROR_INVALID_PARAMETER, ofNoKind, "exactly one of Shared and Private is needed"},
	{"mmap", windows.ERROR_INVALID_PARAMETER, hasOneKind, "Windows has only the flags and protections that this package names"},
	{"mmap", windows.ERROR_INVALID_HANDLE, nil, "the handle is not open, or memory without a file needs Anonymous: use MapAnon"},
	{"mmap", windows.ERROR_NOT_ENOUGH_MEMORY, nil, "memory or address space is used up"},
	{"mmap", windows.ERROR_COMMITMENT_LIMIT, nil, "the commit limit is reached: map Shared, or Reserve and ProtectRange only what is used"},
	{"mmap", windows.ERROR_DYNAMIC_CODE_BLOCKED, nil, "the process may not create code (Arbitrary Code Guard)"},
	{"mmap", ErrNotMappable, nil, "Windows maps only files on disks, and no directory, pipe, console or device: read it instead"},
	{"mmap", errFixed, nil, "Fixed and Replace do not work on Windows: map elsewhere, and change over to that Mapping"},
	{"mmap", ErrUnsupported, nil, "the region ends past the file's last page: grow the file by Truncate first"},

	{"mprotect", windows.ERROR_ACCESS_DENIED, toStore, "the file was not open for writing when it was mapped"},
	{"mprotect", windows.ERROR_ACCESS_DENIED, toExecFile, "the file was not mapped with ProtExec: map it with ProtExec"},
	{"mprotect", windows.ERROR_INVALID_PARAMETER, nil, "Windows does not know the protection"},
	{"mprotect", windows.ERROR_COMMITMENT_LIMIT, nil, "the commit limit is reached"},
	{"mprotect", windows.ERROR_DYNAMIC_CODE_BLOCKED, nil, "the process may not create code (Arbitrary Code Guard)"},

	{"mremap", ErrUnsupported, nil, "Windows changes no mapping's length, except that memory without a file can become shorter: map again, change over to that Mapping, and close this one"},

	{"mlock", windows.ERROR_WORKING_SET_QUOTA, nil, "more would be locked than the minimum working set of the process: raise it by SetProcessWorkingSetSizeEx"},
	{"mlock", windows.ERROR_ACCESS_DENIED, nil, "a page cannot be read"},
	{"mlock", windows.ERROR_NOACCESS, nil, "a page cannot be read"},

	{"msync", windows.ERROR_LOCK_VIOLATION, nil, "the system was writing the pages itself: try again"},
	{"msync", windows.ERROR_INVALID_PARAMETER, func(r request) bool { return bothSyncs(r.sync) }, "SyncWait and SyncAsync exclude each other"},
	{"msync", windows.ERROR_INVALID_PARAMETER, func(r request) bool { return !bothSyncs(r.sync) }, "Windows does not know the flags"},

	{"madvise", windows.ERROR_INVALID_PARAMETER, nil, "Windows does not know the advice"},
}

// errFixed is the error for Fixed.
const errFixed = windows.ERROR_CALL_NOT_IMPLEMENTED

func hasOneKind(r request) bool { return !ofNoKind(r) }
