// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package main

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"
)

// TestLost stops a watcher, and pokes more than there is a history of.
func TestLost(t *testing.T) {
	const lost = 6
	file := mustMake(t)
	w := startWatch(t, "-n", fmt.Sprint(history+1), file)
	must(t, w.cmd.Process.Signal(unix.SIGSTOP))
	var status unix.WaitStatus
	if _, err := unix.Wait4(w.cmd.Process.Pid, &status, unix.WUNTRACED, nil); err != nil || !status.Stopped() {
		t.Fatalf("the watcher does not stop: %v, %v", status, err)
	}
	mustUse(t, file, func(m *memory) {
		for i := range lost + history {
			m.poke(10*i, fmt.Sprint("text ", i))
		}
	})
	must(t, w.cmd.Process.Signal(unix.SIGCONT))
	w.mustPrint("6 pokes are lost: they came too fast")
	for i := lost; i < lost+history; i++ {
		w.mustPrint(fmt.Sprintf(`poke %d, offset %d: "text %d"`, i+1, 10*i, i))
	}
	mustShm(t, "", "poke", file, "0", "last")
	w.mustPrint(`poke 71, offset 0: "last"`)
	w.mustEnd()
}

// TestDiskFull has a file of the right size, which is a hole, and no room on the
// disk for its page.
func TestDiskFull(t *testing.T) {
	disk := t.TempDir()
	if err := unix.Mount("shm-test", disk, "tmpfs", unix.MS_NODEV|unix.MS_NOSUID, "size=1m"); err != nil {
		t.Skip("a tmpfs cannot be mounted here (as root it can):", err)
	}
	t.Cleanup(func() { must(t, unix.Unmount(disk, 0)) })
	filler := filepath.Join(disk, "filler")
	if err := os.WriteFile(filler, make([]byte, 2<<20), 0o600); err == nil {
		t.Fatal("the disk does not get full")
	}
	file := filepath.Join(disk, "file")
	mustFail(t, "", "make room, or name another file", "watch", file)
	mustFail(t, "", "make room, or name another file", "poke", file, "0", "a")
	must(t, os.Remove(filler))
	w := startWatch(t, "-n", "1", file)
	mustShm(t, "", "poke", file, "0", "a") // The poke that failed has not begun.
	w.mustPrint(`poke 1, offset 0: "a"`)
	w.mustEnd()
}
