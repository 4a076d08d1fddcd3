// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build unix

package mmap_test

import (
	"errors"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"testing"
	"unsafe"

	"github.com/facc7503/mmap"
	"github.com/facc7503/mmap/internal/mmaptest"
	"golang.org/x/sys/unix"
)

func TestOpenSpecialFiles(t *testing.T) {
	dir := t.TempDir()
	fifo := filepath.Join(dir, "fifo")
	mmaptest.Must(t, unix.Mkfifo(fifo, 0o600))
	socket := filepath.Join(dir, "socket")
	listener, err := net.Listen("unix", socket)
	mmaptest.Must(t, err)
	defer listener.Close()
	for _, test := range []openFailure{
		{socket, "mmap", []error{mmap.ErrNotMappable, errors.ErrUnsupported}, "socket"},
		{dir, "mmap", []error{mmap.ErrNotMappable, errors.ErrUnsupported, unix.ENODEV}, "directory"},
		{fifo, "mmap", []error{mmap.ErrNotMappable, errors.ErrUnsupported}, "pipe"}, // and does not wait for a writer
		{"/dev/null", "mmap", []error{mmap.ErrInvalid}, "MapRegion with a length"},
		{"/dev/zero", "mmap", []error{mmap.ErrInvalid}, "MapRegion with a length"},
	} {
		test.check(t)
	}
}

func TestOpenPermission(t *testing.T) {
	if os.Geteuid() == 0 {
		t.Skip("root may open anything")
	}
	f := mmaptest.TempFile(t, mmaptest.Pattern(100))
	mmaptest.Must(t, f.Chmod(0))
	_, err := mmap.Open(f.Name())
	mmaptest.WantError(t, err, "open", mmap.ErrAccess, fs.ErrPermission, mmaptest.AccessErrno)
}

func TestSocket(t *testing.T) {
	fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM, 0)
	mmaptest.Must(t, err)
	defer unix.Close(fds[1])
	socket := os.NewFile(uintptr(fds[0]), "socket")
	defer socket.Close()
	checkNotMappable(t, socket)
}

func TestDevice(t *testing.T) {
	zero, err := os.OpenFile("/dev/zero", os.O_RDWR, 0)
	mmaptest.Must(t, err)
	defer zero.Close()
	_, err = mmap.Map(zero, rw, mmap.Private)
	mmaptest.WantError(t, err, "mmap", mmap.ErrInvalid)
	mmaptest.WantMessage(t, err, "MapRegion with a length", "/dev/zero")
	m := mmaptest.Mapped(t)(mmap.MapRegion(zero, 0, 1000, rw, mmap.Private))
	mmaptest.WantBytes(t, "/dev/zero", m.Bytes(), make([]byte, 1000))
	copy(m.Bytes(), mmaptest.Pattern(1000))
}

// TestFillHole makes a hole as a failing mmap may.
func TestFillHole(t *testing.T) {
	m, intact := mmaptest.Neighbours(t, 3)
	want := mmaptest.Pattern(m.Len())
	copy(m.Bytes(), want)
	hole := m.Addr() + uintptr(pageSize)

	mmap.FillHole(hole, uintptr(pageSize))
	mmaptest.WantBytes(t, "no hole", m.Bytes(), want)

	mmaptest.Unmap(t, hole, pageSize)
	mmap.FillHole(hole, uintptr(pageSize))
	mmaptest.WantBytes(t, "before the hole", m.Bytes()[:pageSize], want[:pageSize])
	mmaptest.WantBytes(t, "after the hole", m.Bytes()[2*pageSize:], want[2*pageSize:])
	intact()
	if mmaptest.Readable(m, pageSize) {
		t.Error("the hole can be read")
	}
	mmaptest.Must(t, m.ProtectRange(pageSize, pageSize, rw)) // which a hole does not let
	clear(want[pageSize : 2*pageSize])
	mmaptest.WantBytes(t, "filled", m.Bytes(), want)
}

