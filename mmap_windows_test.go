// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package mmap_test

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"unsafe"

	"github.com/facc7503/mmap"
	"github.com/facc7503/mmap/internal/mmaptest"
	"golang.org/x/sys/windows"
)

const (
	granularity = 64 << 10
	memMapped   = 0x40000
	memPrivate  = 0x20000
)

var (
	kernel32              = windows.NewLazySystemDLL("kernel32.dll")
	getProcessHandleCount = kernel32.NewProc("GetProcessHandleCount")
)

// regionAt returns what the system says of the pages from addr on.
func regionAt(t testing.TB, addr uintptr) mmaptest.Region {
	t.Helper()
	r, ok := mmaptest.RegionAt(addr)
	if !ok {
		t.Fatalf("no process can have pages at %#x", addr)
	}
	return r
}

// allocations counts the allocations of kind and size in the process.
func allocations(kind uint32, size uintptr) (n int) {
	for addr := uintptr(0); ; {
		r, ok := mmaptest.RegionAt(addr)
		if ok && r.Kind == kind && r.Size == size && r.Base == r.Allocation {
			n++
		}
		if addr = r.Base + r.Size; !ok || addr == 0 {
			return n
		}
	}
}

func handles(t testing.TB) (n uint32) {
	t.Helper()
	ok, _, err := getProcessHandleCount.Call(uintptr(windows.CurrentProcess()), uintptr(unsafe.Pointer(&n)))
	if ok == 0 {
		t.Fatalf("GetProcessHandleCount: %v", err)
	}
	return n
}

func fileSize(t testing.TB, f *os.File) int64 {
	t.Helper()
	info, err := f.Stat()
	mmaptest.Must(t, err)
	return info.Size()
}

// wantFree checks that nothing is mapped at addr. The mmapdebug build reserves the
// addresses of what is closed, from a multiple of 64 KiB on.
func wantFree(t testing.TB, what string, addr uintptr) {
	t.Helper()
	if mmaptest.IsMapped(addr) && !(mmaptest.Poisons(t) && regionAt(t, addr).State == windows.MEM_RESERVE) {
		t.Errorf("%s at %#x is still mapped", what, addr)
	}
}

// createFile opens a file with rights that package os does not ask for.
func createFile(t testing.TB, name string, access, share uint32) *os.File {
	t.Helper()
	p, err := windows.UTF16PtrFromString(name)
	mmaptest.Must(t, err)
	h, err := windows.CreateFile(p, access, share, nil, windows.OPEN_EXISTING, windows.FILE_ATTRIBUTE_NORMAL, 0)
	mmaptest.Must(t, err)
	f := os.NewFile(uintptr(h), name)
	t.Cleanup(func() { f.Close() })
	return f
}

// Windows maps from multiples of 64 KiB, and the package from anywhere: what is
// mapped is exact, stores reach the file, and nothing stays after Close, not even
// the pages before the region.
func TestAroundGranularity(t *testing.T) {
	const size = 3*granularity + 5000
	page := int64(os.Getpagesize())
	for _, offset := range []int64{
		0, 1, page - 1, page, page + 1,
		granularity - page - 1, granularity - page, granularity - 1, granularity, granularity + 1, granularity + page,
		2*granularity - 1, 2 * granularity, 2*granularity + 1, 3*granularity - 1, 3 * granularity, 3*granularity + page,
		size - 1,
	} {
		for _, length := range []int64{1, page, granularity, granularity + 1, size} {
			for _, flags := range []mmap.Flag{mmap.Shared, mmap.Private} {
				length := min(length, size-offset)
				t.Run(fmt.Sprintf("%d bytes at %d, %v", length, offset, flags), func(t *testing.T) {
					content := mmaptest.Pattern(size)
					f := mmaptest.TempFile(t, content)
					m, err := mmap.MapRegion(f, offset, int(length), mmap.ProtRead|mmap.ProtWrite, flags)
					mmaptest.Must(t, err)
					addr := m.Addr()
					if got, want := addr%granularity, uintptr(offset%granularity); got != want {
						t.Errorf("Addr is %d past a multiple of 64 KiB, want %d", got, want)
					}
					if !bytes.Equal(m.Bytes(), content[offset:offset+length]) {
						t.Error("Bytes are not those of the file")
					}
					m.Bytes()[0], m.Bytes()[length-1] = 0, 0
					mmaptest.Must(t, m.Sync())
					mmaptest.Must(t, m.Close())
					wantFree(t, "the first page", addr)
					wantFree(t, "the last page", addr+uintptr(length)-1)
					wantFree(t, "the view's start", addr&^(granularity-1))
					if flags == mmap.Shared {
						content[offset], content[offset+length-1] = 0, 0
					}
					got := make([]byte, size)
					_, err = f.ReadAt(got, 0)
					mmaptest.Must(t, err)
					if !bytes.Equal(got, content) {
						t.Error("the file does not hold what it should")
					}
				})
			}
		}
	}
}

