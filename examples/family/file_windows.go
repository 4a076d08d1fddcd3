// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package main

import (
	"errors"
	"os"
	"os/exec"
)

// On Windows a file that is in use keeps its name, and a child gets no open files:
// it is told the name.

const memoryName = "FAMILY_MEMORY"

// newFile returns a temporary file.
func newFile() (*os.File, error) { return os.CreateTemp("", "family-*") }

// hand lets the child that cmd will start have f.
func hand(cmd *exec.Cmd, f *os.File) {
	cmd.Env = append(cmd.Environ(), memoryName+"="+f.Name())
}

// handed returns the file that the child was handed.
func handed() (*os.File, error) { return os.OpenFile(os.Getenv(memoryName), os.O_RDWR, 0) }

// drop closes and removes what newFile made. It must not be mapped any more.
func drop(f *os.File) error { return errors.Join(f.Close(), os.Remove(f.Name())) }
