// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package bench

import (
	"os"
	"strings"
	"testing"
	"time"
)

func TestMain(m *testing.M) {
	Receiver()
	os.Exit(m.Run())
}

// Benchmark does every Work by each of its sides. The time is that of doing it
// once, though it is done Batch times in a row.
func Benchmark(b *testing.B) {
	for _, work := range Works() {
		b.Run(work.Name, func(b *testing.B) {
			if work.Parallel && all() == 1 {
				b.Skip("there is one processor")
			}
			bed, err := NewBed()
			if err != nil {
				b.Fatal(err)
			}
			defer func() {
				if err := bed.Close(); err != nil {
					b.Error(err)
				}
			}()
			sides, err := work.Open(bed)
			if err != nil {
				b.Fatal(err)
			}
			for _, side := range sides {
				b.Run(strings.ReplaceAll(side.Name, "/", "-"), func(b *testing.B) { benchmark(b, side, max(1, work.Batch)) })
			}
		})
	}
}

func benchmark(b *testing.B, side Side, batch int) {
	if side.Skip != "" {
		b.Skip(side.Skip)
	}
	for b.Loop() {
		if side.Before != nil {
			b.StopTimer()
			if err := side.Before(); err != nil {
				b.Fatal(err)
			}
			b.StartTimer()
		}
		if err := side.Run(batch); err != nil {
			b.Fatal(err)
		}
	}
	if side.Took != nil {
		b.ReportMetric(float64(side.Took()), "ns/op")
		return
	}
	b.ReportMetric(float64(b.Elapsed())/float64(time.Nanosecond)/float64(b.N)/float64(batch), "ns/op")
}
