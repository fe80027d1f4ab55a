// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds what the store knows about the running bot: its notes on
// itself, and the status that they are part of.

package registry

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Status is what the store knows about the running bot. Lists are sorted.
type Status struct {
	Cursors []CursorState `json:"cursors"`
	Surveys []SurveyState `json:"surveys"`
	Rules   []RulesState  `json:"rules"`
	// Open are the notices that were intended and are not known to be saved.
	Open []Notice `json:"open"`
	// Lease is that of the first shard, or of all wikis where there is one shard.
	Lease LeaseState `json:"lease"`
	// Shards are the leases of all shards where there are several, but for those
	// that nobody has ever held: they may have no wikis.
	Shards []LeaseState `json:"shards,omitempty"`
	// Gaps are the last gaps of the streams that were looked up, the newest of
	// each wiki first.
	Gaps []Gap `json:"gaps"`
	// Behind is what is still to be looked up, the oldest of each wiki first.
	Behind []Behind `json:"behind"`
	// Notes is what the bot last said of itself, by wiki and name.
	Notes map[string]map[string]string `json:"notes"`
}

// CursorState is how far a set of streams was read.
type CursorState struct {
	Streams string    `json:"streams"`
	Time    time.Time `json:"time,omitzero"` // of the newest event
	// Problem says why the bot cannot go on from here, "" if it can.
	Problem string `json:"problem,omitempty"`
}

// RulesState is which rules of a wiki are in force.
type RulesState struct {
	Wiki     string    `json:"wiki"`
	Revision int64     `json:"revision"`
	User     string    `json:"user,omitempty"`
	Since    time.Time `json:"since,omitzero"`
}

// LeaseState is which process writes; Owner is "" when none ever did or the
// last one ended in good order. A lease may have run out.
type LeaseState struct {
	Owner   string    `json:"owner,omitempty"`
	Expires time.Time `json:"expires,omitzero"`
	// Fence tells holders of the lease apart: each has one more than the last.
	Fence int64 `json:"fence,omitempty"`
	// Shard is the one of Of shards that it is for; both are 0 where there is one.
	Shard int `json:"shard,omitempty"`
	Of    int `json:"of,omitempty"`
}

// Held reports whether a process has the lease at a time.
func (l LeaseState) Held(now time.Time) bool { return l.Owner != "" && l.Expires.After(now) }

// Running reports whether all that is to be served is: a process holds the lease,
// or that of each shard.
func (s Status) Running(now time.Time) bool {
	if len(s.Shards) == 0 {
		return s.Lease.Held(now)
	}
	return !slices.ContainsFunc(s.Shards, func(l LeaseState) bool { return !l.Held(now) })
}

// Status reads what the store knows about the running bot, at one moment.
func (r *Registry) Status(ctx context.Context) (Status, error) {
	var s Status
	err := r.read(ctx, func(tx *sql.Tx) error {
		s = Status{Notes: make(map[string]map[string]string)}
		err := query(ctx, tx, func(scan func(...any) error) error {
			var c CursorState
			var at int64
			var id, rest string
			if err := scan(&c.Streams, &id, &at, &rest); err != nil {
				return err
			}
			c.Time = moment(at)
			if _, err := readCursor(c.Streams, id, at, rest); err != nil {
				c.Problem = err.Error()
			}
			s.Cursors = append(s.Cursors, c)
			return nil
		}, `SELECT streams, sse_id, event_time, rest FROM stream_cursor ORDER BY streams`)
		if err != nil {
			return fmt.Errorf("read cursors: %w", err)
		}
		if s.Surveys, err = surveyStates(ctx, tx, `1 = 1`); err != nil {
			return err
		}
		err = query(ctx, tx, func(scan func(...any) error) error {
			var rules RulesState
			var since int64
			err := scan(&rules.Wiki, &rules.Revision, &rules.User, &since)
			rules.Since = moment(since)
			s.Rules = append(s.Rules, rules)
			return err
		}, `SELECT wiki, revision, user_name, since_at FROM rules ORDER BY wiki`)
		if err != nil {
			return fmt.Errorf("read rules: %w", err)
		}
		open, err := notices(ctx, tx, `sent_at = 0`)
		if err != nil {
			return err
		}
		for _, n := range open {
			s.Open = append(s.Open, n)
		}
		slices.SortFunc(s.Open, func(a, b Notice) int { return strings.Compare(a.Key, b.Key) })
		if err := s.leases(ctx, tx); err != nil {
			return fmt.Errorf("read the lease: %w", err)
		}
		if s.Behind, err = behind(ctx, tx, AllWikis); err != nil {
			return fmt.Errorf("read what is behind: %w", err)
		}
		if s.Gaps, err = gaps(ctx, tx, `ORDER BY wiki, filled_at DESC, to_at DESC`); err != nil {
			return err
		}
		return eachNote(ctx, tx, func(wiki, name, text string) {
			if s.Notes[wiki] == nil {
				s.Notes[wiki] = make(map[string]string)
			}
			s.Notes[wiki][name] = text
		})
	})
	if err != nil {
		return Status{}, fmt.Errorf("read status: %w", err)
	}
	return s, nil
}

