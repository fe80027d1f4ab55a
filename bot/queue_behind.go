// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds how a wiki is caught up with: what the stream could not
// deliver, or the wiki did not keep up with, is looked up in its own lists.

package bot

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/events"
)

const (
	// lookedUpAtOnce is how many changes are handled together.
	lookedUpAtOnce = 250
	// lookUpsAtOnce is how many wikis are looked up side by side, as far as that
	// lets none wait for longer than turnAtMost.
	lookUpsAtOnce = 8
	turnAtMost    = time.Minute
	// nearly is how long the last look took where so little is missing that it
	// can be looked up beside what comes.
	nearly = 30 * time.Second
	// reachEvery is how often it is noted how far the wiki was caught up with.
	reachEvery = 10 * time.Second
)

// catchUp looks a time up on the wiki, again and again until that has worked.
// What had been delivered is handled again, which changes nothing. Where the
// time has no end, it lasts until the events of the stream are in the queue again
// and the wiki's lists show nothing from before.
func (q *queue) catchUp(ctx context.Context, b registry.Behind) error {
	s := q.site
	if err := newSignal().wait(ctx, min(time.Until(b.To), 0)+s.bot.ListedWithin); err != nil {
		return err
	}
	if b.Cause == causeRecalled {
		if err := q.untilSurveyed(ctx); err != nil {
			return err
		}
	}
	noted := false
	for wait := time.Second; ; wait = min(2*wait, time.Minute) {
		q.pace.forward()
		heard := b.To.IsZero() && q.hears()
		done, err := s.bot.turn(ctx)
		if err != nil {
			return err
		}
		began := time.Now()
		listed, err := q.lookUp(ctx, &b)
		done()
		switch {
		case err != nil:
			return err
		case listed == nil && (!b.To.IsZero() || heard && q.hears()):
			if noted {
				if err := s.reg.SetNote(ctx, s.conf.Wiki.Wiki, noteGap, ""); err != nil {
					return err
				}
			}
			return q.caughtUp(ctx, b)
		case listed == nil:
			if time.Since(began) < nearly {
				q.hear()
			}
			wait = time.Second
			if err := newSignal().wait(ctx, s.bot.ListedWithin); err != nil {
				return err
			}
			continue
		}
		if err := s.unlisted(ctx, listed); err != nil {
			return err
		}
		if !noted {
			noted = true
			if err := s.reg.SetNote(ctx, s.conf.Wiki.Wiki, noteGap, behindText(b)); err != nil {
				return err
			}
			s.plan.wake()
		}
		if err := newSignal().wait(ctx, wait); err != nil {
			return err
		}
	}
}

