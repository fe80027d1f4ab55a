// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds how many edits the bot makes: in a time, on a page, and in a
// trial.

package publish

import (
	"context"
	"fmt"
	"time"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/plan"
)

// Limits are how many edits the bot makes on a wiki at most; 0 is no limit.
type Limits struct {
	PerMinute, PerHour, PerDay int
	// PerPageHour counts the edits of one page.
	PerPageHour int
}

// ledger remembers the edits that were saved, also over restarts.
type ledger interface {
	// SaveEdit stores one. Region is "" where an edit was about none.
	SaveEdit(ctx context.Context, wiki, title, region string, revision, rules int64, at time.Time) error
	// EditsSince counts those on a wiki, or on one page of it, after a time, and
	// returns the time of the first of them.
	EditsSince(ctx context.Context, wiki, title string, since time.Time) (n int, first time.Time, err error)
	// EditsUnder counts those, but for reports, that were made under a revision
	// of the rules.
	EditsUnder(ctx context.Context, wiki string, rules int64) (n int, err error)
}

// tried ends a trial after as many edits as the rules grant it. What is the
// same text already does not count, and neither do reports.
func (p *Publisher) tried(ctx context.Context, a *attempt) (*Outcome, error) {
	if a.rules.Trial == 0 || a.page.Scope == plan.Reports || a.unchanged() {
		return nil, nil
	}
	n, err := p.Ledger.EditsUnder(ctx, p.Site.Wiki, a.rules.Revision)
	if err != nil || n < a.rules.Trial {
		return nil, err
	}
	return refuse(StepTrial, Held, "the trial of %s is over. Look at what the bot has done; then take trial out of the rules, or raise its edits.", edits(a.rules.Trial)), nil
}

// spent refuses what would be more edits than the limits allow. Reports are
// few, and tell people what is wrong: they wait for nothing but the edits of the
// last minute.
func (p *Publisher) spent(ctx context.Context, a *attempt) (*Outcome, error) {
	if a.unchanged() || p.DryRun != nil {
		return nil, nil
	}
	type limit struct {
		most   int
		within time.Duration
		title  string
		words  string
	}
	l := a.rules.Limits
	limits := []limit{{l.PerMinute, time.Minute, "", "in a minute"}}
	if a.page.Scope != plan.Reports {
		limits = append(limits,
			limit{l.PerHour, time.Hour, "", "in an hour"},
			limit{l.PerDay, 24 * time.Hour, "", "in a day"},
			limit{l.PerPageHour, time.Hour, a.page.Title, "of one page in an hour"})
	}
	now := p.Now()
	for _, l := range limits {
		if l.most == 0 {
			continue
		}
		n, first, err := p.Ledger.EditsSince(ctx, p.Site.Wiki, l.title, now.Add(-l.within))
		if err != nil {
			return nil, fmt.Errorf("count edits: %w", err)
		}
		if n >= l.most {
			wait := refuse(StepQuota, Waits, "the bot has made its %s %s and goes on later", edits(l.most), l.words)
			wait.Again = first.Add(l.within)
			return wait, nil
		}
	}
	return nil, nil
}

// calm keeps back, for a while after the last edit of a page, what would only
// bring numbers up to date: nobody waits for those.
func (p *Publisher) calm(ctx context.Context, a *attempt) (*Outcome, error) {
	every := a.page.MinInterval
	if every == 0 || a.live.Missing || a.unchanged() || p.DryRun != nil || !onlyCounts(a) {
		return nil, nil
	}
	if g, err := p.guardOf(ctx, a.page); err != nil || g.Rules != 0 && g.Rules != a.rules.Revision {
		return nil, err // whoever has edited the rules wants to see what that does
	}
	n, first, err := p.Ledger.EditsSince(ctx, p.Site.Wiki, a.page.Title, p.Now().Add(-every))
	if err != nil || n == 0 {
		return nil, err
	}
	wait := refuse(StepQuota, Waits, "") // no trouble, so nothing to tell
	wait.Again = first.Add(every)
	return wait, nil
}

// onlyCounts reports whether an edit would change nothing but what moves by
// itself.
func onlyCounts(a *attempt) bool {
	return plan.OnlyCounts(a.page.Region, a.live.Text, a.text) || plan.OnlyMoves(a.page.Region, a.live.Text, a.text)
}

func edits(n int) string {
	if n == 1 {
		return "1 edit"
	}
	return fmt.Sprintf("%d edits", n)
}

// unchanged reports whether the page holds already what it shall.
func (a *attempt) unchanged() bool { return !a.live.Missing && a.text == a.live.Text }
