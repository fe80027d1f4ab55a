// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds when the ownership sources of a wiki are read.

package bot

import (
	"context"
	"errors"
	"time"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/plan"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/survey"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/wiki"
)

// gadgetsDefinition is the page that says which gadgets a wiki has.
const gadgetsDefinition = "MediaWiki:Gadgets-definition"

// kept is how long closed notices, mentions and superseded claims are kept.
const kept = 365 * 24 * time.Hour

// sources returns the names of all sources, in the order in which they are
// read.
func (s *site) sources() []string {
	return []string{"siteinfo", "gadgets", "maintainers", registry.CellsSource}
}

// survey reads every source at the start and regularly, and single ones when an
// event asks for it, until ctx ends.
func (s *site) survey(ctx context.Context) error {
	s.due.all(s.sources())
	next := time.Now().Add(s.every)
	for {
		due := s.due.take()
		for _, source := range s.sources() {
			if !due[source] {
				continue
			}
			changed, err := s.readSource(ctx, source)
			if err != nil {
				return err
			}
			if changed {
				s.log.Info().Str("source", source).Msg("survey brought something new")
				s.plan.wake()
			}
		}
		if s.due.done() {
			s.plan.wake()
		}
		if err := s.read.wait(ctx, time.Until(next)); err != nil {
			return err
		}
		if time.Now().After(next) {
			next = time.Now().Add(s.every)
			s.due.add(s.sources()...)
			s.rulesDue.Store(true) // in case the event of an edit was lost
			s.doubt.Store(true)
			if err := s.reg.Purge(ctx, s.now().Add(-kept)); err != nil {
				return err
			}
			s.plan.wake()
		}
	}
}

// readSource reads one source into the registry. A source that cannot be read
// changes nothing but its own state; the error is one of our own.
func (s *site) readSource(ctx context.Context, source string) (changed bool, err error) {
	if source == registry.CellsSource {
		return s.readCells(ctx)
	}
	at := s.now()
	var found registry.Survey
	switch source {
	case "siteinfo":
		found, err = survey.Siteinfo(ctx, s.client, s.conf.Wiki.Wiki, at)
	case "gadgets":
		found, err = survey.Gadgets(ctx, s.client, s.conf.Wiki.Wiki, at)
	case "maintainers":
		pages := s.maintainersPages()
		if len(pages) == 0 {
			return s.reg.DropSource(ctx, source, s.conf.Wiki.Wiki)
		}
		found, _, err = survey.Maintainers(ctx, s.client, s.conf.Wiki.Wiki, at, pages...)
	}
	if err != nil {
		return s.sourceFailed(ctx, source, err)
	}
	changed, err = s.reg.SaveSurvey(ctx, found)
	if errors.Is(err, registry.ErrShrunk) {
		return s.sourceFailed(ctx, source, err)
	}
	s.metrics.surveys.WithLabelValues(source, "read").Inc()
	return changed, err
}

// sourceFailed notes that a source could not be read. The first failure is
// something new, for the report page.
func (s *site) sourceFailed(ctx context.Context, source string, reason error) (changed bool, err error) {
	if ctx.Err() != nil {
		return false, ctx.Err()
	}
	if wiki.ClassOf(reason) == wiki.Identity {
		return false, &RefusedError{Who: s.conf.Wiki.Wiki, Err: reason}
	}
	s.metrics.surveys.WithLabelValues(source, "failed").Inc()
	s.log.Warn().Err(reason).Str("source", source).Msg("source cannot be read; what it said before stays in force")
	return true, s.reg.SurveyFailed(ctx, source, s.conf.Wiki.Wiki, s.now(), reason.Error())
}

func (s *site) maintainersPages() []string {
	var pages []string
	if rules := s.inForce(); rules != nil {
		for _, m := range rules.Sources.Maintainers {
			pages = append(pages, m.Page)
		}
	}
	return pages
}

// readCells reads what people did to the Steward cells of the tables, each
// from where it was last read.
func (s *site) readCells(ctx context.Context) (changed bool, err error) {
	rules := s.inForce()
	if rules == nil {
		return false, nil
	}
	var tables []string
	for _, t := range rules.Tables {
		tables = append(tables, plan.RegionName(t.Page, t.ID))
	}
	// Nobody can step down where the bot does not look any more.
	changed, err = s.reg.KeepCells(ctx, s.conf.Wiki.Wiki, tables)
	if err != nil {
		return false, err
	}
	for _, t := range rules.Tables {
		new, err := s.readCellsOf(ctx, t.Page, t.ID)
		changed = changed || new
		if refused := (*wiki.Error)(nil); errors.As(err, &refused) {
			return s.sourceFailed(ctx, registry.CellsSource, err)
		} else if err != nil {
			return changed, err
		}
	}
	return changed, s.reg.SurveyRead(ctx, registry.CellsSource, s.conf.Wiki.Wiki, s.now())
}

// readCellsOf reads one table, some hundred revisions at a time.
func (s *site) readCellsOf(ctx context.Context, page, region string) (changed bool, err error) {
	position := plan.RegionName(page, region)
	for {
		after, err := s.reg.CellsRead(ctx, s.conf.Wiki.Wiki, position)
		if err != nil {
			return changed, err
		}
		changes, upTo, err := survey.Cells(ctx, s.client, page, region, after, s.conf.User, s.userNames()...)
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

// userNames are the wiki's own names of the User namespace.
func (s *site) userNames() []string {
	for _, ns := range s.about.Namespaces {
		if ns.ID == 2 {
			return append([]string{ns.Name}, ns.Aliases...)
		}
	}
	return nil
}
