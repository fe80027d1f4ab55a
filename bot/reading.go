// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds one reading of a source, and what becomes of what it says.

package bot

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/survey"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/wiki"
)

// errSilent ends a reading that gets no answer.
var errSilent = errors.New("it does not answer")

// ownError is an error of the registry in the middle of a reading: it says
// nothing about the source.
type ownError struct{ error }

func (e ownError) Unwrap() error { return e.error }

// The outcomes of a reading, which label a metric.
const (
	readChanged   = "changed"
	readUnchanged = "unchanged"
	readHeld      = "held"
	readFailed    = "failed"
)

// readInto reads the source into the registry. A source that cannot be read
// changes nothing but its own state; the error is one of our own.
func (r *reader) readInto(ctx context.Context, source *survey.Source) (outcome string, err error) {
	state, err := r.state(ctx)
	if err != nil {
		return "", err
	}
	at := r.bot.now()
	found, kept, err := r.answer(ctx, source, at, state)
	var own ownError
	switch {
	case errors.As(err, &own):
		return "", own.error
	case errors.Is(err, survey.ErrUnchanged):
		return kept, r.bot.Registry.SurveyRead(ctx, r.name, r.wiki, at)
	case err != nil:
		return readFailed, r.failed(ctx, err)
	}
	found.Source, found.Wiki = r.name, r.wiki
	// What is held can be confirmed only by a later answer.
	again := !state.Held.IsZero() && at.Sub(state.Held) < min(survey.ConfirmAfter, r.every(source)/4)
	if again {
		found.At = state.Held
	}
	changed, err := r.bot.Registry.SaveSurvey(ctx, found)
	if again && err == nil {
		err = r.bot.Registry.SurveyRead(ctx, r.name, r.wiki, at)
	}
	switch {
	case errors.Is(err, registry.ErrHeld):
		r.log.Warn().Err(err).Msg("source names far less than before; what it said stays in force until a second reading agrees")
		_, named, _ := strings.Cut(err.Error(), registry.ErrHeld.Error()+": ")
		return readHeld, r.bot.Registry.SetNote(ctx, r.wiki, noteHeld+r.name, named)
	case err != nil:
		return "", err
	case changed:
		r.log.Info().Msg("survey brought something new")
		return readChanged, nil
	}
	return kept, nil
}

// answer has the source answer once. What it keeps in between is stored as it
// comes; kept says whether that was new.
func (r *reader) answer(ctx context.Context, source *survey.Source, at time.Time, state registry.SurveyState) (found registry.Survey, kept string, err error) {
	kept = readUnchanged
	watch := newVigil(ctx, r.bot.SurveyPatience)
	meter := newMeter(r)
	var failed error // of our own, whatever the source makes of it
	found, err = source.Read(watch.ctx, survey.Reading{
		At:   at,
		Last: state,
		Known: func(ctx context.Context) ([]registry.Entry, error) {
			view, err := r.bot.Registry.View(ctx, registry.Query{Wiki: r.wiki, Since: at, Now: at})
			if err != nil && ctx.Err() == nil {
				failed = err
			}
			return view.Entries, err
		},
		Accounts: func(ctx context.Context) (map[string]registry.Account, error) {
			view, err := r.bot.Registry.View(ctx, registry.Query{Wiki: r.wiki, Since: at, Now: at, Uncounted: true})
			if err != nil && ctx.Err() == nil {
				failed = err
			}
			return view.Accounts, err
		},
		Keep: func(ctx context.Context, part registry.Survey) error {
			watch.alive()
			r.pace.forward()
			part.Source, part.Wiki, part.Part = r.name, r.wiki, true
			changed, err := r.bot.Registry.SaveSurvey(ctx, part)
			if err != nil && ctx.Err() == nil {
				failed = err
			}
			if changed {
				kept = readChanged
			}
			return err
		},
		Progress: func(done, whole int) {
			watch.alive()
			r.pace.forward()
			meter.set(ctx, done, whole)
		},
	})
	if watch.end() && err != nil && ctx.Err() == nil {
		err = fmt.Errorf("%w for %s", errSilent, r.bot.SurveyPatience)
	}
	if noted := meter.end(ctx); failed == nil {
		failed = noted
	}
	if failed != nil && ctx.Err() == nil {
		err = ownError{failed}
	}
	return found, kept, err
}

// failed notes that the source could not be read.
func (r *reader) failed(ctx context.Context, reason error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if _, served := r.bot.sites[r.wiki]; served && wiki.ClassOf(reason) == wiki.Identity {
		return &RefusedError{Who: r.wiki, Err: reason}
	}
	r.log.Warn().Err(reason).Msg("source cannot be read; what it said before stays in force")
	return r.bot.Registry.SurveyFailed(ctx, r.name, r.wiki, r.bot.now(), reason.Error())
}

// vigil ends a reading that has not been heard of for a time.
type vigil struct {
	ctx      context.Context
	cancel   context.CancelCauseFunc
	timer    *time.Timer
	patience time.Duration
}

func newVigil(ctx context.Context, patience time.Duration) *vigil {
	ctx, cancel := context.WithCancelCause(ctx)
	return &vigil{ctx: ctx, cancel: cancel, patience: patience, timer: time.AfterFunc(patience, func() { cancel(errSilent) })}
}

// alive says that the reading goes on.
func (v *vigil) alive() { v.timer.Reset(v.patience) }

// end reports whether the time was up.
func (v *vigil) end() bool {
	v.timer.Stop()
	defer v.cancel(nil)
	return context.Cause(v.ctx) == errSilent
}
