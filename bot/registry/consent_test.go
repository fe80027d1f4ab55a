// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds what people said of messages, what was told them, and claims
// that have to be confirmed again, on each kind of store.

package registry

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestWhatPeopleSaidIsKept(t *testing.T) {
	onEveryStore(t, func(t *testing.T, newStore storeMaker) {
		s := newStore(t)
		ctx := t.Context()
		s.survey(Survey{Source: "siteinfo", Wiki: "metawiki", At: at(0), Items: []Item{{Key: "extension:Echo", Name: "Echo", Aliases: []string{"Notifications"}}}})
		ana := Preference{User: "Ana", Digest: "weekly", Ways: []string{"talk"}, Items: []Key{"extension:Notifications"}, Seeking: []Key{"extension:Notifications"}, Evidence: Evidence{Page: "Sign-up", Revision: 3, User: "Ana", Time: at(1)}}
		saves := func(want bool, all ...Preference) {
			t.Helper()
			if changed, err := s.open().SavePreferences(ctx, "metawiki", all); changed != want || err != nil {
				t.Errorf("saved %d preferences: changed %t, %v", len(all), changed, err)
			}
		}
		outs := func(want bool, all ...OptOut) {
			t.Helper()
			if changed, err := s.open().SaveOptOuts(ctx, "metawiki", all); changed != want || err != nil {
				t.Errorf("saved %d users: changed %t, %v", len(all), changed, err)
			}
		}
		saves(true, ana, Preference{User: "ben_b", Digest: "daily"})
		saves(false, ana, Preference{User: "ben_b", Digest: "daily"})
		outs(true, OptOut{User: "Cleo", Evidence: Evidence{Revision: 5}})
		outs(false, OptOut{User: "Cleo", Evidence: Evidence{Revision: 6}})
		v := s.view("metawiki")
		ana.Items, ana.Seeking = []Key{"extension:Echo"}, []Key{"extension:Echo"} // by what it means
		if diff := cmp.Diff(map[string]Preference{"Ana": ana, "Ben b": {User: "ben_b", Digest: "daily"}}, v.Preferences); diff != "" {
			t.Error(diff)
		}
		if len(v.OptOuts) != 1 || v.OptOuts["Cleo"].Evidence.Revision != 5 {
			t.Errorf("%+v", v.OptOuts)
		}
		saves(true)
		outs(true)
		if v := s.view("metawiki"); len(v.Preferences)+len(v.OptOuts) != 0 {
			t.Errorf("%+v %+v", v.Preferences, v.OptOuts)
		}
	})
}

// tells lists what a view has of what was told.
func (s *store) tells() string {
	s.t.Helper()
	v, err := s.open().View(s.t.Context(), Query{Wiki: "metawiki", Now: at(100), Told: at(-1000)})
	if err != nil {
		s.t.Fatal(err)
	}
	var out []string
	for _, t := range v.Told {
		out = append(out, strings.TrimSpace(fmt.Sprintf("%s %s %d %s", t.Key, t.User, t.Revision, t.Withheld)))
	}
	return strings.Join(out, "; ")
}

