// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the tests of what pages wait for, and what is said of sources.

package plan_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/plan"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
)

func TestATableWaitsForItsOwnSourcesAlone(t *testing.T) {
	const mixed = `{
		"version": 1,
		"sources": {"maintainers": [{"page": "A"}], "infoboxes": true, "toolhub": true, "scripts": true, "usage": true},
		"tables": [
			{"id": "gadgets", "page": "Gadgets", "kinds": ["gadget"]},
			{"id": "extensions", "page": "Both", "kinds": ["extension"]},
			{"id": "tools", "page": "Both", "kinds": ["tool"]},
			{"id": "scripts", "page": "Scripts", "kinds": ["userscript"]}
		]}`
	v := view()
	for _, source := range []string{"maintainers", "infoboxes"} {
		v.Surveys = append(v.Surveys, registry.SurveyState{Source: source, Wiki: "testwiki", Read: now})
	}
	for _, test := range []struct{ name, pending, want string }{
		{"all was tried", "", "Gadgets Both Both Scripts"},
		{"the gadgets were not", "gadgets", "Both Both Scripts"},
		{"tables on one page wait for each other", "toolhub", "Gadgets Scripts"},
		{"so they do for a second source of one", "infoboxes", "Gadgets Scripts"},
		{"names may have left the cells", "cells", ""},
		{"what takes long is not waited for", "scripts gadgetusage links accounts", "Gadgets Both Both Scripts"},
	} {
		t.Run(test.name, func(t *testing.T) {
			pending := map[string]bool{}
			for _, name := range strings.Fields(test.pending) {
				pending[name] = true
			}
			var titles []string
			for _, p := range plan.Pages(plan.Input{Site: site, Rules: rules(t, mixed), View: v, Now: now, Pending: pending}) {
				titles = append(titles, p.Title)
			}
			if got := strings.Join(titles, " "); got != test.want {
				t.Errorf("planned %q, want %q", got, test.want)
			}
		})
	}
	want := []string{"cells", "gadgets", "infoboxes", "list", "maintainers", "siteinfo", "striker", "toolhub"}
	if diff := cmp.Diff(want, plan.Needs(rules(t, mixed))); diff != "" {
		t.Errorf("needs (-want +got)\n%s", diff)
	}
}

func TestNobodyIsWrittenToBeforeTheCellsWereRead(t *testing.T) {
	in := plan.Input{Site: site, Rules: rules(t, allRules), View: view(), Now: now}
	if n := len(plan.Pages(in)); n != 4 {
		t.Fatalf("%d pages are planned, want two tables, a noticeboard and a message", n)
	}
	in.Pending = map[string]bool{"cells": true}
	for _, p := range plan.Pages(in) {
		t.Errorf("%s is planned", p.Name())
	}
}

func TestWhatTheRulesDoNotAskForDoesNotCount(t *testing.T) {
	v := view()
	tool := registry.Item{Key: "tool:map", Name: "map"}
	v.Entries = append(v.Entries, registry.Entry{Item: tool, Claims: []registry.Claim{
		claim(tool, registry.User, "Ada", registry.Stated, "striker"), claim(tool, registry.Team, "Maps", registry.Stated, "list"),
	}})
	last := len(v.Entries) - 1
	if got := plan.Asked(v, rules(t, `{"version": 1, "sources": {"toolhub": true}}`)); len(got.Entries[last].Claims) != 2 {
		t.Errorf("%+v", got.Entries[last].Claims)
	}
	if got := plan.Asked(v, rules(t, `{"version": 1}`)); len(got.Entries[last].Claims) != 1 || got.Entries[last].Claims[0].Holder != "Maps" {
		t.Errorf("%+v", got.Entries[last].Claims)
	}
}

func TestTheReportSaysWhatIsStaleAndHeld(t *testing.T) {
	at := time.Date(2026, 3, 1, 12, 0, 30, 0, time.UTC)
	for _, test := range []struct {
		name  string
		state registry.SurveyState
		held  string
		want  []string
	}{
		{"all is well", registry.SurveyState{Source: "gadgets", Read: at}, "", nil},
		{"it was never read", registry.SurveyState{Source: "gadgets", Failed: at, Reason: "no"}, "",
			[]string{"The source gadgets cannot be read since 2026-03-01 12:00 UTC: no. It was never read before."}},
		{"it is stale", registry.SurveyState{Source: "gadgets", Read: at.Add(-time.Hour), Failed: at, Reason: "no"}, "",
			[]string{"The source gadgets cannot be read since 2026-03-01 12:00 UTC: no. What it said on 2026-03-01 11:00 UTC stays in force; it is stale since then."}},
		{"it is held", registry.SurveyState{Source: "siteinfo", Read: at.Add(-time.Hour), Held: at, HeldItems: 40}, "40 items and 9 claims, after 350 and 9",
			[]string{"The source siteinfo named far less than before on 2026-03-01 12:00 UTC: 40 items and 9 claims, after 350 and 9. " +
				"That is held until a second reading agrees. What it said on 2026-03-01 11:00 UTC stays in force; it is stale since then."}},
		{"nobody knows any more how much that was", registry.SurveyState{Source: "siteinfo", Held: at, HeldItems: 40}, "",
			[]string{"The source siteinfo named far less than before on 2026-03-01 12:00 UTC: 40 {{PLURAL:40|item|items}}. That is held until a second reading agrees. It was never read before."}},
	} {
		t.Run(test.name, func(t *testing.T) {
			text, err := plan.ReportPage(site, plan.Standing{Sources: []plan.SourceTrouble{{SurveyState: test.state, Answer: test.held}}}).Create()
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for line := range strings.Lines(text) {
				if problem, ok := strings.CutPrefix(strings.TrimSpace(line), "* "); ok {
					got = append(got, problem)
				}
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func TestSimilarItemsAreLinkedAndEscaped(t *testing.T) {
	in := plan.Input{Site: site, View: view(), Now: now, Rules: rules(t, `{"version": 1,
		"tables": [{"id": "gadgets", "page": "G", "kinds": ["gadget"], "columns": ["item", "similar"]}]}`)}
	other := gadget("Map-{{x}}")
	other.Page = ""
	in.Similar = map[registry.Key][]registry.Item{"gadget:testwiki:Map-peek": {gadget("Quiet-toc"), other}}
	text, err := plan.Pages(in)[0].Apply("")
	if err != nil || !strings.Contains(text, "[[:MediaWiki:Gadget-Quiet-toc|Quiet-toc]], Map-&#123;") {
		t.Errorf("%v\n%s", err, text)
	}
}
