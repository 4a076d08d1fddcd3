// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package bench

import (
	_ "embed"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"

	"github.com/facc7503/mmap"
)

func copies() []Work {
	return []Work{{Name: "mmapcp 128 MiB", Open: copyFile}}
}

// mmapcpSource is examples/mmapcp again, in C.
//
//go:embed c/mmapcp.c
var mmapcpSource []byte

// copyFile is whole programs, and then other ways, in this process, that have
// fewer page faults or none.
func copyFile(b *Bed) ([]Side, error) {
	f, err := b.file(128 * miB)
	if err != nil {
		return nil, err
	}
	src, dst := f.Name(), b.path("copy")
	this, inC := b.path("mmapcp"), b.path("mmapcp-c")
	if err := run("go", "build", "-o", this, "github.com/facc7503/mmap/examples/mmapcp"); err != nil {
		return nil, err
	}
	program := func(name, skip string, args ...string) Side {
		return Side{Name: name, Skip: skip, Run: repeat(func() error { return run(args...) })}
	}
	inGo := func(name string, copyInto func(dst, src *os.File) error) Side {
		return Side{Name: name, Run: repeat(func() (err error) {
			dst, err := os.Create(dst)
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, dst.Close()) }()
			src, err := os.Open(src)
			if err != nil {
				return err
			}
			defer src.Close()
			return copyInto(dst, src)
		})}
	}
	sides := []Side{
		program("this", "", this, src, dst),
		program("the C program", compile(inC), inC, src, dst),
		program("cp", missing("cp"), "cp", src, dst),
		inGo("io.Copy", func(dst, src *os.File) error {
			_, err := io.Copy(dst, src)
			return err
		}),
		inGo("read and write, 256 KiB at a time", copyBuffered),
		inGo("a mapped source and os.File.WriteAt", copyWriteAt),
		inGo("two mappings with Populate", copyPopulated),
	}
	sides[len(sides)-1].Skip = noPrefault()
	for i := range sides {
		sides[i].Before = func() error { // to truncate what is there takes long
			err := os.Remove(dst)
			if errors.Is(err, os.ErrNotExist) {
				return nil
			}
			return err
		}
	}
	return sides, nil
}

// copyBuffered hides what else the files can do from io.Copy, which would have
// the system copy.
func copyBuffered(dst, src *os.File) error {
	_, err := io.CopyBuffer(struct{ io.Writer }{dst}, struct{ io.Reader }{src}, make([]byte, 256*kiB))
	return err
}

func copyWriteAt(dst, src *os.File) error {
	in, err := mmap.Map(src, mmap.ProtRead, mmap.Shared)
	if err != nil {
		return err
	}
	defer in.Close()
	_, err = dst.WriteAt(in.Bytes(), 0)
	return err
}

func copyPopulated(dst, src *os.File) error {
	in, err := mmap.Map(src, mmap.ProtRead, mmap.Shared|prefault)
	if err != nil {
		return err
	}
	defer in.Close()
	if err := dst.Truncate(int64(in.Len())); err != nil {
		return err
	}
	out, err := mmap.Map(dst, mmap.ProtRead|mmap.ProtWrite, mmap.Shared|prefault)
	if err != nil {
		return err
	}
	defer out.Close()
	if _, err := out.WriteAt(in.Bytes(), 0); err != nil {
		return err
	}
	return out.Sync()
}

// compile makes the C program, or says why it cannot.
func compile(to string) (skip string) {
	if skip := missing("cc"); skip != "" {
		return skip
	}
	source := to + ".c"
	err := os.WriteFile(source, mmapcpSource, 0o600)
	if err == nil {
		err = run("cc", "-O2", "-o", to, source)
	}
	if err != nil {
		return err.Error()
	}
	return ""
}

// noPrefault says so if the system has no Populate.
func noPrefault() (skip string) {
	if prefault == 0 {
		return "this system has no Populate"
	}
	return ""
}

// missing says so if there is no such program.
func missing(program string) (skip string) {
	if _, err := exec.LookPath(program); err != nil {
		return fmt.Sprintf("there is no %s here: install it", program)
	}
	return ""
}

func run(args ...string) error {
	out, err := exec.Command(args[0], args[1:]...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("%v: %w\n%s", args, err, out)
	}
	return nil
}
