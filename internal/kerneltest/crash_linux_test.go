// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package kerneltest

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"os"
	"runtime"
	"strconv"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/facc7503/mmap"
	"github.com/facc7503/mmap/internal/mmaptest"
)

func init() {
	mmaptest.Helpers["crash writer"] = helpCrashWriter
	mmaptest.Helpers["crash reader"] = helpCrashReader
	mmaptest.Helpers["crash echo"] = helpCrashEcho
}

// The data of a crash is slots of words that the writer fills one after the
// other, over and over: the n-th record is the word n, in all of slot
// n%crashSlots. They do not lie on the boundaries of pages.
const (
	crashOffset = 1000
	crashSlots  = 7
)

// crashSlot is how many words a slot has: those of about a page.
var crashSlot = pageSize/4 + 5

// crashSize is the file's, which goes on for a while behind the slots.
var crashSize = crashOffset + 4*crashSlots*crashSlot + 2*pageSize

// exitWithParent ends this process when the test ends that holds the other end
// of its standard input, however that may end.
func exitWithParent() {
	go func() {
		io.Copy(io.Discard, os.Stdin)
		os.Exit(1)
	}()
}

// helpCrashWriter writes to a file until it is killed. In another file it counts
// the records that it has written, and when there are some it says so.
func helpCrashWriter() {
	exitWithParent()
	data, count := os.Args[1], os.Args[2]
	flags, sync := mmap.Shared, os.Args[4] == "true"
	if os.Args[3] == "private" {
		flags = mmap.Private
	}
	m := mustMap(data, crashOffset, flags)
	words, err := mmap.Slice[uint32](m, 0, crashSlots*crashSlot)
	if err != nil {
		panic(err)
	}
	written, err := mmap.Slice[uint32](mustMap(count, 0, mmap.Shared), 0, 1)
	if err != nil {
		panic(err)
	}
	for n := 1; ; n++ {
		off := n % crashSlots * crashSlot
		for i := range crashSlot {
			words[off+i] = uint32(n)
		}
		if sync {
			if err := m.SyncRange(4*off, 4*crashSlot, mmap.SyncWait); err != nil {
				panic(err)
			}
		}
		atomic.StoreUint32(&written[0], uint32(n))
		if n == 3*crashSlots {
			fmt.Println("writing")
		}
	}
}

func mustMap(name string, offset int64, flags mmap.Flag) *mmap.Mapping {
	f, err := os.OpenFile(name, os.O_RDWR, 0)
	if err != nil {
		panic(err)
	}
	defer f.Close()
	m, err := mmap.MapRegion(f, offset, mmap.ToEnd, rw, flags)
	if err != nil {
		panic(err)
	}
	return m
}

// TestCrashOfWriter kills a process in the midst of its stores: what it had
// stored is in the file if the Mapping was Shared, and is not if it was Private.
func TestCrashOfWriter(t *testing.T) {
	for _, kind := range []string{"shared", "private"} {
		for _, sync := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, Sync %v", kind, sync), func(t *testing.T) {
				f := mmaptest.TempFile(t, mmaptest.Pattern(crashSize))
				before := mmaptest.Mapped(t)(mmap.Map(f, mmap.ProtRead, mmap.Shared))
				count := mmaptest.TempFile(t, make([]byte, 4))
				cmd := mmaptest.HelperCommand(t, "crash writer", f.Name(), count.Name(), kind, strconv.FormatBool(sync))
				_, err := cmd.StdinPipe()
				mmaptest.Must(t, err)
				stdout, err := cmd.StdoutPipe()
				mmaptest.Must(t, err)
				mmaptest.Must(t, cmd.Start())
				if _, err := bufio.NewReader(stdout).ReadString('\n'); err != nil {
					t.Errorf("the writer went: %v", err)
				}
				mmaptest.Must(t, cmd.Process.Kill())
				cmd.Wait()
				if status, ok := cmd.ProcessState.Sys().(syscall.WaitStatus); !ok || status.Signal() != syscall.SIGKILL {
					t.Fatalf("the writer ended by %v", cmd.ProcessState)
				}

				counter := mmaptest.Mapped(t)(mmap.Map(count, mmap.ProtRead, mmap.Shared))
				words, err := mmap.Slice[uint32](counter, 0, 1)
				mmaptest.Must(t, err)
				written := words[0]
				if written < 3*crashSlots {
					t.Fatalf("%d records were written, want %d", written, 3*crashSlots)
				}
				got, err := os.ReadFile(f.Name())
				mmaptest.Must(t, err)
				mmaptest.WantBytes(t, "the Mapping of another process", before.Bytes(), got)
				if kind == "private" {
					mmaptest.WantBytes(t, "file", got, mmaptest.Pattern(crashSize))
					return
				}
				checkRecords(t, f, written)
				end := crashOffset + 4*crashSlots*crashSlot
				mmaptest.WantBytes(t, "file before the records", got[:crashOffset], mmaptest.Pattern(crashOffset))
				mmaptest.WantBytes(t, "file after the records", got[end:], mmaptest.Pattern(crashSize)[end:])
			})
		}
	}
}

// checkRecords wants the last records in a file, complete, except the one that
// was being written when the writer was killed.
func checkRecords(t *testing.T, f *os.File, written uint32) {
	t.Helper()
	m := mmaptest.Mapped(t)(mmap.MapRegion(f, crashOffset, mmap.ToEnd, mmap.ProtRead, mmap.Private))
	words, err := mmap.Slice[uint32](m, 0, crashSlots*crashSlot)
	mmaptest.Must(t, err)
	for slot := range uint32(crashSlots) {
		last := written - (written-slot)%crashSlots // the last record of this slot
		next := last + crashSlots
		for i, w := range words[int(slot)*crashSlot:][:crashSlot] {
			if w != last && (w != next || next != written+1) {
				t.Fatalf("after %d records, word %d of slot %d is %d, want %d", written, i, slot, w, last)
			}
		}
	}
}

