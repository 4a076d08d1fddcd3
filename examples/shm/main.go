// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

// Shm lets processes that are strangers to each other share a file as memory.
//
// Usage:
//
//	shm watch [-n COUNT] FILE
//	shm poke [-private] FILE OFFSET TEXT
//
// Watch prints each text that is poked into FILE, until it is interrupted or has
// printed COUNT of them. It makes a FILE that is missing, and one that is too
// short it makes longer: 3000 bytes are for texts, and those after them for what
// the processes need to agree. Poke stores TEXT at byte OFFSET of FILE. With
// -private it stores into a copy of its own, and prints what it sees there: FILE
// and those who watch it see nothing.
//
// Memory holds the present, not the past: a watcher that gets to look after
// several pokes prints them all, but with the texts that are there by then, and
// those before the last 64 it only counts. The exit status is 2 if the arguments
// are wrong, and 1 after any other failure; a poke that failed changed nothing.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"math"
	"os"
	"strconv"

	"github.com/facc7503/mmap"
)

const usage = `usage: shm watch [-n COUNT] FILE
       shm poke [-private] FILE OFFSET TEXT
`

func main() {
	flag.Usage = func() { fmt.Fprint(os.Stderr, usage) }
	flag.Parse()
	command := flag.NewFlagSet("shm", flag.ExitOnError)
	command.Usage = flag.Usage
	var do func(args []string) error
	operands := 1
	switch flag.Arg(0) {
	case "watch":
		count := command.Int("n", math.MaxInt, "")
		do = func(args []string) error { return watch(args[0], *count) }
	case "poke":
		private := command.Bool("private", false, "")
		do = func(args []string) error { return poke(args[0], args[1], args[2], *private) }
		operands = 3
	default:
		flag.Usage()
		os.Exit(2)
	}
	command.Parse(flag.Args()[1:])
	if command.NArg() != operands {
		flag.Usage()
		os.Exit(2)
	}
	if err := do(command.Args()); err != nil {
		fmt.Fprintln(os.Stderr, "shm:", err)
		os.Exit(1)
	}
}

func watch(name string, count int) error {
	f, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o666)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	switch {
	case !info.Mode().IsRegular() || info.Size() > memorySize:
		return fmt.Errorf("watch %s: it was not made by shm: name another file", name)
	case info.Size() < memorySize:
		// Stores past the end of a file are lost, or fault: it must have its
		// length first. If two watchers do this at once it harms neither.
		if err := f.Truncate(memorySize); err != nil {
			return err
		}
	}
	return use(f, mmap.Shared, func(m *memory) error {
		seen := m.seq.Load() &^ 1 // A poke that is under way is still to come.
		if _, err := fmt.Printf("watching the first %d bytes of %s\n", textSize, name); err != nil {
			return err
		}
		for count > 0 {
			now, pokes := m.after(seen)
			if int32(now-seen) < 0 {
				return fmt.Errorf("watch %s: it was made again: watch it again", name)
			}
			if lost := int((now-seen)/2) - len(pokes.last); lost > 0 {
				fmt.Printf("%d pokes are lost: they came too fast\n", lost)
				seen += 2 * uint32(lost)
			}
			for ; seen != now && count > 0; count-- {
				seen += 2
				p := pokes.last[seen/2%history]
				if p.off > textSize || p.n > textSize-p.off { // Others wrote it: do not trust it.
					return fmt.Errorf("watch %s: it was not made by shm, or is damaged: name another file", name)
				}
				if _, err := fmt.Printf("poke %d, offset %d: %q\n", seen/2, p.off, pokes.text[p.off:p.off+p.n]); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

func poke(name, offset, text string, private bool) error {
	off, err := strconv.Atoi(offset)
	if err != nil || off < 0 || off > textSize-len(text) {
		return fmt.Errorf("poke %s: a text of length %d does not fit at offset %s: it must lie between 0 and %d",
			name, len(text), offset, textSize)
	}
	info, err := os.Stat(name) // Before it is opened: to open a FIFO is to wait for its writer.
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("%w: start shm watch %s first", err, name)
	case err != nil:
		return err
	case !info.Mode().IsRegular() || info.Size() != memorySize:
		return fmt.Errorf("poke %s: it was not made by shm: name a file that shm watch has made", name)
	}
	// What is stored in a private mapping is not for the file: it need not be
	// open for writing.
	mode, flags := os.O_RDWR, mmap.Shared
	if private {
		mode, flags = os.O_RDONLY, mmap.Private
	}
	f, err := os.OpenFile(name, mode, 0)
	if err != nil {
		return err
	}
	defer f.Close()
	return use(f, flags, func(m *memory) error {
		if private {
			copy(m.text[off:], text)
			_, err := fmt.Printf("for this process alone, offset %d: %q\n", off, string(m.text[off:off+len(text)]))
			return err
		}
		if !m.poke(off, text) {
			return fmt.Errorf("poke %s: another poke has begun and does not end: if it was killed, remove the file and start again", name)
		}
		return nil
	})
}

// use maps f and lets do use it. Guard turns a fault into an error.
func use(f *os.File, flags mmap.Flag, do func(*memory) error) error {
	m, err := mmap.MapRegion(f, 0, memorySize, mmap.ProtRead|mmap.ProtWrite, flags)
	if err != nil {
		return err
	}
	defer m.Close()
	s, err := mmap.Slice[memory](m, 0, 1)
	if err != nil {
		return err
	}
	err = m.Guard(func([]byte) error { return do(&s[0]) })
	if errors.Is(err, mmap.ErrFault) {
		err = fmt.Errorf("%w: make room, or name another file", err)
	}
	return err
}