// A region may end with the file's last page. Past that page Windows would have
// to grow the file: it is refused, and the file stays as it is.
func TestPastEndNeverGrows(t *testing.T) {
	page := os.Getpagesize()
	for _, test := range []struct {
		size, offset int64
		length       int
		ok           bool
	}{
		{5000, 0, 2 * page, true},
		{5000, 0, 2*page + 1, false},
		{5000, 4096, page, true},
		{5000, 4097, page, false},
		{5000, 4999, 1, true},
		{5000, 5000, 1, true}, // the page is the file's
		{5000, 2 * int64(page), 1, false},
		{5000, 1 << 40, 1, false},
		{granularity, granularity, 1, false},
		{granularity, granularity - 1, 1, true},
		{granularity, granularity - 1, 2, false},
		{0, 0, 1, false},
	} {
		t.Run(fmt.Sprintf("%d bytes at %d of %d", test.length, test.offset, test.size), func(t *testing.T) {
			for _, prot := range []mmap.Prot{mmap.ProtRead, mmap.ProtRead | mmap.ProtWrite} {
				for _, flags := range []mmap.Flag{mmap.Shared, mmap.Private} {
					f := mmaptest.TempFile(t, mmaptest.Pattern(int(test.size)))
					m, err := mmap.MapRegion(f, test.offset, test.length, prot, flags)
					switch {
					case test.ok && err != nil:
						t.Errorf("%v, %v: %v", prot, flags, err)
					case test.ok:
						if last := m.Bytes()[test.length-1]; last != 0 && test.offset+int64(test.length) > test.size {
							t.Errorf("%v, %v: the last byte is %#x, want 0", prot, flags, last)
						}
						mmaptest.Must(t, m.Close())
					default:
						mmaptest.WantError(t, err, "mmap", mmap.ErrUnsupported, errors.ErrUnsupported)
						if !strings.Contains(fmt.Sprint(err), "Truncate") {
							t.Errorf("%v: does not say what to do", err)
						}
					}
					if got := fileSize(t, f); got != test.size {
						t.Errorf("%v, %v: the file has %d bytes now, want %d", prot, flags, got, test.size)
					}
				}
			}
		})
	}
}

// A Mapping holds no handle: the file can be closed before it, and is free after it.
func TestHoldsNoFile(t *testing.T) {
	f := mmaptest.TempFile(t, mmaptest.Pattern(20000))
	before := handles(t)
	m, err := mmap.Map(f, mmap.ProtRead|mmap.ProtWrite, mmap.Shared)
	mmaptest.Must(t, err)
	if got := handles(t); got != before {
		t.Errorf("%d handles with a Mapping, want %d", got, before)
	}
	mmaptest.Must(t, f.Close())
	m.Bytes()[0] = 'x'
	mmaptest.Must(t, m.Sync())
	if err := os.Truncate(f.Name(), 100); !errors.Is(err, windows.ERROR_USER_MAPPED_FILE) {
		t.Errorf("Truncate of a mapped file: %v, want %v", err, windows.ERROR_USER_MAPPED_FILE)
	}
	mmaptest.Must(t, m.Close())
	mmaptest.Must(t, os.Truncate(f.Name(), 100))
	mmaptest.Must(t, os.Remove(f.Name()))
}

// Thousands of Mappings that are closed, or that fail, leave no handle and no page.
func TestLeavesNothing(t *testing.T) {
	mmaptest.NeedReuse(t)
	const anonSize = 13 * 4096
	f := mmaptest.TempFile(t, mmaptest.Pattern(150000))
	directory, err := os.Open(t.TempDir())
	mmaptest.Must(t, err)
	defer directory.Close()
	handlesBefore, anonBefore := handles(t), allocations(memPrivate, anonSize)
	viewsBefore := allocations(memMapped, 4096) + allocations(memMapped, 20480)
	n := 10000
	if testing.Short() {
		n = 1000
	}
	for i := range n {
		var m *mmap.Mapping
		var err error
		switch i % 5 {
		case 0:
			m, err = mmap.MapRegion(f, 4096, 1, mmap.ProtRead, mmap.Shared) // 8192 bytes are a view's
		case 1:
			m, err = mmap.MapRegion(f, granularity+4*4096, 1, mmap.ProtRead|mmap.ProtWrite, mmap.Private)
		case 2:
			m, err = mmap.MapAnon(anonSize, mmap.ProtRead|mmap.ProtWrite, mmap.Private)
		case 3:
			m, err = mmap.Reserve(anonSize)
		case 4:
			if _, err := mmap.MapRegion(f, 0, 1<<20, mmap.ProtRead, mmap.Shared); err == nil {
				t.Fatal("a region past the end is mapped")
			}
			if _, err := mmap.Map(directory, mmap.ProtRead, mmap.Shared); err == nil {
				t.Fatal("a directory is mapped")
			}
			m, err = mmap.Open(f.Name())
		}
		mmaptest.Must(t, err)
		mmaptest.Must(t, m.Close())
	}
	if got := handles(t); got != handlesBefore {
		t.Errorf("%d handles, want %d", got, handlesBefore)
	}
	if got := allocations(memPrivate, anonSize); got != anonBefore {
		t.Errorf("%d allocations of %d bytes are left, want %d", got, anonSize, anonBefore)
	}
	if got := allocations(memMapped, 4096) + allocations(memMapped, 20480); got != viewsBefore {
		t.Errorf("%d views are left, want %d", got, viewsBefore)
	}
}

