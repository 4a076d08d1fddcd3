// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package mmap

import (
	"errors"
	"runtime"
	"sync/atomic"
	"unsafe"
)

// A view is where a Mapping lies. It never changes: Remap makes another.
//
// It holds addresses and no pointers, because it may outlive its pages, in a
// closed Mapping or a ReadAt that Close overtook. When the Go heap later grows
// over their addresses, the garbage collector ends the process at a pointer
// there.
type view struct {
	data             uintptr // these three lie in memory as a []byte does: see bytes
	length, capacity int     // 0 where nothing is mapped, for an empty file
	moving           bool    // Remap is inside, and will publish another
	unmapFailed      bool    // munmap failed
}

func newView(data uintptr, length int) view {
	return view{data: data, length: length, capacity: length}
}

// emptyView returns the view of an empty file. Bytes is not nil: any address
// will do.
func emptyView() view { return newView(uintptr(unsafe.Pointer(&pageSize)), 0) }

// bytes returns the memory as a slice. It stretches rule 1 of unsafe.Pointer: it
// takes the first three fields of a view for a slice header, whose layout the
// language does not promise, so that Bytes is one load. TestViewIsSlice pins it.
func (v *view) bytes() []byte { return *(*[]byte)(unsafe.Pointer(v)) }

// addr returns the address of the byte at off, 0 in an empty view.
func (v *view) addr(off int) uintptr {
	if v.length == 0 {
		return 0
	}
	return v.data + uintptr(off)
}

// lead returns the number of bytes of the first page that precede Bytes.
func (v *view) lead() int { return int(v.addr(0)) & (pageSize - 1) }

// pages returns where the pages begin, and their size in bytes.
func (v *view) pages() (base, size uintptr) {
	mask := uintptr(pageSize - 1)
	base = v.addr(0) &^ mask
	return base, (v.addr(v.length)+mask)&^mask - base
}

// memory returns mapped memory as a slice. Adding to nil marks it as outside of the
// Go heap. After Close it may be inside, hence nocheckptr.
//
//go:nocheckptr
func memory(addr, size uintptr) []byte {
	return unsafe.Slice((*byte)(unsafe.Add(nil, addr)), size)
}

// The life of a Mapping.
//
// m.refs counts the calls that need the pages to stay. A call adds itself first
// and looks at the bits after: if it finds closed or exclusive, it takes itself
// back. So the count may be too high for a moment, but never too low.
//
// Close takes m.view, leaves it in m.pending, and adds the bit closed. Whoever
// then brings the count to 0, Close itself if nobody is inside, takes the view
// out of m.pending and unmaps it. If munmap fails, a copy of the view goes back
// that is marked as unmapFailed: only a later Close takes it.
//
// Remap does not share: it starts only where the count is 0, and adds the bit
// exclusive, which others wait out.
//
// ReadAt does not count, so that readers on many processors do not fight over
// one cache line. It loads m.view, copies, and loads m.view again: while the
// view is the same the pages were its own. So Close and Remap change m.view
// first and unmap or move after; and what Remap puts there meanwhile is a copy
// that is marked as moving. Bytes alone does not mind the mark: whoever calls it
// then might as well have called it before.
//
// m.view goes from a view to a moving one and to another view, any number of
// times, and at last to nil, where it stays. Each step is a swap that one caller
// wins.

// The bits of m.refs, each above any possible count.
const (
	exclusive = 1 << 40
	closed    = 1 << 41
)

// load returns the current view once it does not move, nil if m is closed.
func (m *Mapping) load() *view {
	if m == nil {
		return nil
	}
	v := m.view.Load()
	if v != nil && v.moving {
		v = m.waitForRemap()
	}
	return v
}

// waitForRemap waits until Remap is outside, and returns the view then. It may
// find another Remap begun.
func (m *Mapping) waitForRemap() *view {
	for {
		m.mu.Lock()
		v := m.view.Load()
		m.mu.Unlock()
		if v == nil || !v.moving {
			return v
		}
	}
}

// isCurrent reports whether v is the current view: if so, what was copied from
// its pages since v was loaded came from them and from no later mapping.
func (m *Mapping) isCurrent(v *view) bool {
	// On a weakly ordered processor the loads of the copy could move past the
	// load below. The release half of a read-modify-write keeps them before it,
	// and an atomic load does not move before a release.
	if runtime.GOARCH != "amd64" && runtime.GOARCH != "386" {
		var fence atomic.Uint32
		fence.Add(1)
	}
	return m.view.Load() == v
}

// pin returns the view whose pages it keeps mapped and in place until unpin. It
// returns nil if m is closed, and an error if the pages were left to it and
// could not be unmapped.
func (m *Mapping) pin() (*view, error) {
	if v := m.tryPin(); v != nil {
		return v, nil
	}
	return m.pinAgain()
}

