// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package bench

import (
	"sync"

	"github.com/facc7503/mmap"
)

// guards is what it costs to keep a Mapping open meanwhile.
func guards() []Work {
	return []Work{
		guard("Guard with a trivial body", 1),
		guard("Guard with a trivial body, all goroutines", all()),
		{Name: "Guard with a trivial body, all goroutines, a Mapping each", Parallel: true, Batch: 1000, Open: guardEach},
		writeLocked("WriteAt 8 B, all goroutines", all()),
	}
}

// guardWith returns a Run in which goroutine i calls Guard of m(i).
func guardWith(goroutines int, buffers [][]byte, m func(i int) *mmap.Mapping) func(n int) error {
	return on(goroutines, func(i int) func(int) error {
		m, fn := m(i), addTo(buffers[i])
		return func(n int) error { // by hand: repeat would add to what a few nanoseconds take
			for range n {
				if err := m.Guard(fn); err != nil {
					return err
				}
			}
			return nil
		}
	})
}

// addTo returns a function that adds a byte to p[0].
func addTo(p []byte) func(b []byte) error {
	return func(b []byte) error {
		p[0] += b[0]
		return nil
	}
}

// locked calls fn under a read lock.
func locked(mu *sync.RWMutex, fn func(b []byte) error, b []byte) error {
	mu.RLock()
	err := fn(b)
	mu.RUnlock()
	return err
}

func guard(name string, goroutines int) Work {
	return Work{Name: name, Parallel: goroutines > 1, Batch: 1000, Open: func(b *Bed) ([]Side, error) {
		m, err := small(b, mmap.ProtRead)
		if err != nil {
			return nil, err
		}
		var mu sync.RWMutex
		data := m.Bytes()
		buffers := newBuffers(goroutines, 1)
		return []Side{
			{Name: "this", Run: guardWith(goroutines, buffers, func(int) *mmap.Mapping { return m })},
			{Name: rwmutex, Run: on(goroutines, func(i int) func(int) error {
				fn := addTo(buffers[i])
				return func(n int) error {
					for range n {
						if err := locked(&mu, fn, data); err != nil {
							return err
						}
					}
					return nil
				}
			})},
		}, nil
	}}
}

// guardEach is Guard where no two goroutines count in one Mapping.
func guardEach(b *Bed) ([]Side, error) {
	f, err := b.file(miB)
	if err != nil {
		return nil, err
	}
	mappings := make([]*mmap.Mapping, all())
	for i := range mappings {
		if mappings[i], err = b.mapped(f, mmap.ProtRead); err != nil {
			return nil, err
		}
	}
	buffers := newBuffers(all(), 1)
	return []Side{
		{Name: "this", Run: guardWith(all(), buffers, func(i int) *mmap.Mapping { return mappings[i] })},
		{Name: "one Mapping", Run: guardWith(all(), buffers, func(int) *mmap.Mapping { return mappings[0] })},
		{Name: "one goroutine", Run: guardWith(1, buffers, func(int) *mmap.Mapping { return mappings[0] })},
	}, nil
}

// writeLocked writes 8 bytes at a time. Each goroutine has a part of the file to
// itself.
func writeLocked(name string, goroutines int) Work {
	return Work{Name: name, Parallel: goroutines > 1, Batch: 1000, Open: func(b *Bed) ([]Side, error) {
		m, err := small(b, mmap.ProtRead|mmap.ProtWrite)
		if err != nil {
			return nil, err
		}
		var mu sync.RWMutex
		data := m.Bytes()
		buffers := newBuffers(goroutines, 8)
		part := miB / goroutines &^ (4*kiB - 1)
		return []Side{
			{Name: "this", Run: on(goroutines, func(i int) func(int) error {
				p, off := buffers[i], 0
				return func(n int) error {
					for range n {
						if _, err := m.WriteAt(p, int64(i*part+off)); err != nil {
							return err
						}
						off = (off + len(p)) % part
					}
					return nil
				}
			})},
			{Name: rwmutex, Run: on(goroutines, func(i int) func(int) error {
				p, off := buffers[i], 0
				return func(n int) error {
					for range n {
						mu.RLock()
						copy(data[i*part+off:], p)
						mu.RUnlock()
						off = (off + len(p)) % part
					}
					return nil
				}
			})},
		}, nil
	}}
}
