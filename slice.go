// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package mmap

import (
	"fmt"
	"reflect"
	"sync"
	"unsafe"
)

// Slice is the n values of type T that start at byte off of the Mapping: the
// memory itself, not a copy. With a struct and an n of 1 a whole file is one value.
// The slice is valid as long as the one that [Mapping.Bytes] returns, and faults
// like it. (SyncRange and its like count in bytes, not in values.)
//
// T may be numbers, arrays and structs of them, and the types of sync/atomic that
// hold no pointer, as atomic.Uint64: values that goroutines or processes share want
// these. A T that holds pointers (strings, slices, maps, interfaces … too) or a
// bool, of which only 0 and 1 are values, is [ErrInvalid]; so are a T of size 0 and
// an off whose address is not aligned for T. A range outside of the Mapping is
// [ErrRange]. After Close the error is [ErrClosed].
//
// Byte order, alignment and padding are those of this program; even 386 and amd64
// align a uint64 differently. For files that other machines read there is
// encoding/binary. What others stored wants to be checked before it is used, as
// an index for one.
func Slice[T any](m *Mapping, off, n int) ([]T, error) {
	v := m.load()
	if v == nil {
		return nil, m.fail("slice", ErrClosed)
	}
	if err := v.checkSlice(reflect.TypeFor[T](), off, n); err != nil {
		return nil, m.fail("slice", err)
	}
	if n == 0 {
		return []T{}, nil
	}
	return unsafe.Slice((*T)(unsafe.Add(nil, v.addr(off))), n), nil
}

func (v *view) checkSlice(t reflect.Type, off, n int) error {
	size := int(t.Size())
	switch {
	case size == 0 || !isPlain(t):
		return because(ErrInvalid, fmt.Sprintf("%v cannot be mapped: a part of it is a pointer (as strings, slices and maps are) or a bool, or its size is 0", t))
	case off < 0 || off > v.length || n < 0 || n > (v.length-off)/size:
		return because(ErrRange, fmt.Sprintf("%d values of size %d at offset %d of %d bytes", n, size, off, v.length))
	case n != 0 && v.addr(off)%uintptr(t.Align()) != 0:
		return because(ErrInvalid, fmt.Sprintf("offset %d is at address %#x, and %v needs a multiple of %d", off, v.addr(off), t, t.Align()))
	}
	return nil
}

// plainTypes remembers isPlain of structs and arrays, whose fields reflect
// cannot tell without allocating.
var plainTypes sync.Map

// isPlain reports whether every sequence of bytes is a value of type t, and
// holds no pointer.
func isPlain(t reflect.Type) bool {
	switch k := t.Kind(); k {
	case reflect.Array, reflect.Struct:
	default:
		return reflect.Int <= k && k <= reflect.Complex128
	}
	if plain, ok := plainTypes.Load(t); ok {
		return plain.(bool)
	}
	plain := true
	if t.Kind() == reflect.Array {
		plain = t.Len() == 0 || isPlain(t.Elem())
	} else {
		for i := range t.NumField() {
			plain = plain && isPlain(t.Field(i).Type)
		}
	}
	plainTypes.Store(t, plain)
	return plain
}
