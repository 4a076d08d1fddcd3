// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build linux

// Package modelcheck tries the interleavings of calls on one Mapping: with the
// package's own files, whose atomics, mutex, copies and system calls are
// replaced at build time by those of this package.
//
// The test builds that program with go build -overlay and runs it. It tries
// every interleaving of two calls, and those of more calls that have few
// preemptions, with system calls that fail and strangers that map what was
// unmapped; properties.go says what must hold. Then it breaks the library in
// each of the ways that mutations_test.go lists, and must find out.
//
//	go test ./internal/modelcheck
//	go test ./internal/modelcheck -v -timeout=3h -modelcheck.calls=4 -modelcheck.verbose
//
// The first takes seconds; -modelcheck.calls=3 takes a minute, 4 an hour.
// -modelcheck.preemptions and -modelcheck.failures try more of each.
//
// What it does not try: memory weaker than sequential consistency (Go's atomics
// are not), races of what is not atomic (go test -race), and real pages (every
// other test of the package).
package modelcheck

import (
	"fmt"
	"iter"
	"runtime"
	"strings"
)

// A search tries the schedules of one configuration, depth first. It keeps no
// states to go back to: it runs the calls again, and takes the same choices up
// to the last one that has an alternative.
//
// It prunes a schedule where the state is one that it has seen. A state is what
// the shared variables hold and what each thread has seen of them, which
// determines what the thread does next.
type search struct {
	config
	path    []branch       // the choices of this schedule
	depth   int            // how many of them are taken
	seen    map[uint64]int // states, and the preemptions that were left there, plus 1
	failure string         // the first property that did not hold
	trace   []string       // the steps of this schedule, if traced
	traced  bool

	schedules, steps int

	// Of this schedule:
	threads  []*thread
	current  *thread // nil while one thread sets up or winds up
	next     *thread
	left     int  // preemptions
	length   int  // steps
	draining bool // nothing new is to be found: finish, and be fair
	state
}

// A branch is a choice among n.
type branch struct{ n, taken int }

// A thread makes one call, or a few.
type thread struct {
	id     int
	name   string
	resume func() (struct{}, bool)
	yield  func(struct{}) bool
	body   func()
	done   bool
	wait   *Mutex // what its next step locks
	seen   uint64 // a hash of all that it has seen

	// A thread that spins comes to the same state again: see unwind.
	recent []recent

	calls []*activeCall // those that it is in, the innermost last
}

type recent struct{ step, before uint64 }

// x is the search that runs. One goroutine at a time runs, so nothing locks it.
var x *search

const (
	longCall     = 64    // steps of a call that needs fewer: it spins
	maxLength    = 2000  // steps of a schedule before it only drains
	maxFair      = 50000 // steps of a fair schedule, all of whose calls must end
	noLimit      = 1 << 20
	longestSpin  = 8 // steps of a loop's body
	spinsToTrust = 3
)

// explore tries all schedules, until one fails.
func (s *search) explore() {
	x = s
	s.seen = map[uint64]int{}
	s.newThreads()
	for s.once(); s.failure == "" && s.backtrack(); {
		s.once()
	}
	if s.failure != "" {
		s.failure, s.traced = "", true
		s.newThreads() // the old ones may hang
		s.once()
	}
}

// backtrack takes the next alternative of the last choice that has one.
func (s *search) backtrack() bool {
	for n := len(s.path); n > 0; n-- {
		if last := &s.path[n-1]; last.taken+1 < last.n {
			last.taken++
			s.path = s.path[:n]
			return true
		}
	}
	return false
}

func (s *search) newThreads() {
	s.threads = nil
	for i, name := range s.calls {
		t := &thread{id: i, name: fmt.Sprintf("%d %s", i+1, name)}
		t.resume, _ = iter.Pull(func(yield func(struct{}) bool) {
			t.yield = yield
			for {
				t.run()
				yield(struct{}{})
			}
		})
		s.threads = append(s.threads, t)
	}
}

func (t *thread) run() {
	defer func() {
		if r := recover(); r != nil {
			x.fail("panic: %v", r)
		}
		t.done = true
	}()
	t.body()
}

// once runs one schedule.
func (s *search) once() {
	s.schedules++
	s.depth, s.length, s.left, s.draining, s.current = 0, 0, s.preemptions, false, nil
	s.setUp()
	for _, t := range s.threads {
		*t = thread{id: t.id, name: t.name, resume: t.resume, yield: t.yield, recent: t.recent[:0]}
		t.body = func() { calls[s.calls[t.id]](s.m) }
	}
	for s.next = s.pick(); s.next != nil; {
		s.current = s.next
		s.current.resume()
		if s.current.done {
			s.next = s.pick()
		}
	}
	s.current = nil
	s.steps += s.length
	if s.failure == "" {
		s.windUp()
	}
}

// step waits until it is the turn of the current thread, whose next step locks
// mu if that is not nil.
func (s *search) step(mu *Mutex) {
	t := s.current
	if t == nil {
		return
	}
	s.length++
	t.wait = mu
	t.countStep()
	if s.next = s.pick(); s.next != t {
		t.yield(struct{}{})
	}
	t.wait = nil
}

