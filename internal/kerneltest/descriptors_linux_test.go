// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package kerneltest

import (
	"os"
	"testing"
	"unsafe"

	"github.com/facc7503/mmap"
	"github.com/facc7503/mmap/internal/mmaptest"
	"golang.org/x/sys/unix"
)

// newBPFMap returns a map of the kernel's, of 4-byte keys and 8-byte values.
func newBPFMap(kind, flags uint32) (fd int, err error) {
	attr := struct{ kind, keySize, valueSize, entries, flags uint32 }{kind, 4, 8, 512, flags}
	r, _, errno := unix.Syscall(unix.SYS_BPF, unix.BPF_MAP_CREATE, uintptr(unsafe.Pointer(&attr)), unsafe.Sizeof(attr))
	if errno != 0 {
		return -1, errno
	}
	return int(r), nil
}

// newPacketRing returns a packet socket with a ring of n bytes.
func newPacketRing(n int) (fd int, err error) {
	fd, err = unix.Socket(unix.AF_PACKET, unix.SOCK_RAW|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return -1, err
	}
	ring := unix.TpacketReq{Block_size: uint32(n), Block_nr: 1, Frame_size: 2048, Frame_nr: uint32(n / 2048)}
	return fd, unix.SetsockoptTpacketReq(fd, unix.SOL_PACKET, unix.PACKET_RX_RING, &ring)
}

// TestDescriptors maps descriptors that are neither of a file nor of a device.
func TestDescriptors(t *testing.T) {
	for _, test := range []struct {
		name  string
		open  func() (fd int, err error)
		pages int
		mapIt string // what the error of MapRegion says; "" if it is mapped
		sync  string // what the error of Sync says
		exec  string // what the error of Protect to ProtExec says; "" if that is not asked for
	}{
		{name: "BPF hash map", pages: 1, mapIt: "cannot be mapped: read it instead",
			open: func() (int, error) { return newBPFMap(unix.BPF_MAP_TYPE_HASH, 0) }},
		{name: "BPF array", pages: 1, sync: "nothing to write to",
			open: func() (int, error) { return newBPFMap(unix.BPF_MAP_TYPE_ARRAY, unix.BPF_F_MMAPABLE) }},
		{name: "perf event", pages: 2, sync: "nothing to write to",
			open: func() (int, error) {
				attr := unix.PerfEventAttr{Type: unix.PERF_TYPE_SOFTWARE, Config: unix.PERF_COUNT_SW_DUMMY, Size: uint32(unsafe.Sizeof(unix.PerfEventAttr{}))}
				return unix.PerfEventOpen(&attr, 0, -1, -1, unix.PERF_FLAG_FD_CLOEXEC)
			}},
		{name: "packet ring", pages: 4, sync: "nothing to write to",
			open: func() (int, error) { return newPacketRing(4 * pageSize) }},
		{name: "memfd_secret", pages: 1, sync: "nothing to write to", exec: "mounted noexec",
			open: func() (int, error) {
				const memfdSecret = 447 // except on MIPS; x/sys does not have it for each processor
				fd, _, errno := unix.Syscall(memfdSecret, unix.O_CLOEXEC, 0, 0)
				if errno != 0 {
					return -1, errno
				}
				return int(fd), unix.Ftruncate(int(fd), int64(pageSize))
			}},
	} {
		t.Run(test.name, func(t *testing.T) {
			fd, err := test.open()
			if err != nil {
				t.Skipf("the kernel has none for this process: %v", err)
			}
			f := os.NewFile(uintptr(fd), test.name)
			defer f.Close()
			m, err := mmap.MapRegion(f, 0, test.pages*pageSize, rw, mmap.Shared)
			if test.mapIt != "" {
				mmaptest.WantError(t, err, "mmap", mmap.ErrNotMappable)
				mmaptest.WantMessage(t, err, test.mapIt)
				return
			}
			m = mmaptest.Mapped(t)(m, err)
			mmaptest.WantMessage(t, m.Sync(), test.sync)
			if test.exec != "" {
				err := m.Protect(mmap.ProtRead | mmap.ProtExec)
				mmaptest.WantError(t, err, "mprotect", mmap.ErrAccess)
				mmaptest.WantMessage(t, err, test.exec)
			}
		})
	}
}
