// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build unix

package recipes_test

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"log"
	"os"
	"sync"
	"sync/atomic"

	"github.com/facc7503/mmap"
)

// A journal is a file of records, to which one process appends. Before each
// record stand its length and its checksum; behind the last one are zeros.
type journal struct {
	file *os.File
	m    *mmap.Mapping // Longer than the file, which grows under it.
	end  atomic.Int64  // Of the records that are on the disk.

	mu   sync.Mutex // Append holds it.
	size int        // Of the file: what lies beyond faults.
	err  error      // Why nothing can be appended any more.
}

const (
	journalMost   = 1 << 26 // What a journal may become: it costs address space alone.
	journalStep   = 1 << 20 // By which the file grows.
	journalHeader = 8
)

var errJournalFull = errors.New("the journal is full")

// openJournal maps the file, and recovers what a crash has left.
func openJournal(file *os.File) (*journal, error) {
	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	if info.Size() > journalMost {
		return nil, errJournalFull
	}
	m, err := mmap.MapRegion(file, 0, journalMost, mmap.ProtRead|mmap.ProtWrite, mmap.Shared)
	if err != nil {
		return nil, err
	}
	end := 0
	err = m.Guard(func(b []byte) error {
		for record := range records(b[:info.Size()]) {
			end += journalHeader + len(record)
		}
		return nil
	})
	// A record that a crash has cut short must go, with all that follows: behind the
	// next record it could look like one more.
	if err == nil {
		err = file.Truncate(int64(end))
	}
	if err == nil {
		err = file.Sync()
	}
	if err != nil {
		return nil, errors.Join(err, m.Close())
	}
	j := &journal{file: file, m: m, size: end}
	j.end.Store(int64(end))
	return j, nil
}

// records yields the records of b, up to one that is not whole.
func records(b []byte) func(yield func(record []byte) bool) {
	return func(yield func([]byte) bool) {
		for len(b) > journalHeader {
			n := int64(binary.LittleEndian.Uint32(b))
			sum := binary.LittleEndian.Uint32(b[4:])
			b = b[journalHeader:]
			if n == 0 || n > int64(len(b)) || crc32.ChecksumIEEE(b[:n]) != sum || !yield(b[:n]) {
				return
			}
			b = b[n:]
		}
	}
}

// Append writes a record, which must not be empty. After it returns nil, the
// record survives a crash of the system. After an error nothing more can be
// appended: open the journal again.
func (j *journal) Append(record []byte) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	off, n := int(j.end.Load()), journalHeader+len(record)
	if len(record) == 0 || n > j.m.Len()-off {
		return errJournalFull
	}
	if j.err == nil && j.size < off+n {
		j.err = j.grow(off + n)
	}
	if j.err == nil {
		j.err = j.m.Guard(func(b []byte) error { // A full disk is a fault.
			binary.LittleEndian.PutUint32(b[off:], uint32(len(record)))
			binary.LittleEndian.PutUint32(b[off+4:], crc32.ChecksumIEEE(record))
			copy(b[off+journalHeader:], record)
			return nil
		})
	}
	if j.err == nil {
		j.err = j.m.SyncRange(off, n, mmap.SyncWait)
	}
	if j.err == nil {
		j.end.Store(int64(off + n)) // From here on others read it.
	}
	return j.err
}

// grow makes the file larger, and has its size on the disk.
func (j *journal) grow(size int) error {
	size = min((size+journalStep-1)/journalStep*journalStep, j.m.Len())
	if err := j.file.Truncate(int64(size)); err != nil {
		return err
	}
	j.size = size
	return j.file.Sync()
}

// All calls fn with each record. It may run at once with Append.
func (j *journal) All(fn func(record []byte) error) error {
	return j.m.Guard(func(b []byte) error {
		for record := range records(b[:j.end.Load()]) {
			if err := fn(record); err != nil {
				return err
			}
		}
		return nil
	})
}

// An append-only log grows under its Mapping, and recovers after a crash: a
// checksum tells whether all of a record has reached the disk.
func Example_log() {
	file, remove := tempFile("")
	defer remove()
	j, err := openJournal(file)
	if err != nil {
		log.Fatal(err)
	}
	for _, record := range []string{"one", "two", "three"} {
		check(j.Append([]byte(record)))
	}
	check(j.m.Close())

	// A crash: of the last record not every byte is on the disk.
	_, err = file.WriteAt([]byte{0}, j.end.Load()-1)
	check(err)

	j, err = openJournal(file)
	if err != nil {
		log.Fatal(err)
	}
	defer j.m.Close()
	check(j.Append([]byte("four")))
	check(j.All(func(record []byte) error {
		fmt.Printf("%s\n", record)
		return nil
	}))
	// Output:
	// one
	// two
	// four
}
