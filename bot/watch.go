// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds watch: events in, findings out.

package bot

import (
	"context"
	"time"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/events"
)

// cursorEvery is how often the cursor is stored while events pass that lead to
// nothing. A crash replays at most that much.
const cursorEvery = 5 * time.Second

// watch follows one feed. What leads to anything goes into the queue of its wiki,
// which keeps the order on each page. The stored cursor is never ahead of what
// the queues have done.
func (b *Bot) watch(ctx context.Context, f *feed, from events.Cursor) error {
	b.Log.Info().Str("streams", f.StreamSet()).Str("cursor", from.ID).Time("since", from.Time).Msg("watching")
	of := ""
	if f.polled() {
		of = f.sites[0].conf.Wiki.Wiki
	}
	pace := b.paces.add("watch", of, stuckAfter, f.excuse)
	pace.forward()
	for e, err := range f.Events(ctx, from) {
		pace.forward()
		if err != nil {
			if err := f.failed(ctx, err); err != nil {
				return err
			}
			continue
		}
		if f.vital {
			b.pulse.beat()
		}
		switch {
		case e.Kind == events.Gap:
			err = b.missed(ctx, f, e, f.begin)
		case e.Time.Before(f.begin) && e.Kind != events.Progress:
			continue // resuming goes back a little; nothing older than the first start counts
		default:
			err = b.hear(ctx, f, e)
		}
		if err == nil {
			err = f.overdue(ctx)
		}
		if err != nil {
			return err
		}
	}
	return ctx.Err()
}

// hear puts an event into the queue of its wiki, if it leads to anything.
func (b *Bot) hear(ctx context.Context, f *feed, e events.Event) error {
	if e.Kind != events.Progress {
		b.trigger(e)
	}
	s, served := b.sites[e.Wiki]
	if served && s.loggedIn.Load() && s.feed == f && e.Kind != events.Progress && e.Kind != events.Canary {
		s.trigger(e)
		if s.wanted(e) {
			return s.queue.put(ctx, e)
		}
	}
	return f.pass(ctx, b.Registry, e.Cursor, e.Kind == events.Progress)
}

// overdue has the wikis fall behind that have let an event wait for too long.
func (f *feed) overdue(ctx context.Context) error {
	if f.polled() {
		return nil // it holds up nobody else
	}
	now := time.Now()
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.order) == 0 || now.Sub(f.order[0].came) <= f.waitAtMost {
		return nil
	}
	for _, s := range f.sites {
		if s.queue.late(now) {
			if err := s.queue.fallBehind(ctx); err != nil {
				return err
			}
		}
	}
	return nil
}

// place returns where a feed goes on. Nothing counts from before the first start,
// if this is it. Wikis that do not let the bot in yet are caught up with later.
func (b *Bot) place(ctx context.Context, f *feed) (from events.Cursor, err error) {
	for _, s := range f.sites {
		if !f.polled() && s.noted[noteGap] == "" {
			continue
		}
		if err := s.reg.SetNote(ctx, s.conf.Wiki.Wiki, noteGap, ""); err != nil {
			return from, err
		}
	}
	if f.polled() {
		from, err = b.Registry.Cursor(ctx, f.StreamSet())
	} else {
		// The names of the streams may have changed since: the stream knows what
		// to make of a cursor of others.
		from, err = b.Registry.NewestCursor(ctx)
	}
	if err != nil {
		return from, err
	}
	var start time.Time
	if from.IsZero() {
		// The first run starts live. Its place is stored at once, so that what
		// happens until the first finding is not lost with the process.
		start = b.now()
		from = events.Cursor{Streams: f.StreamSet(), Time: start}
		if _, err := b.Registry.Record(ctx, registry.Batch{Cursor: from}); err != nil {
			return from, err
		}
	}
	f.start(from, start)
	for _, s := range f.sites {
		if s.loggedIn.Load() {
			continue
		}
		if err := s.queue.leave(ctx); err != nil {
			return from, err
		}
	}
	return from, nil
}
