// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds what the policy promises, checked on a simulated year.

package plan_test

import (
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/plan"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/config"
)

const plainYear = `{"version": 2, "enabled": true, "notices": {"talk": true, "settle_minutes": 60, "quiet_hours": {"from": 22, "to": 6},
	"per_person_day": 1, "per_wiki_day": 20, "cooldown_days": 90}}`

const busyYear = `{"version": 2, "enabled": true, "notices": {"talk": true, "settle_minutes": 30, "quiet_hours": {"from": 1, "to": 5},
	"per_person_day": 2, "per_wiki_day": 60, "cooldown_days": 21, "digest": "daily", "opt_out": "Project:No messages",
	"ways": [{"kinds": ["gadget", "userscript"], "verdicts": ["owned"], "ways": ["item", "talk"]}],
	"ladder": [{"to": "steward"}, {"to": "co-maintainers", "after_days": 5}, {"to": "item", "after_days": 4}, {"to": "adoption", "after_days": 10}]}}`

// TestAYearOfMessages goes through a year with 200 people and 20 000 mentions,
// some opt-outs, renames, blocks and sign-ups a week, a crash now and then and a
// stop of twelve days.
func TestAYearOfMessages(t *testing.T) {
	for _, test := range []struct {
		name, rules string
		seed        uint64
		plain       bool
		soak        bool
	}{
		{"as the defaults are", plainYear, 1, true, false},
		{"with a ladder, digests and pages of items", busyYear, 2, false, false},
		{"as the defaults are, other people", plainYear, 3, true, true},
		{"with a ladder, other people", busyYear, 4, false, true},
		{"with a ladder, people again", busyYear, 5, false, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if test.soak && os.Getenv("SOAK") == "" {
				t.Skip("with SOAK=1 only")
			}
			const people = 200
			seed := test.seed
			t.Logf("seed %d", seed)
			y := newYear(t, seed, test.rules, people, 20_000, 365)
			y.plain = test.plain
			end := y.now.Add(time.Duration(y.days) * aDay)
			for y.now.Before(end) {
				y.now = y.now.Add(time.Duration(250+y.rng.IntN(450)) * time.Minute)
				if since := y.now.Sub(end); since > -100*aDay && since < -88*aDay {
					continue // somebody stopped the bot
				}
				for range 2 {
					y.live(people)
				}
				y.pass(site)
			}
			y.check()
			told := 0
			for _, s := range y.saves {
				for _, n := range s.page.Notices {
					told += len(n.Told)
				}
			}
			why := map[string]int{}
			for _, reason := range y.withheld {
				why[reason]++
			}
			t.Logf("%d messages tell of %d mentions, %d crashes; withheld: %v", len(y.saves), told, y.crashes, why)
			if len(y.saves) < 500 || y.crashes < 20 {
				t.Error("too little has happened to prove anything")
			}
			for _, reason := range []plan.Reason{plan.Cooldown, plan.OptedOut, plan.Blocked, plan.Renamed, plan.Missing, plan.Locked, plan.BotAccount,
				plan.OwnMention, plan.NotConfirmed, plan.NotWanted, plan.Answered, plan.TooOld, plan.Excluded} {
				if why[string(reason)] == 0 {
					t.Errorf("nothing was withheld because of %q", reason)
				}
			}
		})
	}
}

// may reports, from the state of the world alone, whether a user may be told of a
// mention now.
func (y *year) may(user string, m registry.Mention, roles ...registry.Role) bool {
	a := y.accounts[user]
	_, out := y.optOuts[user]
	if out || a.Bot || a.Missing || a.Locked || a.RenamedTo != "" || a.Blocked && y.now.Before(a.BlockedUntil) || m.User == user {
		return false
	}
	e := y.entry(m.Item)
	return slices.ContainsFunc(e.Claims, func(c registry.Claim) bool {
		return c.Holder == user && c.Standing == registry.Confirmed && slices.Contains(roles, c.Role) && !c.Evidence.Time.After(m.Time)
	})
}

func (y *year) entry(key registry.Key) registry.Entry {
	i := slices.IndexFunc(y.entries, func(e registry.Entry) bool { return e.Item.Key == key })
	return y.entries[i]
}

// due checks, before messages are saved, that each has all that is due for its
// user and nothing else.
func (y *year) due(in plan.Input, d plan.Decision, pages []plan.Page) {
	live := map[int64]bool{}
	for i := range in.View.Mentions {
		live[in.View.Mentions[i].Revision] = true
	}
	for _, page := range pages {
		covered := map[string]bool{}
		user := ""
		for _, n := range page.Notices {
			for _, t := range n.Told {
				covered[t.Mention] = true
				m := *y.byKey[t.Mention]
				if t.Way == config.WayTalk {
					user = t.User
				}
				switch {
				case !live[m.Revision]:
					y.Fatalf("%s tells %s of text that was taken back", page.Title, t.User)
				case t.User != "" && !y.may(t.User, m, registry.Steward, registry.Maintainer):
					y.Fatalf("%s: %s must not be told of %s at %s", page.Title, t.User, m.Item, y.now)
				case y.now.Sub(m.Time) < time.Duration(y.rules.Notices.SettleMinutes)*time.Minute:
					y.Fatalf("%s: told before the text has settled", page.Title)
				case t.Rung == config.ToCoMaintainers:
					y.climbs(m, t)
				}
			}
		}
		if !y.plain || user == "" || len(covered) >= 30 || y.renamedFrom(user) {
			continue
		}
		for _, m := range in.View.Mentions {
			age := y.now.Sub(m.Time)
			if age > 7*aDay {
				break // and so are all others
			}
			if covered[plan.BoardKey(m)] || age < time.Hour || !m.Dismissed.IsZero() || !y.may(user, m, registry.Steward) ||
				len(y.wishes[user].Wikis) > 0 || y.coolsDown(user, m) {
				continue
			}
			why := "no reason at all"
			for _, t := range slices.Concat(d.Withheld, d.Waiting) {
				if t.User == user && t.Mention == plan.BoardKey(m) {
					why = t.Withheld
				}
			}
			y.Fatalf("the message to %s at %s leaves out %s of %s: %s", user, y.now, m.Item, m.Time, why)
		}
	}
}

