// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build unix

package main

import (
	"os"
	"strings"
	"testing"

	"github.com/facc7503/mmap/examples/internal/self"
)

// TestNoMemory gives the child a pipe in place of the memory. (On Windows
// it gets a name, and a pipe has none.)
func TestNoMemory(t *testing.T) {
	r, w, err := os.Pipe()
	must(t, err)
	defer r.Close()
	defer w.Close()
	cmd := self.Command(t, asFamily, "child")
	hand(cmd, r)
	if status, out := run(t, cmd); status != 1 || !strings.HasPrefix(out, "family: mmap memory: ") {
		t.Errorf("exit status %d, output %q", status, out)
	}
}