// tryPin pins where nothing is closed or moved. Where it returns nil, pinAgain must
// follow. Guard and WriteAt call the two themselves, because the compiler inlines
// tryPin, and pin is too long.
func (m *Mapping) tryPin() *view {
	if m != nil && m.refs.Add(1) < exclusive {
		return m.view.Load() // nil once Close has come
	}
	return nil
}

// pinAgain undoes a tryPin that returned nil, and pins once Remap is outside.
func (m *Mapping) pinAgain() (*view, error) {
	for m != nil {
		if err := m.drop(1); err != nil || m.view.Load() == nil {
			return nil, err
		}
		m.waitForRemap()
		if v := m.tryPin(); v != nil {
			return v, nil
		}
	}
	return nil, nil
}

// unpin ends a pin. If the pages were left to it and could not be unmapped, it joins
// that to *err. The compiler inlines it.
func (m *Mapping) unpin(err *error) {
	if m.refs.Add(-1) == closed {
		m.unmapLeft(err)
	}
}

// unmapLeft unmaps what Close has left to a call that returns *err.
func (m *Mapping) unmapLeft(err *error) {
	*err = joinErrors(*err, m.unmap(m.takePending(false)))
}

// joinErrors is errors.Join that leaves a single error as it is.
func joinErrors(a, b error) error {
	switch {
	case a == nil:
		return b
	case b == nil:
		return a
	}
	return errors.Join(a, b)
}

// drop takes n from m.refs. If that leaves nobody inside of a closed Mapping, it
// unmaps the pages.
func (m *Mapping) drop(n int64) (err error) {
	if m.refs.Add(-n) == closed {
		m.unmapLeft(&err)
	}
	return err
}

// takePending takes the view out of m.pending if its unmapFailed is the one given.
func (m *Mapping) takePending(unmapFailed bool) *view {
	v := m.pending.Load()
	if v == nil || v.unmapFailed != unmapFailed || !m.pending.CompareAndSwap(v, nil) {
		return nil
	}
	return v
}

// unmap unmaps v, which nobody needs, or leaves it for a later Close. v may be
// nil: somebody else took it.
func (m *Mapping) unmap(v *view) error {
	if v == nil {
		return nil
	}
	err := release(m, v)
	if err == nil {
		return nil
	}
	again := *v
	again.unmapFailed = true
	m.pending.Store(&again)
	r := m.request("munmap")
	r.n = v.length
	return r.fail(err)
}

// Close unmaps the Mapping: munmap(2). It does not write anything: what was
// stored in a Shared mapping reaches the file in the system's own time, or by
// [Mapping.Sync].
//
// Close returns at once. Where other calls than ReadAt are in progress, its own
// caller's Guard for one, the last of them to return unmaps the pages. Close
// may be called once: a second Close returns [ErrClosed]. If munmap fails (the
// pages are sealed, or [ErrNoMemory] where the process can have no more
// mappings), the call that tried returns that error, joined with its own if it
// has one. Then Close may be called again to retry.
func (m *Mapping) Close() error {
	if m == nil {
		return m.plain("munmap", ErrClosed)
	}
	v := m.view.Swap(nil)
	if v == nil {
		if v = m.takePending(true); v != nil {
			return m.unmap(v)
		}
		return m.plain("munmap", ErrClosed)
	}
	m.debugClosing(v)
	if !v.moving { // else Remap sees that it is closed, and leaves the view that it made
		m.pending.Store(v)
	}
	return m.drop(-closed)
}

// beginRemap takes m for Remap alone, until endRemap. m.mu is held throughout.
func (m *Mapping) beginRemap(r *request) (*view, error) {
	if !m.refs.CompareAndSwap(0, exclusive) {
		if m.view.Load() == nil {
			return nil, r.plain(ErrClosed)
		}
		return nil, r.refuse(errBusy, "%s: another call is in progress, perhaps a Guard around this one: try again when it has returned", r.asked())
	}
	if v := m.view.Load(); v != nil {
		moving := *v
		moving.moving = true
		if m.view.CompareAndSwap(v, &moving) {
			return &moving, nil
		}
	}
	return nil, r.closed(m.drop(exclusive))
}

// endRemap publishes v in place of old, or unmaps it if Close came meanwhile.
func (m *Mapping) endRemap(old, v *view) error {
	if !m.view.CompareAndSwap(old, v) {
		m.pending.Store(v)
	}
	return m.drop(exclusive)
}

// unmapPages unmaps pages, and the rest of a huge page at their end.
func unmapPages(base, size uintptr) error {
	if size == 0 {
		return nil
	}
	err := sysUnmap(base, size)
	if err != nil && sentinelOf(err) == errInvalid && system.unmapHuge != nil && system.unmapHuge(base, size) {
		return nil
	}
	return err
}
