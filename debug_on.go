// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build mmapdebug

package mmap

import (
	"fmt"
	"os"
	"runtime"
	"runtime/pprof"
	"slices"
	"strings"
	"sync"
)

// opened counts the open Mappings by the stacks that made them.
var opened = pprof.NewProfile("github.com/facc7503/mmap")

// A closedRange is pages that a Mapping had. Nothing else is ever mapped there.
type closedRange struct {
	base, size uintptr
	mapping    string // as its String was
	stack      []uintptr
}

var closedRanges struct {
	sync.Mutex
	all     []closedRange
	closing map[*Mapping]closedRange // for what Close left to another call
}

// verbose makes each Close print its addresses, where one can look up the one that
// the runtime prints when a fault ends the process.
var verbose = os.Getenv("MMAPDEBUG") != ""

func callers() []uintptr {
	pc := make([]uintptr, 32)
	return pc[:runtime.Callers(3, pc)] // without Callers, this function and the hook
}

func (m *Mapping) debugOpened() {
	opened.Add(m, 2)
	if fixesAddress(m.Flags()) != 0 { // it may lie where another was
		base, size := m.first.pages()
		closedRanges.Lock()
		defer closedRanges.Unlock()
		closedRanges.all = slices.DeleteFunc(closedRanges.all, func(r closedRange) bool {
			return r.base < base+size && base < r.base+r.size
		})
	}
}

// debugClosing notes who closes m, whose view is v.
func (m *Mapping) debugClosing(v *view) {
	opened.Remove(m)
	base, size := v.pages()
	prot := ProtNone
	if m.mu.TryLock() { // Close does not wait for Remap
		prot = m.prot
		m.mu.Unlock()
	}
	g := closedRange{base, size, m.describe(v, prot), callers()}
	closedRanges.Lock()
	defer closedRanges.Unlock()
	if closedRanges.closing == nil {
		closedRanges.closing = map[*Mapping]closedRange{}
	}
	closedRanges.closing[m] = g
	if verbose {
		f := caller(g.stack)
		fmt.Fprintf(os.Stderr, "mmapdebug: %#x-%#x %s: closed by %s at %s:%d\n", base, base+size, g.mapping, f.Function, f.File, f.Line)
	}
}

// caller returns the first frame of a stack that is not of this package.
func caller(stack []uintptr) runtime.Frame {
	for frames := runtime.CallersFrames(stack); ; {
		f, more := frames.Next()
		if !more || !strings.HasPrefix(f.Function, "github.com/facc7503/mmap.") {
			return f
		}
	}
}

// record remembers whose pages these were.
func record(g closedRange) {
	closedRanges.Lock()
	defer closedRanges.Unlock()
	closedRanges.all = append(closedRanges.all, g)
}

// poison maps pages without access over pages, in one step where the system can;
// elsewhere unmap makes room for them. It reports whether they took the addresses.
func poison(base, size uintptr, unmap func() error) (taken bool, err error) {
	if size == 0 {
		return false, nil
	}
	_, err = sysMap(base, size, ProtNone, Private|Anonymous|Fixed|system.noReserve, -1, 0)
	if err == nil {
		return true, nil
	}
	if err := unmap(); err != nil { // a part of a huge page, one mapping too many, Windows …
		return false, err
	}
	return fillHole(base, size), nil
}

// release poisons the pages of v instead of unmapping them.
func release(m *Mapping, v *view) error {
	base, size := v.pages()
	taken, err := poison(base, size, func() error { return unmapPages(base, size) })
	if err != nil {
		return err
	}
	closedRanges.Lock()
	g := closedRanges.closing[m]
	delete(closedRanges.closing, m)
	closedRanges.Unlock()
	if taken {
		record(closedRange{base, size, g.mapping, g.stack})
	}
	return nil
}

// shrink poisons what is past size. Remap holds m.mu.
func shrink(m *Mapping, v *view, size uintptr) error {
	base, old := v.pages()
	_, err := poison(base+size, old-size, func() error { return sysShrink(base, old, size) }) // Windows keeps the addresses
	if err == nil {
		record(closedRange{base + size, old - size, m.describe(v, m.prot), callers()})
	}
	return err
}

// debugMoving makes sure that v has no room to grow, so that it moves and a slice
// that is kept faults.
func (m *Mapping) debugMoving(v *view) {
	base, size := v.pages()
	fillHole(base+size, uintptr(pageSize))
}

// debugMoved poisons what m has left. Remap holds m.mu.
func (m *Mapping) debugMoved(v *view) {
	base, size := v.pages()
	if fillHole(base, size) {
		record(closedRange{base, size, m.describe(v, m.prot), callers()})
	}
}

// WhoClosed describes the Mapping that Close or Remap took from addr, and the stack
// of that call, in a program that is built with the tag mmapdebug. It returns "" if
// there is none, and in every other program.
func WhoClosed(addr uintptr) string {
	closedRanges.Lock()
	defer closedRanges.Unlock()
	for i := len(closedRanges.all) - 1; i >= 0; i-- {
		if g := closedRanges.all[i]; addr-g.base < g.size {
			return g.String()
		}
	}
	return ""
}

func (g closedRange) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s, closed or moved by", g.mapping)
	for frames := runtime.CallersFrames(g.stack); ; {
		f, more := frames.Next()
		fmt.Fprintf(&b, "\n\t%s\n\t\t%s:%d", f.Function, f.File, f.Line)
		if !more {
			return b.String()
		}
	}
}

// A staleFault is a fault in pages of a Mapping that was closed. It is a
// runtime.Error with an Addr, as the runtime's own panic value is.
type staleFault struct {
	cause runtime.Error
	addr  uintptr
	who   string
}

func (f staleFault) RuntimeError() {}
func (f staleFault) Addr() uintptr { return f.addr }

func (f staleFault) Error() string {
	return fmt.Sprintf("%v: use after Close or Remap, at %#x of the Mapping %s", f.cause, f.addr, f.who)
}

// debugExplain returns r, or a staleFault for a fault in pages of a closed Mapping.
func debugExplain(r any) any {
	if _, ok := r.(staleFault); ok {
		return r // an inner Guard has told
	}
	e, ok := r.(interface {
		runtime.Error
		Addr() uintptr
	})
	if !ok {
		return r
	}
	if who := WhoClosed(e.Addr()); who != "" {
		return staleFault{e, e.Addr(), who}
	}
	return r
}
