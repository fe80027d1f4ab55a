// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the tests of shards.

package registry

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/events"
)

func TestShardsHaveLeasesAndPositionsOfTheirOwn(t *testing.T) {
	onEveryStore(t, func(t *testing.T, newStore storeMaker) {
		s := newStore(t)
		open := func() *Registry {
			r, err := Open(t.Context(), s.dsn)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() {
				if err := r.Close(); err != nil {
					t.Error(err)
				}
			})
			return r
		}
		take := func(r *Registry, owner string, number, of, minute int, want bool) {
			t.Helper()
			r.Serve(number, of)
			held, err := r.Acquire(t.Context(), owner, at(minute), time.Minute)
			if err != nil || held != want {
				t.Fatalf("%s has the lease of %d of %d at minute %d: %t, %v, want %t", owner, number, of, minute, held, err, want)
			}
			if held {
				r.Guard(owner)
			}
		}
		cursor := func(stamp int, seen string) events.Cursor {
			return events.Cursor{
				Streams: "a,b", ID: fmt.Sprintf(`[{"topic":"x","partition":0,"timestamp":%d}]`, at(stamp).UnixMilli()),
				Time: at(stamp), Seen: []string{seen}, Offsets: map[string]int64{"x/0": int64(stamp)},
			}
		}
		store := func(r *Registry, c events.Cursor) error {
			_, err := r.Record(t.Context(), Batch{Cursor: c}, Batch{Cursor: events.Cursor{Streams: "poll:metawiki", Time: at(1)}})
			return err
		}
		check := func(what string, r *Registry, stamp int, seen ...string) {
			t.Helper()
			got, err := r.NewestCursor(t.Context())
			want := cursor(stamp, "")
			if err != nil || got.ID != want.ID || !got.Time.Equal(want.Time) || got.Offsets["x/0"] != int64(stamp) || got.Streams != "a,b" {
				t.Errorf("%s: the position is %+v, %v, want %+v", what, got, err, want)
			}
			if fmt.Sprint(got.Seen) != fmt.Sprint(seen) {
				t.Errorf("%s: %v were seen, want %v", what, got.Seen, seen)
			}
			if same, err := r.Cursor(t.Context(), "a,b"); err != nil || same.ID != got.ID {
				t.Errorf("%s: the position of the set is %+v, %v", what, same, err)
			}
			if poll, err := r.Cursor(t.Context(), "poll:metawiki"); err != nil || !poll.Time.Equal(at(1)) {
				t.Errorf("%s: polling is at %+v, %v", what, poll, err)
			}
		}
		var watcher *Registry
		running := func(minute int, want bool) {
			t.Helper()
			if status, err := watcher.Status(t.Context()); err != nil || status.Running(at(minute)) != want {
				t.Errorf("running at minute %d: %+v, %v, want %t", minute, status, err, want)
			}
		}
		alone, first, second := open(), open(), open()
		watcher = open()
		running(0, false)
		take(alone, "old", 1, 1, 0, true)
		running(0, true)
		if err := store(alone, cursor(3, "one")); err != nil {
			t.Fatal(err)
		}
		take(first, "a", 1, 2, 0, false) // somebody serves all wikis
		take(first, "a", 1, 2, 4, true)  // its time is over
		take(second, "b", 1, 2, 4, false)
		running(4, true) // nobody has ever held the other: it may have no wikis
		take(second, "b", 2, 2, 4, true)
		take(second, "a", 2, 2, 4, false)
		second.Serve(2, 2)
		running(4, true)
		running(6, false)
		if err := store(alone, cursor(9, "late")); !errors.Is(err, ErrLeaseLost) {
			t.Errorf("who served all wikis can still write: %v", err)
		}
		check("the first of two", first, 3, "one")
		check("the second of two", second, 3, "one")
		if err := errors.Join(store(first, cursor(8, "two")), store(second, cursor(5, "three"))); err != nil {
			t.Fatal(err)
		}
		check("the first of two, later", first, 8, "two")
		check("the second of two, later", second, 5, "three")
		if err := first.Release(t.Context(), "a"); err != nil {
			t.Fatal(err)
		}
		running(4, false)
		take(alone, "c", 1, 1, 4, false) // the second shard is served
		take(alone, "c", 1, 1, 20, true)
		running(20, true)
		check("one again", alone, 5, "two", "three")
		if err := store(second, cursor(6, "late")); !errors.Is(err, ErrLeaseLost) {
			t.Errorf("who served the second shard can still write: %v", err)
		}
		take(second, "d", 2, 2, 30, true)
		check("two again", second, 5, "two", "three")
		if err := second.Held(t.Context()); err != nil {
			t.Error(err)
		}
	})
}
