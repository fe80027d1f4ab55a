// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds how what the sources of all wikis say is found by the names of
// its items: most of it is none of a wiki's business.

package registry

import "slices"

// nameIndex finds what was surveyed by names.
type nameIndex struct {
	// items are the places of all that is said of an item, named the items that
	// have a name, as their own or as an alias.
	items map[identity]*places
	named map[identity][]identity
}

// places are indexes of the rows and claims of an item.
type places struct{ rows, claims []int }

// byName returns the index of what was surveyed.
func (s *surveyed) byName() *nameIndex {
	s.once.Do(s.makeIndex)
	return &s.index
}

func (s *surveyed) makeIndex() {
	rows := len(s.items.rows)
	x := nameIndex{items: make(map[identity]*places, rows), named: make(map[identity][]identity, rows)}
	for n := range rows {
		p := s.items.at(n)
		own := identify(p.item.Key)
		at := x.items[own]
		if at == nil {
			at = &places{}
			x.items[own] = at
		}
		at.rows = append(at.rows, n)
		for _, name := range append([]string{own.name, p.item.Name}, p.item.Aliases...) {
			id := identify(NewKey(own.kind, own.wiki, name))
			if !slices.Contains(x.named[id], own) {
				x.named[id] = append(x.named[id], own)
			}
		}
	}
	for n := range s.claims.rows {
		for _, own := range x.named[identify(s.claims.item(n))] {
			x.items[own].claims = append(x.items[own].claims, n)
		}
	}
	s.index = x
}

// wanted returns the places of what is said about items that have one of some
// names.
func (s *surveyed) wanted(names []Key) places {
	index := s.byName()
	seen := make(map[identity]bool)
	var all places
	for _, name := range names {
		for _, id := range index.named[identify(name)] {
			if seen[id] {
				continue
			}
			seen[id] = true
			at := index.items[id]
			all.rows = append(all.rows, at.rows...)
			all.claims = append(all.claims, at.claims...)
		}
	}
	all.rows, all.claims = sorted(all.rows), sorted(all.claims)
	return all
}

// sorted returns numbers in order, each once.
func sorted(numbers []int) []int {
	slices.Sort(numbers)
	return slices.Compact(numbers)
}
