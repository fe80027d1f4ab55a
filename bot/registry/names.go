// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the names by which people may call the items of a wiki.

package registry

import (
	"context"
	"fmt"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/detect"
)

// Names returns every name of every item that a wiki knows, those of a
// catalogue included, for detectors that look for names in plain text. Items
// known from mentions alone are left out.
func (r *Registry) Names(ctx context.Context, wiki string) ([]detect.Alias, error) {
	v, err := r.View(ctx, Query{Wiki: wiki, Catalogue: true})
	if err != nil {
		return nil, fmt.Errorf("names of the items of %s: %w", wiki, err)
	}
	var out []detect.Alias
	for _, e := range v.Entries {
		if !e.Item.Gone.IsZero() || e.Item.Mentioned {
			continue
		}
		add := func(name, source string) {
			out = append(out, detect.Alias{Kind: e.Item.Key.Kind(), Name: name, Item: e.Item.Key.Name(), Wiki: e.Item.Key.Wiki(), Source: source})
		}
		add(e.Item.Name, "name")
		for _, a := range e.Item.Aliases {
			add(a, "alias")
		}
	}
	return out, nil
}
