// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/facc7503/mmap/examples/internal/self"
	"golang.org/x/sys/unix"
)

// TestDiskFull copies to a disk that is smaller than the file. It has room for
// the file's size, which is a hole, and none for its pages.
func TestDiskFull(t *testing.T) {
	disk := t.TempDir()
	if err := unix.Mount("mmapcp-test", disk, "tmpfs", unix.MS_NODEV|unix.MS_NOSUID, "size=1m"); err != nil {
		t.Skip("a tmpfs cannot be mounted here (as root it can):", err)
	}
	t.Cleanup(func() { must(t, unix.Unmount(disk, 0)) })

	content := random(3 << 20)
	src := mustWrite(t, "src", content)
	dst := filepath.Join(disk, "dst")
	mustFail(t, nil, src, dst, dst, "the disk is full, or fails")

	// What was copied is there, and no more.
	got, err := os.ReadFile(dst)
	must(t, err)
	if len(got) == 0 || len(got) > 1<<20 || !bytes.Equal(got, content[:len(got)]) {
		t.Errorf("of the copy there are %d bytes, want what had room", len(got))
	}
}

// TestTerminal copies with a terminal on standard error.
func TestTerminal(t *testing.T) {
	master, terminal := mustTerminal(t)
	src := mustWrite(t, "src", random(2*step+1))
	cmd := self.Command(t, asMmapcp, src, filepath.Join(t.TempDir(), "dst"))
	cmd.Stderr = terminal
	must(t, cmd.Start())
	must(t, terminal.Close())
	b, _ := io.ReadAll(master) // It ends with EIO when nobody has the terminal open any more.
	must(t, cmd.Wait())

	first := "\rmmapcp:  49%,    4.0 MiB of 8.0 MiB"
	last := "\rmmapcp: 100%,    8.0 MiB of 8.0 MiB\r\n" // The terminal made \r\n of \n.
	if out := string(b); !strings.HasPrefix(out, first) || !strings.HasSuffix(out, last) || strings.Count(out, "\n") != 1 {
		t.Errorf("got %q, want %q, %q, and no other newline", out, first, last)
	}
}

// mustTerminal opens both ends of a new pseudoterminal.
func mustTerminal(t *testing.T) (master, terminal *os.File) {
	t.Helper()
	master, err := os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Skip("no pseudoterminals here:", err)
	}
	t.Cleanup(func() { master.Close() })
	must(t, unix.IoctlSetPointerInt(int(master.Fd()), unix.TIOCSPTLCK, 0))
	n, err := unix.IoctlGetInt(int(master.Fd()), unix.TIOCGPTN)
	must(t, err)
	terminal, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", n), os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Skip("no pseudoterminals here:", err)
	}
	return master, terminal
}

// Files of /proc claim to be empty, and are not.
func TestNoSize(t *testing.T) {
	dst := mustWrite(t, "dst", []byte("old"))
	mustFail(t, nil, "/proc/version", dst, "/proc/version", "does not tell its size")
	mustHold(t, dst, "old")
}
