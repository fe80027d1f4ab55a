// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the lease: of several processes with one store, one writes.

package registry

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// Acquire takes or renews the lease until now+ttl and reports whether owner
// has it. It is free when nobody holds it or its time is over. Whoever takes it
// anew, be it the one who had it before, gets a fence of one more.
func (r *Registry) Acquire(ctx context.Context, owner string, now time.Time, ttl time.Duration) (held bool, err error) {
	err = r.write(ctx, func(tx *sql.Tx) error {
		var holder string
		var expires int64
		if err := tx.QueryRowContext(ctx, `SELECT owner, expires_at FROM lease WHERE id = 1`).Scan(&holder, &expires); err != nil {
			return err
		}
		held = holder == owner || expires <= micros(now)
		if !held {
			return nil
		}
		taken := flag(holder != owner || expires <= micros(now))
		_, err := tx.ExecContext(ctx, `UPDATE lease SET owner = ?, expires_at = ?, fence = fence + ? WHERE id = 1`, owner, micros(now.Add(ttl)), taken)
		return err
	})
	if err != nil {
		return false, fmt.Errorf("acquire the lease for %s: %w", owner, err)
	}
	return held, nil
}

// Fence returns the number under which owner holds the lease: what somebody does
// under a smaller one is late. It is 0 if owner does not hold it.
func (r *Registry) Fence(ctx context.Context, owner string, now time.Time) (fence int64, err error) {
	err = r.read(ctx, func(tx *sql.Tx) error {
		err := tx.QueryRowContext(ctx, `SELECT fence FROM lease WHERE id = 1 AND owner = ? AND expires_at > ?`, owner, micros(now)).Scan(&fence)
		if errors.Is(err, sql.ErrNoRows) {
			fence = 0
			return nil
		}
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("read the fence of %s: %w", owner, err)
	}
	return fence, nil
}

// Release gives the lease back if owner has it.
func (r *Registry) Release(ctx context.Context, owner string) error {
	err := r.write(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `UPDATE lease SET owner = '', expires_at = 0 WHERE id = 1 AND owner = ?`, owner)
		return err
	})
	if err != nil {
		return fmt.Errorf("release the lease of %s: %w", owner, err)
	}
	return nil
}
