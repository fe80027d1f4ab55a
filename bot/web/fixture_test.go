// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds what the tests show on the site: a small world, written for
// them.

package web

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
)

var noon = time.Date(2026, 5, 20, 12, 0, 0, 0, time.UTC)

func before(d time.Duration) time.Time { return noon.Add(-d) }

const day = 24 * time.Hour

// world is a Source that tests fill.
type world struct {
	mu       sync.Mutex
	state    State
	parts    map[string]Part
	recorded map[registry.Key]bool
	hidden   map[registry.Key]bool // mentions, by the key they are written as
	err      error
	reads    int
}

func (w *world) State(context.Context) (State, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	s := w.state
	s.Wikis = slices.Clone(s.Wikis)
	return s, w.err
}

func (w *world) Read(_ context.Context, wiki string, take func(Part)) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.reads++
	take(w.parts[wiki])
	return w.err
}

func (w *world) Shown(_ context.Context, mentions []registry.Mention) ([]registry.Mention, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(mentions), func(m registry.Mention) bool { return w.hidden[m.As] }), w.err
}

func (w *world) Recorded(context.Context) (map[registry.Key]bool, error) { return w.recorded, w.err }

// set changes the world while it is looked at.
func (w *world) set(change func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	change()
}

// judge is what the rules say about an entry, with thresholds that matter here
// to none.
func judge(e registry.Entry) registry.Opinion {
	return registry.Judge(e.Claims, nil, registry.Limits{Wiki: "metawiki"}, noon)
}

func stated(source, page string, revision int64, role registry.Role, kind registry.HolderKind, holder string) registry.Claim {
	return registry.Claim{Role: role, HolderKind: kind, Holder: holder, Standing: registry.Stated, Evidence: registry.Evidence{
		Source: source, Wiki: "mediawikiwiki", Page: page, Revision: revision, User: "Cleo Quill", Time: before(40 * day), Read: before(3 * time.Hour),
	}}
}

func inCell(role registry.Role, holder string, standing registry.Standing, by string) registry.Claim {
	return registry.Claim{Role: role, HolderKind: registry.User, Holder: holder, Standing: standing, Evidence: registry.Evidence{
		Source: "cells", Wiki: "metawiki", Page: "Stewardship/Extensions", Revision: 5120, User: by, Time: before(12 * day), Read: before(20 * time.Minute),
	}}
}

const maintainersPage = "Developers/Maintainers"

// newWorld is a bot that serves two wikis.
func newWorld() *world {
	meta := Place{Wiki: "metawiki", Article: "https://meta.example.org/wiki/$1"}
	commons := Place{Wiki: "commonswiki", Article: "https://commons.example.org/wiki/$1"}
	steer := func(p Place) Wiki {
		return Wiki{
			Place: p, Account: "Steward bot", ConfigPage: "User:Steward bot/config.json", ReportPage: "User:Steward bot/config report",
			StatusPage: "User:Steward bot/status", StopPage: "User:Steward bot/stop",
		}
	}
	m, c := steer(meta), steer(commons)
	m.Mode, m.Rules = Live, &registry.RulesState{Wiki: "metawiki", Revision: 4711, User: "Ada Moss", Since: before(9 * day)}
	m.Waiting = []Held{{"Stewardship/Gadgets#gadgets", "The table would lose 14 of 40 rows at once; a second reading has to agree."}}
	m.Refused = []Held{{"Stewardship/Skins#skins", "The markers of region skins do not stand there any more; put them back, or take them out of the rules."}}
	m.Sources = []SourceState{
		{Name: "maintainers", Shared: true, Read: before(3 * time.Hour), Next: noon.Add(3 * time.Hour)},
		{Name: "gadgets", Read: before(20 * time.Minute), Next: noon.Add(40 * time.Minute)},
		{Name: "toolhub", Shared: true, Read: before(3 * day), Failed: before(26 * time.Hour)},
		{Name: "siteinfo", Read: before(2 * time.Hour), Held: before(2 * time.Hour)},
	}
	m.Edits = []registry.Edit{
		{Wiki: "metawiki", Revision: 5133, Title: "Stewardship/Extensions", Region: "extensions", Rules: 4711, Saved: before(14 * time.Minute)},
		{Wiki: "metawiki", Revision: 5131, Title: "User:Steward bot/status", Region: "status", Saved: before(50 * time.Minute)},
		{Wiki: "metawiki", Revision: 5122, Title: "Stewardship/Noticeboard", Region: "noticeboard", Rules: 4711, Saved: before(5 * time.Hour)},
	}
	m.Gaps = []registry.Gap{{Wiki: "metawiki", From: before(30 * time.Hour), To: before(29 * time.Hour), Cause: "expired", Missing: 120, Found: 7, Filled: before(28 * time.Hour)}}
	c.Mode, c.Trial = Trial, "3 of 50 edits made"
	c.Rules = &registry.RulesState{Wiki: "commonswiki", Revision: 90210, User: "Bo Reed", Since: before(2 * day)}
	c.Rejected, c.Problems = 90215, []string{"$.tables[1].kinds[0]: “gadgets” is no kind; it can be extension, skin, gadget, userscript or tool"}
	c.Stops = []Stop{{What: "notices", User: "Bo Reed", Since: before(7 * time.Hour)}}
	w := &world{
		state: State{
			Now: noon, Running: true, LastEvent: before(12 * time.Second), Wikis: []Wiki{c, m},
			Places: []Place{{Wiki: "mediawikiwiki", Script: "https://www.example.org/w/index.php"}},
		},
		parts: map[string]Part{}, hidden: map[registry.Key]bool{}, recorded: map[registry.Key]bool{"gadget:commonswiki:Cat-a-while": true},
	}
	w.parts["metawiki"] = metaPart()
	w.parts["commonswiki"] = commonsPart()
	return w
}

