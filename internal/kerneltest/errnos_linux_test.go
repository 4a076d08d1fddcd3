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
	"sync/atomic"
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
	name     string
	place    place
	skip     func() string // why not, "" if it can be done
	provoke  func(t *testing.T) attempt
	op       string
	errno    unix.Errno
	sentinel error
	also     error // of fs or errors
}

// errnoRows provoke each errno that the package has an error for, and some that
// it has none for.
var errnoRows = []errnoRow{
	{"EACCES, Shared and writable, of a file open for reading", here, nil, func(t *testing.T) attempt {
		f := mmaptest.OpenFile(t, mmaptest.TempFile(t, mmaptest.Pattern(100)).Name(), os.O_RDONLY)
		return attempt{f: f, call: func() error { return none(t)(mmap.Map(f, rw, mmap.Shared)) }}
	}, "mmap", unix.EACCES, mmap.ErrAccess, fs.ErrPermission},
	{"EACCES, of a file open for writing", here, nil, func(t *testing.T) attempt {
		f := mmaptest.OpenFile(t, mmaptest.TempFile(t, mmaptest.Pattern(100)).Name(), os.O_WRONLY)
		return attempt{f: f, call: func() error { return none(t)(mmap.Map(f, mmap.ProtNone, mmap.Private)) }}
	}, "mmap", unix.EACCES, mmap.ErrAccess, fs.ErrPermission},
	{"EACCES, Replace", here, nil, func(t *testing.T) attempt {
		f := mmaptest.OpenFile(t, mmaptest.TempFile(t, mmaptest.Pattern(pageSize)).Name(), os.O_RDONLY)
		m := filled(t, 3)
		return attempt{m: m, f: f, call: func() error { return m.Replace(pageSize, pageSize, f, 0, rw, mmap.Shared) }}
	}, "mmap", unix.EACCES, mmap.ErrAccess, fs.ErrPermission},
	{"EACCES, Protect", here, nil, func(t *testing.T) attempt {
		f := mmaptest.OpenFile(t, mmaptest.TempFile(t, mmaptest.Pattern(3*pageSize)).Name(), os.O_RDONLY)
		m := mmaptest.Mapped(t)(mmap.Map(f, mmap.ProtRead, mmap.Shared))
		return attempt{m: m, f: f, call: func() error { return m.Protect(rw) }}
	}, "mprotect", unix.EACCES, mmap.ErrAccess, fs.ErrPermission},

	{"EAGAIN, more Locked than may be", nobody, nil, func(t *testing.T) attempt {
		return attempt{call: limited(t, unix.RLIMIT_MEMLOCK, uint64(4*pageSize), func() error {
			return none(t)(mmap.MapAnon(8*pageSize, rw, mmap.Private|mmap.Locked))
		})}
	}, "mmap", unix.EAGAIN, mmap.ErrAgain, nil},
	{"EAGAIN, Remap to more locked than may be", nobody, nil, func(t *testing.T) attempt {
		m := filled(t, 2)
		return attempt{m: m, call: limited(t, unix.RLIMIT_MEMLOCK, uint64(4*pageSize), func() error {
			mmaptest.Must(t, m.Lock())
			return m.Remap(8*pageSize, mmap.RemapMayMove)
		})}
	}, "mremap", unix.EAGAIN, mmap.ErrAgain, nil},
	{"EAGAIN, advice that takes one mapping too many", child, needMapLimit, func(t *testing.T) attempt {
		m := filled(t, 3)
		return attempt{m: m, call: crowded(t, func() error { return m.AdviseRange(pageSize, pageSize, mmap.AdviceSequential) })}
	}, "madvise", unix.EAGAIN, mmap.ErrAgain, nil},
	{"EAGAIN, seccomp, mmap", child, needSeccompMmap, refusedMap(unix.EAGAIN), "mmap", unix.EAGAIN, mmap.ErrAgain, nil},
	{"EAGAIN, seccomp, mlock", child, needSeccomp, refused(unix.SYS_MLOCK, unix.EAGAIN, (*mmap.Mapping).Lock), "mlock", unix.EAGAIN, mmap.ErrAgain, nil},
	{"EAGAIN, seccomp, mincore", child, needSeccomp, refused(unix.SYS_MINCORE, unix.EAGAIN, residentOf), "mincore", unix.EAGAIN, mmap.ErrAgain, nil},

	{"EBADF, O_PATH", here, nil, func(t *testing.T) attempt {
		f := mmaptest.OpenFile(t, mmaptest.TempFile(t, mmaptest.Pattern(100)).Name(), unix.O_PATH)
		return attempt{f: f, call: func() error { return none(t)(mmap.Map(f, mmap.ProtRead, mmap.Shared)) }}
	}, "mmap", unix.EBADF, mmap.ErrBadFD, nil},
	{"EBADF, no descriptor", here, nil, func(t *testing.T) attempt {
		return attempt{call: func() error { return none(t)(mmap.MapAt(0, -1, 0, 100, mmap.ProtRead, mmap.Shared)) }}
	}, "mmap", unix.EBADF, mmap.ErrBadFD, nil},
	{"EBADF, Replace", here, nil, func(t *testing.T) attempt {
		f := mmaptest.OpenFile(t, mmaptest.TempFile(t, mmaptest.Pattern(pageSize)).Name(), unix.O_PATH)
		m := filled(t, 3)
		return attempt{m: m, f: f, call: func() error { return m.Replace(pageSize, pageSize, f, 0, mmap.ProtRead, mmap.Shared) }}
	}, "mmap", unix.EBADF, mmap.ErrBadFD, nil},
	{"EBADF, seccomp, madvise", child, needSeccomp, refused(unix.SYS_MADVISE, unix.EBADF, advise), "madvise", unix.EBADF, mmap.ErrBadFD, nil},

	{"EINVAL, neither Shared nor Private", here, nil, func(t *testing.T) attempt {
		f := mmaptest.TempFile(t, mmaptest.Pattern(100))
		return attempt{f: f, call: func() error { return none(t)(mmap.Map(f, mmap.ProtRead, 0)) }}
	}, "mmap", unix.EINVAL, mmap.ErrInvalid, fs.ErrInvalid},
	{"EINVAL, SyncWait and SyncAsync", here, nil, onFilled(func(m *mmap.Mapping) error {
		return m.SyncRange(0, pageSize, mmap.SyncWait|mmap.SyncAsync)
	}), "msync", unix.EINVAL, mmap.ErrInvalid, fs.ErrInvalid},
	{"EINVAL, unknown advice", here, nil, onFilled(func(m *mmap.Mapping) error { return m.Advise(12345) }), "madvise", unix.EINVAL, mmap.ErrInvalid, fs.ErrInvalid},
	{"EINVAL, unknown protection", here, nil, onFilled(func(m *mmap.Mapping) error { return m.Protect(1 << 20) }), "mprotect", unix.EINVAL, mmap.ErrInvalid, fs.ErrInvalid},
	{"EINVAL, seccomp, mlock", child, needSeccomp, refused(unix.SYS_MLOCK, unix.EINVAL, (*mmap.Mapping).Lock), "mlock", unix.EINVAL, mmap.ErrInvalid, fs.ErrInvalid},
	{"EINVAL, seccomp, mremap", child, needSeccomp, refused(unix.SYS_MREMAP, unix.EINVAL, grow), "mremap", unix.EINVAL, mmap.ErrInvalid, fs.ErrInvalid},

	{"ENFILE, fs.file-max", child, needVM, func(t *testing.T) attempt {
		return attempt{call: withoutFiles(t, func() error { return none(t)(mmap.MapAnon(pageSize, rw, mmap.Shared)) })}
	}, "mmap", unix.ENFILE, mmap.ErrTooManyFiles, nil},
	{"ENFILE, seccomp", child, needSeccompMmap, refusedMap(unix.ENFILE), "mmap", unix.ENFILE, mmap.ErrTooManyFiles, nil},
	{"EMFILE, Open", child, nil, func(t *testing.T) attempt {
		f := mmaptest.TempFile(t, mmaptest.Pattern(100))
		return attempt{f: f, call: limited(t, unix.RLIMIT_NOFILE, 0, func() error { return none(t)(mmap.Open(f.Name())) })}
	}, "open", unix.EMFILE, mmap.ErrTooManyFiles, nil},
	{"EMFILE, seccomp", child, needSeccompMmap, refusedMap(unix.EMFILE), "mmap", unix.EMFILE, mmap.ErrTooManyFiles, nil},

	{"ENODEV, a device without mmap", here, nil, func(t *testing.T) attempt {
		f := mmaptest.OpenFile(t, "/dev/null", os.O_RDONLY)
		return attempt{f: f, call: func() error { return none(t)(mmap.MapRegion(f, 0, 100, mmap.ProtRead, mmap.Shared)) }}
	}, "mmap", unix.ENODEV, mmap.ErrNotMappable, errors.ErrUnsupported},
	{"ENODEV, a directory", here, nil, func(t *testing.T) attempt {
		f := mmaptest.OpenFile(t, t.TempDir(), os.O_RDONLY)
		return attempt{f: f, call: func() error { return none(t)(mmap.MapRegion(f, 0, 100, mmap.ProtRead, mmap.Private)) }}
	}, "mmap", unix.ENODEV, mmap.ErrNotMappable, errors.ErrUnsupported},
	{"ENODEV, Replace", here, nil, func(t *testing.T) attempt {
		f := mmaptest.OpenFile(t, "/dev/null", os.O_RDONLY)
		m := filled(t, 3)
		return attempt{m: m, f: f, call: func() error { return m.Replace(pageSize, pageSize, f, 0, mmap.ProtRead, mmap.Private) }}
	}, "mmap", unix.ENODEV, mmap.ErrNotMappable, errors.ErrUnsupported},

	{"ENOMEM, RLIMIT_AS", child, nil, func(t *testing.T) attempt {
		return attempt{call: limited(t, unix.RLIMIT_AS, addressSpace(t)+64<<20, func() error {
			return none(t)(mmap.MapAnon(128<<20, rw, mmap.Private))
		})}
	}, "mmap", unix.ENOMEM, mmap.ErrNoMemory, nil},
	{"ENOMEM, RLIMIT_AS, Replace", child, nil, func(t *testing.T) attempt {
		f := mmaptest.TempFile(t, mmaptest.Pattern(100))
		m := mmaptest.Mapped(t)(mmap.MapAnon(128<<20, mmap.ProtRead, mmap.Private))
		return attempt{m: m, f: f, call: limited(t, unix.RLIMIT_AS, addressSpace(t)+64<<20, func() error {
			return m.Replace(0, m.Len(), f, 0, mmap.ProtRead, mmap.Shared)
		})}
	}, "mmap", unix.ENOMEM, mmap.ErrNoMemory, nil},
	{"ENOMEM, RLIMIT_AS, Remap", child, nil, func(t *testing.T) attempt {
		f := mmaptest.TempFile(t, mmaptest.Pattern(100))
		m := mmaptest.Mapped(t)(mmap.Map(f, rw, mmap.Shared))
		return attempt{m: m, f: f, call: limited(t, unix.RLIMIT_AS, addressSpace(t)+64<<20, func() error {
			return m.Remap(128<<20, mmap.RemapMayMove)
		})}
	}, "mremap", unix.ENOMEM, mmap.ErrNoMemory, nil},
	{"ENOMEM, Remap without room", here, nil, func(t *testing.T) attempt {
		m, intact := mmaptest.Neighbours(t, 3)
		t.Cleanup(intact)
		copy(m.Bytes(), mmaptest.Pattern(m.Len()))
		return attempt{m: m, call: func() error { return m.Remap(4*pageSize, 0) }}
	}, "mremap", unix.ENOMEM, mmap.ErrNoMemory, nil},
	{"ENOMEM, too many mappings, MapRegion", child, needMapLimit, func(t *testing.T) attempt {
		f := mmaptest.TempFile(t, mmaptest.Pattern(100))
		return attempt{f: f, call: crowded(t, func() error {
			m, err := mmap.MapRegion(f, 0, 100, mmap.ProtRead, mmap.Shared) // which mmap still allows, to be one too many
			if err == nil {
				defer m.Close()
				err = none(t)(mmap.MapRegion(f, 0, 100, rw, mmap.Shared))
			}
			return err
		})}
	}, "mmap", unix.ENOMEM, mmap.ErrNoMemory, nil},
	{"ENOMEM, too many mappings, ProtectRange", child, needMapLimit, func(t *testing.T) attempt {
		m := filled(t, 3)
		return attempt{m: m, call: crowded(t, func() error { return m.ProtectRange(pageSize, pageSize, mmap.ProtRead) })}
	}, "mprotect", unix.ENOMEM, mmap.ErrNoMemory, nil},
	{"ENOMEM, too many mappings, LockRange", child, needMapLimit, func(t *testing.T) attempt {
		m := filled(t, 3)
		return attempt{m: m, call: crowded(t, func() error { return m.LockRange(pageSize, pageSize) })}
	}, "mlock", unix.ENOMEM, mmap.ErrNoMemory, nil},
	{"ENOMEM, too many mappings, UnlockRange", child, needMapLimit, func(t *testing.T) attempt {
		m := filled(t, 3)
		mmaptest.Lock(t, m, 0, m.Len())
		return attempt{m: m, call: crowded(t, func() error { return m.UnlockRange(pageSize, pageSize) })}
	}, "munlock", unix.ENOMEM, mmap.ErrNoMemory, nil},
	{"ENOMEM, too many mappings, Remap", child, needMapLimit, func(t *testing.T) attempt {
		m, intact := mmaptest.Neighbours(t, 3)
		t.Cleanup(intact)
		return attempt{m: m, call: crowded(t, func() error { return m.Remap(4*pageSize, mmap.RemapMayMove) })}
	}, "mremap", unix.ENOMEM, mmap.ErrNoMemory, nil},
	{"ENOMEM, a hole, Sync", here, nil, onHoled((*mmap.Mapping).Sync), "msync", unix.ENOMEM, mmap.ErrNoMemory, nil},
	{"ENOMEM, a hole, Protect", here, nil, onHoled(func(m *mmap.Mapping) error { return m.Protect(rw) }), "mprotect", unix.ENOMEM, mmap.ErrNoMemory, nil},
	{"ENOMEM, a hole, Advise", here, nil, onHoled(advise), "madvise", unix.ENOMEM, mmap.ErrNoMemory, nil},
	{"ENOMEM, a hole, Lock", here, needMemlock, onHoled((*mmap.Mapping).Lock), "mlock", unix.ENOMEM, mmap.ErrNoMemory, nil},
	{"ENOMEM, a hole, Unlock", here, nil, onHoled((*mmap.Mapping).Unlock), "munlock", unix.ENOMEM, mmap.ErrNoMemory, nil},
	{"ENOMEM, a hole, Resident", here, nil, onHoled(residentOf), "mincore", unix.ENOMEM, mmap.ErrNoMemory, nil},
	{"ENOMEM, Lock of pages without access", here, needMemlock, func(t *testing.T) attempt {
		m := mmaptest.Mapped(t)(mmap.Reserve(pageSize))
		return attempt{m: m, call: m.Lock}
	}, "mlock", unix.ENOMEM, mmap.ErrNoMemory, nil},
	{"ENOMEM, more locked than may be", nobody, nil, func(t *testing.T) attempt {
		m := filled(t, 8)
		return attempt{m: m, call: limited(t, unix.RLIMIT_MEMLOCK, uint64(4*pageSize), m.Lock)}
	}, "mlock", unix.ENOMEM, mmap.ErrNoMemory, nil},
	{"ENOMEM, seccomp, Replace over its own pages", child, needSeccompMmap, func(t *testing.T) attempt {
		m, intact := mmaptest.Neighbours(t, oddPages)
		t.Cleanup(intact)
		copy(m.Bytes(), mmaptest.Pattern(m.Len()))
		refuse(t, mmapCall(), unix.ENOMEM, map[int]uintptr{1: uintptr(m.Len()), 3: uintptr(mmap.Private | mmap.Anonymous | mmap.Fixed)}) // not the trial before it
		return attempt{m: m, call: func() error { return m.Replace(0, m.Len(), nil, 0, rw, mmap.Private|mmap.Anonymous) }}
	}, "mmap", unix.ENOMEM, mmap.ErrNoMemory, nil},

	{"EPERM, sealed file", here, nil, func(t *testing.T) attempt {
		f := sealedFile(t)
		return attempt{f: f, call: func() error { return none(t)(mmap.Map(f, rw, mmap.Shared)) }}
	}, "mmap", unix.EPERM, mmap.ErrPermission, fs.ErrPermission},
	{"EPERM, sealed file, Replace", here, nil, func(t *testing.T) attempt {
		f := sealedFile(t)
		m := filled(t, 3)
		return attempt{m: m, f: f, call: func() error { return m.Replace(pageSize, pageSize, f, 0, rw, mmap.Shared) }}
	}, "mmap", unix.EPERM, mmap.ErrPermission, fs.ErrPermission},
	{"EPERM, none may be Locked", nobody, nil, func(t *testing.T) attempt {
		return attempt{call: limited(t, unix.RLIMIT_MEMLOCK, 0, func() error { return none(t)(mmap.MapAnon(pageSize, rw, mmap.Private|mmap.Locked)) })}
	}, "mmap", unix.EPERM, mmap.ErrPermission, fs.ErrPermission},
	{"EPERM, none may be locked", nobody, nil, func(t *testing.T) attempt {
		m := filled(t, 1)
		return attempt{m: m, call: limited(t, unix.RLIMIT_MEMLOCK, 0, m.Lock)}
	}, "mlock", unix.EPERM, mmap.ErrPermission, fs.ErrPermission},
	{"EPERM, sealed pages, Protect", child, needMseal, onSealed(func(m *mmap.Mapping) error { return m.Protect(rw) }), "mprotect", unix.EPERM, mmap.ErrPermission, fs.ErrPermission},
	{"EPERM, sealed pages, Advise", child, needMseal, onSealed(func(m *mmap.Mapping) error { return m.Advise(mmap.AdviceDontNeed) }), "madvise", unix.EPERM, mmap.ErrPermission, fs.ErrPermission},
	{"EPERM, sealed pages, Remap", child, needMseal, onSealed(func(m *mmap.Mapping) error { return m.Remap(pageSize, mmap.RemapMayMove) }), "mremap", unix.EPERM, mmap.ErrPermission, fs.ErrPermission},
	{"EPERM, sealed pages, Replace", child, needMseal, onSealed(func(m *mmap.Mapping) error {
		return m.Replace(pageSize, pageSize, nil, 0, rw, mmap.Private|mmap.Anonymous)
	}), "mmap", unix.EPERM, mmap.ErrPermission, fs.ErrPermission},

	{"ETXTBSY, swap file", here, needRoot, func(t *testing.T) attempt {
		f := swapFile(t)
		return attempt{f: f, call: func() error { return none(t)(mmap.Map(f, rw, mmap.Shared)) }}
	}, "mmap", unix.ETXTBSY, mmap.ErrTextBusy, nil},
	{"ETXTBSY, seccomp", child, needSeccompMmap, refusedMap(unix.ETXTBSY), "mmap", unix.ETXTBSY, mmap.ErrTextBusy, nil},

	{"ENXIO, seccomp, mmap", child, needSeccompMmap, refusedMap(unix.ENXIO), "mmap", unix.ENXIO, mmap.ErrNoAddress, nil},
	{"ENXIO, seccomp, Replace", child, needSeccompMmap, func(t *testing.T) attempt {
		f := mmaptest.TempFile(t, mmaptest.Pattern(oddPages*pageSize))
		m := filled(t, oddPages)
		refuse(t, mmapCall(), unix.ENXIO, map[int]uintptr{1: uintptr(m.Len())})
		return attempt{m: m, f: f, call: func() error { return m.Replace(0, m.Len(), f, 0, mmap.ProtRead, mmap.Shared) }}
	}, "mmap", unix.ENXIO, mmap.ErrNoAddress, nil},
	{"ENXIO, seccomp, msync", child, needSeccomp, refused(unix.SYS_MSYNC, unix.ENXIO, (*mmap.Mapping).Sync), "msync", unix.ENXIO, mmap.ErrNoAddress, nil},

	{"EOVERFLOW, past the longest file", here, nil, func(t *testing.T) attempt {
		f := mmaptest.TempFile(t, mmaptest.Pattern(100))
		return attempt{f: f, call: func() error {
			return none(t)(mmap.MapRegion(f, math.MaxInt64-int64(pageSize)+1, 1, mmap.ProtRead, mmap.Shared)) // on 32 bits x/sys sees to it
		}}
	}, "mmap", unix.EOVERFLOW, mmap.ErrOverflow, nil},
	{"EOVERFLOW, past the longest file of 32 bits", here, need32Bits, func(t *testing.T) attempt {
		f := mmaptest.TempFile(t, mmaptest.Pattern(100))
		return attempt{f: f, call: func() error {
			return none(t)(mmap.MapRegion(f, 1<<44-int64(pageSize), 1, mmap.ProtRead, mmap.Shared))
		}}
	}, "mmap", unix.EOVERFLOW, mmap.ErrOverflow, nil},
	{"EOVERFLOW, seccomp", child, needSeccompMmap, refusedMap(unix.EOVERFLOW), "mmap", unix.EOVERFLOW, mmap.ErrOverflow, nil},

	{"EEXIST, FixedNoReplace", here, nil, func(t *testing.T) attempt {
		m := filled(t, 3)
		f := mmaptest.TempFile(t, mmaptest.Pattern(100))
		return attempt{m: m, call: func() error {
			return none(t)(mmap.MapAt(m.Addr()+uintptr(pageSize), int(f.Fd()), 0, 100, rw, mmap.Shared|mmap.FixedNoReplace))
		}}
	}, "mmap", unix.EEXIST, mmap.ErrExist, fs.ErrExist},

	{"EBUSY, SyncInvalidate of locked pages", here, needMemlock, func(t *testing.T) attempt {
		f := mmaptest.TempFile(t, mmaptest.Pattern(100))
		m := mmaptest.Mapped(t)(mmap.Map(f, rw, mmap.Shared))
		mmaptest.Must(t, m.Lock())
		return attempt{m: m, f: f, call: func() error { return m.SyncRange(0, 100, mmap.SyncWait|mmap.SyncInvalidate) }}
	}, "msync", unix.EBUSY, mmap.ErrBusy, nil},

	{"EIO, seccomp, msync", child, needSeccomp, refused(unix.SYS_MSYNC, unix.EIO, (*mmap.Mapping).Sync), "msync", unix.EIO, mmap.ErrIO, nil},
	{"EIO, seccomp, madvise", child, needSeccomp, refused(unix.SYS_MADVISE, unix.EIO, advise), "madvise", unix.EIO, mmap.ErrIO, nil},

	{"EFAULT, populating past the end", here, needPopulate, func(t *testing.T) attempt {
		f := mmaptest.TempFile(t, mmaptest.Pattern(100))
		m := mmaptest.Mapped(t)(mmap.MapRegion(f, 0, 3*pageSize, rw, mmap.Shared))
		return attempt{m: m, f: f, call: func() error { return m.Advise(mmap.AdvicePopulateWrite) }}
	}, "madvise", unix.EFAULT, mmap.ErrFault, nil},
	{"EFAULT, seccomp, mincore", child, needSeccomp, refused(unix.SYS_MINCORE, unix.EFAULT, residentOf), "mincore", unix.EFAULT, mmap.ErrFault, nil},

	{"EOPNOTSUPP, SharedValidate", here, nil, func(t *testing.T) attempt {
		f := mmaptest.TempFile(t, mmaptest.Pattern(100))
		return attempt{f: f, call: func() error { return none(t)(mmap.Map(f, rw, mmap.SharedValidate|0x400000)) }}
	}, "mmap", unix.EOPNOTSUPP, mmap.ErrUnsupported, errors.ErrUnsupported},
	{"EOPNOTSUPP, SharedValidate, Replace", here, nil, func(t *testing.T) attempt {
		f := mmaptest.TempFile(t, mmaptest.Pattern(pageSize))
		m := filled(t, 3)
		return attempt{m: m, f: f, call: func() error { return m.Replace(pageSize, pageSize, f, 0, rw, mmap.SharedValidate|0x400000) }}
	}, "mmap", unix.EOPNOTSUPP, mmap.ErrUnsupported, errors.ErrUnsupported},
	{"ENOSYS, seccomp, msync", child, needSeccomp, refused(unix.SYS_MSYNC, unix.ENOSYS, (*mmap.Mapping).Sync), "msync", unix.ENOSYS, mmap.ErrUnsupported, errors.ErrUnsupported},
	{"ENOSYS, seccomp, mprotect", child, needSeccomp, refused(unix.SYS_MPROTECT, unix.ENOSYS, func(m *mmap.Mapping) error {
		return m.Protect(mmap.ProtRead)
	}), "mprotect", unix.ENOSYS, mmap.ErrUnsupported, errors.ErrUnsupported},
	{"ENOSYS, seccomp, madvise", child, needSeccomp, refused(unix.SYS_MADVISE, unix.ENOSYS, advise), "madvise", unix.ENOSYS, mmap.ErrUnsupported, errors.ErrUnsupported},
	{"ENOSYS, seccomp, mlock", child, needSeccomp, refused(unix.SYS_MLOCK, unix.ENOSYS, (*mmap.Mapping).Lock), "mlock", unix.ENOSYS, mmap.ErrUnsupported, errors.ErrUnsupported},
	{"ENOSYS, seccomp, munlock", child, needSeccomp, refused(unix.SYS_MUNLOCK, unix.ENOSYS, (*mmap.Mapping).Unlock), "munlock", unix.ENOSYS, mmap.ErrUnsupported, errors.ErrUnsupported},
	{"ENOSYS, seccomp, mincore", child, needSeccomp, refused(unix.SYS_MINCORE, unix.ENOSYS, residentOf), "mincore", unix.ENOSYS, mmap.ErrUnsupported, errors.ErrUnsupported},
	{"ENOSYS, seccomp, mremap", child, needSeccomp, refused(unix.SYS_MREMAP, unix.ENOSYS, grow), "mremap", unix.ENOSYS, mmap.ErrUnsupported, errors.ErrUnsupported},

	{"ENOSPC, seccomp", child, needSeccomp, refused(unix.SYS_MSYNC, unix.ENOSPC, (*mmap.Mapping).Sync), "msync", unix.ENOSPC, nil, nil},
	{"EDQUOT, seccomp", child, needSeccomp, refused(unix.SYS_MSYNC, unix.EDQUOT, (*mmap.Mapping).Sync), "msync", unix.EDQUOT, nil, nil},

	{"EPERM, sealed pages, Close", child, needMseal, onSealed((*mmap.Mapping).Close), "munmap", unix.EPERM, mmap.ErrPermission, fs.ErrPermission},
	{"EPERM, sealed pages, the last Guard", child, needMseal, onSealed(closeInGuard), "munmap", unix.EPERM, mmap.ErrPermission, fs.ErrPermission},
	{"ENOMEM, too many mappings, Close", child, needMapLimit, onMiddle((*mmap.Mapping).Close), "munmap", unix.ENOMEM, mmap.ErrNoMemory, nil},
	{"ENOMEM, too many mappings, the last Guard", child, needMapLimit, onMiddle(closeInGuard), "munmap", unix.ENOMEM, mmap.ErrNoMemory, nil},
	{"EINVAL, seccomp, Close", child, needSeccomp, refusedClose(unix.EINVAL, (*mmap.Mapping).Close), "munmap", unix.EINVAL, mmap.ErrInvalid, fs.ErrInvalid},
	{"EAGAIN, seccomp, the last Guard", child, needSeccomp, refusedClose(unix.EAGAIN, closeInGuard), "munmap", unix.EAGAIN, mmap.ErrAgain, nil},
	{"EAGAIN, seccomp, the last Guard, which fails", child, needSeccomp, func(t *testing.T) attempt {
		return refusedClose(unix.EAGAIN, func(m *mmap.Mapping) error {
			err := m.Guard(func([]byte) error {
				mmaptest.Must(t, m.Close())
				return io.ErrUnexpectedEOF
			})
			both, ok := err.(interface{ Unwrap() []error })
			if !ok || len(both.Unwrap()) != 2 || both.Unwrap()[0] != io.ErrUnexpectedEOF {
				t.Errorf("Guard: %v, want two errors", err)
				return err
			}
			return both.Unwrap()[1]
		})(t)
	}, "munmap", unix.EAGAIN, mmap.ErrAgain, nil},
	{"EAGAIN, seccomp, the last WriteAt", child, needSeccomp, closeInWriteAt(unix.EAGAIN), "munmap", unix.EAGAIN, mmap.ErrAgain, nil},
}

