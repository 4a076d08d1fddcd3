// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package mmap

import "golang.org/x/sys/unix"

// Flags of Linux on amd64 processors, described in mmap(2).
const (
	Bit32   Flag = unix.MAP_32BIT   // In the first 2 GiB of the address space.
	Above4G Flag = unix.MAP_ABOVE4G // Above the first 4 GiB of the address space. Linux 6.6.
)

var archFlagNames = []bitName{
	{value: unix.MAP_32BIT, name: "Bit32"},
	{value: unix.MAP_ABOVE4G, name: "Above4G"},
}

var archProtNames []bitName
