// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds which items are similar to each other: worked out anew when
// what is known of them has changed, and kept for the tables that show it.

package bot

import (
	"context"
	"slices"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/detect"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/plan"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/config"
)

// describing are the sources that say what tools, gadgets and scripts are for.
var describing = []string{"gadgets", "scripts", "toolhub", "striker", "list"}

// likenesses keeps what is similar true until ctx ends. It takes seconds on a
// large catalogue, which nobody has to wait for.
func (s *site) likenesses(ctx context.Context) error {
	for {
		if err := s.alike.wait(ctx, idle); err != nil {
			return err
		}
		similar, err := SimilarItems(ctx, s.reg, s.conf.Wiki.Wiki, s.inForce())
		if err != nil {
			return err
		}
		if similar == nil {
			s.similar.Store(nil)
			continue
		}
		s.similar.Store(&similar)
		s.plan.wake()
	}
}

// showsSimilar reports whether a table has the column, or the adoption page shows
// it.
func showsSimilar(rules *config.Rules) bool {
	return rules.Adoption != nil || slices.ContainsFunc(rules.Tables, func(t config.Table) bool { return slices.Contains(t.Columns, "similar") })
}

// SimilarItems works out what is similar on a wiki, the catalogue of tools
// included if the rules ask for it; nil where no table shows it. The error is
// the registry's.
func SimilarItems(ctx context.Context, reg *registry.Registry, wiki string, rules *config.Rules) (map[registry.Key][]registry.Item, error) {
	if rules == nil || !showsSimilar(rules) {
		return nil, nil
	}
	view, err := reg.View(ctx, registry.Query{
		Wiki: wiki, Kinds: []detect.Kind{detect.Tool, detect.Gadget, detect.UserScript}, Catalogue: rules.Sources.Toolhub,
	})
	if err != nil {
		return nil, err
	}
	items := make(map[registry.Key]registry.Item, len(view.Entries))
	for _, e := range view.Entries {
		items[e.Item.Key] = e.Item
	}
	similar := map[registry.Key][]registry.Item{}
	for key, list := range registry.Similar(view.Entries, plan.Unlike(rules)) {
		for _, l := range list {
			similar[key] = append(similar[key], items[l.Item])
		}
	}
	return similar, nil
}
