// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the tests of the sources of ownership on a real wiki, when
// they change, when they fail and when the bot is stopped in the middle.

package bot_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/wiki/wikitest"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/config"
)

func TestAnEditOfASourceIsInTheTableAtOnce(t *testing.T) {
	w := newWorld(t)
	w.start()
	w.awaits(extensions, "Poem", "unassigned", "References Team")
	w.settled()
	w.edit(w.admin, "Maintainers", strings.Replace(maintainers, "Unassigned", "Verse Team", 1))
	w.awaits(extensions, "Verse Team")
	w.edit(w.admin, "MediaWiki:Gadgets-definition", definition+"* Zeta[ResourceLoader]|Zeta.js\n")
	w.awaits(gadgets, "Zeta")
}

func TestAMaintainersPageOnAnotherWikiIsReadAndHeard(t *testing.T) {
	w := newWorld(t)
	other := wikitest.Start(t, wikitest.Options{DB: "otherwiki", Feed: w.udp})
	w.edit(other.Admin(), "Component stewards", maintainers)
	w.conf = func(c *bot.Config) { c.Read = []config.ReadWiki{{Wiki: "otherwiki", API: other.API}} }
	w.edit(w.admin, configPage, strings.Replace(goodRules, `{"page": "Maintainers"}`, `{"page": "component_stewards", "wiki": "otherwiki"}`, 1))
	w.start()
	w.awaits(extensions, "unassigned", "References Team", "Component stewards")
	w.settled()
	w.edit(other.Admin(), "Component stewards", strings.Replace(maintainers, "References Team", "Footnotes Team", 1))
	w.awaits(extensions, "Footnotes Team")
}

func TestAWikiThatTheBotDoesNotReadIsReported(t *testing.T) {
	w := newWorld(t)
	w.edit(w.admin, configPage, strings.Replace(goodRules, `{"page": "Maintainers"}`, `{"page": "Maintainers", "wiki": "otherwiki"}`, 1))
	w.start()
	w.awaits(reportPage, "No rules are in force", "does not read the wiki &#34;otherwiki&#34;")
	w.must(w.stop())
	// The operator adds it, and takes it out again.
	other := w.conf
	w.conf = func(c *bot.Config) {
		c.Read = []config.ReadWiki{{Wiki: "otherwiki", API: "http://127.0.0.1:1/api.php"}}
	}
	w.start()
	w.awaits(gadgets, "Alpha") // which does not depend on it
	w.must(w.stop())
	w.conf = other
	w.start()
	w.awaits(reportPage, "source maintainers cannot be read since", "does not read the wiki otherwiki")
}

// Each source is made to answer badly, alone, and read again. What names far
// less than before is held.
func TestASourceThatFailsAloneLeavesTheTablesAsTheyWere(t *testing.T) {
	refusal := `{"error":{"code":"internal_test","info":"refused by the test"}}`
	for _, test := range []struct {
		source, how string
		is          func(map[string]string) bool
		body, said  string
		once        bool
	}{
		{"siteinfo", "refuses", func(p map[string]string) bool { return strings.HasPrefix(p["siprop"], "extensions") }, refusal, "cannot be read since", false},
		{"siteinfo", "is empty", func(p map[string]string) bool { return strings.HasPrefix(p["siprop"], "extensions") }, `{"query":{"extensions":[]}}`, "named far less than before", true},
		{"maintainers", "refuses", func(p map[string]string) bool { return p["action"] == "parse" }, refusal, "cannot be read since", false},
		{"maintainers", "has no table", func(p map[string]string) bool { return p["action"] == "parse" }, `{"parse":{"title":"Maintainers","revid":7,"text":"<p>Nothing</p>"}}`, "cannot be read since", false},
		{"gadgets", "refuses", func(p map[string]string) bool { return p["list"] == "gadgets" }, refusal, "cannot be read since", false},
	} {
		t.Run(test.source+" "+test.how, func(t *testing.T) {
			w := newWorld(t)
			w.conf = func(c *bot.Config) { c.SurveyEvery = 2 * time.Second }
			w.start()
			w.awaits(extensions, "Poem", "unassigned", "References Team")
			w.awaits(gadgets, "Alpha", "Beta")
			w.awaits(reportPage, "No problems")
			before := w.text(extensions) + w.text(gadgets)
			var done atomic.Bool
			w.api.fail(func(r *http.Request) *http.Response {
				params := map[string]string{}
				for k, v := range asked(r) {
					params[k] = v[0]
				}
				if !test.is(params) || test.once && done.Swap(true) {
					return nil
				}
				return answer(r, http.StatusOK, test.body)
			})
			report := w.awaits(reportPage, "The source "+test.source+" "+test.said, "stays in force", "stale since")
			if n := strings.Count(report, "* The source"); n != 1 {
				t.Errorf("%d sources are said to be stale:\n%s", n, report)
			}
			if after := w.text(extensions) + w.text(gadgets); after != before {
				t.Errorf("the tables have changed:\n%s\nbefore:\n%s", after, before)
			}
			w.api.fail(nil)
			w.awaits(reportPage, "No problems")
			if after := w.text(extensions) + w.text(gadgets); after != before {
				t.Errorf("the tables have changed:\n%s\nbefore:\n%s", after, before)
			}
		})
	}
}

