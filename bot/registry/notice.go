// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds notices: each message once, by its key.

package registry

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"
)

// Notice is one message, once: its intent is stored before the edit, the revision after it.
type Notice struct {
	Key  string `json:"key"`
	Wiki string `json:"wiki"`
	Page string `json:"page"`
	// Base is the revision of the page that the edit was made from, 0 where it
	// made the page. What the edit did, if anything, is in the revisions after.
	Base     int64     `json:"base,omitempty"`
	Intended time.Time `json:"intended"`
	Revision int64     `json:"revision,omitempty"` // 0 until the edit is known to be saved
	Sent     time.Time `json:"sent,omitzero"`
}

// Intend stores that one edit of a page is about to be saved that carries the
// notices with these keys, and what they tell whom. A key that is known stays as
// it is, sent or not.
func (r *Registry) Intend(ctx context.Context, wiki, page string, base int64, keys []string, at time.Time, told ...Told) error {
	err := r.write(ctx, func(tx *sql.Tx) error {
		for _, key := range keys {
			if err := intend(ctx, tx, Notice{Key: key, Wiki: wiki, Page: page, Base: base, Intended: at}); err != nil {
				return err
			}
		}
		told = slices.Clone(told)
		for i := range told {
			told[i].Wiki, told[i].Page, told[i].Revision, told[i].At, told[i].Withheld = wiki, page, 0, at, ""
		}
		return insertTold(ctx, tx, told)
	})
	if err != nil {
		return fmt.Errorf("store intent of notices on %s: %w", page, err)
	}
	return nil
}

func intend(ctx context.Context, tx *sql.Tx, n Notice) error {
	known, err := exists(ctx, tx, `SELECT COUNT(*) FROM notice WHERE notice_key = ?`, n.Key)
	if err != nil || known {
		return err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO notice (notice_key, wiki, page, base, intended_at, revision, sent_at) VALUES (?, ?, ?, ?, ?, 0, 0)`,
		n.Key, n.Wiki, clip(n.Page, maxTitle), n.Base, micros(n.Intended))
	return err
}

// Sent closes the notices with these keys, with the revision of the page that
// holds them. One that is closed stays as it is; one that was never intended,
// because the page held it before this store knew, is stored closed.
func (r *Registry) Sent(ctx context.Context, wiki, page string, revision int64, keys []string, at time.Time) error {
	if len(keys) == 0 {
		return nil
	}
	err := r.write(ctx, func(tx *sql.Tx) error {
		for _, key := range keys {
			if err := intend(ctx, tx, Notice{Key: key, Wiki: wiki, Page: page, Base: revision, Intended: at}); err != nil {
				return err
			}
			_, err := tx.ExecContext(ctx, `UPDATE notice SET revision = ?, sent_at = ? WHERE notice_key = ? AND sent_at = 0`, revision, micros(at), key)
			if err != nil {
				return err
			}
			if err := closeTold(ctx, tx, key, page, revision, at); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("close notices on %s: %w", page, err)
	}
	return nil
}

// Abandon forgets notices that were intended and are known not to be saved.
func (r *Registry) Abandon(ctx context.Context, keys []string) error {
	err := r.write(ctx, func(tx *sql.Tx) error {
		for _, key := range keys {
			if _, err := tx.ExecContext(ctx, `DELETE FROM notice WHERE notice_key = ? AND sent_at = 0`, key); err != nil {
				return err
			}
			if _, err := tx.ExecContext(ctx, `DELETE FROM told WHERE notice_key = ? AND withheld = '' AND revision = 0`, clip(key, 700)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("forget notices that were not saved: %w", err)
	}
	return nil
}

// IsSent reports whether a notice is known to be saved.
func (r *Registry) IsSent(ctx context.Context, key string) (sent bool, err error) {
	err = r.read(ctx, func(tx *sql.Tx) (err error) {
		sent, err = exists(ctx, tx, `SELECT COUNT(*) FROM notice WHERE notice_key = ? AND sent_at > 0`, key)
		return err
	})
	if err != nil {
		return false, fmt.Errorf("look up notice %s: %w", key, err)
	}
	return sent, nil
}

// Pending returns the oldest base revision among those notices with these keys
// that were intended and are not known to be saved; ok is false if there is
// none.
func (r *Registry) Pending(ctx context.Context, keys []string) (base int64, ok bool, err error) {
	err = r.read(ctx, func(tx *sql.Tx) error {
		base, ok = 0, false
		for _, key := range keys {
			var b int64
			err := tx.QueryRowContext(ctx, `SELECT base FROM notice WHERE notice_key = ? AND sent_at = 0`, key).Scan(&b)
			switch {
			case errors.Is(err, sql.ErrNoRows):
			case err != nil:
				return err
			case !ok || b < base:
				base, ok = b, true
			}
		}
		return nil
	})
	if err != nil {
		return 0, false, fmt.Errorf("look for notices that may have been saved: %w", err)
	}
	return base, ok, nil
}

func notices(ctx context.Context, tx *sql.Tx, where string, args ...any) (map[string]Notice, error) {
	out := make(map[string]Notice)
	err := query(ctx, tx, func(scan func(...any) error) error {
		var n Notice
		var intended, sent int64
		err := scan(&n.Key, &n.Wiki, &n.Page, &n.Base, &intended, &n.Revision, &sent)
		n.Intended, n.Sent = moment(intended), moment(sent)
		out[n.Key] = n
		return err
	}, `SELECT notice_key, wiki, page, base, intended_at, revision, sent_at FROM notice WHERE `+where, args...)
	if err != nil {
		return nil, fmt.Errorf("read notices: %w", err)
	}
	return out, nil
}
