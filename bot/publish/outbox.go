// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds how a notice is saved once: it is looked for in the page's
// history before it is sent again, and not sent again while an edit that
// nobody has answered may still arrive.

package publish

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/plan"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/wiki"
)

const (
	// arrivesFor is how long an edit may still arrive after nobody has answered
	// it: servers of Wikimedia end a request after 200 seconds.
	arrivesFor = 4 * time.Minute
	// settlesFor is how long an edit may still arrive that the process before
	// this one has sent just before it ended. Nobody has seen it being slow.
	settlesFor = 10 * time.Second
)

// sent closes the notices of a page with the revision that holds them.
func (p *Publisher) sent(ctx context.Context, page plan.Page, revision int64) error {
	for _, key := range page.Keys() {
		delete(p.ours, key)
	}
	return p.Outbox.Sent(ctx, p.Site.Wiki, page.Title, revision, page.Keys(), p.Now())
}

// intended notes that this process is about to save the notices.
func (p *Publisher) intended(page plan.Page) {
	for _, key := range page.Keys() {
		p.ours[key] = true
	}
}

// doubt notes that an edit may have been saved though it came back as an error.
func (p *Publisher) doubt(page plan.Page, err error) {
	if e, ok := errors.AsType[*wiki.Error](err); ok && e.Code == "in-doubt" {
		p.doubted[page.Title] = p.Now()
	}
}

// sentBefore finds out which notices of the page were saved though nobody noted
// so, by this process or by one that was ended, and though people may have taken
// them off the page since. It closes them; the page has to be planned again
// without them. It keeps the others back while they may still arrive.
func (p *Publisher) sentBefore(ctx context.Context, a *attempt) (*Outcome, error) {
	_, ok, err := p.Outbox.Pending(ctx, a.page.Keys())
	if err != nil || !ok {
		return nil, err
	}
	if err := p.settle(ctx, a.page); err != nil {
		return nil, err
	}
	if found, err := p.search(ctx, a); err != nil {
		return nil, err
	} else if found {
		return &Outcome{Result: Again}, nil
	}
	again := p.doubted[a.page.Title].Add(arrivesFor)
	if p.Now().Before(again) {
		wait := refuse(StepEdit, Waits, "%s waits: the wiki has not said whether it has saved the last notice there. The bot looks again in some minutes.", a.page.Title)
		wait.Again = again
		return wait, nil
	}
	delete(p.doubted, a.page.Title)
	return nil, nil
}

// settle waits until what an earlier process has sent is there.
func (p *Publisher) settle(ctx context.Context, page plan.Page) error {
	if !slices.ContainsFunc(page.Keys(), func(key string) bool { return !p.ours[key] }) {
		return nil
	}
	timer := time.NewTimer(p.started.Add(settlesFor).Sub(p.Now()))
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// search closes the pending notices of a page that are in its history.
func (p *Publisher) search(ctx context.Context, a *attempt) (found bool, err error) {
	base, ok, err := p.Outbox.Pending(ctx, a.page.Keys())
	if err != nil || !ok {
		return false, err
	}
	revisions, err := p.Reader.History(ctx, a.page.Title, base)
	if err != nil {
		return false, err
	}
	for _, n := range a.page.Notices {
		if _, pending, err := p.Outbox.Pending(ctx, []string{n.Key}); err != nil {
			return found, err
		} else if !pending {
			continue
		}
		i := slices.IndexFunc(revisions, func(r wiki.Revision) bool { return r.User == p.Site.Bot && strings.Contains(r.Text, n.Mark) })
		if i < 0 {
			continue
		}
		found = true
		if err := p.Outbox.Sent(ctx, p.Site.Wiki, a.page.Title, revisions[i].ID, []string{n.Key}, p.Now()); err != nil {
			return found, err
		}
		if err := p.note(ctx, a, revisions[i].ID, revisions[i].Time); err != nil {
			return found, err
		}
	}
	return found, nil
}
