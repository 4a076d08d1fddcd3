// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package kerneltest

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unsafe"

	"github.com/facc7503/mmap"
	"github.com/facc7503/mmap/internal/mmaptest"
	"golang.org/x/sys/unix"
)

// FuzzModel makes the calls that the input spells (see rig) on a Mapping and on
// a model of it in plain Go, and after each compares what was returned, every
// byte, which pages fault, and what /proc/self/smaps says of each page.
func FuzzModel(f *testing.F) {
	f.Fuzz(func(t *testing.T, input []byte) {
		r := &rig{T: t, in: input}
		for i := range r.files {
			r.files[i] = newModelFile(t, 3*pageSize+pageSize/4)
		}
		for step := 1; len(r.in) > 0 && step <= 40; step++ {
			r.step = step
			op := modelOps[r.pick(len(modelOps))]
			got, want := op.do(r)
			r.checkError(op.call, got, want)
			r.compare()
			r.stop()
		}
		r.close()
		r.compare()
		r.stop()
	})
}

// A modelFile is a file: its bytes as the model has them, and the real one.
type modelFile struct {
	data []byte
	open [3]*os.File // for reading and writing, reading, writing
	id   string      // device and inode, as in /proc/self/smaps
}

func newModelFile(t *testing.T, n int) *modelFile {
	f := &modelFile{data: mmaptest.Pattern(n)}
	f.open[0] = mmaptest.Memfd(t, 0, 0)
	_, err := f.open[0].Write(f.data)
	mmaptest.Must(t, err)
	for i, mode := range []int{os.O_RDONLY, os.O_WRONLY} {
		f.open[1+i], err = os.OpenFile(fmt.Sprintf("/proc/self/fd/%d", f.open[0].Fd()), mode, 0)
		mmaptest.Must(t, err)
		t.Cleanup(func() { f.open[1+i].Close() })
	}
	var st unix.Stat_t
	mmaptest.Must(t, unix.Fstat(int(f.open[0].Fd()), &st))
	f.id = fmt.Sprintf("%02x:%02x %d", unix.Major(uint64(st.Dev)), unix.Minor(uint64(st.Dev)), st.Ino)
	return f
}

// page is a copy of page i, nil if the file ends before it.
func (f *modelFile) page(i int) []byte {
	if i*pageSize >= len(f.data) {
		return nil
	}
	p := make([]byte, pageSize)
	copy(p, f.data[i*pageSize:])
	return p
}

// refuses is what mmap says to a file that was opened as open[mode].
func refuses(mode int, prot mmap.Prot, kind mmap.Flag) error {
	switch {
	case kind == 0:
		return mmap.ErrInvalid
	case mode == 2, mode == 1 && kind == mmap.Shared && prot&mmap.ProtWrite != 0:
		return mmap.ErrAccess
	}
	return nil
}

// A modelPage is a page of the Mapping.
type modelPage struct {
	file   *modelFile // nil for memory
	index  int        // which page of file
	own    []byte     // memory, or the copy that a store to a Private page made
	prot   mmap.Prot
	shared bool
	fixed  bool // never to be written: Shared, and the file was open for reading
}

// pagesFrom is n pages, the first of them p.
func pagesFrom(p modelPage, n int) []modelPage {
	pages := make([]modelPage, n)
	for i := range pages {
		if p.own = nil; p.file == nil {
			p.own = make([]byte, pageSize)
		}
		pages[i] = p
		p.index++
	}
	return pages
}

func filePage(f *modelFile, mode, offset int, prot mmap.Prot, kind mmap.Flag) modelPage {
	return modelPage{file: f, index: offset / pageSize, prot: prot, shared: kind == mmap.Shared, fixed: kind == mmap.Shared && mode == 1}
}

// pagesFor is how many pages hold n bytes.
func pagesFor(n int) int { return (n + pageSize - 1) / pageSize }

// bytes is what the page holds, nil if there is nothing.
func (p *modelPage) bytes() []byte {
	if p.own != nil {
		return p.own
	}
	return p.file.page(p.index)
}

