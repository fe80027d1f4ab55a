// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the queue of one wiki: the events of its feed that lead to
// something, in order, until they are handled. A wiki that does not answer keeps
// only its own events waiting. When they are too many, or wait too long, they
// are dropped, and the wiki is caught up with from its own lists later.

package bot

import (
	"context"
	"slices"
	"time"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/events"
)

const (
	// linger is how long edits wait at most for others to be asked about with
	// them, and lingerIdle how long the first one waits after a pause.
	linger     = time.Second
	lingerIdle = 50 * time.Millisecond
	// waitAtMost is how long an event of a stream waits for its wiki; after that
	// it holds up the stored position no longer.
	waitAtMost = 5 * time.Minute
	// waitingInAll bounds the events that wait in the queues of one feed, as far
	// as that leaves each at least waitingLeast; none has over waitingMost.
	waitingInAll, waitingLeast, waitingMost = 20_000, 100, 2_000
	// causeSlow is why a wiki is behind that did not keep up with the stream.
	causeSlow = "slow"
)

// entry is an event that waits, or is being handled, or in its place a time to
// look up.
type entry struct {
	gap *registry.Behind
	events.Event
	wants wants
	came  time.Time
	// before is the position before it.
	before events.Cursor
	done   bool
}

// queue is the events of one wiki that wait, and the times that have to be
// looked up before them. The lock of the feed guards it.
type queue struct {
	site *site
	feed *feed
	room int

	waiting []*entry
	hand    []*entry // those being handled
	release func()   // gives up on those
	behind  []registry.Behind
	// deaf leaves out events, as the last of behind has no end yet.
	deaf bool
	// asked is when texts were last asked for.
	asked time.Time
	pace  *pace
	bell  signal // something came
	space signal // something left
}

func newQueue(f *feed, s *site) *queue {
	room := min(max(waitingInAll/max(len(f.sites), 1), waitingLeast), waitingMost)
	pace := s.bot.paces.add("queue", s.conf.Wiki.Wiki, stuckAfter, s.excuse)
	return &queue{feed: f, site: s, room: room, pace: pace, bell: newSignal(), space: newSignal()}
}

// put adds an event. It waits where a wiki is polled and the queue is full, since
// that wiki alone has to; in a stream the wiki falls behind instead.
func (q *queue) put(ctx context.Context, e events.Event) error {
	q.feed.mu.Lock()
	defer q.feed.mu.Unlock()
	for q.feed.polled() && len(q.waiting)+len(q.hand) >= q.room {
		q.feed.mu.Unlock()
		err := q.space.wait(ctx, time.Minute)
		q.feed.mu.Lock()
		if err != nil {
			return err
		}
	}
	if q.deaf {
		q.feed.last = e.Cursor
		q.site.metrics.skipped.WithLabelValues("behind").Inc()
		return nil
	}
	new := &entry{Event: e, wants: q.site.wants(e), came: time.Now(), before: q.feed.last}
	q.waiting = append(q.waiting, new)
	q.feed.order = append(q.feed.order, new)
	q.feed.last = e.Cursor
	q.bell.wake()
	if len(q.waiting)+len(q.hand) >= q.room && !q.feed.polled() {
		return q.fallBehind(ctx)
	}
	return nil
}

// late reports whether something has waited for too long.
func (q *queue) late(now time.Time) bool {
	return q.wait(now) > q.feed.waitAtMost
}

// fallBehind drops all that waits and notes from when on the wiki has to be
// looked up. The caller has the lock.
func (q *queue) fallBehind(ctx context.Context) error {
	open := registry.Behind{Wiki: q.site.conf.Wiki.Wiki, Cause: causeSlow, Missing: -1}
	n := 0
	for _, e := range append(q.hand[:len(q.hand):len(q.hand)], q.waiting...) {
		if e.gap != nil {
			q.lookUpFirst(*e.gap)
			continue
		}
		e.done = true
		if n++; n == 1 || e.Time.Before(open.From) {
			open.From = e.Time
		}
	}
	if n == 0 {
		open.From = q.feed.last.Time
	}
	// The stream may bring later what happened a little earlier.
	if open.From = open.From.Add(-events.DefaultLate); open.From.Before(q.feed.begin) {
		open.From = q.feed.begin
	}
	place, _ := q.feed.place()
	if !q.isOpen() { // else that includes it
		q.behind = append(q.behind, open)
	}
	if err := q.site.reg.FallBehind(ctx, q.behind, place); err != nil {
		return err
	}
	q.feed.saved, q.feed.savedAt = place, time.Now()
	q.waiting, q.hand, q.deaf = nil, nil, true
	if q.release != nil {
		q.release()
	}
	q.bell.wake()
	q.site.log.Warn().Time("since", open.From).Int("events", n).Msg("the wiki does not keep up; it is caught up with later")
	return nil
}

