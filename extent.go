// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package mmap

import "math"

// wholePages returns the size of the pages that hold lead bytes and r.n more.
func (r *request) wholePages(lead int) (uintptr, error) {
	switch {
	case r.n <= 0:
		return 0, r.refuse(errInvalid, "length %d must be at least 1", r.n)
	case r.n > math.MaxInt-lead-(pageSize-1):
		return 0, r.refuse(errOverflow, "length %d is more than the address space", r.n)
	}
	return uintptr(lead+r.n+pageSize-1) &^ uintptr(pageSize-1), nil
}

// An edge says how a range that is not whole pages becomes whole pages.
type edge int

const (
	widened   edge = iota // both ends move out to page boundaries
	ownEnds               // an end may be inside of a page only if it is the Mapping's own
	ownEnd                // the same for the upper end; the lower one must begin a page
	unwidened             // neither end may be inside of a page
)

// resolve returns the pages that hold the r.n bytes from r.off.
func (v *view) resolve(r *request, e edge) ([]byte, error) {
	off, n := int(r.off), r.n
	if n == ToEnd {
		n = max(0, v.length-off)
	}
	if off < 0 || n < 0 || off > v.length || n > v.length-off {
		return nil, r.refuse(errRange, "%s, but the Mapping has %d bytes", r.span(), v.length)
	}
	if n == 0 {
		return nil, nil
	}
	mask := uintptr(pageSize - 1)
	lo, hi := v.addr(off), v.addr(off+n)
	ownLo := e == ownEnds && off == 0
	ownHi := (e == ownEnds || e == ownEnd) && off+n == v.length
	badLo, badHi := lo&mask != 0 && !ownLo, hi&mask != 0 && !ownHi
	if e != widened && (badLo || badHi) {
		what, why := "ends", "its neighbours would change too"
		if badLo {
			what = "begins"
		}
		if e == unwidened {
			why = "its neighbours, or what the file has behind the Mapping, may be dropped too"
		}
		return nil, r.refuse(errInvalid, "%s (address %#x) is not whole pages of %d bytes: it %s within one, and %s: the first whole page is at offset %d",
			r.asked(), lo, pageSize, what, why, v.firstPage())
	}
	lo, hi = lo&^mask, (hi+mask)&^mask
	return memory(lo, hi-lo), nil
}

// firstPage returns the offset of the first page that begins in v.
func (v *view) firstPage() int { return int(-v.addr(0) & uintptr(pageSize-1)) }

// apply pins m and calls fn with the pages of r, if there are any.
func (m *Mapping) apply(r *request, e edge, fn func(pages []byte) error) (err error) {
	v, err := m.pin()
	if v == nil {
		return r.closed(err)
	}
	defer m.unpin(&err)
	pages, err := v.resolve(r, e)
	if err != nil || len(pages) == 0 {
		return err
	}
	if err := fn(pages); err != nil {
		return r.fail(err)
	}
	return nil
}
