// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the tests of what holds for every answer.

package web

import (
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"
)

// everywhere are addresses of every kind of answer.
var everywhere = []string{
	"/", "/wikis/metawiki", "/wikis/none", "/items", "/items?q=poem", "/items?page=x", "/item?key=extension:Poem", "/item", "/mentions", "/mentions.atom",
	"/about", "/nothing", "/api/v1/status", "/api/v1/items", "/api/v1/nothing", "/openapi.json", "/toolinfo.json", "/robots.txt", "/static/0/style.css",
}

func TestEveryAnswerSaysWhatItsPageMayDo(t *testing.T) {
	s := newSite(t, newWorld())
	for _, path := range append(everywhere, s.style+"style.css", s.style+"icon.svg") {
		w := get(t, s, path)
		h := w.Header()
		if p := h.Get("Content-Security-Policy"); !strings.HasPrefix(p, "default-src 'none';") || strings.Contains(p, "unsafe") || strings.Contains(p, "script") {
			t.Errorf("GET %s: policy %q", path, p)
		}
		for name, want := range map[string]string{"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer"} {
			if h.Get(name) != want {
				t.Errorf("GET %s: %s is %q", path, name, h.Get(name))
			}
		}
		if h.Get("Content-Type") == "" || h.Get("Cache-Control") == "" || h.Get("Set-Cookie") != "" {
			t.Errorf("GET %s: headers %v", path, h)
		}
		if body := w.Body.String(); strings.HasPrefix(h.Get("Content-Type"), "text/html") && (strings.Contains(body, "<script") || strings.Contains(body, "style=") || strings.Contains(body, "ZgotmplZ")) {
			t.Errorf("GET %s: the page has a script or a style in it, or an address that is none", path)
		}
	}
}

func TestTheSiteIsReadOnly(t *testing.T) {
	s := newSite(t, newWorld())
	for _, method := range []string{"POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT", "BREW"} {
		for _, path := range []string{"/", "/items", "/api/v1/items", "/toolinfo.json", "/nothing"} {
			r := httptest.NewRequest(method, path, strings.NewReader("q=1"))
			w := httptest.NewRecorder()
			s.limits.whole.SetBurst(1 << 30)
			r.RemoteAddr = fmt.Sprintf("198.51.100.%d:1", len(method)*20+len(path))
			s.Handler().ServeHTTP(w, r)
			if w.Code != http.StatusMethodNotAllowed || w.Header().Get("Allow") != "GET, HEAD" {
				t.Errorf("%s %s: status %d", method, path, w.Code)
			}
		}
	}
}

func TestHeadIsGetWithoutABody(t *testing.T) {
	server := httptest.NewServer(newSite(t, newWorld()).Handler())
	defer server.Close()
	for _, path := range []string{"/", "/nothing", "/api/v1/status", "/toolinfo.json"} {
		got, err := http.Get(server.URL + path)
		if err != nil {
			t.Fatal(err)
		}
		got.Body.Close()
		head, err := http.Head(server.URL + path)
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(head.Body)
		head.Body.Close()
		if head.StatusCode != got.StatusCode || head.Header.Get("ETag") != got.Header.Get("ETag") || len(body) > 0 {
			t.Errorf("HEAD %s: status %d and %d bytes, GET has %d", path, head.StatusCode, len(body), got.StatusCode)
		}
	}
}

func TestAnAnswerThatTheClientHasIsNotSentAgain(t *testing.T) {
	s := newSite(t, newWorld())
	for _, path := range []string{"/", "/items?q=poem", "/mentions.atom", "/api/v1/item?key=extension:Poem", "/toolinfo.json", "/openapi.json", s.style + "style.css"} {
		first := get(t, s, path)
		tag := first.Header().Get("ETag")
		again := get(t, s, path, "If-None-Match", tag)
		if tag == "" || again.Code != http.StatusNotModified || again.Body.Len() != 0 {
			t.Errorf("GET %s: tag %q, then status %d with %d bytes", path, tag, again.Code, again.Body.Len())
		}
		if other := get(t, s, path, "If-None-Match", `W/"other"`); other.Code != 200 {
			t.Errorf("GET %s with another tag: status %d", path, other.Code)
		}
		if c := first.Header().Get("Cache-Control"); !strings.HasPrefix(c, "public, max-age=") {
			t.Errorf("GET %s: %s", path, c)
		}
	}
}

func TestLongAnswersAreCompressed(t *testing.T) {
	s := newSite(t, newWorld())
	for _, path := range []string{"/items", "/toolinfo.json", "/openapi.json"} {
		w := get(t, s, path, "Accept-Encoding", "gzip")
		if w.Header().Get("Content-Encoding") != "gzip" {
			t.Errorf("GET %s is not compressed", path)
			continue
		}
		in, err := gzip.NewReader(w.Body)
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(in)
		if err != nil || string(text) != show(t, s, path) {
			t.Errorf("GET %s: %v, or it is not the same", path, err)
		}
	}
}