// pick chooses the thread that makes the next step, nil if none can.
func (s *search) pick() *thread {
	var all [8]*thread
	ready := all[:0]
	ended, stays := true, false
	for i := range s.threads { // the current thread first
		t := s.threads[i]
		if s.current != nil {
			t = s.threads[(s.current.id+i)%len(s.threads)]
		}
		ended = ended && t.done
		if !t.done && (t.wait == nil || t.wait.owner == nil) {
			ready = append(ready, t)
			stays = stays || t == s.current
		}
	}
	switch {
	case len(ready) == 0:
		if !ended {
			s.fail("all calls that have not returned wait for ever")
		}
		return nil
	case s.draining && s.length > maxFair:
		s.fail("calls go on for ever")
		return nil
	case s.length > maxLength || s.failure != "" && !s.traced:
		s.draining = true
	}
	if s.draining && stays && len(ready) > 1 {
		return ready[1]
	}
	if stays && s.left == 0 {
		return s.current
	}
	n := s.choose(len(ready), true)
	if stays && n > 0 {
		s.left--
	}
	return ready[n]
}

// toss returns a number less than n, in time each: what the system does.
func (s *search) toss(n int) int {
	taken := s.choose(n, false)
	s.current.seen = mix(s.current.seen, uint64(taken), 6)
	return taken
}

func (s *search) choose(n int, ofThread bool) int {
	if n == 1 || s.draining {
		return 0
	}
	if s.depth == len(s.path) {
		if ofThread && s.known() {
			s.draining = true
			return 0
		}
		s.path = append(s.path, branch{n: n})
	}
	b := s.path[s.depth]
	if b.n != n {
		panic("modelcheck: the same schedule is not the same twice")
	}
	s.depth++
	return b.taken
}

// known reports whether all that can come of the state was tried.
func (s *search) known() bool {
	hash := s.shared
	for _, t := range s.threads {
		hash ^= mix(uint64(t.id), t.seen, t.flags())
	}
	if s.preemptions < noLimit && s.current != nil { // else it does not matter whose turn it was
		hash = mix(hash, uint64(s.current.id), 0)
	}
	if s.seen[hash] > s.left {
		return true
	}
	s.seen[hash] = s.left + 1
	return false
}

// note ends a step: what it was, what the current thread saw, and what a variable
// holds now instead of old.
func (s *search) note(what string, id, old, now, seen uint64) {
	if old != now {
		s.shared ^= mix(id, old, 1) ^ mix(id, now, 1)
	}
	t := s.current
	if t == nil {
		return
	}
	if s.traced {
		s.record(what, id, seen)
	}
	step := mix(id, uint64(what[1])<<8|uint64(what[len(what)-1]), seen)
	before := t.seen
	t.seen = mix(before, step, 2)
	if len(t.calls) > 0 && t.calls[len(t.calls)-1].steps > longCall {
		t.recent = append(t.recent, recent{step, before})
		t.unwind()
	}
}

// unwind forgets a round of a loop in which the thread saw what it had seen the
// rounds before: it waits for others, and is where it was.
func (t *thread) unwind() {
	for n := 1; n <= longestSpin; n++ {
		if first := len(t.recent) - n; repeats(t.recent, n) {
			t.seen = t.recent[first].before
			t.recent = t.recent[:first]
			return
		}
	}
}

// repeats reports whether the last n steps are those before, and before.
func repeats(r []recent, n int) bool {
	if len(r) < spinsToTrust*n {
		return false
	}
	for i := len(r) - (spinsToTrust-1)*n; i < len(r); i++ {
		if r[i].step != r[i-n].step {
			return false
		}
	}
	return true
}

// fail ends the search: a property does not hold.
func (s *search) fail(format string, args ...any) {
	if s.failure == "" {
		s.failure = fmt.Sprintf(format, args...)
		if s.traced {
			s.record("FAILS: "+s.failure, 0, 0)
		}
	}
}

// record adds a step to the trace, with the line of the library that made it.
func (s *search) record(what string, id, seen uint64) {
	who := "the end"
	if s.current != nil {
		who = s.current.name
	}
	line := fmt.Sprintf("%-12s %s", who, what)
	if name := s.nameOf(id); name != "" {
		line = fmt.Sprintf("%-12s %s.%s = %s", who, name, what, s.nameOfValue(seen))
	}
	var pcs [32]uintptr
	frames := runtime.CallersFrames(pcs[:runtime.Callers(2, pcs[:])])
	var where []string
	for {
		f, more := frames.Next()
		if _, name, ok := strings.Cut(f.Function, "/mmap."); ok && !strings.Contains(f.File, "model_") {
			where = append(where, fmt.Sprintf("%s:%d", name, f.Line))
		}
		if !more {
			break
		}
	}
	s.trace = append(s.trace, fmt.Sprintf("%-60s %s", line, strings.Join(where, " < ")))
}

// mix hashes three words.
func mix(a, b, c uint64) uint64 {
	h := a*0x9e3779b97f4a7c15 ^ b
	h = (h ^ h>>32) * 0xd6e8feb86659fd93
	h = (h ^ h>>29 ^ c) * 0xa0761d6478bd642f
	return h ^ h>>32
}
