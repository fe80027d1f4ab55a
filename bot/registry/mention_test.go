// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the tests of mentions.

package registry

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/detect"
)

// find returns the mention that was written as a key.
func (s *store) find(as Key) Mention {
	s.t.Helper()
	for _, m := range s.view("metawiki").Mentions {
		if m.As == as {
			return m
		}
	}
	s.t.Fatalf("no mention as %s", as)
	return Mention{}
}

func (s *store) withdraw(m Mention) {
	s.t.Helper()
	if err := s.open().Withdraw(s.t.Context(), m, at(90)); err != nil {
		s.t.Fatal(err)
	}
}

func (s *store) redact(m Mention) {
	s.t.Helper()
	if err := s.open().Redact(s.t.Context(), m); err != nil {
		s.t.Fatal(err)
	}
}

func TestAWithdrawnMentionStaysAway(t *testing.T) {
	onEveryStore(t, func(t *testing.T, newStore storeMaker) {
		s := newStore(t)
		c := detect.Change{Wiki: "metawiki", Title: "Talk:Foo", Revision: 7, User: "Ana", Time: at(1)}
		b := Batch{Change: c, Mentions: []detect.Mention{{Kind: detect.Tool, Name: "guc", Section: "A"}, {Kind: detect.Tool, Name: "guc", Section: "B"}}}
		record := func() {
			t.Helper()
			if _, err := s.open().Record(t.Context(), b); err != nil {
				t.Fatal(err)
			}
		}
		record()
		mentions := s.view("metawiki").Mentions
		if len(mentions) != 2 {
			t.Fatalf("%d mentions, want 2", len(mentions))
		}
		if err := s.open().Withdraw(t.Context(), mentions[0], at(2)); err != nil {
			t.Fatal(err)
		}
		record() // the event is seen again
		left := s.view("metawiki").Mentions
		if len(left) != 1 || left[0].Section != mentions[1].Section {
			t.Errorf("after one was withdrawn: %+v", left)
		}
	})
}

func TestAMoveThatIsSeenAgainLeavesThePageThatGotTheOldTitle(t *testing.T) {
	onEveryStore(t, func(t *testing.T, newStore storeMaker) {
		s := newStore(t)
		record := func(revision int64, minute int) {
			t.Helper()
			c := detect.Change{Wiki: "metawiki", Title: "Talk:Foo", Revision: revision, User: "Ana", Time: at(minute)}
			s.record(Batch{Change: c, Mentions: []detect.Mention{{Kind: detect.Tool, Name: "guc"}}})
		}
		move := func() {
			t.Helper()
			if err := s.open().MovePage(t.Context(), "metawiki", "Talk:Foo", "Talk:Bar", at(2)); err != nil {
				t.Fatal(err)
			}
		}
		record(7, 1)
		move()
		record(8, 3) // on a new page
		move()
		titles := map[int64]string{}
		for _, m := range s.view("metawiki").Mentions {
			titles[m.Revision] = m.Title
		}
		if diff := cmp.Diff(map[int64]string{7: "Talk:Bar", 8: "Talk:Foo"}, titles); diff != "" {
			t.Errorf("titles by revision (-want +got):\n%s", diff)
		}
	})
}

func TestAMentionTellsHowItWasWritten(t *testing.T) {
	onEveryStore(t, func(t *testing.T, newStore storeMaker) {
		s := newStore(t)
		s.survey(Survey{Source: "siteinfo", Wiki: "metawiki", At: at(0), Items: []Item{{Key: "extension:GuidedTour", Name: "GuidedTour"}}})
		s.record(edit(1, mention(detect.Extension, "", "guided_tour", "")))
		m := s.find("extension:guided tour")
		if m.Item != "extension:GuidedTour" {
			t.Errorf("the mention is of %s", m.Item)
		}
		if data, err := json.Marshal(m); err != nil || !strings.Contains(string(data), `"as":"extension:guided tour"`) {
			t.Errorf("%s, %v", data, err)
		}
		s.withdraw(m)
		if v := s.view("metawiki"); len(v.Mentions) > 0 {
			t.Errorf("withdrawing by another spelling left %s", mentioned(v))
		}
	})
}

func TestWithdrawingOneKindLeavesTheOtherOfThatName(t *testing.T) {
	onEveryStore(t, func(t *testing.T, newStore storeMaker) {
		s := newStore(t)
		s.record(edit(1, mention(detect.Extension, "", "Vector", "A"), mention(detect.Skin, "", "Vector", "A")))
		s.withdraw(s.find("skin:Vector"))
		if got, want := mentioned(s.view("metawiki")), "extension:Vector Vector A"; got != want {
			t.Errorf("left: %s, want %s", got, want)
		}
	})
}

