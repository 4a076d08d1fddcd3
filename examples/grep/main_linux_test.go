// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package main

import (
	"os"
	"strings"
	"testing"

	"github.com/facc7503/mmap/examples/internal/self"
)

// TestRead has files that cannot be mapped, or claim to be empty.
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
		cmd := self.Command(t, asGrep, "-n", "Linux", test.file)
		cmd.Stdin = strings.NewReader("\n\nLinux in a pipe\n") // Through a pipe, as this is no file.
		out, err := cmd.CombinedOutput()
		if err != nil || string(out) != test.want {
			t.Errorf("%s: %v, %q; want %q", test.file, err, out, test.want)
		}
	}
}
