// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package mmap

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/signal"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"golang.org/x/sys/unix"
)

// A vma is a line of /proc/self/maps.
type vma struct {
	lo, hi uintptr
	perms  string
	path   string
}

func vmas(t *testing.T) []vma {
	t.Helper()
	maps, err := os.ReadFile("/proc/self/maps")
	must(t, err)
	var all []vma
	for line := range strings.Lines(string(maps)) {
		var v vma
		if _, err := fmt.Sscanf(line, "%x-%x %s", &v.lo, &v.hi, &v.perms); err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		if f := strings.Fields(line); len(f) > 5 {
			v.path = f[5]
		}
		all = append(all, v)
	}
	return all
}

// mappedParts is how /proc/self/maps describes a range, merged where the
// permissions are equal: "rw- 3, --- 1" with lengths in pages; a hole is "none".
func mappedParts(t *testing.T, lo uintptr, pages int) string {
	t.Helper()
	all := vmas(t)
	var parts []string
	last, n := "", 0
	flush := func() {
		if n > 0 {
			parts = append(parts, fmt.Sprintf("%s %d", last, n))
		}
	}
	for i := range pages {
		addr := lo + uintptr(i*pageSize)
		perms := "none"
		if j := slices.IndexFunc(all, func(v vma) bool { return v.lo <= addr && addr < v.hi }); j >= 0 {
			perms = all[j].perms[:3]
		}
		if perms != last {
			flush()
			last, n = perms, 0
		}
		n++
	}
	flush()
	return strings.Join(parts, ", ")
}

func wantParts(t *testing.T, lo uintptr, pages int, want string) {
	t.Helper()
	if got := mappedParts(t, lo, pages); got != want {
		t.Errorf("%d pages at %#x are %q, want %q", pages, lo, got, want)
	}
}

// mapsOf is the number of pages that are mapped of a file.
func mapsOf(t *testing.T, name string) (pages int) {
	t.Helper()
	for _, v := range vmas(t) {
		if v.path == name {
			pages += int(v.hi-v.lo) / pageSize
		}
	}
	return pages
}

func openDescriptors(t *testing.T) int {
	t.Helper()
	fds, err := os.ReadDir("/proc/self/fd")
	must(t, err)
	return len(fds)
}

// memfd is a file in memory of size bytes.
func memfd(t *testing.T, flags int, size int64) *os.File {
	t.Helper()
	fd, err := unix.MemfdCreate("mmap-test", flags)
	if err != nil {
		t.Skipf("no memfd_create here: %v", err)
	}
	f := os.NewFile(uintptr(fd), "memfd")
	t.Cleanup(func() { f.Close() })
	must(t, f.Truncate(size))
	return f
}

// TestCloseUnmapsWholePages looks at what Close leaves.
func TestCloseUnmapsWholePages(t *testing.T) {
	f := tempFile(t, pattern(4*pageSize))
	for _, r := range []struct{ offset, n, pages int }{
		{0, 1, 1}, {1000, 1, 1}, {1000, pageSize, 2}, {pageSize - 1, 2, 2}, {1000, 2 * pageSize, 3}, {pageSize, pageSize, 1}, {0, ToEnd, 4},
	} {
		m := mapped(t)(MapRegion(f, int64(r.offset), r.n, ProtRead, Shared))
		if n := mapsOf(t, f.Name()); n != r.pages {
			t.Errorf("%+v: %d pages are mapped", r, n)
		}
		must(t, m.Close())
		if n := mapsOf(t, f.Name()); n != 0 {
			t.Errorf("%+v: Close leaves %d pages", r, n)
		}
	}
}

