// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build !unix && !windows

package mmap

const supported = false

var system platform

// No system has errnos of its own here.
var (
	errnoSentinels []errnoSentinel
	causes         []cause
)

// No Mapping is ever made, so none of the calls below is reached.

func sysMap(_, _ uintptr, _ Prot, _ Flag, _ int, _ int64) (uintptr, error) { return 0, ErrUnsupported }
func sysUnmap(_, _ uintptr) error                                          { return ErrUnsupported }
func sysShrink(_, _, _ uintptr) error                                      { return ErrUnsupported }
func sysProtect([]byte, Prot) error                                        { return ErrUnsupported }
func sysSync([]byte, SyncFlag) error                                       { return ErrUnsupported }
func sysAdvise([]byte, Advice) error                                       { return ErrUnsupported }
func sysLock([]byte) error                                                 { return ErrUnsupported }
func sysUnlock([]byte) error                                               { return ErrUnsupported }
func sysSize(*request) (int64, error)                                      { return 0, ErrUnsupported }
