// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package mmap

import (
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"unsafe"
)

// mapFile maps a file by its descriptor, to its end if length is ToEnd.
func (m *Mapping) mapFile(fd int, offset int64, length int, prot Prot, flags Flag) error {
	if offset < 0 {
		return checkMap(0, offset, 1, flags)
	}
	if length == ToEnd {
		n, err := lengthToEnd(fd, offset)
		if err != nil {
			return err
		}
		if n == 0 {
			return m.mapNothing(offset, prot, flags)
		}
		length = n
	}
	return m.mapPages(0, fd, offset, length, prot, flags)
}

// mapNothing opens m for an empty file. The system is not asked, so arguments
// that it would refuse are refused here.
func (m *Mapping) mapNothing(offset int64, prot Prot, flags Flag) error {
	if err := checkMap(0, offset, 1, flags&^hugeTLB); err != nil {
		return err
	}
	if flags&(Shared|Private) == 0 {
		return because(ErrInvalid, "Shared or Private is needed")
	}
	m.open(emptyView(), prot, flags)
	return nil
}

// mapPages maps length bytes, and opens m with them.
func (m *Mapping) mapPages(addr uintptr, fd int, offset int64, length int, prot Prot, flags Flag) error {
	if err := checkMap(addr, offset, length, flags); err != nil {
		return err
	}
	slop := int(offset & int64(pageSize-1))
	if flags&(fixedFlags|hugeTLB|Anonymous) != 0 && slop != 0 ||
		flags&fixedFlags != 0 && addr%uintptr(pageSize) != 0 { // some systems take the two together
		return because(ErrInvalid, fmt.Sprintf("address %#x and offset %d must be multiples of the page of %d bytes", addr, offset, pageSize))
	}
	size, err := wholePages(slop, length)
	if err != nil {
		return err
	}
	base, err := sysMap(addr, size, prot, flags, fd, offset-int64(slop))
	if err != nil {
		return mapError(err, fd, length, offset, prot, flags)
	}
	if noReplace != 0 && flags&noReplace == noReplace && base != addr {
		if err := sysUnmap(base, size); err != nil { // an old kernel took the address for a hint
			return err
		}
		return mapError(ErrExist, fd, length, offset, prot, flags)
	}
	m.open(newView(base+uintptr(slop), length), prot, flags)
	return nil
}

func (m *Mapping) open(v view, prot Prot, flags Flag) {
	m.first = v
	m.flags = uint32(flags)
	m.prot = prot
	if isSharedAnon(flags) {
		m.sharedAnon.Store(true)
	}
	m.view.Store(&m.first)
}

// replaceBy maps n bytes of f, or anonymous memory, over pages.
func replaceBy(pages []byte, n int, f *os.File, offset int64, prot Prot, flags Flag) error {
	if err := checkMap(0, offset, n, flags); err != nil {
		return err
	}
	switch {
	case offset%int64(pageSize) != 0:
		return because(ErrInvalid, fmt.Sprintf("offset %d is not a multiple of the page of %d bytes", offset, pageSize))
	case flags&growsDown != 0:
		return because(ErrInvalid, "MAP_GROWSDOWN would leave the Mapping")
	case f == nil && flags&Anonymous != 0:
		return replace(pages, -1, 0, prot, flags)
	}
	var mapErr error
	if err := onFile(f, flags, func(fd uintptr) { mapErr = replace(pages, int(fd), offset, prot, flags) }); err != nil {
		return err
	}
	return mapErr
}

// replace maps over pages of a Mapping that is pinned. It tries elsewhere
// first, for where MAP_FIXED fails some systems leave a hole.
func replace(pages []byte, fd int, offset int64, prot Prot, flags Flag) error {
	addr, size := uintptr(unsafe.Pointer(&pages[0])), uintptr(len(pages))
	trial, err := sysMap(0, size, prot, flags&^prefault, fd, offset)
	if err != nil {
		return mapError(err, fd, len(pages), offset, prot, flags)
	}
	if err := sysUnmap(trial, size); err != nil {
		if unmapHuge(trial, size) { // over pages, mmap would have gone past their end
			return because(ErrInvalid, fmt.Sprintf("length %d is not a multiple of the file's huge page", size))
		}
		return err
	}
	if _, err := sysMap(addr, size, prot, flags|Fixed, fd, offset); err != nil {
		fillHole(addr, size)
		return mapError(err, fd, len(pages), offset, prot, flags)
	}
	return nil
}

// fillHole maps pages without access where nothing is mapped, so that no
// stranger moves in; it leaves alone what is there.
func fillHole(addr, size uintptr) {
	base, err := sysMap(addr, size, ProtNone, Private|Anonymous|noReserve|noReplace, -1, 0)
	if err == nil && base != addr {
		_ = sysUnmap(base, size)
	}
}

