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
// It holds addresses and no pointers, for it may outlive its pages, in a closed
// Mapping or a ReadAt that Close overtook. When the Go heap later grows over
// their addresses, the garbage collector ends the process at a pointer there.
type view struct {
	data             uintptr // these three lie in memory as a []byte does, so that Bytes is one load
	length, capacity int     // 0 where nothing is mapped, for an empty file
	moving           bool    // Remap is inside, and will publish another
}

func newView(data uintptr, length int) view {
	return view{data: data, length: length, capacity: length}
}

// emptyView is that of an empty file. Bytes is not nil: any address will do.
func emptyView() view { return newView(uintptr(unsafe.Pointer(&pageSize)), 0) }

// bytes is what Bytes returns.
func (v *view) bytes() []byte { return *(*[]byte)(unsafe.Pointer(v)) }

// addr is the address of the byte at off.
func (v *view) addr(off int) uintptr {
	if v.length == 0 {
		return 0
	}
	return v.data + uintptr(off)
}

// slop is the number of bytes of the first page that precede Bytes.
func (v *view) slop() int { return int(v.addr(0)) & (pageSize - 1) }

// pages is where the pages begin, and their size in bytes.
func (v *view) pages() (base, size uintptr) {
	mask := uintptr(pageSize - 1)
	base = v.addr(0) &^ mask
	return base, (v.addr(v.length)+mask)&^mask - base
}

// memory is mapped memory as a slice. To add to nil says that it is not Go's; it
// may be by now, for a ReadAt that Close has overtaken.
//
//go:nocheckptr
func memory(addr, size uintptr) []byte {
	return unsafe.Slice((*byte)(unsafe.Add(nil, addr)), size)
}

// The life of a Mapping.
//
// m.refs counts the calls that need the pages to stay. Close adds the bit closed.
// It unmaps at once where no call is inside; else it leaves the view in m.doomed,
// and the last call that leaves unmaps it. If that fails the view stays in m.doomed,
// and there is the bit stuck, which a later Close takes away to try again. Remap
// does not share: it enters only where no call is, and adds the bit exclusive,
// which others wait out.
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

// The bits of m.refs, which are more than all the calls that there can be.
const (
	exclusive = 1 << 40
	closed    = 1 << 41
	stuck     = 1 << 42 // beside closed: the system refused to unmap, and a later Close may try again
)

// load is the current view once it does not move, nil if m is closed.
func (m *Mapping) load() *view {
	if m == nil {
		return nil
	}
	v := m.view.Load()
	if v != nil && v.moving {
		v = m.settled()
	}
	return v
}

// settled waits until Remap is outside. It may find another Remap begun.
func (m *Mapping) settled() *view {
	for {
		m.mu.Lock()
		v := m.view.Load()
		m.mu.Unlock()
		if v == nil || !v.moving {
			return v
		}
	}
}

// still reports whether v is the current view: if so, what was copied from its
// pages since v was loaded came from them and from no later mapping.
func (m *Mapping) still(v *view) bool {
	// On a weakly ordered processor the loads of the copy could move past the
	// load below. The release half of a read-modify-write keeps them before it,
	// and an atomic load does not move before a release.
	if runtime.GOARCH != "amd64" && runtime.GOARCH != "386" {
		var fence atomic.Uint32
		fence.Add(1)
	}
	return m.view.Load() == v
}

// pin keeps the pages of the view that it returns mapped and in place until
// unpin.
func (m *Mapping) pin() (*view, error) {
	if m == nil {
		return nil, ErrClosed
	}
	for {
		refs := m.refs.Load()
		switch {
		case refs >= closed:
			return nil, ErrClosed
		case refs >= exclusive:
			m.settled()
		case m.refs.CompareAndSwap(refs, refs+1):
			if v := m.view.Load(); v != nil {
				return v, nil
			}
			if err := m.drop(1); err != nil { // Close was faster, and left the pages to this reference
				return nil, err
			}
			return nil, ErrClosed
		}
	}
}

// unpin ends a pin. If the pages were left to it, *err tells what became of them.
func (m *Mapping) unpin(err *error) { *err = joinErrors(*err, m.drop(1)) }

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

// drop takes n from m.refs.
func (m *Mapping) drop(n int64) error {
	if m.refs.Add(-n) != closed {
		return nil
	}
	return m.unmap()
}

// unmap unmaps what is in m.doomed. One caller at a time comes here: the last to
// leave, or a Close that took stuck away.
func (m *Mapping) unmap() error { return m.free(m.doomed.Swap(nil)) }

// free unmaps v, which nobody needs, or leaves it for a later Close. m.refs is
// closed, which no other call changes.
func (m *Mapping) free(v *view) error {
	if err := v.unmap(); err != nil {
		m.doomed.Store(v)
		m.refs.Store(closed | stuck)
		return m.fail("munmap", err)
	}
	return nil
}

func (m *Mapping) close() error {
	if m == nil {
		return m.fail("munmap", ErrClosed)
	}
	switch v := m.view.Swap(nil); {
	case v == nil:
		if !m.refs.CompareAndSwap(closed|stuck, closed) {
			return m.fail("munmap", ErrClosed)
		}
		return m.unmap()
	case v.moving: // Remap sees that it is closed, and dooms the view that it made
	case m.refs.CompareAndSwap(0, closed): // nobody is inside
		return m.free(v)
	default:
		m.doomed.Store(v)
	}
	return m.drop(-closed)
}

// freeze takes m for Remap alone, until thaw. m.mu is held throughout.
func (m *Mapping) freeze() (*view, error) {
	if !m.refs.CompareAndSwap(0, exclusive) {
		if m.view.Load() == nil {
			return nil, ErrClosed
		}
		return nil, because(ErrBusy, "other calls are inside the Mapping, perhaps a Guard around this one")
	}
	if v := m.view.Load(); v != nil {
		moving := *v
		moving.moving = true
		if m.view.CompareAndSwap(v, &moving) {
			return &moving, nil
		}
	}
	if err := m.drop(exclusive); err != nil {
		return nil, err
	}
	return nil, ErrClosed
}

// thaw publishes v in place of old, or unmaps it if Close came meanwhile.
func (m *Mapping) thaw(old, v *view) error {
	if !m.view.CompareAndSwap(old, v) {
		m.doomed.Store(v)
	}
	return m.drop(exclusive)
}

func (v *view) unmap() error {
	base, size := v.pages()
	if size == 0 {
		return nil
	}
	err := sysUnmap(base, size)
	if err != nil && errnoSentinel(err) == ErrInvalid && unmapHuge(base, size) {
		return nil
	}
	return err
}
