// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

// Package self lets a test binary run itself as the program that it tests.
package self

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"testing"
	"time"
)

// Command is the test binary with role=1 in its environment, by which its TestMain
// is to know what it is.
func Command(t *testing.T, role string, args ...string) *exec.Cmd {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	ctx := t.Context()
	if end, ok := t.Deadline(); ok { // Should it hang, the test that made it hang fails.
		var cancel context.CancelFunc
		ctx, cancel = context.WithDeadline(ctx, end.Add(-10*time.Second))
		t.Cleanup(cancel)
	}
	cmd := exec.CommandContext(ctx, exe, args...)
	cmd.Env = append(os.Environ(), role+"=1", "GORACE=atexit_sleep_ms=0") // Else with -race each takes a second more.
	return cmd
}

// Run runs cmd and returns its exit status, whatever that is.
func Run(t *testing.T, cmd *exec.Cmd) (status int) {
	t.Helper()
	err := cmd.Run()
	if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return cmd.ProcessState.ExitCode()
}
