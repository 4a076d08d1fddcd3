// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build linux && (ppc64 || ppc64le)

package mmap

import "golang.org/x/sys/unix"

// ProtSAO gives the pages strong access ordering, on POWER7 to POWER9
// processors.
const ProtSAO Prot = unix.PROT_SAO

var archFlagNames []bitName

var archProtNames = []bitName{
	{value: unix.PROT_SAO, name: "ProtSAO"},
}
