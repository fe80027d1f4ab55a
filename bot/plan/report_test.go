// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the tests of the report page, the status page and previews.

package plan_test

import (
	"strings"
	"testing"
	"time"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/plan"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
)

// nasty is what people and catalogues could have the bot write.
const nasty = "[[Category:X]]{{y}}<b>|~~~~ __NOTOC__"

func standing(t *testing.T, text string) plan.Standing {
	t.Helper()
	return plan.Standing{InForce: &registry.Rules{Wiki: "testwiki", Revision: 11, User: "Admin", Since: now}, Rules: rules(t, text)}
}

func TestReportsOfHowTheBotStands(t *testing.T) {
	for file, test := range map[string]struct {
		rules string
		with  func(*plan.Standing)
	}{
		"report-disabled.wiki": {`{"version": 2}`, func(s *plan.Standing) {
			s.Preview = &plan.Preview{
				Effects: []plan.Effect{
					{Title: "Project:Gadgets", Region: "gadgets", Scope: plan.Tables, Creates: true, Added: []string{"A", "B", "C", "D", "E", "F", "G", "H", nasty, "J"}, Lines: 80},
					{Title: "Project:Extensions", Region: "extensions", Scope: plan.Tables, Added: []string{"Poem"}, Removed: []string{"Cite"}, Changed: []string{nasty}, Lines: 9},
					{Title: "Project:Same", Region: "same", Scope: plan.Tables},
					{Title: "Project:Board", Region: "noticeboard", Scope: plan.Notices, Notices: 2, Lines: 4},
					{Title: "User talk:Ada", Scope: plan.Notices, Creates: true, Notices: 1, Lines: 6},
					{Title: "User talk:Bo", Scope: plan.Notices, Notices: 1, Lines: 6},
					{Title: "Project:Locked", Region: "locked", Scope: plan.Tables, Refused: "it is protected " + nasty},
					{Title: "Category:Tools", Region: "tools", Scope: plan.Tables, Lines: 1},
				},
				Dropped: []string{"Project:Old#old"}, Left: 3, Unread: []string{"toolhub", "striker"},
			}
		}},
		"report-change.wiki": {`{"version": 2, "enabled": true, "trial": {"edits": 5}, "preview": {"verdict": {}}}`, func(s *plan.Standing) {
			s.Change = &plan.Preview{Effects: []plan.Effect{{Title: "Project:Same", Region: "same"}}}
			s.Warnings = []string{"line 3, column 4, $.x: warning: this does nothing " + nasty}
		}},
		"report-trial-over.wiki": {`{"version": 2, "enabled": true, "trial": {"edits": 1}}`, func(s *plan.Standing) { s.TrialOver = true }},
		"report-stopped.wiki": {`{"version": 2, "enabled": true}`, func(s *plan.Standing) {
			s.Stops = []plan.Stop{
				{Line: "* tables", Stops: "tables", User: "Ada", Time: now},
				{Line: nasty, User: nasty},
				{Line: "Project:Gadgets", Stops: "Project:Gadgets", User: "Bo", Time: now.Add(-time.Hour)},
			}
		}},
		"report-gone.wiki": {`{"version": 2, "enabled": true}`, func(s *plan.Standing) {
			s.Rejected = &plan.Rejected{User: "Bo", Problems: []string{"the config page does not exist any more: Bo moved it to X on 2026-11-21 11:00 UTC"}}
		}},
		"report-recovered.wiki": {`{"version": 2, "enabled": true}`, func(s *plan.Standing) {
			s.Recovered = &plan.Recovery{Revision: 11, User: "Admin", At: now, Bad: 10, BadUser: "Bo"}
		}},
	} {
		s := standing(t, test.rules)
		test.with(&s)
		text, err := plan.ReportPage(site, s).Create()
		if err != nil {
			t.Fatal(err)
		}
		golden(t, file, text)
		for _, bad := range []string{"[[Category:X", "{{y", "<b>", "~~~~", "__NOTOC__"} {
			if strings.Contains(text, bad) {
				t.Errorf("%s holds %s:\n%s", file, bad, text)
			}
		}
	}
}

func TestOnlyWhoSavedRulesThatAreRefusedIsPingedIfTheRulesSaySo(t *testing.T) {
	s := standing(t, `{"version": 2, "enabled": true}`)
	s.Rejected = &plan.Rejected{Revision: 12, User: "Bo", Problems: []string{"x"}}
	if _, ok := plan.PingPage(site, s); ok {
		t.Error("somebody is pinged though the rules do not say so")
	}
	s.Rules = rules(t, `{"version": 2, "enabled": true, "report": {"ping_editor": true}}`)
	page, ok := plan.PingPage(site, s)
	if !ok || len(page.Notices) != 1 || page.Minor {
		t.Fatalf("got %+v", page)
	}
	text, err := page.Apply("The report.")
	if err != nil || !strings.Contains(text, page.Notices[0].Mark) || !strings.Contains(text, "[[User:Bo]]") || !strings.HasSuffix(text, "~~~~") {
		t.Errorf("got %v\n%s", err, text)
	}
	if again, _ := page.Apply(text); again != text {
		t.Errorf("pinged twice:\n%s", again)
	}
	s.Rejected.User = "Bo]] [[User:Ada"
	if page, ok := plan.PingPage(site, s); ok {
		t.Errorf("a name that is none is pinged: %+v", page)
	}
}

func TestStatusPage(t *testing.T) {
	s := plan.Status{Standing: standing(t, `{"version": 2, "enabled": true, "trial": {"edits": 9}}`), At: now, LastEvent: now.Add(-90 * time.Second), TrialEdits: 2}
	s.Edits = []registry.Edit{
		{Title: "Project:Gadgets", Revision: 31, Saved: now.Add(-time.Minute)},
		{Title: "Project:Gadgets", Revision: 30, Saved: now.Add(-time.Hour)},
		{Title: "User:Steward bot/status", Revision: 29, Saved: now.Add(-time.Hour)},
		{Title: "User talk:Ada", Revision: 28, Saved: now.Add(-2 * time.Hour)},
	}
	s.Gaps = []registry.Gap{{From: now.Add(-2 * time.Hour), To: now.Add(-time.Hour), Cause: "hole", Missing: 9, Found: 1}}
	for _, c := range []struct {
		file string
		with func()
	}{
		{"status-well.wiki", func() {}},
		{"status-wrong.wiki", func() {
			s.Stops = []plan.Stop{{Line: nasty, User: nasty}, {Line: "tables", Stops: "tables"}}
			s.Rejected, s.Away, s.Trouble = &plan.Rejected{Revision: 12, User: "Bo"}, true, []string{"x"}
			s.KeptBack = map[string]string{"Project:Gadgets#gadgets": "waits " + nasty}
		}},
	} {
		c.with()
		text, err := plan.StatusPage(site, s).Create()
		if err != nil {
			t.Fatal(err)
		}
		golden(t, c.file, text)
	}
}