// Readers that Close overtakes, and whose addresses a stranger takes at once, see
// the file or ErrClosed, and nothing of the stranger.
func TestReadAtWhileAddressesAreTaken(t *testing.T) {
	mmaptest.NeedReuse(t)
	const size, readers = 2 * granularity, 3
	content := mmaptest.Pattern(size)
	f := mmaptest.TempFile(t, content)
	taken := 0
	for range 50 {
		m, err := mmap.Map(f, mmap.ProtRead, mmap.Shared)
		mmaptest.Must(t, err)
		addr := m.Addr()
		var reading, wg sync.WaitGroup
		reading.Add(readers)
		for range readers {
			wg.Go(func() {
				p := make([]byte, size)
				for first := true; ; first = false {
					n, err := m.ReadAt(p, 0)
					if first { // the others are at it too
						reading.Done()
					}
					if err == nil && !bytes.Equal(p[:n], content) {
						t.Errorf("ReadAt returned %d bytes that are not the file's", n)
						return
					}
					if errors.Is(err, mmap.ErrClosed) {
						if bytes.IndexByte(p, 0xff) >= 0 {
							t.Error("a stranger's bytes are left in the buffer")
						}
						return
					}
					if err != nil {
						t.Errorf("ReadAt: %v", err)
						return
					}
				}
			})
		}
		reading.Wait()
		mmaptest.Must(t, m.Close())
		if base, err := windows.VirtualAlloc(addr, size, windows.MEM_RESERVE|windows.MEM_COMMIT, windows.PAGE_READWRITE); err == nil {
			taken++
			stranger := unsafe.Slice((*byte)(unsafe.Add(nil, base)), size)
			for i := range stranger {
				stranger[i] = 0xff
			}
			wg.Wait()
			mmaptest.Must(t, windows.VirtualFree(base, 0, windows.MEM_RELEASE))
		}
		wg.Wait()
	}
	if taken == 0 {
		t.Error("the addresses were never taken")
	}
}

// What a handle allows is all that a view can ever have, and what it does not is
// ErrAccess that changes nothing.
func TestProtectWithinRights(t *testing.T) {
	const r, w, x = mmap.ProtRead, mmap.ProtWrite, mmap.ProtExec
	name := mmaptest.TempFile(t, mmaptest.Pattern(granularity+5000)).Name()
	for _, test := range []struct {
		what   string
		access uint32
		prot   mmap.Prot
		flags  mmap.Flag
		allow  mmap.Prot
	}{
		{"open for reading, Shared", windows.GENERIC_READ, r, mmap.Shared, r},
		{"open for reading, Private", windows.GENERIC_READ, r, mmap.Private, r | w},
		{"open for both, Shared", windows.GENERIC_READ | windows.GENERIC_WRITE, r, mmap.Shared, r | w},
		{"open for both, Shared, no access", windows.GENERIC_READ | windows.GENERIC_WRITE, 0, mmap.Shared, r | w},
		{"open for execution, Shared", windows.GENERIC_READ | windows.GENERIC_EXECUTE, r | x, mmap.Shared, r | x},
		{"open for execution, Shared, execution alone", windows.GENERIC_READ | windows.GENERIC_EXECUTE, x, mmap.Shared, r | x},
		{"open for execution, Private", windows.GENERIC_READ | windows.GENERIC_EXECUTE, r | x, mmap.Private, r | w | x},
		{"open for all, Shared", windows.GENERIC_READ | windows.GENERIC_WRITE | windows.GENERIC_EXECUTE, r | x, mmap.Shared, r | w | x},
		{"anonymous", 0, r, mmap.Private | mmap.Anonymous, r | w | x},
		{"anonymous, Shared", 0, r, mmap.Shared | mmap.Anonymous, r | w | x},
	} {
		t.Run(test.what, func(t *testing.T) {
			var m *mmap.Mapping
			var err error
			if test.access == 0 {
				m, err = mmap.MapAnon(granularity+5000, test.prot, test.flags)
			} else {
				f := createFile(t, name, test.access, windows.FILE_SHARE_READ|windows.FILE_SHARE_WRITE)
				m, err = mmap.MapRegion(f, 4096, granularity, test.prot, test.flags)
			}
			mmaptest.Must(t, err)
			defer m.Close()
			wantAccess(t, m, test.prot)
			for p := range mmap.Prot(8) {
				was, before := m.Prot(), regionAt(t, m.Addr()).Protect
				err := m.Protect(p)
				if p&^test.allow == 0 {
					mmaptest.Must(t, err)
					wantAccess(t, m, p)
					continue
				}
				mmaptest.WantError(t, err, "mprotect", mmap.ErrAccess, fs.ErrPermission, windows.ERROR_ACCESS_DENIED)
				if got := regionAt(t, m.Addr()).Protect; got != before || m.Prot() != was {
					t.Errorf("Protect(%v) failed, and changed protection %#x to %#x, Prot %v to %v", p, before, got, was, m.Prot())
				}
			}
			mmaptest.WantError(t, m.Protect(8), "mprotect", mmap.ErrInvalid, fs.ErrInvalid, windows.ERROR_INVALID_PARAMETER)
		})
	}
}

