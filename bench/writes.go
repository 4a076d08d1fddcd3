// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package bench

import (
	"os"

	edsrzf "github.com/edsrzf/mmap-go"
	"github.com/facc7503/mmap"
)

// writes is WriteAt, as [reads] is ReadAt, and Sync.
func writes() []Work {
	return []Work{
		writeAt("WriteAt 8 B", 8),
		writeAt("WriteAt 4 KiB", 4*kiB),
		writeAt("WriteAt 64 KiB", 64*kiB),
		{Name: "Sync of one dirty page in 1 GiB", Open: syncPage},
	}
}

func writeAt(name string, size int) Work {
	return Work{Name: name, Batch: 1000, Open: func(b *Bed) ([]Side, error) {
		f, err := b.file(miB)
		if err != nil {
			return nil, err
		}
		m, err := b.mapped(f, mmap.ProtRead|mmap.ProtWrite)
		if err != nil {
			return nil, err
		}
		data := m.Bytes()
		p := newBuffers(1, size)[0]
		return []Side{
			{Name: "this", Run: func(n int) error {
				off := 0
				for range n {
					if _, err := m.WriteAt(p, int64(off)); err != nil {
						return err
					}
					off = (off + len(p)) % miB
				}
				return nil
			}},
			{Name: bareCopy, Run: func(n int) error {
				off := 0
				for range n {
					copy(data[off:], p)
					off = (off + len(p)) % miB
				}
				return nil
			}},
			{Name: "os.File.WriteAt", Run: func(n int) error {
				off := 0
				for range n {
					if _, err := f.WriteAt(p, int64(off)); err != nil {
						return err
					}
					off = (off + len(p)) % miB
				}
				return nil
			}},
		}, nil
	}}
}

// syncPage is on a disk, if the directory for temporary files is: a file in
// memory is never written. The file is a hole except for the page.
func syncPage(b *Bed) ([]Side, error) {
	f, err := os.CreateTemp("", "mmapbench")
	if err != nil {
		return nil, err
	}
	b.Undo(func() error { return os.Remove(f.Name()) })
	b.Undo(f.Close)
	if err := f.Truncate(giB); err != nil {
		return nil, err
	}
	m, err := mmap.Map(f, mmap.ProtRead|mmap.ProtWrite, mmap.Shared)
	if err != nil {
		return nil, err
	}
	b.Undo(m.Close)
	other, err := edsrzf.Map(f, edsrzf.RDWR, 0)
	if err != nil {
		return nil, err
	}
	b.Undo(other.Unmap)
	data := m.Bytes()
	// Both libraries and the call have their page dirtied in the one mapping
	// that they write.
	dirtyThen := func(data []byte, sync func() error) func(int) error {
		return repeat(func() error {
			data[giB/2]++
			return sync()
		})
	}
	return []Side{
		{Name: "this", Run: dirtyThen(data, m.Sync)},
		{Name: "raw msync", Run: dirtyThen(data, func() error { return syncRaw(data) })},
		{Name: mmapgo, Run: dirtyThen(other, other.Flush)},
	}, nil
}