func TestLongAddressesAreRefused(t *testing.T) {
	s := newSite(t, newWorld())
	if w := get(t, s, "/items?q="+strings.Repeat("a", maxQuery)); w.Code != http.StatusRequestURITooLong {
		t.Errorf("status %d", w.Code)
	}
	if w := get(t, s, "/items?q="+strings.Repeat("a", maxQuery-20)); w.Code != 200 {
		t.Errorf("one that is just short enough: status %d", w.Code)
	}
}

// What goes wrong inside stays inside.
func TestAnErrorTellsNothingOfTheMachine(t *testing.T) {
	for _, path := range []string{"/", "/items", "/item?key=extension:Poem", "/mentions.atom", "/api/v1/status", "/api/v1/items", "/toolinfo.json"} {
		w := newWorld()
		w.err = errors.New("open /data/secret/registry.db: password hunter2 of steward@host refused")
		got := get(t, newSite(t, w), path)
		body := got.Body.String()
		if got.Code != http.StatusServiceUnavailable || got.Header().Get("Retry-After") == "" || got.Header().Get("Cache-Control") != "no-store" {
			t.Errorf("GET %s: status %d, headers %v", path, got.Code, got.Header())
		}
		for _, secret := range []string{"/data", "hunter2", "registry.db"} {
			if strings.Contains(body, secret) {
				t.Errorf("GET %s tells %q", path, secret)
			}
		}
		if strings.HasPrefix(path, "/api/") && !json.Valid(got.Body.Bytes()) {
			t.Errorf("GET %s: %s", path, body)
		}
	}
}

func TestMailAddressesAreNowhere(t *testing.T) {
	text := "ask ana.moss@example.org or so"
	s := newSite(t, hostileWorld(text))
	pages, others := hostilePaths(text)
	for _, path := range append(pages, others...) {
		if path == "/items?q=ask+ana.moss%40example.org+or+so" {
			continue // what the reader typed themself stays in the address alone
		}
		if body := show(t, s, path); strings.Contains(body, "moss@") || strings.Contains(body, "moss%40") {
			t.Errorf("GET %s shows an e-mail address", path)
		}
	}
}

func TestServeEndsWithTheAnswersThatWereBegun(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	begun, goOn := make(chan struct{}), make(chan struct{})
	h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		close(begun)
		<-goOn
		io.WriteString(w, "whole")
	})
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- Serve(ctx, listener, h) }()
	got := make(chan string, 1)
	go func() {
		answer, err := http.Get("http://" + listener.Addr().String())
		if err != nil {
			got <- err.Error()
			return
		}
		defer answer.Body.Close()
		body, _ := io.ReadAll(answer.Body)
		got <- string(body)
	}()
	<-begun
	cancel()
	for { // until it takes nobody new
		c, err := net.DialTimeout("tcp", listener.Addr().String(), time.Second)
		if err != nil {
			break
		}
		c.Close()
	}
	close(goOn)
	if text := <-got; text != "whole" {
		t.Errorf("the answer that was begun: %s", text)
	}
	if err := <-ended; err != nil {
		t.Errorf("the end: %v", err)
	}
}

func TestServeDoesNotWaitForEverAtItsEnd(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	begun := make(chan struct{})
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		ended <- Serve(ctx, listener, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			close(begun)
			<-r.Context().Done()
		}))
	}()
	c, err := net.Dial("tcp", listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	io.WriteString(c, "GET / HTTP/1.1\r\nHost: x\r\n\r\n")
	<-begun
	cancel()
	select {
	case err := <-ended:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(30 * time.Second):
		t.Error("a client that stays keeps the server from ending")
	}
}

func TestMachinesAreAnsweredBesideTheSite(t *testing.T) {
	machines := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "machine") })
	h := Beside(machines, newSite(t, newWorld()).Handler())
	for path, machine := range map[string]bool{"/metrics": true, "/healthz": true, "/readyz": true, "/": false, "/about": false, "/metrics/x": false} {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest("GET", path, nil))
		if (w.Body.String() == "machine") != machine {
			t.Errorf("GET %s: %s", path, w.Body)
		}
	}
}

func TestTheDescriptionIsServedAsItIs(t *testing.T) {
	text, err := os.ReadFile("openapi.json")
	if err != nil {
		t.Fatal(err)
	}
	if show(t, newSite(t, newWorld()), "/openapi.json") != string(text) {
		t.Error("the description is another one")
	}
}
