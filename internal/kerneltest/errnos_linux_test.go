// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package kerneltest

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"path"
	"regexp"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"unsafe"

	"github.com/facc7503/mmap"
	"github.com/facc7503/mmap/internal/mmaptest"
	"golang.org/x/sys/unix"
)

// An attempt is a call that is to fail.
type attempt struct {
	m    *mmap.Mapping // the call's, nil for a constructor
	f    *os.File      // its file, nil if none
	call func() error

	// Where munmap is to fail:
	pages []byte       // those that stay
	close func() error // the next Close, which fails too; m.Close if nil
	heals bool         // the Close after that succeeds
}

// A place is where a row of TestErrnos runs.
type place int

const (
	here   place = iota
	child        // a process of its own, for what cannot be undone
	nobody       // a process of its own, without privileges
)

// oddPages is for what is refused by its length: the Go runtime has no such.
const oddPages = 37

// An errnoRow is an errno and a way to it.
type errnoRow struct {
	name    string // without the errno
	op      string
	errno   unix.Errno
	place   place
	skip    func() string // returns why not, "" if it can be done
	provoke func(t *testing.T) attempt
}

// errnoRows provoke the errnos that the kernel itself can be brought to return.
// The others are injected: see injections.
var errnoRows = []errnoRow{
	{
		name: "Shared and writable, of a file open for reading", op: "mmap", errno: unix.EACCES,
		provoke: func(t *testing.T) attempt {
			f := mmaptest.OpenFile(t, mmaptest.TempFile(t, mmaptest.Pattern(100)).Name(), os.O_RDONLY)
			return attempt{f: f, call: func() error { return none(t)(mmap.Map(f, rw, mmap.Shared)) }}
		},
	},
	{
		name: "of a file open for writing", op: "mmap", errno: unix.EACCES,
		provoke: func(t *testing.T) attempt {
			f := mmaptest.OpenFile(t, mmaptest.TempFile(t, mmaptest.Pattern(100)).Name(), os.O_WRONLY)
			return attempt{f: f, call: func() error { return none(t)(mmap.Map(f, mmap.ProtNone, mmap.Private)) }}
		},
	},
	{
		name: "Replace", op: "mmap", errno: unix.EACCES,
		provoke: func(t *testing.T) attempt {
			f := mmaptest.OpenFile(t, mmaptest.TempFile(t, mmaptest.Pattern(pageSize)).Name(), os.O_RDONLY)
			m := filled(t, 3)
			return attempt{m: m, f: f, call: func() error { return m.Replace(pageSize, pageSize, f, 0, rw, mmap.Shared) }}
		},
	},
	{
		name: "Protect", op: "mprotect", errno: unix.EACCES,
		provoke: func(t *testing.T) attempt {
			f := mmaptest.OpenFile(t, mmaptest.TempFile(t, mmaptest.Pattern(3*pageSize)).Name(), os.O_RDONLY)
			m := mmaptest.Mapped(t)(mmap.Map(f, mmap.ProtRead, mmap.Shared))
			return attempt{m: m, f: f, call: func() error { return m.Protect(rw) }}
		},
	},

	{
		name: "more Locked than may be", op: "mmap", errno: unix.EAGAIN, place: nobody,
		provoke: func(t *testing.T) attempt {
			return attempt{call: limited(t, unix.RLIMIT_MEMLOCK, uint64(4*pageSize), func() error {
				return none(t)(mmap.MapAnon(8*pageSize, rw, mmap.Private|mmap.Locked))
			})}
		},
	},
	{
		name: "Remap to more locked than may be", op: "mremap", errno: unix.EAGAIN, place: nobody,
		provoke: func(t *testing.T) attempt {
			m := filled(t, 2)
			return attempt{m: m, call: limited(t, unix.RLIMIT_MEMLOCK, uint64(4*pageSize), func() error {
				mmaptest.Lock(t, m, 0, m.Len())
				return m.Remap(8*pageSize, mmap.RemapMayMove)
			})}
		},
	},
	{
		name: "advice that takes one mapping too many", op: "madvise", errno: unix.EAGAIN, place: child, skip: needMapLimit,
		provoke: func(t *testing.T) attempt {
			m := filled(t, 3)
			call := crowded(t, func() error { return m.AdviseRange(pageSize, pageSize, mmap.AdviceSequential) })
			return attempt{m: m, call: func() error {
				err := call()
				if errors.Is(err, unix.ENOMEM) {
					t.Skipf("older kernels, 5.10 among them, have another errno for it: %v", err)
				}
				return err
			}}
		},
	},

	{
		name: "O_PATH", op: "mmap", errno: unix.EBADF,
		provoke: func(t *testing.T) attempt {
			f := mmaptest.OpenFile(t, mmaptest.TempFile(t, mmaptest.Pattern(100)).Name(), unix.O_PATH)
			return attempt{f: f, call: func() error { return none(t)(mmap.Map(f, mmap.ProtRead, mmap.Shared)) }}
		},
	},
	{
		name: "no descriptor", op: "mmap", errno: unix.EBADF,
		provoke: func(t *testing.T) attempt {
			return attempt{call: func() error { return none(t)(mmap.MapAt(0, -1, 0, 100, mmap.ProtRead, mmap.Shared)) }}
		},
	},
	{
		name: "Replace", op: "mmap", errno: unix.EBADF,
		provoke: func(t *testing.T) attempt {
			f := mmaptest.OpenFile(t, mmaptest.TempFile(t, mmaptest.Pattern(pageSize)).Name(), unix.O_PATH)
			m := filled(t, 3)
			return attempt{m: m, f: f, call: func() error { return m.Replace(pageSize, pageSize, f, 0, mmap.ProtRead, mmap.Shared) }}
		},
	},

	{
		name: "neither Shared nor Private", op: "mmap", errno: unix.EINVAL,
		provoke: func(t *testing.T) attempt {
			f := mmaptest.TempFile(t, mmaptest.Pattern(100))
			return attempt{f: f, call: func() error { return none(t)(mmap.Map(f, mmap.ProtRead, 0)) }}
		},
	},
	{
		name: "SyncWait and SyncAsync", op: "msync", errno: unix.EINVAL,
		provoke: onFilled(func(m *mmap.Mapping) error {
			return m.SyncRange(0, pageSize, mmap.SyncWait|mmap.SyncAsync)
		}),
	},
	{
		name: "unknown advice", op: "madvise", errno: unix.EINVAL,
		provoke: onFilled(func(m *mmap.Mapping) error { return m.Advise(12345) }),
	},
	{
		name: "unknown protection", op: "mprotect", errno: unix.EINVAL, skip: needStrictProt,
		provoke: onFilled(func(m *mmap.Mapping) error { return m.Protect(unknownProt) }),
	},

	{
		name: "fs.file-max", op: "mmap", errno: unix.ENFILE, place: child, skip: needVM,
		provoke: func(t *testing.T) attempt {
			return attempt{call: withoutFiles(t, func() error { return none(t)(mmap.MapAnon(pageSize, rw, mmap.Shared)) })}
		},
	},
	{
		name: "Open", op: "open", errno: unix.EMFILE, place: child,
		provoke: func(t *testing.T) attempt {
			f := mmaptest.TempFile(t, mmaptest.Pattern(100))
			return attempt{f: f, call: limited(t, unix.RLIMIT_NOFILE, 0, func() error { return none(t)(mmap.Open(f.Name())) })}
		},
	},

	{
		name: "a device without mmap", op: "mmap", errno: unix.ENODEV,
		provoke: func(t *testing.T) attempt {
			f := mmaptest.OpenFile(t, "/dev/null", os.O_RDONLY)
			return attempt{f: f, call: func() error { return none(t)(mmap.MapRegion(f, 0, 100, mmap.ProtRead, mmap.Shared)) }}
		},
	},
	{
		name: "a directory", op: "mmap", errno: unix.ENODEV,
		provoke: func(t *testing.T) attempt {
			f := mmaptest.OpenFile(t, t.TempDir(), os.O_RDONLY)
			return attempt{f: f, call: func() error { return none(t)(mmap.MapRegion(f, 0, 100, mmap.ProtRead, mmap.Private)) }}
		},
	},
	{
		name: "Replace", op: "mmap", errno: unix.ENODEV,
		provoke: func(t *testing.T) attempt {
			f := mmaptest.OpenFile(t, "/dev/null", os.O_RDONLY)
			m := filled(t, 3)
			return attempt{m: m, f: f, call: func() error { return m.Replace(pageSize, pageSize, f, 0, mmap.ProtRead, mmap.Private) }}
		},
	},

	{
		name: "RLIMIT_AS", op: "mmap", errno: unix.ENOMEM, place: child,
		provoke: func(t *testing.T) attempt {
			return attempt{call: limited(t, unix.RLIMIT_AS, addressSpace(t)+64<<20, func() error {
				return none(t)(mmap.MapAnon(128<<20, rw, mmap.Private))
			})}
		},
	},
	{
		name: "RLIMIT_AS, Replace", op: "mmap", errno: unix.ENOMEM, place: child,
		provoke: func(t *testing.T) attempt {
			f := mmaptest.TempFile(t, mmaptest.Pattern(100))
			m := mmaptest.Mapped(t)(mmap.MapAnon(128<<20, mmap.ProtRead, mmap.Private))
			return attempt{m: m, f: f, call: limited(t, unix.RLIMIT_AS, addressSpace(t)+64<<20, func() error {
				return m.Replace(0, m.Len(), f, 0, mmap.ProtRead, mmap.Shared)
			})}
		},
	},
	{
		name: "RLIMIT_AS, Remap", op: "mremap", errno: unix.ENOMEM, place: child,
		provoke: func(t *testing.T) attempt {
			f := mmaptest.TempFile(t, mmaptest.Pattern(100))
			m := mmaptest.Mapped(t)(mmap.Map(f, rw, mmap.Shared))
			return attempt{m: m, f: f, call: limited(t, unix.RLIMIT_AS, addressSpace(t)+64<<20, func() error {
				return m.Remap(128<<20, mmap.RemapMayMove)
			})}
		},
	},
	{
		name: "Remap without room", op: "mremap", errno: unix.ENOMEM,
		provoke: func(t *testing.T) attempt {
			m, intact := mmaptest.Neighbours(t, 3)
			t.Cleanup(intact)
			copy(m.Bytes(), mmaptest.Pattern(m.Len()))
			return attempt{m: m, call: func() error { return m.Remap(4*pageSize, 0) }}
		},
	},
	{
		name: "too many mappings, MapRegion", op: "mmap", errno: unix.ENOMEM, place: child, skip: needMapLimit,
		provoke: func(t *testing.T) attempt {
			f := mmaptest.TempFile(t, mmaptest.Pattern(100))
			return attempt{f: f, call: crowded(t, func() error {
				m, err := mmap.MapRegion(f, 0, 100, mmap.ProtRead, mmap.Shared) // which mmap still allows, to be one too many
				if err == nil {
					defer m.Close()
					err = none(t)(mmap.MapRegion(f, 0, 100, rw, mmap.Shared))
				}
				return err
			})}
		},
	},
	{
		name: "too many mappings, ProtectRange", op: "mprotect", errno: unix.ENOMEM, place: child, skip: needMapLimit,
		provoke: func(t *testing.T) attempt {
			m := filled(t, 3)
			return attempt{m: m, call: crowded(t, func() error { return m.ProtectRange(pageSize, pageSize, mmap.ProtRead) })}
		},
	},
	{
		name: "too many mappings, LockRange", op: "mlock", errno: unix.ENOMEM, place: child, skip: needMapLimit,
		provoke: func(t *testing.T) attempt {
			m := filled(t, 3)
			return attempt{m: m, call: crowded(t, func() error { return m.LockRange(pageSize, pageSize) })}
		},
	},
	{
		name: "too many mappings, UnlockRange", op: "munlock", errno: unix.ENOMEM, place: child, skip: needMapLimit,
		provoke: func(t *testing.T) attempt {
			m := filled(t, 3)
			mmaptest.Lock(t, m, 0, m.Len())
			return attempt{m: m, call: crowded(t, func() error { return m.UnlockRange(pageSize, pageSize) })}
		},
	},
	{
		name: "too many mappings, Remap", op: "mremap", errno: unix.ENOMEM, place: child, skip: needMapLimit,
		provoke: func(t *testing.T) attempt {
			m, intact := mmaptest.Neighbours(t, 3)
			t.Cleanup(intact)
			return attempt{m: m, call: crowded(t, func() error { return m.Remap(4*pageSize, mmap.RemapMayMove) })}
		},
	},
	{
		name: "a hole, Sync", op: "msync", errno: unix.ENOMEM,
		provoke: onHoled((*mmap.Mapping).Sync),
	},
	{
		name: "a hole, Protect", op: "mprotect", errno: unix.ENOMEM,
		provoke: onHoled(func(m *mmap.Mapping) error { return m.Protect(rw) }),
	},
	{
		name: "a hole, Advise", op: "madvise", errno: unix.ENOMEM, skip: needStrictAdvice,
		provoke: onHoled(advise),
	},
	{
		name: "a hole, Lock", op: "mlock", errno: unix.ENOMEM, skip: needMemlock,
		provoke: onHoled((*mmap.Mapping).Lock),
	},
	{
		name: "a hole, Unlock", op: "munlock", errno: unix.ENOMEM,
		provoke: onHoled((*mmap.Mapping).Unlock),
	},
	{
		name: "a hole, Resident", op: "mincore", errno: unix.ENOMEM,
		provoke: onHoled(residentOf),
	},
	{
		name: "Lock of pages without access", op: "mlock", errno: unix.ENOMEM, skip: needMemlock,
		provoke: func(t *testing.T) attempt {
			m := mmaptest.Mapped(t)(mmap.Reserve(pageSize))
			return attempt{m: m, call: m.Lock}
		},
	},
	{
		name: "more locked than may be", op: "mlock", errno: unix.ENOMEM, place: nobody,
		provoke: func(t *testing.T) attempt {
			m := filled(t, 8)
			return attempt{m: m, call: limited(t, unix.RLIMIT_MEMLOCK, uint64(4*pageSize), m.Lock)}
		},
	},

	{
		name: "sealed file", op: "mmap", errno: unix.EPERM,
		provoke: func(t *testing.T) attempt {
			f := sealedFile(t)
			return attempt{f: f, call: func() error { return none(t)(mmap.Map(f, rw, mmap.Shared)) }}
		},
	},
	{
		name: "sealed file, Replace", op: "mmap", errno: unix.EPERM,
		provoke: func(t *testing.T) attempt {
			f := sealedFile(t)
			m := filled(t, 3)
			return attempt{m: m, f: f, call: func() error { return m.Replace(pageSize, pageSize, f, 0, rw, mmap.Shared) }}
		},
	},
	{
		name: "none may be Locked", op: "mmap", errno: unix.EPERM, place: nobody,
		provoke: func(t *testing.T) attempt {
			return attempt{call: limited(t, unix.RLIMIT_MEMLOCK, 0, func() error { return none(t)(mmap.MapAnon(pageSize, rw, mmap.Private|mmap.Locked)) })}
		},
	},
	{
		name: "none may be locked", op: "mlock", errno: unix.EPERM, place: nobody,
		provoke: func(t *testing.T) attempt {
			m := filled(t, 1)
			return attempt{m: m, call: limited(t, unix.RLIMIT_MEMLOCK, 0, m.Lock)}
		},
	},
	{
		name: "sealed pages, Protect", op: "mprotect", errno: unix.EPERM, place: child, skip: needMseal,
		provoke: onSealed(func(m *mmap.Mapping) error { return m.Protect(rw) }),
	},
	{
		name: "sealed pages, Advise", op: "madvise", errno: unix.EPERM, place: child, skip: needMseal,
		provoke: onSealed(func(m *mmap.Mapping) error { return m.Advise(mmap.AdviceDontNeed) }),
	},
	{
		name: "sealed pages, Remap", op: "mremap", errno: unix.EPERM, place: child, skip: needMseal,
		provoke: onSealed(func(m *mmap.Mapping) error { return m.Remap(pageSize, mmap.RemapMayMove) }),
	},
	{
		name: "sealed pages, Replace", op: "mmap", errno: unix.EPERM, place: child, skip: needMseal,
		provoke: onSealed(func(m *mmap.Mapping) error {
			return m.Replace(pageSize, pageSize, nil, 0, rw, mmap.Private|mmap.Anonymous)
		}),
	},

	{
		name: "swap file", op: "mmap", errno: unix.ETXTBSY, skip: needVM,
		provoke: func(t *testing.T) attempt {
			f := swapFile(t)
			return attempt{f: f, call: func() error { return none(t)(mmap.Map(f, rw, mmap.Shared)) }}
		},
	},

	{
		name: "past the longest file", op: "mmap", errno: unix.EOVERFLOW,
		provoke: func(t *testing.T) attempt {
			f := mmaptest.TempFile(t, mmaptest.Pattern(100))
			return attempt{f: f, call: func() error {
				return none(t)(mmap.MapRegion(f, math.MaxInt64-int64(pageSize)+1, 1, mmap.ProtRead, mmap.Shared)) // on 32 bits x/sys sees to it
			}}
		},
	},
	{
		name: "past the longest file of 32 bits", op: "mmap", errno: unix.EOVERFLOW, skip: need32Bits,
		provoke: func(t *testing.T) attempt {
			f := mmaptest.TempFile(t, mmaptest.Pattern(100))
			return attempt{f: f, call: func() error {
				return none(t)(mmap.MapRegion(f, 1<<44-int64(pageSize), 1, mmap.ProtRead, mmap.Shared))
			}}
		},
	},

	{
		name: "FixedNoReplace", op: "mmap", errno: unix.EEXIST,
		provoke: func(t *testing.T) attempt {
			m := filled(t, 3)
			f := mmaptest.TempFile(t, mmaptest.Pattern(100))
			return attempt{m: m, call: func() error {
				return none(t)(mmap.MapAt(m.Addr()+uintptr(pageSize), int(f.Fd()), 0, 100, rw, mmap.Shared|mmap.FixedNoReplace))
			}}
		},
	},

	{
		name: "SyncInvalidate of locked pages", op: "msync", errno: unix.EBUSY, skip: needMemlock,
		provoke: func(t *testing.T) attempt {
			f := mmaptest.TempFile(t, mmaptest.Pattern(100))
			m := mmaptest.Mapped(t)(mmap.Map(f, rw, mmap.Shared))
			mmaptest.Must(t, m.Lock())
			return attempt{m: m, f: f, call: func() error { return m.SyncRange(0, 100, mmap.SyncWait|mmap.SyncInvalidate) }}
		},
	},

	{
		name: "populating past the end", op: "madvise", errno: unix.EFAULT, skip: needPopulate,
		provoke: func(t *testing.T) attempt {
			f := mmaptest.TempFile(t, mmaptest.Pattern(100))
			m := mmaptest.Mapped(t)(mmap.MapRegion(f, 0, 3*pageSize, rw, mmap.Shared))
			return attempt{m: m, f: f, call: func() error { return m.Advise(mmap.AdvicePopulateWrite) }}
		},
	},

	{
		name: "SharedValidate", op: "mmap", errno: unix.EOPNOTSUPP, skip: needSharedValidate,
		provoke: func(t *testing.T) attempt {
			f := mmaptest.TempFile(t, mmaptest.Pattern(100))
			return attempt{f: f, call: func() error { return none(t)(mmap.Map(f, rw, mmap.SharedValidate|0x400000)) }}
		},
	},
	{
		name: "SharedValidate, Replace", op: "mmap", errno: unix.EOPNOTSUPP, skip: needSharedValidate,
		provoke: func(t *testing.T) attempt {
			f := mmaptest.TempFile(t, mmaptest.Pattern(pageSize))
			m := filled(t, 3)
			return attempt{m: m, f: f, call: func() error { return m.Replace(pageSize, pageSize, f, 0, rw, mmap.SharedValidate|0x400000) }}
		},
	},

	{
		name: "sealed pages, Close", op: "munmap", errno: unix.EPERM, place: child, skip: needMseal,
		provoke: onSealed((*mmap.Mapping).Close),
	},
	{
		name: "sealed pages, the last Guard", op: "munmap", errno: unix.EPERM, place: child, skip: needMseal,
		provoke: onSealed(closeInGuard),
	},
	{
		name: "too many mappings, Close", op: "munmap", errno: unix.ENOMEM, place: child, skip: needMapLimit,
		provoke: onMiddle((*mmap.Mapping).Close),
	},
	{
		name: "too many mappings, the last Guard", op: "munmap", errno: unix.ENOMEM, place: child, skip: needMapLimit,
		provoke: onMiddle(closeInGuard),
	},
}

