// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build unix

package mmap

import (
	"bytes"
	"errors"
	"io"
	"math"
	"math/big"
	"reflect"
	"testing"
	"unsafe"
)

// FuzzArithmetic holds what the package makes of offsets and lengths against
// package math/big. a, b and c go in as they are, and mixed.
func FuzzArithmetic(f *testing.F) {
	limits := []int64{0, 1, 7, 1000, 1 << 31, 1 << 32, math.MaxInt64, math.MinInt64, int64(pageSize), 3 * int64(pageSize), 1 << 44}
	for i, a := range limits {
		for _, b := range limits {
			f.Add(a, b-1, limits[(i+5)%len(limits)])
			f.Add(-b, a, b)
			f.Add(a, math.MaxInt64-a-b, b)
			f.Add(a, math.MaxInt32-a-b, b)
		}
	}
	file := tempFile(f, pattern(3*pageSize+1000))
	space := mapped(f)(Reserve(1 << 28))
	f.Fuzz(func(t *testing.T, a, b, c int64) {
		checkWholePages(t, int(uint64(a)%uint64(pageSize)), int(b))
		checkCheckMap(t, uintptr(a), b, int(c), Flag(a))
		checkCheckMap(t, 0, b, int(c), Shared)

		// A part of space that may start and end anywhere.
		n := 1 + int(uint64(a)%uint64(space.Len()-2*pageSize))
		slop := int(uint64(c) % uint64(pageSize))
		if a&1 != 0 {
			n = 1 + n%(4*pageSize)
		}
		base := space.Addr() + uintptr(a>>32)&1*uintptr(pageSize)
		size, err := request{n: n}.wholePages(slop)
		must(t, err)
		v := newView(base+uintptr(slop), n)
		if b, s := v.pages(); b != base || s != size || v.slop() != slop {
			t.Errorf("%d bytes from %d are %d at %#x, slop %d, want %d at %#x", n, slop, s, b, v.slop(), size, base)
		}
		for _, r := range [][2]int{
			{int(b), int(c)},
			{inside(b, n), inside(c, n)},
			{inside(b, n), n - inside(b, n)},
			{toPage(&v, inside(b, n)), toPage(&v, inside(c, n))},
			{inside(b, n), toPage(&v, inside(b, n)+inside(c, n)) - inside(b, n)},
		} {
			for _, e := range []edge{widened, ownEnds, ownEnd, unwidened} {
				checkResolve(t, &v, r[0], r[1], e)
			}
			checkSlice(t, &v, r[0], r[1])
		}

		m, err := MapRegion(file, int64(slop), 2*pageSize, rw, Private)
		must(t, err)
		checkRanges(t, m, int(b), int(c))
		checkRanges(t, m, inside(b, m.Len()+2), inside(c, m.Len()+2))
		checkCopies(t, m, b, inside(c, 3*pageSize))
		checkCopies(t, m, int64(inside(b, m.Len()+2)), inside(c, 3*pageSize))
		checkCopies(t, m, int64(m.Len()), inside(c, 1))
		checkRemap(t, m, int(b))
		must(t, m.Close())

		m, err = MapRegion(file, b, int(c), ProtRead, Shared)
		checkRegion(t, m, err, b, int(c), 3*int64(pageSize)+1000)
	})
}

// inside is x folded to 0 … n.
func inside(x int64, n int) int { return int(uint64(x) % uint64(n+1)) }

// toPage is off, raised to a boundary of pages in memory or the end of v.
func toPage(v *view, off int) int {
	return min(v.length, off+int(-v.addr(off)&uintptr(pageSize-1)))
}

// wants fails unless err is nil or matches want, as want is.
func wants(t *testing.T, err, want error, format string, args ...any) bool {
	t.Helper()
	if (err == nil) != (want == nil) || !errors.Is(err, want) {
		t.Errorf(format+": got %v, want %v", append(args, err, want)...)
		return false
	}
	return want == nil
}

// sum is exact.
func sum(ints ...int64) *big.Int {
	s := new(big.Int)
	for _, i := range ints {
		s.Add(s, big.NewInt(i))
	}
	return s
}

// pagesError is what a length is refused with that follows slop other bytes.
func pagesError(slop, n int) error {
	switch {
	case n <= 0:
		return ErrInvalid
	case roundUp(slop, n).Cmp(big.NewInt(math.MaxInt)) > 0:
		return ErrOverflow
	}
	return nil
}

// roundUp is in bytes.
func roundUp(slop, n int) *big.Int {
	page := big.NewInt(int64(pageSize))
	s := sum(int64(slop), int64(n), int64(pageSize)-1)
	return s.Mul(s.Div(s, page), page)
}

func checkWholePages(t *testing.T, slop, n int) {
	size, err := request{n: n}.wholePages(slop)
	want := pagesError(slop, n)
	if wants(t, err, want, "wholePages(%d, %d)", slop, n) && sum(int64(size)).Cmp(roundUp(slop, n)) != 0 {
		t.Errorf("wholePages(%d, %d) = %d, want %d", slop, n, size, roundUp(slop, n))
	}
}

