// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds a proxy before a real wiki that breaks what passes it.

package main

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// fault is what a proxy does to a request.
type fault string

const (
	hang     fault = "hang"      // there is no answer
	slow     fault = "slow"      // it reaches the wiki two seconds later
	broken   fault = "5xx"       // a page of a server before the wiki
	cut      fault = "cut"       // the connection ends, and the wiki has heard nothing
	cutAfter fault = "cut-after" // the connection ends when the wiki has done what was asked
	lagging  fault = "maxlag"    // the wiki asks to wait
)

// faults carries requests to a wiki. What is to happen to one, choose says.
type faults struct {
	*httptest.Server
	choose atomic.Pointer[func(edit bool) fault]
	edits  atomic.Int64 // that came
	// requests is how many came in all.
	requests atomic.Int64
}

func newFaults(t *testing.T, to string) *faults {
	t.Helper()
	target, err := url.Parse(to)
	if err != nil {
		t.Fatal(err)
	}
	f := &faults{}
	pass := httputil.NewSingleHostReverseProxy(target)
	pass.ErrorHandler = func(w http.ResponseWriter, _ *http.Request, _ error) { w.WriteHeader(http.StatusBadGateway) }
	f.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(io.LimitReader(r.Body, 8<<20))
		if err != nil {
			return
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		f.requests.Add(1)
		edit := bytes.Contains(body, []byte("action=edit")) || bytes.Contains(body, []byte("name=\"action\"\r\n\r\nedit"))
		if edit {
			f.edits.Add(1)
		}
		var what fault
		if choose := f.choose.Load(); choose != nil {
			what = (*choose)(edit)
		}
		switch what {
		case hang:
			select {
			case <-r.Context().Done():
			case <-t.Context().Done():
			}
			panic(http.ErrAbortHandler)
		case slow:
			timer := time.NewTimer(2 * time.Second)
			defer timer.Stop()
			<-timer.C
		case broken:
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		case cut:
			panic(http.ErrAbortHandler)
		case cutAfter:
			pass.ServeHTTP(httptest.NewRecorder(), r)
			panic(http.ErrAbortHandler)
		case lagging:
			w.Header().Set("Retry-After", "5")
			w.Header().Set("X-Database-Lag", "30")
			w.Header().Set("Content-Type", "application/json")
			io.Copy(w, strings.NewReader(`{"error":{"code":"maxlag","info":"Waiting for a server: 30 seconds lagged."}}`))
			return
		}
		pass.ServeHTTP(w, r)
	}))
	t.Cleanup(func() {
		f.CloseClientConnections()
		f.Close()
	})
	return f
}

// set chooses what happens from now on; nil is nothing.
func (f *faults) set(choose func(edit bool) fault) {
	if choose == nil {
		f.choose.Store(nil)
		return
	}
	f.choose.Store(&choose)
}
