// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build unix || windows

package mmap_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"runtime"
	"runtime/debug"
	"runtime/pprof"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"unsafe"

	"github.com/facc7503/mmap"
	"github.com/facc7503/mmap/internal/mmaptest"
)

// Close needs no pointer, so that it does not matter what became of Bytes.
func TestCloseAfterSliceMovedOn(t *testing.T) {
	m := mmaptest.Anon(t, 3*pageSize)
	addr, content := m.Addr(), mmaptest.Pattern(3*pageSize)
	b := m.Bytes()
	copy(b, content)
	for len(b) > 1 {
		b = b[len(b)/2:]
	}
	mmaptest.Must(t, m.Close())
	wantUnmapped(t, addr, content)
}

// wantUnmapped fails if a page of what was mapped at addr is still there.
func wantUnmapped(t *testing.T, addr uintptr, content []byte) {
	t.Helper()
	for off := 0; off < len(content); off += pageSize {
		if mmaptest.Holds(addr+uintptr(off), content[off:min(off+8, len(content))]) {
			t.Errorf("the page at %d is still mapped", off)
		}
	}
}

func TestCloseUnmaps(t *testing.T) {
	m := mmaptest.Anon(t, 3*pageSize)
	addr, content := m.Addr(), mmaptest.Pattern(3*pageSize)
	copy(m.Bytes(), content)
	if !mmaptest.Holds(addr, content) {
		t.Fatal("Holds does not see the Mapping")
	}
	mmaptest.Must(t, m.Close())
	wantUnmapped(t, addr, content)
	if m.Bytes() != nil || m.Len() != 0 || m.Addr() != 0 {
		t.Errorf("after Close: Bytes %p, Len %d, Addr %#x", m.Bytes(), m.Len(), m.Addr())
	}
}

// TestClosedLeavesStrangerAlone maps a stranger where a closed Mapping was: no call
// of the latter touches it, or what lies around it.
func TestClosedLeavesStrangerAlone(t *testing.T) {
	mmaptest.NeedFixed(t)
	mmaptest.NeedReuse(t)
	outer := mmaptest.Anon(t, 4*pageSize)
	const flags = mmap.Private | mmap.Anonymous | mmap.Fixed
	m, err := mmap.MapAt(outer.Addr()+uintptr(pageSize), -1, 0, 2*pageSize, rw, flags)
	mmaptest.Must(t, err)
	addr := m.Addr()
	mmaptest.Must(t, m.Close())
	stranger, err := mmap.MapAt(addr, -1, 0, 2*pageSize, rw, flags|mmap.NoReplaceFlag) // outer's to unmap
	mmaptest.Must(t, err)
	want := mmaptest.Pattern(outer.Len())
	copy(outer.Bytes(), want)

	for _, method := range mmaptest.Methods {
		for _, call := range []func(*mmap.Mapping) error{method.Bad, method.Good} {
			if call != nil {
				mmaptest.WantError(t, call(m), method.Op, mmap.ErrClosed)
			}
		}
	}
	for op, err := range map[string]error{ // which a stranger would not survive, or which Methods cannot call
		"mprotect": m.ProtectRange(0, pageSize, mmap.ProtNone),
		"madvise":  m.AdviseRange(0, pageSize, mmap.AdviceDontNeed),
		"mlock":    m.LockRange(0, 1),
		"guard":    m.Guard(func([]byte) error { t.Error("Guard called its function"); return nil }),
	} {
		mmaptest.WantError(t, err, op, mmap.ErrClosed)
	}
	mmaptest.WantBytes(t, "the stranger and its neighbours", outer.Bytes(), want)
	if !mmaptest.Writable(stranger, 0) || !mmaptest.Writable(stranger, stranger.Len()-1) {
		t.Error("the stranger has lost its access")
	}
}

// Close inside of Guard returns at once; the pages stay until Guard returns.
func TestCloseInGuard(t *testing.T) {
	m := mmaptest.Anon(t, pageSize)
	addr, content := m.Addr(), mmaptest.Pattern(pageSize)
	err := m.Guard(func(b []byte) error {
		mmaptest.Must(t, m.Close())
		copy(b, content)
		if !mmaptest.Holds(addr, content) {
			t.Error("the pages are gone while Guard is inside")
		}
		_, readErr := m.ReadAt(make([]byte, 1), 0)
		for name, err := range map[string]error{"Close": m.Close(), "ReadAt": readErr, "Sync": m.Sync(), "Remap": m.Remap(1, 0)} {
			if !errors.Is(err, mmap.ErrClosed) {
				t.Errorf("%s after Close in Guard: %v", name, err)
			}
		}
		return nil
	})
	mmaptest.Must(t, err)
	wantUnmapped(t, addr, content)
	if err := m.Close(); !errors.Is(err, mmap.ErrClosed) {
		t.Errorf("Close after Guard: %v", err)
	}
}

