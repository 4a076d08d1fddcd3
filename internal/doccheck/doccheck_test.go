// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

// Package doccheck checks the Go code in README.md and in docs.
package doccheck

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const root = "../.."

// TestGoBlocks finds each block of Go code word for word in a Go file of the
// repository, where it is compiled and, in an example, run. Indentation and
// empty lines may differ.
func TestGoBlocks(t *testing.T) {
	docs, err := filepath.Glob(filepath.Join(root, "docs", "*.md"))
	if err != nil {
		t.Fatal(err)
	}
	docs = append(docs, filepath.Join(root, "README.md"))
	if _, err := os.Stat(docs[len(docs)-1]); err != nil {
		t.Skip("the source is not here:", err)
	}
	code := goFiles(t)
	blocks := 0
	for _, doc := range docs {
		for _, block := range goBlocks(t, doc) {
			blocks++
			if !strings.Contains(code, "\n"+normal(block)) {
				t.Errorf("%s has code that is in no Go file:\n%s", doc, block)
			}
		}
	}
	if blocks == 0 {
		t.Errorf("no Go code was found in %q", docs)
	}
}

// goBlocks returns what stands between ```go and ``` in a file.
func goBlocks(t *testing.T, name string) (blocks []string) {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	for i, part := range strings.Split("\n"+string(text), "\n```go\n") {
		block, _, closed := strings.Cut(part, "\n```\n")
		if i == 0 {
			continue
		}
		if !closed {
			t.Fatalf("%s: code without an end:\n%s", name, part)
		}
		blocks = append(blocks, block)
	}
	return blocks
}

// goFiles returns all Go code of the repository, normal.
func goFiles(t *testing.T) string {
	t.Helper()
	var code strings.Builder
	err := filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(name) != ".go" {
			return err
		}
		text, err := os.ReadFile(name)
		code.WriteString("\n" + normal(string(text)))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return code.String()
}

// normal returns the lines of code without indentation and empty lines.
func normal(code string) string {
	var b strings.Builder
	for line := range strings.Lines(code) {
		if line = strings.TrimSpace(line); line != "" {
			b.WriteString(line + "\n")
		}
	}
	return b.String()
}
