// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the last good rules of each wiki.

package registry

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// Rules is a stored revision of a wiki's config page.
type Rules struct {
	Wiki     string
	Revision int64
	User     string
	Since    time.Time // when it came into force
	Text     string
}

// LastRules returns the last good rules, ok is false when there were never any.
func (r *Registry) LastRules(ctx context.Context, wiki string) (rules Rules, ok bool, err error) {
	rules.Wiki = wiki
	var since int64
	err = r.read(ctx, func(tx *sql.Tx) error {
		return tx.QueryRowContext(ctx, `SELECT revision, user_name, since_at, body FROM rules WHERE wiki = ?`, wiki).
			Scan(&rules.Revision, &rules.User, &since, &rules.Text)
	})
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return Rules{}, false, nil
	case err != nil:
		return Rules{}, false, fmt.Errorf("read the last rules of %s: %w", wiki, err)
	}
	rules.Since = moment(since)
	return rules, true, nil
}

// SaveRules stores rules that were found good, in place of those before.
func (r *Registry) SaveRules(ctx context.Context, rules Rules) error {
	err := r.write(ctx, func(tx *sql.Tx) error {
		return put(ctx, tx,
			`UPDATE rules SET revision = ?, user_name = ?, since_at = ?, body = ? WHERE wiki = ?`,
			`INSERT INTO rules (revision, user_name, since_at, body, wiki) VALUES (?, ?, ?, ?, ?)`,
			rules.Revision, clip(rules.User, maxTitle), micros(rules.Since), clean(rules.Text), rules.Wiki)
	})
	if err != nil {
		return fmt.Errorf("save rules of %s, revision %d: %w", rules.Wiki, rules.Revision, err)
	}
	return nil
}