// TestErrnos provokes each errno that the package has an error for, and some that
// it has none for, through the public calls.
func TestErrnos(t *testing.T) {
	const inChild = "MMAP_TEST_ERRNO"
	child := os.Getenv(inChild) != "" // so this is the child of a row, for that row
	rows := slices.Concat(errnoRows, injectedRows())
	missing := map[unix.Errno]bool{}
	for _, e := range mmaptest.Errnos {
		missing[e.Errno] = true
		if !slices.ContainsFunc(rows, func(row errnoRow) bool { return row.errno == e.Errno }) {
			t.Errorf("no row has %v", e.Errno)
		}
	}
	for _, row := range rows {
		t.Run(unix.ErrnoName(row.errno)+", "+row.name, func(t *testing.T) {
			if row.skip != nil {
				if reason := row.skip(); reason != "" {
					t.Skip(reason)
				}
			}
			if row.place == here || child {
				row.check(t, row.provoke(t))
			} else {
				elsewhere(t, row.place == nobody, inChild+"=1")
			}
			delete(missing, row.errno)
		})
	}
	for errno := range missing {
		if child {
			break
		}
		t.Logf("%s: %v is in no row that ran", unix.ErrnoName(errno), errno)
	}
}

// elsewhere runs the row of t in a child process, which goes when the test does.
func elsewhere(t *testing.T, nobody bool, env string) {
	runtime.LockOSThread() // Pdeathsig goes by the thread
	defer runtime.UnlockOSThread()
	pattern := "^TestErrnos$/^" + regexp.QuoteMeta(path.Base(t.Name())) + "$"
	cmd := mmaptest.HelperCommand(t, "", "-test.run="+pattern, "-test.v", "-test.timeout=60s")
	// No garbage collection: it wants memory, and threads, when there is none to be had.
	cmd.Env = append(cmd.Env, env, "GOGC=off", "GORACE=atexit_sleep_ms=0 "+os.Getenv("GORACE")) // the race detector would sleep for 1 s
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if nobody && os.Geteuid() == 0 {
		cmd.SysProcAttr.Credential = &syscall.Credential{Uid: 65534, Gid: 65534}
		cmd.Path = "/proc/self/exe" // the directory that go test uses may be closed to nobody
		cmd.Dir = "/"
	}
	cmd.Stderr = nil
	out, err := cmd.CombinedOutput()
	switch {
	case err == nil && bytes.Contains(out, []byte("--- PASS: "+t.Name())):
	case err == nil && bytes.Contains(out, []byte("--- SKIP: "+t.Name())):
		t.Skipf("in a child process:\n%s", out)
	case nobody && errors.Is(err, unix.EPERM):
		t.Skipf("cannot become nobody: %v", err)
	default:
		t.Errorf("in a child process: %v\n%s", err, out)
	}
}

