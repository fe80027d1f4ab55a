// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds what the tests of queues run on: wikis that only know
// revisions and recent changes, a feed that says what it is told, and a registry.

package bot

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"net/http"
	"net/url"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/publish"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry/registrytest"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/config"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/events"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/wikitext"
)

// fakeWiki answers for the API of a wiki.
type fakeWiki struct {
	name  string
	limit int // of values; those with more are refused

	mu        sync.Mutex
	revisions map[int64]map[string]any
	changes   []map[string]any
	texts     int           // requests for texts
	requests  int           // all
	asked     map[int64]int // how often each revision was asked for
	away      chan struct{} // closed when it answers again; nil while it does
	broken    int64         // a revision that no answer can be made of
}

func newFakeWiki(name string, limit int) *fakeWiki {
	return &fakeWiki{name: name, limit: limit, revisions: map[int64]map[string]any{}, asked: map[int64]int{}}
}

// began is the time of the first edit of the tests.
var began = time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)

func timeOf(id int64) time.Time { return began.Add(time.Duration(id) * time.Second) }

// edit saves a revision and returns its event.
func (w *fakeWiki) edit(title string, id, parent int64, text string) events.Event {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.revisions[id] = map[string]any{
		"title": title, "revid": id, "parentid": parent, "user": "Ada", "timestamp": timeOf(id).Format(time.RFC3339), "tags": []string{},
		"slots": map[string]any{"main": map[string]any{"contentmodel": "wikitext", "content": text}},
	}
	w.changes = append(w.changes, map[string]any{
		"type": "edit", "ns": 1, "title": title, "revid": id, "old_revid": parent, "rcid": id, "user": "Ada", "timestamp": timeOf(id).Format(time.RFC3339),
	})
	return events.Event{Kind: events.Edit, Wiki: w.name, Namespace: 1, Title: title, Revision: id, Parent: parent, User: "Ada", Time: timeOf(id)}
}

// goAway has the wiki answer nothing until the function that it returns is
// called.
func (w *fakeWiki) goAway() (back func()) {
	away := make(chan struct{})
	w.mu.Lock()
	w.away = away
	w.mu.Unlock()
	return sync.OnceFunc(func() {
		w.mu.Lock()
		w.away = nil
		w.mu.Unlock()
		close(away)
	})
}

func (w *fakeWiki) RoundTrip(r *http.Request) (*http.Response, error) {
	params := r.URL.Query()
	if r.Body != nil {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, err
		}
		more, err := url.ParseQuery(string(body))
		if err != nil {
			return nil, err
		}
		for k, v := range more {
			params[k] = v
		}
	}
	w.mu.Lock()
	away := w.away
	w.requests++
	w.mu.Unlock()
	if away != nil {
		select {
		case <-away:
		case <-r.Context().Done():
			return nil, r.Context().Err()
		}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	answer, status := w.answer(params)
	body, err := json.Marshal(answer)
	return &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(string(body))), Request: r}, err
}

func (w *fakeWiki) answer(params url.Values) (answer map[string]any, status int) {
	query := map[string]any{}
	answer = map[string]any{"curtimestamp": timeOf(1 << 20).Format(time.RFC3339), "query": query}
	switch {
	case params.Get("prop") == "revisions":
		w.texts++
		ids := strings.Split(params.Get("revids"), "|")
		if len(ids) > w.limit {
			return map[string]any{"error": map[string]string{"code": "toomanyvalues", "info": "too many"}}, http.StatusOK
		}
		if w.broken != 0 && slices.Contains(ids, strconv.FormatInt(w.broken, 10)) {
			return map[string]any{"error": map[string]string{"code": "broken", "info": "one of them"}}, http.StatusForbidden
		}
		var pages []any
		for _, text := range ids {
			id, _ := strconv.ParseInt(text, 10, 64)
			w.asked[id]++
			if rev := w.revisions[id]; rev != nil {
				pages = append(pages, map[string]any{"ns": 1, "title": rev["title"], "revisions": []any{rev}})
			}
		}
		query["pages"] = pages
	case params.Get("meta") == "userinfo":
		rights := []string{"read"}
		if w.limit > 50 {
			rights = append(rights, "apihighlimits")
		}
		query["userinfo"] = map[string]any{"rights": rights}
	case params.Get("list") == "recentchanges":
		var rows []any
		for _, c := range w.changes {
			if c["timestamp"].(string) >= params.Get("rcstart") && (params.Get("rcend") == "" || c["timestamp"].(string) <= params.Get("rcend")) {
				rows = append(rows, c)
			}
		}
		query["recentchanges"] = rows
	case params.Get("list") == "logevents":
		query["logevents"] = []any{}
	}
	return answer, http.StatusOK
}

func (w *fakeWiki) counts() (texts, requests int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.texts, w.requests
}

// tellFeed is a feed that says what it is told.
type tellFeed chan events.Event

func (f tellFeed) StreamSet() string   { return "told" }
func (f tellFeed) State() events.State { return events.State{Connected: true} }

