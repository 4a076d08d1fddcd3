// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

// Pogreb puts and gets random keys of a pogreb database, and prints what one takes
// as bbolt's bench command does.
//
// Usage: pogreb dir count
package main

import (
	"encoding/binary"
	"fmt"
	"io"
	"log"
	"math/rand/v2"
	"os"
	"strconv"
	"time"

	"github.com/akrylysov/pogreb"
)

func main() {
	if err := run(os.Args); err != nil {
		fmt.Fprintln(os.Stderr, "pogreb:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) != 3 {
		return fmt.Errorf("usage: pogreb dir count")
	}
	count, err := strconv.Atoi(args[2])
	if err != nil {
		return err
	}
	pogreb.SetLogger(log.New(io.Discard, "", 0))
	db, err := pogreb.Open(args[1], nil)
	if err != nil {
		return err
	}
	defer db.Close()
	value := make([]byte, 100)
	if err := timed("Write", count, 1, func(key []byte) error { return db.Put(key, value) }); err != nil {
		return err
	}
	return timed("Read", count, 10, func(key []byte) error {
		got, err := db.Get(key)
		if err == nil && len(got) != len(value) {
			err = fmt.Errorf("key %x has %d bytes, want %d", key, len(got), len(value))
		}
		return err
	})
}

// timed calls op with count keys, the same and in the same order at each pass.
func timed(name string, count, passes int, op func(key []byte) error) error {
	key := make([]byte, 8)
	start := time.Now()
	for range passes {
		random := rand.New(rand.NewPCG(1, 2))
		for range count {
			binary.LittleEndian.PutUint64(key, random.Uint64())
			if err := op(key); err != nil {
				return err
			}
		}
	}
	n := int64(passes * count)
	fmt.Printf("Benchmark%s\t%d\t%d ns/op\n", name, n, int64(time.Since(start))/n)
	return nil
}
