// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package mmap_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/facc7503/mmap"
)

func TestFlagStrings(t *testing.T) {
	const unknown = 1 << 50 // has no name anywhere, but fits a Flag alone
	zeroSync := "0"
	if mmap.SyncWait == 0 {
		zeroSync = "SyncWait"
	}
	for _, test := range []struct {
		value fmt.Stringer
		want  string
	}{
		{mmap.ProtNone, "ProtNone"},
		{mmap.ProtRead, "ProtRead"},
		{mmap.ProtRead | mmap.ProtWrite, "ProtRead|ProtWrite"},
		{mmap.ProtRead | mmap.ProtWrite | mmap.ProtExec, "ProtRead|ProtWrite|ProtExec"},
		{mmap.ProtWrite | mmap.ProtExec, "ProtWrite|ProtExec"},
		{mmap.Flag(0), "File"},
		{mmap.File, "File"},
		{mmap.Shared, "Shared"},
		{mmap.Private, "Private"},
		{mmap.Private | mmap.Anonymous, "Private|Anonymous"},
		{mmap.Private | mmap.Anonymous | mmap.Fixed, "Private|Anonymous|Fixed"},
		{mmap.Private | unknown, "Private|0x4000000000000"},
		{mmap.Flag(unknown), "0x4000000000000"},
		{mmap.SyncFlag(0), zeroSync},
		{mmap.SyncWait, "SyncWait"},
		{mmap.SyncAsync, "SyncAsync"},
		{mmap.SyncAsync | mmap.SyncInvalidate, "SyncAsync|SyncInvalidate"},
		{mmap.SyncInvalidate | 1<<30, "SyncInvalidate|0x40000000"},
		{mmap.AdviceNormal, "AdviceNormal"},
		{mmap.AdviceRandom, "AdviceRandom"},
		{mmap.AdviceSequential, "AdviceSequential"},
		{mmap.AdviceWillNeed, "AdviceWillNeed"},
		{mmap.AdviceDontNeed, "AdviceDontNeed"},
		{mmap.Advice(0x3039), "0x3039"},
		{mmap.RemapFlag(0), "0"},
		{mmap.RemapMayMove, "RemapMayMove"},
		{mmap.RemapMayMove | 6, "RemapMayMove|0x6"},
	} {
		if got := test.value.String(); got != test.want {
			t.Errorf("%T(%#[1]x) is %q, want %q", test.value, got, test.want)
		}
	}
}

// TestNames wants every value that has a name to be told by it.
func TestNames(t *testing.T) {
	for _, n := range mmap.Names() {
		if got := n.Value.String(); got != n.Name {
			t.Errorf("%s is %q", n.Name, got)
		}
	}
}

func TestNegativeStrings(t *testing.T) {
	for _, s := range []fmt.Stringer{mmap.Prot(-1), mmap.Flag(-1), mmap.SyncFlag(-1), mmap.Advice(-1), mmap.RemapFlag(-1)} {
		if got := s.String(); !strings.HasSuffix(got, "0xffffffffffffffff") && !strings.Contains(got, "|0xffffff") {
			t.Errorf("%T(-1) is %q", s, got)
		}
	}
}

func TestRWX(t *testing.T) {
	for prot, want := range map[mmap.Prot]string{
		mmap.ProtNone: "---", mmap.ProtRead: "r--", mmap.ProtRead | mmap.ProtWrite: "rw-", mmap.ProtRead | mmap.ProtExec: "r-x", mmap.ProtWrite: "-w-",
		mmap.ProtRead | mmap.ProtWrite | mmap.ProtExec | 1<<20: "rwx",
	} {
		if got := mmap.RWX(prot); got != want {
			t.Errorf("%v is %q, want %q", prot, got, want)
		}
	}
}
