// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package mmap

import "golang.org/x/sys/unix"

// Flags of NetBSD, described in mmap(2).
const (
	TryFixed  Flag = unix.MAP_TRYFIXED  // At the address given to MapAt even where the heap might grow; elsewhere if something is mapped there.
	Wired     Flag = unix.MAP_WIRED     // Lock the pages in memory, or fail.
	Stack     Flag = unix.MAP_STACK     // Meant for a stack; without effect.
	NoReserve Flag = unix.MAP_NORESERVE // Ignored.
	Inherit   Flag = unix.MAP_INHERIT   // Ignored.
	Rename    Flag = unix.MAP_RENAME    // Ignored.
)

// Alignments of the address. Others are Flag(n<<unix.MAP_ALIGNMENT_SHIFT), for 1<<n
// bytes.
const (
	Alignment64KB  Flag = unix.MAP_ALIGNMENT_64KB  // At a multiple of 64 KiB.
	Alignment16MB  Flag = unix.MAP_ALIGNMENT_16MB  // At a multiple of 16 MiB.
	Alignment4GB   Flag = unix.MAP_ALIGNMENT_4GB   // At a multiple of 4 GiB, on 64-bit processors.
	Alignment1TB   Flag = unix.MAP_ALIGNMENT_1TB   // At a multiple of 1 TiB, likewise.
	Alignment256TB Flag = unix.MAP_ALIGNMENT_256TB // At a multiple of 256 TiB, more than most processors can address.
	Alignment64PB  Flag = unix.MAP_ALIGNMENT_64PB  // At a multiple of 64 PiB, likewise.
)

// The bits from MAP_ALIGNMENT_SHIFT up are one number.
var osFlagNames = []bitName{
	{value: unix.MAP_TRYFIXED, name: "TryFixed"},
	{value: unix.MAP_WIRED, name: "Wired"},
	{value: unix.MAP_STACK, name: "Stack"},
	{value: unix.MAP_NORESERVE, name: "NoReserve"},
	{value: unix.MAP_INHERIT, name: "Inherit"},
	{value: unix.MAP_RENAME, name: "Rename"},
	{value: unix.MAP_ALIGNMENT_64KB, name: "Alignment64KB", mask: unix.MAP_ALIGNMENT_MASK},
	{value: unix.MAP_ALIGNMENT_16MB, name: "Alignment16MB", mask: unix.MAP_ALIGNMENT_MASK},
	{value: unix.MAP_ALIGNMENT_4GB, name: "Alignment4GB", mask: unix.MAP_ALIGNMENT_MASK},
	{value: unix.MAP_ALIGNMENT_1TB, name: "Alignment1TB", mask: unix.MAP_ALIGNMENT_MASK},
	{value: unix.MAP_ALIGNMENT_256TB, name: "Alignment256TB", mask: unix.MAP_ALIGNMENT_MASK},
	{value: unix.MAP_ALIGNMENT_64PB, name: "Alignment64PB", mask: unix.MAP_ALIGNMENT_MASK},
}

// Advice of NetBSD, described in madvise(2).
const (
	AdviceSpaceAvail Advice = unix.MADV_SPACEAVAIL // Reserve what the pages need; not implemented, ErrInvalid.
)

var osAdviceNames = []adviceName{
	{AdviceSpaceAvail, "AdviceSpaceAvail", keepsBytes},
}

// maxProt is the factor of MaxProt: PROT_MPROTECT, which x/sys does not have.
const maxProt = 1 << 3

// What the portable code asks of a system: mmap_linux.go says it.
const (
	fixedFlags = Fixed | TryFixed
	noReplace  = Flag(0)
	prefault   = Wired
	noReserve  = NoReserve
	hugeTLB    = Flag(0)
	growsDown  = Flag(0)

	bareSyncWrites = true
	growsInPlace   = false
)

// mremapFlags is nothing: mremap(2) moves what cannot grow in place.
func mremapFlags(RemapFlag) int { return 0 }
