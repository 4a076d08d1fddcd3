// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build linux

package modelcheck

import (
	"sync"
	"unsafe"
)

// This file stands in for sync and sync/atomic. Each operation is a step.

// What is of no interest here.
type (
	Map  = sync.Map
	Once = sync.Once
)

func OnceValue[T any](f func() T) func() T { return sync.OnceValue(f) }

// A Mutex stands in for sync.Mutex.
type Mutex struct{ owner *thread }

var nobody thread // owns a Mutex that is locked while no thread runs

func (m *Mutex) Lock() {
	if x.current != nil && x.current.inClose() && m.owner != nil {
		x.fail("Close waits for a mutex")
	}
	x.step(m)
	if m.owner != nil {
		panic("a mutex was left locked")
	}
	m.owner = x.current
	if m.owner == nil {
		m.owner = &nobody
	}
	x.note("Lock", identify(unsafe.Pointer(m)), 0, 1, 1)
}

func (m *Mutex) TryLock() bool {
	x.step(nil)
	if m.owner != nil {
		x.note("TryLock", identify(unsafe.Pointer(m)), 0, 0, 0)
		return false
	}
	m.owner = x.current
	x.note("TryLock", identify(unsafe.Pointer(m)), 0, 1, 1)
	return true
}

func (m *Mutex) Unlock() {
	x.step(nil)
	if m.owner == nil {
		panic("unlock of an unlocked mutex")
	}
	m.owner = nil
	x.note("Unlock", identify(unsafe.Pointer(m)), 1, 0, 0)
}

// An integer stands in for the integers of sync/atomic.
type integer[T ~int32 | ~int64 | ~uint32 | ~uint64 | ~uintptr] struct{ v T }

type (
	Int32   = integer[int32]
	Int64   = integer[int64]
	Uint32  = integer[uint32]
	Uint64  = integer[uint64]
	Uintptr = integer[uintptr]
)

func (a *integer[T]) Load() T {
	x.step(nil)
	return a.become("Load", a.v, a.v)
}

func (a *integer[T]) Store(v T) {
	x.step(nil)
	a.become("Store", v, v)
}

func (a *integer[T]) Add(n T) T {
	x.step(nil)
	return a.become("Add", a.v+n, a.v+n)
}

func (a *integer[T]) And(mask T) T {
	x.step(nil)
	return a.become("And", a.v&mask, a.v)
}

func (a *integer[T]) Or(mask T) T {
	x.step(nil)
	return a.become("Or", a.v|mask, a.v)
}

func (a *integer[T]) Swap(v T) T {
	x.step(nil)
	return a.become("Swap", v, a.v)
}

func (a *integer[T]) CompareAndSwap(old, v T) bool {
	x.step(nil)
	if a.v != old {
		a.become("CompareAndSwap fails", a.v, a.v)
		return false
	}
	a.become("CompareAndSwap", v, v)
	return true
}

func (a *integer[T]) become(what string, v, seen T) T {
	old := a.v
	a.v = v
	x.note(what, identify(unsafe.Pointer(a)), uint64(old), uint64(v), uint64(seen))
	return seen
}

// A Bool stands in for atomic.Bool.
type Bool struct{ Uint32 }

func word(v bool) uint32 {
	if v {
		return 1
	}
	return 0
}

func (a *Bool) Load() bool                      { return a.Uint32.Load() != 0 }
func (a *Bool) Store(v bool)                    { a.Uint32.Store(word(v)) }
func (a *Bool) Swap(v bool) bool                { return a.Uint32.Swap(word(v)) != 0 }
func (a *Bool) CompareAndSwap(old, v bool) bool { return a.Uint32.CompareAndSwap(word(old), word(v)) }

// A Pointer stands in for atomic.Pointer.
type Pointer[T any] struct{ p *T }

func (a *Pointer[T]) Load() *T {
	x.step(nil)
	return a.become("Load", a.p, a.p)
}

func (a *Pointer[T]) Store(p *T) {
	x.step(nil)
	a.become("Store", p, p)
}

func (a *Pointer[T]) Swap(p *T) *T {
	x.step(nil)
	return a.become("Swap", p, a.p)
}

func (a *Pointer[T]) CompareAndSwap(old, p *T) bool {
	x.step(nil)
	if a.p != old {
		a.become("CompareAndSwap fails", a.p, a.p)
		return false
	}
	a.become("CompareAndSwap", p, p)
	return true
}

func (a *Pointer[T]) become(what string, p, seen *T) *T {
	old := a.p
	a.p = p
	x.note(what, identify(unsafe.Pointer(a)),
		identify(unsafe.Pointer(old)), identify(unsafe.Pointer(p)), identify(unsafe.Pointer(seen)))
	return seen
}

// identify returns a number for what p points at that is the same in every
// schedule: its place in the Mapping, or by what its thread had seen when it
// first showed it to others.
func identify(p unsafe.Pointer) uint64 {
	if p == nil {
		return 0
	}
	if off := uintptr(p) - uintptr(x.base); off < x.size {
		return 1 + uint64(off)
	}
	for _, o := range x.objects {
		if o.p == p {
			return o.id
		}
	}
	id := uint64(len(x.objects)) << 32
	if x.current != nil {
		id = mix(x.current.seen, uint64(x.current.id), 3)
	}
	x.objects = append(x.objects, object{p, id})
	return id
}

// An object lies outside of the Mapping. To hold it keeps its address its own.
type object struct {
	p  unsafe.Pointer
	id uint64
}
