// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build unix

package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"unsafe"

	"github.com/facc7503/mmap"
	"github.com/facc7503/mmap/examples/internal/self"
)

// In its environment, what makes the test binary shm itself, the functions of
// these names, and a user without privileges.
const (
	asShm    = "SHM_TEST_AS_SHM"
	asEcho   = "SHM_TEST_AS_ECHO"
	asHammer = "SHM_TEST_AS_HAMMER"
	asNobody = "SHM_TEST_AS_NOBODY"
)

const nobody = 65534

func TestMain(m *testing.M) {
	if os.Getenv(asNobody) != "" && os.Getuid() == 0 {
		if err := syscall.Setuid(nobody); err != nil {
			fmt.Println("setuid:", err)
			os.Exit(3)
		}
	}
	switch {
	case os.Getenv(asShm) != "":
		main()
	case os.Getenv(asEcho) != "":
		play(echo)
	case os.Getenv(asHammer) != "":
		play(hammer)
	default:
		os.Exit(m.Run())
	}
}

// play lets do use the file that is named as argument.
func play(do func(*memory) error) {
	f, err := os.OpenFile(os.Args[1], os.O_RDWR, 0)
	if err == nil {
		err = use(f, mmap.Shared, do)
	}
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
}

// The watchers print each change, whoever makes it, and end when they have
// printed as many as they were asked to.
func TestWatch(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	a := startWatch(t, "-n", "3", file)
	b := startWatch(t, "-n", "2", file)
	for i, p := range []struct {
		offset int
		text   string
	}{{0, "hello, world"}, {7, "gopher"}, {textSize - 3, "\xffé"}} {
		mustShm(t, "", "poke", file, strconv.Itoa(p.offset), p.text)
		want := fmt.Sprintf("poke %d, offset %d: %q", i+1, p.offset, p.text)
		a.mustPrint(want)
		if i < 2 {
			b.mustPrint(want)
		}
	}
	a.mustEnd()
	b.mustEnd()
	mustHold(t, file, 0, "hello, gopher\x00")
	mustHold(t, file, textSize-3, "\xffé")

	// A watcher that comes later counts on, and prints nothing that is past.
	c := startWatch(t, "-n", "1", file)
	mustShm(t, "", "poke", file, "5", "")
	c.mustPrint(`poke 4, offset 5: ""`)
	c.mustEnd()
}

// A file that is emptied under its watcher, and used again, is another file.
func TestMadeAnew(t *testing.T) {
	file := mustMake(t)
	w := startWatch(t, file)
	for i := range 2 {
		mustShm(t, "", "poke", file, "0", "a")
		w.mustPrint(fmt.Sprintf(`poke %d, offset 0: "a"`, i+1))
	}
	must(t, os.Truncate(file, 0))
	must(t, os.Truncate(file, memorySize))
	mustShm(t, "", "poke", file, "0", "b")
	if got := w.line(); !strings.Contains(got, "made again") && !strings.Contains(got, "fault") { // if it looked in between
		t.Errorf("the watcher prints %q", got)
	}
	if err := w.cmd.Wait(); err == nil {
		t.Error("the watcher ends well")
	}
}

// A private mapping changes nothing for others: not the file, and not what is
// printed by who watches it. To make one, the right to read the file is enough.
func TestPrivate(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	w := startWatch(t, "-n", "2", file)
	mustShm(t, "", "poke", file, "0", "hello, world")
	w.mustPrint(`poke 1, offset 0: "hello, world"`)
	before, err := os.ReadFile(file)
	must(t, err)

	must(t, os.Chmod(file, 0o444))
	mustShm(t, "for this process alone, offset 7: \"secret\"\n", "poke", "-private", file, "7", "secret")
	must(t, os.Chmod(file, 0o600))
	mustHold(t, file, 0, string(before))

	mustShm(t, "", "poke", file, "5", "!")
	w.mustPrint(`poke 2, offset 5: "!"`) // Number 2: the private one was none.
	w.mustEnd()
}

