// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build unix || windows

package mmap_test

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"unsafe"

	"github.com/facc7503/mmap"
	"github.com/facc7503/mmap/internal/mmaptest"
)

func init() { mmaptest.Helpers["share"] = helpShare }

func TestOpen(t *testing.T) {
	want := mmaptest.Pattern(2*pageSize + 100)
	f := mmaptest.TempFile(t, want)
	m := mmaptest.Mapped(t)(mmap.Open(f.Name()))
	mmaptest.WantBytes(t, "Bytes", m.Bytes(), want)
	if m.Len() != len(want) || cap(m.Bytes()) != len(want) {
		t.Errorf("Len %d, cap %d, want %d", m.Len(), cap(m.Bytes()), len(want))
	}
	if m.Addr() == 0 || m.Addr()%uintptr(pageSize) != 0 {
		t.Errorf("Addr is %#x", m.Addr())
	}
	if m.Prot() != mmap.ProtRead || m.Flags() != mmap.Shared {
		t.Errorf("Prot and Flags are %v, %v", m.Prot(), m.Flags())
	}
	if mmaptest.Writable(m, 0) {
		t.Error("the pages of Open can be written")
	}
}

func TestOpenFails(t *testing.T) {
	dir := t.TempDir()
	for _, test := range []openFailure{
		{filepath.Join(dir, "missing"), "open", []error{fs.ErrNotExist, mmaptest.MissingErrno}, "missing"},
		{"", "open", []error{fs.ErrNotExist}, ""},
		{"a\x00b", "open", []error{mmap.ErrInvalid, fs.ErrInvalid}, ""},
		{filepath.Join(dir, "missing", "x"), "open", []error{fs.ErrNotExist}, ""},
		{dir, "mmap", []error{mmap.ErrNotMappable, errors.ErrUnsupported}, "directory"},
	} {
		test.check(t)
	}
}

// An openFailure is a file that Open cannot map.
type openFailure struct {
	name, op string
	want     []error
	message  string
}

func (test openFailure) check(t *testing.T) {
	t.Helper()
	m, err := mmap.Open(test.name)
	if m != nil {
		t.Errorf("Open(%q) gives a Mapping", test.name)
	}
	mmaptest.WantError(t, err, test.op, test.want...)
	if e, ok := err.(*mmap.Error); ok && e.Path != test.name {
		t.Errorf("%v: Path is %q, want %q", err, e.Path, test.name)
	}
	mmaptest.WantMessage(t, err, test.message, test.name)
}

// TestTail maps a file to its end, in the midst of a page.
func TestTail(t *testing.T) {
	want := mmaptest.Pattern(pageSize + 904)
	for _, length := range []int{mmap.ToEnd, len(want)} {
		t.Run(fmt.Sprintf("length %d", length), func(t *testing.T) {
			f := mmaptest.TempFile(t, want)
			m := mmaptest.Mapped(t)(mmap.MapRegion(f, 0, length, rw, mmap.Shared))
			mmaptest.WantBytes(t, "Bytes", m.Bytes(), want)

			tail := mmaptest.Pages(m)[m.Len():]
			mmaptest.WantBytes(t, "tail", tail, make([]byte, pageSize-904))
			copy(tail, mmaptest.Pattern(len(tail)))
			m.Bytes()[0] = 'x'
			mmaptest.Must(t, m.Sync())
			got, err := os.ReadFile(f.Name())
			mmaptest.Must(t, err)
			mmaptest.WantBytes(t, "file", got, append([]byte{'x'}, want[1:]...))
		})
	}
}

// TestRegionLongerThanFile maps a file and two pages more.
func TestRegionLongerThanFile(t *testing.T) {
	mmaptest.NeedPastEnd(t)
	want := mmaptest.Pattern(pageSize + 904)
	f := mmaptest.TempFile(t, want)
	m := mmaptest.Mapped(t)(mmap.MapRegion(f, 0, 3*pageSize+2712%pageSize, rw, mmap.Shared))
	if n := 3*pageSize + 2712%pageSize; m.Len() != n {
		t.Errorf("Len is %d, want %d", m.Len(), n)
	}
	mmaptest.WantBytes(t, "file", m.Bytes()[:len(want)], want)
	mmaptest.WantBytes(t, "tail", m.Bytes()[len(want):2*pageSize], make([]byte, pageSize-904))
	m.Bytes()[2*pageSize-1] = 'x' // reaches nothing
	for _, off := range []int{2 * pageSize, 3*pageSize - 1, m.Len() - 1} {
		err := m.Guard(func(b []byte) error { sink = b[off]; return nil })
		mmaptest.WantError(t, err, "guard", mmap.ErrFault)
	}
	mmaptest.Must(t, m.Sync())
	if st, err := f.Stat(); err != nil || st.Size() != int64(len(want)) {
		t.Errorf("the file has %d bytes, want %d (%v)", st.Size(), len(want), err)
	}
}

