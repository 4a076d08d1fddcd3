// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build linux && !mips && !mipsle && !mips64 && !mips64le

package mmap_test

import (
	"testing"

	"github.com/facc7503/mmap"
	"github.com/facc7503/mmap/internal/mmaptest"
	"golang.org/x/sys/unix"
)

// TestDAXSyncRefused wants the error of a file system that does not know DAXSync to
// name it. Where it is not asked for, see TestRefusals.
func TestDAXSyncRefused(t *testing.T) {
	mmaptest.WantMessage(t, ofFile("mmap", rw, mmap.SharedValidate|mmap.DAXSync).Fail(unix.EOPNOTSUPP), "DAXSync needs a file system mounted for DAX")
}
