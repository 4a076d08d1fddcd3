// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package doccheck

import (
	"go/ast"
	"go/build"
	"go/doc"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// plain are methods that need no example: package fmt and package errors call
// them.
var plain = []string{"String", "Error", "Is", "Unwrap"}

// TestExamplesCoverage checks that every exported function and method has an
// example beside it in the documentation of each system, or a call in its comment,
// whichever system the test runs on. (Other systems have none: nothing can be mapped there.)
func TestExamplesCoverage(t *testing.T) {
	if _, err := os.Stat(filepath.Join(root, "mmap.go")); err != nil {
		t.Skipf("the source is not here: %v", err)
	}
	systems := []string{
		"aix", "android", "darwin", "dragonfly", "freebsd", "illumos", "ios", "linux", "netbsd", "openbsd", "solaris", "windows",
	}
	for _, system := range systems {
		t.Run(system, func(t *testing.T) {
			p := documentation(t, system)
			want := func(name string, examples []*doc.Example) {
				if len(examples) == 0 {
					t.Errorf("there is no Example%s", name)
				}
			}
			want("", p.Examples)
			funcs := p.Funcs
			for _, typ := range p.Types {
				funcs = append(funcs, typ.Funcs...) // those that return it
				for _, method := range typ.Methods {
					if !slices.Contains(plain, method.Name) {
						want(typ.Name+"_"+method.Name, method.Examples)
					}
				}
			}
			for _, f := range funcs {
				if strings.Contains(f.Doc, "\n\tmmap.") {
					continue // its comment shows a call
				}
				want(f.Name, f.Examples)
			}
			if len(funcs) == 0 || len(p.Types) == 0 {
				t.Error("nothing was found")
			}
		})
	}
}

// documentation is that of the package on a system.
func documentation(t *testing.T, system string) *doc.Package {
	t.Helper()
	context := build.Default
	context.GOOS = system
	names, err := filepath.Glob(filepath.Join(root, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	fset := token.NewFileSet()
	var files []*ast.File
	for _, name := range names {
		ours, err := context.MatchFile(root, filepath.Base(name))
		if err != nil {
			t.Fatal(err)
		}
		if !ours || strings.HasSuffix(name, "_test.go") && !strings.HasPrefix(filepath.Base(name), "example_") {
			continue
		}
		file, err := parser.ParseFile(fset, name, nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, file)
	}
	p, err := doc.NewFromFiles(fset, files, "github.com/facc7503/mmap")
	if err != nil {
		t.Fatal(err)
	}
	return p
}
