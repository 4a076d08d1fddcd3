// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build unix

package mmap

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// helpers are what child processes do instead of the tests: see helperCommand.
// A body that returns ends its process with status 0.
var helpers = map[string]func(){
	"share": helpShare,
}

func TestMain(m *testing.M) {
	name := os.Getenv("MMAP_TEST_HELPER")
	if name == "" {
		os.Exit(m.Run())
	}
	help, ok := helpers[name]
	if !ok {
		fmt.Fprintf(os.Stderr, "no helper %q\n", name)
		os.Exit(2)
	}
	help()
}

// helperCommand is this program anew, to run helpers[name], which finds args in
// os.Args[1:]. Its standard error is the test's.
func helperCommand(t testing.TB, name string, args ...string) *exec.Cmd {
	t.Helper()
	exe, err := os.Executable()
	must(t, err)
	cmd := exec.CommandContext(t.Context(), exe, args...)
	cmd.Env = append(os.Environ(), "MMAP_TEST_HELPER="+name, "GORACE=atexit_sleep_ms=0") // under -race, do not sleep at the end
	cmd.Stderr = os.Stderr
	return cmd
}

const rw = ProtRead | ProtWrite

// sink keeps a load that may fault from being optimised away.
var sink byte

// zero is 0, but the compiler does not know.
var zero byte

// reopen is f's file opened anew, by its name, with flag.
func reopen(t testing.TB, f *os.File, flag int) *os.File {
	t.Helper()
	g, err := os.OpenFile(f.Name(), flag, 0)
	must(t, err)
	t.Cleanup(func() { g.Close() })
	return g
}

// mapped returns what a constructor returned, to be closed when the test ends,
// as in mapped(t)(Map(f, ProtRead, Shared)).
func mapped(t testing.TB) func(*Mapping, error) *Mapping {
	return func(m *Mapping, err error) *Mapping {
		t.Helper()
		must(t, err)
		t.Cleanup(func() {
			if err := m.Close(); err != nil && !errors.Is(err, ErrClosed) {
				t.Errorf("Close: %v", err)
			}
		})
		return m
	}
}

// wantBytes checks bytes that may be many.
func wantBytes(t testing.TB, what string, got, want []byte) {
	t.Helper()
	if len(got) != len(want) {
		t.Errorf("%s: %d bytes, want %d", what, len(got), len(want))
		return
	}
	for i := range got {
		if got[i] != want[i] {
			t.Errorf("%s: byte %d is %#x, want %#x", what, i, got[i], want[i])
			return
		}
	}
}

// whole is all of the pages that hold m, its bytes and what surrounds them.
func whole(m *Mapping) []byte { return memory(m.load().pages()) }

// readable and writable report whether the byte of m at off can be read and, in
// turn, written.
func readable(m *Mapping, off int) bool {
	return m.Guard(func(b []byte) error { sink = b[off]; return nil }) == nil
}

func writable(m *Mapping, off int) bool {
	return m.Guard(func(b []byte) error { b[off] ^= zero; return nil }) == nil
}

func TestOpen(t *testing.T) {
	want := pattern(2*pageSize + 100)
	f := tempFile(t, want)
	m := mapped(t)(Open(f.Name()))
	wantBytes(t, "Bytes", m.Bytes(), want)
	if m.Len() != len(want) || cap(m.Bytes()) != len(want) {
		t.Errorf("Len %d, cap %d, want %d", m.Len(), cap(m.Bytes()), len(want))
	}
	if m.Addr() == 0 || m.Addr()%uintptr(pageSize) != 0 {
		t.Errorf("Addr is %#x", m.Addr())
	}
	if m.Prot() != ProtRead || m.Flags() != Shared {
		t.Errorf("%v, %v", m.Prot(), m.Flags())
	}
	if writable(m, 0) {
		t.Error("the pages of Open can be written")
	}
}

func TestOpenFails(t *testing.T) {
	dir := t.TempDir()
	fifo := filepath.Join(dir, "fifo")
	must(t, unix.Mkfifo(fifo, 0o600))
	socket := filepath.Join(dir, "socket")
	listener, err := net.Listen("unix", socket)
	must(t, err)
	defer listener.Close()
	for _, test := range []struct {
		name, op string
		want     []error
		message  string
	}{
		{socket, "mmap", []error{ErrNotMappable, errors.ErrUnsupported}, "socket"},
		{filepath.Join(dir, "missing"), "open", []error{fs.ErrNotExist, unix.ENOENT}, "missing"},
		{"", "open", []error{fs.ErrNotExist}, ""},
		{"a\x00b", "open", []error{ErrInvalid, fs.ErrInvalid}, ""},
		{filepath.Join(dir, "missing", "x"), "open", []error{fs.ErrNotExist}, ""},
		{dir, "mmap", []error{ErrNotMappable, errors.ErrUnsupported, unix.ENODEV}, "directory"},
		{fifo, "mmap", []error{ErrNotMappable, errors.ErrUnsupported}, "pipe"}, // and does not wait for a writer
		{"/dev/null", "mmap", []error{ErrInvalid}, "MapRegion with a length"},
		{"/dev/zero", "mmap", []error{ErrInvalid}, "MapRegion with a length"},
	} {
		m, err := Open(test.name)
		if m != nil {
			t.Errorf("Open(%q) gives a Mapping", test.name)
		}
		wantError(t, err, test.op, test.want...)
		if e, ok := err.(*Error); ok && e.Path != test.name {
			t.Errorf("%v: Path is %q, want %q", err, e.Path, test.name)
		}
		wantMessage(t, err, test.message, test.name)
	}
}

func TestOpenPermission(t *testing.T) {
	if os.Geteuid() == 0 {
		t.Skip("root may open anything")
	}
	f := tempFile(t, pattern(100))
	must(t, f.Chmod(0))
	_, err := Open(f.Name())
	wantError(t, err, "open", ErrAccess, fs.ErrPermission, unix.EACCES)
}

// wantMessage checks that an error's text has all the words.
func wantMessage(t testing.TB, err error, words ...string) {
	t.Helper()
	for _, word := range words {
		if err == nil || !strings.Contains(err.Error(), word) {
			t.Errorf("%v: does not say %q", err, word)
		}
	}
}

// TestTail maps a file to its end, in the midst of a page.
func TestTail(t *testing.T) {
	want := pattern(pageSize + 904)
	for _, length := range []int{ToEnd, len(want)} {
		f := tempFile(t, want)
		m := mapped(t)(MapRegion(f, 0, length, rw, Shared))
		wantBytes(t, "Bytes", m.Bytes(), want)

		tail := whole(m)[m.Len():]
		wantBytes(t, "tail", tail, make([]byte, pageSize-904))
		copy(tail, pattern(len(tail)))
		m.Bytes()[0] = 'x'
		must(t, m.Sync())
		got, err := os.ReadFile(f.Name())
		must(t, err)
		wantBytes(t, "file", got, append([]byte{'x'}, want[1:]...))
	}
}

