// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the gate: the steps that each edit passes, in their order, and
// what each of them refuses.

package publish

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/plan"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/wiki"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/wikitext"
)

// Step is a part of the gate. A closed set, used as a metric label.
type Step string

// The steps, in the order in which an edit passes them.
const (
	StepStop       Step = "stop"       // the stop page
	StepAccount    Step = "account"    // blocked, or without the bot flag
	StepRules      Step = "rules"      // the rules do not let the bot edit yet
	StepPage       Step = "page"       // missing, or a redirect
	StepExclusion  Step = "exclusion"  // {{nobots}} and its kin, on the revision that the edit is made from; the opt-out page
	StepPlace      Step = "place"      // pages that the bot must never write
	StepPermission Step = "permission" // what the wiki says of the page and the account
	StepChange     Step = "change"     // the change cannot be made safely
	StepRevert     Step = "revert"     // people have reverted the bot there
	StepShrink     Step = "shrink"     // a table would lose many rows at once
	StepTrial      Step = "trial"      // so many edits and no more
	StepQuota      Step = "quota"      // so many edits in a time
	StepEdit       Step = "edit"       // the wiki's answer to the edit
	stepPassed     Step = ""
)

// Steps lists them.
var Steps = []Step{StepStop, StepAccount, StepRules, StepPage, StepExclusion, StepPlace, StepPermission, StepChange, StepRevert, StepShrink, StepTrial, StepQuota, StepEdit}

// attempt is one way of a page through the gate.
type attempt struct {
	page  plan.Page
	rules Rules
	live  wiki.Page
	text  string // what the page shall hold
}

// gate is a step: nil lets the edit pass. A step that reads the wiki may return
// the wiki's error.
type gate func(p *Publisher, ctx context.Context, a *attempt) (*Outcome, error)

// gates are the steps before anything is written anywhere. The text is read
// between the steps that need it and those that do not.
var gates = []gate{
	(*Publisher).stopped,
	(*Publisher).halting,
	(*Publisher).held,
	(*Publisher).wanted,
	(*Publisher).frozenOrHeld,
	(*Publisher).read,
	(*Publisher).excluded,
	(*Publisher).misplaced,
	(*Publisher).change,
	(*Publisher).crowded,
	(*Publisher).reverted,
	(*Publisher).shrunk,
	(*Publisher).barred,
	(*Publisher).tried,
	(*Publisher).calm,
	(*Publisher).spent,
}

// pass leads an attempt through the gates and returns the first refusal.
func (p *Publisher) pass(ctx context.Context, a *attempt) (*Outcome, error) {
	for _, g := range gates {
		if refusal, err := g(p, ctx, a); refusal != nil || err != nil {
			return refusal, err
		}
	}
	return nil, nil
}

func refuse(step Step, result Result, format string, args ...any) *Outcome {
	return &Outcome{Result: result, Step: step, Reason: fmt.Sprintf(format, args...)}
}

// stopped asks the stop page.
func (p *Publisher) stopped(ctx context.Context, a *attempt) (*Outcome, error) {
	return nil, p.stop.check(ctx, p.Reader, a.page, a.rules, p.Now())
}

// held keeps everything but the report back until an administrator has said in
// the rules that the bot may begin. A dry run shows it all.
func (p *Publisher) held(_ context.Context, a *attempt) (*Outcome, error) {
	if a.rules.Enabled || a.page.Scope == plan.Reports || p.DryRun != nil {
		return nil, nil
	}
	return refuse(StepRules, Held, ""), nil
}

// read reads the page that shall be edited.
func (p *Publisher) read(ctx context.Context, a *attempt) (*Outcome, error) {
	live, err := p.Reader.Page(ctx, a.page.Title)
	if err != nil {
		return nil, err
	}
	a.live = live
	switch {
	case live.Redirect != "":
		return refuse(StepPage, Refused, "%s is a redirect to %s; name the target instead", a.page.Title, live.Redirect), nil
	case live.Missing && !a.page.MayCreate:
		gone := refuse(StepPage, Refused, "%s does not exist any more; make it again, with the region's markers, or take it out of the rules", a.page.Title)
		gone.Gone = true
		return gone, nil
	case a.page.Model != "" && live.Model != a.page.Model:
		return refuse(StepPage, Refused, "%s cannot hold the data of the overview: the wiki would keep %s there; take \"data\" out of the rules, or give another name", a.page.Title, cmp.Or(live.Model, "something else")), nil
	case a.page.Model == "" && live.Model != "" && live.Model != "wikitext":
		return refuse(StepPage, Refused, "%s holds no wikitext but %s; name another page", a.page.Title, live.Model), nil
	}
	return nil, nil
}

// barred asks what the wiki itself has said of an edit of this page by this
// account. What would bar the account everywhere halts the wiki; a page that
// needs no edit may be protected.
func (p *Publisher) barred(_ context.Context, a *attempt) (*Outcome, error) {
	why := a.live.Barred
	if why == nil {
		return nil, nil
	}
	if why.Class == wiki.Halt {
		return p.halt(why), nil
	}
	if a.unchanged() {
		return nil, nil
	}
	return p.rest(a.page, refuse(StepPermission, Refused, "%s", refusedWords(why, a.page.Title)), restFor), nil
}

// change makes the new text.
func (p *Publisher) change(_ context.Context, a *attempt) (*Outcome, error) {
	text, err := apply(a.page, a.live)
	if err != nil {
		var region *wikitext.RegionError
		var edit *wikitext.EditError
		var gone *plan.GoneError
		if !errors.As(err, &region) && !errors.As(err, &gone) && !errors.As(err, &edit) {
			return nil, err
		}
		no := refuse(StepChange, Refused, "%s is left as it is: %s", a.page.Title, err)
		no.Gone = gone != nil
		return no, nil
	}
	a.text = text
	return nil, nil
}

func apply(page plan.Page, live wiki.Page) (string, error) {
	if live.Missing {
		return page.Create()
	}
	return page.Apply(live.Text)
}
