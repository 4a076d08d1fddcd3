// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build !(linux || netbsd)

package mmap

func sysRemap(addr, size, newSize uintptr, flags RemapFlag) (uintptr, error) {
	return 0, ErrUnsupported
}