// TestRegionLongerThanFile maps a file and two pages more.
func TestRegionLongerThanFile(t *testing.T) {
	want := pattern(pageSize + 904)
	f := tempFile(t, want)
	m := mapped(t)(MapRegion(f, 0, 3*pageSize+2712%pageSize, rw, Shared))
	if n := 3*pageSize + 2712%pageSize; m.Len() != n {
		t.Errorf("Len is %d, want %d", m.Len(), n)
	}
	wantBytes(t, "file", m.Bytes()[:len(want)], want)
	wantBytes(t, "tail", m.Bytes()[len(want):2*pageSize], make([]byte, pageSize-904))
	m.Bytes()[2*pageSize-1] = 'x' // reaches nothing
	for _, off := range []int{2 * pageSize, 3*pageSize - 1, m.Len() - 1} {
		err := m.Guard(func(b []byte) error { sink = b[off]; return nil })
		wantError(t, err, "guard", ErrFault)
	}
	must(t, m.Sync())
	if st, err := f.Stat(); err != nil || st.Size() != int64(len(want)) {
		t.Errorf("the file has %d bytes, want %d (%v)", st.Size(), len(want), err)
	}
}

// TestGrowUnderMapping maps an empty file for 1000 pages, and grows it.
func TestGrowUnderMapping(t *testing.T) {
	f := tempFile(t, nil)
	m := mapped(t)(MapRegion(f, 0, 1000*pageSize, rw, Shared))
	if readable(m, 0) {
		t.Error("the first page of an empty file can be read")
	}
	for _, pages := range []int{1, 2, 500, 1000} {
		must(t, f.Truncate(int64(pages*pageSize)))
		last := pages*pageSize - 1
		if !writable(m, last) {
			t.Fatalf("with %d pages the last cannot be written", pages)
		}
		if pages < 1000 && readable(m, last+1) {
			t.Errorf("with %d pages there is one more", pages)
		}
		m.Bytes()[last] = byte(pages)
		must(t, m.Sync())
		var got [1]byte
		if _, err := f.ReadAt(got[:], int64(last)); err != nil || got[0] != byte(pages) {
			t.Errorf("byte %d of the file is %d, want %d (%v)", last, got[0], byte(pages), err)
		}
	}
}

func TestPrivate(t *testing.T) {
	want := pattern(2*pageSize + 10)
	f := tempFile(t, want)
	ro := reopen(t, f, os.O_RDONLY)
	m := mapped(t)(Map(ro, rw, Private))
	other := mapped(t)(Map(ro, ProtRead, Shared))
	clear(m.Bytes())
	must(t, m.Sync())
	must(t, m.Close())
	got, err := os.ReadFile(f.Name())
	must(t, err)
	wantBytes(t, "file", got, want)
	wantBytes(t, "other Mapping", other.Bytes(), want)
}

// TestOutlives uses a Mapping whose file is closed and removed.
func TestOutlives(t *testing.T) {
	want := pattern(pageSize + 1)
	f := tempFile(t, want)
	m := mapped(t)(Map(f, rw, Shared))
	must(t, f.Close())
	must(t, os.Remove(f.Name()))
	wantBytes(t, "Bytes", m.Bytes(), want)
	clear(m.Bytes())
	wantBytes(t, "Bytes", m.Bytes(), make([]byte, len(want)))
	must(t, m.Sync())
	must(t, m.Protect(ProtRead))
	must(t, m.Close())
}

func TestTwoMappings(t *testing.T) {
	f := tempFile(t, make([]byte, 2*pageSize))
	a := mapped(t)(Map(f, rw, Shared))
	b := mapped(t)(MapRegion(reopen(t, f, os.O_RDWR), int64(pageSize)-1, 2, rw, Shared))
	a.Bytes()[pageSize] = 'a'
	b.Bytes()[0] = 'b'
	if b.Bytes()[1] != 'a' || a.Bytes()[pageSize-1] != 'b' {
		t.Errorf("%q, %q", a.Bytes()[pageSize-1:][:2], b.Bytes())
	}
}

// TestTwoProcesses has a child answer what the parent stored.
func TestTwoProcesses(t *testing.T) {
	f := tempFile(t, make([]byte, pageSize))
	m := mapped(t)(Map(f, rw, Shared))
	cmd := helperCommand(t, "share", f.Name())
	in, err := cmd.StdinPipe()
	must(t, err)
	out, err := cmd.StdoutPipe()
	must(t, err)
	must(t, cmd.Start())
	answers := bufio.NewReader(out)
	for i := range 10 {
		copy(m.Bytes(), fmt.Sprintf("parent %d", i))
		_, err := in.Write([]byte{'\n'})
		must(t, err)
		if _, err := answers.ReadString('\n'); err != nil {
			t.Fatalf("the child went: %v", err)
		}
		if want := fmt.Sprintf("child  %d", i); !bytes.HasPrefix(m.Bytes(), []byte(want)) {
			t.Errorf("the child's answer is %q, want %q", m.Bytes()[:len(want)], want)
		}
	}
	must(t, in.Close())
	must(t, cmd.Wait())
}

func helpShare() {
	f, err := os.OpenFile(os.Args[1], os.O_RDWR, 0)
	if err != nil {
		panic(err)
	}
	m, err := Map(f, rw, Shared)
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
	want := pattern(100)
	f := tempFile(t, want)
	for _, test := range []struct {
		mode  int
		prot  Prot
		flags Flag
		ok    bool
	}{
		{os.O_RDWR, rw, Shared, true},
		{os.O_RDONLY, ProtRead, Shared, true},
		{os.O_RDONLY, rw, Private, true},
		{os.O_RDONLY, rw, Shared, false},
		{os.O_RDONLY, ProtWrite, Shared, false},
		{os.O_WRONLY, ProtRead, Shared, false},
		{os.O_WRONLY, rw, Shared, false},
		{os.O_WRONLY, ProtRead, Private, false},
	} {
		g := reopen(t, f, test.mode)
		m, err := Map(g, test.prot, test.flags)
		if test.ok {
			wantBytes(t, "Bytes", mapped(t)(m, err).Bytes(), want)
			continue
		}
		if m != nil {
			t.Errorf("%v: got a Mapping with an error", err)
		}
		wantError(t, err, "mmap", ErrAccess, fs.ErrPermission, unix.EACCES)
		wantMessage(t, err, f.Name(), "open for reading", test.prot.String(), test.flags.String())
	}
}

