// SPDX-License-Identifier: GPL-3.0-or-later

package registry

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func listed(minute int, revision int64, steward string, keys ...Key) Survey {
	s := Survey{Source: "maintainers", Wiki: "metawiki", At: at(minute)}
	for _, key := range keys {
		c := Claim{Item: key, Role: Steward, Holder: steward, HolderKind: Team, Standing: Stated,
			Evidence: Evidence{Wiki: "metawiki", Page: "Developers/Maintainers", Revision: revision}}
		if steward == "" {
			c.HolderKind = Nobody
		}
		s.Items = append(s.Items, Item{Key: key, Name: key.Name(), Listed: true})
		s.Claims = append(s.Claims, c)
	}
	return s
}

func TestSurveyThatSaysTheSameWritesOnlyFreshness(t *testing.T) {
	onEveryStore(t, func(t *testing.T, newStore storeMaker) {
		s := newStore(t)
		if !s.survey(listed(1, 10, "Growth", "extension:Echo")) {
			t.Error("a first survey changed nothing")
		}
		if s.survey(listed(2, 11, "Growth", "extension:Echo")) {
			t.Error("a survey that says the same changed something")
		}
		e, _ := s.entry("metawiki", "extension:Echo")
		want := []Claim{{Item: "extension:Echo", Role: Steward, Holder: "Growth", HolderKind: Team, Standing: Stated,
			Evidence: Evidence{Source: "maintainers", Wiki: "metawiki", Page: "Developers/Maintainers", Revision: 10, Time: at(1), Read: at(2)}}}
		if diff := cmp.Diff(want, e.Claims); diff != "" {
			t.Errorf("claims (-want +got):\n%s", diff)
		}
		if v := s.view("metawiki"); !v.Surveys[0].Read.Equal(at(2)) {
			t.Errorf("read at %v", v.Surveys[0].Read)
		}
	})
}

func TestSurveySupersedesAndNeverDeletes(t *testing.T) {
	onEveryStore(t, func(t *testing.T, newStore storeMaker) {
		s := newStore(t)
		s.survey(listed(1, 10, "Growth", "extension:Echo"))
		if !s.survey(listed(2, 11, "", "extension:Echo")) || !s.survey(listed(3, 12, "Growth", "extension:Echo")) {
			t.Error("a new steward changed nothing")
		}
		e, _ := s.entry("metawiki", "extension:Echo")
		if len(e.Claims) != 1 || e.Claims[0].Holder != "Growth" || !e.Claims[0].Evidence.Time.Equal(at(3)) || e.Claims[0].Evidence.Revision != 12 {
			t.Errorf("claims in force: %v", e.Claims)
		}
		var superseded int
		if err := s.open().reader.QueryRow(`SELECT COUNT(*) FROM claim WHERE superseded_at > 0`).Scan(&superseded); err != nil || superseded != 2 {
			t.Errorf("%d superseded claims, %v, want 2", superseded, err)
		}
	})
}

func TestItemIsGoneOnlyWhenNoSourceNamesIt(t *testing.T) {
	onEveryStore(t, func(t *testing.T, newStore storeMaker) {
		s := newStore(t)
		s.survey(listed(1, 10, "Growth", "extension:Echo", "extension:Flow"))
		deployed := Survey{Source: "siteinfo", Wiki: "metawiki", At: at(2), Items: []Item{
			{Key: "extension:Flow", Name: "StructuredDiscussions", Page: "mw:Extension:Flow", Deployed: true}, {Key: "extension:Cite", Name: "Cite", Deployed: true}}}
		s.survey(deployed)
		if e, _ := s.entry("metawiki", "extension:Flow"); !e.Item.Deployed || !e.Item.Listed || e.Item.Name != "StructuredDiscussions" || e.Item.Page != "mw:Extension:Flow" {
			t.Errorf("two sources on one item: %v", e.Item)
		}
		deployed.At, deployed.Items = at(3), deployed.Items[1:]
		if !s.survey(deployed) {
			t.Error("an extension that is not deployed any more changed nothing")
		}
		if e, _ := s.entry("metawiki", "extension:Flow"); e.Item.Deployed || !e.Item.Listed || !e.Item.Gone.IsZero() {
			t.Errorf("one source still names it: %v", e.Item)
		}
		s.survey(listed(4, 11, "Growth", "extension:Echo"))
		if e, _ := s.entry("metawiki", "extension:Flow"); !e.Item.Gone.Equal(at(4)) || e.Item.Listed || len(e.Claims) > 0 {
			t.Errorf("no source names it: %v", e)
		}
		s.survey(listed(5, 12, "Growth", "extension:Echo", "extension:Flow"))
		if e, _ := s.entry("metawiki", "extension:Flow"); !e.Item.Gone.IsZero() || !e.Item.Listed {
			t.Errorf("back again: %v", e.Item)
		}
	})
}

func TestEmptySurveyIsRefused(t *testing.T) {
	onEveryStore(t, func(t *testing.T, newStore storeMaker) {
		s := newStore(t)
		if s.survey(Survey{Source: "maintainers", Wiki: "metawiki", At: at(0)}) {
			t.Error("nothing, where there was nothing, is a change")
		}
		s.survey(listed(1, 10, "Growth", "extension:Echo"))
		before := s.view("metawiki")
		changed, err := s.open().SaveSurvey(t.Context(), Survey{Source: "maintainers", Wiki: "metawiki", At: at(2)})
		if changed || !errors.Is(err, ErrHeld) {
			t.Errorf("SaveSurvey = %t, %v, want ErrHeld", changed, err)
		}
		before.Surveys[0].Held = at(2)
		if diff := cmp.Diff(before, s.view("metawiki")); diff != "" {
			t.Errorf("a refused survey changed something (-before +after):\n%s", diff)
		}
		if s.survey(Survey{Source: "maintainers", Wiki: "dewiki", At: at(2)}) || s.survey(Survey{Source: "gadgets", Wiki: "metawiki", At: at(2)}) {
			t.Error("another source or wiki is none of its business")
		}
	})
}

func TestSpellingsOfOneExtensionAreOneItem(t *testing.T) {
	onEveryStore(t, func(t *testing.T, newStore storeMaker) {
		for _, order := range [][2]int{{0, 1}, {1, 0}} {
			s := newStore(t)
			surveys := [2]Survey{
				listed(1, 10, "Growth", "extension:guided Tour"),
				{Source: "siteinfo", Wiki: "metawiki", At: at(2), Items: []Item{{Key: "extension:GuidedTour", Name: "GuidedTour", Deployed: true}}},
			}
			for _, i := range order {
				s.survey(surveys[i])
			}
			v := s.view("metawiki")
			if len(v.Entries) != 1 {
				t.Fatalf("entries: %v", v.Entries)
			}
			e := v.Entries[0]
			if e.Item.Key != "extension:GuidedTour" || !e.Item.Deployed || !e.Item.Listed || len(e.Claims) != 1 || e.Claims[0].Item != "extension:GuidedTour" {
				t.Errorf("entry: %v", e)
			}
		}
	})
}
