// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package mmap

import (
	"errors"
	"io/fs"
	"math"
	"os"
	"sync"
	"sync/atomic"
)

// ToEnd, as a length, means all that there is from the offset: to the end of
// the file for [MapRegion], by its size at the time of the call; to the end of
// the Mapping for methods.
const ToEnd = -1

var pageSize = os.Getpagesize()

// A Mapping is memory mapped by one of the constructors: [Open], [Map],
// [MapRegion], [MapAnon], [MapAt] or [Reserve]. It must not be copied.
//
// All methods may be called at the same time. After Close, Bytes returns nil,
// Len and Addr return 0, Prot and Flags return what they returned before, and
// every call that returns an error returns [ErrClosed] without a system call.
// The same holds for a nil Mapping and for new(Mapping), whose Prot and Flags
// are 0.
//
// Offsets and lengths are in bytes, into Bytes. A method that takes a range
// takes [ToEnd] as its length, too. A range outside of the Mapping is
// [ErrRange], and an empty range does nothing. A Mapping of an empty file is
// empty: Bytes has no bytes and is not nil, nothing is mapped, and every call
// that names no byte succeeds, except Remap, and ReadAt, which returns io.EOF.
type Mapping struct {
	// What calls read.
	view  atomic.Pointer[view] // this, refs, pending and mu: see lifetime.go
	first view                 // the first view, spared an allocation
	path  string
	flags uint32        // check refuses more bits
	kinds atomic.Uint32 // kindOf everything that was mapped in it

	// What they change has a cache line of its own, where a line has 64 bytes and an
	// address 8: Go puts an object of 128 bytes at a multiple of 128.
	refs    atomic.Int64
	pending atomic.Pointer[view]
	mu      sync.Mutex // Remap holds it; so does Protect, to keep prot true
	prot    Prot       // mu guards it
	err     error      // of MapRegion, spared an allocation
	_       [16]byte
}

// A kind is a set of these four bits.
type kind uint32

const (
	sharedFile kind = 1 << iota
	privateFile
	sharedAnon
	privateAnon
)

// kindOf returns the kind of what is mapped with flags.
func kindOf(flags Flag) kind {
	switch shared, anon := flags&Shared != 0, flags&(Anonymous|system.anonymous) != 0; {
	case shared && anon:
		return sharedAnon
	case shared:
		return sharedFile
	case anon:
		return privateAnon
	}
	return privateFile
}

// Open maps the whole of the named file, ProtRead and Shared, and closes the
// file again: the Mapping does not need it. An empty file gives an empty
// Mapping. A file that the system can map only as Private (some on FUSE, 9p and
// sysfs) is mapped Private; see Flags.
//
// Open returns the errors of [Map], and those of open(2) with Op "open": a file
// that is missing matches fs.ErrNotExist. A FIFO or a socket is
// [ErrNotMappable]; Open does not wait for its other end. On Linux, so are files of
// /proc, whose size is 0: read them instead.
func Open(name string) (*Mapping, error) {
	r := request{op: "open", path: name}
	if !supported {
		r.op = "mmap"
		return nil, r.plain(ErrUnsupported)
	}
	info, err := os.Stat(name)
	if err != nil {
		return nil, r.plain(pathCause(err))
	}
	if info.Mode()&(fs.ModeNamedPipe|fs.ModeSocket) != 0 { // os.Open of a pipe waits for its other end
		r.op = "mmap"
		return nil, r.notMappable()
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, r.plain(pathCause(err))
	}
	defer f.Close()
	m, err := Map(f, ProtRead, Shared)
	if errors.Is(err, ErrNotMappable) || errors.Is(err, ErrAccess) || errors.Is(err, ErrInvalid) {
		if private, err := Map(f, ProtRead, Private); err == nil || errors.Is(err, ErrNotMappable) {
			return private, err
		}
	}
	return m, err
}

// pathCause returns what a *fs.PathError says besides the path.
func pathCause(err error) error {
	if e := (*fs.PathError)(nil); errors.As(err, &e) {
		return e.Err
	}
	return err
}

// Map maps the whole of f: it is MapRegion(f, 0, ToEnd, prot, flags).
func Map(f *os.File, prot Prot, flags Flag) (*Mapping, error) {
	return MapRegion(f, 0, ToEnd, prot, flags)
}

