// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package recipes_test

import (
	"runtime/pprof"
	"strings"
	"testing"

	"github.com/facc7503/mmap"
)

// wantNoOpen fails if a Mapping that a test made is left open. It counts in a
// program built with -tags mmapdebug; elsewhere there is no such profile.
func wantNoOpen(t *testing.T, test func()) {
	t.Helper()
	open := pprof.Lookup("github.com/facc7503/mmap")
	if open == nil {
		test()
		t.Skip("without the tag mmapdebug open Mappings are not counted")
	}
	before := open.Count()
	test()
	if n := open.Count() - before; n != 0 {
		var stacks strings.Builder
		open.WriteTo(&stacks, 1)
		t.Errorf("Mappings left open: %d\n%s", n, &stacks)
	}
}

func TestNothingIsLeftOpen(t *testing.T) {
	wantNoOpen(t, func() {
		m, err := mmap.MapAnon(1, mmap.ProtRead, mmap.Private)
		if err != nil {
			t.Fatal(err)
		}
		if err := m.Close(); err != nil {
			t.Error(err)
		}
	})
}