func metaPart() Part {
	ext := func(name string, claims ...registry.Claim) registry.Entry {
		key := registry.Key("extension:" + name)
		for i := range claims {
			claims[i].Item = key
		}
		return registry.Entry{Item: registry.Item{Key: key, Name: name, Page: "mw:Extension:" + name, Deployed: true, Listed: true}, Claims: claims, Wikis: 2, Month: 3, Quarter: 8}
	}
	tour := ext("GuidedTour",
		stated("maintainers", maintainersPage, 8123, registry.Steward, registry.Team, "Growth Team"),
		inCell(registry.Steward, "Ida Fern", registry.Confirmed, "Ida Fern"),
		stated("maintainers", maintainersPage, 8123, registry.Maintainer, registry.User, "Ada Moss"))
	tour.Item.Details = registry.Details{
		Title: "Guided tours", Description: "Shows people around a page, a step at a time.", Version: "2.1", Licence: "GPL-2.0-or-later", Status: "stable",
		Repository: "https://gerrit.example.org/g/GuidedTour", Authors: []string{"Ada Moss", "Bo Reed"}, Keywords: []string{"onboarding", "help"},
	}
	tour.Item.Aliases = []string{"Guided Tour", "guidedtour"}
	tour.Measures = []registry.Measure{{Item: tour.Item.Key, Metric: registry.Links, Value: 500, AtLeast: true, Source: "links", AsOf: before(day)}}
	tour.Item.Changed, tour.Item.ChangedRevision = before(70*day), 77
	poem := ext("Poem", stated("maintainers", maintainersPage, 8123, registry.Steward, registry.Nobody, ""))
	verse := ext("VerseNumbers", stated("maintainers", maintainersPage, 8123, registry.Steward, registry.Nobody, ""), inCell(registry.Steward, "Juno Vale", registry.Unconfirmed, "Ada Moss"))
	score := ext("Score", inCell(registry.Steward, "Gil Thorn", registry.Disputed, "Bo Reed"))
	skin := registry.Entry{Item: registry.Item{Key: "skin:Lantern", Name: "Lantern", Page: "mw:Skin:Lantern", Deployed: true}, Claims: []registry.Claim{
		stated("maintainers", maintainersPage, 8123, registry.Maintainer, registry.User, "Kit Marsh")}}
	script := registry.Entry{Item: registry.Item{Key: "userscript:metawiki:User:Lou/tidy.js", Name: "User:Lou/tidy.js", Page: "User:Lou/tidy.js"}}
	gadget := registry.Entry{Item: registry.Item{Key: "gadget:metawiki:Map_peek", Name: "Map peek", Page: "MediaWiki:Gadget-Map peek", Deployed: true, Default: true, Section: "browsing"}, Claims: []registry.Claim{
		inCell(registry.Steward, "Ida Fern", registry.Confirmed, "Ida Fern")}}
	arabic := registry.Entry{Item: registry.Item{Key: "tool:mushahada", Name: "أداة المشاهدة", URL: "https://mushahada.example.org/"}}
	say := func(as, title, section, user, quote string, ago time.Duration, revision int64) registry.Mention {
		return registry.Mention{
			Item: registry.Key(as), As: registry.Key(as), Name: as, Wiki: "metawiki", Title: title, Section: section, User: user, Snippet: quote,
			Time: before(ago), Revision: revision, Kind: registry.Key(as).Kind(),
		}
	}
	return Part{
		View: registry.View{
			Wiki:    "metawiki",
			Entries: []registry.Entry{tour, poem, verse, score, gadget, skin, arabic, script},
			Mentions: []registry.Mention{
				say("extension:Poem", "Talk:Wishes", "Line breaks", "Mara Lind", "Since the update the Poem extension loses every second line break. Is anybody looking after it?", 2*time.Hour, 5101),
				say("extension:VerseNumbers", "Help talk:Verses", "", "Noor Hale", "The numbers of the verses are off by one on long pages.", 26*time.Hour, 5040),
				say("extension:GuidedTour", "Talk:Welcome", "Tour", "Mara Lind", "The tour is nice", 27*time.Hour, 5039),
				say("extension:Poem", "Talk:Poems", "Right-to-left", "Omar Said", "القصيدة لا تظهر كما يجب", 9*day, 4890),
			},
		},
		Judge: judge, Unowned: []registry.Verdict{registry.Unassigned, registry.Inactive}, Settled: before(time.Hour),
	}
}

