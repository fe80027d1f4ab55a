// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds polling: events of a wiki that has no stream, by asking for
// its recent changes again and again.

package events

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"sync"
	"time"

	"github.com/rs/zerolog"
)

const (
	// DefaultInterval is how often a quiet wiki is asked.
	DefaultInterval = 30 * time.Second
	// DefaultLate is as long as MediaWiki lets a request run that saves an edit.
	DefaultLate = time.Minute

	// busyInterval is how often a busy wiki is asked.
	busyInterval = 5 * time.Second
	// slowest is how seldom a wiki is asked that does not answer.
	slowest = 15 * time.Minute
	// quiet is how many times Late the newest change may be old before the place
	// moves on without one. Until then a wiki whose database lags loses nothing.
	quiet = 10
	// aged is for how long recent changes are trusted to be whole.
	aged = 24 * time.Hour
	// maxSeen bounds how many ids a cursor carries.
	maxSeen = 4096
)

// PollConfig is what a Poller is told once.
type PollConfig struct {
	API API
	// Wiki is the database name, Domain the server name that events carry.
	Wiki, Domain string
	// Interval is how often the wiki is asked while nothing happens;
	// DefaultInterval if 0. It is asked up to every 5 s while something does.
	Interval time.Duration
	// Late is how long after its time a change may appear in the list, or after
	// changes that are newer; DefaultLate if 0. Every question reaches back so
	// far.
	Late time.Duration
	// Want says which events are yielded, as Config.Want does.
	Want func(wiki []byte, namespace int) bool
	Log  zerolog.Logger
}

// Poller reads the events of one wiki from its API. It needs no stream, but
// tells of a change only some seconds after it.
type Poller struct {
	cfg   PollConfig
	retry retry
	log   zerolog.Logger

	mu    sync.Mutex
	state State
}

// NewPoller makes a Poller. It asks only when Events is ranged over.
func NewPoller(cfg PollConfig) *Poller {
	if cfg.Interval <= 0 {
		cfg.Interval = DefaultInterval
	}
	if cfg.Late <= 0 {
		cfg.Late = DefaultLate
	}
	return &Poller{
		cfg:   cfg,
		retry: retry{first: cfg.Interval, most: max(slowest, cfg.Interval)},
		log:   cfg.Log.Sample(&zerolog.BurstSampler{Burst: 5, Period: time.Minute}),
	}
}

// StreamSet is what a Cursor of this source carries in Cursor.Streams.
func (p *Poller) StreamSet() string { return "poll:" + p.cfg.Wiki }

// State reports how asking goes. It may be called at any time.
func (p *Poller) State() State {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.state
}

func (p *Poller) setState(err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	up := err == nil
	if p.state.Since.IsZero() || p.state.Connected != up {
		p.state.Since = time.Now()
	}
	p.state.Connected = up
	if up {
		p.state.LastEvent = time.Now()
	} else {
		p.state.LastError, p.state.Cause = err.Error(), "poll"
	}
}

// Events asks for what happened since the cursor, and then again and again,
// until ctx ends or the loop over it is left. A zero cursor starts live; one
// without Seen yields what it finds at its time and in the time Late before
// it. Events come in the order of their times, but for those that the wiki has
// listed late. After each answer comes an event of kind Progress, or a Canary
// when nothing has changed.
//
// Within one range no event is yielded twice, nor in a later one that starts
// from a cursor of this one.
//
// An error is that of one question. Who ranges on has it asked again, after a
// wait that doubles each time.
func (p *Poller) Events(ctx context.Context, from Cursor) iter.Seq2[Event, error] {
	return func(yield func(Event, error) bool) {
		r := p.resume(from)
		pace, wait, failures := p.cfg.Interval, time.Duration(0), 0
		for sleep(ctx, wait) {
			fresh, err := r.ask(ctx, yield)
			if err == errStopped || ctx.Err() != nil {
				return
			}
			p.setState(err)
			if err != nil {
				failures++
				wait = p.retry.delay(failures, 0)
				if !yield(Event{}, err) {
					return
				}
				continue
			}
			failures = 0
			if fresh {
				pace = max(pace/2, min(busyInterval, p.cfg.Interval))
			} else {
				pace = min(2*pace, p.cfg.Interval)
			}
			wait = pace
		}
	}
}

