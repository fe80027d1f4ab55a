// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the test of every source that is asked of a wiki's API, made
// to answer badly in each way that an answer can be bad.

package bot_test

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/wiki/wikitest"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/config"
)

const everySource = `"sources": {"maintainers": [{"page": "Maintainers"}], "infoboxes": true, "scripts": true, "usage": true},`

func TestEverySourceFailsAloneAndDropsNothing(t *testing.T) {
	w := newWorld(t)
	other := wikitest.Start(t, wikitest.Options{DB: "mediawikiwiki", Feed: w.udp})
	w.edit(w.admin, "Maintainers", strings.Replace(maintainers, "Unassigned ||", "Unassigned || [[User:Ada]]", 1))
	w.edit(other.Admin(), "Extension:Cite", "{{Extension|name=Cite|status=stable|maintainer=[[User:Ada]]}}")
	w.edit(w.ada, "User:Ada/tool.js", "// a tool")
	w.edit(w.ada, "User:Ada/common.js", "importScript('User:Ada/tool.js')")
	w.edit(w.ada, "About", "[[mw:Extension:Cite]]")
	w.edit(w.admin, configPage, strings.Replace(goodRules, `"sources": {"maintainers": [{"page": "Maintainers"}]},`, everySource, 1))
	w.conf = func(c *bot.Config) {
		c.Read = []config.ReadWiki{{Wiki: "mediawikiwiki", API: other.API}}
		c.SurveyEvery, c.SurveyPatience = time.Second, 15*time.Second
	}
	usage := func(r *http.Request) *http.Response { // nobody has turned a gadget on there
		if asked(r).Get("list") != "querypage" {
			return nil
		}
		return answer(r, http.StatusOK, `{"query":{"querypage":{"results":[{"value":"9","ns":3,"title":"Talk:gadget-Alpha"}]}}}`)
	}
	w.api.fail(usage)
	w.start()
	sources := []struct {
		name  string
		asks  func(get func(string) string) bool
		empty string
		held  bool // a second answer like an empty one would soon confirm it
	}{
		{"siteinfo", func(get func(string) string) bool { return strings.HasPrefix(get("siprop"), "extensions") }, `{"query":{"extensions":[]}}`, true},
		{"maintainers", func(get func(string) string) bool { return get("action") == "parse" },
			`{"parse":{"title":"Maintainers","revid":7,"text":"<table class=\"wikitable\"><tr><th>Component<th>Steward</table>"}}`, true},
		{"infoboxes", func(get func(string) string) bool { return get("prop") == "revisions|redirects" }, `{"query":{"pages":[]}}`, true},
		{"gadgetusage", func(get func(string) string) bool { return get("list") == "querypage" }, `{"query":{"querypage":{"results":[]}}}`, false},
		{"scripts", func(get func(string) string) bool { return get("list") == "search" }, `{"query":{"search":[]}}`, false},
		{"accounts", func(get func(string) string) bool { return get("ususers") != "" }, `{"batchcomplete":true}`, false},
		{"links", func(get func(string) string) bool { return get("list") == "iwbacklinks" }, `{"batchcomplete":true}`, false},
	}
	w.awaits(extensions, "Poem", "References Team")
	for _, s := range sources {
		w.await(s.name+" is read", func() bool { return w.read(s.name) })
	}
	before := w.knowledge()
	w.await("nothing changes any more", func() bool {
		last := before
		before = w.knowledge()
		return before == last && strings.Contains(before, `"importers"`) && strings.Contains(before, `"last_edit"`) &&
			strings.Contains(before, `"users"`) && strings.Contains(before, `"metric":"links","value":1`) &&
			strings.Contains(before, `User:Ada/tool.js","metric":"links"`) && len(w.troubled()) == 0
	})
	if written := w.writes(); len(written) > 0 {
		t.Errorf("nothing has changed, and yet there are writes: %q", written)
	}
	for _, s := range sources {
		for _, fault := range []struct {
			name string
			once bool
			slow bool
			body func(r *http.Request) *http.Response
		}{
			{"it refuses", false, false, func(r *http.Request) *http.Response {
				return answer(r, http.StatusOK, `{"error":{"code":"internal_test","info":"refused by the test"}}`)
			}},
			{"it is empty", s.held, false, func(r *http.Request) *http.Response { return answer(r, http.StatusOK, s.empty) }},
			{"it has 100 MB", false, true, func(r *http.Request) *http.Response {
				a := answer(r, http.StatusOK, "")
				a.Body = io.NopCloser(io.LimitReader(spaces{}, 100<<20))
				return a
			}},
			{"it is HTML", false, true, func(r *http.Request) *http.Response { return answer(r, http.StatusOK, "<html>oops</html>") }},
			{"it is an error of the server", false, true, func(r *http.Request) *http.Response {
				return answer(r, http.StatusInternalServerError, "oops")
			}},
		} {
			if fault.slow && s.name != "accounts" {
				continue // the client of all of them tries again and again
			}
			what := fmt.Sprintf("%s: %s", s.name, fault.name)
			var done atomic.Bool
			w.api.fail(func(r *http.Request) *http.Response {
				if params := asked(r); !s.asks(params.Get) || fault.once && done.Swap(true) {
					return usage(r)
				}
				return fault.body(r)
			})
			var bad []string
			w.await(what, func() bool { bad = w.troubled(); return len(bad) > 0 })
			if !slices.Equal(bad, []string{s.name}) {
				t.Errorf("%s: in trouble are %q", what, bad)
			}
			if after := w.knowledge(); after != before {
				t.Errorf("%s: what is known has changed:\n%s\nbefore:\n%s", what, after, before)
			}
			w.api.fail(usage)
			w.await("the end of "+what, func() bool { return len(w.troubled()) == 0 })
		}
	}
	w.await("all is as before", func() bool { return w.knowledge() == before })
}

