// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package mmap

import (
	"reflect"
	"sync"
	"unsafe"
)

// Slice returns the n values of type T that start at byte off of the Mapping:
// the memory itself, not a copy. With [ToEnd] n is all up to the Mapping's end.
// With a struct and an n of 1 a whole file is one value. The slice is valid as
// long as the one that [Mapping.Bytes] returns, and faults like it. (SyncRange
// and its like count in bytes, not in values.)
//
// T may be a number, a type of sync/atomic that holds no pointer, such as
// atomic.Uint64, or an array or struct of them. Values that goroutines or processes
// share, and the registers of devices, need atomic types: an atomic Load or Store is one
// access of its width (on amd64 Store also reads). On 32-bit MIPS, and on ARM
// before v7, the 64-bit ones are atomic within a process alone. Slice returns
//
//   - [ErrInvalid] for a T that holds pointers (as strings, slices, maps and
//     interfaces do), a bool, of which only 0 and 1 are values, or a type of
//     package sync, whose waiters live in one process;
//   - ErrInvalid for a T of size 0, and for an off whose address is not aligned
//     for T;
//   - [ErrRange] for a range outside of the Mapping;
//   - [ErrClosed] after Close.
//
// Byte order, alignment and padding are those of this program; even 386 and amd64
// align a uint64 differently. For files that other machines read use
// encoding/binary. Check what others stored before you use it, as an index for
// example.
func Slice[T any](m *Mapping, off, n int) ([]T, error) {
	v := m.load()
	if v == nil {
		return nil, m.plain("slice", ErrClosed)
	}
	r := m.request("slice")
	n, err := v.checkSlice(&r, reflect.TypeFor[T](), off, n)
	if err != nil {
		return nil, err
	}
	if n == 0 {
		return []T{}, nil
	}
	return unsafe.Slice((*T)(unsafe.Add(nil, v.addr(off))), n), nil
}

// checkSlice returns n, or the number that it stands for.
func (v *view) checkSlice(r *request, t reflect.Type, off, n int) (int, error) {
	size := int(t.Size())
	all := n == ToEnd
	if all && size != 0 {
		n = max(0, v.length-off) / size
	}
	switch why := notPlain(t); {
	case why != "":
		return 0, r.refuse(errInvalid, "%v cannot be mapped: %s", t, why)
	case size == 0:
		return 0, r.refuse(errInvalid, "%v cannot be mapped: its size is 0", t)
	case all && (off < 0 || off > v.length):
		return 0, r.refuse(errRange, "all from offset %d, but the Mapping has %d bytes", off, v.length)
	case off < 0 || off > v.length || n < 0 || n > (v.length-off)/size:
		return 0, r.refuse(errRange, "%d values of size %d at offset %d, but the Mapping has %d bytes", n, size, off, v.length)
	case n != 0 && v.addr(off)%uintptr(t.Align()) != 0:
		return 0, r.refuse(errInvalid, "offset %d is at address %#x, and %v needs a multiple of %d", off, v.addr(off), t, t.Align())
	}
	return n, nil
}

// plainTypes remembers notPlain of structs and arrays, whose fields reflect
// cannot tell without allocating.
var plainTypes sync.Map

// notPlain returns why mapped memory cannot hold a value of type t, "" if it
// can: every sequence of bytes is a value of t, holds no pointer, and means the
// same in every process.
func notPlain(t reflect.Type) string {
	switch k := t.Kind(); {
	case k == reflect.Array || k == reflect.Struct:
	case k == reflect.Bool:
		return "a bool has only the values 0 and 1"
	case reflect.Int <= k && k <= reflect.Complex128:
		return ""
	default:
		return k.String() + " values hold pointers"
	}
	if why, ok := plainTypes.Load(t); ok {
		return why.(string)
	}
	why := notPlainPart(t)
	plainTypes.Store(t, why)
	return why
}

// notPlainPart is notPlain for arrays and structs.
func notPlainPart(t reflect.Type) string {
	if t.Kind() == reflect.Array {
		if t.Len() == 0 {
			return ""
		}
		return notPlain(t.Elem())
	}
	if t.PkgPath() == "sync" {
		return "who waits for a " + t.String() + " is never woken by another Mapping or process: use sync/atomic"
	}
	for i := range t.NumField() {
		if why := notPlain(t.Field(i).Type); why != "" {
			return "field " + t.Field(i).Name + ": " + why
		}
	}
	return ""
}
