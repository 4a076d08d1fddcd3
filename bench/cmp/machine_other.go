// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build !linux

package main

import (
	"errors"
	"os/exec"
	"runtime"
)

// The process cannot be given one processor here.
const canPin = false

func pinned(*exec.Cmd) ([]byte, error) { return nil, errors.ErrUnsupported }

func kernel() string { return runtime.GOOS }
