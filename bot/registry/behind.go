// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds how far the bot is behind with single wikis, so that the
// position in a stream that they share can move on.

package registry

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/events"
)

// Behind is a time of which the changes on a wiki are still to be looked up
// there, since their events were not handled. The wiki and both ends name it.
type Behind struct {
	Wiki string    `json:"wiki"`
	From time.Time `json:"from"`
	// To is zero where it lasts until the wiki is caught up with.
	To time.Time `json:"to,omitzero"`
	// Cause is why, as in events.GapInfo, or a word of the bot's own.
	Cause string `json:"cause"`
	// Missing is how many events of all wikis the stream left out, -1 if nobody
	// knows.
	Missing int64 `json:"missing"`
	// Found is how many changes were looked up by now, Reached the time of the
	// last of them.
	Found   int64     `json:"found"`
	Reached time.Time `json:"reached,omitzero"`
}

// FallBehind notes that wikis are behind, and the position that the stream can
// move on to for it, in one transaction. What is noted already stays as it is.
func (r *Registry) FallBehind(ctx context.Context, all []Behind, place events.Cursor) error {
	err := r.write(ctx, func(tx *sql.Tx) error {
		for _, b := range all {
			known, err := exists(ctx, tx, `SELECT COUNT(*) FROM behind WHERE wiki = ? AND from_at = ? AND to_at = ?`, b.Wiki, micros(b.From), micros(b.To))
			if err != nil {
				return err
			}
			if known {
				continue
			}
			_, err = tx.ExecContext(ctx, `INSERT INTO behind (wiki, from_at, to_at, cause, missing, found, reached_at) VALUES (?, ?, ?, ?, ?, ?, ?)`,
				b.Wiki, micros(b.From), micros(b.To), b.Cause, b.Missing, b.Found, micros(b.Reached))
			if err != nil {
				return err
			}
		}
		return saveCursor(ctx, tx, r.serves(), place)
	})
	if err != nil {
		return fmt.Errorf("note that %d wikis are behind: %w", len(all), err)
	}
	return nil
}

// Reach notes how far a time was looked up.
func (r *Registry) Reach(ctx context.Context, b Behind) error {
	err := r.write(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `UPDATE behind SET found = ?, reached_at = ? WHERE wiki = ? AND from_at = ? AND to_at = ?`,
			b.Found, micros(b.Reached), b.Wiki, micros(b.From), micros(b.To))
		return err
	})
	if err != nil {
		return fmt.Errorf("note how far %s is caught up with: %w", b.Wiki, err)
	}
	return nil
}

// CaughtUp notes that a time was looked up to its end. If it was a gap of a
// stream, which has an end, it is one of Gaps from now on.
func (r *Registry) CaughtUp(ctx context.Context, b Behind, at time.Time) error {
	err := r.write(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `DELETE FROM behind WHERE wiki = ? AND from_at = ? AND to_at = ?`, b.Wiki, micros(b.From), micros(b.To))
		if err != nil || b.To.IsZero() {
			return err
		}
		return saveGap(ctx, tx, Gap{Wiki: b.Wiki, From: b.From, To: b.To, Cause: b.Cause, Missing: b.Missing, Found: b.Found, Filled: at})
	})
	if err != nil {
		return fmt.Errorf("note that %s is caught up with: %w", b.Wiki, err)
	}
	return nil
}

// Behind returns what is to be looked up on a wiki, the oldest first; of all
// wikis if it is AllWikis.
func (r *Registry) Behind(ctx context.Context, wiki string) ([]Behind, error) {
	var out []Behind
	err := r.read(ctx, func(tx *sql.Tx) (err error) {
		out, err = behind(ctx, tx, wiki)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read how far %s is behind: %w", wiki, err)
	}
	return out, nil
}

func behind(ctx context.Context, tx *sql.Tx, wiki string) ([]Behind, error) {
	var out []Behind
	err := query(ctx, tx, func(scan func(...any) error) error {
		var b Behind
		var from, to, reached int64
		err := scan(&b.Wiki, &from, &to, &b.Cause, &b.Missing, &b.Found, &reached)
		b.From, b.To, b.Reached = moment(from), moment(to), moment(reached)
		out = append(out, b)
		return err
	}, `SELECT wiki, from_at, to_at, cause, missing, found, reached_at FROM behind WHERE ? IN (wiki, '') ORDER BY wiki, from_at, to_at`, wiki)
	return out, err
}
