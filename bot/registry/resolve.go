// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds how the names that sources and mentions use are resolved to
// items, and how the sources' words on one item are put together.

package registry

import (
	"cmp"
	"slices"
	"strings"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/detect"
)

// identity is what all spellings of an item's own name have in common. For
// extensions, skins and tools neither case nor spaces count; the names of
// gadgets and user scripts are page titles, where both do.
type identity struct {
	kind detect.Kind
	wiki string
	name string
}

func identify(k Key) identity {
	kind, wiki, name := k.parts()
	if !onWiki(kind) {
		name = strings.Map(func(c rune) rune {
			if c == ' ' || c == '_' {
				return -1
			}
			return c
		}, strings.ToLower(name))
	}
	return identity{kind, wiki, name}
}

// resolver knows the items of one wiki by all their names.
type resolver struct {
	items   map[identity]Item // one for every identity that a source names
	aliases map[identity][]Key
}

func newResolver(rows []presence) resolver {
	groups := make(map[identity][]presence)
	for _, p := range rows {
		id := identify(p.item.Key)
		groups[id] = append(groups[id], p)
	}
	r := resolver{items: make(map[identity]Item, len(groups)), aliases: make(map[identity][]Key)}
	for id, group := range groups {
		r.items[id] = merge(group)
	}
	for _, item := range r.items {
		if !item.Gone.IsZero() {
			continue
		}
		for _, a := range item.Aliases {
			id := identify(NewKey(item.Key.Kind(), item.Key.Wiki(), a))
			r.aliases[id] = append(r.aliases[id], item.Key)
		}
	}
	for _, keys := range r.aliases {
		slices.Sort(keys)
	}
	return r
}

// resolve returns the keys of the items that a key means: the item of that
// name, else those that have it as an alias, else an item of that name that is
// gone. A file that several gadgets load means all of them.
func (r resolver) resolve(k Key) []Key {
	id := identify(k)
	item, known := r.items[id]
	if known && item.Gone.IsZero() {
		return []Key{item.Key}
	}
	if keys := r.aliases[id]; len(keys) > 0 {
		return keys
	}
	if known {
		return []Key{item.Key}
	}
	return nil
}

// one is resolve for where there is room for one item; without any it is the
// key itself.
func (r resolver) one(k Key) Key {
	if keys := r.resolve(k); len(keys) > 0 {
		return keys[0]
	}
	return k
}

// sourceRank orders the sources by how well they know an item; those that are
// not named come between.
func sourceRank(source string) int {
	switch source {
	case "siteinfo":
		return 0
	case "gadgets":
		return 1
	case "maintainers":
		return 2
	case fromTouches:
		return 8
	case fromMentions:
		return 9
	}
	return 5
}

// merge puts together what several sources say about one item. Sources that
// name it now come before those that did, better ones before others; the first
// that says something is heard. The item is gone when none names it.
func merge(rows []presence) Item {
	slices.SortFunc(rows, func(a, b presence) int {
		return cmp.Or(
			cmp.Compare(flag(!a.item.Gone.IsZero()), flag(!b.item.Gone.IsZero())),
			cmp.Compare(sourceRank(a.source), sourceRank(b.source)),
			cmp.Compare(a.source, b.source),
			cmp.Compare(a.item.Key, b.item.Key),
		)
	})
	out := rows[0].item
	out.Mentioned = out.Gone.IsZero() && rows[0].source == fromMentions // which come last
	var aliases []string
	for _, p := range rows {
		i := p.item
		aliases = append(append(aliases, i.Aliases...), i.Name, i.Key.Name())
		if out.Page == "" && out.URL == "" {
			out.Page, out.URL = i.Page, i.URL
		}
		out.Section = cmp.Or(out.Section, i.Section)
		if i.Changed.After(out.Changed) {
			out.Changed, out.ChangedRevision = i.Changed, i.ChangedRevision
		}
		if i.Gone.IsZero() {
			out.Deployed = out.Deployed || i.Deployed
			out.Listed = out.Listed || i.Listed
			out.Default = out.Default || i.Default
		} else if !out.Gone.IsZero() && i.Gone.After(out.Gone) {
			out.Gone = i.Gone
		}
	}
	if !out.Gone.IsZero() {
		out.Deployed, out.Listed, out.Default = false, false, false
	}
	slices.Sort(aliases)
	aliases = slices.Compact(aliases)
	out.Aliases = slices.DeleteFunc(aliases, func(a string) bool { return a == out.Name })
	if len(out.Aliases) == 0 {
		out.Aliases = nil
	}
	return out
}
