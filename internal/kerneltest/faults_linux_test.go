// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package kerneltest

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"hash/maphash"
	"os"
	"path"
	"reflect"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
	"unicode/utf8"
	"unsafe"

	"github.com/facc7503/mmap"
	"github.com/facc7503/mmap/internal/mmaptest"
	"golang.org/x/sys/unix"
)

// badPages are Mappings of pattern(4*pageSize), from some offset on, whose last
// two pages cannot be accessed.
var badPages = []struct {
	name     string
	populate error // what AdvicePopulateWrite returns for them
	pages    func(t *testing.T) *mmap.Mapping
}{
	{"truncated file", mmap.ErrFault, func(t *testing.T) *mmap.Mapping {
		m, f := mmaptest.MapContent(t, mmaptest.Pattern(4*pageSize), 1000, rw, mmap.Shared)
		mmaptest.Must(t, f.Truncate(int64(2*pageSize)))
		return m
	}},
	{"truncated file, Private", mmap.ErrFault, func(t *testing.T) *mmap.Mapping {
		m, f := mmaptest.MapContent(t, mmaptest.Pattern(4*pageSize), 1000, rw, mmap.Private)
		m.Bytes()[m.Len()-1]++ // a copy of its own goes too
		mmaptest.Must(t, f.Truncate(int64(2*pageSize)))
		return m
	}},
	{"file shorter than the region", mmap.ErrFault, func(t *testing.T) *mmap.Mapping {
		f := mmaptest.TempFile(t, mmaptest.Pattern(2*pageSize))
		return mmaptest.Mapped(t)(mmap.MapRegion(f, 1000, 4*pageSize-1000, rw, mmap.Shared))
	}},
	{"hole in a full tmpfs", mmap.ErrFault, func(t *testing.T) *mmap.Mapping {
		f := holeInFull(t, mountTmpfs(t, 2), "file")
		return mmaptest.Mapped(t)(mmap.MapRegion(f, 1000, mmap.ToEnd, rw, mmap.Shared))
	}},
	{fuseSource, mmap.ErrFault, func(t *testing.T) *mmap.Mapping {
		f := fuseFile(t, mountFuse(t), "read", unix.EIO)
		return mmaptest.Mapped(t)(mmap.MapRegion(f, 1000, mmap.ToEnd, rw, mmap.Shared))
	}},
	{"ProtNone", mmap.ErrInvalid, func(t *testing.T) *mmap.Mapping {
		m, _ := mmaptest.MapContent(t, mmaptest.Pattern(4*pageSize), 1000, rw, mmap.Shared)
		mmaptest.Must(t, m.ProtectRange(2*pageSize-1000, 2*pageSize, mmap.ProtNone))
		return m
	}},
	{"AdviceGuardInstall", mmap.ErrFault, func(t *testing.T) *mmap.Mapping {
		m := mmaptest.Anon(t, 4*pageSize)
		copy(m.Bytes(), mmaptest.Pattern(m.Len()))
		if err := m.AdviseRange(2*pageSize, 2*pageSize, mmap.AdviceGuardInstall); err != nil {
			t.Skipf("no guard pages here (Linux 6.13): %v", err)
		}
		return m
	}},
	{"userfaultfd", mmap.ErrFault, func(t *testing.T) *mmap.Mapping {
		m := mmaptest.Anon(t, 4*pageSize)
		uffdSigbus(t, m.Bytes()[2*pageSize:])
		copy(m.Bytes()[:2*pageSize], mmaptest.Pattern(2*pageSize))
		return m
	}},
}

const (
	fuseSource = "FUSE file that cannot be read"
	inPopulate = "MMAP_TEST_POPULATE" // in the environment of a child
)

// populateElsewhere runs the test of fuseSource in a child process to its end. On
// some kernels, 6.1 among them, populating such pages never returns: only a
// signal that kills ends it.
func populateElsewhere(t *testing.T) {
	runtime.LockOSThread() // Pdeathsig goes by the thread
	defer runtime.UnlockOSThread()
	cmd := mmaptest.HelperCommand(t, "", "-test.run=^TestFaultSources$/^"+path.Base(t.Name())+"$", "-test.v")
	cmd.Env = append(cmd.Env, inPopulate+"=1")
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	mmaptest.Must(t, cmd.Start())
	kill := time.AfterFunc(20*time.Second, func() { cmd.Process.Kill() })
	err := cmd.Wait()
	switch {
	case !kill.Stop():
		t.Logf("populating what cannot be read never returns on this kernel:\n%s", &out)
	case err != nil || !bytes.Contains(out.Bytes(), []byte("--- PASS: "+t.Name())):
		t.Errorf("in a child process: %v\n%s", err, &out)
	}
}

