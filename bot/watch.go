// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds watch: events in, findings out.

package bot

import (
	"context"
	"errors"
	"fmt"
	"time"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/detect"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/plan"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/wiki"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/events"
)

// cursorEvery is how often the cursor is stored while events pass that lead to
// nothing. A crash replays at most that much.
const cursorEvery = 5 * time.Second

// watch follows one feed. It handles one event at a time, so that the order on
// each page is kept and the cursor is never ahead of the findings.
func (b *Bot) watch(ctx context.Context, f *feed) error {
	from, start, err := b.place(ctx, f)
	if err != nil {
		return err
	}
	b.Log.Info().Str("streams", f.StreamSet()).Str("cursor", from.ID).Time("since", from.Time).Msg("watching")
	saved, at := from, time.Now()
	for e, err := range f.Events(ctx, from) {
		if err != nil {
			if err := f.failed(ctx, err); err != nil {
				return err
			}
			continue
		}
		if f.vital {
			b.pulse.beat()
		}
		var recorded bool
		switch {
		case e.Kind == events.Gap:
			recorded = true
			err = b.fillGap(ctx, f, e, start)
		case e.Kind == events.Progress:
		case e.Time.Before(start):
			continue // resuming goes back a little; nothing older than the first start counts
		default:
			recorded, err = b.handle(ctx, f, e)
		}
		if err != nil {
			return err
		}
		moved := e.Cursor.ID != saved.ID || !e.Cursor.Time.Equal(saved.Time)
		if !recorded && moved && (e.Kind == events.Progress || time.Since(at) > cursorEvery) {
			if _, err := b.Registry.Record(ctx, registry.Batch{Cursor: e.Cursor}); err != nil {
				return err
			}
			recorded = true
		}
		if recorded {
			saved, at = e.Cursor, time.Now()
		}
	}
	return ctx.Err()
}

// place returns where a feed goes on, and before which time nothing counts: the
// first start, if this is it.
func (b *Bot) place(ctx context.Context, f *feed) (from events.Cursor, start time.Time, err error) {
	for _, s := range f.sites {
		if err := s.reg.SetNote(ctx, s.conf.Wiki.Wiki, noteGap, ""); err != nil {
			return from, start, err
		}
	}
	if f.polled() {
		from, err = b.Registry.Cursor(ctx, f.StreamSet())
	} else {
		// The names of the streams may have changed since: the stream knows what
		// to make of a cursor of others.
		from, err = b.Registry.NewestCursor(ctx)
	}
	if err != nil || !from.IsZero() {
		return from, start, err
	}
	// The first run starts live. Its place is stored at once, so that what
	// happens until the first finding is not lost with the process.
	start = b.now()
	from = events.Cursor{Streams: f.StreamSet(), Time: start}
	_, err = b.Registry.Record(ctx, registry.Batch{Cursor: from})
	return from, start, err
}

// handle does what one event asks for and reports whether its cursor was
// stored. Feeds handle their events side by side; each wiki is of one feed.
func (b *Bot) handle(ctx context.Context, f *feed, e events.Event) (recorded bool, err error) {
	b.trigger(e)
	s, served := b.sites[e.Wiki]
	if !served || s.feed != f || e.Kind == events.Canary || e.Kind == events.Other || e.Title == "" {
		return false, nil
	}
	s.trigger(e)
	if e.User == s.conf.User {
		return false, nil
	}
	if e.Kind == events.Visibility || e.Kind == events.Delete {
		changed, err := s.redact(ctx, e)
		if err != nil {
			return false, err
		}
		if changed {
			s.plan.wake()
		}
	}
	if e.Kind == events.Move {
		if err := s.reg.MovePage(ctx, e.Wiki, e.OldTitle, e.Title, e.Time); err != nil {
			return false, err
		}
	}
	batch := registry.Batch{Touches: detect.Touches(e), Cursor: e.Cursor}
	if s.readable(e) {
		batch.Change, batch.Mentions, err = s.mentions(ctx, e)
		if err != nil {
			return false, err
		}
	}
	if len(batch.Touches) == 0 && len(batch.Mentions) == 0 {
		return false, nil
	}
	changed, err := b.Registry.Record(ctx, batch)
	if err != nil {
		return false, err
	}
	b.metrics.findings.WithLabelValues("mention").Add(float64(len(batch.Mentions)))
	b.metrics.findings.WithLabelValues("touch").Add(float64(len(batch.Touches)))
	if changed {
		s.log.Info().Str("title", e.Title).Int64("rev", e.Revision).Int("mentions", len(batch.Mentions)).Int("touches", len(batch.Touches)).Msg("found")
		s.plan.wake()
	}
	return true, nil
}

