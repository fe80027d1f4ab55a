// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the loop that keeps a stream up: connect, hand the events
// over, and connect again from where the last one left off.

package events

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"time"

	"github.com/rs/zerolog"
)

const (
	// healthy is how long a connection must last to count as progress when no
	// event came.
	healthy = time.Minute
	// remembered is how many event ids are kept to drop repeats: more than
	// arrive within the resume margin on the busiest streams.
	remembered = 1 << 15
	// maxRefusals is how often in a row a server that has served the stream
	// before may refuse it. A faulty proxy in between also answers 403, 404 or
	// with a page of HTML.
	maxRefusals = 10
)

// Events connects and yields every event from the cursor on, canaries
// included, in the order in which the server sends them, until ctx ends or the
// loop over it is left. A zero cursor starts live. The ID of a cursor of
// another set of streams is not used; its Time is.
//
// Delivery is at least once: within one range no event is yielded twice, but a
// later range that starts from a stored cursor repeats the last seconds before
// it. Events that cannot be decoded or are too big are counted and dropped.
//
// Lost connections are made again for as long as ctx lasts. The only errors,
// each yielded once and last, are a *RefusedError and that of a cursor that
// tells no position.
func (s *Stream) Events(ctx context.Context, from Cursor) iter.Seq2[Event, error] {
	return func(yield func(Event, error) bool) {
		f := &follower{
			stream: s,
			yield:  yield,
			pos:    from,
			seen:   newSeen(remembered),
			// A broken event may be repeated for ever: a few lines a minute do.
			log: s.cfg.Log.Sample(&zerolog.BurstSampler{Burst: 5, Period: time.Minute}),
		}
		err := f.start()
		if err == nil {
			err = f.run(ctx)
		}
		s.setConnected(false, "end", "")
		if err != nil {
			yield(Event{}, err)
		}
	}
}

// errStopped says that the loop over Events was left.
var errStopped = errors.New("reader has stopped")

// follower is one range over a stream.
type follower struct {
	stream *Stream
	yield  func(Event, error) bool
	log    zerolog.Logger

	// pos is the position of the last event that was handed over.
	pos  Cursor
	seen *seen
	// opened is when the first connection that the server accepted was begun,
	// zero before.
	opened time.Time
	// lost is when the stream was lost, zero while it is up; tries counts the
	// connections since.
	lost  time.Time
	tries int
}

// start checks the cursor to begin with.
func (f *follower) start() error {
	s := f.stream
	if f.pos.ID != "" && f.pos.Streams != s.set {
		s.cfg.Log.Warn().Str("cursor_streams", f.pos.Streams).Str("streams", s.set).Time("since", f.pos.Time).
			Msg("cursor is of other streams, starting from its time")
		f.pos.ID = ""
	}
	if f.pos.ID != "" {
		if _, err := parseID(f.pos.ID); err != nil {
			if f.pos.Time.IsZero() {
				return fmt.Errorf("resume stream %s: %w", s.set, err)
			}
			s.cfg.Log.Warn().Err(err).Time("since", f.pos.Time).Msg("cursor is unreadable, starting from its time")
			f.pos.ID = ""
		}
	}
	f.pos.Streams = s.set
	return nil
}

// run connects again and again. It returns nil when ctx ends or the loop is
// left, and otherwise why there is no point in going on.
func (f *follower) run(ctx context.Context) error {
	s := f.stream
	failures, refusals := 0, 0
	for ctx.Err() == nil {
		progress, end := f.connect(ctx)
		if end.err == errStopped || ctx.Err() != nil {
			return nil
		}
		s.setConnected(false, end.cause, end.err.Error())
		s.metrics.reconnects.WithLabelValues(end.cause).Inc()
		failures++
		if progress {
			failures, refusals = 0, 0
		}
		if f.pos.ID != "" && (end.status == http.StatusBadRequest || end.status == http.StatusNotFound) {
			f.distrust(end)
		} else if end.final() {
			refusals++
			if f.opened.IsZero() || refusals >= maxRefusals {
				return &RefusedError{Status: end.status, URL: s.url, Reason: end.err.Error()}
			}
		}
		delay := s.retry.delay(failures, end.retryAfter)
		f.logLost(end, delay)
		if !sleep(ctx, delay) {
			return nil
		}
	}
	return nil
}