func TestWhatIsToldIsStoredWithTheIntentAndClosedWithTheRevision(t *testing.T) {
	onEveryStore(t, func(t *testing.T, newStore storeMaker) {
		s := newStore(t)
		ctx := t.Context()
		ana := Told{Key: "k1", User: "Ana", Item: "extension:Echo", Rung: "steward", Way: "talk"}
		check := func(when, want string) {
			t.Helper()
			if got := s.tells(); got != want {
				t.Errorf("%s: %q, want %q", when, got, want)
			}
		}
		must := func(err error) {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
		}
		must(s.open().Intend(ctx, "metawiki", "User talk:Ana", 7, []string{"k1"}, at(1), ana))
		must(s.open().Intend(ctx, "metawiki", "User talk:Ana", 7, []string{"k1"}, at(2), ana))
		check("intended twice", "k1 Ana 0")
		must(s.open().Sent(ctx, "metawiki", "User talk:Ana", 9, []string{"k1"}, at(3)))
		must(s.open().Sent(ctx, "metawiki", "User talk:Ana", 10, []string{"k1"}, at(4)))
		check("sent twice", "k1 Ana 9")
		must(s.open().Abandon(ctx, []string{"k1"}))
		check("what was sent is not forgotten", "k1 Ana 9")
		ben := ana
		ben.Key, ben.User = "k2", "Ben"
		must(s.open().Intend(ctx, "metawiki", "User talk:Ben", 1, []string{"k2"}, at(5), ben))
		must(s.open().Abandon(ctx, []string{"k2"}))
		check("what was not sent is forgotten", "k1 Ana 9")
		if _, pending, err := s.open().Pending(ctx, []string{"k2"}); pending || err != nil {
			t.Errorf("still pending: %v", err)
		}
		withheld := Told{Wiki: "metawiki", Key: "k3", User: "Cleo", Item: "extension:Echo", Rung: "steward", Way: "talk", At: at(6), Withheld: "opted-out"}
		for i, want := range []bool{true, false, false} {
			withheld.At = at(6 + i)
			if changed, err := s.open().Withhold(ctx, "metawiki", []Told{withheld}); changed != want || err != nil {
				t.Errorf("withheld for the %d. time: changed %t, %v", i+1, changed, err)
			}
		}
		withheld.Withheld = "blocked"
		if changed, err := s.open().Withhold(ctx, "metawiki", []Told{withheld}); !changed || err != nil {
			t.Errorf("for another reason: changed %t, %v", changed, err)
		}
		check("each reason once", "k3 Cleo 0 blocked; k3 Cleo 0 opted-out; k1 Ana 9")
		if v, err := s.open().View(ctx, Query{Wiki: "dewiki", Now: at(100), Told: at(-1000)}); len(v.Told) != 0 || err != nil {
			t.Errorf("another wiki: %+v, %v", v.Told, err)
		}
		must(s.open().Purge(ctx, at(7)))
		check("purged", "k3 Cleo 0 blocked")
	})
}

func TestReasonsAreBounded(t *testing.T) {
	s := newStore(t)
	var all []Told
	for i := range maxWithheld + 10 {
		all = append(all, Told{Wiki: "metawiki", Key: fmt.Sprintf("k%d", i), User: "Ana", Item: "extension:Echo", At: at(i), Withheld: "opted-out"})
	}
	if _, err := s.open().Withhold(t.Context(), "metawiki", all); err != nil {
		t.Fatal(err)
	}
	v, err := s.open().View(t.Context(), Query{Wiki: "metawiki", Now: at(maxWithheld + 100), Told: at(-1)})
	if n := len(v.Told); err != nil || n > maxWithheld || n < maxWithheld/2 || v.Told[0].Key != all[len(all)-1].Key {
		t.Errorf("%d rows, %v", n, err)
	}
}

func TestClaimsAreConfirmedAgain(t *testing.T) {
	onEveryStore(t, func(t *testing.T, newStore storeMaker) {
		s := newStore(t)
		ctx := t.Context()
		s.survey(Survey{Source: "siteinfo", Wiki: "metawiki", At: at(0), Items: []Item{{Key: "extension:Echo", Name: "Echo"}}})
		start := at(0)
		save(s, "Stewards", 1, CellChange{Item: "extension:Echo", Added: users("Ana"), User: "Ana", Registered: true, Revision: 1, Time: start})
		due := start.AddDate(1, 0, 0)
		verdict := func(now time.Time) string {
			t.Helper()
			v, err := s.open().View(ctx, Query{Wiki: "metawiki", Now: now, Reconfirm: 12})
			if err != nil {
				t.Fatal(err)
			}
			opinion := Judge(v.Entries[0].Claims, nil, Limits{Reconfirm: 12}, now)
			text := string(opinion.Verdict)
			if lapsed := strings.Contains(opinion.Reason, "not again since"); lapsed != (opinion.Verdict == UnconfirmedOnly) {
				t.Errorf("%s, because %s", opinion.Verdict, opinion.Reason)
			}
			for _, c := range v.Confirmations {
				text += fmt.Sprintf(", %s reminded %d", c.User, c.Reminded)
				if !c.Due.Equal(due) {
					t.Errorf("due at %s, want %s", c.Due, due)
				}
			}
			if now := Judge(v.Entries[0].Claims, nil, Limits{}, now).Verdict; now != Owned {
				t.Errorf("without the rule the verdict is %s", now)
			}
			return text
		}
		remind := func(key string, at time.Time) {
			t.Helper()
			told := Told{Key: key, User: "Ana", Item: "extension:Echo", Rung: RungConfirm, Way: "talk"}
			if err := s.open().Intend(ctx, "metawiki", "User talk:Ana", 1, []string{key}, at, told); err != nil {
				t.Fatal(err)
			}
			if err := s.open().Sent(ctx, "metawiki", "User talk:Ana", 2, []string{key}, at); err != nil {
				t.Fatal(err)
			}
		}
		check := func(when string, now time.Time, want string) {
			t.Helper()
			if got := verdict(now); got != want {
				t.Errorf("%s: %s, want %s", when, got, want)
			}
		}
		day := 24 * time.Hour
		check("a day before", due.Add(-day), "owned")
		check("due", due, "owned, Ana reminded 0")
		check("never asked", due.Add(1000*day), "owned, Ana reminded 0")
		remind("early", due.Add(-day))
		check("asked too early", due.Add(day), "owned, Ana reminded 0")
		remind("first", due.Add(day))
		check("asked once", due.Add(500*day), "owned, Ana reminded 1")
		remind("second", due.Add(15*day))
		check("asked twice", due.Add(16*day), "owned, Ana reminded 2")
		check("and a while went by", due.Add(45*day), "unconfirmed, Ana reminded 2")
		if err := s.open().Purge(ctx, due.Add(400*day)); err != nil {
			t.Fatal(err)
		}
		check("a year later", due.Add(700*day), "unconfirmed, Ana reminded 2")

		again := due.Add(701 * day)
		save(s, "Stewards", 2, CellChange{Item: "extension:Echo", Kept: users("Ana"), User: "Ben", Registered: true, Revision: 2, Time: again})
		check("touched by somebody else", again, "unconfirmed, Ana reminded 2")
		save(s, "Stewards", 3, CellChange{Item: "extension:Echo", Kept: users("Ana"), User: "Ana", Registered: true, Revision: 3, Time: again})
		check("confirmed by touching", again, "owned")
	})
}

