// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

// Grep prints the lines of files that hold a string. It maps the files, and
// searches the memory.
//
// Usage:
//
//	grep [-c] [-n] PATTERN FILE...
//
// PATTERN is one line and stands for itself, as with grep -F. Before each line
// comes its file's name, if there are several, and with -n its number. With -c
// only the count of the lines is printed. The exit status is 0 if there were
// any, 1 if there were none, and 2 after an error.
//
// A file that is truncated while it is searched is such an error: the lines
// found so far are printed, and the next file is searched. (Truncated within a
// page, the rest of that page reads as zeros.) What cannot be mapped, a pipe
// for one, is read.
package main

import (
	"bufio"
	"bytes"
	"errors"
	"flag"
	"fmt"
	"iter"
	"log"
	"os"
	"strings"

	"github.com/facc7503/mmap"
)

func main() {
	log.SetFlags(0)
	log.SetPrefix("grep: ")
	flag.Usage = func() { log.Print("usage: grep [-c] [-n] PATTERN FILE...") }
	count := flag.Bool("c", false, "print how many lines match")
	number := flag.Bool("n", false, "print the number of each line")
	flag.Parse()
	if flag.NArg() < 2 || strings.Contains(flag.Arg(0), "\n") {
		flag.Usage()
		os.Exit(2)
	}
	pattern, names := []byte(flag.Arg(0)), flag.Args()[1:]

	out := bufio.NewWriter(os.Stdout) // keeps its first error until Flush
	status := 1
	var buf []byte
	for _, name := range names {
		prefix := ""
		if len(names) > 1 {
			prefix = name + ":"
		}
		found := 0
		err := contents(name, func(b []byte) error {
			for n, line := range matches(b, pattern) {
				found++
				if *count {
					continue
				}
				// Out must not see mapped bytes: it hands long lines to write(2)
				// as they are, and there a fault is an error of standard output
				// (EFAULT). append faults here, where Guard catches it.
				buf = append(buf[:0], prefix...)
				if *number {
					buf = fmt.Appendf(buf, "%d:", n)
				}
				buf = append(buf, line...)
				out.Write(append(buf, '\n'))
			}
			return nil
		})
		if *count {
			fmt.Fprintf(out, "%s%d\n", prefix, found)
		}
		if found > 0 && status == 1 {
			status = 0
		}
		if err != nil {
			out.Flush() // what was found before
			log.Print(err)
			status = 2
		}
	}
	if err := out.Flush(); err != nil {
		log.Print(err)
		status = 2
	}
	os.Exit(status)
}

// contents calls fn with all that the named file holds.
func contents(name string, fn func(b []byte) error) error {
	m, err := mmap.Open(name)
	if err == nil {
		defer m.Close()
		if m.Len() > 0 {
			return m.Guard(fn) // the file may be truncated at any time
		}
	}
	if errors.Is(err, mmap.ErrNoMemory) || errors.Is(err, mmap.ErrOverflow) {
		return err // it is too large to be read as well
	}
	// What cannot be mapped can be read, mostly: a pipe, some files of /sys, on some
	// systems all files. A file of /proc claims to be empty, and the size of a
	// device is not known. If reading fails too, its error is the better one.
	b, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	return fn(b)
}

// matches are the lines of b that hold pattern, with their numbers. It searches
// all of b at once: that is faster than line by line.
func matches(b, pattern []byte) iter.Seq2[int, []byte] {
	return func(yield func(int, []byte) bool) {
		for n := 1; len(b) > 0; n++ {
			i := bytes.Index(b, pattern)
			if i < 0 {
				return
			}
			n += bytes.Count(b[:i], []byte{'\n'})
			start := bytes.LastIndexByte(b[:i], '\n') + 1
			line, rest, _ := bytes.Cut(b[start:], []byte{'\n'})
			if !yield(n, line) {
				return
			}
			b = rest
		}
	}
}
