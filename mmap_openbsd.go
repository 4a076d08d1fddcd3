// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package mmap

import "golang.org/x/sys/unix"

// Flags of OpenBSD, described in mmap(2).
const (
	Stack     Flag = unix.MAP_STACK     // With Private|Anonymous, ProtRead|ProtWrite and no other flag but Fixed: a stack, the only memory the stack pointer may be in. OpenBSD 6.4.
	Conceal   Flag = unix.MAP_CONCEAL   // Leave the pages out of core dumps. OpenBSD 6.5.
	TryFixed  Flag = unix.MAP_TRYFIXED  // 0 on OpenBSD: without effect.
	NoReserve Flag = unix.MAP_NORESERVE // 0 on OpenBSD: without effect.
	NoExtend  Flag = unix.MAP_NOEXTEND  // 0 on OpenBSD: without effect.
	Inherit   Flag = unix.MAP_INHERIT   // 0 on OpenBSD: without effect.
	Rename    Flag = unix.MAP_RENAME    // 0 on OpenBSD: without effect.
)

var osFlagNames = []bitName{
	{value: unix.MAP_STACK, name: "Stack"},
	{value: unix.MAP_CONCEAL, name: "Conceal"},
}

// Advice of OpenBSD, described in madvise(2).
const (
	AdviceSpaceAvail Advice = unix.MADV_SPACEAVAIL // Reserve what the pages need; not implemented, ErrInvalid.
)

var osAdviceNames = []adviceName{
	{AdviceSpaceAvail, "AdviceSpaceAvail", keepsBytes},
}

// maxProt is the factor of MaxProt: there is nothing to ask for.
const maxProt = 0

// What the portable code asks of a system: mmap_linux.go says it.
const (
	fixedFlags = Fixed | TryFixed
	noReplace  = Flag(0)
	prefault   = Flag(0)
	noReserve  = NoReserve
	hugeTLB    = Flag(0)
	growsDown  = Flag(0)

	bareSyncWrites = true
)
