// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package bench

import (
	"os"

	edsrzf "github.com/edsrzf/mmap-go"
	"github.com/facc7503/mmap"
	xexp "golang.org/x/exp/mmap"
)

// maps is what it costs to map and unmap, with no page touched.
func maps() []Work {
	return []Work{
		mapClose("map+close 4 KiB", 1, 1, 4*kiB),
		mapClose("map+close 1 MiB", 1, 1, miB),
		mapClose("map+close 1 MiB"+fileEach, all(), all(), miB),
		mapClose("map+close 1 MiB"+oneFile, all(), 1, miB),
		mapClose("map+close 1 GiB", 1, 1, giB),
		{Name: "open+close 1 MiB by name", Open: openClose},
	}
}

func mapClose(name string, goroutines, files, size int) Work {
	return Work{Name: name, Parallel: goroutines > 1, Open: func(b *Bed) ([]Side, error) {
		fs := make([]*os.File, files)
		for i := range fs {
			var err error
			if fs[i], err = b.file(max(size, miB)); err != nil {
				return nil, err
			}
		}
		side := func(name string, mapIt mapper) Side {
			return Side{Name: name, Run: on(goroutines, func(i int) func(int) error {
				return repeat(func() error { return mapIt(fs[i%files], size, 0, nil) })
			})}
		}
		return []Side{
			side("this", mapThis),
			side(raw, mapRaw),
			side(mmapgo, mapMmapgo),
		}, nil
	}}
}

// openClose includes opening the file: x/exp/mmap does nothing else.
func openClose(b *Bed) ([]Side, error) {
	f, err := b.file(miB)
	if err != nil {
		return nil, err
	}
	return []Side{
		{Name: "this", Run: repeat(func() error {
			m, err := mmap.Open(f.Name())
			if err != nil {
				return err
			}
			return m.Close()
		})},
		{Name: xexpmmap, Run: repeat(func() error {
			r, err := xexp.Open(f.Name())
			if err != nil {
				return err
			}
			return r.Close()
		})},
	}, nil
}

// repeat is fn as a Run. Its cost is little to that of a system call.
func repeat(fn func() error) func(n int) error {
	return func(n int) error {
		for range n {
			if err := fn(); err != nil {
				return err
			}
		}
		return nil
	}
}

// A mapper maps the first size bytes of f to read, with further flags, calls use
// with them unless it is nil, and unmaps them.
type mapper func(f *os.File, size, flags int, use func([]byte)) error

func mapThis(f *os.File, size, flags int, use func([]byte)) error {
	m, err := mmap.MapRegion(f, 0, size, mmap.ProtRead, mmap.Shared|mmap.Flag(flags))
	if err != nil {
		return err
	}
	if use != nil {
		use(m.Bytes())
	}
	return m.Close()
}

// mapMmapgo cannot take flags: there is none that would mean Populate.
func mapMmapgo(f *os.File, size, _ int, use func([]byte)) error {
	m, err := edsrzf.MapRegion(f, size, edsrzf.RDONLY, 0, 0)
	if err != nil {
		return err
	}
	if use != nil {
		use(m)
	}
	return m.Unmap()
}
