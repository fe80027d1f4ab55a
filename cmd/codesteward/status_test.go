// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the tests of the status command.

package main

import (
	"strings"
	"testing"
	"time"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
)

func TestStatusTellsOfGaps(t *testing.T) {
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	var out strings.Builder
	err := printStatus(&out, registry.Status{Gaps: []registry.Gap{
		{Wiki: "teawiki", From: now.Add(-3 * time.Hour), To: now.Add(-2 * time.Hour), Cause: "hole", Missing: 3, Found: 8, Filled: now.Add(-time.Hour)},
		{Wiki: "teawiki", From: now.AddDate(0, 0, -9), To: now.AddDate(0, 0, -1), Cause: "retention", Missing: -1, Filled: now},
	}}, now)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"2026-03-01 09:00:00 to 2026-03-01 10:00:00: the stream left out 3 events of all wikis (hole), 8 changes looked up 2026-03-01 11:00:00 UTC (1h0m0s ago)",
		"left out an unknown number of events (retention), 0 changes looked up",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("it does not say %q:\n%s", want, &out)
		}
	}
}

func TestStatusTellsOfEachSource(t *testing.T) {
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	var out strings.Builder
	err := printStatus(&out, registry.Status{
		Surveys: []registry.SurveyState{
			{Source: "toolhub", Read: now.Add(-time.Hour)},
			{Source: "gadgets", Wiki: "teawiki", Read: now.Add(-time.Hour), Held: now.Add(-time.Minute), HeldItems: 40},
			{Source: "maintainers", Wiki: "teawiki", Read: now.Add(-48 * time.Hour), Failed: now.Add(-47 * time.Hour), Reason: "it is HTML"},
			{Source: "scripts", Wiki: "teawiki", Checkpoint: "300"},
			{Source: "links", Wiki: "teawiki", Checkpoint: "17"},
		},
		Notes: map[string]map[string]string{
			"": {"next toolhub": "2026-03-01T13:00:00Z"},
			"teawiki": {"held gadgets": "40 items and 0 claims, after 350 and 0", "progress scripts": "300 of 900", "mode": "trial: 1 of 2 edits made",
				"stop":     `[{"line":"* tables","stops":"tables","user":"Ada","time":"2026-03-01T11:00:00Z"},{"line":"wait","stops":""}]`,
				"rejected": `{"revision":12,"user":"Bo","problems":["line 1: no"]}`, "status": "x", "kept back Talk:A#b": "it waits"},
		},
	}, now)
	if err != nil {
		t.Fatal(err)
	}
	got := strings.Join(strings.Fields(out.String()), " ")
	for _, want := range []string{
		"source every wiki toolhub read 2026-03-01 11:00:00 UTC (1h0m0s ago), next 2026-03-01 13:00:00 UTC",
		"held since 2026-03-01 11:59:00 UTC (1m0s ago), until a second reading agrees: 40 items and 0 claims, after 350 and 0",
		"source teawiki maintainers stale, fails since 2026-02-27 13:00:00 UTC (47h0m0s ago): it is HTML",
		"source teawiki scripts being read: 300 of 900",
		"source teawiki links half read",
		"stop teawiki tables are stopped by the line “* tables” of Ada, since 2026-03-01 11:00 UTC",
		"stop teawiki everything is stopped by the line “wait”",
		"rules teawiki revision 12 by Bo is not in force: line 1: no",
		"note teawiki mode trial: 1 of 2 edits made",
		"note teawiki kept back Talk:A#b it waits",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("it does not say %q:\n%s", want, &out)
		}
	}
	if strings.Contains(got, "note teawiki progress") || strings.Contains(got, "note teawiki st") || strings.Contains(got, "note teawiki rejected") {
		t.Errorf("notes on sources are told twice:\n%s", &out)
	}
}