// TestNothingLeaks counts what constructors that fail, and Open, leave behind.
func TestNothingLeaks(t *testing.T) {
	f := tempFile(t, pattern(2*pageSize))
	ro := reopen(t, f, os.O_RDONLY)
	anon := mapped(t)(MapAnon(pageSize, rw, Private))
	dir := t.TempDir()
	before := 0
	for i := range 101 {
		if i == 1 { // the first round opens what the runtime needs
			before = openDescriptors(t)
		}
		m, err := Open(f.Name())
		must(t, err)
		must(t, m.Close())
		for _, err := range []error{
			callError(Open(dir)),
			callError(Open("/dev/null")),
			callError(Map(ro, rw, Shared)),
			callError(MapRegion(f, 0, -1-1, ProtRead, Shared)),
			callError(MapRegion(f, 1000, 10, ProtRead, Shared|Fixed)),
			callError(MapAt(anon.Addr(), int(f.Fd()), 0, 10, ProtRead, Shared|FixedNoReplace)),
			callError(MapAt(anon.Addr()+1, int(f.Fd()), 0, 10, ProtRead, Shared|Fixed)),
			anon.Replace(0, pageSize, ro, 0, rw, Shared),
			anon.Replace(1, 1, ro, 0, ProtRead, Shared),
		} {
			if err == nil {
				t.Fatal("no error")
			}
		}
	}
	if n := openDescriptors(t); n != before {
		t.Errorf("%d descriptors, %d before", n, before)
	}
	if n := mapsOf(t, f.Name()); n != 0 {
		t.Errorf("%d pages stay mapped", n)
	}
}

// TestTailNeverReachesFile stores behind the end of a file that grows later. That
// it stays out of the file is the file system's doing, not the package's.
func TestTailNeverReachesFile(t *testing.T) {
	for _, name := range []string{"growing", "growing after Sync"} {
		t.Run(name, func(t *testing.T) {
			f := tempFile(t, pattern(pageSize+904))
			var st unix.Statfs_t
			must(t, unix.Fstatfs(int(f.Fd()), &st))
			if st.Type != unix.EXT4_SUPER_MAGIC && st.Type != unix.XFS_SUPER_MAGIC {
				t.Skipf("on a file system of type %#x the tail may show up in the file", st.Type)
			}
			m := mapped(t)(Map(f, rw, Shared))
			copy(whole(m)[m.Len():], pattern(100))
			if name != "growing" {
				must(t, m.Sync())
			}
			must(t, f.Truncate(int64(2*pageSize)))
			must(t, m.Sync())
			got, err := os.ReadFile(f.Name())
			must(t, err)
			wantBytes(t, "file", got[:pageSize+904], pattern(pageSize+904))
			if !bytes.Equal(got[pageSize+904:], make([]byte, pageSize-904)) {
				t.Skip("this kernel's file system lets the tail show up in the file")
			}
		})
	}
}

func TestMemory(t *testing.T) {
	f := memfd(t, 0, 100)
	m := mapped(t)(Map(f, rw, Shared))
	copy(m.Bytes(), pattern(100))
	must(t, m.Sync())
	got := make([]byte, 100)
	_, err := f.ReadAt(got, 0)
	must(t, err)
	wantBytes(t, "memfd", got, pattern(100))

	name := fmt.Sprintf("/dev/shm/mmap-test-%d", os.Getpid())
	must(t, os.WriteFile(name, got, 0o600))
	defer os.Remove(name)
	wantBytes(t, "/dev/shm", mapped(t)(Open(name)).Bytes(), got)
}

// TestProcFile maps files that claim to be empty, and are not.
func TestProcFile(t *testing.T) {
	for _, name := range []string{"/proc/self/status", "/proc/meminfo", "/proc/net/tcp", "/proc/sys/kernel/ostype"} {
		t.Run(name, func(t *testing.T) {
			f, err := os.Open(name)
			if errors.Is(err, fs.ErrNotExist) {
				t.Skipf("there is no such file here: %v", err)
			}
			must(t, err)
			defer f.Close()
			for call, err := range map[string]error{
				"Open":      callError(Open(name)),
				"Map":       callError(Map(f, ProtRead, Private)),
				"MapRegion": callError(MapRegion(f, 0, 100, ProtRead, Private)),
			} {
				wantError(t, err, "mmap", ErrNotMappable, errors.ErrUnsupported)
				wantMessage(t, err, name, "read it instead")
				if t.Failed() {
					t.Fatalf("%s(%s): %v", call, name, err)
				}
			}
		})
	}
}

