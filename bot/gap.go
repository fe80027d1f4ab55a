// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds how gaps of the stream are filled: what it could not deliver
// is looked up on the wikis themselves.

package bot

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/events"
)

const (
	// fillAtOnce is how many wikis are asked side by side.
	fillAtOnce = 4
	// gapsShown is how many gaps the report page tells of, and gapsFor how long.
	gapsShown = 3
	gapsFor   = 30 * 24 * time.Hour
	// gapsEvery is the least time between edits that only tell of a new gap.
	gapsEvery = time.Hour
	// clocksDiffer is by how much the clocks of the stream and of this machine
	// may differ.
	clocksDiffer = time.Hour
	// noteGap names the note on a gap that cannot be filled yet.
	noteGap = "gap"
)

// fillGap looks up what the stream has left out on each wiki that it is followed
// for, and handles that like any other events. What had been delivered is
// handled again, which changes nothing. The position behind the gap is stored
// once every wiki is done; a wiki that does not answer is asked until it does.
// Nothing before start counts.
func (b *Bot) fillGap(ctx context.Context, f *feed, e events.Event, start time.Time) error {
	gap := events.GapInfo{To: e.Time, Missing: -1}
	if e.Gap != nil {
		gap = *e.Gap
	}
	gap = bounded(gap, time.Now())
	if gap.From.Before(start) {
		gap.From = start
	}
	if gap.To.Before(gap.From) {
		return b.Registry.SaveGaps(ctx, nil, e.Cursor) // all of it was before the first start
	}
	log := b.Log.With().Time("from", gap.From).Time("to", gap.To).Str("cause", gap.Cause).Logger()
	log.Info().Str("topic", gap.Topic).Int64("missing", gap.Missing).Msg("gap in the stream")
	if err := newSignal().wait(ctx, min(time.Until(gap.To), 0)+b.ListedWithin); err != nil {
		return err
	}
	filled := make([]registry.Gap, len(f.sites))
	g, gctx := errgroup.WithContext(ctx)
	g.SetLimit(fillAtOnce)
	for i, s := range f.sites {
		g.Go(func() error {
			found, err := b.fillOn(gctx, f, s, gap)
			filled[i] = registry.Gap{Wiki: s.conf.Wiki.Wiki, From: gap.From, To: gap.To, Cause: gap.Cause, Missing: gap.Missing, Found: found, Filled: b.now()}
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	if err := b.Registry.SaveGaps(ctx, filled, e.Cursor); err != nil {
		return err
	}
	for i, s := range f.sites {
		b.metrics.gaps.WithLabelValues(filled[i].Wiki, gap.Cause).Inc()
		b.metrics.found.WithLabelValues(filled[i].Wiki).Add(float64(filled[i].Found))
		b.gaps.add(filled[i])
		s.log.Info().Time("from", gap.From).Time("to", gap.To).Int64("found", filled[i].Found).Msg("gap filled")
		s.plan.wake()
	}
	return nil
}

// bounded is a gap with ends that a wiki can be asked for. The stream tells them
// by its clock: a gap of just now may end in the future of this machine's, and
// what it holds must not be cut off. A time that no clock shows is taken for now.
func bounded(gap events.GapInfo, now time.Time) events.GapInfo {
	if latest := now.Add(clocksDiffer); gap.To.IsZero() || gap.To.After(latest) {
		gap.To = latest
	}
	if gap.From.After(gap.To) {
		gap.From = gap.To.Add(-2 * clocksDiffer)
	}
	return gap
}

// fillOn looks a gap up on one wiki, again and again until that has worked. It
// returns how many changes there were.
func (b *Bot) fillOn(ctx context.Context, f *feed, s *site, gap events.GapInfo) (found int64, err error) {
	noted := false
	for wait := time.Second; ; wait = min(2*wait, time.Minute) {
		found, listed, err := b.lookUp(ctx, f, s, gap)
		if err != nil {
			return found, err
		}
		if listed == nil {
			if noted {
				err = s.reg.SetNote(ctx, s.conf.Wiki.Wiki, noteGap, "")
			}
			return found, err
		}
		if err := s.unlisted(ctx, listed); err != nil {
			return found, err
		}
		if !noted {
			noted = true
			text := fmt.Sprintf("The event stream has left out changes from %s to %s, and the list of recent changes cannot be read to make up for it. The bot goes on trying.",
				gap.From.UTC().Format(time.DateTime), gap.To.UTC().Format(time.DateTime))
			if err := s.reg.SetNote(ctx, s.conf.Wiki.Wiki, noteGap, text); err != nil {
				return found, err
			}
			s.plan.wake()
		}
		if err := newSignal().wait(ctx, wait); err != nil {
			return found, err
		}
	}
}

// lookUp looks a gap up on one wiki. The error listed is the wiki's, err our
// own.
func (b *Bot) lookUp(ctx context.Context, f *feed, s *site, gap events.GapInfo) (found int64, listed, err error) {
	for e, err := range events.RecentChanges(ctx, s.client, s.conf.Wiki.Wiki, s.domain(), gap.From, gap.To) {
		switch {
		case errors.Is(err, events.ErrUnknown):
			s.log.Warn().Err(err).Msg("a change of the gap cannot be read")
			continue
		case err != nil:
			return found, err, nil
		}
		b.pulse.beat()
		found++
		if _, err := b.handle(ctx, f, e); err != nil {
			return found, nil, err
		}
	}
	return found, nil, nil
}

// gapsToShow returns the gaps for the report page. A new one is shown at once,
// but no more than one in an hour: a stream with many would have the page edited
// all the time.
func (s *site) gapsToShow(ctx context.Context, at time.Time) ([]registry.Gap, error) {
	gaps, err := s.reg.Gaps(ctx, s.conf.Wiki.Wiki, gapsShown)
	if err != nil {
		return nil, err
	}
	gaps = slices.DeleteFunc(gaps, func(g registry.Gap) bool { return at.Sub(g.Filled) > gapsFor })
	if !slices.Equal(gaps, s.gaps) && at.Sub(s.gapsAt) >= gapsEvery {
		s.gaps, s.gapsAt = gaps, at
	}
	return s.gaps, nil
}

// gapLog is the gaps that were filled last, for whoever asks the process.
type gapLog struct {
	mu   sync.Mutex
	last []registry.Gap
}

func (l *gapLog) add(g registry.Gap) {
	l.mu.Lock()
	defer l.mu.Unlock()
	const most = 10
	l.last = append(l.last, g)
	l.last = l.last[max(0, len(l.last)-most):]
}

// LastGaps says, a line each, which gaps of the stream were filled last since
// the start, the oldest first.
func (b *Bot) LastGaps() []string {
	b.gaps.mu.Lock()
	defer b.gaps.mu.Unlock()
	var lines []string
	for _, g := range b.gaps.last {
		lines = append(lines, fmt.Sprintf("gap filled on %s: %s to %s, %d changes (%s)",
			g.Wiki, g.From.UTC().Format(time.RFC3339), g.To.UTC().Format(time.RFC3339), g.Found, g.Cause))
	}
	return lines
}
