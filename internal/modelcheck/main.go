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
	long := flag.Bool("long", false, "all configurations")
	verbose := flag.Bool("v", false, "print each configuration")
	flag.IntVar(&Mutant, "mutant", 0, "run with this mutation")
	flag.Parse()
	configs, schedules, steps, began := 0, 0, 0, time.Now()
	for _, c := range configurations(*long) {
		s := search{config: c}
		at := time.Now()
		s.explore()
		configs, schedules, steps = configs+1, schedules+s.schedules, steps+s.steps
		if *verbose {
			fmt.Printf("%v: %d schedules, %d states, %v\n", c, s.schedules, len(s.seen), time.Since(at).Round(time.Millisecond))
		}
		if s.failure != "" {
			fmt.Printf("%v: %s\n%s\n", c, s.failure, strings.Join(s.trace, "\n"))
			os.Exit(1)
		}
	}
	fmt.Printf("%d configurations, %d schedules, %d steps, %v\n", configs, schedules, steps, time.Since(began).Round(time.Millisecond))
}

// configurations lists what is tried: all schedules of two calls, and those of
// more with up to three preemptions, all of these only if long.
func configurations(long bool) (all []config) {
	names := slices.Sorted(maps.Keys(calls))
	failures := 1
	if long {
		failures = 2
	}
	for _, c := range multisets(names, 2) {
		all = append(all, config{c, noLimit, failures})
	}
	if !long {
		for _, c := range quick {
			all = append(all, config{strings.Fields(c), 3, 1})
		}
		return all
	}
	for _, c := range multisets(names, 3) {
		all = append(all, config{c, 3, 2})
	}
	for _, c := range multisets(names, 4) {
		all = append(all, config{c, 3, 1})
	}
	return all
}

// quick are the configurations of more than two calls for every day.
var quick = []string{
	"read grow close",
	"guard guard close",
	"guard close close",
	"guard grow close",
	"read grow grow",
	"write shrink closeTwice",
	"guardClose guard guard close",
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
