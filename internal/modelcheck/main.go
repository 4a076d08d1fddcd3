// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build linux

package modelcheck

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"time"
)

// A config is what a search searches.
type config struct {
	calls       []string
	preemptions int // at most
	failures    int // of system calls, at most
}

func (c config) String() string {
	s := fmt.Sprintf("%s, %d failing", strings.Join(c.calls, " "), c.failures)
	if c.preemptions < noLimit {
		s += fmt.Sprintf(", %d preemptions", c.preemptions)
	}
	return s
}

// Mutant is the number of the mutation that the program runs with, 0 for none.
var Mutant int

// Main is the program that the test builds. It exits with 1 at the first
// configuration in which a property does not hold.
func Main() {
	of := Flags(flag.CommandLine, "")
	flag.IntVar(&Mutant, "mutant", 0, "run with this mutation")
	part := flag.Int("part", 0, "try this part of the configurations")
	parts := flag.Int("parts", 1, "of so many")
	flag.Parse()
	configs, schedules, steps, began := 0, 0, 0, time.Now()
	for i, c := range of.configurations() {
		if i%*parts != *part {
			continue
		}
		s, at := search{config: c}, time.Now()
		s.explore()
		configs, schedules, steps = configs+1, schedules+s.schedules, steps+s.steps
		if of.Verbose {
			fmt.Printf("%v: %d schedules, %d states, %v\n", c, s.schedules, len(s.seen), time.Since(at).Round(time.Millisecond))
		}
		if s.failure != "" {
			fmt.Printf("%v: %s\n%s\n", c, s.failure, strings.Join(s.trace, "\n"))
			os.Exit(1)
		}
	}
	fmt.Printf("%d configurations, %d schedules, %d steps, %v\n", configs, schedules, steps, time.Since(began).Round(time.Millisecond))
}

// An Extent says how much is tried.
type Extent struct {
	Calls, Preemptions, Failures int
	Verbose                      bool
}

// Flags defines the flags of an Extent, for the test and for the program.
func Flags(set *flag.FlagSet, prefix string) *Extent {
	var e Extent
	set.IntVar(&e.Calls, prefix+"calls", 2, "try all combinations of so many calls (2, 3, 4); of more than these a few")
	set.IntVar(&e.Preemptions, prefix+"preemptions", 3, "with so many preemptions, if there are more than two calls; -1 for any number")
	set.IntVar(&e.Failures, prefix+"failures", 1, "with so many system calls that fail")
	set.BoolVar(&e.Verbose, prefix+"verbose", false, "print each configuration")
	return &e
}

// Args returns the arguments that set e in the program.
func (e *Extent) Args() []string {
	return strings.Fields(fmt.Sprintf("-calls=%d -preemptions=%d -failures=%d -verbose=%t", e.Calls, e.Preemptions, e.Failures, e.Verbose))
}

// configurations lists what is tried.
func (e *Extent) configurations() (all []config) {
	limit := e.Preemptions
	if limit < 0 {
		limit = noLimit
	}
	names := slices.Sorted(maps.Keys(calls))
	for _, c := range multisets(names, 2) {
		all = append(all, config{c, noLimit, e.Failures})
	}
	for _, c := range quick {
		if c := strings.Fields(c); len(c) > e.Calls {
			all = append(all, config{c, limit, e.Failures})
		}
	}
	for n := 3; n <= e.Calls; n++ {
		for _, c := range multisets(names, n) {
			all = append(all, config{c, limit, e.Failures})
		}
	}
	return all
}

// quick are the configurations of more than two calls for every day.
var quick = []string{
	"read grow close",
	"read grow grow",
	"guard grow close",
	"guard grow grow",
	"guard guard close",
	"guard guard grow",
	"guard close close",
	"guardClose close grow",
	"guardPanic guard close",
	"protect shrink close",
	"write shrink closeTwice",
	"guard guard close close",
	"guard guard grow close",
}

// multisets returns all ways to take n of names, each any number of times.
func multisets(names []string, n int) (all [][]string) {
	if n == 0 {
		return [][]string{nil}
	}
	for i := range names {
		for _, rest := range multisets(names[i:], n-1) {
			all = append(all, append([]string{names[i]}, rest...))
		}
	}
	return all
}
