// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package mmap

import (
	"runtime"
	"unsafe"

	"golang.org/x/sys/windows"
)

const supported = true

// There are no names besides the portable ones, and errno_windows.go has all errors.
var system = platform{resident: sysResident}

// Allocations, views and the offsets of views in their files start at multiples of
// granularity.
const granularity = 64 << 10

const allProt = ProtRead | ProtWrite | ProtExec

// sysMap maps size bytes, which are whole pages, and returns where. It follows
// addr as a hint for memory without a file, and ignores it for a file.
func sysMap(addr, size uintptr, prot Prot, flags Flag, fd int, offset int64) (uintptr, error) {
	kind := flags & (Shared | Private)
	switch {
	case prot&^allProt != 0, flags&^(kind|Anonymous|Fixed) != 0, kind != Shared && kind != Private:
		return 0, windows.ERROR_INVALID_PARAMETER
	case flags&Fixed != 0:
		return 0, errFixed
	}
	if flags&Anonymous != 0 {
		return allocate(addr, size, prot)
	}
	return mapView(windows.Handle(fd), offset, size, prot, kind)
}

// allocate takes size bytes of memory, at addr if that is free. Without access it
// takes the addresses alone: sysProtect commits memory to them.
func allocate(addr, size uintptr, prot Prot) (uintptr, error) {
	how, page := uint32(windows.MEM_RESERVE), pageProtection(prot, windows.PAGE_READWRITE)
	if prot != ProtNone {
		how |= windows.MEM_COMMIT
	}
	if addr &^= uintptr(pageSize - 1); addr != 0 { // VirtualAlloc rounds it down to granularity
		if _, err := windows.VirtualAlloc(addr, size, how, page); err == nil {
			return addr, nil
		}
	}
	base, err := windows.VirtualAlloc(0, size, how, page)
	if err == windows.ERROR_INVALID_PARAMETER { // size is the only one that may be
		err = windows.ERROR_NOT_ENOUGH_MEMORY
	}
	return base, err
}

// mapView maps size bytes of file from offset, up to the end of the file's last page.
// The view begins at offset rounded down to granularity; mapView returns the address
// of offset.
//
// The section has the file's size: it is made with a size of 0, because any
// other would grow the file. The view must end where the file does, not where the
// page does. The view holds the section, and the section the file, so no handle is
// kept.
func mapView(file windows.Handle, offset int64, size uintptr, prot Prot, kind Flag) (uintptr, error) {
	end, err := fileSize(file)
	if err != nil {
		return 0, err
	}
	mask := int64(pageSize - 1)
	if int64(size) > (end+mask)&^mask-offset {
		return 0, ErrUnsupported
	}
	section, most, err := newSection(file, prot, kind)
	if err != nil {
		return 0, err
	}
	lead := offset & (granularity - 1)
	start := offset - lead
	length := min(lead+int64(size), end-start)
	base, err := windows.MapViewOfFile(section, most.access, uint32(start>>32), uint32(start), uintptr(length))
	_ = windows.CloseHandle(section)
	if err == windows.ERROR_ACCESS_DENIED { // the section allows the access, so it is too short
		err = ErrUnsupported
	}
	if err != nil {
		return 0, err
	}
	addr := base + uintptr(lead)
	if page := pageProtection(prot, writeLike(most.page)); page != most.page {
		if err := protect(addr, size, page); err != nil {
			_ = windows.UnmapViewOfFile(base)
			return 0, err
		}
	}
	return addr, nil
}

// rights are what a section and its views allow.
type rights struct {
	page   uint32 // the protection of the section, and of its views' pages
	access uint32 // to ask for when a view is mapped
}

// writeLike returns PAGE_WRITECOPY for the pages of a view whose first protection
// was page if stores are copied there, else PAGE_READWRITE. To ask for the other is
// an error, or silently makes stores private.
func writeLike(page uint32) uint32 {
	if page&(windows.PAGE_WRITECOPY|windows.PAGE_EXECUTE_WRITECOPY) != 0 {
		return windows.PAGE_WRITECOPY
	}
	return windows.PAGE_READWRITE
}

// newSection makes a section of file that allows the most that it can, so that
// Protect may later ask for it: Windows lets no page have more than its view began
// with. Only ProtExec must be in prot from the start, because os.OpenFile
// never asks for the right that it needs.
func newSection(file windows.Handle, prot Prot, kind Flag) (section windows.Handle, most rights, err error) {
	tries := []rights{
		{windows.PAGE_READWRITE, windows.FILE_MAP_WRITE},
		{windows.PAGE_READONLY, windows.FILE_MAP_READ},
	}
	switch {
	case kind == Private:
		tries = []rights{{windows.PAGE_WRITECOPY, windows.FILE_MAP_COPY}}
	case prot&ProtWrite != 0:
		tries = tries[:1]
	}
	for _, most = range tries {
		if prot&ProtExec != 0 {
			most.page = executable(most.page)
			most.access |= windows.FILE_MAP_EXECUTE
		}
		section, err = windows.CreateFileMapping(file, nil, most.page, 0, 0, nil)
		if err != windows.ERROR_ACCESS_DENIED {
			break
		}
	}
	return section, most, err
}

