// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the policy of messages, case by case.

package plan_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/detect"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/plan"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/config"
)

// scene is one steward, Ada, and one mention of what she looks after.
type scene struct {
	plan.Input
	notices string
	board   string
}

func (s *scene) claims() *[]registry.Claim  { return &s.View.Entries[0].Claims }
func (s *scene) mention() *registry.Mention { return &s.View.Mentions[0] }
func (s *scene) account(a registry.Account) { s.View.Accounts[a.Name] = a }
func (s *scene) wish(p registry.Preference) { s.View.Preferences["Ada"] = p }
func (s *scene) told(t ...registry.Told)    { s.View.Told = append(s.View.Told, t...) }
func (s *scene) pending(key string, at time.Time) {
	s.View.Notices[key] = registry.Notice{Key: key, Page: "User talk:Ada", Intended: at}
}

// earlier is that a user was told of an item some time ago.
func earlier(user string, item registry.Key, ago time.Duration) registry.Told {
	return registry.Told{
		Wiki: "testwiki", Key: "notice/testwiki/" + string(item) + "/2026-W40/User:" + user, User: user, Item: item, Mention: "board/other",
		Rung: config.ToSteward, Way: config.WayTalk, At: now.Add(-ago), Revision: int64(ago),
	}
}

func newScene(t *testing.T, edits ...func(*scene)) *scene {
	t.Helper()
	poem, script := gadget("Poem"), registry.Item{Key: "userscript:testwiki:User:Ada/verse.js", Name: "verse.js", Page: "User:Ada/verse.js"}
	m := mention(poem, "Poem", detect.Gadget, "Bo", 31, now.Add(-2*time.Hour))
	s := &scene{notices: `"talk": true, "settle_minutes": 60`, board: `"page": "Project:Noticeboard", "settle_minutes": 0, "verdicts": ["owned"]`}
	s.Site, s.Now = site, now
	s.View = registry.View{
		Wiki: "testwiki", Accounts: map[string]registry.Account{}, Preferences: map[string]registry.Preference{}, OptOuts: map[string]registry.OptOut{},
		Notices: map[string]registry.Notice{}, Mentions: []registry.Mention{m},
		Entries: []registry.Entry{
			{Item: poem, Claims: []registry.Claim{claim(poem, registry.User, "Ada", registry.Confirmed, registry.CellsSource)}},
			{Item: script, Claims: []registry.Claim{claim(script, registry.User, "Ada", registry.Confirmed, registry.CellsSource)}},
		},
		Surveys: view().Surveys,
	}
	for _, edit := range edits {
		edit(s)
	}
	s.Rules = rules(t, `{"version": 2, "enabled": true, "noticeboard": {`+s.board+`}, "notices": {`+s.notices+`}}`)
	return s
}

// outcome is what becomes of the mentions: the titles of messages, and reasons.
func outcome(in plan.Input) string {
	d := plan.Decide(in)
	var all []string
	for _, p := range plan.MessagePages(in, d) {
		if len(p.Notices) > 0 {
			all = append(all, p.Title)
		}
	}
	for key, users := range d.Pings {
		all = append(all, "ping "+strings.Join(users, ", ")+" at "+strings.SplitN(key, "/", 3)[2])
	}
	for _, t := range slices.Concat(d.Withheld, d.Waiting) {
		all = append(all, t.User+": "+t.Withheld)
	}
	for item := range d.Sought {
		all = append(all, "sought "+string(item))
	}
	slices.Sort(all)
	return strings.Join(all, "; ")
}

