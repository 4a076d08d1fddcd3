// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build unix || windows

package mmap_test

import (
	"fmt"
	"log"
	"strings"
	"sync/atomic"

	"github.com/facc7503/mmap"
)

// write32 writes a register by one access, and does not read it first, as
// atomic.Uint32.Store does on amd64. Inlined, two stores to a register could
// become one.
//
//go:noinline
func write32(register *uint32, v uint32) { *register = v }

// The registers of a device want one access each, of their own width. Load and
// Store of atomic.Uint32 are that.
func ExampleSlice_registers() {
	f := tempFile("\x01\x00\x00\x01" + strings.Repeat("\x00", 12)) // In place of /sys/bus/pci/devices/…/resource0.
	defer f.Close()
	m, err := mmap.MapRegion(f, 0, 16, mmap.ProtRead|mmap.ProtWrite, mmap.Shared)
	if err != nil {
		log.Fatal(err)
	}
	defer m.Close()

	const id, control, reset = 0, 1, 2 // The device's registers.
	registers, err := mmap.Slice[atomic.Uint32](m, 0, 4)
	if err != nil {
		log.Fatal(err)
	}
	registers[control].Store(1)
	fmt.Printf("device %#x, control %d\n", registers[id].Load(), registers[control].Load())

	// Where reading has effects: the same registers as plain numbers, for write32.
	plain, err := mmap.Slice[uint32](m, 0, 4)
	if err != nil {
		log.Fatal(err)
	}
	write32(&plain[reset], 1)
	// Output: device 0x1000001, control 1
}
