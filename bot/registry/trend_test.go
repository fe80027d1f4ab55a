// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the tests of what is tracked of verdicts.

package registry

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/detect"
)

var both = []detect.Kind{detect.Extension, detect.Gadget}

// track notes verdicts, written as "extension:A owned, …".
func (s *store) track(at time.Time, whole bool, verdicts string) (news bool) {
	s.t.Helper()
	all := map[Key]Verdict{}
	for v := range strings.SplitSeq(verdicts, ", ") {
		if key, verdict, ok := strings.Cut(v, " "); ok {
			all[Key(key)] = Verdict(verdict)
		}
	}
	news, err := s.open().Track(s.t.Context(), "metawiki", at, both, all, whole)
	if err != nil {
		s.t.Fatal(err)
	}
	return news
}

// trend reads what was tracked.
func (s *store) trend(now, since time.Time) View {
	s.t.Helper()
	v, err := s.open().View(s.t.Context(), Query{Wiki: "metawiki", Now: now, Turns: since})
	if err != nil {
		s.t.Fatal(err)
	}
	return v
}

func TestWeeksBeginOnMonday(t *testing.T) {
	for day, want := range map[string]string{"2026-11-16": "2026-11-16", "2026-11-21": "2026-11-16", "2026-11-22": "2026-11-16", "2026-11-23": "2026-11-23"} {
		at, err := time.Parse(time.DateOnly, day)
		if err != nil {
			t.Fatal(err)
		}
		if got := Week(at.Add(23 * time.Hour)).Format(time.DateOnly); got != want {
			t.Errorf("%s is in the week of %s, want %s", day, got, want)
		}
	}
}

func TestAChangeOfAVerdictIsNotedOnce(t *testing.T) {
	onEveryStore(t, func(t *testing.T, newStore storeMaker) {
		s := newStore(t)
		steps := []struct {
			at       int
			verdicts string
			news     bool
		}{
			{0, "extension:A owned, extension:B unassigned", true},
			{1, "extension:A owned, extension:B unassigned", false},
			{2, "extension:A inactive, extension:B unassigned", true},
			{3, "extension:A inactive, extension:C unknown", true},
			{3, "extension:A owned, extension:C unknown", true},
			{3, "extension:A owned, extension:C unknown", false},
			{4, "extension:A owned, extension:C unknown, gadget:metawiki:G owned", true}, // the first of their kind
			{5, "extension:A owned, extension:C unknown, gadget:metawiki:G unknown", true},
		}
		for i, step := range steps {
			if news := s.track(at(step.at), false, step.verdicts); news != step.news {
				t.Errorf("step %d: news is %v", i, news)
			}
		}
		v := s.trend(at(9), at(2))
		want := []Turn{
			{"extension:A", at(2), Owned, Inactive},
			{"extension:A", at(3), Inactive, Owned},
			{"extension:B", at(3), Unassigned, ""},
			{"extension:C", at(3), "", Unknown},
			{"gadget:metawiki:G", at(5), Owned, Unknown},
		}
		if diff := cmp.Diff(want, v.Turns); diff != "" {
			t.Errorf("turns (-want +got):\n%s", diff)
		}
		if v.Tallies != nil {
			t.Errorf("tallies of what was never known in full: %v", v.Tallies)
		}
		tracked := map[detect.Kind]time.Time{detect.Extension: at(0), detect.Gadget: at(4)}
		if diff := cmp.Diff(tracked, v.Tracked); diff != "" {
			t.Errorf("tracked (-want +got):\n%s", diff)
		}
		if later := s.trend(at(9), at(4)); len(later.Turns) != 1 {
			t.Errorf("turns since the last: %v", later.Turns)
		}
		if v, err := s.open().View(t.Context(), Query{Wiki: "metawiki", Now: at(9)}); err != nil || v.Turns != nil || v.Tracked != nil {
			t.Errorf("what nobody asked for: %v, %v", v.Turns, err)
		}
	})
}