// TestGrowUnderMapping maps an empty file for 1000 pages, and grows it.
func TestGrowUnderMapping(t *testing.T) {
	mmaptest.NeedPastEnd(t)
	f := mmaptest.TempFile(t, nil)
	m := mmaptest.Mapped(t)(mmap.MapRegion(f, 0, 1000*pageSize, rw, mmap.Shared))
	if mmaptest.Readable(m, 0) {
		t.Error("the first page of an empty file can be read")
	}
	for _, pages := range []int{1, 2, 500, 1000} {
		mmaptest.Must(t, f.Truncate(int64(pages*pageSize)))
		last := pages*pageSize - 1
		if !mmaptest.Writable(m, last) {
			t.Fatalf("with %d pages the last cannot be written", pages)
		}
		if pages < 1000 && mmaptest.Readable(m, last+1) {
			t.Errorf("with %d pages there is one more", pages)
		}
		m.Bytes()[last] = byte(pages)
		mmaptest.Must(t, m.Sync())
		var got [1]byte
		if _, err := f.ReadAt(got[:], int64(last)); err != nil || got[0] != byte(pages) {
			t.Errorf("byte %d of the file is %d, want %d (%v)", last, got[0], byte(pages), err)
		}
	}
}

func TestPrivate(t *testing.T) {
	want := mmaptest.Pattern(2*pageSize + 10)
	f := mmaptest.TempFile(t, want)
	ro := mmaptest.OpenFile(t, f.Name(), os.O_RDONLY)
	m := mmaptest.Mapped(t)(mmap.Map(ro, rw, mmap.Private))
	other := mmaptest.Mapped(t)(mmap.Map(ro, mmap.ProtRead, mmap.Shared))
	clear(m.Bytes())
	mmaptest.Must(t, m.Sync())
	mmaptest.Must(t, m.Close())
	got, err := os.ReadFile(f.Name())
	mmaptest.Must(t, err)
	mmaptest.WantBytes(t, "file", got, want)
	mmaptest.WantBytes(t, "other Mapping", other.Bytes(), want)
}

// TestOutlives uses a Mapping whose file is closed, and removed.
func TestOutlives(t *testing.T) {
	t.Run("closed", func(t *testing.T) { checkOutlives(t, func(string) error { return nil }) })
	t.Run("removed", func(t *testing.T) {
		mmaptest.NeedRemove(t)
		checkOutlives(t, os.Remove)
	})
}

func checkOutlives(t *testing.T, remove func(name string) error) {
	want := mmaptest.Pattern(pageSize + 1)
	f := mmaptest.TempFile(t, want)
	m := mmaptest.Mapped(t)(mmap.Map(f, rw, mmap.Shared))
	mmaptest.Must(t, f.Close())
	mmaptest.Must(t, remove(f.Name()))
	mmaptest.WantBytes(t, "Bytes", m.Bytes(), want)
	clear(m.Bytes())
	mmaptest.WantBytes(t, "Bytes", m.Bytes(), make([]byte, len(want)))
	mmaptest.Must(t, m.Sync())
	mmaptest.Must(t, m.Protect(mmap.ProtRead))
	mmaptest.Must(t, m.Close())
}

func TestTwoMappings(t *testing.T) {
	f := mmaptest.TempFile(t, make([]byte, 2*pageSize))
	a := mmaptest.Mapped(t)(mmap.Map(f, rw, mmap.Shared))
	b := mmaptest.Mapped(t)(mmap.MapRegion(mmaptest.OpenFile(t, f.Name(), os.O_RDWR), int64(pageSize)-1, 2, rw, mmap.Shared))
	a.Bytes()[pageSize] = 'a'
	b.Bytes()[0] = 'b'
	if b.Bytes()[1] != 'a' || a.Bytes()[pageSize-1] != 'b' {
		t.Errorf("Bytes of the two Mappings: got %q and %q, want \"ba\" in each", a.Bytes()[pageSize-1:][:2], b.Bytes())
	}
}

// TestTwoProcesses has a child answer what the parent stored.
func TestTwoProcesses(t *testing.T) {
	f := mmaptest.TempFile(t, make([]byte, pageSize))
	m := mmaptest.Mapped(t)(mmap.Map(f, rw, mmap.Shared))
	cmd := mmaptest.HelperCommand(t, "share", f.Name())
	in, err := cmd.StdinPipe()
	mmaptest.Must(t, err)
	out, err := cmd.StdoutPipe()
	mmaptest.Must(t, err)
	mmaptest.Must(t, cmd.Start())
	answers := bufio.NewReader(out)
	for i := range 10 {
		copy(m.Bytes(), fmt.Sprintf("parent %d", i))
		_, err := in.Write([]byte{'\n'})
		mmaptest.Must(t, err)
		if _, err := answers.ReadString('\n'); err != nil {
			t.Fatalf("the child went: %v", err)
		}
		if want := fmt.Sprintf("child  %d", i); !bytes.HasPrefix(m.Bytes(), []byte(want)) {
			t.Errorf("the child's answer is %q, want %q", m.Bytes()[:len(want)], want)
		}
	}
	mmaptest.Must(t, in.Close())
	mmaptest.Must(t, cmd.Wait())
}

