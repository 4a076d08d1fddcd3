// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package mmap

import "golang.org/x/sys/unix"

// SyncEIntr lets a signal that interrupts the call end it with EINTR.
const SyncEIntr SyncFlag = unix.MS_EINTR

var system = platform{
	syncNames: []bitName{
		{value: unix.MS_EINTR, name: "SyncEIntr"},
	},
}
