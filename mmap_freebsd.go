// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package mmap

import "golang.org/x/sys/unix"

// Flags of FreeBSD, described in mmap(2).
const (
	Excl         Flag = unix.MAP_EXCL          // With Fixed: fail where something is mapped already, instead of mapping over it.
	GuardPages   Flag = unix.MAP_GUARD         // In place of Shared and Private, in MapAt alone, with ProtNone and descriptor -1: reserve the addresses, and map nothing. Protect returns nil there and changes nothing.
	Stack        Flag = unix.MAP_STACK         // With ProtRead and ProtWrite: memory that grows down from its end as it is used; implies Anonymous. The lowest page stays a guard and faults, so one page alone is ErrInvalid.
	NoSync       Flag = unix.MAP_NOSYNC        // Write dirty pages to the file when memory is short, or for Sync and fsync(2), but not every so often.
	NoCore       Flag = unix.MAP_NOCORE        // Leave the pages out of core dumps.
	PrefaultRead Flag = unix.MAP_PREFAULT_READ // Map those pages of the file that are in memory now, so that reading them does not fault.
	AlignedSuper Flag = unix.MAP_ALIGNED_SUPER // At an address that lets the system use large pages. Other alignments are Flag(n<<unix.MAP_ALIGNMENT_SHIFT), for 1<<n bytes.
)

// Advice of FreeBSD, described in madvise(2).
const (
	AdviceNoSync   Advice = unix.MADV_NOSYNC   // Write dirty pages to the file only when memory is short, or for Sync and fsync(2).
	AdviceAutoSync Advice = unix.MADV_AUTOSYNC // Undo AdviceNoSync, for pages that are made dirty from now on.
	AdviceNoCore   Advice = unix.MADV_NOCORE   // Leave the pages out of core dumps.
	AdviceCore     Advice = unix.MADV_CORE     // Undo AdviceNoCore.
	AdviceProtect  Advice = unix.MADV_PROTECT  // Do not kill this process, all of it, when swap space runs out: needs privilege.
)

var system = platform{
	// The bits from MAP_ALIGNMENT_SHIFT up are one number.
	flagNames: []bitName{
		{value: unix.MAP_EXCL, name: "Excl"},
		{value: unix.MAP_GUARD, name: "GuardPages"},
		{value: unix.MAP_STACK, name: "Stack"},
		{value: unix.MAP_NOSYNC, name: "NoSync"},
		{value: unix.MAP_NOCORE, name: "NoCore"},
		{value: unix.MAP_PREFAULT_READ, name: "PrefaultRead"},
		{value: unix.MAP_ALIGNED_SUPER, name: "AlignedSuper", mask: unix.MAP_ALIGNMENT_MASK},
		{value: unix.MAP_HASSEMAPHORE, name: "HasSemaphore"},
	},
	adviceNames: []adviceName{
		{AdviceNoSync, "AdviceNoSync", keepsBytes},
		{AdviceAutoSync, "AdviceAutoSync", keepsBytes},
		{AdviceNoCore, "AdviceNoCore", keepsBytes},
		{AdviceCore, "AdviceCore", keepsBytes},
		{AdviceProtect, "AdviceProtect", keepsBytes},
		{AdviceFree, "AdviceFree", dropsFile},
	},

	fixed:     Excl,
	noReplace: Fixed | Excl,
	kindFlags: []Flag{GuardPages, Stack},
	taken:     unix.ENOMEM,
	prefault:  PrefaultRead,
	maxProt:   1 << 16, // PROT_MAX, which x/sys does not have
	anonymous: GuardPages | Stack,
	resident:  mincore(unix.SYS_MINCORE),
	causes:    []cause{{"mlock", unix.EPERM, nil, "security.bsd.unprivileged_mlock is 0"}},
}