// allows reports whether an access goes without a fault.
func (p *modelPage) allows(write bool) bool {
	prot := mmap.ProtRead | mmap.ProtWrite // pages that may be written may be read, too
	if write {
		prot = mmap.ProtWrite
	}
	return p.prot&prot != 0 && (p.own != nil || p.index*pageSize < len(p.file.data))
}

func (p *modelPage) store(at int, b []byte) {
	switch {
	case p.own == nil && p.shared: // what is behind the end of the file does not last: see clearTails
		if at += p.index * pageSize; at < len(p.file.data) {
			copy(p.file.data[at:], b)
		}
	case p.own == nil:
		p.own = p.bytes()
		fallthrough
	default:
		copy(p.own[at:], b)
	}
}

// A model is what a Mapping should be.
type model struct {
	open       bool
	pages      []modelPage
	slop, n    int // Bytes are the n bytes from slop of pages
	prot       mmap.Prot
	flags      mmap.Flag
	sharedAnon bool
}

// span is the pages that hold a range, from lo to hi.
func (m *model) span(off, n int, exact, interior bool) (lo, hi int, err error) {
	if n == mmap.ToEnd {
		n = max(0, m.n-off)
	}
	first, end := m.slop+off, m.slop+off+n
	switch {
	case !m.open:
		return 0, 0, mmap.ErrClosed
	case off < 0 || n < 0 || off+n > m.n:
		return 0, 0, mmap.ErrRange
	case n == 0:
		return 0, 0, nil
	case exact && first%pageSize != 0 && (off != 0 || interior), exact && end%pageSize != 0 && off+n != m.n:
		return 0, 0, mmap.ErrInvalid
	}
	return first / pageSize, pagesFor(end), nil
}

// access stores b at off, or loads it, up to the page that faults.
func (m *model) access(off int, b []byte, write bool) (n int) {
	for n < len(b) {
		page, at := (m.slop+off+n)/pageSize, (m.slop+off+n)%pageSize
		p, part := &m.pages[page], b[n:][:min(len(b)-n, pageSize-at)]
		if !p.allows(write) {
			break
		}
		if write {
			p.store(at, part)
		} else {
			copy(part, p.bytes()[at:])
		}
		n += len(part)
	}
	return n
}

// protect stops where the system does.
func (m *model) protect(lo, hi int, prot mmap.Prot) error {
	if lo < hi && prot&^rw != 0 {
		return mmap.ErrInvalid
	}
	for i := range m.pages[lo:hi] {
		p := &m.pages[lo+i]
		if p.fixed && prot&mmap.ProtWrite != 0 {
			return mmap.ErrAccess
		}
		p.prot = prot
	}
	return nil
}

// A rig has the Mapping, the model, and the input, which is read byte by byte:
// the number of a call in modelOps, then its arguments.
type rig struct {
	*testing.T
	model
	m     *mmap.Mapping
	files [2]*modelFile
	in    []byte
	step  int
	log   []string
}

func (r *rig) logf(format string, args ...any) {
	r.log = append(r.log, fmt.Sprintf(format, args...))
}

func (r *rig) stop() {
	if r.Failed() {
		r.Fatalf("after %d calls, in pages of %d bytes:\n%s", len(r.log), pageSize, strings.Join(r.log, "\n"))
	}
}

func (r *rig) next() (b byte) {
	if len(r.in) > 0 {
		b, r.in = r.in[0], r.in[1:]
	}
	return b
}

func (r *rig) pick(n int) int { return int(r.next()) % n }

// Most of what these three give is meant to succeed.
func (r *rig) aProt() mmap.Prot {
	return [...]mmap.Prot{rw, rw, mmap.ProtRead, mmap.ProtRead, mmap.ProtNone, mmap.ProtWrite}[r.pick(6)]
}
func (r *rig) aKind() mmap.Flag {
	return [...]mmap.Flag{mmap.Shared, mmap.Private, mmap.Shared, mmap.Private, mmap.Shared, mmap.Private, 0}[r.pick(7)]
}
func (r *rig) aFile() (f *modelFile, mode int) {
	b := r.pick(16)
	return r.files[b&1], [...]int{0, 0, 0, 0, 0, 1, 1, 2}[b>>1]
}

