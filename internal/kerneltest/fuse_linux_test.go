// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package kerneltest

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/facc7503/mmap"
	"github.com/facc7503/mmap/internal/mmaptest"
	"golang.org/x/sys/unix"
)

func init() { mmaptest.Helpers["mount"] = helpMount }

// mountFS mounts a file system with options ("key=value"), and returns the name
// of its root, which ends in a slash. A child process holds the mount, which has
// no place in the tree of files: whatever becomes of the test, nothing stays
// mounted. For "fuse" the child is the server as well: see serveFuse.
func mountFS(t *testing.T, fstype string, options ...string) string {
	t.Helper()
	var reasons []string
	for _, unshare := range []uintptr{0, unix.CLONE_NEWUSER | unix.CLONE_NEWNS} {
		cmd := mmaptest.HelperCommand(t, "mount", append([]string{fstype}, options...)...)
		if unshare != 0 {
			cmd.SysProcAttr = &syscall.SysProcAttr{
				Cloneflags:  unshare,
				UidMappings: []syscall.SysProcIDMap{{HostID: os.Geteuid(), Size: 1}},
				GidMappings: []syscall.SysProcIDMap{{HostID: os.Getegid(), Size: 1}},
			}
		}
		stdin, err := cmd.StdinPipe() // at whose end the child goes
		mmaptest.Must(t, err)
		stdout, err := cmd.StdoutPipe()
		mmaptest.Must(t, err)
		if err := cmd.Start(); err != nil {
			reasons = append(reasons, err.Error())
			continue
		}
		t.Cleanup(func() { stdin.Close(); cmd.Wait() })
		answer, err := bufio.NewReader(stdout).ReadString('\n')
		if fd, e := strconv.Atoi(strings.TrimSpace(answer)); e == nil {
			return fmt.Sprintf("/proc/%d/fd/%d/", cmd.Process.Pid, fd)
		}
		if answer == "" {
			answer = fmt.Sprintf("no answer: %v", err)
		}
		reasons = append(reasons, strings.TrimSpace(answer))
	}
	t.Skipf("%s cannot be mounted: %s", fstype, strings.Join(reasons, "; in a user namespace: "))
	return ""
}

// helpMount prints the descriptor of a mount, or why there is none.
func helpMount() {
	dev := -1
	mount, err := func() (int, error) {
		fstype, options := os.Args[1], os.Args[2:]
		if fstype == "fuse" {
			var err error
			if dev, err = unix.Open("/dev/fuse", unix.O_RDWR|unix.O_CLOEXEC, 0); err != nil {
				return 0, fmt.Errorf("open /dev/fuse: %w", err)
			}
			options = append(options, fmt.Sprintf("fd=%d", dev), "rootmode=40000",
				fmt.Sprintf("user_id=%d", os.Getuid()), fmt.Sprintf("group_id=%d", os.Getgid()))
		}
		fs, err := unix.Fsopen(fstype, unix.FSOPEN_CLOEXEC)
		if err != nil {
			return 0, fmt.Errorf("fsopen: %w", err)
		}
		for _, option := range options {
			key, value, _ := strings.Cut(option, "=")
			if err := unix.FsconfigSetString(fs, key, value); err != nil {
				return 0, fmt.Errorf("fsconfig %s: %w", option, err)
			}
		}
		if err := unix.FsconfigCreate(fs); err != nil {
			return 0, fmt.Errorf("fsconfig: %w", err)
		}
		return unix.Fsmount(fs, unix.FSMOUNT_CLOEXEC, 0)
	}()
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(mount)
	if dev >= 0 {
		go serveFuse(dev)
	}
	io.Copy(io.Discard, os.Stdin)
}

// Messages of FUSE, as in linux/fuse.h.
type (
	fuseInHeader struct {
		Len, Op         uint32
		Unique, Node    uint64
		UID, GID, PID   uint32
		ExtLen, Padding uint16
	}
	fuseOutHeader struct {
		Len    uint32
		Error  int32
		Unique uint64
	}
	fuseInit struct {
		Major, Minor, MaxReadahead, Flags  uint32
		MaxBackground, CongestionThreshold uint16
		MaxWrite, TimeGran                 uint32
		Unused                             [9]uint32
	}
	fuseAttr struct {
		Ino, Size, Blocks, Atime, Mtime, Ctime       uint64
		AtimeNsec, MtimeNsec, CtimeNsec, Mode, Nlink uint32
		UID, GID, Rdev, BlkSize, Flags               uint32
	}
	fuseAttrOut struct {
		Valid          uint64
		ValidNsec, Pad uint32
		Attr           fuseAttr
	}
	fuseEntryOut struct {
		Node, Generation, EntryValid, AttrValid uint64
		EntryValidNsec, AttrValidNsec           uint32
		Attr                                    fuseAttr
	}
	fuseOpenOut struct {
		FH         uint64
		Flags, Pad uint32
	}
	fuseReadWriteIn struct { // of READ and WRITE
		FH, Offset  uint64
		Size, Flags uint32
		LockOwner   uint64
		OpenFlags   uint32
		Padding     uint32
	}
	fuseWriteOut struct{ Size, Padding uint32 }
)

