// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build unix

package mmap_test

import (
	"os"
	"testing"

	"github.com/facc7503/mmap/internal/mmaptest"

	"github.com/facc7503/mmap"
)

func TestMain(m *testing.M) { mmaptest.Main(m) }

var pageSize = os.Getpagesize()

const rw = mmap.ProtRead | mmap.ProtWrite

// sink keeps a load that may fault from being optimised away.
var sink byte
