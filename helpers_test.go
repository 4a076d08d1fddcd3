// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build unix

package mmap_test

import (
	"log"
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

// What the examples share, in no file of theirs: pkg.go.dev then shows their
// bodies alone.

// check ends the example if err is not nil.
func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

// tempName returns the name of a new file with content.
func tempName(content string) string {
	f, err := os.CreateTemp("", "mmap-example-")
	check(err)
	_, err = f.WriteString(content)
	check(err)
	check(f.Close())
	return f.Name()
}

// tempFile returns a new file with content, open for reading and writing. It has no
// name any more, so that it is gone when it is closed and not mapped.
func tempFile(content string) *os.File {
	name := tempName(content)
	f, err := os.OpenFile(name, os.O_RDWR, 0)
	check(err)
	check(os.Remove(name))
	return f
}
