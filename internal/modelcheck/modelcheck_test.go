// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build linux

package modelcheck

import (
	"encoding/json"
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
)

var extent = Flags(flag.CommandLine, "modelcheck.")

const (
	root = "../.." // of the library
	path = "github.com/facc7503/mmap/internal/modelcheck"
)

// standIns are the packages that are replaced.
var standIns = map[string]string{
	"sync":        path,
	"sync/atomic": path,
}

// replaced are the functions that the library's file below has instead.
var replaced = []string{"sysMap", "sysUnmap", "sysRemap", "sysProtect", "sysSync"}

const added = `package mmap

import (
	"reflect"
	"unsafe"

	"` + path + `"
)

func sysMap(addr, size uintptr, _ Prot, _ Flag, _ int, _ int64) (uintptr, error) {
	return modelcheck.SysMap(addr, size), nil
}

func sysUnmap(addr, size uintptr) error { return modelcheck.SysUnmap(addr, size) }

func sysRemap(addr, size, newSize uintptr, flags RemapFlag) (uintptr, error) {
	return modelcheck.SysRemap(addr, size, newSize, flags&RemapMayMove != 0)
}

func sysProtect(pages []byte, _ Prot) error { return modelcheck.SysUse(pages) }

func sysSync(pages []byte, _ SyncFlag) error { return modelcheck.SysUse(pages) }

type modelMapping struct{ *Mapping }

func (m modelMapping) ProtectRead() error { return m.Protect(ProtRead) }

func (m modelMapping) RemapTo(length int, mayMove bool) error {
	if mayMove {
		return m.Remap(length, RemapMayMove)
	}
	return m.Remap(length, 0)
}

func (m modelMapping) Itself() (unsafe.Pointer, reflect.Type) {
	return unsafe.Pointer(m.Mapping), reflect.TypeFor[Mapping]()
}

func init() {
	modelcheck.New = func(length int) (modelcheck.Mapping, error) {
		m, err := MapAnon(length, ProtRead|ProtWrite, Private)
		return modelMapping{m}, err
	}
}
`

const program = `package main

import (
	_ "github.com/facc7503/mmap"
	"` + path + `"
)

func main() { modelcheck.Main() }
`

// TestLifetime tries the library as it is, and then each mutation.
func TestLifetime(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes seconds")
	}
	check := build(t)
	parts := 1
	if extent.Calls > 2 {
		parts = runtime.NumCPU()
	}
	for i := range parts {
		t.Run(fmt.Sprintf("as it is, part %d of %d", i+1, parts), func(t *testing.T) {
			t.Parallel()
			cmd := exec.CommandContext(t.Context(), check, append(extent.Args(), fmt.Sprintf("-part=%d", i), fmt.Sprintf("-parts=%d", parts))...)
			cmd.Stdout, cmd.Stderr = t.Output(), t.Output()
			if err := cmd.Run(); err != nil {
				t.Fatal(err)
			}
		})
	}
	for i, m := range mutations {
		t.Run(m.name, func(t *testing.T) {
			t.Parallel()
			if m.stale != "" {
				t.Fatal(m.stale)
			}
			out, err := exec.CommandContext(t.Context(), check, fmt.Sprintf("-mutant=%d", i+1)).CombinedOutput()
			if exit, ok := err.(*exec.ExitError); !ok || exit.ExitCode() != 1 {
				t.Fatalf("%v: it was not found:\n%s", err, out)
			}
			t.Logf("%s", out)
		})
	}
}

// build builds the program, with all mutations in it.
func build(t *testing.T) string {
	if _, err := exec.LookPath("go"); err != nil {
		t.Skip("the go command is not there to build the program")
	}
	abs, err := filepath.Abs(root)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(abs, "lifetime.go")); err != nil {
		t.Skip("the library's files are not there to build the program")
	}
	files, err := filepath.Glob(filepath.Join(abs, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	tmp := t.TempDir()
	overlay := map[string]string{}
	put := func(name, text string) {
		file := filepath.Join(tmp, strconv.Itoa(len(overlay))+".go")
		if err := os.WriteFile(file, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
		overlay[name] = file
	}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		rewritten, err := rewrite(filepath.Base(file), string(text))
		if err != nil {
			t.Fatal(err)
		}
		put(file, rewritten)
	}
	put(filepath.Join(abs, "model_added.go"), added)
	put(filepath.Join(abs, "internal/modelcheck/main/main.go"), program)
	list, err := json.Marshal(map[string]any{"Replace": overlay})
	if err != nil {
		t.Fatal(err)
	}
	config, check := filepath.Join(tmp, "overlay.json"), filepath.Join(tmp, "check")
	if err := os.WriteFile(config, list, 0o666); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("go", "build", "-overlay="+config, "-o", check, "./internal/modelcheck/main")
	cmd.Dir = abs
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %v\n%s", cmd, err, out)
	}
	return check
}

// A source is a file of the library.
type source struct {
	name string
	text string
	fset *token.FileSet
	file *ast.File
}

