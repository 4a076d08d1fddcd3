// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package mmaptest

import (
	"fmt"
	"os"
	"os/exec"
	"testing"
)

// Helpers are what child processes do instead of the tests: see HelperCommand.
// A body that returns ends its process with status 0.
var Helpers = map[string]func(){}

// Main is for TestMain. It calls each of after when the tests have run.
func Main(m *testing.M, after ...func()) {
	name := os.Getenv("MMAP_TEST_HELPER")
	if name == "" {
		code := m.Run()
		for _, f := range after {
			f()
		}
		os.Exit(code)
	}
	help, ok := Helpers[name]
	if !ok {
		fmt.Fprintf(os.Stderr, "no helper %q\n", name)
		os.Exit(2)
	}
	help()
}

// HelperCommand returns the command for this program to run Helpers[name], which
// finds args in os.Args[1:], or the tests if name is "". Its standard error is
// the test's.
func HelperCommand(t testing.TB, name string, args ...string) *exec.Cmd {
	t.Helper()
	exe, err := os.Executable()
	Must(t, err)
	cmd := exec.CommandContext(t.Context(), exe, args...)
	cmd.Env = append(os.Environ(), "MMAP_TEST_HELPER="+name, "GORACE=atexit_sleep_ms=0") // under -race, do not sleep at the end
	cmd.Stderr = os.Stderr
	return cmd
}
