// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

// Mmapcp copies a regular file of any size through memory maps.
//
// Usage:
//
//	mmapcp SRC DST
//
// It maps both files, a window of at most 1 GiB at a time (256 MiB on 32-bit
// systems), and copies from memory to memory. As cp does, it overwrites a DST
// that exists; unlike cp, it gives DST the mode of SRC then too, and waits until
// the disk has what it wrote. A copy that takes longer than a second shows its
// progress if standard error is a terminal. The exit status is 0 after a copy, 2
// if the arguments are wrong, and 1 if the copy failed: DST then ends where the
// copying did. One that is killed leaves DST as long as SRC, with zeros where it did
// not get.
package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/bits"
	"os"

	"github.com/facc7503/mmap"
)

const (
	window = 1 << (26 + bits.UintSize/16) // what is mapped of each file at a time: 1 GiB, or 256 MiB on 32-bit systems
	step   = 4 << 20                      // what is copied between two looks at the clock
)

func main() {
	os.Exit(run(os.Args[1:], os.Stderr))
}

func run(args []string, stderr *os.File) int {
	if len(args) != 2 {
		fmt.Fprintln(stderr, "mmapcp: usage: mmapcp SRC DST")
		return 2
	}
	p := newProgress(stderr)
	err := copyFile(args[0], args[1], p)
	p.end()
	if err != nil {
		fmt.Fprintln(stderr, "mmapcp:", err)
		return 1
	}
	return 0
}

func copyFile(srcName, dstName string, p *progress) (err error) {
	info, err := os.Stat(srcName) // before it is opened: to open a FIFO is to wait for its writer
	if err != nil {
		return err
	}
	if err := checkRegular(srcName, info); err != nil {
		return err
	}
	src, err := os.Open(srcName)
	if err != nil {
		return err
	}
	defer src.Close()
	if err := checkMappable(src, info.Size()); err != nil {
		return err
	}

	if old, err := os.Stat(dstName); err == nil {
		if os.SameFile(info, old) {
			return fmt.Errorf("%s is the same file as %s: name another one to copy to", dstName, srcName)
		}
		if err := checkRegular(dstName, old); err != nil {
			return err
		}
	}
	dst, err := os.OpenFile(dstName, os.O_RDWR|os.O_CREATE|os.O_TRUNC, info.Mode().Perm())
	if err != nil {
		return err
	}
	defer closeInto(&err, dst)
	if err := copyContent(dst, src, info.Size(), p); err != nil {
		dst.Truncate(p.done) // as well as can be: the error that counts is err
		return err
	}
	return dst.Chmod(info.Mode()) // last, for to write takes setuid and setgid away
}

func checkRegular(name string, info fs.FileInfo) error {
	switch {
	case info.IsDir():
		return fmt.Errorf("%s is a directory: name a file", name)
	case !info.Mode().IsRegular():
		return fmt.Errorf("%s is not a regular file: use cat or dd", name)
	}
	return nil
}

// checkMappable finds out whether f can be mapped while no harm is done yet.
func checkMappable(f *os.File, size int64) error {
	if size == 0 {
		if n, _ := f.Read(make([]byte, 1)); n != 0 {
			return fmt.Errorf("%s does not tell its size: use cat", f.Name())
		}
		return nil
	}
	m, err := mmap.MapRegion(f, 0, 1, mmap.ProtRead, mmap.Shared)
	if err != nil {
		return err
	}
	return m.Close()
}

// copyContent makes dst size bytes long, and copies them window by window.
func copyContent(dst, src *os.File, size int64, p *progress) error {
	if err := dst.Truncate(size); err != nil {
		return err
	}
	p.total = size
	for off := int64(0); off < size; off += window {
		if err := copyWindow(dst, src, off, int(min(window, size-off)), p); err != nil {
			return explain(err, dst.Name())
		}
	}
	// A file cut short within its last page does not fault: the page reads as
	// zeros to its end.
	info, err := src.Stat()
	if err == nil && info.Size() < size {
		err = fmt.Errorf("%s was cut short while it was copied: copy it again", src.Name())
	}
	return err
}

func copyWindow(dst, src *os.File, off int64, n int, p *progress) (err error) {
	in, err := mmap.MapRegion(src, off, n, mmap.ProtRead, mmap.Shared)
	if err != nil {
		return err
	}
	defer closeInto(&err, in)
	out, err := mmap.MapRegion(dst, off, n, mmap.ProtRead|mmap.ProtWrite, mmap.Shared)
	if err != nil {
		return err
	}
	defer closeInto(&err, out)
	in.Advise(mmap.AdviceSequential) // only a hint: the copy goes on without it

	// A fault on a page of in is Guard's to catch, one on a page of out WriteAt's.
	err = in.Guard(func(b []byte) error {
		for done := 0; done < n; {
			c, err := out.WriteAt(b[done:min(done+step, n)], int64(done))
			done += c
			p.add(c)
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	// Some file systems look for room on the disk only when they write, and
	// Close would not tell. On OpenBSD, read(2) sees the bytes only after this.
	return out.Sync()
}

// closeInto closes c, and reports its failure in *err if there is no error yet.
func closeInto(err *error, c io.Closer) {
	if cerr := c.Close(); *err == nil {
		*err = cerr
	}
}

// explain says what a fault in one of the two files means.
func explain(err error, dstName string) error {
	var where *mmap.Error
	if !errors.As(err, &where) || !errors.Is(err, mmap.ErrFault) {
		return err
	}
	if where.Path == dstName {
		return fmt.Errorf("%s: the disk is full, or fails: make room and copy again", dstName)
	}
	return fmt.Errorf("%s was cut short while it was copied, or its disk fails or is full: copy it again", where.Path)
}
