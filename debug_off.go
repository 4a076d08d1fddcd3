// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build !mmapdebug

package mmap

// Without the build tag mmapdebug all of this costs nothing: see debug_on.go.

func (m *Mapping) debugOpened()         {}
func (m *Mapping) debugClosing(v *view) {}
func (m *Mapping) debugMoving(v *view)  {}
func (m *Mapping) debugMoved(v *view)   {}
func debugExplain(r any) any            { return r }
func release(m *Mapping, v *view) error { return unmapPages(v.pages()) }
func shrink(m *Mapping, v *view, size uintptr) error {
	base, old := v.pages()
	return sysShrink(base, old, size)
}

// WhoClosed describes the Mapping that Close or Remap took from addr, and the stack
// of that call, in a program that is built with the tag mmapdebug. It returns "" if
// there is none, and in every other program.
func WhoClosed(addr uintptr) string { return "" }
