// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package bench

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"os"
	"os/exec"
	"sync/atomic"

	"github.com/facc7503/mmap"
	"golang.org/x/sys/unix"
)

func rings() []Work {
	return []Work{{Name: "a message of 64 B to another process", Batch: 200_000, Open: messages}}
}

const messageSize = 64

// message is as many bytes as numbers. The first is its own.
type message [messageSize / 8]uint64

// A ring holds messages that one side sends and one receives. Each has a cache
// line of its own for what it has done, away from the other's.
type ring struct {
	sent     atomic.Uint64
	_        [120]byte
	received atomic.Uint64
	_        [120]byte
	messages [1024]message
}

// A transport sends the numbers 0 to n-1 to a receiver that adds them up.
type transport struct {
	send    func(n int) error
	receive func(n int) (sum uint64, err error)
}

// The receiver is this program again: its environment says so.
const receiverEnv = "MMAP_BENCH_RECEIVER"

// The receiver's files, which follow standard error.
const (
	ringFD = 3 + iota
	pipeFD
	socketFD
)

// Receiver does not return if this process is one that the Work with messages
// started: main and TestMain call it first.
func Receiver() {
	if os.Getenv(receiverEnv) == "" {
		return
	}
	if err := receive(os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "receiver:", err)
		os.Exit(1)
	}
	os.Exit(0)
}

// An order tells the receiver what comes. Its answer is the sum.
type order struct{ Transport, N uint64 }

// receive takes orders until there are no more. In between it waits on a pipe,
// and leaves the processor alone.
func receive(orders io.Reader, answers io.Writer) error {
	r, err := mapRing(os.NewFile(ringFD, "ring"))
	if err != nil {
		return err
	}
	transports := []transport{
		ringTransport(r),
		streamTransport(os.NewFile(pipeFD, "pipe")),
		streamTransport(os.NewFile(socketFD, "socket")),
	}
	for {
		var o order
		if err := binary.Read(orders, binary.NativeEndian, &o); err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
		sum, err := transports[o.Transport].receive(int(o.N))
		if err != nil {
			return err
		}
		if err := binary.Write(answers, binary.NativeEndian, sum); err != nil {
			return err
		}
	}
}

func messages(b *Bed) ([]Side, error) {
	shared, err := os.CreateTemp(b.Dir, "ring")
	if err != nil {
		return nil, err
	}
	b.Undo(shared.Close)
	if err := shared.Truncate(miB); err != nil {
		return nil, err
	}
	r, err := mapRing(shared)
	if err != nil {
		return nil, err
	}
	fromPipe, toPipe, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	b.Undo(toPipe.Close)
	fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	fromSocket, toSocket := os.NewFile(uintptr(fds[0]), "socket"), os.NewFile(uintptr(fds[1]), "socket")
	b.Undo(toSocket.Close)

	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	c := exec.Command(self)
	c.Env = append(os.Environ(), receiverEnv+"=1")
	c.Stderr = os.Stderr
	c.ExtraFiles = []*os.File{shared, fromPipe, fromSocket}
	orders, err := c.StdinPipe()
	if err != nil {
		return nil, err
	}
	answers, err := c.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := c.Start(); err != nil {
		return nil, err
	}
	b.Undo(c.Wait)
	b.Undo(orders.Close)
	fromPipe.Close()
	fromSocket.Close()

	side := func(name string, i uint64, t transport) Side {
		return Side{Name: name, Run: func(n int) error {
			if err := binary.Write(orders, binary.NativeEndian, order{i, uint64(n)}); err != nil {
				return err
			}
			if err := t.send(n); err != nil {
				return err
			}
			var sum uint64
			if err := binary.Read(answers, binary.NativeEndian, &sum); err != nil {
				return err
			}
			if want := uint64(n) * uint64(n-1) / 2; sum != want {
				return fmt.Errorf("%s: the messages add up to %d, want %d", name, sum, want)
			}
			return nil
		}}
	}
	return []Side{
		side("this", 0, ringTransport(r)),
		side("a pipe", 1, streamTransport(toPipe)),
		side("a Unix socket", 2, streamTransport(toSocket)),
	}, nil
}

// mapRing maps a ring for as long as the process runs.
func mapRing(f *os.File) (*ring, error) {
	m, err := mmap.Map(f, mmap.ProtRead|mmap.ProtWrite, mmap.Shared)
	if err != nil {
		return nil, err
	}
	rings, err := mmap.Slice[ring](m, 0, 1)
	if err != nil {
		return nil, err
	}
	return &rings[0], nil
}

// ringTransport looks at what the other side has done only when it must: each
// look moves a cache line.
func ringTransport(r *ring) transport {
	return transport{
		send: func(n int) error {
			sent, received := r.sent.Load(), r.received.Load()
			for i := range n {
				for spins := 0; sent-received == uint64(len(r.messages)); spins++ {
					pause(spins)
					received = r.received.Load()
				}
				r.messages[sent%uint64(len(r.messages))] = message{uint64(i)}
				sent++
				r.sent.Store(sent)
			}
			return nil
		},
		receive: func(n int) (sum uint64, err error) {
			sent, received := r.sent.Load(), r.received.Load()
			for range n {
				for spins := 0; sent == received; spins++ {
					pause(spins)
					sent = r.sent.Load()
				}
				m := r.messages[received%uint64(len(r.messages))]
				sum += m[0]
				received++
				r.received.Store(received)
			}
			return sum, nil
		},
	}
}

// pause waits a little, and lets others have the processor if that did not help.
func pause(spins int) {
	if spins > 1000 {
		unix.Syscall(unix.SYS_SCHED_YIELD, 0, 0, 0)
	}
}

// streamTransport makes a system call for each message, so that it is there at
// once, as in the ring. The receiver takes as many as there are.
func streamTransport(f *os.File) transport {
	in := bufio.NewReaderSize(f, 64*kiB)
	p := make([]byte, messageSize)
	return transport{
		send: func(n int) error {
			for i := range n {
				binary.NativeEndian.PutUint64(p, uint64(i))
				if _, err := f.Write(p); err != nil {
					return err
				}
			}
			return nil
		},
		receive: func(n int) (sum uint64, err error) {
			for range n {
				if _, err := io.ReadFull(in, p); err != nil {
					return 0, err
				}
				sum += binary.NativeEndian.Uint64(p)
			}
			return sum, nil
		},
	}
}
