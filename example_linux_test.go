// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package mmap_test

import (
	"bytes"
	"errors"
	"fmt"
	"log"
	"os"

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

// Memory that refers to itself by address has to lie where it lay before: there
// or nowhere, and over nobody else's.
func ExampleMapAt_fixedNoReplace() {
	page := os.Getpagesize()
	taken, err := mmap.Reserve(page)
	if err != nil {
		log.Fatal(err)
	}
	defer taken.Close()

	const flags = mmap.Private | mmap.Anonymous | mmap.FixedNoReplace
	_, err = mmap.MapAt(taken.Addr(), -1, 0, page, mmap.ProtRead|mmap.ProtWrite, flags)
	fmt.Println(errors.Is(err, mmap.ErrExist))
	// Output: true
}

// Flags of one system are declared on that system alone: this compiles on Linux,
// and nowhere else.
func ExampleFlag() {
	f := tempFile("hello, world\n")
	defer f.Close()
	m, err := mmap.Map(f, mmap.ProtRead, mmap.Private|mmap.Populate) // All of it is read now.
	if err != nil {
		log.Fatal(err)
	}
	defer m.Close()
	fmt.Printf("%s", m.Bytes())
	// Output: hello, world
}

// A full disk is an error before anything is stored, not a fault later.
func ExampleAdvice() {
	f := tempFile("")
	defer f.Close()
	check(f.Truncate(100_000)) // A hole: no block of the disk is taken yet.
	m, err := mmap.Map(f, mmap.ProtRead|mmap.ProtWrite, mmap.Shared)
	if err != nil {
		log.Fatal(err)
	}
	defer m.Close()

	err = m.Advise(mmap.AdvicePopulateWrite)
	switch {
	case errors.Is(err, mmap.ErrInvalid):
		log.Print(err) // Linux before 5.14: a store may fault.
	case err != nil:
		log.Fatal(err)
	}
	fmt.Println(copy(m.Bytes(), "hello"))
	// Output: 5
}

// An arena gives its memory back to the system and keeps its addresses: the
// pages read as zero until they are stored to again.
func ExampleMapping_AdviseRange_dontNeed() {
	page := os.Getpagesize()
	arena, err := mmap.MapAnon(4*page, mmap.ProtRead|mmap.ProtWrite, mmap.Private)
	if err != nil {
		log.Fatal(err)
	}
	defer arena.Close()
	b := arena.Bytes()
	copy(b, bytes.Repeat([]byte{1}, len(b)))

	check(arena.AdviseRange(page, 3*page, mmap.AdviceDontNeed))
	fmt.Println(bytes.Count(b, []byte{1})/page, "page left")
	// Output: 1 page left
}

// A key that goes to neither swap space, nor core dumps, nor child processes.
func ExampleMapping_Lock_secret() {
	m, err := mmap.MapAnon(os.Getpagesize(), mmap.ProtRead|mmap.ProtWrite, mmap.Private)
	if err != nil {
		log.Fatal(err)
	}
	defer m.Close()
	if err := m.Lock(); err != nil {
		log.Print(err) // RLIMIT_MEMLOCK is too low: decide whether to go on.
	}
	check(m.Advise(mmap.AdviceDontDump))
	if err := m.Advise(mmap.AdviceWipeOnFork); err != nil {
		log.Print(err) // Linux before 4.14, gVisor: decide whether to go on.
	}

	key := m.Bytes()[:copy(m.Bytes(), "correct horse battery staple")]
	defer clear(key)
	fmt.Println(len(key), "secret bytes")
	// Output: 28 secret bytes
}
