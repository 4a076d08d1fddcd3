// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package kerneltest

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"testing"

	"github.com/facc7503/mmap"
	"github.com/facc7503/mmap/internal/mmaptest"
	"golang.org/x/sys/unix"
)

// fixesAddress are the flags for MapAt with an address alone.
const fixesAddress = mmap.Fixed | mmap.FixedNoReplace

// TestSecureMapAt gives MapAt each flag but those that fix an address: the
// address of foreign memory is then a hint, and the memory stays.
func TestSecureMapAt(t *testing.T) {
	inner, intact := mmaptest.Neighbours(t, 2)
	content := mmaptest.Pattern(inner.Len())
	copy(inner.Bytes(), content)
	f := mmaptest.TempFile(t, mmaptest.Pattern(4*pageSize))
	for i := range 32 {
		bit := mmap.Flag(1) << i
		if bit&fixesAddress != 0 || bit == unix.MAP_GROWSDOWN {
			continue
		}
		for _, flags := range []mmap.Flag{mmap.Private, mmap.Shared, mmap.Private | mmap.Anonymous, mmap.Shared | mmap.Anonymous} {
			flags |= bit
			fd := int(f.Fd())
			if flags&mmap.Anonymous != 0 {
				fd = -1
			}
			if m, err := mmap.MapAt(inner.Addr(), fd, 0, 2*pageSize, mmap.ProtRead, flags); err == nil {
				if m.Addr()+uintptr(m.Len()) > inner.Addr() && m.Addr() < inner.Addr()+uintptr(inner.Len()) {
					t.Errorf("%v mapped at %#x, over %#x", flags, m.Addr(), inner.Addr())
				}
				mmaptest.Must(t, m.Close())
			}
			mmaptest.WantBytes(t, fmt.Sprint(flags), inner.Bytes(), content)
			intact()
		}
	}
}

// A replacement is the arguments of a Replace, in a Mapping whose length is tail
// bytes short of four pages.
type replacement struct {
	tail      uint16
	off, n    int
	anonymous bool // or of a file of two pages
	offset    int64
	prot      uint8
	flags     uint32
}

func replacementFile() []byte { return mmaptest.Pattern(2*pageSize + 10)[10:] }

func randomReplacement(r *rand.Rand) replacement {
	oneOf := func(values ...int) int { return values[r.IntN(len(values))] }
	tail := oneOf(0, 0, 1, 100, pageSize-1)
	x := replacement{
		tail:      uint16(tail),
		off:       oneOf(r.IntN(5), r.IntN(5), r.IntN(5)-1) * pageSize,
		n:         oneOf(r.IntN(5), r.IntN(5), r.IntN(7)) * pageSize,
		anonymous: r.IntN(2) == 0,
		offset:    int64(oneOf(0, 0, 1, 2, 3, 100) * pageSize),
		prot:      uint8(oneOf(r.IntN(8), r.IntN(8), r.IntN(256))),
		flags:     uint32(oneOf(int(mmap.Private), int(mmap.Shared), int(mmap.Private), int(mmap.Shared), r.IntN(16))),
	}
	switch r.IntN(8) {
	case 0:
		x.off += oneOf(1, -1, 100)
	case 1:
		x.off = oneOf(math.MinInt, math.MaxInt, math.MaxInt&^(pageSize-1), math.MinInt+pageSize, -pageSize)
	case 2:
		x.n += oneOf(1, -1, 100, -100)
	case 3:
		x.n = oneOf(math.MinInt, math.MaxInt, math.MaxInt&^(pageSize-1), math.MinInt+pageSize, -pageSize)
	case 4:
		x.offset = int64(oneOf(1, 1000, math.MaxInt, math.MaxInt&^(pageSize-1), -pageSize, math.MinInt))
	case 5:
		x.flags |= 1 << r.IntN(32)
	}
	if r.IntN(3) == 0 {
		x.n = 4*pageSize - tail - x.off // to the Mapping's end
	}
	return x
}

