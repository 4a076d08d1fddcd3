// Copyright 2026 The mmap Authors.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build unix

package recipes_test

import (
	"bytes"
	"errors"
	"fmt"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"time"

	"github.com/facc7503/mmap"
)

// A Mapping is served over HTTP. Close may come at any time: an answer that has
// begun comes to its end. (ServeContent with an io.SectionReader over the Mapping
// would break off.)
func Example_http() {
	page := os.Getpagesize()
	f, remove := tempFile("hello, world" + strings.Repeat(".", 2*page))
	defer remove()
	m, err := mmap.Map(f, mmap.ProtRead, mmap.Shared)
	if err != nil {
		log.Fatal(err)
	}
	modified := time.Now() // The file's, by Stat.

	handler := func(w http.ResponseWriter, r *http.Request) {
		err := m.Guard(func(b []byte) error {
			http.ServeContent(w, r, "hello.txt", modified, bytes.NewReader(b))
			return nil
		})
		switch {
		case errors.Is(err, mmap.ErrFault): // Somebody has cut the file short.
			panic(http.ErrAbortHandler) // The client sees the connection break off.
		case err != nil: // m is closed, and nothing was sent.
			http.Error(w, "closed", http.StatusServiceUnavailable)
		}
	}

	get := func(ranges string) {
		defer func() {
			if r := recover(); r != nil { // A server would do this.
				fmt.Println(r)
			}
		}()
		w, r := httptest.NewRecorder(), httptest.NewRequest("GET", "/hello.txt", nil)
		r.Header.Set("Range", ranges)
		handler(w, r)
		fmt.Println(w.Code, strings.TrimSpace(w.Body.String()))
	}
	get("bytes=7-11")
	check(f.Truncate(int64(page)))
	get("bytes=0-")
	check(m.Close())
	get("bytes=7-11")
	// Output:
	// 206 world
	// net/http: abort Handler
	// 503 closed
}
