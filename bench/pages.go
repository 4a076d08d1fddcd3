// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package bench

import (
	"os"
	"runtime"
	"unsafe"

	edsrzf "github.com/edsrzf/mmap-go"
	"github.com/facc7503/mmap"
)

// pages is what page faults cost.
func pages() []Work {
	return []Work{
		mapTouch("map 1 MiB, touch its pages, close", miB),
		mapTouch("map 1 GiB, touch its pages, close", giB),
		{Name: "256 MiB of memory, store to its pages, close", Open: anonymous},
	}
}

func mapTouch(name string, size int) Work {
	return Work{Name: name, Open: func(b *Bed) ([]Side, error) {
		f, err := b.file(size)
		if err != nil {
			return nil, err
		}
		side := func(name string, mapIt mapper) Side {
			return Side{Name: name, Run: repeat(func() error { return mapIt(f, size, 0, load) })}
		}
		return []Side{
			side("this", mapThis),
			side(raw, mapRaw),
			side(mmapgo, mapMmapgo),
		}, nil
	}}
}

const anonSize = 256 * miB

func anonymous(*Bed) ([]Side, error) {
	return []Side{
		{Name: "this", Run: repeat(anonPlain)},
		{Name: raw, Run: repeat(func() error { return anonRaw(0, 0) })},
		{Name: mmapgo, Run: repeat(func() error {
			m, err := edsrzf.MapRegion(nil, anonSize, edsrzf.COPY, edsrzf.ANON, 0)
			if err != nil {
				return err
			}
			store(m)
			return m.Unmap()
		})},
	}, nil
}

func anonPlain() error { return anon(0, nil) }

// anon maps memory, has it advised, stores to its pages, and unmaps it.
func anon(flags mmap.Flag, advise func(*mmap.Mapping) error) error {
	m, err := mmap.MapAnon(anonSize, mmap.ProtRead|mmap.ProtWrite, mmap.Private|flags)
	if err != nil {
		return err
	}
	defer m.Close()
	if advise != nil {
		if err := advise(m); err != nil {
			return err
		}
	}
	store(m.Bytes())
	return nil
}

var pageSize = os.Getpagesize()

// load reads a byte of every page.
func load(b []byte) {
	var sum byte
	for i := 0; i < len(b); i += pageSize {
		sum += b[i]
	}
	runtime.KeepAlive(sum)
}

// store writes a byte of every page.
func store(b []byte) {
	for i := 0; i < len(b); i += pageSize {
		b[i] = 1
	}
}

// bytesAt is raw memory as a slice.
func bytesAt(p unsafe.Pointer, size int) []byte { return unsafe.Slice((*byte)(p), size) }
