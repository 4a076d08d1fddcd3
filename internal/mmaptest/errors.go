// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package mmaptest

import (
	"errors"
	"io/fs"

	"github.com/facc7503/mmap"
)

// Sentinels are the package's errors, one for each kind.
var Sentinels = []error{
	mmap.ErrAccess, mmap.ErrAgain, mmap.ErrBadFD, mmap.ErrInvalid, mmap.ErrTooManyFiles, mmap.ErrNotMappable,
	mmap.ErrNoMemory, mmap.ErrPermission, mmap.ErrTextBusy, mmap.ErrNoAddress, mmap.ErrOverflow, mmap.ErrExist,
	mmap.ErrBusy, mmap.ErrIO, mmap.ErrFault, mmap.ErrUnsupported, mmap.ErrClosed, mmap.ErrRange,
}

// Equivalents are the errors of other packages that some of Sentinels match.
var Equivalents = []error{fs.ErrPermission, fs.ErrInvalid, fs.ErrExist, fs.ErrNotExist, fs.ErrClosed, errors.ErrUnsupported}
