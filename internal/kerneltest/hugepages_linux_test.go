// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package kerneltest

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"testing"

	"github.com/facc7503/mmap"
	"github.com/facc7503/mmap/internal/mmaptest"
	"golang.org/x/sys/unix"
)

// hugePool adds 4 to the machine's pool of huge pages until the test ends.
func hugePool(t *testing.T) {
	t.Helper()
	const pool = "/proc/sys/vm/nr_hugepages"
	if reason := needVM(); reason != "" {
		t.Skip(reason)
	}
	size := func() int {
		b, err := os.ReadFile(pool)
		if err != nil {
			t.Skipf("no huge pages here: %v", err)
		}
		n, err := strconv.Atoi(string(bytes.TrimSpace(b)))
		mmaptest.Must(t, err)
		return n
	}
	before := size()
	set := func(n int) error { return os.WriteFile(pool, []byte(strconv.Itoa(n)), 0) }
	t.Cleanup(func() { mmaptest.Must(t, set(before)) })
	if err := set(before + 4); err != nil {
		t.Skipf("no pool of huge pages to be set: %v", err)
	}
	if n := size() - before; n < 2 {
		t.Skipf("the system found room for %d huge pages, 2 are needed", n)
	}
}

func TestHugePages(t *testing.T) {
	hugePool(t)
	huge := mmaptest.HugePage(t)

	t.Run("HugeTLB", func(t *testing.T) {
		m, err := mmap.MapAnon(huge, rw, mmap.Private|mmap.HugeTLB)
		mmaptest.Must(t, err)
		lo := m.Addr()
		copy(m.Bytes(), mmaptest.Pattern(huge))
		mmaptest.WantBytes(t, "huge page", m.Bytes(), mmaptest.Pattern(huge))
		mmaptest.WantError(t, m.ProtectRange(0, pageSize, mmap.ProtRead), "mprotect", mmap.ErrInvalid) // a part
		mmaptest.Must(t, m.Close())
		mmaptest.WantParts(t, lo, 1, "none 1")
	})
	t.Run("hugetlbfs", func(t *testing.T) {
		f := mmaptest.Memfd(t, unix.MFD_HUGETLB, int64(2*huge))
		for _, n := range []int{1, pageSize, huge - 1, huge, huge + 1, 2*huge - pageSize} {
			m, err := mmap.MapRegion(f, 0, n, rw, mmap.Shared)
			mmaptest.Must(t, err)
			if m.Len() != n {
				t.Errorf("Len is %d, want %d", m.Len(), n)
			}
			copy(m.Bytes(), mmaptest.Pattern(n))
			if err := m.Close(); err != nil {
				t.Errorf("Close of %d bytes: %v", n, err)
			}
			mmaptest.WantError(t, m.Close(), "munmap", mmap.ErrClosed)
			wantNoHuge(t)
		}
		_, err := mmap.MapRegion(f, int64(pageSize), pageSize, rw, mmap.Shared) // the boundary of a small page
		mmaptest.WantError(t, err, "mmap", mmap.ErrInvalid, unix.EINVAL)
	})
	t.Run("Replace", func(t *testing.T) {
		f := mmaptest.Memfd(t, unix.MFD_HUGETLB, int64(huge))
		m := mmaptest.Anon(t, 3*huge)
		content := mmaptest.Pattern(m.Len())
		copy(m.Bytes(), content)
		first := int(-m.Addr() % uintptr(huge)) // m's first boundary of huge pages
		for _, r := range [][2]int{{first, pageSize}, {first, huge - pageSize}, {first, huge + pageSize}, {first + pageSize, huge}} {
			err := m.Replace(r[0], r[1], f, 0, rw, mmap.Shared)
			mmaptest.WantError(t, err, "mmap", mmap.ErrInvalid)
			mmaptest.WantBytes(t, fmt.Sprint(r), m.Bytes(), content)
			mmaptest.WantParts(t, m.Addr(), m.Len()/pageSize, fmt.Sprintf("rw- %d", m.Len()/pageSize))
			wantNoHuge(t)
		}
		mmaptest.Must(t, m.Replace(first, huge, f, 0, rw, mmap.Shared))
		clear(content[first:][:huge])
		mmaptest.WantBytes(t, "replaced", m.Bytes(), content)
		mmaptest.Must(t, m.Close())
		wantNoHuge(t)
	})
	t.Run("Remap", func(t *testing.T) {
		f := mmaptest.Memfd(t, unix.MFD_HUGETLB, int64(huge))
		m := mmaptest.Anon(t, 8*huge)
		first := int(-m.Addr() % uintptr(huge))
		mmaptest.Must(t, m.Replace(first, huge, f, 0, rw, mmap.Shared))
		lo, pages := m.Addr(), m.Len()/pageSize
		if err := m.Remap(first+pageSize, 0); err == nil {
			t.Error("Remap to a part of a huge page: nil, want an error")
		}
		mmaptest.WantParts(t, lo, pages, fmt.Sprintf("rw- %d", pages))
		mmaptest.Must(t, m.Remap(first+huge+pageSize, 0))
		mmaptest.Must(t, m.Close())
		wantNoHuge(t)
		mmaptest.WantParts(t, lo, pages, fmt.Sprintf("none %d", pages))
	})
	t.Run("MapAt", func(t *testing.T) {
		f := mmaptest.Memfd(t, unix.MFD_HUGETLB, int64(huge))
		m := mmaptest.Anon(t, 3*huge)
		content := mmaptest.Pattern(m.Len())
		copy(m.Bytes(), content)
		first := -m.Addr() % uintptr(huge)
		for _, flags := range []mmap.Flag{0, mmap.HugeTLB, mmap.HugeTLB | 12<<unix.MAP_HUGE_SHIFT} { // the file's size counts, not the flags'
			_, err := mmap.MapAt(m.Addr()+first, int(f.Fd()), 0, pageSize, rw, mmap.Shared|mmap.Fixed|flags)
			mmaptest.WantError(t, err, "mmap", mmap.ErrInvalid)
			mmaptest.WantBytes(t, "neighbours", m.Bytes(), content)
			mmaptest.WantError(t, m.Replace(int(first), pageSize, f, 0, rw, mmap.Shared|flags), "mmap", mmap.ErrInvalid)
			wantNoHuge(t)
		}
	})
}

func wantNoHuge(t *testing.T) {
	t.Helper()
	if n := mmaptest.MapsOf(t, "/memfd:mmap-test"); n != 0 {
		t.Errorf("%d pages of the huge file stay mapped", n)
	}
}
