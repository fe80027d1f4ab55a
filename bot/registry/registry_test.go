// SPDX-License-Identifier: GPL-3.0-or-later

package registry

import (
	"context"
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/detect"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/events"
)

var noon = time.Date(2026, 5, 20, 12, 0, 0, 0, time.UTC)

func at(minutes int) time.Time { return noon.Add(time.Duration(minutes) * time.Minute) }

func (s *store) record(b Batch) bool {
	s.t.Helper()
	changed, err := s.open().Record(s.t.Context(), b)
	if err != nil {
		s.t.Fatal(err)
	}
	return changed
}

func (s *store) survey(v Survey) bool {
	s.t.Helper()
	changed, err := s.open().SaveSurvey(s.t.Context(), v)
	if err != nil {
		s.t.Fatal(err)
	}
	return changed
}

func (s *store) view(wiki string) View {
	s.t.Helper()
	v, err := s.open().View(s.t.Context(), Query{Wiki: wiki})
	if err != nil {
		s.t.Fatal(err)
	}
	return v
}

func (s *store) entry(wiki string, key Key) (Entry, bool) {
	s.t.Helper()
	for _, e := range s.view(wiki).Entries {
		if e.Item.Key == key {
			return e, true
		}
	}
	return Entry{}, false
}

func TestCursorIsKeptForEachSetOfStreams(t *testing.T) {
	onEveryStore(t, func(t *testing.T, newStore storeMaker) {
		s := newStore(t)
		a := events.Cursor{Streams: "mediawiki.recentchange", ID: `[{"topic":"eqiad","partition":0,"offset":7}]`, Time: at(1)}
		b := events.Cursor{Streams: "mediawiki.page_change.v1", ID: `[]`, Time: at(2), Seen: []string{"x", "y"}, Offsets: map[string]int64{"eqiad.a/0": 9}}
		for _, c := range []events.Cursor{a, b, a} {
			if s.record(Batch{Cursor: c}) {
				t.Error("a cursor alone counted as a change")
			}
		}
		for _, want := range []events.Cursor{a, b, {}} {
			streams := want.Streams
			if streams == "" {
				streams = "other"
			}
			got, err := s.open().Cursor(t.Context(), streams)
			if err != nil || !reflect.DeepEqual(got, want) {
				t.Errorf("Cursor(%s) = %v, %v, want %v", streams, got, err, want)
			}
		}
	})
}

func TestFailedBatchMovesNothing(t *testing.T) {
	onEveryStore(t, func(t *testing.T, newStore storeMaker) {
		s := newStore(t)
		s.record(Batch{Cursor: events.Cursor{Streams: "s", ID: "[]", Time: at(1)}})
		r := s.open()
		// The last thing that a batch writes fails.
		full := `BEGIN SELECT RAISE(ABORT, 'disk full'); END`
		if s.mariaDB() {
			full = `FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'disk full'`
		}
		if _, err := r.writer.Exec(`CREATE TRIGGER no_cursor BEFORE UPDATE ON stream_cursor ` + full); err != nil {
			t.Fatal(err)
		}
		b := Batch{
			Change:   detect.Change{Wiki: "metawiki", Title: "Talk:A", Revision: 5, Time: at(2)},
			Mentions: []detect.Mention{{Kind: detect.Tool, Name: "guc"}},
			Cursor:   events.Cursor{Streams: "s", ID: `[{"topic":"t","partition":0,"offset":2}]`, Time: at(2)},
		}
		changed, err := r.Record(t.Context(), b)
		if err == nil || changed || !strings.Contains(err.Error(), "disk full") {
			t.Errorf("Record = %t, %v, want the store's error", changed, err)
		}
		if v := s.view("metawiki"); len(v.Mentions) > 0 || len(v.Entries) > 0 {
			t.Errorf("findings without their cursor: %v", v)
		}
		if _, err := s.open().writer.Exec(`DROP TRIGGER no_cursor`); err != nil {
			t.Fatal(err)
		}
		if !s.record(b) {
			t.Error("the batch was lost")
		}
	})
}

