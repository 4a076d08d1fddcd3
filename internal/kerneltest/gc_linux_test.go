// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package kerneltest

import (
	"fmt"
	"os"
	"runtime"
	"testing"
	"unsafe"

	"github.com/facc7503/mmap"
	"github.com/facc7503/mmap/internal/mmaptest"
)

func init() { mmaptest.Helpers["heap over mappings"] = helpHeapOverMappings }

// heap keeps what is allocated.
var heap [][]byte

// helpHeapOverMappings has the Go heap grow over the addresses of Mappings that
// are closed, or have moved, and are still at hand. A pointer to such an address
// is a bad one to the garbage collector, which ends the process.
func helpHeapOverMappings() {
	const arena = 64 << 20 // what the Go heap reserves at a time on most systems
	near := uintptr(unsafe.Pointer(new([64]byte)))&^(arena-1) + arena
	var mappings []*mmap.Mapping
	taken := 0
	for i := range uintptr(3000) {
		addr := near + i*(256<<10) + uintptr(pageSize)
		m, err := mmap.MapAt(addr, -1, 0, pageSize, rw, mmap.Private|mmap.Anonymous)
		if err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		if m.Addr() == addr {
			taken++
		}
		mappings = append(mappings, m)
	}
	for _, m := range mappings {
		var err error
		if os.Args[1] == "Close" {
			err = m.Close()
		} else if err = m.Remap(1<<20, mmap.RemapMayMove); err == nil {
			err = m.Remap(pageSize, 0)
		}
		if err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
	}
	for range 3 {
		for range 8000 {
			heap = append(heap, make([]byte, 5*8192+100))
		}
		runtime.GC()
		heap = nil
		runtime.GC()
	}
	runtime.KeepAlive(mappings)
	fmt.Println(taken)
}

// A Mapping that is closed, or has moved, holds no pointer to where it was.
func TestHeapOverMappings(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: it takes 400 MB of memory")
	}
	for _, what := range []string{"Close", "Remap"} {
		out, err := mmaptest.HelperCommand(t, "heap over mappings", what).Output()
		if err != nil {
			t.Errorf("%s: %v", what, err)
		}
		if string(out) == "0\n" {
			t.Skip("no Mapping got an address near the heap: this shows nothing")
		}
	}
}
