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
	wiki, source string
	item         Item
}

// presences reads the rows that a condition selects, in no order.
func presences(ctx context.Context, tx *sql.Tx, where string, args ...any) ([]presence, error) {
	var out []presence
	err := query(ctx, tx, func(scan func(...any) error) error {
		var p presence
		var aliases, details string
		var changed, gone int64
		var flags int
		err := scan(&p.wiki, &p.source, &p.item.Key, &p.item.Name, &p.item.Page, &p.item.URL, &p.item.Section,
			&flags, &aliases, &changed, &p.item.ChangedRevision, &gone, &details)
		if err != nil {
			return err
		}
		if aliases != "" {
			if err := json.Unmarshal([]byte(aliases), &p.item.Aliases); err != nil {
				return fmt.Errorf("aliases of %s: %w", p.item.Key, err)
			}
		}
		if details != "" {
			if err := json.Unmarshal([]byte(details), &p.item.Details); err != nil {
				return fmt.Errorf("details of %s: %w", p.item.Key, err)
			}
		}
		p.item.Deployed, p.item.Listed, p.item.Default = flags&1 != 0, flags&2 != 0, flags&4 != 0
		p.item.Changed, p.item.Gone = moment(changed), moment(gone)
		out = append(out, p)
		return nil
	}, `SELECT wiki, source, item_key, name, page, url, section, deployed + 2 * listed + 4 * on_by_default, aliases, changed_at, changed_revision, gone_at, details
		FROM presence WHERE `+where, args...)
	if err != nil {
		return nil, fmt.Errorf("read items: %w", err)
	}
	return out, nil
}

// insertPresences stores what a source says of items that it said nothing of.
func insertPresences(ctx context.Context, tx *sql.Tx, wiki, source string, items []Item) error {
	rows := make([][]any, 0, len(items))
	for _, i := range items {
		row, err := presenceRow(wiki, source, i)
		if err != nil {
			return err
		}
		rows = append(rows, row)
	}
	err := insertRows(ctx, tx, `INSERT INTO presence
		(name, page, url, section, deployed, listed, on_by_default, aliases, changed_at, changed_revision, gone_at, details, kind, wiki, source, item_key)`, rows)
	if err != nil {
		return fmt.Errorf("save items of %s: %w", source, err)
	}
	return nil
}

func insertPresence(ctx context.Context, tx *sql.Tx, wiki, source string, i Item) error {
	return insertPresences(ctx, tx, wiki, source, []Item{i})
}

func updatePresence(ctx context.Context, tx *sql.Tx, wiki, source string, i Item) error {
	row, err := presenceRow(wiki, source, i)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `UPDATE presence SET
		name = ?, page = ?, url = ?, section = ?, deployed = ?, listed = ?, on_by_default = ?, aliases = ?,
		changed_at = ?, changed_revision = ?, gone_at = ?, details = ?, kind = ? WHERE wiki = ? AND source = ? AND item_key = ?`, row...)
	if err != nil {
		return fmt.Errorf("save item %s: %w", i.Key, err)
	}
	return nil
}

func presenceRow(wiki, source string, i Item) ([]any, error) {
	aliases, err := listText(i.Aliases)
	if err != nil {
		return nil, fmt.Errorf("aliases of %s: %w", i.Key, err)
	}
	details, err := detailsText(i.Details)
	if err != nil {
		return nil, fmt.Errorf("details of %s: %w", i.Key, err)
	}
	return []any{i.Name, i.Page, i.URL, i.Section, flag(i.Deployed), flag(i.Listed), flag(i.Default),
		aliases, micros(i.Changed), i.ChangedRevision, micros(i.Gone), details, i.Key.Kind(), wiki, source, i.Key}, nil
}

// canonical is an item as the store would give it back, so that two can be
// compared.
func canonical(i Item) Item {
	i.Name, i.Page, i.URL, i.Section = clip(i.Name, maxTitle), clip(i.Page, maxTitle), clip(i.URL, maxAddress), clip(i.Section, maxTitle)
	var aliases []string
	for _, a := range clipAll(i.Aliases, maxTitle) {
		if a != i.Name {
			aliases = append(aliases, a)
		}
	}
	slices.Sort(aliases)
	i.Aliases = slices.Compact(aliases)
	i.Details = i.Details.canonical()
	i.Changed, i.Gone = moment(micros(i.Changed)), moment(micros(i.Gone))
	return i
}

func flag(b bool) int {
	if b {
		return 1
	}
	return 0
}
