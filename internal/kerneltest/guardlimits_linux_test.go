// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package kerneltest

import (
	"bytes"
	"crypto/rand"
	"fmt"
	"iter"
	"log/slog"
	"os"
	"regexp"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/facc7503/mmap"
	"github.com/facc7503/mmap/internal/mmaptest"
)

// In its environment, what a child process is to do inside of Guard.
const guardLimit = "MMAP_TEST_GUARD_LIMIT"

// One cannot make a faulty value without a fault.
type faulty []byte

func (f faulty) LogValue() slog.Value { return slog.StringValue(string(f)) }

// guardLimits are what Guard cannot turn into an error, and what the process
// says then. The Mapping cannot be accessed from off on.
var guardLimits = []struct {
	name string
	says string
	fn   func(m *mmap.Mapping, off int) error
}{
	// getrandom runs in the vDSO, whose frames the Go runtime cannot unwind; before
	// Linux 6.11 it is a system call, and returns EFAULT.
	{"crypto/rand.Read", "fatal error: (unknown caller pc|crypto/rand: failed)", func(m *mmap.Mapping, off int) error {
		rand.Read(m.Bytes()[off : off+32])
		return nil
	}},
	// These two run on the system stack.
	{"runtime.Stack", "SIGSEGV|fatal error: unexpected signal", func(m *mmap.Mapping, off int) error {
		runtime.Stack(m.Bytes()[off:], false)
		return nil
	}},
	{"runtime.Callers", "SIGSEGV|fatal error: unexpected signal", func(m *mmap.Mapping, off int) error {
		pcs, err := mmap.Slice[uintptr](m, off, 8)
		runtime.Callers(0, pcs)
		return err
	}},
	// The iterator runs in a goroutine of its own.
	{"iter.Pull", "fatal error: fault", func(m *mmap.Mapping, off int) error {
		next, stop := iter.Pull(slices.Values(m.Bytes()[off:]))
		defer stop()
		sink, _ = next()
		return nil
	}},
	{"atomic store to a read-only page", "^Guard: .*fault at offset 0 ", func(m *mmap.Mapping, _ int) error {
		err := m.Protect(mmap.ProtRead)
		if err != nil {
			return err
		}
		words, err := mmap.Slice[atomic.Uint32](m, 0, 1)
		if err != nil {
			return err
		}
		words[0].Store(1)
		return nil
	}},
	// Package slog recovers from what its values do.
	{"slog value", "^Guard: <nil>\n$", func(m *mmap.Mapping, off int) error {
		slog.New(slog.NewTextHandler(new(bytes.Buffer), nil)).Info("", "value", m.Bytes()[off:])
		return nil
	}},
	{"slog LogValuer", "^Guard: <nil>\n$", func(m *mmap.Mapping, off int) error {
		slog.New(slog.NewJSONHandler(new(bytes.Buffer), nil)).Info("", "value", faulty(m.Bytes()[off:]))
		return nil
	}},
	// A panic that a deferred function replaces is gone, as always in Go.
	{"fault in a deferred function", "^Guard: .*fault at offset ", func(m *mmap.Mapping, off int) error {
		defer func() { sink = m.Bytes()[off] }()
		panic("lost")
	}},
}

// TestGuardLimits holds the documentation of Guard, which lists them, to be true.
func TestGuardLimits(t *testing.T) {
	for _, test := range guardLimits {
		t.Run(test.name, func(t *testing.T) {
			if os.Getenv(guardLimit) == test.name {
				guardAndExit(test.fn)
			}
			says := test.says
			if strings.HasPrefix(test.name, "atomic store") && underRace() {
				says = "fatal error|SIGSEGV" // The race detector stores from C.
			}
			cmd := mmaptest.HelperCommand(t, "", "-test.run=^TestGuardLimits$/^"+strings.ReplaceAll(regexp.QuoteMeta(test.name), " ", "_")+"$")
			cmd.Env = append(cmd.Env, guardLimit+"="+test.name)
			cmd.Stderr = nil
			out, err := cmd.CombinedOutput()
			survives := strings.HasPrefix(says, "^Guard: ")
			if !regexp.MustCompile(says).Match(out) || survives != (err == nil) || survives != bytes.Contains(out, []byte("Guard: ")) {
				t.Errorf("%v, want %q in:\n%.2000s", err, says, out)
			}
		})
	}
}

// guardAndExit calls fn inside of Guard, and prints what Guard returns.
func guardAndExit(fn func(m *mmap.Mapping, off int) error) {
	page := os.Getpagesize()
	m, err := mmap.MapAnon(2*page, mmap.ProtRead|mmap.ProtWrite, mmap.Private)
	if err == nil {
		err = m.ProtectRange(page, page, mmap.ProtNone)
	}
	if err != nil {
		panic(err)
	}
	err = m.Guard(func([]byte) error { return fn(m, page) })
	fmt.Println("Guard:", err)
	os.Exit(0)
}

// underRace reports whether this program was built with -race.
func underRace() bool {
	info, ok := debug.ReadBuildInfo()
	return ok && slices.Contains(info.Settings, debug.BuildSetting{Key: "-race", Value: "true"})
}
