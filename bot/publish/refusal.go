// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds what happens when the wiki says no: to one page, or to the
// account.

package publish

import (
	"context"
	"errors"
	"time"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/plan"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/wiki"
)

const (
	// restFor is how long a page that the wiki has refused is left alone, unless
	// somebody edits it or the rules.
	restFor = 24 * time.Hour
	// haltFor is how long nothing is written on a wiki that does not let the
	// account write, before the gate asks again.
	haltFor = 10 * time.Minute
	// filtered is how many refusals by filters in a row look like a fault of the
	// bot and not of a page.
	filtered = 5
)

// noError is the class of errors that are not the wiki's.
const noError wiki.Class = -1

func classOf(err error) wiki.Class {
	if e, ok := errors.AsType[*wiki.Error](err); ok {
		return e.Class
	}
	return noError
}

// refusal turns an error of the wiki into an outcome. One that says that the
// wiki does not know the account comes back.
func (p *Publisher) refusal(ctx context.Context, page plan.Page, err error) (Outcome, error) {
	if ctx.Err() != nil {
		return Outcome{}, ctx.Err()
	}
	e, _ := errors.AsType[*wiki.Error](err)
	switch e.Class {
	case wiki.Identity:
		return Outcome{}, err
	case wiki.Halt:
		return *p.halt(e), nil
	case wiki.Transient:
		wait := refuse(StepEdit, Waits, "%s", e.Error())
		wait.Again = p.Now().Add(e.RetryAfter)
		return *wait, nil
	}
	if e.Class == wiki.Refused && e.Action == "edit" {
		if p.filters++; p.filters >= filtered && isFilter(e.Code) {
			e.Info = "filters have refused one edit after the other: " + e.Info
			return *p.halt(e), nil
		}
	}
	return *p.rest(page, refuse(StepEdit, Refused, "%s", e.Error())), nil
}

// isFilter reports codes of filters that look at what an edit adds.
func isFilter(code string) bool {
	return code == "abusefilter-disallowed" || code == "abusefilter-warning" || code == "spamblacklist"
}

// rest leaves a page alone for a day.
func (p *Publisher) rest(page plan.Page, no *Outcome) *Outcome {
	no.Again = p.Now().Add(restFor)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.resting[page.Name()] = resting{title: page.Title, until: no.Again, outcome: *no, wanted: fingerprint(page)}
	return no
}

// resting is a page that the wiki has refused.
type resting struct {
	title   string
	until   time.Time
	outcome Outcome
	wanted  string // what was planned: other words may please the wiki
}

// halt ends all writing on the wiki for a while.
func (p *Publisher) halt(why *wiki.Error) *Outcome {
	p.halted = &Outcome{Result: Halted, Step: StepAccount, Reason: "the wiki does not let the bot's account write: " + why.Error(), Again: p.Now().Add(haltFor)}
	p.Log.Error().Str("code", why.Code).Str("reason", why.Info).Dur("next_try", haltFor).Msg("all writes on this wiki stop")
	return p.halted
}

// halting keeps everything back on a wiki that does not let the account write.
// After a while the next edit tries again: the reading of its page tells of a
// block, and the wiki of a lost flag, before anything is changed.
func (p *Publisher) halting(_ context.Context, a *attempt) (*Outcome, error) {
	if p.halted != nil && p.Now().Before(p.halted.Again) {
		return p.halted, nil
	}
	p.halted = nil
	p.mu.Lock()
	defer p.mu.Unlock()
	if r, ok := p.resting[a.page.Name()]; ok {
		if p.Now().Before(r.until) && r.wanted == fingerprint(a.page) {
			return &r.outcome, nil
		}
		delete(p.resting, a.page.Name())
	}
	return nil, nil
}
