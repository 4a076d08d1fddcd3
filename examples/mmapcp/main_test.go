// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build unix

package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/facc7503/mmap/examples/internal/self"
)

// In its environment, what makes the test binary mmapcp itself, and a user
// without privileges.
const (
	asMmapcp = "MMAPCP_TEST_AS_MMAPCP"
	asNobody = "MMAPCP_TEST_AS_NOBODY"
)

func TestMain(m *testing.M) {
	if os.Getenv(asMmapcp) == "" {
		os.Exit(m.Run())
	}
	progressAfter = 0     // Any copy would show progress; only a terminal may see it.
	syscall.Umask(0o0077) // It must not matter.
	if os.Getenv(asNobody) != "" && os.Getuid() == 0 {
		if err := syscall.Setuid(nobody); err != nil {
			fmt.Println("setuid:", err)
			os.Exit(3)
		}
	}
	main()
}

const nobody = 65534

func TestCopy(t *testing.T) {
	page := os.Getpagesize()
	for _, n := range []int{0, 1, page - 1, page, page + 1, 3 << 20, 2*step + 1} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			src := mustWrite(t, "src", random(n))
			dst := filepath.Join(t.TempDir(), "dst")
			mustCopy(t, src, dst)
			mustEqual(t, src, dst)
		})
	}
}

func TestCopyOverLonger(t *testing.T) {
	for _, n := range []int{0, 1, 3 << 20} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			src := mustWrite(t, "src", random(n))
			dst := mustWrite(t, "dst", bytes.Repeat([]byte("old"), 2<<20))
			link := filepath.Join(t.TempDir(), "link")
			must(t, os.Symlink(dst, link))
			mustCopy(t, src, link) // In place, as cp: also through a link.
			mustEqual(t, src, dst)
		})
	}
}

// TestCopyWindows copies what takes three windows, the last of them short.
func TestCopyWindows(t *testing.T) {
	const size = 2*window + 12345
	if os.Getenv("MMAP_TEST_LONG") != "1" {
		t.Skipf("this copies %d bytes: it needs MMAP_TEST_LONG=1", size)
	}
	src := mustWrite(t, "src", nil)
	must(t, os.Truncate(src, size))
	f, err := os.OpenFile(src, os.O_WRONLY, 0)
	must(t, err)
	data := random(4 * 8192)
	for i, off := range []int64{0, window - 4096, 2*window - 4096, size - 8192} {
		_, err := f.WriteAt(data[i*8192:(i+1)*8192], off)
		must(t, err)
	}
	must(t, f.Close())
	dst := filepath.Join(t.TempDir(), "dst")
	mustCopy(t, src, dst)
	mustEqual(t, src, dst)
}

func TestKeepsMode(t *testing.T) {
	modes := []fs.FileMode{0o640, 0o755, 0o444, fs.ModeSetuid | 0o755, fs.ModeSetgid | 0o751}
	for _, mode := range modes {
		t.Run(mode.String(), func(t *testing.T) {
			src := mustWrite(t, "src", random(5000))
			if err := os.Chmod(src, mode); err != nil {
				t.Skip("not allowed here:", err)
			}
			if got := mustStat(t, src).Mode(); got != mode {
				t.Skipf("chmod gives %v here", got)
			}
			old := mustWrite(t, "old", []byte("old"))
			must(t, os.Chmod(old, 0o604))
			for _, dst := range []string{old, filepath.Join(t.TempDir(), "new")} {
				mustCopy(t, src, dst)
				mustEqual(t, src, dst)
				if got := mustStat(t, dst).Mode(); got != mode {
					t.Errorf("%s has mode %v, want %v", dst, got, mode)
				}
			}
		})
	}
}

func TestUsage(t *testing.T) {
	for _, args := range [][]string{nil, {"a"}, {"a", "b", "c"}} {
		status, out := mmapcp(t, nil, args...)
		if want := "mmapcp: usage: mmapcp SRC DST\n"; status != 2 || out != want {
			t.Errorf("mmapcp %q: exit status %d, output %q; want 2, %q", args, status, out, want)
		}
	}
}

func TestSourceErrors(t *testing.T) {
	dir := t.TempDir()
	missing := filepath.Join(dir, "missing")
	pipe := mustPipe(t)
	socket := mustSocket(t)
	for _, test := range []struct{ name, src, want string }{
		{"missing", missing, "no such file"},
		{"directory", dir, "is a directory"},
		{"device", os.DevNull, "is not a regular file"},
		{"pipe", pipe, "is not a regular file"},
		{"socket", socket, "is not a regular file"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if test.src == "" {
				t.Skip("there is no mkfifo(1), or a socket cannot be made here")
			}
			// What is there stays, and nothing new appears.
			dst := mustWrite(t, "dst", []byte("old"))
			mustFail(t, nil, test.src, dst, test.src, test.want)
			mustHold(t, dst, "old")
			dst += ".new"
			mustFail(t, nil, test.src, dst, test.src, test.want)
			if _, err := os.Lstat(dst); err == nil {
				t.Errorf("%s has been made", dst)
			}
		})
	}
}