// pageProtection returns the page protection for prot, where write is the one
// for stores.
func pageProtection(prot Prot, write uint32) uint32 {
	page := uint32(windows.PAGE_NOACCESS)
	switch {
	case prot&ProtWrite != 0:
		page = write
	case prot&ProtRead != 0:
		page = windows.PAGE_READONLY
	}
	if prot&ProtExec != 0 {
		page = executable(page)
	}
	return page
}

// executable returns PAGE_EXECUTE for PAGE_NOACCESS, PAGE_EXECUTE_READ for
// PAGE_READONLY, and so on.
func executable(page uint32) uint32 { return page * windows.PAGE_EXECUTE / windows.PAGE_NOACCESS }

// sysUnmap unmaps what sysMap mapped, the pages before addr included.
func sysUnmap(addr, size uintptr) error {
	base := addr &^ (granularity - 1)
	err := windows.UnmapViewOfFile(base)
	if err == windows.ERROR_INVALID_ADDRESS { // it is no view
		err = windows.VirtualFree(base, 0, windows.MEM_RELEASE)
	}
	return err
}

// sysShrink decommits what is past newSize. The addresses stay taken until sysUnmap.
// A view cannot shrink.
func sysShrink(addr, size, newSize uintptr) error {
	info, err := query(addr)
	switch {
	case err != nil:
		return err
	case info.Type == memMapped:
		return ErrUnsupported
	}
	return windows.VirtualFree(addr+newSize, size-newSize, windows.MEM_DECOMMIT)
}

func sysProtect(pages []byte, prot Prot) error {
	if prot&^allProt != 0 {
		return windows.ERROR_INVALID_PARAMETER
	}
	addr, size := span(pages)
	info, err := query(addr)
	if err != nil {
		return err
	}
	page := pageProtection(prot, writeLike(info.AllocationProtect))
	err = protect(addr, size, page)
	switch {
	case err == windows.ERROR_INVALID_PARAMETER && info.Type == memMapped: // more than the view allows
		return windows.ERROR_ACCESS_DENIED
	case err != windows.ERROR_INVALID_ADDRESS:
		return err
	case prot == ProtNone:
		return revoke(addr, size)
	}
	// Some of the pages are only reserved, so nothing has changed. Those that
	// have memory keep what they hold.
	if _, err := windows.VirtualAlloc(addr, size, windows.MEM_COMMIT, page); err != nil {
		return err
	}
	return protect(addr, size, page)
}

func protect(addr, size uintptr, page uint32) error {
	var old uint32
	return windows.VirtualProtect(addr, size, page, &old)
}

// revoke removes the access to those pages that have memory. The others have none.
func revoke(addr, size uintptr) error {
	for end := addr + size; addr < end; {
		info, err := query(addr)
		if err != nil {
			return err
		}
		next := min(info.BaseAddress+info.RegionSize, end)
		if info.State == windows.MEM_COMMIT {
			if err := protect(addr, next-addr, windows.PAGE_NOACCESS); err != nil {
				return err
			}
		}
		addr = next
	}
	return nil
}

// sysSync writes changed pages of a Shared view. It retries while the system writes
// some of them itself, as the JDK does: that is ERROR_LOCK_VIOLATION, and there is
// nothing to wait on.
func sysSync(pages []byte, flags SyncFlag) error {
	if flags&^(SyncWait|SyncAsync|SyncInvalidate) != 0 || flags&(SyncWait|SyncAsync) == SyncWait|SyncAsync {
		return windows.ERROR_INVALID_PARAMETER
	}
	addr, size := span(pages)
	info, err := query(addr)
	if err != nil || info.Type != memMapped || writeLike(info.AllocationProtect) != windows.PAGE_READWRITE {
		return err
	}
	for range 5 {
		err = windows.FlushViewOfFile(addr, size)
		if err != windows.ERROR_LOCK_VIOLATION {
			break
		}
	}
	return err
}

// sysAdvise reads pages ahead for AdviceWillNeed. Windows has no more of the
// portable advice, so the rest of it does nothing.
func sysAdvise(pages []byte, advice Advice) error {
	switch advice {
	case AdviceNormal, AdviceRandom, AdviceSequential, AdviceDontNeed:
		return nil
	case AdviceWillNeed:
		return prefetch(pages)
	}
	return windows.ERROR_INVALID_PARAMETER
}

