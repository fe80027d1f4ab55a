// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds tests of what is read from Striker, good and broken.

package survey

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
)

const strikerPath = "/tools/toolinfo/v1.2/toolinfo.json"

// strikerServer serves a list of toolinfo records as Striker does, and with an
// ETag if it has one.
type strikerServer struct {
	*httptest.Server
	tools []record
	etag  string
	sent  int // whole answers
	serve func(w http.ResponseWriter, r *http.Request)
}

func newStrikerServer(t testing.TB, tools ...record) *strikerServer {
	s := &strikerServer{tools: tools}
	as := &toolhubServer{t: t}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if s.serve != nil {
			s.serve(w, r)
			return
		}
		if s.etag != "" {
			w.Header().Set("ETag", s.etag)
			if r.Header.Get("If-None-Match") == s.etag {
				w.WriteHeader(http.StatusNotModified)
				return
			}
		}
		s.sent++
		if s.tools == nil {
			sendJSON(w, "[]")
			return
		}
		as.answer(w, r, s.tools)
	}))
	t.Cleanup(s.Close)
	return s
}

func (s *strikerServer) source(t testing.TB, conf FetcherConfig) Source {
	return Striker(testFetcher(t, conf), s.URL+strikerPath)
}

// newToolforgeRecord is a record with all the fields that Striker writes.
func newToolforgeRecord(name string, authors ...record) record {
	return record{
		"name": name, "title": "Tool " + name, "description": "Does it", "url": "https://" + strings.TrimPrefix(name, "toolforge-") + ".toolforge.org/",
		"keywords": "a, b", "author": authors, "repository": nil, "license": "GPL-3.0-or-later", "technology_used": []string{"Toolforge"},
		"tool_type": "web app", "bugtracker_url": "https://example.org/bugs",
		"developer_docs_url": record{"url": "https://wikitech.wikimedia.org/wiki/Tool:The_docs", "language": "en"}, "_schema": "/toolinfo/1.2.2",
	}
}

func TestStrikerNamesTheMaintainersOfTools(t *testing.T) {
	server := newStrikerServer(t,
		newToolforgeRecord("toolforge-guc",
			record{"name": "Ana Example", "wiki_username": "User:ana_b", "developer_username": "anab", "email": "ana@example.org"},
			record{"name": "Ben <ben@example.org>", "developer_username": "ben"},
			record{"name": "cem (at) example (dot) org", "developer_username": "cem"},
			record{"name": "dia@example.org"},
			record{"name": "Eva", "wiki_username": "eva@example.org"},
			record{"name": "none"}, record{"name": ""},
			record{"name": "Ana again", "wiki_username": "Ana b"}),
		newToolforgeRecord("toolforge.IA Upload"),
		newToolforgeRecord("hay-directory", record{"name": "Hay"}).with(record{"url": "https://hay.toolforge.org/directory/"}),
		newToolforgeRecord("hay-more", record{"name": "Ida"}).with(record{"url": "https://toolsadmin.wikimedia.org/tools/id/hay"}),
		newToolforgeRecord("elsewhere", record{"name": "Ana"}).with(record{"url": "https://example.org/"}),
		newToolforgeRecord("toolforge-old").with(record{"author": "Ana, Ben", "keywords": nil}),
	)
	s, err := readAt(t, server.source(t, FetcherConfig{}), 0, registry.Survey{})
	if err != nil {
		t.Fatal(err)
	}
	if s.Source != "striker" || s.Wiki != registry.AllWikis || s.Part {
		t.Errorf("survey of %q for %q, part %t", s.Source, s.Wiki, s.Part)
	}
	if diff := cmp.Diff([]registry.Key{"tool:guc", "tool:hay", "tool:ia-upload", "tool:old", "tool:toolhub:elsewhere"}, keysOf(s)); diff != "" {
		t.Errorf("items (-want +got):\n%s", diff)
	}
	var got []string
	for _, c := range s.Claims {
		if c.Role != registry.Maintainer || c.Standing != registry.Stated || c.Evidence.Source != "striker" {
			t.Errorf("claim %+v", c)
		}
		got = append(got, fmt.Sprint(c.Item, " ", c.HolderKind, " ", c.Holder, " in ", c.Evidence.Page))
	}
	host := strings.TrimPrefix(server.URL, "http://")
	want := []string{
		"tool:guc user Ana b in HOST/tools/id/guc", "tool:guc team Ben in HOST/tools/id/guc", "tool:guc team cem in HOST/tools/id/guc",
		"tool:guc team Eva in HOST/tools/id/guc", "tool:hay team Hay in HOST/tools/id/hay", "tool:hay team Ida in HOST/tools/id/hay",
		"tool:old team Ana in HOST/tools/id/old", "tool:old team Ben in HOST/tools/id/old",
	}
	for i := range want {
		want[i] = strings.ReplaceAll(want[i], "HOST", host)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("claims (-want +got):\n%s", diff)
	}
	items := itemsByKey(s)
	if diff := cmp.Diff(registry.Item{
		Key: "tool:ia-upload", Name: "Tool toolforge.IA Upload",
		Aliases: []string{"toolforge-ia-upload", "toolforge.IA Upload", "Tool:The docs"},
		Details: registry.Details{
			Title: "Tool toolforge.IA Upload", Description: "Does it", Keywords: []string{"a", "b"}, Type: "web app", Licence: "GPL-3.0-or-later",
			Docs: "https://wikitech.wikimedia.org/wiki/Tool:The_docs",
		},
	}, items["tool:ia-upload"]); diff != "" {
		t.Errorf("item (-want +got):\n%s", diff)
	}
	if got := items["tool:hay"].Aliases; !slices.Contains(got, "hay-directory") || !slices.Contains(got, "hay-more") {
		t.Errorf("names of a tool with two records: %q", got)
	}
}

