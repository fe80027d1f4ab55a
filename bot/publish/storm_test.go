// SPDX-License-Identifier: GPL-3.0-or-later

//go:build unix

// This file holds storms: saves of which each meets a fault, while people edit
// the same pages and the bot is killed now and then. No word of theirs may get
// lost, and nothing may be saved twice.

package publish

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/plan"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/wiki"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/wikitext"
)

const stormBot = "Storm bot"

// storm is one run: a wiki, the wire to it, and what everybody has written.
type storm struct {
	t       *testing.T
	rnd     *rand.Rand
	wiki    stormWiki
	tables  []string
	talks   []string
	lines   map[string]string   // what each table shall show at last
	words   map[string][]string // what people have written on each page
	due     map[string][]string // keys of the notices of each talk page that are not known to be sent
	store   *fake
	late    []late // edits that arrive when nobody waits for them any more
	calm    bool   // no more faults
	struck  int
	faulted bool // in this save

	// On a real wiki time cannot be made to pass: it is said to have passed.
	real   bool
	passed time.Duration
}

// late is an edit on its way: servers give up on it after some time.
type late struct {
	arrive func()
	until  time.Time
}

// stormWiki is what a storm needs of a wiki.
type stormWiki interface {
	serve(q asked) (*http.Response, error)
	text(title string) string
	// person edits a page as somebody else.
	person(title string, change func(text string) string)
	// texts is the history of a page, the oldest first, and whose each is.
	texts(title string) (texts, users []string)
	client(t http.RoundTripper) *wiki.Client
}

func (m *memory) person(title string, change func(string) string) {
	m.put(title, "Ada", "", change(m.text(title)))
}

func (m *memory) texts(title string) (texts, users []string) {
	for _, r := range m.pages[title] {
		texts, users = append(texts, r.text), append(users, r.user)
	}
	return texts, users
}

func (m *memory) client(t http.RoundTripper) *wiki.Client {
	c, err := wiki.New(wiki.Config{Wiki: "memorywiki", API: "https://memory.example/api.php", Login: stormBot + "@x", Password: "p", UserAgent: "test", Transport: t})
	if err != nil {
		panic(err)
	}
	return c
}

func TestStorm(t *testing.T) {
	for _, seed := range []uint64{1, 2} {
		synctest.Test(t, func(t *testing.T) { newStorm(t, seed, newMemory(stormBot)).run(75) })
	}
}

func TestSoakStorm(t *testing.T) {
	if os.Getenv("SOAK") == "" {
		t.Skip("takes minutes: set SOAK=1")
	}
	first := uint64(time.Now().UnixNano())
	for seed := range uint64(10) {
		t.Logf("seed %d", first+seed)
		synctest.Test(t, func(t *testing.T) { newStorm(t, first+seed, newMemory(stormBot)).run(1000) })
	}
}

func newStorm(t *testing.T, seed uint64, w stormWiki) *storm {
	s := &storm{t: t, rnd: rand.New(rand.NewPCG(seed, 7)), wiki: w, store: newFake(),
		lines: map[string]string{}, words: map[string][]string{}, due: map[string][]string{},
		tables: []string{"Project:Gadgets", "Project:Tools"}, talks: []string{"User talk:Ada", "User talk:Bo", "User talk:Cy"}}
	for _, title := range append(s.tables, s.talks...) {
		w.person(title, func(string) string { return "top\n\nmiddle\n\nbottom" })
	}
	return s
}

// run makes saves until so many have met a fault, then lets all calm down and
// looks at what is left.
func (s *storm) run(saves int) {
	p := s.begin()
	for i := 0; s.struck < saves; i++ {
		s.faulted = false
		page := s.want(i)
		ctx, cancel := context.WithCancel(s.t.Context())
		if s.rnd.IntN(10) == 0 { // somebody kills the bot
			cancel()
			ctx, cancel = context.WithTimeout(s.t.Context(), time.Duration(s.rnd.IntN(s.longestLife()))*time.Millisecond)
		}
		if !s.publish(ctx, p, page) {
			p = s.begin()
		}
		cancel()
		if s.faulted {
			s.struck++
		}
		s.wait(time.Duration(s.rnd.IntN(120)) * time.Second)
	}
	s.calm = true
	s.arrive(0)
	for range 3 {
		p = s.begin()
		for _, title := range s.tables {
			s.publish(s.t.Context(), p, tablePlan(title, s.lines[title]))
		}
		for _, title := range s.talks {
			s.publish(s.t.Context(), p, s.notices(title))
		}
		s.wait(25 * time.Hour)
	}
	s.check()
}

