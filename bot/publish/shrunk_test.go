// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the tests of tables that would lose many rows.

package publish

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/plan"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
)

// heldBy tells a loss that is held.
func (y *yard) heldBy(outcome Outcome, words ...string) {
	y.Helper()
	if outcome.Result != Held || outcome.Step != StepShrink {
		y.Fatalf("not held: %+v", outcome)
	}
	for _, w := range words {
		if !strings.Contains(outcome.Reason, w) {
			y.Errorf("%q does not say %q", outcome.Reason, w)
		}
	}
}

func TestALossOfRowsWaitsForSomebodysWord(t *testing.T) {
	lose := func(y *yard) {
		y.saves("A Team")
		y.rows = 14
		y.read = y.now
		outcome := y.pass("A Team")
		y.heldBy(outcome, "6 of its 20 rows", "− G14, − G15, − G16, − G17, − G18, − G19.", "edits the rules page")
		if !outcome.Reread {
			y.Error("nobody has the sources read again")
		}
		asked := y.wiki.pages
		if again := y.pass("A Team"); again.Reread || y.wiki.pages != asked {
			y.Error("it is looked at again though nothing has changed")
		}
		y.restart()
		y.heldBy(y.pass("A Team"), "6 of its 20 rows")
	}
	for _, test := range []struct {
		name string
		then func(y *yard)
		goes bool
	}{
		{"nothing", func(*yard) {}, false},
		{"a reading of before", func(y *yard) { y.read = y.read.Add(time.Second) }, false},
		{"a second reading", func(y *yard) { y.read = y.now.Add(time.Second) }, true},
		{"a second reading that names fewer still", func(y *yard) { y.read, y.rows = y.now.Add(time.Second), 12 }, false},
		{"a second reading that names more", func(y *yard) { y.read, y.rows = y.now.Add(time.Second), 15 }, true},
		{"all are back", func(y *yard) { y.rows = 20; y.verdict = "B Team" }, true},
		{"few are lost after all", func(y *yard) { y.rows = 17 }, true},
		{"other rules", func(y *yard) { y.rules.Revision++ }, true},
		{"a long time", func(y *yard) { y.now = y.now.Add(100 * 24 * time.Hour) }, false},
		{"an edit of a person", func(y *yard) { y.person("Ada", note(y.text(), 1, "hello")) }, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			y := newYard(t, 20)
			lose(y)
			test.then(y)
			outcome := y.pass("B Team")
			if test.goes != (outcome.Result == Saved) {
				t.Fatalf("%+v", outcome)
			}
			held := ReadGuards(y.shelf.notes)[plan.RegionName(yardPage, "gadgets")].Held
			if test.goes != (held == nil) {
				t.Errorf("noted: %+v", held)
			}
			if n := height(y.text()); !test.goes && n != 20 {
				t.Errorf("%d rows", n)
			}
		})
	}
}

func TestALossOfWhichThereIsNoNoteIsHeldAgain(t *testing.T) {
	y := newYard(t, 20)
	y.saves("A Team")
	y.rows = 10
	y.heldBy(y.pass("A Team"))
	for _, spoilt := range []string{"", "{", `{"held":7}`} {
		y.shelf.notes = map[string]string{noteGuard + plan.RegionName(yardPage, "gadgets"): spoilt}
		y.restart()
		y.heldBy(y.pass("A Team"))
	}
}

func TestRulesThatAreNewMayTakeRowsOut(t *testing.T) {
	y := newYard(t, 20)
	y.saves("A Team")
	y.rules.Revision++
	y.rows = 5
	y.saves("A Team")
	y.rows = 1
	y.heldBy(y.pass("A Team"))
}

func TestAStoreThatCannotBeWrittenKeepsTheTable(t *testing.T) {
	y := newYard(t, 20)
	y.saves("A Team")
	y.rows = 5
	y.gate.Memory = broken{y.shelf}
	y.gate.guards = nil
	if _, err := y.gate.Publish(context.Background(), y.page(), y.rules); err == nil {
		t.Error("no error")
	}
	if height(y.text()) != 20 {
		t.Error("it was written")
	}
}

type broken struct{ *shelf }

func (broken) SetNote(context.Context, string, string, string) error {
	return fmt.Errorf("the disk is full")
}

func TestEntriesTakenOffByHandDoNotFreezeTheBoard(t *testing.T) {
	board := func(entries ...string) plan.Page {
		b := plan.Board{State: registry.PageHeld}
		for _, e := range entries {
			b.Entries = append(b.Entries, plan.BoardEntry{Anchor: "cs-1-" + e, Time: time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC), Line: e})
		}
		return plan.Page{Title: "Project:Board", Region: plan.BoardRegion, Scope: plan.Notices, Changes: []plan.Change{b}}
	}
	for _, tag := range []string{"mw-undo", "mw-rollback", "mw-manual-revert"} {
		y := newYard(t, 1)
		y.fake.put("Project:Board", "Ada", "<!-- codesteward begin noticeboard -->\n<!-- codesteward end noticeboard -->")
		for _, entries := range [][]string{{"a"}, {"b", "a"}} {
			if outcome, err := y.gate.Publish(t.Context(), board(entries...), y.rules); err != nil || outcome.Result != Saved {
				t.Fatalf("%+v %v", outcome, err)
			}
		}
		revs := y.fake.pages["Project:Board"]
		y.fake.put("Project:Board", "Ada", revs[len(revs)-2].Text)
		revs = y.fake.pages["Project:Board"]
		revs[len(revs)-1].Tags = []string{tag}
		outcome, err := y.gate.Publish(t.Context(), board("c", "a"), y.rules)
		if want := slices.Contains([]string{"mw-undo", "mw-rollback"}, tag); err != nil || want != (outcome.Step == StepRevert) || !want && outcome.Result != Saved {
			t.Errorf("%s: %+v %v", tag, outcome, err)
		}
	}
}
