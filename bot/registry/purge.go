// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds what is forgotten when it has become old.

package registry

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"time"
)

// purgedAtOnce is how many rows go in one transaction, so that others who write
// wait for no more than that.
const purgedAtOnce = 1000

// Purge deletes what is over since before a time: mentions that were made,
// notices that were sent and claims that were superseded before it, changes of
// pages from before it that belong to no item, edits, and the log of notices. Notices that are not
// known to be saved stay, and so do edits under the rules in force, which a trial
// counts. It goes in steps; one that is cut off has done some of them.
func (r *Registry) Purge(ctx context.Context, before time.Time) error {
	err := r.purge(ctx, before)
	if err != nil {
		return fmt.Errorf("purge what is older than %s: %w", before.UTC().Format(time.RFC3339), err)
	}
	return nil
}

func (r *Registry) purge(ctx context.Context, before time.Time) error {
	wikis, err := r.wikis(ctx)
	if err != nil {
		return err
	}
	for _, wiki := range wikis {
		for redacted := range 2 { // as the index goes
			if err := r.purgeRows(ctx, "mention", "id", `wiki = ? AND redacted = ? AND made_at < ?`, wiki, redacted, micros(before)); err != nil {
				return err
			}
		}
		inForce, ok, err := r.LastRules(ctx, wiki)
		if err != nil {
			return err
		}
		if !ok {
			inForce.Revision = -1
		}
		if err := r.purgeRows(ctx, "edit", "revision", `wiki = ? AND saved_at < ? AND rules <> ?`, wiki, micros(before), inForce.Revision); err != nil {
			return err
		}
	}
	if err := r.purgeRows(ctx, "request", "id", `made_at < ?`, micros(before)); err != nil {
		return err
	}
	if err := r.purgeRows(ctx, "notice", "notice_key", `sent_at > 0 AND sent_at < ?`, micros(before)); err != nil {
		return err
	}
	if err := r.purgeTold(ctx, before); err != nil {
		return err
	}
	if err := r.purgeRows(ctx, "claim", "id", `superseded_at > 0 AND superseded_at < ?`, micros(before)); err != nil {
		return err
	}
	if err := r.purgeTrend(ctx, before); err != nil {
		return err
	}
	return r.purgePageChanges(ctx, before)
}

// purgeRows deletes the rows that a condition selects, some at a time, by their
// primary key, which is a text or a number.
func (r *Registry) purgeRows(ctx context.Context, table, key, where string, args ...any) error {
	for {
		var some []any
		err := r.read(ctx, func(tx *sql.Tx) error {
			some = nil
			return query(ctx, tx, func(scan func(...any) error) error {
				var id any
				err := scan(&id)
				if text, ok := id.([]byte); ok {
					id = string(text)
				}
				some = append(some, id)
				return err
			}, `SELECT `+key+` FROM `+table+` WHERE `+where+` LIMIT ?`, append(slices.Clone(args), purgedAtOnce)...)
		})
		if err != nil {
			return fmt.Errorf("look for old rows of %s: %w", table, err)
		}
		if len(some) == 0 {
			return nil
		}
		err = r.write(ctx, func(tx *sql.Tx) error {
			return execEach(ctx, tx, `DELETE FROM `+table+` WHERE `+where, key, some, args...)
		})
		if err != nil {
			return fmt.Errorf("delete old rows of %s: %w", table, err)
		}
	}
}

// purgePageChanges deletes old changes that no View can use: on other wikis one
// counts for the item of exactly that key, on its own also by an alias.
func (r *Registry) purgePageChanges(ctx context.Context, before time.Time) error {
	var unused []Key
	err := r.read(ctx, func(tx *sql.Tx) (err error) {
		unused, err = unusedPageChanges(ctx, tx, before)
		return err
	})
	if err != nil {
		return err
	}
	for some := range slices.Chunk(unused, purgedAtOnce) {
		err := r.write(ctx, func(tx *sql.Tx) error {
			return execEach(ctx, tx, `DELETE FROM page_change WHERE changed_at < ? AND NOT EXISTS
				(SELECT 1 FROM presence WHERE presence.item_key = page_change.item_key)`, "item_key", some, micros(before))
		})
		if err != nil {
			return fmt.Errorf("delete old changes of pages: %w", err)
		}
	}
	return nil
}

func unusedPageChanges(ctx context.Context, tx *sql.Tx, before time.Time) (unused []Key, err error) {
	byWiki := make(map[string][]Key)
	err = query(ctx, tx, func(scan func(...any) error) error {
		var wiki string
		var key Key
		err := scan(&wiki, &key)
		byWiki[wiki] = append(byWiki[wiki], key)
		return err
	}, `SELECT wiki, item_key FROM page_change WHERE changed_at < ? AND NOT EXISTS
		(SELECT 1 FROM presence WHERE presence.item_key = page_change.item_key)`, micros(before))
	if err != nil {
		return nil, fmt.Errorf("read old changes of pages: %w", err)
	}
	for wiki, keys := range byWiki {
		rows, err := presences(ctx, tx, `wiki = ?`, wiki)
		if err != nil {
			return nil, err
		}
		known := newResolver(rows)
		for _, key := range keys {
			if len(known.resolve(key)) == 0 {
				unused = append(unused, key)
			}
		}
	}
	return unused, nil
}