// helpCrashReader answers each line, the number of a page, with what it sees of
// that page's first byte: by Bytes, by ReadAt and by reading the file.
func helpCrashReader() {
	f, err := os.Open(os.Args[1])
	if err != nil {
		panic(err)
	}
	m, err := mmap.Map(f, mmap.ProtRead, mmap.Shared)
	if err != nil {
		panic(err)
	}
	for asked := bufio.NewScanner(os.Stdin); asked.Scan(); {
		page, err := strconv.Atoi(asked.Text())
		if err != nil {
			panic(err)
		}
		var a, b [1]byte
		if _, err := m.ReadAt(a[:], int64(page*pageSize)); err != nil {
			panic(err)
		}
		if _, err := f.ReadAt(b[:], int64(page*pageSize)); err != nil {
			panic(err)
		}
		fmt.Println(m.Bytes()[page*pageSize], a[0], b[0])
	}
}

// TestCrashReader has another process look at each store as soon as it was made.
func TestCrashReader(t *testing.T) {
	f := mmaptest.TempFile(t, make([]byte, 3*pageSize))
	cmd := mmaptest.HelperCommand(t, "crash reader", f.Name())
	stdin, err := cmd.StdinPipe()
	mmaptest.Must(t, err)
	stdout, err := cmd.StdoutPipe()
	mmaptest.Must(t, err)
	mmaptest.Must(t, cmd.Start())
	answers := bufio.NewReader(stdout)
	sees := func(what string, page int, want byte) {
		t.Helper()
		_, err := fmt.Fprintln(stdin, page)
		mmaptest.Must(t, err)
		answer, err := answers.ReadString('\n')
		mmaptest.Must(t, err)
		if want := fmt.Sprintf("%d %d %d\n", want, want, want); answer != want {
			t.Errorf("%s: the reader sees %q, want %q", what, answer, want)
		}
	}
	shared := mmaptest.Mapped(t)(mmap.Map(f, rw, mmap.Shared))
	private := mmaptest.Mapped(t)(mmap.Map(f, rw, mmap.Private))
	for page := range 3 {
		sees("at first", page, 0)
		off := page * pageSize
		shared.Bytes()[off] = 1
		sees("store", page, 1)
		_, err := shared.WriteAt([]byte{2}, int64(off))
		mmaptest.Must(t, err)
		sees("WriteAt", page, 2)
		_, err = f.WriteAt([]byte{3}, int64(off))
		mmaptest.Must(t, err)
		sees("write(2)", page, 3)
		private.Bytes()[off] = 4
		sees("store to a Private Mapping", page, 3)
		mmaptest.Must(t, private.Sync())
		sees("Sync of a Private Mapping", page, 3)
		mmaptest.Must(t, shared.Protect(mmap.ProtRead))
		sees("Protect", page, 3)
		mmaptest.Must(t, shared.Protect(rw))
		shared.Bytes()[off] = 5
		mmaptest.Must(t, shared.Replace(off, pageSize, f, int64(off), rw, mmap.Shared)) // is no loss
		sees("Replace", page, 5)
	}
	shared.Bytes()[0] = 6
	mmaptest.Must(t, shared.Close())
	sees("Close", 0, 6)
	mmaptest.Must(t, stdin.Close())
	mmaptest.Must(t, cmd.Wait())
}

// helpCrashEcho stores what the other side has stored, in the word after it.
func helpCrashEcho() {
	words, err := mmap.Slice[uint32](mustMap(os.Args[1], 0, mmap.Shared), 0, 2)
	if err != nil {
		panic(err)
	}
	exitWithParent()
	for {
		atomic.StoreUint32(&words[1], atomic.LoadUint32(&words[0]))
		runtime.Gosched()
	}
}

// TestCrashAtomics has two processes wait for each other by nothing but atomic
// operations in the pages that they share, and then kills one.
func TestCrashAtomics(t *testing.T) {
	f := mmaptest.TempFile(t, make([]byte, 8))
	words, err := mmap.Slice[uint32](mmaptest.Mapped(t)(mmap.Map(f, rw, mmap.Shared)), 0, 2)
	mmaptest.Must(t, err)
	cmd := mmaptest.HelperCommand(t, "crash echo", f.Name())
	_, err = cmd.StdinPipe()
	mmaptest.Must(t, err)
	mmaptest.Must(t, cmd.Start())
	var gone atomic.Bool
	done := make(chan error, 1)
	go func() {
		err := cmd.Wait()
		gone.Store(true)
		done <- err
	}()
	deadline := time.Now().Add(time.Minute)
	for i := range uint32(20) {
		atomic.StoreUint32(&words[0], i+1)
		for atomic.LoadUint32(&words[1]) != i+1 && !gone.Load() {
			if time.Now().After(deadline) {
				t.Fatalf("the other process does not see store %d", i+1)
			}
			runtime.Gosched()
		}
	}
	if gone.Load() {
		t.Fatalf("the other process went: %v", <-done)
	}
	mmaptest.Must(t, cmd.Process.Kill())
	<-done
	got := make([]byte, 8)
	_, err = f.ReadAt(got, 0)
	mmaptest.Must(t, err)
	if !bytes.Equal(got[:4], got[4:]) || words[1] != 20 {
		t.Errorf("the file holds %v", got)
	}
}
