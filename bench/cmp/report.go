// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package main

import (
	"bufio"
	"fmt"
	"os"
	"runtime"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// text is the row as the terminal shows it.
func (r row) text() string {
	what := fmt.Sprintf("%-54s / %-35s", r.work, r.over)
	if r.skip != "" {
		return what + " skipped: " + r.skip
	}
	return fmt.Sprintf("%s %6s %-8s %-6s %s, %s / %s", what, number(r.ratio), r.limit(), r.verdict(), r.spread(), duration(r.this), duration(r.other))
}

func (r row) limit() string {
	if r.bar == 0 {
		return ""
	}
	return fmt.Sprintf("of %.2f", r.bar)
}

func (r row) verdict() string {
	switch {
	case r.bar == 0:
		return ""
	case r.missed():
		return "MISSED"
	}
	return "within"
}

func (r row) spread() string { return number(r.low) + "–" + number(r.high) }

// markdown is RESULTS.md.
func markdown(rows []row, pairs int) string {
	var b strings.Builder
	fmt.Fprintf(&b, `# Results

%s. Written by `+"`go run ./cmp`"+`.

A ratio is the time of this library over that of the other: the median of %d
pairs, taken in turn, and the half of them in the middle. The times are medians
of one piece of the work. Files are in memory, in /dev/shm, if that has 3 GiB to
spare, but for Sync.

![Each ratio against the most that it may be](results.svg)

## With a bar

| work | over | at most | ratio | | middle half | this | the other |
| --- | --- | ---: | ---: | --- | --- | ---: | ---: |
`, machine(), pairs)
	for _, r := range rows {
		switch {
		case r.bar == 0:
		case r.skip != "":
			fmt.Fprintf(&b, "| %s | %s | %.2f | | skipped: %s | | | |\n", r.work, r.over, r.bar, r.skip)
		default:
			fmt.Fprintf(&b, "| %s | %s | %.2f | %s | %s | %s | %s | %s |\n", r.work, r.over, r.bar, number(r.ratio), r.verdict(), r.spread(), duration(r.this), duration(r.other))
		}
	}
	fmt.Fprint(&b, `
## Without

| work | over | ratio | middle half | this | the other |
| --- | --- | ---: | --- | ---: | ---: |
`)
	for _, r := range rows {
		switch {
		case r.bar != 0:
		case r.skip != "":
			fmt.Fprintf(&b, "| %s | %s | | skipped: %s | | |\n", r.work, r.over, r.skip)
		default:
			fmt.Fprintf(&b, "| %s | %s | %s | %s | %s | %s |\n", r.work, r.over, number(r.ratio), r.spread(), duration(r.this), duration(r.other))
		}
	}
	return b.String()
}

// machine describes what the figures were taken on.
func machine() string {
	var u unix.Utsname
	kernel := "Linux"
	if err := unix.Uname(&u); err == nil {
		kernel += " " + unix.ByteSliceToString(u.Release[:])
	}
	return fmt.Sprintf("%s, %d cores, %s, %s/%s, %s", processor(), runtime.NumCPU(), runtime.Version(), runtime.GOOS, runtime.GOARCH, kernel)
}

// processor is its model's name, where the system tells.
func processor() string {
	f, err := os.Open("/proc/cpuinfo")
	if err != nil {
		return "unknown processor"
	}
	defer f.Close()
	for s := bufio.NewScanner(f); s.Scan(); {
		if key, value, ok := strings.Cut(s.Text(), ":"); ok && strings.TrimSpace(key) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return "unknown processor"
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
