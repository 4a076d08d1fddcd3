// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build unix

package recipes_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
)

// TestJournal opens the log of Example_log as crashes may leave it.
func TestJournal(t *testing.T) {
	want := []string{"one", strings.Repeat("two", 1000), "three"}
	name := filepath.Join(t.TempDir(), "journal")
	j := openJournalFile(t, name)
	ends := []int64{0}
	for _, record := range want {
		if err := j.Append([]byte(record)); err != nil {
			t.Fatal(err)
		}
		ends = append(ends, j.end.Load())
	}
	closeJournal(t, j)
	whole, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	last := int(ends[len(ends)-1])
	for off := 0; off < last; off += 1 + off/9 {
		i, _ := slices.BinarySearch(ends, int64(off)+1)
		for how, content := range map[string][]byte{
			"cut off":  whole[:off],
			"inverted": slices.Concat(whole[:off], []byte{^whole[off]}, whole[off+1:]),
		} {
			t.Run(how, func(t *testing.T) {
				if err := os.WriteFile(name, content, 0o600); err != nil {
					t.Fatal(err)
				}
				j := openJournalFile(t, name)
				if got := allRecords(t, j); !slices.Equal(got, want[:i-1]) {
					t.Fatalf("byte %d %s: All found %.30q, want %.30q", off, how, got, want[:i-1])
				}
				next := strings.Repeat("n", len(want[i-1])) // Behind it lies what was behind the record that is lost.
				if err := j.Append([]byte(next)); err != nil {
					t.Fatal(err)
				}
				closeJournal(t, j)
				j = openJournalFile(t, name)
				if got, want := allRecords(t, j), append(want[:i-1:i-1], next); !slices.Equal(got, want) {
					t.Fatalf("byte %d %s, then Append: All found %.30q, want %.30q", off, how, got, want)
				}
				closeJournal(t, j)
			})
		}
	}
}

// TestJournalConcurrent appends to the log, and reads it while it grows.
func TestJournalConcurrent(t *testing.T) {
	const writers, each, size = 4, 30, 50_000
	j := openJournalFile(t, filepath.Join(t.TempDir(), "journal"))
	defer closeJournal(t, j)
	var left atomic.Int64 // writers
	left.Store(writers)
	for i := range writers {
		go func() {
			defer left.Add(-1)
			for range each {
				if err := j.Append(bytes.Repeat([]byte{byte(i)}, size)); err != nil {
					t.Error(err)
				}
			}
		}()
	}
	for n, last := 0, false; !last; {
		last = left.Load() == 0
		found := 0
		err := j.All(func(record []byte) error {
			found++
			if len(record) != size || bytes.Count(record, record[:1]) != size {
				return errors.New("a record is torn")
			}
			return nil
		})
		if err != nil || found < n || last && found != writers*each {
			t.Fatalf("All = %v, %d records, before that %d; writers done: %t", err, found, n, last)
		}
		n = found
	}
	if err := j.Append(make([]byte, journalMost)); err != errJournalFull {
		t.Errorf("Append of more than fits = %v, want %v", err, errJournalFull)
	}
}

func openJournalFile(t *testing.T, name string) *journal {
	t.Helper()
	f, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	j, err := openJournal(f)
	if err != nil {
		t.Fatal(err)
	}
	return j
}

func closeJournal(t *testing.T, j *journal) {
	t.Helper()
	if err := errors.Join(j.m.Close(), j.file.Close()); err != nil {
		t.Fatal(err)
	}
}

func allRecords(t *testing.T, j *journal) (all []string) {
	t.Helper()
	err := j.All(func(record []byte) error {
		all = append(all, string(record))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}