func TestOffset(t *testing.T) {
	want := pattern(3 * pageSize)
	for _, offset := range []int{1, 1000, pageSize - 1, pageSize, pageSize + 1000} {
		for _, length := range []int{ToEnd, 1, pageSize - 1, pageSize, pageSize + 1} {
			f := tempFile(t, want)
			m := mapped(t)(MapRegion(f, int64(offset), length, rw, Shared))
			if length == ToEnd {
				length = len(want) - offset
			}
			wantBytes(t, "Bytes", m.Bytes(), want[offset:][:length])
			if cap(m.Bytes()) != length || m.Addr()%uintptr(pageSize) != uintptr(offset%pageSize) {
				t.Errorf("offset %d: cap %d, Addr %#x", offset, cap(m.Bytes()), m.Addr())
			}
			m.Bytes()[0], m.Bytes()[length-1] = 0, 0
			must(t, m.Sync())
			got, err := os.ReadFile(f.Name())
			must(t, err)
			changed := slices.Clone(want)
			changed[offset], changed[offset+length-1] = 0, 0
			wantBytes(t, "file", got, changed)
			must(t, m.Close())
		}
	}
}

// sparse is a file of size bytes, all a hole.
func sparse(t *testing.T, size int64) *os.File {
	t.Helper()
	f := tempFile(t, nil)
	if err := f.Truncate(size); err != nil {
		t.Skipf("no file of %d bytes here: %v", size, err)
	}
	return f
}

func TestOffsetPast4GiB(t *testing.T) {
	f := sparse(t, 5<<30)
	const offset = 4<<30 + 1000
	want := pattern(pageSize)
	_, err := f.WriteAt(want, offset)
	must(t, err)
	m := mapped(t)(MapRegion(f, offset, len(want), rw, Shared))
	wantBytes(t, "Bytes", m.Bytes(), want)
	m.Bytes()[1] = 0
	must(t, m.Sync())
	var got [3]byte
	_, err = f.ReadAt(got[:], offset)
	must(t, err)
	wantBytes(t, "file", got[:], []byte{want[0], 0, want[2]})
}

func TestToEnd(t *testing.T) {
	f := tempFile(t, pattern(1000))
	if m := mapped(t)(MapRegion(f, 999, ToEnd, ProtRead, Shared)); m.Len() != 1 {
		t.Errorf("before the end: Len is %d", m.Len())
	}
	wantEmpty(t, mapped(t)(MapRegion(f, 1000, ToEnd, ProtRead, Shared)))
	for _, offset := range []int64{1001, 1 << 40, math.MaxInt64, -1, math.MinInt64} {
		m, err := MapRegion(f, offset, ToEnd, ProtRead, Shared)
		wantError(t, err, "mmap", ErrInvalid)
		if offset > 0 {
			wantMessage(t, err, f.Name(), "past the end of the file, which has 1000 bytes")
		}
		if m != nil {
			t.Errorf("offset %d: got a Mapping", offset)
		}
	}

	must(t, f.Truncate(2000)) // the size is that of now
	if m := mapped(t)(Map(f, ProtRead, Shared)); m.Len() != 2000 {
		t.Errorf("after the file grew: Len is %d", m.Len())
	}
	must(t, f.Truncate(0))
	wantEmpty(t, mapped(t)(Map(f, rw, Private)))
}

func TestFileLargerThanInt(t *testing.T) {
	if math.MaxInt > math.MaxInt32 {
		t.Skip("an int holds the size of every file")
	}
	f := sparse(t, 1<<32)
	_, err := Map(f, ProtRead, Shared)
	wantError(t, err, "mmap", ErrOverflow, unix.EOVERFLOW)
	wantMessage(t, err, "MapRegion")
	mapped(t)(MapRegion(f, 1<<32-10, ToEnd, ProtRead, Shared))
}

func wantEmpty(t *testing.T, m *Mapping) {
	t.Helper()
	if b := m.Bytes(); b == nil || len(b) != 0 || cap(b) != 0 {
		t.Errorf("Bytes of an empty Mapping are %#v", b)
	}
	if m.Len() != 0 || m.Addr() != 0 {
		t.Errorf("an empty Mapping has Len %d, Addr %#x", m.Len(), m.Addr())
	}
}

