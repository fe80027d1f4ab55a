// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds when a source is read, and again.

package bot

import (
	"cmp"
	"context"
	"slices"
	"sync"
	"time"

	"github.com/rs/zerolog"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/survey"
)

const (
	// heldAgain is after how long a source is read again whose answer named far
	// fewer items than before, to confirm it.
	heldAgain = 15 * time.Minute
	// retryAtMost bounds the wait after readings that failed.
	retryAtMost = time.Hour
	// idle is how long a reader waits that has nothing to read.
	idle = 24 * time.Hour
)

// reader reads one source, alone: on the source's own schedule, at once when it
// is asked to, and with growing waits while it fails.
type reader struct {
	bot  *Bot
	name string
	wiki string // registry.AllWikis for what is the same for all
	log  zerolog.Logger
	// long is set for a source that asks about each item. What it said holds
	// over a restart and new rules, so it does not begin anew then.
	long bool
	// ready says whether what the source builds upon is known; nil: always.
	ready func() bool
	// told is called after readings, and says whether the source has said
	// something new, and whether there is anything new to plan with: that is also
	// so after the first reading, and when it fails.
	told func(changed, news bool)

	pace *pace
	wake signal
	mu   sync.Mutex
	turn
}

// turn is what a reader does next.
type turn struct {
	source  *survey.Source // nil: the rules do not ask for it
	set     bool           // the source is another one than at the last look
	tried   bool           // it was read, or could not be, since it was set
	asked   bool           // read it at once
	after   time.Time      // not before, unless it is asked for at once
	last    time.Time      // the end of the last reading
	took    time.Duration  // the last reading
	failing int            // failures in a row
	dropped bool           // what it said was dropped
}

func (b *Bot) newReader(name, wiki string, log zerolog.Logger) *reader {
	return &reader{
		bot: b, name: name, wiki: wiki, log: log.With().Str("source", name).Logger(), wake: newSignal(),
		pace: b.paces.add("survey of "+name, wiki, stuckAfter, nil),
	}
}

// use says what is read from now on, nil for nothing: then all that the source
// said is dropped.
func (r *reader) use(source *survey.Source) {
	r.mu.Lock()
	r.turn = turn{source: source, set: true, last: r.last, took: r.took, dropped: source == nil}
	r.mu.Unlock()
	r.wake.wake()
}

// ask has the source read at once.
func (r *reader) ask() {
	r.mu.Lock()
	r.asked = true
	r.mu.Unlock()
	r.wake.wake()
}

// anew has the source read at once, and counts it as not read before.
func (r *reader) anew() {
	r.mu.Lock()
	r.tried, r.after = false, time.Now()
	r.mu.Unlock()
	r.wake.wake()
}

// askSoon has the source read because what it builds upon has changed, but not
// all the time: it rests ten times as long as it works.
func (r *reader) askSoon() {
	r.mu.Lock()
	soon := cmp.Or(r.last, time.Now()).Add(max(r.bot.RetryAfter, 10*r.took))
	if soon.Before(r.after) {
		r.after = soon
	}
	r.mu.Unlock()
	r.wake.wake()
}

// askWithin has the source read again after a time, if not before.
func (r *reader) askWithin(d time.Duration) {
	r.mu.Lock()
	if soon := time.Now().Add(d); soon.Before(r.after) {
		r.after = soon
	}
	r.mu.Unlock()
	r.wake.wake()
}

// hears reports whether the change of one of some pages may matter.
func (r *reader) hears(wiki string, titles ...string) bool {
	r.mu.Lock()
	source := r.source
	r.mu.Unlock()
	return source != nil && source.Triggers != nil &&
		slices.ContainsFunc(titles, func(t string) bool { return t != "" && source.Triggers(wiki, t) })
}

// isUsed reports whether the source is read at all.
func (r *reader) isUsed() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.source != nil
}

// isDropped reports whether all that the source said was dropped, or is about to
// be.
func (r *reader) isDropped() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.dropped
}

// isTried reports whether the source was read or could not be since the start,
// or since the rules in force came into force; also if it is not used.
func (r *reader) isTried() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.source == nil || r.tried
}

