// SPDX-License-Identifier: GPL-3.0-or-later

package main

import (
	"net/http/httptest"
	"strings"
	"testing"
)

func TestProfilesAreForThisMachineOnly(t *testing.T) {
	for _, address := range []string{":6060", "0.0.0.0:6060", "[::]:6060", "192.0.2.1:6060", "localhost:6060", "6060", ""} {
		if l, err := listenDebug(address); err == nil {
			l.Close()
			t.Errorf("%q is listened on", address)
		}
	}
	for _, address := range []string{"127.0.0.1:0", "127.8.9.10:0"} {
		l, err := listenDebug(address)
		if err != nil {
			t.Errorf("%q: %v", address, err)
			continue
		}
		l.Close()
	}
	tests := []struct {
		name, host, path string
		status           int
	}{
		{"the list", "127.0.0.1:6060", "/debug/pprof/", 200},
		{"the heap", "[::1]:6060", "/debug/pprof/heap", 200},
		{"a name that leads here", "rebound.example:6060", "/debug/pprof/heap", 403},
		{"no host", "", "/debug/pprof/heap", 403},
		{"the command line, which may hold a password", "127.0.0.1:6060", "/debug/pprof/cmdline", 404},
		{"something else", "127.0.0.1:6060", "/metrics", 404},
	}
	for _, test := range tests {
		r := httptest.NewRequest("GET", test.path, nil)
		r.Host = test.host
		w := httptest.NewRecorder()
		debugHandler().ServeHTTP(w, r)
		if w.Code != test.status {
			t.Errorf("%s: status %d, want %d: %s", test.name, w.Code, test.status, strings.TrimSpace(w.Body.String()))
		}
	}
}
