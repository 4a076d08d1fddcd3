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
	"os/signal"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/facc7503/mmap"
	"github.com/facc7503/mmap/internal/mmaptest"
	"golang.org/x/sys/unix"
)

// TestCloseUnmapsWholePages looks at what Close leaves.
func TestCloseUnmapsWholePages(t *testing.T) {
	f := mmaptest.TempFile(t, mmaptest.Pattern(4*pageSize))
	for _, r := range []struct{ offset, n, pages int }{
		{0, 1, 1}, {1000, 1, 1}, {1000, pageSize, 2}, {pageSize - 1, 2, 2}, {1000, 2 * pageSize, 3}, {pageSize, pageSize, 1}, {0, mmap.ToEnd, 4},
	} {
		t.Run(fmt.Sprintf("%d bytes at %d", r.n, r.offset), func(t *testing.T) {
			m := mmaptest.Mapped(t)(mmap.MapRegion(f, int64(r.offset), r.n, mmap.ProtRead, mmap.Shared))
			if n := mmaptest.MapsOf(t, f.Name()); n != r.pages {
				t.Errorf("MapRegion: %d pages are mapped, want %d", n, r.pages)
			}
			mmaptest.Must(t, m.Close())
			if n := mmaptest.MapsOf(t, f.Name()); n != 0 {
				t.Errorf("Close: %d pages are mapped, want 0", n)
			}
		})
	}
}

// TestNothingLeaks counts what constructors that fail, and Open, leave behind.
func TestNothingLeaks(t *testing.T) {
	f := mmaptest.TempFile(t, mmaptest.Pattern(2*pageSize))
	ro := mmaptest.OpenFile(t, f.Name(), os.O_RDONLY)
	anon := mmaptest.Anon(t, pageSize)
	dir := t.TempDir()
	before := 0
	for i := range 101 {
		if i == 1 { // the first round opens what the runtime needs
			before = mmaptest.OpenDescriptors(t)
		}
		m, err := mmap.Open(f.Name())
		mmaptest.Must(t, err)
		mmaptest.Must(t, m.Close())
		for _, err := range []error{
			mmaptest.ErrorOf(mmap.Open(dir)),
			mmaptest.ErrorOf(mmap.Open("/dev/null")),
			mmaptest.ErrorOf(mmap.Map(ro, rw, mmap.Shared)),
			mmaptest.ErrorOf(mmap.MapRegion(f, 0, -1-1, mmap.ProtRead, mmap.Shared)),
			mmaptest.ErrorOf(mmap.MapRegion(f, 1000, 10, mmap.ProtRead, mmap.Shared|mmap.Fixed)),
			mmaptest.ErrorOf(mmap.MapAt(anon.Addr(), int(f.Fd()), 0, 10, mmap.ProtRead, mmap.Shared|mmap.FixedNoReplace)),
			mmaptest.ErrorOf(mmap.MapAt(anon.Addr()+1, int(f.Fd()), 0, 10, mmap.ProtRead, mmap.Shared|mmap.Fixed)),
			anon.Replace(0, pageSize, ro, 0, rw, mmap.Shared),
			anon.Replace(1, 1, ro, 0, mmap.ProtRead, mmap.Shared),
		} {
			if err == nil {
				t.Fatal("no error")
			}
		}
	}
	if n := mmaptest.OpenDescriptors(t); n != before {
		t.Errorf("%d descriptors, %d before", n, before)
	}
	if n := mmaptest.MapsOf(t, f.Name()); n != 0 {
		t.Errorf("%d pages stay mapped", n)
	}
}

// TestTailNeverReachesFile stores behind the end of a file that grows later. That
// it stays out of the file is the file system's doing, not the package's.
func TestTailNeverReachesFile(t *testing.T) {
	for _, name := range []string{"growing", "growing after Sync"} {
		t.Run(name, func(t *testing.T) {
			f := mmaptest.TempFile(t, mmaptest.Pattern(pageSize+904))
			var st unix.Statfs_t
			mmaptest.Must(t, unix.Fstatfs(int(f.Fd()), &st))
			if st.Type != unix.EXT4_SUPER_MAGIC && st.Type != unix.XFS_SUPER_MAGIC {
				t.Skipf("on a file system of type %#x the tail may show up in the file", st.Type)
			}
			m := mmaptest.Mapped(t)(mmap.Map(f, rw, mmap.Shared))
			copy(mmaptest.Pages(m)[m.Len():], mmaptest.Pattern(100))
			if name != "growing" {
				mmaptest.Must(t, m.Sync())
			}
			mmaptest.Must(t, f.Truncate(int64(2*pageSize)))
			mmaptest.Must(t, m.Sync())
			got, err := os.ReadFile(f.Name())
			mmaptest.Must(t, err)
			mmaptest.WantBytes(t, "file", got[:pageSize+904], mmaptest.Pattern(pageSize+904))
			if !bytes.Equal(got[pageSize+904:], make([]byte, pageSize-904)) {
				t.Skip("this kernel's file system lets the tail show up in the file")
			}
		})
	}
}

