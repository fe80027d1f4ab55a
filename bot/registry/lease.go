// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the lease: of several processes with one store, one writes to
// each shard of the wikis.

package registry

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// ErrLeaseLost says that another process has taken over the lease: what this one
// still wants to write is late.
var ErrLeaseLost = errors.New("lease lost: another process has taken over the writing")

// Guard has the store refuse, with ErrLeaseLost, to write anything for this
// process once the lease is not owner's any more. A process that was stopped for
// longer than the lease lasts finds that out before it does harm.
func (r *Registry) Guard(owner string) { r.guard.Store(&owner) }

// Held returns nil while owner of Guard holds the lease and ErrLeaseLost when
// another does; a store without a guard is nobody's.
func (r *Registry) Held(ctx context.Context) error {
	return r.read(ctx, func(tx *sql.Tx) error { return r.guarded(ctx, tx) })
}

// guarded is Held within a transaction. That the lease may have run out does not
// matter while nobody else has taken it.
func (r *Registry) guarded(ctx context.Context, tx *sql.Tx) error {
	owner := r.guard.Load()
	if owner == nil {
		return nil
	}
	at := r.serves()
	var holder string
	var shards int
	err := tx.QueryRowContext(ctx, `SELECT owner, shards FROM lease WHERE id = ?`, at.number).Scan(&holder, &shards)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return fmt.Errorf("read the lease: %w", err)
	}
	if holder != *owner || shards != at.of {
		return ErrLeaseLost
	}
	return nil
}

// Acquire takes or renews the lease of the shard that the store serves until
// now+ttl and reports whether owner has it. It is free when nobody holds it or its
// time is over, and no other number of shards is being served. Whoever takes it
// anew, be it the one who had it before, gets a fence of one more.
func (r *Registry) Acquire(ctx context.Context, owner string, now time.Time, ttl time.Duration) (held bool, err error) {
	at := r.serves()
	err = r.unguarded(ctx, func(tx *sql.Tx) error {
		held = false
		if same, err := deal(ctx, tx, at.of, now); err != nil || !same {
			return err
		}
		var holder string
		var expires int64
		err := tx.QueryRowContext(ctx, `SELECT owner, expires_at FROM lease WHERE id = ?`, at.number).Scan(&holder, &expires)
		if err != nil {
			return err
		}
		held = holder == owner || expires <= micros(now)
		if !held {
			return nil
		}
		taken := flag(holder != owner || expires <= micros(now))
		_, err = tx.ExecContext(ctx, `UPDATE lease SET owner = ?, expires_at = ?, fence = fence + ? WHERE id = ?`, owner, micros(now.Add(ttl)), taken, at.number)
		return err
	})
	if err != nil {
		return false, fmt.Errorf("acquire the lease for %s: %w", owner, err)
	}
	return held, nil
}

// Holder is who has, or last had, the lease of the shard; "" if nobody has, or
// there is another number of shards.
func (r *Registry) Holder(ctx context.Context) (holder string, err error) {
	at := r.serves()
	err = r.read(ctx, func(tx *sql.Tx) error {
		err := tx.QueryRowContext(ctx, `SELECT owner FROM lease WHERE id = ? AND shards = ?`, at.number, at.of).Scan(&holder)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		return err
	})
	if err != nil {
		return "", fmt.Errorf("read the lease: %w", err)
	}
	return holder, nil
}

// Beat tells who holds the lease of the shard and until when, in a text that is
// another one after each renewal, whatever the clocks say.
func (r *Registry) Beat(ctx context.Context) (beat string, err error) {
	err = r.read(ctx, func(tx *sql.Tx) error {
		var owner string
		var expires int64
		err := tx.QueryRowContext(ctx, `SELECT owner, expires_at FROM lease WHERE id = ?`, r.serves().number).Scan(&owner, &expires)
		if errors.Is(err, sql.ErrNoRows) {
			err = nil
		}
		beat = fmt.Sprintf("%s %d", owner, expires)
		return err
	})
	if err != nil {
		return "", fmt.Errorf("read the lease: %w", err)
	}
	return beat, nil
}

// Release gives the lease of the shard back if owner has it.
func (r *Registry) Release(ctx context.Context, owner string) error {
	err := r.unguarded(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `UPDATE lease SET owner = '', expires_at = 0 WHERE id = ? AND owner = ?`, r.serves().number, owner)
		return err
	})
	if err != nil {
		return fmt.Errorf("release the lease of %s: %w", owner, err)
	}
	return nil
}