// check makes the attempt, and looks at the error and at what is left.
func (row *errnoRow) check(t *testing.T, a attempt) {
	name, pages := "", 0
	if a.f != nil {
		name = a.f.Name()
		pages = mmaptest.MapsOf(t, name)
	}
	if row.op == "munmap" {
		row.checkClose(t, a, name)
	} else {
		before := stateOf(t, a.m)
		row.checkError(t, a.call(), name)
		if after := stateOf(t, a.m); after != before {
			t.Errorf("the Mapping has changed from %v to %v (bytes: %v)", before, after, before.bytes != after.bytes)
		}
	}
	if a.f != nil {
		if n := mmaptest.MapsOf(t, name); n != pages {
			t.Errorf("%d pages of %s are mapped, %d before", n, name, pages)
		}
	}
}

// checkError checks that err matches all that mmaptest.Errnos says, and nothing else.
func (row *errnoRow) checkError(t *testing.T, err error, path string) {
	t.Helper()
	e, ok := err.(*mmap.Error)
	if !ok {
		t.Fatalf("got %#v, want an *Error with %v", err, row.errno)
	}
	t.Log(err)
	if e.Op != row.op || e.Path != path || e.Err != error(row.errno) {
		t.Errorf("%v: Op %q, Path %q, Err %#v; want %q, %q, %v", err, e.Op, e.Path, e.Err, row.op, path, row.errno)
	}
	is := func(target error, want bool) {
		t.Helper()
		if errors.Is(err, target) != want {
			t.Errorf("%v: errors.Is(%v) is %v", err, target, !want)
		}
	}
	var sentinel, also error
	for _, e := range mmaptest.Errnos {
		is(e.Errno, e.Errno == row.errno)
		if e.Errno == row.errno {
			sentinel, also = e.Sentinel, e.Also
		}
	}
	for _, s := range mmaptest.Sentinels {
		is(s, s == sentinel)
	}
	for _, s := range mmaptest.Equivalents {
		is(s, s == also)
	}
	for _, errno := range []unix.Errno{unix.ENOENT, unix.EINTR} {
		is(errno, false)
	}
	if text := strings.TrimSpace(row.op+" "+path) + ": " + row.errno.Error(); !strings.HasPrefix(err.Error(), text) {
		t.Errorf("%q does not begin with %q", err, text)
	}
}