var messages = []message{
	{"mmap", ofFile("mmap", mmap.ProtRead, mmap.Shared), unix.ENOMEM, []string{asked, "ProtRead, Shared", "vm.max_map_count", "RLIMIT_AS"}},
	{"no flags", ofFile("mmap", mmap.ProtRead, 0), unix.EINVAL, []string{"no flags", "exactly one of Shared and Private", "!File", "!device"}},
	{"both kinds", ofFile("mmap", mmap.ProtRead, mmap.Shared), unix.EINVAL, []string{"try Private", "!exactly one"}},
	{"for reading", ofFile("mmap", mmap.ProtRead, mmap.Private), unix.EACCES, []string{"open for reading", "!writing", "!ProtExec"}},
	{"for writing", ofFile("mmap", rw, mmap.Shared), unix.EACCES, []string{"reading and writing", "Shared goes with ProtWrite", "perhaps"}},
	{"anonymous code", ofMemory("mmap", rw|mmap.ProtExec, mmap.Private), unix.EACCES, []string{"PR_SET_MDWE", "!file", "!perhaps"}},
	{"code", ofFile("mmap", mmap.ProtRead|mmap.ProtExec, mmap.Private), unix.EPERM, []string{"noexec", "MemoryDenyWriteExecute", "!sealed"}},
	{"sealed", ofFile("mmap", rw, mmap.Shared), unix.EPERM, []string{"sealed", "!noexec"}},
	{"TCP socket", ofFile("mmap", rw, mmap.Private), unix.EPERM, []string{"TCP sockets", "!sealed"}},
	{"locked", ofMemory("mmap", rw, mmap.Private), unix.EAGAIN, []string{"RLIMIT_MEMLOCK", "!the file"}},
	{"no mmap", ofFile("mmap", mmap.ProtRead, mmap.Private), unix.ENODEV, []string{"read it instead", "!perhaps"}},
	{"O_PATH", ofFile("mmap", mmap.ProtRead, mmap.Private), unix.EBADF, []string{"O_PATH", "!MapAnon"}},
	{"no descriptor", mmap.Request{Op: "mmap", FD: -1}, unix.EBADF, []string{"MapAnon", "!O_PATH"}},

	{"to the end", mmap.Request{Op: "mprotect", Off: 7, N: mmap.ToEnd}, unix.EACCES, []string{"all from offset 7", "!length"}},
	{"read-only file", ofFile("mprotect", rw, mmap.Shared), unix.EACCES, []string{asked, "ProtRead|ProtWrite", "not open for writing", "sealed", "!ProtExec"}},
	{"code of a file", ofFile("mprotect", mmap.ProtRead|mmap.ProtExec, mmap.Shared), unix.EACCES, []string{"noexec", "PR_SET_MDWE", "!writing"}},
	{"code in memory", ofMemory("mprotect", mmap.ProtRead|mmap.ProtExec, mmap.Private), unix.EACCES, []string{"PR_SET_MDWE", "!noexec", "!writing"}},
	{"code, seccomp", ofMemory("mprotect", mmap.ProtRead|mmap.ProtExec, mmap.Private), unix.EPERM, []string{"MemoryDenyWriteExecute", "mseal", "perhaps"}},
	{"mseal", ofMemory("mprotect", mmap.ProtRead, mmap.Private), unix.EPERM, []string{"mseal", "!perhaps", "!MemoryDenyWriteExecute"}},
	{"many parts", ofMemory("mprotect", mmap.ProtRead, mmap.Private), unix.ENOMEM, []string{"vm.max_map_count"}},

	{"munmap of a part", ofMemory("munmap", 0, mmap.Private), unix.ENOMEM, []string{asked, "vm.max_map_count"}},
	{"munmap, mseal", ofMemory("munmap", 0, mmap.Private), unix.EPERM, []string{"sealed"}},
	{"mlock", ofMemory("mlock", 0, mmap.Private), unix.ENOMEM, []string{asked, "RLIMIT_MEMLOCK"}},
	{"munlock", ofMemory("munlock", 0, mmap.Private), unix.ENOMEM, []string{asked}},
	{"mincore", ofMemory("mincore", 0, mmap.Private), unix.ENOMEM, []string{asked}},
	{"grow in place", mmap.Request{Op: "mremap", N: 10}, unix.ENOMEM, []string{"to length 10", "RemapMayMove lets"}},
	{"grow", mmap.Request{Op: "mremap", N: 10, Remap: mmap.RemapMayMove}, unix.ENOMEM, []string{"to length 10, RemapMayMove", "RLIMIT_AS", "!RemapMayMove lets"}},
	{"populate", ofMemory("madvise", 0, mmap.Private), unix.EFAULT, []string{asked, "AdviceNormal", "past the end of the file"}},
	{"sync of a device", ofFile("msync", 0, mmap.Shared), unix.EINVAL, []string{asked, "nothing to write to", "!exclude each other"}},
	{"file system is full", ofFile("msync", 0, mmap.Shared), unix.ENOSPC, []string{asked, "!("}},
}

// TestWideDescriptor wants no file for a descriptor that is one in its lower half.
func TestWideDescriptor(t *testing.T) {
	f := mmaptest.TempFile(t, mmaptest.Pattern(pageSize))
	const wide = 1 << (4 * unsafe.Sizeof(int(0))) // 1<<32, if an int holds that
	_, err := mmap.MapAt(0, wide+int(f.Fd()), 0, 1, mmap.ProtRead, mmap.Shared)
	mmaptest.WantError(t, err, "mmap", mmap.ErrBadFD, unix.EBADF)
}
