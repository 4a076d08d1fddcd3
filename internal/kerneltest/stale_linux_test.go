// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package kerneltest

import (
	"fmt"
	"os"
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
	for _, want := range []string{"unexpected fault address", "100 bytes r-- shared " + f.Name(), "closed by github.com/facc7503/mmap/internal/kerneltest.helpStaleSlice at", "stale_linux_test.go:"} {
		if !strings.Contains(string(out), want) {
			t.Errorf("the process does not say %q:\n%s", want, out)
		}
	}
}

// TestPoisonCycles closes many Mappings. The kernel merges what is put in their
// place: else the process would run out of mappings.
func TestPoisonCycles(t *testing.T) {
	mmaptest.NeedPoison(t)
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
