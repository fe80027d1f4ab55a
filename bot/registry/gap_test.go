// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the tests of gaps and of the cursor.

package registry

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/events"
)

func TestGapsAreKeptWithTheCursorBehindThem(t *testing.T) {
	onEveryStore(t, func(t *testing.T, newStore storeMaker) {
		s := newStore(t)
		r := s.open()
		behind := events.Cursor{Streams: "s", ID: "[]", Time: at(9)}
		g := Gap{Wiki: "teawiki", From: at(1), To: at(2), Cause: "hole", Missing: 3, Found: 7, Filled: at(3)}
		other := Gap{Wiki: "cakewiki", From: at(1), To: at(2), Cause: "hole", Missing: 3, Filled: at(3)}
		again := g
		again.Found, again.Filled = 8, at(4)
		for _, list := range [][]Gap{{g, other}, {again}} {
			if err := r.SaveGaps(t.Context(), list, behind); err != nil {
				t.Fatal(err)
			}
		}
		got, err := r.Gaps(t.Context(), "teawiki", 5)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]Gap{again}, got); diff != "" {
			t.Errorf("(-want +got)\n%s", diff)
		}
		if c, err := r.Cursor(t.Context(), "s"); err != nil || !c.Time.Equal(at(9)) {
			t.Errorf("cursor %+v, %v", c, err)
		}
		for i := range 30 {
			g.From, g.To, g.Filled = at(10+i), at(11+i), at(12+i)
			if err := r.SaveGaps(t.Context(), []Gap{g}, behind); err != nil {
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
