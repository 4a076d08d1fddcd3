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

// [errors.Is] matches an [*Error] with these, with the errno in parentheses (as
// unix.EACCES, say), and with the error of package fs or errors after it.
var (
	// ErrAccess means that the file was not opened for this access, or that
	// its pages may never have it (EACCES, fs.ErrPermission).
	ErrAccess error = errAccess

	// ErrAgain means that the file is locked, or that more memory would be
	// locked than a limit allows (EAGAIN).
	ErrAgain error = errAgain

	// ErrBadFD means that the descriptor is not open, or was opened with
	// O_PATH (EBADF).
	ErrBadFD error = errBadFD

	// ErrInvalid means that an argument is not valid for the call or the system
	// (EINVAL, fs.ErrInvalid).
	ErrInvalid error = errInvalid

	// ErrTooManyFiles means that a limit on open files is reached (ENFILE,
	// EMFILE).
	ErrTooManyFiles error = errTooManyFiles

	// ErrNotMappable means that files of this kind cannot be mapped: a
	// directory, a pipe, a socket, on most systems a device without mmap (ENODEV,
	// errors.ErrUnsupported).
	ErrNotMappable error = errNotMappable

	// ErrNoMemory means that memory, address space or the number of mappings
	// is used up, or that pages are not mapped (ENOMEM).
	ErrNoMemory error = errNoMemory

	// ErrPermission means that a seal, a mount option, a policy or a limit
	// forbids it (EPERM, fs.ErrPermission).
	ErrPermission error = errPermission

	// ErrTextBusy means that the file is in use as program text or swap space
	// (ETXTBSY).
	ErrTextBusy error = errTextBusy

	// ErrNoAddress means that the device does not have these addresses
	// (ENXIO).
	ErrNoAddress error = errNoAddress

	// ErrOverflow means that a size or an end is more than its type or the
	// address space holds (EOVERFLOW).
	ErrOverflow error = errOverflow

	// ErrExist means that something is mapped at the address of
	// FixedNoReplace and its like (EEXIST, fs.ErrExist).
	ErrExist error = errExist

	// ErrBusy means that pages are locked, or that other calls on the Mapping
	// are in progress (EBUSY).
	ErrBusy error = errBusy

	// ErrIO means that the device failed (EIO).
	ErrIO error = errIO

	// ErrFault means that pages cannot be accessed (EFAULT, or a
	// [*FaultError]).
	ErrFault error = errFault

	// ErrUnsupported means that the system or the file system lacks the call or
	// the flag (ENOTSUP, EOPNOTSUPP, ENOSYS, errors.ErrUnsupported).
	ErrUnsupported error = errUnsupported

	// ErrClosed means that the Mapping was closed, or is nil or the zero
	// Mapping (fs.ErrClosed).
	ErrClosed error = errClosed

	// ErrRange means that an offset or a length is outside of the Mapping.
	ErrRange error = errRange
)

var (
	errAccess       = &sentinel{"permission denied", fs.ErrPermission}
	errAgain        = &sentinel{"resource temporarily unavailable", nil}
	errBadFD        = &sentinel{"bad file descriptor", nil}
	errInvalid      = &sentinel{"invalid argument", fs.ErrInvalid}
	errTooManyFiles = &sentinel{"too many open files", nil}
	errNotMappable  = &sentinel{"file cannot be mapped", errors.ErrUnsupported}
	errNoMemory     = &sentinel{"cannot allocate memory", nil}
	errPermission   = &sentinel{"operation not permitted", fs.ErrPermission}
	errTextBusy     = &sentinel{"text file busy", nil}
	errNoAddress    = &sentinel{"no such device or address", nil}
	errOverflow     = &sentinel{"value too large", nil}
	errExist        = &sentinel{"address range in use", fs.ErrExist}
	errBusy         = &sentinel{"resource busy", nil}
	errIO           = &sentinel{"input/output error", nil}
	errFault        = &sentinel{"bad address", nil}
	errUnsupported  = &sentinel{"operation not supported", errors.ErrUnsupported}
	errClosed       = &sentinel{"mapping is closed", fs.ErrClosed}
	errRange        = &sentinel{"out of the mapping's range", nil}
)

