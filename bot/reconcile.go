// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds reconcile: what is known and the rules in, edits out.

package bot

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/detect"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/plan"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/publish"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
)

const (
	// reconcileEvery is how often the pages are looked at when nothing happens.
	reconcileEvery = time.Minute
	// notePage begins the names of notes on pages that could not be written.
	notePage = "page "
)

// reconcile makes the wiki hold what it should, whenever something is known
// anew and on a clock, until ctx ends.
func (s *site) reconcile(ctx context.Context) error {
	for told := false; ; {
		surveyed := s.complete()
		if s.rulesDue.Swap(false) {
			if err := s.readRules(ctx); err != nil {
				return err
			}
		}
		if err := s.reconcileOnce(ctx); err != nil {
			return err
		}
		if surveyed && !told {
			s.log.Info().Msg("surveyed and reconciled")
			told = true
		}
		if err := s.plan.wait(ctx, min(reconcileEvery, s.troubleAfter)); err != nil {
			return err
		}
	}
}

// reconcileOnce takes one clock reading and one revision of the rules, plans
// every page and publishes each.
func (s *site) reconcileOnce(ctx context.Context) error {
	// Before the view is read: it holds what was tried by now.
	complete, pending := s.complete(), s.pending()
	set, at := s.rules.Load(), s.now()
	if s.doubt.Swap(false) {
		clear(s.settled)
	}
	view, err := s.reg.View(ctx, plan.Query(s.conf.Wiki.Wiki, set.rules, at))
	if err != nil {
		return err
	}
	view = s.wantedOnly(plan.Asked(view, set.rules), at)
	s.noteComponents(view)
	under := publish.Rules{Revision: set.stored.Revision, Enabled: true}
	if set.rules != nil {
		under.Pages = append(plan.Titles(set.rules), s.pages.ReportPage)
	}
	// Half of what is known makes tables that are wrong for a moment: each waits
	// for its own sources.
	in := plan.Input{Site: s.pages, Rules: set.rules, View: view, Now: at, Pending: pending}
	if similar := s.similar.Load(); similar != nil {
		in.Similar = *similar
	}
	if err := s.publishAll(ctx, in, under, complete); err != nil {
		return err
	}
	if !complete && set.rejected == nil {
		return nil // the notes are those of the last process
	}
	return s.report(ctx, set, under, at)
}

// publishAll plans and publishes every page but the report. Notes on pages that
// are not planned any more go once all is complete.
func (s *site) publishAll(ctx context.Context, in plan.Input, under publish.Rules, complete bool) error {
	stale := map[string]bool{}
	for name := range in.View.Notes {
		stale[name] = complete && strings.HasPrefix(name, notePage)
	}
	// A mention that falls out may make room for another one: that has to be
	// looked at as well.
	var pages []plan.Page
	for look := s.newLooker(); ; {
		pages = plan.Pages(in)
		kept, err := s.secondLook(ctx, in, pages, look)
		if err != nil {
			return err
		}
		if slices.EqualFunc(kept, in.View.Mentions, registry.Mention.Equal) {
			break
		}
		in.View.Mentions = kept
	}
	for _, page := range pages {
		stale[notePage+page.Name()] = false
		if err := s.publish(ctx, page, in.View.Pages[page.Name()], under); err != nil {
			return err
		}
	}
	for name, gone := range stale {
		if gone {
			if err := s.reg.SetNote(ctx, s.conf.Wiki.Wiki, name, ""); err != nil {
				return err
			}
		}
	}
	return nil
}

// publish publishes one page and keeps a note of what went wrong, for the
// report page and the status command. A page that is known to hold what was
// planned is not read again until somebody edits it.
func (s *site) publish(ctx context.Context, page plan.Page, before registry.PageState, under publish.Rules) error {
	name := page.Name()
	wanted := fmt.Sprintf("%v", page)
	if s.settled[name] == wanted {
		return nil
	}
	outcome, err := s.gate.Publish(ctx, page, under)
	if err != nil {
		return s.elsewhere(ctx, err, "page cannot be published")
	}
	delete(s.settled, name)
	state, reason := before, outcome.Reason
	switch outcome.Result {
	case publish.Saved, publish.Unchanged:
		s.settled[name] = wanted
		state = registry.PageHeld
	case publish.Excluded:
		s.settled[name] = wanted
		reason = "" // somebody's wish, not a problem
	case publish.DryRun:
		s.settled[name] = wanted
	case publish.Again:
		s.plan.wake()
	case publish.Refused:
		if outcome.Gone {
			state = registry.PageGone
		}
	}
	s.metrics.edits.WithLabelValues(s.conf.Wiki.Wiki, string(outcome.Result)).Inc()
	if page.Region != "" && state != before && s.dryRun == nil {
		if err := s.reg.SetPage(ctx, s.conf.Wiki.Wiki, name, state); err != nil {
			return err
		}
	}
	return s.reg.SetNote(ctx, s.conf.Wiki.Wiki, notePage+name, reason)
}

// report publishes the report page, after the pages it reports on.
func (s *site) report(ctx context.Context, set *ruleset, under publish.Rules, at time.Time) error {
	if set.rules == nil && set.rejected == nil {
		return nil // nobody has asked for the bot on this wiki yet
	}
	trouble, err := s.trouble(ctx, at)
	if err != nil {
		return err
	}
	inForce := &set.stored
	if set.rules == nil {
		inForce = nil
	}
	gaps, err := s.gapsToShow(ctx, at)
	if err != nil {
		return err
	}
	return s.publish(ctx, plan.ReportPage(s.pages, inForce, set.rejected, trouble, gaps), registry.PageHeld, under)
}

// trouble returns, a sentence each, what people should know besides the rules.
func (s *site) trouble(ctx context.Context, at time.Time) ([]string, error) {
	notes, err := s.reg.Notes(ctx, s.conf.Wiki.Wiki)
	if err != nil {
		return nil, err
	}
	surveys, err := s.reg.Surveys(ctx, s.conf.Wiki.Wiki)
	if err != nil {
		return nil, err
	}
	var trouble []string
	for name, text := range notes {
		if page, ok := strings.CutPrefix(name, notePage); ok && !strings.HasPrefix(page, s.pages.ReportPage+"#") {
			trouble = append(trouble, text)
		}
	}
	shared, err := s.reg.Notes(ctx, registry.AllWikis)
	if err != nil {
		return nil, err
	}
	for _, state := range surveys {
		held := notes
		if state.Wiki == registry.AllWikis {
			held = shared
		}
		if s.shows(state) {
			trouble = append(trouble, plan.SourceTrouble(state, held[noteHeld+state.Source])...)
		}
	}
	if text := notes[noteGap]; text != "" {
		trouble = append(trouble, text)
	}
	if text := s.away(at); text != "" {
		trouble = append(trouble, text)
	}
	return trouble, nil
}

// shows reports whether how a source is doing matters to the wiki.
func (s *site) shows(state registry.SurveyState) bool {
	return !slices.Contains(plan.Catalogued, state.Source) || s.usesCatalogue()
}

// noteComponents remembers which extensions and skins there are, for events of
// their pages elsewhere.
func (s *site) noteComponents(view registry.View) {
	have := map[registry.Key]bool{}
	for _, e := range view.Entries {
		if kind := e.Item.Key.Kind(); kind == detect.Extension || kind == detect.Skin {
			have[e.Item.Key] = true
		}
	}
	s.components.Store(&have)
}
