// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build !(linux && (amd64 || arm64 || ppc64 || ppc64le)) && !(freebsd && (amd64 || arm64 || riscv64))

package mmap

// These processors have no flags and protections of their own.
var (
	archFlagNames []bitName
	archProtNames []bitName
)
