// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package bench

import (
	"bytes"
	"fmt"
	"os"
	"strconv"

	"github.com/facc7503/mmap"
)

// scale is what becomes of a cost with more mappings, and more processors.
func scale() []Work {
	works := []Work{
		{Name: "map+close 4 KiB with 60 000 live mappings", Batch: 100, Open: liveMappings(60_000)},
		{Name: "map+close 4 KiB with 1000 live mappings", Batch: 100, Open: liveMappings(1000)},
		readScale("ReadAt 8 B, two goroutines, per read", 2),
	}
	for g := 4; g <= all(); g *= 2 {
		works = append(works, readScale(fmt.Sprintf("ReadAt 8 B, %d goroutines, per read", g), g))
	}
	return works
}

func liveMappings(n int) func(b *Bed) ([]Side, error) {
	return func(b *Bed) ([]Side, error) {
		f, err := b.file(miB)
		if err != nil {
			return nil, err
		}
		var live []*mmap.Mapping
		setLive := func(n int) error {
			for len(live) < n {
				// All begin at the same offset, or the system would join neighbours.
				m, err := mmap.MapRegion(f, 0, pageSize, mmap.ProtRead, mmap.Shared)
				if err != nil {
					return err
				}
				live = append(live, m)
			}
			for len(live) > n {
				last := len(live) - 1
				if err := live[last].Close(); err != nil {
					return err
				}
				live = live[:last]
			}
			return nil
		}
		b.Undo(func() error { return setLive(0) })
		side := func(name string, n int, mapIt mapper) Side {
			return Side{
				Name:   name,
				Skip:   tooMany(n),
				Before: func() error { return setLive(n) },
				Run:    repeat(func() error { return mapIt(f, pageSize, 0, nil) }),
			}
		}
		return []Side{
			side("this", n, mapThis),
			side(raw+", as many", n, mapRaw),
			side("this with 10", 10, mapThis),
		}, nil
	}
}

// tooMany says why there cannot be n mappings and those that Go has.
func tooMany(n int) (skip string) {
	const name = "/proc/sys/vm/max_map_count"
	text, err := os.ReadFile(name)
	if err != nil {
		return err.Error()
	}
	if limit, err := strconv.Atoi(string(bytes.TrimSpace(text))); err != nil || limit < n+1000 {
		return fmt.Sprintf("%s is %s", name, text)
	}
	return ""
}

func readScale(name string, goroutines int) Work {
	return Work{Name: name, Parallel: true, Batch: 1000, Open: func(b *Bed) ([]Side, error) {
		m, err := small(b, mmap.ProtRead)
		if err != nil {
			return nil, err
		}
		buffers := newBuffers(goroutines, 8)
		side := func(name string, g int) Side {
			return Side{Name: name, Run: on(g, func(i int) func(int) error { return readThis(m, buffers[i]) })}
		}
		return []Side{side("this", goroutines), side("one goroutine", 1)}, nil
	}}
}
