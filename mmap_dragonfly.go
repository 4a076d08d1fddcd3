// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package mmap

import "golang.org/x/sys/unix"

// Flags of DragonFly, described in mmap(2).
const (
	TryFixed   Flag = unix.MAP_TRYFIXED   // Exactly at the address given to MapAt, or ErrExist where something is mapped there.
	SizeAlign  Flag = unix.MAP_SIZEALIGN  // At a multiple of the length, which must be a power of two.
	Stack      Flag = unix.MAP_STACK      // With ProtRead and ProtWrite: memory for a stack; implies Anonymous.
	NoSync     Flag = unix.MAP_NOSYNC     // Write dirty pages to the file when memory is short, or for Sync and fsync(2), but not every so often.
	NoCore     Flag = unix.MAP_NOCORE     // Leave the pages out of core dumps.
	Inherit    Flag = unix.MAP_INHERIT    // Children after fork(2) share the pages, Private ones too.
	VPageTable Flag = unix.MAP_VPAGETABLE // With ProtRead and ProtWrite: pages are found by a page table that lies in the file; for virtual kernels, ErrUnsupported unless vm.vkernel_enable is set.
)

// Advice of DragonFly, described in madvise(2) and mcontrol(2).
const (
	AdviceNoSync   Advice = unix.MADV_NOSYNC   // Write dirty pages to the file only when memory is short, or for Sync and fsync(2).
	AdviceAutoSync Advice = unix.MADV_AUTOSYNC // Undo AdviceNoSync, for pages that are made dirty from now on.
	AdviceNoCore   Advice = unix.MADV_NOCORE   // Leave the pages out of core dumps.
	AdviceCore     Advice = unix.MADV_CORE     // Undo AdviceNoCore.
	AdviceInval    Advice = unix.MADV_INVAL    // The page table of a VPageTable mapping has changed: translate its addresses again.
)

var system = platform{
	flagNames: []bitName{
		{value: unix.MAP_TRYFIXED, name: "TryFixed"},
		{value: unix.MAP_SIZEALIGN, name: "SizeAlign"},
		{value: unix.MAP_STACK, name: "Stack"},
		{value: unix.MAP_NOSYNC, name: "NoSync"},
		{value: unix.MAP_NOCORE, name: "NoCore"},
		{value: unix.MAP_INHERIT, name: "Inherit"},
		{value: unix.MAP_VPAGETABLE, name: "VPageTable"},
		{value: unix.MAP_HASSEMAPHORE, name: "HasSemaphore"},
	},
	adviceNames: []adviceName{
		{AdviceNoSync, "AdviceNoSync", keepsBytes},
		{AdviceAutoSync, "AdviceAutoSync", keepsBytes},
		{AdviceNoCore, "AdviceNoCore", keepsBytes},
		{AdviceCore, "AdviceCore", keepsBytes},
		{AdviceInval, "AdviceInval", dropsPages},
		{AdviceFree, "AdviceFree", dropsFile},
	},

	fixed:     TryFixed,
	noReplace: TryFixed,
	taken:     unix.ENOMEM,
	anonymous: Stack,
	resident:  mincore(unix.SYS_MINCORE),
}
