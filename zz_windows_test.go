package mmap_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/facc7503/mmap"
)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func tempFile(t testing.TB, content []byte) *os.File {
	t.Helper()
	f, err := os.Create(filepath.Join(t.TempDir(), "data.bin"))
	must(t, err)
	t.Cleanup(func() { f.Close() })
	_, err = f.Write(content)
	must(t, err)
	return f
}

func pattern(n int) []byte {
	p := make([]byte, n)
	for i := range p {
		p[i] = byte(i%251) + 1
	}
	return p
}

func wantError(t testing.TB, err error, op string, targets ...error) {
	t.Helper()
	e, ok := err.(*mmap.Error)
	if !ok {
		t.Errorf("got %#v, want an *Error", err)
		return
	}
	if e.Op != op {
		t.Errorf("%v: Op is %q, want %q", err, e.Op, op)
	}
	for _, target := range targets {
		if !errors.Is(err, target) {
			t.Errorf("%v: does not match %q", err, target)
		}
	}
}
