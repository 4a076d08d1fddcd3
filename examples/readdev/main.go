// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

// Readdev prints the bytes of a device through a memory map, in the format of
// hexdump -C, or its registers as words.
//
// Usage:
//
//	readdev [-n BYTES] [-off OFFSET] [-w WIDTH] DEVICE
//
// DEVICE is anything that can be mapped: a block device, a character device
// whose driver has mmap (/dev/zero, or the /dev/mymap of your own driver), the
// memory of a PCI device (resource0 and on in /sys/bus/pci/devices), a regular
// file. Readdev prints BYTES of it from OFFSET on, one page from 0 unless told,
// and fewer where the file or block device ends sooner. At a page that cannot be
// read, because the disk fails for example, it ends too, with an error. The exit
// status is 1 after an error, and 2 if the arguments are wrong.
//
// Bytes are read by accesses of any width. The registers of a device need one
// access each, of their own width: -w 4 and -w 8 read words of that many bytes,
// and print them as numbers. OFFSET and BYTES must be multiples of WIDTH.
package main

import (
	"bufio"
	"encoding/binary"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"log"
	"os"
	"strings"
	"sync/atomic"

	"github.com/facc7503/mmap"
)

func main() {
	log.SetFlags(0)
	log.SetPrefix("readdev: ")
	flag.Usage = func() { log.Print("usage: readdev [-n BYTES] [-off OFFSET] [-w WIDTH] DEVICE") }
	n := flag.Int("n", os.Getpagesize(), "how many bytes")
	off := flag.Int64("off", 0, "from which byte on")
	width := flag.Int("w", 1, "the width of an access: 1 for any, 4 or 8")
	flag.Parse()
	if flag.NArg() != 1 || *n <= 0 || *off < 0 ||
		*width != 1 && *width != 4 && *width != 8 || *n%*width != 0 || *off%int64(*width) != 0 {
		flag.Usage()
		os.Exit(2)
	}
	out := bufio.NewWriter(os.Stdout)
	err := readdev(out, flag.Arg(0), *off, *n, *width)
	if ferr := out.Flush(); err == nil {
		err = ferr
	}
	if err != nil {
		log.Fatal(err)
	}
}

func readdev(w io.Writer, name string, off int64, n, width int) error {
	info, err := os.Stat(name) // before it is opened: to open a pipe is to wait for its writer
	if err != nil {
		return err
	}
	if info.Mode()&(fs.ModeNamedPipe|fs.ModeSocket) != 0 {
		return fmt.Errorf("%s is a pipe or a socket, which cannot be mapped: read it instead, with hexdump -C", name)
	}
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()

	// A regular file tells its size, the memory of a PCI device in sysfs too, where
	// a seek to the end gives 0. Of a block device the size is where such a seek
	// arrives. On most character devices it gives 0 or fails: then the driver
	// knows whether there are n bytes.
	size := info.Size()
	if !info.Mode().IsRegular() {
		size, _ = f.Seek(0, io.SeekEnd)
	}
	if info.Mode().IsRegular() || size > 0 {
		left := size - off
		left -= left % int64(width)
		if left <= 0 {
			return fmt.Errorf("%s: no %s at offset %d: by its size there are %d bytes", name, units[width], off, size)
		}
		n = int(min(int64(n), left))
	}

	// Shared, because many drivers have no Private; ProtRead alone, because f is
	// open for reading. off need not be a multiple of the page.
	m, err := mmap.MapRegion(f, off, n, mmap.ProtRead, mmap.Shared)
	if errors.Is(err, mmap.ErrInvalid) || errors.Is(err, mmap.ErrNoAddress) {
		return fmt.Errorf("%w: its driver may have fewer bytes to map: try other -n and -off", err)
	}
	if err != nil {
		return err // it names the call and the file, and where there is one the remedy
	}
	defer m.Close()
	read := m.ReadAt // a fault is an error; on m.Bytes() it would end the program
	if width > 1 {
		read = words{m, width}.ReadAt
	}
	err = dump(w, read, off, width)
	if fault := (*mmap.FaultError)(nil); errors.As(err, &fault) {
		return fmt.Errorf("%s: cannot be read at offset %#x: the device ends there, or fails", name, off+int64(fault.Offset))
	}
	return err
}

var units = map[int]string{1: "byte", 4: "word of 4 bytes", 8: "word of 8 bytes"}

// words reads a Mapping by one load of width bytes for each word.
type words struct {
	m     *mmap.Mapping
	width int
}

// ReadAt is an io.ReaderAt for whole words.
func (r words) ReadAt(p []byte, off int64) (n int, err error) {
	count := min(len(p), r.m.Len()-int(off)) / r.width
	err = r.m.Guard(func([]byte) error {
		// An atomic load is one access of that width. Of plain loads, or a copy, the
		// compiler and the processor make fewer or more, of other widths.
		switch r.width {
		case 4:
			regs, err := mmap.Slice[atomic.Uint32](r.m, int(off), count)
			for i := range regs {
				binary.NativeEndian.PutUint32(p[n:], regs[i].Load())
				n += 4
			}
			return err
		default:
			regs, err := mmap.Slice[atomic.Uint64](r.m, int(off), count)
			for i := range regs {
				binary.NativeEndian.PutUint64(p[n:], regs[i].Load())
				n += 8
			}
			return err
		}
	})
	if err == nil && n < len(p) {
		err = io.EOF
	}
	return n, err
}

// dump prints what read gives, from the byte at off on, up to its end or to
// what faults.
func dump(w io.Writer, read func(p []byte, off int64) (int, error), off int64, width int) error {
	var row, last [16]byte
	repeats := false
	for at := int64(0); ; at += 16 {
		n, err := read(row[:], at)
		switch {
		case n == 16 && at > 0 && row == last:
			if !repeats {
				fmt.Fprintln(w, "*") // in place of all rows that are like the last
			}
			repeats = true
		case n > 0:
			fmt.Fprintf(w, "%08x  %s\n", off+at, format(row[:n], width))
			last, repeats = row, false
		}
		if err != nil { // io.EOF, or a fault
			fmt.Fprintf(w, "%08x\n", off+at+int64(n))
			if err == io.EOF {
				err = nil
			}
			return err
		}
	}
}

// format returns a row of the output: bytes and their characters, or words as
// numbers in this machine's byte order.
func format(row []byte, width int) string {
	var numbers []string
	for ; width > 1 && len(row) > 0; row = row[width:] {
		if width == 4 {
			numbers = append(numbers, fmt.Sprintf("%08x", binary.NativeEndian.Uint32(row)))
		} else {
			numbers = append(numbers, fmt.Sprintf("%016x", binary.NativeEndian.Uint64(row)))
		}
	}
	if width > 1 {
		return strings.Join(numbers, "  ")
	}
	half := min(len(row), 8)
	return fmt.Sprintf("%- 23x  %- 23x  |%s|", row[:half], row[half:], printable(row))
}

func printable(row []byte) string {
	s := []byte(string(row))
	for i, c := range s {
		if c < ' ' || c > '~' {
			s[i] = '.'
		}
	}
	return string(s)
}
