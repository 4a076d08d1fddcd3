// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build unix || windows

package mmap_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"math/big"
	"reflect"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"unsafe"

	"github.com/facc7503/mmap"
	"github.com/facc7503/mmap/internal/mmaptest"
)

// rangeCalls are the methods that take a range, with arguments that are good
// for any range.
var rangeCalls = map[string]func(m *mmap.Mapping, off, n int) error{
	"msync":    func(m *mmap.Mapping, off, n int) error { return m.SyncRange(off, n, mmap.SyncWait) },
	"mprotect": func(m *mmap.Mapping, off, n int) error { return m.ProtectRange(off, n, rw) },
	"madvise":  func(m *mmap.Mapping, off, n int) error { return m.AdviseRange(off, n, mmap.AdviceSequential) },
	"mlock":    func(m *mmap.Mapping, off, n int) error { return m.LockRange(off, n) },
	"munlock":  func(m *mmap.Mapping, off, n int) error { return m.UnlockRange(off, n) },
	"mincore":  func(m *mmap.Mapping, off, n int) error { _, err := m.Resident(off, n); return err },
	"mmap": func(m *mmap.Mapping, off, n int) error {
		return m.Replace(off, n, nil, 0, rw, mmap.Private|mmap.Anonymous)
	},
}

func TestRange(t *testing.T) {
	m := mmaptest.Anon(t, 2*pageSize+100)
	end := m.Len()
	for op, call := range rangeCalls {
		if op == "mmap" && !mmaptest.HasFixed {
			continue
		}
		for _, r := range [][2]int{
			{-1, 1}, {-1, 0}, {math.MinInt, 1}, {math.MinInt, math.MinInt}, {math.MinInt, math.MaxInt},
			{0, -2}, {end, -2}, {0, math.MinInt},
			{0, end + 1}, {pageSize, end}, {end, 1}, {end - 1, 2}, {end + 1, 0}, {end + 1, mmap.ToEnd}, {-1, mmap.ToEnd}, {math.MinInt, mmap.ToEnd},
			{0, math.MaxInt}, {1, math.MaxInt}, {end, math.MaxInt}, {math.MaxInt, 1}, {math.MaxInt, 0}, {math.MaxInt, math.MaxInt},
		} {
			t.Run(fmt.Sprintf("%s of %d bytes at %d", op, r[1], r[0]), func(t *testing.T) {
				mmaptest.WantError(t, call(m, r[0], r[1]), op, mmap.ErrRange)
			})
		}
		for _, off := range []int{0, 1, pageSize, end - 1, end} {
			if err := call(m, off, 0); err != nil {
				t.Errorf("%s of 0 bytes at %d: %v, want nil", op, off, err)
			}
		}
		for _, off := range []int{0, pageSize, end} {
			if err := call(m, off, mmap.ToEnd); err != nil {
				t.Errorf("%s from %d to the end: %v, want nil", op, off, err)
			}
		}
	}
}

// TestWidened calls what may act on whole pages with ranges that are not.
func TestWidened(t *testing.T) {
	f := mmaptest.TempFile(t, mmaptest.Pattern(3*pageSize))
	m := mmaptest.Mapped(t)(mmap.MapRegion(f, 1000, 2*pageSize, rw, mmap.Shared))
	for _, r := range [][2]int{{0, 1}, {1, 1}, {pageSize - 1001, 2}, {7, pageSize}, {m.Len() - 1, 1}, {0, m.Len()}} {
		for _, flags := range []mmap.SyncFlag{mmap.SyncWait, mmap.SyncAsync, mmap.SyncWait | mmap.SyncInvalidate} {
			if err := m.SyncRange(r[0], r[1], flags); err != nil {
				t.Errorf("%v of %v: %v", flags, r, err)
			}
		}
		for _, advice := range []mmap.Advice{mmap.AdviceNormal, mmap.AdviceRandom, mmap.AdviceSequential, mmap.AdviceWillNeed} {
			if err := m.AdviseRange(r[0], r[1], advice); err != nil {
				t.Errorf("%v of %v: %v", advice, r, err)
			}
		}
		if err := m.UnlockRange(r[0], r[1]); err != nil {
			t.Errorf("Unlock of %v: %v", r, err)
		}
	}
}