func (f tellFeed) Events(ctx context.Context, _ events.Cursor) iter.Seq2[events.Event, error] {
	return func(yield func(events.Event, error) bool) {
		for {
			select {
			case <-ctx.Done():
				return
			case e := <-f:
				if !yield(e, nil) {
					return
				}
			}
		}
	}
}

// route sends requests to the wiki that they are for.
type route map[string]*fakeWiki

func (r route) RoundTrip(req *http.Request) (*http.Response, error) {
	return r[strings.TrimSuffix(req.URL.Host, ".example")].RoundTrip(req)
}

// queues is a bot whose queues run, and nothing else.
type queues struct {
	*testing.T
	bot  *Bot
	feed *feed
	told tellFeed
	reg  *registry.Registry
	n    int64 // events told
	stop func()
}

const queueRules = `{"version": 1, "watch": {"namespaces": [1]}}`

// newQueues starts a bot that serves wikis. It has never run before, unless the
// database is there.
func newQueues(t *testing.T, db string, set func(*feed), wikis ...*fakeWiki) *queues {
	t.Helper()
	reg := registrytest.Open(t, db)
	to := route{}
	c := Config{Registry: reg, UserAgent: "codesteward-test/0 (https://example.org)", Transport: to, Log: zerolog.Nop(), ListedWithin: time.Millisecond}
	for _, w := range wikis {
		to[w.name] = w
		c.Wikis = append(c.Wikis, Served{Wiki: config.Wiki{Wiki: w.name, API: "http://" + w.name + ".example/api.php", User: "Steward bot", ConfigPage: "User:Steward bot/config.json"}})
	}
	b, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range b.sites {
		s.loggedIn.Store(true)
	}
	q := &queues{T: t, bot: b, told: tellFeed(make(chan events.Event)), reg: reg}
	q.feed = &feed{source: q.told, position: position{waitAtMost: waitAtMost}}
	rules, problems := config.ParseRules(queueRules)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	for _, s := range b.sites {
		s.text = wikitext.DefaultSite()
		s.gate = publish.New(publish.Config{Site: s.pages, Reader: s.client, Outbox: reg, Ledger: reg, Log: c.Log})
		s.rules.Store(&ruleset{rules: rules})
		s.useDetector()
		s.feed = q.feed
		q.feed.sites = append(q.feed.sites, s)
	}
	for _, s := range b.sites {
		s.queue = newQueue(q.feed, s)
	}
	if set != nil {
		set(q.feed)
	}
	if _, err := reg.Record(t.Context(), registry.Batch{Cursor: q.cursor(0)}); err != nil {
		t.Fatal(err)
	}
	q.run()
	return q
}

// run runs the queues until the test ends or stop is called.
func (q *queues) run() {
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	start := func(f func(context.Context) error) {
		running.Go(func() {
			if err := f(ctx); err != nil && ctx.Err() == nil {
				q.Error(err)
			}
		})
	}
	start(func(ctx context.Context) error {
		from, err := q.bot.place(ctx, q.feed)
		if err != nil {
			return err
		}
		return q.bot.watch(ctx, q.feed, from)
	})
	for _, s := range q.feed.sites {
		start(s.queue.run)
	}
	q.stop = sync.OnceFunc(func() {
		cancel()
		running.Wait()
		if err := q.reg.Close(); err != nil {
			q.Error(err)
		}
	})
	q.Cleanup(q.stop)
}

func (q *queues) cursor(n int64) events.Cursor {
	id := fmt.Sprintf(`[{"topic":"eqiad.mediawiki.recentchange","partition":0,"timestamp":%d}]`, began.UnixMilli()+n)
	return events.Cursor{Streams: q.told.StreamSet(), ID: id, Time: began.Add(time.Duration(n) * time.Millisecond)}
}

// tell tells of events.
func (q *queues) tell(all ...events.Event) {
	q.Helper()
	for _, e := range all {
		q.n++
		e.Cursor = q.cursor(q.n)
		select {
		case q.told <- e:
		case <-time.After(20 * time.Second):
			q.Fatalf("event %d is not taken", q.n)
		}
	}
}

// await waits until something holds.
func (q *queues) await(what string, ok func() bool) {
	q.Helper()
	deadline := time.NewTimer(30 * time.Second)
	defer deadline.Stop()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for !ok() {
		select {
		case <-deadline.C:
			q.Fatalf("waited 30 s for: %s", what)
		case <-tick.C:
		}
	}
}

// mentions are the mentions on a wiki, as "Title: name", in the order in which
// they were made.
func (q *queues) mentions(wiki string) []string {
	q.Helper()
	v, err := q.reg.View(q.Context(), registry.Query{Wiki: wiki, Now: began})
	if err != nil {
		q.Fatal(err)
	}
	var out []string
	for _, m := range slices.Backward(v.Mentions) {
		out = append(out, m.Title+": "+m.Name)
	}
	return out
}

// placed is how many events the stored position is behind.
func (q *queues) placed() int64 {
	q.Helper()
	c, err := q.reg.Cursor(q.Context(), q.told.StreamSet())
	if err != nil {
		q.Fatal(err)
	}
	return c.Time.Sub(began).Milliseconds()
}

// database is the place of a new registry.
func database(t *testing.T) string { return filepath.Join(t.TempDir(), "registry.db") }