// aPos is up to 8 pages: some quarters, and a few bytes more or less, or whole
// pages.
func (r *rig) aPos() int {
	switch b := int(r.next()); b & 7 {
	case 0:
		return b >> 3 * pageSize / 4
	case 1:
		return b>>3*pageSize/4 - 1
	case 2:
		return b>>3*pageSize/4 + 1
	case 3:
		return b>>3*pageSize/4 + 7
	default:
		return b >> 3 % 8 * pageSize
	}
}

// aRange is of the Mapping, or not.
func (r *rig) aRange() (off, n int) {
	how := r.pick(16)
	off, n = r.aPos(), r.aPos()
	toPage := func(off int) int { return off + (pageSize-(r.slop+off)%pageSize)%pageSize }
	if how&1 != 0 {
		off = 0
	}
	if how&4 != 0 { // whole pages
		off, n = toPage(off), toPage(toPage(off)+n)-toPage(off)
	}
	if how&2 != 0 { // to the end
		n = r.n - off
	}
	if how&8 != 0 { // not outside of it
		off = max(0, min(off, r.n))
		n = max(0, min(n, r.n-off))
	}
	return off, n
}

// fill is n bytes unlike those of other steps and places.
func (r *rig) fill(n int) []byte {
	b := mmaptest.Pattern(max(n, 0))
	for i := range b {
		b[i] += byte(r.step * 29)
	}
	return b
}

var modelOps = []struct {
	call string
	do   func(*rig) (got, want error)
}{
	{"mmap", (*rig).mapFile},
	{"mmap", (*rig).mapAnon},
	{"read", (*rig).readAt},
	{"write", (*rig).writeAt},
	{"guard", (*rig).guard},
	{"msync", (*rig).sync},
	{"mprotect", (*rig).protectAll},
	{"mprotect", (*rig).protectRange},
	{"madvise", (*rig).advise},
	{"mremap", (*rig).remap},
	{"mmap", (*rig).replace},
	{"", (*rig).truncate},
	{"", (*rig).writeFile},
	{"munmap", (*rig).close},
}

func (r *rig) mapFile() (got, want error) {
	if r.open {
		r.close()
	}
	f, mode := r.aFile()
	offset, n, prot, kind := r.aPos(), r.aPos(), r.aProt(), r.aKind()
	r.logf("MapRegion(%v, %d, %d, %v, %v)", f.open[mode].Name(), offset, n, prot, kind)
	size := len(f.data)
	switch {
	case offset < 0, n <= 0 && n != mmap.ToEnd, n == mmap.ToEnd && offset > size, kind == 0:
		want = mmap.ErrInvalid
	case n == mmap.ToEnd && offset == size: // nothing is mapped, so nothing is refused
		r.model = model{open: true, prot: prot, flags: kind}
	default:
		if want = refuses(mode, prot, kind); want != nil {
			break
		}
		if n == mmap.ToEnd {
			n = size - offset
		}
		slop := offset % pageSize
		pages := pagesFrom(filePage(f, mode, offset, prot, kind), pagesFor(slop+n))
		r.model = model{open: true, pages: pages, slop: slop, n: n, prot: prot, flags: kind}
	}
	return r.made(mmap.MapRegion(f.open[mode], int64(offset), n, prot, kind)), want
}

func (r *rig) mapAnon() (got, want error) {
	if r.open {
		r.close()
	}
	n, prot, kind := r.aPos(), r.aProt(), r.aKind()
	r.logf("MapAnon(%d, %v, %v)", n, prot, kind)
	if n <= 0 || kind == 0 {
		want = mmap.ErrInvalid
	} else {
		pages := pagesFrom(modelPage{prot: prot, shared: kind == mmap.Shared}, pagesFor(n))
		r.model = model{open: true, pages: pages, n: n, prot: prot, flags: kind | mmap.Anonymous, sharedAnon: kind == mmap.Shared}
	}
	return r.made(mmap.MapAnon(n, prot, kind)), want
}

func (r *rig) made(m *mmap.Mapping, err error) error {
	if (m == nil) != (err != nil) {
		r.Errorf("Mapping %p with error %v", m, err)
	}
	if r.m = m; m != nil {
		r.Cleanup(func() { m.Close() })
	}
	return err
}

