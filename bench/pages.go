// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package bench

import (
	"bytes"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"unsafe"

	edsrzf "github.com/edsrzf/mmap-go"
	"github.com/facc7503/mmap"
	"golang.org/x/sys/unix"
)

// pages is what page faults cost, and what Populate and huge pages save.
func pages() []Work {
	return []Work{
		mapTouch("map 1 MiB, touch its pages, close", miB),
		mapTouch("map 1 GiB, touch its pages, close", giB),
		{Name: "map 1 GiB with Populate, touch its pages, close", Open: populate},
		{Name: "256 MiB of memory, store to its pages, close", Open: anonymous},
		{Name: "256 MiB with AdviceHugePage, store to its pages, close", Open: hugeAdvice},
		{Name: "256 MiB with HugeTLB, store to its pages, close", Open: hugeTLB},
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

func populate(b *Bed) ([]Side, error) {
	f, err := b.file(giB)
	if err != nil {
		return nil, err
	}
	side := func(name string, mapIt mapper, flags int) Side {
		return Side{Name: name, Run: repeat(func() error { return mapIt(f, giB, flags, load) })}
	}
	return []Side{
		side("this", mapThis, int(mmap.Populate)),
		side("raw MAP_POPULATE", mapRaw, unix.MAP_POPULATE),
		side("without", mapThis, 0),
	}, nil
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

func hugeAdvice(*Bed) ([]Side, error) {
	return []Side{
		{Name: "this", Run: repeat(func() error {
			return anon(0, func(m *mmap.Mapping) error { return m.Advise(mmap.AdviceHugePage) })
		})},
		{Name: "raw, with MADV_HUGEPAGE", Run: repeat(func() error { return anonRaw(0, unix.MADV_HUGEPAGE) })},
		{Name: "without", Run: repeat(anonPlain)},
	}, nil
}

func hugeTLB(b *Bed) ([]Side, error) {
	this := Side{Name: "this", Run: repeat(func() error { return anon(mmap.HugeTLB|mmap.Huge2MB, nil) })}
	if err := growPool(b, anonSize/(2*miB)); err != nil {
		this.Skip = err.Error()
	}
	return []Side{
		this,
		{Name: "raw, with MAP_HUGETLB", Run: repeat(func() error { return anonRaw(unix.MAP_HUGETLB|unix.MAP_HUGE_2MB, 0) })},
		{Name: "without", Run: repeat(anonPlain)},
	}, nil
}

// growPool adds n huge pages to the system's pool until the Bed is closed.
func growPool(b *Bed, n int) error {
	const name = "/sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages"
	size := func() (int, error) {
		text, err := os.ReadFile(name)
		if err != nil {
			return 0, err
		}
		return strconv.Atoi(string(bytes.TrimSpace(text)))
	}
	resize := func(n int) error { return os.WriteFile(name, []byte(strconv.Itoa(n)), 0) }
	old, err := size()
	if err != nil {
		return err
	}
	if err := resize(old + n); err != nil {
		return fmt.Errorf("the pool of huge pages cannot be set: %w", err)
	}
	b.Undo(func() error { return resize(old) })
	if now, err := size(); err != nil || now < old+n {
		return fmt.Errorf("the system has no %d huge pages: %d, %w", n, now, err)
	}
	return nil
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

// anonRaw is anon by raw calls: advice 0 is none.
func anonRaw(flags, advice int) error {
	p, err := unix.MmapPtr(-1, 0, nil, anonSize, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_PRIVATE|unix.MAP_ANON|flags)
	if err != nil {
		return err
	}
	if advice != 0 {
		if err := unix.Madvise(bytesAt(p, anonSize), advice); err != nil {
			return err
		}
	}
	store(bytesAt(p, anonSize))
	return unix.MunmapPtr(p, anonSize)
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
