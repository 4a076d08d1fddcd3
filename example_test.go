// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build unix

package mmap_test

import (
	"bytes"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"log"
	"os"
	"strings"

	"github.com/facc7503/mmap"
)

// check ends the example if err is not nil.
func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

// tempName is the name of a new file with content.
func tempName(content string) string {
	f, err := os.CreateTemp("", "mmap-example-")
	check(err)
	_, err = f.WriteString(content)
	check(err)
	check(f.Close())
	return f.Name()
}

// tempFile is a new file with content, open for reading and writing. It has no
// name any more, so that it is gone when it is closed and not mapped.
func tempFile(content string) *os.File {
	name := tempName(content)
	f, err := os.OpenFile(name, os.O_RDWR, 0)
	check(err)
	check(os.Remove(name))
	return f
}

func Example() {
	f, err := os.CreateTemp("", "mmap-example-")
	if err != nil {
		log.Fatal(err)
	}
	defer os.Remove(f.Name())
	if _, err := f.WriteString("hello, world\n"); err != nil {
		log.Fatal(err)
	}
	if err := f.Close(); err != nil {
		log.Fatal(err)
	}

	m, err := mmap.Open(f.Name())
	if err != nil {
		log.Fatal(err)
	}
	defer m.Close()
	fmt.Printf("%d bytes: %s", m.Len(), m.Bytes())
	// Output: 13 bytes: hello, world
}

func ExampleOpen() {
	name := tempName("one\ntwo\nthree\n")
	defer os.Remove(name)

	m, err := mmap.Open(name)
	if err != nil {
		log.Fatal(err)
	}
	defer m.Close()
	fmt.Println(bytes.Count(m.Bytes(), []byte("\n")), "lines")
	// Output: 3 lines
}

// A store to a Shared mapping reaches the file.
func ExampleMap() {
	f := tempFile("hello, world\n")
	defer f.Close()

	m, err := mmap.Map(f, mmap.ProtRead|mmap.ProtWrite, mmap.Shared)
	if err != nil {
		log.Fatal(err)
	}
	copy(m.Bytes(), "HELLO")
	check(m.Sync())
	check(m.Close())

	content, err := io.ReadAll(io.NewSectionReader(f, 0, 100))
	check(err)
	fmt.Printf("%s", content)
	// Output: HELLO, world
}

// The offset may be any, and ToEnd stands for the rest of the file.
func ExampleMapRegion() {
	f := tempFile("header:body")
	defer f.Close()

	m, err := mmap.MapRegion(f, int64(len("header:")), mmap.ToEnd, mmap.ProtRead, mmap.Shared)
	if err != nil {
		log.Fatal(err)
	}
	defer m.Close()
	fmt.Printf("%s\n", m.Bytes())
	// Output: body
}

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

