// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package bench

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"time"
)

// inPrograms is databases that map their files, with their own mapping code and
// with this library in its place: see the directory programs.
func inPrograms() []Work {
	bbolt := func(exe, file string) []string {
		return []string{exe, "bench", "-gobench-output", "-path", file, "-count", "20000", "-batch-size", "1000", "-write-mode", "rnd", "-read-mode", "rnd"}
	}
	pogreb := func(exe, dir string) []string { return []string{exe, dir, "50000"} }
	return []Work{
		{Name: "bbolt bench, a random write", Open: inProgram("bbolt", "Write", bbolt)},
		{Name: "bbolt bench, a random read", Open: inProgram("bbolt", "Read", bbolt)},
		{Name: "pogreb, a random put", Open: inProgram("pogreb", "Write", pogreb)},
		{Name: "pogreb, a random get", Open: inProgram("pogreb", "Read", pogreb)},
	}
}

// renew puts a copy of a program in its place, in other pages of memory: where they
// lie in the processor's caches would be the same for all pairs, as if that were
// the program's.
func renew(name string) error {
	program, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	return errors.Join(os.Remove(name), os.WriteFile(name, program, 0o777))
}

// inProgram compares what the program prints of one of its benchmarks.
func inProgram(name, benchmark string, command func(exe, database string) []string) func(b *Bed) ([]Side, error) {
	return func(b *Bed) ([]Side, error) {
		if err := run("go", "run", "-C", "programs", ".", b.Dir, name); err != nil {
			return nil, err
		}
		printed := regexp.MustCompile(`(?m)^Benchmark` + benchmark + `\s+\d+\s+([\d.]+) ns/op`)
		database := b.path("database")
		side := func(sideName, exe string) Side {
			var took float64
			return Side{
				Name:   sideName,
				Before: func() error { return errors.Join(os.RemoveAll(database), renew(b.path(exe))) },
				Took:   func() time.Duration { return time.Duration(took) },
				Run: repeat(func() error {
					args := command(b.path(exe), database)
					out, err := exec.Command(args[0], args[1:]...).Output()
					if err != nil {
						return fmt.Errorf("%v: %w", args, err)
					}
					match := printed.FindSubmatch(out)
					if match == nil {
						return fmt.Errorf("%v printed no Benchmark%s:\n%s", args, benchmark, out)
					}
					took, err = strconv.ParseFloat(string(match[1]), 64)
					return err
				}),
			}
		}
		return []Side{side("this", name+"-this"), side(ownCode, name+"-own")}, nil
	}
}
