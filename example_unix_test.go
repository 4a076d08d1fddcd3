// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build unix

package mmap_test

import (
	"errors"
	"fmt"
	"hash/crc32"
	"log"
	"os"
	"strings"

	"github.com/facc7503/mmap"
)

// A store is the mapped file of a database, in the manner of bbolt.
type store struct {
	file *os.File
	m    *mmap.Mapping
	data []byte
}

// mmap maps size bytes: more than the file has, so that it can grow.
func (s *store) mmap(size int) error {
	m, err := mmap.MapRegion(s.file, 0, size, mmap.ProtRead, mmap.Shared)
	if err != nil {
		return err
	}
	if err := m.Advise(mmap.AdviceRandom); err != nil && !errors.Is(err, mmap.ErrUnsupported) {
		return errors.Join(err, m.Close())
	}
	s.m, s.data = m, m.Bytes()
	return nil
}

// mlock keeps the first n bytes in memory: no more than the file has.
func (s *store) mlock(n int) error { return s.m.LockRange(0, n) }

func (s *store) munmap() error {
	s.data = nil
	return s.m.Close()
}

// The file of a database is mapped once with room to grow, read in random
// order, written by os.File.WriteAt, and its first pages are locked.
func ExampleMapRegion_database() {
	s := &store{file: tempFile("meta")}
	defer s.file.Close()

	check(s.mmap(1 << 20))
	if err := s.mlock(len("meta")); err != nil && !errors.Is(err, mmap.ErrNoMemory) && !errors.Is(err, mmap.ErrPermission) {
		log.Fatal(err) // The two are RLIMIT_MEMLOCK: a lock is not vital.
	}
	page := os.Getpagesize()
	_, err := s.file.WriteAt([]byte("leaf"), int64(page)) // The file grows into the mapping.
	check(err)
	fmt.Printf("%s %s\n", s.data[:4], s.data[page:page+4])
	check(s.munmap())
	// Output: meta leaf
}

// Fixed is for addresses that the caller owns, such as those of a reservation.
// (To map over a part of a Mapping, Replace is safe.)
func ExampleMapAt() {
	f := tempFile("hello, world\n")
	defer f.Close()
	page := os.Getpagesize()

	r, err := mmap.Reserve(4 * page)
	if err != nil {
		log.Fatal(err)
	}
	defer r.Close() // Frees all four pages. To close m too would first leave a hole.

	m, err := mmap.MapAt(r.Addr()+uintptr(page), int(f.Fd()), 0, page, mmap.ProtRead, mmap.Shared|mmap.Fixed)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%t: %s", m.Addr() == r.Addr()+uintptr(page), m.Bytes()[:13])
	// Output: true: hello, world
}

// A ring buffer mapped twice in a row: what is written across its end appears at
// its start, without a second copy.
func ExampleMapping_Replace() {
	n := os.Getpagesize()
	f := tempFile(strings.Repeat(".", n))
	defer f.Close()

	ring, err := mmap.Reserve(2 * n)
	if err != nil {
		log.Fatal(err)
	}
	defer ring.Close()
	for _, off := range []int{0, n} {
		check(ring.Replace(off, n, f, 0, mmap.ProtRead|mmap.ProtWrite, mmap.Shared))
	}

	b := ring.Bytes()
	copy(b[n-5:], "hello, world") // Five bytes fit before the end.
	fmt.Printf("%s\n", b[:7])
	// Output: , world
}

// The file is cut short while it is mapped: without Guard the process would end
// with SIGBUS.
func ExampleMapping_Guard() {
	page := os.Getpagesize()
	f := tempFile(strings.Repeat("x", 3*page))
	defer f.Close()
	m, err := mmap.Map(f, mmap.ProtRead, mmap.Shared)
	if err != nil {
		log.Fatal(err)
	}
	defer m.Close()
	check(f.Truncate(int64(page)))

	var sum uint32
	err = m.Guard(func(b []byte) error {
		sum = crc32.ChecksumIEEE(b)
		return nil
	})
	var fault *mmap.FaultError
	switch {
	case errors.As(err, &fault):
		fmt.Println("no page", fault.Offset/page)
	case err != nil:
		log.Fatal(err)
	default:
		fmt.Printf("checksum %08x\n", sum)
	}
	// Output: no page 1
}

// The file is cut short while it is mapped: what is still there is read, and the
// error tells where the rest is missing.
func ExampleFaultError() {
	page := os.Getpagesize()
	f := tempFile(strings.Repeat("x", 2*page))
	defer f.Close()
	m, err := mmap.Map(f, mmap.ProtRead, mmap.Shared)
	if err != nil {
		log.Fatal(err)
	}
	defer m.Close()
	check(f.Truncate(int64(page)))

	n, err := m.ReadAt(make([]byte, 100), int64(page-10))
	var fault *mmap.FaultError
	if errors.As(err, &fault) {
		fmt.Println(n, "bytes, then a fault where page", fault.Offset/page, "begins")
	}
	// Output: 10 bytes, then a fault where page 1 begins
}
