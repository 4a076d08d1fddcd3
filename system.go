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
