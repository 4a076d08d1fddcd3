// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package mmap

import (
	"io"
	"runtime"
	"runtime/debug"
	"unsafe"
)

// ReadAt copies len(p) bytes from offset off of the Mapping to p, as described
// at [io.ReaderAt]. It returns the number of bytes copied, and io.EOF if the
// Mapping ends before p is full, or at or before off (for an empty p too, as in
// [bytes.Reader.ReadAt]). It does not allocate, and takes a lock only while Remap
// runs. Any number of ReadAt may run at once with each other and with
// every other call.
//
// A fault (see [FaultError]) ends the copy: ReadAt returns the number of bytes
// before the page that faulted and an [*Error] whose FaultError.Offset is
// off+n. A read past the file's last page is such a fault, not io.EOF. If Close
// comes before ReadAt returns, the error is [ErrClosed]. If Remap comes, ReadAt
// waits for it and copies again. In both cases ReadAt may overwrite p past the
// bytes that it returns. It never returns another mapping's bytes.
//
// A negative off is [ErrRange]. A p that overlaps the Mapping is [ErrInvalid]:
// use copy inside [Mapping.Guard]. A fault in p itself is a panic: where p is
// another Mapping's, call ReadAt inside of that one's Guard.
func (m *Mapping) ReadAt(p []byte, off int64) (int, error) {
	if m == nil {
		return 0, m.plain("read", ErrClosed)
	}
	for {
		v := m.view.Load() // m.load would be a call
		if v == nil {
			return 0, m.plain("read", ErrClosed)
		}
		if v.moving {
			m.waitForRemap()
			continue
		}
		if off < 0 || v.overlaps(p) {
			return 0, m.cannotCopy("read", off)
		}
		if off >= int64(v.length) {
			return 0, io.EOF
		}
		tried := min(len(p), v.length-int(off))
		n := tried
		addr := v.data + uintptr(off)
		if n > maxStep {
			n = copySteps(p[:n], addr, v.tryRead)
		} else if !v.tryRead(p[:n], addr) {
			n = copyPages(p[:n], addr, v.tryRead)
		}
		if !m.isCurrent(v) {
			clear(p[:tried]) // it may hold a stranger's bytes
			continue
		}
		if n < tried {
			return n, m.fault("read", addr+uintptr(n), int(off)+n)
		}
		if n < len(p) {
			return n, io.EOF
		}
		return n, nil
	}
}

// WriteAt copies p to offset off of the Mapping, as described at [io.WriterAt].
// It returns the number of bytes copied, and [io.ErrShortWrite] if the Mapping
// ends before p does: it never grows the Mapping or its file.
//
// A fault (see [FaultError]) ends the copy: WriteAt returns the number of bytes
// before the page that faulted and an [*Error] whose FaultError.Offset is off+n.
// Pages that may not be written fault, too. A negative off is [ErrRange]; a p
// that overlaps the Mapping is [ErrInvalid]; after Close the error is
// [ErrClosed]. A fault in p itself is a panic: where p is another Mapping's,
// call WriteAt inside of that one's Guard. The pages stay mapped until WriteAt
// returns.
//
// WriteAt may run at once with every other call. Writes to the same bytes need
// the same care as writes to any memory.
func (m *Mapping) WriteAt(p []byte, off int64) (n int, err error) {
	v := m.tryPin()
	if v == nil {
		if v, err = m.pinAgain(); v == nil {
			return 0, m.closed("write", err)
		}
	}
	defer m.unpin(&err)
	if off < 0 || v.overlaps(p) {
		return 0, m.cannotCopy("write", off)
	}
	off = min(off, int64(v.length))
	n = min(len(p), v.length-int(off))
	addr := v.addr(int(off))
	done := n
	if n > maxStep {
		done = copySteps(p[:n], addr, v.tryWrite)
	} else if !v.tryWrite(p[:n], addr) {
		done = copyPages(p[:n], addr, v.tryWrite)
	}
	if done < n {
		return done, m.fault("write", addr+uintptr(done), int(off)+done)
	}
	if n < len(p) {
		return n, io.ErrShortWrite
	}
	return n, nil
}