// mountTmpfs mounts a tmpfs of so many pages.
func mountTmpfs(t *testing.T, pages int) string {
	t.Helper()
	return mountFS(t, "tmpfs", fmt.Sprintf("size=%d", pages*pageSize))
}

// holeInFull is a new file of four pages, the last two of them a hole, that
// takes the last two pages of the disk.
func holeInFull(t *testing.T, root, name string) *os.File {
	t.Helper()
	f, err := os.Create(root + name)
	mmaptest.Must(t, err)
	t.Cleanup(func() { f.Close() })
	_, err = f.Write(mmaptest.Pattern(2 * pageSize))
	mmaptest.Must(t, err)
	mmaptest.Must(t, f.Truncate(int64(4*pageSize)))
	if _, err := f.WriteAt([]byte{1}, int64(2*pageSize)); !errors.Is(err, unix.ENOSPC) {
		t.Fatalf("the disk is not full: %v", err)
	}
	return f
}

// uffdSigbus has anonymous pages that were not touched yet raise SIGBUS. See
// userfaultfd(2) and linux/userfaultfd.h.
func uffdSigbus(t *testing.T, pages []byte) {
	t.Helper()
	const (
		userModeOnly  = 1
		featureSigbus = 1 << 7
		modeMissing   = 1
		ioctlAPI      = 0xc018aa3f
		ioctlRegister = 0xc020aa00
	)
	fd, _, errno := unix.Syscall(unix.SYS_USERFAULTFD, unix.O_CLOEXEC|userModeOnly, 0, 0)
	if errno != 0 { // before Linux 5.11 the flag is not known
		fd, _, errno = unix.Syscall(unix.SYS_USERFAULTFD, unix.O_CLOEXEC, 0, 0)
	}
	if errno != 0 {
		t.Skipf("no userfaultfd here: %v", errno)
	}
	t.Cleanup(func() { unix.Close(int(fd)) })
	api := struct{ api, features, ioctls uint64 }{0xaa, featureSigbus, 0}
	if _, _, errno := unix.Syscall(unix.SYS_IOCTL, fd, ioctlAPI, uintptr(unsafe.Pointer(&api))); errno != 0 {
		t.Skipf("userfaultfd raises no SIGBUS here: %v", errno)
	}
	register := struct{ start, len, mode, ioctls uint64 }{uint64(uintptr(unsafe.Pointer(&pages[0]))), uint64(len(pages)), modeMissing, 0}
	if _, _, errno := unix.Syscall(unix.SYS_IOCTL, fd, ioctlRegister, uintptr(unsafe.Pointer(&register))); errno != 0 {
		t.Fatalf("userfaultfd: %v", errno)
	}
}