func TestArguments(t *testing.T) {
	f := tempFile(t, pattern(100))
	empty := tempFile(t, nil)
	closed := reopen(t, f, os.O_RDONLY)
	must(t, closed.Close())
	anon := mapped(t)(MapAnon(2*pageSize, rw, Private))
	fd := int(f.Fd())

	type call func() (*Mapping, error)
	region := func(f *os.File, offset int64, length int, flags Flag) call {
		return func() (*Mapping, error) { return MapRegion(f, offset, length, ProtRead, flags) }
	}
	at := func(fd int, offset int64, length int, flags Flag) call {
		return func() (*Mapping, error) { return MapAt(0, fd, offset, length, ProtRead, flags) }
	}
	memory := func(length int, flags Flag) call {
		return func() (*Mapping, error) { return MapAnon(length, rw, flags) }
	}
	replace := func(f *os.File, offset int64, flags Flag) call {
		return func() (*Mapping, error) { return nil, anon.Replace(0, pageSize, f, offset, ProtRead, flags) }
	}
	type row struct {
		name string
		call call
		want error
	}
	tests := []row{
		{"length 0", region(f, 0, 0, Shared), ErrInvalid},
		{"length -2", region(f, 0, -2, Shared), ErrInvalid},
		{"length MinInt", region(f, 0, math.MinInt, Shared), ErrInvalid},
		{"length MaxInt", region(f, 0, math.MaxInt, Shared), ErrOverflow},
		{"offset -1", region(f, -1, 10, Shared), ErrInvalid},
		{"offset MinInt64", region(f, math.MinInt64, 10, Shared), ErrInvalid},
		{"end past int64", region(f, math.MaxInt64-9, 10, Shared), ErrOverflow},
		{"end past int64 by MaxInt", region(f, math.MaxInt64, math.MaxInt, Shared), ErrOverflow},
		{"no file", region(nil, 0, 10, Shared), fs.ErrInvalid},
		{"no file, ToEnd", region(nil, 0, ToEnd, Shared), ErrInvalid},
		{"no file, Anonymous", region(nil, 0, 10, Private|Anonymous), ErrInvalid},
		{"closed file", region(closed, 0, 10, Shared), fs.ErrClosed},
		{"closed file, ToEnd", region(closed, 0, ToEnd, Shared), fs.ErrClosed},
		{"closed file, length 0", region(closed, 0, 0, Shared), fs.ErrClosed},
		{"a file and Anonymous", region(f, 0, 10, Private|Anonymous), ErrInvalid},
		{"an empty file and Anonymous", region(empty, 0, ToEnd, Private|Anonymous), ErrInvalid},
		{"neither Shared nor Private", region(f, 0, 10, 0), ErrInvalid},
		{"neither, empty file", region(empty, 0, ToEnd, 0), ErrInvalid},
		{"flag of 33 bits", region(f, 0, 10, Shared|1<<32), ErrInvalid},
		{"flag of 33 bits, empty file", region(empty, 0, ToEnd, Shared|1<<32), ErrInvalid},
		{"negative flag", region(f, 0, 10, Private|math.MinInt64), ErrInvalid},
		{"all flags", region(f, 0, 10, -1), ErrInvalid},

		{"MapAnon, 0", memory(0, Private), ErrInvalid},
		{"MapAnon, ToEnd", memory(ToEnd, Private), ErrInvalid},
		{"MapAnon, MinInt", memory(math.MinInt, Private), ErrInvalid},
		{"MapAnon, MaxInt", memory(math.MaxInt, Private), ErrOverflow},
		{"MapAnon, neither", memory(pageSize, 0), ErrInvalid},
		{"MapAnon, 33 bits", memory(pageSize, Private|1<<32), ErrInvalid},
		{"MapAnon, negative", memory(pageSize, Private|math.MinInt64), ErrInvalid},
		{"Reserve, 0", func() (*Mapping, error) { return Reserve(0) }, ErrInvalid},
		{"Reserve, ToEnd", func() (*Mapping, error) { return Reserve(ToEnd) }, ErrInvalid},
		{"Reserve, MaxInt", func() (*Mapping, error) { return Reserve(math.MaxInt) }, ErrOverflow},

		{"MapAt, 0", at(fd, 0, 0, Shared), ErrInvalid},
		{"MapAt, ToEnd", at(fd, 0, ToEnd, Shared), ErrInvalid},
		{"MapAt, MaxInt", at(fd, 0, math.MaxInt, Shared), ErrOverflow},
		{"MapAt, offset -1", at(fd, -1, 10, Shared), ErrInvalid},
		{"MapAt, end past int64", at(fd, math.MaxInt64, 1, Shared), ErrOverflow},
		{"MapAt, no descriptor", at(-1, 0, 10, Shared), ErrBadFD},
		{"MapAt, not a descriptor", at(1<<20, 0, 10, Shared), unix.EBADF},
		{"MapAt, neither", at(fd, 0, 10, 0), unix.EINVAL},
		{"MapAt, 33 bits", at(fd, 0, 10, Shared|1<<32), ErrInvalid},

		{"Replace, no file", replace(nil, 0, Private), fs.ErrInvalid},
		{"Replace, closed file", replace(closed, 0, Shared), fs.ErrClosed},
		{"Replace, file and Anonymous", replace(f, 0, Private|Anonymous), ErrInvalid},
		{"Replace, offset -1", replace(f, -1, Shared), ErrInvalid},
		{"Replace, offset 1", replace(f, 1, Shared), ErrInvalid},
		{"Replace, offset past int64", replace(f, math.MaxInt64, Shared), ErrOverflow},
		{"Replace, neither", replace(f, 0, 0), ErrInvalid},
		{"Replace, 33 bits", replace(nil, 0, Private|Anonymous|1<<32), ErrInvalid},
	}
	for i := range 32 {
		bit := Flag(1) << i
		if fixesAddress(bit) == 0 {
			continue
		}
		tests = append(tests,
			row{"MapRegion", region(f, 0, 10, Shared|bit), ErrInvalid},
			row{"Map", func() (*Mapping, error) { return Map(f, ProtRead, Shared|bit) }, ErrInvalid},
			row{"Map, empty file", func() (*Mapping, error) { return Map(empty, ProtRead, Shared|bit) }, ErrInvalid},
			row{"MapAnon", memory(pageSize, Private|bit), ErrInvalid},
			row{"MapAnon as Reserve", func() (*Mapping, error) { return MapAnon(pageSize, ProtNone, Private|system.noReserve|bit) }, ErrInvalid},
			row{"MapAt 0", at(fd, 0, 10, Shared|bit), ErrInvalid},
			row{"MapAt 0, Anonymous", at(-1, 0, 10, Private|Anonymous|bit), ErrInvalid},
			row{"Replace", replace(f, 0, Shared|bit), ErrInvalid},
			row{"Replace, Anonymous", replace(nil, 0, Private|Anonymous|bit), ErrInvalid},
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
			wantError(t, err, "mmap", test.want)
		})
	}
	wantBytes(t, "what Replace left alone", anon.Bytes(), bytes.Repeat([]byte{'x'}, 2*pageSize))
}

// TestDescriptors maps what cannot be mapped, and devices.
func TestDescriptors(t *testing.T) {
	dir, err := os.Open(t.TempDir())
	must(t, err)
	defer dir.Close()
	r, w, err := os.Pipe()
	must(t, err)
	defer r.Close()
	defer w.Close()
	fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM, 0)
	must(t, err)
	defer unix.Close(fds[1])
	socket := os.NewFile(uintptr(fds[0]), "socket")
	defer socket.Close()
	for _, f := range []*os.File{dir, r, w, socket} {
		_, err := Map(f, ProtRead, Shared)
		wantError(t, err, "mmap", ErrNotMappable, errors.ErrUnsupported, unix.ENODEV)
		_, err = MapRegion(f, 0, 100, ProtRead, Shared)
		wantError(t, err, "mmap", ErrNotMappable, errors.ErrUnsupported)
		for _, prot := range []Prot{ProtRead, rw} { // none was opened for both, and the system may say that first
			_, err = MapAt(0, int(f.Fd()), 0, 100, prot, Shared)
			wantError(t, err, "mmap", ErrNotMappable, errors.ErrUnsupported)
			_, err = MapRegion(f, 0, 100, prot, Shared)
			wantError(t, err, "mmap", ErrNotMappable, errors.ErrUnsupported)
		}
		wantMessage(t, err, f.Name())
	}

	zero, err := os.OpenFile("/dev/zero", os.O_RDWR, 0)
	must(t, err)
	defer zero.Close()
	_, err = Map(zero, rw, Private)
	wantError(t, err, "mmap", ErrInvalid)
	wantMessage(t, err, "MapRegion with a length", "/dev/zero")
	m := mapped(t)(MapRegion(zero, 0, 1000, rw, Private))
	wantBytes(t, "/dev/zero", m.Bytes(), make([]byte, 1000))
	copy(m.Bytes(), pattern(1000))
}

func TestMapAnon(t *testing.T) {
	for _, kind := range []Flag{Private, Shared} {
		for _, n := range []int{1, pageSize, pageSize + 1} {
			m := mapped(t)(MapAnon(n, rw, kind))
			wantBytes(t, "Bytes", m.Bytes(), make([]byte, n))
			copy(m.Bytes(), pattern(n))
			if m.Flags() != kind|Anonymous || m.Prot() != rw || cap(m.Bytes()) != n {
				t.Errorf("%v, %v, cap %d", m.Flags(), m.Prot(), cap(m.Bytes()))
			}
		}
	}
}

