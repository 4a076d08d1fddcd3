// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package main

import (
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// TestDevZero does not start at a later page: a shared mapping of /dev/zero is of a
// file of the mapping's length, and faults past that (if it is open for reading
// alone, since Linux 7).
func TestDevZero(t *testing.T) {
	want := `
00000001  00 00 00 00 00 00 00 00  00 00 00 00 00 00 00 00  |................|
*
00004001  00                                                |.|
00004002
`
	status, stdout, stderr := runReaddev(t, "-off", "1", "-n", "0x4001", "/dev/zero")
	if status != 0 || stdout != want[1:] || stderr != "" {
		t.Errorf("status %d, %q\n%s\nwant%s", status, short(stderr), stdout, want)
	}
}

func TestNotMappable(t *testing.T) {
	mustFail(t, 1, "readdev: mmap /dev/null: no such device: ", "/dev/null")
	mustFail(t, 1, "read it instead", "/dev/null")
	mustFail(t, 1, "readdev: mmap /dev/full: no such device: ", "/dev/full")
	pipe := filepath.Join(t.TempDir(), "pipe")
	must(t, unix.Mkfifo(pipe, 0o600))
	mustFail(t, 1, "readdev: "+pipe+" is a pipe or a socket, which cannot be mapped: read it instead", pipe)
}

// TestRefused asks a driver for bytes that it does not have.
func TestRefused(t *testing.T) {
	if arch := runtime.GOARCH; arch != "amd64" && arch != "arm64" {
		t.Skip("no driver is known here that looks at the offset")
	}
	mem, err := os.Open("/dev/mem")
	if err != nil {
		t.Skip("no driver here that looks at the offset:", err)
	}
	must(t, mem.Close())
	args := []string{"-off", fmt.Sprint(int64(1) << 62), "/dev/mem"} // No processor has so much.
	mustFail(t, 1, "readdev: mmap /dev/mem: invalid argument: ", args...)
	mustFail(t, 1, "try other -n and -off\n", args...)
}

// TestLoop reads a block device, whose size is not one of whole pages.
func TestLoop(t *testing.T) {
	page := os.Getpagesize()
	size := 3*page + 512
	data := random(size)
	dev := mustLoop(t, mustWrite(t, data))
	for _, test := range []struct{ off, n, end int }{
		{0, page, page},
		{page - 7, page, 2*page - 7},
		{3*page + 10, page, size}, // Fewer, as with hexdump.
		{0, 9 * page, size},
	} {
		t.Run(fmt.Sprintf("%d bytes at %d of %d", test.n, test.off, test.end), func(t *testing.T) {
			status, stdout, stderr := runReaddev(t, "-off", fmt.Sprint(test.off), "-n", fmt.Sprint(test.n), dev.Name())
			want := dumpFrom(test.off, data[:test.end])
			if status != 0 || stdout != want || stderr != "" {
				t.Errorf("-off %d -n %d: status %d, %q\n%s\nwant\n%s", test.off, test.n, status, short(stderr), stdout, want)
			}
		})
	}
	for width, format := range map[string]string{"4": "%08x", "8": "%016x"} {
		t.Run("-w "+width, func(t *testing.T) {
			status, stdout, _ := runReaddev(t, "-w", width, "-off", "16", "-n", "8", dev.Name())
			n := binary.NativeEndian.Uint64(data[16:])
			want := fmt.Sprintf("00000010  "+format, n)
			if width == "4" {
				want = fmt.Sprintf("00000010  "+format+"  "+format, binary.NativeEndian.Uint32(data[16:]), binary.NativeEndian.Uint32(data[20:]))
			}
			if want += "\n00000018\n"; status != 0 || stdout != want {
				t.Errorf("-w %s: status %d, %q, want %q", width, status, stdout, want)
			}
		})
	}
	mustFail(t, 1, fmt.Sprintf("no byte at offset %d: by its size there are %d bytes", size, size), "-off", fmt.Sprint(size), dev.Name())
}

// TestLoopFails reads a block device that fails from one page on: that much has
// been taken from its file.
func TestLoopFails(t *testing.T) {
	const size, cut = 1 << 20, 1 << 19
	data := random(size)
	file := mustWrite(t, data)
	dev := mustLoop(t, file)
	must(t, os.Truncate(file, cut))
	must(t, unix.IoctlSetInt(int(dev.Fd()), unix.BLKFLSBUF, 0)) // It may be in memory: anybody may have looked at a new disk.

	const off = cut - 1001
	status, stdout, stderr := runReaddev(t, "-off", fmt.Sprint(off), "-n", "10000", dev.Name())
	wantErr := fmt.Sprintf("readdev: %s: cannot be read at offset %#x: the device ends there, or fails\n", dev.Name(), cut)
	if want := dumpFrom(off, data[:cut]); status != 1 || stdout != want || stderr != wantErr {
		t.Errorf("status %d, %q\n%s\nwant 1, %q\n%s", status, short(stderr), stdout, wantErr, want)
	}
}

// TestPCI has the memory of PCI devices, where a seek to the end gives 0. It reads
// none but that of qemu's edu device (-device edu), which answers accesses of four
// bytes alone: to read the registers of a real device may change its state.
func TestPCI(t *testing.T) {
	resources, err := filepath.Glob("/sys/bus/pci/devices/*/resource[0-5]")
	must(t, err)
	if len(resources) == 0 {
		t.Skip("no PCI device here has memory, or the kernel does not show it")
	}
	for _, name := range resources {
		t.Run(name, func(t *testing.T) {
			info, err := os.Stat(name)
			must(t, err)
			if f, err := os.Open(name); err != nil {
				t.Skip("root alone may open it:", err)
			} else {
				must(t, f.Close())
			}
			mustFail(t, 1, fmt.Sprintf("no byte at offset %d: by its size there are %d bytes", info.Size(), info.Size()), "-off", fmt.Sprint(info.Size()), name)
			device, err := os.ReadFile(filepath.Join(filepath.Dir(name), "device"))
			must(t, err)
			if string(device) != "0x11e8\n" {
				t.Skip("not qemu's edu device, but", strings.TrimSpace(string(device)))
			}
			status, stdout, stderr := runReaddev(t, "-w", "4", "-n", "4", name)
			if want := "00000000  010000ed\n00000004\n"; status != 0 || stdout != want || stderr != "" {
				t.Errorf("status %d, %q, %q; want %q, edu's identification", status, stdout, short(stderr), want)
			}
		})
	}
}

// dumpFrom is what hexdump prints of data from off on, if no two rows are equal.
func dumpFrom(off int, data []byte) string {
	var s string
	for ; off < len(data); off += 16 {
		row := hex.Dump(data[off:min(off+16, len(data))])
		s += fmt.Sprintf("%08x", off) + row[8:]
	}
	return s + fmt.Sprintf("%08x\n", len(data))
}

// mustLoop makes the file a block device until the test is over.
func mustLoop(t *testing.T, file string) *os.File {
	t.Helper()
	back, err := os.OpenFile(file, os.O_RDWR, 0)
	must(t, err)
	defer back.Close()
	control, err := os.OpenFile("/dev/loop-control", os.O_RDWR, 0)
	if err != nil {
		t.Skip("no loop devices here (where there are, root has them):", err)
	}
	defer control.Close()
	for {
		n, err := unix.IoctlRetInt(int(control.Fd()), unix.LOOP_CTL_GET_FREE)
		if err != nil {
			t.Skip("no loop device is free here:", err)
		}
		dev, err := os.OpenFile(fmt.Sprintf("/dev/loop%d", n), os.O_RDWR, 0)
		if err != nil {
			t.Skip("loop devices cannot be opened here:", err)
		}
		err = unix.IoctlSetInt(int(dev.Fd()), unix.LOOP_SET_FD, int(back.Fd()))
		if errors.Is(err, unix.EBUSY) { // Somebody else has taken it meanwhile.
			must(t, dev.Close())
			continue
		}
		if err != nil {
			t.Skip("loop devices cannot be set up here:", err)
		}
		t.Cleanup(func() {
			must(t, unix.IoctlSetInt(int(dev.Fd()), unix.LOOP_CLR_FD, 0))
			must(t, dev.Close())
		})
		return dev
	}
}