func TestNobodyWritesWithoutTheLease(t *testing.T) {
	onEveryStore(t, func(t *testing.T, newStore storeMaker) {
		r := newStore(t).open()
		take := func(owner string, minute int) {
			t.Helper()
			if held, err := r.Acquire(t.Context(), owner, at(minute), time.Minute); !held || err != nil {
				t.Fatal(held, err)
			}
		}
		note := func() error { return r.SetNote(t.Context(), "metawiki", "a", "b") }
		if err := errors.Join(note(), r.Held(t.Context())); err != nil {
			t.Errorf("without a guard: %v", err)
		}
		take("a", 0)
		r.Guard("a")
		if err := errors.Join(note(), r.Held(t.Context())); err != nil {
			t.Errorf("with the lease: %v", err)
		}
		take("b", 2) // it has run out
		for what, err := range map[string]error{"Held": r.Held(t.Context()), "SetNote": note()} {
			if !errors.Is(err, ErrLeaseLost) {
				t.Errorf("%s when another has the lease: %v", what, err)
			}
		}
		take("a", 4)
		if err := note(); err != nil {
			t.Errorf("with the lease again: %v", err)
		}
	})
}

func TestRulesOfEachWikiAreReplaced(t *testing.T) {
	onEveryStore(t, func(t *testing.T, newStore storeMaker) {
		s := newStore(t)
		if _, ok, err := s.open().LastRules(t.Context(), "metawiki"); ok || err != nil {
			t.Errorf("rules before any were saved: %t, %v", ok, err)
		}
		want := Rules{Wiki: "metawiki", Revision: 2, User: "Ana", Since: at(2), Text: "{}"}
		for _, rules := range []Rules{{Wiki: "metawiki", Revision: 1, Since: at(1)}, {Wiki: "dewiki", Revision: 9}, want} {
			if err := s.open().SaveRules(t.Context(), rules); err != nil {
				t.Fatal(err)
			}
		}
		if got, ok, err := s.open().LastRules(t.Context(), "metawiki"); got != want || !ok || err != nil {
			t.Errorf("LastRules = %v, %t, %v, want %v", got, ok, err, want)
		}
	})
}

func TestLease(t *testing.T) {
	onEveryStore(t, func(t *testing.T, newStore storeMaker) {
		s := newStore(t)
		for i, tt := range []struct {
			owner  string
			minute int
			held   bool
			fence  int64
		}{
			{"a", 0, true, 1}, {"b", 4, false, 1}, {"a", 4, true, 1}, {"b", 8, false, 1}, {"b", 9, true, 2}, {"a", 10, false, 2}, {"b", 15, true, 3},
		} {
			held, err := s.open().Acquire(t.Context(), tt.owner, at(tt.minute), 5*time.Minute)
			if err != nil || held != tt.held {
				t.Errorf("step %d: %s has it at minute %d: %t, %v, want %t", i, tt.owner, tt.minute, held, err, tt.held)
			}
			if status, err := s.open().Status(t.Context()); err != nil || status.Lease.Fence != tt.fence {
				t.Errorf("step %d: the holder has number %d, %v, want %d", i, status.Lease.Fence, err, tt.fence)
			}
		}
		for _, owner := range []string{"a", "b"} {
			if err := s.open().Release(t.Context(), owner); err != nil {
				t.Fatal(err)
			}
			held, err := s.open().Acquire(t.Context(), "c", at(10), time.Minute)
			if want := owner == "b"; held != want || err != nil {
				t.Errorf("after %s gave it back: %t, %v, want %t", owner, held, err, want)
			}
		}
	})
}

