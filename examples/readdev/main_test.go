// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build unix || windows

package main

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/facc7503/mmap/examples/internal/self"
	"github.com/facc7503/mmap/internal/mmaptest"
)

// In its environment, what makes the test binary readdev itself.
const asReaddev = "READDEV_TEST_AS_READDEV"

func TestMain(m *testing.M) {
	if os.Getenv(asReaddev) == "" {
		os.Exit(m.Run())
	}
	main()
}

func TestFormat(t *testing.T) {
	zeros := strings.Repeat("\x00", 16)
	for _, test := range []struct{ content, args, want string }{
		{"\x00\x1f !", "", `
00000000  00 1f 20 21                                       |.. !|
00000004
`},
		{"Go\n~\x7f\x80\xff\u00e9", "", `
00000000  47 6f 0a 7e 7f 80 ff c3  a9                       |Go.~.....|
00000009
`},
		{"0123456789abcdef", "", `
00000000  30 31 32 33 34 35 36 37  38 39 61 62 63 64 65 66  |0123456789abcdef|
00000010
`},
		{"0123456789abcdef", "-off 3 -n 9", `
00000003  33 34 35 36 37 38 39 61  62                       |3456789ab|
0000000c
`},
		{"0123456789abcdef", "-off 0xf -n 10", `
0000000f  66                                                |f|
00000010
`},
		{zeros + zeros, "", `
00000000  00 00 00 00 00 00 00 00  00 00 00 00 00 00 00 00  |................|
*
00000020
`},
		{zeros + zeros + zeros + "0123456789abcdef" + zeros, "-n 79", `
00000000  00 00 00 00 00 00 00 00  00 00 00 00 00 00 00 00  |................|
*
00000030  30 31 32 33 34 35 36 37  38 39 61 62 63 64 65 66  |0123456789abcdef|
00000040  00 00 00 00 00 00 00 00  00 00 00 00 00 00 00     |...............|
0000004f
`},
		{zeros + zeros + "0123456789abcdef0123456789abcdef0123456789abcdef0", "", `
00000000  00 00 00 00 00 00 00 00  00 00 00 00 00 00 00 00  |................|
*
00000020  30 31 32 33 34 35 36 37  38 39 61 62 63 64 65 66  |0123456789abcdef|
*
00000050  30                                                |0|
00000051
`},
		{zeros + zeros + "\x00", "", `
00000000  00 00 00 00 00 00 00 00  00 00 00 00 00 00 00 00  |................|
*
00000020  00                                                |.|
00000021
`},
	} {
		t.Run(test.args, func(t *testing.T) {
			file := mustWrite(t, []byte(test.content))
			status, stdout, stderr := runReaddev(t, append(strings.Fields(test.args), file)...)
			if status != 0 || stdout != test.want[1:] || stderr != "" {
				t.Errorf("readdev %s of %q: status %d, %q\n%s\nwant%s", test.args, test.content, status, short(stderr), stdout, test.want)
			}
		})
	}
}

// TestWords reads numbers in the machine's byte order.
func TestWords(t *testing.T) {
	var b []byte
	for _, n := range []uint32{1, 2, 3, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0x12345678, 0xffffffff, 5} {
		b = binary.NativeEndian.AppendUint32(b, n)
	}
	file := mustWrite(t, append(b, 6, 7, 8)) // The last bytes are no word.
	one, last := "0000000200000001", "ffffffff12345678"
	if binary.NativeEndian.Uint16([]byte{0, 1}) == 1 {
		one, last = "0000000100000002", "12345678ffffffff"
	}
	for _, test := range []struct{ args, want string }{
		{"-w 4", `
00000000  00000001  00000002  00000003  00000004
00000010  00000000  00000000  00000000  00000000
*
00000030  12345678  ffffffff  00000005
0000003c
`},
		{"-w 4 -off 52 -n 4", `
00000034  ffffffff
00000038
`},
		{"-w 8 -n 8", `
00000000  ` + one + `
00000008
`},
		{"-w 8 -off 48", `
00000030  ` + last + `
00000038
`},
	} {
		t.Run(test.args, func(t *testing.T) {
			status, stdout, stderr := runReaddev(t, append(strings.Fields(test.args), file)...)
			if status != 0 || stdout != test.want[1:] || stderr != "" {
				t.Errorf("readdev %s: status %d, %q\n%s\nwant%s", test.args, status, short(stderr), stdout, test.want)
			}
		})
	}
}