func TestARedactedMentionForgetsWhoAndWhat(t *testing.T) {
	onEveryStore(t, func(t *testing.T, newStore storeMaker) {
		s := newStore(t)
		hidden := edit(1, mention(detect.Tool, "", "guc", "A"), mention(detect.Tool, "", "other", "B"))
		s.record(hidden)
		s.record(edit(2, mention(detect.Tool, "", "guc", "A")))
		s.withdraw(s.find("tool:other"))
		s.redact(s.view("metawiki").Mentions[1])
		check := func(when string, want int) {
			t.Helper()
			n := 0
			for _, m := range s.view("metawiki").Mentions {
				if m.Revision == 2 {
					if m.Redacted || m.User != "Ben" || m.Snippet != "see guc" {
						t.Errorf("%s: another revision was redacted: %+v", when, m)
					}
					continue
				}
				n++
				if !m.Redacted || m.User != "" || m.Snippet != "" || m.Name == "" || m.Title != "Talk:A" || !m.Time.Equal(at(1)) {
					t.Errorf("%s: %+v", when, m)
				}
			}
			if n != want {
				t.Errorf("%s: %d mentions of the hidden revision, want %d", when, n, want)
			}
			var kept int
			err := s.open().reader.QueryRow(`SELECT COUNT(*) FROM mention WHERE revision = 1 AND (snippet <> '' OR user_name <> '')`).Scan(&kept)
			if err != nil || kept > 0 {
				t.Errorf("%s: the store still has the words of %d mentions, %v", when, kept, err)
			}
		}
		check("at once", 1)
		if s.record(hidden) {
			t.Error("the event again changed something")
		}
		check("after a replay", 1)
		s.record(edit(1, mention(detect.Tool, "", "guc", "C")))
		check("after a replay that finds more", 2)

		export, err := s.open().Export(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		data, err := json.Marshal(export)
		if err != nil || strings.Count(string(data), `"redacted":true`) != 2 || strings.Count(string(data), "Ben") != 1 {
			t.Errorf("export: %s, %v", data, err)
		}
	})
}

func TestAnItemLivesOffItsMentions(t *testing.T) {
	onEveryStore(t, func(t *testing.T, newStore storeMaker) {
		const guc = Key("tool:guc")
		link := edit(1, mention(detect.Tool, "", "guc", ""))
		withdrawAll := func(s *store) {
			for _, m := range s.view("metawiki").Mentions {
				s.withdraw(m)
			}
		}
		tests := []struct {
			name string
			do   func(s *store)
			want string // "" for no entry
		}{
			{"one mention", func(s *store) { s.record(link) }, "mentioned"},
			{"one of two withdrawn", func(s *store) {
				s.record(edit(1, mention(detect.Tool, "", "guc", "A"), mention(detect.Tool, "", "guc", "B")))
				s.withdraw(s.view("metawiki").Mentions[0])
			}, "mentioned"},
			{"reverted", func(s *store) { s.record(link); withdrawAll(s) }, ""},
			{"reverted, and the event seen again", func(s *store) { s.record(link); withdrawAll(s); s.record(link) }, ""},
			{"reverted and written again", func(s *store) { s.record(link); withdrawAll(s); s.record(edit(2, link.Mentions...)) }, "mentioned"},
			{"reverted, but another wiki's mention", func(s *store) {
				s.record(link)
				withdrawAll(s)
				other := edit(3, link.Mentions...)
				other.Change.Wiki = "dewiki"
				s.record(other)
			}, ""},
			{"purged", func(s *store) {
				s.record(link)
				if err := s.open().Purge(s.t.Context(), at(60)); err != nil {
					s.t.Fatal(err)
				}
			}, ""},
			{"claimed", func(s *store) {
				s.record(link)
				save(s, "T", 10, CellChange{Item: guc, Added: users("Ana"), User: "Ana", Registered: true, Revision: 10, Time: at(2)})
			}, "known"},
			{"claimed and reverted", func(s *store) {
				s.record(link)
				save(s, "T", 10, CellChange{Item: guc, Added: users("Ana"), User: "Ana", Registered: true, Revision: 10, Time: at(2)})
				withdrawAll(s)
			}, "known"},
			{"claimed, reverted and stepped down", func(s *store) {
				s.record(link)
				save(s, "T", 10, CellChange{Item: guc, Added: users("Ana"), User: "Ana", Registered: true, Revision: 10, Time: at(2)})
				withdrawAll(s)
				save(s, "T", 11, CellChange{Item: guc, Removed: users("Ana"), User: "Ana", Registered: true, Revision: 11, Time: at(3)})
			}, ""},
			{"its page changed", func(s *store) {
				s.record(link)
				s.record(Batch{Touches: []detect.Touch{touch(detect.Tool, "guc", detect.Edited, 2)}})
			}, "known"},
			{"its page changed, reverted", func(s *store) {
				s.record(link)
				s.record(Batch{Touches: []detect.Touch{touch(detect.Tool, "guc", detect.Edited, 2)}})
				withdrawAll(s)
			}, "known"},
			{"surveyed", func(s *store) {
				s.record(link)
				s.survey(Survey{Source: "toolhub", Wiki: "metawiki", At: at(2), Items: []Item{{Key: guc, Name: "guc"}}})
			}, "known"},
			{"surveyed, reverted", func(s *store) {
				s.record(link)
				s.survey(Survey{Source: "toolhub", Wiki: "metawiki", At: at(2), Items: []Item{{Key: guc, Name: "guc"}}})
				withdrawAll(s)
			}, "known"},
			{"surveyed no more", func(s *store) { s.record(link); surveyedNoMore(s, guc) }, "mentioned"},
			{"surveyed no more, reverted", func(s *store) { s.record(link); surveyedNoMore(s, guc); withdrawAll(s) }, "gone"},
			{"surveyed no more, reverted, but claimed", func(s *store) {
				s.record(link)
				surveyedNoMore(s, guc)
				save(s, "T", 10, CellChange{Item: guc, Added: users("Ana"), User: "Ana", Registered: true, Revision: 10, Time: at(2)})
				withdrawAll(s)
			}, "gone"},
		}
		for _, tt := range tests {
			t.Run(tt.name, func(t *testing.T) {
				s := newStore(t)
				tt.do(s)
				got := ""
				switch e, ok := s.entry("metawiki", guc); {
				case !ok:
				case !e.Item.Gone.IsZero():
					got = "gone"
				case e.Item.Mentioned:
					got = "mentioned"
				default:
					got = "known"
				}
				if got != tt.want {
					t.Errorf("the item is %q, want %q", got, tt.want)
				}
			})
		}
	})
}

func surveyedNoMore(s *store, key Key) {
	for i, name := range []Key{key, "tool:other"} {
		s.survey(Survey{Source: "toolhub", Wiki: "metawiki", At: at(2 + i), Items: []Item{{Key: name, Name: name.Name()}}})
	}
}

func TestAnOldMentionKeepsItsItem(t *testing.T) {
	onEveryStore(t, func(t *testing.T, newStore storeMaker) {
		s := newStore(t)
		s.record(edit(1, mention(detect.Tool, "", "guc", "")))
		v, err := s.open().View(t.Context(), Query{Wiki: "metawiki", Since: at(30)})
		if err != nil || len(v.Mentions) != 0 || len(v.Entries) != 1 || !v.Entries[0].Item.Mentioned {
			t.Errorf("%+v, %v", v, err)
		}
	})
}

func TestMentionsAreFoundByIndex(t *testing.T) {
	s := newStore(t) // MariaDB chooses by how many rows there are
	for text, index := range map[string]string{
		`SELECT 1 FROM mention WHERE wiki = 'w' AND item_key = 'k' AND withdrawn = 0`:                              "mention_item",
		`SELECT 1 FROM mention WHERE wiki = 'w' AND revision = 1`:                                                  "mention_revision",
		`SELECT 1 FROM mention WHERE wiki = 'w' AND title = 't'`:                                                   "mention_title",
		`SELECT * FROM mention WHERE wiki = 'w' AND redacted = 0 AND made_at >= 0 AND withdrawn = 0`:               "mention_time",
		`SELECT item_key, COUNT(*) FROM mention WHERE wiki = 'w' AND kind = 'k' AND made_at > 0 GROUP BY item_key`: "mention_count",
		`SELECT * FROM presence WHERE wiki = 'w' AND kind IN ('k')`:                                                "PRIMARY KEY (wiki=? AND kind=?)",
		`SELECT * FROM claim WHERE wiki = 'w' AND superseded_at = 0 AND kind IN ('k')`:                             "PRIMARY KEY (wiki=? AND kind=?)",
	} {
		var id, parent, unused int
		var plan string
		if err := s.open().reader.QueryRow(`EXPLAIN QUERY PLAN `+text).Scan(&id, &parent, &unused, &plan); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(plan, index) {
			t.Errorf("%s: %s, want %s", text, plan, index)
		}
	}
}

func TestADismissedMentionIsToldApartUntilItStandsAgain(t *testing.T) {
	onEveryStore(t, func(t *testing.T, newStore storeMaker) {
		s := newStore(t)
		c := detect.Change{Wiki: "metawiki", Title: "Talk:Foo", Revision: 7, User: "Ana", Time: at(1)}
		b := Batch{Change: c, Mentions: []detect.Mention{{Kind: detect.Tool, Name: "guc", Section: "A"}, {Kind: detect.Tool, Name: "guc", Section: "B"}}}
		if _, err := s.open().Record(t.Context(), b); err != nil {
			t.Fatal(err)
		}
		m := s.view("metawiki").Mentions[0]
		if err := s.open().Dismiss(t.Context(), m, "Bea", at(5)); err != nil {
			t.Fatal(err)
		}
		if _, err := s.open().Record(t.Context(), b); err != nil { // seen again
			t.Fatal(err)
		}
		v := s.view("metawiki")
		if len(v.Mentions) != 2 || len(v.Dismissed) != 1 || v.Dismissed[0].Section != m.Section || v.Dismissed[0].DismissedBy != "Bea" || !v.Dismissed[0].Dismissed.Equal(at(5)) {
			t.Errorf("dismissed: %+v", v.Dismissed)
		}
		if err := s.open().Dismiss(t.Context(), m, "Bea", time.Time{}); err != nil {
			t.Fatal(err)
		}
		if got := s.view("metawiki").Dismissed; len(got) != 0 {
			t.Errorf("still dismissed: %+v", got)
		}
	})
}
