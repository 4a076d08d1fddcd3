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
			err := fail("msync", "data.bin", cause)
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
	err := fail("read", "", fault)
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

// TestMessages wants each message to say what to do where the errno misleads.
func TestMessages(t *testing.T) {
	for _, test := range []struct {
		op    string
		err   error
		words []string
	}{
		{"mmap", unix.ENOMEM, []string{"vm.max_map_count", "RLIMIT_AS"}},
		{"munmap", unix.ENOMEM, []string{"vm.max_map_count"}},
		{"mprotect", unix.ENOMEM, []string{"vm.max_map_count"}},
		{"mlock", unix.ENOMEM, []string{"RLIMIT_MEMLOCK"}},
		{"mremap", unix.ENOMEM, []string{"RemapMayMove"}},
		{"mmap", unix.EACCES, []string{"open for reading", "writing", "Shared", "ProtWrite"}},
		{"mprotect", unix.EACCES, []string{"open for writing"}},
		{"mmap", unix.EPERM, []string{"sealed", "noexec"}},
		{"munmap", unix.EPERM, []string{"sealed"}},
		{"mmap", unix.EAGAIN, []string{"RLIMIT_MEMLOCK"}},
		{"mmap", unix.ENODEV, []string{"read it instead"}},
		{"mmap", unix.EINVAL, []string{"exactly one of Shared and Private"}},
		{"mmap", unix.EOPNOTSUPP, []string{"DAX"}},
		{"madvise", unix.EFAULT, []string{"past the end of the file"}},
		{"mmap", because(unix.EINVAL, "asked for"), []string{"mmap data.bin: invalid argument: asked for ("}},
	} {
		wantMessage(t, fail(test.op, "data.bin", test.err), append(test.words, test.op+" data.bin: ")...)
	}
	if got, want := fail("msync", "", unix.ENOSPC).Error(), "msync: "+unix.ENOSPC.Error(); got != want {
		t.Errorf("%q, want %q", got, want)
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
