// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build unix || windows

package main

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/facc7503/mmap/examples/internal/self"
	"github.com/facc7503/mmap/internal/mmaptest"
)

// In its environment, what makes the test binary grep itself.
const asGrep = "GREP_TEST_AS_GREP"

func TestMain(m *testing.M) {
	if os.Getenv(asGrep) == "" {
		os.Exit(m.Run())
	}
	main()
}

func TestOneFile(t *testing.T) {
	for _, test := range []struct {
		content, args, pattern string
		want                   string
		status                 int
	}{
		{"one\ntwo\nthree\n", "", "two", "two\n", 0},
		{"one\ntwo\nthree\n", "-n", "o", "1:one\n2:two\n", 0},
		{"one\ntwo\nthree\n", "-c", "e", "2\n", 0},
		{"one\ntwo\nthree\n", "-c -n", "e", "2\n", 0},
		{"one\ntwo\nthree\n", "", "four", "", 1},
		{"one\ntwo\nthree\n", "-c", "four", "0\n", 1},
		{"one\ntwo\nthree\n", "", "onet", "", 1}, // Not across lines.
		{"one\ntwo\nthree", "-n", "three", "3:three\n", 0},
		{"\n\none\n\n", "-n", "one", "3:one\n", 0},
		{"\n\none\n\n", "-n", "", "1:\n2:\n3:one\n4:\n", 0},
		{"one", "-n", "", "1:one\n", 0},
		{"\n", "-n", "", "1:\n", 0},
		{"", "", "", "", 1},
		{"", "-c", "", "0\n", 1},
		{"aaaa\naa\na\n", "-c", "aa", "2\n", 0}, // Lines, not occurrences.
		{"aba\nababa\n", "-n", "aba", "1:aba\n2:ababa\n", 0},
		{"a.c\nabc\n", "", "a.c", "a.c\n", 0}, // No regular expression.
		{"-c\nx\n", "--", "-c", "-c\n", 0},
		{"a\x00b\r\n\xff\xfea\n", "-n", "a", "1:a\x00b\r\n2:\xff\xfea\n", 0},
	} {
		file := mustWrite(t, []byte(test.content))
		args := append(strings.Fields(test.args), test.pattern, file)
		status, stdout, stderr := grep(t, args...)
		if status != test.status || stdout != test.want || stderr != "" {
			t.Errorf("grep %s %q of %q: status %d, %q, %q; want %d, %q",
				test.args, test.pattern, test.content, status, stdout, stderr, test.status, test.want)
		}
	}
}

func TestSeveralFiles(t *testing.T) {
	a, b, c := mustWrite(t, []byte("x\ny\n")), mustWrite(t, []byte("z\n")), mustWrite(t, []byte("\nx"))
	for _, test := range []struct{ flag, want string }{
		{"-n", a + ":1:x\n" + c + ":2:x\n"},
		{"-c", a + ":1\n" + b + ":0\n" + c + ":1\n"},
	} {
		t.Run(test.flag, func(t *testing.T) {
			status, stdout, stderr := grep(t, test.flag, "x", a, b, c)
			if status != 0 || stdout != test.want || stderr != "" {
				t.Errorf("grep %s: status %d, %q, %q; want %q", test.flag, status, stdout, stderr, test.want)
			}
		})
	}
}

// TestLikeGrep compares with GNU grep, whose -a is for binary files.
func TestLikeGrep(t *testing.T) {
	version, err := exec.Command("grep", "-V").Output()
	if err != nil || !bytes.Contains(version, []byte("GNU grep")) {
		t.Skip("no GNU grep to compare with:", err)
	}
	rnd := rand.New(rand.NewChaCha8([32]byte{}))
	var files []string
	for i := range 60 {
		content := make([]byte, rnd.IntN(20<<(i%12)))
		alphabet := []string{"ab\n", "aab\xff\x00\r\n", "aaaaaaaaaaaaaaaaaaaaaaab\n"}[i%3]
		for j := range content {
			content[j] = alphabet[rnd.IntN(len(alphabet))]
		}
		files = append(files, mustWrite(t, content))
	}
	for _, flags := range [][]string{nil, {"-n"}, {"-c"}, {"-c", "-n"}} {
		for _, pattern := range []string{"", "a", "aa", "aba", "b\r", "\xff", "abababababababab", "c"} {
			for _, files := range [][]string{files, files[13:14]} {
				args := append(append(flags[:len(flags):len(flags)], "--", pattern), files...)
				cmd := exec.Command("grep", append([]string{"-a", "-F"}, args...)...)
				cmd.Env = append(os.Environ(), "LC_ALL=C")
				want, _ := cmd.Output()
				status, stdout, stderr := grep(t, args...)
				if status != cmd.ProcessState.ExitCode() || stdout != string(want) || stderr != "" {
					t.Errorf("grep %q in %d files: status %d, %d bytes, %q; GNU grep: %d, %d bytes",
						args[:len(args)-len(files)], len(files), status, len(stdout), stderr, cmd.ProcessState.ExitCode(), len(want))
				}
			}
		}
	}
}