func helpShare() {
	f, err := os.OpenFile(os.Args[1], os.O_RDWR, 0)
	if err != nil {
		panic(err)
	}
	m, err := mmap.Map(f, rw, mmap.Shared)
	if err != nil {
		panic(err)
	}
	for asked := bufio.NewScanner(os.Stdin); asked.Scan(); fmt.Println() {
		if bytes.HasPrefix(m.Bytes(), []byte("parent")) {
			copy(m.Bytes(), "child ")
		}
	}
}

// TestOpenModes holds how a file was opened against what is asked of it.
func TestOpenModes(t *testing.T) {
	want := mmaptest.Pattern(100)
	f := mmaptest.TempFile(t, want)
	for _, test := range []struct {
		mode  int
		prot  mmap.Prot
		flags mmap.Flag
		ok    bool
	}{
		{os.O_RDWR, rw, mmap.Shared, true},
		{os.O_RDONLY, mmap.ProtRead, mmap.Shared, true},
		{os.O_RDONLY, rw, mmap.Private, true},
		{os.O_RDONLY, rw, mmap.Shared, false},
		{os.O_RDONLY, mmap.ProtWrite, mmap.Shared, false},
		{os.O_WRONLY, mmap.ProtRead, mmap.Shared, false},
		{os.O_WRONLY, rw, mmap.Shared, false},
		{os.O_WRONLY, mmap.ProtRead, mmap.Private, false},
	} {
		t.Run(fmt.Sprintf("mode %#x, %v, %v", test.mode, test.prot, test.flags), func(t *testing.T) {
			g := mmaptest.OpenFile(t, f.Name(), test.mode)
			m, err := mmap.Map(g, test.prot, test.flags)
			if test.ok {
				mmaptest.WantBytes(t, "Bytes", mmaptest.Mapped(t)(m, err).Bytes(), want)
				return
			}
			if m != nil {
				t.Errorf("Map: got a Mapping with the error %v, want nil", err)
			}
			mmaptest.WantError(t, err, "mmap", mmap.ErrAccess, fs.ErrPermission, mmaptest.AccessErrno)
			mmaptest.WantMessage(t, err, f.Name(), "open for reading", test.prot.String(), test.flags.String())
		})
	}
}

func TestOffset(t *testing.T) {
	want := mmaptest.Pattern(3 * pageSize)
	for _, offset := range []int{1, 1000, pageSize - 1, pageSize, pageSize + 1000} {
		for _, length := range []int{mmap.ToEnd, 1, pageSize - 1, pageSize, pageSize + 1} {
			t.Run(fmt.Sprintf("offset %d, length %d", offset, length), func(t *testing.T) {
				f := mmaptest.TempFile(t, want)
				m := mmaptest.Mapped(t)(mmap.MapRegion(f, int64(offset), length, rw, mmap.Shared))
				length := length
				if length == mmap.ToEnd {
					length = len(want) - offset
				}
				mmaptest.WantBytes(t, "Bytes", m.Bytes(), want[offset:][:length])
				if cap(m.Bytes()) != length || m.Addr()%uintptr(pageSize) != uintptr(offset%pageSize) {
					t.Errorf("cap of Bytes is %d, want %d; Addr is %#x, want %#x in its page", cap(m.Bytes()), length, m.Addr(), offset%pageSize)
				}
				m.Bytes()[0], m.Bytes()[length-1] = 0, 0
				mmaptest.Must(t, m.Sync())
				got, err := os.ReadFile(f.Name())
				mmaptest.Must(t, err)
				changed := slices.Clone(want)
				changed[offset], changed[offset+length-1] = 0, 0
				mmaptest.WantBytes(t, "file", got, changed)
				mmaptest.Must(t, m.Close())
			})
		}
	}
}

// sparse is a file of size bytes, all a hole.
func sparse(t *testing.T, size int64) *os.File {
	t.Helper()
	f := mmaptest.TempFile(t, nil)
	mmaptest.MakeSparse(f)
	if err := f.Truncate(size); err != nil {
		t.Skipf("no file of %d bytes here: %v", size, err)
	}
	return f
}

