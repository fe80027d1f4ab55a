// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds how edits of Steward cells, and of lines on the sign-up page,
// become claims.

package registry

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// CellsSource is the source of claims that people make in Steward cells and on
// the sign-up page, which their pages tell apart.
const CellsSource = "cells"

// CellChange is what one edit did to the Steward cell of one row, or to what the
// lines of the sign-up page say of one item.
type CellChange struct {
	Item Key
	// Role is what the names are to the item; "" stands for Steward.
	Role Role
	// Added and Removed are the names of users and teams that the edit put in
	// and took out. Kept are those that it left while it changed what stands
	// beside them: from their owners that is a word.
	Added, Removed, Kept []Holder
	// Page is the full title of the page that was edited, by which the claims
	// are told apart and shown.
	Wiki, Page string
	Revision   int64
	User       string
	// Registered is false for temporary accounts and addresses.
	Registered bool
	Time       time.Time
}

// SaveCells records Steward cell edits of one table and that its page was read
// up to revision, and reports whether a claim changed. page is the name of the
// position, "Page title#table id", since each table of a page is read on its
// own; where the claims are made is the Page of the changes. Edits up to the
// revision that was reached before are passed over, so saving them again
// changes nothing.
//
// A name that its owner puts in is a confirmed claim; one that another
// registered user puts in is unconfirmed, one that anybody else puts in is
// suggested; a team that a registered user names is stated. A name that its
// owner keeps while they change what stands beside it is confirmed anew. A name
// that its owner takes out is superseded: that is stepping down. A confirmed claim that
// somebody else takes out is disputed until its owner acts, whoever puts the
// name back meanwhile; any other claim goes.
func (r *Registry) SaveCells(ctx context.Context, wiki, page string, revision int64, changes []CellChange) (changed bool, err error) {
	changes = slices.Clone(changes)
	slices.SortStableFunc(changes, func(a, b CellChange) int { return int(min(max(a.Revision-b.Revision, -1), 1)) })
	err = r.write(ctx, func(tx *sql.Tx) error {
		reached, err := cellsRead(ctx, tx, wiki, page)
		if err != nil {
			return err
		}
		stored, err := claimsInForce(ctx, tx, wiki, CellsSource)
		if err != nil {
			return err
		}
		log := cellLog{tx: tx, wiki: wiki, inForce: make(map[statement]storedClaim, len(stored))}
		for _, c := range stored {
			log.inForce[c.statement()] = c
		}
		for _, c := range changes {
			if c.Revision <= reached || !c.Item.storable() {
				continue
			}
			c.Wiki, c.Page, c.User = wiki, clean(c.Page), userName(c.User)
			if err := log.fold(ctx, c); err != nil {
				return fmt.Errorf("revision %d: %w", c.Revision, err)
			}
		}
		changed = log.changed
		if revision <= reached {
			return nil
		}
		return put(ctx, tx,
			`UPDATE cells_read SET revision = ? WHERE wiki = ? AND position = ?`,
			`INSERT INTO cells_read (revision, wiki, position) VALUES (?, ?, ?)`,
			revision, wiki, page)
	})
	if err != nil {
		return false, fmt.Errorf("save cells of %s on %s: %w", page, wiki, err)
	}
	return changed, nil
}

