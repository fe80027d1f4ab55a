// SPDX-License-Identifier: GPL-3.0-or-later

package registry

import (
	"slices"
	"strings"
	"testing"
)

func users(names ...string) (out []Holder) {
	for _, n := range names {
		out = append(out, Holder{n, User})
	}
	return out
}

func teams(names ...string) (out []Holder) {
	for _, n := range names {
		out = append(out, Holder{n, Team})
	}
	return out
}

func save(s *store, page string, revision int64, changes ...CellChange) bool {
	s.t.Helper()
	changes = slices.Clone(changes)
	for i := range changes {
		changes[i].Page = page
	}
	changed, err := s.open().SaveCells(s.t.Context(), "metawiki", page+"#ext", revision, changes)
	if err != nil {
		s.t.Fatal(err)
	}
	return changed
}

func TestCellEditsAreClaims(t *testing.T) {
	onEveryStore(t, func(t *testing.T, newStore storeMaker) {
		by := func(user string, added, removed []Holder) CellChange {
			return CellChange{Added: added, Removed: removed, User: user, Registered: !strings.HasPrefix(user, "~")}
		}
		tests := []struct {
			name  string
			edits []CellChange
			want  string
		}{
			{"somebody names themself", []CellChange{by("Ana", users("Ana"), nil)}, "user Ana confirmed"},
			{"in another spelling", []CellChange{by("Ana B", users("ana_B"), nil)}, "user Ana B confirmed"},
			{"somebody else names her", []CellChange{by("Ben", users("Ana"), nil)}, "user Ana unconfirmed"},
			{"somebody without an account names her", []CellChange{by("~2026-1", users("Ana"), nil)}, "user Ana suggested"},
			{"somebody without an account names themself", []CellChange{by("~2026-1", users("~2026-1"), nil)}, "user ~2026-1 suggested"},
			{"a team", []CellChange{by("Ben", teams("Growth"), nil)}, "team Growth stated"},
			{"a team, by somebody without an account", []CellChange{by("~2026-1", teams("Growth"), nil)}, "team Growth suggested"},
			{"a team that is called like the editor is not the editor", []CellChange{by("Growth", teams("Growth"), nil)}, "team Growth stated"},
			{"text that names nobody", []CellChange{by("Ben", teams("Unassigned", " unassigned ", "-", "?", "none", ""), nil)}, ""},
			{"two at once", []CellChange{by("Ana", users("Ana", "Ben"), nil)}, "user Ana confirmed; user Ben unconfirmed"},
			{"stepping down", []CellChange{by("Ana", users("Ana"), nil), by("Ana", nil, users("Ana"))}, ""},
			{"declining what somebody else wrote", []CellChange{by("Ben", users("Ana"), nil), by("Ana", nil, users("Ana"))}, ""},
			{"taken out by somebody else", []CellChange{by("Ana", users("Ana"), nil), by("Ben", nil, users("Ana"))}, "user Ana disputed by Ben"},
			{"replaced by somebody else", []CellChange{by("Ana", users("Ana"), nil), by("Ben", users("Ben"), users("Ana"))}, "user Ana disputed by Ben; user Ben confirmed"},
			{"an unconfirmed name taken out", []CellChange{by("Ben", users("Ana"), nil), by("Cleo", nil, users("Ana"))}, ""},
			{"a team taken out", []CellChange{by("Ben", teams("Growth"), nil), by("Cleo", nil, teams("Growth"))}, ""},
			{"put back by its owner", []CellChange{by("Ana", users("Ana"), nil), by("Ben", nil, users("Ana")), by("Ana", users("Ana"), nil)}, "user Ana confirmed"},
			{"put back by somebody else, the owner has still to act",
				[]CellChange{by("Ana", users("Ana"), nil), by("Ben", nil, users("Ana")), by("Ben", users("Ana"), nil)}, "user Ana disputed by Ben"},
			{"put back by somebody else and taken out again",
				[]CellChange{by("Ana", users("Ana"), nil), by("Ben", nil, users("Ana")), by("Ben", users("Ana"), nil), by("Cleo", nil, users("Ana"))}, "user Ana disputed by Ben"},
			{"in dispute, then stepping down",
				[]CellChange{by("Ana", users("Ana"), nil), by("Ben", nil, users("Ana")), by("Ben", users("Ana"), nil), by("Ana", nil, users("Ana"))}, ""},
			{"confirming what somebody else wrote", []CellChange{by("Ben", users("Ana"), nil), by("Ana", users("Ana"), nil)}, "user Ana confirmed"},
			{"a suggestion that a registered user repeats", []CellChange{by("~2026-1", users("Ana"), nil), by("Ben", users("Ana"), nil)}, "user Ana unconfirmed"},
			{"somebody else repeats a confirmed name", []CellChange{by("Ana", users("Ana"), nil), by("Ben", users("Ana"), nil)}, "user Ana confirmed"},
			{"a name that was never there is taken out", []CellChange{by("Ben", nil, users("Ana"))}, ""},
		}
		for _, tt := range tests {
			t.Run(tt.name, func(t *testing.T) {
				s := newStore(t)
				s.survey(Survey{Source: "siteinfo", Wiki: "metawiki", At: at(0), Items: []Item{{Key: "extension:Echo", Name: "Echo"}}})
				var all []CellChange
				for i, c := range tt.edits {
					c.Item, c.Revision, c.Time = "extension:Echo", int64(i+1), at(i+1)
					all = append(all, c)
					save(s, "Stewards", c.Revision, c)
				}
				check := func(how string) {
					t.Helper()
					e, _ := s.entry("metawiki", "extension:Echo")
					var got []string
					for _, c := range e.Claims {
						text := string(c.HolderKind) + " " + c.Holder + " " + string(c.Standing)
						if c.Standing == Disputed {
							text += " by " + c.Evidence.User
						}
						got = append(got, text)
						if c.Role != Steward || c.Evidence.Source != CellsSource || c.Evidence.Page != "Stewards" || c.Evidence.Revision == 0 || c.Evidence.Time.IsZero() {
							t.Errorf("claim without its evidence: %+v", c)
						}
					}
					if strings.Join(got, "; ") != tt.want {
						t.Errorf("%s: %s, want %s", how, strings.Join(got, "; "), tt.want)
					}
				}
				check("edit by edit")
				if save(s, "Stewards", int64(len(all)), all...) {
					t.Error("the same edits again changed something")
				}
				check("saved twice")

				s = newStore(t)
				s.survey(Survey{Source: "siteinfo", Wiki: "metawiki", At: at(0), Items: []Item{{Key: "extension:Echo", Name: "Echo"}}})
				for i, j := 0, len(all)-1; i < j; i, j = i+1, j-1 {
					all[i], all[j] = all[j], all[i]
				}
				save(s, "Stewards", int64(len(all)), all...)
				check("all at once, newest first")
			})
		}
	})
}

