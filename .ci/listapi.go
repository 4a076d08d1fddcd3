// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

// Listapi prints what a package exports, one thing a line: first what all targets
// have, then the rest, each line with the targets that have it. Values are left
// out: they differ between processors.
//
//	go run .ci/listapi.go PACKAGE GOOS/GOARCH...
package main

import (
	"cmp"
	"fmt"
	"go/importer"
	"go/token"
	"go/types"
	"io"
	"log"
	"maps"
	"os"
	"os/exec"
	"slices"
	"strings"
)

func main() {
	path, targets := os.Args[1], os.Args[2:]
	have := make(map[string][]string) // line -> the targets that have it
	for _, target := range targets {
		pkg, err := load(path, target)
		if err != nil {
			log.Fatalf("%s: %v", target, err)
		}
		for _, line := range list(pkg) {
			have[line] = append(have[line], target)
		}
	}

	lines := slices.SortedFunc(maps.Keys(have), func(a, b string) int {
		return cmp.Or(
			cmp.Compare(where(have[a], targets), where(have[b], targets)),
			cmp.Compare(a, b))
	})
	for _, line := range lines {
		fmt.Println(where(have[line], targets) + line)
	}
}

// load returns the types that the compiler found in a package for a target.
func load(path, target string) (*types.Package, error) {
	system, processor, _ := strings.Cut(target, "/")
	list := exec.Command("go", "list", "-export", "-f", "{{.Export}}", path)
	list.Env = append(os.Environ(), "GOOS="+system, "GOARCH="+processor, "CGO_ENABLED=0")
	list.Stderr = os.Stderr
	file, err := list.Output()
	if err != nil {
		return nil, err
	}
	open := func(string) (io.ReadCloser, error) { return os.Open(strings.TrimSpace(string(file))) }
	return importer.ForCompiler(token.NewFileSet(), "gc", open).Import(path)
}

// where names the targets of have, and nothing if these are all. A system of
// which it has every target is named without the processor.
func where(have, all []string) string {
	if len(have) == len(all) {
		return ""
	}
	var names []string
	for _, target := range have {
		system, _, _ := strings.Cut(target, "/")
		other := func(t string) bool {
			return strings.HasPrefix(t, system+"/") && !slices.Contains(have, t)
		}
		if slices.ContainsFunc(all, other) {
			system = target
		}
		names = append(names, system)
	}
	slices.Sort(names)
	return "(" + strings.Join(slices.Compact(names), " ") + ") "
}

// list returns a line for each exported object, field and method of a package.
func list(pkg *types.Package) []string {
	var lines []string
	text := func(obj types.Object) string { return types.ObjectString(obj, types.RelativeTo(pkg)) }
	for _, name := range pkg.Scope().Names() {
		obj := pkg.Scope().Lookup(name)
		if !obj.Exported() {
			continue
		}
		named, ok := obj.Type().(*types.Named)
		if _, isType := obj.(*types.TypeName); !isType || !ok {
			lines = append(lines, text(obj))
			continue
		}
		structure, ok := named.Underlying().(*types.Struct)
		if !ok {
			lines = append(lines, text(obj))
		} else {
			// Not text(obj): it has the unexported fields as well.
			typ := "type " + types.TypeString(named, types.RelativeTo(pkg)) + " struct"
			lines = append(lines, typ)
			for field := range structure.Fields() {
				if field.Exported() {
					lines = append(lines, typ+", "+text(field))
				}
			}
		}
		for method := range named.Methods() {
			if method.Exported() {
				lines = append(lines, text(method))
			}
		}
	}
	return lines
}
