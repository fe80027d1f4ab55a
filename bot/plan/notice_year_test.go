// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds a year of messages, simulated: people, mentions, restarts and
// crashes, with the store and the outbox as they are. What the policy promises is
// checked on everything that was saved.

package plan_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/detect"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/plan"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/config"
)

const aDay = 24 * time.Hour

// year is the world of one simulation.
type year struct {
	*testing.T
	rng   *rand.Rand
	rules *config.Rules
	now   time.Time
	days  int

	entries  []registry.Entry
	mentions []registry.Mention // the oldest first
	byKey    map[string]*registry.Mention
	gone     map[int64]time.Time
	accounts map[string]registry.Account
	wishes   map[string]registry.Preference
	optOuts  map[string]registry.OptOut
	closed   map[string]bool // talk pages that ask bots to stay away
	known    map[string]bool // those of them that the bot has met

	notices  map[string]registry.Notice
	told     []registry.Told
	ids      map[string]bool
	pages    map[string][]string // the marks that were saved, by title
	revision int64

	saves    []save
	withheld map[[2]string]string // why, by mention and user
	crashes  int
	buffer   []registry.Mention // of views
	plain    bool               // what is due is easy to tell
}

// save is a message that is on the wiki.
type save struct {
	at   time.Time
	page plan.Page
}

func (s save) user() string {
	user, _ := strings.CutPrefix(s.page.Title, "User talk:")
	if strings.ContainsRune(user, '/') {
		return ""
	}
	return user
}

// world makes items, people and a year of mentions. More claims are made as it
// goes.
func newYear(t *testing.T, seed uint64, rules string, people, mentions, days int) *year {
	t.Helper()
	y := &year{
		T: t, rng: rand.New(rand.NewPCG(seed, 1)), now: time.Date(2026, 1, 1, 0, 30, 0, 0, time.UTC), days: days, gone: map[int64]time.Time{}, byKey: map[string]*registry.Mention{},
		accounts: map[string]registry.Account{}, wishes: map[string]registry.Preference{}, optOuts: map[string]registry.OptOut{},
		closed: map[string]bool{}, known: map[string]bool{}, notices: map[string]registry.Notice{}, ids: map[string]bool{}, pages: map[string][]string{},
		withheld: map[[2]string]string{}, revision: 1_000_000,
	}
	r, problems := config.ParseRules(rules)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	y.rules = r
	kinds := []detect.Kind{detect.Extension, detect.Gadget, detect.Tool, detect.UserScript}
	for i := range people * 3 / 2 {
		kind := kinds[y.rng.IntN(len(kinds))]
		name := fmt.Sprintf("Item %03d", i)
		if kind == detect.UserScript {
			name = fmt.Sprintf("User:Author %d/script.js", i)
		}
		key := registry.NewKey(kind, "testwiki", name)
		e := registry.Entry{Item: registry.Item{Key: key, Name: name, Page: name}}
		for n := range 1 + y.rng.IntN(3) {
			role := registry.Steward
			if n > 0 && y.rng.IntN(2) == 0 {
				role = registry.Maintainer
			}
			standing := registry.Confirmed
			if y.rng.IntN(5) == 0 {
				standing = []registry.Standing{registry.Unconfirmed, registry.Stated, registry.Suggested}[y.rng.IntN(3)]
			}
			e.Claims = append(e.Claims, y.claim(key, role, y.someone(people), standing, y.now.Add(-400*aDay)))
		}
		y.entries = append(y.entries, e)
	}
	for i := 7; i < 10; i++ { // who cannot be told, of something that is mentioned often
		e := &y.entries[i]
		e.Claims = append(e.Claims, y.claim(e.Item.Key, registry.Steward, someoneNo(i), registry.Confirmed, y.now.Add(-400*aDay)))
	}
	for i := range people {
		user := someoneNo(i)
		y.accounts[user] = registry.Account{Name: user, Bot: i == 7, Missing: i == 8, Locked: i == 9, Read: y.now}
		switch y.rng.IntN(10) {
		case 0:
			y.wishes[user] = registry.Preference{User: user, Digest: config.Weekly}
		case 1:
			y.wishes[user] = registry.Preference{User: user, Digest: config.Daily, Ways: []string{config.WayTalk}}
		case 2:
			y.wishes[user] = registry.Preference{User: user, Wikis: []string{"otherwiki"}}
		case 3:
			y.closed["User talk:"+user] = y.rng.IntN(2) == 0
		}
	}
	for i := range mentions {
		e := y.entries[min(y.rng.IntN(len(y.entries)), y.rng.IntN(len(y.entries)))]
		at := y.now.Add(time.Duration(y.rng.Int64N(int64(days)*int64(aDay)/60e9)) * time.Minute)
		by := fmt.Sprintf("Reader %d", y.rng.IntN(500))
		if len(e.Claims) > 0 && y.rng.IntN(10) == 0 {
			by = e.Claims[0].Holder
		}
		m := registry.Mention{
			Item: e.Item.Key, As: e.Item.Key, Kind: e.Item.Key.Kind(), Name: e.Item.Name, Wiki: "testwiki", Title: "Project talk:Pump",
			Revision: int64(i + 1), Section: "Question", User: by, Time: at, Snippet: "Who knows?",
		}
		y.mentions = append(y.mentions, m)
		if y.rng.IntN(10) == 0 { // taken back, often soon
			y.gone[m.Revision] = at.Add(time.Duration(y.rng.IntN(3*60*(1+i%20))) * time.Minute)
		}
	}
	slices.SortFunc(y.mentions, func(a, b registry.Mention) int { return a.Time.Compare(b.Time) })
	for i := range y.mentions {
		y.byKey[plan.BoardKey(y.mentions[i])] = &y.mentions[i]
	}
	return y
}

