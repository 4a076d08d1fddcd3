// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build !linux

package mmap

func checkHuge(r request, fixed bool) error { return nil }

// Only Linux maps more than it was asked for.
func unmapHuge(addr, size uintptr) bool { return false }
