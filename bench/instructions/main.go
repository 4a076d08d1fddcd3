// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

// Instructions counts the instructions of what takes a few nanoseconds: unlike
// the time, they are the same on a busy machine and from run to run.
//
// Usage, in the directory bench:
//
//	go run ./instructions [-run regexp]
//
// It does each work twice under valgrind --tool=callgrind, by each of its sides,
// and divides the difference. Where in a work they go:
//
//	go build -o /tmp/instructions ./instructions
//	export GODEBUG=cpu.rdtscp=off
//	valgrind --tool=callgrind --callgrind-out-file=/tmp/out /tmp/instructions "Guard with a trivial body" this 100000
//	callgrind_annotate /tmp/out | head -40
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strconv"

	"github.com/facc7503/mmap/bench"
)

func main() {
	only := flag.String("run", "^(one Bytes.*|Guard with a trivial body|ReadAt 8 B|WriteAt 8 B)$", "only the works whose name matches the `regexp`")
	flag.Parse()
	err := errors.New("wrong arguments")
	switch flag.NArg() {
	case 0:
		err = countAll(*only)
	case 3:
		err = do(flag.Arg(0), flag.Arg(1), flag.Arg(2))
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "instructions:", err)
		os.Exit(1)
	}
}

func countAll(only string) error {
	match, err := regexp.Compile(only)
	if err != nil {
		return err
	}
	for _, work := range bench.Works() {
		if !match.MatchString(work.Name) {
			continue
		}
		bed, err := bench.NewBed()
		if err != nil {
			return err
		}
		sides, err := work.Open(bed)
		if err = errors.Join(err, bed.Close()); err != nil {
			return err
		}
		for _, side := range sides {
			const few, many = 10_000, 110_000
			a, err := count(work.Name, side.Name, few)
			if err != nil {
				return err
			}
			b, err := count(work.Name, side.Name, many)
			if err != nil {
				return err
			}
			fmt.Printf("%-36s %-32s %7.1f\n", work.Name, side.Name, float64(b-a)/(many-few))
		}
	}
	return nil
}

var collected = regexp.MustCompile(`Collected : (\d+)`)

// count returns the instructions of a process that does the work n times.
func count(work, side string, n int) (int, error) {
	self, err := os.Executable()
	if err != nil {
		return 0, err
	}
	cmd := exec.Command("valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", self, work, side, strconv.Itoa(n))
	cmd.Env = append(os.Environ(), "GOMAXPROCS=1", "GOGC=off", "GODEBUG=cpu.rdtscp=off,asyncpreemptoff=1") // valgrind lacks RDTSCP, and the rest comes by chance
	out, err := cmd.CombinedOutput()
	match := collected.FindSubmatch(out)
	if err != nil || match == nil {
		return 0, fmt.Errorf("%v: %w\n%s", cmd.Args, err, out)
	}
	return strconv.Atoi(string(match[1]))
}

// do does the work in this process.
func do(name, sideName, count string) (err error) {
	n, err := strconv.Atoi(count)
	if err != nil {
		return err
	}
	for _, work := range bench.Works() {
		if work.Name != name {
			continue
		}
		bed, err := bench.NewBed()
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, bed.Close()) }()
		sides, err := work.Open(bed)
		if err != nil {
			return err
		}
		for _, side := range sides {
			if side.Name == sideName {
				return side.Run(n)
			}
		}
	}
	return fmt.Errorf("there is no work %q with a side %q", name, sideName)
}