func TestNotesAndStatus(t *testing.T) {
	onEveryStore(t, func(t *testing.T, newStore storeMaker) {
		s := newStore(t)
		ctx := t.Context()
		for _, n := range [][3]string{{"metawiki", "stop", "stopped by Ana"}, {"metawiki", "stream", "silent"}, {"dewiki", "stop", "x"}, {"metawiki", "stream", ""}, {"metawiki", "stop", "stopped by Ben"}} {
			if err := s.open().SetNote(ctx, n[0], n[1], n[2]); err != nil {
				t.Fatal(err)
			}
		}
		want := map[string]string{"stop": "stopped by Ben"}
		got, err := s.open().Notes(ctx, "metawiki")
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("notes (-want +got): %v\n%s", err, diff)
		}
		if diff := cmp.Diff(want, s.view("metawiki").Notes); diff != "" {
			t.Errorf("notes in the view (-want +got):\n%s", diff)
		}

		s.record(Batch{Cursor: events.Cursor{Streams: "s", ID: "[]", Time: at(3)}})
		s.survey(Survey{Source: "siteinfo", Wiki: "metawiki", At: at(1)})
		for i, reason := range []string{"timeout", "still"} {
			if err := s.open().SurveyFailed(ctx, "siteinfo", "metawiki", at(2+i), reason); err != nil {
				t.Fatal(err)
			}
		}
		if err := s.open().SaveRules(ctx, Rules{Wiki: "metawiki", Revision: 5, User: "Ana", Since: at(1), Text: "{}"}); err != nil {
			t.Fatal(err)
		}
		if err := s.open().Intend(ctx, "metawiki", "P", 0, []string{"k"}, at(1)); err != nil {
			t.Fatal(err)
		}
		if _, err := s.open().Acquire(ctx, "me", at(1), time.Minute); err != nil {
			t.Fatal(err)
		}
		status, err := s.open().Status(ctx)
		if err != nil {
			t.Fatal(err)
		}
		wantStatus := Status{
			Cursors: []CursorState{{Streams: "s", Time: at(3)}},
			Surveys: []SurveyState{{Source: "siteinfo", Wiki: "metawiki", Read: at(1), Failed: at(2), Reason: "still"}},
			Rules:   []RulesState{{"metawiki", 5, "Ana", at(1)}},
			Open:    []Notice{{Key: "k", Wiki: "metawiki", Page: "P", Intended: at(1)}},
			Lease:   LeaseState{Owner: "me", Expires: at(2), Fence: 1},
			Notes:   map[string]map[string]string{"metawiki": want, "dewiki": {"stop": "x"}},
		}
		if diff := cmp.Diff(wantStatus, status); diff != "" {
			t.Errorf("status (-want +got):\n%s", diff)
		}
		s.survey(Survey{Source: "siteinfo", Wiki: "metawiki", At: at(9)})
		if got := s.view("metawiki").Surveys; len(got) != 1 || got[0] != (SurveyState{Source: "siteinfo", Wiki: "metawiki", Read: at(9)}) {
			t.Errorf("a good reading left the failure behind: %v", got)
		}
	})
}

func TestExportHoldsThePublicPartOnly(t *testing.T) {
	onEveryStore(t, func(t *testing.T, newStore storeMaker) {
		s := newStore(t)
		ctx := t.Context()
		s.survey(Survey{Source: "maintainers", Wiki: "metawiki", At: at(1), Items: []Item{{Key: "extension:Echo", Name: "Echo", Listed: true}},
			Claims: []Claim{{Item: "extension:Echo", Role: Steward, HolderKind: Nobody, Standing: Stated, Evidence: Evidence{Page: "Developers/Maintainers", Revision: 3}}}})
		s.record(Batch{
			Change:   detect.Change{Wiki: "metawiki", Title: "Talk:A", Revision: 5, Time: at(2), User: "Ben", After: "the whole text"},
			Mentions: []detect.Mention{{Kind: detect.Extension, Name: "echo", Rule: "link"}},
			Cursor:   events.Cursor{Streams: "streams!", ID: `[{"topic":"cursor!","partition":0,"offset":2}]`, Time: at(2)},
		})
		if err := s.open().SetNote(ctx, "metawiki", "api", "note!"); err != nil {
			t.Fatal(err)
		}
		if err := s.open().SaveRules(ctx, Rules{Wiki: "metawiki", Text: "rules!"}); err != nil {
			t.Fatal(err)
		}
		if _, err := s.open().Acquire(ctx, "lease!", at(1), time.Minute); err != nil {
			t.Fatal(err)
		}
		export, err := s.open().Export(ctx)
		if err != nil {
			t.Fatal(err)
		}
		data, err := json.Marshal(export)
		if err != nil {
			t.Fatal(err)
		}
		for _, not := range []string{"!", "the whole text"} {
			if strings.Contains(string(data), not) {
				t.Errorf("the export holds %q: %s", not, data)
			}
		}
		want := `{"wikis":[{"wiki":"metawiki",` +
			`"surveys":[{"source":"maintainers","wiki":"metawiki","read":"2026-05-20T12:01:00Z"}],` +
			`"items":[{"key":"extension:Echo","name":"Echo","listed":true,"verdict":"unassigned","reason":"Unassigned in Developers/Maintainers, revision 3; no other source",` +
			`"claims":[{"item":"extension:Echo","role":"steward","holder_kind":"nobody","standing":"stated","evidence":{"source":"maintainers","page":"Developers/Maintainers","revision":3,"time":"2026-05-20T12:01:00Z","read":"2026-05-20T12:01:00Z"}}]}],` +
			`"mentions":[{"item":"extension:Echo","as":"extension:echo","kind":"extension","name":"echo","wiki":"metawiki","title":"Talk:A","revision":5,"rule":"link","user":"Ben","time":"2026-05-20T12:02:00Z"}]}]}`
		if diff := cmp.Diff(want, string(data)); diff != "" {
			t.Errorf("export (-want +got):\n%s", diff)
		}
	})
}