// wantAccess checks that the first and the last page allow what p says.
func wantAccess(t *testing.T, m *mmap.Mapping, p mmap.Prot) {
	t.Helper()
	for _, off := range []int{0, m.Len() - 1} {
		_, err := m.WriteAt([]byte{'x'}, int64(off))
		if can := err == nil; can != (p&mmap.ProtWrite != 0) {
			t.Errorf("%v: WriteAt at %d: %v", p, off, err)
		}
		_, err = m.ReadAt(make([]byte, 1), int64(off))
		if can := err == nil; can != (p != 0) && p != mmap.ProtExec { // which some processors make readable
			t.Errorf("%v: ReadAt at %d: %v", p, off, err)
		}
	}
}

// Code runs where ProtExec was asked for: in memory that was written first, and
// in a file that is open for execution.
func TestExec(t *testing.T) {
	code := []byte{0xb8, 42, 0, 0, 0, 0xc3} // mov eax, 42; ret: on amd64 and 386 alike
	if runtime.GOARCH == "arm64" {
		code = []byte{0x40, 5, 0x80, 0x52, 0xc0, 3, 0x5f, 0xd6} // mov w0, #42; ret
	}
	run := func(t *testing.T, m *mmap.Mapping) {
		t.Helper()
		if got, _, _ := syscall.SyscallN(m.Addr()); uint32(got) != 42 {
			t.Errorf("the code returns %d, want 42", got)
		}
	}
	t.Run("anonymous", func(t *testing.T) {
		m, err := mmap.MapAnon(100, mmap.ProtRead|mmap.ProtWrite, mmap.Private)
		mmaptest.Must(t, err)
		defer m.Close()
		copy(m.Bytes(), code)
		mmaptest.Must(t, m.Protect(mmap.ProtRead|mmap.ProtExec))
		run(t, m)
	})
	t.Run("file", func(t *testing.T) {
		name := mmaptest.TempFile(t, code).Name()
		f := createFile(t, name, windows.GENERIC_READ|windows.GENERIC_EXECUTE, windows.FILE_SHARE_READ|windows.FILE_SHARE_WRITE)
		for _, flags := range []mmap.Flag{mmap.Shared, mmap.Private} {
			m, err := mmap.Map(f, mmap.ProtRead|mmap.ProtExec, flags)
			mmaptest.Must(t, err)
			run(t, m)
			mmaptest.Must(t, m.Close())
		}
	})
}

