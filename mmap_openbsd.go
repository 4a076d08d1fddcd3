// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package mmap

import "golang.org/x/sys/unix"

// Flags of OpenBSD, described in mmap(2).
const (
	Stack   Flag = unix.MAP_STACK   // With Private|Anonymous, ProtRead|ProtWrite and no other flag but Fixed: a stack, the only memory the stack pointer may be in. OpenBSD 6.4.
	Conceal Flag = unix.MAP_CONCEAL // Leave the pages out of core dumps. OpenBSD 6.5.
)

var system = platform{
	flagNames: []bitName{
		{value: unix.MAP_STACK, name: "Stack"},
		{value: unix.MAP_CONCEAL, name: "Conceal"},
		{value: unix.MAP_HASSEMAPHORE, name: "HasSemaphore"},
	},
	adviceNames: []adviceName{
		{AdviceFree, "AdviceFree", dropsFile},
	},
}
