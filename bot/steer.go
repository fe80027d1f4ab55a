// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds how a wiki steers the bot: the config page and the stop page
// are read when an event tells of them, beside all else that the bot does, and
// looked at regularly while no events come.

package bot

import (
	"context"
	"slices"
	"sync/atomic"
	"time"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/plan"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/publish"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/events"
)

// seen are the revisions of the pages that steer, as they were last read; 0
// where there is no such page.
type seen struct{ config, stop atomic.Int64 }

// steering reads the pages that steer until ctx ends.
func (s *site) steering(ctx context.Context) error {
	for due := time.Now(); ; {
		s.readsPages.forward()
		if s.rulesDue.Swap(false) {
			if err := s.readRules(ctx); err != nil {
				return err
			}
		}
		if s.stopDue.Swap(false) {
			if err := s.readStop(ctx); err != nil {
				return err
			}
		}
		s.readsPages.rest()
		if err := s.steer.wait(ctx, time.Until(due)); err != nil {
			return err
		}
		s.readsPages.forward()
		if time.Now().Before(due) {
			continue
		}
		due = time.Now().Add(s.bot.LookEvery)
		if err := s.lookAtPages(ctx); err != nil {
			return err
		}
	}
}

// lookAtPages sees whether one of the pages that steer has changed, where no
// event would tell. Who may be trusted can change without any.
func (s *site) lookAtPages(ctx context.Context) error {
	if r := s.rules.Load().rejected; r != nil && r.Untrusted {
		s.rulesDue.Store(true)
	}
	if !s.deaf() {
		return nil
	}
	var answer struct {
		Query struct {
			Pages []struct {
				Title     string
				LastRevID int64
			}
		}
	}
	err := s.client.Get(ctx, map[string]string{
		"action": "query", "prop": "info", "titles": s.pages.ConfigPage + "|" + s.pages.StopPage,
	}, &answer)
	if err != nil {
		return s.elsewhere(ctx, err, "pages that steer the bot cannot be looked at")
	}
	for _, p := range answer.Query.Pages {
		switch {
		case p.Title == s.pages.ConfigPage && p.LastRevID != s.seen.config.Load():
			s.rulesDue.Store(true)
		case p.Title == s.pages.StopPage && p.LastRevID != s.seen.stop.Load():
			s.gate.Forget()
			s.stopDue.Store(true)
		}
	}
	return nil
}

// deaf reports whether events may have been missed for a while: they do not
// come, or what should bring them is silent.
func (s *site) deaf() bool {
	return !s.feed.State().Connected || s.feed.vital && time.Since(s.bot.LastEvent()) > s.bot.LookEvery
}

// readStop reads the stop page for those who want to know what is stopped. The
// gate reads it by itself.
func (s *site) readStop(ctx context.Context) error {
	page, err := s.client.Page(ctx, s.pages.StopPage)
	if err != nil {
		s.stopDue.Store(true) // at the next look
		return s.elsewhere(ctx, err, "stop page cannot be read")
	}
	s.seen.stop.Store(page.Revision)
	notes, err := s.reg.Notes(ctx, s.conf.Wiki.Wiki)
	if err != nil {
		return err
	}
	stops, before := publish.Said(s.text, page.Text, s.stoppable()), StopNote(notes)
	for i := range stops {
		stops[i].User, stops[i].Time = page.User, page.Time
		// A line that stood there before is not by whoever added another one.
		if j := slices.IndexFunc(before, func(old plan.Stop) bool { return old.Line == stops[i].Line }); j >= 0 {
			stops[i].User, stops[i].Time = before[j].User, before[j].Time
		}
	}
	if err := s.note(ctx, noteStop, stops); err != nil {
		return err
	}
	s.plan.wake()
	return nil
}

// stoppable are the titles that a line of the stop page can name.
func (s *site) stoppable() []string {
	pages := []string{s.pages.ReportPage, s.pages.StatusPage}
	if rules := s.inForce(); rules != nil {
		pages = append(pages, plan.Titles(rules)...)
	}
	if written := s.written.Load(); written != nil {
		pages = append(pages, *written...)
	}
	return pages
}

// trigger wakes what depends on the page that the event is about.
func (s *site) trigger(e events.Event) {
	set := s.rules.Load()
	for _, title := range []string{e.Title, e.OldTitle} {
		if title == "" {
			continue
		}
		if e.User != s.conf.User {
			s.gate.Retry(title)
		}
		switch {
		case title == s.pages.ConfigPage:
			s.rulesDue.Store(true)
			s.steer.wake()
		case title == s.pages.StopPage:
			s.gate.Forget()
			s.stopDue.Store(true)
			s.steer.wake()
		case set.rejected != nil && title == localTitle(s.text, "User:"+set.rejected.User):
			s.rulesDue.Store(true) // got rights, or was blocked
			s.steer.wake()
		case slices.Contains(plan.Heard(set.rules), title):
			s.gate.Forget()
			s.ask(registry.CellsSource)
			s.plan.wake()
		case set.rules != nil && plan.Owned(s.pages, set.rules, title) && e.User != s.conf.User:
			s.ask(registry.CellsSource)
			s.doubt.Store(true)
			s.plan.wake()
		}
	}
}