// Reserve takes addresses, and ProtectRange the memory. What has memory keeps
// what it holds, and what has none gets none by ProtNone.
func TestReserveCommits(t *testing.T) {
	const size, page = 1 << 28, 4096
	m, err := mmap.Reserve(size)
	mmaptest.Must(t, err)
	defer m.Close()
	state := func(page int) uint32 { return regionAt(t, m.Addr()+uintptr(page)*4096).State }
	mmaptest.Must(t, m.ProtectRange(page, page, mmap.ProtRead|mmap.ProtWrite))
	m.Bytes()[page] = 'x'
	mmaptest.Must(t, m.ProtectRange(0, 3*page, mmap.ProtRead))
	if got := m.Bytes()[page]; got != 'x' {
		t.Errorf("byte %d is %#x after more was committed, want 'x'", page, got)
	}
	mmaptest.Must(t, m.Protect(mmap.ProtNone))
	for i, want := range []uint32{windows.MEM_COMMIT, windows.MEM_COMMIT, windows.MEM_COMMIT, windows.MEM_RESERVE} {
		if got := state(i); got != want {
			t.Errorf("page %d is in state %#x, want %#x", i, got, want)
		}
		if _, err := m.ReadAt(make([]byte, 1), int64(i*page)); !errors.Is(err, mmap.ErrFault) {
			t.Errorf("ReadAt of page %d: %v, want %v", i, err, mmap.ErrFault)
		}
	}
	mmaptest.Must(t, m.ProtectRange(0, 4*page, mmap.ProtRead|mmap.ProtWrite))
	if got := m.Bytes()[page]; got != 'x' {
		t.Errorf("byte %d is %#x after ProtNone, want 'x'", page, got)
	}
	mmaptest.Must(t, m.UnlockRange(0, 4*page))
	mmaptest.Must(t, m.Sync())
}

// After Close the addresses may be a stranger's. None of the calls touches it.
func TestClosedTouchesNoStranger(t *testing.T) {
	mmaptest.NeedReuse(t)
	const size = granularity
	m := mmaptest.Anon(t, size)
	addr := m.Addr()
	mmaptest.Must(t, m.Close())
	base, err := windows.VirtualAlloc(addr, size, windows.MEM_RESERVE|windows.MEM_COMMIT, windows.PAGE_READWRITE)
	mmaptest.Must(t, err)
	defer windows.VirtualFree(base, 0, windows.MEM_RELEASE)
	stranger, want := unsafe.Slice((*byte)(unsafe.Add(nil, base)), size), mmaptest.Pattern(size)
	copy(stranger, want)
	for _, method := range mmaptest.Methods {
		for _, call := range []func(*mmap.Mapping) error{method.Bad, method.Good} {
			if call != nil {
				mmaptest.WantError(t, call(m), method.Op, mmap.ErrClosed)
			}
		}
	}
	mmaptest.WantError(t, m.ProtectRange(0, 4096, mmap.ProtNone), "mprotect", mmap.ErrClosed)
	if got := regionAt(t, addr); got.Protect != windows.PAGE_READWRITE || got.Size != size {
		t.Errorf("the stranger has protection %#x on %d bytes", got.Protect, got.Size)
	}
	mmaptest.WantBytes(t, "the stranger", stranger, want)
}

// In the mmapdebug build the addresses of what is closed stay taken, all of them,
// and have neither memory nor a file.
func TestClosedStaysReserved(t *testing.T) {
	mmaptest.NeedPoison(t)
	f := mmaptest.TempFile(t, mmaptest.Pattern(3*granularity))
	region := func(offset int64, n int) *mmap.Mapping {
		return mmaptest.Mapped(t)(mmap.MapRegion(f, offset, n, rw, mmap.Shared))
	}
	for what, m := range map[string]*mmap.Mapping{
		"memory":           mmaptest.Anon(t, granularity+1),
		"a file":           region(0, mmap.ToEnd),
		"a region of it":   region(granularity-1, 2),
		"the region's end": region(2*granularity+5000, granularity-5000),
	} {
		addr, n := m.Addr(), uintptr(m.Len())
		mmaptest.Must(t, m.Close())
		for _, at := range []uintptr{addr, addr + n - 1} {
			if got := regionAt(t, at); got.State != windows.MEM_RESERVE || got.Kind != memPrivate {
				t.Errorf("%s: %#x is in state %#x of kind %#x after Close, want it reserved", what, at, got.State, got.Kind)
			}
		}
	}
	mmaptest.Must(t, f.Truncate(0))
}

// Memory without a file can become shorter. What is cut off has no memory any more,
// and is not there again when the Mapping is used as before.
func TestShrinkAnonymous(t *testing.T) {
	m, err := mmap.MapAnon(3*granularity, mmap.ProtRead|mmap.ProtWrite, mmap.Private)
	mmaptest.Must(t, err)
	addr := m.Addr()
	m.Bytes()[100] = 'x'
	mmaptest.Must(t, m.Remap(4097, 0))
	if m.Len() != 4097 || m.Addr() != addr || m.Bytes()[100] != 'x' {
		t.Errorf("%v after Remap to 4097 bytes, want them at %#x", m, addr)
	}
	for page, want := range []uint32{windows.MEM_COMMIT, windows.MEM_COMMIT, windows.MEM_RESERVE} {
		if got := regionAt(t, addr+uintptr(page)*4096).State; got != want {
			t.Errorf("page %d is in state %#x, want %#x", page, got, want)
		}
	}
	mmaptest.Must(t, m.Protect(mmap.ProtRead))
	if got := regionAt(t, addr+2*4096).State; got != windows.MEM_RESERVE {
		t.Errorf("Protect brought back a page: state %#x", got)
	}
	mmaptest.WantError(t, m.Remap(3*granularity, mmap.RemapMayMove), "mremap", mmap.ErrUnsupported, errors.ErrUnsupported)
	mmaptest.Must(t, m.Close())
	wantFree(t, "the Mapping", addr)
	wantFree(t, "what was cut off", addr+2*granularity)
}