func checkCheckMap(t *testing.T, addr uintptr, offset int64, n int, flags Flag) {
	flags &^= system.hugeTLB
	var want error
	switch {
	case n <= 0, offset < 0:
		want = ErrInvalid
	case !sum(offset, int64(n)).IsInt64():
		want = ErrOverflow
	case addr == 0 && fixesAddress(flags) != 0, flags < 0, flags > math.MaxUint32, flags&Anonymous != 0 && !hasKind(flags):
		want = ErrInvalid
	}
	wants(t, request{addr: addr, off: offset, n: n, flags: flags}.check(), want, "check of address %#x, offset %d, length %d, %v", addr, offset, n, flags)
}

// toEnd returns n, or what it stands for.
func toEnd(off, n, length int) int {
	if n == ToEnd {
		return max(0, length-off)
	}
	return n
}

// outside reports whether some of n bytes from off are not among length.
func outside(off, n int, length int) bool {
	n = toEnd(off, n, length)
	return off < 0 || n < 0 || sum(int64(off), int64(n)).Cmp(big.NewInt(int64(length))) > 0
}

// resolveError returns what a range is refused with that ends as e says.
func resolveError(v *view, off, n int, e edge) error {
	if outside(off, n, v.length) {
		return ErrRange
	}
	n = toEnd(off, n, v.length)
	lo, hi, page := v.addr(off), v.addr(off+n), uintptr(pageSize)
	cutsStart := lo%page != 0 && !(e == ownEnds && off == 0)
	cutsEnd := hi%page != 0 && !((e == ownEnds || e == ownEnd) && off+n == v.length)
	if n != 0 && e != widened && (cutsStart || cutsEnd) {
		return ErrInvalid
	}
	return nil
}

func checkResolve(t *testing.T, v *view, off, n int, e edge) {
	pages, err := v.resolve(request{off: int64(off), n: n}, e)
	if !wants(t, err, resolveError(v, off, n, e), "resolve(%d, %d, %v) of %d bytes at %#x", off, n, e, v.length, v.addr(0)) {
		return
	}
	n = toEnd(off, n, v.length)
	if n == 0 {
		if len(pages) != 0 {
			t.Errorf("resolve(%d, %d, %v) is %d bytes", off, n, e, len(pages))
		}
		return
	}
	// The fewest whole pages that hold the range, none of them another's.
	lo, hi, page := v.addr(off), v.addr(off+n), uintptr(pageSize)
	first := uintptr(unsafe.Pointer(unsafe.SliceData(pages)))
	last := first + uintptr(len(pages))
	base, size := v.pages()
	if first%page != 0 || last%page != 0 || first > lo || lo-first >= page || last < hi || last-hi >= page || first < base || last > base+size {
		t.Errorf("resolve(%d, %d, %v), from %#x to %#x, are the pages from %#x to %#x, of %#x to %#x", off, n, e, lo, hi, first, last, base, base+size)
	}
}

func checkSlice(t *testing.T, v *view, off, n int) {
	m := &Mapping{}
	m.open(*v, request{prot: rw, flags: Private})
	checkSliceOf[byte](t, m, off, n)
	checkSliceOf[uint64](t, m, off, n)
	checkSliceOf[[3]uint16](t, m, off, n)
	checkSliceOf[[1 << 20]int32](t, m, off, n)
}

func checkSliceOf[T any](t *testing.T, m *Mapping, off, n int) {
	typ := reflect.TypeFor[T]()
	asked := n
	if n == ToEnd {
		n = max(0, m.Len()-off) / int(typ.Size())
	}
	end := new(big.Int).Mul(big.NewInt(int64(typ.Size())), big.NewInt(int64(n)))
	end.Add(end, big.NewInt(int64(off)))
	var want error
	switch {
	case off < 0, n < 0, end.Cmp(big.NewInt(int64(m.Len()))) > 0:
		want = ErrRange
	case n > 0 && (m.Addr()+uintptr(off))%uintptr(typ.Align()) != 0:
		want = ErrInvalid
	}
	s, err := Slice[T](m, off, asked)
	if wants(t, err, want, "Slice[%v](%d, %d) of %v", typ, off, n, m) && len(s) != n {
		t.Errorf("Slice[%v](%d, %d) has %d", typ, off, n, len(s))
	}
}

