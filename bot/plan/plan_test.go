// SPDX-License-Identifier: GPL-3.0-or-later

package plan_test

import (
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/detect"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/plan"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/config"
)

var update = flag.Bool("update", false, "write the golden files")

var (
	now  = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	site = plan.Site{
		Wiki: "testwiki", Bot: "Steward bot",
		ConfigPage: "User:Steward bot/config.json", ReportPage: "User:Steward bot/config report", StopPage: "User:Steward bot/stop",
		StatusPage: "User:Steward bot/status",
	}
)

// golden compares a text with a file under testdata.
func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, []byte(got+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got+"\n"); diff != "" {
		t.Errorf("%s (-want +got):\n%s", name, diff)
	}
}

func rules(t *testing.T, text string) *config.Rules {
	t.Helper()
	r, problems := config.ParseRules(text)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	return r
}

const allRules = `{
	"version": 1,
	"tables": [
		{"id": "gadgets", "page": "Project:Gadgets", "kinds": ["gadget"], "title": "Gadgets"},
		{"id": "extensions", "page": "Project:Extensions", "kinds": ["extension", "skin"],
		 "columns": ["item", "kind", "steward", "maintainers", "verdict", "why", "mentions", "changed", "notes"]}
	],
	"noticeboard": {"page": "Project:Noticeboard", "settle_minutes": 10},
	"notices": {"talk": true, "settle_minutes": 0}
}`

func gadget(name string) registry.Item {
	return registry.Item{Key: registry.NewKey(detect.Gadget, "testwiki", name), Name: name, Page: "MediaWiki:Gadget-" + name, Deployed: true}
}

func extension(name string) registry.Item {
	return registry.Item{Key: registry.NewKey(detect.Extension, "", name), Name: name, URL: "https://www.mediawiki.org/wiki/Extension:" + name, Deployed: true}
}

func claim(item registry.Item, kind registry.HolderKind, holder string, standing registry.Standing, source string) registry.Claim {
	return registry.Claim{
		Item: item.Key, Role: registry.Steward, Holder: holder, HolderKind: kind, Standing: standing,
		Evidence: registry.Evidence{Source: source, Wiki: "testwiki", Page: "Some page", Revision: 7, User: holder, Time: now.Add(-24 * time.Hour), Read: now},
	}
}

// view is a wiki with one of everything.
func view() registry.View {
	poem, echo, peek, toc := extension("Poem"), extension("Echo"), gadget("Map-peek"), gadget("Quiet-toc")
	peek.Changed, peek.ChangedRevision = now.Add(-time.Hour), 42
	return registry.View{
		Wiki: "testwiki",
		Entries: []registry.Entry{
			{Item: echo, Claims: []registry.Claim{claim(echo, registry.Team, "Growth | [[team]]", registry.Stated, "maintainers")}},
			{Item: poem, Claims: []registry.Claim{claim(poem, registry.Nobody, "", registry.Stated, "maintainers")}},
			{Item: peek, Claims: []registry.Claim{claim(peek, registry.User, "Ada", registry.Confirmed, "cells")}},
			{Item: toc},
		},
		Mentions: []registry.Mention{
			mention(peek, "Map-peek", detect.Gadget, "Bo", 31, now.Add(-time.Minute)),
			mention(poem, "Poem", detect.Extension, "Bo", 30, now.Add(-time.Hour)),
		},
		Surveys: []registry.SurveyState{{Source: "siteinfo", Wiki: "testwiki", Read: now}, {Source: "gadgets", Wiki: "testwiki", Read: now}},
	}
}

func mention(item registry.Item, name string, kind detect.Kind, user string, rev int64, at time.Time) registry.Mention {
	return registry.Mention{
		Item: item.Key, As: item.Key, Kind: kind, Name: name, Wiki: "testwiki", Title: "Project talk:Pump", Revision: rev, Section: "What [now]?",
		Rule: "interwiki-link", User: user, Time: at, Snippet: "Who knows [[mw:Extension:Poem]]? {{ping|Ada}} ~~~~ https://example.org/x ''Really?'' --[[User:Bo|Bo]] ([[User talk:Bo|talk]]) 11:00",
	}
}

