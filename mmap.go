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

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"sync"
	"sync/atomic"
)

// ToEnd, as a length, is all that the file holds from the offset, by its size
// at the time of the call.
const ToEnd = -1

var pageSize = os.Getpagesize()

// A Mapping is memory mapped by one of the constructors: [Open], [Map],
// [MapRegion], [MapAnon], [MapAt] or [Reserve]. It must not be copied.
//
// All methods may be called at the same time. After Close, Bytes is nil, Len and
// Addr are 0, Prot and Flags are what they were, and every call that returns an
// error returns [ErrClosed] without a system call. The same holds for a nil
// Mapping and for new(Mapping), whose Prot and Flags are 0.
//
// Offsets and lengths are in bytes, into Bytes; a range outside of it is
// [ErrRange], and an empty range does nothing. An empty Mapping, of an empty
// file, has an empty Bytes that is not nil, and nothing is mapped: every call
// that names no byte succeeds, except Remap.
type Mapping struct {
	view   atomic.Pointer[view] // these four: see lifetime.go
	doomed atomic.Pointer[view]
	refs   atomic.Int64
	mu     sync.Mutex // Remap holds it; so does Protect, to keep prot true

	prot       Prot        // mu guards it
	sharedAnon atomic.Bool // some of it was mapped Shared|Anonymous
	flags      uint32      // checkMap admits no more bits
	path       string
	first      view // the first view, spared an allocation
}

// Open maps the whole of the named file, ProtRead and Shared, and closes the
// file again: the Mapping does not need it. An empty file gives an empty
// Mapping.
//
// Beyond the errors of [Map], those of open(2) come with Op "open": a file that
// is missing matches fs.ErrNotExist. A FIFO or a socket is [ErrNotMappable]; Open
// does not wait for its other end.
func Open(name string) (*Mapping, error) {
	if !supported {
		return nil, &Error{Op: "mmap", Path: name, Err: ErrUnsupported}
	}
	info, err := os.Stat(name)
	if err != nil {
		return nil, openError(name, err)
	}
	if info.Mode()&(fs.ModeNamedPipe|fs.ModeSocket) != 0 { // os.Open of a pipe waits for its other end
		return nil, fail("mmap", name, notMappable())
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, openError(name, err)
	}
	defer f.Close()
	return Map(f, ProtRead, Shared)
}

func openError(name string, err error) error {
	if e := (*fs.PathError)(nil); errors.As(err, &e) {
		err = e.Err
	}
	return fail("open", name, err)
}

// Map maps the whole of f: it is MapRegion(f, 0, ToEnd, prot, flags).
func Map(f *os.File, prot Prot, flags Flag) (*Mapping, error) {
	return MapRegion(f, 0, ToEnd, prot, flags)
}

// MapRegion maps length bytes of f from offset, or with [ToEnd] all from there
// to the file's end. The offset need not be a multiple of the page (but with
// HugeTLB), and the region may end past the file's end: see the package
// documentation for what lies there. The Mapping does not need f, which may be
// closed.
//
// flags hold [Shared] or [Private] and more. The flags that fix an address are
// for [MapAt] alone, Anonymous is for [MapAnon] and MapAt.
//
// ToEnd at the end of the file gives an empty Mapping without asking the system, so
// how f was opened is not checked. ToEnd for a device is
// [ErrInvalid], for its size is not known: give a length. Among the errors are
//
//   - [ErrInvalid]: a length of 0 or less, a negative offset, ToEnd from an
//     offset past the end, flags that do not go together;
//   - [ErrOverflow]: more than an int or a file offset holds;
//   - [ErrAccess]: f was not opened for what prot asks;
//   - [ErrNotMappable]: a directory, a pipe, a socket, a device without mmap;
//   - [ErrInvalid], [ErrNoAddress]: what the driver of a device does not have;
//   - [ErrNoMemory]: no memory, address space or number of mappings left;
//   - fs.ErrClosed, fs.ErrInvalid: f is closed, f is nil.
func MapRegion(f *os.File, offset int64, length int, prot Prot, flags Flag) (*Mapping, error) {
	var r struct { // what the closure shares, in one allocation
		m   Mapping
		err error
	}
	r.m.path = fileName(f)
	err := onFile(f, flags, func(fd uintptr) { r.err = r.m.mapFile(int(fd), offset, length, prot, flags) })
	if err == nil {
		err = r.err
	}
	if err != nil {
		return nil, r.m.fail("mmap", err)
	}
	return &r.m, nil
}

