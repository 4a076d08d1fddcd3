// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build unix

package mmap

import "golang.org/x/sys/unix"

// errnoSentinel is the sentinel that stands for err, nil if err is no errno or
// one without a sentinel.
func errnoSentinel(err error) *sentinel {
	errno, ok := err.(unix.Errno)
	if !ok {
		return nil
	}
	for _, e := range errnoSentinels {
		if e.errno == errno {
			return e.sentinel.(*sentinel)
		}
	}
	return nil
}

// A table, not a switch: some systems have one value for ENOTSUP and EOPNOTSUPP.
var errnoSentinels = [...]struct {
	errno    unix.Errno
	sentinel error
}{
	{unix.EACCES, ErrAccess},
	{unix.EAGAIN, ErrAgain},
	{unix.EBADF, ErrBadFD},
	{unix.EINVAL, ErrInvalid},
	{unix.ENFILE, ErrTooManyFiles},
	{unix.EMFILE, ErrTooManyFiles},
	{unix.ENODEV, ErrNotMappable},
	{unix.ENOMEM, ErrNoMemory},
	{unix.EPERM, ErrPermission},
	{unix.ETXTBSY, ErrTextBusy},
	{unix.ENXIO, ErrNoAddress},
	{unix.EOVERFLOW, ErrOverflow},
	{unix.EEXIST, ErrExist},
	{unix.EBUSY, ErrBusy},
	{unix.EIO, ErrIO},
	{unix.EFAULT, ErrFault},
	{unix.ENOTSUP, ErrUnsupported},
	{unix.EOPNOTSUPP, ErrUnsupported},
	{unix.ENOSYS, ErrUnsupported},
}

// hint is what to look at when op failed with err, "" where the error says
// enough: the errnos of memory mapping each have several causes.
func hint(op string, err error) string {
	errno, ok := err.(unix.Errno)
	if !ok {
		return ""
	}
	for _, h := range hints {
		if h.op == op && h.errno == errno {
			return h.text
		}
	}
	return ""
}

// The first row that fits counts.
var hints = [...]struct {
	op    string
	errno unix.Errno
	text  string
}{
	{"mmap", unix.EACCES, "a file must be open for reading, and for writing too where Shared goes with ProtWrite"},
	{"mprotect", unix.EACCES, "ProtWrite on Shared pages needs a file that was open for writing when it was mapped"},
	{"mmap", unix.EAGAIN, "the file is locked, or RLIMIT_MEMLOCK (ulimit -l) is reached"},
	{"mmap", unix.ENOMEM, "no memory or address space is left, or a limit is reached: RLIMIT_AS, RLIMIT_DATA, the number of mappings (vm.max_map_count on Linux), or the pool of huge pages"},
	{"mlock", unix.ENOMEM, "RLIMIT_MEMLOCK (ulimit -l) is reached, or a page cannot be read"},
	{"mremap", unix.ENOMEM, "there is no room to grow where it is, so RemapMayMove is needed, or no memory or address space is left"},
	{"munmap", unix.ENOMEM, "the pages are a part of a larger mapping, and the number of mappings (vm.max_map_count on Linux) is used up: close others, then this again"},
	{"mprotect", unix.ENOMEM, "memory, or the number of mappings (vm.max_map_count on Linux), is used up"},
	{"mlock", unix.EPERM, "RLIMIT_MEMLOCK (ulimit -l) is 0"},
	{"mmap", unix.EPERM, "the file is sealed, ProtExec on a file system mounted noexec, Locked with RLIMIT_MEMLOCK of 0, an address too low, or a device that the system guards"},
	{"mprotect", unix.EPERM, "the pages are sealed"},
	{"mremap", unix.EPERM, "the pages are sealed"},
	{"munmap", unix.EPERM, "the pages are sealed: they stay until the process ends"},
	{"mprotect", unix.EINVAL, "the system does not know the protection, or the pages are a part of a huge page"},
	{"mremap", unix.EINVAL, "the length is more than the address space, or the pages are huge and the length is no multiple of theirs"},
	{"mmap", unix.EBADF, "memory without a file needs Anonymous"},
	{"mmap", unix.ENODEV, "files of this kind have no mmap: read it instead"},
	{"mmap", unix.EINVAL, "exactly one of Shared and Private is needed; a fixed address or huge pages need an offset and an address that are multiples of the page; a device may have fewer bytes"},
	{"mmap", unix.ETXTBSY, "the file is a swap file in use"},
	{"mmap", unix.EEXIST, "something is mapped there already: choose another address"},
	{"mmap", unix.EOVERFLOW, "offset plus length is more than a file offset holds"},
	{"mmap", unix.EOPNOTSUPP, "SharedValidate and a flag that this file does not support; DAXSync needs a file system mounted for DAX"},
	{"msync", unix.EBUSY, "SyncInvalidate on locked pages: Unlock them first"},
	{"msync", unix.EINVAL, "SyncWait and SyncAsync exclude each other"},
	{"madvise", unix.EINVAL, "this system does not know the advice, or it does not suit these pages: protected, locked, shared, or of a file"},
	{"madvise", unix.EFAULT, "a page cannot be had: past the end of the file, a guard page, or its disk is full or failing"},
}