func pages(t *testing.T, v registry.View) map[string]plan.Page {
	t.Helper()
	byTitle := map[string]plan.Page{}
	for _, p := range plan.Pages(plan.Input{Site: site, Rules: rules(t, allRules), View: v, Now: now}) {
		if _, twice := byTitle[p.Title]; twice {
			t.Errorf("%s is planned twice", p.Title)
		}
		byTitle[p.Title] = p
	}
	return byTitle
}

func TestNewPages(t *testing.T) {
	planned := pages(t, view())
	for title, file := range map[string]string{
		"Project:Gadgets":     "gadgets.wiki",
		"Project:Extensions":  "extensions.wiki",
		"Project:Noticeboard": "noticeboard.wiki",
		"User talk:Ada":       "message.wiki",
	} {
		p, ok := planned[title]
		if !ok {
			t.Errorf("%s is not planned", title)
			continue
		}
		text, err := p.Create()
		if err != nil {
			t.Fatal(err)
		}
		golden(t, file, text)
		again, err := p.Apply(text)
		if err != nil || again != text {
			t.Errorf("%s: applied twice it is not what it was once: %v\n%s", title, err, cmp.Diff(text, again))
		}
	}
	if len(planned) != 4 {
		t.Errorf("%d pages are planned, want 4", len(planned))
	}
}

func TestNoticesAreSeenUnlessTheRulesMarkThem(t *testing.T) {
	for name, test := range map[string]struct {
		text string
		seen bool
	}{
		"a page of version 1":  {allRules, false},
		"marked":               {marked("true"), false},
		"not marked":           {marked("false"), true},
		"where it is not said": {strings.Replace(allRules, `"version": 1`, `"version": 2`, 1), true},
	} {
		planned := plan.Pages(plan.Input{Site: site, Rules: rules(t, test.text), View: view(), Now: now})
		for _, p := range planned {
			if want := test.seen && p.Scope == plan.Notices; p.Seen != want {
				t.Errorf("%s: %s is seen: %v", name, p.Title, p.Seen)
			}
		}
		if len(planned) != 4 {
			t.Errorf("%s: %d pages", name, len(planned))
		}
	}
}

// marked are rules of version 2 that say whether notices are marked as a bot's.
func marked(flag string) string {
	text := strings.Replace(allRules, `"version": 1`, `"version": 2`, 1)
	return strings.NewReplacer(`"settle_minutes"`, `"bot_flag": `+flag+`, "settle_minutes"`).Replace(text)
}

func TestWithoutRulesNothingIsPlanned(t *testing.T) {
	if got := plan.Pages(plan.Input{Site: site, View: view(), Now: now}); got != nil {
		t.Errorf("planned %v", got)
	}
}

func TestATableWaitsForItsSource(t *testing.T) {
	v := view()
	v.Surveys = v.Surveys[:1] // gadgets were never read
	if _, ok := pages(t, v)["Project:Gadgets"]; ok {
		t.Error("the table of gadgets is planned before the gadgets were read")
	}
}