// A survey of more accounts than go into one request is stopped after the first.
func TestARestartInTheMiddleOfALongSurveyGoesOnWhereItWas(t *testing.T) {
	w := newWorld(t)
	var rows strings.Builder
	for i := range 130 {
		fmt.Fprintf(&rows, "|-\n| [[Extension:X%d|X%d]] || || Some Team || || [[User:Nobody %04d]]\n", i/10, i/10, i)
	}
	page := strings.NewReplacer("Individual maintainer", "Individual maintainer !! Consulted", "|}", rows.String()+"|}").Replace(maintainers)
	w.edit(w.admin, "Maintainers", page)
	var mu sync.Mutex
	var batches []string // the first name of each
	var cut atomic.Bool  // the second batch gets no answer
	cut.Store(true)
	w.api.fail(func(r *http.Request) *http.Response {
		params := asked(r)
		if params.Get("uiprop") == "rights" {
			return answer(r, http.StatusOK, `{"query":{"userinfo":{"name":"Steward bot","rights":["read","edit","createpage","createtalk"]}}}`) // fifty at a time
		}
		if params.Get("list") == "logevents" {
			return answer(r, http.StatusOK, `{"query":{"logevents":[]}}`) // nobody was renamed
		}
		names := params.Get("ususers")
		first, more, many := strings.Cut(names, "|")
		if !many || !strings.Contains(more, "Nobody") {
			return nil
		}
		mu.Lock()
		defer mu.Unlock()
		if len(batches) == 2 && cut.Load() {
			return answer(r, http.StatusServiceUnavailable, "") // once more
		}
		if batches = append(batches, first); len(batches) == 2 {
			return answer(r, http.StatusServiceUnavailable, "")
		}
		return nil
	})
	w.start()
	w.awaits(extensions, "Poem", "unassigned") // which does not wait for it
	w.await("the second batch", func() bool {
		mu.Lock()
		defer mu.Unlock()
		return len(batches) == 2
	})
	w.must(w.stop())
	cut.Store(false)
	w.start()
	w.await("the rest of the survey", func() bool { return strings.Contains(w.export(), `"source":"accounts"`) && w.read("accounts") })
	mu.Lock()
	defer mu.Unlock()
	if len(batches) < 3 || batches[2] != batches[1] || batches[0] == batches[1] {
		t.Errorf("the batches began with %q; the one that was cut off should come again, the first should not", batches)
	}
	seen := map[string]bool{}
	for _, first := range batches[2:] {
		if seen[first] || first == batches[0] {
			t.Errorf("%s was asked for again: %q", first, batches)
		}
		seen[first] = true
	}
}

// read reports whether a source was read well.
func (w *world) read(source string) bool {
	w.Helper()
	reg, err := registry.Open(context.Background(), "sqlite:"+w.db)
	w.must(err)
	defer reg.Close()
	states, err := reg.Surveys(context.Background(), w.wiki.DB)
	w.must(err)
	for _, s := range states {
		if s.Source == source {
			return !s.Read.IsZero()
		}
	}
	return false
}