func TestOffsetPast4GiB(t *testing.T) {
	f := sparse(t, 5<<30)
	const offset = 4<<30 + 1000
	want := mmaptest.Pattern(pageSize)
	_, err := f.WriteAt(want, offset)
	mmaptest.Must(t, err)
	m := mmaptest.Mapped(t)(mmap.MapRegion(f, offset, len(want), rw, mmap.Shared))
	mmaptest.WantBytes(t, "Bytes", m.Bytes(), want)
	m.Bytes()[1] = 0
	mmaptest.Must(t, m.Sync())
	var got [3]byte
	_, err = f.ReadAt(got[:], offset)
	mmaptest.Must(t, err)
	mmaptest.WantBytes(t, "file", got[:], []byte{want[0], 0, want[2]})
}

func TestToEnd(t *testing.T) {
	f := mmaptest.TempFile(t, mmaptest.Pattern(1000))
	if m := mmaptest.Mapped(t)(mmap.MapRegion(f, 999, mmap.ToEnd, mmap.ProtRead, mmap.Shared)); m.Len() != 1 {
		t.Errorf("before the end: Len is %d", m.Len())
	}
	wantEmpty(t, mmaptest.Mapped(t)(mmap.MapRegion(f, 1000, mmap.ToEnd, mmap.ProtRead, mmap.Shared)))
	for _, offset := range []int64{1001, 1 << 40, math.MaxInt64, -1, math.MinInt64} {
		m, err := mmap.MapRegion(f, offset, mmap.ToEnd, mmap.ProtRead, mmap.Shared)
		mmaptest.WantError(t, err, "mmap", mmap.ErrInvalid)
		if offset > 0 {
			mmaptest.WantMessage(t, err, f.Name(), "past the end of the file, which has 1000 bytes")
		}
		if m != nil {
			t.Errorf("offset %d: got a Mapping", offset)
		}
	}

	mmaptest.Must(t, f.Truncate(2000)) // the size is that of now
	if m := mmaptest.Mapped(t)(mmap.Map(f, mmap.ProtRead, mmap.Shared)); m.Len() != 2000 {
		t.Errorf("after the file grew: Len is %d", m.Len())
	}
	wantEmpty(t, mmaptest.Mapped(t)(mmap.Map(mmaptest.TempFile(t, nil), rw, mmap.Private)))
}

func TestFileLargerThanInt(t *testing.T) {
	if math.MaxInt > math.MaxInt32 {
		t.Skip("an int holds the size of every file")
	}
	f := sparse(t, 1<<32)
	_, err := mmap.Map(f, mmap.ProtRead, mmap.Shared)
	mmaptest.WantError(t, err, "mmap", mmap.ErrOverflow)
	mmaptest.WantMessage(t, err, "MapRegion")
	mmaptest.Mapped(t)(mmap.MapRegion(f, 1<<32-10, mmap.ToEnd, mmap.ProtRead, mmap.Shared))
}

func wantEmpty(t *testing.T, m *mmap.Mapping) {
	t.Helper()
	if b := m.Bytes(); b == nil || len(b) != 0 || cap(b) != 0 {
		t.Errorf("Bytes of an empty Mapping are %#v", b)
	}
	if m.Len() != 0 || m.Addr() != 0 {
		t.Errorf("an empty Mapping has Len %d, Addr %#x", m.Len(), m.Addr())
	}
}

