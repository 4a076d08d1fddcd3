// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package mmap_test

import (
	"errors"
	"fmt"
	"log"
	"os"

	"github.com/facc7503/mmap"
)

// MapAt takes the handle of a file. On Windows it cannot map at an address.
func ExampleMapAt() {
	f := tempFile("hello, world\n")
	defer f.Close()

	m, err := mmap.MapAt(0, int(f.Fd()), 7, 5, mmap.ProtRead, mmap.Shared)
	if err != nil {
		log.Fatal(err)
	}
	defer m.Close()
	fmt.Printf("%s\n", m.Bytes())
	// Output: world
}

// A store to a page that may not be written is an error: without Guard the process
// would end with an access violation.
func ExampleMapping_Guard() {
	f := tempFile("read only")
	defer f.Close()
	m, err := mmap.Map(f, mmap.ProtRead, mmap.Shared)
	if err != nil {
		log.Fatal(err)
	}
	defer m.Close()

	err = m.Guard(func(b []byte) error {
		b[5] = 'O'
		return nil
	})
	var fault *mmap.FaultError
	if errors.As(err, &fault) {
		fmt.Println("no store to byte", fault.Offset)
	}
	// Output: no store to byte 5
}

// Windows cannot map over what is mapped. Pages that are not needed any more are
// made inaccessible instead.
func ExampleMapping_Replace() {
	page := os.Getpagesize()
	m, err := mmap.MapAnon(2*page, mmap.ProtRead|mmap.ProtWrite, mmap.Private)
	if err != nil {
		log.Fatal(err)
	}
	defer m.Close()

	err = m.Replace(page, page, nil, 0, mmap.ProtNone, mmap.Private|mmap.Anonymous)
	if errors.Is(err, mmap.ErrUnsupported) {
		err = m.ProtectRange(page, page, mmap.ProtNone)
	}
	fmt.Println(err)
	// Output: <nil>
}

// A copy that faults tells how far it came.
func ExampleFaultError() {
	page := os.Getpagesize()
	m, err := mmap.MapAnon(2*page, mmap.ProtRead|mmap.ProtWrite, mmap.Private)
	if err != nil {
		log.Fatal(err)
	}
	defer m.Close()
	check(m.ProtectRange(page, page, mmap.ProtNone))

	n, err := m.ReadAt(make([]byte, 100), int64(page-10))
	var fault *mmap.FaultError
	if errors.As(err, &fault) {
		fmt.Println(n, "bytes, then a fault where page", fault.Offset/page, "begins")
	}
	// Output: 10 bytes, then a fault where page 1 begins
}
