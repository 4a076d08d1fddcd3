// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build unix || windows

package mmap_test

import (
	"errors"
	"fmt"
	"math"
	"sync"
	"sync/atomic"
	"testing"
	"unsafe"

	"github.com/facc7503/mmap"
	"github.com/facc7503/mmap/internal/mmaptest"
)

func sliceError[T any](m *mmap.Mapping, off, n int) error {
	s, err := mmap.Slice[T](m, off, n)
	if err == nil && (s == nil || len(s) != n || cap(s) != n) {
		return errors.New("the slice is not as long as asked for")
	}
	if err != nil && s != nil {
		return errors.New("a slice beside an error")
	}
	return err
}

func TestSliceTypes(t *testing.T) {
	m := mmaptest.Anon(t, pageSize)
	type inner struct {
		_ uint8
		_ [3]float32
		_ int16
	}
	type plain struct {
		_ uint64
		_ [2]inner
		_ complex128
		_ [0]func()
	}
	type withBool struct {
		_ int
		_ [2]struct{ _ bool }
	}
	type withPointer struct{ _ [1]*int }
	type withMutex struct {
		_  uint64
		in [2]struct{ mu sync.Mutex }
	}
	for _, test := range []struct {
		name string
		err  error
		why  string // "" if it is mapped
	}{
		{"uint8", sliceError[uint8](m, 0, 3), ""},
		{"int16", sliceError[int16](m, 0, 3), ""},
		{"uintptr", sliceError[uintptr](m, 0, 3), ""},
		{"float64", sliceError[float64](m, 0, 3), ""},
		{"complex64", sliceError[complex64](m, 0, 3), ""},
		{"Prot", sliceError[mmap.Prot](m, 0, 3), ""},
		{"array", sliceError[[3]uint16](m, 0, 3), ""},
		{"struct", sliceError[plain](m, 0, 3), ""},
		{"atomic.Uint64", sliceError[atomic.Uint64](m, 0, 3), ""},
		{"atomic.Int32", sliceError[atomic.Int32](m, 0, 3), ""},
		{"bool", sliceError[bool](m, 0, 1), "a bool has only the values 0 and 1"},
		{"pointer", sliceError[*int](m, 0, 1), "*int cannot be mapped: ptr values hold pointers"},
		{"unsafe.Pointer", sliceError[unsafe.Pointer](m, 0, 1), "pointer"},
		{"string", sliceError[string](m, 0, 1), "string values hold pointers"},
		{"slice", sliceError[[]byte](m, 0, 1), "slice values hold"},
		{"map", sliceError[map[int]int](m, 0, 1), "map values hold"},
		{"chan", sliceError[chan int](m, 0, 1), "chan values hold"},
		{"func", sliceError[func()](m, 0, 1), "func values hold"},
		{"interface", sliceError[any](m, 0, 1), "interface values hold"},
		{"atomic.Pointer", sliceError[atomic.Pointer[int]](m, 0, 1), "pointer"},
		{"struct with bool", sliceError[withBool](m, 0, 1), "field _: field _: a bool"},
		{"struct with a pointer", sliceError[withPointer](m, 0, 1), "field _: ptr values hold"},
		{"empty struct", sliceError[struct{}](m, 0, 1), "its size is 0"},
		{"empty array", sliceError[[0]int](m, 0, 1), "its size is 0"},
		{"bool, none of them", sliceError[bool](m, 0, 0), "a bool"},
		{"sync.Mutex", sliceError[sync.Mutex](m, 0, 1), "who waits for a sync.Mutex is never woken"},
		{"sync.RWMutex", sliceError[sync.RWMutex](m, 0, 1), "sync.RWMutex is never woken"},
		{"sync.WaitGroup", sliceError[sync.WaitGroup](m, 0, 1), "sync.WaitGroup is never woken"},
		{"sync.Once", sliceError[sync.Once](m, 0, 1), "sync.Once is never woken"},
		{"sync.Cond", sliceError[sync.Cond](m, 0, 1), "sync.Cond is never woken"},
		{"sync.Pool", sliceError[sync.Pool](m, 0, 1), "sync.Pool is never woken"},
		{"sync.Mutex in a field", sliceError[withMutex](m, 0, 1), "field in: field mu: who waits for a sync.Mutex"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if test.why == "" {
				if test.err != nil {
					t.Errorf("Slice: %v, want nil", test.err)
				}
				return
			}
			mmaptest.WantError(t, test.err, "slice", mmap.ErrInvalid)
			mmaptest.WantMessage(t, test.err, test.why)
		})
	}
}