func TestTargetErrors(t *testing.T) {
	dir := t.TempDir()
	nowhere := filepath.Join(dir, "nowhere")
	for _, test := range []struct{ name, dst, want string }{
		{"directory", dir, "is a directory"},
		{"device", os.DevNull, "is not a regular file"},
		{"pipe", mustPipe(t), "is not a regular file"},
		{"nowhere", filepath.Join(nowhere, "dst"), "no such file"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if test.dst == "" {
				t.Skip("there is no mkfifo(1)")
			}
			src := mustWrite(t, "src", []byte("new"))
			mustFail(t, nil, src, test.dst, test.dst, test.want)
		})
	}
	if _, err := os.Lstat(nowhere); err == nil {
		t.Errorf("%s has been made", nowhere)
	}
}

func TestSameFile(t *testing.T) {
	file := mustWrite(t, "file", []byte("content"))
	dir := t.TempDir()
	symlink := filepath.Join(dir, "symlink")
	must(t, os.Symlink(file, symlink))
	names := []string{file, symlink, filepath.Dir(file) + "/./file"}
	hard := filepath.Join(filepath.Dir(file), "hard")
	if err := os.Link(file, hard); err != nil {
		t.Log("without a hard link:", err)
	} else {
		names = append(names, hard)
	}
	for _, src := range names {
		for _, dst := range names {
			mustFail(t, nil, src, dst, dst, "is the same file")
			mustHold(t, file, "content")
		}
	}
}

func TestPermission(t *testing.T) {
	as := []string{asNobody + "=1"}
	src := mustWrite(t, "src", []byte("new"))
	if _, out := mmapcp(t, as, src, src); !strings.Contains(out, "is the same file") {
		t.Skipf("the user nobody does not get to the files: %s", out)
	}
	secret := mustWrite(t, "secret", []byte("secret"))
	must(t, os.Chmod(secret, 0o200))
	readOnly := mustWrite(t, "readonly", []byte("old"))
	must(t, os.Chmod(readOnly, 0o444))
	writeOnly := mustWrite(t, "writeonly", []byte("old"))
	must(t, os.Chmod(writeOnly, 0o222))
	dir := filepath.Join(t.TempDir(), "dir")
	must(t, os.Mkdir(dir, 0o555))

	mustFail(t, as, secret, src, secret, "permission denied")
	mustHold(t, src, "new")
	mustFail(t, as, src, readOnly, readOnly, "permission denied")
	mustHold(t, readOnly, "old")
	mustFail(t, as, src, writeOnly, writeOnly, "permission denied")
	dst := filepath.Join(dir, "dst")
	mustFail(t, as, src, dst, dst, "permission denied")
}

// TestCutShort copies a file that is cut short when the first step is done. As
// the progress is shown just then, whoever shows it can do that.
func TestCutShort(t *testing.T) {
	defer func(d time.Duration) { progressAfter = d }(progressAfter)
	progressAfter = 0
	const size = 3*step + 2
	for _, test := range []struct {
		cutTo, copied int64
		want          string
	}{
		{1, step, "was cut short while it was copied, or its disk fails"},    // A fault.
		{size - 1, size, "was cut short while it was copied: copy it again"}, // None: the last page is still there.
	} {
		src := mustWrite(t, "src", random(size))
		dst := filepath.Join(t.TempDir(), "dst")
		cut := writerFunc(func(b []byte) (int, error) { return len(b), os.Truncate(src, test.cutTo) })
		err := copyFile(src, dst, &progress{w: cut})
		if err == nil || !strings.Contains(err.Error(), src) || !strings.Contains(err.Error(), test.want) {
			t.Errorf("cut to %d: %v, want %q", test.cutTo, err, test.want)
		}
		if got := mustStat(t, dst).Size(); got != test.copied {
			t.Errorf("cut to %d: the copy has %d bytes, want %d", test.cutTo, got, test.copied)
		}
	}
}

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(b []byte) (int, error) { return f(b) }

