// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package kerneltest

import (
	"encoding/binary"
	"fmt"
	"runtime"
	"testing"
	"unsafe"

	"github.com/facc7503/mmap/internal/mmaptest"
	"golang.org/x/sys/unix"
)

// mmapCall is the number of the system call behind MmapPtr: mmap, or mmap2 on 32
// bits. unix.SYS_MMAP is not that, or not there, on the latter.
func mmapCall() uintptr {
	switch runtime.GOARCH {
	case "amd64":
		return 9
	case "386", "arm": // mmap2
		return 192
	case "mips", "mipsle": // mmap2
		return 4210
	case "mips64", "mips64le":
		return 5009
	case "ppc64", "ppc64le", "s390x":
		return 90
	default:
		return 222
	}
}

// refuse has the kernel fail a system call with errno, in all threads and for
// as long as the process lives, where its arguments, by their index, are as
// given. Anything else goes through: name what the Go runtime does not ask for.
func refuse(t *testing.T, call uintptr, errno unix.Errno, args map[int]uintptr) {
	t.Helper()
	const ( // struct seccomp_data
		nr    = 0
		arg0  = 16
		allow = unix.SECCOMP_RET_ALLOW
	)
	var prog []unix.SockFilter
	op := func(code uint16, k uint32, jump uint8) {
		prog = append(prog, unix.SockFilter{Code: code, K: k, Jt: jump})
	}
	want := func(offset int, value uint32) {
		op(unix.BPF_LD|unix.BPF_W|unix.BPF_ABS, uint32(offset), 0)
		op(unix.BPF_JMP|unix.BPF_JEQ|unix.BPF_K, value, 1)
		op(unix.BPF_RET|unix.BPF_K, allow, 0)
	}
	low, high := 0, 4
	if binary.NativeEndian.Uint16([]byte{0, 1}) == 1 {
		low, high = 4, 0
	}
	want(nr, uint32(call))
	for i, value := range args {
		want(arg0+8*i+low, uint32(value))
		want(arg0+8*i+high, uint32(uint64(value)>>32))
	}
	op(unix.BPF_RET|unix.BPF_K, unix.SECCOMP_RET_ERRNO|uint32(errno), 0)

	runtime.LockOSThread() // no_new_privs is the thread's until TSYNC
	defer runtime.UnlockOSThread()
	mmaptest.Must(t, unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
	fprog := unix.SockFprog{Len: uint16(len(prog)), Filter: &prog[0]}
	r, _, e := unix.Syscall(unix.SYS_SECCOMP, unix.SECCOMP_SET_MODE_FILTER, unix.SECCOMP_FILTER_FLAG_TSYNC, uintptr(unsafe.Pointer(&fprog)))
	if r != 0 || e != 0 {
		t.Fatalf("seccomp: %v, thread %d", e, r)
	}
}

// needSeccomp is why refuse cannot be used, "" if it can.
func needSeccomp() string {
	action := uint32(unix.SECCOMP_RET_ERRNO)
	_, _, e := unix.Syscall(unix.SYS_SECCOMP, unix.SECCOMP_GET_ACTION_AVAIL, 0, uintptr(unsafe.Pointer(&action)))
	if e != 0 {
		return fmt.Sprintf("no seccomp here: %v", e)
	}
	return ""
}

// needSeccompMmap is the same for mmap itself.
func needSeccompMmap() string {
	if runtime.GOARCH == "s390x" {
		return "on s390x mmap's arguments are in memory, where seccomp does not look"
	}
	return needSeccomp()
}
