// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package kerneltest

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/facc7503/mmap"
	"github.com/facc7503/mmap/internal/mmaptest"
)

// The bytes of a Mapping, and those of a stranger who gets its addresses.
const mine, strange = 0xaa, 0x55

// TestStressCycles counts what very many Mappings leave behind.
func TestStressCycles(t *testing.T) {
	rounds := mmaptest.Rounds(25_000) // of 4 Mappings
	f := mmaptest.TempFile(t, mmaptest.Pattern(3*pageSize))
	cycle := func() {
		for _, construct := range []func() (*mmap.Mapping, error){
			func() (*mmap.Mapping, error) { return mmap.Open(f.Name()) },
			func() (*mmap.Mapping, error) { return mmap.MapRegion(f, 1000, pageSize, rw, mmap.Private) },
			func() (*mmap.Mapping, error) { return mmap.MapAnon(pageSize, rw, mmap.Shared) },
			func() (*mmap.Mapping, error) { return mmap.Reserve(2 * pageSize) },
		} {
			m, err := construct()
			mmaptest.Must(t, err)
			mmaptest.Must(t, m.Close())
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
	lines, fds, objects := len(mmaptest.VMAs(t)), mmaptest.OpenDescriptors(t), heap()
	for range rounds {
		cycle()
	}
	// The runtime has its own, but not one for each Mapping.
	if n := heap() - objects; n > rounds/2 && !mmaptest.Poisons(t) { // which remembers each
		t.Errorf("%d objects more on the heap", n)
	}
	if n := len(mmaptest.VMAs(t)) - lines; n > rounds/10 {
		t.Errorf("%d lines more in /proc/self/maps", n)
	}
	if n := mmaptest.OpenDescriptors(t); n != fds {
		t.Errorf("%d descriptors, %d before", n, fds)
	}
	if n := mmaptest.MapsOf(t, f.Name()); n != 0 {
		t.Errorf("%d pages of the file stay mapped", n)
	}
}

func init() { mmaptest.Helpers["exhaust"] = helpExhaust }

// TestStressMapCount uses up vm.max_map_count, in a process of its own.
func TestStressMapCount(t *testing.T) {
	if limit := maxMappings(); limit == 0 || limit > 1<<18 {
		t.Skipf("vm.max_map_count is %d: too many to use up", limit)
	}
	if underRace() {
		t.Skip("the race detector ends a process in which it can map no memory")
	}
	f := mmaptest.TempFile(t, mmaptest.Pattern(pageSize))
	out, err := mmaptest.HelperCommand(t, "exhaust", f.Name(), strconv.Itoa(mmaptest.Rounds(3))).Output()
	if err != nil || string(out) != "ok\n" {
		t.Errorf("%s%v", out, err)
	}
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
	limit := maxMappings()
	all := make([]*mmap.Mapping, 0, limit+10)
	runtime.KeepAlive(make([]byte, 1<<20+1000*limit))
	runtime.GC()
	debug.SetGCPercent(-1)

	f, err := os.Open(os.Args[1])
	expect(err == nil, "%v", err)
	outer, err := mmap.MapAnon(3*pageSize, rw, mmap.Private)
	expect(err == nil, "%v", err)
	rounds, _ := strconv.Atoi(os.Args[2])
	for round := range rounds { // used up, freed, and used up again
		// Pages in the midst of outer's, which the system has as one mapping:
		// without them it would be two.
		inner, err := mmap.MapAt(outer.Addr()+uintptr(pageSize), -1, 0, pageSize, rw, mmap.Private|mmap.Anonymous|mmap.Fixed)
		expect(err == nil, "inner: %v", err)
		copy(inner.Bytes(), "inner")
		var full error
		for full == nil && len(all) < cap(all) {
			var m *mmap.Mapping
			if m, full = mmap.MapRegion(f, 0, pageSize, mmap.ProtRead, mmap.Shared); full == nil {
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
		expect(errors.Is(full, mmap.ErrNoMemory) && strings.Contains(fmt.Sprint(full), "vm.max_map_count"), "MapRegion: %v", full)
		expect(errors.Is(closeErr, mmap.ErrNoMemory) && errors.Is(readErr, mmap.ErrClosed), "Close: %v, ReadAt: %v", closeErr, readErr)
		expect(kept == "inner", "Close has failed, and the bytes are %q", kept)
		expect(retryErr == nil && errors.Is(closedErr, mmap.ErrClosed), "Close again: %v, and again: %v", retryErr, closedErr)
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
	if mmaptest.Poisons(t) {
		t.Skip("in the mmapdebug build no stranger takes the addresses over")
	}
	const n = 1 << 16
	rounds := mmaptest.Rounds(1000)
	ours := bytes.Repeat([]byte{mine}, n)
	theirs := bytes.Repeat([]byte{strange}, n)
	var closing atomic.Bool // Guard stays inside
	for name, call := range map[string]func(m *mmap.Mapping) error{
		"WriteAt": func(m *mmap.Mapping) error { _, err := m.WriteAt(ours, 0); return err },
		"Guard": func(m *mmap.Mapping) error {
			return m.Guard(func(b []byte) error {
				b[0] = mine
				for closing.Load() {
					runtime.Gosched()
				}
				copy(b, ours)
				return nil
			})
		},
		"Protect": func(m *mmap.Mapping) error { return m.Protect(mmap.ProtNone) },
		"Advise":  func(m *mmap.Mapping) error { return m.Advise(mmap.AdviceDontNeed) },
		"Replace": func(m *mmap.Mapping) error { return m.Replace(0, n, nil, 0, rw, mmap.Private|mmap.Anonymous) },
	} {
		t.Run(name, func(t *testing.T) {
			met := 0
			for round := range rounds {
				m, err := mmap.MapAnon(n, rw, mmap.Private)
				mmaptest.Must(t, err)
				addr := m.Addr()
				var begun, wg sync.WaitGroup
				begun.Add(1)
				wg.Go(func() {
					err := call(m)
					begun.Done()
					for i := 0; err == nil || errors.Is(err, mmap.ErrFault); i++ {
						runtime.Gosched() // for a machine with one processor
						if err = m.Protect([]mmap.Prot{mmap.ProtRead, rw, rw, rw}[i%4]); err == nil {
							err = call(m)
						}
					}
					if !errors.Is(err, mmap.ErrClosed) {
						t.Error(err)
					}
				})
				begun.Wait()
				for range 10 * (round % 10) { // not always at once
					runtime.Gosched()
				}
				closing.Store(true)
				mmaptest.Must(t, m.Close())
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
				mmaptest.WantBytes(t, "the stranger", stranger.Bytes(), theirs)
				mmaptest.Must(t, stranger.Close())
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
func mapOver(addr uintptr, content []byte, tries int) *mmap.Mapping {
	for range tries {
		m, err := mmap.MapAt(addr, -1, 0, len(content), rw, mmap.Private|mmap.Anonymous|mmap.FixedNoReplace)
		if err == nil {
			copy(m.Bytes(), content)
			return m
		}
		runtime.Gosched()
	}
	return nil
}