// run handles what comes until ctx ends.
func (q *queue) run(ctx context.Context) error {
	stored, err := q.site.reg.Behind(ctx, q.site.conf.Wiki.Wiki)
	if err != nil {
		return err
	}
	q.feed.mu.Lock()
	q.behind = append(stored, slices.DeleteFunc(q.behind, func(b registry.Behind) bool {
		return slices.ContainsFunc(stored, func(o registry.Behind) bool { return o.From.Equal(b.From) && o.To.Equal(b.To) })
	})...)
	q.feed.mu.Unlock()
	for {
		q.pace.rest()
		hand, behind, err := q.next(ctx)
		q.pace.forward()
		switch {
		case err != nil:
			return err
		case behind != nil:
			err = q.catchUp(ctx, *behind)
		default:
			err = q.take(ctx, hand)
		}
		if err != nil {
			return err
		}
	}
}

// next waits for something to do: a time to look up, or events, as many as one
// request for texts is enough for.
func (q *queue) next(ctx context.Context) ([]*entry, *registry.Behind, error) {
	for {
		hand, behind, wait := q.look(q.limit(ctx))
		if hand != nil || behind != nil {
			return hand, behind, nil
		}
		if err := q.bell.wait(ctx, wait); err != nil {
			return nil, nil, err
		}
	}
}

// limit is how many texts may be asked for at once. The wiki has to be asked
// about that only where it matters.
func (q *queue) limit(ctx context.Context) int {
	q.feed.mu.Lock()
	few := len(q.waiting) < textsLeast/2
	q.feed.mu.Unlock()
	if few {
		return textsLeast
	}
	return q.site.batchSize(ctx)
}

// look returns what there is to do, or how long to wait until there may be
// something.
func (q *queue) look(limit int) (hand []*entry, first *registry.Behind, wait time.Duration) {
	q.feed.mu.Lock()
	defer q.feed.mu.Unlock()
	if len(q.behind) == 0 && len(q.waiting) > 0 && q.waiting[0].gap != nil {
		q.behind, q.waiting = []registry.Behind{*q.waiting[0].gap}, q.waiting[1:]
	}
	if len(q.behind) > 0 {
		b := q.behind[0]
		return nil, &b, 0
	}
	n, ids, full := q.portion(q.waiting, limit)
	if n == 0 {
		return nil, nil, time.Minute
	}
	if ids > 0 && !full {
		since := q.waiting[0].came
		until := since.Add(lingerIdle)
		if since.After(q.asked) {
			since = q.asked
		}
		if paced := since.Add(linger); paced.After(until) {
			until = paced
		}
		if wait := time.Until(until); wait > 0 {
			return nil, nil, wait
		}
	}
	if ids > 0 {
		q.asked = time.Now()
	}
	q.hand, q.waiting = q.waiting[:n:n], q.waiting[n:]
	return q.hand, nil, 0
}

// portion returns how many of the entries need no more than limit texts, how
// many texts that are, and whether there is nothing to wait for.
func (q *queue) portion(all []*entry, limit int) (n, texts int, full bool) {
	ids := map[int64]bool{}
	for n, e := range all {
		if e.gap != nil {
			return n, len(ids), true
		}
		for _, id := range q.site.needs(e) {
			ids[id] = true
		}
		if len(ids) > limit && n > 0 {
			return n, limit, true
		}
	}
	return len(all), len(ids), len(ids) >= limit
}

// take handles events and puts down what they led to.
func (q *queue) take(ctx context.Context, hand []*entry) error {
	within, release := context.WithCancel(ctx)
	defer release()
	q.feed.mu.Lock()
	given := len(q.hand) == 0 // up, by fallBehind
	q.release = release
	q.feed.mu.Unlock()
	if given {
		return nil
	}
	err := q.site.handle(within, hand, func(done []*entry, batches []registry.Batch) (bool, error) {
		return q.feed.record(ctx, q.site.reg, done, batches)
	})
	q.feed.mu.Lock()
	defer q.feed.mu.Unlock()
	q.release, q.hand = nil, nil
	q.space.wake()
	if within.Err() != nil && ctx.Err() == nil {
		return nil // given up: what is missing is looked up later
	}
	return err
}