// connect makes one connection and hands over what it brings. It reports why
// that ended, and whether it brought anything new or lasted.
func (f *follower) connect(ctx context.Context) (progress bool, end fault) {
	s := f.stream
	began := time.Now()
	pos := f.pos
	if pos.IsZero() {
		// It was a live start and nothing came: what happened since must not be
		// missed.
		pos.Time = f.opened
	}
	id, since := pos.resume(s.cfg.Margin)
	from := newFloors(pos, s.cfg.Margin)
	c := s.open(ctx, id, since)
	defer c.close()

	select {
	case <-ctx.Done():
		return false, fault{err: errStopped}
	case <-c.frames: // closed: the answer was no stream
		return false, c.fault
	case <-c.accepted:
		f.accepted(began)
	}
	for {
		select {
		case <-ctx.Done():
			return progress, fault{err: errStopped}
		case frame, ok := <-c.frames:
			switch {
			case !ok:
				return progress || time.Since(began) >= healthy, c.fault
			case frame.event == "error":
				return progress, fault{cause: "error_event", err: fmt.Errorf("server reports: %s", shorten(string(frame.data)))}
			case len(frame.data) == 0: // a comment
				continue
			}
			if frame.id == id {
				frame.id = "" // none of its own: the library repeats the last one
			}
			fresh, more := f.handle(frame, from)
			if !more {
				return progress, fault{err: errStopped}
			}
			progress = progress || fresh
		}
	}
}

// accepted notes that the server has begun to answer with a stream.
func (f *follower) accepted(began time.Time) {
	f.stream.setConnected(true, "", "")
	if f.opened.IsZero() {
		f.opened = began
		f.stream.cfg.Log.Info().Str("streams", f.stream.set).Msg("stream connected")
	}
}

// handle decodes one frame, hands the event over and moves the position. It
// reports whether the event was new and whether more are wanted.
func (f *follower) handle(frame frame, from floors) (fresh, more bool) {
	s := f.stream
	s.setArrived()
	f.logBack()
	e, err := Decode(frame.data)
	next := f.pos
	if frame.id != "" {
		next.ID = from.pin(frame.id)
	}
	if err != nil {
		reason := "malformed"
		if errors.Is(err, ErrUnknown) {
			reason = "unknown"
		}
		s.metrics.decodeErrors.WithLabelValues(reason).Inc()
		f.log.Warn().Err(err).Str("id", shorten(frame.id)).Msg("event dropped")
		f.pos = next
		return false, true
	}
	// A time in the future would move a later start past real events.
	if e.Time.After(next.Time) && !e.Time.After(time.Now().Add(s.cfg.Margin)) {
		next.Time = e.Time
	}
	if e.ID != "" && !f.seen.add(e.ID) {
		s.metrics.skipped.WithLabelValues("duplicate").Inc()
		f.pos = next
		return false, true
	}
	s.metrics.events.WithLabelValues(string(e.Kind)).Inc()
	e.Cursor = next
	if !f.yield(e, nil) {
		return true, false
	}
	f.pos = next
	return true, true
}

// distrust gives up an id that the server does not take, because it is
// malformed or names topics that are gone, and keeps its time.
func (f *follower) distrust(end fault) {
	if f.pos.Time.IsZero() {
		places, _ := parseID(f.pos.ID) // it was checked when it came in
		if at := newest(places); at > 0 {
			f.pos.Time = time.UnixMilli(at).UTC()
		}
	}
	f.pos.ID = ""
	f.stream.cfg.Log.Warn().Err(end.err).Time("since", f.pos.Time).Msg("server refused the cursor, starting from its time")
}

// logLost writes a line when the stream is lost, but none for the tries after.
func (f *follower) logLost(end fault, delay time.Duration) {
	f.tries++
	if !f.lost.IsZero() {
		return
	}
	f.lost = time.Now()
	f.stream.cfg.Log.Warn().Err(end.err).Str("cause", end.cause).Dur("next_try", delay).Msg("stream lost")
}

// logBack writes a line when the first event after a loss has come.
func (f *follower) logBack() {
	if !f.lost.IsZero() {
		f.stream.cfg.Log.Info().Dur("after", time.Since(f.lost)).Int("tries", f.tries).Msg("stream is back")
	}
	f.lost, f.tries = time.Time{}, 0
}
