// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

// Package mmap maps files, devices and memory into the address space, by
// mmap(2) and its neighbours munmap, msync, mprotect, madvise, mlock, mincore
// and mremap. It is thin: a call is its system call and the checks that keep its
// caller out of trouble, and what the system documents is what happens.
//
//	m, err := mmap.Open("data.bin") // the whole file, to read
//	if err != nil {
//		return err
//	}
//	defer m.Close()
//	header := m.Bytes()[:16]
//
// To write, map a file that is open for both, and store:
//
//	f, err := os.OpenFile("data.bin", os.O_RDWR, 0)
//	...
//	m, err := mmap.Map(f, mmap.ProtRead|mmap.ProtWrite, mmap.Shared)
//	...
//	defer m.Close()
//	copy(m.Bytes()[16:], "hello")
//	return m.Sync() // where it must survive a crash of the system
//
// # Shared or Private
//
// With [Shared] a store reaches the file and every process that maps it: with
// ProtWrite the file must be open for reading and writing. With [Private] a
// store copies its page for this Mapping alone and never reaches the file: any
// file that is open for reading will do. Whether a Private page that was not
// stored to shows later changes of the file is unspecified (POSIX).
//
//	to read a file                             ProtRead             Shared
//	to change it in place                      ProtRead|ProtWrite   Shared
//	to change a copy: what-if, relocations     ProtRead|ProtWrite   Private
//	memory of one's own (MapAnon)              ProtRead|ProtWrite   Private
//	memory to share with another process       ProtRead|ProtWrite   Shared, of a file
//
// # Pages
//
// The system maps whole pages, of os.Getpagesize bytes: 4096 on most machines,
// 16384 or 65536 on others. The package takes any offset and length, and
// [Mapping.Bytes] starts and ends where it was asked to. This is what lies behind
// a file of 5000 bytes that is mapped for 15000, in pages of 4096:
//
//	0                5000       8192                15000    16384
//	+----------------+----------+-------------------+--------+-------------
//	| the file       | zeros    | nothing: SIGBUS            | SIGSEGV, or
//	|                |          |                            | a stranger's
//	+----------------+----------+-------------------+--------+-------------
//	|<------------------- Bytes ------------------->|
//	|<---------------- the Mapping's pages ----------------->|
//
// From left to right:
//
//   - The file's bytes.
//   - To the end of the file's last page, zeros: they may be written, but are not
//     part of the file. Whether what is stored there shows up when the file grows
//     depends on the file system (on Linux's tmpfs it does).
//   - Past that page, nothing: an access faults (SIGBUS), until the file grows
//     that far. An index past Bytes panics, as that of any slice.
//   - Past the Mapping's pages, memory that is not its own.
//
// Whole pages, where a method wants them, begin and end at a multiple of
// os.Getpagesize in memory: that is Addr() plus the offset into Bytes. The first
// such offset is int(-m.Addr() % uintptr(os.Getpagesize())), which is 0 for a
// Mapping from offset 0 of its file. (System calls that this package does not have
// take Addr and Len, or Bytes; only munmap and mremap are for Close and Remap.)
//
// Files of /proc and the like that claim a size of 0 give an empty Mapping, as
// an empty file does: read them instead. The size of a device is not told: find
// it elsewhere (by a Seek to the end of a block device on Linux) and give it to
// [MapRegion].
//
// # Growing a file under its Mapping
//
// Map the most that the file may become, which costs address space alone. Then
// truncate the file up step by step, and use what it has by then: each step shows
// in the same Bytes, in every process. Where the most is not known, [Mapping.Remap]
// (Linux, NetBSD), or map the file anew, change over to that Mapping, and close
// the old one.
//
// Truncate also cuts: if several processes grow the file, let them hold a lock
// (unix.Flock) from Stat to Truncate. It does not take space on the disk, so that
// a store may fault: unix.Fallocate (Linux) does, and never cuts.
//
// # Faults
//
// When a mapped file is truncated, its disk fails or, for a file with holes,
// fills up, an access to the page in question (on Linux's tmpfs a load of a hole,
// too) raises SIGBUS, which ends a Go process: no error is returned for it to
// check. [Mapping.ReadAt],
// [Mapping.WriteAt] and [Mapping.Guard] turn it into an error, a [*FaultError];
// through [Mapping.Bytes] and [Slice] alone it is the end. A file that is truncated
// within a page does not fault there: the rest of that page reads as zeros. To
// notice, compare its size (os.File.Stat) with Len, or keep a checksum in it. Better,
// do not truncate what others map: write another file, and rename it over the old,
// which stays theirs.
//
// A fault inside of a system call, as when Bytes is given to os.File.Write, is
// that call's EFAULT, and not ErrFault. A bufio.Writer passes long slices on to such
// a call, and keeps the error: copy first.
//
// # Durability
//
// What a process stored in a Shared mapping is in the file for everybody at once,
// and stays there when the process dies, with or without Sync. What it takes to
// survive a crash of the system:
//
//	the bytes                     Sync or SyncRange
//	the bytes, on macOS           Sync, then os.File.Sync (F_FULLFSYNC)
//	the size, after Truncate      os.File.Sync
//	the name of a new file        os.File.Sync of its directory
//
// The system writes changed pages when it likes, in any order, long before Sync
// too: what must reach the disk first, Sync first. It writes whole pages, and may
// be cut short within one: use a checksum, or a second copy, to know. A failure
// to write is reported once. Close writes nothing. After stores and a Truncate call
// both, Sync and os.File.Sync: that one does the other's work is not promised.
//
// # Concurrency
//
// All methods may be called at the same time, Close and Remap included. Close
// never waits: calls that are inside finish on pages that stay until they
// return. What the bytes themselves are at that time is up to the caller, as
// with any memory. The race detector does not see mapped memory. Between
// processes only atomic operations order anything: [Slice] of atomic.Uint32, or of
// atomic.Uint64, except on 32-bit MIPS and on ARM before v7, where Go's 64-bit
// atomics use a lock inside the process.
//
// # What Close leaves behind
//
// After [Mapping.Close] or [Mapping.Remap] a slice from Bytes or Slice points at
// memory that is not there, or, worse, is somebody else's by now: drop the slices
// first. Even to keep one is to risk the process: should the Go heap grow over
// its address, the garbage collector takes it for a bad pointer and ends the
// process. While a panic unwinds, the functions that it leaves still hold their
// slices, until it is recovered: make a deferred Close the last deferred call to run.
//
// # The garbage collector
//
// There is no finalizer, for a slice of mapped memory does not keep its Mapping
// alive, and the garbage collector would pull memory from under it: a Mapping
// that is not closed stays until the process ends. Mapped memory is no Go memory:
// the garbage collector neither counts it nor looks there, so do not store
// pointers in it.
//
// # The scheduler
//
// An access to a page that is not in memory waits for the disk as a page fault,
// which the Go scheduler does not notice: the thread and its P are blocked
// until the page is there. Where that matters, let a system call wait for the pages,
// which the scheduler does notice: Populate, AdvicePopulateRead and
// AdvicePopulateWrite on Linux. [AdviceWillNeed], anywhere, only starts the reading.
//
// # Other processes
//
// A child that os/exec starts has none of its parent's Mappings, and none of its
// memory locks: exec(2) ends them. Give it the file, by name or in
// exec.Cmd.ExtraFiles, and it maps that; a file without a name will do (memfd_create
// on Linux, else one that is removed while open). A memfd with F_SEAL_SHRINK
// cannot be truncated, so its bytes cannot fault for that reason. To wait for another
// process there is a pipe, or a futex on Linux: see examples/shm.
//
// # 32-bit systems
//
// A Mapping is at most as long as an int, 2 GiB, and all of them have to find
// room in 3 or 4 GiB of addresses: map large files by regions, at any offset an int64
// holds. Atomic 64-bit access needs addresses that are multiples of 8, which
// Slice sees to for atomic.Uint64, but not for uint64.
//
// # Systems
//
// Linux, Android, macOS, FreeBSD, NetBSD, OpenBSD, DragonFly BSD, Solaris,
// illumos and AIX. A constant is declared where its system has it. Elsewhere
// the package compiles, and every constructor returns [ErrUnsupported], so that
// a program can fall back to reading the file.
package mmap
