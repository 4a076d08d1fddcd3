// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package mmap

import "golang.org/x/sys/unix"

// Flags of macOS, described in mmap(2) and <sys/mman.h>.
const (
	NoCache                Flag = unix.MAP_NOCACHE                  // Reclaim the pages before others when memory is short.
	JIT                    Flag = unix.MAP_JIT                      // With Private and Anonymous: pages may have ProtWrite and ProtExec together under the hardened runtime (macOS 10.14), given the entitlement com.apple.security.cs.allow-jit.
	ResilientCodesign      Flag = unix.MAP_RESILIENT_CODESIGN       // With a file, and not ProtExec: pages whose code signature is broken can be read all the same.
	ResilientMedia         Flag = unix.MAP_RESILIENT_MEDIA          // With a file and Private: pages that cannot be read, such as those past its end, read as zero instead of faulting. Ignored with Shared.
	Bit32                  Flag = unix.MAP_32BIT                    // In the first 4 GiB of the address space, which few programs leave free (__PAGEZERO). macOS 10.15, not iOS.
	TranslatedAllowExecute Flag = unix.MAP_TRANSLATED_ALLOW_EXECUTE // Allow ProtExec in a process that Rosetta translates; ErrInvalid in others. macOS 11.
	Unix03                 Flag = unix.MAP_UNIX03                   // Check offset, length and sharing as the Single UNIX Specification asks.
)

// VMPurgable, as the descriptor given to [MapAt] with [Anonymous], asks for
// purgable memory: the system may empty it while vm_purgable_control says that
// it is volatile. It can be joined with a [VMTag].
const VMPurgable = 2 // VM_FLAGS_PURGABLE: x/sys has none of the Mach flags

// VMTag returns a descriptor to give to [MapAt] with [Anonymous], so that vmmap(1)
// and its like show the memory under the tag, as in
//
//	mmap.MapAt(0, mmap.VMTag(240), 0, n, mmap.ProtRead|mmap.ProtWrite, mmap.Private|mmap.Anonymous)
//
// Tags from 240 to 255 are for applications.
func VMTag(tag uint8) int {
	return int(tag) << 24 // VM_MAKE_TAG
}

// Advice of macOS, described in madvise(2).
const (
	AdviceZeroWiredPages Advice = unix.MADV_ZERO_WIRED_PAGES // Zero pages that are locked when they are unmapped.
	AdviceFreeReusable   Advice = unix.MADV_FREE_REUSABLE    // AdviceFree; until AdviceFreeReuse the pages do not count as the process's memory.
	AdviceFreeReuse      Advice = unix.MADV_FREE_REUSE       // Undo AdviceFreeReusable, before the pages are used again; what they held may be gone.
	AdviceCanReuse       Advice = unix.MADV_CAN_REUSE        // Ask whether AdviceFreeReusable applies to the pages: ErrInvalid if not.
	AdvicePageOut        Advice = unix.MADV_PAGEOUT          // Reclaim the pages now; ErrUnsupported except on Apple's debug kernels.
)

// Sync flags of macOS. With either of them msync writes nothing, even if SyncWait
// or SyncAsync is there too.
const (
	SyncKillPages  SyncFlag = unix.MS_KILLPAGES  // Drop what anonymous pages hold, unless they are shared or a copy is pending.
	SyncDeactivate SyncFlag = unix.MS_DEACTIVATE // Reclaim the pages before others when memory is short.
)

var system = platform{
	flagNames: []bitName{
		{value: unix.MAP_NOCACHE, name: "NoCache"},
		{value: unix.MAP_JIT, name: "JIT"},
		{value: unix.MAP_RESILIENT_CODESIGN, name: "ResilientCodesign"},
		{value: unix.MAP_RESILIENT_MEDIA, name: "ResilientMedia"},
		{value: unix.MAP_32BIT, name: "Bit32"},
		{value: unix.MAP_TRANSLATED_ALLOW_EXECUTE, name: "TranslatedAllowExecute"},
		{value: unix.MAP_UNIX03, name: "Unix03"},
		{value: unix.MAP_HASSEMAPHORE, name: "HasSemaphore"},
	},
	syncNames: []bitName{
		{value: unix.MS_KILLPAGES, name: "SyncKillPages"},
		{value: unix.MS_DEACTIVATE, name: "SyncDeactivate"},
	},
	adviceNames: []adviceName{
		{AdviceZeroWiredPages, "AdviceZeroWiredPages", dropsPages},
		{AdviceFreeReusable, "AdviceFreeReusable", dropsPages},
		{AdviceFreeReuse, "AdviceFreeReuse", dropsPages},
		{AdviceCanReuse, "AdviceCanReuse", dropsPages},
		{AdvicePageOut, "AdvicePageOut", keepsBytes},
		{AdviceFree, "AdviceFree", dropsFile},
	},
	resident: mincore(unix.SYS_MINCORE),
}