func someoneNo(i int) string { return fmt.Sprintf("Person %03d", i) }

func (y *year) someone(people int) string { return someoneNo(y.rng.IntN(people)) }

func (y *year) claim(key registry.Key, role registry.Role, user string, standing registry.Standing, at time.Time) registry.Claim {
	return registry.Claim{
		Item: key, Role: role, Holder: user, HolderKind: registry.User, Standing: standing,
		Evidence: registry.Evidence{Source: registry.CellsSource, Wiki: "testwiki", Page: "Project:Table", Revision: 7, User: user, Time: at},
	}
}

// live changes something about people, now and then.
func (y *year) live(people int) {
	user := y.someone(people)
	a := y.accounts[user]
	a.Read = y.now
	if a.Bot || a.Missing || a.Locked {
		return
	}
	switch y.rng.IntN(12) {
	case 0:
		if y.rng.IntN(4) == 0 {
			y.optOuts[user] = registry.OptOut{User: user}
		}
	case 1:
		delete(y.optOuts, user)
	case 2:
		a.Blocked, a.BlockedUntil = true, y.now.Add(time.Duration(1+y.rng.IntN(30))*aDay)
		y.accounts[user] = a
	case 3: // renamed; half of them enter the new name
		next := user + " II"
		if _, taken := y.accounts[next]; taken || a.RenamedTo != "" || y.rng.IntN(4) > 0 {
			return
		}
		a.RenamedTo = next
		y.accounts[user] = a
		y.accounts[next] = registry.Account{Name: next, Read: y.now}
		if y.rng.IntN(2) == 0 {
			y.each(user, func(e *registry.Entry, c registry.Claim) {
				e.Claims = append(e.Claims, y.claim(e.Item.Key, c.Role, next, registry.Confirmed, y.now))
			})
		}
	case 4: // somebody signs up who can edit
		if a.Blocked && y.now.Before(a.BlockedUntil) || a.Locked || a.Missing || a.RenamedTo != "" {
			return
		}
		e := &y.entries[y.rng.IntN(len(y.entries))]
		e.Claims = append(e.Claims, y.claim(e.Item.Key, registry.Steward, user, registry.Confirmed, y.now))
	case 5: // somebody steps down
		for i := range y.entries {
			e := &y.entries[i]
			e.Claims = slices.DeleteFunc(slices.Clone(e.Claims), func(c registry.Claim) bool { return c.Holder == user })
		}
	case 6:
		y.wishes[user] = registry.Preference{User: user, Digest: []string{config.AtOnce, config.Daily, config.Weekly}[y.rng.IntN(3)]}
	case 7: // an entry is marked as done
		end, _ := slices.BinarySearchFunc(y.mentions, y.now, func(m registry.Mention, t time.Time) int { return m.Time.Compare(t) })
		if n := end - y.rng.IntN(50) - 1; n >= 0 {
			y.mentions[n].Dismissed = y.now
		}
	}
}

