// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the tests of who counts as inactive, and of how it is said.

package registry

import (
	"testing"
	"time"
)

func TestWhoIsInactive(t *testing.T) {
	now := time.Date(2026, 5, 20, 10, 0, 0, 0, time.UTC)
	days := func(n int) time.Time { return now.AddDate(0, 0, -n) }
	limits := Limits{Inactive: 180 * 24 * time.Hour}
	stated := Claim{Role: Steward, Holder: "Ana", HolderKind: User, Standing: Stated, Evidence: Evidence{Source: "list", Time: days(1000)}}
	confirmed := stated
	confirmed.Standing, confirmed.Evidence = Confirmed, Evidence{Source: CellsSource, Page: "Stewards", Revision: 7, User: "Ana", Time: days(10)}
	longAgo := confirmed
	longAgo.Evidence.Time = days(500)
	fresh := stated
	fresh.Evidence.Time = days(3)
	team := Claim{Role: Steward, Holder: "Ana", HolderKind: Team, Standing: Stated, Evidence: Evidence{Source: "list", Time: days(1000)}}

	tests := []struct {
		name     string
		claims   []Claim
		account  *Account
		limits   Limits
		inactive bool
		ground   string // of the first claim
	}{
		{"nobody looked the account up", []Claim{stated}, nil, limits, false, "Steward Ana in source list"},
		{"an edit of last week", []Claim{stated}, &Account{LastEdit: days(7), Read: now}, limits, false, "Steward Ana in source list"},
		{"only a log entry of last week", []Claim{stated}, &Account{LastEdit: days(900), LastAction: days(7), Read: now}, limits, false, "Steward Ana in source list"},
		{"only an edit elsewhere", []Claim{stated}, &Account{LastEdit: days(900), LastGlobal: days(7), Read: now}, limits, false, "Steward Ana in source list"},
		{"silent everywhere", []Claim{stated}, &Account{LastEdit: days(900), LastAction: days(1200), LastGlobal: days(400), Read: now}, limits, true,
			"Steward Ana (last active 2025-04-15) in source list"},
		{"silent, but no threshold", []Claim{stated}, &Account{LastEdit: days(900), Read: now}, Limits{}, false, "Steward Ana in source list"},
		{"silent on the last day that counts", []Claim{stated}, &Account{LastEdit: days(180), Read: now}, limits, false, "Steward Ana in source list"},
		{"silent until the accounts could not be read any more", []Claim{stated}, &Account{LastEdit: days(300), Read: days(200)}, limits, false, "Steward Ana in source list"},
		{"never edited, named long ago", []Claim{stated}, &Account{Read: now}, limits, true, "Steward Ana (no edit known) in source list"},
		{"never edited, named just now", []Claim{fresh}, &Account{Read: now}, limits, false, "Steward Ana in source list"},
		{"confirmed last week, else silent", []Claim{confirmed}, &Account{LastEdit: days(900), Read: now}, limits, false, "Steward Ana, confirmed in Stewards, revision 7"},
		{"confirmed long ago, silent since", []Claim{longAgo}, &Account{LastEdit: days(500), Read: now}, limits, true,
			"Steward Ana (last active 2025-01-05), confirmed in Stewards, revision 7"},
		{"missing", []Claim{stated}, &Account{Missing: true, Read: now}, limits, true, "Steward Ana (no such account) in source list"},
		{"missing when it was looked up, confirmed since", []Claim{confirmed}, &Account{Missing: true, Read: days(20)}, limits, false, "Steward Ana, confirmed in Stewards, revision 7"},
		{"missing without a threshold", []Claim{stated}, &Account{Missing: true, Read: now}, Limits{}, true, "Steward Ana (no such account) in source list"},
		{"locked", []Claim{confirmed}, &Account{Locked: true, LastEdit: days(10), Read: now}, limits, true,
			"Steward Ana (locked, last active 2026-05-10), confirmed in Stewards, revision 7"},
		{"blocked for ever", []Claim{stated}, &Account{Blocked: true, LastEdit: days(10), Read: now}, limits, true,
			"Steward Ana (blocked, last active 2026-05-10) in source list"},
		{"blocked for a week", []Claim{stated}, &Account{Blocked: true, BlockedUntil: days(-7), LastEdit: days(10), Read: now}, limits, false, "Steward Ana in source list"},
		{"blocked for a year", []Claim{stated}, &Account{Blocked: true, BlockedUntil: days(-365), LastEdit: days(10), Read: now}, limits, true,
			"Steward Ana (blocked until 2027-05-20, last active 2026-05-10) in source list"},
		{"renamed and there", []Claim{stated}, &Account{RenamedTo: "Anna", LastEdit: days(7), Read: now}, limits, false, "Steward Ana (now Anna) in source list"},
		{"renamed and silent", []Claim{stated}, &Account{RenamedTo: "Anna", LastEdit: days(400), Read: now}, limits, true,
			"Steward Ana (now Anna, last active 2025-04-15) in source list"},
		{"a team of that name", []Claim{team}, &Account{Missing: true, Read: now}, limits, false, "Steward Ana in source list"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			accounts := map[string]Account{}
			if tt.account != nil {
				tt.account.Name = "Ana"
				accounts["Ana"] = *tt.account
			}
			want := Owned
			if tt.inactive {
				want = Inactive
			}
			got := Judge(tt.claims, accounts, tt.limits, now)
			if got.Verdict != want || got.Ground != tt.ground {
				t.Errorf("%s, %q\nwant %s, %q", got.Verdict, got.Ground, want, tt.ground)
			}
		})
	}
}

