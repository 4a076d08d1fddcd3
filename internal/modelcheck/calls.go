// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build linux

package modelcheck

import (
	"errors"
	"fmt"
	"io/fs"
	"reflect"
	"unsafe"
)

// A Mapping is the library's, with the calls that the threads make.
type Mapping interface {
	Bytes() []byte
	Addr() uintptr
	ReadAt(p []byte, off int64) (int, error)
	WriteAt(p []byte, off int64) (int, error)
	Guard(fn func(b []byte) error) error
	Close() error
	Sync() error
	ProtectRead() error
	RemapTo(length int, mayMove bool) error
	Itself() (unsafe.Pointer, reflect.Type)
}

// New maps length bytes. The library's file that the test adds sets it.
var New func(length int) (Mapping, error)

// calls are what a thread may do.
var calls = map[string]func(m Mapping){
	"read":      func(m Mapping) { read(m) },
	"write":     func(m Mapping) { write(m) },
	"sync":      func(m Mapping) { do("Sync", m.Sync) },
	"protect":   func(m Mapping) { do("Protect", m.ProtectRead) },
	"addr":      func(m Mapping) { addr(m) },
	"guard":     func(m Mapping) { guard(m, func() {}) },
	"guardRead": func(m Mapping) { guard(m, func() { read(m) }) },
	// The caller's own Guard is inside.
	"guardClose": func(m Mapping) { guard(m, func() { closeIt(m) }) },
	"guardRemap": func(m Mapping) { guard(m, func() { grow(m) }) },
	"guardPanic": func(m Mapping) { guardPanic(m) },
	"close":      func(m Mapping) { closeIt(m) },
	"closeTwice": func(m Mapping) { closeIt(m); closeIt(m) },
	"shrink":     func(m Mapping) { remap(m, 1, false) },
	"grow":       func(m Mapping) { grow(m) },
	"growHere":   func(m Mapping) { remap(m, pagesGrown, false) },
}

// read reads two bytes, the last of a page and the first of the next.
func read(m Mapping) error {
	return do("ReadAt", func() error {
		p := make([]byte, 2)
		n, err := m.ReadAt(p, int64(pageSize)-1)
		for i, b := range p[:n] {
			if b != content(i) {
				x.fail("ReadAt returns a byte %#x that is not the Mapping's", b)
			}
		}
		return err
	})
}

func write(m Mapping) error {
	return do("WriteAt", func() error {
		_, err := m.WriteAt([]byte{content(0), content(1)}, int64(pageSize)-1)
		return err
	})
}

func addr(m Mapping) error {
	return do("Addr", func() error {
		if m.Bytes(); m.Addr() == 0 {
			return fs.ErrClosed
		}
		return nil
	})
}

func closeIt(m Mapping) error { return do("Close", m.Close) }

func grow(m Mapping) error { return remap(m, pagesGrown, true) }

func remap(m Mapping, pages int, mayMove bool) error {
	return do("Remap", func() error { return m.RemapTo(pages*int(pageSize), mayMove) })
}

// guard looks at the first and the last page, before and after between.
func guard(m Mapping, between func()) error {
	return do("Guard", func() error {
		return m.Guard(func(b []byte) error {
			x.mayEnter()
			first, last := index(address(b)), index(address(b)+uintptr(len(b)-1))
			x.hold(first, last, 1)
			x.store(first)
			between()
			x.store(last)
			x.hold(first, last, -1)
			return nil
		})
	})
}

var errPanic = errors.New("a panic of fn")

// guardPanic panics in Guard, which then does not report a munmap that failed.
func guardPanic(m Mapping) error {
	return do("Guard", func() (err error) {
		c := x.current.innermost()
		defer func() {
			if r := recover(); r != nil && r != errPanic {
				panic(r)
			}
			c.panics = false
		}()
		return m.Guard(func(b []byte) error {
			x.mayEnter()
			x.store(index(address(b)))
			c.panics = true
			panic(errPanic)
		})
	})
}

// An activeCall is a call that has not returned.
type activeCall struct {
	name     string
	steps    int
	tooLate  bool // a Close had returned when it began
	notAlone bool // another call, not ReadAt, was inside meanwhile
	panics   bool
}

// do makes a call of the library, and checks what it returns.
func do(name string, call func() error) error {
	t := x.current
	c := &activeCall{name: name, tooLate: x.closed}
	x.meet(t, c)
	t.calls = append(t.calls, c)
	x.closing = x.closing || name == "Close"
	err := call()
	t.calls = t.calls[:len(t.calls)-1]
	x.check(c, err)
	if name == "Close" && !x.closed {
		x.closed = true
		x.shared ^= mix(1, 2, 5)
	}
	if x.traced {
		x.record(fmt.Sprintf("%s returns %v", name, err), 0, 0)
	}
	return err
}

// meet tells each call that is inside of c, and c of them.
func (s *search) meet(t *thread, c *activeCall) {
	for _, other := range s.threads {
		for _, o := range other.calls {
			c.notAlone = c.notAlone || o.name != "ReadAt"
			o.notAlone = o.notAlone || c.name != "ReadAt" && other != t
		}
	}
}

func (t *thread) innermost() *activeCall { return t.calls[len(t.calls)-1] }

func (t *thread) inClose() bool { return len(t.calls) > 0 && t.innermost().name == "Close" }

func (t *thread) panicking() bool { return len(t.calls) > 0 && t.innermost().panics }

// countStep counts a step of the innermost call.
func (t *thread) countStep() {
	if len(t.calls) == 0 {
		return
	}
	c := t.innermost()
	if c.steps++; c.name == "Close" && c.steps > longCall {
		x.fail("Close waits: it has taken %d steps", c.steps)
	}
}

// flags is what is checked of a thread beside what it has seen.
func (t *thread) flags() uint64 {
	h := uint64(len(t.calls))
	for _, c := range t.calls {
		h <<= 2
		if c.tooLate {
			h |= 1
		}
		if c.notAlone {
			h |= 2
		}
	}
	return h<<1 | uint64(word(t.done))
}