// TestErrnos provokes errors through the public calls, each for real.
func TestErrnos(t *testing.T) {
	const inChild = "MMAP_TEST_ERRNO"
	child := os.Getenv(inChild) != "" // so this is the child of a row, for that row
	missing := map[unix.Errno]bool{}
	for _, e := range mmaptest.Errnos {
		missing[e.Errno] = true
		if !slices.ContainsFunc(errnoRows, func(row errnoRow) bool { return row.errno == e.Errno }) {
			t.Errorf("no row has %v", e.Errno)
		}
	}
	for _, row := range errnoRows {
		t.Run(row.name, func(t *testing.T) {
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

// checkError wants err to match all that it should, and nothing else.
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
	for _, s := range mmaptest.Sentinels {
		is(s, s == row.sentinel)
	}
	for _, s := range mmaptest.Equivalents {
		is(s, s == row.also)
	}
	for _, e := range mmaptest.Errnos {
		is(e.Errno, e.Errno == row.errno)
	}
	for _, errno := range []unix.Errno{unix.ENOSPC, unix.EDQUOT, unix.ENOENT, unix.EINTR} {
		is(errno, errno == row.errno)
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

// refused attempts a call that is refused with errno.
func refused(call uintptr, errno unix.Errno, method func(*mmap.Mapping) error) func(*testing.T) attempt {
	return func(t *testing.T) attempt {
		f := mmaptest.TempFile(t, mmaptest.Pattern(oddPages*pageSize))
		m := mmaptest.Mapped(t)(mmap.Map(f, rw, mmap.Shared))
		refuse(t, call, errno, map[int]uintptr{1: uintptr(m.Len())})
		return attempt{m: m, f: f, call: func() error { return method(m) }}
	}
}

// refusedMap attempts to map a file, which is refused with errno.
func refusedMap(errno unix.Errno) func(*testing.T) attempt {
	return func(t *testing.T) attempt {
		f := mmaptest.TempFile(t, mmaptest.Pattern(oddPages*pageSize))
		refuse(t, mmapCall(), errno, map[int]uintptr{1: oddPages * uintptr(pageSize)})
		return attempt{f: f, call: func() error { return none(t)(mmap.Map(f, mmap.ProtRead, mmap.Shared)) }}
	}
}

// refusedClose attempts a call that is to unmap, which is refused with errno.
func refusedClose(errno unix.Errno, call func(*mmap.Mapping) error) func(*testing.T) attempt {
	return func(t *testing.T) attempt {
		f := mmaptest.TempFile(t, mmaptest.Pattern(oddPages*pageSize))
		m, err := mmap.Map(f, rw, mmap.Shared)
		mmaptest.Must(t, err)
		refuse(t, unix.SYS_MUNMAP, errno, map[int]uintptr{1: uintptr(m.Len())})
		return attempt{m: m, f: f, pages: mmaptest.Pages(m), call: func() error { return call(m) }}
	}
}

// closeInWriteAt is a WriteAt that is to unmap, which is refused with errno:
// Close comes while it copies.
func closeInWriteAt(errno unix.Errno) func(*testing.T) attempt {
	return func(t *testing.T) attempt {
		runtime.GOMAXPROCS(2) // a copy cannot be preempted
		p := bytes.Repeat([]byte{1}, 16<<20+oddPages*pageSize)
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

func needRoot() string {
	if os.Geteuid() != 0 {
		return "only root may do that"
	}
	return ""
}

func needVM() string {
	if os.Getenv("IN_VM") != "1" {
		return "it would concern the whole machine: it needs one of its own, and IN_VM=1"
	}
	return needRoot()
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
