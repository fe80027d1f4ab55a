// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the tests of the trend: its weeks, and its pages with data.

package plan_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/detect"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/plan"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/plan/messages"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/config"
)

const (
	tableTitle = "Data:Stewardship.tab"
	chartTitle = "Data:Stewardship.chart"
)

func withCharts(in *plan.Input) { in.Site.Charts = true }

// held says that the bot keeps the pages with data.
func held(in *plan.Input) {
	withCharts(in)
	in.View.Pages = map[string]registry.PageState{tableTitle + "#data": registry.PageHeld, chartTitle + "#data": registry.PageHeld}
}

func decoded(t *testing.T, text string) map[string]any {
	t.Helper()
	var out map[string]any
	if err := json.Unmarshal([]byte(text), &out); err != nil {
		t.Fatal(err)
	}
	return out
}

func encoded(t *testing.T, v any) string {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestDataPagesAreWhatTheWikiTakes(t *testing.T) {
	pages := landed(t, func(in *plan.Input) {
		withCharts(in)
		in.Words = messages.In("he", map[string]string{"overview-data-week": "שבוע"})
	})
	for title, schema := range map[string]string{tableTitle: "testdata/tabular.schema.json", chartTitle: "testdata/chart.schema.json"} {
		text, err := pages[title].Create()
		if err != nil {
			t.Fatal(err)
		}
		rules, err := jsonschema.NewCompiler().Compile(schema)
		if err != nil {
			t.Fatal(err)
		}
		value, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		if err := rules.Validate(value); err != nil {
			t.Errorf("%s: %v\n%s", title, err, text)
		}
	}
	table := decoded(t, create(t, pages, tableTitle))
	names := map[string]bool{}
	fields := table["schema"].(map[string]any)["fields"].([]any)
	for _, f := range fields {
		name := f.(map[string]any)["name"].(string)
		if names[name] || !regexp.MustCompile(`^[\pL_][\pL\pN_]*$`).MatchString(name) {
			t.Errorf("the field %q is there twice, or has no name", name)
		}
		names[name] = true
	}
	rows, unknown := table["data"].([]any), 0
	for _, r := range rows {
		row := r.([]any)
		if len(row) != len(fields) {
			t.Errorf("%v has not as many cells as there are fields", row)
		}
		if row[1] == nil {
			unknown++
		}
	}
	if len(rows) != 20 || unknown != 1 {
		t.Errorf("%d weeks, %d of them unknown; want 20 and 1: a gap is no zero", len(rows), unknown)
	}
	golden(t, "overview-table.json", create(t, pages, tableTitle))
	golden(t, "overview-chart.json", create(t, pages, chartTitle))
}

func create(t *testing.T, pages map[string]plan.Page, title string) string {
	t.Helper()
	text, err := pages[title].Create()
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestOverviewShowsTheChartOnceTheBotKeepsIt(t *testing.T) {
	for name, test := range map[string]struct {
		edit  func(*plan.Input)
		data  bool
		chart bool
	}{
		"a wiki without charts":     {nil, false, false},
		"before they are saved":     {withCharts, true, false},
		"as they stand":             {held, true, true},
		"when people took them":     {func(in *plan.Input) { held(in); in.View.Pages[chartTitle+"#data"] = registry.PageGone }, true, false},
		"before there is a number":  {func(in *plan.Input) { held(in); in.View.Tallies = nil }, false, false},
		"where no name is given":    {func(in *plan.Input) { held(in); in.Rules.Overview.Data = "" }, false, false},
		"on another wiki, as it is": {func(in *plan.Input) { held(in); in.Site.Charts = false }, false, false},
	} {
		pages := landed(t, test.edit)
		_, planned := pages[tableTitle]
		text := created(t, pages, "Project:Stewardship")
		if planned != test.data || strings.Contains(text, "{{#chart:Stewardship.chart}}") != test.chart {
			t.Errorf("%s: planned %v\n%s", name, planned, text)
		}
	}
}

func TestDataOfOthersIsNotWrittenOver(t *testing.T) {
	pages := landed(t, held)
	table, chart := pages[tableTitle].Changes[0], pages[chartTitle].Changes[0]
	fresh := landed(t, withCharts)
	ours, chartText := create(t, fresh, tableTitle), create(t, fresh, chartTitle)
	other := decoded(t, ours)
	delete(other, "description")
	enriched := decoded(t, ours)
	enriched["description"].(map[string]any)["nl"] = "Hoeveel"
	enriched["mediawikiCategories"] = []any{map[string]any{"name": "Stewardship"}}
	enriched["data"] = []any{}
	shaped := decoded(t, chartText)
	shaped["type"], shaped["description"] = "area", map[string]any{"en": "Mine."}
	turned := decoded(t, chartText)
	turned["source"] = "Else.tab"
	foreign := map[string]any{"license": "CC0-1.0", "version": 1, "type": "pie", "source": "Else.tab"}
	compact := encoded(t, decoded(t, ours))
	tests := []struct {
		name   string
		change plan.Change
		text   string
		want   string // "" for a refusal
		gone   bool
	}{
		{"the table as it stands", table, ours, ours, false},
		{"the table as the wiki writes it", table, compact, compact, false},
		{"a table of somebody else", table, encoded(t, other), "", false},
		{"what is no JSON", table, "{", "", false},
		{"a list", table, "[]", "", false},
		{"an emptied table", table, " \n", "", true},
		{"the chart as it stands", chart, chartText, chartText, false},
		{"a chart that somebody has shaped", chart, encoded(t, shaped), encoded(t, shaped), false},
		{"our chart of another table", chart, encoded(t, turned), "", false},
		{"a chart of somebody else", chart, encoded(t, foreign), "", false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := test.change.Apply(test.text)
			var gone *plan.GoneError
			if got != test.want || (err != nil) != (test.want == "") || errors.As(err, &gone) != test.gone {
				t.Errorf("%v\n%s", err, cmp.Diff(test.want, got))
			}
		})
	}
	got, err := table.Apply(encoded(t, enriched))
	if err != nil {
		t.Fatal(err)
	}
	want := decoded(t, ours)
	want["description"].(map[string]any)["nl"] = "Hoeveel"
	want["mediawikiCategories"] = enriched["mediawikiCategories"]
	if diff := cmp.Diff(want, decoded(t, got)); diff != "" {
		t.Errorf("what people added (-want +got):\n%s", diff)
	}
	if again, err := table.Apply(got); err != nil || again != got {
		t.Errorf("applied twice: %v", err)
	}
}

func TestAYearOfWeeksHasGapsAndNoMore(t *testing.T) {
	for name, test := range map[string]struct {
		tallies []registry.Tally
		columns int
		gaps    int
	}{
		"nothing":               {nil, 0, 0},
		"the first week":        {tallies(now, 1, -1), 12, 11},
		"some weeks":            {tallies(now, 20, -1), 20, 0},
		"a week unknown":        {tallies(now, 20, 3), 20, 1},
		"more than a year":      {tallies(now, 70, -1), 53, 0},
		"weeks after a silence": {append(tallies(now.AddDate(0, 0, -7*30), 2, -1), tallies(now, 1, -1)...), 32, 29},
	} {
		text := created(t, landed(t, func(in *plan.Input) { in.View.Tallies = test.tallies }), "Project:Stewardship")
		_, drawn, _ := strings.Cut(text, `class="codesteward-trend"`)
		drawn, _, _ = strings.Cut(drawn, "</div>")
		if columns, gaps := strings.Count(drawn, "<span"), strings.Count(drawn, "not known"); columns != test.columns || gaps != test.gaps {
			t.Errorf("%s: %d columns with %d gaps, want %d and %d", name, columns, gaps, test.columns, test.gaps)
		}
	}
}

func TestVerdictsAreTrackedOnceAllIsKnown(t *testing.T) {
	in := plan.Input{Site: site, Rules: rules(t, overviewRules), View: land(), Now: now}
	verdicts, kinds, whole := plan.Verdicts(in)
	if len(kinds) != len(detect.Kinds) || !whole || verdicts["extension:Poem"] != registry.Unassigned || len(verdicts) != 6 {
		t.Errorf("%v %v %v", verdicts, kinds, whole)
	}
	for name, test := range map[string]struct {
		edit  func(*plan.Input)
		kinds int
		whole bool
	}{
		"no overview":            {func(in *plan.Input) { in.Rules = rules(t, allRules) }, 0, false},
		"no rules":               {func(in *plan.Input) { in.Rules = nil }, 0, false},
		"a source to be tried":   {func(in *plan.Input) { in.Pending = map[string]bool{"siteinfo": true} }, 0, false},
		"a source never read":    {func(in *plan.Input) { in.View.Surveys = in.View.Surveys[:1] }, 4, false},
		"a source read long ago": {func(in *plan.Input) { in.View.Surveys[0].Read = now.AddDate(0, 0, -8) }, 5, false},
	} {
		in := plan.Input{Site: site, Rules: rules(t, overviewRules), View: land(), Now: now}
		test.edit(&in)
		if _, kinds, whole := plan.Verdicts(in); len(kinds) != test.kinds || whole != test.whole {
			t.Errorf("%s: %v %v", name, kinds, whole)
		}
	}
}

// BenchmarkOverview plans both pages of a wiki with many gadgets and scripts.
func BenchmarkOverview(b *testing.B) {
	in := plan.Input{Site: site, View: registry.View{Wiki: "testwiki", Tallies: tallies(now, 60, 7)}, Now: now}
	r, problems := config.ParseRules(overviewRules)
	if len(problems) > 0 {
		b.Fatal(problems)
	}
	in.Rules = r
	in.View.Surveys = land().Surveys
	for i := range 5000 {
		g := gadget(fmt.Sprint("G", i))
		e := registry.Entry{Item: g, Measures: []registry.Measure{measure(g, registry.Users, int64(i), false)}}
		if i%3 == 0 {
			e.Claims = []registry.Claim{claim(g, registry.Nobody, "", registry.Stated, "list")}
		}
		in.View.Entries = append(in.View.Entries, e)
	}
	b.ReportAllocs()
	start := time.Now()
	for b.Loop() {
		for _, p := range plan.Pages(in) {
			if p.Region == "overview" || p.Region == "adoption" {
				if _, err := p.Create(); err != nil {
					b.Fatal(err)
				}
			}
		}
	}
	b.ReportMetric(float64(time.Since(start).Milliseconds())/float64(b.N), "ms/plan")
}