func TestAClockThatGoesBackTurnsNothingRound(t *testing.T) {
	s := newStore(t)
	s.track(at(5), false, "extension:A owned")
	s.track(at(4), false, "extension:A inactive")
	s.track(at(3), false, "extension:A inactive")
	if news := s.track(at(9), false, "extension:A inactive"); news {
		t.Error("what was noted last does not count as the last")
	}
}

func TestAKindThatIsNotKnownStaysAsItWas(t *testing.T) {
	s := newStore(t)
	s.track(at(0), false, "extension:A owned, gadget:metawiki:G owned")
	if _, err := s.open().Track(t.Context(), "metawiki", at(1), []detect.Kind{detect.Extension}, map[Key]Verdict{"extension:A": Owned}, false); err != nil {
		t.Fatal(err)
	}
	if turns := s.trend(at(2), at(0)).Turns; len(turns) > 0 {
		t.Errorf("what is not known now has turned: %v", turns)
	}
}

func TestAWeekIsTalliedOnceAndAGapStaysOne(t *testing.T) {
	onEveryStore(t, func(t *testing.T, newStore storeMaker) {
		s := newStore(t)
		week := Week(noon)
		for i, step := range []struct {
			at       time.Time
			whole    bool
			verdicts string
			news     bool
		}{
			{week.Add(time.Hour), false, "extension:A owned", true}, // the turn alone
			{week.Add(2 * time.Hour), true, "extension:A owned", true},
			{week.Add(3 * time.Hour), true, "extension:A owned", false}, // as after a restart
			{week.AddDate(0, 0, 6), true, "extension:A owned", false},
			{week.AddDate(0, 0, 7), false, "extension:A owned", false},
			{week.AddDate(0, 0, 14), true, "extension:A owned, gadget:metawiki:G unknown, gadget:metawiki:H unknown", true},
		} {
			if news := s.track(step.at, step.whole, step.verdicts); news != step.news {
				t.Errorf("step %d: news is %v", i, news)
			}
		}
		want := []Tally{
			{week, map[detect.Kind]map[Verdict]int{detect.Extension: {Owned: 1}}},
			{week.AddDate(0, 0, 14), map[detect.Kind]map[Verdict]int{detect.Extension: {Owned: 1}, detect.Gadget: {Unknown: 2}}},
		}
		if diff := cmp.Diff(want, s.trend(week.AddDate(0, 0, 20), week).Tallies); diff != "" {
			t.Errorf("tallies (-want +got):\n%s", diff)
		}
		if n := len(s.trend(week.AddDate(0, 0, 7+400), week).Tallies); n != 1 {
			t.Errorf("after more than a year %d tallies are read", n)
		}
	})
}

func TestPurgeKeepsHowItemsAre(t *testing.T) {
	onEveryStore(t, func(t *testing.T, newStore storeMaker) {
		s := newStore(t)
		s.track(at(0), true, "extension:A owned, extension:B owned, extension:C owned")
		s.track(at(1), true, "extension:A inactive, extension:B owned")
		s.track(at(2), true, "extension:A owned, extension:B owned")
		s.track(at(4), true, "extension:A inactive, extension:B owned")
		if err := s.open().Purge(t.Context(), at(3)); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]string{"inactive", "owned"}, s.column("turn", "became")); diff != "" {
			t.Errorf("turns (-want +got):\n%s", diff)
		}
		if news := s.track(at(5), true, "extension:A inactive, extension:B owned"); news {
			t.Error("what stayed the same is news")
		}
		if err := s.open().Purge(t.Context(), Week(noon).Add(talliesLonger)); err != nil {
			t.Fatal(err)
		}
		if n := len(s.column("tally", "verdict")); n != 1 {
			t.Errorf("%d rows of tallies while they are wanted", n)
		}
		if err := s.open().Purge(t.Context(), Week(noon).Add(talliesLonger+time.Second)); err != nil {
			t.Fatal(err)
		}
		if n := len(s.column("tally", "verdict")); n != 0 {
			t.Errorf("%d rows of old tallies", n)
		}
	})
}