func isSharedAnon(flags Flag) bool {
	return flags&Shared != 0 && flags&Anonymous != 0
}

// mapError is err, from an mmap of fd, with what was asked for. Systems that look at
// how a file was opened before they look at what it is call a pipe EACCES.
func mapError(err error, fd, length int, offset int64, prot Prot, flags Flag) error {
	if errnoSentinel(err) == ErrAccess {
		if _, e := lengthToEnd(fd, 0); errors.Is(e, ErrNotMappable) {
			return e
		}
	}
	return because(err, fmt.Sprintf("length %d at offset %d, %v, %v", length, offset, prot, flags))
}

// notMappable is the error for a file that has no bytes to map.
func notMappable() error {
	return because(ErrNotMappable, "a directory, pipe or socket has no bytes to map")
}

// onFile calls fn with the descriptor of f, which stays open meanwhile.
func onFile(f *os.File, flags Flag, fn func(fd uintptr)) error {
	switch {
	case !supported:
		return ErrUnsupported
	case f == nil:
		return because(ErrInvalid, "no file: memory without one is MapAnon, or Replace with Anonymous")
	case flags&Anonymous != 0:
		return because(ErrInvalid, "Anonymous memory has no file: use MapAnon, or Replace without a file")
	}
	c, err := f.SyscallConn()
	if err != nil {
		return err
	}
	if c.Control(fn) != nil {
		return fs.ErrClosed
	}
	return nil
}

func fileName(f *os.File) string {
	if f == nil {
		return ""
	}
	return f.Name()
}

// checkMap checks what is the same for all that is mapped.
func checkMap(addr uintptr, offset int64, length int, flags Flag) error {
	switch {
	case !supported:
		return ErrUnsupported
	case length == ToEnd:
		return because(ErrInvalid, "ToEnd is for MapRegion: give a length")
	case length <= 0:
		return because(ErrInvalid, fmt.Sprintf("length %d is not at least 1", length))
	case offset < 0:
		return because(ErrInvalid, fmt.Sprintf("offset %d is negative", offset))
	case offset > math.MaxInt64-int64(length):
		return because(ErrOverflow, fmt.Sprintf("length %d at offset %d ends past any file", length, offset))
	case addr == 0 && flags&fixedFlags != 0:
		return because(ErrInvalid, fmt.Sprintf("%v is for MapAt with an address that is not 0", flags&fixedFlags))
	case flags>>32 != 0:
		return because(ErrInvalid, fmt.Sprintf("flags %v are more than 32 bits", flags))
	}
	return checkHuge(flags, length)
}

// wholePages is the size of the pages that hold slop bytes and length more.
func wholePages(slop, length int) (uintptr, error) {
	switch {
	case length <= 0:
		return 0, because(ErrInvalid, fmt.Sprintf("length %d is not at least 1", length))
	case length > math.MaxInt-slop-(pageSize-1):
		return 0, because(ErrOverflow, fmt.Sprintf("length %d is more than the address space", length))
	}
	return uintptr(slop+length+pageSize-1) &^ uintptr(pageSize-1), nil
}

// An extent is a part of a Mapping on which a system call is to act.
type extent struct {
	off, n           int
	whole            bool // all of it, whatever off and n are
	exact            bool // only whole pages: do not widen
	ownStart, ownEnd bool // but the Mapping's own start or end will do
}

// resolve is the pages that hold e.
func (v *view) resolve(e extent) ([]byte, error) {
	if e.whole {
		e.off, e.n = 0, v.length
	}
	if e.off < 0 || e.n < 0 || e.off > v.length || e.n > v.length-e.off {
		return nil, because(ErrRange, fmt.Sprintf("length %d at offset %d of %d bytes", e.n, e.off, v.length))
	}
	if e.n == 0 {
		return nil, nil
	}
	mask := uintptr(pageSize - 1)
	lo, hi := v.addr(e.off), v.addr(e.off+e.n)
	if e.exact {
		startsPage := lo&mask == 0 || e.ownStart && e.off == 0
		endsPage := hi&mask == 0 || e.ownEnd && e.off+e.n == v.length
		if !startsPage || !endsPage {
			return nil, because(ErrInvalid, fmt.Sprintf("length %d at offset %d (address %#x) is not whole pages of %d bytes, and neighbours would change too", e.n, e.off, lo, pageSize))
		}
	}
	lo, hi = lo&^mask, (hi+mask)&^mask
	return memory(lo, hi-lo), nil
}

// apply calls call with the pages of e, if there are any.
func (m *Mapping) apply(op string, e extent, call func(pages []byte) error) (err error) {
	v, err := m.pin()
	if err != nil {
		return m.fail(op, err)
	}
	defer m.unpin(&err)
	pages, err := v.resolve(e)
	if err == nil && len(pages) != 0 {
		err = call(pages)
	}
	if err != nil {
		return m.fail(op, err)
	}
	return nil
}
