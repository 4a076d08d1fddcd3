// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build unix

package recipes_test

import "os"

// tempFile returns a new file with content, and a function that removes it.
func tempFile(content string) (f *os.File, remove func()) {
	f, err := os.CreateTemp("", "mmap-example-")
	check(err)
	_, err = f.WriteString(content)
	check(err)
	return f, func() {
		check(f.Close())
		check(os.Remove(f.Name()))
	}
}
