// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the tests of the history of claims.

package registry

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestHistoryHoldsWhatWasSuperseded(t *testing.T) {
	onEveryStore(t, func(t *testing.T, newStore storeMaker) {
		s := newStore(t)
		s.survey(listed(1, 10, "Growth", "extension:Guided Tour", "extension:Echo"))
		s.survey(listed(2, 11, "", "extension:Guided Tour", "extension:Echo"))
		s.survey(listed(3, 12, "Web", "extension:Guided Tour", "extension:Echo"))
		s.survey(Survey{Source: "siteinfo", Wiki: "metawiki", At: at(4), Items: []Item{{Key: "extension:GuidedTour", Name: "GuidedTour", Aliases: []string{"tours"}}}})
		save(s, "T", 5, CellChange{Item: "extension:GuidedTour", Added: users("Ana"), User: "Ana", Registered: true, Revision: 5, Time: at(5)})
		for _, spelling := range []Key{"extension:GuidedTour", "extension:guided tour", "extension:tours"} {
			got, err := s.open().History(t.Context(), "metawiki", spelling)
			if err != nil {
				t.Fatal(err)
			}
			type row struct {
				holder           string
				made, superseded int
			}
			var rows []row
			for _, c := range got {
				r := row{c.Holder, int(c.Evidence.Time.Sub(noon).Minutes()), 0}
				if !c.Superseded.IsZero() {
					r.superseded = int(c.Superseded.Sub(noon).Minutes())
				}
				rows = append(rows, r)
			}
			want := []row{{"Growth", 1, 2}, {"", 2, 3}, {"Web", 3, 0}, {"Ana", 5, 0}}
			if diff := cmp.Diff(want, rows, cmp.AllowUnexported(row{})); diff != "" {
				t.Errorf("history of %s (-want +got):\n%s", spelling, diff)
			}
		}
		if got, err := s.open().History(t.Context(), "dewiki", "extension:Echo"); len(got) > 0 || err != nil {
			t.Errorf("on another wiki: %v, %v", got, err)
		}
	})
}
