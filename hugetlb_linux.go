// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package mmap

import (
	"bufio"
	"fmt"
	"os"
	"strings"
	"sync"

	"golang.org/x/sys/unix"
)

// hugePageOf returns the size of the huge pages that r asks for, in bytes; 0 if
// it asks for none, or if the system does not tell.
func hugePageOf(r request, fixed bool) uint64 {
	switch log := r.flags & hugeMask >> unix.MAP_HUGE_SHIFT; {
	case r.flags&HugeTLB != 0 && log != 0:
		return 1 << log
	case r.flags&HugeTLB != 0:
		return defaultHugePage()
	}
	var st unix.Statfs_t
	if fixed && r.flags&Anonymous == 0 && unix.Fstatfs(r.fd, &st) == nil && uint32(st.Type) == unix.HUGETLBFS_MAGIC {
		return uint64(st.Bsize)
	}
	return 0
}

// defaultHugePage is in bytes; 0 where /proc does not tell.
var defaultHugePage = sync.OnceValue(func() uint64 {
	size, _ := scanKB("/proc/meminfo", "Hugepagesize:", nil)
	return size
})

// unmapHuge reports whether it unmapped pages that munmap refused because size
// is no multiple of their own size: those of a file on hugetlbfs, of which mmap
// mapped more than it was asked for.
func unmapHuge(addr, size uintptr) bool {
	last := uint64(addr + size - 1)
	page, err := scanKB("/proc/self/smaps", "KernelPageSize:", func(line string) bool {
		var lo, hi uint64
		n, _ := fmt.Sscanf(line, "%x-%x ", &lo, &hi)
		return n == 2 && lo <= last && last < hi
	})
	if err != nil || page <= uint64(pageSize) {
		return false
	}
	return sysUnmap(addr, (size+uintptr(page)-1)&^(uintptr(page)-1)) == nil
}

// scanKB is the number of kB, in bytes, after key in a file of /proc: its first
// line with key, past the first line for which from is true.
func scanKB(name, key string, from func(line string) bool) (uint64, error) {
	f, err := os.Open(name)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	s := bufio.NewScanner(f)
	for s.Scan() {
		if from != nil {
			if from(s.Text()) {
				from = nil
			}
			continue
		}
		if rest, ok := strings.CutPrefix(s.Text(), key); ok {
			var kB uint64
			_, err := fmt.Sscan(rest, &kB)
			return kB << 10, err
		}
	}
	return 0, s.Err()
}
