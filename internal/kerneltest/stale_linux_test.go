// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package kerneltest

import (
	"fmt"
	"os"
	"runtime/debug"
	"runtime/pprof"
	"strings"
	"testing"

	"github.com/facc7503/mmap"
	"github.com/facc7503/mmap/internal/mmaptest"
)

func init() { mmaptest.Helpers["stale slice"] = helpStaleSlice }

// helpStaleSlice makes the mistake: it keeps a slice over Close, and reads it when
// something else may lie there.
func helpStaleSlice() {
	must := func(err error) {
		if err != nil {
			panic(err)
		}
	}
	m, err := mmap.Open(os.Args[1])
	must(err)
	stale, addr := m.Bytes(), m.Addr()
	must(m.Close())
	stranger, err := mmap.MapAt(addr, -1, 0, pageSize, rw, mmap.Private|mmap.Anonymous)
	must(err)
	stranger.Bytes()[0] = 'S'
	fmt.Printf("read %q\n", stale[0])
}

// TestStaleSlice shows what the mmapdebug build is for: without it, a slice that
// is kept over Close reads a stranger's bytes; with it, the process ends there, and
// says who closed the Mapping.
func TestStaleSlice(t *testing.T) {
	f := mmaptest.TempFile(t, mmaptest.Pattern(100))
	cmd := mmaptest.HelperCommand(t, "stale slice", f.Name())
	cmd.Env = append(cmd.Env, "MMAPDEBUG=1")
	cmd.Stderr = nil
	out, err := cmd.CombinedOutput()
	if !mmaptest.Poisons(t) {
		if err != nil || string(out) != "read 'S'\n" {
			t.Skipf("the system mapped the stranger elsewhere: %v\n%s", err, out)
		}
		return
	}
	if err == nil {
		t.Fatalf("the stale slice was read: %s", out)
	}
	for _, want := range []string{"unexpected fault address", "100 bytes r-- shared " + f.Name(), "closed by", "helpStaleSlice", "stale_linux_test.go:"} {
		if !strings.Contains(string(out), want) {
			t.Errorf("the process does not say %q:\n%s", want, out)
		}
	}
}

// needPoison skips a test of the mmapdebug build in another build.
func needPoison(t *testing.T) {
	t.Helper()
	if !mmaptest.Poisons(t) {
		t.Skip("this needs the tag mmapdebug")
	}
}

// panicOf returns what fn panics with.
func panicOf(fn func()) (r any) {
	defer func() { r = recover() }()
	fn()
	return nil
}

// TestStaleAccess reads a slice whose Mapping is closed or was moved, inside of
// another Mapping's Guard, ReadAt and WriteAt, and where faults are panics.
func TestStaleAccess(t *testing.T) {
	needPoison(t)
	other := mmaptest.Anon(t, pageSize)
	f := mmaptest.TempFile(t, mmaptest.Pattern(3*pageSize))
	for _, end := range []struct {
		name string
		off  int // of what is stale then
		do   func(m *mmap.Mapping) error
	}{
		{"Close", 0, (*mmap.Mapping).Close},
		{"Close inside", 0, func(m *mmap.Mapping) error {
			return m.Guard(func([]byte) error { return m.Close() })
		}},
		{"Remap to less", 2 * pageSize, func(m *mmap.Mapping) error { return m.Remap(pageSize, 0) }},
		{"Remap to more", 0, func(m *mmap.Mapping) error { return m.Remap(4*pageSize, mmap.RemapMayMove) }},
	} {
		for _, use := range []struct {
			name string
			do   func(stale []byte)
		}{
			{"Guard", func(stale []byte) { other.Guard(func([]byte) error { sink = stale[0]; return nil }) }},
			{"ReadAt", func(stale []byte) { other.ReadAt(stale[:1], 0) }},
			{"WriteAt", func(stale []byte) { other.WriteAt(stale[:1], 0) }},
		} {
			t.Run(end.name+"/"+use.name, func(t *testing.T) {
				m := mmaptest.Mapped(t)(mmap.Map(f, rw, mmap.Shared))
				stale := m.Bytes()[end.off:]
				mmaptest.Must(t, end.do(m))
				got := fmt.Sprint(panicOf(func() { use.do(stale) }))
				for _, want := range []string{f.Name(), "use after Close or Remap", "TestStaleAccess"} {
					if !strings.Contains(got, want) {
						t.Errorf("the panic is %q, want %q in it", got, want)
					}
				}
			})
		}
		t.Run(end.name+"/WhoClosed", func(t *testing.T) {
			m := mmaptest.Mapped(t)(mmap.Map(f, rw, mmap.Shared))
			stale := m.Bytes()[end.off:]
			mmaptest.Must(t, end.do(m))
			defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
			r, ok := panicOf(func() { sink = stale[0] }).(interface{ Addr() uintptr })
			if !ok {
				t.Fatal("the stale slice can be read")
			}
			if got := mmap.WhoClosed(r.Addr()); !strings.Contains(got, f.Name()) || !strings.Contains(got, "TestStaleAccess") {
				t.Errorf("WhoClosed(%#x) = %q, want the file and the test", r.Addr(), got)
			}
		})
	}
}

// TestOpenProfile wants the profile of open Mappings to have the stack that made
// one, until it is closed.
func TestOpenProfile(t *testing.T) {
	needPoison(t)
	has := func() bool {
		var b strings.Builder
		mmaptest.Must(t, pprof.Lookup("github.com/facc7503/mmap").WriteTo(&b, 1))
		return strings.Contains(b.String(), "TestOpenProfile")
	}
	m, err := mmap.MapAnon(1, mmap.ProtRead, mmap.Private)
	mmaptest.Must(t, err)
	if !has() {
		t.Error("an open Mapping is not in the profile")
	}
	mmaptest.Must(t, m.Close())
	if has() {
		t.Error("a closed Mapping is in the profile")
	}
}

// TestPoisonCycles closes many Mappings. The kernel merges what is put in their
// place: else the process would run out of mappings.
func TestPoisonCycles(t *testing.T) {
	needPoison(t)
	cycles := 100_000
	if testing.Short() {
		cycles = 1000
	}
	f := mmaptest.TempFile(t, mmaptest.Pattern(pageSize))
	before := len(mmaptest.VMAs(t))
	for i := range cycles {
		m, err := mmap.Map(f, mmap.ProtRead, mmap.Shared)
		if err == nil {
			err = m.Close()
		}
		if err != nil {
			t.Fatalf("Mapping %d: %v", i, err)
		}
	}
	if n := len(mmaptest.VMAs(t)) - before; n > cycles/10 {
		t.Errorf("after %d Mappings the process has %d mappings more", cycles, n)
	}
}