// A file's error comes between the lines of the files before and after it.
func TestErrors(t *testing.T) {
	dir := t.TempDir()
	missing := filepath.Join(dir, "missing")
	a, b := mustWrite(t, []byte("x1\n")), mustWrite(t, []byte("x2\n"))
	args := []string{"x", a, missing}
	_, noFile := os.ReadFile(missing) // as the system calls it
	want := a + ":x1\n" + "grep: " + noFile.Error() + "\n"
	if _, isDir := os.ReadFile(dir); isDir != nil { // FreeBSD before 13 reads directories
		args = append(args, dir)
		want += "grep: " + isDir.Error() + "\n"
	}
	want += b + ":x2\n"
	cmd := self.Command(t, asGrep, append(args, b)...)
	out, _ := cmd.CombinedOutput()
	status := cmd.ProcessState.ExitCode()
	if status != 2 || string(out) != want {
		t.Errorf("status %d, %q; want 2, %q", status, out, want)
	}
	if status, stdout, stderr := grep(t, "x", os.DevNull); status != 1 || stdout+stderr != "" {
		t.Errorf("of %s: status %d, %q, %q; want 1", os.DevNull, status, stdout, stderr)
	}
}

func TestUsage(t *testing.T) {
	for _, args := range [][]string{{}, {"x"}, {"-x", "x", "file"}, {"x\ny", "file"}} {
		status, stdout, stderr := grep(t, args...)
		if status != 2 || stdout != "" || !strings.HasSuffix(stderr, "grep: usage: grep [-c] [-n] PATTERN FILE...\n") {
			t.Errorf("grep %q: status %d, %q, %q", args, status, stdout, stderr)
		}
	}
}

// TestOutputError has a standard output that cannot be written to.
func TestOutputError(t *testing.T) {
	file := mustWrite(t, []byte("x\n"))
	readOnly, err := os.Open(file)
	must(t, err)
	defer readOnly.Close()
	cmd := self.Command(t, asGrep, "x", file)
	var stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = readOnly, &stderr
	err = cmd.Run()
	want := regexp.MustCompile(`^grep: write \S+: .+\n$`)
	if err == nil || cmd.ProcessState.ExitCode() != 2 || !want.Match(stderr.Bytes()) {
		t.Errorf("%v, %q; want exit status 2, %v", err, &stderr, want)
	}
}

// TestTruncated truncates a file that has more lines than are read from grep's
// output and than fit in the pipe: grep is still at work, and in that file.
func TestTruncated(t *testing.T) {
	mmaptest.NeedCut(t)
	const size, cut = 8 << 20, 4 << 20
	line := func(b byte) []byte { return append(bytes.Repeat([]byte{b}, 63), '\n') }
	long := append(bytes.Repeat([]byte("x"), cut-1), '\n')
	for _, test := range []struct {
		name    string
		content []byte
		cut     int64
		atLeast int // of the lines are found
	}{
		// The last line could be lost: to search it, bytes beyond it may be read.
		{"lines", bytes.Repeat(line('x'), size/64), cut, cut - 64},
		// A line longer than the pipe and all buffers is whole, though it is gone
		// before it is written.
		{"long", bytes.Repeat(long, size/cut), 0, cut},
	} {
		t.Run(test.name, func(t *testing.T) {
			file := mustWrite(t, test.content)
			next := mustWrite(t, []byte("x after\n"))
			cmd := self.Command(t, asGrep, "-n", "x", file, next)
			var stderr bytes.Buffer
			cmd.Stderr = &stderr
			stdout, err := cmd.StdoutPipe()
			must(t, err)
			must(t, cmd.Start())
			var first [1]byte
			_, err = io.ReadFull(stdout, first[:])
			must(t, err)
			mmaptest.Truncate(t, file, test.cut)
			rest, err := io.ReadAll(stdout)
			must(t, err)
			if err := cmd.Wait(); cmd.ProcessState.ExitCode() != 2 {
				t.Errorf("%v, want exit status 2", err)
			}

			lines, found := strings.CutSuffix(string(first[:])+string(rest), next+":1:x after\n")
			if !found {
				t.Errorf("the next file was not searched: %.400q", stderr.String())
			}
			var got []byte
			n := 0
			for l := range strings.Lines(lines) {
				n++
				l, found := strings.CutPrefix(l, fmt.Sprintf("%s:%d:", file, n))
				if !found {
					t.Fatalf("line %d starts with %.100q", n, l)
				}
				got = append(got, l...)
			}
			if len(got) < test.atLeast || len(got) > cut || !bytes.Equal(got, test.content[:len(got)]) {
				t.Errorf("%d bytes of lines were found, want %d to %d", len(got), test.atLeast, cut)
			}

			want := regexp.MustCompile(`^grep: guard ` + regexp.QuoteMeta(file) + `: fault at offset (\d+) .*: .*truncated.*\n$`)
			m := want.FindStringSubmatch(stderr.String())
			if m == nil {
				t.Fatalf("%.400q, want %v", stderr.String(), want)
			}
			if off, err := strconv.ParseInt(m[1], 10, 64); err != nil || off < test.cut || off >= size {
				t.Errorf("a fault at offset %s, want from %d to %d", m[1], test.cut, size)
			}
		})
	}
}

// grep runs it in a process of its own, and returns its exit status and what it
// printed.
func grep(t *testing.T, args ...string) (status int, stdout, stderr string) {
	t.Helper()
	cmd := self.Command(t, asGrep, args...)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	return self.Run(t, cmd), out.String(), errs.String()
}

// mustWrite writes a new file in a new directory.
func mustWrite(t *testing.T, content []byte) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "file")
	must(t, os.WriteFile(name, content, 0o600))
	return name
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
