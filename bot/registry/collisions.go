// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds collisions: names that several items have.

package registry

import (
	"cmp"
	"slices"
	"strings"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/detect"
)

// Collision is a name that several items of a kind have, so that it means all
// of them.
type Collision struct {
	Kind detect.Kind `json:"kind"`
	// Alias is the name as one of the sources writes it.
	Alias string `json:"alias"`
	Keys  []Key  `json:"keys"` // at least two, sorted
}

// Collisions lists every name that several live items of one kind have, on one
// wiki where the kind belongs to wikis, sorted by kind, name and keys. They are
// for people, who can tell the sources to use other names.
func (r *Resolver) Collisions() []Collision {
	spelled := make(map[identity]string)
	for i := range r.known.items {
		item := &r.known.items[i]
		if !item.Gone.IsZero() {
			continue
		}
		kind, wiki, name := item.Key.parts()
		for _, n := range append([]string{strings.TrimPrefix(name, toolhubPrefix), item.Name}, item.Aliases...) {
			n = strings.TrimPrefix(n, toolhubPrefix)
			s := spelling{kind, wiki, n}
			id := identify(s.key())
			if len(r.known.aliases[id]) == 0 && (kind != detect.Tool || !strings.HasPrefix(name, toolhubPrefix)) {
				continue // no more than its own name
			}
			if old, seen := spelled[id]; seen && old <= n || len(r.named(s)) < 2 {
				continue
			}
			spelled[id] = n
		}
	}
	var out []Collision
	for id, alias := range spelled {
		out = append(out, Collision{id.kind, alias, slices.Clone(r.named(spelling{id.kind, id.wiki, alias}))})
	}
	slices.SortFunc(out, func(a, b Collision) int {
		return cmp.Or(
			cmp.Compare(slices.Index(detect.Kinds, a.Kind), slices.Index(detect.Kinds, b.Kind)),
			strings.Compare(a.Alias, b.Alias),
			slices.Compare(a.Keys, b.Keys),
		)
	})
	return out
}
