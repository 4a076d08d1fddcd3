// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build !windows

package main

import (
	"os"
	"os/exec"
)

// hand lets the child that cmd will start have f.
func hand(cmd *exec.Cmd, f *os.File) {
	cmd.ExtraFiles = []*os.File{f} // The first of them is the child's descriptor 3.
}

// handed returns the file that the child was handed.
func handed() (*os.File, error) { return os.NewFile(3, "memory"), nil }

// drop closes what newFile made.
func drop(f *os.File) error { return f.Close() }
