// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds what the sources of all wikis say, kept in memory: it is the
// same for every wiki and changes seldom, and most of it is none of a wiki's
// business.

package registry

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
)

// allWikis is what the sources of all wikis say. It does not change.
type allWikis struct {
	version  string // of the sources, by which a newer one is known
	rows     []presence
	claims   []storedClaim
	measures []Measure
	// items are the places of all that is said of an item, named the items that
	// have a name, as their own or as an alias.
	items map[identity]*places
	named map[identity][]identity
}

// places are indexes of the rows, claims and measures of an item.
type places struct{ rows, claims, measures []int }

// allWikisAt returns what the sources of all wikis say in a transaction.
func (r *Registry) allWikisAt(ctx context.Context, tx *sql.Tx) (*allWikis, error) {
	states, err := sourceStates(ctx, tx, `wiki = ?`, AllWikis)
	if err != nil {
		return nil, err
	}
	var version strings.Builder
	for _, s := range states {
		fmt.Fprintln(&version, s.Source, s.saves, s.Read.UnixMicro())
	}
	if a := r.allWikis.Load(); a != nil && a.version == version.String() {
		return a, nil
	}
	a := &allWikis{version: version.String(), items: make(map[identity]*places), named: make(map[identity][]identity)}
	if a.rows, err = presences(ctx, tx, `wiki = ?`, AllWikis); err != nil {
		return nil, err
	}
	if a.claims, err = claims(ctx, tx, `wiki = ? AND superseded_at = 0`, AllWikis); err != nil {
		return nil, err
	}
	if a.measures, err = measures(ctx, tx, AllWikis, nil); err != nil {
		return nil, err
	}
	a.index()
	r.allWikis.Store(a)
	return a, nil
}

func (a *allWikis) index() {
	for n, p := range a.rows {
		own := identify(p.item.Key)
		at := a.items[own]
		if at == nil {
			at = &places{}
			a.items[own] = at
		}
		at.rows = append(at.rows, n)
		for _, name := range append([]string{own.name, p.item.Name}, p.item.Aliases...) {
			id := identify(NewKey(own.kind, own.wiki, name))
			if !slices.Contains(a.named[id], own) {
				a.named[id] = append(a.named[id], own)
			}
		}
	}
	for n, c := range a.claims {
		for _, own := range a.named[identify(c.Item)] {
			a.items[own].claims = append(a.items[own].claims, n)
		}
	}
	for n, m := range a.measures {
		for _, own := range a.named[identify(m.Item)] {
			a.items[own].measures = append(a.items[own].measures, n)
		}
	}
}

// addTo adds to the facts about a wiki what is said of its items, and of those
// that it mentions or claims something about; of all if the query asks for them.
func (a *allWikis) addTo(f *facts, q Query) {
	wanted := make(map[identity]bool)
	add := func(k Key) {
		for _, id := range a.named[identify(k)] {
			wanted[id] = true
		}
	}
	for i := range f.rows {
		add(f.rows[i].item.Key)
	}
	for i := range f.claims {
		add(f.claims[i].Item)
	}
	for key := range f.counts {
		add(key)
	}
	if q.Catalogue {
		kinds := q.kinds()
		for id := range a.items {
			if slices.Contains(kinds, id.kind) {
				wanted[id] = true
			}
		}
	}
	var all places
	for id := range wanted {
		at := a.items[id]
		all.rows = append(all.rows, at.rows...)
		all.claims = append(all.claims, at.claims...)
		all.measures = append(all.measures, at.measures...)
	}
	f.rows = slices.Grow(f.rows, len(all.rows))
	for _, n := range all.rows {
		f.rows = append(f.rows, a.rows[n])
	}
	for _, n := range sorted(all.claims) {
		f.claims = append(f.claims, a.claims[n])
	}
	for _, n := range sorted(all.measures) {
		f.measures = append(f.measures, a.measures[n])
	}
}

// sorted returns numbers in order, each once.
func sorted(numbers []int) []int {
	slices.Sort(numbers)
	return slices.Compact(numbers)
}
