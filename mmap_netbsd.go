// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package mmap

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

// Flags of NetBSD, described in mmap(2).
const (
	TryFixed Flag = unix.MAP_TRYFIXED // At the address given to MapAt even in the range where the heap may grow; elsewhere if something is mapped there.
	Wired    Flag = unix.MAP_WIRED    // Lock the pages in memory, or fail.
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

// protMprotect is PROT_MPROTECT(1), which x/sys does not have.
const protMprotect = 1 << 3

var system = platform{
	// The bits from MAP_ALIGNMENT_SHIFT up are one number.
	flagNames: []bitName{
		{value: unix.MAP_TRYFIXED, name: "TryFixed"},
		{value: unix.MAP_WIRED, name: "Wired"},
		{value: unix.MAP_ALIGNMENT_64KB, name: "Alignment64KB", mask: unix.MAP_ALIGNMENT_MASK},
		{value: unix.MAP_ALIGNMENT_16MB, name: "Alignment16MB", mask: unix.MAP_ALIGNMENT_MASK},
		{value: unix.MAP_ALIGNMENT_4GB, name: "Alignment4GB", mask: unix.MAP_ALIGNMENT_MASK},
		{value: unix.MAP_ALIGNMENT_1TB, name: "Alignment1TB", mask: unix.MAP_ALIGNMENT_MASK},
		{value: unix.MAP_ALIGNMENT_256TB, name: "Alignment256TB", mask: unix.MAP_ALIGNMENT_MASK},
		{value: unix.MAP_ALIGNMENT_64PB, name: "Alignment64PB", mask: unix.MAP_ALIGNMENT_MASK},
		{value: unix.MAP_HASSEMAPHORE, name: "HasSemaphore"},
	},
	adviceNames: []adviceName{
		{AdviceFree, "AdviceFree", dropsFile},
	},

	remap:    sysRemap,
	resident: mincore(unix.SYS_MINCORE),

	fixed:       TryFixed,
	prefault:    Wired,
	maxProt:     protMprotect,
	reservesMax: true,
	movesToGrow: true,
}

// sysRemap has no flag to ask for: mremap(2) moves what cannot grow in place.
func sysRemap(addr, size, newSize uintptr, _ RemapFlag) (uintptr, error) {
	p, err := unix.MremapPtr(unsafe.Add(nil, addr), size, nil, newSize, 0)
	return uintptr(p), err
}
