// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package mmap

import (
	"fmt"
	"strings"
	"testing"
)

func TestFlagStrings(t *testing.T) {
	const unknown = 1 << 50 // has no name anywhere, but fits a Flag alone
	zeroSync := "0"
	if SyncWait == 0 {
		zeroSync = "SyncWait"
	}
	for _, test := range []struct {
		value fmt.Stringer
		want  string
	}{
		{ProtNone, "ProtNone"},
		{ProtRead, "ProtRead"},
		{ProtRead | ProtWrite, "ProtRead|ProtWrite"},
		{ProtRead | ProtWrite | ProtExec, "ProtRead|ProtWrite|ProtExec"},
		{ProtWrite | ProtExec, "ProtWrite|ProtExec"},
		{Flag(0), "File"},
		{File, "File"},
		{Shared, "Shared"},
		{Private, "Private"},
		{Private | Anonymous, "Private|Anonymous"},
		{Private | Anonymous | Fixed, "Private|Anonymous|Fixed"},
		{Private | unknown, "Private|0x4000000000000"},
		{Flag(unknown), "0x4000000000000"},
		{SyncFlag(0), zeroSync},
		{SyncWait, "SyncWait"},
		{SyncAsync, "SyncAsync"},
		{SyncAsync | SyncInvalidate, "SyncAsync|SyncInvalidate"},
		{SyncInvalidate | 1<<30, "SyncInvalidate|0x40000000"},
		{AdviceNormal, "AdviceNormal"},
		{AdviceRandom, "AdviceRandom"},
		{AdviceSequential, "AdviceSequential"},
		{AdviceWillNeed, "AdviceWillNeed"},
		{AdviceDontNeed, "AdviceDontNeed"},
		{Advice(0x3039), "0x3039"},
		{RemapFlag(0), "0"},
		{RemapMayMove, "RemapMayMove"},
		{RemapMayMove | 6, "RemapMayMove|0x6"},
	} {
		if got := test.value.String(); got != test.want {
			t.Errorf("%T(%#[1]x) is %q, want %q", test.value, got, test.want)
		}
	}
}

// TestNames wants every value that has a name to be told by it.
func TestNames(t *testing.T) {
	for _, names := range [][]bitName{flagNames, archFlagNames, system.flagNames} {
		for _, n := range names {
			if got := Flag(n.value).String(); n.value != 0 && got != n.name {
				t.Errorf("%s is %q", n.name, got)
			}
		}
	}
	for _, n := range append(syncNames, system.syncNames...) {
		if got := SyncFlag(n.value).String(); got != n.name {
			t.Errorf("%s is %q", n.name, got)
		}
	}
	for _, names := range [][]adviceName{adviceNames, system.adviceNames} {
		for _, n := range names {
			if got := n.advice.String(); got != n.name {
				t.Errorf("%s is %q", n.name, got)
			}
		}
	}
}

func TestNegativeStrings(t *testing.T) {
	for _, s := range []fmt.Stringer{Prot(-1), Flag(-1), SyncFlag(-1), Advice(-1), RemapFlag(-1)} {
		if got := s.String(); !strings.HasSuffix(got, "0xffffffffffffffff") && !strings.Contains(got, "|0xffffff") {
			t.Errorf("%T(-1) is %q", s, got)
		}
	}
}

func TestRWX(t *testing.T) {
	for prot, want := range map[Prot]string{
		ProtNone: "---", ProtRead: "r--", ProtRead | ProtWrite: "rw-", ProtRead | ProtExec: "r-x", ProtWrite: "-w-",
		ProtRead | ProtWrite | ProtExec | 1<<20: "rwx",
	} {
		if got := prot.rwx(); got != want {
			t.Errorf("%v is %q, want %q", prot, got, want)
		}
	}
}