// TestFaultSources holds ReadAt, WriteAt, Guard and the advice that populates
// against all pages that fault.
func TestFaultSources(t *testing.T) {
	for _, source := range badPages {
		t.Run(source.name, func(t *testing.T) {
			m := source.pages(t)
			slop := int(m.Addr() % uintptr(pageSize))
			bad := 2*pageSize - slop // the first byte that faults
			want := mmaptest.Pattern(4 * pageSize)[slop:]
			for _, off := range []int{0, 1, pageSize - 1, bad - 1, bad, bad + 1, bad + pageSize - 1, bad + pageSize, m.Len() - 1} {
				before := max(0, bad-off)
				p := make([]byte, m.Len()-off)
				n, err := m.ReadAt(p, int64(off))
				if n != before || !bytes.Equal(p[:n], want[off:][:n]) {
					t.Errorf("ReadAt(%d) = %d bytes, want the %d before the fault", off, n, before)
				}
				mmaptest.WantFault(t, err, "read", m, off+before)

				n, err = m.WriteAt(want[off:], int64(off))
				if n != before {
					t.Errorf("WriteAt(%d) = %d, want %d", off, n, before)
				}
				mmaptest.WantFault(t, err, "write", m, off+before)

				if off < bad {
					continue
				}
				mmaptest.WantFault(t, m.Guard(func(b []byte) error { sink = b[off]; return nil }), "guard", m, off)
				mmaptest.WantFault(t, m.Guard(func(b []byte) error { b[off] = 1; return nil }), "guard", m, off)
			}
			p := make([]byte, bad)
			if n, err := m.ReadAt(p, 0); n != bad || err != nil || !bytes.Equal(p, want[:bad]) {
				t.Errorf("ReadAt of what is there = %d, %v", n, err)
			}
			if n, err := m.WriteAt(p, 0); n != bad || err != nil {
				t.Errorf("WriteAt of what is there = %d, %v", n, err)
			}
			mmaptest.Must(t, m.Guard(func(b []byte) error {
				if !bytes.Equal(b[:bad], want[:bad]) {
					t.Error("WriteAt stored something else")
				}
				return nil
			}))
			wantUnpinned(t, m)

			if source.name == fuseSource && os.Getenv(inPopulate) == "" {
				populateElsewhere(t)
				return
			}
			if err := m.AdviseRange(0, bad, mmap.AdvicePopulateWrite); errors.Is(err, unix.EINVAL) {
				t.Logf("this kernel cannot populate: %v", err)
				return
			} else if err != nil {
				t.Errorf("AdvicePopulateWrite of what is there: %v", err)
			}
			for _, off := range []int{bad, m.Len() - 1} {
				mmaptest.WantError(t, m.AdviseRange(off, 1, mmap.AdvicePopulateWrite), "madvise", source.populate)
				mmaptest.WantError(t, m.AdviseRange(off, 1, mmap.AdvicePopulateRead), "madvise", source.populate)
			}
			mmaptest.WantError(t, m.Advise(mmap.AdvicePopulateWrite), "madvise", source.populate)
		})
	}
}

// TestFaultSystemCall gives such pages to system calls, which say EFAULT.
func TestFaultSystemCall(t *testing.T) {
	m, f := mmaptest.MapContent(t, mmaptest.Pattern(4*pageSize), 0, rw, mmap.Shared)
	mmaptest.Must(t, f.Truncate(int64(2*pageSize)))
	out := mmaptest.TempFile(t, nil)
	if _, err := out.Write(m.Bytes()[2*pageSize:]); !errors.Is(err, unix.EFAULT) {
		t.Errorf("write: %v, want EFAULT", err)
	}
	if n, err := mmaptest.OpenFile(t, f.Name(), os.O_RDONLY).Read(m.Bytes()[2*pageSize:]); !errors.Is(err, unix.EFAULT) {
		t.Errorf("read: %d, %v, want EFAULT", n, err)
	}
}

// TestFaultEnds has the pages come back.
func TestFaultEnds(t *testing.T) {
	whole := mmaptest.Pattern(4 * pageSize)
	writesAll := func(t *testing.T, m *mmap.Mapping) {
		t.Helper()
		p := make([]byte, len(whole))
		if n, err := m.WriteAt(whole, 0); n != len(whole) || err != nil {
			t.Fatalf("WriteAt = %d, %v", n, err)
		}
		if n, err := m.ReadAt(p, 0); n != len(whole) || err != nil || !bytes.Equal(p, whole) {
			t.Errorf("ReadAt = %d, %v", n, err)
		}
	}
	t.Run("space on the disk", func(t *testing.T) {
		root := mountTmpfs(t, 4)
		other, err := os.Create(root + "other")
		mmaptest.Must(t, err)
		defer other.Close()
		_, err = other.Write(whole)
		mmaptest.Must(t, err)
		f, err := os.Create(root + "file")
		mmaptest.Must(t, err)
		defer f.Close()
		mmaptest.Must(t, f.Truncate(int64(len(whole)))) // a hole
		m := mmaptest.Mapped(t)(mmap.Map(f, rw, mmap.Shared))
		n, err := m.WriteAt(whole, 0)
		if n != 0 {
			t.Errorf("WriteAt = %d", n)
		}
		mmaptest.WantFault(t, err, "write", m, 0)
		mmaptest.Must(t, m.Sync())

		// Half of what is needed. Which pages get it depends on the order in which
		// the processor copies.
		mmaptest.Must(t, other.Truncate(int64(2*pageSize)))
		n, err = m.WriteAt(whole, 0)
		if n%pageSize != 0 || n > 2*pageSize {
			t.Errorf("WriteAt = %d", n)
		}
		mmaptest.WantFault(t, err, "write", m, n)
		got := make([]byte, n)
		_, err = f.ReadAt(got, 0)
		mmaptest.Must(t, err)
		mmaptest.WantBytes(t, "file", got, whole[:n])

		mmaptest.Must(t, other.Truncate(0))
		writesAll(t, m)
	})
	t.Run("guard pages removed", func(t *testing.T) {
		m := mmaptest.Anon(t, len(whole))
		if err := m.AdviseRange(pageSize, pageSize, mmap.AdviceGuardInstall); err != nil {
			t.Skipf("no guard pages here (Linux 6.13): %v", err)
		}
		_, err := m.WriteAt(whole, 0)
		mmaptest.WantFault(t, err, "write", m, pageSize)
		mmaptest.Must(t, m.AdviseRange(pageSize, pageSize, mmap.AdviceGuardRemove))
		writesAll(t, m)
	})
	t.Run("protected again", func(t *testing.T) {
		m := mmaptest.Anon(t, len(whole))
		mmaptest.Must(t, m.ProtectRange(pageSize, pageSize, mmap.ProtNone))
		_, err := m.WriteAt(whole, 0)
		mmaptest.WantFault(t, err, "write", m, pageSize)
		mmaptest.Must(t, m.Protect(rw))
		writesAll(t, m)
	})
}

