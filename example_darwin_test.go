// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package mmap_test

import (
	"log"

	"github.com/facc7503/mmap"
)

// The cache has a line of its own in what vmmap(1) prints of the process.
func ExampleVMTag() {
	const cacheTag = 240 // The first of those for applications.
	m, err := mmap.MapAt(0, mmap.VMTag(cacheTag), 0, 1<<20,
		mmap.ProtRead|mmap.ProtWrite, mmap.Private|mmap.Anonymous)
	if err != nil {
		log.Fatal(err)
	}
	defer m.Close()
	clear(m.Bytes())
}