func commonsPart() Part {
	tour := registry.Entry{Item: registry.Item{Key: "extension:GuidedTour", Name: "GuidedTour", Page: "mw:Extension:GuidedTour", Deployed: true}, Wikis: 2,
		Claims: []registry.Claim{stated("maintainers", maintainersPage, 8123, registry.Steward, registry.Team, "Growth Team")}}
	cat := registry.Entry{Item: registry.Item{Key: "gadget:commonswiki:Cat-a-while", Name: "Cat-a-while", Page: "MediaWiki:Gadget-Cat-a-while", Deployed: true}}
	slide := registry.Entry{Item: registry.Item{Key: "gadget:commonswiki:SlideShow", Name: "SlideShow", Page: "MediaWiki:Gadget-SlideShow", Deployed: true}}
	return Part{
		View:  registry.View{Wiki: "commonswiki", Entries: []registry.Entry{tour, cat, slide}},
		Judge: judge, Unowned: []registry.Verdict{registry.Unassigned}, Settled: before(time.Hour),
	}
}

// masked is a mask of e-mail addresses that is good enough for tests.
func masked(s string) string {
	words := strings.Fields(s)
	if !strings.Contains(s, "@") {
		return s
	}
	for i, w := range words {
		if at := strings.IndexByte(w, '@'); at > 0 && strings.Contains(w[at:], ".") {
			words[i] = "…"
		}
	}
	return strings.Join(words, " ")
}

// newSite is the site of a world, at work.
func newSite(t testing.TB, w *world, change ...func(*Config)) *Site {
	t.Helper()
	c := Config{
		Source: w, Mask: masked, Now: func() time.Time { return noon }, Log: zerolog.New(zerolog.NewTestWriter(t)),
		About: About{Home: "https://codesteward.example.org", Repository: "https://code.example.org/codesteward", Version: "1.2.3"},
	}
	for _, f := range change {
		f(&c)
	}
	s, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		s.Run(ctx)
	}()
	t.Cleanup(func() {
		cancel()
		<-done
	})
	return s
}

// get asks the site for an address.
func get(t testing.TB, s *Site, path string, headers ...string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, path, nil)
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	s.limits.whole.SetBurst(1 << 30)
	r.RemoteAddr = fmt.Sprintf("192.0.2.%d:1000", time.Now().Nanosecond()%250)
	w := httptest.NewRecorder()
	s.Handler().ServeHTTP(w, r)
	return w
}

// show asks for an address that must answer well, and returns the body.
func show(t testing.TB, s *Site, path string, headers ...string) string {
	t.Helper()
	w := get(t, s, path, headers...)
	if w.Code != http.StatusOK {
		t.Fatalf("GET %s: status %d: %s", path, w.Code, w.Body)
	}
	return w.Body.String()
}
