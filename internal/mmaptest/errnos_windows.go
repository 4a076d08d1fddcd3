// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package mmaptest

import (
	"errors"
	"io/fs"
	"syscall"

	"github.com/facc7503/mmap"
	"golang.org/x/sys/windows"
)

// What the system says of a call that fails.
const (
	AccessErrno  = windows.ERROR_ACCESS_DENIED
	BadFDErrno   = windows.ERROR_INVALID_HANDLE
	InvalidErrno = windows.ERROR_INVALID_PARAMETER
	MissingErrno = windows.ERROR_FILE_NOT_FOUND
)

// Errnos say what an error with a code of Windows matches beside it: one of
// Sentinels, nil if none, and one of Equivalents, nil if none.
var Errnos = []struct {
	Errno    syscall.Errno
	Sentinel error
	Also     error
}{
	{windows.ERROR_ACCESS_DENIED, mmap.ErrAccess, fs.ErrPermission},
	{windows.ERROR_WRITE_PROTECT, mmap.ErrAccess, fs.ErrPermission},
	{windows.ERROR_LOCK_VIOLATION, mmap.ErrAgain, nil},
	{windows.ERROR_INVALID_HANDLE, mmap.ErrBadFD, nil},
	{windows.ERROR_INVALID_PARAMETER, mmap.ErrInvalid, fs.ErrInvalid},
	{windows.ERROR_FILE_INVALID, mmap.ErrInvalid, fs.ErrInvalid},
	{syscall.EINVAL, mmap.ErrInvalid, fs.ErrInvalid},
	{windows.ERROR_TOO_MANY_OPEN_FILES, mmap.ErrTooManyFiles, nil},
	{windows.ERROR_NOT_ENOUGH_MEMORY, mmap.ErrNoMemory, nil},
	{windows.ERROR_NO_SYSTEM_RESOURCES, mmap.ErrNoMemory, nil},
	{windows.ERROR_WORKING_SET_QUOTA, mmap.ErrNoMemory, nil},
	{windows.ERROR_PAGEFILE_QUOTA, mmap.ErrNoMemory, nil},
	{windows.ERROR_COMMITMENT_LIMIT, mmap.ErrNoMemory, nil},
	{windows.ERROR_NOT_ENOUGH_QUOTA, mmap.ErrNoMemory, nil},
	{windows.ERROR_DYNAMIC_CODE_BLOCKED, mmap.ErrPermission, fs.ErrPermission},
	{windows.ERROR_SHARING_VIOLATION, mmap.ErrBusy, nil},
	{windows.ERROR_CRC, mmap.ErrIO, nil},
	{windows.ERROR_WRITE_FAULT, mmap.ErrIO, nil},
	{windows.ERROR_READ_FAULT, mmap.ErrIO, nil},
	{windows.ERROR_GEN_FAILURE, mmap.ErrIO, nil},
	{windows.ERROR_UNEXP_NET_ERR, mmap.ErrIO, nil},
	{windows.ERROR_NETNAME_DELETED, mmap.ErrIO, nil},
	{windows.ERROR_SWAPERROR, mmap.ErrIO, nil},
	{windows.ERROR_IO_DEVICE, mmap.ErrIO, nil},
	{windows.ERROR_NOACCESS, mmap.ErrFault, nil},
	{windows.ERROR_INVALID_ADDRESS, mmap.ErrFault, nil},
	{windows.ERROR_INVALID_FUNCTION, mmap.ErrUnsupported, errors.ErrUnsupported},
	{windows.ERROR_NOT_SUPPORTED, mmap.ErrUnsupported, errors.ErrUnsupported},
	{windows.ERROR_CALL_NOT_IMPLEMENTED, mmap.ErrUnsupported, errors.ErrUnsupported},
	{windows.ERROR_DISK_FULL, nil, nil},
}
