// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build linux

// Init is the first process of a machine that lives for one test: it mounts the
// usual file systems, runs /t/test in /t/dir with the arguments in /t/args (one
// a line), prints VMEXIT= and the exit status, and restarts, at which the
// emulator ends.
package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
)

func main() {
	for _, m := range [][2]string{{"proc", "/proc"}, {"sysfs", "/sys"}, {"devtmpfs", "/dev"}, {"tmpfs", "/tmp"}, {"tmpfs", "/dev/shm"}} {
		os.MkdirAll(m[1], 0o755)
		if err := syscall.Mount(m[0], m[1], m[0], 0, ""); err != nil {
			fmt.Println("init: mount", m[1], err)
		}
	}
	fmt.Println("\nVMSTART")
	fmt.Printf("\nVMEXIT=%d\n", test())
	syscall.Sync()
	syscall.Reboot(syscall.LINUX_REBOOT_CMD_RESTART)
	select {} // the first process must not end
}

// test runs the test, and returns its exit status.
func test() int {
	args, err := os.ReadFile("/t/args")
	if err != nil {
		fmt.Println("init:", err)
		return 125
	}
	c := exec.Command("/t/test", strings.Split(strings.TrimRight(string(args), "\n"), "\n")...)
	c.Dir = "/t/dir"
	c.Stdout, c.Stderr = os.Stdout, os.Stdout
	c.Env = []string{"TMPDIR=/tmp", "HOME=/tmp", "PATH=/", "IN_VM=1"}
	if err := c.Run(); err != nil {
		fmt.Println("init:", err)
		if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
			return exit.ExitCode()
		}
		return 125
	}
	return 0
}
