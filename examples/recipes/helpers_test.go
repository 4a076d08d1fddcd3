// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

// Package recipes puts calls of package mmap together: the examples of
// docs/guide.md.
package recipes_test

import "log"

// check ends the example if err is not nil.
func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
