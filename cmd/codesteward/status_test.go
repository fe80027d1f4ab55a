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
