// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the look ahead: what publishing would change, without writing
// anything.

package publish

import (
	"context"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/plan"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/wiki"
)

// Look says what publishing a page would change on the wiki now. It passes the
// gates that look at the page, not those that look at the time or the rules.
func (p *Publisher) Look(ctx context.Context, page plan.Page) (plan.Effect, error) {
	a := &attempt{page: page}
	for _, g := range []gate{(*Publisher).read, (*Publisher).excluded, (*Publisher).misplaced, (*Publisher).change} {
		refusal, err := g(p, ctx, a)
		if err != nil && (classOf(err) == noError || ctx.Err() != nil) {
			return plan.Effect{}, err
		}
		if err != nil {
			refusal = refuse(StepPage, Refused, "%s cannot be read: %s", page.Title, err)
		}
		if refusal != nil {
			return plan.Effect{Title: page.Title, Region: page.Region, Scope: page.Scope, Creates: a.live.Missing, Refused: refusal.Reason}, nil
		}
	}
	e := plan.EffectOf(page, !a.live.Missing, a.live.Text, a.text)
	if why := a.live.Barred; why != nil && !e.None() {
		e.Refused = refusedWords(why, page.Title)
		if why.Class == wiki.Halt {
			e.Refused = haltedWords(why)
		}
	}
	return e, nil
}
