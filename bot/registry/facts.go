// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds how all that is known of the items of a wiki is gathered,
// before it is put together.

package registry

import (
	"cmp"
	"context"
	"database/sql"
	"slices"
)

// facts are what is known of the items of a wiki.
type facts struct {
	states    []sourceState // of the wiki
	catalogue []sourceState // of all wikis
	rows      []presence
	claims    []storedClaim
	changes   []pageChange
	counts    map[Key]count
	known     resolver // of rows
}

// readFacts reads what the sources say of the items of a wiki, those of all
// wikis too as far as they are asked for or the wiki has to do with them.
func (r *Registry) readFacts(ctx context.Context, tx *sql.Tx, q Query) (f facts, err error) {
	states, err := sourceStates(ctx, tx, `wiki IN (?, ?)`, q.Wiki, AllWikis)
	if err != nil {
		return facts{}, err
	}
	f.states, f.catalogue = statesOn(q.Wiki, states), statesOn(AllWikis, states)
	if err := r.addSurveyed(ctx, tx, q, &f); err != nil {
		return facts{}, err
	}
	if err := f.addEvents(ctx, tx, q); err != nil {
		return facts{}, err
	}
	if !q.Uncounted {
		if f.counts, err = mentionCounts(ctx, tx, q); err != nil {
			return facts{}, err
		}
	}
	if q.Wiki != AllWikis {
		if err := r.addCatalogue(ctx, tx, q, &f); err != nil {
			return facts{}, err
		}
	}
	if f.changes, err = pageChanges(ctx, tx, q, f.rows); err != nil {
		return facts{}, err
	}
	mentioned, err := mentionedKeys(ctx, tx, q)
	if err != nil {
		return facts{}, err
	}
	f.rows = withoutUnmentioned(f.rows, mentioned, f.claims, f.changes)
	f.known = newResolver(f.rows)
	return f, nil
}

func statesOn(wiki string, all []sourceState) []sourceState {
	return slices.DeleteFunc(slices.Clone(all), func(s sourceState) bool { return s.Wiki != wiki })
}

// addSurveyed adds what the surveys of the wiki said.
func (r *Registry) addSurveyed(ctx context.Context, tx *sql.Tx, q Query, f *facts) error {
	read, _ := times(f.states)
	for _, kind := range q.kinds() {
		s, err := r.memory.of(ctx, tx, q.Wiki, itemsPart, kind, f.states)
		if err != nil {
			return err
		}
		f.rows = slices.Grow(f.rows, len(s.items.rows))
		for n := range s.items.rows {
			f.rows = append(f.rows, s.items.at(n))
		}
		f.claims = slices.Grow(f.claims, len(s.claims.rows))
		for n := range s.claims.rows {
			f.claims = append(f.claims, s.claims.at(n).readAt(read))
		}
	}
	return nil
}

// addEvents adds what edits led to: items that were mentioned or changed, and
// claims in Steward cells.
func (f *facts) addEvents(ctx context.Context, tx *sql.Tx, q Query) error {
	kinds, args := oneOf("kind", q.Kinds)
	rows, err := presences(ctx, tx, `wiki = ? AND source IN (?, ?) AND `+kinds, append([]any{q.Wiki, fromTouches, fromMentions}, args...)...)
	if err != nil {
		return err
	}
	cells, err := claims(ctx, tx, `wiki = ? AND source = ? AND superseded_at = 0 AND `+kinds, append([]any{q.Wiki, CellsSource}, args...)...)
	if err != nil {
		return err
	}
	f.rows = append(f.rows, rows...)
	if len(cells) > 0 {
		f.claims = append(f.claims, cells...)
		slices.SortFunc(f.claims, func(a, b storedClaim) int { return cmp.Compare(a.id, b.id) })
	}
	return nil
}

// addCatalogue adds what the sources of all wikis say of the wiki's items, and
// of those that it mentions or claims something about; of all if the query asks
// for them.
func (r *Registry) addCatalogue(ctx context.Context, tx *sql.Tx, q Query, f *facts) error {
	read, _ := times(f.catalogue)
	names := make([]Key, 0, len(f.rows)+len(f.claims)+len(f.counts))
	for i := range f.rows {
		names = append(names, f.rows[i].item.Key)
	}
	for i := range f.claims {
		names = append(names, f.claims[i].Item)
	}
	for key := range f.counts {
		names = append(names, key)
	}
	for _, kind := range q.kinds() {
		s, err := r.memory.of(ctx, tx, AllWikis, itemsPart, kind, f.catalogue)
		if err != nil {
			return err
		}
		if s.size() == 0 {
			continue
		}
		if q.Catalogue {
			for n := range s.items.rows {
				names = append(names, s.items.key(n))
			}
		}
		at := s.wanted(names)
		for _, n := range at.rows {
			f.rows = append(f.rows, s.items.at(n))
		}
		for _, n := range at.claims {
			f.claims = append(f.claims, s.claims.at(n).readAt(read))
		}
	}
	return nil
}

// readMeasures reads what was counted about items that are known.
func (r *Registry) readMeasures(ctx context.Context, tx *sql.Tx, q Query, f facts) (out []Measure, err error) {
	for _, wiki := range q.wikis() {
		states := f.states
		if wiki != q.Wiki {
			states = f.catalogue
		}
		_, counted := times(states)
		for _, kind := range q.kinds() {
			s, err := r.memory.of(ctx, tx, wiki, measuresPart, kind, states)
			if err != nil {
				return nil, err
			}
			for _, m := range s.measures {
				out = append(out, m.countedAt(counted))
			}
		}
	}
	return out, nil
}

// ofTheWiki leaves out the items that only sources of all wikis name, but for
// those that the wiki mentions or has claims about, unless they are asked for.
func (f facts) ofTheWiki(q Query, all []Entry) []Entry {
	if q.Catalogue || q.Wiki == AllWikis {
		return all
	}
	foreign := make(map[Key]bool)
	for i := range f.rows {
		if p := &f.rows[i]; p.wiki != q.Wiki {
			for _, key := range f.known.resolve(p.item.Key) {
				foreign[key] = true
			}
		}
	}
	if len(foreign) == 0 {
		return all
	}
	own := func(k Key) {
		for _, key := range f.known.resolve(k) {
			delete(foreign, key)
		}
	}
	for i := range f.rows {
		if f.rows[i].wiki == q.Wiki {
			own(f.rows[i].item.Key)
		}
	}
	for i := range f.claims {
		if f.claims[i].wiki == q.Wiki {
			own(f.claims[i].Item)
		}
	}
	return slices.DeleteFunc(all, func(e Entry) bool { return e.Quarter == 0 && foreign[e.Item.Key] })
}
