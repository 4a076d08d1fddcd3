// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build linux

package modelcheck

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"reflect"
	"strings"
	"syscall"
	"unsafe"
)

// What must hold:
//
//   - No call touches pages that are not the Mapping's, except a ReadAt that
//     does not return what it saw there. (system.go)
//   - Pages are unmapped once, with nobody inside, and no stranger's. (system.go)
//   - Close never waits. (sync.go, calls.go)
//   - Nobody waits for ever, or runs for ever. (sched.go)
//   - After the last call nothing stays mapped, if a Close succeeded. (windUp)
//   - One Close does not return ErrClosed, and one more for each munmap that
//     failed. (windUp)
//   - One call reports each system call that failed. (windUp)
//   - A call that begins after a Close has returned returns ErrClosed. (check)
//   - Remap returns ErrBusy only if another call, not ReadAt, is inside. (check)

// state is what belongs to one schedule.
type state struct {
	m       Mapping
	base    unsafe.Pointer // of the Mapping's variables
	size    uintptr
	fields  reflect.Type
	objects []object
	shared  uint64 // a hash of the shared variables and pages

	space
	closing, closed  bool // a Close has begun, has returned
	closes, reported int  // Closes that did not return ErrClosed, failures that were returned
}

func (s *search) setUp() {
	s.state = state{objects: s.objects[:0]}
	m, err := New(pagesAtFirst * int(pageSize))
	if err != nil {
		panic(err)
	}
	s.m = m
	s.base, s.fields = m.Itself()
	s.size = s.fields.Size()
	s.objects = s.objects[:0]
	s.shared = 0
	if s.traced {
		s.trace = nil
	}
}

// check checks what a call returned.
func (s *search) check(c *activeCall, err error) {
	closed := errors.Is(err, fs.ErrClosed)
	busy := errors.Is(err, syscall.EBUSY)
	short := err == io.EOF || err == io.ErrShortWrite
	failures := count(err, syscall.ENOMEM)
	s.reported += failures
	if c.name == "Close" && !closed {
		s.closes++
	}
	switch {
	case errors.Is(err, syscall.EFAULT):
		s.fail("%s faults: %v", c.name, err)
	case c.tooLate && !closed && !(c.name == "Close" && s.fails > 0): // which may retry
		s.fail("%s that began after Close returns %v", c.name, err)
	case closed && !s.closing:
		s.fail("%s returns %v before Close", c.name, err)
	case busy && (c.name != "Remap" || !c.notAlone):
		s.fail("%s returns %v, and no call is inside", c.name, err)
	case short && !s.shrinks():
		s.fail("%s returns %v of what is long enough", c.name, err)
	case err != nil && !closed && !busy && !short && failures == 0:
		s.fail("%s returns %v", c.name, err)
	}
}

// count returns how many times errno is in err.
func count(err error, errno syscall.Errno) (n int) {
	switch e := err.(type) {
	case interface{ Unwrap() []error }:
		for _, err := range e.Unwrap() {
			n += count(err, errno)
		}
	case interface{ Unwrap() error }:
		n = count(e.Unwrap(), errno)
	case syscall.Errno:
		if e == errno {
			n = 1
		}
	}
	return n
}

// windUp closes the Mapping, after all calls have returned, until that is done.
func (s *search) windUp() {
	defer func() {
		if r := recover(); r != nil {
			s.fail("panic: %v", r)
		}
	}()
	for range s.fails + 2 {
		err := s.m.Close()
		if errors.Is(err, fs.ErrClosed) {
			break
		}
		s.closes++
		s.reported += count(err, syscall.ENOMEM)
	}
	for _, p := range s.pages {
		if p >= moving {
			s.fail("a page stays mapped after the last call")
		}
	}
	if s.closes != 1+s.unclosed {
		s.fail("%d Closes do not return ErrClosed; munmap failed %d times", s.closes, s.unclosed)
	}
	if s.reported != s.fails-s.unheard {
		s.fail("%d of %d failures are reported", s.reported, s.fails-s.unheard)
	}
	if err := s.m.ProtectRead(); !errors.Is(err, fs.ErrClosed) { // it locks the mutex
		s.fail("Protect of a closed Mapping returns %v", err)
	}
}

// mayEnter checks that the function of a Guard may be called.
func (s *search) mayEnter() {
	if s.current.innermost().tooLate {
		s.fail("Guard that began after Close calls fn")
	}
}

// hold adds n to the Guards that have the pages from first to last.
func (s *search) hold(first, last int, n int8) {
	for i := first; i <= last; i++ {
		s.held[i] += n
	}
}

func (s *search) shrinks() bool { return strings.Contains(fmt.Sprint(s.calls), "shrink") }

// nameOf returns the variable of the Mapping that id stands for, "" if none.
func (s *search) nameOf(id uint64) string {
	if id == 0 || id > uint64(s.size) {
		return ""
	}
	name := ""
	for i := range s.fields.NumField() {
		if f := s.fields.Field(i); uint64(f.Offset) < id {
			name = f.Name
		}
	}
	return name
}

func (s *search) nameOfValue(v uint64) string {
	if v < 1<<32 {
		return fmt.Sprint(v)
	}
	return fmt.Sprintf("%#x", v)
}
