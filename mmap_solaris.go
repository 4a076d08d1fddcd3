// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package mmap

import "golang.org/x/sys/unix"

// Flags of Solaris and illumos, described in mmap(2).
const (
	NoReserve Flag = unix.MAP_NORESERVE // Reserve no swap space: a store may fault when memory is short.
	Align     Flag = unix.MAP_ALIGN     // The address given to MapAt is the alignment wanted, a power of two in whole pages, or 0.
	Text      Flag = unix.MAP_TEXT      // With ProtExec: the pages are code, and may be mapped as large ones.
	InitData  Flag = unix.MAP_INITDATA  // The pages are a program's initialized data, and may be mapped as large ones; for the dynamic linker.
	Bit32     Flag = unix.MAP_32BIT     // In the first 4 GiB of the address space.
)

// Advice of Solaris and illumos, described in madvise(3C).
const (
	AdviceFree          Advice = unix.MADV_FREE           // Anonymous pages may be dropped when memory is short, and then read as zero, until they are written again.
	AdvicePurge         Advice = unix.MADV_PURGE          // Drop the pages now: the next access reads zero, or the file.
	AdviceAccessDefault Advice = unix.MADV_ACCESS_DEFAULT // Undo AdviceAccessLWP and AdviceAccessMany.
	AdviceAccessLWP     Advice = unix.MADV_ACCESS_LWP     // The next thread to touch the pages will use them most: place them near it.
	AdviceAccessMany    Advice = unix.MADV_ACCESS_MANY    // Many threads and processes will use the pages: spread them over the machine.
)

var system = platform{
	flagNames: []bitName{
		{value: unix.MAP_NORESERVE, name: "NoReserve"},
		{value: unix.MAP_ALIGN, name: "Align"},
		{value: unix.MAP_TEXT, name: "Text"},
		{value: unix.MAP_INITDATA, name: "InitData"},
		{value: unix.MAP_32BIT, name: "Bit32"},
	},
	adviceNames: []adviceName{
		{AdviceFree, "AdviceFree", dropsPages},
		{AdvicePurge, "AdvicePurge", dropsPages},
		{AdviceAccessDefault, "AdviceAccessDefault", keepsBytes},
		{AdviceAccessLWP, "AdviceAccessLWP", keepsBytes},
		{AdviceAccessMany, "AdviceAccessMany", keepsBytes},
	},

	noReserve: NoReserve,
}
