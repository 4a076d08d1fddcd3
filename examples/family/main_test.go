// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build unix || windows

package main

import (
	"bytes"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/facc7503/mmap/examples/internal/self"
)

// In its environment, what makes the test binary family itself. The child that
// it starts inherits it.
const asFamily = "FAMILY_TEST_AS_FAMILY"

func TestMain(m *testing.M) {
	if os.Getenv(asFamily) == "" {
		os.Exit(m.Run())
	}
	main()
}

func TestFamily(t *testing.T) {
	dir := t.TempDir()
	cmd := self.Command(t, asFamily)
	cmd.Env = append(cmd.Env, "TMPDIR="+dir, "TMP="+dir) // TMP is Windows'.
	if status, out := run(t, cmd); status != 0 || out != "hi, this is parent\nhi, this is child\n" {
		t.Errorf("exit status %d, output %q", status, out)
	}
	left, err := os.ReadDir(dir)
	must(t, err)
	if len(left) > 0 {
		t.Errorf("%v is left", left)
	}
}

// TestChild is the parent of a child, and says something else.
func TestChild(t *testing.T) {
	m, cmd := mustAttach(t)
	stdin, err := cmd.StdinPipe()
	must(t, err)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	must(t, cmd.Start())
	run(t, self.Command(t, asFamily)) // A child that does not wait would be done before this whole family is.
	words := strings.Repeat("my house, my rules", 10)
	m.say(byParent, words)
	must(t, stdin.Close())
	must(t, cmd.Wait())
	if want := words[:textSize] + "\n"; out.String() != want {
		t.Errorf("the child prints %q, want %q", out.String(), want)
	}
	if answer := string(m.words[:m.n]); m.speaker.Load() != byChild || answer != "hi, this is child" {
		t.Errorf("speaker %d says %q", m.speaker.Load(), answer)
	}
}

// A child whose parent dies before it has spoken has nothing to answer.
func TestSilentParent(t *testing.T) {
	m, cmd := mustAttach(t)
	status, out := run(t, cmd)
	if status != 1 || !strings.Contains(out, "family: waited for speaker 1, and found words of 0") {
		t.Errorf("exit status %d, output %q", status, out)
	}
	if m.speaker.Load() != byNobody {
		t.Errorf("the child says %q", m.words[:m.n])
	}
}

// TestDeadChild has a child that cannot print: its parent does not wait for an
// answer, nor invent one.
func TestDeadChild(t *testing.T) {
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Skip("no /dev/full here:", err)
	}
	defer full.Close()
	cmd := self.Command(t, asFamily)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = full, &out
	err = cmd.Run()
	if cmd.ProcessState.ExitCode() != 1 || !strings.HasSuffix(out.String(), "family: child: exit status 1\n") {
		t.Errorf("%v, output %q", err, &out)
	}
}

func TestUsage(t *testing.T) {
	for _, args := range [][]string{{"a"}, {"child", "a"}} {
		if status, out := run(t, self.Command(t, asFamily, args...)); status != 2 || out != "family: usage: family\n" {
			t.Errorf("family %q: exit status %d, output %q", args, status, out)
		}
	}
}

// mustAttach makes memory, and a child that will share it.
func mustAttach(t *testing.T) (*memory, *exec.Cmd) {
	t.Helper()
	f, err := newFile()
	must(t, err)
	t.Cleanup(func() { must(t, drop(f)) })
	must(t, f.Truncate(memorySize))
	mapping, m, err := attach(f)
	must(t, err)
	t.Cleanup(func() { mapping.Close() })
	cmd := self.Command(t, asFamily, "child")
	hand(cmd, f)
	return m, cmd
}

// run returns the exit status of cmd and what it printed.
func run(t *testing.T, cmd *exec.Cmd) (status int, out string) {
	t.Helper()
	var b bytes.Buffer
	cmd.Stdout, cmd.Stderr = &b, &b
	return self.Run(t, cmd), b.String()
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
