// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the log of notices as it is stored: who was told of what, and
// who was not and why. It grows by what is sent, and by each reason once.

package registry

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"fmt"
	"strings"
	"time"
)

const (
	// RungConfirm is the rung of a reminder to confirm a claim.
	RungConfirm = "confirm"
	// maxTold is how many rows a View has at most, the newest; maxWithheld how
	// many are kept of those of one wiki that were not sent.
	maxTold     = 20_000
	maxWithheld = 5_000
	// remindersKept is how much longer reminders are kept than all else: the
	// verdict hangs on them.
	remindersKept = 3 * 365 * 24 * time.Hour
)

// id is the same for rows that say the same.
func (t Told) id() string {
	sum := sha256.Sum256([]byte(strings.Join([]string{t.Wiki, t.Key, t.User, string(t.Item), t.Mention, t.Rung, t.Way, t.Withheld}, "\x00")))
	return hex.EncodeToString(sum[:])
}

func (t Told) cleaned() Told {
	t.User, t.Mention, t.Page = userName(clip(t.User, maxTitle)), clip(t.Mention, 700), clip(t.Page, maxTitle)
	t.Key, t.Rung, t.Way, t.Withheld = clip(t.Key, 700), clip(t.Rung, 32), clip(t.Way, 32), clip(t.Withheld, 64)
	return t
}

// insertTold stores rows that are not known yet.
func insertTold(ctx context.Context, tx *sql.Tx, told []Told) error {
	for _, t := range told {
		t = t.cleaned()
		id := t.id()
		known, err := exists(ctx, tx, `SELECT COUNT(*) FROM told WHERE id = ?`, id)
		if err != nil {
			return fmt.Errorf("look up what was told: %w", err)
		}
		if known {
			continue
		}
		_, err = tx.ExecContext(ctx, `INSERT INTO told (id, wiki, notice_key, user_name, item_key, mention, rung, way, told_at, page, revision, withheld)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
			id, t.Wiki, t.Key, t.User, clip(string(t.Item), maxTitle), t.Mention, t.Rung, t.Way, micros(t.At), t.Page, t.Revision, t.Withheld)
		if err != nil {
			return fmt.Errorf("store what is told: %w", err)
		}
	}
	return nil
}

// closeTold notes in which revision a notice was saved.
func closeTold(ctx context.Context, tx *sql.Tx, key, page string, revision int64, at time.Time) error {
	_, err := tx.ExecContext(ctx, `UPDATE told SET page = ?, revision = ?, told_at = ? WHERE notice_key = ? AND withheld = '' AND revision = 0`,
		clip(page, maxTitle), revision, micros(at), clip(key, 700))
	if err != nil {
		return fmt.Errorf("note what was told: %w", err)
	}
	return nil
}

// Withhold stores which notices were not sent, and why: each notice once for a
// reason, whenever it is said again. Of one wiki the oldest go where there are
// too many. It reports whether one was new.
func (r *Registry) Withhold(ctx context.Context, wiki string, told []Told) (changed bool, err error) {
	if len(told) == 0 {
		return false, nil
	}
	err = r.write(ctx, func(tx *sql.Tx) error {
		changed = false
		before, err := countWithheld(ctx, tx, wiki)
		if err != nil {
			return err
		}
		if err := insertTold(ctx, tx, told); err != nil {
			return err
		}
		after, err := countWithheld(ctx, tx, wiki)
		if err != nil || after == before {
			return err
		}
		changed = true
		if after <= maxWithheld {
			return nil
		}
		// A tenth goes at once, so that not every row costs a search.
		var last int64
		err = tx.QueryRowContext(ctx, `SELECT told_at FROM told WHERE wiki = ? AND withheld <> '' ORDER BY told_at LIMIT 1 OFFSET ?`,
			wiki, after-maxWithheld+maxWithheld/10).Scan(&last)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `DELETE FROM told WHERE wiki = ? AND withheld <> '' AND told_at < ?`, wiki, last)
		return err
	})
	if err != nil {
		return false, fmt.Errorf("store which notices were not sent on %s: %w", wiki, err)
	}
	return changed, nil
}

func countWithheld(ctx context.Context, tx *sql.Tx, wiki string) (n int64, err error) {
	err = tx.QueryRowContext(ctx, `SELECT COUNT(*) FROM told WHERE wiki = ? AND withheld <> ''`, wiki).Scan(&n)
	return n, err
}

// told reads what was told on a wiki since a time, the newest first, and what may
// be on its way: that has neither a revision nor a reason.
func told(ctx context.Context, tx *sql.Tx, wiki string, since time.Time) ([]Told, error) {
	var out []Told
	err := query(ctx, tx, func(scan func(...any) error) error {
		var t Told
		var at int64
		err := scan(&t.Wiki, &t.Key, &t.User, &t.Item, &t.Mention, &t.Rung, &t.Way, &at, &t.Page, &t.Revision, &t.Withheld)
		t.At = moment(at)
		out = append(out, t)
		return err
	}, `SELECT wiki, notice_key, user_name, item_key, mention, rung, way, told_at, page, revision, withheld FROM told
		WHERE wiki = ? AND told_at >= ? ORDER BY told_at DESC, id LIMIT ?`, wiki, micros(since), maxTold)
	if err != nil {
		return nil, fmt.Errorf("read what was told: %w", err)
	}
	return out, nil
}

// reminders reads how often, and when last, users were asked on a wiki to confirm
// their claims.
func reminders(ctx context.Context, tx *sql.Tx, wiki string) (map[reminded][]time.Time, error) {
	out := make(map[reminded][]time.Time)
	err := query(ctx, tx, func(scan func(...any) error) error {
		var of reminded
		var at int64
		err := scan(&of.user, &of.item, &at)
		out[of] = append(out[of], moment(at))
		return err
	}, `SELECT user_name, item_key, told_at FROM told WHERE wiki = ? AND rung = ? AND withheld = '' AND revision > 0 ORDER BY told_at`, wiki, RungConfirm)
	if err != nil {
		return nil, fmt.Errorf("read who was reminded: %w", err)
	}
	return out, nil
}

// reminded is who was reminded of what.
type reminded struct {
	user string
	item Key
}

// purgeTold deletes what was told or withheld before a time; reminders stay
// longer.
func (r *Registry) purgeTold(ctx context.Context, before time.Time) error {
	if err := r.purgeRows(ctx, "told", "id", `told_at < ? AND rung <> ? AND (revision > 0 OR withheld <> '')`, micros(before), RungConfirm); err != nil {
		return err
	}
	return r.purgeRows(ctx, "told", "id", `told_at < ? AND (revision > 0 OR withheld <> '')`, micros(before.Add(-remindersKept)))
}
