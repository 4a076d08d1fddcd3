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
	"unsafe"

	"golang.org/x/sys/unix"
)

// Flags of Linux, described in mmap(2).
const (
	SharedValidate Flag = unix.MAP_SHARED_VALIDATE // Shared, but an unknown flag is ErrUnsupported instead of ignored. Linux 4.15: before, and in gVisor, ErrInvalid.
	FixedNoReplace Flag = unix.MAP_FIXED_NOREPLACE // At the address given to MapAt, or ErrExist where something is mapped there. Linux 4.17.
	Populate       Flag = unix.MAP_POPULATE        // Read the pages ahead now, so that accesses do not fault them in. Failures to do so are not reported; over a page that the disk cannot read the call never returns.
	Locked         Flag = unix.MAP_LOCKED          // Lock the pages in memory, as far as they can be read: Lock after mapping reports failures.
	NoReserve      Flag = unix.MAP_NORESERVE       // Reserve no swap space: a store may fault when memory is short.
	HugeTLB        Flag = unix.MAP_HUGETLB         // Huge pages from the pool of vm.nr_hugepages: of the default size, or with one of the Huge flags.
	Stack          Flag = unix.MAP_STACK           // Suitable for a stack; since Linux 6.7 without transparent huge pages.
	Droppable      Flag = unix.MAP_DROPPABLE       // In place of Private, with Anonymous: pages may turn to zero when memory is short. Linux 6.11: before, ErrInvalid.
)

// Sizes of huge pages, to be joined with HugeTLB. Which of them exist depends
// on the processor: see /sys/kernel/mm/hugepages. Linux 3.8.
const (
	Huge16KB  Flag = unix.MAP_HUGE_16KB  // 16 KiB pages.
	Huge64KB  Flag = unix.MAP_HUGE_64KB  // 64 KiB pages.
	Huge512KB Flag = unix.MAP_HUGE_512KB // 512 KiB pages.
	Huge1MB   Flag = unix.MAP_HUGE_1MB   // 1 MiB pages.
	Huge2MB   Flag = unix.MAP_HUGE_2MB   // 2 MiB pages.
	Huge8MB   Flag = unix.MAP_HUGE_8MB   // 8 MiB pages.
	Huge16MB  Flag = unix.MAP_HUGE_16MB  // 16 MiB pages.
	Huge32MB  Flag = unix.MAP_HUGE_32MB  // 32 MiB pages.
	Huge256MB Flag = unix.MAP_HUGE_256MB // 256 MiB pages.
	Huge512MB Flag = unix.MAP_HUGE_512MB // 512 MiB pages.
	Huge1GB   Flag = unix.MAP_HUGE_1GB   // 1 GiB pages.
	Huge2GB   Flag = unix.MAP_HUGE_2GB   // 2 GiB pages.
	Huge16GB  Flag = unix.MAP_HUGE_16GB  // 16 GiB pages.
)

// hugeMask is the field of a Flag that holds the binary logarithm of the huge
// page's size.
const hugeMask = unix.MAP_HUGE_MASK << unix.MAP_HUGE_SHIFT

