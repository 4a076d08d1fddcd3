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
	base, size uintptr // its pages; size 0: nothing is mapped
	slop       int     // bytes of the first page that precede it
	length     int     // of Bytes
}

// addr is the address of the byte at off.
func (v *view) addr(off int) uintptr {
	if v.size == 0 {
		return 0
	}
	return v.base + uintptr(v.slop+off)
}

// bytes is what Bytes returns.
func (v *view) bytes() []byte {
	if v.size == 0 {
		return []byte{}
	}
	return memory(v.addr(0), uintptr(v.length))
}

// pages is the whole of the pages.
func (v *view) pages() []byte { return memory(v.base, v.size) }

// memory is mapped memory as a slice. To add to nil says that it is not Go's.
func memory(addr, size uintptr) []byte {
	return unsafe.Slice((*byte)(unsafe.Add(nil, addr)), size)
}

// The life of a Mapping.
//
// m.refs counts who needs the pages: the open Mapping itself is one, each call
// that pins it another. Who drops the last reference unmaps what is in m.doomed.
// Remap does not share: it enters only where the open Mapping is the sole
// reference, and adds the bit exclusive, which pins wait out.
//
// ReadAt does not count, so that readers on many processors do not fight over
// one cache line. It loads m.view, copies, and loads m.view again: while the
// view is the same the pages were its own. So Close and Remap change m.view
// first and unmap or move after; and what Remap puts there meanwhile is &moving.
//
// m.view goes from a view to &moving and to another view, any number of times,
// and at last to nil, where it stays. Each step is a swap that one caller wins.

// exclusive is more than all the references that there can be at once.
const exclusive = 1 << 40

// moving is what m.view points to while Remap is inside.
var moving view

// load is the current view, nil if m is closed.
func (m *Mapping) load() *view {
	if m == nil {
		return nil
	}
	v := m.view.Load()
	if v == &moving {
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
		if v != &moving {
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
		case refs <= 0:
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

// drop gives up n references.
func (m *Mapping) drop(n int64) error {
	if m.refs.Add(-n) != 0 {
		return nil
	}
	return m.unmap()
}

// unmap unmaps what Close left in m.doomed, and leaves it there for the next
// Close if the system refuses.
func (m *Mapping) unmap() error {
	v := m.doomed.Swap(nil)
	if v == nil {
		return m.fail("munmap", ErrClosed)
	}
	if err := v.unmap(); err != nil {
		m.doomed.Store(v)
		return m.fail("munmap", err)
	}
	return nil
}

func (m *Mapping) close() error {
	if m == nil {
		return m.fail("munmap", ErrClosed)
	}
	switch v := m.view.Swap(nil); v {
	case nil:
		if m.refs.Load() != 0 {
			return m.fail("munmap", ErrClosed)
		}
		return m.unmap()
	case &moving: // Remap sees that it is closed, and dooms the view that it made
	default:
		m.doomed.Store(v)
	}
	return m.drop(1)
}

// freeze takes m for Remap alone, until thaw. m.mu is held throughout.
func (m *Mapping) freeze() (*view, error) {
	if !m.refs.CompareAndSwap(1, 1+exclusive) {
		if m.view.Load() == nil {
			return nil, ErrClosed
		}
		return nil, because(ErrBusy, "other calls are inside the Mapping, perhaps a Guard around this one")
	}
	v := m.view.Load()
	if v != nil && m.view.CompareAndSwap(v, &moving) {
		return v, nil
	}
	if err := m.drop(exclusive); err != nil {
		return nil, err
	}
	return nil, ErrClosed
}

// thaw publishes v, or unmaps it if Close came meanwhile.
func (m *Mapping) thaw(v *view) error {
	if !m.view.CompareAndSwap(&moving, v) {
		m.doomed.Store(v)
	}
	return m.drop(exclusive)
}

func (v *view) unmap() error {
	if v.size == 0 {
		return nil
	}
	err := sysUnmap(v.base, v.size)
	if err != nil && errnoSentinel(err) == ErrInvalid && unmapHuge(v.base, v.size) {
		return nil
	}
	return err
}