// A state is all of a Mapping that a call that fails must leave alone.
type state struct {
	addr  uintptr
	len   int
	prot  mmap.Prot
	flags mmap.Flag
	pages string // as the system has them
	bytes string // those that can be read
}

func (s state) String() string {
	return fmt.Sprintf("%d bytes at %#x, %v, %v, pages %q", s.len, s.addr, s.prot, s.flags, s.pages)
}

func stateOf(t *testing.T, m *mmap.Mapping) state {
	t.Helper()
	if m == nil {
		return state{}
	}
	s := state{addr: m.Addr(), len: m.Len(), prot: m.Prot(), flags: m.Flags()}
	pages := mmaptest.Pages(m)
	s.pages = mmaptest.Parts(t, uintptr(unsafe.Pointer(unsafe.SliceData(pages))), min(len(pages)/pageSize, 2*oddPages))
	buf := make([]byte, min(m.Len(), 2*oddPages*pageSize))
	n, _ := m.ReadAt(buf, 0)
	s.bytes = string(buf[:n])
	return s
}

// checkClose makes an attempt to unmap that fails, and wants the Mapping to be
// closed for all but another Close.
func (row *errnoRow) checkClose(t *testing.T, a attempt, path string) {
	m := a.m
	row.checkError(t, a.call(), path)
	again := a.close
	if again == nil {
		again = m.Close
	}
	for _, c := range mmaptest.Methods {
		if c.Name != "Close" {
			mmaptest.WantError(t, c.Bad(m), c.Op, mmap.ErrClosed, fs.ErrClosed)
		}
	}
	if m.Bytes() != nil || m.Len() != 0 || m.Addr() != 0 {
		t.Errorf("after Close: %d bytes at %#x", m.Len(), m.Addr())
	}
	base, size := uintptr(unsafe.Pointer(&a.pages[0])), uintptr(len(a.pages))
	if !mmaptest.IsMapped(base) || !mmaptest.IsMapped(base+size-uintptr(pageSize)) {
		t.Fatal("the pages are gone")
	}
	row.checkError(t, again(), path)
	if a.heals {
		mmaptest.Must(t, m.Close())
		if mmaptest.IsMapped(base) || mmaptest.IsMapped(base+size-uintptr(pageSize)) {
			t.Error("Close succeeds, and the pages are still there")
		}
		mmaptest.WantError(t, m.Close(), "munmap", mmap.ErrClosed, fs.ErrClosed)
	}
}

