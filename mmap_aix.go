// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package mmap

import "golang.org/x/sys/unix"

// Variable lets the system choose the address: the default, 0 (MAP_VARIABLE).
const Variable Flag = unix.MAP_VARIABLE

var osFlagNames []bitName

// AdviceSpaceAvail asks to reserve what the pages need. AIX takes all its advice,
// and does nothing.
const AdviceSpaceAvail Advice = unix.MADV_SPACEAVAIL

var osAdviceNames = []adviceName{
	{AdviceSpaceAvail, "AdviceSpaceAvail", keepsBytes},
}

// SyncEIntr lets a signal that interrupts the call end it with EINTR.
const SyncEIntr SyncFlag = unix.MS_EINTR

func init() {
	syncNames = append(syncNames, bitName{value: unix.MS_EINTR, name: "SyncEIntr"})
}

// What the portable code asks of a system: mmap_linux.go says it.
const (
	fixedFlags = Fixed
	noReplace  = Flag(0)
	prefault   = Flag(0)
	noReserve  = Flag(0)
	hugeTLB    = Flag(0)
	growsDown  = Flag(0)

	reserveProt = ProtNone

	bareSyncWrites = true
)
