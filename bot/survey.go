// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds when the ownership sources of a wiki are read.

package bot

import (
	"cmp"
	"context"
	"errors"
	"math"
	"slices"
	"time"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/survey"
)

// gadgetsDefinition is the page that says which gadgets a wiki has.
const gadgetsDefinition = "MediaWiki:Gadgets-definition"

// sources returns the names of all sources, in the order in which they are
// read.
func (s *site) sources() []string {
	return []string{"siteinfo", "gadgets", "maintainers", registry.CellsSource}
}

// survey reads every source at the start and regularly, and single ones when an
// event asks for it, until ctx ends.
func (s *site) survey(ctx context.Context) error {
	for _, source := range s.sources() {
		s.due.add(source)
	}
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
		if !s.surveyed.Swap(true) {
			s.plan.wake()
		}
		if err := s.read.wait(ctx, time.Until(next)); err != nil {
			return err
		}
		if time.Now().After(next) {
			next = time.Now().Add(s.every)
			for _, source := range s.sources() {
				s.due.add(source)
			}
			s.rulesDue.Store(true) // in case the event of an edit was lost
			s.doubt.Store(true)
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
			return false, nil
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

// readCells reads what people did to the Steward cells of the tables. Tables on
// one page are read from the same revision on and stored together.
func (s *site) readCells(ctx context.Context) (changed bool, err error) {
	rules := s.inForce()
	if rules == nil {
		return false, nil
	}
	regions := map[string][]string{} // by page
	for _, t := range rules.Tables {
		regions[t.Page] = append(regions[t.Page], t.ID)
	}
	for page, ids := range regions {
		new, err := s.readCellsOf(ctx, page, ids)
		if err != nil {
			return changed, err
		}
		changed = changed || new
	}
	return changed, nil
}

func (s *site) readCellsOf(ctx context.Context, page string, ids []string) (changed bool, err error) {
	after, err := s.reg.CellsRead(ctx, s.conf.Wiki.Wiki, page)
	if err != nil {
		return false, err
	}
	var all []registry.CellChange
	read := int64(math.MaxInt64)
	for _, id := range ids {
		changes, upTo, err := survey.Cells(ctx, s.client, page, id, after, s.conf.User, s.userNames()...)
		if err != nil {
			return s.sourceFailed(ctx, registry.CellsSource, err)
		}
		all, read = append(all, changes...), min(read, upTo)
	}
	for i := range all {
		all[i].Wiki = s.conf.Wiki.Wiki
	}
	if read == after && len(all) == 0 {
		return false, nil
	}
	slices.SortStableFunc(all, func(a, b registry.CellChange) int { return cmp.Compare(a.Revision, b.Revision) })
	return s.reg.SaveCells(ctx, s.conf.Wiki.Wiki, page, read, all)
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