// The directory has any file that is asked for by a name as "read-5" or
// "write-28", and each holds pattern(4*pageSize). In the last two of its pages
// reads, or writes, fail with that errno. What is written is forgotten. "direct-0"
// has no failures and is open for direct I/O, which cannot be mapped Shared.
const (
	fuseRoot       = 1
	fuseFailsRead  = 1000 // plus the errno: the node of a file
	fuseFailsWrite = 2000
	fuseDirect     = 3000
)

// serveFuse answers the requests of the kernel until the connection ends. It
// must be in a process that does not use the files: a page fault blocks its
// thread, and a garbage collection then waits for that.
func serveFuse(dev int) {
	content := mmaptest.Pattern(4 * pageSize)
	buf := make([]byte, 1<<20)
	attr := func(node uint64) fuseAttr {
		if node == fuseRoot {
			return fuseAttr{Ino: node, Mode: unix.S_IFDIR | 0o755, Nlink: 2}
		}
		return fuseAttr{Ino: node, Mode: unix.S_IFREG | 0o666, Nlink: 1, Size: uint64(len(content)), Blocks: uint64(len(content) / 512), BlkSize: uint32(pageSize)}
	}
	const forever = 1 << 20 // seconds
	handle := func(h fuseInHeader, body []byte) (any, unix.Errno) {
		var io fuseReadWriteIn
		switch h.Op {
		case 26: // INIT
			return fuseInit{Major: 7, Minor: 31, MaxBackground: 8, CongestionThreshold: 8, MaxWrite: uint32(pageSize), TimeGran: 1}, 0
		case 1: // LOOKUP
			how, number, _ := strings.Cut(strings.TrimRight(string(body), "\x00"), "-")
			node, err := strconv.ParseUint(number, 10, 8)
			base, ok := map[string]uint64{"read": fuseFailsRead, "write": fuseFailsWrite, "direct": fuseDirect}[how]
			if err != nil || !ok {
				return nil, unix.ENOENT
			}
			node += base
			return fuseEntryOut{Node: node, EntryValid: forever, AttrValid: forever, Attr: attr(node)}, 0
		case 3, 4: // GETATTR, SETATTR
			return fuseAttrOut{Valid: forever, Attr: attr(h.Node)}, 0
		case 14: // OPEN
			if h.Node == fuseDirect {
				return fuseOpenOut{Flags: 1}, 0 // FOPEN_DIRECT_IO
			}
			return fuseOpenOut{}, 0
		case 15: // READ
			binary.Decode(body, binary.NativeEndian, &io)
			end := min(io.Offset+uint64(io.Size), uint64(len(content)))
			if h.Node < fuseFailsWrite && end > uint64(2*pageSize) {
				return nil, unix.Errno(h.Node - fuseFailsRead)
			}
			return content[min(io.Offset, end):end], 0
		case 16: // WRITE
			binary.Decode(body, binary.NativeEndian, &io)
			if h.Node >= fuseFailsWrite && h.Node < fuseDirect && io.Offset+uint64(io.Size) > uint64(2*pageSize) {
				return nil, unix.Errno(h.Node - fuseFailsWrite)
			}
			return fuseWriteOut{Size: io.Size}, 0
		case 18, 20, 25: // RELEASE, FSYNC, FLUSH
			return nil, 0
		}
		return nil, unix.ENOSYS
	}
	for {
		n, err := unix.Read(dev, buf)
		if err == unix.EINTR || err == unix.EAGAIN || err == unix.ENOENT { // ENOENT: the request was withdrawn
			continue
		}
		if err != nil {
			return
		}
		var h fuseInHeader
		size, err := binary.Decode(buf[:n], binary.NativeEndian, &h)
		if err != nil {
			panic(err)
		}
		switch h.Op {
		case 2, 36, 42: // FORGET, INTERRUPT, BATCH_FORGET want no answer
			continue
		}
		answer, errno := handle(h, buf[size:n])
		out := make([]byte, 16)
		if answer != nil {
			if out, err = binary.Append(out, binary.NativeEndian, answer); err != nil {
				panic(err)
			}
		}
		binary.Encode(out, binary.NativeEndian, fuseOutHeader{Len: uint32(len(out)), Error: -int32(errno), Unique: h.Unique})
		unix.Write(dev, out) // fails if the request was withdrawn
	}
}