// turn waits until few enough other wikis are being looked up; done ends that.
func (b *Bot) turn(ctx context.Context) (done func(), err error) {
	timer := time.NewTimer(turnAtMost)
	defer timer.Stop()
	select {
	case b.lookUps <- struct{}{}:
		return func() { <-b.lookUps }, nil
	case <-timer.C: // those before may be looking up wikis that do not answer
		return func() {}, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// behindText says for the report page that a wiki cannot be caught up with.
func behindText(b registry.Behind) string {
	from := b.From.UTC().Format(time.DateTime)
	if b.To.IsZero() {
		return fmt.Sprintf("The wiki has not answered for changes since %s, and the list of recent changes cannot be read to make up for it. The bot goes on trying.", from)
	}
	return fmt.Sprintf("The event stream has left out changes from %s to %s, and the list of recent changes cannot be read to make up for it. The bot goes on trying.",
		from, b.To.UTC().Format(time.DateTime))
}

// missed adds a time to look up, after what is waiting already. The caller has
// the lock.
func (q *queue) missed(b registry.Behind) {
	if q.deaf {
		q.lookUpFirst(b)
	} else {
		q.waiting = append(q.waiting, &entry{gap: &b, done: true})
	}
	q.bell.wake()
}

// isOpen reports whether the last time to look up has no end yet.
func (q *queue) isOpen() bool {
	n := len(q.behind)
	return n > 0 && q.behind[n-1].To.IsZero()
}

// lookUpFirst adds a time to look up before the one without an end.
func (q *queue) lookUpFirst(b registry.Behind) {
	at := len(q.behind)
	if q.isOpen() {
		at--
	}
	q.behind = slices.Insert(q.behind, at, b)
}

// hears reports whether events come into the queue.
func (q *queue) hears() bool {
	q.feed.mu.Lock()
	defer q.feed.mu.Unlock()
	return !q.deaf
}

// hear lets events come into the queue again.
func (q *queue) hear() {
	q.feed.mu.Lock()
	defer q.feed.mu.Unlock()
	q.deaf = false
}

// caughtUp notes that a time was looked up.
func (q *queue) caughtUp(ctx context.Context, b registry.Behind) error {
	s, at := q.site, q.site.now()
	q.feed.mu.Lock()
	defer q.feed.mu.Unlock()
	if b.To.IsZero() && q.deaf {
		return nil // it has fallen behind again
	}
	if err := s.reg.CaughtUp(ctx, b, at); err != nil {
		return err
	}
	q.behind = slices.DeleteFunc(q.behind, func(o registry.Behind) bool { return o.From.Equal(b.From) && o.To.Equal(b.To) })
	s.log.Info().Time("from", b.From).Time("to", b.To).Str("cause", b.Cause).Int64("found", b.Found).Msg("gap filled")
	s.metrics.gaps.WithLabelValues(b.Wiki, b.Cause).Inc()
	s.metrics.found.WithLabelValues(b.Wiki).Add(float64(b.Found))
	if !b.To.IsZero() {
		s.bot.gaps.add(registry.Gap{Wiki: b.Wiki, From: b.From, To: b.To, Cause: b.Cause, Missing: b.Missing, Found: b.Found, Filled: at})
	}
	if b.Cause == causeRecalled {
		s.recallDone()
	}
	s.plan.wake()
	return nil
}

// lookUp looks up what there is from where b was reached. The error listed is the
// wiki's, err our own.
func (q *queue) lookUp(ctx context.Context, b *registry.Behind) (listed, err error) {
	s := q.site
	from, reached, noted := b.From, b.Reached, time.Now()
	if again := reached.Add(-events.DefaultLate); again.After(from) {
		from = again // a change may be listed late
	}
	var some []*entry
	handle := func() error {
		q.pace.forward()
		err := s.handle(ctx, some, func(_ []*entry, batches []registry.Batch) (bool, error) {
			if len(batches) == 0 {
				return false, nil
			}
			return s.reg.Record(ctx, batches...)
		})
		if err != nil {
			return err
		}
		b.Reached, some = reached, nil
		if time.Since(noted) < reachEvery {
			return nil
		}
		noted = time.Now()
		return s.reg.Reach(ctx, *b)
	}
	for e, err := range events.RecentChanges(ctx, s.client, s.conf.Wiki.Wiki, s.domain(), from, b.To) {
		switch {
		case errors.Is(err, events.ErrUnknown):
			s.log.Warn().Err(err).Msg("a change of the gap cannot be read")
			continue
		case err != nil:
			if ctx.Err() != nil {
				return nil, ctx.Err()
			}
			if err := handle(); err != nil {
				return nil, err
			}
			return err, nil
		}
		b.Found++
		if e.Time.After(reached) {
			reached = e.Time
		}
		s.bot.trigger(e)
		s.trigger(e)
		if !s.wanted(e) {
			continue
		}
		some = append(some, &entry{Event: e, wants: s.wants(e)})
		if _, _, full := q.portion(some, s.batchSize(ctx)-1); full || len(some) >= lookedUpAtOnce {
			if err := handle(); err != nil {
				return nil, err
			}
		}
	}
	if err := handle(); err != nil {
		return nil, err
	}
	return nil, s.reg.Reach(ctx, *b)
}