// Advice of Linux, described in madvise(2).
const (
	AdviceFree           Advice = unix.MADV_FREE            // Private anonymous pages may be dropped when memory is short, and then read as zero, until they are written again. Linux 4.5.
	AdviceRemove         Advice = unix.MADV_REMOVE          // Punch a hole: the pages and what backs them (shared memory, or the file) become zero.
	AdviceDontFork       Advice = unix.MADV_DONTFORK        // A child after fork(2) does not have the pages.
	AdviceDoFork         Advice = unix.MADV_DOFORK          // Undo AdviceDontFork.
	AdviceMergeable      Advice = unix.MADV_MERGEABLE       // Equal private anonymous pages may be merged (KSM) until they are written.
	AdviceUnmergeable    Advice = unix.MADV_UNMERGEABLE     // Undo AdviceMergeable.
	AdviceHugePage       Advice = unix.MADV_HUGEPAGE        // Use transparent huge pages where possible.
	AdviceNoHugePage     Advice = unix.MADV_NOHUGEPAGE      // Use no transparent huge pages.
	AdviceCollapse       Advice = unix.MADV_COLLAPSE        // Gather the pages into transparent huge pages now. Linux 6.1.
	AdviceDontDump       Advice = unix.MADV_DONTDUMP        // Leave the pages out of core dumps.
	AdviceDoDump         Advice = unix.MADV_DODUMP          // Undo AdviceDontDump.
	AdviceWipeOnFork     Advice = unix.MADV_WIPEONFORK      // A child after fork(2) finds zeros in these private anonymous pages. Linux 4.14.
	AdviceKeepOnFork     Advice = unix.MADV_KEEPONFORK      // Undo AdviceWipeOnFork. Linux 4.14.
	AdviceCold           Advice = unix.MADV_COLD            // Reclaim the pages before others when memory is short. Linux 5.4.
	AdvicePageOut        Advice = unix.MADV_PAGEOUT         // Reclaim the pages now: write them to swap or to their file. Linux 5.4.
	AdvicePopulateRead   Advice = unix.MADV_POPULATE_READ   // Fault the pages in for reading; ErrFault where an access would have raised SIGBUS. Linux 5.14.
	AdvicePopulateWrite  Advice = unix.MADV_POPULATE_WRITE  // Fault the pages in for writing, likewise. Linux 5.14.
	AdviceDontNeedLocked Advice = unix.MADV_DONTNEED_LOCKED // AdviceDontNeed that drops locked pages too. Linux 5.18.
	AdviceGuardInstall   Advice = unix.MADV_GUARD_INSTALL   // Drop the pages; any access to them faults from then on. Linux 6.13.
	AdviceGuardRemove    Advice = unix.MADV_GUARD_REMOVE    // Undo AdviceGuardInstall: the pages read as zero, or as the file, again. Linux 6.13.
	AdviceHWPoison       Advice = unix.MADV_HWPOISON        // Treat the pages as broken memory, for tests of the system itself: needs privilege, and an access may kill the process.
)

