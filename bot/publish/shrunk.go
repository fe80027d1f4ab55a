// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the guard against tables that lose many rows at once.

package publish

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/plan"
)

const (
	// rowsShown is how many rows of a loss are named.
	rowsShown = 25
	// sameFor is how long a loss must stay the same of a table that no source
	// lists the rows of, so that no second reading can confirm it.
	sameFor = time.Hour
)

// Loss is a loss of rows that waits for somebody's word.
type Loss struct {
	Rows []plan.LostRow `json:"rows"`
	// Since is when it was first seen like that, Rules the revision of the rules
	// then in force.
	Since time.Time `json:"since"`
	Rules int64     `json:"rules"`
}

// seenLoss is how a loss was held, so that the page need not be read again
// before anything has changed.
type seenLoss struct {
	is      string
	title   string
	until   time.Time
	outcome Outcome
}

// lossIs tells what a loss depends on.
func lossIs(a *attempt) string {
	return fmt.Sprint(fingerprint(a.page), a.page.Read.UnixNano(), a.rules.Revision)
}

// shrunk holds an edit that would take too many rows from a table at once. It
// goes on when the rules are another revision, which is a person's word, or when
// the sources of the table were all read again since and the same rows or fewer
// would go. Rules that are new to a region may take out as many as they like.
func (p *Publisher) shrunk(ctx context.Context, a *attempt) (*Outcome, error) {
	if !p.guarded(a.page) || a.live.Missing || a.unchanged() {
		return nil, nil
	}
	loss := plan.Loss{}
	for _, c := range a.page.Changes {
		if t, ok := c.(plan.Table); ok {
			loss = t.Lost(a.live.Text)
		}
	}
	g, err := p.guardOf(ctx, a.page)
	if err != nil {
		return nil, err
	}
	before := g.Held
	switch agreed := g.Rules != 0 && g.Rules != a.rules.Revision || before != nil && before.Rules != a.rules.Revision; {
	case !loss.Exceeds(a.rules.ShrinkPercent, a.rules.ShrinkRows), agreed:
		return nil, nil // what was held is forgotten when it is saved
	case before != nil && before.holds(loss.Rows) && p.confirmed(a, before.Since):
		p.Log.Info().Str("title", a.page.Title).Str("region", a.page.Region).Str("loss", loss.String()).Msg("loss of rows confirmed")
		return nil, nil
	case before == nil || !before.holds(loss.Rows):
		g.Held = &Loss{Rows: loss.Rows, Since: p.Now(), Rules: a.rules.Revision}
		if err := p.remember(ctx, a.page, g); err != nil {
			return nil, err
		}
	}
	no := refuse(StepShrink, Held, "%s", lossWords(a.page, loss, g.Held.Since))
	no.Reread = before == nil || before.Since != g.Held.Since
	if a.page.Read.IsZero() {
		no.Again = g.Held.Since.Add(sameFor)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	again := *no
	again.Reread = false
	p.losses[a.page.Name()] = seenLoss{is: lossIs(a), title: a.page.Title, until: p.Now().Add(sameFor), outcome: again}
	return no, nil
}

// confirmed reports whether the sources were read again since a loss was seen.
func (p *Publisher) confirmed(a *attempt, since time.Time) bool {
	if a.page.Read.IsZero() {
		return p.Now().Sub(since) >= sameFor
	}
	return a.page.Read.After(since)
}

// holds reports whether all of some rows are among those that were to go.
func (l *Loss) holds(rows []plan.LostRow) bool {
	return !slices.ContainsFunc(rows, func(r plan.LostRow) bool {
		return !slices.ContainsFunc(l.Rows, func(held plan.LostRow) bool { return held.ID == r.ID })
	})
}

// forgetLoss says that a loss has to be looked at again.
func (p *Publisher) forgetLoss(page plan.Page) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.losses, page.Name())
}

// lossWords tell of a loss that is held.
func lossWords(page plan.Page, loss plan.Loss, since time.Time) string {
	var names []string
	for _, r := range loss.Rows[:min(len(loss.Rows), rowsShown)] {
		names = append(names, r.Name)
	}
	more := ""
	if n := len(loss.Rows) - rowsShown; n > 0 {
		more = fmt.Sprintf(" and %d more", n)
	}
	on := ""
	if loss.All > len(loss.Rows) {
		on = fmt.Sprintf(", %d of them on this page", len(loss.Rows))
	}
	return fmt.Sprintf("%s stays as it is since %s: the table %s would lose %s at once%s: − %s%s. That waits until the sources were read again and say the same, or until somebody edits the rules page, which lets it go on.",
		page.Title, moment(since), page.Region, loss, on, strings.Join(names, ", − "), more)
}

func moment(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 UTC") }