func TestArguments(t *testing.T) {
	f := mmaptest.TempFile(t, mmaptest.Pattern(100))
	empty := mmaptest.TempFile(t, nil)
	closed := mmaptest.OpenFile(t, f.Name(), os.O_RDONLY)
	mmaptest.Must(t, closed.Close())
	anon := mmaptest.Anon(t, 2*pageSize)
	fd := int(f.Fd())

	type call func() (*mmap.Mapping, error)
	region := func(f *os.File, offset int64, length int, flags mmap.Flag) call {
		return func() (*mmap.Mapping, error) { return mmap.MapRegion(f, offset, length, mmap.ProtRead, flags) }
	}
	at := func(fd int, offset int64, length int, flags mmap.Flag) call {
		return func() (*mmap.Mapping, error) { return mmap.MapAt(0, fd, offset, length, mmap.ProtRead, flags) }
	}
	memory := func(length int, flags mmap.Flag) call {
		return func() (*mmap.Mapping, error) { return mmap.MapAnon(length, rw, flags) }
	}
	replace := func(f *os.File, offset int64, flags mmap.Flag) call {
		return func() (*mmap.Mapping, error) { return nil, anon.Replace(0, pageSize, f, offset, mmap.ProtRead, flags) }
	}
	type row struct {
		name string
		call call
		want error
	}
	tests := []row{
		{"length 0", region(f, 0, 0, mmap.Shared), mmap.ErrInvalid},
		{"length -2", region(f, 0, -2, mmap.Shared), mmap.ErrInvalid},
		{"length MinInt", region(f, 0, math.MinInt, mmap.Shared), mmap.ErrInvalid},
		{"length MaxInt", region(f, 0, math.MaxInt, mmap.Shared), mmap.ErrOverflow},
		{"offset -1", region(f, -1, 10, mmap.Shared), mmap.ErrInvalid},
		{"offset MinInt64", region(f, math.MinInt64, 10, mmap.Shared), mmap.ErrInvalid},
		{"end past int64", region(f, math.MaxInt64-9, 10, mmap.Shared), mmap.ErrOverflow},
		{"end past int64 by MaxInt", region(f, math.MaxInt64, math.MaxInt, mmap.Shared), mmap.ErrOverflow},
		{"no file", region(nil, 0, 10, mmap.Shared), fs.ErrInvalid},
		{"no file, ToEnd", region(nil, 0, mmap.ToEnd, mmap.Shared), mmap.ErrInvalid},
		{"no file, Anonymous", region(nil, 0, 10, mmap.Private|mmap.Anonymous), mmap.ErrInvalid},
		{"closed file", region(closed, 0, 10, mmap.Shared), fs.ErrClosed},
		{"closed file, ToEnd", region(closed, 0, mmap.ToEnd, mmap.Shared), fs.ErrClosed},
		{"closed file, length 0", region(closed, 0, 0, mmap.Shared), fs.ErrClosed},
		{"a file and Anonymous", region(f, 0, 10, mmap.Private|mmap.Anonymous), mmap.ErrInvalid},
		{"an empty file and Anonymous", region(empty, 0, mmap.ToEnd, mmap.Private|mmap.Anonymous), mmap.ErrInvalid},
		{"neither Shared nor Private", region(f, 0, 10, 0), mmap.ErrInvalid},
		{"neither, empty file", region(empty, 0, mmap.ToEnd, 0), mmap.ErrInvalid},
		{"flag of 33 bits", region(f, 0, 10, mmap.Shared|1<<32), mmap.ErrInvalid},
		{"flag of 33 bits, empty file", region(empty, 0, mmap.ToEnd, mmap.Shared|1<<32), mmap.ErrInvalid},
		{"negative flag", region(f, 0, 10, mmap.Private|math.MinInt64), mmap.ErrInvalid},
		{"all flags", region(f, 0, 10, -1), mmap.ErrInvalid},

		{"MapAnon, 0", memory(0, mmap.Private), mmap.ErrInvalid},
		{"MapAnon, ToEnd", memory(mmap.ToEnd, mmap.Private), mmap.ErrInvalid},
		{"MapAnon, MinInt", memory(math.MinInt, mmap.Private), mmap.ErrInvalid},
		{"MapAnon, MaxInt", memory(math.MaxInt, mmap.Private), mmap.ErrOverflow},
		{"MapAnon, neither", memory(pageSize, 0), mmap.ErrInvalid},
		{"MapAnon, 33 bits", memory(pageSize, mmap.Private|1<<32), mmap.ErrInvalid},
		{"MapAnon, negative", memory(pageSize, mmap.Private|math.MinInt64), mmap.ErrInvalid},
		{"Reserve, 0", func() (*mmap.Mapping, error) { return mmap.Reserve(0) }, mmap.ErrInvalid},
		{"Reserve, ToEnd", func() (*mmap.Mapping, error) { return mmap.Reserve(mmap.ToEnd) }, mmap.ErrInvalid},
		{"Reserve, MaxInt", func() (*mmap.Mapping, error) { return mmap.Reserve(math.MaxInt) }, mmap.ErrOverflow},

		{"MapAt, 0", at(fd, 0, 0, mmap.Shared), mmap.ErrInvalid},
		{"MapAt, ToEnd", at(fd, 0, mmap.ToEnd, mmap.Shared), mmap.ErrInvalid},
		{"MapAt, MaxInt", at(fd, 0, math.MaxInt, mmap.Shared), mmap.ErrOverflow},
		{"MapAt, offset -1", at(fd, -1, 10, mmap.Shared), mmap.ErrInvalid},
		{"MapAt, end past int64", at(fd, math.MaxInt64, 1, mmap.Shared), mmap.ErrOverflow},
		{"MapAt, no descriptor", at(-1, 0, 10, mmap.Shared), mmap.ErrBadFD},
		{"MapAt, not a descriptor", at(1<<20, 0, 10, mmap.Shared), mmaptest.BadFDErrno},
		{"MapAt, neither", at(fd, 0, 10, 0), mmaptest.InvalidErrno},
		{"MapAt, 33 bits", at(fd, 0, 10, mmap.Shared|1<<32), mmap.ErrInvalid},

		{"Replace, no file", replace(nil, 0, mmap.Private), fs.ErrInvalid},
		{"Replace, closed file", replace(closed, 0, mmap.Shared), fs.ErrClosed},
		{"Replace, file and Anonymous", replace(f, 0, mmap.Private|mmap.Anonymous), mmap.ErrInvalid},
		{"Replace, offset -1", replace(f, -1, mmap.Shared), mmap.ErrInvalid},
		{"Replace, offset 1", replace(f, 1, mmap.Shared), mmap.ErrInvalid},
		{"Replace, offset past int64", replace(f, math.MaxInt64, mmap.Shared), mmap.ErrOverflow},
		{"Replace, neither", replace(f, 0, 0), mmap.ErrInvalid},
		{"Replace, 33 bits", replace(nil, 0, mmap.Private|mmap.Anonymous|1<<32), mmap.ErrInvalid},
	}
	for i := range 32 {
		bit := mmap.Flag(1) << i
		if mmap.FixesAddress(bit) == 0 {
			continue
		}
		tests = append(tests,
			row{"MapRegion", region(f, 0, 10, mmap.Shared|bit), mmap.ErrInvalid},
			row{"Map", func() (*mmap.Mapping, error) { return mmap.Map(f, mmap.ProtRead, mmap.Shared|bit) }, mmap.ErrInvalid},
			row{"Map, empty file", func() (*mmap.Mapping, error) { return mmap.Map(empty, mmap.ProtRead, mmap.Shared|bit) }, mmap.ErrInvalid},
			row{"MapAnon", memory(pageSize, mmap.Private|bit), mmap.ErrInvalid},
			row{"MapAnon as Reserve", func() (*mmap.Mapping, error) {
				return mmap.MapAnon(pageSize, mmap.ProtNone, mmap.Private|mmap.NoReserveFlag|bit)
			}, mmap.ErrInvalid},
			row{"MapAt 0", at(fd, 0, 10, mmap.Shared|bit), mmap.ErrInvalid},
			row{"MapAt 0, Anonymous", at(-1, 0, 10, mmap.Private|mmap.Anonymous|bit), mmap.ErrInvalid},
			row{"Replace", replace(f, 0, mmap.Shared|bit), mmap.ErrInvalid},
			row{"Replace, Anonymous", replace(nil, 0, mmap.Private|mmap.Anonymous|bit), mmap.ErrInvalid},
		)
	}
	for i := range anon.Bytes() {
		anon.Bytes()[i] = 'x'
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			m, err := test.call()
			if m != nil {
				t.Error("got a Mapping")
			}
			mmaptest.WantError(t, err, "mmap", test.want)
		})
	}
	mmaptest.WantBytes(t, "what Replace left alone", anon.Bytes(), bytes.Repeat([]byte{'x'}, 2*pageSize))
}

