// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build unix

package mmap

import "golang.org/x/sys/unix"

// errnoSentinels is a table, not a switch, because some systems have one value
// for ENOTSUP and EOPNOTSUPP.
var errnoSentinels = []errnoSentinel{
	{unix.EACCES, errAccess},
	{unix.EAGAIN, errAgain},
	{unix.EBADF, errBadFD},
	{unix.EINVAL, errInvalid},
	{unix.ENFILE, errTooManyFiles},
	{unix.EMFILE, errTooManyFiles},
	{unix.ENODEV, errNotMappable},
	{unix.ENOMEM, errNoMemory},
	{unix.EPERM, errPermission},
	{unix.ETXTBSY, errTextBusy},
	{unix.ENXIO, errNoAddress},
	{unix.EOVERFLOW, errOverflow},
	{unix.EEXIST, errExist},
	{unix.EBUSY, errBusy},
	{unix.EIO, errIO},
	{unix.EFAULT, errFault},
	{unix.ENOTSUP, errUnsupported},
	{unix.EOPNOTSUPP, errUnsupported},
	{unix.ENOSYS, errUnsupported},
}

// These report whether a cause fits a request, as those in errors.go do.

func ofPrivateFile(r request) bool { return ofFile(r) && !ofSharedFile(r) }
func toWriteFile(r request) bool   { return ofFile(r) && r.prot&ProtWrite != 0 }
func atAddress(r request) bool     { return r.addr != 0 }
func mayMove(r request) bool       { return r.remap&RemapMayMove != 0 }
func inPlace(r request) bool       { return !mayMove(r) }
func ofPart(r request) bool        { return r.off != 0 || r.n != ToEnd }

// overAddresses reports whether a length is past every address space of 64 bits.
func overAddresses(r request) bool { return uint64(r.n) >= 1<<46 }
func hasMaxProt(request) bool      { return system.maxProt != 0 }

func unknownSync(r request) bool {
	_, rest := nameBits(int64(r.sync), system.syncNames, syncNames)
	return rest != 0
}

// asyncInvalidates reports whether f holds both, where FreeBSD and DragonFly
// refuse that.
func asyncInvalidates(f SyncFlag) bool {
	return SyncWait == 0 && f&SyncAsync != 0 && f&SyncInvalidate != 0
}

