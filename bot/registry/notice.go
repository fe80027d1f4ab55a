// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds notices: each message once, by its key.

package registry

import (
	"context"
	"database/sql"
	"fmt"
	"time"
)

// Notice is one message, once: its intent is stored before the edit, the revision after it.
type Notice struct {
	Key      string    `json:"key"`
	Wiki     string    `json:"wiki"`
	Page     string    `json:"page"`
	Intended time.Time `json:"intended"`
	Revision int64     `json:"revision,omitempty"` // 0 until the edit is known to be saved
	Sent     time.Time `json:"sent,omitzero"`
}

// Intend stores that a notice is about to be saved. One whose key is known
// stays as it is, sent or not.
func (r *Registry) Intend(ctx context.Context, n Notice) error {
	err := r.write(ctx, func(tx *sql.Tx) error {
		known, err := exists(ctx, tx, `SELECT COUNT(*) FROM notice WHERE notice_key = ?`, n.Key)
		if err != nil || known {
			return err
		}
		_, err = tx.ExecContext(ctx, `INSERT INTO notice (notice_key, wiki, page, intended_at, revision, sent_at) VALUES (?, ?, ?, ?, 0, 0)`,
			n.Key, n.Wiki, clean(n.Page), micros(n.Intended))
		return err
	})
	if err != nil {
		return fmt.Errorf("store intent of notice %s: %w", n.Key, err)
	}
	return nil
}

// Sent closes a notice with the revision that holds it. One that is closed
// stays as it is; a key that was never intended is an error.
func (r *Registry) Sent(ctx context.Context, key string, revision int64, at time.Time) error {
	err := r.write(ctx, func(tx *sql.Tx) error {
		known, err := exists(ctx, tx, `SELECT COUNT(*) FROM notice WHERE notice_key = ?`, key)
		if err != nil {
			return err
		}
		if !known {
			return fmt.Errorf("it was never intended")
		}
		_, err = tx.ExecContext(ctx, `UPDATE notice SET revision = ?, sent_at = ? WHERE notice_key = ? AND sent_at = 0`, revision, micros(at), key)
		return err
	})
	if err != nil {
		return fmt.Errorf("close notice %s: %w", key, err)
	}
	return nil
}

func notices(ctx context.Context, tx *sql.Tx, where string, args ...any) (map[string]Notice, error) {
	out := make(map[string]Notice)
	err := query(ctx, tx, func(scan func(...any) error) error {
		var n Notice
		var intended, sent int64
		err := scan(&n.Key, &n.Wiki, &n.Page, &intended, &n.Revision, &sent)
		n.Intended, n.Sent = moment(intended), moment(sent)
		out[n.Key] = n
		return err
	}, `SELECT notice_key, wiki, page, intended_at, revision, sent_at FROM notice WHERE `+where, args...)
	if err != nil {
		return nil, fmt.Errorf("read notices: %w", err)
	}
	return out, nil
}
