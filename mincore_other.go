// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build !(linux || darwin || dragonfly || freebsd || netbsd || windows)

package mmap

func sysResident(pages, vec []byte) error { return ErrUnsupported }