// copied is what ReadAt or WriteAt should say, and does to the model.
func (r *rig) copied(off int, p []byte, write bool, short error) (n int, want error) {
	switch {
	case !r.open:
		return 0, mmap.ErrClosed
	case off < 0:
		return 0, mmap.ErrRange
	}
	part := p[:max(0, min(len(p), r.n-off))]
	switch n = r.access(off, part, write); {
	case n < len(part):
		return n, &mmap.FaultError{Offset: off + n}
	case n < len(p), off >= r.n && !write:
		return n, short
	}
	return n, nil
}

func (r *rig) readAt() (got, want error) {
	off, n := r.aRange()
	p, q := r.fill(n), r.fill(n)
	r.logf("ReadAt(%d bytes, %d)", len(p), off)
	gotN, got := r.m.ReadAt(p, int64(off))
	wantN, want := r.copied(off, q, false, io.EOF)
	mmaptest.WantBytes(r, "ReadAt", p[:gotN], q[:wantN])
	return got, want
}

func (r *rig) writeAt() (got, want error) {
	off, n := r.aRange()
	p := r.fill(n)
	r.logf("WriteAt(%d bytes, %d)", len(p), off)
	gotN, got := r.m.WriteAt(p, int64(off))
	wantN, want := r.copied(off, p, true, io.ErrShortWrite)
	if gotN != wantN {
		r.Errorf("WriteAt returned %d, want %d", gotN, wantN)
	}
	r.clearTails()
	return got, want
}

// clearTails clears what may have been stored behind the end of a file, in its
// last page: how long that stays is up to the file system.
func (r *rig) clearTails() {
	for i, p := range r.pages {
		if p.shared && p.own == nil && p.allows(true) {
			clear(mmaptest.Pages(r.m)[i*pageSize:][:pageSize][min(pageSize, len(p.file.data)-p.index*pageSize):])
		}
	}
}

var errModel = errors.New("from inside of Guard")

// guard goes through some bytes one by one.
func (r *rig) guard() (got, want error) {
	write := r.pick(2) == 1
	off, n := r.aRange()
	if off < 0 || n < 0 || off+n > r.n {
		off, n = 0, 0
	}
	r.logf("Guard, to access %d bytes from %d, writing: %v", n, off, write)
	p, q := r.fill(n), r.fill(n)
	gotN := 0
	got = r.m.Guard(func(b []byte) error {
		for ; gotN < n; gotN++ {
			if write {
				b[off+gotN] = p[gotN]
			} else {
				p[gotN] = b[off+gotN]
			}
		}
		return errModel
	})
	if want = error(mmap.ErrClosed); r.open {
		wantN := r.access(off, q, write)
		if want = errModel; wantN < n {
			want = &mmap.FaultError{Offset: off + wantN}
		}
		mmaptest.WantBytes(r, "Guard", p[:gotN], q[:wantN])
		r.clearTails()
	}
	return got, want
}

func (r *rig) sync() (got, want error) {
	if r.pick(4) == 0 {
		r.logf("Sync()")
		_, _, want = r.span(0, 0, false, false)
		return r.m.Sync(), want
	}
	flags := []mmap.SyncFlag{mmap.SyncWait, mmap.SyncAsync, mmap.SyncWait | mmap.SyncInvalidate, mmap.SyncInvalidate, mmap.SyncWait | mmap.SyncAsync}[r.pick(5)]
	off, n := r.aRange()
	r.logf("SyncRange(%d, %d, %v)", off, n, flags)
	lo, hi, want := r.span(off, n, false, false)
	if lo < hi && (flags&(mmap.SyncWait|mmap.SyncAsync) == 0 || flags == mmap.SyncWait|mmap.SyncAsync) {
		want = mmap.ErrInvalid
	}
	return r.m.SyncRange(off, n, flags), want
}

