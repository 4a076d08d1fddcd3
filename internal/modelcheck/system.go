// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build linux

package modelcheck

import (
	"slices"
	"syscall"
	"unsafe"
)

// This file stands in for the system: an address space of a few pages, most of
// them the Mapping's. Nothing is stored in them: a page knows which of the
// Mapping's it is.

// A page is in one of these states, or, if it is at least mapped, a page of the
// Mapping: its number there, plus mapped.
type page uint8

const (
	unused   page = iota
	unmapped      // was the Mapping's: whoever comes may be there by now
	stranger
	moving // mremap has taken it away, and may bring it back
	mapped
)

const (
	pagesAtFirst = 2
	pagesGrown   = 3
	room         = 8 // pages from one place where mmap maps to the next
	places       = 8
)

var (
	pageSize = uintptr(syscall.Getpagesize())
	arena    = make([]byte, (room*places+1)*int(pageSize)) // for its addresses
	bottom   = (uintptr(unsafe.Pointer(unsafe.SliceData(arena))) + pageSize - 1) &^ (pageSize - 1)
)

type space struct {
	pages    [room * places]page
	held     [room * places]int8 // Guards whose function has them
	taken    int                 // places
	fails    int                 // system calls that failed
	unheard  int                 // those of them that the library need not report
	unclosed int                 // munmap of the whole Mapping that failed
}

// index returns which page addr is in, -1 if none.
func index(addr uintptr) int {
	if i := (addr - bottom) / pageSize; i < room*places {
		return int(i)
	}
	return -1
}

// set changes a page.
func (s *search) set(i int, p page) {
	if s.held[i] > 0 && p != s.pages[i] {
		s.fail("a page is unmapped or moved while a Guard is inside")
	}
	s.shared ^= mix(uint64(i), uint64(s.pages[i]), 4) ^ mix(uint64(i), uint64(p), 4)
	s.pages[i] = p
}

// enter is a step: a system call.
func (s *search) enter(what string) {
	s.step(nil)
	s.note(what, 0, 0, 0, 0)
}

// mayFail returns whether a system call fails.
func (s *search) mayFail() bool {
	return s.current != nil && s.fails < s.failures && s.toss(2) == 1
}

func (s *search) failed(why string) error {
	s.fails++
	s.note(why+" fails", 1<<20, uint64(s.fails-1), uint64(s.fails), 1)
	return syscall.ENOMEM
}

// SysMap stands in for mmap(2), where the system likes to map.
func SysMap(addr, size uintptr) uintptr {
	x.enter("mmap")
	if addr != 0 {
		x.fail("mmap at an address: teach SysMap what it does")
	}
	first := x.taken * room
	x.taken++
	for i := range int(size / pageSize) {
		x.set(first+i, mapped+page(i))
	}
	return bottom + uintptr(first)*pageSize
}

// SysUnmap stands in for munmap(2).
func SysUnmap(addr, size uintptr) error {
	x.enter("munmap")
	first := x.whole(addr, size, "munmap")
	if first < 0 {
		return syscall.EINVAL
	}
	if x.mayFail() {
		if x.pages[first] == mapped {
			x.unclosed++
		}
		if x.current.panicking() {
			x.unheard++
		}
		return x.failed("munmap")
	}
	for i := range int(size / pageSize) {
		x.set(first+i, unmapped)
	}
	return nil
}

// SysRemap stands in for mremap(2). Where it moves, it moves the pages while
// others look; when it fails, it may have moved them back.
func SysRemap(addr, size, newSize uintptr, mayMove bool) (uintptr, error) {
	x.enter("mremap")
	first := x.whole(addr, size, "mremap")
	if first < 0 {
		return 0, syscall.EFAULT
	}
	if x.mayFail() {
		if mayMove && x.toss(2) == 1 {
			x.move(first, int(size/pageSize), moving)
			x.enter("mremap undoes")
			x.move(first, int(size/pageSize), mapped)
		}
		return 0, x.failed("mremap")
	}
	free := !slices.Contains(x.pages[first:first+int(newSize/pageSize)], stranger)
	switch {
	case !free && !mayMove:
		return 0, x.failed("mremap")
	case free && (!mayMove || x.toss(2) == 1):
		x.move(first, int(newSize/pageSize), mapped)
		return addr, nil
	}
	x.move(first, int(size/pageSize), moving)
	x.enter("mremap moves")
	x.move(first, int(size/pageSize), unmapped)
	to := x.taken * room
	x.taken++
	x.move(to, int(newSize/pageSize), mapped)
	return bottom + uintptr(to)*pageSize, nil
}

// move sets n pages.
func (s *search) move(first, n int, to page) {
	for i := range n {
		if to == mapped {
			s.set(first+i, mapped+page(i))
		} else {
			s.set(first+i, to)
		}
	}
}

// SysUse stands in for msync(2), mprotect(2) and their like.
func SysUse(pages []byte) error {
	x.enter("system call on pages")
	x.whole(uintptr(unsafe.Pointer(unsafe.SliceData(pages))), uintptr(len(pages)), "a system call")
	return nil
}

// whole returns the first page of what a call names, which must be pages of the
// Mapping; else it returns -1.
func (s *search) whole(addr, size uintptr, what string) int {
	first := index(addr)
	for i := range size / pageSize {
		if n := index(addr + i*pageSize); n < 0 || s.pages[n] < mapped {
			s.fail("%s on pages that are not the Mapping's", what)
			return -1
		}
	}
	return first
}

// Copy stands in for copy. It reaches the pages one after the other.
func Copy(dst, src []byte) int {
	n := min(len(dst), len(src))
	to, from := index(address(dst)), index(address(src))
	switch {
	case to < 0 && from < 0:
		copy(dst, src)
	case to >= 0:
		eachPage(dst[:n], func(i, page int) { x.store(page) })
	default:
		eachPage(src[:n], func(i, page int) { dst[i] = x.load(page, address(src)+uintptr(i)) })
	}
	return n
}

func address(b []byte) uintptr { return uintptr(unsafe.Pointer(unsafe.SliceData(b))) }

// eachPage calls f with each page that has bytes of b, and the first of them.
func eachPage(b []byte, f func(i, page int)) {
	for i := 0; i < len(b); i = int((address(b)+uintptr(i))&^(pageSize-1) + pageSize - address(b)) {
		f(i, index(address(b)+uintptr(i)))
	}
}

// content is what page n of the Mapping holds.
func content(n int) byte { return byte(n) + 1 }

const strange = 0xee

// load reads a page as ReadAt may: whatever is there.
func (s *search) load(i int, addr uintptr) byte {
	s.step(nil)
	p := s.pages[i]
	if p >= mapped {
		s.note("load", 0, 0, 0, uint64(p))
		return content(int(p - mapped))
	}
	if p != stranger && s.toss(2) == 1 {
		s.note("load faults", 0, 0, 0, 0)
		panic(fault(addr))
	}
	if p == unmapped {
		s.set(i, stranger)
	}
	s.note("load of a stranger", 0, 0, 0, strange)
	return strange
}

// store writes to a page, or looks at it, as who pinned it may.
func (s *search) store(i int) {
	s.step(nil)
	s.note("access", 0, 0, 0, 0)
	if s.pages[i] < mapped {
		s.fail("an access to pages that are not the Mapping's")
	}
}

// A fault stands in for what the runtime panics with at SIGSEGV.
type fault uintptr

func (f fault) Error() string { return "unexpected fault address" }
func (f fault) RuntimeError() {}
func (f fault) Addr() uintptr { return uintptr(f) }
