// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds which sources a wiki has under its rules.

package bot

import (
	"context"
	"errors"
	"time"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/survey"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/wiki"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/config"
)

// gadgetsDefinition is the page that says which gadgets a wiki has.
const gadgetsDefinition = "MediaWiki:Gadgets-definition"

// newReaders makes the readers of the sources of one wiki. What they read is
// said by useRules.
func (s *site) newReaders(b *Bot) {
	add := func(name string) *reader {
		r := b.newReader(name, s.conf.Wiki.Wiki, s.log)
		r.told = func(news bool) { s.told(name, news) }
		s.readers[name] = r
		s.order = append(s.order, r)
		return r
	}
	add("siteinfo")
	add("gadgets")
	add("maintainers")
	add(registry.CellsSource)
}

// useRules has the readers read what the rules in force ask for. Without rules
// only the wiki's own lists are read, and nothing is dropped.
func (s *site) useRules() {
	rules := s.inForce()
	s.readers["siteinfo"].use(s.siteinfo())
	s.readers["gadgets"].use(s.gadgets())
	if rules == nil {
		return
	}
	heard := map[string]bool{}
	for _, m := range rules.Sources.Maintainers {
		heard[m.Wiki] = true
	}
	s.heard.Store(&heard)
	s.readers["maintainers"].use(s.maintainers(rules.Sources.Maintainers))
	s.readers[registry.CellsSource].use(s.cells())
}

func (s *site) siteinfo() *survey.Source {
	return &survey.Source{Name: "siteinfo", Every: time.Hour, Read: func(ctx context.Context, in survey.Reading) (registry.Survey, error) {
		return survey.Siteinfo(ctx, s.client, s.conf.Wiki.Wiki, in.At)
	}}
}

func (s *site) gadgets() *survey.Source {
	return &survey.Source{Name: "gadgets", Every: time.Hour,
		Triggers: func(wiki, title string) bool { return wiki == s.conf.Wiki.Wiki && title == gadgetsDefinition },
		Read: func(ctx context.Context, in survey.Reading) (registry.Survey, error) {
			return survey.Gadgets(ctx, s.client, s.conf.Wiki.Wiki, in.At)
		}}
}

func (s *site) maintainers(pages []config.MaintainersPage) *survey.Source {
	if len(pages) == 0 {
		return nil
	}
	return &survey.Source{Name: "maintainers", Every: time.Hour,
		Triggers: func(wiki, title string) bool {
			for _, p := range pages {
				if p.Wiki == "" && wiki == s.conf.Wiki.Wiki && p.Page == title {
					return true
				}
			}
			return false
		},
		Read: func(ctx context.Context, in survey.Reading) (registry.Survey, error) {
			var titles []string
			for _, p := range pages {
				titles = append(titles, p.Page)
			}
			found, _, err := survey.Maintainers(ctx, s.client, s.conf.Wiki.Wiki, in.At, titles...)
			return found, err
		}}
}

// cells is the source of what people did to the Steward cells of the tables. It
// writes what it finds itself, a revision at a time.
func (s *site) cells() *survey.Source {
	return &survey.Source{Name: registry.CellsSource, Every: time.Hour, Read: func(ctx context.Context, in survey.Reading) (registry.Survey, error) {
		changed, err := s.readCells(ctx, in.Progress)
		if changed {
			s.told(registry.CellsSource, true)
		}
		switch refused := (*wiki.Error)(nil); {
		case err == nil:
			err = survey.ErrUnchanged
		case !errors.As(err, &refused):
			err = ownError{err}
		}
		return registry.Survey{}, err
	}}
}
