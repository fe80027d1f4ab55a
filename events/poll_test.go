// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the tests of polling, with the clock of synctest.

package events_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rs/zerolog"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/events"
)

// polled is a range over a Poller, and what after has seen of it.
type polled struct {
	sofar
	stop func()

	mu   sync.Mutex
	live sofar
}

// sofar is what has come.
type sofar struct {
	events []events.Event
	errs   []error
	cursor events.Cursor
	alive  int // events that only show that the source is
}

// poll starts to range in a bubble of synctest.
func poll(t *testing.T, cfg events.PollConfig, from events.Cursor) *polled {
	cfg.Wiki, cfg.Domain, cfg.Log = "teawiki", "tea.example", zerolog.Nop()
	ctx, cancel := context.WithCancel(t.Context())
	p, done := &polled{}, make(chan struct{})
	source := events.NewPoller(cfg)
	go func() {
		defer close(done)
		for e, err := range source.Events(ctx, from) {
			p.mu.Lock()
			switch {
			case err != nil:
				p.live.errs = append(p.live.errs, err)
			case e.Kind == events.Progress || e.Kind == events.Canary:
				p.live.alive++
				p.live.cursor = e.Cursor
			default:
				p.live.events = append(p.live.events, e)
				p.live.cursor = e.Cursor
			}
			p.mu.Unlock()
		}
	}()
	p.stop = func() { cancel(); <-done }
	t.Cleanup(p.stop)
	return p
}

// after lets time pass and returns which events have come in all.
func (p *polled) after(d time.Duration) string {
	time.Sleep(d)
	synctest.Wait()
	p.mu.Lock()
	p.sofar = p.live
	p.mu.Unlock()
	return ids(p.events)
}

// second is the wiki's time now.
func second() time.Time { return time.Now().UTC().Truncate(time.Second) }

func TestPollingTellsEachChangeOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &lists{limit: 2}
		l.edit(1, second().Add(-time.Second)) // before the live start
		p := poll(t, events.PollConfig{API: l}, events.Cursor{})
		p.after(time.Second)
		l.edit(2, second())
		l.edit(3, second())
		l.entry(4, 9, second(), "delete", "delete", "Gone")
		if got := p.after(31 * time.Second); got != "2 3 4" {
			t.Fatalf("told %s", got)
		}
		if e := p.events[2]; e.Kind != events.Delete || e.Wiki != "teawiki" || e.Domain != "tea.example" {
			t.Errorf("event %+v", e)
		}
		if got := p.after(5 * time.Minute); got != "2 3 4" {
			t.Errorf("later %s", got)
		}
		for _, q := range l.asked {
			if q["list"] == "logevents" {
				t.Error("the logs were asked though the list of changes is whole")
			}
		}
	})
}

// Rows appear in the order in which they are committed, not that of their times
// or numbers.
func TestChangesThatAreListedLateAreNotMissed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &lists{limit: 50}
		p := poll(t, events.PollConfig{API: l}, events.Cursor{})
		p.after(30 * time.Second)
		began := second()
		l.edit(7, began)
		p.after(40 * time.Second)
		l.edit(5, began)                      // a lower number in the same second
		l.edit(8, began.Add(-20*time.Second)) // an older time
		l.edit(6, began.Add(-20*time.Second)) // both
		l.edit(9, began.Add(39*time.Second))  // and one in its place
		if got := p.after(30 * time.Second); got != "7 6 8 5 9" {
			t.Errorf("told %s", got)
		}
	})
}

func TestPollingGoesOnFromItsCursor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &lists{limit: 3}
		p := poll(t, events.PollConfig{API: l}, events.Cursor{})
		p.after(time.Second)
		for i := range 5 {
			l.edit(int64(i+1), second())
		}
		p.after(time.Minute)
		p.stop()
		text, err := p.cursor.MarshalText()
		if err != nil {
			t.Fatal(err)
		}
		var stored events.Cursor
		if err := stored.UnmarshalText(text); err != nil {
			t.Fatal(err)
		}
		if stored.Streams != "poll:teawiki" {
			t.Errorf("cursor %s", text)
		}
		l.edit(6, second())
		p.after(3 * time.Hour) // away
		l.edit(7, second())
		q := poll(t, events.PollConfig{API: l}, stored)
		if got := q.after(time.Second); got != "6 7" {
			t.Errorf("told %s after a restart", got)
		}
		// From a cursor in the midst of an answer, the rest of it.
		r := poll(t, events.PollConfig{API: l}, p.events[2].Cursor)
		if got := r.after(time.Second); got != "4 5 6 7" {
			t.Errorf("told %s from the third event on", got)
		}
	})
}

