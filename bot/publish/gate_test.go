// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the tests of the gate: what each step refuses, and when a
// refusal is over.

package publish

import (
	"slices"
	"strings"
	"testing"
	"time"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/plan"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/wiki"
)

// table is a page plan that puts a line on a page.
func table(title, line string) plan.Page {
	return plan.Page{Title: title, Region: "t", Scope: plan.Tables, Summary: "update", MayCreate: true,
		Changes: []plan.Change{plan.Message{Key: "k", Heading: "Table", Body: line}}}
}

func TestPagesThatAreNeverTheBots(t *testing.T) {
	for _, tt := range []struct {
		title string
		scope plan.Scope
		want  string // of the reason, "" where the page may be written
	}{
		{"Project:Stewardship", plan.Tables, ""},
		{"User:Steward bot/list", plan.Tables, ""},
		{"User talk:Ada", plan.Notices, ""},
		{"User talk:Steward bot", plan.Reports, ""},
		{"User talk:Ada", plan.Tables, "another user's talk page"},
		{"User talk:Ada/Archive", plan.Notices, "another user's talk page"},
		{"User talk:Ada/verse.js", plan.Notices, ""},
		{"User talk:Ada/verse.js", plan.Tables, "code or data of a user"},
		{"User talk:Ada/verse.json", plan.Notices, "code or data of a user"},
		{"User:Ada/verse.js", plan.Notices, "code or data of a user"},
		{"MediaWiki:Gadget-Poem.js", plan.Notices, "interface"},
		{"User:Ada", plan.Notices, "another user"},
		{"User:Steward bots/list", plan.Tables, "another user"},
		{"MediaWiki:Sidebar", plan.Tables, "interface"},
		{"Module:Stewards", plan.Tables, "code"},
		{"User:Steward bot/list.js", plan.Tables, "code"},
		{"User:Steward bot/config.json", plan.Tables, "steers"},
		{stopPg, plan.Reports, "steers"},
		{"Project:Village pump", plan.Tables, "operator"},
		{"Project:Village pump/Archive", plan.Tables, ""},
		{"Project:Arbitration/Case", plan.Notices, "operator"},
		{"Portal:Sports", plan.Tables, "operator"},
	} {
		f := newFake()
		p := f.publisher(nil)
		p.Site.ConfigPage = "User:Steward bot/config.json"
		p.Deny = []string{"Project:Village pump", "Project:Arbitration/*", "Portal:*"}
		page := table(tt.title, "x")
		page.Scope = tt.scope
		got := publish(t, p, page)
		if tt.want == "" && got.Result != Saved || tt.want != "" && (got.Step != StepPlace || !strings.Contains(got.Reason, tt.want)) || (len(f.edits) > 0) != (tt.want == "") {
			t.Errorf("%s on %s: %+v, %d edits; want %q", tt.scope, tt.title, got, len(f.edits), tt.want)
		}
	}
}

func TestNothingButTheReportBeforeTheRulesSayEnabled(t *testing.T) {
	f := newFake()
	p := f.publisher(nil)
	rules := Rules{Revision: 9}
	if got, err := p.Publish(t.Context(), table("Project:T", "x"), rules); err != nil || got.Result != Held || got.Step != StepRules || len(f.edits) > 0 {
		t.Errorf("a table: %+v, %v, %d edits", got, err, len(f.edits))
	}
	report := table("User:Steward bot/report", "x")
	report.Scope = plan.Reports
	if got, err := p.Publish(t.Context(), report, rules); err != nil || got.Result != Saved {
		t.Errorf("the report: %+v, %v", got, err)
	}
}

func TestATrialEndsAfterItsEdits(t *testing.T) {
	f := newFake()
	rules := Rules{Revision: 9, Enabled: true, Trial: 2}
	lines := []string{"a", "b", "c"}
	for i, want := range []Result{Saved, Saved, Held} {
		// A new process each time: the count is in the ledger.
		got, err := f.publisher(nil).Publish(t.Context(), table("Project:"+lines[i], "x"), rules)
		if err != nil || got.Result != want || want == Held && got.Step != StepTrial {
			t.Errorf("edit %d: %+v, %v; want %s", i+1, got, err, want)
		}
	}
	if got, _ := f.publisher(nil).Publish(t.Context(), table("Project:a", "x"), rules); got.Result != Unchanged {
		t.Errorf("what needs no edit: %+v", got)
	}
	rules.Revision = 10
	if got, _ := f.publisher(nil).Publish(t.Context(), table("Project:c", "x"), rules); got.Result != Saved {
		t.Errorf("under new rules: %+v", got)
	}
}

