// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds tests of several messages that are due at once.

package plan_test

import (
	"strings"
	"testing"
	"time"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/detect"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/plan"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/config"
)

func TestTheMessageOfADayIsOfOneKind(t *testing.T) {
	s := newScene(t, func(s *scene) {
		s.View.Confirmations = []registry.Confirmation{{User: "Ada", Item: s.mention().Item, Due: now.Add(-time.Minute)}}
	})
	if got := outcome(s.Input); got != "Ada: person-quota; User talk:Ada" {
		t.Errorf("a reminder and a mention at once: %s", got)
	}
	s = newScene(t, func(s *scene) {
		s.notices += `, "ways": [{"kinds": ["gadget"], "ways": ["ping"]}, {"ways": ["talk"]}]`
		script := s.View.Entries[1].Item
		s.View.Mentions = append(s.View.Mentions, mention(script, "verse.js", detect.UserScript, "Bo", 30, now.Add(-3*time.Hour)))
	})
	if got := outcome(s.Input); !strings.HasPrefix(got, "Ada: person-quota; ping Ada") {
		t.Errorf("a ping and a message at once: %s", got)
	}
}

func TestWhoHasWaitedLongestIsToldFirst(t *testing.T) {
	s := newScene(t, func(s *scene) {
		s.notices += `, "per_wiki_day": 1`
		other := gadget("Old")
		s.View.Entries = append(s.View.Entries, registry.Entry{Item: other, Claims: []registry.Claim{claim(other, registry.User, "Aaron", registry.Confirmed, registry.CellsSource)}})
		s.View.Mentions = append([]registry.Mention{mention(other, "Old", detect.Gadget, "Bo", 32, now.Add(-61*time.Minute))}, s.View.Mentions...)
	})
	if got := outcome(s.Input); got != "Aaron: wiki-quota; User talk:Ada" {
		t.Error(got)
	}
}

func TestQuestionsAboutClaimsComeLast(t *testing.T) {
	s := newScene(t, func(s *scene) {
		s.notices += `, "per_wiki_day": 1`
		other := gadget("Old")
		s.View.Entries = append(s.View.Entries, registry.Entry{Item: other, Claims: []registry.Claim{claim(other, registry.User, "Aaron", registry.Confirmed, registry.CellsSource)}})
		s.View.Confirmations = []registry.Confirmation{{User: "Aaron", Item: other.Key, Due: now.Add(-30 * aDay)}}
	})
	if got := outcome(s.Input); got != "Aaron: wiki-quota; User talk:Ada" {
		t.Error(got)
	}
}

// A crash may have left the intent of a message of which the wiki has to be asked
// before another key tells the same.
func TestAMessageThatWasBegunKeepsItsKey(t *testing.T) {
	s := newScene(t, func(s *scene) {
		older := *s.mention()
		older.Revision, older.Time = 20, now.Add(-6*aDay)
		for i := range *s.claims() {
			(*s.claims())[i].Evidence.Time = now.Add(-30 * aDay)
		}
		s.pending(plan.MessageKey(*s.mention(), "Ada"), now.Add(-time.Minute))
		s.View.Mentions = append(s.View.Mentions, older)
	})
	pages := letters(s.Input)
	if len(pages) != 1 || len(pages[0].Notices) != 1 || pages[0].Notices[0].Key != plan.MessageKey(s.View.Mentions[0], "Ada") {
		t.Fatalf("planned %v", pages)
	}
	if n := pages[0].Notices[0]; len(n.Told) != 1 && len(n.Told) != 2 || n.Told[0].Key != n.Key {
		t.Errorf("it tells %v", n.Told)
	}
}

func TestAPingIsToldWithItsEntry(t *testing.T) {
	s := newScene(t, func(s *scene) {
		s.notices += `, "ways": [{"ways": ["ping"]}]`
		second := *s.mention()
		second.Revision, second.Section = 32, "Another"
		s.View.Mentions = append([]registry.Mention{second}, s.View.Mentions...)
		other := gadget("Other")
		s.View.Entries = append(s.View.Entries, registry.Entry{Item: other, Claims: []registry.Claim{claim(other, registry.User, "Cleo", registry.Confirmed, registry.CellsSource)}})
		s.View.Mentions = append([]registry.Mention{mention(other, "Other", detect.Gadget, "Bo", 33, now.Add(-61*time.Minute))}, s.View.Mentions...)
	})
	told := map[string]string{}
	for _, p := range plan.Pages(s.Input) {
		for _, n := range p.Notices {
			for _, t := range n.Told {
				if t.Key != n.Key || t.Way != config.WayPing {
					told["wrong"] += t.Key
				}
				told[t.User] = p.Title
			}
		}
	}
	if len(told) != 1 || told["Ada"] != "Project:Noticeboard" {
		t.Errorf("told %v, want Ada alone: one entry pings with an edit", told)
	}
	if got := outcome(s.Input); !strings.Contains(got, "Cleo: ping-waits") {
		t.Error(got)
	}
}
