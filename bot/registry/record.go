// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the recording of what events led to, with the cursor.

package registry

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/detect"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/events"
)

// maxName is how many bytes the name of an item may have: those of a page title.
const maxName = 255

// Batch is what one event led to.
type Batch struct {
	// Mentions are those that Change added.
	Mentions []detect.Mention
	// Change gives the mentions their page, revision, user and time. Its texts
	// are not stored.
	Change  detect.Change
	Touches []detect.Touch
	// Proposals are the sections that Change added to a page with proposals.
	Proposals []detect.Proposal
	// Cursor is the position behind the event. One without a stream set is not
	// stored.
	Cursor events.Cursor
}

// Record stores batches and the last of their cursors in one transaction and
// reports whether anything but the cursor changed.
//
// A tool or user script that is mentioned becomes an item of the wiki where it
// is mentioned, and a user script whose page changed one of its own wiki.
// Extensions, skins and gadgets become items only through a survey; a mention
// of one is kept under the name as written until a survey knows it. Names that
// no page can have (empty, more than 255 bytes) are passed over.
func (r *Registry) Record(ctx context.Context, batches ...Batch) (changed bool, err error) {
	err = r.write(ctx, func(tx *sql.Tx) error {
		changed = false
		var mentions findings
		save := func() error {
			new, err := mentions.save(ctx, tx)
			changed = changed || new
			return err
		}
		for _, b := range batches {
			for _, m := range b.Mentions {
				mentions.add(m, b.Change)
			}
			proposed, err := saveRequests(ctx, tx, b)
			if err != nil {
				return fmt.Errorf("record revision %d of %s on %s: %w", b.Change.Revision, b.Change.Title, b.Change.Wiki, err)
			}
			changed = changed || proposed
			if len(b.Touches) == 0 {
				continue
			}
			if err := save(); err != nil { // what a page was before it changed
				return fmt.Errorf("record until revision %d of %s on %s: %w", b.Change.Revision, b.Change.Title, b.Change.Wiki, err)
			}
			for _, t := range b.Touches {
				new, err := recordTouch(ctx, tx, t)
				if err != nil {
					return fmt.Errorf("record change of %s %s on %s: %w", t.Kind, t.Name, t.Wiki, err)
				}
				changed = changed || new
			}
		}
		if err := save(); err != nil {
			return fmt.Errorf("record %d batches: %w", len(batches), err)
		}
		return r.saveCursors(ctx, tx, batches)
	})
	if err != nil {
		return false, err
	}
	return changed, nil
}

// saveCursors stores the last cursor of each set of streams.
func (r *Registry) saveCursors(ctx context.Context, tx *sql.Tx, batches []Batch) error {
	for i, b := range batches {
		superseded := slices.ContainsFunc(batches[i+1:], func(later Batch) bool { return later.Cursor.Streams == b.Cursor.Streams })
		if superseded {
			continue
		}
		if err := saveCursor(ctx, tx, r.serves(), b.Cursor); err != nil {
			return err
		}
	}
	return nil
}

// Cursor returns the stored position of the shard for a set of streams, zero if
// there is none.
func (r *Registry) Cursor(ctx context.Context, streams string) (events.Cursor, error) {
	return r.cursor(ctx, `WHERE streams = ?`, r.serves().key(streams))
}

// NewestCursor returns the position of the set of streams that was read last,
// whichever that is, zero if none was. What polling has reached does not count.
func (r *Registry) NewestCursor(ctx context.Context) (events.Cursor, error) {
	like, not := r.serves().keys()
	return r.cursor(ctx, `WHERE streams NOT LIKE 'poll:%' AND streams LIKE ? AND streams NOT LIKE ? ORDER BY event_time DESC, streams LIMIT 1`, like, not)
}

func (r *Registry) cursor(ctx context.Context, which string, args ...any) (events.Cursor, error) {
	var streams, id, rest string
	var at int64
	err := r.read(ctx, func(tx *sql.Tx) error {
		return tx.QueryRowContext(ctx, `SELECT streams, sse_id, event_time, rest FROM stream_cursor `+which, args...).Scan(&streams, &id, &at, &rest)
	})
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return events.Cursor{}, nil
	case err != nil:
		return events.Cursor{}, fmt.Errorf("read the stored cursor: %w", err)
	}
	return readCursor(streams, id, at, rest)
}

// readCursor reads a row of stream_cursor. The error of one that is damaged
// says what to do about it.
func readCursor(streams, id string, at int64, rest string) (events.Cursor, error) {
	var c events.Cursor
	var err error
	if rest != "" {
		err = c.UnmarshalText([]byte(rest))
	}
	c.Streams, c.ID, c.Time = streamsOf(streams), id, moment(at)
	if err == nil {
		err = c.Check()
	}
	if err == nil {
		return c, nil
	}
	row := "WHERE streams = '" + strings.ReplaceAll(streams, "'", "''") + "'"
	advice := "DELETE FROM stream_cursor " + row + " makes the bot start from now, and all until then is lost to it"
	if at > 0 {
		advice = fmt.Sprintf("UPDATE stream_cursor SET sse_id = '', rest = '' %s makes the bot go on from %s", row, moment(at).Format(time.RFC3339))
	}
	return events.Cursor{}, fmt.Errorf("the stored cursor of %s is damaged: %w; in the registry's database, %s", streams, err, advice)
}

