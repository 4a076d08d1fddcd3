// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build !mips && !mipsle && !mips64 && !mips64le

package kerneltest

import (
	"errors"
	"testing"

	"github.com/facc7503/mmap"
	"github.com/facc7503/mmap/internal/mmaptest"
	"golang.org/x/sys/unix"
)

// TestDAXSync wants DAXSync named where it is what the file does not support.
func TestDAXSync(t *testing.T) {
	f := mmaptest.TempFile(t, mmaptest.Pattern(pageSize))
	m, err := mmap.Map(f, mmap.ProtRead|mmap.ProtWrite, mmap.SharedValidate|mmap.DAXSync)
	switch {
	case err == nil:
		mmaptest.Must(t, m.Close())
		t.Skip("the file system has DAX")
	case errors.Is(err, unix.EINVAL):
		t.Skip("no SharedValidate here (gVisor):", err)
	}
	mmaptest.WantError(t, err, "mmap", mmap.ErrUnsupported, unix.EOPNOTSUPP)
	mmaptest.WantMessage(t, err, "DAXSync needs a file system mounted for DAX")
}
