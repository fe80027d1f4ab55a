// SPDX-License-Identifier: GPL-3.0-or-later

package registry

import (
	"slices"
	"strings"
	"testing"
	"time"
)

func TestJudge(t *testing.T) {
	claim := func(role Role, kind HolderKind, holder string, s Standing, e Evidence) Claim {
		return Claim{Item: "extension:Echo", Role: role, Holder: holder, HolderKind: kind, Standing: s, Evidence: e}
	}
	page := Evidence{Source: "maintainers", Page: "Developers/Maintainers", Revision: 123}
	cell := Evidence{Source: CellsSource, Page: "Stewards", Revision: 77, User: "Ana"}
	other := Evidence{Source: CellsSource, Page: "Stewards", Revision: 78, User: "Ben"}

	unassigned := claim(Steward, Nobody, "", Stated, page)
	team := claim(Steward, Team, "Growth", Stated, page)
	person := claim(Steward, User, "Cleo", Stated, page)
	maintainer := claim(Maintainer, User, "Dan", Stated, page)
	consulted := claim(Consulted, Team, "Security", Stated, page)
	confirmed := claim(Steward, User, "Ana", Confirmed, cell)
	unconfirmed := claim(Steward, User, "Ana", Unconfirmed, other)
	suggested := claim(Steward, User, "Ana", Suggested, Evidence{Source: CellsSource, Page: "Stewards", Revision: 79, User: "192.0.2.1"})
	disputed := claim(Steward, User, "Ana", Disputed, other)

	tests := []struct {
		name    string
		claims  []Claim
		verdict Verdict
		reason  string
	}{
		{"no claim is unknown, not unassigned", nil, Unknown, "No source mentions it"},
		{"people who only want to hear of it do not look after it", []Claim{consulted}, Unknown, "No source mentions it"},
		{"a source says that there is nobody", []Claim{unassigned}, Unassigned, "Unassigned in Developers/Maintainers, revision 123; no other source"},
		{"a team that a source names", []Claim{team}, Owned, "Steward Growth in Developers/Maintainers, revision 123"},
		{"a user that a source names", []Claim{person}, Owned, "Steward Cleo in Developers/Maintainers, revision 123"},
		{"a steward's own word", []Claim{confirmed}, Owned, "Steward Ana, confirmed in Stewards, revision 77"},
		{"sources that disagree are both named", []Claim{unassigned, confirmed}, Owned,
			"Steward Ana, confirmed in Stewards, revision 77; unassigned in Developers/Maintainers, revision 123"},
		{"a name that somebody else put in", []Claim{unconfirmed}, UnconfirmedOnly,
			"Steward Ana was named by Ben in Stewards, revision 78, and has not confirmed it yet"},
		{"a name that somebody without an account put in", []Claim{suggested}, UnconfirmedOnly,
			"Steward Ana was suggested without an account in Stewards, revision 79"},
		{"an unconfirmed name against a source that says nobody", []Claim{unassigned, unconfirmed}, UnconfirmedOnly,
			"Steward Ana was named by Ben in Stewards, revision 78, and has not confirmed it yet; unassigned in Developers/Maintainers, revision 123"},
		{"a maintainer but no steward", []Claim{maintainer}, IndividualOnly, "No steward; maintainer Dan in Developers/Maintainers, revision 123"},
		{"a maintainer where the source says that there is no steward", []Claim{unassigned, maintainer}, IndividualOnly,
			"No steward; maintainer Dan in Developers/Maintainers, revision 123; unassigned in Developers/Maintainers, revision 123"},
		{"a maintainer beside a steward", []Claim{maintainer, team}, Owned, "Steward Growth in Developers/Maintainers, revision 123"},
		{"a dispute comes before everything", []Claim{team, disputed, maintainer, unassigned}, InDispute,
			"Steward Ana was taken out by Ben in Stewards, revision 78, and has not answered yet; steward Growth in Developers/Maintainers, revision 123; unassigned in Developers/Maintainers, revision 123"},
		{"a source that gives no revision", []Claim{claim(Steward, Team, "Growth", Stated, Evidence{Source: "toolhub"})}, Owned, "Steward Growth in source toolhub"},
	}
	now := time.Date(2026, 5, 20, 10, 0, 0, 0, time.UTC)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := Judge(tt.claims, nil, Limits{}, now)
			if got.Verdict != tt.verdict || got.Reason != tt.reason {
				t.Errorf("Judge = %s, %q\nwant    %s, %q", got.Verdict, got.Reason, tt.verdict, tt.reason)
			}
			back := slices.Clone(tt.claims)
			slices.Reverse(back)
			if again := Judge(back, nil, Limits{}, now.AddDate(0, 0, 3)); again != got {
				t.Errorf("the order of claims or the clock changed the opinion: %v, then %v", got, again)
			}
			if !slices.Contains(Verdicts, got.Verdict) || strings.HasSuffix(got.Reason, ".") {
				t.Errorf("unlisted verdict or full stop: %v", got)
			}
		})
	}
}
