// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the tests of pages with data, which have no markers.

package publish

import (
	"strings"
	"testing"
	"time"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/plan"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/config"
)

func dataPage(rows ...any) plan.Page {
	return plan.Page{Title: "Data:S.tab", Region: plan.DataRegion, Model: plan.TableModel, Scope: plan.Tables, MayCreate: true, Changes: []plan.Change{
		plan.Data{Model: plan.TableModel, Body: map[string]any{"description": map[string]any{"en": "Kept by codesteward."}, "data": rows}},
	}}
}

func TestDataIsWrittenOnlyWhereItIsTheBots(t *testing.T) {
	const theirs = `{"description": {"en": "Rainfall."}, "data": [["x"]]}`
	for _, tt := range []struct {
		name, model, stands string
		step                Step
		want                string // of the reason
	}{
		{"a new page", plan.TableModel, "", stepPassed, ""},
		{"the bot's page", plan.TableModel, `{"description": {"en": "Kept by codesteward."}, "data": []}`, stepPassed, ""},
		{"a page of somebody else", plan.TableModel, theirs, StepChange, "somebody else"},
		{"a page that nobody can read", plan.TableModel, `{"desc`, StepChange, "cannot be read"},
		{"a wiki that keeps no data", "wikitext", "", StepPage, "wikitext"},
		{"wikitext", "wikitext", "Hello.", StepPage, "wikitext"},
		{"a chart", plan.ChartModel, theirs, StepPage, plan.ChartModel},
		{"nobody knows", "", "", StepPage, "something else"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := newFake()
			f.models = map[string]string{"Data:S.tab": tt.model}
			if tt.stands != "" {
				f.put("Data:S.tab", "Ada", tt.stands)
			}
			got := publish(t, f.publisher(nil), dataPage("2026-11-16", 3))
			if saved := got.Result == Saved; saved != (tt.want == "") || got.Step != tt.step || !strings.Contains(got.Reason, tt.want) || len(f.edits) > 0 != saved {
				t.Errorf("%+v, %d edits", got, len(f.edits))
			}
		})
	}
}

// A table of the rules is never put on a page with data.
func TestWikitextIsNotPutOnAPageWithData(t *testing.T) {
	f := newFake()
	f.models = map[string]string{"Data:S.tab": plan.TableModel}
	f.put("Data:S.tab", "Steward bot", `{}`)
	if got := publish(t, f.publisher(nil), table("Data:S.tab", "x")); got.Step != StepPage || len(f.edits) > 0 {
		t.Errorf("%+v, %d edits", got, len(f.edits))
	}
}

// What moves by itself is saved once a day, what people wait for at once.
func TestAnOverviewIsCalm(t *testing.T) {
	f := newFake()
	p := f.publisher(nil)
	now := time.Date(2026, 5, 20, 12, 0, 0, 0, time.UTC)
	p.Now = func() time.Time { return now }
	body := func(verdicts, moving string) string {
		return verdicts + "\n<!-- codesteward: moving -->\n" + moving + "\n<!-- codesteward: still -->"
	}
	for i, s := range []struct {
		after             time.Duration
		verdicts, numbers string
		want              Result
	}{
		{0, "3 owned", "9 users", Saved},
		{time.Hour, "3 owned", "10 users", Waits},
		{time.Hour, "4 owned", "10 users", Saved},
		{23 * time.Hour, "4 owned", "11 users", Waits},
		{2 * time.Hour, "4 owned", "12 users", Saved},
		{time.Hour, "4 owned", "12 users", Unchanged},
		{time.Hour, "4 owned", `id="adopt-x" 12 users`, Saved}, // another card
	} {
		now = now.Add(s.after)
		page := plan.Page{Title: "Project:O", Region: config.OverviewID, Scope: plan.Tables, MayCreate: true, MinInterval: 24 * time.Hour,
			Changes: []plan.Change{plan.Listing{ID: config.OverviewID, Body: body(s.verdicts, s.numbers), State: map[bool]registry.PageState{true: "", false: registry.PageHeld}[i == 0]}}}
		if got := publish(t, p, page); got.Result != s.want {
			t.Errorf("step %d: %+v, want %s", i, got, s.want)
		}
	}
}
