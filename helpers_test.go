// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build unix || windows

package mmap_test

import (
	"log"
	"os"
	"sync"
	"testing"

	"github.com/facc7503/mmap"
	"github.com/facc7503/mmap/internal/mmaptest"
)

func TestMain(m *testing.M) {
	mmaptest.Main(m, func() { os.RemoveAll(exampleDir()) })
}

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

// exampleDir returns the folder of the examples' files. It goes when all have run:
// Windows removes no file that is open or mapped.
var exampleDir = sync.OnceValue(func() string {
	dir, err := os.MkdirTemp("", "mmap-example-")
	check(err)
	return dir
})

// tempName returns the name of a new file with content.
func tempName(content string) string {
	f, err := os.CreateTemp(exampleDir(), "")
	check(err)
	_, err = f.WriteString(content)
	check(err)
	check(f.Close())
	return f.Name()
}

// tempFile returns a new file with content, open for reading and writing.
func tempFile(content string) *os.File {
	f, err := os.OpenFile(tempName(content), os.O_RDWR, 0)
	check(err)
	return f
}