// MapRegion maps length bytes of f from offset, or with [ToEnd] all from there
// to the file's end. The offset need not be a multiple of the page, except with
// HugeTLB, and the region may end past the file's end: see the package
// documentation for what lies there. The Mapping does not need f, which may be
// closed.
//
// The flags hold [Shared] or [Private], and more. The flags that fix an address
// are for [MapAt] alone; Anonymous is for [MapAnon] and MapAt.
//
// The size of a device is not known, so ToEnd for it is [ErrInvalid]: give a
// length. Read and write its registers with [Slice] of atomic.Uint32: plain loads
// and stores may be joined or dropped, and ReadAt and WriteAt copy in accesses of
// any width. docs/guide.md has a table of which
// descriptors map how. MapRegion returns
//
//   - [ErrInvalid] for a length of 0 or less, a negative offset, ToEnd from an
//     offset past the end, and flags that do not go together;
//   - [ErrOverflow] for more than an int or a file offset holds;
//   - [ErrAccess] if f was not opened for what prot asks;
//   - [ErrNotMappable] for a directory, a pipe, most sockets, on Linux a file of
//     /proc, and on most systems a device without mmap (ErrInvalid on FreeBSD);
//   - [ErrInvalid] or [ErrNoAddress] if a driver rejects the range;
//   - [ErrNoMemory] if memory, address space or the number of mappings is used
//     up;
//   - fs.ErrClosed if f is closed, [ErrInvalid] if it is nil.
func MapRegion(f *os.File, offset int64, length int, prot Prot, flags Flag) (*Mapping, error) {
	m := &Mapping{path: fileName(f)}
	r := request{op: "mmap", path: m.path, off: offset, n: length, prot: prot, flags: flags, kinds: kindOf(flags)}
	err := onFile(r, f, func(fd uintptr) {
		r := r // Go 1.25 would put the other on the heap
		r.fd = int(fd)
		m.err = m.mapFile(&r)
	})
	if err == nil {
		err = m.err
	}
	if err != nil {
		return nil, err
	}
	m.debugOpened()
	return m, nil
}

// MapAnon maps length bytes of zeros that belong to no file, for this process: it
// adds [Anonymous] to flags. Only processes that fork without exec have Shared
// memory in common, as no Go program does: to share memory with a child, see the
// package documentation.
//
// A length of 0 or less is [ErrInvalid]; with HugeTLB so is one that is not a
// multiple of the huge page. The flags that fix an address are for [MapAt]
// alone. See [MapRegion] for other errors.
func MapAnon(length int, prot Prot, flags Flag) (*Mapping, error) {
	return MapAt(0, -1, 0, length, prot, flags|Anonymous)
}

// Reserve reserves length bytes of address space as pages of ProtNone, Private
// and Anonymous, without memory or, where the system can do that (NoReserve),
// swap space. Any access faults. Use parts of it with [Mapping.ProtectRange],
// or map over them with [Mapping.Replace]; Close frees all of it.
func Reserve(length int) (*Mapping, error) {
	prot := ProtNone
	if system.reservesMax {
		prot = system.maxProt * (ProtRead | ProtWrite | ProtExec)
	}
	m, err := MapAnon(length, prot, Private|system.noReserve)
	if err == nil {
		m.prot = ProtNone
	}
	return m, err
}

// MapAt calls mmap(2) with all of its arguments. With [Fixed] it maps over
// whatever lies at addr, even memory that is not yours, and Close then leaves a
// hole there: use Fixed for addresses that you own. To map over a part of a
// Mapping, [Mapping.Replace] is safe.
//
// Without Fixed addr is a hint, 0 for none: the system maps there if it can, else
// elsewhere. FixedNoReplace (Linux), Fixed|Excl (FreeBSD) and TryFixed (DragonFly
// BSD) map there or fail; TryFixed on NetBSD maps there or elsewhere. These and
// Fixed need an addr that is not 0, and an addr and an offset that are multiples
// of the page: else MapAt returns [ErrInvalid]. Where something is mapped already,
// those that fail return [ErrExist], on Linux before 4.17 too. With [Anonymous] and
// HugeTLB, too, the offset must be a multiple of the page.
//
// fd is any descriptor that can be mapped, which the caller keeps open for the
// duration of the call (os.NewFile makes a file of it for [Map]); with
// [Anonymous] it is -1, except for what macOS takes in its place (VMTag).
// length is in bytes and must be given: ToEnd is for [MapRegion]. See there for
// other errors. On Windows fd is a handle, and addr is a hint for anonymous memory
// alone.
func MapAt(addr uintptr, fd int, offset int64, length int, prot Prot, flags Flag) (*Mapping, error) {
	m := new(Mapping)
	r := request{op: "mmap", fd: fd, addr: addr, off: offset, n: length, prot: prot, flags: flags, kinds: kindOf(flags)}
	if err := m.mapPages(&r); err != nil {
		return nil, err
	}
	m.debugOpened()
	return m, nil
}

// mapFile maps a file by its descriptor, to its end if r.n is ToEnd.
func (m *Mapping) mapFile(r *request) error {
	if r.n == ToEnd && r.off >= 0 {
		rest, err := r.toEnd()
		if err != nil {
			return err
		}
		if r.n = rest; rest == 0 {
			return m.mapNothing(r)
		}
	}
	return m.mapPages(r)
}

