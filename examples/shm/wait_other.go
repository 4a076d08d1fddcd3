// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build !linux

package main

import (
	"sync/atomic"
	"time"
)

// wait waits a moment: look again. What systems have instead of a futex they
// have each their own.
func wait(*atomic.Uint32, uint32) { time.Sleep(time.Millisecond) }

func wake(*atomic.Uint32) {}
