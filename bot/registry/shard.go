// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the shards: parts of the wikis, each with a lease and a
// position in the streams of its own.

package registry

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"time"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/events"
)

// shard is one of several parts of the wikis, counted from 1.
type shard struct{ number, of int }

// unheld is when a lease runs out that nobody has held since there are so many
// shards.
const unheld = -1

// Serve says which of how many shards the store is used for from now on; without
// it, it is 1 of 1. The lease and the position of the stream are those of the
// shard.
func (r *Registry) Serve(number, of int) { r.shard.Store(&shard{number, of}) }

func (r *Registry) serves() shard {
	if s := r.shard.Load(); s != nil {
		return *s
	}
	return shard{1, 1}
}

// key names the position of a shard in a set of streams. Where there is one shard
// that is the set; what polling has reached belongs to the wiki, whatever shard
// that is in.
func (s shard) key(streams string) string {
	if s.of == 1 || streams == "" || strings.HasPrefix(streams, "poll:") {
		return streams
	}
	return fmt.Sprintf("%s %d/%d", streams, s.number, s.of)
}

// keys are the patterns that the keys of the shard match, and do not match.
func (s shard) keys() (like, not string) {
	if s.of == 1 {
		return "%", "% %"
	}
	return fmt.Sprintf("%% %d/%d", s.number, s.of), ""
}

// streamsOf is the set of streams that a key names.
func streamsOf(key string) string {
	streams, _, _ := strings.Cut(key, " ")
	return streams
}

// shardsOf is how many shards there were when a position was stored under a key.
func shardsOf(key string) (number string, of string) {
	_, place, sharded := strings.Cut(key, " ")
	if !sharded {
		return "1", "1"
	}
	number, of, _ = strings.Cut(place, "/")
	return number, of
}

// deal sees that there are so many shards, and reports whether there are: not
// while somebody serves another number of them. When the number changes, each
// shard begins where the one of those before was that is furthest behind, and
// leases that have run out are nobody's, so that who held one finds out.
func deal(ctx context.Context, tx *sql.Tx, of int, now time.Time) (same bool, err error) {
	var before int
	if err := tx.QueryRowContext(ctx, `SELECT shards FROM lease WHERE id = 1`).Scan(&before); err != nil {
		return false, err
	}
	if before == of {
		return true, nil
	}
	held, err := exists(ctx, tx, `SELECT COUNT(*) FROM lease WHERE owner <> '' AND expires_at > ? AND shards = ?`, micros(now), before)
	if err != nil || held {
		return false, err
	}
	for number := 1; number <= of; number++ {
		err := put(ctx, tx,
			`UPDATE lease SET owner = '', expires_at = ?, shards = ? WHERE id = ?`,
			`INSERT INTO lease (owner, expires_at, fence, shards, id) VALUES ('', ?, 0, ?, ?)`,
			unheld, of, number)
		if err != nil {
			return false, err
		}
	}
	if _, err := tx.ExecContext(ctx, `UPDATE lease SET owner = '', expires_at = ? WHERE id > ?`, unheld, of); err != nil {
		return false, err
	}
	return true, dealCursors(ctx, tx, before, of)
}

// dealCursors gives each of so many shards the position that those before had in
// common, and takes theirs away.
func dealCursors(ctx context.Context, tx *sql.Tx, before, of int) error {
	newest := map[string]events.Cursor{} // by shard
	var old []string
	err := query(ctx, tx, func(scan func(...any) error) error {
		var key, id, rest string
		var at int64
		if err := scan(&key, &id, &at, &rest); err != nil {
			return err
		}
		old = append(old, key)
		number, count := shardsOf(key)
		if count != fmt.Sprint(before) {
			return nil
		}
		c, err := readCursor(key, id, at, rest)
		if last, known := newest[number]; err == nil && (!known || c.Time.After(last.Time)) {
			newest[number] = c
		}
		return err
	}, `SELECT streams, sse_id, event_time, rest FROM stream_cursor WHERE streams NOT LIKE 'poll:%' ORDER BY streams`)
	if err != nil {
		return err
	}
	for _, key := range old {
		if _, err := tx.ExecContext(ctx, `DELETE FROM stream_cursor WHERE streams = ?`, key); err != nil {
			return fmt.Errorf("take away the cursor of %s: %w", key, err)
		}
	}
	all := make([]events.Cursor, 0, len(newest))
	for _, c := range newest {
		all = append(all, c)
	}
	slices.SortFunc(all, func(a, b events.Cursor) int { return b.Time.Compare(a.Time) })
	oldest := events.Oldest(all...)
	for number := 1; number <= of && !oldest.IsZero(); number++ {
		if err := saveCursor(ctx, tx, shard{number, of}, oldest); err != nil {
			return err
		}
	}
	return nil
}