func TestReserve(t *testing.T) {
	size := int(min(math.MaxInt>>3+1, int64(1)<<36)) // more than there is memory, on 64-bit systems
	m := mapped(t)(Reserve(size))
	if m.Prot() != ProtNone || m.Flags() != Private|Anonymous|system.noReserve || m.Len() != size {
		t.Errorf("%v, %v, %d bytes", m.Prot(), m.Flags(), m.Len())
	}
	if readable(m, 0) || readable(m, size-1) {
		t.Error("reserved pages can be read")
	}
	middle := size / 2 // a multiple of any page
	must(t, m.ProtectRange(middle, pageSize, rw))
	if !writable(m, middle) || !writable(m, middle+pageSize-1) || readable(m, middle-1) || readable(m, middle+pageSize) {
		t.Error("not one page exactly can be written")
	}
	if m.Prot() != ProtNone {
		t.Errorf("Prot is %v after ProtectRange", m.Prot())
	}
}

// neighbours is a Mapping of n pages that lies inside a larger one, and a check
// that the pages before and after it are as they were. Both go when the test
// ends; the inner one must not be closed, or leaves a hole.
func neighbours(t *testing.T, n int) (inner *Mapping, intact func()) {
	t.Helper()
	outer := mapped(t)(Reserve((n + 2) * pageSize))
	must(t, outer.Protect(rw))
	before, after := outer.Bytes()[:pageSize], outer.Bytes()[(n+1)*pageSize:]
	want := pattern(pageSize)
	copy(before, want)
	copy(after, want)
	inner, err := MapAt(outer.Addr()+uintptr(pageSize), -1, 0, n*pageSize, rw, Private|Anonymous|Fixed)
	must(t, err)
	if inner.Addr() != outer.Addr()+uintptr(pageSize) {
		t.Fatalf("Fixed is at %#x, not %#x", inner.Addr(), outer.Addr()+uintptr(pageSize))
	}
	return inner, func() {
		t.Helper()
		wantBytes(t, "page before", before, want)
		wantBytes(t, "page after", after, want)
	}
}

func TestMapAt(t *testing.T) {
	want := pattern(2 * pageSize)
	f := tempFile(t, want)
	fd := int(f.Fd())

	m := mapped(t)(MapAt(0, fd, 1000, 100, rw, Shared))
	wantBytes(t, "no address", m.Bytes(), want[1000:1100])

	hint := mapped(t)(MapAt(m.Addr()-1000, fd, 0, pageSize, ProtRead, Shared))
	if hint.Addr() == m.Addr()-1000 {
		t.Error("a hint mapped over what was there")
	}
	wantBytes(t, "what is at the hint", m.Bytes(), want[1000:1100])
	wantBytes(t, "hint", hint.Bytes(), want[:pageSize])
	odd := mapped(t)(MapAt(m.Addr(), fd, 0, pageSize, ProtRead, Shared)) // a hint need not be a page's
	wantBytes(t, "odd hint", odd.Bytes(), want[:pageSize])

	// Over memory of its own.
	inner, intact := neighbours(t, 2)
	fixed, err := MapAt(inner.Addr(), fd, int64(pageSize), pageSize, rw, Shared|Fixed) // inner's to unmap
	must(t, err)
	if fixed.Addr() != inner.Addr() {
		t.Errorf("Fixed is at %#x, not %#x", fixed.Addr(), inner.Addr())
	}
	wantBytes(t, "Fixed", inner.Bytes(), append(slices.Clone(want[pageSize:]), make([]byte, pageSize)...))
	intact()
}

func TestMapAtFails(t *testing.T) {
	f := tempFile(t, pattern(2*pageSize))
	fd := int(f.Fd())
	inner, intact := neighbours(t, 2)
	copy(inner.Bytes(), pattern(inner.Len()))
	for _, test := range []struct {
		name   string
		addr   uintptr
		fd     int
		offset int64
		flags  Flag
		want   error
	}{
		{"unaligned", inner.Addr() + 1, fd, 0, Shared | Fixed, ErrInvalid},
		{"unaligned, Anonymous", inner.Addr() + 1000, -1, 0, Private | Anonymous | Fixed, ErrInvalid},
		{"unaligned offset", inner.Addr(), fd, 1000, Shared | Fixed, ErrInvalid},
		{"no descriptor", inner.Addr(), -1, 0, Shared | Fixed, ErrBadFD},
	} {
		m, err := MapAt(test.addr, test.fd, test.offset, pageSize, rw, test.flags)
		if m != nil {
			t.Errorf("%s: got a Mapping", test.name)
		}
		wantError(t, err, "mmap", test.want)
		intact()
	}
}

func TestReplace(t *testing.T) {
	file := pattern(4 * pageSize)
	for i := range file {
		file[i] ^= 0xff
	}
	f := tempFile(t, file)
	for _, test := range []struct{ page, n int }{{0, 1}, {1, 2}, {3, 1}, {0, 4}} {
		for _, anonymous := range []bool{false, true} {
			m, intact := neighbours(t, 4)
			want := pattern(m.Len())
			copy(m.Bytes(), want)
			off, n := test.page*pageSize, test.n*pageSize
			if anonymous {
				must(t, m.Replace(off, n, nil, 0, rw, Private|Anonymous))
				clear(want[off:][:n])
			} else {
				must(t, m.Replace(off, n, f, int64(off), ProtRead, Shared))
				copy(want[off:][:n], file[off:])
				if writable(m, off) || writable(m, off+n-1) {
					t.Error("the pages have not the prot that was asked for")
				}
			}
			wantBytes(t, "Bytes", m.Bytes(), want)
			intact()
			if m.Prot() != rw || m.Flags() != Private|Anonymous|Fixed || m.Len() != len(want) {
				t.Errorf("after Replace: %v, %v, Len %d", m.Prot(), m.Flags(), m.Len())
			}
		}
	}
}

// TestReplaceBounds is about Mappings that start or end in the midst of a page.
func TestReplaceBounds(t *testing.T) {
	f := tempFile(t, pattern(4*pageSize))
	anon := func() *Mapping { return mapped(t)(MapAnon(2*pageSize+100, rw, Private)) }
	region := func() *Mapping { return mapped(t)(MapRegion(f, 1000, 2*pageSize, rw, Private)) } // 1000 bytes into its first page
	start := pageSize - 1000                                                                    // region's first page boundary
	for _, test := range []struct {
		m      *Mapping
		off, n int
		want   error
	}{
		{anon(), 2 * pageSize, 100, nil},
		{anon(), pageSize, pageSize + 100, nil},
		{anon(), 0, 2*pageSize + 100, nil},
		{anon(), pageSize, pageSize, nil},
		{anon(), pageSize, 0, nil},
		{anon(), 1, 0, nil},
		{anon(), 2*pageSize + 100, 0, nil},
		{anon(), 2 * pageSize, 99, ErrInvalid},
		{anon(), pageSize, pageSize + 99, ErrInvalid},
		{anon(), 0, 100, ErrInvalid},
		{anon(), 1, pageSize, ErrInvalid},
		{anon(), 100, 2 * pageSize, ErrInvalid},
		{anon(), pageSize, 2 * pageSize, ErrRange},
		{region(), start, pageSize, nil},
		{region(), start, 2*pageSize - start, nil},
		{region(), start + pageSize, 1000, nil},
		{region(), 0, start, ErrInvalid}, // bytes before its start would go
		{region(), 0, 2 * pageSize, ErrInvalid},
		{region(), 0, pageSize, ErrInvalid},
		{region(), pageSize, pageSize, ErrInvalid},
	} {
		before := slices.Clone(whole(test.m))
		err := test.m.Replace(test.off, test.n, nil, 0, rw, Private|Anonymous)
		if test.want == nil {
			if err != nil {
				t.Error(err)
			}
			slop := int(test.m.Addr() % uintptr(pageSize))
			clear(before[slop+test.off:][:test.n])
			wantBytes(t, "replaced", test.m.Bytes(), before[slop:][:test.m.Len()])
			continue
		}
		wantError(t, err, "mmap", test.want)
		wantBytes(t, "after an error", whole(test.m), before)
	}
	err := anon().Replace(0, pageSize, f, 1000, rw, Private)
	wantError(t, err, "mmap", ErrInvalid)
	wantMessage(t, err, "offset 1000 is not a multiple of the page")
}