func TestNoticesThatAreNotDue(t *testing.T) {
	tests := []struct {
		name string
		edit func(*registry.View)
		gone string // title that must not be planned
	}{
		{"a mention before the settle time", func(v *registry.View) { v.Mentions[1].Time = now.Add(-9 * time.Minute) }, "Project:Noticeboard"},
		{"an item that is owned", func(v *registry.View) { v.Mentions = v.Mentions[:1] }, "Project:Noticeboard"},
		{"a mention of last month", func(v *registry.View) { v.Mentions[1].Time = now.Add(-31 * 24 * time.Hour) }, "Project:Noticeboard"},
		{"a mention that is hidden now", func(v *registry.View) { v.Mentions[1].Redacted = true }, "Project:Noticeboard"},
		{"a mention of a kind whose source was never read", func(v *registry.View) { v.Surveys = v.Surveys[1:] }, "Project:Noticeboard"},
		{"a mention of last week", func(v *registry.View) {
			v.Mentions[0].Time = now.Add(-8 * 24 * time.Hour)
			v.Entries[2].Claims[0].Evidence.Time = now.Add(-9 * 24 * time.Hour)
		}, "User talk:Ada"},
		{"a mention that is hidden", func(v *registry.View) { v.Mentions[0].Redacted = true }, "User talk:Ada"},
		{"an entry that was sent", func(v *registry.View) {
			key := plan.BoardKey(v.Mentions[1])
			v.Notices = map[string]registry.Notice{key: {Key: key, Sent: now}}
		}, "Project:Noticeboard"},
		{"a message that was sent this week", func(v *registry.View) {
			key := plan.MessageKey(v.Mentions[0], "Ada")
			v.Notices = map[string]registry.Notice{key: {Key: key, Sent: now}}
		}, "User talk:Ada"},
		{"a steward's own mention", func(v *registry.View) { v.Mentions[0].User = "Ada" }, "User talk:Ada"},
		{"a mention before the claim", func(v *registry.View) { v.Mentions[0].Time = now.Add(-48 * time.Hour) }, "User talk:Ada"},
		{"a claim that somebody else made", func(v *registry.View) { v.Entries[2].Claims[0].Standing = registry.Unconfirmed }, "User talk:Ada"},
		{"a claim that only a source states", func(v *registry.View) { v.Entries[2].Claims[0].Standing = registry.Stated }, "User talk:Ada"},
		{"a team", func(v *registry.View) { v.Entries[2].Claims[0].HolderKind = registry.Team }, "User talk:Ada"},
		{"a maintainer who is no steward", func(v *registry.View) { v.Entries[2].Claims[0].Role = registry.Maintainer }, "User talk:Ada"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			v := view()
			if _, ok := pages(t, v)[test.gone]; !ok {
				t.Fatalf("%s is not planned to begin with", test.gone)
			}
			test.edit(&v)
			if _, ok := pages(t, v)[test.gone]; ok {
				t.Errorf("%s is planned", test.gone)
			}
		})
	}
}

func TestAnEntryIsRedactedWhenItsRevisionIsHidden(t *testing.T) {
	v := view()
	page, err := pages(t, v)["Project:Noticeboard"].Create()
	if err != nil {
		t.Fatal(err)
	}
	page = strings.Replace(page, "\n<!-- codesteward end", "\n*: A reply. --[[User:Cleo]]\n<!-- codesteward end", 1)
	m := &v.Mentions[1]
	m.Redacted, m.Snippet, m.User = true, "", ""
	v.Notices = map[string]registry.Notice{plan.BoardKey(*m): {Sent: now}}
	v.Pages = map[string]registry.PageState{"Project:Noticeboard#noticeboard": registry.PageHeld}
	got, err := pages(t, v)["Project:Noticeboard"].Apply(page)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(got, "Who knows") || strings.Contains(got, "User:Bo") || !strings.Contains(got, "*: A reply. --[[User:Cleo]]") {
		t.Errorf("hidden words stay, or a person's are lost:\n%s", got)
	}
	golden(t, "noticeboard-redacted.wiki", got)
}

func TestManyMentionsOfOneItemMakeOneMessage(t *testing.T) {
	v := view()
	for i := range int64(5) {
		m := v.Mentions[0]
		m.Revision, m.Time = 50+i, now.Add(-time.Duration(i)*24*time.Hour)
		v.Mentions = append(v.Mentions, m)
	}
	v.Entries[2].Claims[0].Evidence.Time = now.Add(-100 * 24 * time.Hour)
	pages(t, v) // fails where a page is planned twice
}

func TestWhatIsKnownFromMentionsAloneHasToStandFirst(t *testing.T) {
	v := view()
	v.Entries[3].Item.Mentioned = true
	m := mention(v.Entries[3].Item, "Quiet-toc", detect.Gadget, "Bo", 60, now.Add(-9*time.Minute))
	v.Mentions = append(v.Mentions, m)
	rows := func() int { return len(gadgetTable(t, v).Rows) }
	if n := rows(); n != 1 {
		t.Errorf("%d rows before the settle time, want 1", n)
	}
	v.Mentions[len(v.Mentions)-1].Time = now.Add(-11 * time.Minute)
	if n := rows(); n != 2 {
		t.Errorf("%d rows after the settle time, want 2", n)
	}
}

