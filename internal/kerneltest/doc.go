// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

// Package kerneltest has the tests that need a kernel's cooperation: those that
// bring about its errors and faults, are a file system to it, kill processes,
// use up its limits, and hold what it has mapped against a model. They use the
// exported API alone.
package kerneltest
