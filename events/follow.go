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
	"strings"
	"time"
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

// Events connects and yields every event from the cursor on that Config.Want
// accepts, canaries included, in the order in which the server sends them, until
// ctx ends or the loop over it is left. A zero cursor starts live. The cursor of
// another set of streams is adapted: added streams start at its Time.
//
// Two kinds of event are made here. A Gap stands before the first event behind
// something that the stream could not deliver. A Progress tells the position
// while all events are dropped.
//
// Delivery is at least once: within one range no event is yielded twice, nor
// are those that the cursor has seen. Only what is sent again much later, or
// more than a cursor can carry, may be repeated by a later range. Events that
// cannot be decoded or are too big are counted and dropped.
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
			told:   time.Now(),
		}
		err := f.start()
		if err == nil {
			err = f.run(ctx)
		}
		s.setConnected(false, "end", "")
		if err != nil && err != errStopped {
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

	// pos is the position of the last event that was handed over or dropped.
	pos  Cursor
	seen *seen
	tail *tail
	// from is where the present connection started.
	from *floors
	// told is when a position was yielded last.
	told time.Time
	// up is when the stream was last known to be up, zero if not since the start.
	up time.Time
	// opened is when the first connection that the server accepted was begun,
	// zero before.
	opened time.Time
	// lost is when the stream was lost, zero while it is up; tries counts the
	// connections since.
	lost  time.Time
	tries int
}

// start makes of the cursor to begin with one of this set of streams.
func (f *follower) start() error {
	s := f.stream
	if f.pos.ID != "" {
		places, err := parseID(nil, f.pos.ID)
		if err == nil && len(places) == 0 {
			err = fmt.Errorf("stream id %q names no topic", shorten(f.pos.ID))
		}
		if err != nil {
			if f.pos.Time.IsZero() {
				return fmt.Errorf("resume stream %s: %w", s.set, err)
			}
			s.cfg.Log.Warn().Err(err).Time("since", f.pos.Time).Msg("cursor is unreadable, starting from its time")
			f.pos.ID = ""
		}
	}
	f.tail = newTail(f.pos, s.cfg.Margin)
	for _, id := range f.pos.Seen {
		f.seen.add(id)
	}
	if f.pos.IsZero() || f.pos.Streams == s.set {
		f.pos.Streams = s.set
		return nil
	}
	adapted, err := f.pos.adapt(s.set)
	log := s.cfg.Log.Warn().Str("cursor_streams", f.pos.Streams).Str("streams", s.set).Time("since", f.pos.Time)
	f.pos = adapted
	f.pos.Streams = s.set
	if err != nil {
		log.Err(err).Msg("cursor is of other streams and cannot be adapted, starting from its time")
		if !f.distrust() {
			return errStopped
		}
		return nil
	}
	log.Msg("cursor is of other streams, those added start at its time")
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
			s.cfg.Log.Warn().Err(end.err).Str("id", shorten(f.pos.ID)).Time("since", f.pos.Time).
				Msg("server refused the cursor, starting from its time")
			if !f.distrust() {
				return nil
			}
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
	s.setTried()
	pos := f.pos
	if pos.IsZero() {
		// It was a live start and nothing came: what happened since must not be
		// missed.
		pos.Time = f.opened
	}
	f.from = newFloors(pos, s.cfg.Margin)
	c := s.open(ctx, pos, f.outlived(pos))
	defer c.close()

	select {
	case <-ctx.Done():
		return false, fault{err: errStopped}
	case <-c.frames: // closed: the answer was no stream
		return false, c.fault
	case <-c.accepted:
		f.accepted(began)
		defer func() { f.up = time.Now() }()
	}
	for {
		select {
		case <-ctx.Done():
			return progress, fault{err: errStopped}
		case frame, ok := <-c.frames:
			switch {
			case !ok:
				return progress || time.Since(began) >= healthy, c.fault
			case frame.name == "error" && frame.event:
				return progress, fault{cause: "error_event", err: fmt.Errorf("server reports: %s", shorten(string(frame.data)))}
			}
			fresh, more := f.take(frame)
			if !more {
				return progress, fault{err: errStopped}
			}
			progress = progress || fresh
		}
	}
}

// outlived returns the gap that opens if the position is older than what the
// server keeps; its end is known when the first event comes. nil if there is
// none.
func (f *follower) outlived(pos Cursor) *GapInfo {
	s := f.stream
	reached := pos.Time
	if reached.IsZero() {
		places, _ := parseID(nil, pos.ID) // it was checked when it came in
		if at := oldest(places); at > 0 {
			reached = time.UnixMilli(at).UTC()
		}
	}
	if reached.IsZero() || time.Since(reached) < s.cfg.Retention || time.Since(f.up) < s.cfg.Retention {
		return nil
	}
	return &GapInfo{From: reached.Add(-s.cfg.Margin), Missing: -1, Cause: gapRetention}
}

