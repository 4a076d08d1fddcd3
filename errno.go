// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build unix || windows

package mmap

// What a request must have asked for to fail for a cause.

func ofFile(r request) bool       { return r.kinds&(sharedFile|privateFile) != 0 }
func ofSharedFile(r request) bool { return r.kinds&sharedFile != 0 }
func toRead(r request) bool       { return ofFile(r) && !toStore(r) }
func toStore(r request) bool      { return ofSharedFile(r) && r.prot&ProtWrite != 0 }
func toExec(r request) bool       { return r.prot&ProtExec != 0 }
func toExecFile(r request) bool   { return ofFile(r) && toExec(r) }
func ofNoKind(r request) bool     { return !hasKind(r.flags) }

func bothSyncs(f SyncFlag) bool {
	return SyncWait != 0 && f&SyncWait != 0 && f&SyncAsync != 0
}