// TestReplaceRing maps the same pages twice, side by side.
func TestReplaceRing(t *testing.T) {
	f := tempFile(t, make([]byte, 2*pageSize))
	n := 2 * pageSize
	m := mapped(t)(Reserve(2 * n))
	must(t, m.Replace(0, n, f, 0, rw, Shared))
	must(t, m.Replace(n, n, f, 0, rw, Shared))
	want := pattern(n)
	copy(m.Bytes()[n-100:], want) // past the end of the first
	wantBytes(t, "ring", m.Bytes()[:n-100], want[100:])
	wantBytes(t, "ring", m.Bytes()[n-100:][:n], want)
}

// TestFillHole makes a hole as a failing mmap may.
func TestFillHole(t *testing.T) {
	m, intact := neighbours(t, 3)
	want := pattern(m.Len())
	copy(m.Bytes(), want)
	hole := m.load().addr(pageSize)

	fillHole(hole, uintptr(pageSize))
	wantBytes(t, "no hole", m.Bytes(), want)

	must(t, sysUnmap(hole, uintptr(pageSize)))
	fillHole(hole, uintptr(pageSize))
	wantBytes(t, "before the hole", m.Bytes()[:pageSize], want[:pageSize])
	wantBytes(t, "after the hole", m.Bytes()[2*pageSize:], want[2*pageSize:])
	intact()
	if readable(m, pageSize) {
		t.Error("the hole can be read")
	}
	must(t, m.ProtectRange(pageSize, pageSize, rw)) // which a hole does not let
	clear(want[pageSize : 2*pageSize])
	wantBytes(t, "filled", m.Bytes(), want)
}

// rangeCalls are the methods that take a range, with arguments that are good
// for any range.
var rangeCalls = map[string]func(m *Mapping, off, n int) error{
	"msync":    func(m *Mapping, off, n int) error { return m.SyncRange(off, n, SyncWait) },
	"mprotect": func(m *Mapping, off, n int) error { return m.ProtectRange(off, n, rw) },
	"madvise":  func(m *Mapping, off, n int) error { return m.AdviseRange(off, n, AdviceSequential) },
	"mlock":    func(m *Mapping, off, n int) error { return m.LockRange(off, n) },
	"munlock":  func(m *Mapping, off, n int) error { return m.UnlockRange(off, n) },
	"mincore":  func(m *Mapping, off, n int) error { _, err := m.Resident(off, n); return err },
	"mmap": func(m *Mapping, off, n int) error {
		return m.Replace(off, n, nil, 0, rw, Private|Anonymous)
	},
}

func TestRange(t *testing.T) {
	m := mapped(t)(MapAnon(2*pageSize+100, rw, Private))
	end := m.Len()
	for op, call := range rangeCalls {
		for _, r := range [][2]int{
			{-1, 1}, {-1, 0}, {math.MinInt, 1}, {math.MinInt, math.MinInt}, {math.MinInt, math.MaxInt},
			{0, -2}, {end, -2}, {0, math.MinInt},
			{0, end + 1}, {pageSize, end}, {end, 1}, {end - 1, 2}, {end + 1, 0}, {end + 1, ToEnd}, {-1, ToEnd}, {math.MinInt, ToEnd},
			{0, math.MaxInt}, {1, math.MaxInt}, {end, math.MaxInt}, {math.MaxInt, 1}, {math.MaxInt, 0}, {math.MaxInt, math.MaxInt},
		} {
			if err := call(m, r[0], r[1]); !errors.Is(err, ErrRange) {
				t.Errorf("%s of %d bytes at %d: %v", op, r[1], r[0], err)
			} else {
				wantError(t, err, op, ErrRange)
			}
		}
		for _, off := range []int{0, 1, pageSize, end - 1, end} {
			if err := call(m, off, 0); err != nil {
				t.Errorf("nothing at %d: %v", off, err)
			}
		}
		for _, off := range []int{0, pageSize, end} {
			if err := call(m, off, ToEnd); err != nil {
				t.Errorf("%s from %d to the end: %v", op, off, err)
			}
		}
	}
}

// TestWidened calls what may act on whole pages with ranges that are not.
func TestWidened(t *testing.T) {
	f := tempFile(t, pattern(3*pageSize))
	m := mapped(t)(MapRegion(f, 1000, 2*pageSize, rw, Shared))
	for _, r := range [][2]int{{0, 1}, {1, 1}, {pageSize - 1001, 2}, {7, pageSize}, {m.Len() - 1, 1}, {0, m.Len()}} {
		for _, flags := range []SyncFlag{SyncWait, SyncAsync, SyncWait | SyncInvalidate} {
			if err := m.SyncRange(r[0], r[1], flags); err != nil {
				t.Errorf("%v of %v: %v", flags, r, err)
			}
		}
		for _, advice := range []Advice{AdviceNormal, AdviceRandom, AdviceSequential, AdviceWillNeed} {
			if err := m.AdviseRange(r[0], r[1], advice); err != nil {
				t.Errorf("%v of %v: %v", advice, r, err)
			}
		}
		if err := m.UnlockRange(r[0], r[1]); err != nil {
			t.Errorf("Unlock of %v: %v", r, err)
		}
	}
}

