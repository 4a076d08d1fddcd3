// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package mmap

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
)

// TestStressCycles counts what very many Mappings leave behind.
func TestStressCycles(t *testing.T) {
	rounds := 25_000 // of 4 Mappings
	if testing.Short() {
		rounds = 500
	}
	f := tempFile(t, pattern(3*pageSize))
	cycle := func() {
		for _, construct := range []func() (*Mapping, error){
			func() (*Mapping, error) { return Open(f.Name()) },
			func() (*Mapping, error) { return MapRegion(f, 1000, pageSize, rw, Private) },
			func() (*Mapping, error) { return MapAnon(pageSize, rw, Shared) },
			func() (*Mapping, error) { return Reserve(2 * pageSize) },
		} {
			m, err := construct()
			must(t, err)
			must(t, m.Close())
		}
	}
	heap := func() (objects int) {
		var s runtime.MemStats
		runtime.GC()
		runtime.GC()
		runtime.ReadMemStats(&s)
		return int(s.HeapObjects)
	}
	cycle() // opens what the runtime needs
	lines, fds, objects := len(vmas(t)), openDescriptors(t), heap()
	for range rounds {
		cycle()
	}
	// The runtime has its own, but not one for each Mapping.
	if n := heap() - objects; n > rounds/2 {
		t.Errorf("%d objects more on the heap", n)
	}
	if n := len(vmas(t)) - lines; n > rounds/10 {
		t.Errorf("%d lines more in /proc/self/maps", n)
	}
	if n := openDescriptors(t); n != fds {
		t.Errorf("%d descriptors, %d before", n, fds)
	}
	if n := mapsOf(t, f.Name()); n != 0 {
		t.Errorf("%d pages of the file stay mapped", n)
	}
}

func init() { helpers["exhaust"] = helpExhaust }

// TestStressMapCount uses up vm.max_map_count, in a process of its own.
func TestStressMapCount(t *testing.T) {
	if limit := mapLimit(); limit == 0 || limit > 1<<18 {
		t.Skipf("vm.max_map_count is %d: too many to use up", limit)
	}
	if info, ok := debug.ReadBuildInfo(); ok && slices.Contains(info.Settings, debug.BuildSetting{Key: "-race", Value: "true"}) {
		t.Skip("the race detector ends a process in which it can map no memory")
	}
	f := tempFile(t, pattern(pageSize))
	rounds := "3"
	if testing.Short() {
		rounds = "1"
	}
	out, err := helperCommand(t, "exhaust", f.Name(), rounds).Output()
	if err != nil || string(out) != "ok\n" {
		t.Errorf("%s%v", out, err)
	}
}

// mapLimit is vm.max_map_count, 0 if it is not known.
func mapLimit() int {
	b, _ := os.ReadFile("/proc/sys/vm/max_map_count")
	n, _ := strconv.Atoi(strings.TrimSpace(string(b)))
	return n
}

// helpExhaust prints ok, or what went wrong. Where nothing can be mapped the
// runtime cannot grow its heap, so it is given room before.
func helpExhaust() {
	failed := false
	expect := func(ok bool, format string, args ...any) {
		if !ok {
			fmt.Printf(format+"\n", args...)
			failed = true
		}
	}
	limit := mapLimit()
	all := make([]*Mapping, 0, limit+10)
	runtime.KeepAlive(make([]byte, 1<<20+1000*limit))
	runtime.GC()
	debug.SetGCPercent(-1)

	f, err := os.Open(os.Args[1])
	expect(err == nil, "%v", err)
	outer, err := MapAnon(3*pageSize, rw, Private)
	expect(err == nil, "%v", err)
	rounds, _ := strconv.Atoi(os.Args[2])
	for round := range rounds { // used up, freed, and used up again
		// Pages in the midst of outer's, which the system has as one mapping:
		// without them it would be two.
		inner, err := MapAt(outer.Addr()+uintptr(pageSize), -1, 0, pageSize, rw, Private|Anonymous|Fixed)
		expect(err == nil, "inner: %v", err)
		copy(inner.Bytes(), "inner")
		var full error
		for full == nil && len(all) < cap(all) {
			var m *Mapping
			if m, full = MapRegion(f, 0, pageSize, ProtRead, Shared); full == nil {
				all = append(all, m)
			}
		}
		closeErr := inner.Close()
		_, readErr := inner.ReadAt(make([]byte, 1), 0)
		outer.Bytes()[0]++ // as writable as before
		kept := string(outer.Bytes()[pageSize:][:5])
		n := len(all)
		for _, m := range all {
			err := m.Close()
			expect(err == nil, "Close: %v", err)
		}
		all = all[:0]
		retryErr, closedErr := inner.Close(), inner.Close()

		expect(n > limit-1000, "round %d: %d Mappings, and the limit is %d", round, n, limit)
		expect(errors.Is(full, ErrNoMemory) && strings.Contains(fmt.Sprint(full), "vm.max_map_count"), "MapRegion: %v", full)
		expect(errors.Is(closeErr, ErrNoMemory) && errors.Is(readErr, ErrClosed), "Close: %v, ReadAt: %v", closeErr, readErr)
		expect(kept == "inner", "Close has failed, and the bytes are %q", kept)
		expect(retryErr == nil && errors.Is(closedErr, ErrClosed), "Close anew: %v, and again: %v", retryErr, closedErr)
	}
	err = outer.Close()
	expect(err == nil, "Close: %v", err)
	if !failed {
		fmt.Println("ok")
	}
}

