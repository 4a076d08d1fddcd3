// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package main

import (
	"bufio"
	"cmp"
	"fmt"
	"os"
	"runtime"
	"strings"
	"time"

	"github.com/facc7503/mmap/bench"
)

// text is the row as the terminal shows it.
func (r row) text() string {
	what := fmt.Sprintf("%-54s / %-35s", r.Work, r.Over)
	if r.skip != "" {
		return what + " skipped: " + r.skip
	}
	return fmt.Sprintf("%s %6s %-17s %-8s %-9s %s, %s / %s", what, number(r.Median), r.alone(), r.limit(), r.verdict(), r.middle(), duration(r.this), duration(r.other))
}

func (r row) alone() string {
	if r.pinned == nil {
		return ""
	}
	return fmt.Sprintf("(%s %s)", number(r.pinned.Median), r.pinned.middle())
}

func (r row) limit() string {
	if r.Most == 0 {
		return ""
	}
	return fmt.Sprintf("of %.2f", r.Most)
}

func (r row) verdict() string {
	switch {
	case r.Most == 0:
		return ""
	case r.missed():
		return "MISSED"
	case r.undecided():
		return "undecided"
	}
	return "within"
}

func (s spread) middle() string { return number(s.Low) + "–" + number(s.High) }

// or returns text, or a dash where there is none.
func or(has bool, text string) string {
	if has {
		return text
	}
	return "—"
}

// line is the row in one of the tables of RESULTS.md.
func (r row) line() string {
	cells := []string{r.Work, r.Over}
	if r.first() {
		cells = append(cells, or(r.Most != 0, number(r.Most)))
	}
	if r.skip != "" {
		return "| " + strings.Join(append(cells, "skipped: "+r.skip), " | ") + " |"
	}
	cells = append(cells, number(r.Median), r.middle())
	if r.first() {
		one := []string{"—", "—"}
		if r.pinned != nil {
			one = []string{number(r.pinned.Median), r.pinned.middle()}
		}
		cells = append(cells, one...)
		cells = append(cells, or(r.Most != 0, r.verdict()))
	}
	return "| " + strings.Join(append(cells, duration(r.this), duration(r.other)), " | ") + " |"
}

// markdown is RESULTS.md.
func markdown(rows []row, pairs int, load string) string {
	var b strings.Builder
	fmt.Fprintf(&b, `# Results

%s. Load when it began: %s. Written by `+"`go run ./cmp`"+`.

A ratio is the time of this library over that of the other: the median of %d
pairs, taken in turn (twice as many for a work that has a bar), and the half of them in
the middle. The times are medians of one piece of the work. Files are in memory, in /dev/shm,
if that has 2 GiB to spare, except for Sync.

![Each ratio against the most that it may be](results.svg)

## With a bar, or a reason for none

The bar is the most that the ratio may be on any processor, with all of them and
with one alone. A row is within it if three quarters of the pairs are, and misses it if
three quarters are above it; else the noise of the machine leaves it undecided.

| work | over | at most | ratio | middle half | with one | middle half | | this | the other |
| --- | --- | ---: | ---: | --- | ---: | --- | --- | ---: | ---: |
`, machine(), load, pairs)
	for _, r := range rows {
		if r.first() {
			fmt.Fprintln(&b, r.line())
		}
	}
	fmt.Fprint(&b, "\n", reasons(), `
## The rest

| work | over | ratio | middle half | this | the other |
| --- | --- | ---: | --- | ---: | ---: |
`)
	for _, r := range rows {
		if !r.first() {
			fmt.Fprintln(&b, r.line())
		}
	}
	return b.String()
}

// reasons lists why each bar must hold or why there is none.
func reasons() string {
	var whys []string
	names := map[string][]string{}
	for _, bar := range bench.Bars {
		if names[bar.Why] == nil {
			whys = append(whys, bar.Why)
		}
		names[bar.Why] = append(names[bar.Why], fmt.Sprintf("%s / %s: %s", bar.Work, bar.Over, or(bar.Most != 0, number(bar.Most))))
	}
	var b strings.Builder
	for _, why := range whys {
		fmt.Fprintf(&b, "- %s (%s)\n", why, strings.Join(names[why], "; "))
	}
	return b.String()
}

// load is how many processes wanted a processor in the last minute.
func load() string {
	text, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return "unknown"
	}
	first, _, _ := strings.Cut(string(text), " ")
	return first
}

// machine describes what the figures were taken on.
func machine() string {
	return fmt.Sprintf("%s, %d cores, %s, %s/%s, %s", processor(), runtime.NumCPU(), runtime.Version(), runtime.GOOS, runtime.GOARCH, kernel())
}

// processor is its model, where the system tells.
func processor() string {
	f, err := os.Open("/proc/cpuinfo")
	if err != nil {
		return "unknown processor"
	}
	defer f.Close()
	model := map[string]string{}
	for s := bufio.NewScanner(f); s.Scan() && s.Text() != ""; { // the first processor's lines
		key, value, _ := strings.Cut(s.Text(), ":")
		model[strings.TrimSpace(key)] = strings.TrimSpace(value)
	}
	name := cmp.Or(model["model name"], "unknown processor")
	if model["cpu family"] != "" { // a virtual machine may hide its name
		name += fmt.Sprintf(" (family %s, model %s, stepping %s)", model["cpu family"], model["model"], model["stepping"])
	}
	return name
}

// number has three digits, or two decimals if that is more.
func number(x float64) string {
	if x < 0.1 {
		return fmt.Sprintf("%.3f", x)
	}
	return fmt.Sprintf("%.2f", x)
}

// duration has three digits.
func duration(ns float64) string {
	if ns < 1000 {
		return fmt.Sprintf("%.3g ns", ns)
	}
	d := time.Duration(ns)
	unit := time.Duration(1)
	for d/unit >= 1000 {
		unit *= 10
	}
	return d.Round(unit).String()
}
