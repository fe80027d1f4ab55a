// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds proposals: new sections on pages where people wish for things.

package registry

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/detect"
)

// Request is a recorded proposal.
type Request struct {
	// ID names it: a hash of the wiki, the revision and the section. It stays when
	// the rest is redacted.
	ID       string    `json:"id"`
	Wiki     string    `json:"wiki"`
	Title    string    `json:"title"` // of the page
	Revision int64     `json:"revision"`
	Section  string    `json:"section,omitempty"`
	User     string    `json:"user,omitempty"`
	Time     time.Time `json:"time"`
	// Text is what stood below the heading, as written.
	Text string `json:"text,omitempty"`
	// Withdrawn is since when it does not stand on its page, zero while it does.
	Withdrawn time.Time `json:"withdrawn,omitzero"`
	// Redacted says that the revision was hidden or deleted: section, user and text
	// are not known any more.
	Redacted bool `json:"redacted,omitempty"`
}

// saveRequests records what a change proposes, each once.
func saveRequests(ctx context.Context, tx *sql.Tx, b Batch) (changed bool, err error) {
	c := b.Change
	for _, p := range b.Proposals {
		section := clip(p.Section, maxTitle)
		id := mentionID("request", c.Wiki, c.Revision, section)
		known, err := exists(ctx, tx, `SELECT COUNT(*) FROM request WHERE id = ?`, id)
		if err != nil {
			return changed, err
		}
		if known {
			continue
		}
		changed = true
		_, err = tx.ExecContext(ctx, `INSERT INTO request (id, wiki, title, revision, section, user_name, made_at, body, withdrawn, redacted) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0, 0)`,
			id, c.Wiki, clip(c.Title, maxTitle), c.Revision, section, clip(c.User, maxTitle), micros(c.Time), clip(p.Text, detect.LongestProposal))
		if err != nil {
			return changed, fmt.Errorf("save proposal: %w", err)
		}
	}
	return changed, nil
}

// requests reads proposals, the newest first.
func requests(ctx context.Context, tx *sql.Tx, where string, args ...any) ([]Request, error) {
	var out []Request
	err := query(ctx, tx, func(scan func(...any) error) error {
		var q Request
		var made, withdrawn int64
		err := scan(&q.ID, &q.Wiki, &q.Title, &q.Revision, &q.Section, &q.User, &made, &q.Text, &withdrawn, &q.Redacted)
		q.Time, q.Withdrawn = moment(made), moment(withdrawn)
		out = append(out, q)
		return err
	}, `SELECT id, wiki, title, revision, section, user_name, made_at, body, withdrawn, redacted FROM request WHERE `+where+` ORDER BY made_at DESC, id`, args...)
	if err != nil {
		return nil, fmt.Errorf("read proposals: %w", err)
	}
	return out, nil
}

// RequestsOn returns the proposals of a page, or of a revision of it, that are not
// redacted.
func (r *Registry) RequestsOn(ctx context.Context, wiki, title string, revision int64) ([]Request, error) {
	var out []Request
	err := r.read(ctx, func(tx *sql.Tx) (err error) {
		out, err = requests(ctx, tx, `wiki = ? AND (title = ? OR revision = ? AND revision > 0) AND redacted = 0`, wiki, clip(title, maxTitle), revision)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("proposals on %s: %w", title, err)
	}
	return out, nil
}

// SetRequest stores since when a proposal does not stand on its page, zero if it
// does, and whether it is redacted, which forgets for good who made it and what it
// says. A redacted one stays so.
func (r *Registry) SetRequest(ctx context.Context, q Request) error {
	err := r.write(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `UPDATE request SET withdrawn = ? WHERE id = ?`, micros(q.Withdrawn), q.ID)
		if err == nil && q.Redacted {
			_, err = tx.ExecContext(ctx, `UPDATE request SET section = '', user_name = '', body = '', redacted = 1 WHERE id = ?`, q.ID)
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("store proposal of revision %d: %w", q.Revision, err)
	}
	return nil
}