const toolRules = `"sources": {"toolhub": true, "toolhub_all": true, "maintainers": [{"page": "Maintainers"}]},
	"tables": [{"id": "tools", "page": "Project:Tools", "kinds": ["tool"], "columns": ["item", "steward", "maintainers", "verdict", "why", "similar"]},`

func TestTheOperatorsListMakesClaims(t *testing.T) {
	w := newWorld(t)
	list := filepath.Join(t.TempDir(), "stewards.csv")
	w.must(os.WriteFile(list, []byte("item,stewards,maintainers\ngadget:testwiki:Alpha,Gadget Team,\nextension:Poem,,User:Ada\n"), 0o644))
	w.conf = func(c *bot.Config) { c.List, c.SurveyEvery = list, time.Second }
	w.start()
	w.awaits(gadgets, "Gadget Team", "1 owned and 1 unknown")
	w.must(os.WriteFile(list, []byte("item,stewards\ngadget:testwiki:Alpha,Gadget Team\ngadget:testwiki:Beta,\"Other Team\"\nextension:Poem,Verse Team\n"), 0o644))
	w.awaits(gadgets, "Other Team")
	w.must(os.WriteFile(list, []byte("item;nonsense"), 0o644))
	w.awaits(reportPage, "source list cannot be read since", "stays in force")
	if text := w.text(gadgets); !strings.Contains(text, "Other Team") {
		t.Errorf("what the list said before is gone:\n%s", text)
	}
}

func TestTheCatalogueFailsAloneAndIsReadOnce(t *testing.T) {
	w := newWorld(t)
	var broken atomic.Pointer[string]
	record := func(name, title, about string) string {
		return fmt.Sprintf(`{"name":%q,"title":%q,"description":%q,"url":"https://%s.toolforge.org/","author":[{"name":"A"}],"origin":"crawler",
			"created_date":"2026-01-01T00:00:00Z","modified_date":"2026-01-01T00:00:00Z"}`, name, title, about, strings.TrimPrefix(name, "toolforge-"))
	}
	var records []string
	for i := range 8 {
		records = append(records, record(fmt.Sprintf("toolforge-tool-%d", i), fmt.Sprintf("Tool %d", i), fmt.Sprintf("Does a thing of its own, number%d", i)))
	}
	records = append(records, record("toolforge-map-maker", "Map maker", "Draws maps of monuments from coordinates of articles"),
		record("toolforge-monument-maps", "Monument maps", "Maps of monuments drawn from the coordinates in articles"))
	toolhub := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		rw.Header().Set("Content-Type", "application/json")
		if body := broken.Load(); body != nil {
			rw.WriteHeader(http.StatusInternalServerError)
			fmt.Fprint(rw, *body)
			return
		}
		fmt.Fprintf(rw, `{"count":%d,"next":null,"previous":null,"results":[%s]}`, len(records), strings.Join(records, ","))
	}))
	t.Cleanup(toolhub.Close)
	w.conf = func(c *bot.Config) { c.Toolhub, c.SurveyEvery = toolhub.URL+"/api/", time.Second }
	rules := strings.Replace(strings.Replace(goodRules, `"sources": {"maintainers": [{"page": "Maintainers"}]},`, "", 1), `"tables": [`, toolRules, 1)
	w.edit(w.admin, configPage, rules)
	w.start()
	w.awaits("Test Wiki:Tools", "Tool 0", "Map maker", "Monument maps")
	w.await("what is similar", func() bool { return strings.Count(w.text("Test Wiki:Tools"), "Monument maps]") == 2 })
	w.awaits(reportPage, "No problems")
	before := w.text("Test Wiki:Tools")
	html := "<html>oops</html>"
	broken.Store(&html)
	w.awaits(reportPage, "source toolhub cannot be read since", "stays in force")
	if after := w.text("Test Wiki:Tools"); after != before {
		t.Errorf("the table has changed:\n%s\nbefore:\n%s", after, before)
	}
	broken.Store(nil)
	w.awaits(reportPage, "No problems")
	w.edit(w.admin, configPage, strings.Replace(rules, `"version": 1,`, `"version": 1, "similar": {"except": [["tool:map-maker", "tool:monument-maps"]]},`, 1))
	w.await("the pair is struck out", func() bool { return strings.Count(w.text("Test Wiki:Tools"), "Monument maps]") == 1 })
}
