// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build linux && (mips || mipsle || mips64 || mips64le)

package mmap

// daxSync has no bit here: that of other processors is MAP_HUGETLB.
const daxSync = 0
