// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds what happens when the wiki says no: to one page, or to the
// account.

package publish

import (
	"context"
	"errors"
	"strings"
	"time"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/plan"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/wiki"
)

const (
	// restFor is how long a page that the wiki has refused is left alone, unless
	// somebody edits it or the rules.
	restFor = 24 * time.Hour
	// strangeFor is how long a page is left alone after an answer that says
	// neither yes nor no.
	strangeFor = 10 * time.Minute
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
	step := StepEdit
	if e.Action != "edit" {
		step = StepPage // it could not be read
	}
	switch e.Class {
	case wiki.Identity:
		return Outcome{}, err
	case wiki.Halt:
		return *p.halt(e), nil
	case wiki.Transient:
		wait := refuse(step, Waits, "%s", waitsWords(e, page.Title))
		wait.Again = p.Now().Add(e.RetryAfter)
		return *wait, nil
	case wiki.Refused:
		if isFilter(e.Code) {
			if p.filters++; p.filters >= filtered {
				return *p.halt(e), nil
			}
		}
		return *p.rest(page, refuse(step, Refused, "%s", refusedWords(e, page.Title)), restFor), nil
	}
	return *p.rest(page, refuse(step, Waits, "%s", strangeWords(e, page.Title)), strangeFor), nil
}

// isFilter reports codes of filters that look at what an edit adds.
func isFilter(code string) bool {
	return strings.HasPrefix(code, "abusefilter-") || code == "spamblacklist" || code == "spamdetected"
}

// rest leaves a page alone for a time.
func (p *Publisher) rest(page plan.Page, no *Outcome, d time.Duration) *Outcome {
	no.Again = p.Now().Add(d)
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
	p.halted = &Outcome{Result: Halted, Step: StepAccount, Reason: haltedWords(why), Again: p.Now().Add(haltFor)}
	if p.haltCode != why.Code {
		p.Log.Error().Str("code", why.Code).Str("reason", why.Info).Dur("next_try", haltFor).Msg("all writes on this wiki stop")
	}
	p.haltCode = why.Code
	return p.halted
}

// resume says that the account can write again.
func (p *Publisher) resume() {
	p.filters = 0
	if p.haltCode != "" {
		p.Log.Info().Str("code", p.haltCode).Msg("writes on this wiki go on")
		p.haltCode = ""
	}
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