// TestEmptyFileModes maps an empty file as it was not opened for.
func TestEmptyFileModes(t *testing.T) {
	f := tempFile(t, nil)
	for _, test := range []struct {
		name  string
		mode  int
		prot  Prot
		flags Flag
		want  error
	}{
		{"to read", os.O_RDONLY, ProtRead, Shared, nil},
		{"to read and write", os.O_RDWR, rw, Shared, nil},
		{"copies", os.O_RDONLY, rw, Private, nil},
		{"populated", os.O_RDWR, rw, Shared | Populate, nil},
		{"O_WRONLY", os.O_WRONLY, ProtRead, Shared, ErrAccess},
		{"O_RDONLY, Shared stores", os.O_RDONLY, rw, Shared, ErrAccess},
		{"O_PATH", unix.O_PATH, ProtRead, Shared, ErrBadFD},
	} {
		t.Run(test.name, func(t *testing.T) {
			m, err := Map(reopen(t, f, test.mode), test.prot, test.flags)
			if test.want != nil {
				wantError(t, err, "mmap", test.want)
				return
			}
			wantEmpty(t, mapped(t)(m, err))
			if m.Flags() != test.flags {
				t.Errorf("Flags is %v, want %v", m.Flags(), test.flags)
			}
		})
	}
}

// badFiles are descriptors that cannot be mapped with rw, and Shared where the
// name says so.
func badFiles(t *testing.T) map[string]*os.File {
	t.Helper()
	disk := tempFile(t, pattern(8*pageSize))
	closed := reopen(t, disk, os.O_RDWR)
	must(t, closed.Close())
	r, w, err := os.Pipe()
	must(t, err)
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM, 0)
	must(t, err)
	t.Cleanup(func() { unix.Close(pair[1]) })
	event, err := unix.Eventfd(0, 0)
	must(t, err)
	epoll, err := unix.EpollCreate1(0)
	must(t, err)
	timer, err := unix.TimerfdCreate(unix.CLOCK_MONOTONIC, 0)
	must(t, err)
	open := func(name string, flag int) *os.File {
		f, err := os.OpenFile(name, flag, 0)
		must(t, err)
		return f
	}
	files := map[string]*os.File{
		"closed":     closed,
		"directory":  open(t.TempDir(), os.O_RDONLY),
		"pipe, read": r, "pipe, write": w,
		"socket":            os.NewFile(uintptr(pair[0]), "socket"),
		"eventfd":           os.NewFile(uintptr(event), "eventfd"),
		"epoll":             os.NewFile(uintptr(epoll), "epoll"),
		"timerfd":           os.NewFile(uintptr(timer), "timerfd"),
		"/dev/null":         open("/dev/null", os.O_RDWR),
		"proc":              open("/proc/self/status", os.O_RDONLY),
		"read only, Shared": reopen(t, disk, os.O_RDONLY),
		"write only":        reopen(t, disk, os.O_WRONLY),
		"path only":         reopen(t, disk, unix.O_PATH),
		"sealed, Shared":    memfd(t, unix.MFD_ALLOW_SEALING, int64(8*pageSize)),
	}
	_, err = unix.FcntlInt(files["sealed, Shared"].Fd(), unix.F_ADD_SEALS, unix.F_SEAL_WRITE)
	must(t, err)
	t.Cleanup(func() {
		for _, f := range files {
			f.Close()
		}
	})
	return files
}

func TestBadFiles(t *testing.T) {
	want := map[string][]error{
		"closed":            {fs.ErrClosed},
		"read only, Shared": {ErrAccess, fs.ErrPermission},
		"write only":        {ErrAccess, fs.ErrPermission},
		"path only":         {ErrBadFD, unix.EBADF},
		"sealed, Shared":    {ErrPermission, fs.ErrPermission, unix.EPERM},
		"proc":              nil, // EIO or ENODEV
	}
	m, intact := neighbours(t, 4)
	content := pattern(m.Len())
	copy(m.Bytes(), content)
	must(t, m.ProtectRange(3*pageSize, pageSize, ProtRead))
	for name, f := range badFiles(t) {
		targets, ok := want[name]
		if !ok {
			targets = []error{ErrNotMappable, errors.ErrUnsupported, unix.ENODEV}
		}
		flags := Private
		if strings.HasSuffix(name, "Shared") {
			flags = Shared
		}
		got, err := MapRegion(f, 0, pageSize, rw, flags)
		if got != nil {
			t.Errorf("%s: got a Mapping", name)
		}
		wantError(t, err, "mmap", targets...)
		for _, r := range [][2]int{{0, 1}, {1, 2}, {3, 1}, {0, 4}} {
			err := m.Replace(r[0]*pageSize, r[1]*pageSize, f, 0, rw, flags)
			wantError(t, err, "mmap", targets...)
			wantMessage(t, err, f.Name())
			wantBytes(t, name, m.Bytes(), content)
			wantParts(t, m.Addr()-uintptr(pageSize), 6, "rw- 4, r-- 1, rw- 1")
			intact()
		}
	}
}

