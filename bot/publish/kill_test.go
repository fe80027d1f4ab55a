// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds that messages arrive once wherever the bot is cut off: with the
// policy, the store and the outbox as they are, and a wiki that answers late, not
// at all, or after the process has ended.

package publish

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rs/zerolog"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/detect"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/plan"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/wiki"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/config"
)

const (
	killDue   = 40 // messages that are due
	killLog   = "Project:Message log"
	killRules = `{"version": 2, "enabled": true, "verdict": {"inactive_days": 0},
		"notices": {"talk": true, "settle_minutes": 0, "per_wiki_day": 1000, "log": "` + killLog + `", "opt_out": "` + optOutTitle + `"}}`
)

// TestMessagesArriveOnceWhereverTheBotIsCutOff does so 20 times, 300 times in
// the long run.
func TestMessagesArriveOnceWhereverTheBotIsCutOff(t *testing.T) {
	runs := 20
	if os.Getenv("SOAK") != "" {
		runs = 300
	}
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	kills, late, lost := 0, 0, 0
	for i := range runs {
		dir := t.TempDir()
		synctest.Test(t, func(t *testing.T) {
			k := newKilled(t, "sqlite:"+filepath.Join(dir, "registry.db"), rand.New(rand.NewPCG(seed, uint64(i))))
			k.run()
			kills, late, lost = kills+k.kills, late+k.late, lost+k.lost
		})
	}
	t.Logf("%d runs, %d kills; %d edits arrived after the process that sent them, %d never", runs, kills, late, lost)
	if kills < 5*runs || late < runs || lost < runs {
		t.Error("the runs were too quiet")
	}
}

// killed is a bot that is cut off again and again, with its wiki.
type killed struct {
	*testing.T
	rnd   *rand.Rand
	dsn   string
	rules *config.Rules

	mu   sync.Mutex
	wiki *fake
	// left is how many steps the process has left to live; dead says that it is
	// over, so that what it has begun goes on without it.
	left              int
	kills, late, lost int
}

// cut is how a process ends.
type cut struct{}

