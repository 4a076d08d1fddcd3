// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package mmap

import (
	"fmt"
	"unsafe"
)

// What the tests use of the package's internals.

var (
	CopySteps    = copySteps
	FillHole     = fillHole
	FixesAddress = fixesAddress
	HasKind      = hasKind
	RWX          = Prot.rwx

	BareSyncIgnored = system.bareSyncIgnored
	HugeTLBFlag     = system.hugeTLB
	NoReplaceFlag   = system.noReplace
	NoReserveFlag   = system.noReserve
)

// A Request is a request, for its checks and its errors.
type Request struct {
	Op, Path string
	FD       int
	Addr     uintptr
	Off      int64
	N        int
	Prot     Prot
	Flags    Flag
	Remap    RemapFlag
}

func (r Request) request() *request {
	return &request{
		op: r.Op, path: r.Path, fd: r.FD, addr: r.Addr, off: r.Off, n: r.N,
		prot: r.Prot, flags: r.Flags, kinds: kindOf(r.Flags), remap: r.Remap,
	}
}

func (r Request) Check() error                         { return r.request().check() }
func (r Request) CheckHuge(fixed bool) error           { return checkHuge(r.request(), fixed) }
func (r Request) Error(err error) error                { return r.request().plain(err) }
func (r Request) Fail(err error) error                 { return r.request().fail(err) }
func (r Request) WholePages(lead int) (uintptr, error) { return r.request().wholePages(lead) }

type Edge = edge

const (
	Widened   = widened
	OwnEnds   = ownEnds
	OwnEnd    = ownEnd
	Unwidened = unwidened
)

// A View is where a Mapping lies.
type View = view

func NewView(data uintptr, length int) View { return newView(data, length) }
func ViewOf(m *Mapping) *View               { return m.load() }

// MappingOf returns a Mapping that lies at v and must not be closed.
func MappingOf(v View, prot Prot, flags Flag) *Mapping {
	m := new(Mapping)
	m.open(v, &request{prot: prot, flags: flags})
	return m
}

func (v *view) Addr(off int) uintptr        { return v.addr(off) }
func (v *view) Len() int                    { return v.length }
func (v *view) Pages() (base, size uintptr) { return v.pages() }
func (v *view) Lead() int                   { return v.lead() }
func (v *view) Resolve(off, n int, e Edge) ([]byte, error) {
	return v.resolve(&request{off: int64(off), n: n}, e)
}

// ViewOffsets returns where a view has what bytes takes for a slice's address,
// length and capacity.
func ViewOffsets() (data, length, capacity uintptr) {
	var v view
	return unsafe.Offsetof(v.data), unsafe.Offsetof(v.length), unsafe.Offsetof(v.capacity)
}

// ChangedOffset returns where what calls change begins in a Mapping.
func ChangedOffset() uintptr { return unsafe.Offsetof(Mapping{}.refs) }

// Calls returns how many calls are inside of m, and whether m is closed.
func Calls(m *Mapping) (inside int64, isClosed bool) {
	refs := m.refs.Load()
	return refs &^ closed, refs&closed != 0
}

// IsPending reports whether pages of m are left to be unmapped.
func IsPending(m *Mapping) bool { return m.pending.Load() != nil }

// A Name is what a value is called.
type Name struct {
	Value fmt.Stringer
	Name  string
}

// Names returns all values that have a name.
func Names() (all []Name) {
	for _, names := range [][]bitName{flagNames, archFlagNames, system.flagNames} {
		for _, n := range names {
			if n.value != 0 {
				all = append(all, Name{Flag(n.value), n.name})
			}
		}
	}
	for _, names := range [][]bitName{syncNames, system.syncNames} {
		for _, n := range names {
			all = append(all, Name{SyncFlag(n.value), n.name})
		}
	}
	for _, names := range [][]adviceName{adviceNames, system.adviceNames} {
		for _, n := range names {
			all = append(all, Name{n.advice, n.name})
		}
	}
	return all
}

// KeepsBytes reports whether advice is known to lose no bytes.
func KeepsBytes(advice Advice) bool {
	known, _ := advice.lookup()
	return known.effect == keepsBytes
}

// Errnos returns the errnos of every Unix that have an error of the package.
func Errnos() (errnos []error) {
	for _, e := range errnoSentinels {
		errnos = append(errnos, e.errno)
	}
	return errnos
}
