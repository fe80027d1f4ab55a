// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds how many mentions there are, counted by the store.

package registry

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"slices"
	"time"
)

// count is how many mentions were made in the last 30 and 90 days.
type count struct{ month, quarter int }

// mentionCounts counts the mentions of the last 90 days by the key that their
// names give as written.
func mentionCounts(ctx context.Context, tx *sql.Tx, q Query) (map[Key]count, error) {
	month, quarter := monthAndQuarter(q.Now)
	out := make(map[Key]count)
	for _, kind := range q.kinds() {
		// The index of the time is to be used: by kind one after the other, and
		// not the one that has the items in order.
		err := query(ctx, tx, func(scan func(...any) error) error {
			var key Key
			var c count
			err := scan(&key, &c.month, &c.quarter)
			out[key] = c
			return err
		}, `SELECT item_key, SUM(made_at > ?), COUNT(*) FROM mention
			WHERE wiki = ? AND kind = ? AND made_at > ? AND made_at <= ? AND withdrawn = 0 GROUP BY COALESCE(item_key, '')`,
			month, q.Wiki, kind, quarter, micros(q.Now))
		if err != nil {
			return nil, fmt.Errorf("count mentions: %w", err)
		}
	}
	return out, nil
}

// countMentions fills in how many mentions items have. Two spellings of one item
// in one section are one mention, as in resolveMentions.
func countMentions(ctx context.Context, tx *sql.Tx, q Query, f facts, place map[Key]*Entry) error {
	spellings := make(map[*Entry][]Key)
	for as, c := range f.counts {
		e := place[f.known.one(as)]
		if e == nil {
			continue
		}
		e.Month += c.month
		e.Quarter += c.quarter
		spellings[e] = append(spellings[e], as)
	}
	for e, keys := range spellings {
		slices.SortFunc(keys, func(a, b Key) int { // few are looked for among many
			return cmp.Or(cmp.Compare(f.counts[b].quarter, f.counts[a].quarter), cmp.Compare(a, b))
		})
		for i := 1; i < len(keys); i++ {
			twice, err := countedTwice(ctx, tx, q, keys[i], keys[:i])
			if err != nil {
				return err
			}
			e.Month -= twice.month
			e.Quarter -= twice.quarter
		}
	}
	return nil
}

// countedTwice counts the mentions under one key beside which there is one in
// the same place under one of the others.
func countedTwice(ctx context.Context, tx *sql.Tx, q Query, key Key, others []Key) (c count, err error) {
	in, args := oneOf("other.item_key", others)
	month, quarter := monthAndQuarter(q.Now)
	err = tx.QueryRowContext(ctx, `SELECT COALESCE(SUM(made_at > ?), 0), COUNT(*) FROM mention
		WHERE wiki = ? AND item_key = ? AND withdrawn = 0 AND made_at > ? AND made_at <= ? AND EXISTS
		(SELECT 1 FROM mention other WHERE other.wiki = mention.wiki AND other.revision = mention.revision AND other.section = mention.section
			AND other.withdrawn = 0 AND `+in+`)`,
		append([]any{month, q.Wiki, key, quarter, micros(q.Now)}, args...)...).Scan(&c.month, &c.quarter)
	if err != nil {
		return count{}, fmt.Errorf("count mentions under two names: %w", err)
	}
	return c, nil
}

// monthAndQuarter are 30 and 90 days before a time, as the store has it.
func monthAndQuarter(now time.Time) (month, quarter int64) {
	return micros(now.AddDate(0, 0, -30)), micros(now.AddDate(0, 0, -90))
}
