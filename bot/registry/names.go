// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the names by which people may call the items of a wiki.

package registry

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"slices"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/detect"
)

// Names returns every name of every item that a wiki knows, those of a
// catalogue included, for detectors that look for names in plain text, sorted
// by item and name. Each says which source has it, the best one of several.
// Items known from mentions alone, or gone, are left out.
func (r *Registry) Names(ctx context.Context, wiki string) ([]detect.Alias, error) {
	var rows []presence
	err := r.read(ctx, func(tx *sql.Tx) (err error) {
		rows, err = presences(ctx, tx, `wiki IN (?, ?) AND gone_at = 0 AND source <> ?`, wiki, AllWikis, fromMentions)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("names of the items of %s: %w", wiki, err)
	}
	slices.SortFunc(rows, comparePresences)
	known := newResolver(slices.Clone(rows))
	named := make(map[detect.Alias]bool)
	var out []detect.Alias
	for _, p := range rows {
		key := known.one(p.item.Key)
		for _, name := range append([]string{p.item.Name, p.item.Key.Name()}, p.item.Aliases...) {
			a := detect.Alias{Kind: key.Kind(), Name: name, Item: key.Name(), Wiki: key.Wiki()}
			if name == "" || named[a] {
				continue
			}
			named[a] = true
			a.Source = p.source
			out = append(out, a)
		}
	}
	slices.SortFunc(out, func(a, b detect.Alias) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Wiki, b.Wiki), cmp.Compare(a.Item, b.Item), cmp.Compare(a.Name, b.Name))
	})
	return out, nil
}