func TestMemory(t *testing.T) {
	f := mmaptest.Memfd(t, 0, 100)
	m := mmaptest.Mapped(t)(mmap.Map(f, rw, mmap.Shared))
	copy(m.Bytes(), mmaptest.Pattern(100))
	mmaptest.Must(t, m.Sync())
	got := make([]byte, 100)
	_, err := f.ReadAt(got, 0)
	mmaptest.Must(t, err)
	mmaptest.WantBytes(t, "memfd", got, mmaptest.Pattern(100))

	name := fmt.Sprintf("/dev/shm/mmap-test-%d", os.Getpid())
	mmaptest.Must(t, os.WriteFile(name, got, 0o600))
	defer os.Remove(name)
	mmaptest.WantBytes(t, "/dev/shm", mmaptest.Mapped(t)(mmap.Open(name)).Bytes(), got)
}

// TestProcFile maps files that claim to be empty, and are not.
func TestProcFile(t *testing.T) {
	for _, name := range []string{"/proc/self/status", "/proc/meminfo", "/proc/net/tcp", "/proc/sys/kernel/ostype"} {
		t.Run(name, func(t *testing.T) {
			f, err := os.Open(name)
			if errors.Is(err, fs.ErrNotExist) {
				t.Skipf("there is no such file here: %v", err)
			}
			mmaptest.Must(t, err)
			defer f.Close()
			for call, err := range map[string]error{
				"Open":      mmaptest.ErrorOf(mmap.Open(name)),
				"Map":       mmaptest.ErrorOf(mmap.Map(f, mmap.ProtRead, mmap.Private)),
				"MapRegion": mmaptest.ErrorOf(mmap.MapRegion(f, 0, 100, mmap.ProtRead, mmap.Private)),
			} {
				mmaptest.WantError(t, err, "mmap", mmap.ErrNotMappable, errors.ErrUnsupported)
				mmaptest.WantMessage(t, err, name, "read it instead")
				if t.Failed() {
					t.Fatalf("%s(%s): %v", call, name, err)
				}
			}
		})
	}
}

