// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the texts of messages, and how they are added to a page.

package plan_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/detect"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/plan"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/plan/messages"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
)

// letters are the pages of the messages that are due.
func letters(in plan.Input) []plan.Page { return plan.MessagePages(in, plan.Decide(in)) }

func manyThings(s *scene) {
	s.notices += `, "sign_up": "Project:Sign-up", "opt_out": "Project:No messages", "ladder": [{"to": "steward"}, {"to": "co-maintainers"}]`
	script := s.View.Entries[1].Item
	s.View.Mentions = append(s.View.Mentions, mention(script, "verse.js", detect.UserScript, "Eve [[User:Cleo]]", 30, now.Add(-3*time.Hour)))
	for i := range 4 {
		m := *s.mention()
		m.Revision, m.Time, m.Section, m.Snippet = int64(20-i), now.Add(-time.Duration(4+i)*time.Hour), "", "{{ping|Cleo}} [[User:Cleo]] ~~~~"
		s.View.Mentions = append(s.View.Mentions, m)
	}
	c := &s.View.Entries[1].Claims[0]
	c.Role, c.Evidence.Page = registry.Maintainer, "Project:Sign-up"
}

func TestMessageTexts(t *testing.T) {
	tests := []struct {
		file, language string
		edit           func(*scene)
	}{
		{"message.wiki", "", func(s *scene) {
			*s.mention() = view().Mentions[0]
			s.View.Entries = view().Entries
			s.notices = `"talk": true, "settle_minutes": 0`
		}},
		{"notice-many.wiki", "", manyThings},
		{"notice-many.de.wiki", "de", manyThings},
		{"notice-many.ar.wiki", "ar", manyThings},
		{"notice-item.wiki", "", func(s *scene) { manyThings(s); s.notices += `, "ways": [{"kinds": ["gadget"], "ways": ["item"]}]` }},
		{"notice-elsewhere.wiki", "", func(s *scene) { (*s.claims())[0].Evidence.Wiki = "mediawikiwiki" }},
		{"notice-confirm.wiki", "", func(s *scene) {
			manyThings(s)
			s.View.Mentions = nil
			for _, e := range s.View.Entries {
				s.View.Confirmations = append(s.View.Confirmations, registry.Confirmation{User: "Ada", Item: e.Item.Key, Due: now.Add(-time.Hour)})
			}
		}},
	}
	for _, test := range tests {
		t.Run(test.file, func(t *testing.T) {
			s := newScene(t, test.edit)
			s.Words = messages.In(test.language, nil)
			var all []string
			for _, p := range letters(s.Input) {
				text, err := p.Create()
				if err != nil {
					t.Fatal(err)
				}
				if again, err := p.Apply(text); err != nil || again != text {
					t.Errorf("applied twice it is not what it was once: %v", err)
				}
				if len(p.Notices) > 0 && p.Minor {
					t.Error("a minor edit, of which nobody is told")
				}
				all = append(all, text)
			}
			golden(t, test.file, strings.Join(all, "\n\n"))
		})
	}
}

var userLinks = regexp.MustCompile(`(?i)\[\[\s*:?\s*(?:user|user talk|special:contributions)\s*[:/][^\]|/]*[\]|]`)

// What is said in signed text must not ping anybody but whom it is for.
func TestAMessageLinksToNoUserAndIsSignedOnce(t *testing.T) {
	s := newScene(t, manyThings)
	for i := range s.View.Mentions {
		m := &s.View.Mentions[i]
		m.Title, m.User, m.Section = "User talk:Cleo", "Cleo]] [[User:Dee", "[[User:Dee]] ~~~~ {{u|Dee}}"
	}
	s.View.Entries[1].Item.Page = "User:Cleo" // as no script is called
	n := 0
	for _, p := range letters(s.Input) {
		if len(p.Notices) == 0 {
			continue
		}
		n++
		text, err := p.Create()
		if err != nil {
			t.Fatal(err)
		}
		if found := userLinks.FindString(text); found != "" {
			t.Errorf("%s links to %s:\n%s", p.Title, found, text)
		}
		if strings.Count(text, "~~~~") != 1 || !strings.HasSuffix(text, "~~~~") || strings.Contains(text, "{{u|") {
			t.Errorf("want one signature, at the end:\n%s", text)
		}
		if strings.Count(text, "\n== ")+strings.Count(text[:3], "== ") != 1 {
			t.Errorf("want one heading:\n%s", text)
		}
	}
	if n != 1 {
		t.Errorf("%d messages, want one", n)
	}
}

