// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build unix || windows

package mmap_test

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/facc7503/mmap"
	"github.com/facc7503/mmap/internal/mmaptest"
)

// TestErrors goes through the table of errors, in both directions: as the
// system reports them, and as a check does.
func TestErrors(t *testing.T) {
	type row struct {
		errno    error // nil if none
		sentinel error
		also     error
	}
	tests := []row{{nil, mmap.ErrClosed, fs.ErrClosed}, {nil, mmap.ErrRange, nil}}
	for _, e := range mmaptest.Errnos {
		tests = append(tests, row{e.Errno, e.Sentinel, e.Also})
	}
	for _, errno := range mmap.Errnos() {
		if !slices.ContainsFunc(tests, func(r row) bool { return r.errno == errno }) {
			t.Errorf("no row has %v", errno)
		}
	}
	for _, test := range tests {
		t.Run(fmt.Sprintf("%v, %v", test.errno, test.sentinel), func(t *testing.T) {
			var causes []error
			if test.errno != nil {
				causes = append(causes, test.errno)
			}
			if test.sentinel != nil {
				causes = append(causes, test.sentinel)
			}
			for _, cause := range causes {
				err := mmap.Request{Op: "msync", Path: "data.bin"}.Fail(cause)
				for _, target := range mmaptest.Sentinels {
					if got, want := errors.Is(err, target), target == test.sentinel; got != want {
						t.Errorf("errors.Is(%#v, %v) is %v", cause, target, got)
					}
				}
				for _, target := range mmaptest.Equivalents {
					if got, want := errors.Is(err, target), target == test.also; got != want && cause == test.sentinel {
						t.Errorf("errors.Is(%#v, %v) is %v", cause, target, got)
					} else if want && !got {
						t.Errorf("errors.Is(%#v, %v) is false", cause, target)
					}
				}
				if test.errno != nil && !errors.Is(err, test.errno) {
					t.Errorf("errors.Is(%#v, %v) is false", cause, test.errno)
				}
				if errors.Is(err, syscall.ESRCH) {
					t.Errorf("errors.Is(%#v, ESRCH) is true", cause)
				}
				if errors.Unwrap(err) != cause {
					t.Errorf("%#v unwraps to %#v", err, errors.Unwrap(err))
				}
				if text := "msync data.bin: " + cause.Error(); !strings.HasPrefix(err.Error(), text) {
					t.Errorf("%q does not begin with %q", err, text)
				}
			}
		})
	}
}

func TestFaultError(t *testing.T) {
	fault := &mmap.FaultError{Addr: 0x12345, Offset: 678}
	err := mmap.Request{Op: "read"}.Error(fault)
	mmaptest.WantError(t, err, "read", mmap.ErrFault)
	if got := (*mmap.FaultError)(nil); !errors.As(err, &got) || got != fault {
		t.Errorf("errors.As finds %v", got)
	}
	if errors.Is(err, mmap.ErrInvalid) {
		t.Error("a fault is ErrInvalid")
	}
	if !errors.Is(fault, mmap.ErrFault) {
		t.Error("a fault alone is not ErrFault")
	}
	mmaptest.WantMessage(t, err, "read: ", "offset 678", "0x12345", "truncated")
}

// A message is an error, and what it says.
type message struct {
	name  string
	r     mmap.Request
	err   error
	words []string // "!" before what must not be there
}

// asked is what ofFile and ofMemory ask for.
const asked = "length 10 at offset 0"

func ofFile(op string, prot mmap.Prot, flags mmap.Flag) mmap.Request {
	return mmap.Request{Op: op, Path: "data.bin", N: 10, Prot: prot, Flags: flags}
}

func ofMemory(op string, prot mmap.Prot, flags mmap.Flag) mmap.Request {
	return ofFile(op, prot, flags|mmap.Anonymous)
}

// TestMessages wants each message to say what was asked for, what to do where
// the errno misleads, and nothing that this request cannot have.
func TestMessages(t *testing.T) {
	for _, test := range messages {
		t.Run(test.name, func(t *testing.T) {
			err := test.r.Fail(test.err)
			for _, word := range test.words {
				if word, ok := strings.CutPrefix(word, "!"); ok {
					if strings.Contains(err.Error(), word) {
						t.Errorf("%q has %q", err, word)
					}
					continue
				}
				mmaptest.WantMessage(t, err, word)
			}
		})
	}
}

// TestPaths wants the name of the file in the errors of all its calls.
func TestPaths(t *testing.T) {
	f := mmaptest.TempFile(t, mmaptest.Pattern(pageSize))
	other := mmaptest.TempFile(t, mmaptest.Pattern(pageSize))
	m := mmaptest.Mapped(t)(mmap.Map(f, mmap.ProtRead, mmap.Shared))
	anon := mmaptest.Anon(t, pageSize)
	_, regionErr := mmap.MapRegion(f, -1, 10, mmap.ProtRead, mmap.Shared)
	_, nilErr := mmap.MapRegion(nil, 0, 10, mmap.ProtRead, mmap.Shared)
	_, anonErr := mmap.MapAnon(0, mmap.ProtRead, mmap.Private)
	for _, test := range []struct {
		path string
		err  error
	}{
		{f.Name(), regionErr},
		{"", nilErr},
		{"", anonErr},
		{"", anon.Replace(0, 1, nil, 0, mmap.ProtRead, mmap.Private|mmap.Anonymous)},
		{f.Name(), anon.Replace(0, pageSize, f, -1, mmap.ProtRead, mmap.Private)},
		{other.Name(), m.Replace(0, pageSize, other, -1, mmap.ProtRead, mmap.Private)},
		{f.Name(), m.Replace(0, pageSize, nil, -1, mmap.ProtRead, mmap.Private|mmap.Anonymous)},
		{f.Name(), m.SyncRange(-1, 0, mmap.SyncWait)},
		{f.Name(), m.Remap(0, 0)},
		{f.Name(), mmaptest.ErrorOf(m.ReadAt(nil, -1))},
		{f.Name(), mmaptest.ErrorOf(mmap.Slice[byte](m, -1, 0))},
	} {
		if e, ok := test.err.(*mmap.Error); !ok || e.Path != test.path {
			t.Errorf("%v: want the path %q", test.err, test.path)
		}
	}
}