// TestDescriptors maps what cannot be mapped.
func TestDescriptors(t *testing.T) {
	dir, err := os.Open(t.TempDir())
	mmaptest.Must(t, err)
	defer dir.Close()
	r, w, err := os.Pipe()
	mmaptest.Must(t, err)
	defer r.Close()
	defer w.Close()
	for _, f := range []*os.File{dir, r, w} {
		checkNotMappable(t, f)
	}
}

func checkNotMappable(t *testing.T, f *os.File) {
	t.Helper()
	_, err := mmap.Map(f, mmap.ProtRead, mmap.Shared)
	mmaptest.WantError(t, err, "mmap", mmap.ErrNotMappable, errors.ErrUnsupported)
	for _, prot := range []mmap.Prot{mmap.ProtRead, rw} { // f may not be open for both, and the system may say that first
		_, err = mmap.MapAt(0, int(f.Fd()), 0, 100, prot, mmap.Shared)
		mmaptest.WantError(t, err, "mmap", mmap.ErrNotMappable, errors.ErrUnsupported)
		_, err = mmap.MapRegion(f, 0, 100, prot, mmap.Shared)
		mmaptest.WantError(t, err, "mmap", mmap.ErrNotMappable, errors.ErrUnsupported)
	}
	mmaptest.WantMessage(t, err, f.Name())
}

func TestMapAnon(t *testing.T) {
	for _, kind := range []mmap.Flag{mmap.Private, mmap.Shared} {
		for _, n := range []int{1, pageSize, pageSize + 1} {
			t.Run(fmt.Sprintf("%v, %d bytes", kind, n), func(t *testing.T) {
				m := mmaptest.Mapped(t)(mmap.MapAnon(n, rw, kind))
				mmaptest.WantBytes(t, "Bytes", m.Bytes(), make([]byte, n))
				copy(m.Bytes(), mmaptest.Pattern(n))
				if m.Flags() != kind|mmap.Anonymous || m.Prot() != rw || cap(m.Bytes()) != n {
					t.Errorf("Flags, Prot, cap of Bytes: got %v, %v, %d, want %v, %v, %d", m.Flags(), m.Prot(), cap(m.Bytes()), kind|mmap.Anonymous, rw, n)
				}
			})
		}
	}
}

