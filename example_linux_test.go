// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package mmap_test

import (
	"fmt"
	"log"

	"github.com/facc7503/mmap"
)

// The file grows, and its Mapping after it.
func ExampleMapping_Remap() {
	f := tempFile("hello")
	defer f.Close()
	m, err := mmap.Map(f, mmap.ProtRead, mmap.Shared)
	if err != nil {
		log.Fatal(err)
	}
	defer m.Close()

	const grown = 1 << 20
	_, err = f.WriteAt([]byte("world"), grown-5)
	check(err)
	check(m.Remap(grown, mmap.RemapMayMove))
	b := m.Bytes() // Anew: the slice from before the Remap is invalid.
	fmt.Printf("%d bytes: %s … %s\n", m.Len(), b[:5], b[grown-5:])
	// Output: 1048576 bytes: hello … world
}