func TestStrikerIsNotReadAgainWhileItHolds(t *testing.T) {
	server := newStrikerServer(t, newToolforgeRecord("toolforge-a", record{"name": "Ana", "wiki_username": "Ana"}))
	server.etag = `"1"`
	c := newCatalogue(t, server.source(t, FetcherConfig{}))
	for i, want := range []struct {
		etag    string
		changed bool
		sent    int
	}{{`"1"`, true, 1}, {`"1"`, false, 1}, {`"2"`, false, 2}, {"", false, 3}, {"", false, 4}} {
		server.etag = want.etag
		changed, err := c.read(time.Duration(i) * time.Hour)
		if err != nil || changed != want.changed || server.sent != want.sent {
			t.Errorf("reading %d: changed %t, sent %d times, %v", i, changed, server.sent, err)
		}
		if state := c.state(); !state.Read.Equal(noon.Add(time.Duration(i) * time.Hour)) {
			t.Errorf("reading %d: %+v", i, state)
		}
	}
	other := Striker(testFetcher(t, FetcherConfig{}), server.URL+"/other.json")
	server.etag = `"1"`
	if s, err := other.Read(t.Context(), Reading{At: noon, Last: registry.SurveyState{Mark: c.state().Mark}}); err != nil || len(s.Items) != 1 {
		t.Errorf("the validators of another address were used: %v", err)
	}
}

func TestABrokenStrikerDropsNothing(t *testing.T) {
	tools := make([]record, 100)
	for i := range tools {
		tools[i] = newToolforgeRecord(fmt.Sprintf("toolforge-t%02d", i), record{"name": "Ana", "wiki_username": "Ana"})
	}
	broken := map[string]func(s *strikerServer){
		"an empty list": func(s *strikerServer) { s.tools = nil },
		"half a list":   func(s *strikerServer) { s.tools = tools[:50] },
		"nobody maintains any": func(s *strikerServer) {
			s.tools = nil
			for i := range tools {
				s.tools = append(s.tools, newToolforgeRecord(fmt.Sprintf("toolforge-t%02d", i)))
			}
		},
		"a list that is cut off": func(s *strikerServer) {
			s.serve = func(w http.ResponseWriter, _ *http.Request) {
				sendJSON(w, `[{"name": "toolforge-a", "title": "A"}, {"na`)
			}
		},
		"records without end": func(s *strikerServer) {
			s.serve = func(w http.ResponseWriter, _ *http.Request) { sendJSON(w, "["+strings.Repeat("1,", 2*maxRecords)+"1]") }
		},
		"a list of something else": func(s *strikerServer) {
			s.serve = func(w http.ResponseWriter, _ *http.Request) { sendJSON(w, `[{"id": 1}, {"id": 2}, 3]`) }
		},
	}
	for name, answer := range breakages {
		broken[name] = func(s *strikerServer) { s.serve = answer }
	}
	for name, breakIt := range broken {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := newStrikerServer(t, tools...)
			c := newCatalogue(t, server.source(t, FetcherConfig{}))
			if changed, err := c.read(0); !changed || err != nil {
				t.Fatal(changed, err)
			}
			c.source = server.source(t, boundsOf(name))
			breakIt(server)
			_, failure := c.read(time.Hour)
			if failure == nil {
				t.Fatal("nothing was noticed")
			}
			if items, claims := c.live(); items != 100 || claims != 100 {
				t.Errorf("%d items and %d claims of 100 are left", items, claims)
			}
			if state := c.state(); errors.Is(failure, registry.ErrHeld) != !state.Held.IsZero() || state.Held.IsZero() == state.Failed.IsZero() {
				t.Errorf("held %s, stale since %s", state.Held, state.Failed)
			}
			if _, again := c.read(2 * time.Hour); errors.Is(failure, registry.ErrHeld) == (again != nil) {
				t.Errorf("first %v, then %v", failure, again)
			}
		})
	}
}