func TestCellsAreReadUpToARevision(t *testing.T) {
	onEveryStore(t, func(t *testing.T, newStore storeMaker) {
		s := newStore(t)
		for _, tt := range []struct{ save, want int64 }{{0, 0}, {10, 10}, {7, 10}, {12, 12}} {
			if save(s, "Stewards", tt.save) {
				t.Error("reading on without edits changed something")
			}
			got, err := s.open().CellsRead(t.Context(), "metawiki", "Stewards#ext")
			if err != nil || got != tt.want {
				t.Errorf("after %d: read up to %d, %v, want %d", tt.save, got, err, tt.want)
			}
		}
		if got, err := s.open().CellsRead(t.Context(), "metawiki", "Stewards#other"); got != 0 || err != nil {
			t.Errorf("another table: %d, %v", got, err)
		}
	})
}

func TestTablesOfOnePageAreReadOneByOne(t *testing.T) {
	onEveryStore(t, func(t *testing.T, newStore storeMaker) {
		s := newStore(t)
		s.survey(Survey{Source: "siteinfo", Wiki: "metawiki", At: at(0), Items: []Item{{Key: "extension:Echo", Name: "Echo"}, {Key: "skin:Vector", Name: "Vector"}}})
		for position, item := range map[string]Key{"Stewards#ext": "extension:Echo", "Stewards#skins": "skin:Vector"} {
			c := CellChange{Item: item, Page: "Stewards", Added: users("Ana"), User: "Ana", Registered: true, Revision: 5, Time: at(1)}
			if changed, err := s.open().SaveCells(t.Context(), "metawiki", position, 5, []CellChange{c}); !changed || err != nil {
				t.Errorf("%s: changed %t, %v", position, changed, err)
			}
		}
		for _, e := range s.view("metawiki").Entries {
			if len(e.Claims) != 1 || e.Claims[0].Evidence.Page != "Stewards" {
				t.Errorf("%s: %+v", e.Item.Key, e.Claims)
			}
		}
	})
}