// none is the error of a constructor, as in none(t)(Map(f, ProtRead, Shared)),
// which must not give a Mapping.
func none(t *testing.T) func(*mmap.Mapping, error) error {
	return func(m *mmap.Mapping, err error) error {
		t.Helper()
		if m != nil {
			t.Errorf("got a Mapping, %v, with the error %v", m, err)
			m.Close()
		}
		return err
	}
}

// filled is memory of n pages, with a pattern.
func filled(t *testing.T, n int) *mmap.Mapping {
	t.Helper()
	m := mmaptest.Anon(t, n*pageSize)
	copy(m.Bytes(), mmaptest.Pattern(m.Len()))
	return m
}

// Calls on the whole of a Mapping.
func advise(m *mmap.Mapping) error     { return m.Advise(mmap.AdviceSequential) }
func residentOf(m *mmap.Mapping) error { return mmaptest.ErrorOf(m.Resident(0, m.Len())) }
func readOnly(m *mmap.Mapping) error   { return m.Protect(mmap.ProtRead) }
func grow(m *mmap.Mapping) error       { return m.Remap(m.Len()+pageSize, mmap.RemapMayMove) }

// closeInGuard leaves the unmapping to Guard.
func closeInGuard(m *mmap.Mapping) error {
	var closed error
	err := m.Guard(func([]byte) error { closed = m.Close(); return nil })
	if closed != nil {
		return fmt.Errorf("Close inside of Guard: %w", closed)
	}
	return err
}

