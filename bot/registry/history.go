// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the history of what was claimed about an item.

package registry

import (
	"context"
	"database/sql"
	"fmt"
	"slices"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/detect"
)

// History returns every claim about an item of a wiki that is stored, the
// oldest first: those in force and those that were superseded, as long as they
// are kept. key is any spelling of the item.
func (r *Registry) History(ctx context.Context, wiki string, key Key) ([]Claim, error) {
	var out []Claim
	err := r.read(ctx, func(tx *sql.Tx) error {
		out = nil
		spellings, err := r.spellingsOf(ctx, tx, wiki, key)
		if err != nil {
			return err
		}
		in, args := oneOf("item_key", spellings)
		stored, err := claims(ctx, tx, in+` AND wiki IN (?, ?)`, append(args, wiki, AllWikis)...)
		if err != nil {
			return err
		}
		slices.SortStableFunc(stored, func(a, b storedClaim) int { return a.Evidence.Time.Compare(b.Evidence.Time) })
		for _, c := range stored {
			out = append(out, c.Claim)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("history of the claims on %s: %w", key, err)
	}
	return out, nil
}

// spellingsOf returns the keys under which sources have made claims about the
// item that a key means on a wiki, and the key itself.
func (r *Registry) spellingsOf(ctx context.Context, tx *sql.Tx, wiki string, key Key) ([]Key, error) {
	q := Query{Wiki: wiki, Kinds: []detect.Kind{key.Kind()}}
	facts, err := r.readFacts(ctx, tx, q)
	if err != nil {
		return nil, err
	}
	known := facts.known
	item := known.one(key)
	out := []Key{key}
	for _, wiki := range q.wikis() {
		err := query(ctx, tx, func(scan func(...any) error) error {
			var other Key
			err := scan(&other)
			if other != key && (identify(other) == identify(item) || slices.Contains(known.resolve(other), item)) {
				out = append(out, other)
			}
			return err
		}, `SELECT DISTINCT item_key FROM claim WHERE wiki = ? AND kind = ?`, wiki, key.Kind())
		if err != nil {
			return nil, fmt.Errorf("read which items are claimed: %w", err)
		}
	}
	return out, nil
}
