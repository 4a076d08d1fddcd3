// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

// Readdev prints the bytes of a device through a memory map, in the format of
// hexdump -C.
//
// Usage:
//
//	readdev [-n BYTES] [-off OFFSET] DEVICE
//
// DEVICE is anything that can be mapped: a block device, a character device
// whose driver has mmap (/dev/zero, or the /dev/mymap of your own driver), a
// regular file. Readdev prints BYTES of it from OFFSET on, one page from 0
// unless told, and fewer where the file or block device ends sooner. At a page
// that cannot be had, because the disk fails say, it ends too, with an error.
// The exit status is 1 after an error, and 2 if the arguments are wrong.
package main

import (
	"bufio"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"log"
	"os"

	"github.com/facc7503/mmap"
)

func main() {
	log.SetFlags(0)
	log.SetPrefix("readdev: ")
	flag.Usage = func() { log.Print("usage: readdev [-n BYTES] [-off OFFSET] DEVICE") }
	n := flag.Int("n", os.Getpagesize(), "how many bytes")
	off := flag.Int64("off", 0, "from which byte on")
	flag.Parse()
	if flag.NArg() != 1 || *n <= 0 || *off < 0 {
		flag.Usage()
		os.Exit(2)
	}
	out := bufio.NewWriter(os.Stdout)
	err := readdev(out, flag.Arg(0), *off, *n)
	if ferr := out.Flush(); err == nil {
		err = ferr
	}
	if err != nil {
		log.Fatal(err)
	}
}

func readdev(w io.Writer, name string, off int64, n int) error {
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

	// Of a block device, the size is where a seek to its end arrives. On most
	// character devices that is 0 or fails: then it is up to the driver whether
	// there are n bytes.
	size, _ := f.Seek(0, io.SeekEnd)
	if info.Mode().IsRegular() || size > 0 {
		if off >= size {
			return fmt.Errorf("%s: no byte at offset %d: by its size there are %d", name, off, size)
		}
		n = int(min(int64(n), size-off))
	}

	// Shared, for many a driver has no Private. ProtRead alone, for f is open
	// for reading alone. off need not be a multiple of the page.
	m, err := mmap.MapRegion(f, off, n, mmap.ProtRead, mmap.Shared)
	if errors.Is(err, mmap.ErrInvalid) || errors.Is(err, mmap.ErrNoAddress) {
		return fmt.Errorf("%w: its driver may have fewer bytes to map: try other -n and -off", err)
	}
	if err != nil {
		return err // it names the call and the file, and where there is one the remedy
	}
	defer m.Close()
	err = dump(w, m, off)
	if fault := (*mmap.FaultError)(nil); errors.As(err, &fault) {
		return fmt.Errorf("%s: cannot be read at offset %#x: the device ends there, or fails", name, off+int64(fault.Offset))
	}
	return err
}

// dump prints all of m, whose first byte is the one at off, or what precedes a
// page that faults. It uses ReadAt, which makes an error of a fault: on
// m.Bytes() it would be the end of the program.
func dump(w io.Writer, m *mmap.Mapping, off int64) error {
	var row, last [16]byte
	repeats := false
	for at := int64(0); ; at += 16 {
		n, err := m.ReadAt(row[:], at)
		switch {
		case n == 16 && at > 0 && row == last:
			if !repeats {
				fmt.Fprintln(w, "*") // in place of all rows that are like the last
			}
			repeats = true
		case n > 0:
			fmt.Fprintf(w, "%08x  %- 23x  %- 23x  |%s|\n", off+at, row[:min(n, 8)], row[min(n, 8):n], printable(row)[:n])
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

func printable(row [16]byte) string {
	for i, c := range row {
		if c < ' ' || c > '~' {
			row[i] = '.'
		}
	}
	return string(row[:])
}
