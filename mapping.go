// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package mmap

import (
	"fmt"
	"os"
	"unsafe"
)

// Bytes returns the mapped memory, with len equal to cap: what is stored there is
// stored in the Mapping. An access that prot does not allow, or that the file
// cannot meet, faults and ends the process; see [Mapping.Guard].
//
// The slice is valid until Close or Remap; it does not keep the Mapping from
// being closed. After Close, Bytes returns nil.
func (m *Mapping) Bytes() []byte {
	if m != nil {
		if v := m.view.Load(); v != nil {
			return v.bytes()
		}
	}
	return nil
}

// Len returns the length of Bytes: as asked for, not rounded to pages. After
// Close it returns 0.
func (m *Mapping) Len() int { return len(m.Bytes()) }

// Addr returns the address of the first byte of Bytes. For an empty Mapping and
// after Close it returns 0.
func (m *Mapping) Addr() uintptr {
	if v := m.load(); v != nil {
		return v.addr(0)
	}
	return 0
}

// Prot returns the protection that the Mapping was made with, or that the last
// Protect that succeeded gave it. ProtectRange and Replace do not change it.
func (m *Mapping) Prot() Prot {
	if m == nil {
		return 0
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.prot
}

// Flags returns the flags that the Mapping was made with, [Anonymous] included
// for MapAnon and Reserve. Flags()&Shared tells whether stores reach the file;
// Flags()&Private does not tell the opposite, because Linux's SharedValidate
// holds the bits of both.
func (m *Mapping) Flags() Flag {
	if m == nil {
		return 0
	}
	return Flag(m.flags)
}

// String describes the Mapping for logs: its address, length, protection, kind
// and file, or "anonymous", as in "0x7f5ac0de4000 8192 bytes rw- shared data.bin".
// After Close it returns "closed mapping".
func (m *Mapping) String() string {
	v := m.load()
	if v == nil {
		return "closed mapping"
	}
	return m.describe(v, m.Prot())
}

func (m *Mapping) describe(v *view, prot Prot) string {
	kind, name := "private", m.path
	if m.Flags()&Shared != 0 {
		kind = "shared"
	}
	if m.Flags()&Anonymous != 0 {
		name = "anonymous"
	}
	s := fmt.Sprintf("%#x %d bytes %s %s", v.addr(0), v.length, prot.rwx(), kind)
	if name != "" {
		s += " " + name
	}
	return s
}

// Sync writes what was changed in a Shared mapping to the file, and waits until
// that is done: msync(2) with MS_SYNC, FlushViewOfFile on Windows. Sync() means
// SyncRange(0, ToEnd, SyncWait). For a Private mapping, and for pages past the end
// of the file, it does nothing and returns nil, even if the file once had them.
func (m *Mapping) Sync() error { return m.SyncRange(0, ToEnd, SyncWait) }

// SyncRange writes the pages that hold the n bytes from off: msync(2). The
// range is widened to whole pages; with flags beyond the portable ones it must
// name whole pages, as in [Mapping.ProtectRange].
//
// SyncRange returns
//
//   - the errno of a write that failed: EIO as [ErrIO], ENOSPC and EDQUOT as
//     themselves. A failure may be reported only once: a Sync after it may succeed
//     although the bytes are lost. On FreeBSD's UFS a full disk is ErrIO, each
//     time, though os.File.Sync returns nil;
//   - [ErrInvalid] for neither SyncWait nor SyncAsync (Linux, where that would
//     write nothing), for both (where SyncWait is not 0), for
//     SyncAsync|SyncInvalidate (where it is 0), and for a device without fsync;
//   - [ErrBusy] for [SyncInvalidate] over locked pages.
func (m *Mapping) SyncRange(off, n int, flags SyncFlag) error {
	r := m.request("msync")
	r.off, r.n, r.sync = int64(off), n, flags
	e := widened
	if flags&^(SyncWait|SyncAsync|SyncInvalidate) != 0 { // SyncKillPages drops bytes
		e = ownEnds
	}
	return m.apply(&r, e, func(pages []byte) error {
		if system.bareSyncIgnored && flags&(SyncWait|SyncAsync) == 0 {
			return ErrInvalid
		}
		return sysSync(pages, flags)
	})
}

// Protect changes how all of the Mapping may be accessed: mprotect(2).
//
// Protect returns [ErrAccess] for a Shared mapping of a file that was not opened
// for what prot asks, and for pages that may never have it: on NetBSD and
// FreeBSD see MaxProt. Where a policy forbids ProtExec the error is ErrAccess
// or [ErrPermission]. When it fails over pages that Replace or ProtectRange
// changed, the system may have changed some of the pages.
//
// Memory that holds code should be written first, then made executable, never
// both at once: Protect(ProtRead|ProtExec) after the last store. On processors
// whose instruction cache does not see stores, such as arm64, code in pages that
// held other code before also needs a cache flush; memory that is newly mapped
// does not (Linux). See docs/guide.md.
func (m *Mapping) Protect(prot Prot) error {
	if m == nil {
		return m.plain("mprotect", ErrClosed)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	err := m.ProtectRange(0, ToEnd, prot)
	if err == nil {
		m.prot = prot
	}
	return err
}

// ProtectRange does to the n bytes from off what [Mapping.Protect] does to all. It
// does not change what [Mapping.Prot] returns.
//
// Each end of the range must be the boundary of a page (see the package
// documentation) or an end of the Mapping. Else ProtectRange returns
// [ErrInvalid], because neighbouring bytes would change.
func (m *Mapping) ProtectRange(off, n int, prot Prot) error {
	r := m.request("mprotect")
	r.off, r.n, r.prot = int64(off), n, prot
	return m.apply(&r, ownEnds, func(pages []byte) error { return sysProtect(pages, prot) })
}

// Advise tells the system how all of the Mapping will be used: madvise(2).
// Some advice is more than advice: what AdviceDontNeed, AdviceFree and others
// drop is gone. It is AdviseRange(0, ToEnd, advice).
func (m *Mapping) Advise(advice Advice) error { return m.AdviseRange(0, ToEnd, advice) }

// AdviseRange does to the n bytes from off what [Mapping.Advise] does to all. What
// they must be depends on the advice, else AdviseRange returns [ErrInvalid]:
//
//   - advice that keeps all bytes: any range, which is widened to whole pages;
//   - advice that drops pages from memory, as AdviceDontNeed does: each end the
//     boundary of a page or an end of the Mapping;
//   - advice that may drop bytes of the file, as AdviceRemove (Linux) and the
//     AdviceFree of the BSDs and macOS do, or that this package does not know:
//     whole pages.
//
// AdviseRange returns [ErrInvalid], too, for advice that the system does not
// know, or not for such pages. AdvicePopulateRead and AdvicePopulateWrite
// (Linux) return [ErrFault] for pages that are missing, and ErrInvalid for
// pages that do not allow the access; before Linux 6.12 they may never return
// over a page that the disk cannot read.
//
// The pages of a file count as the process's memory (RSS). On Linux
// AdviceDontNeed takes them out and leaves them in the page cache;
// AdvicePageOut empties the page cache, too. On Windows AdviceWillNeed acts and
// the other portable advice does nothing.
func (m *Mapping) AdviseRange(off, n int, advice Advice) error {
	r := m.request("madvise")
	r.off, r.n, r.advice = int64(off), n, advice
	known, _ := advice.lookup()
	e := unwidened
	switch known.effect {
	case keepsBytes:
		e = widened
	case dropsPages:
		e = ownEnds
	}
	return m.apply(&r, e, func(pages []byte) error { return sysAdvise(pages, advice) })
}

// Lock reads all of the Mapping into memory and keeps it there: mlock(2). Lock()
// means LockRange(0, ToEnd).
func (m *Mapping) Lock() error { return m.LockRange(0, ToEnd) }

// LockRange reads the pages that hold the n bytes from off into memory and
// keeps them there: mlock(2). Locks do not nest, and Close ends them.
//
// LockRange returns [ErrNoMemory] or [ErrAgain] if RLIMIT_MEMLOCK is too low,
// or if a page is missing, past the end of the file for one, and
// [ErrPermission] if the process may lock nothing at all. The limit may be as
// low as a page: lock little, and be ready to go on without.
//
// Over a page that the disk cannot read, Linux never returns from Lock. Read the
// range by ReadAt, or touch a byte of each page in Guard, first: that returns an
// error. On Windows the limit is the minimum working set.
func (m *Mapping) LockRange(off, n int) error {
	r := m.request("mlock")
	r.off, r.n = int64(off), n
	return m.apply(&r, widened, sysLock)
}

// Unlock lets the system page the Mapping out again: munlock(2). It is
// UnlockRange(0, ToEnd).
func (m *Mapping) Unlock() error { return m.UnlockRange(0, ToEnd) }

// UnlockRange does to the pages that hold the n bytes from off what
// [Mapping.Unlock] does to all. On Linux, FreeBSD and Windows it returns nil
// for pages that are not locked.
func (m *Mapping) UnlockRange(off, n int) error {
	r := m.request("munlock")
	r.off, r.n = int64(off), n
	return m.apply(&r, widened, sysUnlock)
}

// Resident reports, for each page that holds some of the n bytes from off,
// whether it is in memory, so that an access need not wait for the disk:
// mincore(2). The first element is the page of Addr()+off. The answer may be out
// of date when it comes. On Linux a file that the caller neither owns nor may
// write is all true. With an error resident is nil.
//
// Systems differ: on FreeBSD it may tell what this process has mapped, and on
// Windows what is in its working set, so false does not mean a wait for the
// disk; under gVisor all pages are resident. OpenBSD, Solaris, illumos and AIX
// have no mincore: [ErrUnsupported].
func (m *Mapping) Resident(off, n int) (resident []bool, err error) {
	r := m.request("mincore")
	r.off, r.n = int64(off), n
	err = m.apply(&r, widened, func(pages []byte) error {
		if system.resident == nil {
			return ErrUnsupported
		}
		vec := make([]byte, len(pages)/pageSize)
		if err := system.resident(pages, vec); err != nil {
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

// Remap changes the length of the Mapping to length bytes. It keeps the bytes up
// to the smaller length. Every slice from Bytes and Slice is invalid after it,
// as after Close. length need not be a multiple of the page.
//
// To a smaller length, Remap unmaps the tail: munmap(2). (On Windows it
// decommits the tail of memory without a file; for a file it returns
// ErrUnsupported.) To a larger one it calls mremap(2), which only Linux and
// NetBSD have; with [RemapMayMove] the address may change. Elsewhere growing is
// [ErrUnsupported], and the way is to map the file again, change over to that
// Mapping, and close the old one.
//
// A Mapping that grows past the end of its file faults there, until the file
// grows too. Remap needs the Mapping to itself: it waits for Protect, and
// returns [ErrBusy] while any other call but ReadAt is in progress (a Guard
// around it, say). Calls that come while it runs wait, except Close and Flags,
// and Bytes and Len, which return the old values. When Remap fails nothing has
// changed. It returns
//
//   - [ErrNoMemory] if there is no room to grow without RemapMayMove, or if a
//     limit is reached;
//   - [ErrUnsupported] on NetBSD for growth without RemapMayMove;
//   - [ErrInvalid] for a length of 0 or less (or, on Linux, past the address
//     space; see also [ErrOverflow]), unknown flags, an empty Mapping, a part of
//     a huge page, and growth of huge pages;
//   - [ErrInvalid] for growth of a Mapping that Replace, ProtectRange,
//     LockRange or AdviseRange has split;
//   - [ErrInvalid] for growth of Shared|Anonymous memory, whose new pages would
//     fault.
func (m *Mapping) Remap(length int, flags RemapFlag) error {
	r := m.request("mremap")
	r.n, r.remap = length, flags
	if m == nil {
		return r.plain(ErrClosed)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	r.prot = m.prot
	old, err := m.beginRemap(&r)
	if err != nil {
		return err
	}
	now, err := m.move(&r, old)
	if err != nil {
		again := *old
		again.moving = false // a view of its own, not the one before: a ReadAt may have looked while mremap undid its work
		now = &again
	}
	return joinErrors(err, m.endRemap(old, now))
}

// move changes the length of what lies at old, and returns where it lies now.
func (m *Mapping) move(r *request, old *view) (*view, error) {
	oldBase, oldSize := old.pages()
	size, err := r.wholePages(old.lead())
	switch {
	case err != nil:
		return nil, err
	case r.remap&^RemapMayMove != 0:
		return nil, r.refuse(errInvalid, "unknown flags %v", r.remap&^RemapMayMove)
	case oldSize == 0:
		return nil, r.refuse(errInvalid, "the Mapping is empty: map the file again")
	case size > oldSize && r.kinds&sharedAnon != 0:
		return nil, r.refuse(errInvalid, "Shared|Anonymous memory cannot grow: there would be nothing behind the new pages")
	case size > oldSize && r.remap&RemapMayMove == 0 && system.movesToGrow:
		return nil, r.refuse(errUnsupported, "this system cannot grow a mapping without RemapMayMove")
	}
	if err := checkHuge(r, false); err != nil {
		return nil, err
	}
	base := oldBase
	switch {
	case size < oldSize:
		err = shrink(m, old, size)
	case size > oldSize && system.remap == nil:
		err = ErrUnsupported
	case size > oldSize:
		if r.remap&RemapMayMove != 0 {
			m.debugMoving(old)
		}
		base, err = system.remap(oldBase, oldSize, size, r.remap)
		if base != oldBase && err == nil {
			m.debugMoved(old)
		}
	}
	switch {
	case sentinelOf(err) == errFault:
		return nil, r.refuse(errInvalid, "%s: the Mapping cannot grow, because a call on a part of it (Replace, ProtectRange, LockRange, AdviseRange) has split it, or because it is a device's: map it again", r.asked())
	case err != nil:
		return nil, r.fail(err)
	}
	now := newView(base+uintptr(old.lead()), r.n)
	return &now, nil
}

// Replace maps n bytes of f from offset over the n bytes from off, or fresh
// memory where f is nil and flags hold [Anonymous]: mmap(2) with MAP_FIXED. It
// stays within the Mapping. Other threads see the change in one step. Prot and
// Flags stay those of the whole. To free a part, replace it by pages without
// access: nil, 0, ProtNone, Private|Anonymous.
//
// The range must begin at the boundary of a page (see the package
// documentation), and end at one or where the Mapping ends, and offset must be
// a multiple of the page: else Replace returns [ErrInvalid]. See [MapRegion]
// for other errors. With [ToEnd] n is all from off to the end of the Mapping.
//
// Replace first maps the same n bytes elsewhere for a moment; if that fails, for
// lack of room too, nothing has changed. Should the system refuse even after
// that and leave a hole, Replace fills it with pages of ProtNone.
func (m *Mapping) Replace(off, n int, f *os.File, offset int64, prot Prot, flags Flag) (err error) {
	r := request{op: "mmap", path: fileName(f), fd: -1, off: offset, prot: prot, flags: flags, kinds: kindOf(flags)}
	if f == nil && m != nil {
		r.path = m.path
	}
	at := r
	at.off, at.n = int64(off), n
	if m != nil {
		at.path = m.path
	}
	v, err := m.pin()
	if v == nil {
		return r.closed(err)
	}
	defer m.unpin(&err)
	pages, err := v.resolve(&at, ownEnd)
	if err != nil || len(pages) == 0 {
		return err
	}
	if r.n = n; n == ToEnd {
		r.n = v.length - off
	}
	if err := r.replaceBy(f, pages); err != nil {
		return err
	}
	m.kinds.Or(uint32(kindOf(flags)))
	return nil
}

// replaceBy maps r.n bytes of f, or anonymous memory, over pages.
func (r *request) replaceBy(f *os.File, pages []byte) error {
	if err := r.check(); err != nil {
		return err
	}
	switch {
	case r.off%int64(pageSize) != 0:
		return r.refuse(errInvalid, "offset %d is not a multiple of the page of %d bytes", r.off, pageSize)
	case r.flags&system.growsDown != 0:
		return r.refuse(errInvalid, "MAP_GROWSDOWN would leave the Mapping")
	case f == nil && r.flags&Anonymous != 0:
		return r.replace(pages)
	}
	var mapErr error
	err := onFile(*r, f, func(fd uintptr) {
		r.fd = int(fd)
		mapErr = r.replace(pages)
	})
	if err != nil {
		return err
	}
	return mapErr
}

// replace maps over pages of a Mapping that is pinned. It tries elsewhere
// first, because where MAP_FIXED fails some systems leave a hole.
func (r *request) replace(pages []byte) error {
	if err := checkHuge(r, true); err != nil { // over pages, mmap would go past their end
		return err
	}
	addr, size := uintptr(unsafe.Pointer(&pages[0])), uintptr(len(pages))
	trial, err := sysMap(0, size, r.prot, r.flags&^system.prefault, r.fd, r.off)
	if err != nil {
		return r.mapError(err)
	}
	if err := unmapPages(trial, size); err != nil {
		return (&request{op: "munmap", path: r.path, n: r.n, flags: r.flags, kinds: r.kinds}).fail(err)
	}
	if _, err := sysMap(addr, size, r.prot, r.flags|Fixed, r.fd, r.off); err != nil {
		fillHole(addr, size)
		return r.mapError(err)
	}
	return nil
}

// fillHole maps pages without access where nothing is mapped, so that no
// stranger moves in; it leaves alone what is there. It reports whether it did.
func fillHole(addr, size uintptr) bool {
	base, err := sysMap(addr, size, ProtNone, Private|Anonymous|system.noReserve|system.noReplace, -1, 0)
	if err == nil && base != addr {
		_ = sysUnmap(base, size)
	}
	return err == nil && base == addr
}