// TestExact calls what must not touch bytes that were not named.
func TestExact(t *testing.T) {
	f := mmaptest.TempFile(t, mmaptest.Pattern(4*pageSize))
	anon := func() *mmap.Mapping { return mmaptest.Anon(t, 2*pageSize+100) }
	region := func() *mmap.Mapping { return mmaptest.Mapped(t)(mmap.MapRegion(f, 1000, 2*pageSize, rw, mmap.Private)) }
	start := pageSize - 1000
	for _, test := range []struct {
		m      *mmap.Mapping
		off, n int
		ok     bool
	}{
		{anon(), 0, pageSize, true},
		{anon(), pageSize, pageSize + 100, true},
		{anon(), 2 * pageSize, 100, true},
		{anon(), 0, 2*pageSize + 100, true},
		{anon(), 0, 1, false},
		{anon(), 0, pageSize + 1, false},
		{anon(), 1, pageSize - 1, false},
		{anon(), 2 * pageSize, 99, false},
		{anon(), 1, 2*pageSize + 99, false},
		{region(), 0, start, true},
		{region(), 0, 2 * pageSize, true},
		{region(), start, pageSize, true},
		{region(), start + pageSize, 1000, true},
		{region(), 0, start + 1, false},
		{region(), 1, start - 1, false},
		{region(), 1000, pageSize, false},
		{region(), pageSize, pageSize, false},
	} {
		m := test.m
		unknown := m.AdviseRange(test.off, test.n, 12345)
		mmaptest.WantError(t, unknown, "madvise", mmap.ErrInvalid)
		addr, mask := m.Addr()+uintptr(test.off), uintptr(pageSize-1)
		spares := addr&mask == 0 && (addr+uintptr(test.n))&mask == 0 // bytes of a file that are not the Mapping's
		if bySystem := errors.As(unknown, new(syscall.Errno)); bySystem != (test.ok && spares) {
			t.Errorf("unknown advice for %d bytes at %d: %v", test.n, test.off, unknown)
		}
		err := m.ProtectRange(test.off, test.n, mmap.ProtNone)
		if !test.ok {
			mmaptest.WantError(t, err, "mprotect", mmap.ErrInvalid)
			mmaptest.WantError(t, m.AdviseRange(test.off, test.n, mmap.AdviceDontNeed), "madvise", mmap.ErrInvalid)
			for off := range m.Len() {
				if off%100 == 0 && !mmaptest.Writable(m, off) {
					t.Fatalf("ProtectRange failed for %d bytes at %d, and byte %d cannot be written", test.n, test.off, off)
				}
			}
			continue
		}
		if err != nil {
			t.Errorf("%d bytes at %d: %v", test.n, test.off, err)
		}
		for off := range m.Len() {
			if off%100 == 0 && mmaptest.Writable(m, off) == (off >= test.off && off < test.off+test.n) {
				t.Fatalf("ProtectRange for %d bytes at %d: byte %d is wrong", test.n, test.off, off)
			}
		}
	}
}

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
	f.Add(int64(0x1234567), int64(0x2001), int64(0xfff))                  // the end of a Mapping inside a page
	f.Add(int64(math.MaxInt32), int64(math.MaxInt32+1-4096), int64(4096)) // the end of int32
	f.Add(int64(-1), int64(math.MaxInt64-4096), int64(4097))              // the end of int64
	f.Add(int64(0x30001), int64(0x1fc18), int64(1000))                    // unaligned, and an end inside a page
	file := mmaptest.TempFile(f, mmaptest.Pattern(3*pageSize+1000))
	space := mmaptest.Mapped(f)(mmap.Reserve(1 << 28))
	f.Fuzz(func(t *testing.T, a, b, c int64) {
		checkWholePages(t, int(uint64(a)%uint64(pageSize)), int(b))
		checkCheckMap(t, uintptr(a), b, int(c), mmap.Flag(a))
		checkCheckMap(t, 0, b, int(c), mmap.Shared)

		// A part of space that may start and end anywhere.
		n := 1 + int(uint64(a)%uint64(space.Len()-2*pageSize))
		lead := int(uint64(c) % uint64(pageSize))
		if a&1 != 0 {
			n = 1 + n%(4*pageSize)
		}
		base := space.Addr() + uintptr(a>>32)&1*uintptr(pageSize)
		size, err := mmap.Request{N: n}.WholePages(lead)
		mmaptest.Must(t, err)
		v := mmap.NewView(base+uintptr(lead), n)
		if b, s := v.Pages(); b != base || s != size || v.Lead() != lead {
			t.Errorf("%d bytes from %d are %d at %#x, lead %d, want %d at %#x", n, lead, s, b, v.Lead(), size, base)
		}
		for _, r := range [][2]int{
			{int(b), int(c)},
			{inside(b, n), inside(c, n)},
			{inside(b, n), n - inside(b, n)},
			{toPage(&v, inside(b, n)), toPage(&v, inside(c, n))},
			{inside(b, n), toPage(&v, inside(b, n)+inside(c, n)) - inside(b, n)},
		} {
			for _, e := range []mmap.Edge{mmap.Widened, mmap.OwnEnds, mmap.OwnEnd, mmap.Unwidened} {
				checkResolve(t, &v, r[0], r[1], e)
			}
			checkSlice(t, &v, r[0], r[1])
		}

		m, err := mmap.MapRegion(file, int64(lead), 2*pageSize, rw, mmap.Private)
		mmaptest.Must(t, err)
		checkRanges(t, m, int(b), int(c))
		checkRanges(t, m, inside(b, m.Len()+2), inside(c, m.Len()+2))
		checkCopies(t, m, b, inside(c, 3*pageSize))
		checkCopies(t, m, int64(inside(b, m.Len()+2)), inside(c, 3*pageSize))
		checkCopies(t, m, int64(m.Len()), inside(c, 1))
		checkRemap(t, m, int(b))
		mmaptest.Must(t, m.Close())

		m, err = mmap.MapRegion(file, b, int(c), mmap.ProtRead, mmap.Shared)
		checkRegion(t, m, err, b, int(c), 3*int64(pageSize)+1000)
	})
}

