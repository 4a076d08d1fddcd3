// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package mmap

// A platform says what the portable code has to know of a system. The zero
// value of a field is the rule, so that a system's file names exceptions
// alone. Each system declares one platform, called system.
type platform struct {
	// Names beside the portable ones. A processor's own are in archFlagNames
	// and archProtNames.
	flagNames   []bitName
	syncNames   []bitName
	adviceNames []adviceName

	// Errnos and causes of errors besides those of every Unix.
	errnos []errnoSentinel
	causes []cause

	// Calls that only some systems have: nil elsewhere.
	remap     func(addr, size, newSize uintptr, flags RemapFlag) (uintptr, error)
	resident  func(pages, vec []byte) error      // a byte for each page, with bit 0 where it is in memory
	hugePage  func(r request, fixed bool) uint64 // the size of the huge pages that r asks for, in bytes; 0 if it asks for none
	unmapHuge func(addr, size uintptr) bool      // unmaps, and reports whether it did, what munmap refused as a part of a huge page

	fixed     Flag   // flags beside Fixed that give the address its say, for MapAt alone
	noReplace Flag   // at the address, but over nothing
	taken     error  // what mmap returns where noReplace finds something, if not EEXIST
	kinds     []Flag // what may stand in place of Shared and Private
	prefault  Flag   // flags that fill pages at once
	noReserve Flag   // for Reserve
	hugeTLB   Flag   // huge pages
	growsDown Flag   // extends below its addresses
	maxProt   Prot   // the factor of MaxProt

	reservesMax     bool // Reserve asks for every use that MaxProt has, or its pages could never be used
	bareSyncIgnored bool // msync with neither MS_SYNC nor MS_ASYNC writes nothing
	mapsPastEnd     bool // a page of an empty file can be mapped
	movesToGrow     bool // mremap cannot be told not to move
}

// fixesAddress returns the flags of f that are for MapAt alone.
func fixesAddress(f Flag) Flag { return f & (Fixed | system.fixed) }