// run reads until ctx ends. The error is one of our own.
func (r *reader) run(ctx context.Context) error {
	if r.wiki == registry.AllWikis && !r.bot.leads() {
		return r.follow(ctx)
	}
	for {
		var err error
		switch source, wait, set := r.next(); {
		case set:
			err = r.begin(ctx, source)
		case wait > 0:
			err = r.wake.wait(ctx, wait)
		default:
			r.pace.forward()
			err = r.read(ctx, source)
			r.pace.rest()
		}
		if ctx.Err() != nil {
			return ctx.Err() // whatever that looks like in the middle of a reading
		}
		if err != nil {
			return err
		}
	}
}

// next says what to do: begin with another source, wait, or read.
func (r *reader) next() (source *survey.Source, wait time.Duration, set bool) {
	ready := r.ready == nil || r.ready()
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case r.set:
		r.set = false
		return r.source, 0, true
	case r.source == nil, !ready:
		return nil, idle, false
	}
	next := r.after
	if again := r.last.Add(r.took); r.asked && again.Before(next) {
		next = again // it rests as long as it works, however often its pages change
	}
	if wait := time.Until(next); wait > 0 {
		return nil, wait, false
	}
	r.asked = false
	return r.source, 0, false
}

// begin drops what a source said that is not used any more, or sees how long
// the last reading of a long one holds.
func (r *reader) begin(ctx context.Context, source *survey.Source) error {
	if source == nil {
		changed, err := r.bot.Registry.DropSource(ctx, r.name, r.wiki)
		if err != nil {
			return err
		}
		r.bot.metrics.dropped(r.wiki, r.name)
		r.told(changed, changed)
		return r.bot.Registry.SetNote(ctx, r.wiki, noteNext+r.name, "")
	}
	state, err := r.state(ctx)
	if err != nil {
		return err
	}
	r.bot.metrics.scheduled(r.wiki, r.name, r.every(source), state.Read)
	if !r.long || state.Read.IsZero() || !state.Failed.IsZero() || !state.Held.IsZero() || state.Checkpoint != "" {
		return nil
	}
	r.mu.Lock()
	r.tried = true
	r.after = time.Now().Add(r.every(source) - r.bot.now().Sub(state.Read))
	r.mu.Unlock()
	return nil
}

// state is how the source was doing at its last reading.
func (r *reader) state(ctx context.Context) (registry.SurveyState, error) {
	states, err := r.bot.Registry.Surveys(ctx, r.wiki)
	for _, s := range states {
		if s.Source == r.name && s.Wiki == r.wiki {
			return s, err
		}
	}
	return registry.SurveyState{Source: r.name, Wiki: r.wiki}, err
}

// every is how long a good reading holds.
func (r *reader) every(source *survey.Source) time.Duration {
	if r.bot.SurveyEvery > 0 {
		return r.bot.SurveyEvery
	}
	return max(source.Every, time.Second)
}

// read reads the source once, and says when it is next. The error is one of our
// own.
func (r *reader) read(ctx context.Context, source *survey.Source) error {
	began := time.Now()
	outcome, err := r.readInto(ctx, source)
	if err != nil {
		return err
	}
	r.mu.Lock()
	r.last, r.took = time.Now(), time.Since(began)
	wait := r.every(source)
	switch outcome {
	case readFailed:
		wait = min(wait, retryAtMost, r.bot.RetryAfter<<min(r.failing, 10))
		r.failing++
	case readHeld:
		wait = min(wait, heldAgain)
		r.failing = 0
	default:
		r.failing = 0
	}
	if !r.set { // another one that was set meanwhile is read at once
		r.after = r.last.Add(wait)
	}
	news := outcome != readUnchanged || !r.tried
	r.tried = !r.set // while it was read, another one may have been set
	r.mu.Unlock()
	r.bot.metrics.surveyed(r.wiki, r.name, outcome, r.bot.now())
	if err := r.bot.Registry.SetNote(ctx, r.wiki, noteNext+r.name, r.bot.now().Add(wait).Format(time.RFC3339)); err != nil {
		return err
	}
	r.told(outcome == readChanged, news)
	return nil
}
