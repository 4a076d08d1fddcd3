// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package mmap

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
)

// The errors that [errors.Is] finds in an [*Error]. Each stands for the errno
// in parentheses, which errors.Is finds too (as unix.EACCES, say), and for the
// error of package fs or errors that follows it.
var (
	ErrAccess       = error(&sentinel{"permission denied", fs.ErrPermission})            // The file was not opened for this access (EACCES, fs.ErrPermission).
	ErrAgain        = error(&sentinel{"resource temporarily unavailable", nil})          // The file is locked, or too much memory is: try again (EAGAIN).
	ErrBadFD        = error(&sentinel{"bad file descriptor", nil})                       // Not an open file descriptor (EBADF).
	ErrInvalid      = error(&sentinel{"invalid argument", fs.ErrInvalid})                // An argument that the call or the system does not take (EINVAL, fs.ErrInvalid).
	ErrTooManyFiles = error(&sentinel{"too many open files", nil})                       // A limit on open files is reached (ENFILE, EMFILE).
	ErrNotMappable  = error(&sentinel{"file cannot be mapped", errors.ErrUnsupported})   // A directory, pipe, socket, or device without mmap (ENODEV, errors.ErrUnsupported).
	ErrNoMemory     = error(&sentinel{"cannot allocate memory", nil})                    // No memory, address space or mapping left, or pages that are not mapped (ENOMEM).
	ErrPermission   = error(&sentinel{"operation not permitted", fs.ErrPermission})      // A seal, a mount option or a limit forbids it (EPERM, fs.ErrPermission).
	ErrTextBusy     = error(&sentinel{"text file busy", nil})                            // The file is in use as program text or swap space (ETXTBSY).
	ErrNoAddress    = error(&sentinel{"no such device or address", nil})                 // Addresses that the device does not have (ENXIO).
	ErrOverflow     = error(&sentinel{"value too large", nil})                           // A size or an end that its type or the address space cannot hold (EOVERFLOW).
	ErrExist        = error(&sentinel{"address range in use", fs.ErrExist})              // Something is mapped there, and FixedNoReplace was asked for (EEXIST, fs.ErrExist).
	ErrBusy         = error(&sentinel{"resource busy", nil})                             // Pages are locked, or other calls are inside the Mapping (EBUSY).
	ErrIO           = error(&sentinel{"input/output error", nil})                        // The device failed (EIO).
	ErrFault        = error(&sentinel{"bad address", nil})                               // Pages that cannot be accessed (EFAULT, or a *FaultError).
	ErrUnsupported  = error(&sentinel{"operation not supported", errors.ErrUnsupported}) // This system, or this file's, does not have the call or the flag (ENOTSUP, EOPNOTSUPP, ENOSYS, errors.ErrUnsupported).
	ErrClosed       = error(&sentinel{"mapping is closed", fs.ErrClosed})                // Use of a Mapping after Close, or of a nil or zero one (fs.ErrClosed).
	ErrRange        = error(&sentinel{"out of the mapping's range", nil})                // An offset or a length outside of the Mapping.
)

// A sentinel is one of the errors above: also is its equivalent elsewhere.
type sentinel struct {
	text string
	also error
}

func (s *sentinel) Error() string { return s.text }

func (s *sentinel) Is(target error) bool {
	return target == s.also || errnoSentinel(target) == s
}

// Error is the error of every call of this package, but for io.EOF,
// [io.ErrShortWrite] and what a function given to [Mapping.Guard] returns.
//
// [errors.Is] matches it with the errno, the Err value above that stands for
// it, and the equivalent of package fs or errors.
type Error struct {
	Op   string // the system call, as in "mmap" or "msync", or "open", "read", "write", "guard", "slice"
	Path string // the file's name; "" where there is no file
	Err  error  // a unix.Errno, one of the Err values above, a *FaultError, or fs.ErrClosed for a file that is closed

	detail string // what was asked for, and why it was refused
}

// Error says what failed and, where the cause alone misleads, what to do.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.Op)
	if e.Path != "" {
		b.WriteString(" " + e.Path)
	}
	fmt.Fprintf(&b, ": %v", e.Err)
	if e.detail != "" {
		b.WriteString(": " + e.detail)
	}
	if h := hint(e.Op, e.Err); h != "" {
		b.WriteString(" (" + h + ")")
	}
	return b.String()
}

// Unwrap returns e.Err.
func (e *Error) Unwrap() error { return e.Err }

// Is reports whether target stands for the errno in e.Err. What e.Err itself
// matches, [errors.Is] finds through Unwrap.
func (e *Error) Is(target error) bool {
	s := errnoSentinel(e.Err)
	return s != nil && (target == error(s) || target == s.also)
}

// FaultError is the cause of an [*Error] when an access to mapped memory
// faulted: the system raised SIGBUS or SIGSEGV because the file was truncated,
// its disk is full or failing, or the page does not allow the access.
// errors.Is matches it with [ErrFault] and EFAULT.
//
// It tells which access faulted, not how many bytes are left: copy and its like
// may begin at the end. [Mapping.ReadAt] returns how many bytes there were.
type FaultError struct {
	Addr   uintptr // the address that could not be accessed
	Offset int     // the same as an offset into Bytes
}

// Error gives the fault's offset and address.
func (e *FaultError) Error() string {
	return fmt.Sprintf("fault at offset %d (address %#x): the file was truncated, its disk is full or failing, or the page is protected", e.Offset, e.Addr)
}

// Is reports whether target is [ErrFault] or the errno that it stands for.
func (e *FaultError) Is(target error) bool {
	return target == ErrFault || errnoSentinel(target) == ErrFault
}

// because is err with the reason for it.
func because(err error, detail string) error {
	return &Error{Err: err, detail: detail}
}

// fail makes err, which may come from because, the error of a call on a file.
func fail(op, path string, err error) error {
	e, ok := err.(*Error)
	if !ok {
		e = &Error{Err: err}
	}
	if e.Op == "" {
		e.Op, e.Path = op, path
	}
	return e
}

func (m *Mapping) fail(op string, err error) error {
	if m == nil {
		return fail(op, "", err)
	}
	return fail(op, m.path, err)
}
