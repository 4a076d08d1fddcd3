// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package bench

// A Bar says how long a Work may take at most, over another Side of it.
//
// The ratio has to hold on every processor, or it is not a bar. So no bar stands
// where a few nanoseconds decide: there Most is 0, and the row is only shown.
type Bar struct {
	Work, Over string
	Most       float64
	Why        string // it must hold, or why there is no bar
}

// Bars is the first table of the results.
var Bars = []Bar{
	{"map+close 1 MiB", raw, 1.30, allocates},
	{"map+close 1 MiB", mmapgo, 1.20, allocates},
	{"map+close 1 MiB" + fileEach, raw, 1.15, allocates},
	{"map+close 1 MiB" + fileEach, mmapgo, 0, fights},
	{"map+close 1 MiB" + oneFile, mmapgo, 0, fights},
	{"one Bytes() call and one byte of it", "a struct field's slice", 0, nanoseconds},
	{"Guard with a trivial body", rwmutex, 0, nanoseconds},
	{"Guard with a trivial body, all goroutines", rwmutex, 0, contended},
	{"WriteAt 8 B, all goroutines", rwmutex, 0, contended},
	{"ReadAt 8 B", xexpmmap, 0, nanoseconds},
	{"ReadAt 8 B", fileReadAt, 0.05, "A system call takes some hundreds of nanoseconds, ReadAt a few."},
	{"ReadAt 4 KiB", bareCopy, 0, shortCopy},
	{"ReadAt 4 KiB", xexpmmap, 0, shortCopy},
	{"ReadAt 64 KiB", bareCopy, 1.03, "The copy takes about a microsecond, and what ReadAt adds a few hundredths of that at most."},
	{"mmapcp 128 MiB", "the C program", 1.10, "Page faults and the copy take nearly all of the time. They cost some hundredths more in a process with threads, and by Go's copy."},
	{"bbolt bench, a random write", ownCode, 1.02, memory},
	{"bbolt bench, a random read", ownCode, 1.02, memory},
	{"pogreb, a random put", ownCode, 1.02, memory},
	{"pogreb, a random get", ownCode, 1.02, memory},
	{"ReadAt 8 B, two goroutines, per read", "one goroutine", 0.85, "ReadAt stores nothing that goroutines share: with two cores it is half the time, with two threads of one core less than all of it."},
}

const (
	allocates   = "Two system calls take most of the time. The rest is the checks, and the memory of the Mapping, which the raw calls do without and mmap-go has in a map."
	fights      = "All goroutines fight for the kernel's locks of the process's and the file's mappings, as they do with the raw calls; mmap-go's sleep at a lock of Go instead."
	nanoseconds = "Both take some nanoseconds at most. Each processor has its own ratio of a call, a branch and an atomic operation."
	contended   = "Two processors hand one cache line to and fro. How long that takes, beside the rest, depends on where they sit."
	memory      = "A database maps its file a few times, and from then on reads memory."
	shortCopy   = "The copy takes some tens of nanoseconds, and what ReadAt adds a tenth to a fifth of that, by processor."
)

// Names that the bars and the works share.
const (
	fileEach   = ", all goroutines, a file each"
	oneFile    = ", all goroutines, one file"
	raw        = "raw MmapPtr/MunmapPtr"
	mmapgo     = "mmap-go"
	xexpmmap   = "x/exp/mmap"
	fileReadAt = "os.File.ReadAt"
	bareCopy   = "a bare copy"
	ownCode    = "its own mapping code"
	rwmutex    = "an RWMutex read lock around it"
)
