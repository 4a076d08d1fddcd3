// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package mmap

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
)

// must ends the test if err is not nil.
func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// tempFile is a new file with content, open for reading and writing until the
// test ends.
func tempFile(t testing.TB, content []byte) *os.File {
	t.Helper()
	f, err := os.Create(filepath.Join(t.TempDir(), "data.bin"))
	must(t, err)
	t.Cleanup(func() { f.Close() })
	_, err = f.Write(content)
	must(t, err)
	return f
}

// pattern is n bytes, none of them 0, that differ from page to page.
func pattern(n int) []byte {
	p := make([]byte, n)
	for i := range p {
		p[i] = byte(i%251) + 1
	}
	return p
}

// wantError checks that err is an *Error of op that matches all of targets.
func wantError(t testing.TB, err error, op string, targets ...error) {
	t.Helper()
	e, ok := err.(*Error)
	if !ok {
		t.Errorf("got %#v, want an *Error", err)
		return
	}
	if e.Op != op {
		t.Errorf("%v: Op is %q, want %q", err, e.Op, op)
	}
	for _, target := range targets {
		if !errors.Is(err, target) {
			t.Errorf("%v: does not match %q", err, target)
		}
	}
}