func TestSliceRange(t *testing.T) {
	m := mmaptest.Anon(t, 4097) // one byte more than 512 times 8
	for _, test := range []struct {
		off, n int
		want   error
	}{
		{0, 512, nil},
		{8, 511, nil},
		{4096, 0, nil},
		{4097, 0, nil},
		{4088, 1, nil},
		{0, 513, mmap.ErrRange},
		{8, 512, mmap.ErrRange},
		{4096, 1, mmap.ErrRange},
		{4098, 0, mmap.ErrRange},
		{-8, 1, mmap.ErrRange},
		{0, -2, mmap.ErrRange},
		{4098, mmap.ToEnd, mmap.ErrRange},
		{-1, mmap.ToEnd, mmap.ErrRange},
		{0, math.MaxInt, mmap.ErrRange},
		{8, math.MaxInt/8 + 1, mmap.ErrRange},
		{math.MaxInt, math.MaxInt, mmap.ErrRange},
		{math.MinInt, math.MinInt, mmap.ErrRange},
		{1, 1, mmap.ErrInvalid},
		{2, 1, mmap.ErrInvalid},
		{4095, 0, nil},
	} {
		t.Run(fmt.Sprintf("%d from %d", test.n, test.off), func(t *testing.T) {
			if err := sliceError[[2]uint32](m, test.off, test.n); !errors.Is(err, test.want) {
				t.Errorf("Slice: %v, want %v", err, test.want)
			}
		})
	}
	for off, want := range map[int]int{0: 512, 8: 511, 4088: 1, 4092: 0, 4097: 0} {
		t.Run(fmt.Sprintf("all from %d", off), func(t *testing.T) {
			if s, err := mmap.Slice[[2]uint32](m, off, mmap.ToEnd); err != nil || len(s) != want {
				t.Errorf("Slice has %d values (%v), want %d", len(s), err, want)
			}
		})
	}
	if err := sliceError[uint16](m, 4095, 1); !errors.Is(err, mmap.ErrInvalid) {
		t.Errorf("Slice at an odd offset: %v, want ErrInvalid", err)
	}
}

// The alignment that counts is the address's, not the offset's.
func TestSliceAlignment(t *testing.T) {
	m, _ := mmaptest.MapContent(t, mmaptest.Pattern(100), 3, mmap.ProtRead, mmap.Shared)
	if err := sliceError[uint32](m, 0, 1); !errors.Is(err, mmap.ErrInvalid) {
		t.Errorf("Slice at a misaligned address: %v, want ErrInvalid", err)
	}
	if err := sliceError[uint32](m, 1, 1); err != nil {
		t.Errorf("Slice at an aligned address: %v", err)
	}
}

func TestSliceIsTheMemory(t *testing.T) {
	m := mmaptest.Anon(t, 64)
	s, err := mmap.Slice[uint16](m, 8, 4)
	if err != nil {
		t.Fatal(err)
	}
	s[1] = 0x0101
	if b := m.Bytes(); b[9] != 0 || b[10] != 1 || b[11] != 1 || b[12] != 0 {
		t.Errorf("the store is not in Bytes: % x", b[8:16])
	}
	m.Bytes()[14], m.Bytes()[15] = 2, 2
	if s[3] != 0x0202 {
		t.Errorf("s[3] = %#x, want 0x202", s[3])
	}
	empty, _ := mmaptest.MapContent(t, nil, 0, mmap.ProtRead, mmap.Shared)
	if err := sliceError[uint64](empty, 0, 0); err != nil {
		t.Errorf("Slice of an empty Mapping: %v", err)
	}
}