// checkRanges is about every method that takes a range.
func checkRanges(t *testing.T, m *Mapping, off, n int) {
	v := m.load()
	for _, call := range []struct {
		name string
		e    edge
		do   func() error
	}{
		{"SyncRange", widened, func() error { return m.SyncRange(off, n, SyncWait) }},
		{"AdviseRange", widened, func() error { return m.AdviseRange(off, n, AdviceNormal) }},
		{"AdviseRange", ownEnds, func() error { return m.AdviseRange(off, n, AdviceDontNeed) }},
		{"UnlockRange", widened, func() error { return m.UnlockRange(off, n) }},
		{"ProtectRange", ownEnds, func() error { return m.ProtectRange(off, n, rw) }},
		{"Replace", ownEnd, func() error { return m.Replace(off, n, nil, 0, rw, Private|Anonymous) }},
	} {
		wants(t, call.do(), resolveError(v, off, n, call.e), "%s(%d, %d) of %v", call.name, off, n, m)
	}
	resident, err := m.Resident(off, n)
	switch {
	case outside(off, n, m.Len()):
		wants(t, err, ErrRange, "Resident(%d, %d)", off, n)
	case errors.Is(err, ErrUnsupported):
	default:
		n := toEnd(off, n, m.Len())
		slop, pages := int((m.Addr()+uintptr(off))%uintptr(pageSize)), 0
		if n > 0 {
			pages = (slop + n + pageSize - 1) / pageSize
		}
		if wants(t, err, nil, "Resident(%d, %d)", off, n) && len(resident) != pages {
			t.Errorf("Resident(%d, %d) has %d, want %d", off, n, len(resident), pages)
		}
	}
}

// checkCopies holds ReadAt against bytes.Reader, and WriteAt against the same.
func checkCopies(t *testing.T, m *Mapping, off int64, n int) {
	p, q := make([]byte, n), make([]byte, n)
	before := bytes.Clone(m.Bytes())
	wantN, wantErr := bytes.NewReader(before).ReadAt(q, off)
	if off < 0 {
		wantErr = ErrRange
	}
	gotN, err := m.ReadAt(p, off)
	wants(t, err, wantErr, "ReadAt(%d bytes, %d) of %d", n, off, m.Len())
	if gotN != wantN || !bytes.Equal(p[:gotN], q[:wantN]) {
		t.Errorf("ReadAt(%d bytes, %d) = %d, want %d", n, off, gotN, wantN)
	}

	if off >= 0 {
		if wantErr = nil; wantN < n {
			wantErr = io.ErrShortWrite
		}
	}
	for i := range p {
		p[i] = byte(i)
	}
	gotN, err = m.WriteAt(p, off)
	wants(t, err, wantErr, "WriteAt(%d bytes, %d) of %d", n, off, m.Len())
	if gotN != wantN {
		t.Errorf("WriteAt(%d bytes, %d) = %d, want %d", n, off, gotN, wantN)
	}
	if wantN > 0 {
		copy(before[off:], p)
	}
	wantBytes(t, "after WriteAt", m.Bytes(), before)
}

// fits reports whether err is nil, and fails if it is not, unless the system may
// find what was asked for too much.
func fits(t *testing.T, err error, much bool, format string, args ...any) bool {
	t.Helper()
	tooMuch := errors.Is(err, ErrNoMemory) || errors.Is(err, ErrOverflow) || errors.Is(err, ErrInvalid)
	if err != nil && !(much && tooMuch) {
		t.Errorf(format+": %v", append(args, err)...)
	}
	return err == nil
}

func checkRemap(t *testing.T, m *Mapping, n int) {
	slop, before := int(m.Addr()%uintptr(pageSize)), m.Len()
	err := m.Remap(n, RemapMayMove)
	switch want := pagesError(slop, n); {
	case errors.Is(err, ErrUnsupported): // no mremap here
		return
	case want != nil:
		wants(t, err, want, "Remap(%d)", n)
	case fits(t, err, n > before, "Remap(%d)", n):
		before = n
	}
	if _, size := m.load().pages(); m.Len() != before || int(m.Addr()%uintptr(pageSize)) != slop || size != uintptr(roundUp(slop, m.Len()).Int64()) {
		t.Errorf("after Remap(%d), %v: %v, want %d bytes", n, err, m, before)
	}
}

func checkRegion(t *testing.T, m *Mapping, err error, offset int64, n int, size int64) {
	want := error(nil)
	switch {
	case n == ToEnd && offset >= 0 && offset <= size:
		n = int(size - offset)
	case offset < 0:
		want = ErrInvalid
	case !sum(offset, int64(n)).IsInt64():
		want = ErrOverflow
	default:
		want = pagesError(int(offset%int64(pageSize)), n)
	}
	if want != nil {
		wants(t, err, want, "MapRegion(%d, %d)", offset, n)
		if m != nil {
			t.Errorf("MapRegion(%d, %d): a Mapping and %v", offset, n, err)
		}
		return
	}
	if !fits(t, err, n > 1<<24 || offset > 1<<40, "MapRegion(%d, %d)", offset, n) {
		return
	}
	if m.Len() != n || n > 0 && int64(m.load().slop()) != offset%int64(pageSize) {
		t.Errorf("MapRegion(%d, %d) is %v", offset, n, m)
	}
	must(t, m.Close())
}