// A sentinel is one of the errors above. errors.Is matches it with its equivalent
// in another package, if there is one.
type sentinel struct {
	text       string
	equivalent error
}

func (s *sentinel) Error() string { return s.text }

func (s *sentinel) Is(target error) bool {
	return target == s.equivalent || sentinelOf(target) == s
}

// An errnoSentinel says which sentinel stands for an errno.
type errnoSentinel struct {
	errno    error
	sentinel *sentinel
}

// sentinelOf returns the sentinel that stands for an errno, nil if err is no
// errno or one without a sentinel.
func sentinelOf(err error) *sentinel {
	for _, table := range [...][]errnoSentinel{errnoSentinels, system.errnos} {
		for _, e := range table {
			if e.errno == err {
				return e.sentinel
			}
		}
	}
	return nil
}

// Error describes a call of this package that failed. All errors are an *Error,
// except io.EOF, [io.ErrShortWrite], what a function given to [Mapping.Guard]
// returns, and errors.Join of two errors where a call also failed to unmap a
// Mapping that was closed meanwhile.
//
// [errors.Is] matches it with the errno, the Err value above that stands for
// it, and the equivalent of package fs or errors.
type Error struct {
	Op   string // the system call, as in "mmap" or "msync", or "open", "read", "write", "guard", "slice"
	Path string // the file's name; "" where there is no file
	Err  error  // an errno of the system, one of the Err values above, a *FaultError, or fs.ErrClosed for a file that is closed

	detail string // what was asked for, why it was refused, and what to do
}

// Error says what failed and what was asked for. Where the cause alone
// misleads, it says what to do.
func (e *Error) Error() string {
	s := e.Op
	if e.Path != "" {
		s += " " + e.Path
	}
	s += ": " + e.Err.Error()
	if e.detail != "" {
		s += ": " + e.detail
	}
	return s
}

// Unwrap returns e.Err.
func (e *Error) Unwrap() error { return e.Err }

// Is reports whether target stands for the errno in e.Err. What e.Err itself
// matches, [errors.Is] finds through Unwrap.
func (e *Error) Is(target error) bool {
	s := sentinelOf(e.Err)
	return s != nil && (target == error(s) || target == s.equivalent)
}

// A FaultError is the cause of an [*Error] when an access to mapped memory
// faulted: the system raised SIGBUS or SIGSEGV because the file was truncated,
// its disk is full or failing, or the page does not allow the access.
// errors.Is matches it with [ErrFault] and EFAULT.
//
// It tells which access faulted, not how many bytes are left: copy and its like
// may begin at the end. [Mapping.ReadAt] returns how many bytes there were.
type FaultError struct {
	Addr   uintptr // the address that could not be accessed
	Offset int     // the same as an offset into Bytes

	anonymous bool // the Mapping has no file
	noWrite   bool // it is a store to a Mapping without ProtWrite
}

// Error returns the fault's offset and address, and what can cause it.
func (e *FaultError) Error() string {
	why := "the file is shorter than the Mapping (truncated, or never as long), its disk is full or failing, or the page is protected"
	if e.anonymous {
		why = "the page is protected or a guard page, or memory (the pool of huge pages) is used up"
	}
	if e.noWrite {
		why = "the Mapping has no ProtWrite (map with ProtRead|ProtWrite), or " + why
	}
	return fmt.Sprintf("fault at offset %d (address %#x): %s", e.Offset, e.Addr, why)
}

// Is reports whether target is [ErrFault] or the errno that it stands for.
func (e *FaultError) Is(target error) bool {
	return target == ErrFault || sentinelOf(target) == errFault
}

