// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds how gaps of the stream are filled: what it could not deliver
// is looked up on the wikis themselves.

package bot

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/events"
)

const (
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

// missed notes what the stream has left out, to be looked up on each wiki that it
// is followed for, and that the stream can go on. Nothing before start counts.
func (b *Bot) missed(ctx context.Context, f *feed, e events.Event, start time.Time) error {
	gap := events.GapInfo{To: e.Time, Missing: -1}
	if e.Gap != nil {
		gap = *e.Gap
	}
	gap = bounded(gap, time.Now())
	if gap.From.Before(start) {
		gap.From = start
	}
	if gap.To.Before(gap.From) {
		return f.pass(ctx, b.Registry, e.Cursor, true) // all of it was before the first start
	}
	b.Log.Info().Time("from", gap.From).Time("to", gap.To).Str("cause", gap.Cause).Str("topic", gap.Topic).Int64("missing", gap.Missing).Msg("gap in the stream")
	all := make([]registry.Behind, len(f.sites))
	for i, s := range f.sites {
		all[i] = registry.Behind{Wiki: s.conf.Wiki.Wiki, From: gap.From, To: gap.To, Cause: gap.Cause, Missing: gap.Missing}
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.last = e.Cursor
	place, _ := f.place()
	if err := b.Registry.FallBehind(ctx, all, place); err != nil {
		return err
	}
	f.saved, f.savedAt = place, time.Now()
	for i, s := range f.sites {
		s.queue.missed(all[i])
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
