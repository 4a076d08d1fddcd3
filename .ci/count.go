// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

// Count reads what go test -json prints. It prints the output of what failed, and
// last how many tests, with their subtests, passed, failed and were skipped:
//
//	go test -json ./... | go run .ci/count.go
//
// It fails if a test has failed, or if none has run.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"log"
	"os"
	"strings"
)

// An event is a line of go test -json: see go doc test2json, and go help buildjson.
type event struct{ Action, Package, Test, Output string }

func main() {
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 1<<24)
	output := make(map[string]map[string]*strings.Builder) // by package and test, of what has not ended
	count := make(map[string]int)                          // by action
	failed := make(map[string]bool)                        // packages with a test that failed
	for lines.Scan() {
		var e event
		if err := json.Unmarshal(lines.Bytes(), &e); err != nil {
			fmt.Println(lines.Text()) // the go command's own words
			continue
		}
		if output[e.Package] == nil {
			output[e.Package] = make(map[string]*strings.Builder)
		}
		tests := output[e.Package]
		switch e.Action {
		case "build-output":
			fmt.Print(e.Output)
		case "output":
			if tests[e.Test] == nil {
				tests[e.Test] = new(strings.Builder)
			}
			tests[e.Test].WriteString(e.Output)
		case "fail":
			if e.Test != "" || !failed[e.Package] { // without a test: a panic, a timeout, what should have run it
				count["fail"]++
			}
			failed[e.Package] = true
			for name, out := range tests {
				if name == e.Test || e.Test == "" {
					fmt.Print(out)
				}
			}
			delete(tests, e.Test)
		case "pass", "skip":
			if e.Test != "" {
				count[e.Action]++
			}
			delete(tests, e.Test)
		}
	}
	if err := lines.Err(); err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%d passed, %d failed, %d skipped\n", count["pass"], count["fail"], count["skip"])
	if count["fail"] > 0 || count["pass"] == 0 {
		os.Exit(1)
	}
}