func TestOneOfSeveralStewardsIsEnough(t *testing.T) {
	gone := Claim{Role: Steward, Holder: "Ana", HolderKind: User, Standing: Stated, Evidence: Evidence{Source: "list"}}
	there, named, maintainer := gone, gone, gone
	there.Holder, named.Holder, maintainer.Holder = "Ben", "Cleo", "Dan"
	named.Standing, named.Evidence.User = Unconfirmed, "Eve"
	maintainer.Role = Maintainer
	nobody := Claim{Role: Steward, HolderKind: Nobody, Standing: Stated, Evidence: Evidence{Source: "maintainers"}}
	accounts := map[string]Account{
		"Ana": {Name: "Ana", LastEdit: noon.AddDate(-3, 0, 0), Read: noon},
		"Ben": {Name: "Ben", LastEdit: noon.AddDate(0, 0, -1), Read: noon},
		"Dan": {Name: "Dan", LastEdit: noon.AddDate(-3, 0, 0), Read: noon},
	}
	limits := Limits{Inactive: 180 * 24 * time.Hour}
	tests := []struct {
		name           string
		claims         []Claim
		verdict        Verdict
		reason, ground string
	}{
		{"one there, one silent", []Claim{gone, there}, Owned,
			"Steward Ana (last active 3 years ago) in source list; steward Ben in source list",
			"Steward Ana in source list; steward Ben in source list"},
		{"silent, with everything else that is known", []Claim{gone, named, maintainer, nobody}, Inactive,
			"Steward Ana (last active 3 years ago) in source list; steward Cleo was named by Eve in source list, and has not confirmed it yet; " +
				"maintainer Dan (last active 3 years ago) in source list; unassigned in source maintainers; the sources disagree",
			"Steward Ana (last active 2023-05-20) in source list; steward Cleo was named by Eve in source list, and has not confirmed it yet; " +
				"maintainer Dan in source list; unassigned in source maintainers; the sources disagree"},
		{"a silent maintainer is still one", []Claim{maintainer}, IndividualOnly,
			"No steward; maintainer Dan (last active 3 years ago) in source list", "No steward; maintainer Dan in source list"},
	}
	for _, tt := range tests {
		if got, want := Judge(tt.claims, accounts, limits, noon), (Opinion{tt.verdict, tt.reason, tt.ground}); got != want {
			t.Errorf("%s:\n%+v, want\n%+v", tt.name, got, want)
		}
	}
}

func TestADisputeIsAnsweredUnderANewName(t *testing.T) {
	claim := func(holder string, s Standing, minute int) Claim {
		return Claim{Role: Steward, Holder: holder, HolderKind: User, Standing: s, Evidence: Evidence{Source: CellsSource, Page: "Stewards", User: holder, Time: at(minute)}}
	}
	accounts := map[string]Account{"Ana": {Name: "Ana", RenamedTo: "Anna", Read: noon}}
	for _, tt := range []struct {
		name   string
		answer Claim
		want   Verdict
	}{
		{"the new name, later", claim("Anna", Confirmed, 5), Owned},
		{"the new name, before", claim("Anna", Confirmed, 1), InDispute},
		{"the new name, put in by somebody", claim("Anna", Unconfirmed, 5), InDispute},
		{"another name", claim("Ben", Confirmed, 5), InDispute},
	} {
		if got := Judge([]Claim{claim("Ana", Disputed, 3), tt.answer}, accounts, Limits{}, at(9)); got.Verdict != tt.want {
			t.Errorf("%s: %+v, want %s", tt.name, got, tt.want)
		}
	}
}

func TestAges(t *testing.T) {
	const day = 24 * time.Hour
	for d, want := range map[time.Duration]string{
		-time.Hour: "just now", 0: "just now", 59 * time.Second: "just now", time.Minute: "1 min ago", 59 * time.Minute: "59 min ago",
		time.Hour: "1 h ago", 47 * time.Hour: "47 h ago", 2 * day: "2 days ago", 59 * day: "59 days ago", 60 * day: "2 months ago",
		729 * day: "24 months ago", 730 * day: "2 years ago", 4000 * day: "10 years ago",
	} {
		if got := string(inEnglish.age(nil, age(d))); got != want {
			t.Errorf("age(%s) = %q, want %q", d, got, want)
		}
	}
}
