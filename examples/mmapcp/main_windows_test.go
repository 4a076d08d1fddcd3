// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package main

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/facc7503/mmap/examples/internal/self"
)

// In its environment, what makes the test binary mmapcp itself.
const asMmapcp = "MMAPCP_TEST_AS_MMAPCP"

func TestMain(m *testing.M) {
	if os.Getenv(asMmapcp) == "" {
		os.Exit(m.Run())
	}
	main()
}

// A copy is the file, over whatever was there, and when mmapcp has ended neither
// file is mapped: both can be removed.
func TestCopy(t *testing.T) {
	for _, n := range []int{0, 1, 4095, 4096, 4097, 65535, 65536, 65537, 2*step + 1} {
		for _, old := range []int{-1, 0, 3*step + 5} {
			t.Run(fmt.Sprintf("%d bytes over %d", n, old), func(t *testing.T) {
				src, dst := filepath.Join(t.TempDir(), "src"), filepath.Join(t.TempDir(), "dst")
				content := make([]byte, n)
				rand.NewChaCha8([32]byte{}).Read(content)
				must(t, os.WriteFile(src, content, 0o600))
				if old >= 0 {
					must(t, os.WriteFile(dst, make([]byte, old), 0o600))
				}
				if status, out := mmapcp(t, src, dst); status != 0 || out != "" {
					t.Fatalf("mmapcp: exit status %d, output %q", status, out)
				}
				got, err := os.ReadFile(dst)
				must(t, err)
				if !bytes.Equal(got, content) {
					t.Errorf("the copy has %d bytes that are not the file's %d", len(got), n)
				}
				must(t, os.Remove(src))
				must(t, os.Remove(dst))
			})
		}
	}
}

func TestErrors(t *testing.T) {
	dir := t.TempDir()
	file, missing := filepath.Join(dir, "file"), filepath.Join(dir, "missing")
	must(t, os.WriteFile(file, []byte("content"), 0o600))
	for _, test := range []struct {
		src, dst, want string
		status         int
	}{
		{missing, file, missing, 1},
		{dir, file, "is a directory", 1},
		{os.DevNull, file, "is not a regular file", 1},
		{file, dir, "is a directory", 1},
		{file, os.DevNull, "is not a regular file", 1},
		{file, strings.ToUpper(file), "is the same file", 1},
	} {
		t.Run(test.src+" to "+test.dst, func(t *testing.T) {
			status, out := mmapcp(t, test.src, test.dst)
			if status != test.status || !strings.Contains(out, test.want) || strings.Count(out, "\n") != 1 {
				t.Errorf("exit status %d, output %q; want %d, one line with %q", status, out, test.status, test.want)
			}
			if got, err := os.ReadFile(file); err != nil || string(got) != "content" {
				t.Errorf("the file holds %q: %v", got, err)
			}
		})
	}
}

// mmapcp runs it in a process of its own, and returns its exit status and what it
// printed.
func mmapcp(t *testing.T, args ...string) (status int, out string) {
	t.Helper()
	cmd := self.Command(t, asMmapcp, args...)
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
