// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build linux && !mips && !mipsle && !mips64 && !mips64le

package mmap

import "golang.org/x/sys/unix"

// DAXSync, with SharedValidate, maps persistent memory such that what is stored
// survives a crash once it has left the processor's cache. A file system that is
// not mounted for DAX gives ErrUnsupported; Linux before 4.15 and gVisor give
// ErrInvalid. MIPS does not have it (MAP_SYNC).
const DAXSync Flag = daxSync

const daxSync = unix.MAP_SYNC
