// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package main

import (
	"fmt"
	"io"
	"io/fs"
	"os"
	"time"
)

const progressEvery = time.Second / 5

var progressAfter = time.Second // A variable, so that the test need not wait.

// progress shows on a terminal how far the copy is. A copy that is over soon
// shows nothing.
type progress struct {
	w           io.Writer // nil if nobody is looking
	total, done int64
	start       time.Time
	shown       time.Time // The last time; zero if never.
}

// newProgress starts the clock. Only on a terminal will anything be shown.
func newProgress(stderr *os.File) *progress {
	p := &progress{start: time.Now()}
	if isTerminal(stderr) {
		p.w = stderr
	}
	return p
}

// isTerminal reports whether f is a character device other than the null
// device: for this purpose that is near enough.
func isTerminal(f *os.File) bool {
	info, err := f.Stat()
	if err != nil || info.Mode()&fs.ModeCharDevice == 0 {
		return false
	}
	null, err := os.Stat(os.DevNull)
	return err != nil || !os.SameFile(info, null)
}

// add counts n more bytes, and shows it if it is time to.
func (p *progress) add(n int) {
	p.done += int64(n)
	now := time.Now()
	if p.w == nil || now.Sub(p.start) < progressAfter || now.Sub(p.shown) < progressEvery {
		return
	}
	p.shown = now
	p.show()
}

// show writes the line over itself. It is always as wide.
func (p *progress) show() {
	percent := int(100 * float64(p.done) / float64(p.total))
	fmt.Fprintf(p.w, "\rmmapcp: %3d%%, %10s of %s", percent, size(p.done), size(p.total))
}

// end leaves the line, if there is one, as the last it says.
func (p *progress) end() {
	if !p.shown.IsZero() {
		p.show()
		fmt.Fprintln(p.w)
	}
}

// size is n bytes for people to read, as in "1.5 GiB".
func size(n int64) string {
	v, unit := float64(n), "B"
	for _, next := range []string{"KiB", "MiB", "GiB", "TiB", "PiB", "EiB"} {
		if v < 1000 {
			break
		}
		v, unit = v/1024, next
	}
	return fmt.Sprintf("%.1f %s", v, unit)
}
