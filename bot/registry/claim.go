// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds claims: who is said to answer for an item, and by whom.

package registry

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"
)

// Role is what a claim says somebody is to an item.
type Role string

// The roles of mw:Developers/Maintainers.
const (
	Steward    Role = "steward"
	Maintainer Role = "maintainer"
	Consulted  Role = "consulted"
	Informed   Role = "informed"
)

// HolderKind says what a claim's holder is.
type HolderKind string

// The kinds of holder. Nobody is a source's own word that an item has no
// steward ("Unassigned"); it is not the absence of a claim.
const (
	User   HolderKind = "user"
	Team   HolderKind = "team"
	Nobody HolderKind = "nobody"
)

// Standing says how much a claim is worth.
type Standing string

// The standings of a claim. Confirmed: the person named made the edit. Stated:
// a source says so. Unconfirmed: someone else's edit names a person. Suggested:
// a temporary or unregistered user's edit names somebody. Disputed: somebody
// else took out a name that its owner had put in.
const (
	Confirmed   Standing = "confirmed"
	Stated      Standing = "stated"
	Unconfirmed Standing = "unconfirmed"
	Suggested   Standing = "suggested"
	Disputed    Standing = "disputed"
)

// Claim is one statement that somebody answers for an item.
type Claim struct {
	Item       Key        `json:"item"`
	Role       Role       `json:"role"`
	Holder     string     `json:"holder,omitempty"` // name of the user (without namespace) or team, "" for Nobody
	HolderKind HolderKind `json:"holder_kind"`
	Standing   Standing   `json:"standing"`
	Evidence   Evidence   `json:"evidence"`
	// Reminded is how often, and RemindedAt when last, the holder was asked to
	// confirm it since that was due. A View fills them in; they are not stored.
	Reminded   int       `json:"reminded,omitempty"`
	RemindedAt time.Time `json:"reminded_at,omitzero"`
	// Superseded is when the source said something else, zero while the claim
	// is in force.
	Superseded time.Time `json:"superseded,omitzero"`
}

// Evidence says where a claim comes from. While a source goes on saying the
// same, its claim keeps the revision and the time at which that was first
// seen; only Read moves on.
type Evidence struct {
	// Source is the name of the survey source: "maintainers", "cells".
	Source string `json:"source"`
	// Wiki is the database name of the wiki that Page is on.
	Wiki     string `json:"wiki,omitempty"`
	Page     string `json:"page,omitempty"`
	Revision int64  `json:"revision,omitempty"`
	// User made the edit, as far as the source tells. For a Disputed claim it
	// is who took the name out.
	User string `json:"user,omitempty"`
	// Time is when the claim was made, or first seen.
	Time time.Time `json:"time,omitzero"`
	// Read is when the source was last read and still said so, zero for a
	// claim that is superseded.
	Read time.Time `json:"read,omitzero"`
}

// Holder is a user or a team named in a cell.
type Holder struct {
	Name string
	Kind HolderKind
}

// storedClaim is a claim with its place in the store.
type storedClaim struct {
	id   int64
	wiki string // that is served
	Claim
}

// statement is what a claim says, apart from how well it stands: of two claims
// with one statement from one source, one is in force.
type statement struct {
	item   Key
	role   Role
	kind   HolderKind
	holder string
	page   string
}

func (c Claim) statement() statement {
	return statement{c.Item, c.Role, c.HolderKind, c.Holder, c.Evidence.Page}
}

// claimsInForce reads the claims in force about a served wiki, of one source or
// of all if source is "".
func claimsInForce(ctx context.Context, tx *sql.Tx, wiki, source string) ([]storedClaim, error) {
	if source == "" {
		return claims(ctx, tx, `wiki = ? AND superseded_at = 0`, wiki)
	}
	return claims(ctx, tx, `wiki = ? AND source = ? AND superseded_at = 0`, wiki, source)
}

// claims reads the claims that a condition selects, those on items of one kind
// with the oldest first. Those in force were read when their source was.
func claims(ctx context.Context, tx *sql.Tx, where string, args ...any) ([]storedClaim, error) {
	out, err := storedClaims(ctx, tx, where, args...)
	if err != nil || len(out) == 0 {
		return out, err
	}
	read, err := readTimes(ctx, tx)
	if err != nil {
		return nil, err
	}
	for i := range out {
		if c := &out[i]; c.Superseded.IsZero() {
			c.Evidence.Read = later(c.Evidence.Time, read[sourceOn{c.wiki, c.Evidence.Source}])
		}
	}
	return out, nil
}