// spaces are spaces without end.
type spaces struct{}

func (spaces) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = ' '
	}
	return len(p), nil
}

// registry is the bot's own, opened once more.
func (w *world) registry(use func(ctx context.Context, reg *registry.Registry)) {
	w.Helper()
	reg, err := registry.Open(context.Background(), "sqlite:"+w.db)
	w.must(err)
	defer reg.Close()
	use(context.Background(), reg)
}

// troubled are the sources that fail or whose answer is held.
func (w *world) troubled() (names []string) {
	w.Helper()
	w.registry(func(ctx context.Context, reg *registry.Registry) {
		states, err := reg.Surveys(ctx, w.wiki.DB)
		w.must(err)
		for _, s := range states {
			if !s.Failed.IsZero() || !s.Held.IsZero() {
				names = append(names, s.Source)
			}
		}
	})
	return names
}

// knowledge is what the sources have said, without when they were read.
func (w *world) knowledge() (text string) {
	w.Helper()
	w.registry(func(ctx context.Context, reg *registry.Registry) {
		view, err := reg.View(ctx, registry.Query{Wiki: w.wiki.DB, Now: time.Now()})
		w.must(err)
		for i := range view.Entries {
			e := &view.Entries[i]
			for n := range e.Claims {
				e.Claims[n].Evidence.Read = time.Time{}
			}
			for n := range e.Measures {
				e.Measures[n].AsOf = time.Time{}
			}
		}
		for name, a := range view.Accounts {
			a.Read = time.Time{}
			view.Accounts[name] = a
		}
		all, err := json.Marshal([]any{view.Entries, view.Accounts})
		w.must(err)
		text = string(all)
	})
	return text
}

// writes has every write to the bot's registry noted until each source was read
// once more, and returns those that are no word of when something was read, is
// read next, or how far that is.
func (w *world) writes() (written []string) {
	w.Helper()
	db, err := sql.Open("sqlite", "file:"+w.db+"?_pragma=busy_timeout(10000)")
	w.must(err)
	defer db.Close()
	each := func(query string, use func(name string)) {
		rows, err := db.Query(query)
		w.must(err)
		defer rows.Close()
		for rows.Next() {
			var name string
			w.must(rows.Scan(&name))
			use(name)
		}
		w.must(rows.Err())
	}
	script := "CREATE TABLE audit (what TEXT);"
	var triggers []string
	each("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' AND name NOT LIKE 'goose%'", func(table string) {
		for _, op := range []string{"INSERT", "UPDATE", "DELETE"} {
			what := fmt.Sprintf("'%s %s'", op, table)
			switch row := map[string]string{"DELETE": "OLD"}[op]; table {
			case "note":
				what += " || ' ' || " + cmp.Or(row, "NEW") + ".name"
			case "survey_state":
				what += " || ' ' || " + cmp.Or(row, "NEW") + ".source"
			}
			triggers = append(triggers, fmt.Sprintf("audit_%s_%s", table, op))
			script += fmt.Sprintf("CREATE TRIGGER audit_%s_%s AFTER %s ON %s BEGIN INSERT INTO audit VALUES (%s); END;", table, op, op, table, what)
		}
	})
	_, err = db.Exec(script)
	w.must(err)
	read := func() map[string]time.Time {
		states := map[string]time.Time{}
		w.registry(func(ctx context.Context, reg *registry.Registry) {
			surveys, err := reg.Surveys(ctx, w.wiki.DB)
			w.must(err)
			for _, s := range surveys {
				states[s.Source] = s.Read
			}
		})
		return states
	}
	before := read()
	w.await("each source is read once more", func() bool {
		now := read()
		for source, at := range before {
			if !now[source].After(at) {
				return false
			}
		}
		return true
	})
	each("SELECT DISTINCT what FROM audit", func(what string) {
		fresh := strings.HasPrefix(what, "UPDATE survey_state ") || strings.HasPrefix(what, "UPDATE note next ") ||
			strings.Contains(what, " note progress ") || what == "UPDATE lease" || what == "UPDATE stream_cursor"
		if !fresh {
			written = append(written, what)
		}
	})
	for _, name := range triggers {
		_, err = db.Exec("DROP TRIGGER " + name)
		w.must(err)
	}
	_, err = db.Exec("DROP TABLE audit")
	w.must(err)
	return written
}
