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
	stale   string // why it cannot be tried; "" if it can
}

type change struct{ file, old, now string }

var mutations = []mutation{
	{name: "Close unmaps without looking at refs", changes: []change{
		{"lifetime.go", `	return m.drop(-closed)`, `	m.refs.Add(closed)
	return m.unmap(m.takePending(false))`},
	}},
	{name: "Close adds the bit before it leaves the view", changes: []change{
		{"lifetime.go", `	if !v.moving { // else`, `	err := m.drop(-closed)
	if !v.moving { // else`},
		{"lifetime.go", `	return m.drop(-closed)`, `	return err`},
	}},
	{name: "Close leaves the view that Remap moves", changes: []change{
		{"lifetime.go", `	if !v.moving { // else`, `	if true { // else`},
	}},
	{name: "Close loads the view and stores nil", changes: []change{
		{"lifetime.go", `	v := m.view.Swap(nil)`, `	v := m.view.Load()
	m.view.Store(nil)`},
	}},
	{name: "Close waits for the mutex", changes: []change{
		{"lifetime.go", `	v := m.view.Swap(nil)`, `	m.mu.Lock()
	defer m.mu.Unlock()
	v := m.view.Swap(nil)`},
	}},
	{name: "Close waits until nobody is inside", changes: []change{
		{"lifetime.go", `	return m.drop(-closed)`, `	for m.refs.Load() != 0 {
	}
	return m.drop(-closed)`},
	}},
	{name: "a second Close takes the pages from the call they were left to", changes: []change{
		{"lifetime.go", `		if v = m.takePending(true); v != nil`, `		if v = m.takePending(false); v != nil`},
	}},
	{name: "a second Close does not retry", changes: []change{
		{"lifetime.go", `		if v = m.takePending(true); v != nil`, `		if false`},
	}},
	{name: "a second Close takes what is not unmapFailed yet", changes: []change{
		{"lifetime.go", `v.unmapFailed != unmapFailed ||`, `!unmapFailed && v.unmapFailed ||`},
	}},
	{name: "two take the same pages", changes: []change{
		{"lifetime.go", `!m.pending.CompareAndSwap(v, nil) {
		return nil`, `false {
		return nil`},
		{"lifetime.go", `	return v
}

// unmap unmaps`, `	m.pending.Store(nil)
	return v
}

// unmap unmaps`},
	}},
	{name: "a late call retries munmap", changes: []change{
		{"lifetime.go", `	again.unmapFailed = true`, `	again.unmapFailed = false`},
	}},
	{name: "pages that stay mapped are forgotten", changes: []change{
		{"lifetime.go", `	m.pending.Store(&again)
`, ``},
	}},
	{name: "pages are left again without a copy", changes: []change{
		{"lifetime.go", `	m.pending.Store(&again)`, `	m.pending.Store(v)`},
	}},
	{name: "drop unmaps while others are inside", changes: []change{
		{"lifetime.go", `(err error) {
	if m.refs.Add(-n) == closed {`, `(err error) {
	if m.refs.Add(-n) >= closed {`},
	}},
	{name: "drop looks at refs before it leaves", changes: []change{
		{"lifetime.go", `(err error) {
	if m.refs.Add(-n) == closed {`, `(err error) {
	refs := m.refs.Load()
	m.refs.Add(-n)
	if refs-n == closed {`},
	}},
	{name: "pin does not look at the bits", changes: []change{
		{"lifetime.go", `m.refs.Add(1) < exclusive {`, `m.refs.Add(1) > 0 {`},
	}},
	{name: "pin looks at the bits before it adds itself", changes: []change{
		{"lifetime.go", `	if m != nil && m.refs.Add(1) < exclusive {`, `	if m == nil {
		return nil
	}
	refs := m.refs.Load()
	if m.refs.Add(1); refs < exclusive {`},
	}},
	{name: "pin does not recheck the view", changes: []change{
		{"lifetime.go", `	if m != nil && m.refs.Add(1) < exclusive {
		return m.view.Load() //`, `	if m == nil {
		return nil
	}
	v := m.view.Load()
	if m.refs.Add(1) < exclusive {
		return v //`},
	}},
	{name: "pin enters a closed Mapping", changes: []change{
		{"lifetime.go", `m.refs.Add(1) < exclusive {
		return m.view.Load() //`, `m.refs.Add(1)&exclusive == 0 {
		if v := m.view.Load(); v == nil {
			return m.pending.Load()
		}
		return m.view.Load() //`},
	}},
	{name: "pin does not take itself back", changes: []change{
		{"lifetime.go", `		if err := m.drop(1); err != nil || m`, `		if err := error(nil); err != nil || m`},
	}},
	{name: "pin takes itself back and leaves the pages", changes: []change{
		{"lifetime.go", `		if err := m.drop(1); err != nil || m`, `		m.refs.Add(-1)
		if err := error(nil); err != nil || m`},
	}},
	{name: "pin does not tell that munmap failed", changes: []change{
		{"lifetime.go", `			return nil, err
		}
		m.waitForRemap()`, `			return nil, nil
		}
		m.waitForRemap()`},
	}},
	{name: "pin gives up while Remap is inside", changes: []change{
		{"lifetime.go", `err != nil || m.view.Load() == nil {`, `err != nil || true {`},
	}},
	{name: "unpin does not tell that munmap failed", changes: []change{
		{"lifetime.go", `	*err = joinErrors(*err, m.unmap(m.takePending(false)))`, `	m.unmap(m.takePending(false))`},
	}},
	{name: "waitForRemap keeps the mutex", changes: []change{
		{"lifetime.go", `		m.mu.Unlock()
		if v == nil || !v.moving {`, `		if v == nil || !v.moving {`},
	}},
	{name: "a call waits for Remap before it leaves", changes: []change{
		{"lifetime.go", `		if err := m.drop(1); err != nil || m.view.Load() == nil {
			return nil, err
		}
		m.waitForRemap()`, `		m.waitForRemap()
		if err := m.drop(1); err != nil || m.view.Load() == nil {
			return nil, err
		}`},
	}},
	{name: "waitForRemap does not see Close", changes: []change{
		{"lifetime.go", `		if v == nil || !v.moving {
			return v`, `		if v != nil && !v.moving {
			return v`},
	}},
	{name: "pin gives up after two Remaps", changes: []change{
		{"lifetime.go", `	for m != nil {`, `	for range 1 {`},
	}},
	{name: "isCurrent asks only whether m is closed", changes: []change{
		{"lifetime.go", `	return m.view.Load() == v`, `	return m.view.Load() != nil`},
	}},
	{name: "isCurrent compares addresses", changes: []change{
		{"lifetime.go", `	return m.view.Load() == v`, `	now := m.view.Load()
	return now != nil && now.data == v.data`},
	}},
	{name: "beginRemap does not look at refs and add in one step", changes: []change{
		{"lifetime.go", `	if !m.refs.CompareAndSwap(0, exclusive) {`, `	if m.refs.Load() != 0 || m.refs.Add(exclusive) == 0 {`},
	}},
	{name: "beginRemap does not look at refs", changes: []change{
		{"lifetime.go", `	if !m.refs.CompareAndSwap(0, exclusive) {`, `	if m.refs.Add(exclusive); false {`},
	}},
	{name: "beginRemap does not mark the view", changes: []change{
		{"lifetime.go", `		moving.moving = true`, `		moving.moving = false`},
	}},
	{name: "beginRemap publishes without CAS", changes: []change{
		{"lifetime.go", `		if m.view.CompareAndSwap(v, &moving) {`, `		if m.view.Store(&moving); true {`},
	}},
	{name: "beginRemap of a closed Mapping leaves the pages", changes: []change{
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
	{name: "beginRemap of a closed Mapping does not take itself back", changes: []change{
		{"lifetime.go", `r.closed(m.drop(exclusive))`, `r.closed(nil)`},
	}},
	{name: "beginRemap does not tell that m is closed", changes: []change{
		{"lifetime.go", `			return nil, r.plain(ErrClosed)`, `			return nil, r.plain(ErrBusy)`},
	}},
	{name: "endRemap publishes without CAS", changes: []change{
		{"lifetime.go", `	if !m.view.CompareAndSwap(old, v) {`, `	if m.view.Store(v); false {`},
	}},
	{name: "endRemap takes itself back before it publishes", changes: []change{
		{"lifetime.go", `	if !m.view.CompareAndSwap(old, v) {
		m.pending.Store(v)
	}
	return m.drop(exclusive)`, `	err := m.drop(exclusive)
	if !m.view.CompareAndSwap(old, v) {
		m.pending.Store(v)
	}
	return err`},
	}},
	{name: "endRemap of a closed Mapping leaves the pages", changes: []change{
		{"lifetime.go", `	if !m.view.CompareAndSwap(old, v) {
		m.pending.Store(v)
	}`, `	m.view.CompareAndSwap(old, v)`},
	}},
	{name: "endRemap leaves where the pages were", changes: []change{
		{"lifetime.go", `	if !m.view.CompareAndSwap(old, v) {
		m.pending.Store(v)`, `	if !m.view.CompareAndSwap(old, v) {
		m.pending.Store(old)`},
	}},
	{name: "endRemap does not unmap", changes: []change{
		{"lifetime.go", `	return m.drop(exclusive)
}`, `	m.refs.Add(-exclusive)
	return nil
}`},
	}},
	{name: "ReadAt does not look again", changes: []change{
		{"fault.go", `		if !m.isCurrent(v) {`, `		if false {`},
	}},
	{name: "ReadAt looks before it copies", changes: []change{
		{"fault.go", `		} else if !v.tryRead(p[:n], addr) {`, `		} else if current = m.isCurrent(v); !v.tryRead(p[:n], addr) {`},
		{"fault.go", `		tried := min(`, `		current := true
		tried := min(`},
		{"fault.go", `		if !m.isCurrent(v) {`, `		if !current {`},
	}},
	{name: "ReadAt does not wait for Remap", changes: []change{
		{"fault.go", `		if v.moving {`, `		if false {`},
	}},
	{name: "ReadAt reports a fault before it looks again", changes: []change{
		{"fault.go", `		if !m.isCurrent(v) {`, `		if n < tried {
			return n, m.fault("read", addr, int(off))
		}
		if !m.isCurrent(v) {`},
	}},
	{name: "ReadAt gives up after two Remaps", changes: []change{
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
	return 0, m.plain("read", ErrClosed)
}`},
	}},
	{name: "WriteAt ends its pin before it copies", changes: []change{
		{"fault.go", `	defer m.unpin(&err)
	if off < 0`, `	m.unpin(&err)
	if off < 0`},
	}},
	{name: "WriteAt does not pin", changes: []change{
		{"fault.go", `	v := m.tryPin()
	if v == nil {
		if v, err = m.pinAgain(); v == nil {
			return 0, m.closed("write", err)
		}
	}
	defer m.unpin(&err)`, `	v := m.load()
	if v == nil {
		return 0, m.closed("write", err)
	}`},
	}},
	{name: "Guard ends its pin before fn", changes: []change{
		{"fault.go", `	err = fn(v.bytes())`, `	if m.unpin(&err); true {
		defer m.refs.Add(1)
	}
	err = fn(v.bytes())`},
	}},
	{name: "Guard keeps its pin when fn panics", changes: []change{
		{"fault.go", `	defer m.unpin(err)
`, ``},
	}},
	{name: "Remap that fails publishes the view before it", changes: []change{
		{"mapping.go", `	old, err := m.beginRemap(&r)`, `	before := m.view.Load()
	old, err := m.beginRemap(&r)`},
		{"mapping.go", `		now = &again`, `		now, again = before, again`},
	}},
	{name: "Remap that fails leaves the view moving", changes: []change{
		{"mapping.go", `		again.moving = false`, `		again.moving = true`},
	}},
	{name: "Remap does not hold the mutex", changes: []change{
		{"mapping.go", `		return r.plain(ErrClosed)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	r.prot = m.prot
	old, err`, `		return r.plain(ErrClosed)
	}
	old, err`},
	}},
	{name: "Remap does not tell that mremap failed", changes: []change{
		{"mapping.go", `	return joinErrors(err, m.endRemap(old, now))`, `	return m.endRemap(old, now)`},
	}},
	{name: "Remap does not tell that munmap failed", changes: []change{
		{"mapping.go", `	return joinErrors(err, m.endRemap(old, now))`, `	m.endRemap(old, now)
	return err`},
	}},
	{name: "Remap shrinks before it publishes", changes: []change{
		{"mapping.go", `	old, err := m.beginRemap(&r)`, `	if v := m.view.Load(); v != nil && length < v.length {
		sysUnmap(v.data+uintptr(length), uintptr(v.length-length))
	}
	old, err := m.beginRemap(&r)`},
	}},
	{name: "Protect pins after it has looked", changes: []change{
		{"extent.go", `	v, err := m.pin()
	if v == nil {`, `	v := m.load()
	if v == nil {`},
		{"extent.go", `	defer m.unpin(&err)
`, ``},
	}},
}