func TestLock(t *testing.T) {
	m := mapped(t)(MapAnon(4*pageSize, rw, Private))
	lock(t, m, pageSize-1, 2) // its first two pages
	for _, r := range []struct{ off, n, pages int }{
		{0, 2 * pageSize, 2}, {pageSize - 1, 2, 2}, {0, 1, 1}, {1, pageSize, 2}, {0, 0, 0}, {m.Len(), 0, 0}, {0, m.Len(), 4},
	} {
		resident, err := m.Resident(r.off, r.n)
		if errors.Is(err, ErrUnsupported) {
			t.Skipf("no mincore here: %v", err)
		}
		must(t, err)
		if len(resident) != r.pages {
			t.Errorf("%d bytes at %d: %d pages, want %d", r.n, r.off, len(resident), r.pages)
		}
		if i := slices.Index(resident[:min(2, len(resident))], false); i >= 0 {
			t.Errorf("%d bytes at %d: page %d is locked but not in memory", r.n, r.off, i)
		}
	}
	must(t, m.UnlockRange(1, pageSize))
	must(t, m.Unlock())
	must(t, m.Unlock())
}

// lock locks a range, or skips the test where a limit forbids it.
func lock(t *testing.T, m *Mapping, off, n int) {
	t.Helper()
	err := m.LockRange(off, n)
	if err != nil && (errors.Is(err, ErrPermission) || errors.Is(err, ErrNoMemory) || errors.Is(err, ErrAgain)) {
		t.Skipf("RLIMIT_MEMLOCK is too low: %v", err)
	}
	must(t, err)
}

func TestProtect(t *testing.T) {
	f := tempFile(t, pattern(2*pageSize))
	m := mapped(t)(Map(f, rw, Shared))
	for _, prot := range []Prot{ProtRead, ProtNone, rw} {
		must(t, m.Protect(prot))
		if m.Prot() != prot {
			t.Errorf("after Protect(%v): %v", prot, m.Prot())
		}
		for _, off := range []int{0, m.Len() - 1} {
			if readable(m, off) != (prot&ProtRead != 0) || writable(m, off) != (prot&ProtWrite != 0) {
				t.Errorf("%v at %d: readable %v, writable %v", prot, off, readable(m, off), writable(m, off))
			}
		}
	}
	must(t, m.ProtectRange(0, pageSize, ProtRead))
	if m.Prot() != rw || writable(m, 0) || !writable(m, pageSize) {
		t.Errorf("after ProtectRange: Prot is %v", m.Prot())
	}

	ro := mapped(t)(Map(reopen(t, f, os.O_RDONLY), ProtRead, Shared))
	for _, err := range []error{ro.Protect(rw), ro.ProtectRange(0, pageSize, rw)} {
		wantError(t, err, "mprotect", ErrAccess, fs.ErrPermission, unix.EACCES)
		wantMessage(t, err, f.Name(), "open for writing")
	}
	if ro.Prot() != ProtRead || !readable(ro, 0) || ro.Len() != 2*pageSize {
		t.Errorf("after a Protect that failed: %v, Len %d", ro.Prot(), ro.Len())
	}
}

// TestExact calls what must not touch bytes that were not named.
func TestExact(t *testing.T) {
	f := tempFile(t, pattern(4*pageSize))
	anon := func() *Mapping { return mapped(t)(MapAnon(2*pageSize+100, rw, Private)) }
	region := func() *Mapping { return mapped(t)(MapRegion(f, 1000, 2*pageSize, rw, Private)) }
	start := pageSize - 1000
	for _, test := range []struct {
		m      *Mapping
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
		wantError(t, unknown, "madvise", ErrInvalid)
		addr, mask := m.Addr()+uintptr(test.off), uintptr(pageSize-1)
		spares := addr&mask == 0 && (addr+uintptr(test.n))&mask == 0 // bytes of a file that are not the Mapping's
		if bySystem := errors.As(unknown, new(unix.Errno)); bySystem != (test.ok && spares) {
			t.Errorf("unknown advice for %d bytes at %d: %v", test.n, test.off, unknown)
		}
		err := m.ProtectRange(test.off, test.n, ProtNone)
		if !test.ok {
			wantError(t, err, "mprotect", ErrInvalid)
			wantError(t, m.AdviseRange(test.off, test.n, AdviceDontNeed), "madvise", ErrInvalid)
			for off := range m.Len() {
				if off%100 == 0 && !writable(m, off) {
					t.Fatalf("ProtectRange failed for %d bytes at %d, and byte %d cannot be written", test.n, test.off, off)
				}
			}
			continue
		}
		if err != nil {
			t.Errorf("%d bytes at %d: %v", test.n, test.off, err)
		}
		for off := range m.Len() {
			if off%100 == 0 && writable(m, off) == (off >= test.off && off < test.off+test.n) {
				t.Fatalf("ProtectRange for %d bytes at %d: byte %d is wrong", test.n, test.off, off)
			}
		}
	}
}

func TestSyncFlags(t *testing.T) {
	f := tempFile(t, pattern(pageSize))
	m := mapped(t)(Map(f, rw, Shared))
	if system.bareSyncIgnored {
		for _, flags := range []SyncFlag{0, SyncInvalidate} {
			err := m.SyncRange(0, 1, flags)
			wantError(t, err, "msync", ErrInvalid)
			wantMessage(t, err, "SyncWait or SyncAsync")
		}
	}
	if SyncWait != 0 {
		err := m.SyncRange(0, pageSize, SyncWait|SyncAsync)
		wantError(t, err, "msync", ErrInvalid)
		wantMessage(t, err, f.Name(), "exclude each other")
	}
}

// callError is what a method that may return other things returns as its error.
func callError[T any](_ T, err error) error { return err }

// methods are all that return an error, with arguments that are no good.
var methods = []struct {
	name, op string
	call     func(m *Mapping) error
}{
	{"Close", "munmap", (*Mapping).Close},
	{"Sync", "msync", (*Mapping).Sync},
	{"SyncRange", "msync", func(m *Mapping) error { return m.SyncRange(-1, math.MaxInt, 0) }},
	{"Protect", "mprotect", func(m *Mapping) error { return m.Protect(ProtNone) }},
	{"ProtectRange", "mprotect", func(m *Mapping) error { return m.ProtectRange(1, 1, ProtNone) }},
	{"Advise", "madvise", func(m *Mapping) error { return m.Advise(AdviceDontNeed) }},
	{"AdviseRange", "madvise", func(m *Mapping) error { return m.AdviseRange(0, 1, 12345) }},
	{"Lock", "mlock", (*Mapping).Lock},
	{"LockRange", "mlock", func(m *Mapping) error { return m.LockRange(1, -1) }},
	{"Unlock", "munlock", (*Mapping).Unlock},
	{"UnlockRange", "munlock", func(m *Mapping) error { return m.UnlockRange(math.MaxInt, 1) }},
	{"Resident", "mincore", func(m *Mapping) error { return callError(m.Resident(-1, 1)) }},
	{"Remap", "mremap", func(m *Mapping) error { return m.Remap(-1, 12345) }},
	{"Replace", "mmap", func(m *Mapping) error { return m.Replace(0, pageSize, nil, 0, ProtNone, Private|Anonymous) }},
	{"ReadAt", "read", func(m *Mapping) error { return callError(m.ReadAt(make([]byte, 1), -1)) }},
	{"WriteAt", "write", func(m *Mapping) error { return callError(m.WriteAt(make([]byte, 1), -1)) }},
	{"Guard", "guard", func(m *Mapping) error { return m.Guard(nil) }},
	{"Slice", "slice", func(m *Mapping) error { return callError(Slice[string](m, -1, -1)) }},
}