// causes lists why an errno may come: memory mapping has several causes for each.
var causes = []cause{
	{"mmap", unix.EACCES, toRead, "the file must be open for reading"},
	{"mmap", unix.EACCES, toStore, "the file must be open for reading and writing, because Shared goes with ProtWrite"},
	{"mmap", unix.EACCES, ofSharedFile, "files of this kind cannot be Shared: try Private"},
	{"mmap", unix.EACCES, toExec, "a policy forbids ProtExec (SELinux, or PR_SET_MDWE, which forbids it with ProtWrite)"},
	{"mmap", unix.EPERM, ofSharedFile, "the file is sealed"},
	{"mmap", unix.EPERM, toWriteFile, "its pages are for reading alone (rings of perf and BPF, TCP sockets)"},
	{"mmap", unix.EPERM, toExecFile, "the file system is mounted noexec"},
	{"mmap", unix.EPERM, toExec, "a policy forbids ProtExec (systemd's MemoryDenyWriteExecute)"},
	{"mmap", unix.EPERM, ofSharedFile, "a perf ring exceeds RLIMIT_MEMLOCK, or the kernel blocks the device"},
	{"mmap", unix.EPERM, atAddress, "the address is too low (vm.mmap_min_addr on Linux)"},
	{"mmap", unix.EAGAIN, ofFile, "the file is locked: try again"},
	{"mmap", unix.EAGAIN, nil, "more memory would be locked than RLIMIT_MEMLOCK (ulimit -l) allows: raise it, or lock less"},
	{"mmap", unix.ENOMEM, nil, "memory, address space (RLIMIT_AS) or the number of mappings (vm.max_map_count on Linux) is used up"},
	{"mmap", unix.ENOMEM, atAddress, "the address is not in the address space"},
	{"mmap", unix.EBADF, func(r request) bool { return r.fd < 0 }, "memory without a file needs Anonymous: use MapAnon"},
	{"mmap", unix.EBADF, func(r request) bool { return r.fd >= 0 }, "the file was opened with O_PATH, or the descriptor is not open"},
	{"mmap", unix.ENODEV, ofSharedFile, "files of this kind cannot be mapped, or only Private: try that, or read it instead"},
	{"mmap", unix.ENODEV, ofPrivateFile, "files of this kind cannot be mapped: read it instead"},
	{"mmap", unix.EINVAL, ofNoKind, "exactly one of Shared and Private is needed"},
	{"mmap", unix.EINVAL, func(r request) bool { return ofSharedFile(r) && !ofNoKind(r) }, "the file system has no Shared mappings (9p): try Private"},
	{"mmap", unix.EINVAL, func(r request) bool { return ofFile(r) && !ofNoKind(r) }, "the device is shorter, or refuses this offset, length or ProtWrite"},
	{"mmap", unix.EINVAL, atAddress, "the address is not in the address space"},
	{"mmap", unix.ETXTBSY, nil, "the file is a swap file in use"},
	{"mmap", unix.EEXIST, nil, "something is mapped there already: choose another address"},
	{"mmap", unix.EOVERFLOW, nil, "offset plus length, in whole pages, is more than a file offset holds"},
	{"mmap", unix.EOPNOTSUPP, hasMaxProt, "prot exceeds its MaxProt"},

	{"mprotect", unix.EACCES, toStore, "the file was not open for writing when it was mapped, or it is sealed"},
	{"mprotect", unix.EACCES, toExecFile, "the file system is mounted noexec"},
	{"mprotect", unix.EACCES, toExec, "a policy forbids ProtExec (SELinux, or PR_SET_MDWE)"},
	{"mprotect", unix.EACCES, hasMaxProt, "the MaxProt of the mapping does not allow it"},
	{"mprotect", unix.EPERM, toExec, "a policy forbids ProtExec (systemd's MemoryDenyWriteExecute)"},
	{"mprotect", unix.EPERM, nil, "the pages are sealed (mseal)"},
	{"mprotect", unix.EINVAL, nil, "the system does not know the protection, or the pages are a part of a huge page"},
	{"mprotect", unix.ENOMEM, nil, "memory or the number of mappings (vm.max_map_count on Linux) is used up"},

	{"mremap", unix.EAGAIN, nil, "more memory would be locked than RLIMIT_MEMLOCK (ulimit -l) allows: raise it, or lock less"},
	{"mremap", unix.EPERM, nil, "the pages are sealed (mseal)"},
	{"mremap", unix.EINVAL, overAddresses, "the length is more than the address space"},
	{"mremap", unix.EINVAL, func(r request) bool { return !overAddresses(r) }, "the pages are huge, which do not grow, or a part of a huge page: map the file again"},
	{"mremap", unix.ENOMEM, inPlace, "there is no room to grow where it is: RemapMayMove lets it move"},
	{"mremap", unix.ENOMEM, nil, "memory, address space (RLIMIT_AS) or the number of mappings (vm.max_map_count on Linux) is used up"},

	{"munmap", unix.EPERM, nil, "the pages are sealed (mseal): they stay until the process ends"},
	{"munmap", unix.ENOMEM, nil, "the pages are a part of a larger mapping, and the number of mappings (vm.max_map_count on Linux) is used up: close other Mappings, then retry"},

	{"mlock", unix.ENOMEM, nil, "more memory would be locked than RLIMIT_MEMLOCK (ulimit -l) allows: raise it, or lock less"},
	{"mlock", unix.ENOMEM, nil, "a page cannot be read"},
	{"mlock", unix.ENOMEM, ofPart, "the number of mappings (vm.max_map_count on Linux) is used up"},
	{"mlock", unix.EAGAIN, nil, "more memory would be locked than RLIMIT_MEMLOCK (ulimit -l) allows: raise it, or lock less"},

	{"munlock", unix.ENOMEM, ofPart, "the number of mappings (vm.max_map_count on Linux) is used up"},

	{"msync", unix.EBUSY, nil, "SyncInvalidate on locked pages: Unlock them first"},
	{"msync", unix.EINVAL, unknownSync, "the system does not know one of the flags"},
	{"msync", unix.EINVAL, func(r request) bool { return bothSyncs(r.sync) }, "SyncWait and SyncAsync exclude each other"},
	{"msync", unix.EINVAL, func(r request) bool { return asyncInvalidates(r.sync) }, "SyncAsync and SyncInvalidate exclude each other"},
	{"msync", unix.EINVAL, func(r request) bool {
		return !unknownSync(r) && !bothSyncs(r.sync) && !asyncInvalidates(r.sync) && ofSharedFile(r)
	}, "there is nothing to write to: files of this kind have no fsync"},

	{"madvise", unix.EINVAL, nil, "this system does not know the advice, or these pages do not take it (they are protected, locked, or not of the kind that it is for)"},
	{"madvise", unix.EFAULT, nil, "a page is missing: past the end of the file, a guard page, or its disk is full or failing"},
}
