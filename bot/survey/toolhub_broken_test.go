// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds tests that a catalogue which is broken in any way drops
// nothing of what it said before, with a real registry.

package survey

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
)

// catalogue reads a source into a registry as the bot does.
type catalogue struct {
	t      *testing.T
	reg    *registry.Registry
	source Source
}

func newCatalogue(t *testing.T, source Source) *catalogue {
	t.Helper()
	reg, err := registry.Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "test.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { reg.Close() })
	return &catalogue{t, reg, source}
}

// read reads the source some time after noon; the error is what kept its answer
// out, changed is what SaveSurvey says.
func (c *catalogue) read(after time.Duration) (changed bool, failure error) {
	c.t.Helper()
	ctx, at := c.t.Context(), noon.Add(after)
	state := c.state()
	s, err := c.source.Read(ctx, Reading{At: at, Last: state})
	switch {
	case errors.Is(err, ErrUnchanged):
		if err := c.reg.SurveyRead(ctx, c.source.Name, registry.AllWikis, at); err != nil {
			c.t.Fatal(err)
		}
		return false, nil
	case err != nil:
		if err := c.reg.SurveyFailed(ctx, c.source.Name, registry.AllWikis, at, err.Error()); err != nil {
			c.t.Fatal(err)
		}
		return false, err
	}
	changed, err = c.reg.SaveSurvey(ctx, s)
	if err != nil && !errors.Is(err, registry.ErrHeld) {
		c.t.Fatal(err)
	}
	return changed, err
}

func (c *catalogue) state() registry.SurveyState {
	c.t.Helper()
	states, err := c.reg.Surveys(c.t.Context(), registry.AllWikis)
	if err != nil {
		c.t.Fatal(err)
	}
	for _, s := range states {
		if s.Source == c.source.Name {
			return s
		}
	}
	return registry.SurveyState{Source: c.source.Name}
}

// live counts the items that are there, and the claims in force.
func (c *catalogue) live() (items, claims int) {
	c.t.Helper()
	v, err := c.reg.View(c.t.Context(), registry.Query{Wiki: "metawiki", Since: noon, Now: noon, Catalogue: true})
	if err != nil {
		c.t.Fatal(err)
	}
	for _, e := range v.Entries {
		if e.Item.Gone.IsZero() {
			items++
		}
		claims += len(e.Claims)
	}
	return items, claims
}

// bomb is a small packed text that unpacks to 32 MiB.
var bomb = sync.OnceValue(func() []byte {
	var out bytes.Buffer
	packed, _ := gzip.NewWriterLevel(&out, gzip.BestSpeed)
	records := []byte(strings.Repeat(`{"name":"a","title":"`+strings.Repeat("b", 4000)+`"},`, 256))
	packed.Write([]byte("["))
	for range 32 << 20 / len(records) {
		packed.Write(records)
	}
	packed.Close()
	return out.Bytes()
})

// breakages are the ways in which a server of JSON can be broken. Each answers
// in place of the server.
var breakages = map[string]func(w http.ResponseWriter, r *http.Request){
	"500": func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "{}", http.StatusInternalServerError) },
	"403": func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "{}", http.StatusForbidden) },
	"404": http.NotFound,
	"429": func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", "900")
		w.WriteHeader(http.StatusTooManyRequests)
	},
	"HTML with 200": func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprint(w, "<!DOCTYPE html><title>Wikimedia Error</title>")
	},
	"HTML that calls itself JSON": func(w http.ResponseWriter, _ *http.Request) { sendJSON(w, "<html></html>") },
	"null":                        func(w http.ResponseWriter, _ *http.Request) { sendJSON(w, "null") },
	"an error as JSON":            func(w http.ResponseWriter, _ *http.Request) { sendJSON(w, `{"code": 1000, "message": "no"}`) },
	"nothing":                     func(w http.ResponseWriter, _ *http.Request) { sendJSON(w, "") },
	"a body of 100 MB": func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		io.WriteString(w, `[{"name": "`)
		spaces := strings.Repeat("x", 1<<20)
		for range 100 {
			if _, err := io.WriteString(w, spaces); err != nil {
				return
			}
		}
	},
	"a gzip bomb": func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Content-Encoding", "gzip")
		w.Write(bomb())
	},
	"a body that never ends": func(w http.ResponseWriter, r *http.Request) {
		sendJSON(w, `{"count": 1, "results": [`)
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	},
	"a redirect elsewhere": func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "https://example.org/", http.StatusFound)
	},
}

// boundsOf are bounds that make a test of a breakage short.
func boundsOf(breakage string) FetcherConfig {
	conf := FetcherConfig{MaxWhole: 6 << 20}
	if breakage == "a body that never ends" {
		conf.Timeout = 300 * time.Millisecond
	}
	return conf
}

