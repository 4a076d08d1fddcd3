// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package mmap

import (
	"strconv"
	"strings"
)

// A Flag says what kind a mapping is and how it is made: the flags argument
// of mmap(2), bits joined with |. Exactly one of [Shared] and [Private] belongs in
// it, or what the system has in their place (SharedValidate, Droppable).
//
// The constants here are on every system. Those of one system are declared on
// that system alone, so that a flag is never silently dropped on another. Write
// any other as Flag(unix.MAP_WHATEVER). (One is Linux's MAP_GROWSDOWN: the
// pages that the system adds to such a mapping outlive Close.)
type Flag int64 // wide enough for MAP_HUGE_16GB on 32-bit systems, and signed for MAP_ALIGNMENT_MASK

// The flags that every system has.
const (
	Shared    Flag = mapShared    // Stores reach the file, and every process that maps it. POSIX.
	Private   Flag = mapPrivate   // Stores are copied on write: they reach neither the file nor other processes. On Windows all of it counts as committed memory. POSIX.
	Anonymous Flag = mapAnonymous // Memory filled with zeros, without a file. POSIX.1-2024 (MAP_ANON, MAP_ANONYMOUS).
	Fixed     Flag = mapFixed     // Exactly at the address given to [MapAt], over whatever is mapped there. POSIX.
	File      Flag = mapFile      // A file is mapped: the default, 0 (MAP_FILE).
)

var flagNames = []bitName{
	{value: mapShared, name: "Shared"},
	{value: mapPrivate, name: "Private"},
	{value: mapAnonymous, name: "Anonymous"},
	{value: mapFixed, name: "Fixed"},
}

// String joins the names of f's bits with |, as in "Shared|Anonymous". Bits
// without a name are in hexadecimal.
func (f Flag) String() string {
	return joinBits(int64(f), "File", system.flagNames, archFlagNames, flagNames)
}

// A SyncFlag says how [Mapping.SyncRange] writes: the flags argument of msync(2).
// Exactly one of [SyncWait] and [SyncAsync] belongs in it.
type SyncFlag int

// The sync flags of POSIX. Every system has them.
const (
	SyncWait       SyncFlag = msSync       // Return when the pages are written (MS_SYNC; 0 on FreeBSD and DragonFly).
	SyncAsync      SyncFlag = msAsync      // Return at once, and leave the writing to the system; on Linux this does nothing.
	SyncInvalidate SyncFlag = msInvalidate // Drop other cached copies, so that they are read again from what was written. On FreeBSD and DragonFly not with SyncAsync.
)

var syncNames = []bitName{
	{value: msSync, name: "SyncWait"},
	{value: msAsync, name: "SyncAsync"},
	{value: msInvalidate, name: "SyncInvalidate"},
}

// String joins the names of f's bits with |. Bits without a name are in
// hexadecimal. Zero is "SyncWait" where MS_SYNC is 0, else "0".
func (f SyncFlag) String() string {
	zero := "0"
	if SyncWait == 0 {
		zero = "SyncWait"
	}
	return joinBits(int64(f), zero, system.syncNames, syncNames)
}

// Advice tells the system how pages will be used: the advice argument of
// madvise(2), one value, not bits.
type Advice int

// The advice of POSIX, under the names and with the meaning of madvise(2).
// Every system has it.
const (
	AdviceNormal     Advice = madvNormal     // No special treatment: the default.
	AdviceRandom     Advice = madvRandom     // Pages are read in random order: read no further ahead.
	AdviceSequential Advice = madvSequential // Pages are read in order: read ahead, and drop what was read.
	AdviceWillNeed   Advice = madvWillNeed   // Pages are needed soon: read them ahead. FreeBSD maps those that are in memory, and reads none.

	// Pages are not needed. On Linux they are dropped at once: Private changes
	// are lost, and the next access reads the file again, or zero. Elsewhere
	// it is a hint that loses nothing.
	AdviceDontNeed Advice = madvDontNeed
)

// An effect is what advice does to the bytes of its pages, and so how far it may
// be widened. That of unknown advice is the worst.
type effect int

const (
	dropsFile  effect = iota // loses bytes of the file: never widened
	dropsPages               // loses bytes of the pages: widened only at the Mapping's own ends
	keepsBytes               // loses none: widened to whole pages
)

type adviceName struct {
	advice Advice
	name   string
	effect effect
}

var adviceNames = []adviceName{
	{AdviceNormal, "AdviceNormal", keepsBytes},
	{AdviceRandom, "AdviceRandom", keepsBytes},
	{AdviceSequential, "AdviceSequential", keepsBytes},
	{AdviceWillNeed, "AdviceWillNeed", keepsBytes},
	{AdviceDontNeed, "AdviceDontNeed", dropsPages},
}

func (a Advice) lookup() (adviceName, bool) {
	for _, names := range [...][]adviceName{adviceNames, system.adviceNames} {
		for _, n := range names {
			if n.advice == a {
				return n, true
			}
		}
	}
	return adviceName{}, false
}

// String returns the name of a, or its value in hexadecimal if it has none.
func (a Advice) String() string {
	if n, ok := a.lookup(); ok {
		return n.name
	}
	return joinBits(int64(a), "")
}

// A RemapFlag says how [Mapping.Remap] may change a Mapping.
type RemapFlag int

// RemapMayMove lets [Mapping.Remap] move the Mapping to another address when
// it cannot grow where it is.
const RemapMayMove RemapFlag = 1

// String joins the names of f's bits with |. Bits without a name are in
// hexadecimal; zero is "0".
func (f RemapFlag) String() string {
	return joinBits(int64(f), "0", []bitName{{value: int64(RemapMayMove), name: "RemapMayMove"}})
}

// A bitName names one value of the field of bits in mask. A mask of 0 stands
// for the value's own bits.
type bitName struct {
	value int64
	name  string
	mask  int64
}

// unnamed returns the bits of f that have no name.
func (f Flag) unnamed() int64 {
	_, rest := nameBits(int64(f), system.flagNames, archFlagNames, flagNames)
	return rest
}

// joinBits joins the names of the bits of v, and the rest in hexadecimal. For 0 it
// returns zero.
func joinBits(v int64, zero string, tables ...[]bitName) string {
	if v == 0 && zero != "" {
		return zero
	}
	names, rest := nameBits(v, tables...)
	if rest != 0 {
		names = append(names, "0x"+strconv.FormatUint(uint64(rest), 16))
	}
	return strings.Join(names, "|")
}

// nameBits returns the names of v's bits, and the bits that have none. A name
// that covers several bits must precede those of its parts.
func nameBits(v int64, tables ...[]bitName) (names []string, rest int64) {
	for _, table := range tables {
		for _, n := range table {
			mask := n.mask
			if mask == 0 {
				mask = n.value
			}
			if n.value != 0 && v&mask == n.value {
				names = append(names, n.name)
				v &^= mask
			}
		}
	}
	return names, v
}
