// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package kerneltest

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"runtime"
	"sync/atomic"
	"testing"
	"unsafe"

	"github.com/facc7503/mmap"
	"github.com/facc7503/mmap/internal/mmaptest"
	"golang.org/x/sys/unix"
)

// mmapCall is the number of the system call behind MmapPtr: mmap, or mmap2 on 32
// bits. unix.SYS_MMAP is not that, or not there, on the latter.
func mmapCall() uintptr {
	switch runtime.GOARCH {
	case "amd64":
		return 9
	case "386", "arm": // mmap2
		return 192
	case "mips", "mipsle": // mmap2
		return 4210
	case "mips64", "mips64le":
		return 5009
	case "ppc64", "ppc64le", "s390x":
		return 90
	default:
		return 222
	}
}

// refuse has the kernel fail a system call with errno, in all threads and for
// as long as the process lives, where its arguments, by their index, are as
// given. Anything else goes through: name what the Go runtime does not ask for.
func refuse(t *testing.T, call uintptr, errno unix.Errno, args map[int]uintptr) {
	t.Helper()
	const ( // struct seccomp_data
		nr    = 0
		arg0  = 16
		allow = unix.SECCOMP_RET_ALLOW
	)
	var prog []unix.SockFilter
	op := func(code uint16, k uint32, jump uint8) {
		prog = append(prog, unix.SockFilter{Code: code, K: k, Jt: jump})
	}
	want := func(offset int, value uint32) {
		op(unix.BPF_LD|unix.BPF_W|unix.BPF_ABS, uint32(offset), 0)
		op(unix.BPF_JMP|unix.BPF_JEQ|unix.BPF_K, value, 1)
		op(unix.BPF_RET|unix.BPF_K, allow, 0)
	}
	low, high := 0, 4
	if binary.NativeEndian.Uint16([]byte{0, 1}) == 1 {
		low, high = 4, 0
	}
	want(nr, uint32(call))
	for i, value := range args {
		want(arg0+8*i+low, uint32(value))
		want(arg0+8*i+high, uint32(uint64(value)>>32))
	}
	op(unix.BPF_RET|unix.BPF_K, unix.SECCOMP_RET_ERRNO|uint32(errno), 0)

	runtime.LockOSThread() // no_new_privs is the thread's until TSYNC
	defer runtime.UnlockOSThread()
	mmaptest.Must(t, unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
	fprog := unix.SockFprog{Len: uint16(len(prog)), Filter: &prog[0]}
	r, _, e := unix.Syscall(unix.SYS_SECCOMP, unix.SECCOMP_SET_MODE_FILTER, unix.SECCOMP_FILTER_FLAG_TSYNC, uintptr(unsafe.Pointer(&fprog)))
	if r != 0 || e != 0 {
		t.Fatalf("seccomp: %v, thread %d", e, r)
	}
}

// needSeccomp is why refuse cannot be used, "" if it can.
func needSeccomp() string {
	_, _, e := unix.Syscall(unix.SYS_SECCOMP, unix.SECCOMP_SET_MODE_FILTER, 0, 0)
	if e != unix.EFAULT { // where there are filters, that one cannot be read
		return fmt.Sprintf("no seccomp here: %v", e)
	}
	return ""
}

// needSeccompMmap is the same for mmap itself.
func needSeccompMmap() string {
	if runtime.GOARCH == "s390x" {
		return "on s390x mmap's arguments are in memory, where seccomp does not look"
	}
	return needSeccomp()
}

// injections are the errnos that seccomp injects into a system call that a method
// makes: those that no kernel returns there, or none that a test can bring to it.
var injections = []struct {
	call   string
	method string
	errnos []unix.Errno
	inject func(*testing.T, unix.Errno) attempt
}{
	{"mmap", "Map", []unix.Errno{unix.EAGAIN, unix.ENFILE, unix.EMFILE, unix.ETXTBSY, unix.ENXIO, unix.EOVERFLOW}, refusedMap},
	{"mmap", "Replace", []unix.Errno{unix.ENXIO}, refusedReplace},
	{"mmap", "Replace over its own pages", []unix.Errno{unix.ENOMEM}, refusedReplaceAnon},
	{"mlock", "Lock", []unix.Errno{unix.EAGAIN, unix.EINVAL, unix.ENOSYS}, refused(unix.SYS_MLOCK, (*mmap.Mapping).Lock)},
	{"munlock", "Unlock", []unix.Errno{unix.ENOSYS}, refused(unix.SYS_MUNLOCK, (*mmap.Mapping).Unlock)},
	{"mincore", "Resident", []unix.Errno{unix.EAGAIN, unix.EFAULT, unix.ENOSYS}, refused(unix.SYS_MINCORE, residentOf)},
	{"madvise", "Advise", []unix.Errno{unix.EBADF, unix.EIO, unix.ENOSYS}, refused(unix.SYS_MADVISE, advise)},
	{"mprotect", "Protect", []unix.Errno{unix.ENOSYS}, refused(unix.SYS_MPROTECT, readOnly)},
	{"mremap", "Remap", []unix.Errno{unix.EINVAL, unix.ENOSYS}, refused(unix.SYS_MREMAP, grow)},
	{"msync", "Sync", []unix.Errno{unix.ENXIO, unix.EIO, unix.ENOSYS, unix.ENOSPC, unix.EDQUOT}, refused(unix.SYS_MSYNC, (*mmap.Mapping).Sync)},
	{"munmap", "Close", []unix.Errno{unix.EINVAL}, refusedClose((*mmap.Mapping).Close)},
	{"munmap", "the last Guard", []unix.Errno{unix.EAGAIN}, refusedClose(closeInGuard)},
	{"munmap", "the last Guard, which fails", []unix.Errno{unix.EAGAIN}, refusedClose(closeInFailingGuard)},
	{"munmap", "the last WriteAt", []unix.Errno{unix.EAGAIN}, closeInWriteAt},
}

// injectedRows returns a row of TestErrnos for each of injections.
func injectedRows() (rows []errnoRow) {
	for _, i := range injections {
		skip := needSeccomp
		if i.call == "mmap" {
			skip = needSeccompMmap
		}
		for _, errno := range i.errnos {
			rows = append(rows, errnoRow{
				name: "injected into " + i.call + ", " + i.method, op: i.call, errno: errno, place: child, skip: skip,
				provoke: func(t *testing.T) attempt { return i.inject(t, errno) },
			})
		}
	}
	return rows
}

// refused returns an injection into the call that method makes.
func refused(call uintptr, method func(*mmap.Mapping) error) func(*testing.T, unix.Errno) attempt {
	return func(t *testing.T, errno unix.Errno) attempt {
		f := mmaptest.TempFile(t, mmaptest.Pattern(oddPages*pageSize))
		m := mmaptest.Mapped(t)(mmap.Map(f, rw, mmap.Shared))
		refuse(t, call, errno, map[int]uintptr{1: uintptr(m.Len())})
		return attempt{m: m, f: f, call: func() error { return method(m) }}
	}
}

// refusedMap injects errno into the mapping of a file.
func refusedMap(t *testing.T, errno unix.Errno) attempt {
	f := mmaptest.TempFile(t, mmaptest.Pattern(oddPages*pageSize))
	refuse(t, mmapCall(), errno, map[int]uintptr{1: oddPages * uintptr(pageSize)})
	return attempt{f: f, call: func() error { return none(t)(mmap.Map(f, mmap.ProtRead, mmap.Shared)) }}
}

// refusedReplace injects errno into the mapping of a file over memory.
func refusedReplace(t *testing.T, errno unix.Errno) attempt {
	f := mmaptest.TempFile(t, mmaptest.Pattern(oddPages*pageSize))
	m := filled(t, oddPages)
	refuse(t, mmapCall(), errno, map[int]uintptr{1: uintptr(m.Len())})
	return attempt{m: m, f: f, call: func() error { return m.Replace(0, m.Len(), f, 0, mmap.ProtRead, mmap.Shared) }}
}

// refusedReplaceAnon injects errno into the mapping of memory over memory, and not
// into the trial that Replace makes before it.
func refusedReplaceAnon(t *testing.T, errno unix.Errno) attempt {
	m, intact := mmaptest.Neighbours(t, oddPages)
	t.Cleanup(intact)
	copy(m.Bytes(), mmaptest.Pattern(m.Len()))
	refuse(t, mmapCall(), errno, map[int]uintptr{1: uintptr(m.Len()), 3: uintptr(mmap.Private | mmap.Anonymous | mmap.Fixed)})
	return attempt{m: m, call: func() error { return m.Replace(0, m.Len(), nil, 0, rw, mmap.Private|mmap.Anonymous) }}
}

// refusedClose returns an injection into the munmap of close.
func refusedClose(close func(*mmap.Mapping) error) func(*testing.T, unix.Errno) attempt {
	return func(t *testing.T, errno unix.Errno) attempt {
		f := mmaptest.TempFile(t, mmaptest.Pattern(oddPages*pageSize))
		m, err := mmap.Map(f, rw, mmap.Shared)
		mmaptest.Must(t, err)
		needUnmap(t)
		refuse(t, unix.SYS_MUNMAP, errno, map[int]uintptr{1: uintptr(m.Len())})
		return attempt{m: m, f: f, pages: mmaptest.Pages(m), call: func() error { return close(m) }}
	}
}

// closeInFailingGuard leaves the unmapping to a Guard that returns an error of its
// own beside it.
func closeInFailingGuard(m *mmap.Mapping) error {
	var closed error
	err := m.Guard(func([]byte) error { closed = m.Close(); return io.ErrUnexpectedEOF })
	both, ok := err.(interface{ Unwrap() []error })
	if closed != nil || !ok || len(both.Unwrap()) != 2 || both.Unwrap()[0] != io.ErrUnexpectedEOF {
		return fmt.Errorf("Close inside of Guard: got %v; Guard: got %v, want %v and another error", closed, err, io.ErrUnexpectedEOF)
	}
	return both.Unwrap()[1]
}

// closeInWriteAt injects errno into the munmap of a WriteAt: Close comes while it
// copies.
func closeInWriteAt(t *testing.T, errno unix.Errno) attempt {
	runtime.GOMAXPROCS(2) // a copy cannot be preempted
	p := bytes.Repeat([]byte{1}, 16<<20+oddPages*pageSize)
	needUnmap(t)
	refuse(t, unix.SYS_MUNMAP, errno, map[int]uintptr{1: uintptr(len(p))})
	for range 100 {
		m, err := mmap.MapAnon(len(p), rw, mmap.Private)
		mmaptest.Must(t, err)
		pages := mmaptest.Pages(m)
		words, err := mmap.Slice[uint32](m, 0, mmap.ToEnd)
		mmaptest.Must(t, err)
		written := make(chan error, 1)
		go func() { written <- mmaptest.ErrorOf(m.WriteAt(p, 0)) }()
		for atomic.LoadUint32(&words[0]) == 0 && len(written) == 0 { // until it copies
			runtime.Gosched()
		}
		closed := m.Close()
		if err := <-written; closed == nil {
			return attempt{m: m, pages: pages, call: func() error { return err }}
		}
		base := uintptr(unsafe.Pointer(&pages[0]))
		mmaptest.Unmap(t, base, pageSize) // in parts it is not refused
		mmaptest.Unmap(t, base+uintptr(pageSize), len(p)-pageSize)
	}
	t.Fatal("Close never came while WriteAt was inside")
	return attempt{}
}

// needUnmap skips a test of what Close does by munmap where the mmapdebug build
// does it by mmap.
func needUnmap(t *testing.T) {
	t.Helper()
	if mmaptest.Poisons(t) {
		t.Skip("in the mmapdebug build Close calls no munmap")
	}
}