// Each row is a failure of Windows, and the sentinel that it stands for.
func TestErrorsOfWindows(t *testing.T) {
	const r, w = mmap.ProtRead, mmap.ProtWrite
	dir := t.TempDir()
	f := mmaptest.TempFile(t, mmaptest.Pattern(5000))
	name := f.Name()
	open := func(name string, flag int) *os.File {
		t.Helper()
		f, err := os.OpenFile(name, flag, 0)
		mmaptest.Must(t, err)
		t.Cleanup(func() { f.Close() })
		return f
	}
	of := func(f *os.File, prot mmap.Prot, flags mmap.Flag) func() (*mmap.Mapping, error) {
		return func() (*mmap.Mapping, error) { return mmap.MapRegion(f, 0, 10, prot, flags) }
	}
	at := func(addr uintptr, fd int, flags mmap.Flag) func() (*mmap.Mapping, error) {
		return func() (*mmap.Mapping, error) { return mmap.MapAt(addr, fd, 0, 10, r, flags) }
	}
	named := func(name string) func() (*mmap.Mapping, error) {
		return func() (*mmap.Mapping, error) { return mmap.Open(name) }
	}
	pipe, pipeW, err := os.Pipe()
	mmaptest.Must(t, err)
	defer pipe.Close()
	defer pipeW.Close()
	socket, err := windows.Socket(windows.AF_INET, windows.SOCK_STREAM, 0)
	mmaptest.Must(t, err)
	defer windows.Closesocket(socket)
	alone := filepath.Join(dir, "alone")
	mmaptest.Must(t, os.WriteFile(alone, mmaptest.Pattern(10), 0o600))
	createFile(t, alone, windows.GENERIC_READ, 0)
	for _, test := range []struct {
		what    string
		call    func() (*mmap.Mapping, error)
		op      string
		targets []error
		says    string
	}{
		{"a file that is missing", named(filepath.Join(dir, "missing")), "open", []error{fs.ErrNotExist, windows.ERROR_FILE_NOT_FOUND}, ""},
		{"a folder that is missing", named(filepath.Join(dir, "missing", "file")), "open", []error{fs.ErrNotExist, windows.ERROR_PATH_NOT_FOUND}, ""},
		{"a NUL in the name", named("a\x00b"), "open", []error{mmap.ErrInvalid, fs.ErrInvalid, syscall.EINVAL}, ""},
		{"a file that is not shared", named(alone), "open", []error{mmap.ErrBusy, windows.ERROR_SHARING_VIOLATION}, ""},
		{"a folder", named(dir), "mmap", []error{mmap.ErrNotMappable, errors.ErrUnsupported}, "read it instead"},
		{"a device", named("NUL"), "mmap", []error{mmap.ErrNotMappable, errors.ErrUnsupported}, "read it instead"},
		{"a console", named("CONOUT$"), "mmap", []error{mmap.ErrNotMappable, errors.ErrUnsupported}, "read it instead"},
		{"a socket", at(0, int(socket), mmap.Shared), "mmap", []error{mmap.ErrNotMappable, errors.ErrUnsupported}, "read it instead"},
		{"a pipe", of(pipe, r, mmap.Shared), "mmap", []error{mmap.ErrNotMappable, errors.ErrUnsupported}, "read it instead"},
		{"to write what is open for reading", of(open(name, os.O_RDONLY), r|w, mmap.Shared), "mmap", []error{mmap.ErrAccess, fs.ErrPermission, windows.ERROR_ACCESS_DENIED}, "open for reading and writing"},
		{"to write what is open for appending", of(open(name, os.O_RDWR|os.O_APPEND), r|w, mmap.Shared), "mmap", []error{mmap.ErrAccess, fs.ErrPermission, windows.ERROR_ACCESS_DENIED}, "O_APPEND"},
		{"to read what is open for writing", of(open(name, os.O_WRONLY), r, mmap.Shared), "mmap", []error{mmap.ErrAccess, fs.ErrPermission, windows.ERROR_ACCESS_DENIED}, "open for reading"},
		{"to copy what is open for writing", of(open(name, os.O_WRONLY), r, mmap.Private), "mmap", []error{mmap.ErrAccess, fs.ErrPermission, windows.ERROR_ACCESS_DENIED}, "open for reading"},
		{"no handle", at(0, -1, mmap.Shared), "mmap", []error{mmap.ErrBadFD, windows.ERROR_INVALID_HANDLE}, "MapAnon"},
		{"a handle of nothing", at(0, 1<<20, mmap.Shared), "mmap", []error{mmap.ErrBadFD, windows.ERROR_INVALID_HANDLE}, ""},
		{"an unknown flag", of(f, r, mmap.Shared|0x100), "mmap", []error{mmap.ErrInvalid, fs.ErrInvalid, windows.ERROR_INVALID_PARAMETER}, "0x100"},
		{"an unknown protection", of(f, 8, mmap.Shared), "mmap", []error{mmap.ErrInvalid, fs.ErrInvalid, windows.ERROR_INVALID_PARAMETER}, "0x8"},
		{"neither Shared nor Private", of(f, r, 0), "mmap", []error{mmap.ErrInvalid, windows.ERROR_INVALID_PARAMETER}, "exactly one of Shared and Private"},
		{"both Shared and Private", of(f, r, mmap.Shared|mmap.Private), "mmap", []error{mmap.ErrInvalid, windows.ERROR_INVALID_PARAMETER}, "exactly one of Shared and Private"},
		{"Fixed", at(granularity, -1, mmap.Private|mmap.Anonymous|mmap.Fixed), "mmap", []error{mmap.ErrUnsupported, errors.ErrUnsupported}, "map elsewhere"},
		{"more than there is", func() (*mmap.Mapping, error) { return mmap.MapAnon(int(^uint(0)>>1)&^0xffff, r|w, mmap.Private) }, "mmap", []error{mmap.ErrNoMemory}, "address space is used up"},
		{"more addresses than there are", func() (*mmap.Mapping, error) { return mmap.Reserve(int(^uint(0)>>1) &^ 0xffff) }, "mmap", []error{mmap.ErrNoMemory}, "address space is used up"},
	} {
		t.Run(test.what, func(t *testing.T) {
			m, err := test.call()
			if m != nil {
				m.Close()
				t.Fatal("got a Mapping")
			}
			if test.what == "a console" && errors.Is(err, windows.ERROR_INVALID_HANDLE) {
				t.Skip("this process has no console")
			}
			mmaptest.WantError(t, err, test.op, test.targets...)
			if !strings.Contains(err.Error(), test.says) {
				t.Errorf("%v: does not say %q", err, test.says)
			}
		})
	}
	t.Run("methods", func(t *testing.T) {
		m, err := mmap.Map(f, r|w, mmap.Shared)
		mmaptest.Must(t, err)
		defer m.Close()
		invalid := []error{mmap.ErrInvalid, fs.ErrInvalid, windows.ERROR_INVALID_PARAMETER}
		mmaptest.WantError(t, m.Advise(12345), "madvise", invalid[:2]...)
		mmaptest.WantError(t, m.AdviseRange(0, 4096, 12345), "madvise", invalid...)
		mmaptest.WantError(t, m.SyncRange(0, 1, mmap.SyncWait|mmap.SyncAsync), "msync", invalid...)
		mmaptest.WantError(t, m.SyncRange(0, 4096, 1<<10), "msync", invalid...)
		mmaptest.WantError(t, m.Remap(10, 0), "mremap", mmap.ErrUnsupported, errors.ErrUnsupported)
		mmaptest.WantError(t, m.Replace(0, 4096, f, 0, r, mmap.Shared), "mmap", mmap.ErrUnsupported, errors.ErrUnsupported)
		if !bytes.Equal(m.Bytes(), mmaptest.Pattern(5000)) {
			t.Error("a failure changed the bytes")
		}
	})
}

