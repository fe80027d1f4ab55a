// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the gaps of the streams that were looked up on the wikis.

package registry

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// gapsKept is how many gaps are kept of each wiki.
const gapsKept = 10

// Gap is a time of which a stream could not deliver all events, and which was
// looked up on a wiki instead.
type Gap struct {
	Wiki string    `json:"wiki"`
	From time.Time `json:"from"`
	To   time.Time `json:"to"`
	// Cause is why, as in events.GapInfo.
	Cause string `json:"cause"`
	// Missing is how many events of all wikis the stream left out, -1 if nobody
	// knows.
	Missing int64 `json:"missing"`
	// Found is how many changes the wiki has listed for that time, those
	// included that the stream had delivered.
	Found  int64     `json:"found"`
	Filled time.Time `json:"filled"`
}

// saveGap notes a gap that is filled. The same gap filled again replaces what
// was noted.
func saveGap(ctx context.Context, tx *sql.Tx, g Gap) error {
	err := put(ctx, tx,
		`UPDATE gap SET cause = ?, missing = ?, found = ?, filled_at = ? WHERE wiki = ? AND from_at = ? AND to_at = ?`,
		`INSERT INTO gap (cause, missing, found, filled_at, wiki, from_at, to_at) VALUES (?, ?, ?, ?, ?, ?, ?)`,
		g.Cause, g.Missing, g.Found, micros(g.Filled), g.Wiki, micros(g.From), micros(g.To))
	if err != nil {
		return err
	}
	return dropGaps(ctx, tx, g.Wiki)
}

// dropGaps deletes the gaps of a wiki but for the newest.
func dropGaps(ctx context.Context, tx *sql.Tx, wiki string) error {
	var oldest int64
	err := tx.QueryRowContext(ctx, `SELECT filled_at FROM gap WHERE wiki = ? ORDER BY filled_at DESC LIMIT 1 OFFSET ?`, wiki, gapsKept-1).Scan(&oldest)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `DELETE FROM gap WHERE wiki = ? AND filled_at < ?`, wiki, oldest)
	return err
}

// Gaps returns the gaps of a wiki that were filled last, at most so many, the
// newest first.
func (r *Registry) Gaps(ctx context.Context, wiki string, most int) ([]Gap, error) {
	var out []Gap
	err := r.read(ctx, func(tx *sql.Tx) (err error) {
		out, err = gaps(ctx, tx, `WHERE wiki = ? ORDER BY filled_at DESC, to_at DESC LIMIT ?`, wiki, most)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("gaps of %s: %w", wiki, err)
	}
	return out, nil
}

func gaps(ctx context.Context, tx *sql.Tx, which string, args ...any) ([]Gap, error) {
	var out []Gap
	err := query(ctx, tx, func(scan func(...any) error) error {
		var g Gap
		var from, to, filled int64
		err := scan(&g.Wiki, &from, &to, &g.Cause, &g.Missing, &g.Found, &filled)
		g.From, g.To, g.Filled = moment(from), moment(to), moment(filled)
		out = append(out, g)
		return err
	}, `SELECT wiki, from_at, to_at, cause, missing, found, filled_at FROM gap `+which, args...)
	if err != nil {
		return nil, fmt.Errorf("read gaps: %w", err)
	}
	return out, nil
}
