// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds what is true of every verdict, tried on random claims.

package registry

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

// randomClaim is any claim of a source.
func randomClaim(rnd *rand.Rand, source string) Claim {
	pick := func(n int) int { return rnd.IntN(n) }
	c := Claim{
		Item:     "extension:Echo",
		Role:     []Role{Steward, Steward, Maintainer, Consulted, Informed}[pick(5)],
		Holder:   []string{"Ana", "Ben", "Cleo", "Dan"}[pick(4)],
		Standing: []Standing{Confirmed, Stated, Unconfirmed, Suggested, Disputed}[pick(5)],
		Evidence: Evidence{
			Source: source, Page: []string{"", "Page", "Other"}[pick(3)], Wiki: []string{"", "metawiki", "mediawikiwiki"}[pick(3)],
			Revision: int64(pick(3)), Time: noon.AddDate(0, 0, -pick(600)), Read: noon.Add(-time.Duration(pick(3)) * time.Hour),
		},
	}
	c.HolderKind = []HolderKind{User, User, Team, Nobody}[pick(4)]
	if c.HolderKind == Nobody {
		c.Holder, c.Standing = "", Stated
	}
	return c
}

// randomAccounts are what is known of some of the names.
func randomAccounts(rnd *rand.Rand) map[string]Account {
	days := func() time.Time { return noon.AddDate(0, 0, -rnd.IntN(700)) }
	accounts := map[string]Account{}
	for _, name := range []string{"Ana", "Ben", "Cleo"} {
		a := Account{Name: name, LastEdit: days(), Read: noon.AddDate(0, 0, -rnd.IntN(20))}
		switch rnd.IntN(8) {
		case 0:
			a.Missing = true
		case 1:
			a.Locked = true
		case 2:
			a.Blocked = true
		case 3:
			a.Blocked, a.BlockedUntil = true, noon.AddDate(0, 0, rnd.IntN(500))
		case 4:
			a.RenamedTo = "Dan"
		case 5:
			continue
		case 6:
			a.LastEdit = time.Time{}
		}
		accounts[name] = a
	}
	return accounts
}

func TestWhatIsTrueOfEveryVerdict(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	limits := Limits{Inactive: 180 * 24 * time.Hour, Wiki: "metawiki"}
	rank := func(v Verdict) int { return slices.Index(Verdicts, v) }
	seen := map[Verdict]int{}
	for range 20000 {
		var claims []Claim
		for range rnd.IntN(6) {
			claims = append(claims, randomClaim(rnd, []string{"maintainers", "cells", "list"}[rnd.IntN(3)]))
		}
		accounts := randomAccounts(rnd)
		got := Judge(claims, accounts, limits, noon)
		seen[got.Verdict]++
		fail := func(what string, other any) {
			t.Helper()
			t.Fatalf("%s:\n%+v\n%+v\nclaims %+v\naccounts %+v", what, got, other, claims, accounts)
		}

		mixed := slices.Clone(claims)
		rnd.Shuffle(len(mixed), func(i, j int) { mixed[i], mixed[j] = mixed[j], mixed[i] })
		if again := Judge(mixed, accounts, limits, noon); again != got {
			fail("the order of claims changed the opinion", again)
		}

		aged := slices.Clone(claims)
		for i := range aged {
			aged[i].Evidence.Read = aged[i].Evidence.Read.AddDate(0, 0, 40)
		}
		later := make(map[string]Account)
		for name, a := range accounts {
			a.Read = a.Read.AddDate(0, 0, 40)
			later[name] = a
		}
		switch again := Judge(aged, later, limits, noon.AddDate(0, 0, 40)); {
		case again.Verdict == got.Verdict && again.Ground != got.Ground && !slices.ContainsFunc(claims, betweenReadings(accounts)):
			fail("only times passed, and the text for pages changed", again)
		case again.Verdict != got.Verdict && got.Verdict != Owned && got.Verdict != Inactive:
			fail("the clock changed a verdict that has nothing to do with it", again)
		}

		// What names somebody in another role cannot make anything less owned, and
		// nothing but a dispute takes away a steward.
		extra := randomClaim(rnd, "toolhub")
		more := Judge(append(slices.Clone(claims), extra), accounts, limits, noon)
		switch {
		case extra.Role != Steward && extra.HolderKind != Nobody && rank(more.Verdict) > rank(got.Verdict):
			fail("a maintainer made it less owned", more)
		case got.Verdict == Owned && more.Verdict != Owned && !(extra.Role == Steward && extra.HolderKind != Nobody && extra.Standing == Disputed):
			fail("another source took the steward away", more)
		case got.Verdict == Unassigned && (extra.Standing == Unconfirmed || extra.Standing == Suggested) && more.Verdict != Unassigned:
			fail("a name that nobody confirmed hid that a source says nobody", more)
		}
	}
	for _, v := range Verdicts {
		if seen[v] == 0 {
			t.Errorf("no claims gave %s", v)
		}
	}
}

// betweenReadings tells claims that were confirmed after their account was
// looked up: a later reading is news, not the clock.
func betweenReadings(accounts map[string]Account) func(Claim) bool {
	return func(c Claim) bool {
		a, known := accounts[c.Holder]
		return known && c.HolderKind == User && c.Standing == Confirmed && c.Evidence.Time.After(a.Read)
	}
}
