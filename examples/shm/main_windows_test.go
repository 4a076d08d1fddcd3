// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package main

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/facc7503/mmap/examples/internal/self"
)

// In its environment, what makes the test binary shm itself.
const asShm = "SHM_TEST_AS_SHM"

func TestMain(m *testing.M) {
	if os.Getenv(asShm) == "" {
		os.Exit(m.Run())
	}
	main()
}

// Two processes watch, and print what others poke. What one stores for itself
// alone neither of them sees, nor does the file hold it.
func TestWatch(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	pokes := []struct {
		offset int
		text   string
	}{{0, "hello, world"}, {7, "gopher"}, {textSize - 3, "end"}}
	watchers := []*watcher{startWatch(t, file, len(pokes)), startWatch(t, file, len(pokes))}
	for i, p := range pokes {
		private := fmt.Sprintf("for this process alone, offset %d: \"secret\"\n", 100)
		if status, out := shm(t, "poke", "-private", file, "100", "secret"); status != 0 || out != private {
			t.Fatalf("poke -private: exit status %d, output %q; want %q", status, out, private)
		}
		if status, out := shm(t, "poke", file, fmt.Sprint(p.offset), p.text); status != 0 || out != "" {
			t.Fatalf("poke: exit status %d, output %q", status, out)
		}
		for _, w := range watchers {
			w.mustPrint(fmt.Sprintf("poke %d, offset %d: %q", i+1, p.offset, p.text))
		}
	}
	for _, w := range watchers {
		if w.Scan() {
			t.Errorf("a watcher prints %q after its last line", w.Text())
		}
		must(t, w.cmd.Wait())
	}
	got, err := os.ReadFile(file)
	must(t, err)
	if len(got) != memorySize || !strings.HasPrefix(string(got), "hello, gopher\x00") || string(got[textSize-3:textSize]) != "end" {
		t.Errorf("the file holds %d bytes, that begin with %q", len(got), got[:20])
	}
}

func TestErrors(t *testing.T) {
	missing := filepath.Join(t.TempDir(), "missing")
	for _, test := range []struct {
		args []string
		want string
	}{
		{[]string{"poke", missing, "0", "a"}, "start shm watch " + missing + " first"},
		{[]string{"poke", os.DevNull, "0", "a"}, "name a file that shm watch has made"},
		{[]string{"watch", os.DevNull}, "name another file"},
	} {
		if status, out := shm(t, test.args...); status != 1 || !strings.Contains(out, test.want) {
			t.Errorf("shm %q: exit status %d, output %q; want 1, %q", test.args, status, out, test.want)
		}
	}
}

// A watcher is a process that watches, and the lines that it prints.
type watcher struct {
	*bufio.Scanner
	t   *testing.T
	cmd *exec.Cmd
}

// startWatch starts a watcher of count pokes, and returns when it watches.
func startWatch(t *testing.T, file string, count int) *watcher {
	t.Helper()
	cmd := self.Command(t, asShm, "watch", "-n", fmt.Sprint(count), file)
	out, err := cmd.StdoutPipe()
	must(t, err)
	cmd.Stderr = cmd.Stdout
	must(t, cmd.Start())
	w := &watcher{bufio.NewScanner(out), t, cmd}
	w.mustPrint(fmt.Sprintf("watching the first %d bytes of %s", textSize, file))
	return w
}

func (w *watcher) mustPrint(want string) {
	w.t.Helper()
	if !w.Scan() || w.Text() != want {
		w.t.Fatalf("a watcher prints %q, want %q", w.Text(), want)
	}
}

// shm runs it in a process of its own, and returns its exit status and what it
// printed.
func shm(t *testing.T, args ...string) (status int, out string) {
	t.Helper()
	cmd := self.Command(t, asShm, args...)
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
