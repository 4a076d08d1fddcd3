// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build unix

package mmap

import (
	"bytes"
	"errors"
	"io"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"unsafe"
)

// isMapped reports whether any page from addr on is mapped: msync(2) fails over
// a hole.
func isMapped(addr uintptr) bool {
	return sentinelOf(sysSync(memory(addr, uintptr(pageSize)), SyncAsync)) != errNoMemory
}

// Close needs no pointer, so that it does not matter what became of Bytes.
func TestCloseAfterSliceMovedOn(t *testing.T) {
	m := anon(t, 3*pageSize)
	addr := m.Addr()
	b := m.Bytes()
	for len(b) > 1 {
		b = b[len(b)/2:]
	}
	b[0] = 1
	must(t, m.Close())
	for i := range 3 {
		if isMapped(addr + uintptr(i*pageSize)) {
			t.Errorf("page %d is still mapped", i)
		}
	}
}

func TestCloseUnmaps(t *testing.T) {
	m := anon(t, 3*pageSize)
	addr := m.Addr()
	if !isMapped(addr) || !isMapped(addr+uintptr(2*pageSize)) {
		t.Fatal("isMapped does not see the Mapping")
	}
	must(t, m.Close())
	for i := range 3 {
		if isMapped(addr + uintptr(i*pageSize)) {
			t.Errorf("page %d is still mapped", i)
		}
	}
	if m.Bytes() != nil || m.Len() != 0 || m.Addr() != 0 {
		t.Errorf("after Close: Bytes %p, Len %d, Addr %#x", m.Bytes(), m.Len(), m.Addr())
	}
}

// After Close the addresses may be a stranger's. None of the calls touches it.
func TestClosedLeavesStrangerAlone(t *testing.T) {
	m := anon(t, 2*pageSize)
	addr := m.Addr()
	must(t, m.Close())
	stranger := mapped(t)(MapAt(addr, -1, 0, 2*pageSize, ProtRead|ProtWrite, Private|Anonymous|Fixed))
	want := bytes.Repeat([]byte{7}, stranger.Len())
	copy(stranger.Bytes(), want)

	p := make([]byte, 10)
	_, readErr := m.ReadAt(p, 0)
	_, writeErr := m.WriteAt(p, 0)
	_, residentErr := m.Resident(0, 1)
	_, sliceErr := Slice[int](m, 0, 1)
	for name, err := range map[string]error{
		"Close": m.Close(), "Sync": m.Sync(), "SyncRange": m.SyncRange(0, 1, SyncWait),
		"Protect": m.Protect(ProtNone), "ProtectRange": m.ProtectRange(0, pageSize, ProtNone),
		"Advise": m.Advise(AdviceDontNeed), "AdviseRange": m.AdviseRange(0, pageSize, AdviceDontNeed),
		"Lock": m.Lock(), "LockRange": m.LockRange(0, 1), "Unlock": m.Unlock(), "UnlockRange": m.UnlockRange(0, 1),
		"Remap":   m.Remap(pageSize, RemapMayMove),
		"Replace": m.Replace(0, pageSize, nil, 0, ProtRead, Private|Anonymous),
		"ReadAt":  readErr, "WriteAt": writeErr, "Resident": residentErr, "Slice": sliceErr,
		"Guard": m.Guard(func([]byte) error { t.Error("Guard called its function"); return nil }),
	} {
		if e := (*Error)(nil); !errors.Is(err, ErrClosed) || !errors.As(err, &e) {
			t.Errorf("%s after Close: %v, want ErrClosed", name, err)
		}
	}
	wantBytes(t, "the stranger", stranger.Bytes(), want)
	if !writable(stranger, 0) || !writable(stranger, stranger.Len()-1) {
		t.Error("the stranger has lost its access")
	}
}

// Close inside of Guard returns at once; the pages stay until Guard returns.
func TestCloseInGuard(t *testing.T) {
	m := anon(t, pageSize)
	addr := m.Addr()
	err := m.Guard(func(b []byte) error {
		must(t, m.Close())
		b[0] = 1
		if !isMapped(addr) {
			t.Error("the pages are gone while Guard is inside")
		}
		_, readErr := m.ReadAt(make([]byte, 1), 0)
		for name, err := range map[string]error{"Close": m.Close(), "ReadAt": readErr, "Sync": m.Sync(), "Remap": m.Remap(1, 0)} {
			if !errors.Is(err, ErrClosed) {
				t.Errorf("%s after Close in Guard: %v", name, err)
			}
		}
		return nil
	})
	must(t, err)
	if isMapped(addr) {
		t.Error("the pages are still there after Guard")
	}
	if err := m.Close(); !errors.Is(err, ErrClosed) {
		t.Errorf("Close after Guard: %v", err)
	}
}

// The pages go with the last of several calls, whatever way it ends.
func TestLastOneUnmaps(t *testing.T) {
	m := anon(t, pageSize)
	addr := m.Addr()
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
	must(t, m.Close())
	leave[0] <- func() {}
	leave[1] <- func() { panic("out") }
	if !isMapped(addr) {
		t.Error("the pages are gone while a Guard is inside")
	}
	leave[2] <- runtime.Goexit
	wg.Wait()
	if isMapped(addr) {
		t.Error("the pages are still there after the last Guard")
	}
}

// A Close that waits for Guard, which waits for ReadAt inside of it, would wait
// for ever.
func TestReadAtInGuardDuringClose(t *testing.T) {
	m := anon(t, pageSize)
	closed := make(chan error)
	err := m.Guard(func([]byte) error {
		go func() { closed <- m.Close() }()
		if err := <-closed; err != nil {
			return err
		}
		_, err := m.ReadAt(make([]byte, 1), 0)
		return err
	})
	if !errors.Is(err, ErrClosed) {
		t.Errorf("ReadAt in Guard after Close: %v", err)
	}
}

