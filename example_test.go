// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build unix || windows

package mmap_test

import (
	"archive/zip"
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"hash/maphash"
	"io"
	"io/fs"
	"log"
	"os"
	"strings"
	"sync/atomic"

	"github.com/facc7503/mmap"
)

// Guard makes an error of what would end the process: somebody cuts the file
// short, or its disk fails, while it is read.
func Example() {
	name := tempName("one.....two.....three...")
	defer os.Remove(name)

	m, err := mmap.Open(name) // the whole file, to read
	if err != nil {
		log.Fatal(err)
	}
	defer m.Close()

	// find returns record i of a file whose records have 8 bytes each.
	find := func(i int) (record string, err error) {
		err = m.Guard(func(b []byte) error { // b is m.Bytes()
			record = string(b[8*i : 8*i+8]) // a copy: b may be gone after Guard
			return nil
		})
		return record, err // ErrFault where somebody has cut the file short
	}
	record, err := find(1)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(record)
	// Output: two.....
}

func ExampleOpen() {
	name := tempName("From: gopher\n\nhello, world\n")
	defer os.Remove(name)

	m, err := mmap.Open(name)
	if err != nil {
		log.Fatal(err)
	}
	defer m.Close()
	_, body, _ := bytes.Cut(m.Bytes(), []byte("\n\n")) // No copy: a part of m.Bytes().
	fmt.Printf("%s", body)
	// Output: hello, world
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

// A store to a Private mapping stays in it: the file is only read.
func ExampleMap_private() {
	name := tempName("hello, world\n")
	defer os.Remove(name)
	f, err := os.Open(name) // For reading: that is enough.
	check(err)
	defer f.Close()

	m, err := mmap.Map(f, mmap.ProtRead|mmap.ProtWrite, mmap.Private)
	if err != nil {
		log.Fatal(err)
	}
	defer m.Close()
	copy(m.Bytes(), "HELLO")

	content, err := os.ReadFile(name)
	check(err)
	fmt.Printf("%s%s", m.Bytes(), content)
	// Output:
	// HELLO, world
	// hello, world
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

// A Mapping is an io.ReaderAt and an io.WriterAt: packages that read files read
// it too.
func ExampleMapping() {
	f := tempFile("")
	defer f.Close()
	archive := zip.NewWriter(f)
	entry, err := archive.Create("hello.txt")
	check(err)
	_, err = entry.Write([]byte("hello, world\n"))
	check(err)
	check(archive.Close())

	m, err := mmap.Map(f, mmap.ProtRead, mmap.Shared)
	if err != nil {
		log.Fatal(err)
	}
	defer m.Close()
	files, err := zip.NewReader(m, int64(m.Len()))
	check(err)
	content, err := fs.ReadFile(files, "hello.txt")
	check(err)
	fmt.Printf("%s", content)
	// Output: hello, world
}

// What is found in Bytes is a part of the mapping: what is to outlive Close is
// copied.
func ExampleMapping_Bytes() {
	f := tempFile("one\ntwo\nthree\nfour\n")
	defer f.Close()
	m, err := mmap.Map(f, mmap.ProtRead, mmap.Shared)
	if err != nil {
		log.Fatal(err)
	}

	var longest []byte
	for line := range bytes.Lines(m.Bytes()) {
		if len(line) > len(longest) {
			longest = line
		}
	}
	longest = bytes.Clone(longest)
	check(m.Close())
	fmt.Printf("%s", longest)
	// Output: three
}

// Len stays what it was when the file grows: what is new has to be mapped.
func ExampleMapping_Len() {
	f := tempFile("hello")
	defer f.Close()
	m, err := mmap.Map(f, mmap.ProtRead, mmap.Shared)
	if err != nil {
		log.Fatal(err)
	}
	defer m.Close()

	_, err = f.WriteAt([]byte(", world\n"), int64(m.Len()))
	check(err)
	tail, err := mmap.MapRegion(f, int64(m.Len()), mmap.ToEnd, mmap.ProtRead, mmap.Shared)
	if err != nil {
		log.Fatal(err)
	}
	defer tail.Close()
	fmt.Println(m.Len(), "bytes, and then", tail.Len())
	// Output: 5 bytes, and then 8
}

// Pages begin where the address says, not where Bytes does: with an offset into
// the file that is no multiple of the page, the two differ.
func ExampleMapping_Addr() {
	page := os.Getpagesize()
	f := tempFile(strings.Repeat("x", 3*page))
	defer f.Close()
	m, err := mmap.MapRegion(f, 100, mmap.ToEnd, mmap.ProtRead|mmap.ProtWrite, mmap.Private)
	if err != nil {
		log.Fatal(err)
	}
	defer m.Close()

	first := int(-m.Addr() % uintptr(page)) // Where the first whole page begins.
	check(m.ProtectRange(first, page, mmap.ProtRead))
	fmt.Println("Bytes starts", page-first, "bytes into a page")
	// Output: Bytes starts 100 bytes into a page
}

// A table that is read-only, except while it changes.
func ExampleMapping_Prot() {
	m, err := mmap.MapAnon(os.Getpagesize(), mmap.ProtRead|mmap.ProtWrite, mmap.Private)
	if err != nil {
		log.Fatal(err)
	}
	defer m.Close()
	check(m.Protect(mmap.ProtRead))

	set := func(i int, value byte) {
		if prot := m.Prot(); prot&mmap.ProtWrite == 0 {
			check(m.Protect(prot | mmap.ProtWrite))
			defer func() { check(m.Protect(prot)) }()
		}
		m.Bytes()[i] = value
	}
	set(3, 42)
	fmt.Println(m.Bytes()[3], m.Prot())
	// Output: 42 ProtRead
}

// One function saves any mapping of a file: the changes of a Private one have to
// be written.
func ExampleMapping_Flags() {
	save := func(m *mmap.Mapping, f *os.File) error {
		if m.Flags()&mmap.Shared != 0 {
			return m.Sync()
		}
		if _, err := f.WriteAt(m.Bytes(), 0); err != nil {
			return err
		}
		return f.Sync()
	}

	f := tempFile("hello, world\n")
	defer f.Close()
	m, err := mmap.Map(f, mmap.ProtRead|mmap.ProtWrite, mmap.Private)
	if err != nil {
		log.Fatal(err)
	}
	defer m.Close()
	copy(m.Bytes(), "HELLO")
	check(save(m, f))

	content, err := io.ReadAll(io.NewSectionReader(f, 0, 100))
	check(err)
	fmt.Printf("%v: %s", m.Flags(), content)
	// Output: Private: HELLO, world
}

// Close tells whether the pages are gone, and is deferred too for when the
// function returns early: a second Close touches nothing.
func ExampleMapping_Close() {
	f := tempFile("hello, world\n")
	defer f.Close()
	m, err := mmap.Map(f, mmap.ProtRead|mmap.ProtWrite, mmap.Shared)
	if err != nil {
		log.Fatal(err)
	}
	defer m.Close()

	copy(m.Bytes(), "HELLO")
	check(m.Sync()) // Close writes nothing.
	check(m.Close())

	_, err = m.ReadAt(make([]byte, 5), 0)
	fmt.Println(m.Bytes() == nil, errors.Is(err, mmap.ErrClosed))
	// Output: true true
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

// A guard page behind a buffer: what runs over its end faults there, and changes
// nothing that lies behind it.
func ExampleMapping_ProtectRange() {
	page := os.Getpagesize()
	m, err := mmap.MapAnon(2*page, mmap.ProtRead|mmap.ProtWrite, mmap.Private)
	if err != nil {
		log.Fatal(err)
	}
	defer m.Close()
	check(m.ProtectRange(page, page, mmap.ProtNone))

	err = m.Guard(func(b []byte) error {
		for i := range b {
			b[i] = 'x'
		}
		return nil
	})
	var fault *mmap.FaultError
	if errors.As(err, &fault) {
		fmt.Println("stopped", fault.Offset-page, "bytes behind the buffer")
	}
	// Output: stopped 0 bytes behind the buffer
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

// Processes that map the same file share the counter: each adds to it by one
// instruction, so that no count is lost.
func ExampleSlice_atomic() {
	f := tempFile(strings.Repeat("\x00", 8))
	defer f.Close()
	m, err := mmap.Map(f, mmap.ProtRead|mmap.ProtWrite, mmap.Shared)
	if err != nil {
		log.Fatal(err)
	}
	defer m.Close()

	visits, err := mmap.Slice[atomic.Uint64](m, 0, 1)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(visits[0].Add(1))
	// Output: 1
}

// A struct lies over the header of a file. Its numbers are in this machine's byte
// order: a file for all machines wants encoding/binary instead.
func ExampleSlice_struct() {
	type header struct {
		Magic   [4]byte
		Version uint32
	}
	f := tempFile("")
	defer f.Close()
	check(f.Truncate(8))
	m, err := mmap.Map(f, mmap.ProtRead|mmap.ProtWrite, mmap.Shared)
	if err != nil {
		log.Fatal(err)
	}
	defer m.Close()

	headers, err := mmap.Slice[header](m, 0, 1)
	if err != nil {
		log.Fatal(err)
	}
	h := &headers[0]
	h.Magic, h.Version = [4]byte([]byte("GOPH")), 3
	fmt.Printf("%s, version %d\n", m.Bytes()[:4], h.Version)
	// Output: GOPH, version 3
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

// A Mapping is an io.WriterAt that never grows its file: what does not fit is
// left out.
func ExampleMapping_WriteAt() {
	f := tempFile("balance: 000")
	defer f.Close()
	m, err := mmap.Map(f, mmap.ProtRead|mmap.ProtWrite, mmap.Shared)
	if err != nil {
		log.Fatal(err)
	}
	defer m.Close()

	_, err = fmt.Fprintf(io.NewOffsetWriter(m, 9), "%03d", 42)
	check(err)
	fmt.Printf("%s\n", m.Bytes())

	n, err := m.WriteAt([]byte("1000"), 9)
	fmt.Println(n, err)
	// Output:
	// balance: 042
	// 3 short write
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

// A large file is read once, without taking the memory of what others read
// again: the pages behind the reader are given up.
func ExampleMapping_AdviseRange() {
	f := tempFile(strings.Repeat("x", 300_000))
	defer f.Close()
	m, err := mmap.Map(f, mmap.ProtRead, mmap.Shared)
	if err != nil {
		log.Fatal(err)
	}
	defer m.Close()

	const step = 1 << 17 // Whole pages, for AdviceDontNeed.
	var h maphash.Hash
	for off := 0; off < m.Len(); off += step {
		n := min(step, m.Len()-off)
		h.Write(m.Bytes()[off : off+n])
		if err := m.AdviseRange(off, n, mmap.AdviceDontNeed); err != nil {
			log.Print(err) // A hint: go on without it.
		}
	}
	fmt.Println(h.Sum64() == maphash.Bytes(h.Seed(), m.Bytes())) // Read it again.
	// Output: true
}

// A key that is never written to swap space. It is made in a local variable first,
// because rand.Read is one of the calls that mapped memory must not be given to:
// see Guard.
func ExampleMapping_Lock() {
	m, err := mmap.MapAnon(os.Getpagesize(), mmap.ProtRead|mmap.ProtWrite, mmap.Private)
	if err != nil {
		log.Fatal(err)
	}
	defer m.Close() // Unlocks it too.
	if err := m.Lock(); err != nil {
		log.Print(err) // RLIMIT_MEMLOCK is too low: decide whether to go on.
	}

	var seed [32]byte
	rand.Read(seed[:])
	key := m.Bytes()[:copy(m.Bytes(), seed[:])]
	clear(seed[:])
	defer clear(key) // Before Close, which does not clear it.
	fmt.Println(len(key), "secret bytes")
	// Output: 32 secret bytes
}

// The index at the start of a file stays in memory, the rest comes and goes.
func ExampleMapping_LockRange() {
	const index = 16
	f := tempFile("0 apple 1 banana" + strings.Repeat("x", 1<<20))
	defer f.Close()
	m, err := mmap.Map(f, mmap.ProtRead, mmap.Shared)
	if err != nil {
		log.Fatal(err)
	}
	defer m.Close()

	if err := m.LockRange(0, index); err != nil { // All of the page that holds it.
		log.Print(err) // RLIMIT_MEMLOCK is too low: a look-up may wait for the disk.
	}
	fmt.Println(bytes.Contains(m.Bytes()[:index], []byte("banana")))
	// Output: true
}

// While samples are played nothing waits for the disk; afterwards the system may
// have the memory back.
func ExampleMapping_Unlock() {
	f := tempFile("la la la")
	defer f.Close()
	m, err := mmap.Map(f, mmap.ProtRead, mmap.Shared)
	if err != nil {
		log.Fatal(err)
	}
	defer m.Close()

	play := func() {
		if err := m.Lock(); err != nil {
			log.Print(err) // RLIMIT_MEMLOCK is too low: it may stutter.
		} else {
			defer func() { check(m.Unlock()) }()
		}
		fmt.Printf("%s\n", m.Bytes())
	}
	play()
	// Output: la la la
}

// One page at a time is locked, so that the smallest limit is enough.
func ExampleMapping_UnlockRange() {
	page := os.Getpagesize()
	f := tempFile(strings.Repeat("x", 3*page))
	defer f.Close()
	m, err := mmap.Map(f, mmap.ProtRead, mmap.Shared)
	if err != nil {
		log.Fatal(err)
	}
	defer m.Close()

	done := 0
	for off := 0; off < m.Len(); off += page {
		if err := m.LockRange(off, page); err != nil {
			log.Print(err) // RLIMIT_MEMLOCK is 0: go on without it.
		}
		done += bytes.Count(m.Bytes()[off:off+page], []byte("x"))
		if err := m.UnlockRange(off, page); err != nil {
			log.Print(err)
		}
	}
	fmt.Println(done == m.Len())
	// Output: true
}

// How many pages of a file an access would wait for: a program may read those
// ahead, or do something else first.
func ExampleMapping_Resident() {
	f := tempFile(strings.Repeat("x", 100_000))
	defer f.Close()
	m, err := mmap.Map(f, mmap.ProtRead, mmap.Shared)
	if err != nil {
		log.Fatal(err)
	}
	defer m.Close()
	fmt.Println(bytes.Count(m.Bytes(), []byte("x")), "bytes read") // So they are in memory.

	resident, err := m.Resident(0, m.Len())
	if err != nil && !errors.Is(err, mmap.ErrUnsupported) { // OpenBSD, Solaris, illumos and AIX cannot tell.
		log.Fatal(err)
	}
	missing := 0
	for _, in := range resident {
		if !in {
			missing++
		}
	}
	fmt.Println(missing, "pages to wait for")
	// Output:
	// 100000 bytes read
	// 0 pages to wait for
}

// A Mapping grows, by mremap(2) or, where the system has none, by mapping the
// file again.
func ExampleMapping_Remap_portable() {
	grow := func(m *mmap.Mapping, f *os.File, length int) (*mmap.Mapping, error) {
		err := m.Remap(length, mmap.RemapMayMove)
		if !errors.Is(err, mmap.ErrUnsupported) {
			return m, err
		}
		grown, err := mmap.MapRegion(f, 0, length, m.Prot(), m.Flags())
		if err != nil {
			return m, err
		}
		return grown, m.Close()
	}

	f := tempFile("hello")
	defer f.Close()
	m, err := mmap.Map(f, mmap.ProtRead, mmap.Shared)
	if err != nil {
		log.Fatal(err)
	}
	_, err = f.WriteAt([]byte(", world"), int64(m.Len()))
	check(err)
	m, err = grow(m, f, len("hello, world"))
	check(err)
	defer m.Close()
	fmt.Printf("%s\n", m.Bytes()) // Anew: a slice from before is invalid.
	// Output: hello, world
}

// write32 writes a register by one access, and does not read it first, as
// atomic.Uint32.Store does on amd64. Inlined, two stores to a register could
// become one.
//
//go:noinline
func write32(register *uint32, v uint32) { *register = v }

// The registers of a device want one access each, of their own width. Load and
// Store of atomic.Uint32 are that.
func ExampleSlice_registers() {
	f := tempFile("\x01\x00\x00\x01" + strings.Repeat("\x00", 12)) // In place of /sys/bus/pci/devices/…/resource0.
	defer f.Close()
	m, err := mmap.MapRegion(f, 0, 16, mmap.ProtRead|mmap.ProtWrite, mmap.Shared)
	if err != nil {
		log.Fatal(err)
	}
	defer m.Close()

	const id, control, reset = 0, 1, 2 // The device's registers.
	registers, err := mmap.Slice[atomic.Uint32](m, 0, 4)
	if err != nil {
		log.Fatal(err)
	}
	registers[control].Store(1)
	fmt.Printf("device %#x, control %d\n", registers[id].Load(), registers[control].Load())

	// Where reading has effects: the same registers as plain numbers, for write32.
	plain, err := mmap.Slice[uint32](m, 0, 4)
	if err != nil {
		log.Fatal(err)
	}
	write32(&plain[reset], 1)
	// Output: device 0x1000001, control 1
}

// In a program built with -tags mmapdebug, the address in the message of a fault
// tells which Mapping was closed there, and by whom.
func ExampleWhoClosed() {
	m, err := mmap.MapAnon(4096, mmap.ProtRead|mmap.ProtWrite, mmap.Private)
	if err != nil {
		log.Fatal(err)
	}
	addr := m.Addr()
	if err := m.Close(); err != nil {
		log.Fatal(err)
	}
	who := mmap.WhoClosed(addr)
	fmt.Println(who == "" || strings.Contains(who, "4096 bytes") && strings.Contains(who, "ExampleWhoClosed"))
	// Output: true
}