// onFilled attempts a call on pages of a file.
func onFilled(call func(*mmap.Mapping) error) func(*testing.T) attempt {
	return func(t *testing.T) attempt {
		f := mmaptest.TempFile(t, mmaptest.Pattern(3*pageSize))
		m := mmaptest.Mapped(t)(mmap.Map(f, rw, mmap.Shared))
		return attempt{m: m, f: f, call: func() error { return call(m) }}
	}
}

// onHoled attempts a call on three pages of which the second is not there. What
// the Go runtime maps meanwhile has better room than that, on either side.
func onHoled(call func(*mmap.Mapping) error) func(*testing.T) attempt {
	return func(t *testing.T) attempt {
		needUnmap(t)
		const room = 32 << 20
		r, err := mmap.Reserve(2*room + 3*pageSize)
		mmaptest.Must(t, err)
		addr := r.Addr() + room
		mmaptest.Must(t, r.Close())
		f := mmaptest.TempFile(t, mmaptest.Pattern(3*pageSize))
		m := mmaptest.Mapped(t)(mmap.MapAt(addr, int(f.Fd()), 0, 3*pageSize, rw, mmap.Shared|mmap.FixedNoReplace))
		hole := addr + uintptr(pageSize)
		mmaptest.Unmap(t, hole, pageSize)
		t.Cleanup(func() { // or Close might unmap a stranger
			mmap.MapAt(hole, -1, 0, pageSize, mmap.ProtNone, mmap.Private|mmap.Anonymous|mmap.FixedNoReplace) // m's to unmap
		})
		return attempt{m: m, call: func() error { return call(m) }}
	}
}

