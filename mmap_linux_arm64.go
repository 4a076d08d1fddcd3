// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package mmap

import "golang.org/x/sys/unix"

// Protections of Linux on arm64 processors.
const (
	ProtBTI Prot = unix.PROT_BTI // Guard the code in the pages by branch target identification. Linux 5.8.
	ProtMTE Prot = unix.PROT_MTE // Allow memory tags on the pages, which must be anonymous or of tmpfs. Linux 5.10.
)

var archFlagNames []bitName

var archProtNames = []bitName{
	{value: unix.PROT_BTI, name: "ProtBTI"},
	{value: unix.PROT_MTE, name: "ProtMTE"},
}