func TestABrokenToolhubDropsNothing(t *testing.T) {
	page := func(change func(page record) record) func(s *toolhubServer) {
		return func(s *toolhubServer) { s.pages = change }
	}
	results := func(p record) []record { return p["results"].([]record) }
	broken := map[string]func(s *toolhubServer){
		"an empty list": func(s *toolhubServer) { s.tools = nil },
		"half a list":   func(s *toolhubServer) { s.tools = s.tools[:len(s.tools)/2] },
		"half of what it counts": page(func(p record) record {
			return p.with(record{"results": results(p)[:len(results(p))/2], "next": nil})
		}),
		"a last page only": page(func(p record) record { return p.with(record{"next": nil}) }),
		"next elsewhere": page(func(p record) record {
			return p.with(record{"next": "https://example.org/api/tools/?page=2"})
		}),
		"next to itself": page(func(p record) record {
			return p.with(record{"next": "?ordering=name&page_size=1000"})
		}),
		"next that is a number":      page(func(p record) record { return p.with(record{"next": 2}) }),
		"count that is text":         page(func(p record) record { return p.with(record{"count": "many"}) }),
		"no count":                   page(func(p record) record { delete(p, "count"); return p }),
		"no results":                 page(func(p record) record { delete(p, "results"); return p }),
		"results that are an object": page(func(p record) record { return p.with(record{"results": record{}}) }),
		"records that are numbers":   page(func(p record) record { return p.with(record{"results": []int{1, 2, 3}, "count": 3, "next": nil}) }),
		"pages without end": func(s *toolhubServer) {
			n := 0
			s.pages = func(p record) record {
				n++
				return p.with(record{"count": 10, "next": fmt.Sprintf("?page=%d", n)})
			}
		},
		"a second page that is broken": func(s *toolhubServer) {
			s.before = func(w http.ResponseWriter, r *http.Request, _ int) bool {
				if r.URL.Query().Get("page") == "2" {
					http.Error(w, "{}", http.StatusInternalServerError)
					return true
				}
				return false
			}
		},
		"the same names on every page": func(s *toolhubServer) {
			s.before = func(_ http.ResponseWriter, r *http.Request, _ int) bool {
				q := r.URL.Query()
				q.Del("page")
				r.URL.RawQuery = q.Encode()
				return false
			}
		},
	}
	for name, answer := range breakages {
		broken[name] = func(s *toolhubServer) {
			s.before = func(w http.ResponseWriter, r *http.Request, _ int) bool { answer(w, r); return true }
		}
	}
	for name, breakIt := range broken {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := newToolhubServer(t, manyTools(60)...)
			server.smallest = 25
			c := newCatalogue(t, server.source(FetcherConfig{}))
			if changed, err := c.read(0); !changed || err != nil {
				t.Fatal(changed, err)
			}
			c.source = server.source(boundsOf(name))
			server.change(func() { breakIt(server) })
			_, failure := c.read(25 * time.Hour)
			if failure == nil {
				t.Fatal("nothing was noticed")
			}
			if items, _ := c.live(); items != 60 {
				t.Errorf("%d of 60 items are left", items)
			}
			state := c.state()
			if held := errors.Is(failure, registry.ErrHeld); held != !state.Held.IsZero() || held == !state.Failed.IsZero() || !state.Read.Equal(noon) {
				t.Errorf("read %s, held %s, stale since %s: %s", state.Read, state.Held, state.Failed, state.Reason)
			}
			if !strings.HasPrefix(failure.Error(), "read Toolhub: ") && !errors.Is(failure, registry.ErrHeld) || len(failure.Error()) > 200 {
				t.Errorf("the reason is %q", failure)
			}

			// And when all is well again, it is read as ever.
			server.change(func() { server.tools, server.before, server.pages = manyTools(60), nil, nil })
			c.source = server.source(FetcherConfig{})
			if changed, err := c.read(26 * time.Hour); changed || err != nil {
				t.Errorf("again: changed %t, %v", changed, err)
			}
			if state := c.state(); !state.Failed.IsZero() || !state.Held.IsZero() || !state.Read.Equal(noon.Add(26*time.Hour)) {
				t.Errorf("again: %+v", state)
			}
			if items, _ := c.live(); items != 60 {
				t.Errorf("again: %d of 60 items", items)
			}
		})
	}
}

