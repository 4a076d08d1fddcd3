// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build !linux

package bench

import (
	"os"

	"github.com/facc7503/mmap"
)

const prefault mmap.Flag = 0

func parent(uint64) string { return os.TempDir() }

// Receiver does nothing: no Work here has another process.
func Receiver() {}

func rings() []Work      { return nil }
func linuxPages() []Work { return nil }
