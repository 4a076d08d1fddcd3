// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package main

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"time"

	"github.com/facc7503/mmap/bench"
)

// enough is how long a Run takes, or longer: what disturbs it for a moment is
// then a small part of it.
const enough = 60 * time.Millisecond

// A row is a work of this library over the same work of another.
type row struct {
	bench.Bar           // Why is empty for the rows of the second table
	spread              // of the ratios
	pinned      *spread // where the process has one processor; nil if not measured
	this, other float64 // the median times, in nanoseconds
	skip        string
}

// missed reports whether three quarters of the pairs are above the bar.
func (r row) missed() bool { return r.above(func(s spread) float64 { return s.Low }) }

// undecided reports whether neither three quarters are above it nor three quarters
// within it: the machine's noise is larger than the difference.
func (r row) undecided() bool {
	return !r.missed() && r.above(func(s spread) float64 { return s.High })
}

// above reports whether a value of the pairs is above the bar, with all processors
// or with one.
func (r row) above(value func(spread) float64) bool {
	return r.skip == "" && r.Most != 0 && (value(r.spread) > r.Most || r.pinned != nil && value(*r.pinned) > r.Most)
}

// A spread is the values with a quarter, a half and three quarters below.
type spread struct{ Low, Median, High float64 }

func spreadOf(values []float64) spread {
	v := slices.Sorted(slices.Values(values))
	last := len(v) - 1
	return spread{v[last/4], (v[last/2] + v[(last+1)/2]) / 2, v[last-last/4]}
}

// measure has all sides do the work, one after the other, as many times as there
// are to be pairs. A pair is the first side and another of the same round, so
// that what slows the machine for longer than a round slows both.
func measure(ctx context.Context, work bench.Work, pairs int) (rows []row, err error) {
	if work.Parallel && runtime.GOMAXPROCS(0) == 1 {
		return nil, nil
	}
	bed, err := bench.NewBed()
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, bed.Close()) }()
	sides, err := work.Open(bed)
	if err != nil {
		return nil, err
	}
	order := []int{} // sides that can run
	counts := make([]int, len(sides))
	for i, s := range sides {
		if s.Skip != "" {
			continue
		}
		if counts[i], err = calibrate(s, max(1, work.Batch)); err != nil {
			return nil, err
		}
		order = append(order, i)
	}

	times := make([][]float64, len(sides)) // of each side, by round, for one of n
	for range pairs {
		for _, i := range order {
			if err := ctx.Err(); err != nil {
				return nil, err
			}
			t, err := timed(sides[i], counts[i])
			if err != nil {
				return nil, err
			}
			times[i] = append(times[i], float64(t)/float64(counts[i]))
		}
		slices.Reverse(order) // so that a machine that slows down slows both sides
	}

	for i, s := range sides[1:] {
		r := row{Bar: barOf(work.Name, s.Name), skip: sides[0].Skip + s.Skip}
		if r.skip == "" {
			r.compare(times[0], times[i+1])
		}
		rows = append(rows, r)
	}
	return rows, nil
}

// pairsFor returns how many pairs of a work are measured: twice as many where there is
// a bar, so that chance alone seldom has three quarters of them above it.
func pairsFor(work bench.Work, pairs int) int {
	if slices.ContainsFunc(bench.Bars, func(b bench.Bar) bool { return b.Work == work.Name && b.Most != 0 }) {
		return 2 * pairs
	}
	return pairs
}

// first reports whether the row is one of the first table.
func (r row) first() bool { return r.Why != "" }

// allBars returns an error if a bar belongs to no row.
func allBars(rows []row) error {
	for _, b := range bench.Bars {
		if !slices.ContainsFunc(rows, func(r row) bool { return r.Bar == b }) {
			return fmt.Errorf("the bar of %s over %s: there is no such row", b.Work, b.Over)
		}
	}
	return nil
}

// barOf returns the bar of a row, or a Bar that says nothing but its name.
func barOf(work, over string) bench.Bar {
	for _, b := range bench.Bars {
		if b.Work == work && b.Over == over {
			return b
		}
	}
	return bench.Bar{Work: work, Over: over}
}

func (r *row) compare(this, other []float64) {
	ratios := make([]float64, len(this))
	for i := range ratios {
		ratios[i] = this[i] / other[i]
	}
	r.spread = spreadOf(ratios)
	r.this, r.other = spreadOf(this).Median, spreadOf(other).Median
}

// calibrate is the n for which s takes long enough.
func calibrate(s bench.Side, n int) (int, error) {
	for {
		t, err := timed(s, n)
		if err != nil || t >= enough || s.Took != nil {
			return n, err
		}
		// The first Run may have been slow: do not leap.
		n *= int(min(10, max(2, enough/max(1, t))))
	}
}

func timed(s bench.Side, n int) (time.Duration, error) {
	if s.Before != nil {
		if err := s.Before(); err != nil {
			return 0, err
		}
	}
	runtime.GC() // or one side would have another's garbage collected
	start := time.Now()
	err := s.Run(n)
	if s.Took != nil {
		return s.Took(), err
	}
	return time.Since(start), err
}
