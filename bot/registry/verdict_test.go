// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the tests of the verdict and of its words.

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
	box := Evidence{Source: "infoboxes", Wiki: "mediawikiwiki", Page: "Extension:Echo", Revision: 9}
	unmaintained := claim(Maintainer, Nobody, "", Stated, box)
	head := claim(Maintainer, User, "Eve", Unconfirmed, Evidence{Source: "gadgets", Page: "MediaWiki:Gadget-x.js", Revision: 5})
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
			"Steward Ana, confirmed in Stewards, revision 77; unassigned in Developers/Maintainers, revision 123; the sources disagree"},
		{"a name that somebody else put in", []Claim{unconfirmed}, UnconfirmedOnly,
			"Steward Ana was named by Ben in Stewards, revision 78, and has not confirmed it yet"},
		{"a name that somebody without an account put in", []Claim{suggested}, UnconfirmedOnly,
			"Steward Ana was suggested without an account in Stewards, revision 79"},
		{"a name that nobody confirmed does not hide that a source says nobody", []Claim{unassigned, unconfirmed}, Unassigned,
			"Unassigned in Developers/Maintainers, revision 123; steward Ana was named by Ben in Stewards, revision 78, and has not confirmed it yet"},
		{"a name that nobody confirmed beside a maintainer", []Claim{unassigned, unconfirmed, maintainer}, UnconfirmedOnly,
			"Steward Ana was named by Ben in Stewards, revision 78, and has not confirmed it yet; " +
				"maintainer Dan in Developers/Maintainers, revision 123; unassigned in Developers/Maintainers, revision 123"},
		{"a maintainer but no steward", []Claim{maintainer}, IndividualOnly, "No steward; maintainer Dan in Developers/Maintainers, revision 123"},
		{"a maintainer where the source says that there is no steward", []Claim{unassigned, maintainer}, IndividualOnly,
			"No steward; maintainer Dan in Developers/Maintainers, revision 123; unassigned in Developers/Maintainers, revision 123"},
		{"a maintainer whom only the head of a script names", []Claim{head}, UnconfirmedOnly,
			"Maintainer Eve was named in MediaWiki:Gadget-x.js, revision 5, and has not confirmed it yet"},
		{"one of those beside a maintainer", []Claim{head, maintainer}, IndividualOnly,
			"No steward; maintainer Dan in Developers/Maintainers, revision 123; maintainer Eve was named in MediaWiki:Gadget-x.js, revision 5, and has not confirmed it yet"},
		{"one of those does not hide that a source says nobody", []Claim{head, unassigned}, Unassigned,
			"Unassigned in Developers/Maintainers, revision 123; maintainer Eve was named in MediaWiki:Gadget-x.js, revision 5, and has not confirmed it yet"},
		{"an item whose page says that nobody maintains it", []Claim{unmaintained}, Unassigned, "Unmaintained in mw:Extension:Echo, revision 9; no other source"},
		{"one of those with a steward", []Claim{unmaintained, team}, Owned,
			"Steward Growth in Developers/Maintainers, revision 123; unmaintained in mw:Extension:Echo, revision 9; the sources disagree"},
		{"one of those with a maintainer", []Claim{unmaintained, maintainer}, IndividualOnly,
			"No steward; maintainer Dan in Developers/Maintainers, revision 123; unmaintained in mw:Extension:Echo, revision 9"},
		{"a maintainer beside a steward", []Claim{maintainer, team}, Owned, "Steward Growth in Developers/Maintainers, revision 123"},
		{"a dispute comes before everything", []Claim{team, disputed, maintainer, unassigned}, InDispute,
			"Steward Ana was taken out by Ben in Stewards, revision 78, and has not answered yet; steward Growth in Developers/Maintainers, revision 123; unassigned in Developers/Maintainers, revision 123"},
		{"a source that gives no revision", []Claim{claim(Steward, Team, "Growth", Stated, Evidence{Source: "toolhub"})}, Owned, "Steward Growth in source toolhub"},
	}
	now := time.Date(2026, 5, 20, 10, 0, 0, 0, time.UTC)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := Judge(tt.claims, nil, Limits{}, now)
			if got.Verdict != tt.verdict || got.Reason != tt.reason || got.Ground != tt.reason {
				t.Errorf("Judge = %s, %q, on a page %q\nwant    %s, %q", got.Verdict, got.Reason, got.Ground, tt.verdict, tt.reason)
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

func TestReasonTellsWhereAndHowLongAgo(t *testing.T) {
	now := time.Date(2026, 5, 20, 10, 0, 0, 0, time.UTC)
	page := func(wiki string, read time.Time) Evidence {
		return Evidence{Source: "maintainers", Wiki: wiki, Page: "Developers/Maintainers", Revision: 123, Read: read}
	}
	unassigned := func(e Evidence) []Claim {
		return []Claim{{Item: "extension:Echo", Role: Steward, HolderKind: Nobody, Standing: Stated, Evidence: e}}
	}
	threeHours := now.Add(-3*time.Hour - 20*time.Minute)
	tests := []struct {
		home           string
		evidence       Evidence
		reason, ground string
	}{
		{"", page("mediawikiwiki", threeHours), "mw:Developers/Maintainers, revision 123, read 3 h ago", "mw:Developers/Maintainers, revision 123"},
		{"dewiki", page("mediawikiwiki", threeHours), "mw:Developers/Maintainers, revision 123, read 3 h ago", "mw:Developers/Maintainers, revision 123"},
		{"mediawikiwiki", page("mediawikiwiki", threeHours), "Developers/Maintainers, revision 123, read 3 h ago", "Developers/Maintainers, revision 123"},
		{"dewiki", page("frwiki", time.Time{}), "Developers/Maintainers on frwiki, revision 123", "Developers/Maintainers on frwiki, revision 123"},
		{"", page("frwiki", now), "Developers/Maintainers, revision 123, read just now", "Developers/Maintainers, revision 123"},
		{"dewiki", Evidence{Source: "list", Read: now.Add(-49 * time.Hour)}, "source list, read 2 days ago", "source list"},
		{"dewiki", Evidence{Source: "list", Read: now.Add(time.Hour)}, "source list, read just now", "source list"},
		{"dewiki", Evidence{Source: "cells", Wiki: "mediawikiwiki", Page: "mw:X"}, "mw:X", "mw:X"},
	}
	for _, tt := range tests {
		got := Judge(unassigned(tt.evidence), nil, Limits{Wiki: tt.home}, now)
		want := Opinion{Unassigned, "Unassigned in " + tt.reason + "; no other source", "Unassigned in " + tt.ground + "; no other source"}
		if got != want {
			t.Errorf("for readers of %q:\n%+v, want\n%+v", tt.home, got, want)
		}
	}
}

func TestSourcesDisagreeWhereTheyNameNobodyInCommon(t *testing.T) {
	says := func(source string, kind HolderKind, holder string) Claim {
		return Claim{Item: "extension:Echo", Role: Steward, Holder: holder, HolderKind: kind, Standing: Stated, Evidence: Evidence{Source: source}}
	}
	accounts := map[string]Account{"Ana": {Name: "Ana", RenamedTo: "Anna"}}
	tests := []struct {
		name     string
		claims   []Claim
		disagree bool
	}{
		{"one source names two", []Claim{says("a", Team, "Growth"), says("a", User, "Ana")}, false},
		{"one source contradicts itself", []Claim{says("a", Team, "Growth"), says("a", Nobody, "")}, false},
		{"the same name twice", []Claim{says("a", Team, "Growth"), says("b", Team, "Growth")}, false},
		{"one names more", []Claim{says("a", Team, "Growth"), says("b", Team, "Growth"), says("b", User, "Ana")}, false},
		{"one account by two names", []Claim{says("a", User, "Ana"), says("b", User, "Anna")}, false},
		{"a team and a user of the same name", []Claim{says("a", Team, "Ana"), says("b", User, "Ana")}, true},
		{"two teams", []Claim{says("a", Team, "Growth"), says("b", Team, "Search")}, true},
		{"a steward and nobody", []Claim{says("a", Team, "Growth"), says("b", Nobody, "")}, true},
		{"two agree against a third", []Claim{says("a", Team, "Growth"), says("b", Team, "Growth"), says("c", Nobody, "")}, true},
	}
	for _, tt := range tests {
		got := Judge(tt.claims, accounts, Limits{}, noon)
		if got.Verdict != Owned || strings.HasSuffix(got.Reason, "; the sources disagree") != tt.disagree {
			t.Errorf("%s: %s, %q", tt.name, got.Verdict, got.Reason)
		}
	}
}

func TestReasonSpellsOutAFewClaims(t *testing.T) {
	var claims []Claim
	for i := range 12 {
		claims = append(claims, Claim{Role: Steward, Holder: "Team " + string(rune('A'+i)), HolderKind: Team, Standing: Stated, Evidence: Evidence{Source: "list"}})
	}
	claims = append(claims, Claim{Role: Steward, HolderKind: Nobody, Standing: Stated, Evidence: Evidence{Source: "maintainers"}})
	got := Judge(claims, nil, Limits{}, noon).Reason
	want := "steward Team E in source list; and 7 more like that; unassigned in source maintainers; the sources disagree"
	if !strings.HasSuffix(got, want) {
		t.Errorf("%q, want the end %q", got, want)
	}
}
