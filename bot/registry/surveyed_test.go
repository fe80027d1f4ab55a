// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the tests of what is kept in memory, of what belongs to all
// wikis, and of the counts.

package registry

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/detect"
)

func TestWhatAnotherProcessWritesIsSeenAtOnce(t *testing.T) {
	onEveryStore(t, func(t *testing.T, newStore storeMaker) {
		s := newStore(t)
		here := s.open()
		there, err := Open(t.Context(), s.dsn)
		if err != nil {
			t.Fatal(err)
		}
		defer there.Close()
		save := func(v Survey) {
			t.Helper()
			if _, err := there.SaveSurvey(t.Context(), v); err != nil {
				t.Fatal(err)
			}
		}
		look := func(what string) Entry {
			t.Helper()
			got, err := here.View(t.Context(), Query{Wiki: "metawiki", Now: at(90)})
			if err != nil {
				t.Fatal(err)
			}
			fresh, err := Open(t.Context(), s.dsn)
			if err != nil {
				t.Fatal(err)
			}
			defer fresh.Close()
			want, err := fresh.View(t.Context(), Query{Wiki: "metawiki", Now: at(90)})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s: as it is (-) and as it is seen (+):\n%s", what, diff)
			}
			return got.Entries[0]
		}
		v := listed(1, 10, "Growth", "extension:A")
		v.Claims[0].HolderKind, v.Claims[0].Holder = User, "Ana"
		v.Measures = []Measure{{Item: "extension:A", Metric: Links, Value: 1}}
		v.Accounts = []Account{{Name: "Ana"}}
		save(v)
		look("first")
		v.At = at(2)
		save(v)
		if e := look("read again"); !e.Claims[0].Evidence.Read.Equal(at(2)) || !e.Measures[0].AsOf.Equal(at(2)) {
			t.Errorf("freshness: %+v", e)
		}
		v.Measures[0].Value = 7
		save(v)
		look("counted again at the same time")
		v.Accounts[0].Blocked = true
		save(v)
		look("an account was blocked")
		v.Items[0].Section = "x"
		save(v)
		look("an item was changed")
		if _, err := there.DropSource(t.Context(), "maintainers", "metawiki"); err != nil {
			t.Fatal(err)
		}
		v.Items[0].Section = "y"
		save(v)
		if e := look("dropped and used again"); e.Item.Section != "y" {
			t.Errorf("%+v", e)
		}
		cells := CellChange{Item: "extension:A", Added: users("Ben"), User: "Ben", Registered: true, Revision: 5, Time: at(5)}
		if _, err := there.SaveCells(t.Context(), "metawiki", "T#ext", 5, []CellChange{cells}); err != nil {
			t.Fatal(err)
		}
		if e := look("a cell was filled in"); len(e.Claims) != 2 {
			t.Errorf("%+v", e.Claims)
		}
	})
}

