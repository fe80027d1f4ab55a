// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds a server that answers as Toolhub's API does: pages of a list
// that can be ordered, with validators, and with whatever goes wrong.

package survey

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
)

// record is a record of Toolhub as it goes over the wire.
type record map[string]any

// newRecord is a record with all the fields that the API gives.
func newRecord(name string, modified time.Time) record {
	return record{
		"name": name, "title": "The " + name, "description": "Does what " + name + " does", "url": "https://example.org/" + name,
		"keywords": []string{"editing", "lists"}, "author": []record{{"name": "Ana"}}, "repository": nil, "subtitle": nil, "openhub_id": nil,
		"url_alternates": []record{}, "bot_username": nil, "deprecated": false, "replaced_by": nil, "experimental": false,
		"for_wikis": []string{"*"}, "icon": nil, "license": "GPL-3.0-or-later", "sponsor": []string{}, "available_ui_languages": []string{"en"},
		"technology_used": []string{"Go"}, "tool_type": "web app", "api_url": nil, "developer_docs_url": []record{},
		"user_docs_url": []record{}, "feedback_url": []record{}, "privacy_policy_url": []record{}, "translate_url": nil, "bugtracker_url": nil,
		"annotations": record{
			"wikidata_qid": nil, "audiences": []string{}, "content_types": []string{}, "tasks": []string{}, "subject_domains": []string{},
			"deprecated": false, "replaced_by": nil, "experimental": false, "for_wikis": []string{}, "icon": nil, "available_ui_languages": []string{},
			"tool_type": nil, "repository": nil, "api_url": nil, "developer_docs_url": []record{}, "user_docs_url": []record{},
			"feedback_url": []record{}, "privacy_policy_url": []record{}, "translate_url": nil, "bugtracker_url": nil,
		},
		"_schema": "/toolinfo/1.2.2", "_language": "en", "origin": "crawler",
		"created_by": record{"id": 1, "username": "Crawler"}, "created_date": modified.Format(time.RFC3339Nano),
		"modified_by": record{"id": 1, "username": "Crawler"}, "modified_date": modified.Format(time.RFC3339Nano),
	}
}

// with changes fields of a record.
func (r record) with(changes record) record {
	for key, value := range changes {
		r[key] = value
	}
	return r
}

// toolhubServer has a list of tools and remembers what it was asked.
type toolhubServer struct {
	*httptest.Server
	t testing.TB

	mu       sync.Mutex
	tools    []record
	asked    []string // queries of the list, with the status
	agents   map[string]bool
	saved    int // answers that nothing has changed
	etags    bool
	unsorted bool // the newest come first, whatever is asked
	smallest int  // 0, or the most records of a page whatever is asked
	// before is called before each answer is made, with the number of the
	// request, counted from 1; an answer that it gives itself is all there is.
	before func(w http.ResponseWriter, r *http.Request, n int) (answered bool)
	// pages changes a page on its way.
	pages func(page record) record
}

func newToolhubServer(t testing.TB, tools ...record) *toolhubServer {
	s := &toolhubServer{t: t, tools: tools, agents: make(map[string]bool), etags: true}
	s.Server = httptest.NewServer(http.HandlerFunc(s.serve))
	t.Cleanup(s.Close)
	return s
}

// manyTools are records of tools, the newest first, those of Toolforge among
// them.
func manyTools(n int) []record {
	tools := make([]record, n)
	for i := range tools {
		name := fmt.Sprintf("tool-%04d", i)
		if i%2 == 0 {
			name = "toolforge-" + name
		}
		tools[i] = newRecord(name, noon.Add(-time.Duration(i+1)*time.Minute))
	}
	return tools
}