func TestReplaceLeavesNoHole(t *testing.T) {
	f := tempFile(t, pattern(pageSize))
	m, intact := neighbours(t, 4)
	base := m.Addr() - uintptr(pageSize)
	must(t, m.Replace(pageSize, pageSize, f, 0, ProtRead, Shared))
	wantParts(t, base, 6, "rw- 2, r-- 1, rw- 3")
	must(t, m.Replace(pageSize, 2*pageSize, nil, 0, ProtNone, Private|Anonymous))
	wantParts(t, base, 6, "rw- 2, --- 2, rw- 2")

	must(t, sysUnmap(m.load().addr(3*pageSize), uintptr(pageSize)))
	wantParts(t, base, 6, "rw- 2, --- 2, none 1, rw- 1")
	fillHole(m.load().addr(3*pageSize), uintptr(pageSize))
	wantParts(t, base, 6, "rw- 2, --- 3, rw- 1")
	intact()
}

func TestFixedNoReplace(t *testing.T) {
	m, intact := neighbours(t, 2)
	content := pattern(m.Len())
	copy(m.Bytes(), content)
	for _, addr := range []uintptr{m.Addr(), m.Addr() + uintptr(pageSize)} {
		got, err := MapAt(addr, -1, 0, 2*pageSize, rw, Private|Anonymous|FixedNoReplace)
		if got != nil {
			t.Error("got a Mapping")
		}
		wantError(t, err, "mmap", ErrExist, fs.ErrExist, unix.EEXIST)
	}
	_, err := MapAt(m.Addr()+1, -1, 0, pageSize, rw, Private|Anonymous|FixedNoReplace)
	wantError(t, err, "mmap", ErrInvalid)
	wantBytes(t, "what was there", m.Bytes(), content)

	addr := m.Addr() + uintptr(pageSize)
	must(t, sysUnmap(addr, uintptr(pageSize)))
	got, err := MapAt(addr, -1, 0, pageSize, rw, Private|Anonymous|FixedNoReplace) // m's neighbour to unmap
	must(t, err)
	if got.Addr() != addr {
		t.Errorf("at %#x, not %#x", got.Addr(), addr)
	}
	intact()
}

func TestSharedValidate(t *testing.T) {
	f := tempFile(t, pattern(100))
	wantBytes(t, "SharedValidate", mapped(t)(Map(f, rw, SharedValidate)).Bytes(), pattern(100))
	_, err := Map(f, rw, SharedValidate|0x400000)
	wantError(t, err, "mmap", ErrUnsupported, errors.ErrUnsupported, unix.EOPNOTSUPP)
	wantMessage(t, err, "SharedValidate|0x400000")
}

// TestDiscard is about advice that drops bytes: never more than were named.
func TestDiscard(t *testing.T) {
	m := mapped(t)(MapAnon(3*pageSize+100, rw, Private))
	content := pattern(m.Len())
	copy(m.Bytes(), content)
	for _, advice := range []Advice{
		AdviceDontNeed, AdviceFree, AdviceRemove, AdviceDontFork, AdviceWipeOnFork, AdviceDontNeedLocked, AdviceGuardInstall, AdviceGuardRemove, 12345, -1,
	} {
		for _, r := range [][2]int{{0, 1}, {1, pageSize}, {pageSize, pageSize + 1}, {pageSize - 1, pageSize + 1}, {3 * pageSize, 99}, {1, m.Len() - 1}} {
			err := m.AdviseRange(r[0], r[1], advice)
			wantError(t, err, "madvise", ErrInvalid)
			if errors.As(err, new(unix.Errno)) {
				t.Errorf("%v for %v: the system was asked", advice, r)
			}
			wantMessage(t, err, "whole pages")
		}
		wantBytes(t, advice.String(), m.Bytes(), content)
	}
	must(t, m.AdviseRange(pageSize, pageSize, AdviceDontNeed))
	clear(content[pageSize:][:pageSize])
	wantBytes(t, "the second page dropped", m.Bytes(), content)
	must(t, m.AdviseRange(3*pageSize, 100, AdviceDontNeed))
	clear(content[3*pageSize:])
	wantBytes(t, "the last page dropped", m.Bytes(), content)

	wantMessage(t, m.Advise(12345), "whole pages") // it may be advice that reaches a file
	err := m.AdviseRange(pageSize, pageSize, 12345)
	wantError(t, err, "madvise", ErrInvalid, unix.EINVAL)
	wantMessage(t, err, "does not know the advice")
}

