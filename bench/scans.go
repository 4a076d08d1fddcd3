// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package bench

import (
	"errors"
	"io"
	"os"
	"unsafe"

	"github.com/facc7503/mmap"
)

// scans is a file of 1 GiB that is in the page cache, read whole and here and
// there.
func scans() []Work {
	return []Work{
		{Name: "map, add up 1 GiB, close", Open: scan},
		{Name: "random 64 B of 1 GiB, by Bytes", Batch: 1000, Open: func(b *Bed) ([]Side, error) {
			return random(b, randomBytes)
		}},
		{Name: "random 64 B of 1 GiB, by ReadAt", Batch: 1000, Open: func(b *Bed) ([]Side, error) {
			return random(b, randomReadAt)
		}},
	}
}

func scan(b *Bed) ([]Side, error) {
	f, err := b.file(giB)
	if err != nil {
		return nil, err
	}
	buffer := make([]uint64, 256*kiB/8)
	side := func(name string, flags mmap.Flag) Side {
		return Side{Name: name, Run: repeat(func() error { return mapThis(f, giB, int(flags), sumBytes) })}
	}
	populated := side("with Populate", prefault)
	populated.Skip = noPrefault()
	return []Side{
		side("this", 0),
		populated,
		{Name: raw, Run: repeat(func() error { return mapRaw(f, giB, 0, sumBytes) })},
		{Name: mmapgo, Run: repeat(func() error { return mapMmapgo(f, giB, 0, sumBytes) })},
		{Name: "os.File.ReadAt, 256 KiB at a time", Run: repeat(func() error {
			f, err := os.Open(f.Name())
			if err != nil {
				return err
			}
			defer f.Close()
			p := unsafe.Slice((*byte)(unsafe.Pointer(&buffer[0])), len(buffer)*8)
			for off := int64(0); ; {
				n, err := f.ReadAt(p, off)
				sum(buffer[:n/8])
				off += int64(n)
				if errors.Is(err, io.EOF) {
					return nil
				}
				if err != nil {
					return err
				}
			}
		})},
	}, nil
}

func sumBytes(b []byte) { sum(words(b)) }

// words is b, which is aligned, as numbers.
func words(b []byte) []uint64 {
	return unsafe.Slice((*uint64)(unsafe.Pointer(unsafe.SliceData(b))), len(b)/8)
}

// random is 64 bytes from anywhere, copied to the same buffer by all sides.
func random(b *Bed, this func(m *mmap.Mapping, p []byte) func(int) error) ([]Side, error) {
	f, m, x, err := opened(b, giB)
	if err != nil {
		return nil, err
	}
	p := newBuffers(1, 64)[0]
	populateX := func() error { // what m has done already
		var err error
		for off := 0; off < x.Len() && err == nil; off += pageSize {
			_, err = x.ReadAt(p[:1], int64(off))
		}
		return err
	}
	if err := populateX(); err != nil {
		return nil, err
	}
	return []Side{
		{Name: "this", Run: this(m, p)},
		{Name: xexpmmap, Run: func(n int) error {
			r := dice(1)
			for range n {
				if _, err := x.ReadAt(p, r.offset()); err != nil {
					return err
				}
			}
			return nil
		}},
		{Name: fileReadAt, Run: func(n int) error {
			r := dice(1)
			for range n {
				if _, err := f.ReadAt(p, r.offset()); err != nil {
					return err
				}
			}
			return nil
		}},
	}, nil
}

func randomBytes(m *mmap.Mapping, p []byte) func(n int) error {
	return func(n int) error {
		r := dice(1)
		for range n {
			copy(p, m.Bytes()[r.offset():])
		}
		return nil
	}
}

func randomReadAt(m *mmap.Mapping, p []byte) func(n int) error {
	return func(n int) error {
		r := dice(1)
		for range n {
			if _, err := m.ReadAt(p, r.offset()); err != nil {
				return err
			}
		}
		return nil
	}
}

// dice is Marsaglia's xorshift64: a few cycles, and the same for all sides.
type dice uint64

// offset is where 64 of the 1 GiB bytes begin.
func (d *dice) offset() int64 {
	x := *d
	x ^= x << 13
	x ^= x >> 7
	x ^= x << 17
	*d = x
	return int64(x % (giB / 64) * 64)
}
