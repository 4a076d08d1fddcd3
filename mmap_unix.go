// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build unix

package mmap

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

const supported = true

// The values of the portable names.
const (
	protNone  = unix.PROT_NONE
	protRead  = unix.PROT_READ
	protWrite = unix.PROT_WRITE
	protExec  = unix.PROT_EXEC

	mapShared    = unix.MAP_SHARED
	mapPrivate   = unix.MAP_PRIVATE
	mapAnonymous = unix.MAP_ANON
	mapFixed     = unix.MAP_FIXED
	mapFile      = unix.MAP_FILE

	msSync       = unix.MS_SYNC
	msAsync      = unix.MS_ASYNC
	msInvalidate = unix.MS_INVALIDATE

	madvNormal     = unix.MADV_NORMAL
	madvRandom     = unix.MADV_RANDOM
	madvSequential = unix.MADV_SEQUENTIAL
	madvWillNeed   = unix.MADV_WILLNEED
	madvDontNeed   = unix.MADV_DONTNEED
)

// sysMap maps pages. The Ptr calls leave out the lock and the table that unix.Mmap
// keeps. An addr that is a hint may lie in the Go heap, hence nocheckptr.
//
//go:nocheckptr
func sysMap(addr, size uintptr, prot Prot, flags Flag, fd int, offset int64) (uintptr, error) {
	if flags&Anonymous == 0 && int(int32(fd)) != fd {
		return 0, unix.EBADF // the system would take its lower half
	}
	p, err := unix.MmapPtr(fd, offset, unsafe.Add(nil, addr), size, int(prot), int(flags))
	if err == unix.EINVAL && int64(uintptr(offset>>12)) != offset>>12 {
		err = unix.EOVERFLOW // x/sys's own EINVAL where mmap2(2) takes 32 bits of pages
	}
	return uintptr(p), err
}

func sysUnmap(addr, size uintptr) error {
	return unix.MunmapPtr(unsafe.Add(nil, addr), size)
}

// sysShrink unmaps what is past newSize.
func sysShrink(addr, size, newSize uintptr) error {
	return sysUnmap(addr+newSize, size-newSize)
}

func sysProtect(pages []byte, prot Prot) error    { return unix.Mprotect(pages, int(prot)) }
func sysSync(pages []byte, flags SyncFlag) error  { return unix.Msync(pages, int(flags)) }
func sysAdvise(pages []byte, advice Advice) error { return unix.Madvise(pages, int(advice)) }
func sysLock(pages []byte) error                  { return unix.Mlock(pages) }
func sysUnlock(pages []byte) error                { return unix.Munlock(pages) }

// sysSize returns the size of the file that r.fd refers to.
func sysSize(r *request) (int64, error) {
	var st unix.Stat_t
	for {
		err := unix.Fstat(r.fd, &st)
		if err == nil {
			break
		}
		if err != unix.EINTR {
			return 0, r.fail(err)
		}
	}
	switch st.Mode & unix.S_IFMT {
	case unix.S_IFREG:
	case unix.S_IFDIR, unix.S_IFIFO:
		return 0, r.notMappable()
	case unix.S_IFSOCK:
		return 0, r.refuse(errNotMappable, "a socket has no bytes to map, except the ring of a packet socket: set it up, and use MapRegion with its length")
	default: // macOS's shared memory objects are of no type and tell their size; devices do not
		if st.Size == 0 {
			return 0, r.refuse(errInvalid, "the system does not tell the size of this device or special file: use MapRegion with a length, or read it instead")
		}
	}
	return int64(st.Size), nil
}
