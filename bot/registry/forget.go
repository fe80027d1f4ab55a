// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds what is forgotten to be read anew: all that can be read again,
// or what is from revisions that a wiki does not have any more.

package registry

import (
	"context"
	"database/sql"
	"fmt"
	"time"
)

// readAgain are the tables whose rows follow from what the wikis and the
// catalogues say. The others hold what the bot alone knows: what it told whom,
// mentions of long ago and who did not want them, and how verdicts went.
var readAgain = []string{
	"presence", "page_change", "claim", "measure", "account", "similar", "said",
	"survey_state", "cells_read", "page_state", "rules", "edit",
}

// Forget empties the store of all that can be read again from the wikis and the
// catalogues. What was told whom stays, and so do mentions, the trend, the place
// in the stream, and why regions must not be written.
func (r *Registry) Forget(ctx context.Context) error {
	err := r.write(ctx, func(tx *sql.Tx) error {
		for _, table := range readAgain {
			if _, err := tx.ExecContext(ctx, `DELETE FROM `+table); err != nil {
				return fmt.Errorf("empty %s: %w", table, err)
			}
		}
		_, err := tx.ExecContext(ctx, `DELETE FROM note WHERE name NOT LIKE 'region %'`)
		return err
	})
	if err != nil {
		return fmt.Errorf("forget what can be read again: %w", err)
	}
	return nil
}

// NewestRevision returns the newest revision of a wiki that the store knows, but
// for those of notices, which are kept when the wiki goes back, and
// the newest that the bot has made there; 0 where there is none.
func (r *Registry) NewestRevision(ctx context.Context, wiki string) (known, own int64, err error) {
	err = r.read(ctx, func(tx *sql.Tx) error {
		known, own = 0, 0
		for _, from := range []string{
			`edit WHERE wiki = ?`, `cells_read WHERE wiki = ?`, `rules WHERE wiki = ?`, `mention WHERE wiki = ?`, `request WHERE wiki = ?`,
		} {
			var newest int64
			if err := tx.QueryRowContext(ctx, `SELECT COALESCE(MAX(revision), 0) FROM `+from, wiki).Scan(&newest); err != nil {
				return err
			}
			known = max(known, newest)
		}
		return tx.QueryRowContext(ctx, `SELECT COALESCE(MAX(revision), 0) FROM edit WHERE wiki = ?`, wiki).Scan(&own)
	})
	if err != nil {
		return 0, 0, fmt.Errorf("look for the newest revision of %s: %w", wiki, err)
	}
	return known, own, nil
}

// Rewind forgets what is from revisions of a wiki after last, which the wiki does
// not have any more: positions, claims, rules, edits, mentions, and what became of
// regions. What people were told they were told: that stays. Entries of the
// noticeboard that pinged nobody are made again where their mentions stand.
func (r *Registry) Rewind(ctx context.Context, wiki string, last int64) error {
	at := micros(time.Now())
	err := r.write(ctx, func(tx *sql.Tx) error {
		for _, step := range []struct {
			text string
			args []any
		}{
			// The claims of a page are read from its beginning, or not at all.
			{`UPDATE claim SET superseded_at = ? WHERE wiki = ? AND source = ? AND superseded_at = 0`, []any{at, wiki, CellsSource}},
			{`DELETE FROM cells_read WHERE wiki = ?`, []any{wiki}},
			{`UPDATE survey_state SET mark = '', checkpoint = '' WHERE wiki = ?`, []any{wiki}},
			{`DELETE FROM rules WHERE wiki = ? AND revision > ?`, []any{wiki, last}},
			{`DELETE FROM edit WHERE wiki = ? AND revision > ?`, []any{wiki, last}},
			{`DELETE FROM page_change WHERE wiki = ? AND revision > ?`, []any{wiki, last}},
			{`DELETE FROM mention WHERE wiki = ? AND revision > ?`, []any{wiki, last}},
			{`UPDATE mention SET withdrawn = 0, dismissed_at = 0, dismissed_by = '' WHERE wiki = ?`, []any{wiki}},
			{`DELETE FROM request WHERE wiki = ? AND revision > ?`, []any{wiki, last}},
			{`DELETE FROM page_state WHERE wiki = ?`, []any{wiki}},
			{`DELETE FROM note WHERE wiki = ? AND name LIKE 'region %'`, []any{wiki}},
			{`DELETE FROM told WHERE wiki = ? AND revision = 0 AND withheld = ''
				AND notice_key IN (SELECT notice_key FROM notice WHERE wiki = ? AND sent_at = 0 AND base > ?)`, []any{wiki, wiki, last}},
			{`DELETE FROM notice WHERE wiki = ? AND sent_at = 0 AND base > ?`, []any{wiki, last}},
			{`DELETE FROM notice WHERE wiki = ? AND sent_at > 0 AND revision > ? AND (notice_key LIKE 'board/%' OR notice_key LIKE 'request/%')
				AND notice_key NOT IN (SELECT mention FROM told WHERE wiki = ? AND withheld = '')`, []any{wiki, last, wiki}},
		} {
			if _, err := tx.ExecContext(ctx, step.text, step.args...); err != nil {
				return fmt.Errorf("%.40s…: %w", step.text, err)
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("forget what is after revision %d of %s: %w", last, wiki, err)
	}
	return nil
}