func TestReserve(t *testing.T) {
	size := int(min(math.MaxInt>>3+1, int64(1)<<36)) // more than there is memory, on 64-bit systems
	m := mmaptest.Mapped(t)(mmap.Reserve(size))
	if m.Prot() != mmap.ProtNone || m.Flags() != mmap.Private|mmap.Anonymous|mmap.NoReserveFlag || m.Len() != size {
		t.Errorf("%v, %v, %d bytes", m.Prot(), m.Flags(), m.Len())
	}
	if mmaptest.Readable(m, 0) || mmaptest.Readable(m, size-1) {
		t.Error("reserved pages can be read")
	}
	middle := size / 2 // a multiple of any page
	mmaptest.Must(t, m.ProtectRange(middle, pageSize, rw))
	if !mmaptest.Writable(m, middle) || !mmaptest.Writable(m, middle+pageSize-1) || mmaptest.Readable(m, middle-1) || mmaptest.Readable(m, middle+pageSize) {
		t.Error("not one page exactly can be written")
	}
	if m.Prot() != mmap.ProtNone {
		t.Errorf("Prot is %v after ProtectRange", m.Prot())
	}
}

func TestMapAt(t *testing.T) {
	want := mmaptest.Pattern(2 * pageSize)
	f := mmaptest.TempFile(t, want)
	fd := int(f.Fd())

	m := mmaptest.Mapped(t)(mmap.MapAt(0, fd, 1000, 100, rw, mmap.Shared))
	mmaptest.WantBytes(t, "no address", m.Bytes(), want[1000:1100])

	hint := mmaptest.Mapped(t)(mmap.MapAt(m.Addr()-1000, fd, 0, pageSize, mmap.ProtRead, mmap.Shared))
	if hint.Addr() == m.Addr()-1000 {
		t.Error("a hint mapped over what was there")
	}
	mmaptest.WantBytes(t, "what is at the hint", m.Bytes(), want[1000:1100])
	mmaptest.WantBytes(t, "hint", hint.Bytes(), want[:pageSize])
	odd := mmaptest.Mapped(t)(mmap.MapAt(m.Addr(), fd, 0, pageSize, mmap.ProtRead, mmap.Shared)) // a hint need not be a page's
	mmaptest.WantBytes(t, "odd hint", odd.Bytes(), want[:pageSize])

	heap := make([]byte, 3*pageSize)
	base := uintptr(unsafe.Pointer(&heap[0]))
	inHeap := mmaptest.Mapped(t)(mmap.MapAt((base+uintptr(pageSize))&^uintptr(pageSize-1), -1, 0, pageSize, rw, mmap.Private|mmap.Anonymous))
	if d := inHeap.Addr() - base; d < uintptr(len(heap)) {
		t.Errorf("a hint mapped over the Go heap: byte %d", d)
	}
	runtime.KeepAlive(heap)
}

// TestMapAtFixed maps a file over memory of its own.
func TestMapAtFixed(t *testing.T) {
	want := mmaptest.Pattern(2 * pageSize)
	fd := int(mmaptest.TempFile(t, want).Fd())
	inner, intact := mmaptest.Neighbours(t, 2)
	fixed, err := mmap.MapAt(inner.Addr(), fd, int64(pageSize), pageSize, rw, mmap.Shared|mmap.Fixed) // inner's to unmap
	mmaptest.Must(t, err)
	if fixed.Addr() != inner.Addr() {
		t.Errorf("Fixed is at %#x, not %#x", fixed.Addr(), inner.Addr())
	}
	mmaptest.WantBytes(t, "Fixed", inner.Bytes(), append(slices.Clone(want[pageSize:]), make([]byte, pageSize)...))
	intact()
}

func TestMapAtFails(t *testing.T) {
	f := mmaptest.TempFile(t, mmaptest.Pattern(2*pageSize))
	fd := int(f.Fd())
	inner, intact := mmaptest.Neighbours(t, 2)
	copy(inner.Bytes(), mmaptest.Pattern(inner.Len()))
	for _, test := range []struct {
		name   string
		addr   uintptr
		fd     int
		offset int64
		flags  mmap.Flag
		want   error
	}{
		{"unaligned", inner.Addr() + 1, fd, 0, mmap.Shared | mmap.Fixed, mmap.ErrInvalid},
		{"unaligned, Anonymous", inner.Addr() + 1000, -1, 0, mmap.Private | mmap.Anonymous | mmap.Fixed, mmap.ErrInvalid},
		{"unaligned offset", inner.Addr(), fd, 1000, mmap.Shared | mmap.Fixed, mmap.ErrInvalid},
		{"no descriptor", inner.Addr(), -1, 0, mmap.Shared | mmap.Fixed, mmap.ErrBadFD},
	} {
		m, err := mmap.MapAt(test.addr, test.fd, test.offset, pageSize, rw, test.flags)
		if m != nil {
			t.Errorf("%s: got a Mapping", test.name)
		}
		mmaptest.WantError(t, err, "mmap", test.want)
		intact()
	}
}