// One of many Closes at once unmaps; the others are told.
func TestCloseOnce(t *testing.T) {
	for range 200 {
		m := anon(t, pageSize)
		var wins atomic.Int32
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() {
				switch err := m.Close(); {
				case err == nil:
					wins.Add(1)
				case !errors.Is(err, ErrClosed):
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
		m, err := MapAnon(len(p), rw, Private)
		must(t, err)
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
			if n != len(p) && !errors.Is(err, ErrClosed) || n == len(p) && err != nil {
				t.Errorf("WriteAt: %d bytes, %v", n, err)
			}
		})
		for !left.Load() {
			runtime.Gosched()
		}
		for range 100 {
			wantError(t, m.Close(), "munmap", ErrClosed)
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
type takeOver struct{ last *Mapping }

func (s *takeOver) at(t *testing.T, addr uintptr, n int) {
	if s.last != nil {
		must(t, s.last.Close())
	}
	m, err := MapAt(addr, -1, 0, n, ProtRead|ProtWrite, Private|Anonymous)
	must(t, err)
	for i := 0; i < n; i += 64 {
		m.Bytes()[i] = strange
	}
	s.last = m
}

// readUntilClosed reads m until it is closed, and fails if it ever reads a
// stranger's bytes.
func readUntilClosed(t *testing.T, m *Mapping, p []byte) {
	for ; ; runtime.Gosched() {
		n, err := m.ReadAt(p, 0)
		if errors.Is(err, ErrClosed) {
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
// by content, for the race detector does not see mapped memory.
func TestReadAtRacesClose(t *testing.T) {
	const n = 1 << 16
	rounds := 3000
	if testing.Short() {
		rounds = 300
	}
	var s takeOver
	for range rounds {
		m, err := MapAnon(n, ProtRead|ProtWrite, Private)
		must(t, err)
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
		must(t, m.Close())
		s.at(t, addr, n)
		wg.Wait()
		if t.Failed() {
			break
		}
	}
	must(t, s.last.Close())
}

// Every method against Close. Whatever comes first, nobody crashes, and who is
// late is told so.
func TestEverythingRacesClose(t *testing.T) {
	rounds := 2000
	if testing.Short() {
		rounds = 200
	}
	f := tempFile(t, pattern(4*pageSize))
	for range rounds {
		m, err := Map(f, ProtRead|ProtWrite, Shared)
		must(t, err)
		calls := everyCall(m)
		start := make(chan struct{})
		var wg sync.WaitGroup
		for name, call := range calls {
			wg.Go(func() {
				<-start
				err := call()
				if errors.Is(err, ErrBusy) && name == "Remap" {
					err = nil // which the others never are: they wait
				}
				if err != nil && !errors.Is(err, ErrClosed) && !errors.Is(err, ErrUnsupported) {
					t.Errorf("%s: %v", name, err)
				}
			})
		}
		close(start)
		must(t, m.Close())
		wg.Wait()
		if refs := m.refs.Load(); refs != closed {
			t.Fatalf("%d calls are left inside", refs-closed)
		}
		if m.doomed.Load() != nil {
			t.Fatal("the pages are left")
		}
	}
}

// everyCall is a harmless call of each method, on 4 pages.
func everyCall(m *Mapping) map[string]func() error {
	return map[string]func() error{
		"ReadAt":       func() error { _, err := m.ReadAt(make([]byte, 3*pageSize), 0); return err },
		"WriteAt":      func() error { _, err := m.WriteAt(make([]byte, 100), 10); return err },
		"Guard":        func() error { return m.Guard(func(b []byte) error { b[0]++; return nil }) },
		"Sync":         func() error { return m.SyncRange(0, 1, SyncAsync) },
		"Protect":      func() error { return m.Protect(ProtRead | ProtWrite) },
		"ProtectRange": func() error { return m.ProtectRange(0, pageSize, ProtRead|ProtWrite) },
		"Advise":       func() error { return m.Advise(AdviceNormal) },
		"Unlock":       func() error { return m.Unlock() },
		"Replace": func() error {
			return m.Replace(3*pageSize, pageSize, nil, 0, ProtRead|ProtWrite, Private|Anonymous)
		},
		"Resident":  func() error { _, err := m.Resident(0, 1); return err },
		"Slice":     func() error { _, err := Slice[byte](m, 0, 10); return err },
		"Remap":     func() error { return m.Remap(4*pageSize, RemapMayMove) },
		"accessors": func() error { _, _, _, _ = m.Len(), m.Addr(), m.Prot(), m.String(); return nil },
	}
}

// Protect records what the system has, whoever comes first.
func TestProtIsTrue(t *testing.T) {
	m := anon(t, pageSize)
	var wg sync.WaitGroup
	for range 3000 {
		for _, prot := range []Prot{ProtRead, ProtRead | ProtWrite} {
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
		if readable(m, 0) != (prot&ProtRead != 0) || writable(m, 0) != (prot&ProtWrite != 0) {
			t.Fatalf("Prot is %v, but the page is readable: %v, writable: %v", prot, readable(m, 0), writable(m, 0))
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
	var v view
	if d, l, c := unsafe.Offsetof(v.data), unsafe.Offsetof(v.length), unsafe.Offsetof(v.capacity); d != 0 || l != unsafe.Sizeof(d) || c != 2*unsafe.Sizeof(d) {
		t.Errorf("data, length and capacity are at %d, %d and %d", d, l, c)
	}
}