// TestFaultDuringAccess truncates the file while it is accessed.
func TestFaultDuringAccess(t *testing.T) {
	content := mmaptest.Pattern(4 * pageSize)
	m, f := mmaptest.MapContent(t, content, 0, rw, mmap.Shared)

	last := m.Len() - 1
	err := m.Guard(func(b []byte) error {
		b[last]++
		mmaptest.Must(t, f.Truncate(int64(pageSize)))
		b[last]++
		return nil
	})
	mmaptest.WantFault(t, err, "guard", m, last)
	mmaptest.Must(t, f.Truncate(int64(len(content))))
	if !mmaptest.Writable(m, last) {
		t.Error("the file has grown back, but cannot be written")
	}

	done := mmaptest.Flicker(f, int64(len(content)))
	p := make([]byte, len(content))
	for {
		n, err := m.WriteAt(content, 0)
		if err == nil && n != len(content) {
			t.Fatalf("WriteAt = %d, nil", n)
		}
		if err != nil {
			mmaptest.WantFault(t, err, "write", m, n)
			if n%pageSize != 0 || n == 0 {
				t.Fatalf("WriteAt = %d: the first page was always there, and only whole pages go", n)
			}
		}
		switch err := m.Guard(func(b []byte) error { copy(p, b); return nil }); {
		case err == nil && !bytes.Equal(p[:pageSize], content[:pageSize]):
			t.Fatal("Guard has let something else be read")
		case err != nil:
			fault := new(mmap.FaultError)
			if !errors.As(err, &fault) || fault.Offset < pageSize || fault.Offset >= len(content) {
				t.Fatal(err)
			}
		}
		select {
		case err := <-done:
			mmaptest.Must(t, err)
			wantUnpinned(t, m)
			return
		default:
		}
	}
}