// The pages go with the last of several calls, whatever way it ends.
func TestLastOneUnmaps(t *testing.T) {
	m := mmaptest.Anon(t, pageSize)
	addr, content := m.Addr(), mmaptest.Pattern(pageSize)
	copy(m.Bytes(), content)
	var inside, wg sync.WaitGroup
	leave := make([]chan func(), 3)
	for i := range leave {
		leave[i] = make(chan func())
		inside.Add(1)
		wg.Go(func() {
			defer func() { recover() }()
			m.Guard(func(b []byte) error {
				inside.Done()
				(<-leave[i])()
				return nil
			})
		})
	}
	inside.Wait()
	mmaptest.Must(t, m.Close())
	leave[0] <- func() {}
	leave[1] <- func() { panic("out") }
	if !mmaptest.Holds(addr, content) {
		t.Error("the pages are gone while a Guard is inside")
	}
	leave[2] <- runtime.Goexit
	wg.Wait()
	wantUnmapped(t, addr, content)
}

// A Close that waits for Guard, which waits for ReadAt inside of it, would wait
// for ever.
func TestReadAtInGuardDuringClose(t *testing.T) {
	m := mmaptest.Anon(t, pageSize)
	closed := make(chan error)
	err := m.Guard(func([]byte) error {
		go func() { closed <- m.Close() }()
		if err := <-closed; err != nil {
			return err
		}
		_, err := m.ReadAt(make([]byte, 1), 0)
		return err
	})
	if !errors.Is(err, mmap.ErrClosed) {
		t.Errorf("ReadAt in Guard after Close: %v", err)
	}
}