// Guard calls fn with the bytes of the Mapping and returns what fn returns. If
// fn faults on them, through b, Bytes or Slice (see [FaultError]), Guard returns
// an [*Error] with the *FaultError instead of ending the process; fn ends at the
// fault, and its deferred calls run. The pages stay mapped until Guard
// returns, even if Close comes meanwhile or is called by fn: then Guard unmaps
// them, and reports if that fails (unless fn panics). After Close Guard returns
// [ErrClosed] and does not call fn.
//
// Any number of Guards may run at once, one inside another too. Guard covers the
// calling goroutine alone, not those that fn starts. fn must not keep b. Another
// panic of fn goes on through Guard with its value, unless a deferred function
// of fn faults: that fault replaces the panic, and Guard returns it. A fault in
// another Mapping is such a panic: to use several, nest their Guards.
//
// Guard allocates nothing, and costs a little more than the read lock of a
// sync.RWMutex: use it for every look-up, not for every byte. Many goroutines
// that use one Mapping share a counter, as that lock's readers do: a Mapping of
// the same file for each avoids that.
//
// Guard recovers faults in copying, comparing, hashing, searching, encoding,
// decoding and atomic operations. A recover, a lock or C code between the fault and
// Guard can stop it. So copy what is mapped to a local variable first, before you
//
//   - call what recovers, as fmt does around a String method, text/template
//     around a function and log/slog around a value: it takes the fault for a
//     nil pointer dereference, and Guard returns nil;
//   - hand it to C, or under -race store atomically to a read-only page (the
//     race detector is C): a fault there ends the process;
//   - call crypto/rand.Read, runtime.Stack or runtime.Callers with it: a fault
//     there ends the process;
//   - read it in an iterator under iter.Pull, which runs in another goroutine: a
//     fault there ends the process;
//   - send a mapped value on a channel, or print a mapped string with the
//     println builtin: a fault there ends the process, because the Go runtime
//     holds a lock;
//   - store or delete a map entry by a mapped key: a fault there can leave the
//     map locked, as if in use;
//   - copy within the mapping to an overlapping higher place: on 386, and on
//     amd64 without AVX, a fault there leaves the processor's direction flag
//     set, which breaks later copies.
//
// On NetBSD/arm and iOS the system does not tell the address of a fault, so
// every fault goes on as a panic. On s390x it tells the page alone:
// FaultError.Offset is the page's first byte.
func (m *Mapping) Guard(fn func(b []byte) error) (err error) {
	v := m.tryPin()
	if v == nil {
		if v, err = m.pinAgain(); v == nil {
			return m.closed("guard", err)
		}
	}
	returned, old := false, debug.SetPanicOnFault(true)
	defer func() {
		debug.SetPanicOnFault(old)
		if returned {
			m.unpin(&err)
		} else {
			m.endGuard(v, recover(), &err)
		}
	}()
	err = fn(v.bytes())
	returned = true
	return err
}

// endGuard ends a Guard whose function panicked with r, or ended its goroutine.
func (m *Mapping) endGuard(v *view, r any, err *error) {
	defer m.unpin(err)
	if addr, ok := v.faulted(r); ok {
		off := max(0, int(addr-v.addr(0))) // an address that is rounded to the page may precede the data
		*err = m.fault("guard", addr, off)
	} else if r != nil {
		panic(debugExplain(r))
	}
}

// faulted reports whether a recovered panic is a fault in the pages of v, and
// at which address.
func (v *view) faulted(r any) (addr uintptr, ok bool) {
	e, ok := r.(interface {
		runtime.Error
		Addr() uintptr // of a fault under SetPanicOnFault; other types may have one too
	})
	if !ok {
		return 0, false
	}
	base, size := v.pages()
	return e.Addr(), e.Addr()-base < size
}

// fault returns the error of a call on m that faulted at addr.
func (m *Mapping) fault(op string, addr uintptr, off int) error {
	r := m.request(op)
	return r.plain(&FaultError{
		Addr:      addr,
		Offset:    off,
		anonymous: r.kinds&(sharedFile|privateFile) == 0,
		noWrite:   op == "write" && m.Prot()&ProtWrite == 0,
	})
}

// overlaps reports whether a part of p lies in v.
func (v *view) overlaps(p []byte) bool {
	a := uintptr(unsafe.Pointer(unsafe.SliceData(p)))
	return len(p) != 0 && a < v.data+uintptr(v.length) && v.data < a+uintptr(len(p))
}

// cannotCopy returns why nothing can be copied.
func (m *Mapping) cannotCopy(op string, off int64) error {
	r := m.request(op)
	if off < 0 {
		return r.refuse(errRange, "offset %d is negative", off)
	}
	return r.refuse(errInvalid, "the buffer overlaps the Mapping: use copy inside Guard")
}

// maxStep is the most that is copied at once, in bytes. The garbage collector,
// and with it every goroutine, waits for the end of a copy.
const maxStep = 1 << 20

// copySteps copies between p and the memory at addr in steps, and returns how
// many bytes it copied before a fault. It repeats the step that faulted page by
// page, to know what precedes the fault.
func copySteps(p []byte, addr uintptr, try func(p []byte, addr uintptr) bool) (n int) {
	for n < len(p) {
		step := min(len(p)-n, maxStep)
		if !try(p[n:n+step], addr+uintptr(n)) {
			return n + copyPages(p[n:n+step], addr+uintptr(n), try)
		}
		n += step
	}
	return n
}

func copyPages(p []byte, addr uintptr, try func(p []byte, addr uintptr) bool) (n int) {
	for n < len(p) {
		at := addr + uintptr(n)
		step := min(len(p)-n, pageSize-int(at)&(pageSize-1))
		if !try(p[n:n+step], at) {
			break
		}
		n += step
	}
	return n
}

// tryRead copies what is at addr to p, and tryWrite p to addr: each reports
// whether it got through without a fault in v. They make a pointer of addr in the
// copy alone: see view. One function for both would cost every read a branch.
func (v *view) tryRead(p []byte, addr uintptr) (ok bool) {
	old := debug.SetPanicOnFault(true)
	defer func() {
		debug.SetPanicOnFault(old)
		if !ok {
			v.endCopy(recover())
		}
	}()
	copy(p, memory(addr, uintptr(len(p))))
	return true
}

func (v *view) tryWrite(p []byte, addr uintptr) (ok bool) {
	old := debug.SetPanicOnFault(true)
	defer func() {
		debug.SetPanicOnFault(old)
		if !ok {
			v.endCopy(recover())
		}
	}()
	copy(memory(addr, uintptr(len(p))), p)
	return true
}

// endCopy ends a copy that panicked with r, which may not be a fault in v.
func (v *view) endCopy(r any) {
	if _, ok := v.faulted(r); !ok {
		panic(debugExplain(r))
	}
}