// TestFaultAssembly has routines in assembly fault, by SIGBUS and by SIGSEGV.
// Afterwards they work as before.
func TestFaultAssembly(t *testing.T) {
	bus, f := mmaptest.MapContent(t, make([]byte, 4*pageSize), 1000, rw, mmap.Shared)
	segv, _ := mmaptest.MapContent(t, make([]byte, 4*pageSize), 1000, rw, mmap.Shared)
	bad := 2*pageSize - 1000
	for _, m := range []*mmap.Mapping{bus, segv} {
		for i := range m.Bytes() {
			m.Bytes()[i] = ' ' // which is JSON, and much else, so far
		}
	}
	mmaptest.Must(t, f.Truncate(int64(2*pageSize)))
	mmaptest.Must(t, segv.ProtectRange(bad, 2*pageSize, mmap.ProtNone))

	same := bytes.Repeat([]byte{' '}, bus.Len())
	block, err := aes.NewCipher(make([]byte, 16))
	mmaptest.Must(t, err)
	gcm, err := cipher.NewGCM(block)
	mmaptest.Must(t, err)
	seed := maphash.MakeSeed()
	castagnoli := crc32.MakeTable(crc32.Castagnoli)
	never := regexp.MustCompile("a+b")
	result := func(v ...any) string { return fmt.Sprint(v...) }
	out := func() []byte { return make([]byte, bus.Len()) }
	for name, fn := range map[string]func(b []byte) string{
		"bytes.IndexByte":     func(b []byte) string { return result(bytes.IndexByte(b, 'x')) },
		"bytes.LastIndexByte": func(b []byte) string { return result(bytes.LastIndexByte(b, 'x')) },
		"bytes.Index":         func(b []byte) string { return result(bytes.Index(b, []byte("abc"))) },
		"bytes.Equal":         func(b []byte) string { return result(bytes.Equal(b, same)) },
		"bytes.Compare":       func(b []byte) string { return result(bytes.Compare(b, same)) },
		"bytes.Count":         func(b []byte) string { return result(bytes.Count(b, []byte(" "))) },
		"copy from":           func(b []byte) string { p := out(); copy(p, b); return string(p) },
		"copy to":             func(b []byte) string { return result(copy(b, same)) },
		"copy down":           func(b []byte) string { return result(copy(b, b[1:])) },
		"clear":               func(b []byte) string { clear(b[bad-100:]); return result(b[len(b)-1]) },
		"append":              func(b []byte) string { return string(append([]byte{1}, b...)) },
		"slices.Clone":        func(b []byte) string { return string(slices.Clone(b)) },
		"string":              func(b []byte) string { return string(b) },
		"string compare":      func(b []byte) string { return result(unsafe.String(&b[0], len(b)) == string(same)) },
		"strings.Contains":    func(b []byte) string { return result(strings.Contains(unsafe.String(&b[0], len(b)), "abc")) },
		"sha256":              func(b []byte) string { return result(sha256.Sum256(b)) },
		"sha512":              func(b []byte) string { return result(sha512.Sum512(b)) },
		"sha1":                func(b []byte) string { return result(sha1.Sum(b)) },
		"md5":                 func(b []byte) string { return result(md5.Sum(b)) },
		"crc32":               func(b []byte) string { return result(crc32.ChecksumIEEE(b)) },
		"crc32 Castagnoli":    func(b []byte) string { return result(crc32.Checksum(b, castagnoli)) },
		"maphash":             func(b []byte) string { return result(maphash.Bytes(seed, b)) },
		"XORBytes from":       func(b []byte) string { p := out(); subtle.XORBytes(p, b, same); return string(p) },
		"XORBytes to":         func(b []byte) string { return result(subtle.XORBytes(b[bad-100:], same[bad-100:], same)) },
		"AES-CTR": func(b []byte) string {
			p := out()
			cipher.NewCTR(block, make([]byte, 16)).XORKeyStream(p, b)
			return string(p)
		},
		"AES-GCM":    func(b []byte) string { return string(gcm.Seal(nil, make([]byte, 12), b, nil)) },
		"utf8":       func(b []byte) string { return result(utf8.Valid(b)) },
		"base64":     func(b []byte) string { return base64.StdEncoding.EncodeToString(b) },
		"json":       func(b []byte) string { return result(json.Valid(b)) },
		"regexp":     func(b []byte) string { return result(never.Match(b)) },
		"map lookup": func(b []byte) string { return result(map[string]int{string(same): 1}[unsafe.String(&b[0], len(b))]) },
	} {
		t.Run(name, func(t *testing.T) {
			before := fn(bytes.Clone(same))
			for _, m := range []*mmap.Mapping{bus, segv} {
				err := m.Guard(func(b []byte) error {
					t.Errorf("got through: %.50s", fn(b))
					return nil
				})
				fault := new(mmap.FaultError)
				if !errors.As(err, &fault) || fault.Offset < bad || fault.Offset >= m.Len() || fault.Addr != m.Addr()+uintptr(fault.Offset) {
					t.Errorf("%v, want a fault from offset %d on", err, bad)
				}
				if after := fn(bytes.Clone(same)); after != before {
					t.Errorf("after the fault the result is %.50s, not %.50s", after, before)
				}
				copy(m.Bytes()[:bad], same) // for the next
			}
		})
	}
	wantUnpinned(t, bus)
	wantUnpinned(t, segv)
}