func saveCursor(ctx context.Context, tx *sql.Tx, at shard, c events.Cursor) error {
	if c.Streams == "" {
		return nil
	}
	rest := c
	rest.Streams, rest.ID, rest.Time = "", "", time.Time{}
	text, err := rest.MarshalText()
	if err == nil {
		err = put(ctx, tx,
			`UPDATE stream_cursor SET sse_id = ?, event_time = ?, rest = ? WHERE streams = ?`,
			`INSERT INTO stream_cursor (sse_id, event_time, rest, streams) VALUES (?, ?, ?, ?)`,
			c.ID, micros(c.Time), string(text), at.key(c.Streams))
	}
	if err != nil {
		return fmt.Errorf("save cursor of %s: %w", c.Streams, err)
	}
	return nil
}

// recordTouch stores the last change of an item's own page. A change older
// than the stored one is a replay and leaves everything as it is.
func recordTouch(ctx context.Context, tx *sql.Tx, t detect.Touch) (changed bool, err error) {
	key := NewKey(t.Kind, t.Wiki, clean(t.Name))
	if !key.storable() {
		return false, nil
	}
	changed, err = savePageChange(ctx, tx, key, t)
	if err != nil || !changed {
		return false, err
	}
	old := NewKey(t.Kind, t.Wiki, clean(t.OldName))
	moved := t.Action == detect.Moved && old.storable() && old != key
	if moved {
		gone := t
		gone.Action = detect.Deleted
		if _, err := savePageChange(ctx, tx, old, gone); err != nil {
			return false, err
		}
	}
	if t.Kind != detect.UserScript {
		return true, nil
	}
	if moved {
		if err := setGone(ctx, tx, old, t.Time); err != nil {
			return false, err
		}
	}
	if t.Action == detect.Deleted {
		return true, setGone(ctx, tx, key, t.Time)
	}
	if err := setGone(ctx, tx, key, time.Time{}); err != nil {
		return false, err
	}
	item := found(key, t.Wiki)
	stored, err := presences(ctx, tx, `wiki = ? AND source = ? AND item_key = ?`, t.Wiki, fromTouches, key)
	if err != nil {
		return false, err
	}
	if len(stored) > 0 {
		item.Aliases = stored[0].item.Aliases
	}
	if moved && !slices.Contains(item.Aliases, old.Name()) {
		item.Aliases = append(item.Aliases, old.Name())
	}
	if len(stored) == 0 {
		return true, insertPresence(ctx, tx, t.Wiki, fromTouches, item)
	}
	return true, updatePresence(ctx, tx, t.Wiki, fromTouches, item)
}

func savePageChange(ctx context.Context, tx *sql.Tx, key Key, t detect.Touch) (changed bool, err error) {
	var action string
	var at, revision int64
	err = tx.QueryRowContext(ctx, `SELECT action, changed_at, revision FROM page_change WHERE item_key = ?`, key).Scan(&action, &at, &revision)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return false, err
	}
	known := err == nil
	now := micros(t.Time)
	if known && (now < at || now == at && t.Revision == revision && string(t.Action) == action) {
		return false, nil
	}
	return true, put(ctx, tx,
		`UPDATE page_change SET wiki = ?, kind = ?, action = ?, changed_at = ?, revision = ?, user_name = ? WHERE item_key = ?`,
		`INSERT INTO page_change (wiki, kind, action, changed_at, revision, user_name, item_key) VALUES (?, ?, ?, ?, ?, ?, ?)`,
		t.Wiki, t.Kind, string(t.Action), now, t.Revision, clip(t.User, maxTitle), key)
}

// setGone marks an item that no survey knows as gone on every wiki, or as back
// if at is zero.
func setGone(ctx context.Context, tx *sql.Tx, key Key, at time.Time) error {
	_, err := tx.ExecContext(ctx, `UPDATE presence SET gone_at = ? WHERE item_key = ? AND source IN (?, ?)`,
		micros(at), key, fromTouches, fromMentions)
	return err
}

// found is the item that a key alone describes, as seen from a wiki.
func found(key Key, wiki string) Item {
	item := Item{Key: key, Name: key.Name()}
	switch key.Kind() {
	case detect.UserScript:
		if key.Wiki() == wiki {
			item.Page = key.Name()
		}
	case detect.Tool:
		host, name, elsewhere := strings.Cut(key.Name(), ":")
		switch {
		case !elsewhere:
			item.URL = "https://" + host + ".toolforge.org/"
		case host == "toolhub":
			item.URL = "https://toolhub.wikimedia.org/tools/" + name
		case host == "wmcloud":
			item.URL = "https://" + name + ".wmcloud.org/"
		}
	}
	return item
}

// storable reports whether the key is valid and fits the store.
func (k Key) storable() bool { return k.valid() && len(k.Name()) <= maxName && len(k.Wiki()) <= 64 }

func exists(ctx context.Context, tx *sql.Tx, text string, args ...any) (bool, error) {
	var n int
	err := tx.QueryRowContext(ctx, text, args...).Scan(&n)
	return n > 0, err
}

// put updates one row, or inserts it if there is none. Both statements take
// the same arguments, with the primary key last. It stands in for an upsert,
// whose syntax no two databases share; the store has one writer.
func put(ctx context.Context, tx *sql.Tx, update, insert string, args ...any) error {
	res, err := tx.ExecContext(ctx, update, args...)
	if err != nil {
		return err
	}
	// MariaDB counts only rows that the update changed unless the connection
	// asks for the rows that it found (clientFoundRows).
	n, err := res.RowsAffected()
	if err != nil || n > 0 {
		return err
	}
	_, err = tx.ExecContext(ctx, insert, args...)
	return err
}