func TestKeepingANameIsAWordOfItsOwner(t *testing.T) {
	s := newStore(t)
	s.survey(Survey{Source: "siteinfo", Wiki: "metawiki", At: at(0), Items: []Item{{Key: "extension:Echo", Name: "Echo"}}})
	step := func(revision int64, user string, c CellChange, want string) {
		t.Helper()
		c.Item, c.User, c.Registered, c.Revision, c.Time = "extension:Echo", user, true, revision, at(int(revision))
		save(s, "Stewards", revision, c)
		e, _ := s.entry("metawiki", "extension:Echo")
		var got []string
		for _, c := range e.Claims {
			got = append(got, fmt.Sprintf("%s %s %s %d", c.Role, c.Holder, c.Standing, c.Evidence.Revision))
		}
		if strings.Join(got, "; ") != want {
			t.Errorf("revision %d: %s, want %s", revision, strings.Join(got, "; "), want)
		}
	}
	step(1, "Ben", CellChange{Added: users("Ana")}, "steward Ana unconfirmed 1")
	step(2, "Ana", CellChange{Kept: users("Ana")}, "steward Ana confirmed 2")
	step(3, "Ben", CellChange{Removed: users("Ana")}, "steward Ana disputed 3")
	step(4, "Ben", CellChange{Added: users("Ana")}, "steward Ana disputed 3")
	step(5, "Ana", CellChange{Kept: users("Ana")}, "steward Ana confirmed 5")
	step(6, "Cleo", CellChange{Added: users("Cleo"), Role: Maintainer}, "steward Ana confirmed 5; maintainer Cleo confirmed 6")
	step(7, "Cleo", CellChange{Removed: users("Cleo"), Role: Maintainer}, "steward Ana confirmed 5")
	if err := s.open().ForgetCells(t.Context(), "metawiki", "Stewards#ext"); err != nil {
		t.Fatal(err)
	}
	if claims, err := s.open().CellClaims(t.Context(), "metawiki", "Stewards"); len(claims) != 0 || err != nil {
		t.Errorf("%+v, %v", claims, err)
	}
	step(8, "Dan", CellChange{Added: users("Dan")}, "steward Dan confirmed 8")
}

func TestADisputeEndsWithAWordElsewhere(t *testing.T) {
	claim := func(page string, s Standing, minute int) Claim {
		return Claim{Role: Steward, Holder: "Ana", HolderKind: User, Standing: s, Evidence: Evidence{Source: CellsSource, Page: page, User: "Ben", Time: at(minute)}}
	}
	for _, c := range []struct {
		name   string
		claims []Claim
		want   Verdict
	}{
		{"alone", []Claim{claim("Sign-up", Disputed, 5)}, InDispute},
		{"an older word elsewhere", []Claim{claim("Sign-up", Disputed, 5), claim("Stewards", Confirmed, 1)}, InDispute},
		{"a newer word elsewhere", []Claim{claim("Sign-up", Disputed, 5), claim("Stewards", Confirmed, 6)}, Owned},
	} {
		if got := Judge(c.claims, nil, Limits{}, at(100)).Verdict; got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}
