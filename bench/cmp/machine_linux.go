// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package main

import (
	"os/exec"
	"runtime"

	"golang.org/x/sys/unix"
)

const canPin = true

// pinned returns what cmd prints. Its process inherits the one processor of the
// thread that starts it; nothing else uses that thread: it ends with its goroutine.
func pinned(cmd *exec.Cmd) (out []byte, err error) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		runtime.LockOSThread()
		var had, one unix.CPUSet
		if err = unix.SchedGetaffinity(0, &had); err != nil {
			return
		}
		for cpu := 0; one.Count() == 0; cpu++ {
			if had.IsSet(cpu) {
				one.Set(cpu)
			}
		}
		if err = unix.SchedSetaffinity(0, &one); err == nil {
			out, err = cmd.Output()
		}
	}()
	<-done
	return out, err
}

func kernel() string {
	var u unix.Utsname
	if err := unix.Uname(&u); err != nil {
		return "Linux"
	}
	return "Linux " + unix.ByteSliceToString(u.Release[:])
}
