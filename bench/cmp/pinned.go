// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strconv"

	"github.com/facc7503/mmap/bench"
)

// A ratio is what the process with one processor tells of a row.
type ratio struct {
	Work, Over string
	Spread     spread
}

// onOne measures work again in a process that has one processor alone, and puts
// the ratios into rows.
func onOne(ctx context.Context, work bench.Work, pairs int, rows []row) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, self, "-ratios", "-pairs", strconv.Itoa(pairs), "-run", "^"+regexp.QuoteMeta(work.Name)+"$")
	cmd.Stderr = os.Stderr
	out, err := pinned(cmd)
	if err != nil {
		return fmt.Errorf("with one processor: %w", err)
	}
	var ratios []ratio
	if err := json.Unmarshal(out, &ratios); err != nil {
		return err
	}
	for i := range rows {
		for _, r := range ratios {
			if r.Work == rows[i].Work && r.Over == rows[i].Over {
				rows[i].pinned = &r.Spread
			}
		}
	}
	return nil
}

// printRatios is the other end of onOne.
func printRatios(rows []row) error {
	var ratios []ratio
	for _, r := range rows {
		if r.skip == "" {
			ratios = append(ratios, ratio{r.Work, r.Over, r.spread})
		}
	}
	return json.NewEncoder(os.Stdout).Encode(ratios)
}
