// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build linux

package modelcheck

// A mutation breaks the library. Its changes are texts of which each is once in
// its file: when the file changes, so must they.
type mutation struct {
	name    string
	changes []change
}

type change struct{ file, old, now string }

var mutations = []mutation{
	{"Close unmaps without looking at refs", []change{
		{"lifetime.go", `	return m.drop(-closed)`, `	m.refs.Add(closed)
	return m.unmap(m.takeDoomed(false))`},
	}},
	{"Close adds the bit before it leaves the view", []change{
		{"lifetime.go", `	if !v.moving { // else`, `	err := m.drop(-closed)
	if !v.moving { // else`},
		{"lifetime.go", `	return m.drop(-closed)`, `	return err`},
	}},
	{"Close leaves the view that Remap moves", []change{
		{"lifetime.go", `	if !v.moving { // else`, `	if true { // else`},
	}},
	{"Close loads the view and stores nil", []change{
		{"lifetime.go", `	v := m.view.Swap(nil)`, `	v := m.view.Load()
	m.view.Store(nil)`},
	}},
	{"Close waits for the mutex", []change{
		{"lifetime.go", `	v := m.view.Swap(nil)`, `	m.mu.Lock()
	defer m.mu.Unlock()
	v := m.view.Swap(nil)`},
	}},
	{"Close waits until nobody is inside", []change{
		{"lifetime.go", `	return m.drop(-closed)`, `	for m.refs.Load() != 0 {
	}
	return m.drop(-closed)`},
	}},
	{"a second Close takes the pages from the call they were left to", []change{
		{"lifetime.go", `		if v = m.takeDoomed(true); v != nil`, `		if v = m.takeDoomed(false); v != nil`},
	}},
	{"a second Close does not retry", []change{
		{"lifetime.go", `		if v = m.takeDoomed(true); v != nil`, `		if false`},
	}},
	{"a second Close takes what is not stuck yet", []change{
		{"lifetime.go", `v.stuck != stuck ||`, `!stuck && v.stuck ||`},
	}},
	{"two take the same pages", []change{
		{"lifetime.go", `!m.doomed.CompareAndSwap(v, nil) {
		return nil`, `false {
		return nil`},
		{"lifetime.go", `	return v
}

// unmap unmaps`, `	m.doomed.Store(nil)
	return v
}

// unmap unmaps`},
	}},
	{"a late call retries munmap", []change{
		{"lifetime.go", `	again.stuck = true`, `	again.stuck = false`},
	}},
	{"pages that stay mapped are forgotten", []change{
		{"lifetime.go", `	m.doomed.Store(&again)
`, ``},
	}},
	{"pages are left again without a copy", []change{
		{"lifetime.go", `	m.doomed.Store(&again)`, `	m.doomed.Store(v)`},
	}},
	{"drop unmaps while others are inside", []change{
		{"lifetime.go", `	if m.refs.Add(-n) != closed {`, `	if m.refs.Add(-n) < closed {`},
	}},
	{"drop looks at refs before it leaves", []change{
		{"lifetime.go", `	if m.refs.Add(-n) != closed {`, `	refs := m.refs.Load()
	m.refs.Add(-n)
	if refs-n != closed {`},
	}},
	{"pin does not look at the bits", []change{
		{"lifetime.go", `		if refs < exclusive {`, `		if true {`},
	}},
	{"pin looks at the bits before it adds itself", []change{
		{"lifetime.go", `		refs := m.refs.Add(1)`, `		refs := m.refs.Load()
		m.refs.Add(1)`},
	}},
	{"pin does not recheck the view", []change{
		{"lifetime.go", `		refs := m.refs.Add(1)`, `		v := m.view.Load()
		refs := m.refs.Add(1)`},
		{"lifetime.go", `			if v := m.view.Load(); v != nil {`, `			if v != nil {`},
	}},
	{"pin enters a closed Mapping", []change{
		{"lifetime.go", `		if refs < exclusive {`, `		if refs&exclusive == 0 {`},
		{"lifetime.go", `			if v := m.view.Load(); v != nil {
				return v, nil`, `			if v := m.view.Load(); v != nil {
				return v, nil
			} else if v := m.doomed.Load(); v != nil {
				return v, nil`},
	}},
	{"pin does not take itself back", []change{
		{"lifetime.go", `		if err := m.drop(1); err != nil || refs`, `		if err := error(nil); err != nil || refs`},
	}},
	{"pin takes itself back and leaves the pages", []change{
		{"lifetime.go", `		if err := m.drop(1); err != nil || refs`, `		m.refs.Add(-1)
		if err := error(nil); err != nil || refs`},
	}},
	{"pin does not tell that munmap failed", []change{
		{"lifetime.go", `			return nil, err
		}
		m.waitForRemap()`, `			return nil, nil
		}
		m.waitForRemap()`},
	}},
	{"pin gives up while Remap is inside", []change{
		{"lifetime.go", `|| refs < exclusive || refs >= closed {`, `|| true {`},
	}},
	{"unpin does not tell that munmap failed", []change{
		{"lifetime.go", `*err = joinErrors(*err, m.drop(1))`, `*err = joinErrors(*err, nil); m.drop(1)`},
	}},
	{"waitForRemap keeps the mutex", []change{
		{"lifetime.go", `		m.mu.Unlock()
		if v == nil || !v.moving {`, `		if v == nil || !v.moving {`},
	}},
	{"a call waits for Remap before it leaves", []change{
		{"lifetime.go", `		if err := m.drop(1); err != nil || refs < exclusive || refs >= closed {
			return nil, err
		}
		m.waitForRemap()`, `		if refs >= closed {
			return nil, m.drop(1)
		}
		m.waitForRemap()
		if err := m.drop(1); err != nil || refs < exclusive {
			return nil, err
		}`},
	}},
	{"waitForRemap does not see Close", []change{
		{"lifetime.go", `		if v == nil || !v.moving {
			return v`, `		if v != nil && !v.moving {
			return v`},
	}},
	{"pin gives up after two Remaps", []change{
		{"lifetime.go", `	for {
		refs := m.refs.Add(1)`, `	for range 2 {
		refs := m.refs.Add(1)`},
		{"lifetime.go", `			return nil, err
		}
		m.waitForRemap()
	}
}`, `			return nil, err
		}
		m.waitForRemap()
	}
	return nil, nil
}`},
	}},
	{"isCurrent asks only whether m is closed", []change{
		{"lifetime.go", `	return m.view.Load() == v`, `	return m.view.Load() != nil`},
	}},
	{"isCurrent compares addresses", []change{
		{"lifetime.go", `	return m.view.Load() == v`, `	now := m.view.Load()
	return now != nil && now.data == v.data`},
	}},
	{"freeze does not look at refs and add in one step", []change{
		{"lifetime.go", `	if !m.refs.CompareAndSwap(0, exclusive) {`, `	if m.refs.Load() != 0 || m.refs.Add(exclusive) == 0 {`},
	}},
	{"freeze does not look at refs", []change{
		{"lifetime.go", `	if !m.refs.CompareAndSwap(0, exclusive) {`, `	if m.refs.Add(exclusive); false {`},
	}},
	{"freeze does not mark the view", []change{
		{"lifetime.go", `		moving.moving = true`, `		moving.moving = false`},
	}},
	{"freeze publishes without CAS", []change{
		{"lifetime.go", `		if m.view.CompareAndSwap(v, &moving) {`, `		if m.view.Store(&moving); true {`},
	}},
	{"freeze of a closed Mapping leaves the pages", []change{
		{"lifetime.go", `r.closed(m.drop(exclusive))`, `r.closed(nil)`},
		{"lifetime.go", `	if v := m.view.Load(); v != nil {
		moving`, `	defer func() {
		if m.view.Load() == nil {
			m.refs.Add(-exclusive)
		}
	}()
	if v := m.view.Load(); v != nil {
		moving`},
	}},
	{"freeze of a closed Mapping does not take itself back", []change{
		{"lifetime.go", `r.closed(m.drop(exclusive))`, `r.closed(nil)`},
	}},
	{"freeze does not tell that m is closed", []change{
		{"lifetime.go", `			return nil, r.error(ErrClosed)`, `			return nil, r.error(ErrBusy)`},
	}},
	{"thaw publishes without CAS", []change{
		{"lifetime.go", `	if !m.view.CompareAndSwap(old, v) {`, `	if m.view.Store(v); false {`},
	}},
	{"thaw takes itself back before it publishes", []change{
		{"lifetime.go", `	if !m.view.CompareAndSwap(old, v) {
		m.doomed.Store(v)
	}
	return m.drop(exclusive)`, `	err := m.drop(exclusive)
	if !m.view.CompareAndSwap(old, v) {
		m.doomed.Store(v)
	}
	return err`},
	}},
	{"thaw of a closed Mapping leaves the pages", []change{
		{"lifetime.go", `	if !m.view.CompareAndSwap(old, v) {
		m.doomed.Store(v)
	}`, `	m.view.CompareAndSwap(old, v)`},
	}},
	{"thaw dooms where the pages were", []change{
		{"lifetime.go", `	if !m.view.CompareAndSwap(old, v) {
		m.doomed.Store(v)`, `	if !m.view.CompareAndSwap(old, v) {
		m.doomed.Store(old)`},
	}},
	{"thaw does not unmap", []change{
		{"lifetime.go", `	return m.drop(exclusive)
}`, `	m.refs.Add(-exclusive)
	return nil
}`},
	}},
	{"ReadAt does not look again", []change{
		{"fault.go", `		if !m.isCurrent(v) {`, `		if false {`},
	}},
	{"ReadAt looks before it copies", []change{
		{"fault.go", `		if n > maxStep || !v.tryRead(p[:n], addr) {`, `		current := m.isCurrent(v)
		if n > maxStep || !v.tryRead(p[:n], addr) {`},
		{"fault.go", `		if !m.isCurrent(v) {`, `		if !current {`},
	}},
	{"ReadAt does not wait for Remap", []change{
		{"fault.go", `		if v.moving {`, `		if false {`},
	}},
	{"ReadAt reports a fault before it looks again", []change{
		{"fault.go", `		if !m.isCurrent(v) {`, `		if n < tried {
			return n, m.fault("read", addr, int(off))
		}
		if !m.isCurrent(v) {`},
	}},
	{"ReadAt gives up after two Remaps", []change{
		{"fault.go", `	for {
		v := m.view.Load() // m.load`, `	for range 2 {
		v := m.view.Load() // m.load`},
		{"fault.go", `			return n, io.EOF
		}
		return n, nil
	}
}`, `			return n, io.EOF
		}
		return n, nil
	}
	return 0, m.fail("read", ErrClosed)
}`},
	}},
	{"WriteAt ends its pin before it copies", []change{
		{"fault.go", `		return 0, m.request("write").closed(err)
	}
	defer m.unpin(&err)`, `		return 0, m.request("write").closed(err)
	}
	m.unpin(&err)`},
	}},
	{"WriteAt does not pin", []change{
		{"fault.go", `	v, err := m.pin()
	if v == nil {
		return 0, m.request("write").closed(err)
	}
	defer m.unpin(&err)`, `	v := m.load()
	if v == nil {
		return 0, m.request("write").closed(err)
	}`},
	}},
	{"Guard ends its pin before fn", []change{
		{"fault.go", `	err = fn(v.bytes())`, `	if m.unpin(&err); true {
		defer m.refs.Add(1)
	}
	err = fn(v.bytes())`},
	}},
	{"Guard keeps its pin when fn panics", []change{
		{"fault.go", `	defer m.unpin(err)
`, ``},
	}},
	{"Remap that fails publishes the view before it", []change{
		{"mapping.go", `	old, err := m.freeze(r)`, `	before := m.view.Load()
	old, err := m.freeze(r)`},
		{"mapping.go", `		now = &again`, `		now, again = before, again`},
	}},
	{"Remap that fails leaves the view moving", []change{
		{"mapping.go", `		again.moving = false`, `		again.moving = true`},
	}},
	{"Remap does not hold the mutex", []change{
		{"mapping.go", `		return r.error(ErrClosed)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	old, err`, `		return r.error(ErrClosed)
	}
	old, err`},
	}},
	{"Remap does not tell that mremap failed", []change{
		{"mapping.go", `	return joinErrors(err, m.thaw(old, now))`, `	return m.thaw(old, now)`},
	}},
	{"Remap does not tell that munmap failed", []change{
		{"mapping.go", `	return joinErrors(err, m.thaw(old, now))`, `	m.thaw(old, now)
	return err`},
	}},
	{"Remap shrinks before it publishes", []change{
		{"mapping.go", `	old, err := m.freeze(r)`, `	if v := m.view.Load(); v != nil && length < v.length {
		sysUnmap(v.data+uintptr(length), uintptr(v.length-length))
	}
	old, err := m.freeze(r)`},
	}},
	{"Protect pins after it has looked", []change{
		{"extent.go", `	v, err := m.pin()
	if v == nil {`, `	v := m.load()
	if v == nil {`},
		{"extent.go", `	defer m.unpin(&err)
`, ``},
	}},
}