// longestLife is for how many milliseconds the bot may be alive in a save in
// which it is killed.
func (s *storm) longestLife() int {
	if s.real {
		return 300
	}
	return 30_000
}

func (s *storm) now() time.Time { return time.Now().Add(s.passed) }

func (s *storm) wait(d time.Duration) {
	if s.real {
		s.passed += d
		return
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	<-timer.C
}

// begin starts the bot, with what it has stored. What the last process has sent
// is done soon.
func (s *storm) begin() *Publisher {
	for i := range s.late {
		if soon := s.now().Add(settlesFor - time.Second); soon.Before(s.late[i].until) {
			s.late[i].until = soon
		}
	}
	w := newWire()
	w.fault = s.strike
	if s.real {
		s.arrive(0)
	}
	client := s.wiki.client(w)
	p := New(Config{
		Site: plan.Site{Wiki: "memorywiki", Bot: stormBot, StopPage: "User:" + stormBot + "/stop"},
		Text: wikitext.DefaultSite(), Reader: client, Editor: wiki.NewEditor(client), Outbox: s.store, Ledger: s.store, Now: s.now,
	})
	if s.real {
		p.started = time.Time{}
	}
	return p
}

// want decides what the next save is about.
func (s *storm) want(i int) plan.Page {
	if s.rnd.IntN(2) == 0 {
		title := s.tables[s.rnd.IntN(len(s.tables))]
		s.lines[title] = fmt.Sprintf("line %d.", i)
		return tablePlan(title, s.lines[title])
	}
	title := s.talks[s.rnd.IntN(len(s.talks))]
	s.due[title] = append(s.due[title], fmt.Sprintf("key-%d.", i))
	return s.notices(title)
}

// notices are those that are due on a talk page, all in one edit.
func (s *storm) notices(title string) plan.Page {
	page := message()
	page.Title = title
	for _, k := range s.due[title] {
		if s.store.sent[k] != 0 {
			continue
		}
		one := message(k)
		page.Changes, page.Notices = append(page.Changes, one.Changes...), append(page.Notices, one.Notices...)
	}
	return page
}

// publish publishes until the page is done with for now, and reports whether
// the bot is still alive.
func (s *storm) publish(ctx context.Context, p *Publisher, page plan.Page) bool {
	for page.Region != "" || len(page.Notices) > 0 {
		p.Retry("")
		got, err := p.Publish(ctx, page, Rules{Revision: 1, Enabled: true})
		if e, ok := errors.AsType[*wiki.Error](err); err != nil && ctx.Err() == nil && (!ok || e.Class != wiki.Identity) {
			s.t.Fatal(err)
		}
		if err != nil {
			return false
		}
		if got.Result != Again {
			return true
		}
		page = s.notices(page.Title)
	}
	return true
}

// busy is how often people do something now. Real ones take their time.
func (s *storm) busy(most int) int {
	if n := s.rnd.IntN(most); !s.real || s.rnd.IntN(4) == 0 {
		return n
	}
	return 0
}

// strike is the wire: people are busy, edits arrive late, and things break.
func (s *storm) strike(_ int, q asked, _ func() (*http.Response, error)) (*http.Response, error) {
	if s.calm {
		return s.wiki.serve(q)
	}
	for range s.busy(3) {
		s.person(q)
	}
	if len(s.late) > 0 && s.rnd.IntN(2) == 0 {
		s.arrive(len(s.late) - 1)
	}
	if chance := map[bool]int{true: 2, false: 12}[q.action == "edit"]; s.rnd.IntN(chance) > 0 {
		return s.wiki.serve(q)
	}
	s.faulted = true
	faults := stormFaults
	if !s.real {
		faults = append(slowFaults, faults...)
	}
	broken := faults[s.rnd.IntN(len(faults))]
	switch s.rnd.IntN(3) {
	case 0: // it does not arrive
	case 1: // it does
		resp, err := s.wiki.serve(q)
		if err != nil {
			return nil, err
		}
		resp.Body.Close()
		for range s.busy(4) {
			s.person(q)
		}
	default: // it does, but late
		if q.action == "edit" {
			s.late = append(s.late, late{func() {
				if resp, err := s.wiki.serve(q); err == nil {
					resp.Body.Close()
				}
			}, s.now().Add(200 * time.Second)})
		}
	}
	return broken(q)
}

// stormFaults are answers after which nobody knows whether an edit is saved.
// Those that say that it is not come from the wiki alone.
var stormFaults = []func(asked) (*http.Response, error){
	func(asked) (*http.Response, error) { return nil, errors.New("connection reset by peer") },
	reply(503, "text/html", sorry), reply(200, "text/html", sorry), reply(200, "application/json", `{"edit":{"result":"Succ`),
	reply(200, "application/json", "{}"), reply(200, "application/json", ""), apiError("internal_api_error_DBQueryError", "[x]"),
}

// slowFaults make the client wait.
var slowFaults = []func(asked) (*http.Response, error){
	asked.hang, reply(502, "text/html", sorry, "Retry-After", "20"), reply(504, "text/html", sorry, "Retry-After", "90"),
}

// arrive lets edits arrive until so many are left.
func (s *storm) arrive(left int) {
	for len(s.late) > left {
		l := s.late[0]
		s.late = s.late[1:]
		if s.now().Before(l.until) {
			l.arrive()
		}
	}
}

// person writes a word on a page of the bot, outside of its regions, or takes a
// notice off; often on the page that the bot is about.
func (s *storm) person(q asked) {
	pages := append(s.tables, s.talks...)
	title := pages[s.rnd.IntN(len(pages))]
	if hot := q.params.Get("title"); hot != "" && s.rnd.IntN(3) > 0 {
		title = hot
	}
	word := fmt.Sprintf("word-%d.", s.rnd.Uint64())
	at := []string{"top", "middle", "bottom"}[s.rnd.IntN(3)]
	s.wiki.person(title, func(text string) string {
		if i := strings.Index(text, "== key-"); i >= 0 && s.rnd.IntN(2) == 0 {
			end := strings.Index(text[i+3:], "== key-")
			if end < 0 {
				return strings.TrimSpace(text[:i])
			}
			return text[:i] + text[i+3+end:]
		}
		s.words[title] = append(s.words[title], word)
		return strings.Replace(text, at, at+" "+word, 1)
	})
}

// check looks for words that are lost and for what was saved twice.
func (s *storm) check() {
	s.t.Helper()
	words, edits, notices := 0, 0, 0
	for _, title := range append(s.tables, s.talks...) {
		text := s.wiki.text(title)
		for _, word := range s.words[title] {
			if words++; !strings.Contains(text, word) {
				s.t.Errorf("%s has lost %s", title, word)
			}
		}
		texts, users := s.wiki.texts(title)
		added := map[string]int{}
		for i := 1; i < len(texts); i++ {
			if users[i] != stormBot {
				continue
			}
			if edits++; texts[i] == texts[i-1] {
				s.t.Errorf("%s: edit %d changes nothing", title, i)
			}
			for _, what := range markers(texts[i]) {
				if !strings.Contains(texts[i-1], what) {
					added[what]++
				}
			}
		}
		for what, n := range added {
			if n > 1 {
				s.t.Errorf("%s: %s was saved %d times", title, what, n)
			}
		}
		for _, k := range s.due[title] {
			if notices++; added["codesteward "+k] != 1 || s.store.sent[k] == 0 {
				s.t.Errorf("%s: notice %s was saved %d times, and is noted as revision %d", title, k, added["codesteward "+k], s.store.sent[k])
			}
		}
		if line := s.lines[title]; !strings.Contains(text, line) {
			s.t.Errorf("%s does not hold %s", title, line)
		}
	}
	s.t.Logf("%d saves met a fault; %d words of people, %d edits of the bot, %d notices, %d edits noted", s.struck, words, edits, notices, len(s.store.saves))
}

// markers are the lines and notices of the bot in a text.
func markers(text string) []string {
	var all []string
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, "line ") {
			all = append(all, line)
		} else if mark, ok := strings.CutPrefix(line, "<!-- codesteward key-"); ok {
			all = append(all, "codesteward key-"+strings.TrimSuffix(mark, " -->"))
		}
	}
	return all
}
