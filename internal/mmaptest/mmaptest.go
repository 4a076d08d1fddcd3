// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

// Package mmaptest has what the tests of several folders share.
package mmaptest

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/facc7503/mmap"
)

var pageSize = os.Getpagesize()

const rw = mmap.ProtRead | mmap.ProtWrite

// Must ends the test if err is not nil.
func Must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// ErrorOf returns the error of a call that returns something else beside it.
func ErrorOf[T any](_ T, err error) error { return err }

// Rounds returns n if MMAP_TEST_LONG is 1, or a tenth of it: how often a test tries
// what goes wrong seldom.
func Rounds(n int) int {
	if os.Getenv("MMAP_TEST_LONG") == "1" {
		return n
	}
	return max(1, n/10)
}

// Pattern returns n bytes, none of them 0, that differ from page to page.
func Pattern(n int) []byte {
	p := make([]byte, n)
	for i := range p {
		p[i] = byte(i%251) + 1
	}
	return p
}

// TempFile returns a new file with content, open for reading and writing until
// the test ends.
func TempFile(t testing.TB, content []byte) *os.File {
	t.Helper()
	f, err := os.Create(filepath.Join(t.TempDir(), "data.bin"))
	Must(t, err)
	t.Cleanup(func() { f.Close() })
	_, err = f.Write(content)
	Must(t, err)
	return f
}

// OpenFile opens the named file until the test ends.
func OpenFile(t testing.TB, name string, flag int) *os.File {
	t.Helper()
	f, err := os.OpenFile(name, flag, 0)
	Must(t, err)
	t.Cleanup(func() { f.Close() })
	return f
}

// Mapped returns what a constructor returned, and closes it when the test ends,
// as in Mapped(t)(mmap.Map(f, mmap.ProtRead, mmap.Shared)).
func Mapped(t testing.TB) func(*mmap.Mapping, error) *mmap.Mapping {
	return func(m *mmap.Mapping, err error) *mmap.Mapping {
		t.Helper()
		Must(t, err)
		t.Cleanup(func() {
			if err := m.Close(); err != nil && !errors.Is(err, mmap.ErrClosed) {
				t.Errorf("Close: %v", err)
			}
		})
		return m
	}
}

// Anon maps n bytes of private memory.
func Anon(t testing.TB, n int) *mmap.Mapping {
	t.Helper()
	return Mapped(t)(mmap.MapAnon(n, rw, mmap.Private))
}

// MapContent maps a new file with the content, from offset on.
func MapContent(t testing.TB, content []byte, offset int64, prot mmap.Prot, flags mmap.Flag) (*mmap.Mapping, *os.File) {
	t.Helper()
	f := TempFile(t, content)
	return Mapped(t)(mmap.MapRegion(f, offset, mmap.ToEnd, prot, flags)), f
}

// Neighbours returns a Mapping of n pages that lies inside a larger one, and a
// check that the pages before and after it are as they were. The larger one goes
// when the test ends; the inner one must not be closed, or leaves a hole.
func Neighbours(t testing.TB, n int) (inner *mmap.Mapping, intact func()) {
	t.Helper()
	NeedFixed(t)
	outer := Mapped(t)(mmap.Reserve((n + 2) * pageSize))
	Must(t, outer.Protect(rw))
	before, after := outer.Bytes()[:pageSize], outer.Bytes()[(n+1)*pageSize:]
	want := Pattern(pageSize)
	copy(before, want)
	copy(after, want)
	inner, err := mmap.MapAt(outer.Addr()+uintptr(pageSize), -1, 0, n*pageSize, rw, mmap.Private|mmap.Anonymous|mmap.Fixed)
	Must(t, err)
	if inner.Addr() != outer.Addr()+uintptr(pageSize) {
		t.Fatalf("Fixed is at %#x, not %#x", inner.Addr(), outer.Addr()+uintptr(pageSize))
	}
	return inner, func() {
		t.Helper()
		WantBytes(t, "page before", before, want)
		WantBytes(t, "page after", after, want)
	}
}

// Lock locks a range, or skips the test where a limit forbids it.
func Lock(t testing.TB, m *mmap.Mapping, off, n int) {
	t.Helper()
	err := m.LockRange(off, n)
	if err != nil && (errors.Is(err, mmap.ErrPermission) || errors.Is(err, mmap.ErrNoMemory) || errors.Is(err, mmap.ErrAgain)) {
		t.Skipf("RLIMIT_MEMLOCK is too low: %v", err)
	}
	Must(t, err)
}

// WantError checks that err is an *mmap.Error of op that matches all of targets.
func WantError(t testing.TB, err error, op string, targets ...error) {
	t.Helper()
	e, ok := err.(*mmap.Error)
	if !ok {
		t.Errorf("got %#v, want an *mmap.Error", err)
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

// WantMessage checks that the text of err has all the words.
func WantMessage(t testing.TB, err error, words ...string) {
	t.Helper()
	for _, word := range words {
		if err == nil || !strings.Contains(err.Error(), word) {
			t.Errorf("%v: does not say %q", err, word)
		}
	}
}

// WantBytes checks bytes that may be many.
func WantBytes(t testing.TB, what string, got, want []byte) {
	t.Helper()
	if len(got) != len(want) {
		t.Errorf("%s: %d bytes, want %d", what, len(got), len(want))
		return
	}
	for i := range got {
		if got[i] != want[i] {
			t.Errorf("%s: byte %d is %#x, want %#x", what, i, got[i], want[i])
			return
		}
	}
}

// Poisons reports whether this is the mmapdebug build, in which addresses of
// closed Mappings never come back.
func Poisons(t testing.TB) bool {
	t.Helper()
	m, err := mmap.MapAnon(1, mmap.ProtRead, mmap.Private)
	Must(t, err)
	addr := m.Addr()
	Must(t, m.Close())
	return mmap.WhoClosed(addr) != ""
}
