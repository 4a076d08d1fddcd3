// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package bench

import (
	"errors"
	"os"
	"path/filepath"

	"github.com/facc7503/mmap"
)

// A Bed is where a Work is done: a directory, and what is to be undone after it.
type Bed struct {
	Dir  string
	undo []func() error
}

// NewBed makes the directory, in memory if there is room.
func NewBed() (*Bed, error) {
	const need = 2 * giB // a file of 1 GiB, and room for others
	dir, err := os.MkdirTemp(parent(need), "mmapbench")
	if err != nil {
		return nil, err
	}
	return &Bed{Dir: dir, undo: []func() error{func() error { return os.RemoveAll(dir) }}}, nil
}

// Undo has fn called by Close, before what was given to Undo earlier.
func (b *Bed) Undo(fn func() error) { b.undo = append(b.undo, fn) }

// Close undoes everything.
func (b *Bed) Close() error {
	var err error
	for len(b.undo) > 0 {
		last := len(b.undo) - 1
		err = errors.Join(err, b.undo[last]())
		b.undo = b.undo[:last]
	}
	return err
}

// path is a name in the Bed's directory.
func (b *Bed) path(name string) string { return filepath.Join(b.Dir, name) }

// file makes a file of size bytes, a multiple of 1 MiB: no holes and no zeros,
// for the system keeps those in one page, which is always in the cache.
func (b *Bed) file(size int) (*os.File, error) {
	f, err := os.CreateTemp(b.Dir, "file")
	if err != nil {
		return nil, err
	}
	b.Undo(f.Close)
	block := make([]byte, miB)
	fill(block)
	for range size / miB {
		if _, err := f.Write(block); err != nil {
			return nil, err
		}
	}
	return f, nil
}

// mapped maps all of f, with its pages in place.
func (b *Bed) mapped(f *os.File, prot mmap.Prot) (*mmap.Mapping, error) {
	m, err := mmap.Map(f, prot, mmap.Shared|prefault)
	if err == nil {
		b.Undo(m.Close)
	}
	return m, err
}

// fill stores something in every byte.
func fill(b []byte) {
	for i := range b {
		b[i] = byte(i*7) | 1
	}
}
