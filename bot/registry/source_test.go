// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the tests of sources and what became of reading them.

package registry

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestAGoodReadingWithoutASurveyEndsTheFailure(t *testing.T) {
	onEveryStore(t, func(t *testing.T, newStore storeMaker) {
		s := newStore(t)
		ctx := t.Context()
		states := func(wiki string) []SurveyState {
			t.Helper()
			got, err := s.open().Surveys(ctx, wiki)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(s.view(wiki).Surveys, got); diff != "" {
				t.Errorf("surveys in the view (-) and alone (+):\n%s", diff)
			}
			return got
		}
		if err := s.open().SurveyFailed(ctx, CellsSource, "metawiki", at(1), "timeout"); err != nil {
			t.Fatal(err)
		}
		s.survey(Survey{Source: "siteinfo", Wiki: "metawiki", At: at(1)})
		s.survey(Survey{Source: "siteinfo", Wiki: "dewiki", At: at(1)})
		siteinfo := SurveyState{Source: "siteinfo", Wiki: "metawiki", Read: at(1)}
		want := []SurveyState{{Source: CellsSource, Wiki: "metawiki", Failed: at(1), Reason: "timeout"}, siteinfo}
		if diff := cmp.Diff(want, states("metawiki")); diff != "" {
			t.Errorf("failed (-want +got):\n%s", diff)
		}
		if err := s.open().SurveyRead(ctx, CellsSource, "metawiki", at(2)); err != nil {
			t.Fatal(err)
		}
		want = []SurveyState{{Source: CellsSource, Wiki: "metawiki", Read: at(2)}, siteinfo}
		if diff := cmp.Diff(want, states("metawiki")); diff != "" {
			t.Errorf("read (-want +got):\n%s", diff)
		}
	})
}

func TestASourceThatIsNotUsedAnyMoreSaysNothing(t *testing.T) {
	onEveryStore(t, func(t *testing.T, newStore storeMaker) {
		s := newStore(t)
		ctx := t.Context()
		listed := Survey{
			Source: "maintainers", Wiki: "metawiki", At: at(1),
			Items: []Item{{Key: "extension:Echo", Name: "Echo", Listed: true}, {Key: "extension:Old", Name: "Old", Listed: true}},
			Claims: []Claim{
				{Item: "extension:Echo", Role: Steward, Holder: "Growth", HolderKind: Team, Standing: Stated, Evidence: Evidence{Page: "List"}},
			},
		}
		s.survey(listed)
		other := listed
		other.Wiki = "dewiki"
		s.survey(other)
		s.survey(Survey{Source: "siteinfo", Wiki: "metawiki", At: at(1), Items: []Item{{Key: "extension:Echo", Name: "Echo", Deployed: true}}})
		save(s, "T", 5, CellChange{Item: "extension:Echo", Added: users("Ana"), User: "Ana", Registered: true, Revision: 5, Time: at(1)})

		drop := func(source string) bool {
			t.Helper()
			changed, err := s.open().DropSource(ctx, source, "metawiki")
			if err != nil {
				t.Fatal(err)
			}
			return changed
		}
		if drop("toolhub") {
			t.Error("a source that never said anything changed something")
		}
		if !drop("maintainers") || drop("maintainers") {
			t.Error("dropping a source must count once")
		}
		echo, _ := s.entry("metawiki", "extension:Echo")
		if len(echo.Claims) != 1 || echo.Claims[0].Holder != "Ana" || !echo.Item.Gone.IsZero() || echo.Item.Listed || !echo.Item.Deployed {
			t.Errorf("what siteinfo and the cells say: %+v", echo)
		}
		if old, ok := s.entry("metawiki", "extension:Old"); !ok || old.Item.Gone.IsZero() {
			t.Errorf("what nobody else names: %+v", old)
		}
		if got := s.view("metawiki").Surveys; len(got) != 1 || got[0].Source != "siteinfo" {
			t.Errorf("how the sources are doing: %v", got)
		}
		if e, _ := s.entry("dewiki", "extension:Echo"); len(e.Claims) != 1 || !e.Item.Listed || len(s.view("dewiki").Surveys) != 1 {
			t.Errorf("another wiki: %+v", e)
		}

		if !drop(CellsSource) {
			t.Error("dropping the cells changed nothing")
		}
		if got, err := s.open().CellsRead(ctx, "metawiki", "T#ext"); got != 0 || err != nil {
			t.Errorf("the cells would go on at %d, %v", got, err)
		}
		if !s.survey(listed) {
			t.Error("a source that is used again changed nothing")
		}
		if old, _ := s.entry("metawiki", "extension:Old"); !old.Item.Gone.IsZero() {
			t.Errorf("used again: %+v", old)
		}
		if e, _ := s.entry("metawiki", "extension:Echo"); len(e.Claims) != 1 || e.Claims[0].Holder != "Growth" {
			t.Errorf("used again: %+v", e.Claims)
		}
		if err := s.open().SurveyFailed(ctx, "gadgets", "metawiki", at(2), "timeout"); err != nil {
			t.Fatal(err)
		}
		if !drop("gadgets") {
			t.Error("a failure that is forgotten is a change")
		}
	})
}
