// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package mmap

// A Prot says how the pages of a Mapping may be accessed: the prot argument of
// mmap(2) and mprotect(2), PROT_NONE or bits joined with |.
//
// On most processors pages with ProtWrite alone can also be read; on FreeBSD, after
// the first store.
type Prot int

// The protections of POSIX. Every system has them.
const (
	ProtNone  Prot = protNone  // Pages may not be accessed: any access faults.
	ProtRead  Prot = protRead  // Pages may be read.
	ProtWrite Prot = protWrite // Pages may be written.
	ProtExec  Prot = protExec  // Pages may be executed.
)

var protNames = []bitName{
	{value: protRead, name: "ProtRead"},
	{value: protWrite, name: "ProtWrite"},
	{value: protExec, name: "ProtExec"},
}

// String joins the names of p's bits with |, as in "ProtRead|ProtWrite". Bits
// without a name are in hexadecimal.
func (p Prot) String() string {
	return joinBits(int64(p), "ProtNone", archProtNames, protNames)
}

// rwx returns p as ls(1) and /proc/PID/maps write it: "rw-".
func (p Prot) rwx() string {
	s := []byte("---")
	for i, bit := range [...]Prot{ProtRead, ProtWrite, ProtExec} {
		if p&bit != 0 {
			s[i] = "rwx"[i]
		}
	}
	return string(s)
}
