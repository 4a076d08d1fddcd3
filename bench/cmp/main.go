// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

// Cmp sets package mmap against its yardsticks.
//
// Usage, in the directory bench:
//
//	go run ./cmp [-n] [-ratios] [-pairs 11] [-run regexp] [-o dir]
//
// For every work of package bench it takes the sides in turn, as often as -pairs
// says, or twice as often for a work that has a bar, and prints the median of the paired
// ratios. The rows of the first table it measures again with one processor. It writes
// RESULTS.md and results.svg, and exits with status 1 if a bar is missed. With -n it
// only shows.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"regexp"
	"slices"

	"github.com/facc7503/mmap/bench"
)

var errMissed = errors.New("bars are missed")

func main() {
	bench.Receiver()
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "cmp:", err)
		os.Exit(1)
	}
}

func run() error {
	show := flag.Bool("n", false, "only show: write nothing, and do not mind missed bars")
	ratios := flag.Bool("ratios", false, "print the ratios alone, as JSON, and write nothing")
	pairs := flag.Int("pairs", 11, "how many `times` each side is measured; twice as often for a work that has a bar")
	only := flag.String("run", "", "only the works whose name matches the `regexp`; writes nothing")
	dir := flag.String("o", ".", "the `directory` to write to")
	flag.Parse()
	match, err := regexp.Compile(*only)
	if err != nil {
		return err
	}
	if *pairs < 1 || flag.NArg() != 0 {
		flag.Usage()
		return errors.New("wrong arguments")
	}

	if err := os.MkdirAll(*dir, 0o777); err != nil {
		return err
	}
	// An interrupt ends the work in hand, so that what it made is removed.
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	began := load()
	var rows []row
	for _, work := range bench.Works() {
		if !match.MatchString(work.Name) {
			continue
		}
		more, err := measure(ctx, work, pairsFor(work, *pairs))
		if err != nil {
			return fmt.Errorf("%s: %w", work.Name, err)
		}
		if canPin && !*ratios && !work.Parallel && slices.ContainsFunc(more, row.first) {
			if err := onOne(ctx, work, *pairs, more); err != nil {
				return fmt.Errorf("%s: %w", work.Name, err)
			}
		}
		for _, r := range more {
			if !*ratios {
				fmt.Println(r.text())
			}
		}
		rows = append(rows, more...)
	}

	if *ratios {
		return printRatios(rows)
	}
	if !*show && *only == "" {
		if err := allBars(rows); err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(*dir, "RESULTS.md"), []byte(markdown(rows, *pairs, began)), 0o644); err != nil {
			return err
		}
		if err := chart(rows, filepath.Join(*dir, "results.svg")); err != nil {
			return err
		}
	}
	missed := 0
	for _, r := range rows {
		if r.missed() {
			missed++
		}
	}
	if missed != 0 {
		fmt.Println("bars missed:", missed)
		if !*show {
			return errMissed
		}
	}
	return nil
}