// TestFaultAndPanic has the function that faults do what else ends a function.
func TestFaultAndPanic(t *testing.T) {
	m := mmaptest.Anon(t, 2*pageSize)
	mmaptest.Must(t, m.ProtectRange(pageSize, pageSize, mmap.ProtNone))
	bad := pageSize + 9
	fault := func() { sink = m.Bytes()[bad] }

	t.Run("recovered by the function", func(t *testing.T) {
		mine := errors.New("mine")
		err := m.Guard(func([]byte) (err error) {
			defer func() {
				if mmaptest.IsRuntimeError(recover()) {
					err = mine
				}
			}()
			fault()
			return nil
		})
		if err != mine {
			t.Errorf("Guard = %v", err)
		}
	})
	t.Run("then a panic", func(t *testing.T) {
		defer func() {
			if r := recover(); r != "deferred" {
				t.Errorf("Guard let %v through", r)
			}
		}()
		err := m.Guard(func([]byte) error {
			defer func() { panic("deferred") }()
			fault()
			return nil
		})
		t.Errorf("Guard = %v", err)
	})
	t.Run("after a panic", func(t *testing.T) {
		mmaptest.WantFault(t, m.Guard(func([]byte) error {
			defer fault()
			panic("first")
		}), "guard", m, bad)
	})
	t.Run("during Goexit", func(t *testing.T) {
		var wg sync.WaitGroup
		wg.Go(func() {
			err := m.Guard(func([]byte) error {
				defer fault()
				runtime.Goexit()
				return nil
			})
			t.Errorf("Goexit came back: %v", err)
		})
		wg.Wait()
	})
	t.Run("after calls that fault inside", func(t *testing.T) {
		mmaptest.WantFault(t, m.Guard(func([]byte) error {
			_, err := m.ReadAt(make([]byte, 2*pageSize), 0)
			mmaptest.WantFault(t, err, "read", m, pageSize)
			_, err = m.WriteAt(make([]byte, 2*pageSize), 0)
			mmaptest.WantFault(t, err, "write", m, pageSize)
			mmaptest.WantFault(t, m.Guard(func([]byte) error { fault(); return nil }), "guard", m, bad)
			mmaptest.Must(t, m.Guard(func([]byte) error { return nil }))
			fault()
			return nil
		}), "guard", m, bad)
	})
	t.Run("elsewhere", func(t *testing.T) {
		other := mmaptest.Anon(t, pageSize)
		mmaptest.Must(t, other.Protect(mmap.ProtNone))
		want := other.Addr() + 17
		if runtime.GOARCH == "s390x" {
			want = other.Addr()
		}
		defer func() {
			r := recover()
			if e, ok := r.(interface{ Addr() uintptr }); !ok || !mmaptest.IsRuntimeError(r) || e.Addr() != want {
				t.Errorf("Guard let %v through, want a fault at %#x", r, want)
			}
		}()
		err := m.Guard(func([]byte) error { sink = other.Bytes()[17]; return nil })
		t.Errorf("Guard = %v", err)
	})
	wantUnpinned(t, m)
}

// A blankKey is hashed by its first field alone, but stored with all of it.
type blankKey struct {
	n uint64
	_ [64]byte
}

// fatalFaults are faults that end the process, with what the runtime says then.
// The Mapping cannot be accessed from off on.
var fatalFaults = map[string]struct {
	says string
	fn   func(m *mmap.Mapping, off int)
}{
	"no Guard": {"fatal error: fault", func(m *mmap.Mapping, off int) {
		sink = m.Bytes()[off]
	}},
	"after Guard": {"fatal error: fault", func(m *mmap.Mapping, off int) {
		m.Guard(func([]byte) error { return nil })
		sink = m.Bytes()[off]
	}},
	"goroutine of Guard's function": {"fatal error: fault", func(m *mmap.Mapping, off int) {
		m.Guard(func(b []byte) error {
			done := make(chan bool)
			go func() { defer close(done); sink = b[off] }()
			<-done
			return nil
		})
	}},
	"channel send": {"fatal error: unexpected signal", func(m *mmap.Mapping, off int) {
		// So does ch <- b[off], except under -race, which makes a copy of it first.
		ch := make(chan byte, 1)
		m.Guard(func(b []byte) error {
			reflect.ValueOf(ch).Send(reflect.ValueOf(&b[off]).Elem())
			return nil
		})
	}},
	"println": {"fatal error: unexpected signal", func(m *mmap.Mapping, off int) {
		m.Guard(func(b []byte) error { println(unsafe.String(&b[off], 8)); return nil })
	}},
	"map store": {"fatal error: concurrent map", func(m *mmap.Mapping, off int) {
		mp := map[blankKey]int{{n: 1}: 1}
		key := (*blankKey)(unsafe.Pointer(&m.Bytes()[off-8]))
		err := m.Guard(func(b []byte) error { mp[*key] = 1; return nil })
		if errors.Is(err, mmap.ErrFault) {
			println("recovered")
		}
		mp[blankKey{n: 2}] = 1
	}},
	// The page must go between the two looks that delete takes at the key.
	"map delete": {"fatal error: concurrent map", func(*mmap.Mapping, int) {
		type key [1 << 16]byte
		m, err := mmap.MapAnon(1<<16, rw, mmap.Private)
		if err != nil {
			panic(err)
		}
		mp := map[key]int{{}: 1}
		go func() {
			for {
				m.Protect(mmap.ProtNone)
				m.Protect(mmap.ProtRead)
			}
		}()
		for range 300_000 {
			m.Guard(func(b []byte) error { delete(mp, *(*key)(unsafe.Pointer(&b[0]))); return nil })
			mp[key{}] = 1
		}
	}},
}