func TestASmallerToolhubIsTakenInWhenItSaysSoTwice(t *testing.T) {
	server := newToolhubServer(t, manyTools(100)...)
	c := newCatalogue(t, server.source(FetcherConfig{}))
	if _, err := c.read(0); err != nil {
		t.Fatal(err)
	}
	server.change(func() { server.tools = server.tools[:50] })
	for i, want := range []struct {
		items int
		held  bool
	}{{100, true}, {50, false}, {50, false}} {
		_, err := c.read(time.Duration(i+1) * time.Hour)
		if items, _ := c.live(); items != want.items || errors.Is(err, registry.ErrHeld) != want.held {
			t.Errorf("reading %d: %d items, %v", i+1, items, err)
		}
	}
}

func TestRecordsThatCannotBeReadArePassedOver(t *testing.T) {
	tools := []record{
		newRecord("good", noon),
		newRecord("number-title", noon).with(record{"title": 7}),
		newRecord("list-for-url", noon).with(record{"url": []string{"https://example.org"}}),
		newRecord("text-for-bool", noon).with(record{"deprecated": "yes"}),
		newRecord("text-for-annotations", noon).with(record{"annotations": "none"}),
		newRecord("author-number", noon).with(record{"author": []any{1}}),
		newRecord("no-date", noon).with(record{"modified_date": "yesterday"}),
		newRecord("nobody-needs-it", noon).with(record{"icon": 5, "for_wikis": record{}, "created_by": []int{1}}),
		newRecord("nulls", noon).with(record{"title": nil, "author": nil, "keywords": nil, "annotations": nil, "tool_type": nil, "user_docs_url": nil}),
		newRecord("<script>", noon), newRecord("a\u202eb", noon), newRecord("a b", noon), newRecord("toolforge-toolhub:x", noon), newRecord("toolforge-", noon),
		newRecord("ana@example.org", noon), newRecord(strings.Repeat("x", 255), noon), newRecord("", noon).with(record{"name": 9}),
	}
	server := newToolhubServer(t, tools...)
	log, out := logged()
	s, err := readAt(t, server.source(FetcherConfig{Log: log}), 0, registry.Survey{})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := keysOf(s), []registry.Key{"tool:toolhub:good", "tool:toolhub:nobody-needs-it", "tool:toolhub:nulls"}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	if text := out.String(); !strings.Contains(text, `"records":14`) || !strings.Contains(text, "number-title") || strings.Contains(text, "example.org") {
		t.Errorf("logged %s", text)
	}
}

func TestNamesThatStandTwiceCountOnce(t *testing.T) {
	server := newToolhubServer(t, newRecord("a", noon), newRecord("a", noon.Add(-time.Hour)).with(record{"title": "another"}), newRecord("toolforge-B", noon), newRecord("toolforge-b", noon))
	s, err := readAt(t, server.source(FetcherConfig{}), 0, registry.Survey{})
	if err != nil || !slices.Equal(keysOf(s), []registry.Key{"tool:b", "tool:toolhub:a"}) || itemsByKey(s)["tool:toolhub:a"].Name != "The a" {
		t.Errorf("%v, %v", s.Items, err)
	}
}

func TestLoopsOfReplacementsAreKeptAsTheyAre(t *testing.T) {
	at := func(name string) record {
		return record{"deprecated": true, "replaced_by": "https://toolhub.wikimedia.org/tools/" + name}
	}
	server := newToolhubServer(t, newRecord("a", noon).with(at("b")), newRecord("b", noon).with(at("c")), newRecord("c", noon).with(at("a")))
	c := newCatalogue(t, server.source(FetcherConfig{}))
	if changed, err := c.read(0); !changed || err != nil {
		t.Fatal(changed, err)
	}
	if items, _ := c.live(); items != 3 {
		t.Errorf("%d items", items)
	}
}

func TestAnUnchangedCatalogueWritesNothing(t *testing.T) {
	server := newToolhubServer(t, manyTools(60)...)
	c := newCatalogue(t, server.source(FetcherConfig{}))
	for i, after := range []time.Duration{0, time.Hour, 2 * time.Hour, 24 * time.Hour, 25 * time.Hour, 49 * time.Hour} {
		if changed, err := c.read(after); err != nil || changed != (i == 0) {
			t.Errorf("after %s: changed %t, %v", after, changed, err)
		}
		if state := c.state(); !state.Read.Equal(noon.Add(after)) {
			t.Errorf("after %s: read at %s", after, state.Read)
		}
	}
	if items, _ := c.live(); items != 60 {
		t.Errorf("%d items", items)
	}
}

func TestAReadingThatIsCalledOffIsNoFailureOfItsOwn(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		cancel()
		<-r.Context().Done()
	}))
	defer server.Close()
	for _, source := range []Source{Toolhub(testFetcher(t, FetcherConfig{}), server.URL), Striker(testFetcher(t, FetcherConfig{}), server.URL)} {
		if _, err := source.Read(ctx, Reading{At: noon}); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v", source.Name, err)
		}
	}
}