func TestWhoIsTold(t *testing.T) {
	told := "User talk:Ada"
	maintainer := func(s *scene) { (*s.claims())[0].Role = registry.Maintainer }
	second := func(user string, role registry.Role) func(*scene) {
		return func(s *scene) {
			c := claim(s.View.Entries[0].Item, registry.User, user, registry.Confirmed, registry.CellsSource)
			c.Role = role
			*s.claims() = append(*s.claims(), c)
		}
	}
	ladder := func(s *scene) {
		s.notices += `, "ladder": [{"to": "steward"}, {"to": "co-maintainers", "after_days": 3}, {"to": "item", "after_days": 3}, {"to": "adoption", "after_days": 3}]`
		s.mention().Time = now.Add(-5 * aDay)
		for i := range *s.claims() {
			(*s.claims())[i].Evidence.Time = now.Add(-30 * aDay)
		}
	}
	key := func(s *scene) string { return plan.MessageKey(*s.mention(), "Ada") }
	here := func(s *scene, ago time.Duration) registry.Told {
		told := earlier("Ada", s.mention().Item, ago)
		told.Mention = plan.BoardKey(*s.mention())
		return told
	}
	week := `, "digest": "weekly"`
	tests := []struct {
		name string
		edit func(*scene)
		want string
	}{
		{"a steward who entered herself", func(*scene) {}, told},
		{"two stewards", second("Cleo", registry.Steward), told + "; User talk:Cleo"},
		{"a text that has not settled", func(s *scene) { s.mention().Time = now.Add(-time.Hour + time.Minute) }, "Ada: settling"},
		{"somebody whom another has named", func(s *scene) { (*s.claims())[0].Standing = registry.Unconfirmed }, "Ada: unconfirmed"},
		{"somebody whom another took out", func(s *scene) { (*s.claims())[0].Standing = registry.Disputed }, "Ada: unconfirmed"},
		{"somebody who was asked twice whether it still holds", func(s *scene) {
			c := &(*s.claims())[0]
			c.Evidence.Time, c.Reminded, c.RemindedAt = now.AddDate(-2, 0, 0), 2, now.Add(-40*aDay)
		}, "Ada: unconfirmed"},
		{"somebody whom a source names, as the author of a script", func(s *scene) { (*s.claims())[0].Standing = registry.Stated }, ""},
		{"a team", func(s *scene) { (*s.claims())[0].HolderKind = registry.Team }, ""},
		{"a maintainer without a ladder", maintainer, ""},
		{"somebody who is only informed", func(s *scene) { (*s.claims())[0].Role = registry.Informed }, ""},
		{"what was said before the claim", func(s *scene) { (*s.claims())[0].Evidence.Time = now.Add(-time.Hour) }, ""},
		{"what she wrote herself", func(s *scene) { s.mention().User = "Ada" }, "Ada: own-mention"},
		{"what she signed and somebody else moved", func(s *scene) { s.mention().Author = "Ada" }, "Ada: own-mention"},
		{"what she wrote under her former name", func(s *scene) {
			s.mention().User = "Eda"
			s.account(registry.Account{Name: "Eda", RenamedTo: "Ada"})
		}, "Ada: own-mention"},
		{"a revision that is hidden", func(s *scene) { s.mention().Redacted = true }, "Ada: hidden"},
		{"an entry that was marked as done", func(s *scene) { s.mention().Dismissed = now }, "Ada: answered"},
		{"a mention from before the bot was stopped", func(s *scene) {
			s.mention().Time = now.Add(-8 * aDay)
			(*s.claims())[0].Evidence.Time = now.Add(-9 * aDay)
		}, "Ada: too-old"},

		{"the bot", func(s *scene) { (*s.claims())[0].Holder = "Steward bot" }, "Steward bot: bot-account"},
		{"another bot", func(s *scene) { s.account(registry.Account{Name: "Ada", Bot: true}) }, "Ada: bot-account"},
		{"a blocked user", func(s *scene) { s.account(registry.Account{Name: "Ada", Blocked: true}) }, "Ada: blocked"},
		{"a block that is over", func(s *scene) {
			s.account(registry.Account{Name: "Ada", Blocked: true, BlockedUntil: now.Add(-time.Minute)})
		}, told},
		{"a locked user", func(s *scene) { s.account(registry.Account{Name: "Ada", Locked: true}) }, "Ada: locked"},
		{"a missing user", func(s *scene) { s.account(registry.Account{Name: "Ada", Missing: true}) }, "Ada: missing"},
		{"a user who was missing before her claim", func(s *scene) {
			s.account(registry.Account{Name: "Ada", Missing: true, Read: now.Add(-48 * time.Hour)})
		}, told},
		{"a renamed user", func(s *scene) { s.account(registry.Account{Name: "Ada", RenamedTo: "Eda"}) }, "Ada: renamed"},
		{"a renamed user whose claim follows", func(s *scene) {
			s.account(registry.Account{Name: "Ada", RenamedTo: "Eda"})
			second("Eda", registry.Steward)(s)
		}, "Ada: renamed; User talk:Eda"},

		{"somebody on the opt-out page", func(s *scene) { s.View.OptOuts["Ada"] = registry.OptOut{} }, "Ada: opted-out"},
		{"somebody whose former name is on it", func(s *scene) {
			s.View.OptOuts["Eda"] = registry.OptOut{}
			s.account(registry.Account{Name: "Eda", RenamedTo: "Ada"})
		}, "Ada: opted-out"},
		{"a page that asks bots to stay away", func(s *scene) { s.Closed = map[string]bool{"User talk:Ada": true} }, "Ada: excluded"},
		{"somebody who wants other items only", func(s *scene) { s.wish(registry.Preference{Items: []registry.Key{"tool:x"}}) }, "Ada: not-wanted"},
		{"somebody who wants this item", func(s *scene) { s.wish(registry.Preference{Items: []registry.Key{s.mention().Item}}) }, told},
		{"somebody who wants other wikis only", func(s *scene) { s.wish(registry.Preference{Wikis: []string{"metawiki"}}) }, "Ada: not-wanted"},
		{"people of whom it is not known whether they stepped down", func(s *scene) { s.Pending = map[string]bool{registry.CellsSource: true} }, ""},

		{"somebody who was told of the item 89 days ago", func(s *scene) { s.told(earlier("Ada", s.mention().Item, 89*aDay)) }, "Ada: cooldown"},
		{"somebody who was told of it 90 days ago", func(s *scene) { s.told(earlier("Ada", s.mention().Item, 90*aDay)) }, told},
		{"somebody who was told of another item", func(s *scene) { s.told(earlier("Ada", "tool:x", 2*aDay)) }, told},
		{"somebody else who was told", func(s *scene) { s.told(earlier("Cleo", s.mention().Item, 2*aDay)) }, told},
		{"a key that was sent and is not in the log", func(s *scene) {
			s.View.Notices[key(s)] = registry.Notice{Key: key(s), Sent: now.Add(-aDay)}
		}, "Ada: cooldown"},
		{"the same key that may have been sent", func(s *scene) { s.pending(key(s), now.Add(-time.Minute)) }, told},
		{"another key that may have told of the item", func(s *scene) {
			s.pending(strings.Replace(key(s), "2026-W47", "2026-W46", 1), now.Add(-5*aDay))
		}, "Ada: cooldown"},
		{"another message that may have been sent today", func(s *scene) {
			s.pending("notice/testwiki/tool:x/2026-W46/User:Ada", now.Add(-time.Hour))
		}, "Ada: person-quota"},

		{"a second message in a day", func(s *scene) { s.told(earlier("Ada", "tool:x", 23*time.Hour)) }, "Ada: person-quota"},
		{"a wiki with as many messages as a day may bring", func(s *scene) {
			for i := range 20 {
				s.told(earlier(fmt.Sprint("U", i), "tool:x", time.Hour+time.Duration(i)))
			}
		}, "Ada: wiki-quota"},
		{"several items of one message count once", func(s *scene) {
			for i := range 20 {
				s.told(earlier("Cleo", registry.Key(fmt.Sprint("tool:x", i)), time.Hour))
			}
		}, told},
		{"quiet hours", func(s *scene) { s.notices += `, "quiet_hours": {"from": 12, "to": 13}` }, "Ada: quiet-hours"},
		{"quiet hours over midnight", func(s *scene) { s.notices += `, "quiet_hours": {"from": 22, "to": 13}` }, "Ada: quiet-hours"},
		{"quiet hours that are over", func(s *scene) { s.notices += `, "quiet_hours": {"from": 22, "to": 12}` }, told},
		{"quiet hours that begin at once", func(s *scene) {
			s.Now = now.Add(58 * time.Minute)
			s.notices += `, "quiet_hours": {"from": 13, "to": 14}`
		}, "Ada: quiet-hours"},
		{"a week that is not over", func(s *scene) { s.notices += week; s.told(earlier("Ada", "tool:x", 6*aDay)) }, "Ada: digest-waits"},
		{"a week that is over", func(s *scene) { s.notices += week; s.told(earlier("Ada", "tool:x", 7*aDay)) }, told},
		{"a week that she did not wish for", func(s *scene) {
			s.notices += week
			s.wish(registry.Preference{Digest: config.AtOnce})
			s.told(earlier("Ada", "tool:x", 2*aDay))
		}, told},
		{"a mention that has waited for its week", func(s *scene) {
			s.notices += week
			s.mention().Time = now.Add(-8 * aDay)
			(*s.claims())[0].Evidence.Time = now.Add(-9 * aDay)
		}, told},

		{"a page of the item", func(s *scene) { s.notices += `, "ways": [{"kinds": ["gadget"], "ways": ["item", "talk"]}]` }, "MediaWiki talk:Gadget-Poem"},
		{"a rule for another verdict", func(s *scene) { s.notices += `, "ways": [{"verdicts": ["inactive"], "ways": ["item"]}]` }, told},
		{"two stewards on the page of the item", func(s *scene) {
			second("Cleo", registry.Steward)(s)
			s.notices += `, "ways": [{"ways": ["item"]}]`
		}, "MediaWiki talk:Gadget-Poem"},
		{"a script", func(s *scene) {
			s.mention().Item = s.View.Entries[1].Item.Key
			s.notices += `, "ways": [{"ways": ["item"]}]`
		}, "User talk:Ada/verse.js"},
		{"an item without a page of its own", func(s *scene) {
			s.mention().Item, s.View.Entries[0].Item.Key = "extension:Poem", "extension:Poem"
			s.notices += `, "ways": [{"ways": ["item", "talk"]}]`
		}, told},
		{"an item without a page, and no other way", func(s *scene) {
			s.mention().Item, s.View.Entries[0].Item.Key = "extension:Poem", "extension:Poem"
			s.notices += `, "ways": [{"ways": ["item"]}]`
		}, "Ada: no-way"},
		{"talk pages that the rules do not allow", func(s *scene) {
			s.notices = `"talk": false, "ways": [{"ways": ["talk"]}]`
		}, "Ada: no-way"},
		{"a ping", func(s *scene) { s.notices += `, "ways": [{"ways": ["ping"]}]` }, "ping Ada at gadget:testwiki:Poem/31/" + plan.BoardKey(mention(gadget("Poem"), "Poem", detect.Gadget, "", 31, now))[len("board/testwiki/gadget:testwiki:Poem/31/"):]},
		{"a steward who is content with the noticeboard", func(s *scene) { s.wish(registry.Preference{Ways: []string{config.WayNoticeboard}}) }, "Ada: noticeboard"},
		{"an entry that stands without a ping", func(s *scene) {
			s.notices += `, "ways": [{"ways": ["ping", "talk"]}]`
			s.View.Notices[plan.BoardKey(*s.mention())] = registry.Notice{Sent: now}
		}, told},
		{"an entry that is not one for the noticeboard", func(s *scene) {
			s.notices += `, "ways": [{"ways": ["ping", "talk"]}]`
			s.board = strings.Replace(s.board, "owned", "inactive", 1)
		}, told},
		{"a ping that is one message too many", func(s *scene) {
			s.notices += `, "ways": [{"ways": ["ping"]}]`
			s.told(earlier("Ada", "tool:x", time.Hour))
		}, "Ada: person-quota"},
		{"a ping of somebody whose talk page asks bots to stay away", func(s *scene) {
			s.notices += `, "ways": [{"ways": ["ping"]}]`
			s.Closed = map[string]bool{"User talk:Ada": true}
		}, "Ada: excluded"},
		{"a ping in quiet hours", func(s *scene) {
			s.notices += `, "ways": [{"ways": ["ping"]}], "quiet_hours": {"from": 12, "to": 13}`
		}, "Ada: quiet-hours"},

		{"co-maintainers before the steward had time", func(s *scene) {
			second("Cleo", registry.Maintainer)(s)
			ladder(s)
			s.told(here(s, 2*aDay))
		}, "Cleo: ladder-waits"},
		{"co-maintainers after that", func(s *scene) {
			second("Cleo", registry.Maintainer)(s)
			ladder(s)
			s.told(here(s, 3*aDay))
		}, "User talk:Cleo"},
		{"co-maintainers when the steward has answered", func(s *scene) {
			second("Cleo", registry.Maintainer)(s)
			ladder(s)
			s.told(here(s, 3*aDay))
			s.mention().Answered = now.Add(-2 * aDay)
		}, "Cleo: answered"},
		{"co-maintainers when the steward has stepped down", func(s *scene) {
			second("Cleo", registry.Maintainer)(s)
			ladder(s)
			s.told(here(s, 3*aDay))
			*s.claims() = (*s.claims())[1:]
		}, "Cleo: answered"},
		{"co-maintainers when somebody has adopted it", func(s *scene) {
			second("Cleo", registry.Maintainer)(s)
			ladder(s)
			s.told(here(s, 4*aDay))
			second("Dee", registry.Steward)(s) // a day ago
		}, "Cleo: answered"},
		{"co-maintainers of a steward who was told of the item lately", func(s *scene) {
			second("Cleo", registry.Maintainer)(s)
			ladder(s)
			s.told(earlier("Ada", s.mention().Item, 9*aDay))
		}, "Ada: cooldown"},
		{"co-maintainers of a steward who is blocked", func(s *scene) {
			second("Cleo", registry.Maintainer)(s)
			ladder(s)
			s.account(registry.Account{Name: "Ada", Blocked: true})
		}, "Ada: blocked; User talk:Cleo"},
		{"the page of the item, when nobody is left", func(s *scene) {
			ladder(s)
			s.mention().Time = now.Add(-6*aDay - 2*time.Hour)
			*s.claims() = nil
		}, "MediaWiki talk:Gadget-Poem"},
		{"the adoption page in the end", func(s *scene) {
			ladder(s)
			s.mention().Time = now.Add(-12 * aDay)
			steward, page := here(s, 10*aDay), here(s, 4*aDay)
			page.User, page.Rung, page.Way = "", config.ToItem, config.WayItem
			s.told(page, steward)
		}, "sought gadget:testwiki:Poem"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := outcome(newScene(t, test.edit).Input); got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}
