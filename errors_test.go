// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build unix

package mmap

import (
	"errors"
	"io/fs"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

var sentinels = []error{
	ErrAccess, ErrAgain, ErrBadFD, ErrInvalid, ErrTooManyFiles, ErrNotMappable, ErrNoMemory, ErrPermission, ErrTextBusy,
	ErrNoAddress, ErrOverflow, ErrExist, ErrBusy, ErrIO, ErrFault, ErrUnsupported, ErrClosed, ErrRange,
}

var equivalents = []error{fs.ErrPermission, fs.ErrInvalid, fs.ErrExist, fs.ErrNotExist, fs.ErrClosed, errors.ErrUnsupported}

// TestErrors goes through the table of errors, in both directions: as the
// system reports them, and as a check does.
func TestErrors(t *testing.T) {
	for _, test := range []struct {
		errno    unix.Errno // 0 if none
		sentinel error
		also     error
	}{
		{unix.EACCES, ErrAccess, fs.ErrPermission},
		{unix.EAGAIN, ErrAgain, nil},
		{unix.EBADF, ErrBadFD, nil},
		{unix.EINVAL, ErrInvalid, fs.ErrInvalid},
		{unix.ENFILE, ErrTooManyFiles, nil},
		{unix.EMFILE, ErrTooManyFiles, nil},
		{unix.ENODEV, ErrNotMappable, errors.ErrUnsupported},
		{unix.ENOMEM, ErrNoMemory, nil},
		{unix.EPERM, ErrPermission, fs.ErrPermission},
		{unix.ETXTBSY, ErrTextBusy, nil},
		{unix.ENXIO, ErrNoAddress, nil},
		{unix.EOVERFLOW, ErrOverflow, nil},
		{unix.EEXIST, ErrExist, fs.ErrExist},
		{unix.EBUSY, ErrBusy, nil},
		{unix.EIO, ErrIO, nil},
		{unix.EFAULT, ErrFault, nil},
		{unix.ENOTSUP, ErrUnsupported, errors.ErrUnsupported},
		{unix.EOPNOTSUPP, ErrUnsupported, errors.ErrUnsupported},
		{unix.ENOSYS, ErrUnsupported, errors.ErrUnsupported},
		{unix.ENOSPC, nil, nil},
		{unix.EDQUOT, nil, nil},
		{0, ErrClosed, fs.ErrClosed},
		{0, ErrRange, nil},
	} {
		var causes []error
		if test.errno != 0 {
			causes = append(causes, test.errno)
		}
		if test.sentinel != nil {
			causes = append(causes, test.sentinel)
		}
		for _, cause := range causes {
			err := request{op: "msync", path: "data.bin"}.fail(cause)
			for _, target := range sentinels {
				if got, want := errors.Is(err, target), target == test.sentinel; got != want {
					t.Errorf("errors.Is(%#v, %v) is %v", cause, target, got)
				}
			}
			for _, target := range equivalents {
				if got, want := errors.Is(err, target), target == test.also; got != want && cause == test.sentinel {
					t.Errorf("errors.Is(%#v, %v) is %v", cause, target, got)
				} else if want && !got {
					t.Errorf("errors.Is(%#v, %v) is false", cause, target)
				}
			}
			if test.errno != 0 && !errors.Is(err, test.errno) {
				t.Errorf("errors.Is(%#v, %v) is false", cause, test.errno)
			}
			if errors.Is(err, unix.ESRCH) {
				t.Errorf("errors.Is(%#v, ESRCH) is true", cause)
			}
			if errors.Unwrap(err) != cause {
				t.Errorf("%#v unwraps to %#v", err, errors.Unwrap(err))
			}
			if text := "msync data.bin: " + cause.Error(); !strings.HasPrefix(err.Error(), text) {
				t.Errorf("%q does not begin with %q", err, text)
			}
		}
	}
}

func TestFaultError(t *testing.T) {
	fault := &FaultError{Addr: 0x12345, Offset: 678}
	err := request{op: "read"}.error(fault)
	wantError(t, err, "read", ErrFault)
	if got := (*FaultError)(nil); !errors.As(err, &got) || got != fault {
		t.Errorf("errors.As finds %v", got)
	}
	if errors.Is(err, ErrInvalid) {
		t.Error("a fault is ErrInvalid")
	}
	if !errors.Is(fault, ErrFault) {
		t.Error("a fault alone is not ErrFault")
	}
	wantMessage(t, err, "read: ", "offset 678", "0x12345", "truncated")
}

// TestMessages wants each message to say what was asked for, what to do where
// the errno misleads, and nothing that this request cannot have.
func TestMessages(t *testing.T) {
	file := func(op string, prot Prot, flags Flag) request {
		return request{op: op, path: "data.bin", n: 10, prot: prot, flags: flags, kinds: kindOf(flags)}
	}
	anon := func(op string, prot Prot, flags Flag) request { return file(op, prot, flags|Anonymous) }
	const asked = "length 10 at offset 0"
	for _, test := range []struct {
		name  string
		r     request
		err   error
		words []string // "!" before what must not be there
	}{
		{"mmap", file("mmap", ProtRead, Shared), unix.ENOMEM, []string{asked, "ProtRead, Shared", "vm.max_map_count", "RLIMIT_AS"}},
		{"no flags", file("mmap", ProtRead, 0), unix.EINVAL, []string{"no flags", "exactly one of Shared and Private", "!File", "!device"}},
		{"both kinds", file("mmap", ProtRead, Shared), unix.EINVAL, []string{"try Private", "!exactly one"}},
		{"for reading", file("mmap", ProtRead, Private), unix.EACCES, []string{"open for reading", "!writing", "!ProtExec"}},
		{"for writing", file("mmap", rw, Shared), unix.EACCES, []string{"reading and writing", "Shared goes with ProtWrite", "perhaps"}},
		{"anonymous code", anon("mmap", rw|ProtExec, Private), unix.EACCES, []string{"PR_SET_MDWE", "!file", "!perhaps"}},
		{"code", file("mmap", ProtRead|ProtExec, Private), unix.EPERM, []string{"noexec", "MemoryDenyWriteExecute", "!sealed"}},
		{"sealed", file("mmap", rw, Shared), unix.EPERM, []string{"sealed", "!noexec"}},
		{"locked", anon("mmap", rw, Private), unix.EAGAIN, []string{"RLIMIT_MEMLOCK", "!the file"}},
		{"no mmap", file("mmap", ProtRead, Private), unix.ENODEV, []string{"read it instead", "!perhaps"}},
		{"O_PATH", file("mmap", ProtRead, Private), unix.EBADF, []string{"O_PATH", "!MapAnon"}},
		{"no descriptor", request{op: "mmap", fd: -1, kinds: privateFile}, unix.EBADF, []string{"MapAnon", "!O_PATH"}},

		{"read-only file", file("mprotect", rw, Shared), unix.EACCES, []string{asked, "ProtRead|ProtWrite", "not open for writing", "sealed", "!ProtExec"}},
		{"code of a file", file("mprotect", ProtRead|ProtExec, Shared), unix.EACCES, []string{"noexec", "PR_SET_MDWE", "!writing"}},
		{"code in memory", anon("mprotect", ProtRead|ProtExec, Private), unix.EACCES, []string{"PR_SET_MDWE", "!noexec", "!writing"}},
		{"code, seccomp", anon("mprotect", ProtRead|ProtExec, Private), unix.EPERM, []string{"MemoryDenyWriteExecute", "mseal", "perhaps"}},
		{"mseal", anon("mprotect", ProtRead, Private), unix.EPERM, []string{"mseal", "!perhaps", "!MemoryDenyWriteExecute"}},
		{"many parts", anon("mprotect", ProtRead, Private), unix.ENOMEM, []string{"vm.max_map_count"}},

		{"munmap of a part", anon("munmap", 0, Private), unix.ENOMEM, []string{asked, "vm.max_map_count"}},
		{"munmap, mseal", anon("munmap", 0, Private), unix.EPERM, []string{"sealed"}},
		{"mlock", anon("mlock", 0, Private), unix.ENOMEM, []string{asked, "RLIMIT_MEMLOCK"}},
		{"munlock", anon("munlock", 0, Private), unix.ENOMEM, []string{asked}},
		{"mincore", anon("mincore", 0, Private), unix.ENOMEM, []string{asked}},
		{"grow in place", request{op: "mremap", n: 10}, unix.ENOMEM, []string{"to length 10", "RemapMayMove lets"}},
		{"grow", request{op: "mremap", n: 10, remap: RemapMayMove}, unix.ENOMEM, []string{"to length 10, RemapMayMove", "RLIMIT_AS", "!RemapMayMove lets"}},
		{"populate", anon("madvise", 0, Private), unix.EFAULT, []string{asked, "AdviceNormal", "past the end of the file"}},
		{"sync of a device", file("msync", 0, Shared), unix.EINVAL, []string{asked, "nothing to write to", "!exclude each other"}},
		{"file system is full", file("msync", 0, Shared), unix.ENOSPC, []string{asked, "!("}},
	} {
		t.Run(test.name, func(t *testing.T) {
			err := test.r.fail(test.err)
			for _, word := range test.words {
				if word, ok := strings.CutPrefix(word, "!"); ok {
					if strings.Contains(err.Error(), word) {
						t.Errorf("%q has %q", err, word)
					}
					continue
				}
				wantMessage(t, err, word)
			}
		})
	}
}

// TestPaths wants the name of the file in the errors of all its calls.
func TestPaths(t *testing.T) {
	f := tempFile(t, pattern(pageSize))
	other := tempFile(t, pattern(pageSize))
	m := mapped(t)(Map(f, ProtRead, Shared))
	anon := mapped(t)(MapAnon(pageSize, rw, Private))
	_, regionErr := MapRegion(f, -1, 10, ProtRead, Shared)
	_, nilErr := MapRegion(nil, 0, 10, ProtRead, Shared)
	_, anonErr := MapAnon(0, ProtRead, Private)
	for _, test := range []struct {
		path string
		err  error
	}{
		{f.Name(), regionErr},
		{"", nilErr},
		{"", anonErr},
		{"", anon.Replace(0, 1, nil, 0, ProtRead, Private|Anonymous)},
		{f.Name(), anon.Replace(0, pageSize, f, -1, ProtRead, Private)},
		{other.Name(), m.Replace(0, pageSize, other, -1, ProtRead, Private)},
		{f.Name(), m.Replace(0, pageSize, nil, -1, ProtRead, Private|Anonymous)},
		{f.Name(), m.SyncRange(-1, 0, SyncWait)},
		{f.Name(), m.Remap(0, 0)},
		{f.Name(), callError(m.ReadAt(nil, -1))},
		{f.Name(), callError(Slice[byte](m, -1, 0))},
	} {
		if e, ok := test.err.(*Error); !ok || e.Path != test.path {
			t.Errorf("%v: want the path %q", test.err, test.path)
		}
	}
}