func (r *rig) protectAll() (got, want error) {
	prot := r.aProt()
	if r.pick(8) == 7 {
		if why := needStrictProt(); why != "" {
			r.Skip(why)
		}
		prot |= unknownProt
	}
	r.logf("Protect(%v)", prot)
	if want = r.protect(0, len(r.pages), prot); !r.open {
		want = mmap.ErrClosed
	} else if want == nil {
		r.prot = prot
	}
	return r.m.Protect(prot), want
}

func (r *rig) protectRange() (got, want error) {
	prot := r.aProt()
	off, n := r.aRange()
	r.logf("ProtectRange(%d, %d, %v)", off, n, prot)
	lo, hi, want := r.span(off, n, true, false)
	if want == nil {
		want = r.protect(lo, hi, prot)
	}
	return r.m.ProtectRange(off, n, prot), want
}

func (r *rig) advise() (got, want error) {
	const unknown = 9999
	advice := []mmap.Advice{mmap.AdviceDontNeed, mmap.AdviceNormal, mmap.AdviceSequential, unknown}[r.pick(4)]
	lo, hi := 0, len(r.pages)
	if r.pick(4) == 0 {
		r.logf("Advise(%v)", advice)
		_, _, want = r.span(0, 0, false, false)
		got = r.m.Advise(advice)
	} else {
		off, n := r.aRange()
		r.logf("AdviseRange(%d, %d, %v)", off, n, advice)
		lo, hi, want = r.span(off, n, advice == mmap.AdviceDontNeed || advice == unknown, false)
		got = r.m.AdviseRange(off, n, advice)
	}
	if want != nil {
		return got, want
	}
	if lo < hi && advice == unknown {
		return got, mmap.ErrInvalid
	}
	for i := range r.pages[lo:hi] {
		switch p := &r.pages[lo+i]; {
		case advice != mmap.AdviceDontNeed || p.shared:
		case p.file != nil:
			p.own = nil
		default:
			clear(p.own)
		}
	}
	return got, nil
}

func (r *rig) remap() (got, want error) {
	n, flags := r.aPos(), mmap.RemapMayMove
	switch r.pick(8) {
	case 0:
		flags = 0
	case 1:
		flags |= 2
	}
	r.logf("Remap(%d, %v)", n, flags)
	size := pagesFor(r.slop + n)
	grows := size > len(r.pages)
	split := r.open && len(r.pages) > 0 && !r.inOneLine()
	got = r.m.Remap(n, flags)
	switch {
	case !r.open:
		return got, mmap.ErrClosed
	case n <= 0, flags&^mmap.RemapMayMove != 0, len(r.pages) == 0, grows && (r.sharedAnon || split):
		return got, mmap.ErrInvalid
	case grows && flags == 0 && got != nil: // how much room there is the model does not know
		return got, mmap.ErrNoMemory
	}
	if grows {
		old := len(r.pages)
		r.pages = append(r.pages, pagesFrom(r.pages[old-1], size-old+1)[1:]...)
	}
	r.pages, r.n = r.pages[:size], n
	return got, nil
}

func (r *rig) replace() (got, want error) {
	off, n := r.aRange()
	f, mode := r.aFile()
	offset, prot, kind, how := r.aPos(), r.aProt(), r.aKind(), r.pick(8)
	file, anonymous := f.open[mode], how == 0 || how == 1
	flags := kind
	if anonymous {
		flags |= mmap.Anonymous
	}
	if how == 0 || how == 2 {
		file = nil
	}
	r.logf("Replace(%d, %d, file: %v, mode: %d, %d, %v, %v)", off, n, file != nil, mode, offset, prot, flags)
	lo, hi, want := r.span(off, n, true, true)
	if lo < hi {
		switch {
		case offset < 0, offset%pageSize != 0, anonymous != (file == nil), kind == 0:
			want = mmap.ErrInvalid
		case anonymous:
			copy(r.pages[lo:], pagesFrom(modelPage{prot: prot, shared: kind == mmap.Shared}, hi-lo))
			r.sharedAnon = r.sharedAnon || kind == mmap.Shared
		default:
			if want = refuses(mode, prot, kind); want == nil {
				copy(r.pages[lo:], pagesFrom(filePage(f, mode, offset, prot, kind), hi-lo))
			}
		}
	}
	return r.m.Replace(off, n, file, int64(offset), prot, flags), want
}

