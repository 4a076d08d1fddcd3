// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package bench

import (
	"os"

	"github.com/facc7503/mmap"
	"golang.org/x/sys/unix"
)

// prefault has a mapping's pages put in place.
const prefault = mmap.Populate

// parent returns a directory in memory, if it has room.
func parent(need uint64) string {
	var fs unix.Statfs_t
	if err := unix.Statfs("/dev/shm", &fs); err == nil && fs.Bavail*uint64(fs.Bsize) >= need {
		return "/dev/shm"
	}
	return os.TempDir()
}
