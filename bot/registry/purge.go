// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds what is forgotten when it has become old.

package registry

import (
	"context"
	"database/sql"
	"fmt"
	"time"
)

// Purge deletes what is over since before a time: mentions that were made,
// notices that were sent and claims that were superseded before it, and changes
// of pages from before it that belong to no item. Notices that are not known to
// be saved stay.
func (r *Registry) Purge(ctx context.Context, before time.Time) error {
	err := r.write(ctx, func(tx *sql.Tx) error {
		for _, text := range []string{
			`DELETE FROM mention WHERE made_at < ?`,
			`DELETE FROM notice WHERE sent_at > 0 AND sent_at < ?`,
			`DELETE FROM claim WHERE superseded_at > 0 AND superseded_at < ?`,
		} {
			if _, err := tx.ExecContext(ctx, text, micros(before)); err != nil {
				return err
			}
		}
		return purgePageChanges(ctx, tx, before)
	})
	if err != nil {
		return fmt.Errorf("purge what is older than %s: %w", before.UTC().Format(time.RFC3339), err)
	}
	return nil
}

// purgePageChanges deletes old changes that no View can use: on other wikis one
// counts for the item of exactly that key, on its own also by an alias.
func purgePageChanges(ctx context.Context, tx *sql.Tx, before time.Time) error {
	byWiki := make(map[string][]Key)
	err := query(ctx, tx, func(scan func(...any) error) error {
		var wiki string
		var key Key
		err := scan(&wiki, &key)
		byWiki[wiki] = append(byWiki[wiki], key)
		return err
	}, `SELECT wiki, item_key FROM page_change WHERE changed_at < ? AND NOT EXISTS
		(SELECT 1 FROM presence WHERE presence.item_key = page_change.item_key)`, micros(before))
	if err != nil {
		return fmt.Errorf("read old changes of pages: %w", err)
	}
	for wiki, keys := range byWiki {
		rows, err := presences(ctx, tx, `wiki = ?`, wiki)
		if err != nil {
			return err
		}
		known := newResolver(rows)
		for _, key := range keys {
			if len(known.resolve(key)) > 0 {
				continue
			}
			if _, err := tx.ExecContext(ctx, `DELETE FROM page_change WHERE item_key = ?`, key); err != nil {
				return err
			}
		}
	}
	return nil
}
