// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build unix || windows

package recipes_test

import (
	"errors"
	"fmt"
	"io/fs"
	"log"
	"os"
	"path/filepath"

	"github.com/facc7503/mmap"
)

// A file of n bytes is made and mapped. Truncate comes first: an empty file gives
// an empty Mapping. The bytes are zeros, and take no space on the disk before they
// are stored to: a store may find the disk full, which is a fault.
func Example_create() {
	create := func(name string, n int64) (*mmap.Mapping, error) {
		f, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o666)
		if err != nil {
			return nil, err
		}
		defer f.Close() // The Mapping does not need it.
		err = f.Truncate(n)
		if err == nil {
			err = f.Sync() // Now the size survives a crash of the system.
		}
		var m *mmap.Mapping
		if err == nil {
			m, err = mmap.Map(f, mmap.ProtRead|mmap.ProtWrite, mmap.Shared)
		}
		if err != nil {
			os.Remove(name)
		}
		return m, err
	}

	dir, err := os.MkdirTemp("", "mmap-example-")
	check(err)
	defer os.RemoveAll(dir)
	name := filepath.Join(dir, "data")
	m, err := create(name, 1<<20)
	if err != nil {
		log.Fatal(err)
	}
	defer m.Close()
	_, err = m.WriteAt([]byte("hello"), 0) // A full disk is an error here.
	check(err)
	check(m.Sync()) // The bytes survive a crash of the system, too.

	info, err := os.Stat(name)
	check(err)
	_, err = create(name, 1)
	fmt.Println(m.Len(), info.Size(), errors.Is(err, fs.ErrExist))
	// Output: 1048576 1048576 true
}