// TestNoMapping calls every method of a Mapping that is nil, zero or closed.
func TestNoMapping(t *testing.T) {
	typ := reflect.TypeFor[*Mapping]()
	for i := range typ.NumMethod() {
		method := typ.Method(i)
		if n := method.Type.NumOut(); method.Type.Out(n-1) != reflect.TypeFor[error]() {
			continue
		}
		known := false
		for _, c := range methods {
			known = known || c.name == method.Name
		}
		if !known {
			t.Errorf("no test of %s", method.Name)
		}
	}

	f := tempFile(t, pattern(2*pageSize))
	closed := mapped(t)(Map(f, rw, Shared))
	must(t, closed.Close())
	closedEmpty := mapped(t)(MapRegion(f, int64(2*pageSize), ToEnd, rw, Shared))
	must(t, closedEmpty.Close())
	for _, test := range []struct {
		name, path string
		m          *Mapping
	}{
		{"nil", "", nil},
		{"zero", "", new(Mapping)},
		{"closed", f.Name(), closed},
		{"closed, empty", f.Name(), closedEmpty},
	} {
		t.Run(test.name, func(t *testing.T) {
			m := test.m
			for _, c := range methods {
				err := c.call(m)
				wantError(t, err, c.op, ErrClosed, fs.ErrClosed)
				if e, ok := err.(*Error); ok && e.Path != test.path {
					t.Errorf("%v: Path is %q, want %q", err, e.Path, test.path)
				}
			}
			if m.Bytes() != nil || m.Len() != 0 || m.Addr() != 0 {
				t.Errorf("%d bytes at %#x", m.Len(), m.Addr())
			}
			if test.path == "" && (m.Prot() != 0 || m.Flags() != 0) {
				t.Errorf("%v, %v", m.Prot(), m.Flags())
			}
			if s := m.String(); s != "closed mapping" {
				t.Errorf("String is %q", s)
			}
		})
	}
}

// TestEmpty calls every method of the Mapping of an empty file.
func TestEmpty(t *testing.T) {
	f := tempFile(t, nil)
	m := mapped(t)(Map(f, rw, Shared))
	wantEmpty(t, m)
	if want := "0x0 0 bytes rw- shared " + f.Name(); m.String() != want {
		t.Errorf("String is %q, want %q", m, want)
	}
	if m.Prot() != rw || m.Flags() != Shared {
		t.Errorf("%v, %v", m.Prot(), m.Flags())
	}
	for i, err := range []error{
		m.Sync(), m.SyncRange(0, 0, SyncWait), m.Protect(ProtRead), m.ProtectRange(0, 0, rw),
		m.Advise(AdviceDontNeed), m.AdviseRange(0, 0, AdviceNormal), m.Lock(), m.LockRange(0, 0),
		m.Unlock(), m.UnlockRange(0, 0), callError(m.Resident(0, 0)), callError(m.WriteAt(nil, 0)),
		m.Replace(0, 0, nil, 0, rw, Private|Anonymous), callError(Slice[uint64](m, 0, 0)),
		m.Guard(func(b []byte) error {
			if b == nil || len(b) != 0 {
				t.Errorf("Guard's bytes are %#v", b)
			}
			return nil
		}),
	} {
		if err != nil {
			t.Errorf("call %d: %v", i, err)
		}
	}
	if m.Prot() != ProtRead {
		t.Errorf("Prot after Protect is %v", m.Prot())
	}
	for op, call := range rangeCalls {
		wantError(t, call(m, 0, 1), op, ErrRange)
	}
	wantEmpty(t, m)
	wantError(t, m.Remap(pageSize, RemapMayMove), "mremap", ErrInvalid)
	must(t, m.Close())
	wantError(t, m.Close(), "munmap", ErrClosed)
}

// TestClosedTouchesNothing puts something else where a closed Mapping was.
func TestClosedTouchesNothing(t *testing.T) {
	outer := mapped(t)(MapAnon(3*pageSize, rw, Private))
	m, err := MapAt(outer.Addr()+uintptr(pageSize), -1, 0, pageSize, rw, Private|Anonymous|Fixed)
	must(t, err)
	addr := m.Addr()
	must(t, m.Close())
	stranger, err := MapAt(addr, -1, 0, pageSize, rw, Private|Anonymous|Fixed|system.noReplace)
	must(t, err)
	want := pattern(3 * pageSize)
	copy(outer.Bytes(), want)
	for _, c := range methods {
		wantError(t, c.call(m), c.op, ErrClosed)
	}
	if !writable(stranger, 0) {
		t.Fatal("another's pages cannot be written any more")
	}
	wantBytes(t, "another's pages", outer.Bytes(), want)
}

func TestString(t *testing.T) {
	f := tempFile(t, pattern(100))
	file := mapped(t)(Map(f, ProtRead, Shared))
	anon := mapped(t)(MapAnon(10, rw, Private))
	reserved := mapped(t)(Reserve(10))
	for _, test := range []struct {
		m    *Mapping
		rest string
	}{
		{file, "100 bytes r-- shared " + f.Name()},
		{anon, "10 bytes rw- private anonymous"},
		{reserved, "10 bytes --- private anonymous"},
		{mapped(t)(MapAt(0, int(f.Fd()), 0, 10, ProtRead, Private)), "10 bytes r-- private"},
	} {
		if want := fmt.Sprintf("%#x %s", test.m.Addr(), test.rest); test.m.String() != want {
			t.Errorf("String is %q, want %q", test.m, want)
		}
	}
}

// TestDatabase uses a file as bbolt and its like do: one Mapping larger than
// the file, with the file growing under it, and what is looked at most locked.
func TestDatabase(t *testing.T) {
	const pages = 64
	f := tempFile(t, pattern(2*pageSize))
	m := mapped(t)(MapRegion(f, 0, pages*pageSize, ProtRead, Shared))
	must(t, m.Advise(AdviceRandom))
	lock(t, m, 0, 100) // the page with the root
	for i := 2; i < pages; i++ {
		page := bytes.Repeat([]byte{byte(i)}, pageSize)
		_, err := f.WriteAt(page, int64(i*pageSize)) // written, not mapped, to be on disk in order
		must(t, err)
		must(t, f.Sync())
		wantBytes(t, "page", m.Bytes()[i*pageSize:][:pageSize], page)
	}
	wantBytes(t, "first pages", m.Bytes()[:2*pageSize], pattern(2*pageSize))
	must(t, m.UnlockRange(0, 100))
	must(t, m.Close())
}