// Pokes that come all at once are each printed, by each watcher.
func TestManyAtOnce(t *testing.T) {
	const n = 16
	file := filepath.Join(t.TempDir(), "file")
	watchers := []*watcher{startWatch(t, "-n", fmt.Sprint(n), file), startWatch(t, "-n", fmt.Sprint(n), file)}
	var want []string
	var pokes []*exec.Cmd
	for i := range n {
		offset, text := i*100, fmt.Sprintf("text %d", i)
		want = append(want, fmt.Sprintf("offset %d: %q", offset, text))
		cmd := self.Command(t, asShm, "poke", file, fmt.Sprint(offset), text)
		must(t, cmd.Start())
		pokes = append(pokes, cmd)
	}
	for _, cmd := range pokes {
		must(t, cmd.Wait())
	}
	slices.Sort(want)
	for _, w := range watchers {
		var got []string
		for i := range n {
			text, ok := strings.CutPrefix(w.line(), fmt.Sprintf("poke %d, ", i+1))
			if !ok {
				t.Errorf("line %d is not that of poke %d", i+1, i+1)
			}
			got = append(got, text)
		}
		w.mustEnd()
		slices.Sort(got)
		if !slices.Equal(got, want) {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

const echoes = 500

// echo answers each poke with a poke.
func echo(m *memory) error {
	seen := uint32(0)
	for range echoes {
		seen, _ = m.after(seen)
		if !m.poke(0, "echo") {
			return errors.New("poke has no turn")
		}
		seen += 2
	}
	return nil
}

// TestEcho has each poke come just when the other process is about to wait, or
// does so already: a wake that is missed leaves both of them waiting.
func TestEcho(t *testing.T) {
	file := mustMake(t)
	cmd := self.Command(t, asEcho, file)
	cmd.Stdout = os.Stdout
	must(t, cmd.Start())
	mustUse(t, file, func(m *memory) {
		for seen, i := uint32(0), 0; i < echoes; i++ {
			if !m.poke(0, "call") {
				t.Fatal("poke has no turn")
			}
			now, p := m.after(seen + 2)
			if now != seen+4 || string(p.text[:4]) != "echo" {
				t.Fatalf("call %d: the number is %d, the text %q; want %d, echo", i, now, p.text[:4], seen+4)
			}
			seen = now
		}
	})
	must(t, cmd.Wait())
}

// A wake that came before the wait must not be slept through: wait looks at the
// number first.
func TestWait(t *testing.T) {
	mustUse(t, mustMake(t), func(m *memory) {
		if m.poke(0, "a") {
			wait(&m.seq, 0)
		}
	})
}

const hammerBlows = 20000

// hammer pokes texts that fill the memory, each made of one letter.
func hammer(m *memory) error {
	for i := range hammerBlows {
		if !m.poke(0, strings.Repeat(string(rune('a'+i%26)), textSize)) {
			return errors.New("poke has no turn")
		}
	}
	return nil
}

// TestWhole looks at the memory while two processes store to it as fast as they
// can: what it sees is always one text, never a part of each of two.
func TestWhole(t *testing.T) {
	file := mustMake(t)
	mustUse(t, file, func(m *memory) {
		hammers := make(chan error)
		for range 2 {
			cmd := self.Command(t, asHammer, file)
			go func() {
				out, err := cmd.CombinedOutput()
				if err != nil {
					err = fmt.Errorf("%w: %s", err, out)
				}
				hammers <- err
			}()
		}
		looks := make(chan int)
		go func() {
			n := 0
			for seen, letter := uint32(0), byte('a'); letter != '.'; n++ {
				var p pokes
				seen, p = m.after(seen)
				letter = p.text[0]
				if slices.ContainsFunc(p.text[:], func(b byte) bool { return b != letter }) {
					t.Errorf("after poke %d the text is made of %q", seen/2, slices.Compact(p.text[:]))
					break
				}
			}
			looks <- n
		}()
		for range 2 {
			if err := <-hammers; err != nil {
				t.Error(err)
			}
		}
		m.poke(0, strings.Repeat(".", textSize))
		t.Logf("%d pokes, %d looks", 2*hammerBlows+1, <-looks)
		if seq := m.seq.Load(); seq != 2*(2*hammerBlows+1) {
			t.Errorf("the number is %d after %d pokes", seq, 2*hammerBlows+1)
		}
	})
}

// Whoever watches may be interrupted at any time, and be it with kill -9.
func TestInterrupt(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	// Not SIGINT, which is ignored in what a shell runs in the background.
	for i, sig := range []syscall.Signal{syscall.SIGTERM, syscall.SIGKILL} {
		w := startWatch(t, file)
		mustShm(t, "", "poke", file, "0", "a")
		w.mustPrint(fmt.Sprintf("poke %d, offset 0: \"a\"", i+1))
		must(t, w.cmd.Process.Signal(sig))
		w.cmd.Wait()
		if status, ok := w.cmd.ProcessState.Sys().(syscall.WaitStatus); !ok || status.Signal() != sig {
			t.Errorf("after %v: %v", sig, w.cmd.ProcessState)
		}
	}
}

// A poke that was killed half way leaves the memory to nobody.
func TestStuck(t *testing.T) {
	file := mustMake(t)
	mustUse(t, file, func(m *memory) {
		m.seq.Add(1)
		mustFail(t, "", "another poke has begun and does not end: if it was killed, remove the file", "poke", file, "0", "a")
		if seq := m.seq.Load(); m.text[0] != 0 || seq != 1 {
			t.Errorf("the text is %q and the number %d", m.text[0], seq)
		}
	})
}

// TestTooShort watches a file that is too short: it grows, and its bytes stay.
func TestTooShort(t *testing.T) {
	for _, old := range []string{"", "old text"} {
		file := filepath.Join(t.TempDir(), "file")
		must(t, os.WriteFile(file, []byte(old), 0o600))
		w := startWatch(t, "-n", "1", file)
		mustHold(t, file, 0, old+strings.Repeat("\x00", memorySize-len(old)))
		mustShm(t, "", "poke", file, "100", "new text")
		w.mustPrint(`poke 1, offset 100: "new text"`)
		w.mustEnd()
		mustHold(t, file, 0, old+"\x00")
	}
}

func TestErrors(t *testing.T) {
	dir := t.TempDir()
	missing := filepath.Join(dir, "missing")
	nowhere := filepath.Join(missing, "file")
	ready := mustMake(t)
	long := filepath.Join(dir, "long")
	must(t, os.WriteFile(long, make([]byte, memorySize+1), 0o600))
	short := filepath.Join(dir, "short")
	must(t, os.WriteFile(short, make([]byte, memorySize-1), 0o600))
	tooLong := strings.Repeat("x", textSize+1)

	for _, test := range []struct {
		file, want string
		args       []string
	}{
		{missing, "no such file or directory: start shm watch " + missing + " first", []string{"poke", missing, "0", "a"}},
		{missing, "no such file", []string{"poke", "-private", missing, "0", "a"}},
		{nowhere, "no such file", []string{"watch", nowhere}},
		{dir, "is a directory", []string{"watch", dir}},
		{dir, "name a file that shm watch has made", []string{"poke", dir, "0", "a"}},
		{long, "name another file", []string{"watch", long}},
		{long, "name a file that shm watch has made", []string{"poke", long, "0", "a"}},
		{short, "name a file that shm watch has made", []string{"poke", "-private", short, "0", "a"}},
		{os.DevNull, "name another file", []string{"watch", os.DevNull}},
		{os.DevNull, "name a file that shm watch has made", []string{"poke", os.DevNull, "0", "a"}},
		{ready, "does not fit at offset -1: it must lie between 0 and 3000", []string{"poke", ready, "-1", "a"}},
		{ready, "does not fit at offset 3000", []string{"poke", ready, "3000", "a"}},
		{ready, "does not fit at offset 2999", []string{"poke", "-private", ready, "2999", "ab"}},
		{ready, "does not fit at offset a", []string{"poke", ready, "a", "a"}},
		{ready, "does not fit at offset 36893488147419103232", []string{"poke", ready, "36893488147419103232", "a"}},
		{ready, "a text of length 3001 does not fit at offset 0", []string{"poke", ready, "0", tooLong}},
	} {
		mustFail(t, "", test.want, test.args...)
		if _, out := shm(t, "", test.args...); !strings.Contains(out, test.file) {
			t.Errorf("shm %q says %q, want it to name %s", test.args, out, test.file)
		}
	}
	mustHold(t, ready, 0, strings.Repeat("\x00", memorySize))
	mustHold(t, short, 0, strings.Repeat("\x00", memorySize-1))
	mustHold(t, long, 0, strings.Repeat("\x00", memorySize+1))
	if _, err := os.Lstat(missing); err == nil {
		t.Errorf("%s has been made", missing)
	}
}

// TestDamaged watches a file in which somebody else wrote where the texts are.
func TestDamaged(t *testing.T) {
	file := mustMake(t)
	w := startWatch(t, file)
	mustUse(t, file, func(m *memory) {
		m.last[1].off, m.last[1].n = 1, 1<<32-1
		m.seq.Add(2)
		wake(&m.seq)
	})
	if out := w.line(); !strings.HasPrefix(out, "shm: watch "+file) || !strings.Contains(out, "is damaged") {
		t.Errorf("the watcher says %q", out)
	}
	if w.cmd.Wait(); w.cmd.ProcessState.ExitCode() != 1 {
		t.Errorf("exit status %v, want 1", w.cmd.ProcessState)
	}
}

func TestPermission(t *testing.T) {
	file := mustMake(t)
	for _, dir := range []string{filepath.Dir(file), filepath.Dir(filepath.Dir(file))} {
		must(t, os.Chmod(dir, 0o755))
	}
	must(t, os.Chmod(file, 0o666))
	if status, out := shm(t, asNobody, "watch", "-n", "0", file); status != 0 {
		t.Skipf("the user nobody does not get to the file: %s", out)
	}
	must(t, os.Chmod(file, 0o444))
	if status, out := shm(t, asNobody, "poke", "-private", file, "0", "a"); status != 0 {
		t.Errorf("exit status %d, output %q", status, out)
	}
	mustFail(t, asNobody, "permission denied", "poke", file, "0", "a")
	mustFail(t, asNobody, "permission denied", "watch", file)
	mustHold(t, file, 0, strings.Repeat("\x00", memorySize))
}

func TestUsage(t *testing.T) {
	for _, args := range [][]string{
		nil, {"what"}, {"watch"}, {"watch", "a", "b"}, {"poke"}, {"poke", "a", "0"}, {"poke", "a", "0", "b", "c"},
		{"watch", "-private", "a"}, {"watch", "-n", "a", "b"}, {"poke", "-n", "1", "a", "0", "b"},
	} {
		t.Run(strings.Join(args, " "), func(t *testing.T) {
			if status, out := shm(t, "", args...); status != 2 || !strings.HasSuffix(out, usage) {
				t.Errorf("shm %q: exit status %d, output %q; want 2, %q", args, status, out, usage)
			}
		})
	}
}

// TestCutShort pokes into a file of which nothing is left.
func TestCutShort(t *testing.T) {
	file := mustMake(t)
	f, err := os.OpenFile(file, os.O_RDWR, 0)
	must(t, err)
	defer f.Close()
	err = use(f, mmap.Shared, func(m *memory) error {
		must(t, os.Truncate(file, 0))
		m.poke(0, "a")
		return nil
	})
	var fault *mmap.FaultError
	if !errors.As(err, &fault) || !strings.Contains(err.Error(), file) || !strings.Contains(err.Error(), "name another file") {
		t.Errorf("got %v, want a FaultError that names %s", err, file)
	}
}

func TestLayout(t *testing.T) {
	if size := unsafe.Sizeof(memory{}); size != memorySize || memorySize > os.Getpagesize() {
		t.Errorf("memory takes %d bytes, want %d, and less than a page", size, memorySize)
	}
}

// A watcher is a process that watches.
type watcher struct {
	t     *testing.T
	cmd   *exec.Cmd
	lines *bufio.Scanner
}

// startWatch starts one, and returns when it watches.
func startWatch(t *testing.T, args ...string) *watcher {
	t.Helper()
	cmd := self.Command(t, asShm, append([]string{"watch"}, args...)...)
	out, err := cmd.StdoutPipe()
	must(t, err)
	cmd.Stderr = cmd.Stdout
	must(t, cmd.Start())
	t.Cleanup(func() { cmd.Wait() }) // The test's context has killed it by then.
	w := &watcher{t, cmd, bufio.NewScanner(out)}
	w.mustPrint(fmt.Sprintf("watching the first %d bytes of %s", textSize, args[len(args)-1]))
	return w
}

// line waits for a line.
func (w *watcher) line() string {
	w.t.Helper()
	if !w.lines.Scan() {
		w.t.Fatalf("the watcher prints nothing more: %v", w.lines.Err())
	}
	return w.lines.Text()
}

func (w *watcher) mustPrint(want string) {
	w.t.Helper()
	if got := w.line(); got != want {
		w.t.Fatalf("the watcher prints %q, want %q", got, want)
	}
}

// mustEnd waits for a good end.
func (w *watcher) mustEnd() {
	w.t.Helper()
	if w.lines.Scan() {
		w.t.Errorf("the watcher prints %q after its last line", w.lines.Text())
	}
	must(w.t, w.cmd.Wait())
}

// shm runs it in a process of its own, as nobody if user is asNobody, and
// returns its exit status and what it printed.
func shm(t *testing.T, user string, args ...string) (status int, out string) {
	t.Helper()
	cmd := self.Command(t, asShm, args...)
	if user != "" {
		cmd.Env = append(cmd.Env, user+"=1")
	}
	var b bytes.Buffer
	cmd.Stdout, cmd.Stderr = &b, &b
	return self.Run(t, cmd), b.String()
}

// mustShm wants it to print out, and no failure.
func mustShm(t *testing.T, out string, args ...string) {
	t.Helper()
	if status, got := shm(t, "", args...); status != 0 || got != out {
		t.Fatalf("shm %q: exit status %d, output %q; want 0, %q", args, status, got, out)
	}
}

// mustFail wants a failure, and a line that says what is wanted.
func mustFail(t *testing.T, user, want string, args ...string) {
	t.Helper()
	status, out := shm(t, user, args...)
	if status != 1 || !strings.HasPrefix(out, "shm: ") || strings.Index(out, "\n") != len(out)-1 || !strings.Contains(out, want) {
		t.Errorf("shm %q: exit status %d, output %q; want 1, one line with %q", args, status, out, want)
	}
}

// mustMake makes a file that is ready to be poked.
func mustMake(t *testing.T) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "file")
	w := startWatch(t, "-n", "0", file)
	w.mustEnd()
	return file
}

// mustUse maps the file in this process, and has do use it.
func mustUse(t *testing.T, file string, do func(*memory)) {
	t.Helper()
	f, err := os.OpenFile(file, os.O_RDWR, 0)
	must(t, err)
	defer f.Close()
	must(t, use(f, mmap.Shared, func(m *memory) error { do(m); return nil }))
}

// mustHold reads want at off from the file, through read(2).
func mustHold(t *testing.T, file string, off int64, want string) {
	t.Helper()
	f, err := os.Open(file)
	must(t, err)
	defer f.Close()
	got := make([]byte, len(want))
	if n, err := f.ReadAt(got, off); err != nil && err != io.EOF || string(got[:n]) != want {
		t.Errorf("%s holds %.40q at %d, want %.40q", file, got[:n], off, want)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
