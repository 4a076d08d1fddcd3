// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package bench

import (
	"os"

	"github.com/facc7503/mmap"
	xexp "golang.org/x/exp/mmap"
)

// reads is ReadAt, from one end of a file of 1 MiB to the other, over and over.
func reads() []Work {
	return []Work{
		readAt("ReadAt 8 B", 1, 8),
		readAt("ReadAt 8 B, all goroutines", all(), 8),
		readAt("ReadAt 4 KiB", 1, 4*kiB),
		readAt("ReadAt 4 KiB, all goroutines", all(), 4*kiB),
		readAt("ReadAt 64 KiB", 1, 64*kiB),
		readAt("ReadAt 64 KiB, all goroutines", all(), 64*kiB),
	}
}

// opened is a file of size bytes, mapped with its pages in place, and opened by
// x/exp/mmap.
func opened(b *Bed, size int) (f *os.File, m *mmap.Mapping, x *xexp.ReaderAt, err error) {
	if f, err = b.file(size); err != nil {
		return nil, nil, nil, err
	}
	if m, err = b.mapped(f, mmap.ProtRead); err != nil {
		return nil, nil, nil, err
	}
	if x, err = xexp.Open(f.Name()); err != nil {
		return nil, nil, nil, err
	}
	b.Undo(x.Close)
	return f, m, x, nil
}

func readAt(name string, goroutines, size int) Work {
	return Work{Name: name, Parallel: goroutines > 1, Batch: 1000, Open: func(b *Bed) ([]Side, error) {
		f, m, x, err := opened(b, miB)
		if err != nil {
			return nil, err
		}
		data := m.Bytes()
		buffers := newBuffers(goroutines, size)
		return []Side{
			{Name: "this", Run: on(goroutines, func(i int) func(int) error { return readThis(m, buffers[i]) })},
			// The loops below are the same except for the call: through an interface it
			// would cost more, and hide a part of what is to be seen.
			{Name: bareCopy, Run: on(goroutines, func(i int) func(int) error {
				p := buffers[i]
				return func(n int) error {
					off := 0
					for range n {
						copy(p, data[off:])
						off = (off + len(p)) % miB
					}
					return nil
				}
			})},
			{Name: xexpmmap, Run: on(goroutines, func(i int) func(int) error {
				p := buffers[i]
				return func(n int) error {
					off := 0
					for range n {
						if _, err := x.ReadAt(p, int64(off)); err != nil {
							return err
						}
						off = (off + len(p)) % miB
					}
					return nil
				}
			})},
			{Name: fileReadAt, Run: on(goroutines, func(i int) func(int) error {
				p := buffers[i]
				return func(n int) error {
					off := 0
					for range n {
						if _, err := f.ReadAt(p, int64(off)); err != nil {
							return err
						}
						off = (off + len(p)) % miB
					}
					return nil
				}
			})},
		}, nil
	}}
}

// readThis reads through a mapping of 1 MiB.
func readThis(m *mmap.Mapping, p []byte) func(n int) error {
	return func(n int) error {
		off := 0
		for range n {
			if _, err := m.ReadAt(p, int64(off)); err != nil {
				return err
			}
			off = (off + len(p)) % miB
		}
		return nil
	}
}