// TestKeptAdvice wants no advice that loses nothing to be refused for its range.
func TestKeptAdvice(t *testing.T) {
	m := mapped(t)(MapAnon(3*pageSize, rw, Private))
	content := pattern(m.Len())
	copy(m.Bytes(), content)
	for _, names := range [][]adviceName{adviceNames, system.adviceNames} {
		for _, n := range names {
			if n.effect != keepsBytes {
				continue
			}
			// Some kernels are built without some advice.
			if err := m.AdviseRange(1, pageSize, n.advice); err != nil && !errors.As(err, new(unix.Errno)) {
				t.Errorf("%s: %v", n.name, err)
			}
			wantBytes(t, n.name, m.Bytes(), content)
		}
	}
	for _, advice := range []Advice{AdviceSequential, AdviceDontDump, AdviceDoDump} {
		must(t, m.AdviseRange(7, pageSize, advice))
	}
}

func TestResident(t *testing.T) {
	m := mapped(t)(MapAnon(4*pageSize, rw, Private))
	if err := m.Advise(AdviceNoHugePage); err != nil {
		t.Logf("no transparent huge pages to turn off: %v", err)
	}
	resident := func(want ...bool) {
		t.Helper()
		got, err := m.Resident(0, m.Len())
		must(t, err)
		if !slices.Equal(got, want) {
			t.Errorf("resident: %v, want %v", got, want)
		}
	}
	resident(false, false, false, false)
	m.Bytes()[2*pageSize] = 1
	resident(false, false, true, false)
	lock(t, m, pageSize-1, 2) // is widened, to both its pages
	resident(true, true, true, false)
	must(t, m.UnlockRange(pageSize-1, 2))
	must(t, m.Advise(AdviceDontNeed))
	resident(false, false, false, false)

	populated := mapped(t)(MapAnon(4*pageSize, rw, Private|Populate))
	got, err := populated.Resident(0, populated.Len())
	must(t, err)
	if slices.Contains(got, false) {
		t.Errorf("populated: %v", got)
	}
}

func TestPopulatePastEnd(t *testing.T) {
	f := tempFile(t, pattern(pageSize))
	m := mapped(t)(MapRegion(f, 0, 2*pageSize, rw, Shared))
	if err := m.AdviseRange(0, 1, AdvicePopulateRead); errors.Is(err, unix.EINVAL) {
		t.Skipf("this kernel cannot populate: %v", err)
	} else if err != nil {
		t.Error(err)
	}
	for _, advice := range []Advice{AdvicePopulateRead, AdvicePopulateWrite} {
		err := m.AdviseRange(pageSize, 1, advice)
		wantError(t, err, "madvise", ErrFault, unix.EFAULT)
		wantMessage(t, err, f.Name(), "past the end of the file")
	}
}

func TestSyncLocked(t *testing.T) {
	f := tempFile(t, pattern(2*pageSize))
	m := mapped(t)(Map(f, rw, Shared))
	lock(t, m, pageSize, 1)
	err := m.SyncRange(0, m.Len(), SyncWait|SyncInvalidate)
	wantError(t, err, "msync", ErrBusy, unix.EBUSY)
	wantMessage(t, err, "Unlock")
	must(t, m.SyncRange(0, pageSize, SyncWait|SyncInvalidate))
	must(t, m.Sync())
}

// TestSyncExact gives msync a flag that may drop bytes, for all that is known.
func TestSyncExact(t *testing.T) {
	m := mapped(t)(MapAnon(2*pageSize, rw, Private))
	err := m.SyncRange(1, 1, SyncWait|1<<20)
	wantError(t, err, "msync", ErrInvalid)
	if errors.As(err, new(unix.Errno)) {
		t.Errorf("%v: the system was asked", err)
	}
	wantError(t, m.SyncRange(0, pageSize, SyncWait|1<<20), "msync", ErrInvalid, unix.EINVAL)
}

func TestLockNoAccess(t *testing.T) {
	m := mapped(t)(Reserve(pageSize))
	err := m.Lock()
	if errors.Is(err, ErrPermission) {
		t.Skipf("RLIMIT_MEMLOCK is 0: %v", err)
	}
	wantError(t, err, "mlock", ErrNoMemory, unix.ENOMEM)
	wantMessage(t, err, "RLIMIT_MEMLOCK")
}

