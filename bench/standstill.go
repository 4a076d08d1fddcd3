// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package bench

import (
	"runtime"
	"sync"
	"time"

	"github.com/facc7503/mmap"
)

// standstills is how long another goroutine stands still while one copies 1 GiB
// and the garbage collector runs: it waits for a copy that cannot be preempted,
// and everybody waits for it.
func standstills() []Work {
	return []Work{{Name: "longest standstill of another goroutine in a ReadAt of 1 GiB", Parallel: true, Open: standstill}}
}

func standstill(b *Bed) ([]Side, error) {
	f, err := b.file(giB)
	if err != nil {
		return nil, err
	}
	m, err := b.mapped(f, mmap.ProtRead)
	if err != nil {
		return nil, err
	}
	p := newBuffers(1, giB)[0]
	side := func(name string, read func() error) Side {
		var longest time.Duration
		return Side{
			Name: name,
			Took: func() time.Duration { return longest },
			Run: repeat(func() (err error) {
				longest, err = longestPause(read)
				return err
			}),
		}
	}
	return []Side{
		side("this", func() error {
			_, err := m.ReadAt(p, 0)
			return err
		}),
		side("a copy in Guard", func() error {
			return m.Guard(func(b []byte) error {
				copy(p, b)
				return nil
			})
		}),
		side(fileReadAt, func() error {
			_, err := f.ReadAt(p, 0)
			return err
		}),
	}, nil
}

// longestPause returns the longest time between two looks at the clock by a
// goroutine that does nothing else, while read runs in another goroutine and
// the garbage collector in a third.
func longestPause(read func() error) (longest time.Duration, err error) {
	done := make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		defer close(done)
		err = read()
	})
	wg.Go(func() {
		for !isClosed(done) {
			runtime.GC()
		}
	})
	for last := time.Now(); !isClosed(done); {
		runtime.Gosched()
		now := time.Now()
		longest = max(longest, now.Sub(last))
		last = now
	}
	wg.Wait()
	return longest, err
}

func isClosed(done <-chan struct{}) bool {
	select {
	case <-done:
		return true
	default:
		return false
	}
}