// storedClaims is claims without the time at which they were read.
func storedClaims(ctx context.Context, tx *sql.Tx, where string, args ...any) ([]storedClaim, error) {
	var out []storedClaim
	err := query(ctx, tx, func(scan func(...any) error) error {
		var c storedClaim
		var made, superseded int64
		err := scan(&c.id, &c.wiki, &c.Item, &c.Role, &c.Holder, &c.HolderKind, &c.Standing, &c.Evidence.Source,
			&c.Evidence.Wiki, &c.Evidence.Page, &c.Evidence.Revision, &c.Evidence.User, &made, &superseded)
		c.Evidence.Time, c.Superseded = moment(made), moment(superseded)
		out = append(out, c)
		return err
	}, `SELECT id, wiki, item_key, role, holder, holder_kind, standing, source, page_wiki, page, revision, user_name, made_at, superseded_at
		FROM claim WHERE `+where+` ORDER BY kind, id`, args...)
	if err != nil {
		return nil, fmt.Errorf("read claims: %w", err)
	}
	return out, nil
}

// sourceOn is a source as it serves a wiki.
type sourceOn struct{ wiki, source string }

// readTimes returns when each source was last read.
func readTimes(ctx context.Context, tx *sql.Tx) (map[sourceOn]time.Time, error) {
	out := make(map[sourceOn]time.Time)
	err := query(ctx, tx, func(scan func(...any) error) error {
		var s sourceOn
		var read int64
		err := scan(&s.wiki, &s.source, &read)
		out[s] = moment(read)
		return err
	}, `SELECT wiki, source, read_at FROM survey_state`)
	if err != nil {
		return nil, fmt.Errorf("read when sources were read: %w", err)
	}
	return out, nil
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// insertClaims stores claims about a served wiki under the next free numbers and
// returns the first of those.
func insertClaims(ctx context.Context, tx *sql.Tx, wiki string, claims []Claim) (first int64, err error) {
	if len(claims) == 0 {
		return 0, nil
	}
	if err := tx.QueryRowContext(ctx, `SELECT COALESCE(MAX(id), 0) + 1 FROM claim`).Scan(&first); err != nil {
		return 0, fmt.Errorf("number claims: %w", err)
	}
	rows := make([][]any, 0, len(claims))
	for n, c := range claims {
		rows = append(rows, []any{first + int64(n), wiki, c.Item.Kind(), c.Item, c.Role, c.Holder, c.HolderKind, c.Standing, c.Evidence.Source,
			c.Evidence.Wiki, c.Evidence.Page, c.Evidence.Revision, c.Evidence.User, micros(c.Evidence.Time), 0})
	}
	err = insertRows(ctx, tx, `INSERT INTO claim
		(id, wiki, kind, item_key, role, holder, holder_kind, standing, source, page_wiki, page, revision, user_name, made_at, superseded_at)`, rows)
	if err != nil {
		return 0, fmt.Errorf("save claims: %w", err)
	}
	return first, nil
}

func supersedeClaim(ctx context.Context, tx *sql.Tx, id int64, at time.Time) error {
	if _, err := tx.ExecContext(ctx, `UPDATE claim SET superseded_at = ? WHERE id = ?`, micros(at), id); err != nil {
		return fmt.Errorf("supersede claim %d: %w", id, err)
	}
	return nil
}

// userName writes the name of an account as MediaWiki does: spaces for
// underscores, the first letter raised.
func userName(name string) string {
	name = strings.Join(strings.FieldsFunc(clean(name), func(c rune) bool { return c == '_' || c == ' ' }), " ")
	for i := range name {
		if i > 0 {
			return strings.ToUpper(name[:i]) + name[i:]
		}
	}
	return strings.ToUpper(name)
}

// IsNobody reports whether the text of a steward cell says that there is no
// steward, or is a placeholder, so that it names no team.
func IsNobody(text string) bool {
	switch strings.ToLower(strings.Trim(text, " \t\n\r().'")) {
	case "", "unassigned", "not assigned", "none", "no one", "nobody", "n/a", "na", "unknown", "tbd", "vacant", "-", "–", "—", "?", "??", "???":
		return true
	}
	return false
}