// leases reads who holds what. Of several shards the first may have no wikis, and
// thus no holder.
func (s *Status) leases(ctx context.Context, tx *sql.Tx) error {
	return query(ctx, tx, func(scan func(...any) error) error {
		var l LeaseState
		var expires int64
		if err := scan(&l.Shard, &l.Of, &l.Owner, &expires, &l.Fence); err != nil {
			return err
		}
		ever := expires != unheld
		l.Expires = moment(max(expires, 0))
		switch {
		case l.Of == 1 && l.Shard == 1:
			l.Shard, l.Of = 0, 0
			s.Lease = l
			return nil
		case l.Shard == 1:
			s.Lease = l
		}
		if ever {
			s.Shards = append(s.Shards, l)
		}
		return nil
	}, `SELECT id, shards, owner, expires_at, fence FROM lease WHERE shards = (SELECT shards FROM lease WHERE id = 1) ORDER BY id`)
}

// SetNote stores what the running bot says of itself about a wiki, such as its
// stop state or trouble with the stream; "" takes the note away.
func (r *Registry) SetNote(ctx context.Context, wiki, name, text string) error {
	err := r.write(ctx, func(tx *sql.Tx) error {
		if text == "" {
			_, err := tx.ExecContext(ctx, `DELETE FROM note WHERE wiki = ? AND name = ?`, wiki, name)
			return err
		}
		return put(ctx, tx,
			`UPDATE note SET body = ? WHERE wiki = ? AND name = ?`,
			`INSERT INTO note (body, wiki, name) VALUES (?, ?, ?)`,
			clean(text), wiki, name)
	})
	if err != nil {
		return fmt.Errorf("note %s of %s: %w", name, wiki, err)
	}
	return nil
}

// Notes returns the notes of a wiki by name.
func (r *Registry) Notes(ctx context.Context, wiki string) (map[string]string, error) {
	var out map[string]string
	err := r.read(ctx, func(tx *sql.Tx) (err error) {
		out, err = notes(ctx, tx, wiki)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("notes of %s: %w", wiki, err)
	}
	return out, nil
}

func notes(ctx context.Context, tx *sql.Tx, wiki string) (map[string]string, error) {
	out := make(map[string]string)
	err := eachNote(ctx, tx, func(of, name, text string) {
		if of == wiki {
			out[name] = text
		}
	})
	return out, err
}

func eachNote(ctx context.Context, tx *sql.Tx, each func(wiki, name, text string)) error {
	err := query(ctx, tx, func(scan func(...any) error) error {
		var wiki, name, text string
		if err := scan(&wiki, &name, &text); err != nil {
			return err
		}
		each(wiki, name, text)
		return nil
	}, `SELECT wiki, name, body FROM note ORDER BY wiki, name`)
	if err != nil {
		return fmt.Errorf("read notes: %w", err)
	}
	return nil
}
