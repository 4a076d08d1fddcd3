// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build darwin || dragonfly || freebsd || netbsd || openbsd

package mmap

import "golang.org/x/sys/unix"

// HasSemaphore says that the pages may hold semaphores. No system does anything
// about it; on OpenBSD it is 0.
const HasSemaphore Flag = unix.MAP_HASSEMAPHORE

// AdviceFree says that the pages hold nothing of value: they may be dropped, and
// then read as zero, until they are written again. NetBSD and OpenBSD drop them
// at once, the others when memory is short; on OpenBSD pages of a file may go too,
// even if unwritten.
const AdviceFree Advice = unix.MADV_FREE

// MaxProt returns bits to join to the prot of a new mapping, so that
// [Mapping.Protect] may ask for p later, as in
//
//	mmap.MapAnon(n, mmap.ProtRead|mmap.MaxProt(mmap.ProtRead|mmap.ProtExec), mmap.Private)
//
// On NetBSD it is PROT_MPROTECT(p). Where PaX MPROTECT is in force (see
// security(7)), Protect can grant what the mapping was made with and p, and
// nothing else: more is ErrAccess. Where it is not, p changes nothing.
//
// On FreeBSD, since version 13, it is PROT_MAX(p); before, a mapping with it is
// ErrInvalid. Protect can grant p and nothing else: more is ErrAccess. The prot
// of the mapping must be within p, or making it is ErrUnsupported. Without a
// MaxProt, Protect can grant everything, or, where the sysctl vm.imply_prot_max
// is set, what the mapping was made with.
//
// On macOS, DragonFly and OpenBSD it is 0, so that it can stand in a program for
// all of them.
//
// Of p only [ProtRead], [ProtWrite] and [ProtExec] count. What the file was
// opened for limits Protect in any case.
func MaxProt(p Prot) Prot {
	return (p & (ProtRead | ProtWrite | ProtExec)) * system.maxProt
}