// TestEmptyFileModes maps an empty file as it was not opened for.
func TestEmptyFileModes(t *testing.T) {
	f := mmaptest.TempFile(t, nil)
	for _, test := range []struct {
		name  string
		mode  int
		prot  mmap.Prot
		flags mmap.Flag
		want  error
	}{
		{"to read", os.O_RDONLY, mmap.ProtRead, mmap.Shared, nil},
		{"to read and write", os.O_RDWR, rw, mmap.Shared, nil},
		{"copies", os.O_RDONLY, rw, mmap.Private, nil},
		{"populated", os.O_RDWR, rw, mmap.Shared | mmap.Populate, nil},
		{"O_WRONLY", os.O_WRONLY, mmap.ProtRead, mmap.Shared, mmap.ErrAccess},
		{"O_RDONLY, Shared stores", os.O_RDONLY, rw, mmap.Shared, mmap.ErrAccess},
		{"O_PATH", unix.O_PATH, mmap.ProtRead, mmap.Shared, mmap.ErrBadFD},
	} {
		t.Run(test.name, func(t *testing.T) {
			m, err := mmap.Map(mmaptest.OpenFile(t, f.Name(), test.mode), test.prot, test.flags)
			if test.want != nil {
				mmaptest.WantError(t, err, "mmap", test.want)
				return
			}
			wantEmpty(t, mmaptest.Mapped(t)(m, err))
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
	disk := mmaptest.TempFile(t, mmaptest.Pattern(8*pageSize))
	closed := mmaptest.OpenFile(t, disk.Name(), os.O_RDWR)
	mmaptest.Must(t, closed.Close())
	r, w, err := os.Pipe()
	mmaptest.Must(t, err)
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM, 0)
	mmaptest.Must(t, err)
	t.Cleanup(func() { unix.Close(pair[1]) })
	event, err := unix.Eventfd(0, 0)
	mmaptest.Must(t, err)
	epoll, err := unix.EpollCreate1(0)
	mmaptest.Must(t, err)
	timer, err := unix.TimerfdCreate(unix.CLOCK_MONOTONIC, 0)
	mmaptest.Must(t, err)
	open := func(name string, flag int) *os.File {
		f, err := os.OpenFile(name, flag, 0)
		mmaptest.Must(t, err)
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
		"read only, Shared": mmaptest.OpenFile(t, disk.Name(), os.O_RDONLY),
		"write only":        mmaptest.OpenFile(t, disk.Name(), os.O_WRONLY),
		"path only":         mmaptest.OpenFile(t, disk.Name(), unix.O_PATH),
		"sealed, Shared":    mmaptest.Memfd(t, unix.MFD_ALLOW_SEALING, int64(8*pageSize)),
	}
	_, err = unix.FcntlInt(files["sealed, Shared"].Fd(), unix.F_ADD_SEALS, unix.F_SEAL_WRITE)
	mmaptest.Must(t, err)
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
		"read only, Shared": {mmap.ErrAccess, fs.ErrPermission},
		"write only":        {mmap.ErrAccess, fs.ErrPermission},
		"path only":         {mmap.ErrBadFD, unix.EBADF},
		"sealed, Shared":    {mmap.ErrPermission, fs.ErrPermission, unix.EPERM},
		"proc":              nil, // EIO or ENODEV
	}
	m, intact := mmaptest.Neighbours(t, 4)
	content := mmaptest.Pattern(m.Len())
	copy(m.Bytes(), content)
	mmaptest.Must(t, m.ProtectRange(3*pageSize, pageSize, mmap.ProtRead))
	for name, f := range badFiles(t) {
		targets, ok := want[name]
		if !ok {
			targets = []error{mmap.ErrNotMappable, errors.ErrUnsupported, unix.ENODEV}
		}
		flags := mmap.Private
		if strings.HasSuffix(name, "Shared") {
			flags = mmap.Shared
		}
		got, err := mmap.MapRegion(f, 0, pageSize, rw, flags)
		if got != nil {
			t.Errorf("%s: got a Mapping", name)
		}
		mmaptest.WantError(t, err, "mmap", targets...)
		for _, r := range [][2]int{{0, 1}, {1, 2}, {3, 1}, {0, 4}} {
			err := m.Replace(r[0]*pageSize, r[1]*pageSize, f, 0, rw, flags)
			mmaptest.WantError(t, err, "mmap", targets...)
			mmaptest.WantMessage(t, err, f.Name())
			mmaptest.WantBytes(t, name, m.Bytes(), content)
			mmaptest.WantParts(t, m.Addr()-uintptr(pageSize), 6, "rw- 4, r-- 1, rw- 1")
			intact()
		}
	}
}

func TestReplaceLeavesNoHole(t *testing.T) {
	f := mmaptest.TempFile(t, mmaptest.Pattern(pageSize))
	m, intact := mmaptest.Neighbours(t, 4)
	base := m.Addr() - uintptr(pageSize)
	mmaptest.Must(t, m.Replace(pageSize, pageSize, f, 0, mmap.ProtRead, mmap.Shared))
	mmaptest.WantParts(t, base, 6, "rw- 2, r-- 1, rw- 3")
	mmaptest.Must(t, m.Replace(pageSize, 2*pageSize, nil, 0, mmap.ProtNone, mmap.Private|mmap.Anonymous))
	mmaptest.WantParts(t, base, 6, "rw- 2, --- 2, rw- 2")

	mmaptest.Unmap(t, m.Addr()+uintptr(3*pageSize), pageSize)
	mmaptest.WantParts(t, base, 6, "rw- 2, --- 2, none 1, rw- 1")
	mmap.FillHole(m.Addr()+uintptr(3*pageSize), uintptr(pageSize))
	mmaptest.WantParts(t, base, 6, "rw- 2, --- 3, rw- 1")
	intact()
}

func TestFixedNoReplace(t *testing.T) {
	m, intact := mmaptest.Neighbours(t, 2)
	content := mmaptest.Pattern(m.Len())
	copy(m.Bytes(), content)
	for _, addr := range []uintptr{m.Addr(), m.Addr() + uintptr(pageSize)} {
		got, err := mmap.MapAt(addr, -1, 0, 2*pageSize, rw, mmap.Private|mmap.Anonymous|mmap.FixedNoReplace)
		if got != nil {
			t.Error("got a Mapping")
		}
		mmaptest.WantError(t, err, "mmap", mmap.ErrExist, fs.ErrExist, unix.EEXIST)
	}
	_, err := mmap.MapAt(m.Addr()+1, -1, 0, pageSize, rw, mmap.Private|mmap.Anonymous|mmap.FixedNoReplace)
	mmaptest.WantError(t, err, "mmap", mmap.ErrInvalid)
	mmaptest.WantBytes(t, "what was there", m.Bytes(), content)

	addr := m.Addr() + uintptr(pageSize)
	mmaptest.Unmap(t, addr, pageSize)
	got, err := mmap.MapAt(addr, -1, 0, pageSize, rw, mmap.Private|mmap.Anonymous|mmap.FixedNoReplace) // m's neighbour to unmap
	mmaptest.Must(t, err)
	if got.Addr() != addr {
		t.Errorf("at %#x, not %#x", got.Addr(), addr)
	}
	intact()
}

func TestSharedValidate(t *testing.T) {
	f := mmaptest.TempFile(t, mmaptest.Pattern(100))
	m, err := mmap.Map(f, rw, mmap.SharedValidate)
	if errors.Is(err, unix.EINVAL) {
		t.Skipf("no SharedValidate here (Linux 4.15): %v", err)
	}
	mmaptest.WantBytes(t, "SharedValidate", mmaptest.Mapped(t)(m, err).Bytes(), mmaptest.Pattern(100))
	_, err = mmap.Map(f, rw, mmap.SharedValidate|0x400000)
	mmaptest.WantError(t, err, "mmap", mmap.ErrUnsupported, errors.ErrUnsupported, unix.EOPNOTSUPP)
	mmaptest.WantMessage(t, err, "SharedValidate|0x400000")
}

// TestDiscard is about advice that drops bytes: never more than were named.
func TestDiscard(t *testing.T) {
	m := mmaptest.Anon(t, 3*pageSize+100)
	content := mmaptest.Pattern(m.Len())
	copy(m.Bytes(), content)
	for _, advice := range []mmap.Advice{
		mmap.AdviceDontNeed, mmap.AdviceFree, mmap.AdviceRemove, mmap.AdviceDontFork, mmap.AdviceWipeOnFork, mmap.AdviceDontNeedLocked, mmap.AdviceGuardInstall, mmap.AdviceGuardRemove, 12345, -1,
	} {
		t.Run(advice.String(), func(t *testing.T) {
			for _, r := range [][2]int{{0, 1}, {1, pageSize}, {pageSize, pageSize + 1}, {pageSize - 1, pageSize + 1}, {3 * pageSize, 99}, {1, m.Len() - 1}} {
				err := m.AdviseRange(r[0], r[1], advice)
				mmaptest.WantError(t, err, "madvise", mmap.ErrInvalid)
				if errors.As(err, new(unix.Errno)) {
					t.Errorf("%v for %v: the system was asked", advice, r)
				}
				mmaptest.WantMessage(t, err, "whole pages")
			}
			mmaptest.WantBytes(t, advice.String(), m.Bytes(), content)
		})
	}
	mmaptest.Must(t, m.AdviseRange(pageSize, pageSize, mmap.AdviceDontNeed))
	clear(content[pageSize:][:pageSize])
	mmaptest.WantBytes(t, "the second page dropped", m.Bytes(), content)
	mmaptest.Must(t, m.AdviseRange(3*pageSize, 100, mmap.AdviceDontNeed))
	clear(content[3*pageSize:])
	mmaptest.WantBytes(t, "the last page dropped", m.Bytes(), content)

	mmaptest.WantMessage(t, m.Advise(12345), "whole pages") // it may be advice that reaches a file
	err := m.AdviseRange(pageSize, pageSize, 12345)
	mmaptest.WantError(t, err, "madvise", mmap.ErrInvalid, unix.EINVAL)
	mmaptest.WantMessage(t, err, "does not know the advice")
}

// TestKeptAdvice wants no advice that loses nothing to be refused for its range.
func TestKeptAdvice(t *testing.T) {
	m := mmaptest.Anon(t, 3*pageSize)
	content := mmaptest.Pattern(m.Len())
	copy(m.Bytes(), content)
	for _, n := range mmap.Names() {
		advice, ok := n.Value.(mmap.Advice)
		if !ok || !mmap.KeepsBytes(advice) {
			continue
		}
		// Some kernels are built without some advice.
		if err := m.AdviseRange(1, pageSize, advice); err != nil && !errors.As(err, new(unix.Errno)) {
			t.Errorf("%s: %v", n.Name, err)
		}
		mmaptest.WantBytes(t, n.Name, m.Bytes(), content)
	}
	for _, advice := range []mmap.Advice{mmap.AdviceSequential, mmap.AdviceDontDump, mmap.AdviceDoDump} {
		mmaptest.Must(t, m.AdviseRange(7, pageSize, advice))
	}
}

func TestResident(t *testing.T) {
	m := mmaptest.Anon(t, 4*pageSize)
	if err := m.Advise(mmap.AdviceNoHugePage); err != nil {
		t.Logf("no transparent huge pages to turn off: %v", err)
	}
	resident := func(want ...bool) {
		t.Helper()
		got, err := m.Resident(0, m.Len())
		mmaptest.Must(t, err)
		if !slices.Equal(got, want) {
			t.Errorf("resident: %v, want %v", got, want)
		}
	}
	if got, err := m.Resident(0, pageSize); err == nil && got[0] {
		t.Skip("mincore says here that each page is resident (gVisor)")
	}
	resident(false, false, false, false)
	m.Bytes()[2*pageSize] = 1
	resident(false, false, true, false)
	mmaptest.Lock(t, m, pageSize-1, 2) // is widened, to both its pages
	resident(true, true, true, false)
	mmaptest.Must(t, m.UnlockRange(pageSize-1, 2))
	mmaptest.Must(t, m.Advise(mmap.AdviceDontNeed))
	resident(false, false, false, false)

	populated := mmaptest.Mapped(t)(mmap.MapAnon(4*pageSize, rw, mmap.Private|mmap.Populate))
	got, err := populated.Resident(0, populated.Len())
	mmaptest.Must(t, err)
	if slices.Contains(got, false) {
		t.Errorf("populated: %v", got)
	}
}

func TestPopulatePastEnd(t *testing.T) {
	f := mmaptest.TempFile(t, mmaptest.Pattern(pageSize))
	m := mmaptest.Mapped(t)(mmap.MapRegion(f, 0, 2*pageSize, rw, mmap.Shared))
	if err := m.AdviseRange(0, 1, mmap.AdvicePopulateRead); errors.Is(err, unix.EINVAL) {
		t.Skipf("this kernel cannot populate: %v", err)
	} else if err != nil {
		t.Error(err)
	}
	for _, advice := range []mmap.Advice{mmap.AdvicePopulateRead, mmap.AdvicePopulateWrite} {
		err := m.AdviseRange(pageSize, 1, advice)
		mmaptest.WantError(t, err, "madvise", mmap.ErrFault, unix.EFAULT)
		mmaptest.WantMessage(t, err, f.Name(), "past the end of the file")
	}
}

func TestSyncLocked(t *testing.T) {
	f := mmaptest.TempFile(t, mmaptest.Pattern(2*pageSize))
	m := mmaptest.Mapped(t)(mmap.Map(f, rw, mmap.Shared))
	mmaptest.Lock(t, m, pageSize, 1)
	err := m.SyncRange(0, m.Len(), mmap.SyncWait|mmap.SyncInvalidate)
	mmaptest.WantError(t, err, "msync", mmap.ErrBusy, unix.EBUSY)
	mmaptest.WantMessage(t, err, "Unlock")
	mmaptest.Must(t, m.SyncRange(0, pageSize, mmap.SyncWait|mmap.SyncInvalidate))
	mmaptest.Must(t, m.Sync())
}

// TestSyncExact gives msync a flag that may drop bytes, for all that is known.
func TestSyncExact(t *testing.T) {
	m := mmaptest.Anon(t, 2*pageSize)
	err := m.SyncRange(1, 1, mmap.SyncWait|1<<20)
	mmaptest.WantError(t, err, "msync", mmap.ErrInvalid)
	if errors.As(err, new(unix.Errno)) {
		t.Errorf("%v: the system was asked", err)
	}
	mmaptest.WantError(t, m.SyncRange(0, pageSize, mmap.SyncWait|1<<20), "msync", mmap.ErrInvalid, unix.EINVAL)
}

func TestLockNoAccess(t *testing.T) {
	m := mmaptest.Mapped(t)(mmap.Reserve(pageSize))
	err := m.Lock()
	if errors.Is(err, mmap.ErrPermission) {
		t.Skipf("RLIMIT_MEMLOCK is 0: %v", err)
	}
	mmaptest.WantError(t, err, "mlock", mmap.ErrNoMemory, unix.ENOMEM)
	mmaptest.WantMessage(t, err, "RLIMIT_MEMLOCK")
}

// TestKeepsNonblocking wants the descriptor as it was: os.File.Fd makes it block.
func TestKeepsNonblocking(t *testing.T) {
	r, w, err := os.Pipe()
	mmaptest.Must(t, err)
	defer r.Close()
	defer w.Close()
	m := mmaptest.Anon(t, pageSize)
	mmaptest.WantError(t, mmaptest.ErrorOf(mmap.Map(r, mmap.ProtRead, mmap.Shared)), "mmap", mmap.ErrNotMappable)
	mmaptest.WantError(t, m.Replace(0, pageSize, r, 0, mmap.ProtRead, mmap.Shared), "mmap", mmap.ErrNotMappable)
	c, err := r.SyscallConn()
	mmaptest.Must(t, err)
	mmaptest.Must(t, c.Control(func(fd uintptr) {
		if fl, err := unix.FcntlInt(fd, unix.F_GETFL, 0); err != nil || fl&unix.O_NONBLOCK == 0 {
			t.Errorf("the flags of the pipe are %#x (%v)", fl, err)
		}
	}))
}

// TestHugeLength wants lengths that the system would round up refused before
// it sees them.
func TestHugeLength(t *testing.T) {
	const huge = 2 << 20
	sizes := map[mmap.Flag]int{mmap.HugeTLB | mmap.Huge2MB: huge, mmap.HugeTLB | mmap.Huge16KB: 16 << 10, mmap.HugeTLB | mmap.Huge1GB: 1 << 30}
	if n := mmaptest.HugePage(t); n != 0 {
		sizes[mmap.HugeTLB] = n
	} else {
		t.Log("the system has no huge pages by default")
	}
	m := mmaptest.Anon(t, pageSize)
	for flags, size := range sizes {
		for _, n := range []int{1, size - 1, size + 1, size / 2, size + size/2} {
			err := mmaptest.ErrorOf(mmap.MapAnon(n, rw, mmap.Private|flags))
			mmaptest.WantError(t, err, "mmap", mmap.ErrInvalid)
			if errors.As(err, new(unix.Errno)) {
				t.Errorf("%v: the system was asked", err)
			}
			mmaptest.WantMessage(t, err, "not a multiple of the huge page of "+strconv.Itoa(size))
		}
		if err := (mmap.Request{Flags: flags, N: size}).CheckHuge(false); err != nil {
			t.Error(err)
		}
		if pageSize%size != 0 {
			err := m.Replace(0, pageSize, nil, 0, rw, mmap.Private|mmap.Anonymous|flags)
			mmaptest.WantMessage(t, err, "not a multiple of the huge page")
		}
	}
}

// The first and the last page of a region hold bytes of the file that are not
// the Mapping's: advice that reaches the file must leave them.
func TestRemoveSparesTheFile(t *testing.T) {
	f := mmaptest.Memfd(t, 0, 3*int64(pageSize))
	content := mmaptest.Pattern(3 * pageSize)
	_, err := f.WriteAt(content, 0)
	mmaptest.Must(t, err)
	m := mmaptest.Mapped(t)(mmap.MapRegion(f, 1000, 2*pageSize, rw, mmap.Shared))
	first := pageSize - 1000
	for _, err := range []error{
		m.Advise(mmap.AdviceRemove),
		m.AdviseRange(0, first, mmap.AdviceRemove),
		m.AdviseRange(first+pageSize, 1000, mmap.AdviceRemove),
	} {
		mmaptest.WantError(t, err, "madvise", mmap.ErrInvalid)
		mmaptest.WantMessage(t, err, "neighbours")
	}
	err = m.AdviseRange(first, pageSize, mmap.AdviceRemove)
	if errors.Is(err, mmap.ErrUnsupported) {
		t.Skipf("no AdviceRemove here: %v", err)
	}
	mmaptest.Must(t, err)
	clear(content[pageSize : 2*pageSize])
	got := make([]byte, len(content))
	_, err = f.ReadAt(got, 0)
	mmaptest.Must(t, err)
	mmaptest.WantBytes(t, "the file", got, content)
}

// Pages that grow down would leave the Mapping.
func TestReplaceDoesNotGrowDown(t *testing.T) {
	m, intact := mmaptest.Neighbours(t, 2)
	err := m.Replace(0, 2*pageSize, nil, 0, rw, mmap.Private|mmap.Anonymous|mmap.Flag(unix.MAP_GROWSDOWN))
	mmaptest.WantError(t, err, "mmap", mmap.ErrInvalid)
	mmaptest.WantMessage(t, err, "GROWSDOWN")
	intact()
}

// A lease makes open(2) wait, and fail with O_NONBLOCK.
func TestOpenWaitsForLease(t *testing.T) {
	f := mmaptest.TempFile(t, mmaptest.Pattern(100))
	name := f.Name()
	mmaptest.Must(t, f.Close())
	holder, err := os.OpenFile(name, os.O_RDWR, 0)
	mmaptest.Must(t, err)
	defer holder.Close()
	broken := make(chan os.Signal, 1)
	signal.Notify(broken, unix.SIGIO)
	defer signal.Stop(broken)
	if _, err := unix.FcntlInt(holder.Fd(), unix.F_SETLEASE, unix.F_WRLCK); err != nil {
		t.Skip("the system grants no lease:", err)
	}
	var wg sync.WaitGroup
	wg.Go(func() {
		<-broken
		holder.Close() // which gives up the lease
	})
	mmaptest.Mapped(t)(mmap.Open(name))
	wg.Wait()
}

// TestRefusals wants what the caller did wrong, and no other cause, in what calls
// say.
func TestRefusals(t *testing.T) {
	f := mmaptest.TempFile(t, mmaptest.Pattern(pageSize))
	m := mmaptest.Mapped(t)(mmap.Map(f, rw, mmap.Shared))
	fd, err := unix.EpollCreate1(0)
	mmaptest.Must(t, err)
	epoll := os.NewFile(uintptr(fd), "epoll")
	defer epoll.Close()
	empty := mmaptest.Mapped(t)(mmap.MapRegion(mmaptest.TempFile(t, nil), 0, 42, rw, mmap.Shared))
	memory := mmaptest.Mapped(t)(mmap.Reserve(pageSize))
	anon := mmaptest.Anon(t, 4*pageSize)
	mmaptest.Must(t, anon.ProtectRange(pageSize, pageSize, mmap.ProtRead))
	for _, test := range []struct {
		name  string
		err   error
		words []string // "!" before what must not be there
	}{
		{"too much to commit", ofMemory("mmap", rw, mmap.Private).Fail(unix.ENOMEM), []string{"NoReserve", "vm.overcommit_memory"}},
		{"nothing to commit", ofFile("mmap", rw, mmap.Shared).Fail(unix.ENOMEM), []string{"!NoReserve"}},
		{"perf ring", ofFile("mmap", rw, mmap.Shared).Fail(unix.EPERM), []string{"RLIMIT_MEMLOCK", "rings of perf and BPF", "!noexec"}},
		{"huge pages that grow", mmap.Request{Op: "mremap", N: 10, Flags: mmap.Private | mmap.HugeTLB, Remap: mmap.RemapMayMove}.Fail(unix.EINVAL), []string{"huge, which do not grow", "!multiple", "!address space"}},
		{"parts that grow", anon.Remap(8*pageSize, mmap.RemapMayMove), []string{"ProtectRange, LockRange, AdviseRange", "has split it"}},
		{"AdviceRemove", anon.Advise(mmap.AdviceRemove), []string{"all from offset 0, AdviceRemove", "these are Private", "!shared"}},
		{"Slice to the end, past it", mmaptest.ErrorOf(mmap.Slice[uint64](m, pageSize+8, mmap.ToEnd)), []string{fmt.Sprintf("all from offset %d, but the Mapping has %d bytes", pageSize+8, pageSize)}},
		{"LockRange", mmap.Request{Op: "mlock", Off: 1, N: 1}.Fail(unix.ENOMEM), []string{"perhaps", "RLIMIT_MEMLOCK", "cannot be read", "vm.max_map_count"}},
		{"Lock", mmap.Request{Op: "mlock", N: mmap.ToEnd}.Fail(unix.ENOMEM), []string{"RLIMIT_MEMLOCK", "!vm.max_map_count"}},
		{"past the end of the file", mmaptest.ErrorOf(empty.WriteAt([]byte("x"), 0)), []string{": the file is shorter than the Mapping"}},
		{"a store without ProtWrite", mmaptest.ErrorOf(mmaptest.Mapped(t)(mmap.Open(f.Name())).WriteAt([]byte("x"), 0)), []string{": the Mapping has no ProtWrite (map with ProtRead|ProtWrite)"}},
		{"past the end of the file, with ProtWrite", mmaptest.ErrorOf(empty.WriteAt([]byte("x"), 0)), []string{"!ProtWrite"}},
		{"begins within a page", anon.ProtectRange(1, pageSize-1, rw), []string{fmt.Sprintf("length %d at offset 1, ProtRead|ProtWrite", pageSize-1), "it begins within one", "neighbours"}},
		{"ends within a page", anon.ProtectRange(pageSize, 1, rw), []string{"is not whole pages", "it ends within one", "neighbours"}},
		{"unknown advice", anon.AdviseRange(0, 1, 12345), []string{"length 1 at offset 0, 0x3039", "it ends within one", "behind the Mapping"}},
		{"SharedValidate without a file", ofMemory("mmap", rw, mmap.SharedValidate).Fail(unix.EINVAL), []string{"SharedValidate is for files", "!this kernel"}},
		{"Droppable of a file", ofFile("mmap", rw, mmap.Droppable).Fail(unix.EINVAL), []string{"Droppable for memory without a file", "!this kernel"}},
		{"SharedValidate", ofFile("mmap", rw, mmap.SharedValidate).Fail(unix.EINVAL), []string{"this kernel does not know SharedValidate", "!is for files"}},
		{"Droppable", ofMemory("mmap", rw, mmap.Droppable).Fail(unix.EINVAL), []string{"Droppable (Linux 6.11)", "!is for files"}},
		{"unknown flag", ofFile("mmap", rw, mmap.SharedValidate).Fail(unix.EOPNOTSUPP), []string{"does not support one of the flags", "!DAX"}},
		{"Remap in Guard", anon.Guard(func([]byte) error { return anon.Remap(pageSize, 0) }), []string{fmt.Sprintf("to length %d", pageSize), "try again"}},
		{"Replace out of range", m.Replace(-1, 1, epoll, 0, rw, mmap.Private), []string{f.Name(), "!epoll"}},
		{"offset of HugeTLB", mmaptest.ErrorOf(mmap.MapRegion(f, 100, 1, rw, mmap.Private|mmap.HugeTLB)), []string{"offset 100 is not a multiple", "!address"}},
		{"fixed address", mmaptest.ErrorOf(mmap.MapAt(uintptr(pageSize+1), -1, 0, 1, rw, mmap.Private|mmap.Anonymous|mmap.Fixed)), []string{fmt.Sprintf("address %#x is not a multiple", pageSize+1), "!offset 0 is"}},
		{"no file", mmaptest.ErrorOf(memory.ReadAt(make([]byte, 1), 0)), []string{"protected", "!the file", "!disk"}},
		{"negative offset, ToEnd", mmaptest.ErrorOf(mmap.MapRegion(f, -1, mmap.ToEnd, rw, mmap.Shared)), []string{"offset -1 is negative", "!ToEnd"}},
		{"ToEnd past the end", m.SyncRange(pageSize+1, mmap.ToEnd, mmap.SyncWait), []string{fmt.Sprintf("all from offset %d", pageSize+1), "!length"}},
		{"unknown sync flag", m.SyncRange(0, mmap.ToEnd, mmap.SyncWait|0x100), []string{"all from offset 0", "SyncWait|0x100", "does not know one of the flags", "!nothing to write to"}},
		{"HugeTLB for an empty file", mmaptest.ErrorOf(mmap.Map(mmaptest.TempFile(t, nil), mmap.ProtRead, mmap.Shared|mmap.HugeTLB)), []string{"HugeTLB is for anonymous memory"}},
		{"HugeTLB for a file", mmaptest.ErrorOf(mmap.Map(f, mmap.ProtRead, mmap.Shared|mmap.HugeTLB)), []string{f.Name(), "HugeTLB is for anonymous memory"}},
		{"no size", mmaptest.ErrorOf(mmap.Map(epoll, mmap.ProtRead, mmap.Shared)), []string{"epoll", "MapRegion with a length, or read it instead"}},
		{"/proc", mmaptest.ErrorOf(mmap.Open("/proc/self/status")), []string{"read it instead", "!length 0", "!try that"}},
		{"out of the address space", mmaptest.ErrorOf(mmap.MapAt(-uintptr(pageSize), -1, 0, pageSize, rw, mmap.Private|mmap.Anonymous|mmap.Fixed)), []string{
			fmt.Sprintf("at address %#x", -uintptr(pageSize)), "not in the address space",
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			if test.err == nil || errors.Is(test.err, unix.ENOSYS) {
				t.Skipf("not refused here, or not for this: %v (gVisor)", test.err)
			}
			for _, word := range test.words {
				if word, not := strings.CutPrefix(word, "!"); !not {
					mmaptest.WantMessage(t, test.err, word)
				} else if strings.Contains(test.err.Error(), word) {
					t.Errorf("%q has %q", test.err, word)
				}
			}
		})
	}
}