// To unlock what is not locked is no error, and what is locked beside it is unlocked.
func TestUnlockWhatIsNotLocked(t *testing.T) {
	m, err := mmap.MapAnon(4*4096, mmap.ProtRead|mmap.ProtWrite, mmap.Private)
	mmaptest.Must(t, err)
	defer m.Close()
	mmaptest.Must(t, m.Unlock())
	mmaptest.Must(t, m.LockRange(4096, 4096))
	mmaptest.Must(t, m.Unlock())
	mmaptest.Must(t, m.Unlock())
}

// Every page that was stored to is in the working set, and none far from those. (The
// system beneath Wine may put pages around them there: a huge one.)
func TestResidentCounts(t *testing.T) {
	const pages, stored, around = 10001, 6000, 512 // more than are asked for at once
	m, err := mmap.MapAnon(pages*4096, mmap.ProtRead|mmap.ProtWrite, mmap.Private)
	mmaptest.Must(t, err)
	defer m.Close()
	for i := stored; i < pages; i += 2 {
		m.Bytes()[i*4096] = 1
	}
	got, err := m.Resident(0, m.Len())
	mmaptest.Must(t, err)
	for i, r := range got {
		switch {
		case i >= stored && i%2 == 0 && !r:
			t.Fatalf("page %d was stored to, and is not resident", i)
		case i < stored-around && r:
			t.Fatalf("page %d was never touched, and is resident", i)
		}
	}
}

