// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds a tiny wiki in memory that can fail in ways which a real one cannot be made to.

package wiki

import (
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rs/zerolog"
)

// fakeWiki has one page's worth of everything: logins, tokens, one history.
type fakeWiki struct {
	// fault, if it returns true, has answered instead of the wiki. done makes the wiki carry the request out first.
	fault func(w http.ResponseWriter, r *http.Request, p url.Values, done func()) bool

	mu   sync.Mutex
	revs []Revision
	log  []string // action of each request
}

func (f *fakeWiki) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p := r.URL.Query()
	if r.Method == http.MethodPost {
		p = form(r)
	}
	name := p.Get("action")
	if p.Get("meta") == "tokens" {
		name = "token"
	}
	if p.Get("meta") == "siteinfo" {
		name = "siteinfo"
	}
	f.mu.Lock()
	f.log = append(f.log, name)
	f.mu.Unlock()

	answer := httptest.NewRecorder()
	done := func() { f.answer(answer, name, p) }
	if f.fault != nil && f.fault(w, r, p, done) {
		return
	}
	done()
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(answer.Body.Bytes())
}

func form(r *http.Request) url.Values {
	if kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); kind == "multipart/form-data" {
		if err := r.ParseMultipartForm(1 << 20); err != nil {
			panic(err)
		}
		return r.MultipartForm.Value
	}
	body, _ := io.ReadAll(r.Body)
	p, err := url.ParseQuery(string(body))
	if err != nil {
		panic(err)
	}
	return p
}

func (f *fakeWiki) answer(w http.ResponseWriter, name string, p url.Values) {
	f.mu.Lock()
	defer f.mu.Unlock()
	reply := func(format string, args ...any) { fmt.Fprintf(w, format, args...) }
	last := len(f.revs)
	switch name {
	case "token":
		reply(`{"query":{"tokens":{"csrftoken":"t+\\","logintoken":"l+\\"}}}`)
	case "siteinfo":
		reply(`{"query":{"general":{"wikiid":"fakewiki"}}}`)
	case "login":
		reply(`{"login":{"result":"Success"}}`)
	case "edit":
		switch {
		case p.Get("assert") != "bot" || p.Get("token") != "t+\\" || p.Get("md5") == "" || p.Get("nocreate")+p.Get("createonly") != "1":
			reply(`{"error":{"code":"test-badrequest","info":"%s"}}`, p.Encode())
		case p.Get("createonly") == "1" && last > 0:
			reply(`{"error":{"code":"articleexists","info":"there already"}}`)
		case p.Get("nocreate") == "1" && p.Get("baserevid") != fmt.Sprint(last):
			reply(`{"error":{"code":"editconflict","info":"changed"}}`)
		default:
			text := strings.ReplaceAll(p.Get("text"), "~~~~", "[[User:Bot]] now")
			f.revs = append(f.revs, Revision{User: "Bot", Text: text, Comment: p.Get("summary")})
			reply(`{"edit":{"result":"Success","pageid":1,"oldrevid":%d,"newrevid":%d,"newtimestamp":"2026-05-20T10:00:00Z"},"warnings":{"edit":{"warnings":"beware"}}}`, last, last+1)
		}
	case "query":
		if p.Get("list") == "users" {
			reply(`{"query":{"users":[{"name":"Bot","groups":["bot"]}]}}`)
			return
		}
		var revs []map[string]any
		for i, r := range f.revs {
			revs = append(revs, map[string]any{"revid": i + 1, "parentid": i, "user": r.User, "comment": r.Comment, "timestamp": "2026-05-20T10:00:00Z",
				"slots": map[string]any{"main": map[string]any{"content": r.Text, "contentmodel": "wikitext"}}})
		}
		b, _ := json.Marshal(map[string]any{"query": map[string]any{"pages": []any{map[string]any{"title": "Page", "missing": last == 0, "revisions": revs}}}})
		_, _ = w.Write(b)
	default:
		reply(`{"error":{"code":"test-unknown","info":"%s"}}`, name)
	}
}

// add is somebody's edit.
func (f *fakeWiki) add(user, text, summary string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.revs = append(f.revs, Revision{User: user, Text: text, Comment: summary})
}

// texts are the texts of the history.
func (f *fakeWiki) texts() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	texts := []string{}
	for _, r := range f.revs {
		texts = append(texts, r.Text)
	}
	return texts
}

// count tells how often an action was asked for.
func (f *fakeWiki) count(action string) (n int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, a := range f.log {
		if a == action {
			n++
		}
	}
	return n
}

// RoundTrip serves a request without a network, so that time in tests need not pass.
func (f *fakeWiki) RoundTrip(req *http.Request) (*http.Response, error) {
	rec := httptest.NewRecorder()
	f.ServeHTTP(rec, req)
	if err := req.Context().Err(); err != nil {
		return nil, err
	}
	return rec.Result(), nil
}

// client returns a client of the fake, and what it logs.
func (f *fakeWiki) client(t *testing.T) (*Client, *logLines) {
	t.Helper()
	lines := &logLines{}
	c, err := New(Config{Wiki: "fakewiki", API: "https://fake.example/api.php", Login: "Bot@x", Password: "p", UserAgent: agent,
		Transport: f, Log: zerolog.New(lines).Level(zerolog.InfoLevel)})
	if err != nil {
		t.Fatal(err)
	}
	return c, lines
}

// logLines keeps log lines.
type logLines struct {
	mu    sync.Mutex
	lines []string
}

func (l *logLines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.lines = append(l.lines, string(p))
	return len(p), nil
}

// first makes a fault that strikes at the first n requests of an action.
func first(n int, action string, fault func(w http.ResponseWriter, r *http.Request, done func())) func(http.ResponseWriter, *http.Request, url.Values, func()) bool {
	return func(w http.ResponseWriter, r *http.Request, p url.Values, done func()) bool {
		if p.Get("action") != action || n == 0 {
			return false
		}
		n--
		fault(w, r, done)
		return true
	}
}

// hang keeps a request until its context ends.
func hang(_ http.ResponseWriter, r *http.Request, _ func()) { <-r.Context().Done() }

// answering makes a fault that answers with a status, a header line and a body.
func answering(status int, header, body string) func(http.ResponseWriter, *http.Request, func()) {
	return func(w http.ResponseWriter, _ *http.Request, _ func()) {
		if k, v, ok := strings.Cut(header, ": "); ok {
			w.Header().Set(k, v)
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

const apologies = "<!DOCTYPE html>\n<html><title>Wikimedia Error</title>Too many requests</html>"

var someTime = time.Date(2026, 5, 20, 10, 0, 0, 0, time.UTC)