// MapAnon maps length bytes of zeros that belong to no file, for this process: it
// adds [Anonymous] to flags. With [Shared] processes have them in common that fork
// without exec, as no Go program does: to share memory with a child, see the
// package documentation.
//
// A length of 0 or less is [ErrInvalid]; with HugeTLB so is one that is not a
// multiple of the huge page. The flags that fix an address are for [MapAt]
// alone. See [MapRegion] for other errors.
func MapAnon(length int, prot Prot, flags Flag) (*Mapping, error) {
	return MapAt(0, -1, 0, length, prot, flags|Anonymous)
}

// Reserve takes length bytes of address space and no memory: pages of ProtNone,
// Private and Anonymous, without swap space reserved for them where the system
// can do that (NoReserve). Any access faults. Use parts of it with
// [Mapping.ProtectRange], or map over them with [Mapping.Replace]; Close frees
// all of it.
func Reserve(length int) (*Mapping, error) {
	m, err := MapAnon(length, reserveProt, Private|noReserve)
	if err == nil {
		m.prot = ProtNone
	}
	return m, err
}

// MapAt with [Fixed] maps over whatever lies at addr, the memory of others
// included, and Close then leaves a hole there: it is for addresses that the
// caller owns. To map over a part of a Mapping, [Mapping.Replace] is safe.
//
// It is mmap(2) entire. Without Fixed addr is a hint, 0 for none: the system
// maps there if it can and likes to, else elsewhere. FixedNoReplace (Linux),
// Fixed|Excl (FreeBSD) and TryFixed (DragonFly BSD) map there or fail, TryFixed
// on NetBSD there or elsewhere. Each of them needs an addr that is not 0, and an
// addr and an offset that are multiples of the page: else it is [ErrInvalid].
// FixedNoReplace where something is mapped is [ErrExist], on Linux before 4.17
// too.
//
// fd is any descriptor that can be mapped, which the caller keeps open for the
// duration of the call (os.NewFile makes a file of it for [Map]); with [Anonymous] it is -1, but for what macOS takes in
// its place (VMTag). length is in bytes and must be given: ToEnd is for
// [MapRegion]. See there for other errors.
func MapAt(addr uintptr, fd int, offset int64, length int, prot Prot, flags Flag) (*Mapping, error) {
	m := new(Mapping)
	if err := m.mapPages(addr, fd, offset, length, prot, flags); err != nil {
		return nil, m.fail("mmap", err)
	}
	return m, nil
}

// Bytes is the mapped memory, with len equal to cap: what is stored there is
// stored in the mapping, and an access that prot does not allow, or that the
// file cannot meet, faults and ends the process; see [Mapping.Guard]. Bytes is
// nil after Close, and valid until then or until Remap. It does not keep the
// Mapping from being closed.
func (m *Mapping) Bytes() []byte {
	if m != nil {
		if v := m.view.Load(); v != nil {
			return v.bytes()
		}
	}
	return nil
}

// Len is the length of Bytes: as asked for, not rounded to pages. It is 0 after
// Close.
func (m *Mapping) Len() int { return len(m.Bytes()) }

// Addr is the address of the first of Bytes; 0 for an empty Mapping and after
// Close.
func (m *Mapping) Addr() uintptr {
	if v := m.load(); v != nil {
		return v.addr(0)
	}
	return 0
}

