// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package mmaptest

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// A VMA is a line of /proc/self/maps.
type VMA struct {
	Lo, Hi uintptr
	Perms  string
	Path   string
}

// VMAs returns all lines of /proc/self/maps.
func VMAs(t testing.TB) []VMA {
	t.Helper()
	maps, err := os.ReadFile("/proc/self/maps")
	Must(t, err)
	var all []VMA
	for line := range strings.Lines(string(maps)) {
		var v VMA
		if _, err := fmt.Sscanf(line, "%x-%x %s", &v.Lo, &v.Hi, &v.Perms); err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		if f := strings.Fields(line); len(f) > 5 {
			v.Path = f[5]
		}
		all = append(all, v)
	}
	return all
}

// Parts returns how /proc/self/maps describes a range, merged where the
// permissions are equal: "rw- 3, --- 1" with lengths in pages; a hole is "none".
func Parts(t testing.TB, lo uintptr, pages int) string {
	t.Helper()
	all := VMAs(t)
	var parts []string
	last, n := "", 0
	flush := func() {
		if n > 0 {
			parts = append(parts, fmt.Sprintf("%s %d", last, n))
		}
	}
	for i := range pages {
		addr := lo + uintptr(i*pageSize)
		perms := "none"
		if j := slices.IndexFunc(all, func(v VMA) bool { return v.Lo <= addr && addr < v.Hi }); j >= 0 {
			perms = all[j].Perms[:3]
		}
		if perms != last {
			flush()
			last, n = perms, 0
		}
		n++
	}
	flush()
	return strings.Join(parts, ", ")
}

// WantParts checks what Parts returns.
func WantParts(t testing.TB, lo uintptr, pages int, want string) {
	t.Helper()
	if got := Parts(t, lo, pages); got != want {
		t.Errorf("%d pages at %#x are %q, want %q", pages, lo, got, want)
	}
}

// MapsOf returns how many pages of a file are mapped.
func MapsOf(t testing.TB, name string) (pages int) {
	t.Helper()
	for _, v := range VMAs(t) {
		if v.Path == name {
			pages += int(v.Hi-v.Lo) / pageSize
		}
	}
	return pages
}

// OpenDescriptors returns how many descriptors the process has.
func OpenDescriptors(t testing.TB) int {
	t.Helper()
	fds, err := os.ReadDir("/proc/self/fd")
	Must(t, err)
	return len(fds)
}

// Memfd returns a file in memory of size bytes.
func Memfd(t testing.TB, flags int, size int64) *os.File {
	t.Helper()
	fd, err := unix.MemfdCreate("mmap-test", flags)
	if err != nil {
		t.Skipf("no memfd_create here: %v", err)
	}
	f := os.NewFile(uintptr(fd), "memfd")
	t.Cleanup(func() { f.Close() })
	Must(t, f.Truncate(size))
	return f
}

// HugePage returns the size of the huge pages that HugeTLB alone asks for, 0 if
// there are none.
func HugePage(t testing.TB) int {
	t.Helper()
	info, err := os.ReadFile("/proc/meminfo")
	Must(t, err)
	for line := range strings.Lines(string(info)) {
		var kB int
		if n, _ := fmt.Sscanf(line, "Hugepagesize: %d kB", &kB); n == 1 {
			return kB << 10
		}
	}
	return 0
}