// onSealed attempts a call on pages that stay as long as the process does.
func onSealed(call func(*mmap.Mapping) error) func(*testing.T) attempt {
	return func(t *testing.T) attempt {
		m, err := mmap.MapAnon(3*pageSize, rw, mmap.Private)
		mmaptest.Must(t, err)
		copy(m.Bytes(), mmaptest.Pattern(m.Len()))
		mmaptest.Must(t, m.Protect(mmap.ProtRead))
		pages := mmaptest.Pages(m)
		if _, _, e := unix.Syscall(unix.SYS_MSEAL, m.Addr(), uintptr(len(pages)), 0); e != 0 {
			t.Fatalf("mseal: %v", e)
		}
		return attempt{m: m, pages: pages, call: func() error { return call(m) }}
	}
}

// onMiddle attempts a call that unmaps the middle of what the system takes for
// one mapping, when there can be no more: it would leave two.
func onMiddle(call func(*mmap.Mapping) error) func(*testing.T) attempt {
	return func(t *testing.T) attempt {
		outer := mmaptest.Mapped(t)(mmap.Reserve(3 * pageSize))
		m, err := mmap.MapAt(outer.Addr()+uintptr(pageSize), -1, 0, pageSize, outer.Prot(), outer.Flags()|mmap.Fixed)
		mmaptest.Must(t, err)
		if slices.ContainsFunc(mmaptest.VMAs(t), func(v mmaptest.VMA) bool { return v.Lo == m.Addr() || v.Hi == m.Addr() }) {
			t.Fatal("the system does not merge what was mapped with what is around it")
		}
		return attempt{
			m:     m,
			pages: mmaptest.Pages(m),
			call:  crowded(t, func() error { return call(m) }),
			close: crowded(t, m.Close),
			heals: true,
		}
	}
}

// crowded is call when the system allows no more mappings. The Go runtime gets
// no memory then: call must not ask for more than a little.
func crowded(t *testing.T, call func() error) func() error {
	return func() error {
		runtime.MemProfileRate = 0 // which allocates
		runtime.KeepAlive(make([]byte, 4<<20))
		runtime.GC() // so there is a little
		defer debug.SetGCPercent(debug.SetGCPercent(-1))

		if needVM() == "" { // emulated, and slow
			old := maxMappings()
			setMaxMappings(t, 1000)
			defer setMaxMappings(t, old)
		}
		m, err := mmap.Reserve((maxMappings() + 8) * pageSize)
		mmaptest.Must(t, err)
		defer func() { mmaptest.Must(t, m.Close()) }()
		pages := mmaptest.Pages(m)
		page := func(i int) []byte { return pages[i*pageSize:][:pageSize] }
		last := len(pages)/pageSize - 1
		// The ends differ from what may be around m, so that Close need not cut
		// a mapping in two.
		mmaptest.Must(t, unix.Mprotect(page(0), int(rw)))
		mmaptest.Must(t, unix.Mprotect(page(last), int(rw)))
		i := 1
		for ; i < last && err == nil; i += 2 { // two mappings more, each time
			err = unix.Mprotect(page(i), unix.PROT_READ)
		}
		for err = nil; i < last && err == nil; i++ { // one
			err = unix.Mprotect(pages[i*pageSize:last*pageSize], []int{unix.PROT_NONE, unix.PROT_READ}[i%2])
		}
		if err != unix.ENOMEM {
			t.Fatalf("with vm.max_map_count %d there is no end of mappings (%v)", maxMappings(), err)
		}
		return call()
	}
}

// limited is call with a resource limit, which is put back after it.
func limited(t *testing.T, resource int, limit uint64, call func() error) func() error {
	return func() error {
		var old unix.Rlimit
		mmaptest.Must(t, unix.Getrlimit(resource, &old))
		if old.Max < limit {
			t.Skipf("the hard limit is %d already", old.Max)
		}
		mmaptest.Must(t, unix.Setrlimit(resource, &unix.Rlimit{Cur: limit, Max: old.Max}))
		defer func() { mmaptest.Must(t, unix.Setrlimit(resource, &old)) }()
		return call()
	}
}

// addressSpace is how much of it is in use, in bytes.
func addressSpace(t *testing.T) uint64 {
	t.Helper()
	statm, err := os.ReadFile("/proc/self/statm")
	mmaptest.Must(t, err)
	var pages uint64
	_, err = fmt.Sscan(string(statm), &pages)
	mmaptest.Must(t, err)
	return pages * uint64(pageSize)
}

// withoutFiles is call when the machine allows no more open files but to
// privileged threads, of which its own is none.
func withoutFiles(t *testing.T, call func() error) func() error {
	return func() error {
		max, err := os.OpenFile("/proc/sys/fs/file-max", os.O_RDWR, 0)
		mmaptest.Must(t, err)
		defer max.Close()
		old, err := io.ReadAll(max)
		mmaptest.Must(t, err)
		_, err = max.WriteAt([]byte("0\n"), 0)
		mmaptest.Must(t, err)
		defer func() {
			_, err = max.WriteAt(old, 0)
			mmaptest.Must(t, err)
		}()

		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		header := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
		var caps [2]unix.CapUserData
		mmaptest.Must(t, unix.Capget(&header, &caps[0]))
		fewer := caps
		fewer[0].Effective &^= 1 << unix.CAP_SYS_ADMIN
		mmaptest.Must(t, unix.Capset(&header, &fewer[0]))
		defer func() { mmaptest.Must(t, unix.Capset(&header, &caps[0])) }()
		return call()
	}
}

