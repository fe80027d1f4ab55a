// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the rows that say which source sees which item on a wiki.

package registry

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
)

// The sources that are no survey.
const (
	fromTouches  = "touches"
	fromMentions = "mentions"
)

// presence is an item as one source sees it.
type presence struct {
	source string
	item   Item
}

// presences reads the rows that a condition selects, in key order.
func presences(ctx context.Context, tx *sql.Tx, where string, args ...any) ([]presence, error) {
	var out []presence
	err := query(ctx, tx, func(scan func(...any) error) error {
		var p presence
		var aliases string
		var changed, gone int64
		err := scan(&p.source, &p.item.Key, &p.item.Name, &p.item.Page, &p.item.URL, &p.item.Section,
			&p.item.Deployed, &p.item.Listed, &p.item.Default, &aliases, &changed, &p.item.ChangedRevision, &gone)
		if err != nil {
			return err
		}
		if err := json.Unmarshal([]byte(aliases), &p.item.Aliases); err != nil {
			return fmt.Errorf("aliases of %s: %w", p.item.Key, err)
		}
		p.item.Changed, p.item.Gone = moment(changed), moment(gone)
		out = append(out, p)
		return nil
	}, `SELECT source, item_key, name, page, url, section, deployed, listed, on_by_default, aliases, changed_at, changed_revision, gone_at
		FROM presence WHERE `+where+` ORDER BY item_key, source`, args...)
	if err != nil {
		return nil, fmt.Errorf("read items: %w", err)
	}
	return out, nil
}

func insertPresence(ctx context.Context, tx *sql.Tx, wiki, source string, i Item) error {
	return savePresence(ctx, tx, `INSERT INTO presence
		(name, page, url, section, deployed, listed, on_by_default, aliases, changed_at, changed_revision, gone_at, wiki, source, item_key)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, wiki, source, i)
}

func updatePresence(ctx context.Context, tx *sql.Tx, wiki, source string, i Item) error {
	return savePresence(ctx, tx, `UPDATE presence SET
		name = ?, page = ?, url = ?, section = ?, deployed = ?, listed = ?, on_by_default = ?, aliases = ?,
		changed_at = ?, changed_revision = ?, gone_at = ? WHERE wiki = ? AND source = ? AND item_key = ?`, wiki, source, i)
}

func savePresence(ctx context.Context, tx *sql.Tx, text, wiki, source string, i Item) error {
	aliases, err := json.Marshal(i.Aliases)
	if err != nil {
		return fmt.Errorf("aliases of %s: %w", i.Key, err)
	}
	_, err = tx.ExecContext(ctx, text, i.Name, i.Page, i.URL, i.Section, flag(i.Deployed), flag(i.Listed), flag(i.Default),
		string(aliases), micros(i.Changed), i.ChangedRevision, micros(i.Gone), wiki, source, i.Key)
	if err != nil {
		return fmt.Errorf("save item %s: %w", i.Key, err)
	}
	return nil
}

// canonical is an item as the store would give it back, so that two can be
// compared.
func canonical(i Item) Item {
	for _, s := range []*string{&i.Name, &i.Page, &i.URL, &i.Section} {
		*s = clean(*s)
	}
	var aliases []string
	for _, a := range i.Aliases {
		if a = clean(a); a != "" && a != i.Name {
			aliases = append(aliases, a)
		}
	}
	slices.Sort(aliases)
	i.Aliases = slices.Compact(aliases)
	i.Changed, i.Gone = moment(micros(i.Changed)), moment(micros(i.Gone))
	return i
}

func flag(b bool) int {
	if b {
		return 1
	}
	return 0
}
