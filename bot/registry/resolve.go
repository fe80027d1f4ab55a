// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds how keys are resolved to items: which spellings of a name are
// one identity, and which items have it.

package registry

import (
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
		name = strings.ToLower(name)
		if strings.ContainsAny(name, " _") {
			name = strings.NewReplacer(" ", "", "_", "").Replace(name)
		}
	}
	return identity{kind, wiki, name}
}

// resolver knows the items of one wiki by all their names.
type resolver struct {
	items   []Item // one for every identity that a source names
	place   map[identity]int
	aliases map[identity][]Key // of live items, sorted; own names are not among them
}

func newResolver(rows []presence) resolver {
	r := resolver{place: make(map[identity]int, len(rows))}
	// The rows of an item form a chain: first to the last one seen, from there
	// to those before it.
	last, before := make([]int, 0, len(rows)), make([]int, len(rows))
	for i := range rows {
		id := identify(rows[i].item.Key)
		n, known := r.place[id]
		if !known {
			n = len(last)
			r.place[id], last = n, append(last, -1)
		}
		before[i], last[n] = last[n], i
	}
	r.items = make([]Item, len(last))
	var said []presence
	for n, i := range last {
		said = said[:0]
		for ; i >= 0; i = before[i] {
			said = append(said, rows[i])
		}
		r.items[n] = merge(said)
	}
	r.index()
	return r
}

// index fills in the aliases.
func (r *resolver) index() {
	r.aliases = make(map[identity][]Key)
	for i := range r.items {
		item := &r.items[i]
		if !item.Gone.IsZero() {
			continue
		}
		own := identify(item.Key)
		r.addAlias(own, item.Key, item.Name)
		for _, a := range item.Aliases {
			r.addAlias(own, item.Key, a)
		}
	}
	for id, keys := range r.aliases {
		slices.Sort(keys)
		r.aliases[id] = slices.Compact(keys)
	}
}

func (r *resolver) addAlias(own identity, key Key, alias string) {
	if alias == own.name || alias == "" {
		return
	}
	if id := identify(NewKey(own.kind, own.wiki, alias)); id != own {
		r.aliases[id] = append(r.aliases[id], key)
	}
}

// resolve returns the keys of the items that a key means: the item of that
// name, else those that have it as an alias, else an item of that name that is
// gone. A file that several gadgets load means all of them.
func (r resolver) resolve(k Key) []Key {
	id := identify(k)
	n, known := r.place[id]
	if known && r.items[n].Gone.IsZero() {
		return []Key{r.items[n].Key}
	}
	if keys := r.aliases[id]; len(keys) > 0 {
		return keys
	}
	if known {
		return []Key{r.items[n].Key}
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

// have returns the live items that have a name, as their own or as an alias,
// sorted.
func (r resolver) have(id identity) []Key {
	keys := r.aliases[id]
	n, known := r.place[id]
	if !known || !r.items[n].Gone.IsZero() {
		return keys
	}
	return union([]Key{r.items[n].Key}, keys)
}

// union joins sorted lists of keys to one.
func union(a, b []Key) []Key {
	switch {
	case len(a) == 0:
		return b
	case len(b) == 0:
		return a
	}
	all := slices.Concat(a, b)
	slices.Sort(all)
	return slices.Compact(all)
}
