// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the ledger: which edits the bot has saved, when, and under
// which rules.

package registry

import (
	"context"
	"database/sql"
	"fmt"
	"time"
)

// Edit is an edit that the bot has saved.
type Edit struct {
	Wiki     string    `json:"wiki"`
	Revision int64     `json:"revision"`
	Title    string    `json:"title"`
	Region   string    `json:"region,omitempty"` // "" for an edit that is about none
	Rules    int64     `json:"rules,omitempty"`  // revision of the rules that it was made under, 0 for reports
	Saved    time.Time `json:"saved"`
}

// SaveEdit notes an edit. The same revision again changes nothing.
func (r *Registry) SaveEdit(ctx context.Context, wiki, title, region string, revision, rules int64, at time.Time) error {
	err := r.write(ctx, func(tx *sql.Tx) error {
		return put(ctx, tx,
			`UPDATE edit SET title = ?, region = ?, rules = ?, saved_at = ? WHERE wiki = ? AND revision = ?`,
			`INSERT INTO edit (title, region, rules, saved_at, wiki, revision) VALUES (?, ?, ?, ?, ?, ?)`,
			clean(title), region, rules, micros(at), wiki, revision)
	})
	if err != nil {
		return fmt.Errorf("note revision %d of %s on %s: %w", revision, title, wiki, err)
	}
	return nil
}

// EditsSince counts the edits on a wiki, or on one page of it if title is not
// "", after a time, and returns when the first of them was saved.
func (r *Registry) EditsSince(ctx context.Context, wiki, title string, since time.Time) (n int, first time.Time, err error) {
	query, args := `SELECT COUNT(*), COALESCE(MIN(saved_at), 0) FROM edit WHERE wiki = ? AND saved_at > ?`, []any{wiki, micros(since)}
	if title != "" {
		query, args = query+` AND title = ?`, append(args, clean(title))
	}
	var at int64
	if err := r.reader.QueryRowContext(ctx, query, args...).Scan(&n, &at); err != nil {
		return 0, time.Time{}, fmt.Errorf("count the edits on %s: %w", wiki, err)
	}
	return n, moment(at), nil
}

// EditsUnder counts the edits that were made under a revision of the rules.
func (r *Registry) EditsUnder(ctx context.Context, wiki string, rules int64) (n int, err error) {
	err = r.reader.QueryRowContext(ctx, `SELECT COUNT(*) FROM edit WHERE wiki = ? AND rules = ?`, wiki, rules).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("count the edits on %s under revision %d of the rules: %w", wiki, rules, err)
	}
	return n, nil
}

// LastEdits returns the last edits on a wiki, at most so many, the newest first.
func (r *Registry) LastEdits(ctx context.Context, wiki string, most int) ([]Edit, error) {
	var out []Edit
	err := r.read(ctx, func(tx *sql.Tx) error {
		return query(ctx, tx, func(scan func(...any) error) error {
			e := Edit{Wiki: wiki}
			var at int64
			err := scan(&e.Revision, &e.Title, &e.Region, &e.Rules, &at)
			e.Saved = moment(at)
			out = append(out, e)
			return err
		}, `SELECT revision, title, region, rules, saved_at FROM edit WHERE wiki = ? ORDER BY saved_at DESC, revision DESC LIMIT ?`, wiki, most)
	})
	if err != nil {
		return nil, fmt.Errorf("read the last edits on %s: %w", wiki, err)
	}
	return out, nil
}