var system = platform{
	// SharedValidate is the bits of Shared and Private together, so it is tried
	// before them.
	flagNames: []bitName{
		{value: unix.MAP_SHARED_VALIDATE, name: "SharedValidate", mask: unix.MAP_SHARED_VALIDATE},
		{value: unix.MAP_FIXED_NOREPLACE, name: "FixedNoReplace"},
		{value: unix.MAP_POPULATE, name: "Populate"},
		{value: unix.MAP_LOCKED, name: "Locked"},
		{value: unix.MAP_NORESERVE, name: "NoReserve"},
		{value: unix.MAP_HUGETLB, name: "HugeTLB"},
		{value: unix.MAP_STACK, name: "Stack"},
		{value: unix.MAP_DROPPABLE, name: "Droppable"},
		{value: unix.MAP_HUGE_16KB, name: "Huge16KB", mask: hugeMask},
		{value: unix.MAP_HUGE_64KB, name: "Huge64KB", mask: hugeMask},
		{value: unix.MAP_HUGE_512KB, name: "Huge512KB", mask: hugeMask},
		{value: unix.MAP_HUGE_1MB, name: "Huge1MB", mask: hugeMask},
		{value: unix.MAP_HUGE_2MB, name: "Huge2MB", mask: hugeMask},
		{value: unix.MAP_HUGE_8MB, name: "Huge8MB", mask: hugeMask},
		{value: unix.MAP_HUGE_16MB, name: "Huge16MB", mask: hugeMask},
		{value: unix.MAP_HUGE_32MB, name: "Huge32MB", mask: hugeMask},
		{value: unix.MAP_HUGE_256MB, name: "Huge256MB", mask: hugeMask},
		{value: unix.MAP_HUGE_512MB, name: "Huge512MB", mask: hugeMask},
		{value: unix.MAP_HUGE_1GB, name: "Huge1GB", mask: hugeMask},
		{value: unix.MAP_HUGE_2GB, name: "Huge2GB", mask: hugeMask},
		{value: unix.MAP_HUGE_16GB, name: "Huge16GB", mask: hugeMask},
		{value: daxSync, name: "DAXSync"},
	},
	adviceNames: []adviceName{
		{AdviceFree, "AdviceFree", dropsPages},
		{AdviceRemove, "AdviceRemove", dropsFile},
		{AdviceDontFork, "AdviceDontFork", dropsPages},
		{AdviceDoFork, "AdviceDoFork", keepsBytes},
		{AdviceMergeable, "AdviceMergeable", keepsBytes},
		{AdviceUnmergeable, "AdviceUnmergeable", keepsBytes},
		{AdviceHugePage, "AdviceHugePage", keepsBytes},
		{AdviceNoHugePage, "AdviceNoHugePage", keepsBytes},
		{AdviceCollapse, "AdviceCollapse", keepsBytes},
		{AdviceDontDump, "AdviceDontDump", keepsBytes},
		{AdviceDoDump, "AdviceDoDump", keepsBytes},
		{AdviceWipeOnFork, "AdviceWipeOnFork", dropsPages},
		{AdviceKeepOnFork, "AdviceKeepOnFork", keepsBytes},
		{AdviceCold, "AdviceCold", keepsBytes},
		{AdvicePageOut, "AdvicePageOut", keepsBytes},
		{AdvicePopulateRead, "AdvicePopulateRead", keepsBytes},
		{AdvicePopulateWrite, "AdvicePopulateWrite", keepsBytes},
		{AdviceDontNeedLocked, "AdviceDontNeedLocked", dropsPages},
		{AdviceGuardInstall, "AdviceGuardInstall", dropsPages},
		{AdviceGuardRemove, "AdviceGuardRemove", dropsPages},
		{AdviceHWPoison, "AdviceHWPoison", dropsFile},
	},
	errnos: []errnoSentinel{
		{errNotSupp, errNotMappable},
	},
	causes: []cause{
		{"mmap", errNotSupp, nil, "files of this kind cannot be mapped: read it instead"},
		{"mmap", unix.EPERM, toLock, "Locked needs a RLIMIT_MEMLOCK (ulimit -l) above 0"},
		{"mmap", unix.EINVAL, ofHugePages, "HugeTLB is for anonymous memory and files of hugetlbfs, and for the sizes in /sys/kernel/mm/hugepages"},
		{"mmap", unix.ENOMEM, ofHugePages, "the pool of huge pages (vm.nr_hugepages) has too few"},
		{"mmap", unix.ENOMEM, needsCommit, tooLittle},
		{"mmap", unix.EINVAL, ofOtherKind, "SharedValidate is for files, and Droppable for memory without a file, without Shared and Private"},
		{"mmap", unix.EINVAL, ofNewKind, "this kernel does not know SharedValidate (Linux 4.15) or Droppable (Linux 6.11)"},
		{"mmap", unix.EOPNOTSUPP, nil, "the file, or this kernel, does not support one of the flags"},
		{"mmap", unix.EOPNOTSUPP, func(r request) bool { return r.flags&daxSync != 0 }, "DAXSync needs a file system mounted for DAX"},
		{"mlock", unix.EPERM, nil, "RLIMIT_MEMLOCK (ulimit -l) is 0"},
		{"mprotect", unix.ENOMEM, needsCommit, tooLittle},
		{"mremap", unix.ENOMEM, needsCommit, tooLittle},
		{"msync", ErrInvalid, nil, "SyncWait or SyncAsync is needed, or nothing is written"},
		{"madvise", unix.EINVAL, func(r request) bool { return r.advice == AdviceRemove && r.kinds&privateAnon != 0 }, "AdviceRemove needs Shared pages, and these are Private"},
		{"madvise", unix.EACCES, nil, "AdviceRemove needs Shared pages, of a file that was open for writing"},
		{"madvise", unix.EBADF, nil, "there is no file to read ahead"},
	},

	remap:     sysRemap,
	resident:  mincore(unix.SYS_MINCORE),
	hugePage:  hugePageOf,
	unmapHuge: unmapHuge,

	fixed:     FixedNoReplace,
	noReplace: FixedNoReplace,
	kindFlags: []Flag{SharedValidate, Droppable},
	prefault:  Populate | Locked,
	noReserve: NoReserve,
	hugeTLB:   HugeTLB,
	growsDown: unix.MAP_GROWSDOWN,

	bareSyncIgnored: true,
	mapsPastEnd:     true,
}

