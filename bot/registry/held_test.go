// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the tests of answers that name far less than the one before.

package registry

import (
	"errors"
	"fmt"
	"testing"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/detect"
)

// naming is a survey that names items by number, from one to before another.
func naming(minute, from, to int) Survey {
	s := Survey{Source: "gadgets", Wiki: "metawiki", At: at(minute)}
	for i := from; i < to; i++ {
		key := NewKey(detect.Gadget, "metawiki", fmt.Sprint("g", i))
		s.Items = append(s.Items, Item{Key: key, Name: key.Name()})
	}
	return s
}

func TestWhatIsHeld(t *testing.T) {
	type answer struct {
		from, to int
		held     bool // this answer
		live     int  // items after it
	}
	for _, tt := range []struct {
		name    string
		answers []answer
	}{
		{"nothing, where there was nothing", []answer{{0, 0, false, 0}}},
		{"a fifth fewer is believed", []answer{{0, 100, false, 100}, {0, 80, false, 80}}},
		{"more than a fifth fewer has to be said twice", []answer{{0, 100, false, 100}, {0, 79, true, 100}, {0, 79, false, 79}}},
		{"two fewer of few are believed", []answer{{0, 3, false, 3}, {0, 1, false, 1}}},
		{"three fewer of few are not", []answer{{0, 4, false, 4}, {0, 1, true, 4}}},
		{"none at all is not believed, be it of one", []answer{{0, 1, false, 1}, {0, 0, true, 1}, {0, 0, false, 0}}},
		{"nearly the same confirms", []answer{{0, 100, false, 100}, {0, 50, true, 100}, {5, 52, false, 47}}},
		{"others do not confirm", []answer{{0, 100, false, 100}, {0, 50, true, 100}, {50, 100, true, 100}, {50, 100, false, 50}}},
		{"more than what is held does not confirm it", []answer{{0, 100, false, 100}, {0, 10, true, 100}, {0, 60, true, 100}}},
		{"back to normal", []answer{{0, 100, false, 100}, {0, 50, true, 100}, {0, 99, false, 99}, {0, 50, true, 99}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			onEveryStore(t, func(t *testing.T, newStore storeMaker) {
				s := newStore(t)
				for i, a := range tt.answers {
					_, err := s.open().SaveSurvey(t.Context(), naming(i, a.from, a.to))
					if errors.Is(err, ErrHeld) != a.held || err != nil && !a.held {
						t.Errorf("answer %d: %v, want held: %t", i, err, a.held)
					}
					v := s.view("metawiki")
					live := 0
					for _, e := range v.Entries {
						if e.Item.Gone.IsZero() {
							live++
						}
					}
					state := v.Surveys[0]
					if live != a.live || state.Held.IsZero() == a.held || a.held && (state.HeldItems != a.to-a.from || !state.Held.Equal(at(i))) {
						t.Errorf("after answer %d: %d live items, want %d; %+v", i, live, a.live, state)
					}
				}
			})
		})
	}
}

func TestTheSameReadingTwiceDoesNotConfirmItself(t *testing.T) {
	s := newStore(t)
	s.survey(naming(1, 0, 10))
	for range 3 {
		if _, err := s.open().SaveSurvey(t.Context(), naming(2, 0, 5)); !errors.Is(err, ErrHeld) {
			t.Errorf("SaveSurvey: %v", err)
		}
	}
}

func TestFewerClaimsAreHeldToo(t *testing.T) {
	onEveryStore(t, func(t *testing.T, newStore storeMaker) {
		s := newStore(t)
		s.survey(listed(1, 10, "Growth", "extension:A", "extension:B", "extension:C", "extension:D"))
		half := listed(2, 11, "Growth", "extension:A", "extension:B", "extension:C", "extension:D")
		half.Claims = half.Claims[:1]
		if _, err := s.open().SaveSurvey(t.Context(), half); !errors.Is(err, ErrHeld) {
			t.Errorf("SaveSurvey: %v", err)
		}
		if e, _ := s.entry("metawiki", "extension:D"); len(e.Claims) != 1 {
			t.Errorf("claims: %v", e.Claims)
		}
	})
}