func TestQuotas(t *testing.T) {
	start := time.Date(2026, 5, 20, 12, 0, 0, 0, time.UTC)
	tests := map[string]struct {
		limits Limits
		titles []string
		free   int           // how many edits pass
		again  time.Duration // after start
	}{
		"a minute":       {Limits{PerMinute: 2}, []string{"A", "B", "C"}, 2, time.Minute},
		"an hour":        {Limits{PerHour: 2}, []string{"A", "B", "C"}, 2, time.Hour},
		"a day":          {Limits{PerDay: 1}, []string{"A", "B"}, 1, 24 * time.Hour},
		"a page":         {Limits{PerPageHour: 1}, []string{"A", "A"}, 1, time.Hour},
		"other pages":    {Limits{PerPageHour: 1}, []string{"A", "B", "C"}, 3, 0},
		"without limits": {Limits{}, []string{"A", "B", "C"}, 3, 0},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			f := newFake()
			p := f.publisher(nil)
			now := start
			p.Now = func() time.Time { return now }
			rules := Rules{Revision: 9, Enabled: true, Limits: tt.limits}
			var last Outcome
			for i, title := range tt.titles {
				now = start.Add(time.Duration(i) * time.Second)
				page := table("Project:"+title, strings.Repeat("x", i+1))
				page.Changes = []plan.Change{plan.Message{Key: "k" + strings.Repeat("x", i), Heading: "T", Body: "x"}}
				var err error
				if last, err = p.Publish(t.Context(), page, rules); err != nil {
					t.Fatal(err)
				}
			}
			if len(f.edits) != tt.free {
				t.Errorf("%d edits, want %d", len(f.edits), tt.free)
			}
			if tt.again == 0 {
				return
			}
			if last.Result != Waits || last.Step != StepQuota || !last.Again.Equal(start.Add(tt.again)) {
				t.Fatalf("outcome %+v, want to wait until %s", last, start.Add(tt.again))
			}
			now = last.Again
			page := table("Project:"+tt.titles[len(tt.titles)-1], "y")
			page.Changes = []plan.Change{plan.Message{Key: "later", Heading: "T", Body: "x"}}
			if got, _ := p.Publish(t.Context(), page, rules); got.Result != Saved {
				t.Errorf("when the time is over: %+v", got)
			}
		})
	}
}

func TestReportsDoNotWaitForTheQuotaOfTheDay(t *testing.T) {
	f := newFake()
	p := f.publisher(nil)
	rules := Rules{Revision: 9, Enabled: true, Limits: Limits{PerDay: 1}}
	if _, err := p.Publish(t.Context(), table("Project:A", "x"), rules); err != nil {
		t.Fatal(err)
	}
	report := table("User:Steward bot/report", "x")
	report.Scope = plan.Reports
	if got, _ := p.Publish(t.Context(), report, rules); got.Result != Saved {
		t.Errorf("outcome %+v", got)
	}
}

func TestAPageThatTheWikiBarsIsLeftAloneForADay(t *testing.T) {
	f := newFake()
	p := f.publisher(nil)
	now := time.Date(2026, 5, 20, 12, 0, 0, 0, time.UTC)
	p.Now = func() time.Time { return now }
	reads := 0
	p.Reader = counting{f, &reads}
	f.barred = &wiki.Error{Code: "protectedpage", Class: wiki.Refused, Info: "This page is protected."}
	page := table("Project:A", "x")
	for range 3 {
		if got := publish(t, p, page); got.Result != Refused || got.Step != StepPermission || !strings.Contains(got.Reason, "is protected") {
			t.Fatalf("outcome %+v", got)
		}
	}
	if reads != 1 || len(f.edits) > 0 {
		t.Errorf("read %d times, edited %d times", reads, len(f.edits))
	}
	f.barred = nil
	if got := publish(t, p, page); got.Result != Refused {
		t.Errorf("on the same day: %+v", got)
	}
	p.Retry(page.Title)
	if got := publish(t, p, page); got.Result != Saved {
		t.Errorf("after an edit of the page: %+v", got)
	}

	f.barred = &wiki.Error{Code: "protectedpage", Class: wiki.Refused}
	other := table("Project:B", "x")
	publish(t, p, other)
	f.barred = nil
	now = now.Add(restFor)
	if got := publish(t, p, other); got.Result != Saved {
		t.Errorf("a day later: %+v", got)
	}
}