// inside is x folded to 0 … n.
func inside(x int64, n int) int { return int(uint64(x) % uint64(n+1)) }

// toPage is off, raised to a boundary of pages in memory or the end of v.
func toPage(v *mmap.View, off int) int {
	return min(v.Len(), off+int(-v.Addr(off)&uintptr(pageSize-1)))
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

// pagesError is what a length is refused with that follows lead other bytes.
func pagesError(lead, n int) error {
	switch {
	case n <= 0:
		return mmap.ErrInvalid
	case roundUp(lead, n).Cmp(big.NewInt(math.MaxInt)) > 0:
		return mmap.ErrOverflow
	}
	return nil
}

// roundUp is in bytes.
func roundUp(lead, n int) *big.Int {
	page := big.NewInt(int64(pageSize))
	s := sum(int64(lead), int64(n), int64(pageSize)-1)
	return s.Mul(s.Div(s, page), page)
}

func checkWholePages(t *testing.T, lead, n int) {
	size, err := mmap.Request{N: n}.WholePages(lead)
	want := pagesError(lead, n)
	if wants(t, err, want, "wholePages(%d, %d)", lead, n) && sum(int64(size)).Cmp(roundUp(lead, n)) != 0 {
		t.Errorf("wholePages(%d, %d) = %d, want %d", lead, n, size, roundUp(lead, n))
	}
}

func checkCheckMap(t *testing.T, addr uintptr, offset int64, n int, flags mmap.Flag) {
	flags &^= mmap.HugeTLBFlag
	var want error
	switch {
	case n <= 0, offset < 0:
		want = mmap.ErrInvalid
	case !sum(offset, int64(n)).IsInt64():
		want = mmap.ErrOverflow
	case addr == 0 && mmap.FixesAddress(flags) != 0, flags < 0, flags > math.MaxUint32, flags&mmap.Anonymous != 0 && !mmap.HasKind(flags):
		want = mmap.ErrInvalid
	}
	wants(t, mmap.Request{Addr: addr, Off: offset, N: n, Flags: flags}.Check(), want, "check of address %#x, offset %d, length %d, %v", addr, offset, n, flags)
}

// toEnd returns n, or what it stands for.
func toEnd(off, n, length int) int {
	if n == mmap.ToEnd {
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
func resolveError(v *mmap.View, off, n int, e mmap.Edge) error {
	if outside(off, n, v.Len()) {
		return mmap.ErrRange
	}
	n = toEnd(off, n, v.Len())
	lo, hi, page := v.Addr(off), v.Addr(off+n), uintptr(pageSize)
	cutsStart := lo%page != 0 && !(e == mmap.OwnEnds && off == 0)
	cutsEnd := hi%page != 0 && !((e == mmap.OwnEnds || e == mmap.OwnEnd) && off+n == v.Len())
	if n != 0 && e != mmap.Widened && (cutsStart || cutsEnd) {
		return mmap.ErrInvalid
	}
	return nil
}

func checkResolve(t *testing.T, v *mmap.View, off, n int, e mmap.Edge) {
	pages, err := v.Resolve(off, n, e)
	if !wants(t, err, resolveError(v, off, n, e), "resolve(%d, %d, %v) of %d bytes at %#x", off, n, e, v.Len(), v.Addr(0)) {
		return
	}
	n = toEnd(off, n, v.Len())
	if n == 0 {
		if len(pages) != 0 {
			t.Errorf("resolve(%d, %d, %v) is %d bytes", off, n, e, len(pages))
		}
		return
	}
	// The fewest whole pages that hold the range, none of them another's.
	lo, hi, page := v.Addr(off), v.Addr(off+n), uintptr(pageSize)
	first := uintptr(unsafe.Pointer(unsafe.SliceData(pages)))
	last := first + uintptr(len(pages))
	base, size := v.Pages()
	if first%page != 0 || last%page != 0 || first > lo || lo-first >= page || last < hi || last-hi >= page || first < base || last > base+size {
		t.Errorf("resolve(%d, %d, %v), from %#x to %#x, are the pages from %#x to %#x, of %#x to %#x", off, n, e, lo, hi, first, last, base, base+size)
	}
}

func checkSlice(t *testing.T, v *mmap.View, off, n int) {
	m := mmap.MappingOf(*v, rw, mmap.Private)
	checkSliceOf[byte](t, m, off, n)
	checkSliceOf[uint64](t, m, off, n)
	checkSliceOf[[3]uint16](t, m, off, n)
	checkSliceOf[[1 << 20]int32](t, m, off, n)
}

func checkSliceOf[T any](t *testing.T, m *mmap.Mapping, off, n int) {
	typ := reflect.TypeFor[T]()
	asked := n
	if n == mmap.ToEnd {
		n = max(0, m.Len()-off) / int(typ.Size())
	}
	end := new(big.Int).Mul(big.NewInt(int64(typ.Size())), big.NewInt(int64(n)))
	end.Add(end, big.NewInt(int64(off)))
	var want error
	switch {
	case off < 0, n < 0, end.Cmp(big.NewInt(int64(m.Len()))) > 0:
		want = mmap.ErrRange
	case n > 0 && (m.Addr()+uintptr(off))%uintptr(typ.Align()) != 0:
		want = mmap.ErrInvalid
	}
	s, err := mmap.Slice[T](m, off, asked)
	if wants(t, err, want, "Slice[%v](%d, %d) of %v", typ, off, n, m) && len(s) != n {
		t.Errorf("Slice[%v](%d, %d) has %d", typ, off, n, len(s))
	}
}

// checkRanges is about every method that takes a range.
func checkRanges(t *testing.T, m *mmap.Mapping, off, n int) {
	v := mmap.ViewOf(m)
	for _, call := range []struct {
		name string
		e    mmap.Edge
		do   func() error
	}{
		{"SyncRange", mmap.Widened, func() error { return m.SyncRange(off, n, mmap.SyncWait) }},
		{"AdviseRange", mmap.Widened, func() error { return m.AdviseRange(off, n, mmap.AdviceNormal) }},
		{"AdviseRange", mmap.OwnEnds, func() error { return m.AdviseRange(off, n, mmap.AdviceDontNeed) }},
		{"UnlockRange", mmap.Widened, func() error { return m.UnlockRange(off, n) }},
		{"ProtectRange", mmap.OwnEnds, func() error { return m.ProtectRange(off, n, rw) }},
		{"Replace", mmap.OwnEnd, func() error { return m.Replace(off, n, nil, 0, rw, mmap.Private|mmap.Anonymous) }},
	} {
		if call.name == "Replace" && !mmaptest.HasFixed {
			continue
		}
		wants(t, call.do(), resolveError(v, off, n, call.e), "%s(%d, %d) of %v", call.name, off, n, m)
	}
	resident, err := m.Resident(off, n)
	switch {
	case outside(off, n, m.Len()):
		wants(t, err, mmap.ErrRange, "Resident(%d, %d)", off, n)
	case errors.Is(err, mmap.ErrUnsupported):
	default:
		n := toEnd(off, n, m.Len())
		lead, pages := int((m.Addr()+uintptr(off))%uintptr(pageSize)), 0
		if n > 0 {
			pages = (lead + n + pageSize - 1) / pageSize
		}
		if wants(t, err, nil, "Resident(%d, %d)", off, n) && len(resident) != pages {
			t.Errorf("Resident(%d, %d) has %d, want %d", off, n, len(resident), pages)
		}
	}
}

// checkCopies holds ReadAt against bytes.Reader, and WriteAt against the same.
func checkCopies(t *testing.T, m *mmap.Mapping, off int64, n int) {
	p, q := make([]byte, n), make([]byte, n)
	before := bytes.Clone(m.Bytes())
	wantN, wantErr := bytes.NewReader(before).ReadAt(q, off)
	if off < 0 {
		wantErr = mmap.ErrRange
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
	mmaptest.WantBytes(t, "after WriteAt", m.Bytes(), before)
}

// fits reports whether err is nil, and fails if it is not, unless the system may
// find what was asked for too much.
func fits(t *testing.T, err error, much bool, format string, args ...any) bool {
	t.Helper()
	tooMuch := errors.Is(err, mmap.ErrNoMemory) || errors.Is(err, mmap.ErrOverflow) || errors.Is(err, mmap.ErrInvalid)
	if err != nil && !(much && tooMuch) {
		t.Errorf(format+": %v", append(args, err)...)
	}
	return err == nil
}

func checkRemap(t *testing.T, m *mmap.Mapping, n int) {
	lead, before := int(m.Addr()%uintptr(pageSize)), m.Len()
	err := m.Remap(n, mmap.RemapMayMove)
	switch want := pagesError(lead, n); {
	case errors.Is(err, mmap.ErrUnsupported): // no mremap here
		return
	case want != nil:
		wants(t, err, want, "Remap(%d)", n)
	case fits(t, err, n > before, "Remap(%d)", n):
		before = n
	}
	if _, size := mmap.ViewOf(m).Pages(); m.Len() != before || int(m.Addr()%uintptr(pageSize)) != lead || size != uintptr(roundUp(lead, m.Len()).Int64()) {
		t.Errorf("after Remap(%d), %v: %v, want %d bytes", n, err, m, before)
	}
}

func checkRegion(t *testing.T, m *mmap.Mapping, err error, offset int64, n int, size int64) {
	want := error(nil)
	switch {
	case n == mmap.ToEnd && offset >= 0 && offset <= size:
		n = int(size - offset)
	case offset < 0:
		want = mmap.ErrInvalid
	case !sum(offset, int64(n)).IsInt64():
		want = mmap.ErrOverflow
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
	pastEnd := n > 0 && offset+int64(n) > roundUp(0, int(size)).Int64()
	if pastEnd && !mmaptest.MapsPastEnd {
		wants(t, err, mmap.ErrUnsupported, "MapRegion(%d, %d)", offset, n)
		return
	}
	if !fits(t, err, n > 1<<24 || offset > 1<<40, "MapRegion(%d, %d)", offset, n) {
		return
	}
	if m.Len() != n || n > 0 && int64(mmap.ViewOf(m).Lead()) != offset%int64(pageSize) {
		t.Errorf("MapRegion(%d, %d) is %v", offset, n, m)
	}
	mmaptest.Must(t, m.Close())
}

func sliceError[T any](m *mmap.Mapping, off, n int) error {
	s, err := mmap.Slice[T](m, off, n)
	if err == nil && (s == nil || len(s) != n || cap(s) != n) {
		return errors.New("the slice is not as long as asked for")
	}
	if err != nil && s != nil {
		return errors.New("a slice beside an error")
	}
	return err
}

func TestSliceTypes(t *testing.T) {
	m := mmaptest.Anon(t, pageSize)
	type inner struct {
		_ uint8
		_ [3]float32
		_ int16
	}
	type plain struct {
		_ uint64
		_ [2]inner
		_ complex128
		_ [0]func()
	}
	type withBool struct {
		_ int
		_ [2]struct{ _ bool }
	}
	type withPointer struct{ _ [1]*int }
	type withMutex struct {
		_  uint64
		In [2]struct{ Mu sync.Mutex }
	}
	for _, test := range []struct {
		name string
		err  error
		why  string // "" if it is mapped
	}{
		{"uint8", sliceError[uint8](m, 0, 3), ""},
		{"int16", sliceError[int16](m, 0, 3), ""},
		{"uintptr", sliceError[uintptr](m, 0, 3), ""},
		{"float64", sliceError[float64](m, 0, 3), ""},
		{"complex64", sliceError[complex64](m, 0, 3), ""},
		{"Prot", sliceError[mmap.Prot](m, 0, 3), ""},
		{"array", sliceError[[3]uint16](m, 0, 3), ""},
		{"struct", sliceError[plain](m, 0, 3), ""},
		{"atomic.Uint64", sliceError[atomic.Uint64](m, 0, 3), ""},
		{"atomic.Int32", sliceError[atomic.Int32](m, 0, 3), ""},
		{"bool", sliceError[bool](m, 0, 1), "a bool has only the values 0 and 1"},
		{"pointer", sliceError[*int](m, 0, 1), "*int cannot be mapped: ptr values hold pointers"},
		{"unsafe.Pointer", sliceError[unsafe.Pointer](m, 0, 1), "pointer"},
		{"string", sliceError[string](m, 0, 1), "string values hold pointers"},
		{"slice", sliceError[[]byte](m, 0, 1), "slice values hold"},
		{"map", sliceError[map[int]int](m, 0, 1), "map values hold"},
		{"chan", sliceError[chan int](m, 0, 1), "chan values hold"},
		{"func", sliceError[func()](m, 0, 1), "func values hold"},
		{"interface", sliceError[any](m, 0, 1), "interface values hold"},
		{"atomic.Pointer", sliceError[atomic.Pointer[int]](m, 0, 1), "pointer"},
		{"struct with bool", sliceError[withBool](m, 0, 1), "field _: field _: a bool"},
		{"struct with a pointer", sliceError[withPointer](m, 0, 1), "field _: ptr values hold"},
		{"empty struct", sliceError[struct{}](m, 0, 1), "its size is 0"},
		{"empty array", sliceError[[0]int](m, 0, 1), "its size is 0"},
		{"bool, none of them", sliceError[bool](m, 0, 0), "a bool"},
		{"sync.Mutex", sliceError[sync.Mutex](m, 0, 1), "who waits for a sync.Mutex is never woken"},
		{"sync.RWMutex", sliceError[sync.RWMutex](m, 0, 1), "sync.RWMutex is never woken"},
		{"sync.WaitGroup", sliceError[sync.WaitGroup](m, 0, 1), "sync.WaitGroup is never woken"},
		{"sync.Once", sliceError[sync.Once](m, 0, 1), "sync.Once is never woken"},
		{"sync.Cond", sliceError[sync.Cond](m, 0, 1), "sync.Cond is never woken"},
		{"sync.Pool", sliceError[sync.Pool](m, 0, 1), "sync.Pool is never woken"},
		{"sync.Mutex in a field", sliceError[withMutex](m, 0, 1), "field In: field Mu: who waits for a sync.Mutex"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if test.why == "" {
				if test.err != nil {
					t.Errorf("Slice: %v, want nil", test.err)
				}
				return
			}
			mmaptest.WantError(t, test.err, "slice", mmap.ErrInvalid)
			mmaptest.WantMessage(t, test.err, test.why)
		})
	}
}

func TestSliceRange(t *testing.T) {
	m := mmaptest.Anon(t, 4097) // one byte more than 512 times 8
	for _, test := range []struct {
		off, n int
		want   error
	}{
		{0, 512, nil},
		{8, 511, nil},
		{4096, 0, nil},
		{4097, 0, nil},
		{4088, 1, nil},
		{0, 513, mmap.ErrRange},
		{8, 512, mmap.ErrRange},
		{4096, 1, mmap.ErrRange},
		{4098, 0, mmap.ErrRange},
		{-8, 1, mmap.ErrRange},
		{0, -2, mmap.ErrRange},
		{4098, mmap.ToEnd, mmap.ErrRange},
		{-1, mmap.ToEnd, mmap.ErrRange},
		{0, math.MaxInt, mmap.ErrRange},
		{8, math.MaxInt/8 + 1, mmap.ErrRange},
		{math.MaxInt, math.MaxInt, mmap.ErrRange},
		{math.MinInt, math.MinInt, mmap.ErrRange},
		{1, 1, mmap.ErrInvalid},
		{2, 1, mmap.ErrInvalid},
		{4095, 0, nil},
	} {
		t.Run(fmt.Sprintf("%d from %d", test.n, test.off), func(t *testing.T) {
			if err := sliceError[[2]uint32](m, test.off, test.n); !errors.Is(err, test.want) {
				t.Errorf("Slice: %v, want %v", err, test.want)
			}
		})
	}
	for off, want := range map[int]int{0: 512, 8: 511, 4088: 1, 4092: 0, 4097: 0} {
		t.Run(fmt.Sprintf("all from %d", off), func(t *testing.T) {
			if s, err := mmap.Slice[[2]uint32](m, off, mmap.ToEnd); err != nil || len(s) != want {
				t.Errorf("Slice has %d values (%v), want %d", len(s), err, want)
			}
		})
	}
	if err := sliceError[uint16](m, 4095, 1); !errors.Is(err, mmap.ErrInvalid) {
		t.Errorf("Slice at an odd offset: %v, want ErrInvalid", err)
	}
}

// The alignment that counts is the address's, not the offset's.
func TestSliceAlignment(t *testing.T) {
	m, _ := mmaptest.MapContent(t, mmaptest.Pattern(100), 3, mmap.ProtRead, mmap.Shared)
	if err := sliceError[uint32](m, 0, 1); !errors.Is(err, mmap.ErrInvalid) {
		t.Errorf("Slice at a misaligned address: %v, want ErrInvalid", err)
	}
	if err := sliceError[uint32](m, 1, 1); err != nil {
		t.Errorf("Slice at an aligned address: %v", err)
	}
}

func TestSliceIsTheMemory(t *testing.T) {
	m := mmaptest.Anon(t, 64)
	s, err := mmap.Slice[uint16](m, 8, 4)
	if err != nil {
		t.Fatal(err)
	}
	s[1] = 0x0101
	if b := m.Bytes(); b[9] != 0 || b[10] != 1 || b[11] != 1 || b[12] != 0 {
		t.Errorf("the store is not in Bytes: % x", b[8:16])
	}
	m.Bytes()[14], m.Bytes()[15] = 2, 2
	if s[3] != 0x0202 {
		t.Errorf("s[3] = %#x, want 0x202", s[3])
	}
	empty, _ := mmaptest.MapContent(t, nil, 0, mmap.ProtRead, mmap.Shared)
	if err := sliceError[uint64](empty, 0, 0); err != nil {
		t.Errorf("Slice of an empty Mapping: %v", err)
	}
}