func TestADigestHasANoticeForEachItem(t *testing.T) {
	s := newScene(t, manyThings)
	page := letters(s.Input)[0]
	var told []string
	for _, n := range page.Notices {
		if !strings.Contains(page.Changes[0].(plan.Letter).Parts[len(told)].Mark, n.Key) {
			t.Errorf("the mark of %s is not its own", n.Key)
		}
		told = append(told, fmt.Sprintf("%s %d", n.Key, len(n.Told)))
	}
	want := "notice/testwiki/gadget:testwiki:Poem/2026-W47/User:Ada 5; notice/testwiki/userscript:testwiki:User:Ada/verse.js/2026-W47/User:Ada 1"
	if got := strings.Join(told, "; "); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	text, err := page.Create()
	if err != nil {
		t.Fatal(err)
	}
	part := page.Notices[0].Mark
	rest, err := page.Apply(part)
	if err != nil || strings.Count(rest, part) != 1 || !strings.Contains(rest, page.Notices[1].Mark) || strings.Contains(rest, "Poem''' ") {
		t.Errorf("a part that is there is added again: %v\n%s", err, rest)
	}
	if strings.Count(text, part) != 1 {
		t.Errorf("the mark of a part is there %d times", strings.Count(text, part))
	}
}

// A message of hundreds of mentions would not be looked at as a whole before it
// is sent.
func TestALongMessageIsCutIntoSeveral(t *testing.T) {
	s := newScene(t, func(s *scene) {
		for i := range 100 {
			item := gadget(fmt.Sprintf("G%03d", i))
			s.View.Entries = append(s.View.Entries, registry.Entry{Item: item, Claims: []registry.Claim{claim(item, registry.User, "Ada", registry.Confirmed, registry.CellsSource)}})
			s.View.Mentions = append(s.View.Mentions, mention(item, item.Name, detect.Gadget, "Bo", int64(100+i), now.Add(-3*time.Hour)))
		}
	})
	pages := letters(s.Input)
	if len(pages) != 1 || len(pages[0].Notices) != 40 {
		t.Errorf("%d pages, the first with %d notices", len(pages), len(pages[0].Notices))
	}
	if n := len(plan.Decide(s.Input).Waiting); n != 61 {
		t.Errorf("%d wait, want 61", n)
	}
}

func TestReminders(t *testing.T) {
	due := registry.Confirmation{User: "Ada", Due: now.Add(-20 * aDay)}
	reminder := func(s *scene, ago time.Duration) registry.Told {
		told := earlier("Ada", s.View.Entries[0].Item.Key, ago)
		told.Rung, told.Mention = registry.RungConfirm, ""
		return told
	}
	for _, test := range []struct {
		name string
		edit func(*scene, *registry.Confirmation)
		want string
	}{
		{"one that is due", func(*scene, *registry.Confirmation) {}, "User talk:Ada"},
		{"one that is not due yet", func(_ *scene, c *registry.Confirmation) { c.Due = now.Add(time.Minute) }, ""},
		{"the second, too soon", func(s *scene, c *registry.Confirmation) { c.Reminded = 1; s.told(reminder(s, 13*aDay)) }, ""},
		{"the second", func(s *scene, c *registry.Confirmation) { c.Reminded = 1; s.told(reminder(s, 14*aDay)) }, "User talk:Ada"},
		{"a third", func(_ *scene, c *registry.Confirmation) { c.Reminded = 2 }, ""},
		{"somebody on the opt-out page", func(s *scene, _ *registry.Confirmation) { s.View.OptOuts["Ada"] = registry.OptOut{} }, "Ada: opted-out"},
		{"somebody who wants no talk", func(s *scene, _ *registry.Confirmation) { s.wish(registry.Preference{Ways: []string{"ping"}}) }, "Ada: no-way"},
		{"a second message in a day", func(s *scene, _ *registry.Confirmation) { s.told(earlier("Ada", "tool:x", time.Hour)) }, "Ada: person-quota"},
		{"somebody who was told of the item lately", func(s *scene, _ *registry.Confirmation) {
			s.told(earlier("Ada", s.View.Entries[0].Item.Key, 2*aDay))
		}, "User talk:Ada"},
		{"a claim that is gone", func(s *scene, _ *registry.Confirmation) { *s.claims() = nil }, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := newScene(t, func(s *scene) {
				c := due
				c.Item = s.View.Entries[0].Item.Key
				s.View.Mentions = nil
				test.edit(s, &c)
				s.View.Confirmations = []registry.Confirmation{c}
			})
			if got := outcome(s.Input); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestThePageOfTheNewLineIsMadeOnce(t *testing.T) {
	s := newScene(t, manyThings)
	pages := letters(s.Input)
	page := pages[len(pages)-1]
	if page.Title != "Project:No messages/preload" {
		t.Fatalf("planned %s", page.Title)
	}
	if got, err := page.Apply(""); err != nil || got != "* [[User:$1]]" {
		t.Errorf("%q, %v", got, err)
	}
	if got, err := page.Apply("* {{u|$1}}"); err != nil || got != "* {{u|$1}}" {
		t.Errorf("what people wrote is lost: %q, %v", got, err)
	}
}