// Prot is what the Mapping was made with, or what the last Protect that
// succeeded gave it. ProtectRange and Replace do not change it.
func (m *Mapping) Prot() Prot {
	if m == nil {
		return 0
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.prot
}

// Flags is what the Mapping was made with, [Anonymous] included for MapAnon and
// Reserve. Whether stores reach the file, Flags()&Shared tells; Private does not,
// for Linux's SharedValidate holds the bits of both.
func (m *Mapping) Flags() Flag {
	if m == nil {
		return 0
	}
	return Flag(m.flags)
}

// String describes the Mapping for logs: its address, length, protection, kind
// and file, or "anonymous", as in "0x7f5ac0de4000 8192 bytes rw- shared data.bin".
// After Close it is "closed mapping".
func (m *Mapping) String() string {
	v := m.load()
	if v == nil {
		return "closed mapping"
	}
	kind, name := "private", m.path
	if m.Flags()&Shared != 0 {
		kind = "shared"
	}
	if m.Flags()&Anonymous != 0 {
		name = "anonymous"
	}
	s := fmt.Sprintf("%#x %d bytes %s %s", v.addr(0), v.length, m.Prot().rwx(), kind)
	if name != "" {
		s += " " + name
	}
	return s
}

// Close unmaps the Mapping: munmap(2). It does not write anything: what was
// stored in a Shared mapping reaches the file in the system's own time, or by
// [Mapping.Sync].
//
// Close returns at once. Where other calls are inside the Mapping, its own
// caller's Guard for one, the pages go when the last of them returns. It may be
// called once: a second Close is [ErrClosed]. Only if the system refused to
// unmap (pages that are sealed; [ErrNoMemory] where more mappings would be
// needed than there may be) does Close, or the call that the pages were left
// to, return that error (joined with its own, if it has one); then Close may be
// called again to retry.
func (m *Mapping) Close() error { return m.close() }

// Sync writes what was changed in a Shared mapping to the file, and waits until
// that is done: msync(2) with MS_SYNC. It is SyncRange over all of the Mapping
// with [SyncWait]. It does nothing, and that is no error, for a Private mapping and
// for pages past the end of the file, even if the file once had them.
func (m *Mapping) Sync() error { return m.sync(extent{whole: true}, SyncWait) }

// SyncRange writes the pages that hold the n bytes from off: msync(2). The
// range is widened to whole pages; with flags beyond the portable ones it must
// name whole pages, as in [Mapping.ProtectRange].
//
// Errors of writing are returned here, as the errno: EIO as [ErrIO], ENOSPC and
// EDQUOT as themselves. A failure is reported once: a Sync after it may succeed
// although the bytes are lost. flags without SyncWait and SyncAsync are
// [ErrInvalid] where that would write nothing (Linux), and so are the two
// together, where SyncWait is not 0; [SyncInvalidate] over locked pages is
// [ErrBusy].
func (m *Mapping) SyncRange(off, n int, flags SyncFlag) error {
	return m.sync(extent{off: off, n: n}, flags)
}

func (m *Mapping) sync(e extent, flags SyncFlag) error {
	e.ownStart, e.ownEnd = true, true
	e.exact = flags&^(SyncWait|SyncAsync|SyncInvalidate) != 0 // SyncKillPages drops bytes
	return m.apply("msync", e, func(pages []byte) error {
		if !bareSyncWrites && flags&(SyncWait|SyncAsync) == 0 {
			return because(ErrInvalid, "SyncWait or SyncAsync is needed, or nothing is written")
		}
		return sysSync(pages, flags)
	})
}

// Protect changes how all of the Mapping may be accessed: mprotect(2).
//
// [ErrAccess] is a Shared mapping of a file that was not opened for what prot
// asks, or pages that may never have it: on NetBSD and FreeBSD see MaxProt.
// Memory that holds code should be written first, then made executable, never
// both at once: Protect(ProtRead|ProtExec) after the last store.
//
// When Protect fails over pages that Replace or ProtectRange changed, the
// system may have changed some of them.
func (m *Mapping) Protect(prot Prot) (err error) {
	v, err := m.pin()
	if err != nil {
		return m.fail("mprotect", err)
	}
	defer m.unpin(&err)
	m.mu.Lock()
	defer m.mu.Unlock()
	if pages := memory(v.pages()); len(pages) != 0 {
		err = sysProtect(pages, prot)
	}
	if err != nil {
		return m.fail("mprotect", err)
	}
	m.prot = prot
	return nil
}

// ProtectRange is [Mapping.Protect] for the n bytes from off. It does not change
// what [Mapping.Prot] returns.
//
// The n bytes must be whole pages (see the package documentation), or begin or end
// where the Mapping does: else the error is [ErrInvalid], for bytes that were not
// named would change.
func (m *Mapping) ProtectRange(off, n int, prot Prot) error {
	return m.apply("mprotect", extent{off: off, n: n, exact: true, ownStart: true, ownEnd: true}, func(pages []byte) error {
		return sysProtect(pages, prot)
	})
}

// Advise tells the system how all of the Mapping will be used: madvise(2).
// Some advice is more than advice: what AdviceDontNeed, AdviceFree and others
// drop is gone.
//
// Advice that the system does not know, or not for such pages, is [ErrInvalid].
// AdvicePopulateRead and AdvicePopulateWrite (Linux) return [ErrFault] for pages
// that cannot be had, and ErrInvalid for those that do not allow the access.
//
// Advice that drops bytes of the file, as AdviceRemove (Linux) does, or that this
// package does not know, is [ErrInvalid] unless the Mapping is whole pages: a file
// has other bytes in those pages.
func (m *Mapping) Advise(advice Advice) error {
	return m.advise(extent{whole: true}, advice)
}

// AdviseRange is [Mapping.Advise] for the n bytes from off. What they must be
// depends on the advice, else the error is [ErrInvalid]:
//
//   - advice that keeps all bytes: any range, which is widened to whole pages;
//   - advice that drops pages from memory, as AdviceDontNeed does: whole pages,
//     or what begins or ends where the Mapping does;
//   - advice that may drop bytes of the file, as AdviceRemove (Linux) and the
//     AdviceFree of the BSDs and macOS do, or that this package does not know:
//     whole pages.
func (m *Mapping) AdviseRange(off, n int, advice Advice) error {
	return m.advise(extent{off: off, n: n}, advice)
}

func (m *Mapping) advise(e extent, advice Advice) error {
	known, _ := advice.lookup()
	e.exact = known.effect != keepsBytes
	e.ownStart, e.ownEnd = known.effect == dropsPages, known.effect == dropsPages
	return m.apply("madvise", e, func(pages []byte) error { return sysAdvise(pages, advice) })
}

// Lock reads all of the Mapping into memory and keeps it there: mlock(2).
// [ErrNoMemory] or [ErrAgain] is more than RLIMIT_MEMLOCK allows, or pages that
// cannot be read; [ErrPermission] that the process may lock nothing at all. The
// limit may be as low as a page: lock little, and be ready to go on without.
// Locks do not nest, and Close ends them.
func (m *Mapping) Lock() error { return m.lock(extent{whole: true}) }

// LockRange is [Mapping.Lock] for the pages that hold the n bytes from off.
func (m *Mapping) LockRange(off, n int) error { return m.lock(extent{off: off, n: n}) }

func (m *Mapping) lock(e extent) error { return m.apply("mlock", e, sysLock) }

// Unlock lets the system take all of the Mapping from memory again: munlock(2).
// What is not locked is no error on Linux.
func (m *Mapping) Unlock() error { return m.unlock(extent{whole: true}) }

// UnlockRange is [Mapping.Unlock] for the pages that hold the n bytes from off.
func (m *Mapping) UnlockRange(off, n int) error { return m.unlock(extent{off: off, n: n}) }

func (m *Mapping) unlock(e extent) error { return m.apply("munlock", e, sysUnlock) }

// Resident tells of each page that holds some of the n bytes from off whether
// it is in memory, so that an access need not wait for the disk: mincore(2).
// The first element is the page of Addr()+off. The answer may be out of date
// when it comes. On Linux a file that the caller neither owns nor may write
// gives only true. With an error resident is nil.
//
// OpenBSD, Solaris, illumos and AIX have no mincore: [ErrUnsupported].
func (m *Mapping) Resident(off, n int) (resident []bool, err error) {
	err = m.apply("mincore", extent{off: off, n: n}, func(pages []byte) error {
		vec := make([]byte, len(pages)/pageSize)
		if err := sysResident(pages, vec); err != nil {
			return err
		}
		resident = make([]bool, len(vec))
		for i, b := range vec {
			resident[i] = b&1 != 0
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return resident, nil
}

// Remap changes the length of the Mapping to length bytes: mremap(2). It keeps
// the bytes that both have. With [RemapMayMove] the address may change. Every
// slice from Bytes and Slice is invalid after it, as after Close. length need not
// be a multiple of the page. Only Linux and
// NetBSD have mremap; elsewhere Remap is [ErrUnsupported], and the way is to map
// the file anew, swap the Mappings, and close the old one.
//
// A Mapping that grows past the end of its file faults there, until the file
// grows too. Remap needs the Mapping to itself: while other calls but ReadAt
// are inside (a Guard around it, say) it is [ErrBusy]. Calls that come while it
// runs wait, but for Bytes and Len, which still give what was.
//
// [ErrNoMemory] without RemapMayMove means that there is no room to grow; NetBSD
// cannot tell, and refuses to grow without RemapMayMove: [ErrUnsupported].
// [ErrInvalid] are a length of 0 or less (or, on Linux, past the address space;
// see also [ErrOverflow]), unknown flags, an empty Mapping, growth of
// Shared|Anonymous memory (there is nothing behind the new pages, as behind those
// of /dev/zero mapped Shared: an access would fault), and growth of a Mapping that
// Replace or ProtectRange has split. When Remap fails nothing has changed.
func (m *Mapping) Remap(length int, flags RemapFlag) error {
	if m == nil {
		return m.fail("mremap", ErrClosed)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	old, err := m.freeze()
	if err != nil {
		return m.fail("mremap", err)
	}
	now, err := m.remap(old, length, flags)
	if err != nil {
		err = m.fail("mremap", err)
		again := *old
		again.moving = false // a view of its own, not the one before: a ReadAt may have looked while mremap undid its work
		now = &again
	}
	return joinErrors(err, m.thaw(old, now))
}

func (m *Mapping) remap(old *view, length int, flags RemapFlag) (*view, error) {
	oldBase, oldSize := old.pages()
	size, err := wholePages(old.slop(), length)
	switch {
	case err != nil:
		return nil, err
	case flags&^RemapMayMove != 0:
		return nil, because(ErrInvalid, fmt.Sprintf("unknown flags %v", flags&^RemapMayMove))
	case oldSize == 0:
		return nil, because(ErrInvalid, "the Mapping is empty: map the file anew")
	case size > oldSize && m.sharedAnon.Load():
		return nil, because(ErrInvalid, "Shared|Anonymous memory cannot grow: there would be nothing behind the new pages")
	case size > oldSize && flags&RemapMayMove == 0 && !growsInPlace:
		return nil, because(ErrUnsupported, "this system cannot grow a mapping without RemapMayMove")
	}
	if err := checkHuge(m.Flags(), length); err != nil {
		return nil, err
	}
	base, err := sysRemap(oldBase, oldSize, size, flags)
	if errnoSentinel(err) == ErrFault {
		return nil, because(ErrInvalid, "the Mapping cannot grow: Replace or ProtectRange has split it, or it is a device's")
	}
	if err != nil {
		return nil, err
	}
	now := newView(base+uintptr(old.slop()), length)
	return &now, nil
}

// Replace maps n bytes of f from offset over the n bytes from off, or fresh
// memory where f is nil and flags hold [Anonymous]: mmap(2) with MAP_FIXED. It
// cannot leave the Mapping. What was there is gone, in one step for other
// threads; Prot and Flags stay those of the whole. To unmap a part, which Close
// does not, replace it by no access: nil, 0, ProtNone, Private|Anonymous.
//
// The n bytes must be whole pages (see the package documentation), or end where
// the Mapping does, and offset must be a multiple of the page: else the error is
// [ErrInvalid]. See [MapRegion] for other errors; ToEnd is not taken. Replace
// first maps the same n bytes elsewhere for a moment; if that fails, for lack of
// room too, nothing has changed. Should the system refuse even after that and leave
// a hole, Replace fills it with pages of ProtNone.
func (m *Mapping) Replace(off, n int, f *os.File, offset int64, prot Prot, flags Flag) (err error) {
	path := fileName(f)
	if f == nil && m != nil {
		path = m.path
	}
	v, err := m.pin()
	if err != nil {
		return fail("mmap", path, err)
	}
	defer m.unpin(&err)
	pages, err := v.resolve(extent{off: off, n: n, exact: true, ownEnd: true})
	if err == nil && n != 0 {
		err = replaceBy(pages, n, f, offset, prot, flags)
	}
	if err != nil {
		return fail("mmap", path, err)
	}
	if n != 0 && isSharedAnon(flags) {
		m.sharedAnon.Store(true)
	}
	return nil
}