func (y *year) renamedFrom(user string) bool {
	return strings.HasSuffix(user, " II")
}

// coolsDown reports whether a user was told, or may have been, of the item.
func (y *year) coolsDown(user string, m registry.Mention) bool {
	cooldown := time.Duration(y.rules.Notices.CooldownDays) * aDay
	for _, t := range slices.Backward(y.told) {
		if t.Item == m.Item && t.User == user && (y.now.Sub(t.At) < cooldown || t.Mention == plan.BoardKey(m)) {
			return true
		}
	}
	return !y.notices[plan.MessageKey(m, user)].Sent.IsZero()
}

// climbs checks that whoever is told second was not told too early.
func (y *year) climbs(m registry.Mention, t registry.Told) {
	for _, before := range y.told {
		if before.Mention == t.Mention && before.Rung == config.ToSteward && before.Revision > 0 && y.now.Sub(before.At) < 5*aDay {
			y.Fatalf("%s is told of %s %s after %s", t.User, m.Item, y.now.Sub(before.At), before.User)
		}
	}
	if y.now.Sub(m.Time) < 5*aDay {
		y.Fatalf("%s is told of %s though it is new", t.User, m.Item)
	}
}

// check looks at everything that was saved.
func (y *year) check() {
	n := y.rules.Notices
	keys := map[string]bool{}
	last := map[string]time.Time{}
	told := map[[2]string]bool{}
	for i, s := range y.saves {
		if hour := s.at.Hour(); n.QuietHours.From > n.QuietHours.To && (hour >= n.QuietHours.From || hour < n.QuietHours.To) ||
			n.QuietHours.From < n.QuietHours.To && hour >= n.QuietHours.From && hour < n.QuietHours.To {
			y.Errorf("%s gets a message in quiet hours, at %s", s.page.Title, s.at)
		}
		user, sameDay, onWiki := s.user(), 0, 0
		for _, earlier := range slices.Backward(y.saves[:i+1]) {
			if s.at.Sub(earlier.at) >= aDay {
				break
			}
			onWiki++
			if earlier.page.Title == s.page.Title {
				sameDay++
			}
		}
		if user != "" && sameDay > n.PerPersonDay || onWiki > n.PerWikiDay {
			y.Errorf("%s: %d messages to the user and %d on the wiki in the day before %s", s.page.Title, sameDay, onWiki, s.at)
		}
		for _, notice := range s.page.Notices {
			if keys[notice.Key] {
				y.Errorf("%s was saved twice", notice.Key)
			}
			keys[notice.Key] = true
			to := s.page.Title + "\x00" + string(notice.Told[0].Item)
			if at, ok := last[to]; ok && s.at.Sub(at) < time.Duration(n.CooldownDays)*aDay {
				y.Errorf("%s: %s again after %s", s.page.Title, notice.Told[0].Item, s.at.Sub(at))
			}
			last[to] = s.at
			for _, t := range notice.Told {
				if told[[2]string{t.Mention, t.User}] {
					y.Errorf("%s was told twice of %s", t.User, t.Mention)
				}
				told[[2]string{t.Mention, t.User}] = true
			}
		}
	}
	forgotten := 0
	for _, m := range y.mentions {
		if _, gone := y.gone[m.Revision]; gone || y.now.Sub(m.Time) < 60*aDay {
			continue
		}
		for _, c := range y.entry(m.Item).Claims {
			who := [2]string{plan.BoardKey(m), c.Holder}
			if c.Role == registry.Steward && c.Standing == registry.Confirmed && !c.Evidence.Time.After(m.Time) && !told[who] && y.withheld[who] == "" {
				if forgotten++; forgotten < 5 {
					y.Errorf("%s was neither told of %s at %s nor not told for a reason", c.Holder, m.Item, m.Time)
				}
			}
		}
	}
}

// BenchmarkPolicy decides once about 20 000 mentions of what 200 people look
// after, none of them too old, with 5 000 messages sent before. Time is that of the
// processor.
func BenchmarkPolicy(b *testing.B) {
	const bar = 50
	t := &testing.T{}
	y := newYear(t, 1, busyYear, 200, 20_000, 20)
	y.now = y.now.Add(20 * aDay)
	in := plan.Input{Site: site, Rules: y.rules, View: y.view(), Now: y.now}
	for i := range 5000 {
		m := in.View.Mentions[i]
		in.View.Told = append(in.View.Told, registry.Told{
			Wiki: "testwiki", Key: plan.MessageKey(m, someoneNo(i%200)), User: someoneNo(i % 200), Item: m.Item, Mention: plan.BoardKey(m),
			Rung: config.ToSteward, Way: config.WayTalk, At: m.Time.Add(time.Hour), Revision: int64(i + 1),
		})
	}
	began := cpuTime(b)
	for b.Loop() {
		plan.Decide(in)
	}
	b.ReportMetric(float64((cpuTime(b)-began).Microseconds())/1000/float64(b.N), "ms")
	b.ReportMetric(bar, "bar:ms")
}
