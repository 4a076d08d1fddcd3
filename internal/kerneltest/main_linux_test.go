// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package kerneltest

import (
	"os"
	"testing"

	"github.com/facc7503/mmap"
	"github.com/facc7503/mmap/internal/mmaptest"
)

func TestMain(m *testing.M) { mmaptest.Main(m) }

var pageSize = os.Getpagesize()

const rw = mmap.ProtRead | mmap.ProtWrite

// sink keeps a load that may fault from being optimised away.
var sink byte

// wantUnpinned fails if a call is still inside of m: Remap needs it to itself.
func wantUnpinned(t *testing.T, m *mmap.Mapping) {
	t.Helper()
	mmaptest.Must(t, m.Remap(m.Len(), 0))
}
