// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package bbolt

import (
	"errors"
	"sync"
	"syscall"
	"time"
	"unsafe"

	mapping "github.com/facc7503/mmap"
	"go.etcd.io/bbolt/internal/common"
)

// mappings holds the *mapping.Mapping of each *DB.
var mappings sync.Map

func mmap(db *DB, sz int) error {
	m, err := mapping.MapRegion(db.file, 0, sz, mapping.ProtRead, mapping.Shared|mapping.Flag(db.MmapFlags))
	if err != nil {
		return err
	}
	if err := m.Advise(mapping.AdviceRandom); err != nil {
		return errors.Join(err, m.Close())
	}
	mappings.Store(db, m)
	db.dataref = m.Bytes()
	db.data = (*[common.MaxMapSize]byte)(unsafe.Pointer(&db.dataref[0]))
	db.datasz = sz
	return nil
}

func munmap(db *DB) error {
	m, ok := mappings.LoadAndDelete(db)
	if !ok {
		return nil
	}
	db.dataref, db.data, db.datasz = nil, nil, 0
	return m.(*mapping.Mapping).Close()
}

// flock does not wait for other processes: there are none.
func flock(db *DB, exclusive bool, _ time.Duration) error {
	how := syscall.LOCK_SH
	if exclusive {
		how = syscall.LOCK_EX
	}
	return syscall.Flock(int(db.file.Fd()), how|syscall.LOCK_NB)
}

func funlock(db *DB) error { return syscall.Flock(int(db.file.Fd()), syscall.LOCK_UN) }