func TestAFailureLeavesWhatIsHeldAndWhatWasMarked(t *testing.T) {
	onEveryStore(t, func(t *testing.T, newStore storeMaker) {
		s := newStore(t)
		first := naming(1, 0, 10)
		first.Mark = "first"
		s.survey(first)
		second := naming(2, 0, 5)
		second.Mark = "second"
		if _, err := s.open().SaveSurvey(t.Context(), second); !errors.Is(err, ErrHeld) {
			t.Errorf("SaveSurvey: %v", err)
		}
		if err := s.open().SurveyFailed(t.Context(), "gadgets", "metawiki", at(3), "timeout"); err != nil {
			t.Error(err)
		}
		want := SurveyState{Source: "gadgets", Wiki: "metawiki", Read: at(1), Failed: at(3), Reason: "timeout", Held: at(2), HeldItems: 5, Mark: "first"}
		if got := s.view("metawiki").Surveys[0]; got != want {
			t.Errorf("%+v\nwant %+v", got, want)
		}
		if err := s.open().SurveyRead(t.Context(), "gadgets", "metawiki", at(4)); err != nil {
			t.Error(err)
		}
		want = SurveyState{Source: "gadgets", Wiki: "metawiki", Read: at(4), Mark: "first"}
		if got := s.view("metawiki").Surveys[0]; got != want {
			t.Errorf("not changed: %+v\nwant %+v", got, want)
		}
	})
}

func TestPartsOfASurvey(t *testing.T) {
	onEveryStore(t, func(t *testing.T, newStore storeMaker) {
		s := newStore(t)
		whole := naming(1, 0, 10)
		for _, i := range whole.Items {
			whole.Claims = append(whole.Claims, Claim{Item: i.Key, Role: Steward, Holder: "Ana", HolderKind: User, Standing: Stated})
			whole.Measures = append(whole.Measures, Measure{Item: i.Key, Metric: Users, Value: 1})
		}
		s.survey(whole)
		part := naming(2, 5, 6)
		part.Part, part.Checkpoint, part.Left = true, "page 2", []Key{"gadget:metawiki:g9"}
		part.Items[0].Section = "new"
		if !s.survey(part) {
			t.Error("a part changed nothing")
		}
		if got := s.view("metawiki").Surveys[0]; got.Checkpoint != "page 2" || !got.Read.Equal(at(1)) {
			t.Errorf("in the middle: %+v", got)
		}
		for name, want := range map[string]string{"g4": " claimed 1 live", "g5": "new  1 live", "g9": "  0 gone"} {
			e, ok := s.entry("metawiki", Key("gadget:metawiki:"+name))
			got := fmt.Sprintf("%s %s %d %s", e.Item.Section, map[bool]string{true: "claimed"}[len(e.Claims) > 0], len(e.Measures), map[bool]string{true: "live", false: "gone"}[e.Item.Gone.IsZero()])
			if !ok || got != want {
				t.Errorf("%s: %q, want %q", name, got, want)
			}
		}
		last := Survey{Source: "gadgets", Wiki: "metawiki", At: at(3), Part: true}
		if s.survey(last) {
			t.Error("an empty part is a change")
		}
		if got := s.view("metawiki").Surveys[0]; got.Checkpoint != "" || !got.Read.Equal(at(3)) {
			t.Errorf("at the end: %+v", got)
		}
	})
}

func TestAnEmptyAnswerLeavesMeasuresAndAccounts(t *testing.T) {
	onEveryStore(t, func(t *testing.T, newStore storeMaker) {
		s := newStore(t)
		s.survey(listed(1, 10, "Growth", "extension:A"))
		people := Survey{Source: "maintainers2", Wiki: "metawiki", At: at(1), Claims: []Claim{{Item: "extension:A", Role: Maintainer, Holder: "Ana", HolderKind: User, Standing: Stated}}}
		s.survey(people)
		s.survey(Survey{Source: "links", Wiki: "metawiki", At: at(1), Measures: []Measure{{Item: "extension:A", Metric: Links, Value: 3, AsOf: at(1)}}})
		s.survey(Survey{Source: "accounts", Wiki: "metawiki", At: at(1), Accounts: []Account{{Name: "Ana", Locked: true}}})
		for _, source := range []string{"links", "accounts"} {
			if s.survey(Survey{Source: source, Wiki: "metawiki", At: at(2)}) {
				t.Errorf("an empty answer of %s is a change", source)
			}
		}
		v := s.view("metawiki")
		if m := v.Entries[0].Measures; len(m) != 1 || m[0].Value != 3 || !m[0].AsOf.Equal(at(1)) {
			t.Errorf("measures: %v", m)
		}
		if a := v.Accounts; len(a) != 1 || !a["Ana"].Locked {
			t.Errorf("accounts: %v", a)
		}
	})
}
