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
	"golang.org/x/sys/unix"
)

// linuxPages is what Populate and huge pages save.
func linuxPages() []Work {
	return []Work{
		{Name: "map 1 GiB with Populate, touch its pages, close", Open: populate},
		{Name: "256 MiB with AdviceHugePage, store to its pages, close", Open: hugeAdvice},
		{Name: "256 MiB with HugeTLB, store to its pages, close", Open: hugeTLB},
	}
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