func init() { mmaptest.Helpers["fatal fault"] = helpFatalFault }

// helpFatalFault ends badly.
func helpFatalFault() {
	m, err := mmap.MapAnon(2*pageSize, rw, mmap.Private)
	if err == nil {
		err = m.ProtectRange(pageSize, pageSize, mmap.ProtNone)
	}
	if err != nil {
		panic(err)
	}
	fatalFaults[os.Args[1]].fn(m, pageSize)
	println("survived")
}

// TestFaultsThatEndTheProcess holds the documentation of Guard, which lists
// them, to be true.
func TestFaultsThatEndTheProcess(t *testing.T) {
	for name, test := range fatalFaults {
		t.Run(name, func(t *testing.T) {
			race := name == "map delete"
			if race && testing.Short() {
				t.Skip("a race, which may take a second to be met")
			}
			cmd := mmaptest.HelperCommand(t, "fatal fault", name)
			cmd.Stderr = nil
			out, err := cmd.CombinedOutput()
			if race && err == nil {
				t.Skip("the race was not met")
			}
			if err == nil || !bytes.Contains(out, []byte(test.says)) || bytes.Contains(out, []byte("survived")) {
				t.Errorf("%v, %q not found in:\n%s", err, test.says, out)
			}
			if name == "map store" && !bytes.HasPrefix(out, []byte("recovered\n")) {
				t.Errorf("the fault itself was not recovered from:\n%s", out)
			}
		})
	}
}

// TestFaultInCopy does what the documentation of Guard says to do instead.
func TestFaultInCopy(t *testing.T) {
	m := mmaptest.Anon(t, 2*pageSize)
	mmaptest.Must(t, m.ProtectRange(pageSize, pageSize, mmap.ProtNone))
	ch := make(chan byte, 1)
	mp := map[blankKey]int{{n: 1}: 1}
	key := (*blankKey)(unsafe.Pointer(&m.Bytes()[pageSize-8]))
	for name, fn := range map[string]func(b []byte) error{
		"channel send": func(b []byte) error { v := b[pageSize]; ch <- v; return nil },
		"map store":    func([]byte) error { k := copyOf(key); mp[k] = 1; return nil },
		"map delete":   func([]byte) error { k := copyOf(key); delete(mp, k); return nil },
		"println":      func(b []byte) error { s := string(b[pageSize:]); println(s); return nil },
	} {
		t.Run(name, func(t *testing.T) {
			if err := m.Guard(fn); !errors.Is(err, mmap.ErrFault) {
				t.Errorf("%s: %v, want a fault", name, err)
			}
		})
	}
	select {
	case ch <- 1:
	default:
		t.Error("the channel holds what was never sent")
	}
	mp[blankKey{n: 2}] = 1
	delete(mp, blankKey{n: 1})
	if len(mp) != 1 {
		t.Errorf("the map is %v", mp)
	}
}

// copyOf is a copy of all of the key, the blank field too.
//
//go:noinline
func copyOf(key *blankKey) (k blankKey) {
	copy(unsafe.Slice((*byte)(unsafe.Pointer(&k)), unsafe.Sizeof(k)), unsafe.Slice((*byte)(unsafe.Pointer(key)), unsafe.Sizeof(k)))
	return k
}
