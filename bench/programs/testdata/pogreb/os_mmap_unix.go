// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package fs

import (
	"os"
	"sync"

	mapping "github.com/facc7503/mmap"
)

// mappings holds the *mapping.Mapping of each slice, by its first byte.
var mappings sync.Map

func mmap(f *os.File, _, size int64) ([]byte, error) {
	m, err := mapping.MapRegion(f, 0, int(size), mapping.ProtRead, mapping.Shared)
	if err != nil {
		return nil, err
	}
	data := m.Bytes()
	mappings.Store(&data[0], m)
	return data, nil
}

func munmap(data []byte) error { return take(data).Close() }

func take(data []byte) *mapping.Mapping {
	m, _ := mappings.LoadAndDelete(&data[0])
	return m.(*mapping.Mapping)
}

func madviceRandom(data []byte) error {
	m, _ := mappings.Load(&data[0])
	return m.(*mapping.Mapping).Advise(mapping.AdviceRandom)
}

func (f *osMMapFile) Truncate(size int64) error {
	if err := f.File.Truncate(size); err != nil {
		return err
	}
	f.size = size
	return f.mremap()
}