// One of many Closes at once unmaps; the others are told.
func TestCloseOnce(t *testing.T) {
	for range 200 {
		m := mmaptest.Anon(t, pageSize)
		var wins atomic.Int32
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() {
				switch err := m.Close(); {
				case err == nil:
					wins.Add(1)
				case !errors.Is(err, mmap.ErrClosed):
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if wins.Load() != 1 {
			t.Fatalf("%d Closes succeeded, want 1", wins.Load())
		}
	}
}

// A second Close takes nothing from the call that the pages were left to.
func TestSecondCloseFails(t *testing.T) {
	p := make([]byte, 1<<16)
	for range 2000 {
		m, err := mmap.MapAnon(len(p), rw, mmap.Private)
		mmaptest.Must(t, err)
		var left atomic.Bool
		var wg sync.WaitGroup
		wg.Go(func() {
			err := m.Guard(func([]byte) error {
				defer left.Store(true)
				return m.Close()
			})
			if err != nil {
				t.Error(err)
			}
		})
		wg.Go(func() {
			n, err := m.WriteAt(p, 0)
			if n != len(p) && !errors.Is(err, mmap.ErrClosed) || n == len(p) && err != nil {
				t.Errorf("WriteAt: %d bytes, %v", n, err)
			}
		})
		for !left.Load() {
			runtime.Gosched()
		}
		for range 100 {
			mmaptest.WantError(t, m.Close(), "munmap", mmap.ErrClosed)
		}
		wg.Wait()
		if t.Failed() {
			break
		}
	}
}

const mine, strange = 0xaa, 0x55

// takeOver maps a stranger full of other bytes at addr, if the addresses are
// free, and keeps it until the next one is called for.
type takeOver struct{ last *mmap.Mapping }

func (s *takeOver) at(t *testing.T, addr uintptr, n int) {
	if s.last != nil {
		mmaptest.Must(t, s.last.Close())
	}
	m, err := mmap.MapAt(addr, -1, 0, n, mmap.ProtRead|mmap.ProtWrite, mmap.Private|mmap.Anonymous)
	mmaptest.Must(t, err)
	for i := 0; i < n; i += 64 {
		m.Bytes()[i] = strange
	}
	s.last = m
}

// readUntilClosed reads m until it is closed, and fails if it ever reads a
// stranger's bytes.
func readUntilClosed(t *testing.T, m *mmap.Mapping, p []byte) {
	for ; ; runtime.Gosched() {
		n, err := m.ReadAt(p, 0)
		if errors.Is(err, mmap.ErrClosed) {
			if n != 0 || bytes.IndexByte(p, strange) >= 0 {
				t.Errorf("ReadAt after Close left %d bytes of a stranger's", n)
			}
			return
		}
		if err != nil && err != io.EOF {
			t.Errorf("ReadAt: %v", err)
			return
		}
		for i := 0; i < n; i += 64 {
			if p[i] == strange {
				t.Errorf("ReadAt returned byte %#x, not the Mapping's", p[i])
				return
			}
		}
	}
}

// Close while ReadAt copies, the pages at once taken over by a stranger: judged
// by content, because the race detector does not see mapped memory.
func TestReadAtRacesClose(t *testing.T) {
	const n = 1 << 16
	rounds := mmaptest.Rounds(3000)
	var s takeOver
	for range rounds {
		m, err := mmap.MapAnon(n, mmap.ProtRead|mmap.ProtWrite, mmap.Private)
		mmaptest.Must(t, err)
		copy(m.Bytes(), bytes.Repeat([]byte{mine}, n))
		var reading, wg sync.WaitGroup
		reading.Add(1)
		wg.Go(func() {
			p := make([]byte, n)
			m.ReadAt(p, 0)
			reading.Done()
			readUntilClosed(t, m, p)
		})
		reading.Wait()
		addr := m.Addr()
		mmaptest.Must(t, m.Close())
		s.at(t, addr, n)
		wg.Wait()
		if t.Failed() {
			break
		}
	}
	mmaptest.Must(t, s.last.Close())
}

// Every method against Close. Whatever comes first, nobody crashes, and who is
// late is told so.
func TestEverythingRacesClose(t *testing.T) {
	rounds := mmaptest.Rounds(2000)
	f := mmaptest.TempFile(t, mmaptest.Pattern(4*pageSize))
	for range rounds {
		m, err := mmap.Map(f, mmap.ProtRead|mmap.ProtWrite, mmap.Shared)
		mmaptest.Must(t, err)
		calls := harmless(m)
		start := make(chan struct{})
		var wg sync.WaitGroup
		for name, call := range calls {
			wg.Go(func() {
				<-start
				err := call()
				if errors.Is(err, mmap.ErrBusy) && name == "Remap" {
					err = nil // which the others never are: they wait
				}
				if err != nil && !errors.Is(err, mmap.ErrClosed) && !errors.Is(err, mmap.ErrUnsupported) {
					t.Errorf("%s: %v", name, err)
				}
			})
		}
		close(start)
		mmaptest.Must(t, m.Close())
		wg.Wait()
		wantGone(t, m)
	}
}

// wantGone ends the test unless m is closed, with nobody inside and nothing left.
func wantGone(t *testing.T, m *mmap.Mapping) {
	t.Helper()
	if calls, isClosed := mmap.Calls(m); calls != 0 || !isClosed {
		t.Fatalf("%d calls are left inside, closed: %v", calls, isClosed)
	}
	if mmap.IsPending(m) {
		t.Fatal("the pages are left")
	}
}

// harmless returns a call of each method that leaves four pages as they were.
func harmless(m *mmap.Mapping) map[string]func() error {
	calls := map[string]func() error{
		"accessors": func() error { _, _, _, _ = m.Len(), m.Addr(), m.Prot(), m.String(); return nil },
	}
	for _, method := range mmaptest.Methods {
		if method.Good != nil {
			calls[method.Name] = func() error { return method.Good(m) }
		}
	}
	return calls
}

// Protect records what the system has, whoever comes first.
func TestProtIsTrue(t *testing.T) {
	m := mmaptest.Anon(t, pageSize)
	var wg sync.WaitGroup
	for range 3000 {
		for _, prot := range []mmap.Prot{mmap.ProtRead, mmap.ProtRead | mmap.ProtWrite} {
			wg.Go(func() {
				for range 20 {
					if err := m.Protect(prot); err != nil {
						t.Error(err)
					}
				}
			})
		}
		wg.Wait()
		prot := m.Prot()
		if mmaptest.Readable(m, 0) != (prot&mmap.ProtRead != 0) || mmaptest.Writable(m, 0) != (prot&mmap.ProtWrite != 0) {
			t.Fatalf("Prot is %v, but the page is readable: %v, writable: %v", prot, mmaptest.Readable(m, 0), mmaptest.Writable(m, 0))
		}
	}
}

// TestViewIsSlice pins what view.bytes takes for granted: that a slice lies in
// memory as its address, its length and its capacity.
func TestViewIsSlice(t *testing.T) {
	b := make([]byte, 5, 9)
	header := *(*[3]uintptr)(unsafe.Pointer(&b))
	if want := [3]uintptr{uintptr(unsafe.Pointer(&b[0])), 5, 9}; header != want {
		t.Errorf("a slice lies in memory as %#x, want %#x", header, want)
	}
	if d, l, c := mmap.ViewOffsets(); d != 0 || l != unsafe.Sizeof(d) || c != 2*unsafe.Sizeof(d) {
		t.Errorf("data, length and capacity are at %d, %d and %d", d, l, c)
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
	mmaptest.NeedPoison(t)
	other := mmaptest.Anon(t, pageSize)
	anon := func(t *testing.T) *mmap.Mapping { return mmaptest.Anon(t, 3*pageSize) }
	region := func(t *testing.T) *mmap.Mapping {
		m, _ := mmaptest.MapContent(t, mmaptest.Pattern(4*pageSize), int64(pageSize)+1, rw, mmap.Shared)
		return m
	}
	for _, end := range []struct {
		name, whose string
		of          func(t *testing.T) *mmap.Mapping
		off         int // of what is stale then
		do          func(m *mmap.Mapping) error
	}{
		{"Close", "anonymous", anon, 0, (*mmap.Mapping).Close},
		{"Close of a file", "data.bin", region, 0, (*mmap.Mapping).Close},
		{"Close inside", "anonymous", anon, 0, func(m *mmap.Mapping) error {
			return m.Guard(func([]byte) error { return m.Close() })
		}},
		{"Remap to less", "anonymous", anon, 2 * pageSize, func(m *mmap.Mapping) error { return m.Remap(pageSize, 0) }},
		{"Remap to more", "anonymous", anon, 0, func(m *mmap.Mapping) error { return m.Remap(4*pageSize, mmap.RemapMayMove) }},
	} {
		if end.name == "Remap to more" && !hasRemap {
			t.Log("no mremap here")
			continue
		}
		stale := func(t *testing.T) []byte {
			m := end.of(t)
			b := m.Bytes()[end.off:]
			mmaptest.Must(t, end.do(m))
			if m.Len() != 0 && !mmaptest.Writable(m, 0) {
				t.Fatal("what is left of the Mapping cannot be accessed")
			}
			return b
		}
		for _, use := range []struct {
			name string
			do   func(stale []byte)
		}{
			{"Guard", func(stale []byte) { other.Guard(func([]byte) error { sink = stale[0]; return nil }) }},
			{"ReadAt", func(stale []byte) { other.ReadAt(stale[:1], 0) }},
			{"WriteAt", func(stale []byte) { other.WriteAt(stale[:1], 0) }},
		} {
			t.Run(end.name+"/"+use.name, func(t *testing.T) {
				b := stale(t)
				got := fmt.Sprint(panicOf(func() { use.do(b) }))
				for _, want := range []string{end.whose, "use after Close or Remap", "TestStaleAccess"} {
					if !strings.Contains(got, want) {
						t.Errorf("the panic is %q, want %q in it", got, want)
					}
				}
			})
		}
		t.Run(end.name+"/WhoClosed", func(t *testing.T) {
			b := stale(t)
			defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
			r, ok := panicOf(func() { sink = b[0] }).(interface{ Addr() uintptr })
			if !ok {
				t.Fatal("the stale slice can be read")
			}
			if got := mmap.WhoClosed(r.Addr()); !strings.Contains(got, end.whose) || !strings.Contains(got, "TestStaleAccess") {
				t.Errorf("WhoClosed(%#x) = %q, want %q and the test", r.Addr(), got, end.whose)
			}
		})
	}
}

// TestStaleNested wants a fault that comes up through two Guards to tell once who
// closed the Mapping, and a Mapping that lies where another was to be its own.
func TestStaleNested(t *testing.T) {
	mmaptest.NeedPoison(t)
	closed := mmaptest.Anon(t, pageSize)
	stale, addr := closed.Bytes(), closed.Addr()
	mmaptest.Must(t, closed.Close())
	outer, inner := mmaptest.Anon(t, pageSize), mmaptest.Anon(t, pageSize)
	got := fmt.Sprint(panicOf(func() {
		outer.Guard(func([]byte) error {
			return inner.Guard(func([]byte) error { sink = stale[0]; return nil })
		})
	}))
	if n := strings.Count(got, "use after Close"); n != 1 {
		t.Errorf("the panic tells %d times of a use after Close, want 1:\n%s", n, got)
	}
	if mmaptest.HasFixed {
		mmaptest.Mapped(t)(mmap.MapAt(addr, -1, 0, pageSize, mmap.ProtNone, mmap.Private|mmap.Anonymous|mmap.Fixed))
		if who := mmap.WhoClosed(addr); who != "" {
			t.Errorf("WhoClosed of an open Mapping = %q, want none", who)
		}
	}
}

// TestOpenProfile wants the profile of open Mappings to have the stack that made
// one, until it is closed.
func TestOpenProfile(t *testing.T) {
	mmaptest.NeedPoison(t)
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