// fuseFile opens a file whose reads or writes fail with an errno: how is "read"
// or "write".
func fuseFile(t *testing.T, root, how string, errno unix.Errno) *os.File {
	t.Helper()
	f, err := os.OpenFile(fmt.Sprintf("%s%s-%d", root, how, errno), os.O_RDWR, 0)
	if errors.Is(err, unix.ENOSYS) {
		t.Skipf("FUSE is not whole here: %v", err)
	}
	mmaptest.Must(t, err)
	t.Cleanup(func() { f.Close() })
	return f
}

// mountFuse is mountFS with a server that is asked for no more than a page at a
// time.
func mountFuse(t *testing.T) string {
	t.Helper()
	return mountFS(t, "fuse", fmt.Sprintf("max_read=%d", pageSize))
}

// TestOpenPrivate opens files that the system maps Private alone.
func TestOpenPrivate(t *testing.T) {
	for _, test := range []struct {
		name string
		file func(t *testing.T) string
	}{
		{"FUSE, direct I/O", func(t *testing.T) string { return mountFuse(t) + "direct-0" }},
		{"sysfs", func(*testing.T) string { return "/sys/kernel/btf/vmlinux" }},
	} {
		t.Run(test.name, func(t *testing.T) {
			name := test.file(t)
			want, err := os.ReadFile(name)
			if err != nil {
				t.Skipf("no such file here: %v", err)
			}
			f := mmaptest.OpenFile(t, name, os.O_RDONLY)
			m, sharedErr := mmap.Map(f, mmap.ProtRead, mmap.Shared)
			if sharedErr == nil {
				m.Close()
				t.Skip("this kernel maps the file Shared")
			}
			mmaptest.WantMessage(t, sharedErr, "Private")
			private, err := mmap.Map(f, mmap.ProtRead, mmap.Private)
			if err != nil {
				t.Skipf("this kernel does not map the file at all: %v", err)
			}
			mmaptest.Must(t, private.Close())
			m = mmaptest.Mapped(t)(mmap.Open(name))
			if m.Flags() != mmap.Private {
				t.Errorf("Open(%s): Flags is %v, want Private", name, m.Flags())
			}
			mmaptest.WantBytes(t, "Open("+name+")", m.Bytes(), want)
		})
	}
}

// TestFuseSync has the disk fail when it is written.
func TestFuseSync(t *testing.T) {
	for _, test := range []struct {
		errno unix.Errno
		want  []error
	}{
		{unix.EIO, []error{mmap.ErrIO}},
		{unix.ENOSPC, nil},
		{unix.EDQUOT, nil},
		{unix.ENXIO, []error{mmap.ErrNoAddress}},
	} {
		t.Run(unix.ErrnoName(test.errno), func(t *testing.T) {
			wantSync := func(f *os.File, err error) {
				t.Helper()
				mmaptest.WantError(t, err, "msync", append(test.want, test.errno)...)
				mmaptest.WantMessage(t, err, f.Name())
				if test.want == nil && err != nil {
					for _, e := range mmaptest.Sentinels {
						if errors.Is(err, e) {
							t.Errorf("%v matches %q", err, e)
						}
					}
				}
			}
			for name, sync := range map[string]func(m *mmap.Mapping) error{
				"Sync":      (*mmap.Mapping).Sync,
				"SyncRange": func(m *mmap.Mapping) error { return m.SyncRange(2*pageSize+5, 1, mmap.SyncWait) },
			} {
				t.Run(name, func(t *testing.T) {
					f := fuseFile(t, mountFuse(t), "write", test.errno) // a disk of its own: failures come late, too
					m := mmaptest.Mapped(t)(mmap.Map(f, rw, mmap.Shared))
					mmaptest.WantBytes(t, name, m.Bytes(), mmaptest.Pattern(4*pageSize))
					m.Bytes()[10]++
					mmaptest.Must(t, m.Sync())
					m.Bytes()[20]++
					mmaptest.Must(t, m.SyncRange(0, 2*pageSize, mmap.SyncWait))
					m.Bytes()[3*pageSize-1]++ // from here on any msync may tell of it: the system writes when it likes, too
					wantSync(f, sync(m))
					want := mmaptest.Pattern(4 * pageSize)
					want[10]++
					want[20]++
					want[3*pageSize-1]++
					mmaptest.WantBytes(t, name+" after an error", m.Bytes(), want)
					mmaptest.Must(t, m.Close())
					f.Close() // may tell of the failure once more
				})
			}

			// What cannot be read cannot be stored to either, and Sync has no part in it.
			f := fuseFile(t, mountFuse(t), "read", test.errno)
			m := mmaptest.Mapped(t)(mmap.Map(f, rw, mmap.Shared))
			_, err := m.WriteAt([]byte{1}, int64(2*pageSize))
			mmaptest.WantFault(t, err, "write", m, 2*pageSize)
			mmaptest.Must(t, m.Sync())
		})
	}
}
