// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds reconcile: what is known and the rules in, edits out.

package bot

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/detect"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/plan"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/plan/messages"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/publish"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/config"
)

// reconcileEvery is how often the pages are looked at when nothing happens.
const reconcileEvery = time.Minute

// reconcile makes the wiki hold what it should, whenever something is known
// anew and on a clock, until ctx ends.
func (s *site) reconcile(ctx context.Context) error {
	for told := false; ; {
		s.reconciling.forward()
		surveyed := s.complete()
		s.again = time.Time{}
		if err := s.reconcileOnce(ctx); err != nil {
			return err
		}
		if surveyed && !told {
			s.log.Info().Msg("surveyed and reconciled")
			told = true
		}
		s.reconciling.rest()
		if err := s.plan.wait(ctx, s.pause()); err != nil {
			return err
		}
	}
}

// pause is how long to wait for the next pass if nothing happens.
func (s *site) pause() time.Duration {
	pause := min(reconcileEvery, s.troubleAfter)
	if !s.again.IsZero() {
		pause = min(pause, max(s.again.Sub(s.now()), time.Second))
	}
	return pause
}

// reconcileOnce takes one clock reading and one revision of the rules, plans
// every page and publishes each.
func (s *site) reconcileOnce(ctx context.Context) error {
	// Before the view is read: it holds what was tried by now.
	complete, pending := s.complete(), s.pending()
	newRules := s.newRules.Swap(false)
	set, at := s.rules.Load(), s.now()
	s.began = time.Now()
	doubt := s.doubt.Swap(false)
	if doubt {
		clear(s.settled)
		clear(s.placed)
	}
	view, err := s.viewFor(ctx, set.rules, at)
	if err != nil {
		return err
	}
	s.noteComponents(view)
	if s.waitsForRecall() {
		return nil
	}
	if changed, err := s.settleRecalled(ctx, view); err != nil {
		return err
	} else if changed {
		if view, err = s.viewFor(ctx, set.rules, at); err != nil {
			return err
		}
	}
	if err := s.settleIntents(ctx, &view, at); err != nil {
		return err
	}
	// Half of what is known makes tables that are wrong for a moment: each waits
	// for its own sources.
	in := plan.Input{Site: s.pages, Rules: set.rules, View: view, Now: at, Pending: pending, Words: s.words(set.rules)}
	in.Closed = s.closedPages(at)
	if similar := s.similar.Load(); similar != nil {
		in.Similar = *similar
	}
	if news, err := s.track(ctx, in, complete); err != nil {
		return err
	} else if news {
		tracked, err := s.viewFor(ctx, set.rules, at)
		if err != nil {
			return err
		}
		in.View.Tallies, in.View.Turns, in.View.Tracked = tracked.Tallies, tracked.Turns, tracked.Tracked
	}
	if err := s.place(ctx, &in); err != nil {
		return err
	}
	if err := s.boardTexts(ctx, &in); err != nil {
		return err
	}
	if err := s.noteTold(ctx); err != nil {
		return err
	}
	if err := s.requests(ctx, &in); err != nil {
		return err
	}
	pages, err := s.planPages(ctx, &in)
	if err != nil {
		return err
	}
	if whole, err := s.publishAll(ctx, in, pages, set, complete); err != nil || !whole {
		return err
	}
	if err := s.withhold(ctx, in, complete); err != nil {
		return err
	}
	if !complete && set.rejected == nil && !newRules {
		return nil // the notes are those of the last process
	}
	if err := s.preview(ctx, in, pages, set, complete, doubt); err != nil {
		return err
	}
	return s.tell(ctx, in, set)
}

// viewFor reads what planning under rules needs.
func (s *site) viewFor(ctx context.Context, rules *config.Rules, at time.Time) (registry.View, error) {
	view, err := s.reg.View(ctx, plan.Query(s.conf.Wiki.Wiki, rules, at))
	if err != nil {
		return registry.View{}, err
	}
	return s.wantedOnly(plan.Asked(view, rules), at), nil
}

// words are those that the bot writes in under rules.
func (s *site) words(rules *config.Rules) *messages.Set {
	if rules == nil {
		return messages.In(s.about.Language, nil)
	}
	return messages.In(cmp.Or(rules.Language, s.about.Language), rules.Messages)
}

