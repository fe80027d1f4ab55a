// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the readers of a wiki's ownership sources at work, and the
// reading of the Steward cells.

package bot

import (
	"context"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/plan"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/survey"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/events"
)

// kept is how long closed notices, mentions and superseded claims are kept.
const kept = 365 * 24 * time.Hour

// survey runs the readers of the wiki's sources, and does what has to be done
// regularly, until ctx ends.
func (s *site) survey(ctx context.Context) error {
	g, ctx := errgroup.WithContext(ctx)
	for _, r := range s.order {
		g.Go(func() error { return r.run(ctx) })
	}
	g.Go(func() error {
		for {
			if err := newSignal().wait(ctx, s.every); err != nil {
				return err
			}
			s.rulesDue.Store(true) // in case the event of an edit was lost
			s.stopDue.Store(true)
			s.steer.wake()
			s.doubt.Store(true)
			if err := s.wasRestored(ctx); err != nil {
				return err
			}
			if err := s.reg.Purge(ctx, s.now().Add(-kept)); err != nil {
				return err
			}
			s.plan.wake()
		}
	})
	g.Go(func() error { return s.likenesses(ctx) })
	g.Go(func() error { return s.learning(ctx) })
	return g.Wait()
}

// told is called when a source was read. What builds upon what it said is read
// again soon if that has changed.
func (s *site) told(name string, changed, news bool) {
	if changed {
		for _, next := range builtOn[name] {
			s.readers[next].askSoon()
		}
	}
	if news {
		s.detector.news.wake()
		s.plan.wake()
		if slices.Contains(describing, name) {
			s.alike.wake()
		}
	}
	for _, r := range s.order {
		r.wake.wake() // it may be ready now
	}
}

// builtOn says which sources ask about what others have named.
var builtOn = map[string][]string{
	"siteinfo":           {"infoboxes", "links", registry.CellsSource}, // names on the sign-up page
	"gadgets":            {"gadgetusage", registry.CellsSource},
	"maintainers":        {"infoboxes", "accounts"},
	"infoboxes":          {"accounts"},
	"scripts":            {"accounts"},
	registry.CellsSource: {"accounts"},
	"toolhub":            {"accounts"},
	"striker":            {"accounts"},
	"list":               {"accounts"},
}

// pending are the sources that were not read, or tried, since the start and
// since the rules in force came into force.
func (s *site) pending() map[string]bool {
	pending := map[string]bool{}
	for _, r := range slices.Concat(s.order, s.bot.catalogue) {
		if !r.isTried() && s.uses(r) {
			pending[r.name] = true
		}
	}
	return pending
}

// complete reports whether all that the pages under the rules depend on was
// read, or tried. Without rules that is what the wiki itself lists.
func (s *site) complete() bool {
	needed := []string{"siteinfo", "gadgets"}
	if rules := s.inForce(); rules != nil {
		needed = plan.Needs(rules)
	}
	pending := s.pending()
	return !slices.ContainsFunc(needed, func(name string) bool { return pending[name] })
}

// hears reports whether sources of this wiki depend on pages of another one.
func (s *site) hears(wiki string) bool {
	heard := s.heard.Load()
	return heard != nil && (*heard)[wiki]
}

// trigger has the sources read that depend on the page of an event.
func (b *Bot) trigger(e events.Event) {
	var due []*reader
	for name, s := range b.sites {
		if name == e.Wiki || s.hears(e.Wiki) {
			for _, r := range s.order {
				if r.hears(e.Wiki, e.Title, e.OldTitle) {
					due = append(due, r)
				}
			}
		}
	}
	if p, read := b.places[e.Wiki]; read && len(due) > 0 {
		p.client.forget()
	}
	for _, r := range due {
		r.ask()
	}
}

// readCells reads what people did to the Steward cells of the tables, each
// from where it was last read.
func (s *site) readCells(ctx context.Context, progress func(done, whole int)) (changed bool, err error) {
	rules := s.inForce()
	if rules == nil {
		return false, nil
	}
	states, err := s.reg.Pages(ctx, s.conf.Wiki.Wiki)
	if err != nil {
		return false, err
	}
	type part struct{ page, region string }
	var parts []part
	var tables []string
	for _, t := range rules.Tables {
		for _, title := range plan.TablePages(t, states) {
			parts = append(parts, part{title, t.ID})
			tables = append(tables, plan.RegionName(title, t.ID))
		}
	}
	board := rules.Noticeboard
	if board != nil {
		tables = append(tables, plan.RegionName(board.Page, plan.BoardRegion))
	}
	if signUp := signUpPage(rules); signUp != "" {
		tables = append(tables, plan.RegionName(signUp, signUpPart))
	}
	// Nobody can step down where the bot does not look any more.
	changed, err = s.reg.KeepCells(ctx, s.conf.Wiki.Wiki, tables)
	if err != nil {
		return false, err
	}
	new, err := s.readConsent(ctx, rules)
	changed = changed || new
	if err != nil {
		return changed, err
	}
	for i, p := range parts {
		progress(i, len(parts))
		new, err := s.readCellsOf(ctx, p.page, p.region)
		changed = changed || new
		if err != nil {
			return changed, err
		}
	}
	if board != nil {
		new, err := s.readBoard(ctx, board.Page)
		return changed || new, err
	}
	return changed, nil
}

// readCellsOf reads one table, some hundred revisions at a time.
func (s *site) readCellsOf(ctx context.Context, page, region string) (changed bool, err error) {
	position := plan.RegionName(page, region)
	table := survey.CellTable{On: s.text, Page: page, Region: region, Self: s.conf.User, Headings: plan.StewardHeadings(s.words(s.rules.Load().rules))}
	for {
		after, err := s.reg.CellsRead(ctx, s.conf.Wiki.Wiki, position)
		if err != nil {
			return changed, err
		}
		changes, upTo, err := table.Changes(ctx, s.client, after)
		if err != nil || upTo == after {
			return changed, err
		}
		for i := range changes {
			changes[i].Wiki = s.conf.Wiki.Wiki
		}
		new, err := s.reg.SaveCells(ctx, s.conf.Wiki.Wiki, position, upTo, changes)
		if err != nil {
			return changed, err
		}
		changed = changed || new
	}
}