// check wants the pages that the replacement names changed, if it succeeds, and
// no other byte, nor any byte at all if it fails.
func (x replacement) check(t *testing.T, f *os.File) {
	t.Helper()
	outer := mmaptest.Mapped(t)(mmap.Reserve(6 * pageSize))
	mmaptest.Must(t, outer.Protect(rw))
	content := mmaptest.Pattern(outer.Len())
	copy(outer.Bytes(), content)
	size := 4*pageSize - int(x.tail)%pageSize
	m, err := mmap.MapAt(outer.Addr()+uintptr(pageSize), -1, 0, size, rw, mmap.Private|mmap.Anonymous|mmap.Fixed) // outer's to unmap
	mmaptest.Must(t, err)
	copy(mmaptest.Pages(m), content[pageSize:])
	was := fmt.Sprintln(m, m.Prot(), m.Flags(), m.Len())

	flags := mmap.Flag(x.flags) &^ unix.MAP_GROWSDOWN // which reaches below its pages by design
	file := replacementFile()
	if x.anonymous {
		flags |= mmap.Anonymous
		f, file = nil, nil
	}
	err = m.Replace(x.off, x.n, f, x.offset, mmap.Prot(x.prot), flags)
	if now := fmt.Sprintln(m, m.Prot(), m.Flags(), m.Len()); now != was {
		t.Errorf("%+v: the Mapping was %s, and is %s", x, was, now)
	}

	if x.n == mmap.ToEnd {
		x.n = max(0, size-x.off)
	}
	inside := x.off >= 0 && x.n >= 0 && x.off <= size && x.n <= size-x.off
	exact := inside && x.off%pageSize == 0 && ((x.off+x.n)%pageSize == 0 || x.off+x.n == size)
	switch {
	case !inside:
		mmaptest.WantError(t, err, "mmap", mmap.ErrRange)
	case x.n != 0 && (!exact || flags&fixesAddress != 0 || x.offset < 0 || x.offset%int64(pageSize) != 0):
		mmaptest.WantError(t, err, "mmap")
	case flags == mmap.Private|mmap.Anonymous && x.prot <= uint8(rw) && x.offset == 0:
		mmaptest.Must(t, err)
	}
	lo, hi := 0, 0 // what has changed, in outer
	if err == nil && x.n != 0 {
		lo = pageSize + x.off
		hi = lo + (x.n+pageSize-1)&^(pageSize-1)
	}
	for page := range 6 {
		off := page * pageSize
		if lo <= off && off < hi {
			if mmap.Prot(x.prot)&mmap.ProtRead == 0 {
				continue
			}
			want := make([]byte, pageSize)
			if at := x.offset + int64(off-lo); at < int64(len(file)) {
				copy(want, file[at:])
			} else if !x.anonymous {
				continue // past the end of the file
			}
			copy(content[off:], want)
		} else if !mmaptest.Writable(outer, off) || !mmaptest.Writable(outer, off+pageSize-1) {
			t.Fatalf("%+v: page %d cannot be written", x, page-1)
		}
		if err := outer.Guard(func(b []byte) error {
			if !bytes.Equal(b[off:][:pageSize], content[off:][:pageSize]) {
				t.Errorf("%+v (%v): page %d holds something else", x, err, page-1)
			}
			return nil
		}); err != nil {
			t.Errorf("%+v: page %d: %v", x, page-1, err)
		}
	}
	mmaptest.Must(t, outer.Close())
}

// TestSecureReplace has Replace try to leave its Mapping.
func TestSecureReplace(t *testing.T) {
	r := rand.New(rand.NewPCG(7503, 0))
	rounds := mmaptest.Rounds(2000)
	f := mmaptest.TempFile(t, replacementFile())
	for range rounds {
		randomReplacement(r).check(t, f)
		if t.Failed() {
			return
		}
	}
}

func FuzzSecureReplace(f *testing.F) {
	r := rand.New(rand.NewPCG(7503, 1))
	for range 5 {
		x := randomReplacement(r)
		f.Add(x.tail, x.off, x.n, x.anonymous, x.offset, x.prot, x.flags)
	}
	f.Fuzz(func(t *testing.T, tail uint16, off, n int, anonymous bool, offset int64, prot uint8, flags uint32) {
		replacement{tail, off, n, anonymous, offset, prot, flags}.check(t, mmaptest.TempFile(t, replacementFile()))
	})
}

// TestSecureReplaceHuge has a file of huge pages reach past what it is to
// replace: the system rounds lengths up to the huge page.
func TestSecureReplaceHuge(t *testing.T) {
	huge := mmaptest.HugePage(t)
	if huge == 0 || huge > 4<<20 {
		t.Skipf("huge pages of %d bytes: there are none, or they are too large for this test", huge)
	}
	hugePool(t)
	f := mmaptest.Memfd(t, unix.MFD_HUGETLB, int64(2*huge))

	all := mmaptest.Mapped(t)(mmap.Reserve(6 * huge))
	mmaptest.Must(t, all.Protect(rw))
	content := mmaptest.Pattern(all.Len())
	copy(all.Bytes(), content)
	start := int(-all.Addr()%uintptr(huge)) + huge // of m in all, a boundary of huge pages
	r := rand.New(rand.NewPCG(7503, 2))
	const rounds = 10
	successes := 0
	var failure error
	for round := range rounds {
		size := 3*huge - []int{0, 0, pageSize, 1, huge / 2}[r.IntN(5)]
		m, err := mmap.MapAt(all.Addr()+uintptr(start), -1, 0, size, rw, mmap.Private|mmap.Anonymous|mmap.Fixed) // all's to unmap
		mmaptest.Must(t, err)
		copy(mmaptest.Pages(m), content[start:])
		off := r.IntN(3) * huge
		n := []int{huge, 2 * huge, 3 * huge, pageSize, huge - pageSize, huge + pageSize, size - off}[r.IntN(7)]
		if r.IntN(4) == 0 {
			off += pageSize
		}
		err = m.Replace(off, n, f, int64(r.IntN(2)*huge), rw, mmap.Shared)
		want := bytes.Clone(content)
		if err == nil {
			successes++
			if off%huge != 0 || n%huge != 0 || off+n > size {
				t.Errorf("round %d: %d bytes at %d of %d were replaced", round, n, off, size)
			}
			clear(want[start+off:][:n])
		} else if !errors.Is(err, mmap.ErrInvalid) && !errors.Is(err, mmap.ErrRange) {
			failure = err
		}
		if err := all.Guard(func(b []byte) error {
			if !bytes.Equal(b, want) {
				t.Errorf("round %d: %d bytes at %d of %d: other bytes have changed", round, n, off, size)
			}
			return nil
		}); err != nil {
			t.Errorf("round %d: %d bytes at %d of %d: %v", round, n, off, size, err)
		}
		if t.Failed() {
			return
		}
		mmaptest.Must(t, all.Replace(start, 3*huge, nil, 0, rw, mmap.Private|mmap.Anonymous)) // no part of a huge page can be mapped over
		copy(all.Bytes()[start:][:3*huge], content[start:])
	}
	if successes == 0 {
		t.Errorf("no Replace succeeded: %v", failure)
	}
}