var messages = []message{
	{"mmap", ofFile("mmap", mmap.ProtRead, mmap.Shared), windows.ERROR_NOT_ENOUGH_MEMORY, []string{asked, "ProtRead, Shared", "address space is used up"}},
	{"commit limit", ofMemory("mmap", rw, mmap.Private), windows.ERROR_COMMITMENT_LIMIT, []string{asked, "Reserve", "map Shared"}},
	{"no flags", ofFile("mmap", mmap.ProtRead, 0), windows.ERROR_INVALID_PARAMETER, []string{"no flags", "exactly one of Shared and Private"}},
	{"unknown flags", ofFile("mmap", mmap.ProtRead, mmap.Shared|0x100), windows.ERROR_INVALID_PARAMETER, []string{"0x100", "only the flags", "!exactly one"}},
	{"for reading", ofFile("mmap", mmap.ProtRead, mmap.Private), windows.ERROR_ACCESS_DENIED, []string{"open for reading", "!writing", "!GENERIC_EXECUTE"}},
	{"for writing", ofFile("mmap", rw, mmap.Shared), windows.ERROR_ACCESS_DENIED, []string{"reading and writing", "O_APPEND", "Shared goes with ProtWrite"}},
	{"code", ofFile("mmap", mmap.ProtRead|mmap.ProtExec, mmap.Private), windows.ERROR_ACCESS_DENIED, []string{"perhaps", "GENERIC_EXECUTE"}},
	{"Arbitrary Code Guard", ofMemory("mmap", rw|mmap.ProtExec, mmap.Private), windows.ERROR_DYNAMIC_CODE_BLOCKED, []string{"Arbitrary Code Guard", "!file"}},
	{"no handle", mmap.Request{Op: "mmap", FD: -1}, windows.ERROR_INVALID_HANDLE, []string{"MapAnon"}},
	{"past the end", ofFile("mmap", mmap.ProtRead, mmap.Shared), mmap.ErrUnsupported, []string{asked, "past the file's last page", "Truncate"}},
	{"pipe", ofFile("mmap", mmap.ProtRead, mmap.Shared), mmap.ErrNotMappable, []string{"pipe", "read it instead"}},
	{"Fixed", ofMemory("mmap", rw, mmap.Private|mmap.Fixed), windows.ERROR_CALL_NOT_IMPLEMENTED, []string{"Fixed and Replace", "map elsewhere"}},

	{"to the end", mmap.Request{Op: "mprotect", Off: 7, N: mmap.ToEnd}, windows.ERROR_ACCESS_DENIED, []string{"all from offset 7", "!length"}},
	{"read-only file", ofFile("mprotect", rw, mmap.Shared), windows.ERROR_ACCESS_DENIED, []string{asked, "ProtRead|ProtWrite", "not open for writing", "!ProtExec"}},
	{"code of a file", ofFile("mprotect", mmap.ProtRead|mmap.ProtExec, mmap.Private), windows.ERROR_ACCESS_DENIED, []string{"mapped with ProtExec", "!writing"}},
	{"code in memory", ofMemory("mprotect", mmap.ProtRead|mmap.ProtExec, mmap.Private), windows.ERROR_DYNAMIC_CODE_BLOCKED, []string{"Arbitrary Code Guard"}},
	{"to commit", ofMemory("mprotect", rw, mmap.Private), windows.ERROR_COMMITMENT_LIMIT, []string{asked, "commit limit"}},

	{"mlock", ofMemory("mlock", 0, mmap.Private), windows.ERROR_WORKING_SET_QUOTA, []string{asked, "SetProcessWorkingSetSizeEx"}},
	{"mlock of no access", ofMemory("mlock", 0, mmap.Private), windows.ERROR_NOACCESS, []string{asked, "cannot be read"}},
	{"grow", mmap.Request{Op: "mremap", N: 10}, mmap.ErrUnsupported, []string{"to length 10", "map again"}},
	{"sync", ofFile("msync", 0, mmap.Shared), windows.ERROR_LOCK_VIOLATION, []string{asked, "try again"}},
	{"disk is full", ofFile("msync", 0, mmap.Shared), windows.ERROR_DISK_FULL, []string{asked, "!("}},
	{"advice", ofMemory("madvise", 0, mmap.Private), windows.ERROR_INVALID_PARAMETER, []string{asked, "does not know the advice"}},
}