// TestFarOffset has an offset of more than 32 bits.
func TestFarOffset(t *testing.T) {
	file := mustWrite(t, nil)
	if err := os.Truncate(file, 5<<30+20); err != nil {
		t.Skip("no file of 5 GiB here:", err) // FreeBSD's tmpfs before 14 wants room for holes
	}
	want := `
140000010  00 00 00 00                                       |....|
140000014
`
	status, stdout, stderr := runReaddev(t, "-off", fmt.Sprint(5<<30+int64(16)), file)
	if status != 0 || stdout != want[1:] {
		t.Errorf("status %d, %q\n%s\nwant%s", status, short(stderr), stdout, want)
	}
}

func TestOnePage(t *testing.T) {
	page := os.Getpagesize()
	data := random(3 * page)
	status, stdout, stderr := runReaddev(t, mustWrite(t, data))
	if want := hex.Dump(data[:page]) + fmt.Sprintf("%08x\n", page); status != 0 || stdout != want {
		t.Errorf("status %d, %q, %d bytes of output that ends with %q", status, short(stderr), len(stdout), stdout[max(0, len(stdout)-100):])
	}
}

// TestLikeHexdump compares with hexdump, on data that have many equal rows.
func TestLikeHexdump(t *testing.T) {
	if _, err := exec.LookPath("hexdump"); err != nil {
		t.Skip("no hexdump to compare with:", err)
	}
	zeros, err := exec.Command("hexdump", "-C", mustWrite(t, make([]byte, 17))).Output()
	must(t, err)
	if !strings.Contains(string(zeros), "00000010  00") {
		t.Skip("this hexdump, as that of FreeBSD 12, leaves out a last row that is a part of the one before")
	}
	rnd := rand.New(rand.NewChaCha8([32]byte{}))
	data := random(1 << 13)
	for i := 16; i < len(data); i++ {
		if i&15 == 0 && rnd.IntN(3) > 0 {
			i += copy(data[i:], data[i-16:i]) - 1
		}
	}
	file := mustWrite(t, data)
	for i := range 60 {
		off, n := rnd.IntN(len(data)/16)*16, 1+rnd.IntN(200)
		if i%4 == 0 {
			off, n = off+rnd.IntN(16), 1+rnd.IntN(len(data))
		}
		cmd := exec.Command("hexdump", "-C", "-s", fmt.Sprint(off), "-n", fmt.Sprint(n), file)
		cmd.Env = append(os.Environ(), "LC_ALL=C")
		want, err := cmd.Output()
		must(t, err)
		status, stdout, stderr := runReaddev(t, "-off", fmt.Sprint(off), "-n", fmt.Sprint(n), file)
		if status != 0 || stdout != string(want) || stderr != "" {
			t.Errorf("-n %d -off %d: status %d, %q\n%s\nhexdump:\n%s", n, off, status, short(stderr), stdout, want)
		}
	}
}