// errNotSupp is the kernel's own ENOTSUPP, which is not meant for programs:
// mmap of a BPF map that has no bytes returns it. It is a literal because x/sys
// does not have it.
const errNotSupp = unix.Errno(524)

func toLock(r request) bool      { return r.flags&Locked != 0 }
func ofHugePages(r request) bool { return r.flags&HugeTLB != 0 }

// ofOtherKind reports whether the kind of r does not go with what is mapped.
func ofOtherKind(r request) bool {
	validates, drops := r.flags&SharedValidate == SharedValidate, r.flags&Droppable != 0
	return validates && !ofFile(r) || drops && (ofFile(r) || r.flags&(Shared|Private) != 0)
}

// ofNewKind reports whether old kernels lack the kind of r.
func ofNewKind(r request) bool {
	return (r.flags&SharedValidate == SharedValidate || r.flags&Droppable != 0) && !ofOtherKind(r)
}

// needsCommit reports whether r makes the system commit memory.
func needsCommit(r request) bool {
	return r.kinds&(privateFile|privateAnon) != 0 && r.prot&ProtWrite != 0 && r.flags&(NoReserve|HugeTLB) == 0
}

const tooLittle = "there is too little memory to commit: map with NoReserve, unless vm.overcommit_memory is 2"

func sysRemap(addr, size, newSize uintptr, flags RemapFlag) (uintptr, error) {
	var mayMove int
	if flags&RemapMayMove != 0 {
		mayMove = unix.MREMAP_MAYMOVE
	}
	p, err := unix.MremapPtr(unsafe.Add(nil, addr), size, nil, newSize, mayMove)
	return uintptr(p), err
}

// hugePageOf returns the size of the huge pages that r asks for, in bytes; 0 if
// it asks for none, or if the system does not tell. For a file of hugetlbfs that is
// the file's own size, whatever the flags say.
func hugePageOf(r request, fixed bool) uint64 {
	huge := r.flags&HugeTLB != 0
	if (huge || fixed) && r.op == "mmap" && r.flags&Anonymous == 0 {
		var st unix.Statfs_t
		if unix.Fstatfs(r.fd, &st) == nil && uint32(st.Type) == unix.HUGETLBFS_MAGIC {
			return uint64(st.Bsize)
		}
	}
	switch log := r.flags & hugeMask >> unix.MAP_HUGE_SHIFT; {
	case !huge:
		return 0
	case log != 0:
		return 1 << log
	}
	return defaultHugePage()
}

// defaultHugePage returns its size in bytes; 0 where /proc does not tell.
var defaultHugePage = sync.OnceValue(func() uint64 {
	size, _ := scanKB("/proc/meminfo", "Hugepagesize:", nil)
	return size
})

// unmapHuge unmaps pages that munmap refused because size is no multiple of their
// own size: those of a file on hugetlbfs, of which mmap mapped more than it was
// asked for. It reports whether it could.
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

// scanKB returns in bytes the kB after key in a file of /proc: its first
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