func TestCallersMayChangeWhatTheyGot(t *testing.T) {
	s := newStore(t)
	r := s.open()
	if _, err := r.SaveSurvey(t.Context(), everything("toolhub", AllWikis, 1)); err != nil {
		t.Fatal(err)
	}
	q := Query{Wiki: "metawiki", Catalogue: true}
	spoil := func() (first View) {
		first, err := r.View(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		copied := fmt.Sprintf("%+v", first.Entries)
		for i := range first.Entries {
			e := &first.Entries[i]
			e.Item.Keywords[0], e.Item.Aliases[0], e.Claims[0].Holder, e.Measures[0].Value = "spoilt", "spoilt", "spoilt", -1
		}
		again, err := r.View(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		if fmt.Sprintf("%+v", again.Entries) != copied {
			t.Error("what one caller changed another one sees")
		}
		return first
	}
	spoil()
}

func TestTheMemoryIsBounded(t *testing.T) {
	var m memory
	big := packedItems{rows: make([]packedItem, rowsKept/3)}
	for i := range 10 {
		m.asks++
		m.keep(&surveyed{wiki: fmt.Sprint(i), items: big})
	}
	var kept []string
	for _, s := range m.kept {
		kept = append(kept, s.wiki)
	}
	if diff := cmp.Diff([]string{"9", "8", "7"}, kept); diff != "" {
		t.Errorf("kept (-want +got):\n%s", diff)
	}
}

func TestTheMemoryServesManyAtOnce(t *testing.T) {
	s := newStore(t)
	r := s.open()
	var wg sync.WaitGroup
	for n := range 4 {
		wg.Go(func() {
			for i := range 4 {
				v := everything("toolhub", AllWikis, 1)
				v.Items[n].Section = fmt.Sprint(i)
				if _, err := r.SaveSurvey(context.Background(), v); err != nil {
					t.Error(err)
				}
				if _, err := r.View(context.Background(), Query{Wiki: "metawiki", Catalogue: true}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
}

func TestWhatAWikiSeesOfTheCatalogue(t *testing.T) {
	onEveryStore(t, func(t *testing.T, newStore storeMaker) {
		s := newStore(t)
		catalogue := Survey{Source: "toolhub", Wiki: AllWikis, At: at(1)}
		for _, name := range []string{"guc", "xtools", "cited", "toolhub:elsewhere", "unused"} {
			key := NewKey(detect.Tool, "", name)
			catalogue.Items = append(catalogue.Items, Item{Key: key, Name: name, Details: Details{Title: "The " + name}})
			catalogue.Claims = append(catalogue.Claims, Claim{Item: key, Role: Maintainer, Holder: "Ana", HolderKind: User, Standing: Stated})
			catalogue.Measures = append(catalogue.Measures, Measure{Item: key, Metric: Links, Value: 2})
		}
		catalogue.Items[3].Aliases = []string{"far away"}
		s.survey(catalogue)
		s.record(edit(1, mention(detect.Tool, "", "guc", "")))
		s.survey(Survey{Source: "siteinfo", Wiki: "metawiki", At: at(1), Items: []Item{{Key: "tool:xtools", Name: "XTools", Deployed: true}}})
		save(s, "T", 5, CellChange{Item: "tool:far away", Added: users("Ben"), User: "Ben", Registered: true, Revision: 5, Time: at(5)})
		for _, tt := range []struct {
			query Query
			want  string
		}{
			{Query{Wiki: "metawiki"}, "tool:guc 1 1, tool:toolhub:elsewhere 2 1, tool:xtools 1 1, "},
			{Query{Wiki: "metawiki", Kinds: []detect.Kind{detect.Gadget}}, ""},
			{Query{Wiki: "dewiki"}, ""},
			{Query{Wiki: "dewiki", Catalogue: true}, "tool:cited 1 1, tool:guc 1 1, tool:toolhub:elsewhere 1 1, tool:unused 1 1, tool:xtools 1 1, "},
			{Query{Wiki: AllWikis}, "tool:cited 1 1, tool:guc 1 1, tool:toolhub:elsewhere 1 1, tool:unused 1 1, tool:xtools 1 1, "},
			{Query{Wiki: "metawiki", Uncounted: true}, "tool:guc 1 0, tool:toolhub:elsewhere 2 0, tool:xtools 1 0, "},
		} {
			v, err := s.open().View(t.Context(), tt.query)
			if err != nil {
				t.Fatal(err)
			}
			got := ""
			for _, e := range v.Entries {
				got += fmt.Sprintf("%s %d %d, ", e.Item.Key, len(e.Claims), len(e.Measures))
				if e.Item.Title == "" || e.Item.Mentioned {
					t.Errorf("%+v", e.Item)
				}
			}
			if got != tt.want {
				t.Errorf("%+v: %s, want %s", tt.query, got, tt.want)
			}
		}
	})
}

func TestMentionsAreCountedOnce(t *testing.T) {
	onEveryStore(t, func(t *testing.T, newStore storeMaker) {
		s := newStore(t)
		s.survey(Survey{Source: "siteinfo", Wiki: "metawiki", At: at(0), Items: []Item{{Key: "extension:GuidedTour", Name: "GuidedTour", Deployed: true, Aliases: []string{"Tours"}}}})
		s.survey(Survey{Source: "siteinfo", Wiki: "dewiki", At: at(0), Items: []Item{{Key: "extension:GuidedTour", Name: "GuidedTour", Deployed: true}}})
		now := noon.AddDate(0, 0, 200)
		for i, tt := range []struct {
			daysAgo int
			names   []string
		}{
			{0, []string{"GuidedTour"}}, {29, []string{"Guided Tour", "GuidedTour", "Tours"}}, {31, []string{"guided tour", "Tours"}},
			{89, []string{"Tours"}}, {91, []string{"Tours", "GuidedTour"}}, {-1, []string{"GuidedTour"}},
		} {
			b := edit(int64(i + 1))
			b.Change.Time = now.AddDate(0, 0, -tt.daysAgo)
			for _, name := range tt.names {
				b.Mentions = append(b.Mentions, mention(detect.Extension, "", name, "Bugs"))
			}
			b.Mentions = append(b.Mentions, mention(detect.Extension, "", "Unknown", "Bugs"))
			s.record(b)
		}
		look := func() Entry {
			t.Helper()
			v, err := s.open().View(t.Context(), Query{Wiki: "metawiki", Now: now, Since: now.AddDate(0, 0, -90)})
			if err != nil {
				t.Fatal(err)
			}
			listed := 0
			for _, m := range v.Mentions {
				if m.Item == "extension:GuidedTour" && !m.Time.After(now) {
					listed++
				}
			}
			if e := v.Entries[0]; e.Quarter != listed {
				t.Errorf("%d mentions are counted, %d are listed", e.Quarter, listed)
			}
			return v.Entries[0]
		}
		if e := look(); e.Month != 2 || e.Quarter != 4 || e.Wikis != 2 {
			t.Errorf("%d in 30 days, %d in 90 days, on %d wikis", e.Month, e.Quarter, e.Wikis)
		}
		for _, m := range s.view("metawiki").Mentions {
			if m.Revision == 2 && m.Name == "GuidedTour" || m.Revision == 4 {
				s.withdraw(m)
			}
		}
		look()
	})
}