// accepted notes that the server has begun to answer with a stream.
func (f *follower) accepted(began time.Time) {
	f.stream.setConnected(true, "", "")
	if f.opened.IsZero() {
		f.opened = began
		f.stream.cfg.Log.Info().Str("streams", f.stream.set).Msg("stream connected")
	}
}

// take moves the position by one frame and hands over what there is to be
// handed over. It reports whether it brought anything new and whether more are
// wanted.
func (f *follower) take(frame frame) (fresh, more bool) {
	f.stream.setArrived()
	f.logBack()
	if frame.event {
		return f.handle(frame)
	}
	next := f.move(frame.id, frame.time, frame.offsets)
	fresh = next.ID != f.pos.ID || next.Time.After(f.pos.Time)
	f.pos = next
	switch {
	case frame.gap != nil:
		return true, f.report(*frame.gap)
	case time.Since(f.told) < f.stream.progress:
		return fresh, true
	}
	return fresh, f.hand(Event{Kind: Progress, Time: next.Time, Cursor: next})
}

// move is the position behind an event with an id, a time and the offsets at
// it, each of which may be missing.
func (f *follower) move(id string, at time.Time, offsets map[string]int64) Cursor {
	s := f.stream
	next := f.pos
	if id != "" {
		if pinned, ok := f.from.advance(id); ok {
			next.ID = pinned
		} else {
			s.metrics.decodeErrors.WithLabelValues("id").Inc()
			s.log.Warn().Str("id", shorten(id)).Msg("event has an id that is none, the position stays")
		}
	}
	// A time in the future would move a later start past real events.
	if at.After(next.Time) && !at.After(time.Now().Add(s.cfg.Margin)) {
		next.Time = at
	}
	if offsets != nil {
		next.Offsets = offsets
	}
	return next
}

// handle decodes an event and hands it over, unless that was done before.
func (f *follower) handle(frame frame) (fresh, more bool) {
	s := f.stream
	e, err := Decode(frame.data)
	next := f.move(frame.id, e.Time, frame.offsets)
	if err != nil {
		reason := malformed
		if errors.Is(err, ErrUnknown) {
			reason = unknown
		}
		s.metrics.decodeErrors.WithLabelValues(reason).Inc()
		s.count(e.Stream, reason)
		s.log.Warn().Err(err).Str("id", shorten(frame.id)).Msg("event dropped")
		f.pos = next
		return false, true
	}
	fresh = true
	if e.ID != "" {
		id := strings.Clone(e.ID) // it may be a part of the whole event
		fresh = f.seen.add(id)
		next.Seen = f.tail.add(id, frame.key, f.from.stand(frame.key))
	}
	if !fresh {
		s.count(e.Stream, duplicate)
		f.pos = next
		return false, true
	}
	s.metrics.lag.note(e.Time)
	e.Cursor = next
	if !f.hand(e) {
		return true, false
	}
	f.pos = next
	return true, true
}

// report hands over a gap.
func (f *follower) report(gap GapInfo) (more bool) {
	f.stream.setGap(gap)
	f.stream.log.Warn().Str("cause", gap.Cause).Time("from", gap.From).Time("to", gap.To).Str("topic", shorten(gap.Topic)).
		Int64("missing", gap.Missing).Msg("gap in the stream")
	return f.hand(Event{Kind: Gap, Time: gap.To.Truncate(time.Second), Gap: &gap, Cursor: f.pos})
}

// hand hands an event over and reports whether more are wanted.
func (f *follower) hand(e Event) (more bool) {
	switch e.Kind {
	case Gap, Progress: // made here
	case Canary:
		f.stream.count(e.Stream, canary)
	default:
		f.stream.count(e.Stream, delivered)
	}
	f.told = time.Now()
	return f.yield(e, nil)
}

// distrust gives up the id of the position and keeps its time. Where a topic
// had not come as far as that, there may be a gap, which is handed over. It
// reports whether more is wanted.
func (f *follower) distrust() (more bool) {
	places, _ := parseID(nil, f.pos.ID) // it was checked when it came in
	from, to := oldest(places), newest(places)
	if f.pos.Time.IsZero() && to > 0 {
		f.pos.Time = time.UnixMilli(to).UTC()
	}
	f.pos.ID = ""
	margin := f.stream.cfg.Margin
	gap := GapInfo{Missing: -1, Cause: gapRefused}
	switch {
	case f.pos.Time.IsZero(): // it was offsets alone: nobody knows of when
		gap.To = time.Now().UTC()
		gap.From = gap.To.Add(-f.stream.cfg.Retention)
	case from > 0 && time.UnixMilli(from).Before(f.pos.Time.Add(-margin)):
		gap.From, gap.To = time.UnixMilli(from).UTC().Add(-margin), f.pos.Time
	default:
		return true
	}
	return f.report(gap)
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
