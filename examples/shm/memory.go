// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package main

import (
	"sync/atomic"
	"time"
)

const (
	textSize   = 3000
	history    = 64
	memorySize = textSize + 8*history + 4
)

// memory is the file, byte for byte. It is less than a page, on any system, so
// that the first access finds out whether there is a page: where the disk is
// full a poke fails before it has changed anything.
//
// Whoever pokes makes seq odd, stores, and makes it even again: one at a time,
// as only one can change an even number to the odd one after it. Whoever watches
// copies while seq is even, and copies again if it was another number at the end.
// So a watcher holds nobody up, and may be killed at any time.
type memory struct {
	pokes
	seq atomic.Uint32 // twice the number of pokes; odd while one is under way
}

type pokes struct {
	text [textSize]byte
	last [history]struct{ off, n uint32 } // where the texts are: of poke number i at i%history
}

// poke stores text at off, and tells those who watch. It reports whether its turn
// came within a second.
func (m *memory) poke(off int, text string) bool {
	for range 1000 {
		seq := m.seq.Load()
		if seq%2 == 0 && m.seq.CompareAndSwap(seq, seq+1) {
			copy(m.text[off:], text)
			p := &m.last[(seq+2)/2%history]
			p.off, p.n = uint32(off), uint32(len(text))
			m.seq.Store(seq + 2)
			wake(&m.seq)
			return true
		}
		time.Sleep(time.Millisecond) // Another one is at it, and soon done.
	}
	return false
}

// after waits until seq is no longer seen, and returns what it is now and a copy
// of what was poked until then.
func (m *memory) after(seen uint32) (now uint32, p pokes) {
	for {
		now = m.seq.Load()
		if now == seen || now%2 == 1 {
			wait(&m.seq, now)
			continue
		}
		p = m.pokes
		// To load seq again would not do: some processors may load it before
		// the copy is made. An exchange they do in order.
		if m.seq.CompareAndSwap(now, now) {
			return now, p
		}
	}
}