// TestStressWriteRacesClose closes a Mapping while it is written and protected.
// Its addresses are at once a stranger's, who keeps all bytes and every access.
func TestStressWriteRacesClose(t *testing.T) {
	const n = 1 << 16
	rounds := 1000
	if testing.Short() {
		rounds = 100
	}
	ours := bytes.Repeat([]byte{mine}, n)
	theirs := bytes.Repeat([]byte{strange}, n)
	var closing atomic.Bool // Guard stays inside
	for name, call := range map[string]func(m *Mapping) error{
		"WriteAt": func(m *Mapping) error { _, err := m.WriteAt(ours, 0); return err },
		"Guard": func(m *Mapping) error {
			return m.Guard(func(b []byte) error {
				b[0] = mine
				for closing.Load() {
					runtime.Gosched()
				}
				copy(b, ours)
				return nil
			})
		},
		"Protect": func(m *Mapping) error { return m.Protect(ProtNone) },
		"Advise":  func(m *Mapping) error { return m.Advise(AdviceDontNeed) },
		"Replace": func(m *Mapping) error { return m.Replace(0, n, nil, 0, rw, Private|Anonymous) },
	} {
		t.Run(name, func(t *testing.T) {
			met := 0
			for round := range rounds {
				m, err := MapAnon(n, rw, Private)
				must(t, err)
				addr := m.Addr()
				var begun, wg sync.WaitGroup
				begun.Add(1)
				wg.Go(func() {
					err := call(m)
					begun.Done()
					for i := 0; err == nil || errors.Is(err, ErrFault); i++ {
						runtime.Gosched() // for a machine with one processor
						if err = m.Protect([]Prot{ProtRead, rw, rw, rw}[i%4]); err == nil {
							err = call(m)
						}
					}
					if !errors.Is(err, ErrClosed) {
						t.Error(err)
					}
				})
				begun.Wait()
				for range 10 * (round % 10) { // not always at once
					runtime.Gosched()
				}
				closing.Store(true)
				must(t, m.Close())
				stranger := mapOver(addr, theirs, 3)
				closing.Store(false)
				if stranger == nil {
					stranger = mapOver(addr, theirs, 100_000)
				}
				if stranger == nil { // somebody else was faster
					wg.Wait()
					continue
				}
				met++
				wg.Wait()
				wantBytes(t, "the stranger", stranger.Bytes(), theirs)
				must(t, stranger.Close())
				if t.Failed() {
					return
				}
			}
			if met < rounds/2 {
				t.Errorf("the stranger got its place %d times in %d: this test shows too little", met, rounds)
			}
		})
	}
}

// mapOver tries to map a stranger with some bytes at addr, where nothing is.
func mapOver(addr uintptr, content []byte, tries int) *Mapping {
	for range tries {
		m, err := MapAt(addr, -1, 0, len(content), rw, Private|Anonymous|FixedNoReplace)
		if err == nil {
			copy(m.Bytes(), content)
			return m
		}
		runtime.Gosched()
	}
	return nil
}