func TestCellsOfPagesThatHoldNoTableAnyMoreEnd(t *testing.T) {
	onEveryStore(t, func(t *testing.T, newStore storeMaker) {
		s := newStore(t)
		ctx := t.Context()
		s.survey(Survey{
			Source: "maintainers", Wiki: "metawiki", At: at(0), Items: []Item{{Key: "extension:Echo", Name: "Echo"}},
			Claims: []Claim{{Item: "extension:Echo", Role: Steward, Holder: "Growth", HolderKind: Team, Standing: Stated, Evidence: Evidence{Page: "List"}}},
		})
		ana := CellChange{Item: "extension:Echo", Added: users("Ana"), User: "Ana", Registered: true, Revision: 5, Time: at(1)}
		save(s, "Old", 5, ana)
		save(s, "New", 5, ana)
		keep := func(pages ...string) bool {
			t.Helper()
			changed, err := s.open().KeepCells(ctx, "metawiki", pages)
			if err != nil {
				t.Fatal(err)
			}
			return changed
		}
		check := func(when, want string) {
			t.Helper()
			var got []string
			e, _ := s.entry("metawiki", "extension:Echo")
			for _, c := range e.Claims {
				got = append(got, c.Evidence.Page+" "+c.Holder)
			}
			if strings.Join(got, "; ") != want {
				t.Errorf("%s: %s, want %s", when, strings.Join(got, "; "), want)
			}
		}
		if keep("Old#ext", "New#ext") {
			t.Error("keeping all changed something")
		}
		check("all kept", "List Growth; Old Ana; New Ana")
		if changed, err := s.open().KeepCells(ctx, "dewiki", nil); changed || err != nil {
			t.Errorf("another wiki: changed %t, %v", changed, err)
		}
		if !keep("New#ext", "Newer#ext") || keep("New#ext", "Newer#ext") {
			t.Error("a page that is not kept must count once")
		}
		check("after the move", "List Growth; New Ana")
		if s.column("claim WHERE superseded_at > 1000", "page")[0] != "Old" {
			t.Error("the claim was not superseded but deleted")
		}
		if got, err := s.open().CellsRead(ctx, "metawiki", "New#ext"); got != 5 || err != nil {
			t.Errorf("the page that stays is read up to %d, %v", got, err)
		}
		if got, err := s.open().CellsRead(ctx, "metawiki", "Old#ext"); got != 0 || err != nil {
			t.Errorf("the page that left would go on at %d, %v", got, err)
		}
		save(s, "Old", 5, ana) // back again, and read from its beginning
		check("back again", "List Growth; New Ana; Old Ana")
		if !keep() {
			t.Error("no table at all changed nothing")
		}
		check("no table at all", "List Growth")
	})
}
