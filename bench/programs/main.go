// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

// Programs builds programs that map files, each with its own mapping code and
// with package mmap in its place.
//
// Usage, in the directory bench/programs:
//
//	go run . dir program
//
// It writes PROGRAM-own and PROGRAM-this to dir. The sources are those that go.mod
// pins; a copy of them gets the files of testdata.
package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	_ "github.com/facc7503/mmap" // what replaces their code imports it
)

// A program is a package of module, or one that imports it.
type program struct {
	name, pkg, module string
	file              string // of module, has the mapping code
}

var programs = []program{
	{"bbolt", "go.etcd.io/bbolt/cmd/bbolt", "go.etcd.io/bbolt", "bolt_unix.go"},
	{"pogreb", "./pogreb", "github.com/akrylysov/pogreb", "fs/os_mmap_unix.go"},
}

func main() {
	if err := build(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "programs:", err)
		os.Exit(1)
	}
}

func build(args []string) error {
	if len(args) == 2 {
		for _, p := range programs {
			if p.name == args[1] {
				return p.build(args[0])
			}
		}
	}
	return fmt.Errorf("usage: programs dir bbolt|pogreb")
}

// build writes both programs to dir.
func (p program) build(dir string) (err error) {
	if _, err := run("go", "build", "-o", filepath.Join(dir, p.name+"-own"), p.pkg); err != nil {
		return err
	}
	tmp, err := os.MkdirTemp("", "mmapprograms")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(tmp)) }()
	mod, err := p.swap(tmp)
	if err != nil {
		return err
	}
	_, err = run("go", "build", "-modfile="+mod, "-o", filepath.Join(dir, p.name+"-this"), p.pkg)
	return err
}

// swap makes a copy of p's module in tmp that maps files by package mmap, and a
// go.mod that takes it.
func (p program) swap(tmp string) (mod string, err error) {
	if _, err := run("go", "mod", "download", p.module); err != nil {
		return "", err
	}
	source, err := run("go", "list", "-m", "-f", "{{.Dir}}", p.module)
	if err != nil {
		return "", err
	}
	module := filepath.Join(tmp, "module")
	if err := os.CopyFS(module, os.DirFS(source)); err != nil {
		return "", err
	}
	old := filepath.Join(module, filepath.FromSlash(p.file))
	if _, err := os.Stat(old); err != nil {
		return "", err // or the program would keep its code
	}
	if err := copyFile(old, filepath.Join("testdata", p.name, filepath.Base(p.file))); err != nil {
		return "", err
	}
	mod = filepath.Join(tmp, "go.mod")
	if err := errors.Join(copyFile(mod, "go.mod"), copyFile(filepath.Join(tmp, "go.sum"), "go.sum")); err != nil {
		return "", err
	}
	_, err = run("go", "mod", "edit", "-replace="+p.module+"="+module, mod)
	return mod, err
}

func copyFile(to, from string) error {
	b, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	return os.WriteFile(to, b, 0o600)
}

// run returns what the command prints.
func run(args ...string) (string, error) {
	cmd := exec.Command(args[0], args[1:]...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("%v: %w\n%s", args, err, &stderr)
	}
	return string(bytes.TrimSpace(out)), nil
}