// TestProgress shows progress to a buffer.
func TestProgress(t *testing.T) {
	var out bytes.Buffer
	p := &progress{w: &out, total: 1 << 40, start: time.Now().Add(-time.Hour)}
	p.add(1 << 20)
	p.add(1 << 20) // Not shown: too soon after the first.
	p.shown = p.shown.Add(-progressEvery)
	p.add(1 << 28)
	p.add(1 << 28)
	p.done = p.total
	p.end()
	want := "\rmmapcp:   0%,    1.0 MiB of 1.0 TiB" +
		"\rmmapcp:   0%,  258.0 MiB of 1.0 TiB" +
		"\rmmapcp: 100%,    1.0 TiB of 1.0 TiB\n"
	if got := out.String(); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestNoProgress has copies that must be silent.
func TestNoProgress(t *testing.T) {
	var out bytes.Buffer
	soon := &progress{w: &out, total: 1, start: time.Now().Add(time.Hour)}
	soon.add(1)
	soon.end()
	if out.Len() > 0 {
		t.Errorf("a short copy says %q", out.String())
	}
	null, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	must(t, err)
	defer null.Close()
	if isTerminal(null) {
		t.Errorf("%s passes for a terminal", os.DevNull)
	}
}

// mmapcp runs it in a process of its own, with env added to the environment,
// and returns its exit status and what it printed.
func mmapcp(t *testing.T, env []string, args ...string) (status int, out string) {
	t.Helper()
	cmd := self.Command(t, asMmapcp, args...)
	cmd.Env = append(cmd.Env, env...)
	var b bytes.Buffer
	cmd.Stdout, cmd.Stderr = &b, &b
	return self.Run(t, cmd), b.String()
}

// mustCopy wants a copy that works and says nothing.
func mustCopy(t *testing.T, src, dst string) {
	t.Helper()
	if status, out := mmapcp(t, nil, src, dst); status != 0 || out != "" {
		t.Fatalf("mmapcp %s %s: exit status %d, output %q", src, dst, status, out)
	}
}

// mustFail wants a copy that fails and, in one line, names the file and says
// what is wanted.
func mustFail(t *testing.T, env []string, src, dst, file, want string) {
	t.Helper()
	status, out := mmapcp(t, env, src, dst)
	if status != 1 {
		t.Errorf("mmapcp %s %s: exit status %d, want 1", src, dst, status)
	}
	if !strings.HasPrefix(out, "mmapcp: ") || strings.Index(out, "\n") != len(out)-1 ||
		!strings.Contains(out, file) || !strings.Contains(out, want) {
		t.Errorf("mmapcp %s %s says %q, want one line with %q and %q", src, dst, out, file, want)
	}
	for _, crash := range []string{"panic", "SIGBUS", "unexpected fault", "goroutine"} {
		if strings.Contains(out, crash) {
			t.Errorf("mmapcp %s %s says %q: %s", src, dst, crash, out)
		}
	}
}

// mustEqual compares two files through read(2), whatever their size.
func mustEqual(t *testing.T, src, dst string) {
	t.Helper()
	if s, d := mustStat(t, src).Size(), mustStat(t, dst).Size(); s != d {
		t.Fatalf("the copy has %d bytes, want %d", d, s)
	}
	s, err := os.Open(src)
	must(t, err)
	defer s.Close()
	d, err := os.Open(dst)
	must(t, err)
	defer d.Close()
	a, b := make([]byte, 1<<20), make([]byte, 1<<20)
	for off := 0; ; off += len(a) {
		n, err := io.ReadFull(s, a)
		if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
			t.Fatal(err)
		}
		if n == 0 {
			return
		}
		_, err = io.ReadFull(d, b[:n])
		must(t, err)
		if !bytes.Equal(a[:n], b[:n]) {
			t.Fatalf("the copy differs in the MiB at offset %d", off)
		}
	}
}

func mustHold(t *testing.T, file, want string) {
	t.Helper()
	got, err := os.ReadFile(file)
	must(t, err)
	if string(got) != want {
		t.Errorf("%s holds %d bytes, want %q", file, len(got), want)
	}
}

// mustWrite writes a new file, which others may read too, in a new directory.
func mustWrite(t *testing.T, name string, content []byte) string {
	t.Helper()
	dir := t.TempDir()
	for _, d := range []string{dir, filepath.Dir(dir)} {
		must(t, os.Chmod(d, 0o755)) // For nobody.
	}
	name = filepath.Join(dir, name)
	must(t, os.WriteFile(name, content, 0o600))
	must(t, os.Chmod(name, 0o644))
	return name
}

func mustStat(t *testing.T, name string) fs.FileInfo {
	t.Helper()
	info, err := os.Stat(name)
	must(t, err)
	return info
}

// mustPipe makes a named pipe: with mkfifo(1), as syscall.Mkfifo is not on
// every Unix. Without that, its name is empty.
func mustPipe(t *testing.T) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "pipe")
	err := exec.Command("mkfifo", name).Run()
	if errors.Is(err, exec.ErrNotFound) {
		return ""
	}
	must(t, err)
	return name
}

// mustSocket makes a socket. Where there are none, or only with shorter names,
// its name is empty.
func mustSocket(t *testing.T) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "s")
	l, err := net.Listen("unix", name)
	if err != nil {
		return ""
	}
	t.Cleanup(func() { l.Close() })
	return name
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// random returns n bytes, the same each time.
func random(n int) []byte {
	b := make([]byte, n)
	rand.NewChaCha8([32]byte{}).Read(b)
	return b
}
