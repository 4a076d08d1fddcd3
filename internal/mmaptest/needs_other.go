// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build !unix && !windows

package mmaptest

// Nothing is mapped here: see needs.go.
const (
	HasFixed      = false
	MapsPastEnd   = false
	CutsMapped    = false
	RemovesMapped = false
)