func parse(name, text string) (*source, error) {
	s := &source{name: name, text: text, fset: token.NewFileSet()}
	var err error
	s.file, err = parser.ParseFile(s.fset, name, text, parser.SkipObjectResolution)
	return s, err
}

// offset is where pos is in the text.
func (s *source) offset(pos token.Pos) int { return s.fset.Position(pos).Offset }

// An edit is a text in place of n bytes.
type edit struct {
	at, n int
	text  string
}

// apply makes edits, which do not overlap.
func (s *source) apply(edits []edit) string {
	slices.SortFunc(edits, func(a, b edit) int { return b.at - a.at })
	text := s.text
	for _, e := range edits {
		text = text[:e.at] + e.text + text[e.at+e.n:]
	}
	return text
}

// rewrite returns a file of the library with the stand-ins, and with its
// mutations as functions that Mutant selects. Its lines keep their numbers.
func rewrite(name, text string) (string, error) {
	s, err := parse(name, text)
	if err != nil {
		return "", err
	}
	mutants, err := s.mutate()
	if err != nil {
		return "", err
	}
	if s, err = parse(name, mutants); err != nil {
		return "", fmt.Errorf("%v:\n%s", err, mutants)
	}
	var edits []edit
	for _, i := range s.file.Imports {
		if p, _ := strconv.Unquote(i.Path.Value); standIns[p] != "" {
			edits = append(edits, edit{s.offset(i.Pos()), len(i.Path.Value), filepath.Base(p) + " " + strconv.Quote(standIns[p])})
		}
	}
	uses := mutants != text
	ast.Inspect(s.file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			if f, ok := n.Fun.(*ast.Ident); ok && f.Name == "copy" {
				uses = true
				edits = append(edits, edit{s.offset(f.Pos()), len(f.Name), "modelcheck.Copy"})
			}
		case *ast.FuncDecl:
			if n.Recv == nil && slices.Contains(replaced, n.Name.Name) {
				edits = append(edits, edit{s.offset(n.Name.End()), 0, "Real"})
			}
		}
		return true
	})
	if uses {
		edits = append(edits, edit{s.offset(s.file.Name.End()), 0, `; import modelcheck "` + path + `"`})
	}
	return s.apply(edits), nil
}

// mutate adds, for each function that a mutation changes, that function under
// another name, and a call of it to the function itself.
func (s *source) mutate() (string, error) {
	var edits []edit
	var more strings.Builder
	for i := range mutations {
		m := &mutations[i]
		text := s.text
		for _, c := range m.changes {
			switch {
			case c.file != s.name:
			case strings.Count(text, c.old) != 1:
				m.stale = fmt.Sprintf("%s does not have this once: bring the mutation up to date:\n%s", s.name, c.old)
			default:
				text = strings.Replace(text, c.old, c.now, 1)
			}
		}
		if text == s.text {
			continue
		}
		mutant, err := parse(s.name, text)
		if err != nil {
			return "", fmt.Errorf("mutation %q: %v", m.name, err)
		}
		before, after := s.functions(), mutant.functions()
		for _, name := range slices.Sorted(maps.Keys(after)) {
			was, is := before[name], after[name]
			if was == nil || s.source(was) == mutant.source(is) {
				continue
			}
			renamed := fmt.Sprintf("%s_%d", is.Name.Name, i+1)
			at := mutant.offset(is.Name.Pos()) - mutant.offset(is.Pos())
			body := mutant.source(is)
			more.WriteString("\n" + body[:at] + renamed + body[at+len(is.Name.Name):] + "\n")
			edits = append(edits, edit{s.offset(was.Body.Lbrace) + 1, 0, dispatch(was, renamed, i+1)})
		}
	}
	return s.apply(edits) + more.String(), nil
}

// functions returns the functions of a file by receiver and name.
func (s *source) functions() map[string]*ast.FuncDecl {
	all := map[string]*ast.FuncDecl{}
	for _, d := range s.file.Decls {
		if f, ok := d.(*ast.FuncDecl); ok {
			all[s.text[s.offset(f.Pos()):s.offset(f.Name.End())]] = f
		}
	}
	return all
}

func (s *source) source(n ast.Node) string { return s.text[s.offset(n.Pos()):s.offset(n.End())] }

// dispatch returns a statement that calls the mutant of f.
func dispatch(f *ast.FuncDecl, mutant string, n int) string {
	var b strings.Builder
	fmt.Fprintf(&b, " if modelcheck.Mutant == %d { ", n)
	if f.Type.Results != nil {
		b.WriteString("return ")
	}
	if f.Recv != nil {
		b.WriteString(f.Recv.List[0].Names[0].Name + ".")
	}
	b.WriteString(mutant + "(")
	for _, p := range f.Type.Params.List {
		for _, name := range p.Names {
			b.WriteString(name.Name + ", ")
		}
	}
	b.WriteString(")")
	if f.Type.Results == nil {
		b.WriteString("; return")
	}
	b.WriteString(" };")
	return b.String()
}
