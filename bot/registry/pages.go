// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds what became of the pages that the bot keeps a region on.

package registry

import (
	"context"
	"database/sql"
	"fmt"
)

// PageState says whether the bot's region stands on a page, so that a page that
// people blanked or deleted is not made anew. A page without one never had it.
type PageState string

// The states of a page. Held: the region was last seen in place. Gone: it
// stood there once, and people took it away.
const (
	PageHeld PageState = "held"
	PageGone PageState = "gone"
)

// SetPage stores the state of a page, which is named "Title#region"; "" forgets
// it.
func (r *Registry) SetPage(ctx context.Context, wiki, name string, state PageState) error {
	name = clean(name)
	err := r.write(ctx, func(tx *sql.Tx) error {
		if state == "" {
			_, err := tx.ExecContext(ctx, `DELETE FROM page_state WHERE wiki = ? AND name = ?`, wiki, name)
			return err
		}
		return put(ctx, tx,
			`UPDATE page_state SET state = ? WHERE wiki = ? AND name = ?`,
			`INSERT INTO page_state (state, wiki, name) VALUES (?, ?, ?)`,
			state, wiki, name)
	})
	if err != nil {
		return fmt.Errorf("store that %s on %s is %q: %w", name, wiki, state, err)
	}
	return nil
}

// Pages returns what became of the bot's regions on a wiki, by "Title#region":
// the Pages of a View without the rest.
func (r *Registry) Pages(ctx context.Context, wiki string) (map[string]PageState, error) {
	var out map[string]PageState
	err := r.read(ctx, func(tx *sql.Tx) (err error) {
		out, err = pageStates(ctx, tx, wiki)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("what became of the pages on %s: %w", wiki, err)
	}
	return out, nil
}

func pageStates(ctx context.Context, tx *sql.Tx, wiki string) (map[string]PageState, error) {
	out := make(map[string]PageState)
	err := query(ctx, tx, func(scan func(...any) error) error {
		var name string
		var state PageState
		err := scan(&name, &state)
		out[name] = state
		return err
	}, `SELECT name, state FROM page_state WHERE wiki = ?`, wiki)
	if err != nil {
		return nil, fmt.Errorf("read states of pages: %w", err)
	}
	return out, nil
}
