// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package bench

import (
	"runtime"
	"unsafe"

	"github.com/facc7503/mmap"
)

// accesses is what it costs to get at mapped memory.
func accesses() []Work {
	return []Work{
		{Name: "one Bytes() call and one byte of it", Batch: 1000, Open: oneByte},
		{Name: "sum of 1 MiB by Slice[uint64]", Open: typed},
	}
}

// small is a mapping that fits the processor's second cache.
func small(b *Bed, prot mmap.Prot) (*mmap.Mapping, error) {
	f, err := b.file(miB)
	if err != nil {
		return nil, err
	}
	return b.mapped(f, prot)
}

func oneByte(b *Bed) ([]Side, error) {
	m, err := small(b, mmap.ProtRead)
	if err != nil {
		return nil, err
	}
	s := &struct{ data []byte }{m.Bytes()}
	return []Side{
		{Name: "this", Run: func(n int) error {
			var sum byte
			for i := range n {
				sum += m.Bytes()[i&(miB-1)]
			}
			runtime.KeepAlive(sum)
			return nil
		}},
		{Name: "a struct field's slice", Run: func(n int) error {
			var sum byte
			for i := range n {
				sum += s.data[i&(miB-1)]
			}
			runtime.KeepAlive(sum)
			return nil
		}},
	}, nil
}

func typed(b *Bed) ([]Side, error) {
	m, err := small(b, mmap.ProtRead)
	if err != nil {
		return nil, err
	}
	heap := make([]uint64, miB/8)
	copy(unsafe.Slice((*byte)(unsafe.Pointer(&heap[0])), miB), m.Bytes())
	return []Side{
		{Name: "this", Run: repeat(func() error {
			words, err := mmap.Slice[uint64](m, 0, miB/8)
			sum(words)
			return err
		})},
		{Name: "a []uint64", Run: repeat(func() error {
			sum(heap)
			return nil
		})},
	}, nil
}

// sum adds up words.
func sum(words []uint64) {
	var sum uint64
	for _, w := range words {
		sum += w
	}
	runtime.KeepAlive(sum)
}
