// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the tests of gaps and of the cursor.

package registry

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/events"
)

func TestGapsAreKeptOnceTheyAreFilled(t *testing.T) {
	onEveryStore(t, func(t *testing.T, newStore storeMaker) {
		s := newStore(t)
		r := s.open()
		b := Behind{Wiki: "teawiki", From: at(1), To: at(2), Cause: "hole", Missing: 3, Found: 7}
		other := Behind{Wiki: "cakewiki", From: at(1), To: at(2), Cause: "hole", Missing: 3}
		again := b
		again.Found = 8
		for i, b := range []Behind{b, other, again} {
			if err := r.CaughtUp(t.Context(), b, at(3+i)); err != nil {
				t.Fatal(err)
			}
		}
		got, err := r.Gaps(t.Context(), "teawiki", 5)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]Gap{{Wiki: "teawiki", From: at(1), To: at(2), Cause: "hole", Missing: 3, Found: 8, Filled: at(5)}}, got); diff != "" {
			t.Errorf("(-want +got)\n%s", diff)
		}
		for i := range 30 {
			b.From, b.To = at(10+i), at(11+i)
			if err := r.CaughtUp(t.Context(), b, at(12+i)); err != nil {
				t.Fatal(err)
			}
		}
		status, err := r.Status(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if n := len(status.Gaps); n != gapsKept+1 || status.Gaps[0].Wiki != "cakewiki" || !status.Gaps[1].Filled.Equal(at(41)) {
			t.Errorf("%d gaps: %+v", n, status.Gaps)
		}
	})
}

func TestAWikiIsBehindUntilItIsCaughtUpWith(t *testing.T) {
	onEveryStore(t, func(t *testing.T, newStore storeMaker) {
		s := newStore(t)
		r := s.open()
		place := events.Cursor{Streams: "s", ID: "[]", Time: at(9)}
		gap := Behind{Wiki: "teawiki", From: at(1), To: at(2), Cause: "hole", Missing: 3}
		open := Behind{Wiki: "teawiki", From: at(4), Cause: "slow", Missing: -1}
		elsewhere := Behind{Wiki: "cakewiki", From: at(4), Cause: "slow", Missing: -1}
		if err := r.FallBehind(t.Context(), []Behind{open, gap, elsewhere}, place); err != nil {
			t.Fatal(err)
		}
		if c, err := r.Cursor(t.Context(), "s"); err != nil || !c.Time.Equal(at(9)) {
			t.Errorf("cursor %+v, %v", c, err)
		}
		reached := open
		reached.Found, reached.Reached = 5, at(6)
		if err := r.Reach(t.Context(), reached); err != nil {
			t.Fatal(err)
		}
		if err := r.FallBehind(t.Context(), []Behind{open}, events.Cursor{}); err != nil { // which is known
			t.Fatal(err)
		}
		s.close()
		r = s.open()
		check := func(want ...Behind) {
			t.Helper()
			got, err := r.Behind(t.Context(), "teawiki")
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		}
		check(gap, reached)
		for _, b := range []Behind{gap, reached} {
			if err := r.CaughtUp(t.Context(), b, at(10)); err != nil {
				t.Fatal(err)
			}
		}
		check()
		all, err := r.Behind(t.Context(), AllWikis)
		if err != nil || len(all) != 1 || all[0] != elsewhere {
			t.Errorf("behind in all: %+v, %v", all, err)
		}
		if status, err := r.Status(t.Context()); err != nil || len(status.Behind) != 1 {
			t.Errorf("status: %+v, %v", status.Behind, err)
		}
		if gaps, err := r.Gaps(t.Context(), "teawiki", 5); err != nil || len(gaps) != 1 || gaps[0].Cause != "hole" {
			t.Errorf("gaps %+v, %v", gaps, err)
		}
	})
}

func TestTheNewestCursorIsOfAnySetOfStreams(t *testing.T) {
	onEveryStore(t, func(t *testing.T, newStore storeMaker) {
		s := newStore(t)
		if c, err := s.open().NewestCursor(t.Context()); err != nil || !c.IsZero() || c.Streams != "" {
			t.Errorf("of an empty store: %+v, %v", c, err)
		}
		for streams, minutes := range map[string]int{"a": 3, "b": 5, "poll:teawiki": 8} {
			s.record(Batch{Cursor: events.Cursor{Streams: streams, ID: "[]", Time: at(minutes)}})
		}
		if c, err := s.open().NewestCursor(t.Context()); err != nil || c.Streams != "b" {
			t.Errorf("%+v, %v", c, err)
		}
	})
}

func TestACursorThatCannotBeReadSaysHowToGoOn(t *testing.T) {
	onEveryStore(t, func(t *testing.T, newStore storeMaker) {
		for what, damage := range map[string]string{
			"its id":   `UPDATE stream_cursor SET sse_id = '[{"topic":"eqi'`,
			"its rest": `UPDATE stream_cursor SET rest = '{"seen":'`,
		} {
			t.Run(what, func(t *testing.T) {
				s := newStore(t)
				s.record(Batch{Cursor: events.Cursor{Streams: "a.stream", ID: "[]", Time: at(1)}})
				r := s.open()
				if _, err := r.writer.Exec(damage); err != nil {
					t.Fatal(err)
				}
				_, err := r.Cursor(t.Context(), "a.stream")
				if err == nil || !strings.Contains(err.Error(), "a.stream") {
					t.Fatalf("error %v", err)
				}
				status, statusErr := r.Status(t.Context())
				if statusErr != nil || len(status.Cursors) != 1 || status.Cursors[0].Problem != err.Error() {
					t.Errorf("status %+v, %v, want the problem %v", status.Cursors, statusErr, err)
				}
				_, advice, _ := strings.Cut(err.Error(), "database, ")
				advice, _, _ = strings.Cut(advice, " makes the bot")
				if _, err := r.writer.Exec(advice); err != nil {
					t.Fatalf("what the error says to do: %s: %v", advice, err)
				}
				if c, err := r.Cursor(t.Context(), "a.stream"); err != nil || c.ID != "" || !c.Time.Equal(at(1)) {
					t.Errorf("after that the cursor is %+v, %v; want its time alone", c, err)
				}
			})
		}
	})
}