// TestKeepsNonblocking wants the descriptor as it was: os.File.Fd makes it block.
func TestKeepsNonblocking(t *testing.T) {
	r, w, err := os.Pipe()
	must(t, err)
	defer r.Close()
	defer w.Close()
	m := mapped(t)(MapAnon(pageSize, rw, Private))
	wantError(t, callError(Map(r, ProtRead, Shared)), "mmap", ErrNotMappable)
	wantError(t, m.Replace(0, pageSize, r, 0, ProtRead, Shared), "mmap", ErrNotMappable)
	c, err := r.SyscallConn()
	must(t, err)
	must(t, c.Control(func(fd uintptr) {
		if fl, err := unix.FcntlInt(fd, unix.F_GETFL, 0); err != nil || fl&unix.O_NONBLOCK == 0 {
			t.Errorf("the flags of the pipe are %#x (%v)", fl, err)
		}
	}))
}

// TestHugeLength wants lengths that the system would round up refused before
// it sees them.
func TestHugeLength(t *testing.T) {
	const huge = 2 << 20
	sizes := map[Flag]int{HugeTLB | Huge2MB: huge, HugeTLB | Huge16KB: 16 << 10, HugeTLB | Huge1GB: 1 << 30}
	if n := defaultHugePage(); n != 0 {
		sizes[HugeTLB] = int(n)
	} else {
		t.Log("the system has no huge pages by default")
	}
	m := mapped(t)(MapAnon(pageSize, rw, Private))
	for flags, size := range sizes {
		for _, n := range []int{1, size - 1, size + 1, size / 2, size + size/2} {
			err := callError(MapAnon(n, rw, Private|flags))
			wantError(t, err, "mmap", ErrInvalid)
			if errors.As(err, new(unix.Errno)) {
				t.Errorf("%v: the system was asked", err)
			}
			wantMessage(t, err, "not a multiple of the huge page of "+strconv.Itoa(size))
		}
		if err := checkHuge(request{flags: flags, n: size}, false); err != nil {
			t.Error(err)
		}
		if pageSize%size != 0 {
			err := m.Replace(0, pageSize, nil, 0, rw, Private|Anonymous|flags)
			wantMessage(t, err, "not a multiple of the huge page")
		}
	}
}

// hugePool adds 4 to the machine's pool of huge pages until the test ends. Tests
// that do so take turns, those of other processes too.
func hugePool(t *testing.T) {
	t.Helper()
	const pool = "/proc/sys/vm/nr_hugepages"
	f, err := os.OpenFile(pool, os.O_RDWR, 0)
	if err != nil {
		t.Skipf("no pool of huge pages to be set: %v", err)
	}
	t.Cleanup(func() { f.Close() })
	must(t, unix.Flock(int(f.Fd()), unix.LOCK_EX))
	size := func() int {
		b, err := os.ReadFile(pool)
		if err != nil {
			t.Skipf("no huge pages here: %v", err)
		}
		n, err := strconv.Atoi(string(bytes.TrimSpace(b)))
		must(t, err)
		return n
	}
	before := size()
	set := func(n int) error { return os.WriteFile(pool, []byte(strconv.Itoa(n)), 0) }
	t.Cleanup(func() { must(t, set(before)) })
	if err := set(before + 4); err != nil {
		t.Skipf("no pool of huge pages to be set: %v", err)
	}
	if n := size() - before; n < 2 {
		t.Skipf("the system found room for %d huge pages, 2 are needed", n)
	}
}