var prefetchVirtualMemory = windows.NewLazySystemDLL("kernel32.dll").NewProc("PrefetchVirtualMemory")

func prefetch(pages []byte) error {
	var entry struct{ addr, size uintptr } // WIN32_MEMORY_RANGE_ENTRY
	entry.addr, entry.size = span(pages)
	ok, _, err := prefetchVirtualMemory.Call(uintptr(windows.CurrentProcess()), 1, uintptr(unsafe.Pointer(&entry)), 0)
	if ok == 0 {
		return err
	}
	return nil
}

func sysLock(pages []byte) error { return windows.VirtualLock(span(pages)) }

// sysUnlock unlocks page by page where some are not locked, which is no error:
// VirtualUnlock then leaves the others as they are.
func sysUnlock(pages []byte) error {
	addr, size := span(pages)
	err := windows.VirtualUnlock(addr, size)
	if err != windows.ERROR_NOT_LOCKED {
		return err
	}
	for end := addr + size; addr < end; addr += uintptr(pageSize) {
		if err := windows.VirtualUnlock(addr, uintptr(pageSize)); err != nil && err != windows.ERROR_NOT_LOCKED {
			return err
		}
	}
	return nil
}

// A pageState is PSAPI_WORKING_SET_EX_INFORMATION. That of x/sys is too long on
// 386, where the attributes are 32 bits.
type pageState struct {
	addr, attributes uintptr
}

// sysResident tells which pages are in the working set of the process: bit 0.
func sysResident(pages, vec []byte) error {
	states := make([]pageState, min(len(vec), 1<<12))
	var pinner runtime.Pinner // x/sys takes an address, which does not hold what lies there
	defer pinner.Unpin()
	pinner.Pin(&states[0])
	addr, _ := span(pages)
	for len(vec) > 0 {
		states = states[:min(len(states), len(vec))]
		for i := range states {
			states[i].addr = addr + uintptr(i*pageSize)
		}
		size := unsafe.Sizeof(states[0]) * uintptr(len(states))
		if err := windows.QueryWorkingSetEx(windows.CurrentProcess(), uintptr(unsafe.Pointer(&states[0])), uint32(size)); err != nil {
			return err
		}
		for i, s := range states {
			vec[i] = byte(s.attributes & 1)
		}
		vec = vec[len(states):]
		addr += uintptr(len(states) * pageSize)
	}
	return nil
}

// sysSize returns the size of the file that r.fd refers to.
func sysSize(r *request) (int64, error) {
	size, err := fileSize(windows.Handle(r.fd))
	if err != nil {
		return 0, r.fail(err)
	}
	return size, nil
}

// standardInfo is FILE_STANDARD_INFO, which x/sys does not have.
type standardInfo struct {
	allocationSize, endOfFile int64
	links                     uint32
	deletePending, directory  bool
}

// fileSize returns the size of a file on a disk: nothing else can be mapped.
// GetFileInformationByHandle would ask for the volume, too.
func fileSize(file windows.Handle) (int64, error) {
	kind, err := windows.GetFileType(file)
	if err != nil {
		return 0, err
	}
	var info standardInfo
	if kind == windows.FILE_TYPE_DISK {
		err = windows.GetFileInformationByHandleEx(file, windows.FileStandardInfo, (*byte)(unsafe.Pointer(&info)), uint32(unsafe.Sizeof(info)))
	}
	switch {
	case kind != windows.FILE_TYPE_DISK, info.directory,
		err == windows.ERROR_INVALID_FUNCTION, err == windows.ERROR_INVALID_PARAMETER: // the disk itself
		return 0, ErrNotMappable
	case err != nil:
		return 0, err
	}
	return info.endOfFile, nil
}

func span(pages []byte) (addr, size uintptr) {
	return uintptr(unsafe.Pointer(unsafe.SliceData(pages))), uintptr(len(pages))
}

// memoryInfo is MEMORY_BASIC_INFORMATION. That of x/sys is wrong on 386: it has
// a PartitionId before RegionSize, which <winnt.h> has on 64-bit systems alone. With
// it each later field is read from the place of the next.
type memoryInfo struct {
	BaseAddress       uintptr
	AllocationBase    uintptr
	AllocationProtect uint32 // that of all pages when they were mapped
	RegionSize        uintptr
	State             uint32
	Protect           uint32
	Type              uint32
}

// Type of a view; x/sys does not have it.
const memMapped = 0x40000 // MEM_MAPPED

// query tells about the pages from addr on that are like the first.
func query(addr uintptr) (memoryInfo, error) {
	var raw windows.MemoryBasicInformation // at least as long
	err := windows.VirtualQuery(addr, &raw, unsafe.Sizeof(memoryInfo{}))
	return *(*memoryInfo)(unsafe.Pointer(&raw)), err
}
