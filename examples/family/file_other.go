// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build !linux && !windows

package main

import (
	"errors"
	"os"
)

// newFile returns a temporary file that has lost its name: it is there for as
// long as somebody has it open or mapped.
func newFile() (*os.File, error) {
	f, err := os.CreateTemp("", "family-*")
	if err != nil {
		return nil, err
	}
	if err := os.Remove(f.Name()); err != nil {
		return nil, errors.Join(err, f.Close(), os.Remove(f.Name()))
	}
	return f, nil
}