// toEnd returns the number of bytes from r.off to the end of the file.
func (r *request) toEnd() (int, error) {
	size, err := sysSize(r)
	rest := size - r.off
	switch {
	case err != nil:
		return 0, err
	case rest < 0:
		return 0, r.refuse(errInvalid, "offset %d is past the end of the file, which has %d bytes", r.off, size)
	case int64(int(rest)) != rest:
		return 0, r.refuse(errOverflow, "%d bytes do not fit the address space: map a part of the file with MapRegion", rest)
	}
	return int(rest), nil
}

// mapNothing opens m for an empty file. Where one page of such a file can be
// mapped, it asks the system for that, which refuses what cannot be mapped at
// all: a file of /proc, which claims to be empty, or one that was not opened
// for reading.
func (m *Mapping) mapNothing(r *request) error {
	probe := *r
	probe.n = 1
	probe.flags &^= system.prefault
	if err := probe.check(); err != nil {
		return err
	}
	if !hasKind(r.flags) {
		return r.refuse(errInvalid, "exactly one of Shared and Private is needed")
	}
	if system.mapsPastEnd {
		size := uintptr(pageSize)
		base, err := sysMap(0, size, r.prot, probe.flags|system.noReserve, r.fd, r.off&^int64(pageSize-1))
		if err == nil {
			err = unmapPages(base, size)
		}
		if err != nil {
			r.n = ToEnd
			return r.mapError(err)
		}
	}
	m.open(emptyView(), r)
	return nil
}

// mapPages maps r.n bytes, and opens m with them.
func (m *Mapping) mapPages(r *request) error {
	if err := r.check(); err != nil {
		return err
	}
	lead := int(r.off & int64(pageSize-1))
	fixed := fixesAddress(r.flags) != 0
	switch { // some systems accept the two if their remainders are equal
	case lead != 0 && (fixed || r.flags&(system.hugeTLB|Anonymous) != 0):
		return r.refuse(errInvalid, "offset %d is not a multiple of the page of %d bytes", r.off, pageSize)
	case fixed && r.addr%uintptr(pageSize) != 0:
		return r.refuse(errInvalid, "address %#x is not a multiple of the page of %d bytes", r.addr, pageSize)
	}
	if err := checkHuge(r, fixed); err != nil {
		return err
	}
	size, err := r.wholePages(lead)
	if err != nil {
		return err
	}
	base, err := sysMap(r.addr, size, r.prot, r.flags, r.fd, r.off-int64(lead))
	if err != nil {
		return r.mapError(err)
	}
	if r.replacesNothing() && base != r.addr {
		if err := sysUnmap(base, size); err != nil { // an old kernel took the address for a hint
			return r.fail(err)
		}
		return r.taken()
	}
	m.open(newView(base+uintptr(lead), r.n), r)
	return nil
}

// checkHuge refuses a length that is not a multiple of the huge page that r or, at
// a fixed address, its file has: the system would round it up, map over what
// follows, and refuse to unmap the length.
func checkHuge(r *request, fixed bool) error {
	if system.hugePage == nil || !fixed && r.flags&system.hugeTLB == 0 {
		return nil
	}
	size := system.hugePage(*r, fixed)
	switch {
	case size == 0 || uint64(r.n)%size == 0:
	case r.flags&system.hugeTLB != 0 && ofFile(*r):
		return r.refuse(errInvalid, "length %d is not a multiple of the huge page of %d bytes, and HugeTLB is for anonymous memory and files of hugetlbfs alone", r.n, size)
	default:
		return r.refuse(errInvalid, "length %d is not a multiple of the huge page of %d bytes", r.n, size)
	}
	return nil
}

// open sets what a constructor makes, before anybody else has m.
func (m *Mapping) open(v view, r *request) {
	m.first = v
	m.flags = uint32(r.flags)
	m.prot = r.prot
	m.kinds.Store(uint32(kindOf(r.flags)))
	m.view.Store(&m.first)
}

// check checks what is the same for all that is mapped.
func (r *request) check() error {
	switch {
	case !supported:
		return r.plain(ErrUnsupported)
	case r.off < 0:
		return r.refuse(errInvalid, "offset %d is negative", r.off)
	case r.n == ToEnd:
		return r.refuse(errInvalid, "ToEnd is for MapRegion: give a length")
	case r.n <= 0:
		return r.refuse(errInvalid, "length %d must be at least 1", r.n)
	case r.off > math.MaxInt64-int64(r.n):
		return r.refuse(errOverflow, "length %d at offset %d exceeds the largest file offset", r.n, r.off)
	case r.addr == 0 && fixesAddress(r.flags) != 0:
		return r.refuse(errInvalid, "%v is for MapAt with an address that is not 0", fixesAddress(r.flags))
	case r.flags>>32 != 0:
		return r.refuse(errInvalid, "flags %v are more than 32 bits", r.flags)
	case r.flags&Anonymous != 0 && !hasKind(r.flags): // FreeBSD checks only files
		return r.refuse(errInvalid, "exactly one of Shared and Private is needed")
	}
	return nil
}