func TestABlockThatIsOverLetsTheBotGoOn(t *testing.T) {
	f := newFake()
	p := f.publisher(nil)
	now := time.Date(2026, 5, 20, 12, 0, 0, 0, time.UTC)
	p.Now = func() time.Time { return now }
	f.barred = &wiki.Error{Code: "blocked", Class: wiki.Halt, Info: "You are blocked."}
	if got := publish(t, p, table("Project:A", "x")); got.Result != Halted || got.Step != StepAccount {
		t.Errorf("outcome %+v", got)
	}
	f.barred = nil
	if got := publish(t, p, table("Project:B", "x")); got.Result != Halted {
		t.Errorf("another page: %+v", got)
	}
	now = now.Add(haltFor)
	if got := publish(t, p, table("Project:B", "x")); got.Result != Saved {
		t.Errorf("after the block: %+v", got)
	}
}

// One refused page is a page's fault, one after the other is the bot's.
func TestFiltersThatRefuseOneEditAfterTheOtherHaltTheWiki(t *testing.T) {
	f := newFake()
	p := f.publisher(nil)
	for i := range filtered {
		f.fail = []error{&wiki.Error{Class: wiki.Refused, Code: "abusefilter-disallowed", Action: "edit"}}
		got := publish(t, p, table("Project:"+strings.Repeat("A", i+1), "x"))
		want := Refused
		if i == filtered-1 {
			want = Halted
		}
		if got.Result != want {
			t.Errorf("refusal %d: %+v, want %s", i+1, got, want)
		}
	}
}

func TestAnEditThatTheWikiMergedIsLookedAtAgain(t *testing.T) {
	f := newFake()
	f.put("Project:A", "Ada", "Hi.")
	p := f.publisher(nil)
	f.onSave = func() { f.put("Project:A", "Ada", "Hi there.") }
	p.Editor = merging{f}
	if got := publish(t, p, table("Project:A", "x")); got.Result != Saved || !got.Merged {
		t.Errorf("outcome %+v", got)
	}
}

// Numbers that go on changing by themselves do not make an edit each.
func TestNumbersWaitAndWordsDoNot(t *testing.T) {
	f := newFake()
	p := f.publisher(nil)
	now := time.Date(2026, 5, 20, 12, 0, 0, 0, time.UTC)
	p.Now = func() time.Time { return now }
	rules := Rules{Revision: 9, Enabled: true}
	tell := func(verdict, mentions string) Outcome {
		t.Helper()
		rows := []plan.Row{
			{ID: "extension:Echo", Cells: []plan.Cell{{Text: "Echo"}, {Text: verdict}, {Text: mentions}}},
			{ID: "extension:Cite", Cells: []plan.Cell{{Text: "Cite"}, {Text: "owned"}, {Text: "2"}}},
		}
		slices.SortStableFunc(rows, func(a, b plan.Row) int { return strings.Compare(a.Cells[2].Text, b.Cells[2].Text) })
		page := plan.Page{Title: "Project:T", Region: "t", Scope: plan.Tables, MayCreate: true, MinInterval: time.Hour,
			Changes: []plan.Change{plan.Table{ID: "t", Columns: []string{"item", "verdict", "mentions"}, Rows: rows}}}
		got, err := p.Publish(t.Context(), page, rules)
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	steps := []struct {
		after             time.Duration
		verdict, mentions string
		want              Result
	}{
		{0, "unknown", "1", Saved},
		{time.Minute, "unknown", "2", Waits},
		{time.Minute, "owned", "2", Saved},
		{time.Minute, "owned", "3", Waits},
		{time.Minute, "owned", "2", Unchanged},
		{time.Hour, "owned", "4", Saved},
		{time.Minute, "owned", "1", Waits}, // another order
		{time.Minute, "new rules", "", ""},
		{time.Minute, "owned", "1", Saved},
	}
	for i, s := range steps {
		now = now.Add(s.after)
		if s.want == "" {
			rules.Revision++
			continue
		}
		got := tell(s.verdict, s.mentions)
		if got.Result != s.want || got.Reason != "" || got.Result == Waits && !got.Again.After(now) {
			t.Errorf("step %d: %+v, want %s", i, got, s.want)
		}
	}
}