// A request holds the arguments of a call, for its error and the causes that the
// error can have.
type request struct {
	op   string
	path string

	fd   int     // mmap
	addr uintptr // mmap

	off    int64 // in the file for mmap, in the Mapping for the other calls
	n      int
	prot   Prot // mmap, mprotect
	flags  Flag // mmap; for the other calls, the Mapping's
	kinds  kind // of what may be there
	advice Advice
	sync   SyncFlag
	remap  RemapFlag
}

// request begins the request for a call on m.
func (m *Mapping) request(op string) request {
	if m == nil {
		return request{op: op}
	}
	return request{op: op, path: m.path, flags: m.Flags(), kinds: kind(m.kinds.Load())}
}

// fail returns the error of a call that the system refused with err.
func (r *request) fail(err error) error {
	detail := r.asked()
	if why := r.causes(err); why != "" {
		detail += " (" + why + ")"
	}
	return &Error{r.op, r.path, err, detail}
}

// refuse returns the error of a call that the package refuses.
func (r *request) refuse(err *sentinel, format string, args ...any) error {
	return &Error{r.op, r.path, err, fmt.Sprintf(format, args...)}
}

// plain returns the error of a call that failed with err, which says enough.
func (r *request) plain(err error) error {
	return &Error{r.op, r.path, err, ""}
}

// span returns the range of r in words.
func (r *request) span() string {
	if r.n == ToEnd {
		return fmt.Sprintf("all from offset %d", r.off)
	}
	return fmt.Sprintf("length %d at offset %d", r.n, r.off)
}

// closed returns the error of a call that found the Mapping closed, and err if
// the pages were left to it and could not be unmapped.
func (r *request) closed(err error) error { return joinErrors(r.plain(ErrClosed), err) }

// plain returns the error of a call on m that failed with err, which says enough.
func (m *Mapping) plain(op string, err error) error {
	r := m.request(op)
	return r.plain(err)
}

// closed returns the error of a call on m, as request.closed does.
func (m *Mapping) closed(op string, err error) error {
	r := m.request(op)
	return r.closed(err)
}

func (r *request) asked() string {
	s := r.span()
	switch r.op {
	case "mmap":
		if r.addr != 0 {
			s += fmt.Sprintf(", at address %#x", r.addr)
		}
		s += ", " + r.prot.String()
		if r.flags == 0 {
			return s + ", no flags"
		}
		return s + ", " + r.flags.String()
	case "mprotect":
		return s + ", " + r.prot.String()
	case "madvise":
		return s + ", " + r.advice.String()
	case "msync":
		return s + ", " + r.sync.String()
	case "mremap":
		s = fmt.Sprintf("to length %d", r.n)
		if r.remap != 0 {
			s += ", " + r.remap.String()
		}
	}
	return s
}

// A cause is a reason why op may fail with errno, and what to do then.
type cause struct {
	op    string
	errno error
	can   func(r request) bool // whether r can fail for this reason; nil if each can
	text  string
}

// causes lists why r may have failed with err, "" where the error says enough.
func (r *request) causes(err error) string {
	var found []string
	for _, table := range [...][]cause{causes, system.causes} {
		for _, c := range table {
			if c.op == r.op && c.errno == err && (c.can == nil || c.can(*r)) {
				found = append(found, c.text)
			}
		}
	}
	if len(found) > 1 {
		found[0] = "perhaps " + found[0]
	}
	return strings.Join(found, "; or ")
}

// These report whether a cause fits a request.

func ofFile(r request) bool       { return r.kinds&(sharedFile|privateFile) != 0 }
func ofSharedFile(r request) bool { return r.kinds&sharedFile != 0 }
func toRead(r request) bool       { return ofFile(r) && !toStore(r) }
func toStore(r request) bool      { return ofSharedFile(r) && r.prot&ProtWrite != 0 }
func toExec(r request) bool       { return r.prot&ProtExec != 0 }
func toExecFile(r request) bool   { return ofFile(r) && toExec(r) }
func ofNoKind(r request) bool     { return !hasKind(r.flags) }

func bothSyncs(f SyncFlag) bool {
	return SyncWait != 0 && f&SyncWait != 0 && f&SyncAsync != 0
}
