// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build freebsd && (amd64 || arm64 || riscv64)

package mmap

import "golang.org/x/sys/unix"

// Bit32 asks for a place in the first 2 GiB of the address space. FreeBSD has it
// on 64-bit processors.
const Bit32 Flag = unix.MAP_32BIT

var archFlagNames = []bitName{
	{value: unix.MAP_32BIT, name: "Bit32"},
}

var archProtNames []bitName
