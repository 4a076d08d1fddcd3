// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build unix

package mmaptest

import (
	"errors"
	"io/fs"

	"github.com/facc7503/mmap"
	"golang.org/x/sys/unix"
)

// What the system says of a call that fails.
const (
	AccessErrno  = unix.EACCES
	BadFDErrno   = unix.EBADF
	InvalidErrno = unix.EINVAL
	MissingErrno = unix.ENOENT
)

// Errnos say what an error with an errno matches beside it: one of Sentinels,
// nil if none, and one of Equivalents, nil if none.
var Errnos = []struct {
	Errno    unix.Errno
	Sentinel error
	Also     error
}{
	{unix.EACCES, mmap.ErrAccess, fs.ErrPermission},
	{unix.EAGAIN, mmap.ErrAgain, nil},
	{unix.EBADF, mmap.ErrBadFD, nil},
	{unix.EINVAL, mmap.ErrInvalid, fs.ErrInvalid},
	{unix.ENFILE, mmap.ErrTooManyFiles, nil},
	{unix.EMFILE, mmap.ErrTooManyFiles, nil},
	{unix.ENODEV, mmap.ErrNotMappable, errors.ErrUnsupported},
	{unix.ENOMEM, mmap.ErrNoMemory, nil},
	{unix.EPERM, mmap.ErrPermission, fs.ErrPermission},
	{unix.ETXTBSY, mmap.ErrTextBusy, nil},
	{unix.ENXIO, mmap.ErrNoAddress, nil},
	{unix.EOVERFLOW, mmap.ErrOverflow, nil},
	{unix.EEXIST, mmap.ErrExist, fs.ErrExist},
	{unix.EBUSY, mmap.ErrBusy, nil},
	{unix.EIO, mmap.ErrIO, nil},
	{unix.EFAULT, mmap.ErrFault, nil},
	{unix.ENOTSUP, mmap.ErrUnsupported, errors.ErrUnsupported},
	{unix.EOPNOTSUPP, mmap.ErrUnsupported, errors.ErrUnsupported},
	{unix.ENOSYS, mmap.ErrUnsupported, errors.ErrUnsupported},
	{unix.ENOSPC, nil, nil},
	{unix.EDQUOT, nil, nil},
}