func (r *rig) truncate() (got, want error) {
	i, n := r.pick(2), max(r.aPos(), 0)
	f := r.files[i]
	r.logf("truncate file %d to %d", i, n)
	f.data = append(f.data[:min(n, len(f.data))], make([]byte, max(0, n-len(f.data)))...)
	for i := range r.pages {
		if p := &r.pages[i]; p.file == f && p.index*pageSize >= n {
			p.own = nil // the system drops Private copies as well
		}
	}
	return f.open[0].Truncate(int64(n)), nil
}

func (r *rig) writeFile() (got, want error) {
	i, off, p := r.pick(2), max(r.aPos(), 0), r.fill(r.aPos())
	f := r.files[i]
	if slices.ContainsFunc(r.pages, func(p modelPage) bool { return p.file == f && !p.shared && p.own == nil }) {
		if why := needPrivateFollows(r.T); why != "" {
			r.Skip(why)
		}
	}
	r.logf("write %d bytes to file %d at %d", len(p), i, off)
	if end := off + len(p); len(p) > 0 && end > len(f.data) {
		f.data = append(f.data, make([]byte, end-len(f.data))...)
	}
	if len(p) > 0 {
		copy(f.data[off:], p)
	}
	_, got = f.open[0].WriteAt(p, int64(off))
	return got, nil
}

// needPrivateFollows returns why a Private page that has no copy yet does not change with
// its file, "" if it does. POSIX leaves it open.
func needPrivateFollows(t *testing.T) string {
	f := mmaptest.Memfd(t, 0, 4*int64(pageSize))
	m := mmaptest.Mapped(t)(mmap.Map(f, rw, mmap.Private))
	m.Bytes()[pageSize] = 1 // a copy, of this page alone
	_, err := f.WriteAt([]byte{1}, 0)
	mmaptest.Must(t, err)
	if m.Bytes()[0] != 1 {
		return "a store to a Private page copies its neighbours too here (gVisor)"
	}
	return ""
}

func (r *rig) close() (got, want error) {
	r.logf("Close()")
	base := r.m.Addr() - uintptr(r.slop)
	if !r.open {
		want = mmap.ErrClosed
	}
	got = r.m.Close()
	r.checkError("munmap", got, want)
	page := make([]byte, pageSize)
	for i, p := range r.pages {
		// What is there now may be a stranger's, but not these bytes.
		if peek(page, base+uintptr(i*pageSize)) && bytes.Equal(page, p.bytes()) && bytes.Count(page, []byte{0}) < pageSize {
			r.Errorf("Close has left page %d", i)
		}
	}
	r.open, r.pages, r.n, r.slop = false, nil, 0, 0
	return got, want
}

func (r *rig) checkError(call string, got, want error) {
	var fault *mmap.FaultError
	switch {
	case errors.As(want, &fault):
		off := fault.Offset
		if mmaptest.WantError(r, got, call, mmap.ErrFault); !errors.As(got, &fault) {
			return
		}
		if call == "guard" && runtime.GOARCH == "s390x" { // the processor tells the page alone
			off = max(0, off-(r.slop+off)%pageSize)
		}
		if fault.Offset != off {
			r.Errorf("%v: Offset is %d, want %d", got, fault.Offset, off)
		}
	case want == nil, want == io.EOF, want == io.ErrShortWrite, want == errModel:
		if got != want {
			r.Errorf("%s: %v, want %v", call, got, want)
		}
	default:
		mmaptest.WantError(r, got, call, want)
	}
}

