// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package main

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/facc7503/mmap/examples/internal/self"
)

// TestRead reads files that cannot be mapped, or claim to be empty.
func TestRead(t *testing.T) {
	if _, err := os.Stat("/proc/self/fd/0"); err != nil {
		t.Skip("no /proc here:", err)
	}
	version, err := os.ReadFile("/proc/version")
	must(t, err)
	for _, test := range []struct{ file, want string }{
		{"/proc/self/fd/0", "3:Linux in a pipe\n"},
		{"/proc/version", "1:" + string(version)},
	} {
		t.Run(test.file, func(t *testing.T) {
			cmd := self.Command(t, asGrep, "-n", "Linux", test.file)
			cmd.Stdin = strings.NewReader("\n\nLinux in a pipe\n") // Through a pipe, as this is no file.
			out, err := cmd.CombinedOutput()
			if err != nil || string(out) != test.want {
				t.Errorf("%s: %v, %q; want %q", test.file, err, out, test.want)
			}
		})
	}
}

// TestReadSysfs counts in a file that can be read and has a size, and cannot be
// mapped Shared.
func TestReadSysfs(t *testing.T) {
	const file = "/sys/kernel/btf/vmlinux"
	content, err := os.ReadFile(file)
	if err != nil {
		t.Skip("no such file here (CONFIG_DEBUG_INFO_BTF):", err)
	}
	want := 0
	for line := range bytes.Lines(content) {
		if bytes.Contains(line, []byte("task_struct")) {
			want++
		}
	}
	status, stdout, stderr := grep(t, "-c", "task_struct", file)
	if status != 0 || stdout != fmt.Sprintln(want) || stderr != "" {
		t.Errorf("grep -c task_struct %s: status %d, %q, %q; want 0, %d", file, status, stdout, stderr, want)
	}
}
