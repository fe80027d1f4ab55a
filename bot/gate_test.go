// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds what stands between the bot and the world in tests: a way to
// the API that can be closed, and a log that can be read.

package bot_test

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
)

// gate is the way to the wiki's API, which can be closed, for everything or for
// one list, which the wiki refuses then.
type gate struct {
	mu     sync.Mutex
	closed bool
	list   string
	texts  bool
	fault  func(*http.Request) *http.Response
}

// fail has requests answered by fault, unless that is nil or returns nil.
func (g *gate) fail(fault func(*http.Request) *http.Response) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.fault = fault
}

// answer is an answer of a server.
func answer(r *http.Request, status int, body string) *http.Response {
	return &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body)), Request: r}
}

// asked returns the parameters of a request to the API, which can be read once
// more.
func asked(r *http.Request) url.Values {
	if r.Body == nil {
		return r.URL.Query()
	}
	body, _ := io.ReadAll(r.Body)
	r.Body.Close()
	r.Body = io.NopCloser(bytes.NewReader(body))
	params, _ := url.ParseQuery(string(body))
	return params
}

// forbid has something between the bot and the wiki answer 403 to whoever wants
// to read revisions.
func (g *gate) forbid(texts bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.texts = texts
}

// refuse has the wiki refuse a list, none if it is "".
func (g *gate) refuse(list string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.list = list
}

func (g *gate) set(closed bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.closed = closed
}

func (g *gate) RoundTrip(r *http.Request) (*http.Response, error) {
	g.mu.Lock()
	forbidden := g.texts && r.URL.Query().Has("revids")
	fault := g.fault
	closed, refused := g.closed, g.list != "" && r.URL.Query().Get("list") == g.list
	g.mu.Unlock()
	if closed {
		return nil, errors.New("connection refused by the test")
	}
	if fault != nil {
		if a := fault(r); a != nil {
			return a, nil
		}
	}
	if forbidden {
		return &http.Response{StatusCode: http.StatusForbidden, Header: http.Header{}, Body: io.NopCloser(strings.NewReader("not today")), Request: r}, nil
	}
	if refused {
		answer := `{"error":{"code":"listdisabled","info":"this list is switched off by the test"}}`
		return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(answer)), Request: r}, nil
	}
	return http.DefaultTransport.RoundTrip(r)
}

// lockedBuffer is a log that can be read while it is written.
type lockedBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}

func (b *lockedBuffer) reset() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.buf.Reset()
}