// polling is one range over a Poller.
type polling struct {
	*Poller
	// at is the newest time seen, start that of a live start.
	at, start time.Time
	// seen are the events handed over that may be listed again: ids and times in
	// the order in which they came.
	seen  map[string]bool
	ids   []string
	times []time.Time
}

func (p *Poller) resume(from Cursor) *polling {
	r := &polling{Poller: p, at: from.Time, seen: map[string]bool{}}
	for _, id := range from.Seen {
		r.remember(id, from.Time)
	}
	return r
}

// ask asks once, whatever number of answers that takes, and hands over what is
// new. It reports whether there was anything.
func (r *polling) ask(ctx context.Context, yield func(Event, error) bool) (fresh bool, err error) {
	if r.at.IsZero() {
		if r.at, err = r.clock(ctx); err != nil {
			return false, err
		}
		r.start = r.at
	}
	since := r.at.Add(-r.cfg.Late)
	lists := []*list{changesList(r.cfg.API, since, time.Time{})}
	if time.Since(since) > aged {
		lists = append(lists, logList(r.cfg.API, "delete", since, time.Time{}), logList(r.cfg.API, "move", since, time.Time{}))
	}
	stored := r.at // the time that the last cursor handed over has
	for e, err := range merge(ctx, r.cfg.Wiki, r.cfg.Domain, lists...) {
		switch {
		case errors.Is(err, ErrUnknown):
			r.log.Warn().Err(err).Msg("event dropped")
			continue
		case err != nil:
			return fresh, err
		case r.seen[e.ID] || e.Time.Before(r.start):
			continue
		}
		// A time in the future would leave out what really happens until then.
		if e.Time.After(r.at) && !e.Time.After(time.Now().Add(r.cfg.Late)) {
			r.at, fresh = e.Time, true
		}
		if r.cfg.Want != nil && !r.cfg.Want([]byte(e.Wiki), e.Namespace) {
			continue
		}
		r.remember(e.ID, e.Time)
		e.Cursor, stored, fresh = r.cursor(), r.at, true
		if !yield(e, nil) {
			return fresh, errStopped
		}
	}
	if err := ctx.Err(); err != nil {
		return fresh, err
	}
	if calm := lists[0].clock.Add(-quiet * r.cfg.Late); calm.Sub(r.at) > quiet*r.cfg.Late {
		r.at = calm // or else the last busy minute is read again and again
	}
	alive := Event{Kind: Canary, Stream: "recentchanges", Wiki: r.cfg.Wiki, Domain: r.cfg.Domain, Time: r.at, Cursor: r.cursor()}
	if r.at.After(stored) {
		alive.Kind = Progress
	}
	if !yield(alive, nil) {
		return fresh, errStopped
	}
	return fresh, nil
}

// clock asks the wiki what time it is.
func (r *polling) clock(ctx context.Context) (time.Time, error) {
	var answer struct {
		Time timestamp `json:"curtimestamp"`
	}
	if err := r.cfg.API.Get(ctx, map[string]string{"action": "query", "curtimestamp": "1"}, &answer); err != nil {
		return time.Time{}, fmt.Errorf("ask %s for the time: %w", r.cfg.Wiki, err)
	}
	now := answer.Time.seconds()
	if now.IsZero() {
		return time.Time{}, fmt.Errorf("ask %s for the time: the answer has none", r.cfg.Wiki)
	}
	return now, nil
}

// remember notes an event that is handed over, and forgets those that are not
// listed any more.
func (r *polling) remember(id string, at time.Time) {
	r.seen[id] = true
	r.ids, r.times = append(r.ids, id), append(r.times, at)
	for oldest := r.at.Add(-2 * r.cfg.Late); r.times[0].Before(oldest) && len(r.ids) > 1; {
		delete(r.seen, r.ids[0])
		r.ids, r.times = r.ids[1:], r.times[1:]
	}
}

// cursor is the place after what was handed over. Its list of ids is part of
// ours, which is only ever added to.
func (r *polling) cursor() Cursor {
	n := len(r.ids)
	return Cursor{Streams: r.StreamSet(), Time: r.at, Seen: r.ids[max(0, n-maxSeen):n:n]}
}