func TestWhatPeopleTookAwayIsNotMadeAnew(t *testing.T) {
	v := view()
	text, err := pages(t, v)["Project:Gadgets"].Create()
	if err != nil {
		t.Fatal(err)
	}
	emptied := "<!-- codesteward begin gadgets -->\n<!-- codesteward end gadgets -->"
	tests := []struct {
		name, text   string
		state        registry.PageState
		refuse, gone bool
	}{
		{"a new page", "", "", false, false},
		{"markers that a person has placed", emptied, "", false, false},
		{"the table as it stands", text, registry.PageHeld, false, false},
		{"a blanked page", "", registry.PageHeld, true, true},
		{"a page without the markers", "Gone.", registry.PageHeld, true, true},
		{"an emptied region", emptied, registry.PageHeld, true, false},
		{"a blanked page, seen again", "", registry.PageGone, true, true},
		{"markers that were put back", emptied, registry.PageGone, false, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			v.Pages = map[string]registry.PageState{"Project:Gadgets#gadgets": test.state}
			p := pages(t, v)["Project:Gadgets"]
			if p.MayCreate != (test.state == "") {
				t.Errorf("may create: %v", p.MayCreate)
			}
			_, err := p.Apply(test.text)
			var gone *plan.GoneError
			if (err != nil) != test.refuse || errors.As(err, &gone) != test.gone {
				t.Errorf("error %v", err)
			}
		})
	}
}

func TestAnIntentAloneDoesNotCloseANotice(t *testing.T) {
	v := view()
	key := plan.BoardKey(v.Mentions[1])
	v.Notices = map[string]registry.Notice{key: {Key: key, Intended: now}}
	if _, ok := pages(t, v)["Project:Noticeboard"]; !ok {
		t.Error("a notice whose edit is not known to be saved must be tried again")
	}
}

func TestNoticeboardKeepsWhatPeopleWrite(t *testing.T) {
	v := view()
	first, err := pages(t, v)["Project:Noticeboard"].Create()
	if err != nil {
		t.Fatal(err)
	}
	people := strings.Replace(first, "\n<!-- codesteward end", "\n*: I had a look, it is a bug in Parsoid. --[[User:Cleo]]\n<!-- codesteward end", 1) + "\nBelow the region."
	older, newer := v.Mentions[1], v.Mentions[1]
	older.Revision, older.Time = 20, time.Date(2026, 10, 3, 0, 0, 0, 0, time.UTC)
	newer.Revision, newer.Time = 40, now.Add(-20*time.Minute)
	v.Mentions = []registry.Mention{newer, v.Mentions[1], older}
	got, err := pages(t, v)["Project:Noticeboard"].Apply(people)
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "noticeboard-replies.wiki", got)
}

func TestReport(t *testing.T) {
	stored := &registry.Rules{Wiki: "testwiki", Revision: 11, User: "Admin", Since: now}
	rejected := &plan.Rejected{Revision: 12, User: "Admin", Problems: []string{`line 4, column 7, $.tables[0].kindz: unknown key; did you mean "kinds"?`}}
	tests := []struct {
		file     string
		inForce  *registry.Rules
		rejected *plan.Rejected
		trouble  []string
		gaps     []registry.Gap
	}{
		{"report-fine.wiki", stored, nil, nil, nil},
		{"report-rejected.wiki", stored, rejected, nil, nil},
		{"report-never.wiki", nil, rejected, nil, nil},
		{"report-trouble.wiki", stored, nil, []string{"Project:Gadgets: the end marker is missing", "Another [[page]]"}, nil},
		{"report-gaps.wiki", stored, nil, nil, []registry.Gap{
			{From: now.Add(-2 * time.Hour), To: now.Add(-time.Hour), Cause: "hole", Missing: 9, Found: 1},
			{From: now.Add(-240 * time.Hour), To: now.Add(-24 * time.Hour), Cause: "retention", Missing: -1, Found: 1200},
		}},
	}
	for _, test := range tests {
		p := plan.ReportPage(site, plan.Standing{InForce: test.inForce, Rejected: test.rejected, Trouble: test.trouble, Gaps: test.gaps})
		text, err := p.Create()
		if err != nil {
			t.Fatal(err)
		}
		golden(t, test.file, text)
	}
}