func TestExportShowsWhatSourcesSayOfItems(t *testing.T) {
	onEveryStore(t, func(t *testing.T, newStore storeMaker) {
		s := newStore(t)
		s.survey(Survey{Source: "gadgets", Wiki: "metawiki", At: at(1),
			Items: []Item{
				{Key: "gadget:metawiki:A", Name: "A", Deployed: true, Aliases: []string{"lib.js"}, Details: Details{Description: "makes things short", Deprecated: true}},
				{Key: "gadget:metawiki:B", Name: "B", Deployed: true, Aliases: []string{"lib.js"}},
			},
			Measures: []Measure{{Item: "gadget:metawiki:A", Metric: Users, Value: 12, AsOf: noon}}})
		export, err := s.open().Export(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		data, err := json.Marshal(export)
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{
			`"description":"makes things short","deprecated":true`,
			`"measures":[{"item":"gadget:metawiki:A","metric":"users","value":12,"source":"gadgets","as_of":"2026-05-20T12:00:00Z"}]`,
			`"collisions":[{"kind":"gadget","alias":"lib.js","keys":["gadget:metawiki:A","gadget:metawiki:B"]}]`,
			`"wikis":1`,
		} {
			if !strings.Contains(string(data), want) {
				t.Errorf("%s is not in %s", want, data)
			}
		}
	})
}

func TestConcurrentUse(t *testing.T) {
	onEveryStore(t, func(t *testing.T, newStore storeMaker) {
		s := newStore(t)
		first := s.open()
		second, err := Open(t.Context(), s.dsn) // as another process would
		if err != nil {
			t.Fatal(err)
		}
		defer second.Close()
		const batches = 20
		var wg sync.WaitGroup
		for n, r := range []*Registry{first, second} {
			wg.Go(func() {
				for i := range batches {
					b := Batch{
						Change:   detect.Change{Wiki: "metawiki", Title: "Talk:A", Revision: int64(1000*n + i + 1), Time: at(i)},
						Mentions: []detect.Mention{{Kind: detect.Tool, Name: "guc"}, {Kind: detect.Extension, Name: "Echo"}},
						Cursor:   events.Cursor{Streams: "s", ID: "[]", Time: at(i)},
					}
					if _, err := r.Record(context.Background(), b); err != nil {
						t.Error(err)
					}
				}
			})
			wg.Go(func() {
				for i := range batches {
					v, err := r.View(context.Background(), Query{Wiki: "metawiki"})
					if err != nil {
						t.Error(err)
					}
					if len(v.Mentions)%2 != 0 {
						t.Errorf("a view saw half a batch: %d mentions", len(v.Mentions))
					}
					if _, err := r.Acquire(context.Background(), "a", at(i), time.Minute); err != nil {
						t.Error(err)
					}
				}
			})
		}
		wg.Wait()
		if v := s.view("metawiki"); len(v.Mentions) != 4*batches || len(v.Entries) != 1 {
			t.Errorf("%d mentions and %d items, want %d and 1", len(v.Mentions), len(v.Entries), 4*batches)
		}
	})
}
