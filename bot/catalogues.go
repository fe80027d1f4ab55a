// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the sources that say the same of every wiki: the catalogues
// of tools and the operator's own list. They are read once for all.

package bot

import (
	"context"
	"errors"
	"slices"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/plan"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/survey"
)

// newCatalogues makes the readers of what is the same for all wikis.
func (b *Bot) newCatalogues() {
	b.fetcher = survey.NewFetcher(survey.FetcherConfig{UserAgent: b.UserAgent, Log: b.Log, Metrics: b.Metrics, Transport: b.Transport})
	for _, name := range []string{"toolhub", "striker", "list"} {
		r := b.newReader(name, registry.AllWikis, b.Log)
		r.told = func(changed, news bool) {
			for _, s := range b.sites {
				if s.uses(r) {
					s.told(name, changed, news)
				}
			}
		}
		b.catalogue = append(b.catalogue, r)
	}
}

// useCatalogues has the catalogues read if the rules of any wiki ask for them.
// What they said is dropped once no rules do; a wiki whose rules are not known
// leaves it as it is.
func (b *Bot) useCatalogues() {
	b.cataloguesMu.Lock()
	defer b.cataloguesMu.Unlock()
	wanted, unknown := false, false
	for _, s := range b.sites {
		rules := s.inForce()
		unknown = unknown || rules == nil
		wanted = wanted || rules != nil && rules.Sources.Toolhub
	}
	if b.Of > 1 && b.First && b.Toolhub != "" {
		wanted = true // nobody here knows the rules of all wikis
	}
	sources := map[string]func() survey.Source{}
	if wanted {
		sources["toolhub"] = b.toolhub
		if b.Striker != "" {
			sources["striker"] = func() survey.Source { return survey.Striker(b.fetcher, b.Striker) }
		}
	}
	if b.List != "" {
		sources["list"] = func() survey.Source { return survey.List(b.List) }
	}
	for _, r := range b.catalogue {
		source, used := sources[r.name]
		switch {
		case used && !r.isUsed():
			made := source()
			r.use(&made)
		case !used && (r.name == "list" || wanted || !unknown) && !r.isDropped():
			r.use(nil)
		}
	}
}

// toolhub is the source of Toolhub, or of the word that nobody has said where
// that is.
func (b *Bot) toolhub() survey.Source {
	source := survey.Toolhub(b.fetcher, b.Toolhub)
	if b.Toolhub == "" {
		source.Read = func(context.Context, survey.Reading) (registry.Survey, error) {
			return registry.Survey{}, errors.New("the bot's operator has not said where Toolhub is; that can be added to the wikis file")
		}
	}
	return source
}

// usesCatalogue reports whether the wiki's rules ask for the catalogue of tools.
func (s *site) usesCatalogue() bool {
	rules := s.inForce()
	return rules != nil && rules.Sources.Toolhub
}

// uses reports whether a source is one of those that count on the wiki.
func (s *site) uses(r *reader) bool {
	return !slices.Contains(plan.Catalogued, r.name) || s.usesCatalogue()
}