func TestErrors(t *testing.T) {
	dir := t.TempDir()
	missing := filepath.Join(dir, "missing")
	_, noFile := os.Stat(missing) // as the system calls it
	file := mustWrite(t, []byte("12345"))
	for _, test := range []struct{ args, want string }{
		{missing, "readdev: " + noFile.Error() + "\n"},
		{"-off 5 " + file, "readdev: " + file + ": no byte at offset 5: by its size there are 5 bytes\n"},
		{mustWrite(t, nil), "no byte at offset 0: by its size there are 0 bytes\n"},
		{"-w 8 " + file, "no word of 8 bytes at offset 0: by its size there are 5 bytes\n"},
		{dir, "readdev: mmap " + dir + ": "},
		{dir, "read it instead"},
	} {
		mustFail(t, 1, test.want, strings.Fields(test.args)...)
	}
	for _, args := range []string{"", "a b", "-n 0 a", "-n -1 a", "-off -1 a", "-x a", "-w 2 a", "-w 4 -n 6 a", "-w 8 -off 4 a"} {
		mustFail(t, 2, "readdev: usage: readdev [-n BYTES] [-off OFFSET] [-w WIDTH] DEVICE\n", strings.Fields(args)...)
	}
}

// TestOutputError has a standard output that cannot be written to.
func TestOutputError(t *testing.T) {
	file := mustWrite(t, []byte("x"))
	readOnly, err := os.Open(file)
	must(t, err)
	defer readOnly.Close()
	cmd := self.Command(t, asReaddev, file)
	var stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = readOnly, &stderr
	err = cmd.Run()
	if cmd.ProcessState.ExitCode() != 1 || !strings.HasPrefix(stderr.String(), "readdev: write ") {
		t.Errorf("%v, %q; want exit status 1 and a write error", err, &stderr)
	}
}

// TestTruncated truncates a file of which readdev has more to print than is
// read from its output and than fits in the pipe: it is still at work.
func TestTruncated(t *testing.T) {
	mmaptest.NeedCut(t)
	const size, cut = 4 << 20, 2 << 20
	data := random(size)
	file := mustWrite(t, data)
	cmd := self.Command(t, asReaddev, "-n", fmt.Sprint(size), file)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	stdout, err := cmd.StdoutPipe()
	must(t, err)
	must(t, cmd.Start())
	var first [1]byte
	_, err = io.ReadFull(stdout, first[:])
	must(t, err)
	mmaptest.Truncate(t, file, cut)
	rest, err := io.ReadAll(stdout)
	must(t, err)
	if err := cmd.Wait(); cmd.ProcessState.ExitCode() != 1 {
		t.Errorf("%v, want exit status 1", err)
	}
	got := string(first[:]) + string(rest)
	if want := hex.Dump(data[:cut]) + fmt.Sprintf("%08x\n", cut); got != want {
		t.Errorf("%d bytes of output that ends with %q, want all that precedes the fault, %d", len(got), got[max(0, len(got)-100):], len(want))
	}
	if want := fmt.Sprintf("readdev: %s: cannot be read at offset %#x: the device ends there, or fails\n", file, cut); stderr.String() != want {
		t.Errorf("got %q, want %q", short(stderr.String()), want)
	}
}

// mustFail wants an error that is one line (after flag's own, if the status is
// 2), holds want, and comes without output.
func mustFail(t *testing.T, wantStatus int, want string, args ...string) {
	t.Helper()
	status, stdout, stderr := runReaddev(t, args...)
	if status != wantStatus || stdout != "" || !strings.Contains(stderr, want) || !oneError.MatchString(stderr) {
		t.Errorf("readdev %q: status %d, %q, %q; want %d, %q", args, status, stdout, short(stderr), wantStatus, want)
	}
}

var oneError = regexp.MustCompile(`^(flag provided but not defined: .*\n|)readdev: .*\n$`)

// runReaddev runs it in a process of its own, and returns its exit status and what
// it printed.
func runReaddev(t *testing.T, args ...string) (status int, stdout, stderr string) {
	t.Helper()
	cmd := self.Command(t, asReaddev, args...)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	return self.Run(t, cmd), out.String(), errs.String()
}

// short cuts off most of the traces of a crash.
func short(s string) string { return s[:min(len(s), 400)] }

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

// random returns n bytes, the same each time.
func random(n int) []byte {
	b := make([]byte, n)
	rand.NewChaCha8([32]byte{}).Read(b)
	return b
}