// Memory outside of the Go heap: the garbage collector neither sees nor moves
// nor frees it.
func ExampleMapAnon() {
	m, err := mmap.MapAnon(1<<20, mmap.ProtRead|mmap.ProtWrite, mmap.Private)
	if err != nil {
		log.Fatal(err)
	}
	defer m.Close()
	arena := m.Bytes()
	n := copy(arena, "scratch")
	fmt.Printf("%s, and %d zeros\n", arena[:n], bytes.Count(arena, []byte{0}))
	// Output: scratch, and 1048569 zeros
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

// A buffer that grows in place: its address never changes, and only the pages
// in use take memory.
func ExampleReserve() {
	page := os.Getpagesize()
	m, err := mmap.Reserve(1000 * page)
	if err != nil {
		log.Fatal(err)
	}
	defer m.Close()

	inUse := 0
	for range 3 {
		check(m.ProtectRange(inUse, page, mmap.ProtRead|mmap.ProtWrite))
		m.Bytes()[inUse] = 1
		inUse += page
	}
	fmt.Println(inUse/page, "of", m.Len()/page, "pages in use")
	// Output: 3 of 1000 pages in use
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

// When Sync returns nil, what was stored before it survives a crash of the
// system.
func ExampleMapping_Sync() {
	f := tempFile("balance: 000")
	defer f.Close()
	m, err := mmap.Map(f, mmap.ProtRead|mmap.ProtWrite, mmap.Shared)
	if err != nil {
		log.Fatal(err)
	}
	defer m.Close()

	copy(m.Bytes()[9:], "100")
	if err := m.Sync(); err != nil {
		log.Fatal(err) // It may not be on the disk.
	}
	fmt.Printf("%s\n", m.Bytes())
	// Output: balance: 100
}

// The data is on the disk before the mark that says so is set.
func ExampleMapping_SyncRange() {
	page := os.Getpagesize()
	f := tempFile(strings.Repeat(".", 2*page))
	defer f.Close()
	m, err := mmap.Map(f, mmap.ProtRead|mmap.ProtWrite, mmap.Shared)
	if err != nil {
		log.Fatal(err)
	}
	defer m.Close()

	mark, data := m.Bytes()[:4], m.Bytes()[page:]
	n := copy(data, "record")
	check(m.SyncRange(page, n, mmap.SyncWait))
	copy(mark, "done")
	check(m.SyncRange(0, len(mark), mmap.SyncWait))
	fmt.Printf("%s: %s\n", mark, data[:n])
	// Output: done: record
}

// Memory that is complete can be made read-only: a store that should not be
// faults.
func ExampleMapping_Protect() {
	m, err := mmap.MapAnon(os.Getpagesize(), mmap.ProtRead|mmap.ProtWrite, mmap.Private)
	if err != nil {
		log.Fatal(err)
	}
	defer m.Close()
	copy(m.Bytes(), "constant")
	check(m.Protect(mmap.ProtRead))

	err = m.Guard(func(b []byte) error {
		b[0] = 'C'
		return nil
	})
	fmt.Printf("%s, %t\n", m.Bytes()[:8], errors.Is(err, mmap.ErrFault))
	// Output: constant, true
}

// Counters in a file outlive the process. (The file is a hole: on a full disk the
// first store faults, which Guard would turn into an error.)
func ExampleSlice() {
	f := tempFile("")
	defer f.Close()
	check(f.Truncate(4 * 8))

	for range 3 {
		m, err := mmap.Map(f, mmap.ProtRead|mmap.ProtWrite, mmap.Shared)
		if err != nil {
			log.Fatal(err)
		}
		counters, err := mmap.Slice[uint64](m, 0, 4)
		if err != nil {
			log.Fatal(err)
		}
		counters[1] += 10
		fmt.Println(counters)
		check(m.Close())
	}
	// Output:
	// [0 10 0 0]
	// [0 20 0 0]
	// [0 30 0 0]
}

// An error matches the package's own value, that of package fs, and the errno;
// as an Error it tells the call and the file.
func ExampleError() {
	name := tempName("read only")
	defer os.Remove(name)
	f, err := os.Open(name) // For reading.
	check(err)
	defer f.Close()

	_, err = mmap.Map(f, mmap.ProtRead|mmap.ProtWrite, mmap.Shared)
	fmt.Println(errors.Is(err, mmap.ErrAccess), errors.Is(err, fs.ErrPermission))
	var e *mmap.Error
	if errors.As(err, &e) {
		fmt.Println(e.Op, e.Path == name)
	}
	// Output:
	// true true
	// mmap true
}

// What cannot be mapped, such as a pipe, or any file on a system without mmap,
// is errors.ErrUnsupported: read it instead.
func ExampleError_fallback() {
	load := func(f *os.File) ([]byte, error) {
		m, err := mmap.Map(f, mmap.ProtRead, mmap.Shared)
		if errors.Is(err, errors.ErrUnsupported) {
			return io.ReadAll(f)
		}
		if err != nil {
			return nil, err
		}
		defer m.Close()
		return bytes.Clone(m.Bytes()), nil
	}

	r, w, err := os.Pipe()
	check(err)
	_, err = w.WriteString("through a pipe")
	check(err)
	check(w.Close())
	content, err := load(r)
	fmt.Printf("%s %v\n", content, err)
	// Output: through a pipe <nil>
}

// A Mapping is an io.ReaderAt that reports a fault as an error.
func ExampleMapping_ReadAt() {
	f := tempFile("hello, world\n")
	defer f.Close()
	m, err := mmap.Map(f, mmap.ProtRead, mmap.Shared)
	if err != nil {
		log.Fatal(err)
	}
	defer m.Close()

	word, err := io.ReadAll(io.NewSectionReader(m, 7, 5))
	check(err)
	fmt.Printf("%s\n", word)
	// Output: world
}

// Advice before all of the file is read once.
func ExampleMapping_Advise() {
	f := tempFile(strings.Repeat("x", 100_000))
	defer f.Close()
	m, err := mmap.Map(f, mmap.ProtRead, mmap.Shared)
	if err != nil {
		log.Fatal(err)
	}
	defer m.Close()

	if err := m.Advise(mmap.AdviceSequential); err != nil {
		log.Print(err) // A hint: go on without it.
	}
	fmt.Println(bytes.Count(m.Bytes(), []byte("x")))
	// Output: 100000
}