func (y *year) each(user string, do func(*registry.Entry, registry.Claim)) {
	for i := range y.entries {
		for _, c := range slices.Clone(y.entries[i].Claims) {
			if c.Holder == user && c.Standing == registry.Confirmed {
				do(&y.entries[i], c)
			}
		}
	}
}

// view is what the registry tells now.
func (y *year) view() registry.View {
	y.buffer = y.buffer[:0]
	v := registry.View{
		Wiki: "testwiki", Entries: y.entries, Notices: y.notices, Accounts: y.accounts, Preferences: y.wishes, OptOuts: y.optOuts,
		Surveys: []registry.SurveyState{{Source: "siteinfo", Wiki: "testwiki", Read: y.now}, {Source: "gadgets", Wiki: "testwiki", Read: y.now}},
	}
	end, _ := slices.BinarySearchFunc(y.mentions, y.now.Add(time.Nanosecond), func(m registry.Mention, t time.Time) int { return m.Time.Compare(t) })
	for _, m := range slices.Backward(y.mentions[:end]) {
		if y.now.Sub(m.Time) > 50*aDay {
			break
		}
		if gone, ok := y.gone[m.Revision]; !ok || gone.After(y.now) {
			y.buffer = append(y.buffer, m)
		}
	}
	v.Mentions = y.buffer
	for _, t := range slices.Backward(y.told) {
		if t.Revision > 0 && y.now.Sub(t.At) <= 91*aDay {
			v.Told = append(v.Told, t)
		}
	}
	return v
}

// pass plans and publishes once; it may crash, and is a restart then.
func (y *year) pass(site plan.Site) {
	in := plan.Input{Site: site, Rules: y.rules, View: y.view(), Now: y.now, Closed: y.known}
	d := plan.Decide(in)
	for _, t := range d.Withheld {
		y.withheld[[2]string{t.Mention, t.User}] = t.Withheld
	}
	if !d.HasLetters() {
		return
	}
	pages := plan.MessagePages(in, d)
	y.due(in, d, pages)
	for _, page := range pages {
		if len(page.Notices) == 0 {
			continue
		}
		if y.closed[page.Title] {
			y.known[page.Title] = true
			continue
		}
		if y.crashesAt(page) {
			y.crashes++
			return
		}
	}
}

// crashesAt publishes a page as the outbox does, and reports whether the process
// ended while it did.
func (y *year) crashesAt(page plan.Page) bool {
	again := false
	for _, n := range page.Notices {
		if known, ok := y.notices[n.Key]; ok && known.Sent.IsZero() && slices.Contains(y.pages[page.Title], n.Mark) {
			y.sent(page, n.Key)
			again = true
		}
	}
	if again {
		return false
	}
	crash := y.rng.IntN(60)
	if crash == 0 {
		return true
	}
	for _, n := range page.Notices {
		if _, ok := y.notices[n.Key]; !ok {
			y.notices[n.Key] = registry.Notice{Key: n.Key, Wiki: "testwiki", Page: page.Title, Intended: y.now}
		}
		for _, t := range n.Told {
			t.Page, t.At = page.Title, y.now
			if id := strings.Join([]string{t.Key, t.User, t.Mention, t.Rung, t.Way}, "\x00"); !y.ids[id] {
				y.ids[id] = true
				y.told = append(y.told, t)
			}
		}
	}
	if crash == 1 {
		return true
	}
	y.revision++
	y.saves = append(y.saves, save{y.now, page})
	for _, n := range page.Notices {
		y.pages[page.Title] = append(y.pages[page.Title], n.Mark)
	}
	if crash == 2 {
		return true
	}
	for _, n := range page.Notices {
		y.sent(page, n.Key)
	}
	return false
}

func (y *year) sent(page plan.Page, key string) {
	n := y.notices[key]
	n.Sent, n.Revision = y.now, y.revision
	y.notices[key] = n
	for i := range y.told {
		if t := &y.told[i]; t.Key == key && t.Revision == 0 {
			t.Revision, t.At = y.revision, y.now
		}
	}
}
