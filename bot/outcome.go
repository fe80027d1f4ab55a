// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds how a page is published, and what is remembered of what
// became of it.

package bot

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/plan"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/publish"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
)

// longWait is from when on the report page tells that edits wait.
const longWait = 5 * time.Minute

// publish publishes one page and keeps a note of what went wrong, for the
// report page and the status command. A page that is known to hold what was
// planned is not read again until somebody edits it.
func (s *site) publish(ctx context.Context, page plan.Page, before registry.PageState, under publish.Rules) error {
	name := page.Name()
	wanted := page.Is()
	if s.settled[name] == wanted {
		return nil
	}
	s.reconciling.forward()
	outcome, err := s.gate.Publish(ctx, page, under)
	if err != nil {
		return s.elsewhere(ctx, err, "page cannot be published")
	}
	delete(s.settled, name)
	if outcome.Result != publish.Unchanged {
		delete(s.placed, page.Title)
	}
	state, refused, back := before, "", ""
	switch outcome.Result {
	case publish.Saved, publish.Unchanged:
		s.settled[name] = wanted
		state = registry.PageHeld
		if page.Leads {
			s.plan.wake()
		}
	case publish.Excluded:
		if !isMessage(page) {
			s.settled[name] = wanted // somebody's wish, not a problem
		}
	case publish.DryRun:
		s.settled[name] = wanted
	case publish.Again:
		s.plan.wake()
	case publish.Refused:
		refused = outcome.Reason
		if outcome.Gone {
			state = registry.PageGone
		}
	case publish.Stopped, publish.Held, publish.Waits, publish.Halted:
		back = outcome.Reason
		if outcome.Step == publish.StepRevert || outcome.Step == publish.StepShrink {
			refused = outcome.Reason // which people can do something about
		}
	}
	if isMessage(page) && (outcome.Result == publish.Excluded || outcome.Result == publish.Refused) {
		s.closed[page.Title] = s.now().Add(closedFor)
		s.plan.wake() // others may be told instead
	}
	if outcome.Reread {
		s.rereadFor(page.Region)
	}
	if outcome.Merged {
		delete(s.settled, name)
		s.plan.wake()
	}
	s.wakeAt(outcome.Again)
	if page.Region != "" && state != before && s.dryRun == nil {
		if err := s.reg.SetPage(ctx, s.conf.Wiki.Wiki, name, state); err != nil {
			return err
		}
	}
	if err := s.noteAccount(ctx, outcome); err != nil {
		return err
	}
	if err := s.noteChanged(ctx, noteBack+name, back); err != nil {
		return err
	}
	s.published(page, s.waiting[name].result, outcome.Result)
	s.waiting[name] = waiting{outcome.Result, outcome.Again}
	return s.noteChanged(ctx, notePage+name, refused)
}

// isMessage reports whether a page is planned for what it tells people, not for
// what it should hold.
func isMessage(page plan.Page) bool {
	return page.Region == "" && page.Scope == plan.Notices && len(page.Notices) > 0
}

// rereadFor has the sources of a table read again soon.
func (s *site) rereadFor(table string) {
	rules := s.inForce()
	if rules == nil {
		return
	}
	for _, r := range slices.Concat(s.order, s.bot.catalogue) {
		if slices.Contains(plan.RowSources(rules, table), r.name) {
			r.askWithin(heldAgain)
		}
	}
}

// waiting is how a page was kept back, and until when.
type waiting struct {
	result publish.Result
	until  time.Time
}

// wakeAt has reconcile run again at a time, if that is before its usual one.
func (s *site) wakeAt(again time.Time) {
	if !again.IsZero() && (s.again.IsZero() || again.Before(s.again)) {
		s.again = again
	}
}

// noteChanged stores a note if it is not what the note says already; "" takes it
// away.
func (s *site) noteChanged(ctx context.Context, name, text string) error {
	if s.noted[name] == text {
		return nil
	}
	s.noted[name] = text
	return s.reg.SetNote(ctx, s.conf.Wiki.Wiki, name, text)
}

// noteAccount notes since when the wiki does not let the account write, and that
// it does again.
func (s *site) noteAccount(ctx context.Context, outcome publish.Outcome) error {
	switch {
	case outcome.Result == publish.Stopped:
		return nil // nobody knows
	case outcome.Result != publish.Halted:
		return s.noteChanged(ctx, noteHalted, "")
	case strings.HasSuffix(s.noted[noteHalted], outcome.Reason):
		return nil
	}
	return s.noteChanged(ctx, noteHalted, fmt.Sprintf("Since %s: %s", s.now().Format("2006-01-02 15:04 UTC"), outcome.Reason))
}

// waits says what keeps edits back for long, each reason once.
func (s *site) waits(notes map[string]string, at time.Time) []string {
	var all []string
	told := map[string]bool{}
	for name, why := range KeptBack(notes) {
		if w := s.waiting[name]; w.result == publish.Waits && w.until.Sub(at) > longWait && !told[why] && !strings.HasPrefix(name, s.pages.ReportPage+"#") {
			told[why] = true
			all = append(all, why)
		}
	}
	return all
}