// trigger wakes what depends on the page that the event is about.
func (s *site) trigger(e events.Event) {
	rules := s.inForce()
	for _, title := range []string{e.Title, e.OldTitle} {
		switch {
		case title == "":
		case title == s.pages.ConfigPage:
			s.rulesDue.Store(true)
			s.plan.wake()
		case title == s.pages.StopPage:
			s.gate.Forget()
			s.plan.wake()
		case rules == nil:
		case plan.Owned(s.pages, rules, title) && e.User != s.conf.User:
			s.ask(registry.CellsSource)
			s.doubt.Store(true)
			s.plan.wake()
		}
	}
}

// readable reports whether the event's text is looked at for mentions.
func (s *site) readable(e events.Event) bool {
	rules := s.inForce()
	return rules != nil && (e.Kind == events.Edit || e.Kind == events.Create) && e.Revision != 0 && !e.Bot &&
		!plan.Owned(s.pages, rules, e.Title) && rules.Watch.Covers(e.Namespace, e.Title, e.User)
}

// mentions reads the text of an edit and the text before it and finds what the
// edit names. Text that is hidden or gone is a normal outcome: nothing is found.
func (s *site) mentions(ctx context.Context, e events.Event) (detect.Change, []detect.Mention, error) {
	ids := []int64{e.Revision}
	if e.Parent != 0 {
		ids = append(ids, e.Parent)
	}
	revisions, err := s.texts(ctx, ids)
	if err != nil {
		s.metrics.skipped.WithLabelValues("refused").Inc()
		return detect.Change{}, nil, s.elsewhere(ctx, err, fmt.Sprintf("text of %s, revision %d, cannot be read", e.Title, e.Revision))
	}
	after, before := revisions[e.Revision], revisions[e.Parent]
	if after.Missing || after.Hidden || e.Parent != 0 && (before.Missing || before.Hidden) {
		s.metrics.skipped.WithLabelValues("hidden").Inc()
		return detect.Change{}, nil, nil
	}
	change := detect.Change{
		Wiki: e.Wiki, Title: e.Title, Namespace: e.Namespace, Revision: e.Revision, User: after.User, Time: e.Time,
		Before: before.Text, After: after.Text,
	}
	return change, detect.Mentions(change), nil
}

// patience is how long the stream waits for a wiki that refuses to show texts
// in a way that has nothing to do with the text, as a proxy in between may.
const patience = time.Hour

// texts reads revisions, again and again where the wiki's answer is not about
// them: the mentions in them would be lost.
func (s *site) texts(ctx context.Context, ids []int64) (map[int64]wiki.Revision, error) {
	since := time.Now()
	for wait := time.Second; ; wait = min(2*wait, time.Minute) {
		revisions, err := s.client.Revisions(ctx, ids...)
		refused, ok := errors.AsType[*wiki.Error](err)
		if !ok || refused.Class != wiki.Unknown || refused.Code == "too-big" || time.Since(since) > patience {
			return revisions, err
		}
		s.log.Warn().Err(err).Dur("next_try", wait).Msg("texts cannot be read for now")
		if err := newSignal().wait(ctx, wait); err != nil {
			return nil, err
		}
	}
}
