// SPDX-License-Identifier: GPL-3.0-or-later

package registry

import (
	"context"
	"testing"
	"time"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/detect"
)

func TestProposalsAreRecordedOnceAndForgottenWhenHidden(t *testing.T) {
	onEveryStore(t, func(t *testing.T, newStore storeMaker) {
		r := newStore(t).open()
		ctx, at := context.Background(), time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC)
		batch := Batch{
			Change:    detect.Change{Wiki: "w", Title: "Project:Wishes", Revision: 7, User: "Ada", Time: at},
			Proposals: []detect.Proposal{{Section: "A map", Text: "Show maps"}, {Section: "A clock"}},
		}
		for n, want := range []bool{true, false} {
			if changed, err := r.Record(ctx, batch); err != nil || changed != want {
				t.Fatalf("recorded %d times: changed %v, %v", n+1, changed, err)
			}
		}
		list := func() []Request {
			v, err := r.View(ctx, Query{Wiki: "w", Since: at.Add(-time.Hour), Now: at})
			if err != nil {
				t.Fatal(err)
			}
			return v.Requests
		}
		all := list()
		if len(all) != 2 || all[0].ID == all[1].ID || all[0].User != "Ada" || !all[0].Time.Equal(at) {
			t.Fatalf("%+v", all)
		}
		if err := r.MovePage(ctx, "w", "Project:Wishes", "Project:Ideas", at.Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
		on, err := r.RequestsOn(ctx, "w", "Project:Ideas", 0)
		if err != nil || len(on) != 2 {
			t.Fatalf("%+v, %v", on, err)
		}
		gone := on[0]
		gone.Redacted = true
		if err := r.SetRequest(ctx, gone); err != nil {
			t.Fatal(err)
		}
		gone.Redacted, gone.Withdrawn = false, at
		if err := r.SetRequest(ctx, gone); err != nil {
			t.Fatal(err)
		}
		for _, q := range list() {
			if hidden := q.ID == gone.ID; q.Redacted != hidden || (q.Section == "" && q.User == "" && q.Text == "") != hidden || q.Withdrawn.IsZero() == hidden {
				t.Errorf("%+v", q)
			}
		}
		if err := r.Purge(ctx, at.Add(time.Hour)); err != nil || len(list()) != 0 {
			t.Errorf("they stay: %v", err)
		}
	})
}

func TestItemsSimilarToAText(t *testing.T) {
	item := func(name, says string) Entry {
		return Entry{Item: Item{Key: NewKey(detect.Gadget, "w", name), Name: name, Details: Details{Description: says}}}
	}
	entries := []Entry{
		item("Map-peek", "Previews of maps beside coordinates, opened with the mouse"), item("Clock", "A clock with the time in UTC at the top"),
		item("Quiet-toc", "Folds the table of contents"), item("Cat-a-lot", "Moves many files between categories"),
	}
	got := SimilarTo(entries, []Proposed{{"Map previews", "It should open previews of maps beside coordinates."}, {"Cheese", "Something about cheese"}})
	if len(got) != 2 || len(got[0]) == 0 || got[0][0].Item != entries[0].Item.Key || len(got[1]) != 0 {
		t.Errorf("%+v", got)
	}
}