// compare looks at all there is to see of the Mapping.
func (r *rig) compare() {
	r.Helper()
	m, b := r.m, r.m.Bytes()
	if m.Len() != r.n || len(b) != r.n || cap(b) != r.n || (b != nil) != r.open {
		r.Errorf("Len %d, Bytes of %d and %d, nil: %v, want %d, open: %v", m.Len(), len(b), cap(b), b == nil, r.n, r.open)
		return
	}
	if r.open && (m.Prot() != r.prot || m.Flags() != r.flags) {
		r.Errorf("Prot %v, Flags %v, want %v, %v", m.Prot(), m.Flags(), r.prot, r.flags)
	}
	base := m.Addr() - uintptr(r.slop)
	if base%uintptr(pageSize) != 0 || (base != 0) != (len(r.pages) > 0) {
		r.Errorf("Addr is %#x, want %d bytes into a page", m.Addr(), r.slop)
		return
	}
	lines := r.mapsLines()
	page := make([]byte, pageSize)
	mapped := map[string]int{}
	for i, p := range r.pages {
		if p.file != nil {
			mapped[p.file.id]++
		}
		addr := base + uintptr(i*pageSize)
		want := perms(p.prot) + "p"
		if p.shared {
			want = perms(p.prot) + "s"
		}
		switch {
		case p.file != nil:
			want += fmt.Sprintf(" %#x %s", p.index*pageSize, p.file.id)
		case !p.shared:
			want += " 0x0 00:00 0"
		}
		if got := describe(lines, addr); got != want && (p.file != nil || !p.shared || !strings.HasPrefix(got, want)) {
			r.Errorf("page %d is %q, want %q", i, got, want)
			return
		}
		ok := peek(page, addr)
		if ok != p.allows(false) {
			r.Errorf("page %d: readable: %v, want %v", i, ok, p.allows(false))
		} else if ok {
			mmaptest.WantBytes(r, "page "+strconv.Itoa(i), page, p.bytes())
		}
	}
	for i, f := range r.files {
		n := 0
		for _, l := range lines {
			if l.id == f.id {
				n += int(l.hi-l.lo) / pageSize
			}
		}
		if n != mapped[f.id] {
			r.Errorf("%d pages of file %d are mapped, want %d", n, i, mapped[f.id])
		}
	}
}

// A mapsLine is the first line of a mapping in /proc/self/smaps.
type mapsLine struct {
	lo, hi    uintptr
	offset    uint64
	perms, id string // id is device and inode
}

func (r *rig) mapsLines() (lines []mapsLine) {
	maps, err := os.ReadFile("/proc/self/smaps")
	mmaptest.Must(r, err)
	for line := range strings.Lines(string(maps)) {
		f := strings.Fields(line)
		if strings.HasSuffix(f[0], ":") { // how much memory it takes, which is the system's affair
			continue
		}
		lo, hi, _ := strings.Cut(f[0], "-")
		lines = append(lines, mapsLine{uintptr(hex(lo)), uintptr(hex(hi)), hex(f[2]), f[1], f[3] + " " + f[4]})
	}
	return lines
}

func hex(s string) uint64 {
	n, _ := strconv.ParseUint(s, 16, 64)
	return n
}

// describe is what the lines say of the page at addr.
func describe(lines []mapsLine, addr uintptr) string {
	for _, l := range lines {
		if l.lo <= addr && addr < l.hi {
			if l.id == "00:00 0" {
				return l.perms + " 0x0 " + l.id
			}
			return fmt.Sprintf("%s %#x %s", l.perms, l.offset+uint64(addr-l.lo), l.id)
		}
	}
	return "not mapped"
}

// inOneLine reports whether the system has not split the Mapping.
func (r *rig) inOneLine() bool {
	for _, l := range r.mapsLines() {
		if base := r.m.Addr() - uintptr(r.slop); l.lo <= base && base < l.hi {
			return base+uintptr(len(r.pages)*pageSize) <= l.hi
		}
	}
	return false
}

// perms is how /proc/self/smaps spells prot.
func perms(prot mmap.Prot) string {
	s := []byte("---")
	for i, bit := range []mmap.Prot{mmap.ProtRead, mmap.ProtWrite, mmap.ProtExec} {
		if prot&bit != 0 {
			s[i] = "rwx"[i]
		}
	}
	return string(s)
}

// peek reads what lies at addr, if anything does that can be read. It may be Go's.
//
//go:nocheckptr
func peek(p []byte, addr uintptr) (ok bool) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if r := recover(); r != nil && !mmaptest.IsRuntimeError(r) {
			panic(r)
		}
	}()
	copy(p, unsafe.Slice((*byte)(unsafe.Add(nil, addr)), len(p)))
	return true
}