// hasKind reports whether flags hold one of Shared and Private, or what the
// system has in their place. It leaves flags that have no name to the system.
func hasKind(flags Flag) bool {
	for _, k := range system.kindFlags {
		if flags&(Shared|Private|k) == k {
			return true
		}
	}
	both := flags & (Shared | Private)
	return both == Shared || both == Private || both == 0 && flags.unnamed() != 0
}

// replacesNothing reports whether r asks for its address only if nothing is
// mapped there.
func (r *request) replacesNothing() bool {
	return system.noReplace != 0 && r.flags&system.noReplace == system.noReplace
}

// taken returns the error for an address where something is mapped.
func (r *request) taken() error {
	return r.refuse(errExist, "%s: something is mapped there already: choose another address", r.asked())
}

// mapError returns the error of an mmap that failed with err. Some systems refuse
// a pipe with EACCES, as if it had been opened wrongly; it tells what the file is.
func (r *request) mapError(err error) error {
	switch s := sentinelOf(err); {
	case r.replacesNothing() && err == system.taken:
		return r.taken()
	case r.flags&Anonymous != 0:
	case s == errAccess || s == errInvalid:
		if _, e := sysSize(r); errors.Is(e, ErrNotMappable) {
			return e
		}
	case s == errIO:
		if size, e := sysSize(r); e == nil && size == 0 { // of procfs; not a disk that failed
			return r.notMappable()
		}
	}
	return r.fail(err)
}

// notMappable returns the error for a file that has no bytes to map.
func (r *request) notMappable() error {
	return r.refuse(errNotMappable, "a directory, pipe, socket or file of /proc has no bytes to map: read it instead")
}

// onFile calls fn with the descriptor of f, which stays open meanwhile.
func onFile(r request, f *os.File, fn func(fd uintptr)) error {
	switch {
	case !supported:
		return r.plain(ErrUnsupported)
	case f == nil:
		return r.refuse(errInvalid, "f is nil: use MapAnon, or Replace with Anonymous")
	case r.flags&Anonymous != 0:
		return r.refuse(errInvalid, "Anonymous memory has no file: use MapAnon, or Replace without a file")
	}
	c, err := f.SyscallConn()
	if err != nil {
		return r.plain(err)
	}
	if c.Control(fn) != nil {
		return r.plain(fs.ErrClosed)
	}
	return nil
}

func fileName(f *os.File) string {
	if f == nil {
		return ""
	}
	return f.Name()
}

// A platform says what the portable code has to know of a system. The zero
// value of a field is the usual case, so that a system's file names only
// exceptions. Each system declares one platform, called system.
type platform struct {
	// Names besides the portable ones. A processor's own are in archFlagNames
	// and archProtNames.
	flagNames   []bitName
	syncNames   []bitName
	adviceNames []adviceName

	// Errnos and causes of errors besides those of every Unix.
	errnos []errnoSentinel
	causes []cause

	// Calls that only some systems have: nil elsewhere.
	remap     func(addr, size, newSize uintptr, flags RemapFlag) (uintptr, error)
	resident  func(pages, vec []byte) error      // a byte for each page, with bit 0 where it is in memory
	hugePage  func(r request, fixed bool) uint64 // the size of the huge pages that r asks for, in bytes; 0 if it asks for none
	unmapHuge func(addr, size uintptr) bool      // unmaps, and reports whether it did, what munmap refused as a part of a huge page

	fixed     Flag   // flags besides Fixed that make the address binding: for MapAt alone
	noReplace Flag   // maps at the address or fails
	taken     error  // what mmap returns where noReplace finds something, if not EEXIST
	kindFlags []Flag // what may stand in place of Shared and Private
	prefault  Flag   // flags that fill pages at once
	anonymous Flag   // flags that imply Anonymous
	noReserve Flag   // for Reserve
	hugeTLB   Flag
	growsDown Flag // MAP_GROWSDOWN
	maxProt   Prot // MaxProt multiplies by it

	reservesMax     bool // Reserve asks for every use that MaxProt has, or its pages could never be used
	bareSyncIgnored bool // msync with neither MS_SYNC nor MS_ASYNC writes nothing
	mapsPastEnd     bool // a page of an empty file can be mapped
	movesToGrow     bool // mremap cannot be told not to move
}

// fixesAddress returns the flags of f that are for MapAt alone.
func fixesAddress(f Flag) Flag { return f & (Fixed | system.fixed) }
