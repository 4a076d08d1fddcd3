// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

// Family is a parent and a child process that talk through memory that they
// share and nobody else can find, because it has no name (except on Windows).
//
// Usage:
//
//	family
//
// The parent starts the child and says something; the child prints that, and
// answers; the parent prints the answer.
//
// C programs fork, and what is mapped with Shared and Anonymous belongs to parent
// and child. A Go program cannot fork: its child is a new program with none of
// its memory. What a child can be given is an open file, so the memory is that of
// a file that has no name, and each of them maps it.
package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"sync/atomic"

	"github.com/facc7503/mmap"
)

func main() {
	var err error
	switch {
	case len(os.Args) == 1:
		err = parent()
	case len(os.Args) == 2 && os.Args[1] == "child": // For the parent to use.
		err = child()
	default:
		fmt.Fprintln(os.Stderr, "family: usage: family")
		os.Exit(2)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "family:", err)
		os.Exit(1)
	}
}

func parent() error {
	f, err := newFile()
	if err != nil {
		return err
	}
	defer drop(f)                                  // After the mapping is closed: Windows asks for that.
	if err := f.Truncate(memorySize); err != nil { // To touch a page past the end of its file is to die.
		return err
	}
	mapping, m, err := attach(f)
	if err != nil {
		return err
	}
	defer mapping.Close()

	exe, err := os.Executable()
	if err != nil {
		return err
	}
	cmd := exec.Command(exe, "child")
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	hand(cmd, f)
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	// The words go through the memory, and a pipe says when: the child waits for
	// its end, which comes when the parent has spoken, and also when it has died.
	// The child in turn ends when it has answered.
	m.say(byParent, "hi, this is parent")
	stdin.Close()
	if err := cmd.Wait(); err != nil {
		return fmt.Errorf("child: %w", err)
	}
	return m.printWords(byChild)
}

func child() error {
	f, err := handed()
	if err != nil {
		return err
	}
	defer f.Close()
	mapping, m, err := attach(f)
	if err != nil {
		return err
	}
	defer mapping.Close()
	if _, err := io.Copy(io.Discard, os.Stdin); err != nil {
		return err
	}
	if err := m.printWords(byParent); err != nil {
		return err
	}
	m.say(byChild, "hi, this is child")
	return nil
}

// memory is what both see.
type memory struct {
	speaker atomic.Uint32 // whose words they are: stored last, and loaded first, so that the words are complete
	n       uint32
	words   [textSize]byte
}

const (
	textSize   = 120
	memorySize = textSize + 8
)

// The values of speaker.
const (
	byNobody uint32 = iota // What a new file holds.
	byParent
	byChild
)

func attach(f *os.File) (*mmap.Mapping, *memory, error) {
	mapping, err := mmap.MapRegion(f, 0, memorySize, mmap.ProtRead|mmap.ProtWrite, mmap.Shared)
	if err != nil {
		return nil, nil, err
	}
	s, err := mmap.Slice[memory](mapping, 0, 1)
	if err != nil {
		return nil, nil, errors.Join(err, mapping.Close())
	}
	return mapping, &s[0], nil
}

func (m *memory) say(speaker uint32, words string) {
	m.n = uint32(copy(m.words[:], words))
	m.speaker.Store(speaker)
}

// printWords prints what was said, and fails if it was not said by speaker.
func (m *memory) printWords(speaker uint32) error {
	if now := m.speaker.Load(); now != speaker {
		return fmt.Errorf("waited for speaker %d, and found words of %d (0: nobody, 1: parent, 2: child)", speaker, now)
	}
	_, err := fmt.Println(string(m.words[:min(m.n, textSize)]))
	return err
}
