// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build !unix

package mmap

// The values of the portable names where the system has none of its own. They are
// for this package alone: no system ever sees them.
const (
	protNone  = 0
	protRead  = 1
	protWrite = 2
	protExec  = 4

	mapShared    = 1
	mapPrivate   = 2
	mapAnonymous = 0x20
	mapFixed     = 0x10
	mapFile      = 0

	msSync       = 4
	msAsync      = 1
	msInvalidate = 2

	madvNormal     = 0
	madvRandom     = 1
	madvSequential = 2
	madvWillNeed   = 3
	madvDontNeed   = 4
)