// CellsRead returns the revision up to which the cells of a table were read, 0
// if never; page is the name of the position, as for SaveCells.
func (r *Registry) CellsRead(ctx context.Context, wiki, page string) (int64, error) {
	var revision int64
	err := r.read(ctx, func(tx *sql.Tx) (err error) {
		revision, err = cellsRead(ctx, tx, wiki, page)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("read how far the cells of %s on %s were read: %w", page, wiki, err)
	}
	return revision, nil
}

// KeepCells ends what was claimed in Steward cells of any but these tables,
// each given by its position name, and reports whether that was anything: a
// table that has moved or left the rules holds nobody, since nobody can step
// down there. Claims are known by their page, so where one of several tables on
// a page has left, all claims on it end, and how far the others were read is
// forgotten: they are read from their beginning again.
func (r *Registry) KeepCells(ctx context.Context, wiki string, tables []string) (changed bool, err error) {
	now := time.Now()
	listed, keep := make(map[string]bool, len(tables)), make(map[string]bool, len(tables))
	for _, table := range tables {
		listed[table], keep[pageOf(table)] = true, true
	}
	err = r.write(ctx, func(tx *sql.Tx) error {
		changed = false
		positions, err := cellPositions(ctx, tx, wiki)
		if err != nil {
			return err
		}
		for _, p := range positions {
			if !listed[p] {
				keep[pageOf(p)] = false
			}
		}
		stored, err := claimsInForce(ctx, tx, wiki, CellsSource)
		if err != nil {
			return err
		}
		for _, c := range stored {
			if keep[c.Evidence.Page] {
				continue
			}
			if err := supersedeClaim(ctx, tx, c.id, now); err != nil {
				return err
			}
			changed = true
		}
		for _, p := range positions {
			if keep[pageOf(p)] {
				continue
			}
			if _, err := tx.ExecContext(ctx, `DELETE FROM cells_read WHERE wiki = ? AND position = ?`, wiki, p); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return false, fmt.Errorf("end the cells of other tables on %s: %w", wiki, err)
	}
	return changed, nil
}

// CellClaims returns what is claimed in Steward cells, or on a sign-up page, of
// one page.
func (r *Registry) CellClaims(ctx context.Context, wiki, page string) (out []Claim, err error) {
	page = clean(page)
	err = r.read(ctx, func(tx *sql.Tx) error {
		out = nil
		stored, err := claimsInForce(ctx, tx, wiki, CellsSource)
		for _, c := range stored {
			if c.Evidence.Page == page {
				out = append(out, c.Claim)
			}
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read what is claimed on %s of %s: %w", page, wiki, err)
	}
	return out, nil
}

// ForgetCells ends what was claimed on the page of a position, and forgets how
// far it was read: it is read from its beginning again.
func (r *Registry) ForgetCells(ctx context.Context, wiki, position string) error {
	now := time.Now()
	err := r.write(ctx, func(tx *sql.Tx) error {
		stored, err := claimsInForce(ctx, tx, wiki, CellsSource)
		if err != nil {
			return err
		}
		for _, c := range stored {
			if c.Evidence.Page != pageOf(position) {
				continue
			}
			if err := supersedeClaim(ctx, tx, c.id, now); err != nil {
				return err
			}
		}
		_, err = tx.ExecContext(ctx, `DELETE FROM cells_read WHERE wiki = ? AND position = ?`, wiki, position)
		return err
	})
	if err != nil {
		return fmt.Errorf("forget what was claimed on %s of %s: %w", position, wiki, err)
	}
	return nil
}

// pageOf returns the page of a position name.
func pageOf(position string) string {
	page, _, _ := strings.Cut(position, "#")
	return clean(page)
}

// cellPositions returns the names of the tables that were read.
func cellPositions(ctx context.Context, tx *sql.Tx, wiki string) ([]string, error) {
	var positions []string
	err := query(ctx, tx, func(scan func(...any) error) error {
		var p string
		err := scan(&p)
		positions = append(positions, p)
		return err
	}, `SELECT position FROM cells_read WHERE wiki = ? ORDER BY position`, wiki)
	return positions, err
}

func cellsRead(ctx context.Context, tx *sql.Tx, wiki, page string) (revision int64, err error) {
	err = tx.QueryRowContext(ctx, `SELECT revision FROM cells_read WHERE wiki = ? AND position = ?`, wiki, page).Scan(&revision)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	return revision, err
}

// cellLog applies cell edits to the claims in force, one after the other.
type cellLog struct {
	tx      *sql.Tx
	wiki    string
	inForce map[statement]storedClaim
	changed bool
}

func (l *cellLog) fold(ctx context.Context, c CellChange) error {
	for _, h := range c.Removed {
		claim, ok := c.claim(h)
		old, known := l.inForce[claim.statement()]
		if !ok || !known {
			continue
		}
		if err := l.remove(ctx, c, old, claim); err != nil {
			return err
		}
	}
	for _, h := range c.Kept {
		claim, ok := c.claim(h)
		if !ok || !c.names(h) {
			continue
		}
		claim.Standing = Confirmed
		if old, known := l.inForce[claim.statement()]; known {
			if err := l.supersede(ctx, old, c.Time); err != nil {
				return err
			}
		}
		if err := l.insert(ctx, claim); err != nil {
			return err
		}
	}
	for _, h := range c.Added {
		claim, ok := c.claim(h)
		if !ok {
			continue
		}
		claim.Standing = c.standing(h)
		old, known := l.inForce[claim.statement()]
		if known && weight(old.Standing) >= weight(claim.Standing) {
			continue
		}
		if known {
			if err := l.supersede(ctx, old, c.Time); err != nil {
				return err
			}
		}
		if err := l.insert(ctx, claim); err != nil {
			return err
		}
	}
	return nil
}

// remove takes out a claim that is in force.
func (l *cellLog) remove(ctx context.Context, c CellChange, old storedClaim, claim Claim) error {
	owner := c.names(Holder{Name: claim.Holder, Kind: claim.HolderKind})
	if !owner && old.Standing == Disputed {
		return nil
	}
	if err := l.supersede(ctx, old, c.Time); err != nil {
		return err
	}
	if owner || old.Standing != Confirmed {
		return nil
	}
	claim.Standing = Disputed
	return l.insert(ctx, claim)
}

func (l *cellLog) supersede(ctx context.Context, old storedClaim, at time.Time) error {
	delete(l.inForce, old.statement())
	l.changed = true
	return supersedeClaim(ctx, l.tx, old.id, at)
}

func (l *cellLog) insert(ctx context.Context, c Claim) error {
	id, err := insertClaims(ctx, l.tx, l.wiki, []Claim{c})
	l.inForce[c.statement()] = storedClaim{id, l.wiki, c}
	l.changed = true
	return err
}

// claim is what the edit would say about a holder; ok is false for a text that
// names nobody or cannot be a name.
func (c CellChange) claim(h Holder) (claim Claim, ok bool) {
	name := clean(h.Name)
	switch h.Kind {
	case User:
		name = userName(name)
	case Team:
		if IsNobody(name) {
			return Claim{}, false
		}
	default:
		return Claim{}, false
	}
	if name == "" || len(name) > maxName {
		return Claim{}, false
	}
	return Claim{
		Item: c.Item, Role: cmp.Or(c.Role, Steward), Holder: name, HolderKind: h.Kind,
		Evidence: Evidence{
			Source: CellsSource, Wiki: c.Wiki, Page: c.Page, Revision: c.Revision,
			User: c.User, Time: c.Time, Read: c.Time,
		},
	}, true
}

// names reports whether the holder is the person who made the edit.
func (c CellChange) names(h Holder) bool {
	return c.Registered && h.Kind == User && userName(h.Name) == c.User
}

// standing is what putting a holder into a cell is worth.
func (c CellChange) standing(h Holder) Standing {
	switch {
	case c.names(h):
		return Confirmed
	case !c.Registered:
		return Suggested
	case h.Kind == Team:
		return Stated
	}
	return Unconfirmed
}

// weight orders standings: putting a name in again replaces only what is worth
// less. A dispute is ended by its owner alone.
func weight(s Standing) int {
	return slices.Index([]Standing{Suggested, Unconfirmed, Stated, Disputed, Confirmed}, s)
}
