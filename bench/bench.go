// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

// Package bench holds the works by which package mmap is measured, each with the
// yardsticks it is measured against. "go test -bench ." does each work for
// itself; "go run ./cmp" sets this library against its yardsticks, in turn.
//
// Its bars are for Linux. Elsewhere it does what the system can do.
package bench

import (
	"runtime"
	"slices"
	"sync"
	"time"
)

// A Work is done by several sides, one after the other, on the same Bed.
type Work struct {
	Name  string
	Batch int // the least that a side does in one Run; 0 is 1
	// Parallel says that the Work needs two processors or more.
	Parallel bool
	// Open makes the sides. The first is this library, the others are what it is
	// compared with. What they need meanwhile is the Bed's to undo.
	Open func(b *Bed) ([]Side, error)
}

// A Side is one way to do a Work.
type Side struct {
	Name   string
	Skip   string            // why this side cannot run here
	Before func() error      // gets ready for a Run, and is not measured; may be nil
	Run    func(n int) error // does the work n times
	// Took returns what is compared of a Run of one, where that is not the time
	// that it took; may be nil.
	Took func() time.Duration
}

// Works is all there is to measure.
func Works() []Work {
	return slices.Concat(maps(), pages(), linuxPages(), accesses(), guards(), reads(), writes(), scans(), copies(), rings(), scale(), standstills(), inPrograms())
}

// on returns a Run in which g goroutines share the work. worker returns what
// goroutine i does.
func on(g int, worker func(i int) func(n int) error) func(n int) error {
	workers := make([]func(int) error, g)
	for i := range workers {
		workers[i] = worker(i)
	}
	if g == 1 {
		return workers[0]
	}
	return func(n int) error {
		errs := make([]error, g)
		var wg sync.WaitGroup
		for i, work := range workers {
			wg.Go(func() { errs[i] = work(n*(i+1)/g - n*i/g) })
		}
		wg.Wait()
		return firstError(errs)
	}
}

// newBuffers returns a buffer for each goroutine, on pages of its own, and stored
// to, so that it is not the system's one page of zeros. All sides of a work take
// the same, so that all copy to the same place.
func newBuffers(g, size int) [][]byte {
	buffers := make([][]byte, g)
	for i := range buffers {
		b := make([]byte, max(size, 8192)) // more than the small objects: Go aligns it to a page
		fill(b)
		buffers[i] = b[:size]
	}
	return buffers
}

func firstError(errs []error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// all is as many goroutines as run at once.
func all() int { return runtime.GOMAXPROCS(0) }

const (
	kiB = 1 << 10
	miB = 1 << 20
	giB = 1 << 30
)