// under is what the gate needs to know of the rules.
func under(set *ruleset, stoppable []string) publish.Rules {
	r := publish.Rules{Revision: set.stored.Revision, Pages: stoppable, Limits: publish.Limits(config.DefaultLimits())}
	safety := config.DefaultSafety()
	if rules := set.rules; rules != nil {
		safety = rules.Safety
		r.Enabled, r.Trial, r.Limits = rules.Enabled, rules.Trial.Edits, publish.Limits(rules.Limits)
		if rules.Notices != nil {
			r.OptOut = rules.Notices.OptOut
		}
	}
	r.Thaw, r.ShrinkPercent, r.ShrinkRows = time.Duration(safety.ThawDays)*24*time.Hour, safety.ShrinkPercent, safety.ShrinkRows
	return r
}

// planPages plans, without the mentions that do not stand any more. A mention
// that falls out may make room for another one: that has to be looked at as well.
func (s *site) planPages(ctx context.Context, in *plan.Input) ([]plan.Page, error) {
	s.recallAnswers(in.View.Mentions)
	for look := s.newLooker(); ; {
		pages := plan.Pages(*in)
		if found, err := s.unpingable(ctx, in, pages); err != nil {
			return nil, err
		} else if found {
			continue
		}
		kept, err := s.secondLook(ctx, *in, pages, look)
		if err != nil {
			return nil, err
		}
		if slices.EqualFunc(kept, in.View.Mentions, registry.Mention.Equal) {
			return pages, nil
		}
		in.View.Mentions = kept
	}
}

// publishAll publishes every page but the bot's own, and what is to be said
// where the bot does not write any more. It ends early where other rules have
// come into force. Notes on pages that are not planned any more go once all is
// complete.
func (s *site) publishAll(ctx context.Context, in plan.Input, pages []plan.Page, set *ruleset, complete bool) (whole bool, err error) {
	standing, gone := plan.Dropped(in)
	var written []string
	for name := range in.View.Pages {
		written = append(written, plan.PageOf(name))
	}
	s.written.Store(&written)
	rules := under(set, s.stoppable())
	rules.Planned, rules.Began = in.Now, s.began
	planned := map[string]bool{}
	for _, page := range pages {
		if s.rules.Load().rules != set.rules {
			s.plan.wake()
			return false, nil
		}
		planned[page.Name()] = true
		if err := s.publish(ctx, page, in.View.Pages[page.Name()], rules); err != nil {
			return false, err
		}
	}
	for _, name := range standing {
		planned[name] = true
		if err := s.leave(ctx, in, name, set, rules); err != nil {
			return false, err
		}
	}
	if s.dryRun == nil {
		for _, name := range gone {
			if err := s.forgetRegion(ctx, name); err != nil {
				return false, err
			}
		}
	}
	for name := range in.View.Notes {
		page, ok := strings.CutPrefix(name, notePage)
		if !ok {
			page, ok = strings.CutPrefix(name, noteBack)
		}
		if ok && complete && !planned[page] && !s.isOwn(page) {
			if err := s.noteChanged(ctx, name, ""); err != nil {
				return false, err
			}
		}
	}
	return true, nil
}

// isOwn reports whether a planned page, by its name, is the report or the status
// page.
func (s *site) isOwn(name string) bool {
	return strings.HasPrefix(name, s.pages.ReportPage+"#") || strings.HasPrefix(name, s.pages.StatusPage+"#")
}

// leave has a region say that it is not kept up any more, and forgets it then.
func (s *site) leave(ctx context.Context, in plan.Input, name string, set *ruleset, under publish.Rules) error {
	outcome, err := s.gate.Publish(ctx, plan.DroppedPage(in, name, set.stored.Revision), under)
	if err != nil {
		return s.elsewhere(ctx, err, "page cannot be told that it is not kept up any more")
	}
	s.wakeAt(outcome.Again)
	if err := s.noteAccount(ctx, outcome); err != nil || s.dryRun != nil {
		return err
	}
	switch {
	case outcome.Result == publish.Saved, outcome.Result == publish.Unchanged, outcome.Result == publish.Excluded,
		outcome.Result == publish.Refused && outcome.Step != publish.StepPermission && outcome.Step != publish.StepEdit:
		s.log.Info().Str("title", name).Str("outcome", string(outcome.Result)).Msg("region left the rules")
		delete(s.settled, name)
		s.left(name)
		if err := s.noteChanged(ctx, notePage+name, ""); err != nil {
			return err
		}
		return s.forgetRegion(ctx, name)
	case outcome.Result == publish.Refused:
		return s.noteChanged(ctx, notePage+name, outcome.Reason)
	}
	return nil
}

// forgetRegion forgets a region that has left the rules.
func (s *site) forgetRegion(ctx context.Context, name string) error {
	if err := s.gate.Leave(ctx, name); err != nil {
		return err
	}
	return s.reg.SetPage(ctx, s.conf.Wiki.Wiki, name, "")
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
