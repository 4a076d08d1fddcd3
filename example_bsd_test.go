// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build darwin || dragonfly || freebsd || netbsd || openbsd

package mmap_test

import (
	"log"
	"os"

	"github.com/facc7503/mmap"
)

// Code is written first and made executable then, which MaxProt announces to
// the systems that want to know. Where it is 0 it does no harm.
func ExampleMaxProt() {
	announced := mmap.MaxProt(mmap.ProtRead | mmap.ProtWrite | mmap.ProtExec)
	m, err := mmap.MapAnon(os.Getpagesize(), mmap.ProtRead|mmap.ProtWrite|announced, mmap.Private)
	if err != nil {
		log.Fatal(err)
	}
	defer m.Close()

	var code []byte // For this processor.
	copy(m.Bytes(), code)
	check(m.Protect(mmap.ProtRead | mmap.ProtExec))
}
