// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds which sources a wiki has under its rules.

package bot

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/detect"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/plan"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/survey"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/wiki"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/config"
)

// mediawikiOrg is the wiki where extensions and skins have their pages.
const mediawikiOrg = "mediawikiwiki"

// newReaders makes the readers of the sources of one wiki. What they read is
// said by useRules.
func (s *site) newReaders(b *Bot) {
	add := func(name string) *reader {
		r := b.newReader(name, s.conf.Wiki.Wiki, s.log)
		r.told = func(changed, news bool) { s.told(name, changed, news) }
		s.readers[name] = r
		s.order = append(s.order, r)
		return r
	}
	add("siteinfo")
	add("gadgets")
	add("maintainers")
	add("infoboxes").ready = func() bool { return s.readers["siteinfo"].isTried() && s.readers["maintainers"].isTried() }
	add(registry.CellsSource)
	add("operators")
	for _, name := range []string{"scripts", "gadgetusage", "accounts", "links"} {
		r := add(name)
		r.long, r.ready = true, s.complete
	}
}

// useRules has the readers read what the rules in force ask for. Without rules
// only the wiki's own lists are read, and nothing is dropped.
func (s *site) useRules() {
	s.useDetector()
	s.detector.news.wake() // the rules may want other names
	rules, wiki := s.inForce(), s.conf.Wiki.Wiki
	use := func(source survey.Source) { s.readers[source.Name].use(&source) }
	useIf := func(name string, wanted bool, source func() survey.Source) {
		if !wanted {
			s.readers[name].use(nil)
			return
		}
		use(source())
	}
	use(survey.SiteinfoSource(s.client, wiki))
	use(s.gadgets())
	if rules == nil {
		return
	}
	ask := rules.Sources
	heard := map[string]bool{mediawikiOrg: ask.Infoboxes}
	for _, m := range ask.Maintainers {
		heard[m.Wiki] = true
	}
	s.heard.Store(&heard)
	useIf("maintainers", len(ask.Maintainers) > 0, func() survey.Source { return s.maintainers(ask.Maintainers) })
	useIf("infoboxes", ask.Infoboxes, s.infoboxes)
	use(s.cells())
	use(survey.Accounts(s.client, wiki, s.bot.sameAccounts)) // blocks and renames count under any rules
	useIf("operators", len(s.conf.Operators) > 0 && listsTools(rules), func() survey.Source {
		return survey.Operators(wiki, s.text, s.conf.User, s.conf.Operators)
	})
	useIf("scripts", ask.Scripts, func() survey.Source { return survey.Scripts(s.client, wiki, s.text) })
	useIf("gadgetusage", ask.Usage, func() survey.Source { return survey.GadgetUsage(s.client, wiki) })
	useIf("links", ask.Usage, func() survey.Source {
		own := func(title string) bool { return plan.Owned(s.pages, rules, title) }
		return survey.Links(s.client, wiki, survey.LinkLimits{Own: own})
	})
	s.bot.useCatalogues()
	s.alike.wake() // the pairs that are not
}

// listsTools reports whether the rules have a table of tools.
func listsTools(rules *config.Rules) bool {
	return slices.ContainsFunc(rules.Tables, func(t config.Table) bool { return slices.Contains(t.Kinds, string(detect.Tool)) })
}

// gadgets is the source of the wiki's gadgets, and of the pages with the
// infoboxes that the rules name.
func (s *site) gadgets() survey.Source {
	var boxes []survey.GadgetInfobox
	if rules := s.inForce(); rules != nil {
		for _, t := range rules.Watch.Templates {
			if t.Page && t.Kind == string(detect.Gadget) {
				boxes = append(boxes, survey.GadgetInfobox{Template: t.Template, Gadget: t.Argument, Maintainers: []string{"maintainer", "maintainers"}})
			}
		}
	}
	return survey.GadgetsSource(s.client, s.conf.Wiki.Wiki, s.text, boxes...)
}

// maintainers is the source of the maintainers pages, wherever they are.
func (s *site) maintainers(pages []config.MaintainersPage) survey.Source {
	return s.elsewhereRead(func(ctx context.Context) (survey.Source, error) {
		var found []survey.MaintainersPage
		for _, p := range pages {
			page := survey.MaintainersPage{API: s.client, Wiki: s.conf.Wiki.Wiki, Title: p.Page, On: s.text}
			if p.Wiki != "" && p.Wiki != s.conf.Wiki.Wiki {
				client, text, article, err := s.bot.reading(ctx, p.Wiki)
				if err != nil {
					return survey.Source{}, fmt.Errorf("read maintainers from %s on %s: %w", p.Page, p.Wiki, err)
				}
				page.API, page.Wiki, page.On, page.Prefix = client, p.Wiki, text, s.prefixTo(article)
			}
			found = append(found, page)
		}
		return survey.MaintainersSource(s.conf.Wiki.Wiki, found), nil
	}, survey.MaintainersSource(s.conf.Wiki.Wiki, named(s.conf.Wiki.Wiki, pages)))
}

// named are the pages as far as they are known before their wikis were asked.
func named(wiki string, pages []config.MaintainersPage) []survey.MaintainersPage {
	var out []survey.MaintainersPage
	for _, p := range pages {
		out = append(out, survey.MaintainersPage{Wiki: cmp.Or(p.Wiki, wiki), Title: p.Page})
	}
	return out
}

// infoboxes is the source of the infoboxes on mediawiki.org. There pages change
// all the time; those of what the wiki does not have are not its business.
func (s *site) infoboxes() survey.Source {
	source := s.elsewhereRead(func(ctx context.Context) (survey.Source, error) {
		client, _, _, err := s.bot.reading(ctx, mediawikiOrg)
		if err != nil {
			return survey.Source{}, fmt.Errorf("read the infoboxes on %s: %w", mediawikiOrg, err)
		}
		return survey.Infoboxes(client, s.conf.Wiki.Wiki, mediawikiOrg), nil
	}, survey.Infoboxes(nil, s.conf.Wiki.Wiki, mediawikiOrg))
	triggers := source.Triggers
	source.Triggers = func(wiki, title string) bool {
		kind, name, _ := strings.Cut(title, ":")
		have := s.components.Load()
		return triggers(wiki, title) && have != nil && (*have)[registry.NewKey(detect.Kind(strings.ToLower(kind)), "", name)]
	}
	return source
}

// elsewhereRead is a source that is made when it is read, since the wikis that
// it is on have to be asked first. Until then it is heard as the likeness is.
func (s *site) elsewhereRead(source func(context.Context) (survey.Source, error), likeness survey.Source) survey.Source {
	var made atomic.Pointer[survey.Source]
	made.Store(&likeness)
	return survey.Source{
		Name: likeness.Name, Every: likeness.Every,
		Triggers: func(wiki, title string) bool { return made.Load().Triggers(wiki, title) },
		Read: func(ctx context.Context, in survey.Reading) (registry.Survey, error) {
			real, err := source(ctx)
			if err != nil {
				return registry.Survey{}, err
			}
			made.Store(&real)
			return real.Read(ctx, in)
		},
	}
}

// cells is the source of what people did to the Steward cells of the tables. It
// writes what it finds itself, a revision at a time.
func (s *site) cells() survey.Source {
	return survey.Source{Name: registry.CellsSource, Every: time.Hour, Read: func(ctx context.Context, in survey.Reading) (registry.Survey, error) {
		changed, err := s.readCells(ctx, in.Progress)
		if changed {
			s.told(registry.CellsSource, true, true)
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