// TestHugePages changes the machine for its duration.
func TestHugePages(t *testing.T) {
	hugePool(t)
	huge := int(defaultHugePage())

	t.Run("HugeTLB", func(t *testing.T) {
		m, err := MapAnon(huge, rw, Private|HugeTLB)
		must(t, err)
		lo := m.Addr()
		copy(m.Bytes(), pattern(huge))
		wantBytes(t, "huge page", m.Bytes(), pattern(huge))
		wantError(t, m.ProtectRange(0, pageSize, ProtRead), "mprotect", ErrInvalid) // a part
		must(t, m.Close())
		wantParts(t, lo, 1, "none 1")
	})
	t.Run("hugetlbfs", func(t *testing.T) {
		f := memfd(t, unix.MFD_HUGETLB, int64(2*huge))
		for _, n := range []int{1, pageSize, huge - 1, huge, huge + 1, 2*huge - pageSize} {
			m, err := MapRegion(f, 0, n, rw, Shared)
			must(t, err)
			if m.Len() != n {
				t.Errorf("Len is %d, want %d", m.Len(), n)
			}
			copy(m.Bytes(), pattern(n))
			if err := m.Close(); err != nil {
				t.Errorf("Close of %d bytes: %v", n, err)
			}
			wantError(t, m.Close(), "munmap", ErrClosed)
			wantNoHuge(t)
		}
		_, err := MapRegion(f, int64(pageSize), pageSize, rw, Shared) // the boundary of a small page
		wantError(t, err, "mmap", ErrInvalid, unix.EINVAL)
	})
	t.Run("Replace", func(t *testing.T) {
		f := memfd(t, unix.MFD_HUGETLB, int64(huge))
		m := mapped(t)(MapAnon(3*huge, rw, Private))
		content := pattern(m.Len())
		copy(m.Bytes(), content)
		first := int(-m.Addr() % uintptr(huge)) // m's first boundary of huge pages
		for _, r := range [][2]int{{first, pageSize}, {first, huge - pageSize}, {first, huge + pageSize}, {first + pageSize, huge}} {
			err := m.Replace(r[0], r[1], f, 0, rw, Shared)
			wantError(t, err, "mmap", ErrInvalid)
			wantBytes(t, fmt.Sprint(r), m.Bytes(), content)
			wantParts(t, m.Addr(), m.Len()/pageSize, fmt.Sprintf("rw- %d", m.Len()/pageSize))
			wantNoHuge(t)
		}
		must(t, m.Replace(first, huge, f, 0, rw, Shared))
		clear(content[first:][:huge])
		wantBytes(t, "replaced", m.Bytes(), content)
		must(t, m.Close())
		wantNoHuge(t)
	})
}

func wantNoHuge(t *testing.T) {
	t.Helper()
	if n := mapsOf(t, "/memfd:mmap-test"); n != 0 {
		t.Errorf("%d pages of the huge file stay mapped", n)
	}
}

// The first and the last page of a region hold bytes of the file that are not
// the Mapping's: advice that reaches the file must leave them.
func TestRemoveSparesTheFile(t *testing.T) {
	f := memfd(t, 0, 3*int64(pageSize))
	content := pattern(3 * pageSize)
	_, err := f.WriteAt(content, 0)
	must(t, err)
	m := mapped(t)(MapRegion(f, 1000, 2*pageSize, rw, Shared))
	first := pageSize - 1000
	for _, err := range []error{
		m.Advise(AdviceRemove),
		m.AdviseRange(0, first, AdviceRemove),
		m.AdviseRange(first+pageSize, 1000, AdviceRemove),
	} {
		wantError(t, err, "madvise", ErrInvalid)
		wantMessage(t, err, "neighbours")
	}
	must(t, m.AdviseRange(first, pageSize, AdviceRemove))
	clear(content[pageSize : 2*pageSize])
	got := make([]byte, len(content))
	_, err = f.ReadAt(got, 0)
	must(t, err)
	wantBytes(t, "the file", got, content)
}

// Pages that grow down would leave the Mapping.
func TestReplaceDoesNotGrowDown(t *testing.T) {
	m, intact := neighbours(t, 2)
	err := m.Replace(0, 2*pageSize, nil, 0, rw, Private|Anonymous|Flag(unix.MAP_GROWSDOWN))
	wantError(t, err, "mmap", ErrInvalid)
	wantMessage(t, err, "GROWSDOWN")
	intact()
}

// A lease makes open(2) wait, and fail with O_NONBLOCK.
func TestOpenWaitsForLease(t *testing.T) {
	f := tempFile(t, pattern(100))
	name := f.Name()
	must(t, f.Close())
	holder, err := os.OpenFile(name, os.O_RDWR, 0)
	must(t, err)
	defer holder.Close()
	broken := make(chan os.Signal, 1)
	signal.Notify(broken, unix.SIGIO)
	defer signal.Stop(broken)
	if _, err := unix.FcntlInt(holder.Fd(), unix.F_SETLEASE, unix.F_WRLCK); err != nil {
		t.Skip("no lease to be had:", err)
	}
	var wg sync.WaitGroup
	wg.Go(func() {
		<-broken
		holder.Close() // which gives up the lease
	})
	mapped(t)(Open(name))
	wg.Wait()
}