func (s *toolhubServer) serve(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.agents[r.UserAgent()] = true
	n := len(s.asked) + 1
	s.asked = append(s.asked, r.URL.RawQuery)
	if s.before != nil && s.before(w, r, n) {
		return
	}
	if r.URL.Path != "/api/tools/" {
		http.NotFound(w, r)
		return
	}
	size, page := number(r, "page_size", 10), number(r, "page", 1)
	size = min(size, 1000)
	if s.smallest > 0 {
		size = min(size, s.smallest)
	}
	list := slices.Clone(s.tools)
	text := func(r record, key string) string { v, _ := r[key].(string); return v }
	slices.SortStableFunc(list, func(a, b record) int {
		if r.URL.Query().Get("ordering") == "name" && !s.unsorted {
			return strings.Compare(text(a, "name"), text(b, "name"))
		}
		at, _ := time.Parse(time.RFC3339Nano, text(a, "modified_date"))
		bt, _ := time.Parse(time.RFC3339Nano, text(b, "modified_date"))
		return bt.Compare(at)
	})
	link := func(page int) any {
		if page < 1 || (page-1)*size >= len(list) {
			return nil
		}
		q := r.URL.Query()
		q.Set("page", strconv.Itoa(page))
		return "http://" + r.Host + r.URL.Path + "?" + q.Encode()
	}
	if page > 1 && (page-1)*size >= len(list) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusNotFound)
		fmt.Fprint(w, `{"detail": "Invalid page."}`)
		return
	}
	answer := record{
		"count": len(list), "next": link(page + 1), "previous": link(page - 1),
		"results": list[min((page-1)*size, len(list)):min(page*size, len(list))],
	}
	if s.pages != nil {
		answer = s.pages(answer)
	}
	s.answer(w, r, answer)
}

// answer sends JSON as the API does, packed if the client can unpack.
func (s *toolhubServer) answer(w http.ResponseWriter, r *http.Request, answer any) {
	body, err := json.Marshal(answer)
	if err != nil {
		s.t.Error(err)
	}
	w.Header().Set("Content-Type", "application/json")
	if s.etags {
		etag := fmt.Sprintf(`W/"%x"`, sha256.Sum256(body))
		w.Header().Set("ETag", etag)
		if r.Header.Get("If-None-Match") == etag {
			s.saved++
			w.WriteHeader(http.StatusNotModified)
			return
		}
	}
	if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		w.Header().Set("Content-Encoding", "gzip")
		packed := gzip.NewWriter(w)
		_, _ = packed.Write(body)
		_ = packed.Close()
		return
	}
	_, _ = w.Write(body)
}

func number(r *http.Request, key string, standard int) int {
	n, err := strconv.Atoi(r.URL.Query().Get(key))
	if err != nil {
		return standard
	}
	return n
}

// change does something to the tools between requests.
func (s *toolhubServer) change(do func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	do()
}

// requests returns the queries since the last call.
func (s *toolhubServer) requests() (asked []string) {
	s.change(func() { asked, s.asked = s.asked, nil })
	return asked
}

// source is Toolhub as the server gives it.
func (s *toolhubServer) source(conf FetcherConfig) Source {
	return Toolhub(testFetcher(s.t, conf), s.URL+"/api/")
}

func testFetcher(t testing.TB, conf FetcherConfig) *Fetcher {
	conf.UserAgent = "codesteward-test/1.0 (https://example.org/bot)"
	if conf.Timeout == 0 {
		conf.Timeout = 2 * time.Minute // the machine may be busy
	}
	transport := http.DefaultTransport.(*http.Transport).Clone()
	conf.Transport = transport
	t.Cleanup(transport.CloseIdleConnections)
	return NewFetcher(conf)
}

// logged is a logger with what it wrote.
func logged() (zerolog.Logger, *bytes.Buffer) {
	var out bytes.Buffer
	return zerolog.New(&out), &out
}

// readAt reads a source some time after noon, as its last survey left it.
func readAt(t testing.TB, source Source, after time.Duration, last registry.Survey) (registry.Survey, error) {
	t.Helper()
	return source.Read(t.Context(), Reading{At: noon.Add(after), Last: registry.SurveyState{Source: source.Name, Read: last.At, Mark: last.Mark}})
}

// items are the items of a survey by key.
func itemsByKey(s registry.Survey) map[registry.Key]registry.Item {
	out := make(map[registry.Key]registry.Item, len(s.Items))
	for _, item := range s.Items {
		out[item.Key] = item
	}
	return out
}

// keysOf are the keys of a survey in order.
func keysOf(s registry.Survey) []registry.Key {
	var keys []registry.Key
	for _, item := range s.Items {
		keys = append(keys, item.Key)
	}
	slices.SortFunc(keys, cmp.Compare)
	return keys
}