func newKilled(t *testing.T, dsn string, rnd *rand.Rand) *killed {
	k := &killed{T: t, rnd: rnd, dsn: dsn, wiki: newFake()}
	rules, problems := config.ParseRules(killRules)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	k.rules = rules
	k.wiki.put(optOutTitle, "Admin", "nobody")
	ctx := t.Context()
	reg, err := registry.Open(ctx, dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer reg.Close()
	now := time.Now()
	items := registry.Survey{Source: "gadgets", Wiki: "testwiki", At: now}
	var claims []registry.CellChange
	var mentions []registry.Batch
	for i := range killDue {
		name, user := fmt.Sprintf("G%d", i), fmt.Sprintf("User %d", i)
		key := registry.NewKey(detect.Gadget, "testwiki", name)
		items.Items = append(items.Items, registry.Item{Key: key, Name: name, Deployed: true})
		claims = append(claims, registry.CellChange{Item: key, Added: []registry.Holder{{Name: user, Kind: registry.User}}, Page: "Stewards", Wiki: "testwiki",
			Revision: int64(i + 1), User: user, Registered: true, Time: now.Add(-48 * time.Hour)})
		mentions = append(mentions, registry.Batch{
			Mentions: []detect.Mention{{Kind: detect.Gadget, Name: name, Wiki: "testwiki", Rule: "link", Snippet: name + " is slow"}},
			Change:   detect.Change{Wiki: "testwiki", Title: "Talk:" + name, Revision: int64(1000 + i), User: "Asker", Time: now.Add(-time.Hour)},
		})
	}
	if _, err := reg.SaveSurvey(ctx, items); err != nil {
		t.Fatal(err)
	}
	if _, err := reg.SaveCells(ctx, "testwiki", "Stewards#gadgets", killDue, claims); err != nil {
		t.Fatal(err)
	}
	if _, err := reg.Record(ctx, mentions...); err != nil {
		t.Fatal(err)
	}
	return k
}

// run starts processes until two in a row have nothing left to do.
func (k *killed) run() {
	for starts, idle := 0, 0; idle < 2; starts++ {
		k.mu.Lock()
		k.left = 1 + k.rnd.IntN(40)
		if starts > 30 {
			k.left = 1 << 30
		}
		k.mu.Unlock()
		if k.process() {
			idle++
			continue
		}
		idle = 0
		k.kills++
		time.Sleep(time.Duration(k.rnd.IntN(2000)) * time.Millisecond) // in the bubble's time
		k.tidy()
	}
	k.check()
}

// tidy has somebody take a message off their talk page.
func (k *killed) tidy() {
	k.mu.Lock()
	defer k.mu.Unlock()
	user := fmt.Sprintf("User %d", k.rnd.IntN(killDue))
	if title := "User talk:" + user; len(k.wiki.pages[title]) > 0 {
		k.wiki.put(title, user, "no more")
	}
}

// step is a moment at which the process may end.
func (k *killed) step() {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.left--; k.left <= 0 {
		panic(cut{})
	}
}

// process is a run of the bot: done is false if it was cut off.
func (k *killed) process() (done bool) {
	ctx, cancel := context.WithCancel(k.Context())
	defer cancel()
	reg, err := registry.Open(ctx, k.dsn)
	if err != nil {
		k.Fatal(err)
	}
	defer reg.Close()
	defer func() {
		if r := recover(); r != nil {
			if _, ok := r.(cut); !ok {
				panic(r)
			}
			done = false
		}
	}()
	site := plan.Site{Wiki: "testwiki", Bot: self, StopPage: stopPg}
	box := mortal{reg, k}
	gate := New(Config{
		Site: site, Reader: k, Editor: k, Outbox: box, Ledger: box, Log: zerolog.Nop(),
		OptedOut: func(text string) []string { return strings.Split(text, "\n") },
	})
	for {
		k.step()
		now := time.Now()
		view, err := reg.View(ctx, plan.Query("testwiki", k.rules, now))
		if err != nil {
			k.Fatal(err)
		}
		in := plan.Input{Site: site, Rules: k.rules, View: view, Now: now}
		edits, again := 0, time.Time{}
		for _, page := range plan.Pages(in) {
			out, err := gate.Publish(ctx, page, Rules{Revision: 1, Enabled: true, OptOut: optOutTitle})
			if err != nil {
				k.Fatal(err)
			}
			switch out.Result {
			case Saved, Again:
				edits++
				if page.Region != "" {
					k.step()
					if err := reg.SetPage(ctx, "testwiki", page.Name(), registry.PageHeld); err != nil {
						k.Fatal(err)
					}
				}
			case Unchanged:
			case Waits:
				edits++
				again = out.Again
			default:
				k.Fatalf("%s: %+v", page.Title, out)
			}
		}
		if edits == 0 {
			return true
		}
		if !again.IsZero() {
			time.Sleep(time.Until(again))
		}
	}
}

// mortal is the store of a process that may end before and after each write.
type mortal struct {
	*registry.Registry
	k *killed
}

func (m mortal) Intend(ctx context.Context, wiki, page string, base int64, keys []string, at time.Time, told ...registry.Told) error {
	m.k.step()
	defer m.k.step()
	return m.Registry.Intend(ctx, wiki, page, base, keys, at, told...)
}

func (m mortal) Sent(ctx context.Context, wiki, page string, revision int64, keys []string, at time.Time) error {
	m.k.step()
	defer m.k.step()
	return m.Registry.Sent(ctx, wiki, page, revision, keys, at)
}

func (m mortal) SaveEdit(ctx context.Context, wiki, title, region string, revision, rules int64, at time.Time) error {
	m.k.step()
	return m.Registry.SaveEdit(ctx, wiki, title, region, revision, rules, at)
}

func (k *killed) Page(ctx context.Context, title string) (wiki.Page, error) {
	k.step()
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.wiki.Page(ctx, title)
}

func (k *killed) History(ctx context.Context, title string, after int64) ([]wiki.Revision, error) {
	k.step()
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.wiki.History(ctx, title, after)
}

func (k *killed) Revisions(ctx context.Context, ids ...int64) (map[int64]wiki.Revision, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.wiki.Revisions(ctx, ids...)
}

func (k *killed) OptOuts(ctx context.Context) (wiki.OptOuts, error) { return k.wiki.OptOuts(ctx) }

// Save saves an edit, at once or some seconds after it was sent, and answers, or
// nobody hears the answer. The process may end before it is sent, while it is on
// its way, and before the answer is heard.
func (k *killed) Save(ctx context.Context, e wiki.Edit) (wiki.Saved, error) {
	if err := e.Allowed(ctx); err != nil {
		return wiki.Saved{}, err
	}
	k.step()
	k.mu.Lock()
	chance := k.rnd.IntN(12)
	delay := time.Duration(k.rnd.IntN(9000)) * time.Millisecond
	k.mu.Unlock()
	switch chance {
	case 0: // cut off while it is on its way: it arrives later
		k.late++
		go func() {
			time.Sleep(delay)
			k.arrive(e)
		}()
		panic(cut{})
	case 1: // cut off, and it never arrives
		k.lost++
		panic(cut{})
	case 2: // it arrives, and nobody hears of it
		if _, err := k.arrive(e); err != nil {
			return wiki.Saved{}, err
		}
		return wiki.Saved{}, &wiki.Error{Code: "in-doubt", Class: wiki.Transient, Action: "edit", Title: e.Title}
	case 3: // it does not, and nobody knows
		return wiki.Saved{}, &wiki.Error{Code: "in-doubt", Class: wiki.Transient, Action: "edit", Title: e.Title}
	}
	saved, err := k.arrive(e)
	k.step()
	return saved, err
}

// arrive is an edit at the wiki, which refuses it if the page has changed.
func (k *killed) arrive(e wiki.Edit) (wiki.Saved, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	revs := k.wiki.pages[e.Title]
	last := int64(0)
	if len(revs) > 0 {
		last = revs[len(revs)-1].ID
	}
	if last != e.BaseRevision || e.Create != (last == 0) {
		return wiki.Saved{}, &wiki.Error{Code: "editconflict", Class: wiki.Conflict, Action: "edit", Title: e.Title}
	}
	if len(revs) > 0 && revs[len(revs)-1].Text == e.Text {
		return wiki.Saved{NoChange: true, Revision: last}, nil
	}
	k.wiki.put(e.Title, self, e.Text)
	revs = k.wiki.pages[e.Title]
	return wiki.Saved{Revision: revs[len(revs)-1].ID, Old: last}, nil
}

// check looks at what the wiki has in the end.
func (k *killed) check() {
	k.Helper()
	time.Sleep(time.Minute)
	reg, err := registry.Open(k.Context(), k.dsn)
	if err != nil {
		k.Fatal(err)
	}
	defer reg.Close()
	view, err := reg.View(k.Context(), plan.Query("testwiki", k.rules, time.Now()))
	if err != nil {
		k.Fatal(err)
	}
	sent := map[string]int64{}
	for _, told := range view.Told {
		if sent[told.User] != 0 || told.Revision == 0 {
			k.Errorf("%s is on record twice, or without a revision: %+v", told.User, told)
		}
		sent[told.User] = told.Revision
	}
	log := k.wiki.pages[killLog]
	shown := ""
	if len(log) > 0 {
		shown = log[len(log)-1].Text
	}
	for i := range killDue {
		user := fmt.Sprintf("User %d", i)
		var messages []int64
		for _, r := range k.wiki.pages["User talk:"+user] {
			if r.User == self {
				messages = append(messages, r.ID)
			}
		}
		if len(messages) != 1 || messages[0] != sent[user] {
			k.Errorf("%s got messages in the revisions %v, on record is %d", user, messages, sent[user])
		}
		if line := fmt.Sprintf("[[Special:Diff/%d|", sent[user]); strings.Count(shown, line) != 1 || !strings.Contains(shown, "[[User:"+user+"|") {
			k.Errorf("the log does not have %s once for %s", line, user)
		}
	}
	if k.Failed() {
		k.Logf("%d kills; the log:\n%s", k.kills, shown)
		k.FailNow()
	}
}
