// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package mmaptest

import "testing"

// NeedFixed skips the test where nothing can be mapped over what is mapped.
func NeedFixed(t testing.TB) {
	t.Helper()
	need(t, HasFixed, "Windows has no Fixed and no Replace: it cannot map over what is mapped")
}

// NeedPastEnd skips the test where a Mapping cannot be longer than its file.
func NeedPastEnd(t testing.TB) {
	t.Helper()
	need(t, MapsPastEnd, "Windows maps no page past the end of a file")
}

// NeedCut skips the test where Truncate cannot cut a file that is mapped.
func NeedCut(t testing.TB) {
	t.Helper()
	need(t, CutsMapped, "Windows lets nobody cut a file that is mapped")
}

// NeedRemove skips the test where a file that is mapped cannot be cut, removed or
// replaced by the process itself.
func NeedRemove(t testing.TB) {
	t.Helper()
	need(t, RemovesMapped, "Windows lets nobody cut, remove or replace a file that is mapped")
}

// NeedPoison skips a test of the mmapdebug build in another build.
func NeedPoison(t testing.TB) {
	t.Helper()
	need(t, Poisons(t), "this needs the tag mmapdebug")
}

// NeedReuse skips the test in the mmapdebug build, where nothing else is ever mapped
// where a Mapping was.
func NeedReuse(t testing.TB) {
	t.Helper()
	need(t, !Poisons(t), "in the mmapdebug build nothing else is ever mapped there")
}

func need(t testing.TB, has bool, why string) {
	t.Helper()
	if !has {
		t.Skip(why)
	}
}
