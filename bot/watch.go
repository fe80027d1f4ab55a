// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds watch: stream in, findings out.

package bot

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/detect"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/plan"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/config"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/events"
)

// cursorEvery is how often the cursor is stored while events pass that lead to
// nothing. A crash replays at most that much.
const cursorEvery = 5 * time.Second

// watch follows the stream. It handles one event at a time, so that the order
// on each page is kept and the cursor is never ahead of the findings.
func (b *Bot) watch(ctx context.Context) error {
	from, err := b.Registry.Cursor(ctx, b.stream.StreamSet())
	if err != nil {
		return err
	}
	start := time.Time{}
	if from.IsZero() {
		// The first run starts live. Its place is stored at once, so that what
		// happens until the first finding is not lost with the process.
		start = b.now()
		from = events.Cursor{Streams: b.stream.StreamSet(), Time: start}
		if _, err := b.Registry.Record(ctx, registry.Batch{Cursor: from}); err != nil {
			return err
		}
	}
	b.Log.Info().Str("streams", b.stream.StreamSet()).Str("cursor", from.ID).Msg("watching")
	stored := time.Now()
	for e, err := range b.stream.Events(ctx, from) {
		if err != nil {
			return &RefusedError{Who: "stream", Err: err}
		}
		b.pulse.beat()
		if e.Time.Before(start) {
			continue // resuming goes back a little; nothing older than the first start counts
		}
		recorded, err := b.handle(ctx, e)
		if err != nil {
			return err
		}
		if !recorded && time.Since(stored) > cursorEvery {
			_, err = b.Registry.Record(ctx, registry.Batch{Cursor: e.Cursor})
			recorded = true
		}
		if err != nil {
			return err
		}
		if recorded {
			stored = time.Now()
		}
	}
	return ctx.Err()
}

// handle does what one event asks for and reports whether its cursor was
// stored.
func (b *Bot) handle(ctx context.Context, e events.Event) (recorded bool, err error) {
	s, served := b.sites[e.Wiki]
	if !served || e.Kind == events.Canary || e.Kind == events.Other || e.Title == "" {
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
		if err := s.reg.MovePage(ctx, e.Wiki, e.OldTitle, e.Title); err != nil {
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
		case title == gadgetsDefinition:
			s.ask("gadgets")
		case rules == nil:
		case isMaintainersPage(rules, title):
			s.ask("maintainers")
		case plan.Owned(s.pages, rules, title) && e.User != s.conf.User:
			s.ask(registry.CellsSource)
			s.doubt.Store(true)
			s.plan.wake()
		}
	}
}

func isMaintainersPage(rules *config.Rules, title string) bool {
	for _, m := range rules.Sources.Maintainers {
		if m.Page == title {
			return true
		}
	}
	return false
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
	revisions, err := s.client.Revisions(ctx, ids...)
	if err != nil {
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

// causes says in public why the stream is away. The error itself names
// addresses and ports of this machine, and is another one at each try.
var causes = map[string]string{
	"":             "it has not been reached yet",
	"connect":      "it cannot be reached",
	"idle":         "it was silent for too long",
	"end":          "it ended the connection",
	"cut":          "the connection was cut",
	"error_event":  "it reported an error",
	"content_type": "the answer is no event stream",
	"status":       "it refuses the request for now",
	"rate_limit":   "it asks to wait",
}

// streamTrouble says since when the stream is away and why, "" while it is not.
func (b *Bot) streamTrouble() (since time.Time, reason string) {
	state := b.stream.State()
	if state.Connected {
		return time.Time{}, ""
	}
	since = state.Since
	if since.IsZero() {
		since = b.started
	}
	return since, cmp.Or(causes[state.Cause], "it is away")
}