// TestDatabase uses a file as bbolt and its like do: one Mapping larger than
// the file, with the file growing under it, and what is looked at most locked.
func TestDatabase(t *testing.T) {
	mmaptest.NeedPastEnd(t)
	const pages = 64
	f := mmaptest.TempFile(t, mmaptest.Pattern(2*pageSize))
	m := mmaptest.Mapped(t)(mmap.MapRegion(f, 0, pages*pageSize, mmap.ProtRead, mmap.Shared))
	mmaptest.Must(t, m.Advise(mmap.AdviceRandom))
	mmaptest.Lock(t, m, 0, 100) // the page with the root
	for i := 2; i < pages; i++ {
		page := bytes.Repeat([]byte{byte(i)}, pageSize)
		_, err := f.WriteAt(page, int64(i*pageSize)) // written, not mapped, to be on disk in order
		mmaptest.Must(t, err)
		mmaptest.Must(t, f.Sync())
		mmaptest.WantBytes(t, "page", m.Bytes()[i*pageSize:][:pageSize], page)
	}
	mmaptest.WantBytes(t, "first pages", m.Bytes()[:2*pageSize], mmaptest.Pattern(2*pageSize))
	mmaptest.Must(t, m.UnlockRange(0, 100))
	mmaptest.Must(t, m.Close())
}

func TestFlagStrings(t *testing.T) {
	const unknown = 1 << 50 // has no name anywhere, but fits a Flag alone
	zeroSync := "0"
	if mmap.SyncWait == 0 {
		zeroSync = "SyncWait"
	}
	for _, test := range []struct {
		value fmt.Stringer
		want  string
	}{
		{mmap.ProtNone, "ProtNone"},
		{mmap.ProtRead, "ProtRead"},
		{mmap.ProtRead | mmap.ProtWrite, "ProtRead|ProtWrite"},
		{mmap.ProtRead | mmap.ProtWrite | mmap.ProtExec, "ProtRead|ProtWrite|ProtExec"},
		{mmap.ProtWrite | mmap.ProtExec, "ProtWrite|ProtExec"},
		{mmap.Flag(0), "File"},
		{mmap.File, "File"},
		{mmap.Shared, "Shared"},
		{mmap.Private, "Private"},
		{mmap.Private | mmap.Anonymous, "Private|Anonymous"},
		{mmap.Private | mmap.Anonymous | mmap.Fixed, "Private|Anonymous|Fixed"},
		{mmap.Private | unknown, "Private|0x4000000000000"},
		{mmap.Flag(unknown), "0x4000000000000"},
		{mmap.SyncFlag(0), zeroSync},
		{mmap.SyncWait, "SyncWait"},
		{mmap.SyncAsync, "SyncAsync"},
		{mmap.SyncAsync | mmap.SyncInvalidate, "SyncAsync|SyncInvalidate"},
		{mmap.SyncInvalidate | 1<<30, "SyncInvalidate|0x40000000"},
		{mmap.AdviceNormal, "AdviceNormal"},
		{mmap.AdviceRandom, "AdviceRandom"},
		{mmap.AdviceSequential, "AdviceSequential"},
		{mmap.AdviceWillNeed, "AdviceWillNeed"},
		{mmap.AdviceDontNeed, "AdviceDontNeed"},
		{mmap.Advice(0x3039), "0x3039"},
		{mmap.RemapFlag(0), "0"},
		{mmap.RemapMayMove, "RemapMayMove"},
		{mmap.RemapMayMove | 6, "RemapMayMove|0x6"},
	} {
		if got := test.value.String(); got != test.want {
			t.Errorf("%T(%#[1]x) is %q, want %q", test.value, got, test.want)
		}
	}
}

// TestNames wants every value that has a name to be told by it.
func TestNames(t *testing.T) {
	for _, n := range mmap.Names() {
		if got := n.Value.String(); got != n.Name {
			t.Errorf("%s is %q", n.Name, got)
		}
	}
}

func TestNegativeStrings(t *testing.T) {
	for _, s := range []fmt.Stringer{mmap.Prot(-1), mmap.Flag(-1), mmap.SyncFlag(-1), mmap.Advice(-1), mmap.RemapFlag(-1)} {
		if got := s.String(); !strings.HasSuffix(got, "0xffffffffffffffff") && !strings.Contains(got, "|0xffffff") {
			t.Errorf("%T(-1) is %q", s, got)
		}
	}
}

func TestRWX(t *testing.T) {
	for prot, want := range map[mmap.Prot]string{
		mmap.ProtNone: "---", mmap.ProtRead: "r--", mmap.ProtRead | mmap.ProtWrite: "rw-", mmap.ProtRead | mmap.ProtExec: "r-x", mmap.ProtWrite: "-w-",
		mmap.ProtRead | mmap.ProtWrite | mmap.ProtExec | 1<<20: "rwx",
	} {
		t.Run(want, func(t *testing.T) {
			if got := mmap.RWX(prot); got != want {
				t.Errorf("%v is %q, want %q", prot, got, want)
			}
		})
	}
}
