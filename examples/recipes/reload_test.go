// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build unix

package recipes_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/facc7503/mmap"
)

// A file is changed over to its new version while others read it. Who writes the new
// version writes another file, and renames it over the old one.
func Example_reload() {
	dir, err := os.MkdirTemp("", "mmap-example-")
	check(err)
	defer os.RemoveAll(dir)
	name := filepath.Join(dir, "table")
	publish := func(content string) {
		check(os.WriteFile(name+".new", []byte(content), 0o600))
		check(os.Rename(name+".new", name))
	}

	var current atomic.Pointer[mmap.Mapping]

	// load changes over to what the file is now. It is for one goroutine at a time.
	load := func() error {
		m, err := mmap.Open(name)
		if err != nil {
			return err // Readers keep what they have.
		}
		if old := current.Swap(m); old != nil {
			return old.Close() // At once: a Guard that is inside keeps the pages until it returns.
		}
		return nil
	}

	// read calls fn with the bytes of one version. It never waits for load.
	read := func(fn func(b []byte) error) error {
		for {
			m := current.Load()
			err := m.Guard(fn)
			if errors.Is(err, mmap.ErrClosed) && m != current.Load() {
				continue // load was faster, and there is a newer version.
			}
			return err
		}
	}

	publish(strings.Repeat("a", 100_000))
	check(load())
	var readers sync.WaitGroup
	for range 4 {
		readers.Go(func() {
			for last := byte(0); last != 'z'; {
				check(read(func(b []byte) error {
					last = b[0]
					if bytes.Count(b, b[:1]) != len(b) {
						return errors.New("two versions in one")
					}
					return nil
				}))
			}
		})
	}
	for c := 'b'; c <= 'z'; c++ {
		publish(strings.Repeat(string(c), 100_000))
		check(load())
	}
	readers.Wait()
	fmt.Println("every reader has seen the last version")
	// Output: every reader has seen the last version
}