// sealedFile may not be written any more.
func sealedFile(t *testing.T) *os.File {
	t.Helper()
	f := mmaptest.Memfd(t, unix.MFD_ALLOW_SEALING, int64(pageSize))
	_, err := unix.FcntlInt(f.Fd(), unix.F_ADD_SEALS, unix.F_SEAL_WRITE)
	mmaptest.Must(t, err)
	return f
}

// swapFile is in use until the test ends.
func swapFile(t *testing.T) *os.File {
	t.Helper()
	content := make([]byte, max(1<<20, 16*pageSize))
	binary.NativeEndian.PutUint32(content[1024:], 1)                               // version
	binary.NativeEndian.PutUint32(content[1028:], uint32(len(content)/pageSize)-1) // last page
	copy(content[pageSize-10:], "SWAPSPACE2")
	f := mmaptest.TempFile(t, content)
	mmaptest.Must(t, f.Chmod(0o600))
	mmaptest.Must(t, f.Sync())
	name, err := unix.BytePtrFromString(f.Name())
	mmaptest.Must(t, err)
	if _, _, e := unix.Syscall(unix.SYS_SWAPON, uintptr(unsafe.Pointer(name)), 0, 0); e != 0 {
		t.Skipf("no swap file here: swapon %s: %v", f.Name(), e)
	}
	t.Cleanup(func() {
		if _, _, e := unix.Syscall(unix.SYS_SWAPOFF, uintptr(unsafe.Pointer(name)), 0, 0); e != 0 {
			t.Errorf("swapoff %s: %v", f.Name(), e)
		}
	})
	return f
}

const maxMapCount = "/proc/sys/vm/max_map_count"

// maxMappings is how many a process may have, 0 if that is not known.
func maxMappings() int {
	text, _ := os.ReadFile(maxMapCount)
	n, _ := strconv.Atoi(strings.TrimSpace(string(text)))
	return n
}

func setMaxMappings(t *testing.T, n int) {
	t.Helper()
	mmaptest.Must(t, os.WriteFile(maxMapCount, []byte(strconv.Itoa(n)), 0))
}

func needMapLimit() string {
	if n := maxMappings(); n == 0 || n > 1<<17 {
		return fmt.Sprintf("vm.max_map_count is %d: too many to use up", n)
	}
	return ""
}

func needMemlock() string {
	m, err := mmap.MapAnon(3*pageSize, rw, mmap.Private)
	if err != nil {
		return err.Error()
	}
	defer m.Close()
	if err := m.Lock(); err != nil {
		return fmt.Sprintf("RLIMIT_MEMLOCK is too low: %v", err)
	}
	return ""
}

func needMseal() string {
	if _, _, e := unix.Syscall(unix.SYS_MSEAL, 0, 0, 0); e != 0 {
		return fmt.Sprintf("no mseal(2) here, which is of Linux 6.10: %v", e)
	}
	return ""
}

func needPopulate() string {
	m, err := mmap.MapAnon(pageSize, rw, mmap.Private)
	if err != nil {
		return err.Error()
	}
	defer m.Close()
	if err := m.Advise(mmap.AdvicePopulateWrite); err != nil {
		return fmt.Sprintf("no populating here, which is of Linux 5.14: %v", err)
	}
	return ""
}

const unknownProt = 1 << 20 // to any system

// needStrictProt returns why the kernel takes protection bits that nobody knows, ""
// if it does not.
func needStrictProt() string {
	m, err := mmap.MapAnon(pageSize, rw, mmap.Private)
	if err != nil {
		return err.Error()
	}
	defer m.Close()
	if unix.Mprotect(m.Bytes(), unknownProt) == nil {
		return "this kernel drops protection bits that it does not know (gVisor)"
	}
	return ""
}

// needStrictAdvice returns why the kernel takes advice on a hole, "" if it does not.
func needStrictAdvice() string {
	m, err := mmap.Reserve(pageSize)
	if err != nil {
		return err.Error()
	}
	hole := m.Addr()
	if err := m.Close(); err != nil {
		return err.Error()
	}
	if _, _, e := unix.Syscall(unix.SYS_MADVISE, hole, uintptr(pageSize), unix.MADV_SEQUENTIAL); e == 0 {
		return "this kernel takes advice where nothing is mapped (gVisor)"
	}
	return ""
}

// needSharedValidate returns why there is no SharedValidate, "" if there is.
func needSharedValidate() string {
	m, err := mmap.MapAnon(pageSize, rw, mmap.SharedValidate)
	if err != nil {
		return err.Error()
	}
	m.Close()
	return ""
}

// needVM returns why the test must leave the machine as it is, "" if it need not.
func needVM() string {
	if os.Getenv("IN_VM") != "1" {
		return "this changes the whole machine: it needs one of its own, and IN_VM=1"
	}
	if os.Geteuid() != 0 {
		return "only root may do this"
	}
	return ""
}

func need32Bits() string {
	var name unix.Utsname
	if err := unix.Uname(&name); err != nil {
		return err.Error()
	}
	if machine := unix.ByteSliceToString(name.Machine[:]); strconv.IntSize != 32 || strings.Contains(machine, "64") {
		return "only a 32-bit kernel: this one is " + machine
	}
	return ""
}
