// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the tests of what saving a page would change.

package plan

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
)

func TestEffects(t *testing.T) {
	columns := []string{"item", "verdict", "notes"}
	table := func(rows ...string) Page {
		tab := Table{ID: "t", Columns: columns, State: registry.PageHeld}
		for _, r := range rows {
			name, verdict, _ := strings.Cut(r, " ")
			tab.Rows = append(tab.Rows, Row{ID: registry.RowID(registry.Key("extension:" + name)), Cells: []Cell{{Text: "[[:Extension:" + name + "|" + name + "]]"}, {Text: verdict}, {}}})
		}
		return Page{Title: "T", Region: "t", Scope: Tables, Changes: []Change{tab}, MayCreate: true}
	}
	first := table("Echo owned", "Math unknown", "Poem owned")
	first.Changes = []Change{func() Table { tab := first.Changes[0].(Table); tab.State = ""; return tab }()}
	live, err := first.Create()
	if err != nil {
		t.Fatal(err)
	}
	if e := EffectOf(first, false, "", live); !e.Creates || e.None() || !slices.Equal(e.Added, []string{"Echo", "Math", "Poem"}) || len(e.Removed)+len(e.Changed) > 0 {
		t.Errorf("a new page: %+v", e)
	}
	next := table("Echo owned", "Math owned", "Score unknown")
	text, err := next.Apply(live)
	if err != nil {
		t.Fatal(err)
	}
	want := Effect{Title: "T", Region: "t", Scope: Tables, Added: []string{"Score"}, Removed: []string{"Poem"}, Changed: []string{"Math"}}
	got := EffectOf(next, true, live, text)
	if got.Lines == 0 {
		t.Error("no lines are other")
	}
	got.Lines = 0
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("a change (-want +got):\n%s", diff)
	}
	if e := EffectOf(next, true, text, text); !e.None() {
		t.Errorf("the same text: %+v", e)
	}
}

func TestEffectsCountNoticesThatAreNew(t *testing.T) {
	p := Page{Title: "User talk:Ada", Scope: Notices, Notices: []Notice{{Key: "a", Mark: "<!-- a -->"}, {Key: "b", Mark: "<!-- b -->"}}}
	if e := EffectOf(p, true, "Hi\n<!-- a -->", "Hi\n<!-- a -->\n<!-- b -->"); e.Notices != 1 || e.Lines != 1 {
		t.Errorf("effect %+v", e)
	}
}