func TestAfterALongTimeAwayTheLogsAreAskedToo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &lists{limit: 3}
		left := second()
		l.entry(0, 5, left.Add(time.Hour), "delete", "delete", "Long gone")
		time.Sleep(100 * 24 * time.Hour)
		l.entry(12, 6, second(), "move", "move", "Here")
		p := poll(t, events.PollConfig{API: l}, events.Cursor{Streams: "poll:teawiki", Time: left})
		if got := p.after(time.Hour); got != "log/5 12" {
			t.Errorf("told %s", got)
		}
	})
}

func TestWhatIsNotWantedMovesTheCursor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &lists{limit: 10}
		p := poll(t, events.PollConfig{API: l, Want: func(wiki []byte, ns int) bool { return string(wiki) == "teawiki" && ns == 0 }}, events.Cursor{})
		p.after(time.Minute)
		l.edit(1, second())
		want := second()
		if got := p.after(time.Minute); got != "" || !p.cursor.Time.Equal(want) || len(p.cursor.Seen) != 0 {
			t.Errorf("told %q, cursor %+v", got, p.cursor)
		}
	})
}

func TestAQuietWikiIsAskedLessOften(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &lists{limit: 500}
		p := poll(t, events.PollConfig{API: l}, events.Cursor{})
		count := func(d time.Duration) int {
			before := l.questions()
			p.after(d)
			return l.questions() - before
		}
		if n := count(10 * time.Minute); n < 20 || n > 22 {
			t.Errorf("a quiet wiki was asked %d times in 10 minutes", n)
		}
		busy := 0
		for i := range 600 {
			l.edit(int64(i+1), second())
			busy += count(time.Second)
		}
		if busy < 100 || busy > 121 {
			t.Errorf("a busy wiki was asked %d times in 10 minutes", busy)
		}
		if p.alive < 100 {
			t.Errorf("%d signs of life", p.alive)
		}
	})
}

func TestAWikiThatDoesNotAnswerIsAskedLessAndLess(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &lists{limit: 2}
		p := poll(t, events.PollConfig{API: l}, events.Cursor{})
		p.after(time.Minute)
		n := 0
		l.fails(func(params map[string]string) error {
			n++
			if strings.HasSuffix(params["rccontinue"], "3") || params["rccontinue"] == "" && n%3 == 0 {
				return errors.New("down")
			}
			return nil
		})
		for i := range 4 {
			l.edit(int64(i+1), second())
		}
		p.after(24 * time.Hour)
		if n := len(p.errs); n < 90 || n > 220 {
			t.Errorf("%d errors in a day", n)
		}
		if got := ids(p.events); got != "1 2" {
			t.Errorf("told %s before the error", got)
		}
		l.fails(nil)
		if got := p.after(16 * time.Minute); got != "1 2 3 4" {
			t.Errorf("told %s in the end", got)
		}
	})
}

func TestACursorHoldsABoundedNumberOfIDs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &lists{limit: 500}
		p := poll(t, events.PollConfig{API: l, Late: 5 * time.Second}, events.Cursor{})
		p.after(time.Second)
		now := second()
		for i := range 5000 {
			l.edit(int64(i+1), now)
		}
		p.after(time.Minute)
		if n := len(p.events); n != 5000 {
			t.Errorf("%d events", n)
		}
		if n := len(p.cursor.Seen); n != 4096 {
			t.Errorf("a cursor with %d ids", n)
		}
		// They go when they cannot come again.
		p.after(time.Hour)
		l.edit(6000, second())
		p.after(time.Minute)
		if n := len(p.cursor.Seen); n > 1 {
			t.Errorf("%d ids an hour later", n)
		}
		var twice []string
		seen := map[string]bool{}
		for _, e := range p.events {
			if seen[e.ID] {
				twice = append(twice, e.ID)
			}
			seen[e.ID] = true
		}
		if len(twice) > 0 {
			t.Errorf("twice: %v", slices.Compact(twice))
		}
	})
}

func TestABusyMinuteIsNotReadAgainForEver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &lists{limit: 10}
		p := poll(t, events.PollConfig{API: l}, events.Cursor{})
		p.after(time.Minute)
		for i := range 100 {
			l.edit(int64(i+1), second())
		}
		p.after(time.Hour)
		before, place := l.questions(), p.cursor.Time
		p.after(time.Hour)
		if n := l.questions() - before; n > 121 {
			t.Errorf("%d questions in a quiet hour", n)
		}
		if !p.cursor.Time.After(place) || time.Since(p.cursor.Time) < 10*time.Minute {
			t.Errorf("the place moved from %s to %s", place, p.cursor.Time)
		}
	})
}

func TestAPageOfTheFutureStopsNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &lists{limit: 500}
		p := poll(t, events.PollConfig{API: l}, events.Cursor{})
		p.after(time.Second)
		l.edit(1, second().Add(100*24*time.Hour))
		p.after(time.Minute)
		l.edit(2, second())
		if got := p.after(time.Hour); got != "1 2" {
			t.Errorf("told %s", got)
		}
	})
}
