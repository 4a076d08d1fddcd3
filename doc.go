// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

// Package mmap maps files, devices and memory into the address space. It is a
// thin layer over mmap, munmap, msync, mprotect, madvise, mlock, mincore and
// mremap that checks its arguments and turns faults into errors.
//
//	m, err := mmap.Open("data.bin") // the whole file, to read
//	if err != nil {
//		return err
//	}
//	defer m.Close()
//	header := m.Bytes()[:16]
//
// To write, map a file that is open for reading and writing, and store:
//
//	f, err := os.OpenFile("data.bin", os.O_RDWR, 0)
//	...
//	m, err := mmap.Map(f, mmap.ProtRead|mmap.ProtWrite, mmap.Shared)
//	...
//	defer m.Close()
//	copy(m.Bytes()[16:], "hello")
//	return m.Sync() // if it must survive a crash of the system
//
// # Faults
//
// An access to a page that is missing raises SIGBUS or SIGSEGV, and ends a Go
// process. Pages go missing when somebody truncates the file, when its disk
// fails, or when the disk has no room for a hole of the file. [Mapping.ReadAt],
// [Mapping.WriteAt] and [Mapping.Guard] turn the fault into an error, a
// [*FaultError]. An access through [Mapping.Bytes] or [Slice] outside of Guard
// ends the process.
//
// A file that is truncated within a page does not fault there: the rest of that
// page reads as zeros. Do not truncate what others map: write another file, and
// rename it over the old one, which they keep.
//
// A system call that faults on mapped bytes, such as os.File.Write, returns
// EFAULT.
//
// # Closing and concurrency
//
// After [Mapping.Close] or [Mapping.Remap] a slice from Bytes or Slice points at
// memory that is not there, or that is somebody else's by now. Drop the slices
// first. Even to keep one is a risk: if the Go heap grows over its address, the
// garbage collector ends the process. Defer Close before anything else: functions
// that a panic unwinds still hold their slices.
//
// All methods may be called at the same time, Close and Remap included. Close
// does not wait: Guard, WriteAt and other calls in progress keep the pages
// until they return, and a ReadAt that Close overtakes returns [ErrClosed]. The
// bytes themselves need the same care as any memory, and the race detector does
// not see them.
//
// There is no finalizer: a slice does not keep its Mapping alive. An open
// Mapping keeps its file's disk space, even after the file is removed. The
// garbage collector does not look into mapped memory: do not store pointers
// there.
//
// # Shared or Private
//
// With [Shared] a store reaches the file and every process that maps it. With
// [Private] a store copies its page for this Mapping alone: any file that is
// open for reading will do. Whether an untouched Private page shows later
// changes of the file is unspecified (POSIX).
//
//	to read a file                             ProtRead             Shared
//	to change it in place                      ProtRead|ProtWrite   Shared
//	to change a copy: what-if, relocations     ProtRead|ProtWrite   Private
//	memory of one's own (MapAnon)              ProtRead|ProtWrite   Private
//	memory to share with another process       ProtRead|ProtWrite   Shared, of a file
//
// Between processes only atomic operations order anything: use [Slice] of
// atomic.Uint32 or atomic.Uint64. A child that os/exec starts has none of its
// parent's Mappings: give it the file.
//
// # Pages
//
// The system maps whole pages, of os.Getpagesize bytes. The package takes any
// offset and length, and [Mapping.Bytes] starts and ends where it was asked to.
// This is the memory of a file of 5000 bytes that is mapped for 15000, in pages of
// 4096:
//
//	0                5000       8192                15000    16384
//	+----------------+----------+-------------------+--------+-------------
//	| the file       | zeros    | nothing: SIGBUS            | SIGSEGV, or
//	|                |          |                            | other memory
//	+----------------+----------+-------------------+--------+-------------
//	|<------------------- Bytes ------------------->|
//	|<---------------- the Mapping's pages ----------------->|
//
// The zeros may be written, but are not part of the file; on tmpfs what was
// stored there shows when the file grows. Past the file's last page an access
// faults, until the file grows that far.
//
// Some methods need whole pages. These begin at a multiple of os.Getpagesize in
// memory: the first such offset is int(-m.Addr() % uintptr(os.Getpagesize())),
// which is 0 for a Mapping from offset 0 of its file.
//
// # Growing
//
// Map the largest size that the file may reach: it costs only address space.
// Then grow the file by Truncate, step by step: each step shows in the same
// Bytes, in every process. Where the largest size is not known, or on Windows,
// map the file again, change over to that Mapping, and close the old one; or
// use [Mapping.Remap] (Linux, NetBSD). Processes that grow the same file need a
// lock (unix.Flock) from Stat to Truncate, which cuts a file, too.
//
// Truncate takes no space on the disk, so a store may fault: unix.Fallocate
// (Linux) takes the space.
//
// # Durability
//
// A store to a Shared mapping is in the file at once, for all processes, and
// stays there when the process dies. (Overlayfs, network file systems, direct
// I/O and OpenBSD are exceptions: see docs/guide.md.) To survive a crash of the
// system, the following needs a call:
//
//	the bytes                     Sync or SyncRange
//	the bytes, on macOS           Sync, then os.File.Sync (F_FULLFSYNC)
//	the bytes, on Windows         Sync, then os.File.Sync (FlushFileBuffers)
//	the size, after Truncate      os.File.Sync
//	the name of a new file        os.File.Sync of its directory
//
// The system writes changed pages when it likes, in any order, even before
// Sync. A crash can leave a page half written: use a checksum. A failure to
// write may be reported only once. Close writes nothing.
//
// # The scheduler
//
// A goroutine in a page fault cannot be preempted. If the page is slow, the next
// garbage collection waits for it, and every goroutine waits for the garbage
// collection. The same holds for one long copy. Let a system call wait for a
// slow page instead: call Advise(AdvicePopulateRead) first (Linux), or read the
// file. ReadAt and WriteAt copy at most 1 MiB at once.
//
// # Finding use after Close
//
// Build your tests with the tag mmapdebug (go test -tags mmapdebug). Then the
// addresses of a closed Mapping stay taken where the system can do that: a
// slice that was kept faults at the access that is wrong, every time. Inside of
// another Mapping's Guard, the panic names the Mapping and the stack that closed
// it; elsewhere [WhoClosed] does, and docs/guide.md tells how to ask it. There is
// then a profile "github.com/facc7503/mmap" of runtime/pprof, which counts open
// Mappings by the stacks that made them.
//
// # Systems
//
// The package builds for Linux, Android, macOS, FreeBSD, NetBSD, OpenBSD,
// DragonFly BSD, Solaris, illumos, AIX and Windows: README.md tells where it
// was run. A constant is declared where its system has it. On any other system
// every constructor returns [ErrUnsupported], so that a program can read the
// file instead.
//
// On 32-bit systems all Mappings have to find room in 2 to 4 GiB of addresses:
// map large files by regions.
//
// On Windows nobody can truncate, replace or remove a file that is mapped:
// close the Mapping first, also before t.TempDir ends. A file opened with
// O_APPEND cannot be mapped for writing. A region must end within the file's
// last page. Fixed addresses, Replace, growing by Remap, and shrinking the
// Mapping of a file are ErrUnsupported. Private and anonymous memory counts
// against the commit limit, even if it is only read. See docs/guide.md.
//
// Recipes are in docs/guide.md: a new version of a file under its readers, HTTP,
// a log, shared memory, device registers, machine code.
package mmap
