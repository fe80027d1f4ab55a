// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds how the registry takes in what a survey read.

package registry

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"reflect"
	"time"
)

// ErrShrunk says that a survey came back without the items that its source had
// before. Nothing was changed: what the source said before stays in force.
var ErrShrunk = errors.New("the source names nothing any more")

// Survey is everything that one source says at one time, for one wiki.
type Survey struct {
	Source string // "siteinfo", "gadgets", "maintainers"
	// Wiki is the wiki that is served, AllWikis for a source that says the same
	// of every one.
	Wiki     string
	At       time.Time
	Items    []Item
	Claims   []Claim
	Measures []Measure
	Accounts []Account
	// Part says that this is not everything: what it does not name stays as it
	// was, but for the items in Left.
	Part bool
	Left []Key
	// Mark is what the source has to be told at its next reading, such as the
	// ETag of an address; it means nothing to the registry.
	Mark string
	// Checkpoint is where a reading that is not finished has come to, "" when
	// it is. Only a Part has one.
	Checkpoint string
}

// AllWikis stands for the wiki of a source that says the same of every one,
// such as a catalogue of tools.
const AllWikis = ""

// SurveyState is how a source is doing.
type SurveyState struct {
	Source string    `json:"source"`
	Wiki   string    `json:"wiki"`
	Read   time.Time `json:"read,omitzero"`   // last good reading
	Failed time.Time `json:"failed,omitzero"` // since when readings fail; zero if the last was good
	Reason string    `json:"reason,omitempty"`
	// Held is since when an answer that names far fewer items than the one
	// before waits for a second one like it; zero if none does.
	Held time.Time `json:"held,omitzero"`
	// HeldItems is how many items that answer names.
	HeldItems int `json:"held_items,omitempty"`
	// Mark and Checkpoint are those of the last Survey.
	Mark       string `json:"-"`
	Checkpoint string `json:"-"`
}

// SaveSurvey replaces what the source said before about the wiki and reports
// whether that changed anything but the time of the reading. Claims that are
// gone are superseded, not deleted; items that the source does not name any
// more are marked, and View calls an item gone once no source names it. An
// empty survey where there were items before is refused with ErrShrunk.
func (r *Registry) SaveSurvey(ctx context.Context, s Survey) (changed bool, err error) {
	err = r.write(ctx, func(tx *sql.Tx) error {
		items, err := saveItems(ctx, tx, s)
		if err != nil {
			return err
		}
		claims, err := saveClaims(ctx, tx, s)
		if err != nil {
			return err
		}
		changed = items || claims
		return saveSurveyState(ctx, tx, SurveyState{Source: s.Source, Wiki: s.Wiki, Read: s.At})
	})
	if err != nil {
		return false, fmt.Errorf("save survey of %s for %s: %w", s.Source, s.Wiki, err)
	}
	return changed, nil
}

func saveItems(ctx context.Context, tx *sql.Tx, s Survey) (changed bool, err error) {
	stored, err := presences(ctx, tx, `wiki = ? AND source = ?`, s.Wiki, s.Source)
	if err != nil {
		return false, err
	}
	before := make(map[Key]Item, len(stored))
	live := 0
	for _, p := range stored {
		before[p.item.Key] = p.item
		if p.item.Gone.IsZero() {
			live++
		}
	}
	if len(s.Items) == 0 && live > 0 {
		return false, fmt.Errorf("%w, it named %d items", ErrShrunk, live)
	}

	named := make(map[Key]bool, len(s.Items))
	for _, item := range s.Items {
		if !item.Key.storable() || named[item.Key] {
			continue
		}
		named[item.Key] = true
		item = canonical(item)
		item.Gone = time.Time{}
		old, known := before[item.Key]
		switch {
		case !known:
			err = insertPresence(ctx, tx, s.Wiki, s.Source, item)
		case !reflect.DeepEqual(old, item):
			err = updatePresence(ctx, tx, s.Wiki, s.Source, item)
		default:
			continue
		}
		if err != nil {
			return false, err
		}
		changed = true
	}
	for _, p := range stored {
		if named[p.item.Key] || !p.item.Gone.IsZero() {
			continue
		}
		p.item.Gone = s.At
		if err := updatePresence(ctx, tx, s.Wiki, s.Source, p.item); err != nil {
			return false, err
		}
		changed = true
	}
	return changed, nil
}

func saveClaims(ctx context.Context, tx *sql.Tx, s Survey) (changed bool, err error) {
	stored, err := claimsInForce(ctx, tx, s.Wiki, s.Source)
	if err != nil {
		return false, err
	}
	before := make(map[statement]storedClaim, len(stored))
	for _, c := range stored {
		before[c.statement()] = c
	}
	seen := make(map[statement]bool, len(s.Claims))
	for _, c := range s.Claims {
		c.Holder, c.Evidence.Page, c.Evidence.User = clean(c.Holder), clean(c.Evidence.Page), clean(c.Evidence.User)
		if c.HolderKind == User {
			c.Holder = userName(c.Holder)
		}
		if !c.Item.storable() || len(c.Holder) > maxName || seen[c.statement()] {
			continue
		}
		seen[c.statement()] = true
		old, known := before[c.statement()]
		if known && old.Standing == c.Standing && old.Evidence.User == c.Evidence.User {
			continue
		}
		if known {
			if err := supersedeClaim(ctx, tx, old.id, s.At); err != nil {
				return false, err
			}
		}
		c.Evidence.Source = s.Source
		if c.Evidence.Time.IsZero() {
			c.Evidence.Time = s.At
		}
		if _, err := insertClaim(ctx, tx, s.Wiki, c); err != nil {
			return false, err
		}
		changed = true
	}
	for _, c := range stored {
		if seen[c.statement()] {
			continue
		}
		if err := supersedeClaim(ctx, tx, c.id, s.At); err != nil {
			return false, err
		}
		changed = true
	}
	_, err = tx.ExecContext(ctx, `UPDATE claim SET read_at = ? WHERE wiki = ? AND source = ? AND superseded_at = 0`, micros(s.At), s.Wiki, s.Source)
	return changed, err
}

// SurveyFailed notes that a source could not be read; what it said before
// stays in force. The state keeps the time of the first failure in a row and
// the reason of the last.
func (r *Registry) SurveyFailed(ctx context.Context, source, wiki string, at time.Time, reason string) error {
	err := r.write(ctx, func(tx *sql.Tx) error {
		states, err := surveyStates(ctx, tx, `wiki = ? AND source = ?`, wiki, source)
		if err != nil {
			return err
		}
		next := SurveyState{Source: source, Wiki: wiki, Failed: at, Reason: clean(reason)}
		if len(states) > 0 {
			next.Read = states[0].Read
			if !states[0].Failed.IsZero() {
				next.Failed = states[0].Failed
			}
		}
		return saveSurveyState(ctx, tx, next)
	})
	if err != nil {
		return fmt.Errorf("note the failed survey of %s for %s: %w", source, wiki, err)
	}
	return nil
}

// SurveyRead notes a good reading of a source that has no Survey, such as the
// cells, and so ends its failure.
func (r *Registry) SurveyRead(ctx context.Context, source, wiki string, at time.Time) error {
	err := r.write(ctx, func(tx *sql.Tx) error {
		return saveSurveyState(ctx, tx, SurveyState{Source: source, Wiki: wiki, Read: at})
	})
	if err != nil {
		return fmt.Errorf("note the survey of %s for %s: %w", source, wiki, err)
	}
	return nil
}

// DropSource ends all that a source says about a wiki, because the wiki does
// not use it any more, and reports whether there was anything. Its claims are
// superseded, items that no other source names are gone, and how it was doing
// is forgotten; if it is used again, it starts from nothing.
func (r *Registry) DropSource(ctx context.Context, source, wiki string) (changed bool, err error) {
	now := micros(time.Now())
	err = r.write(ctx, func(tx *sql.Tx) error {
		for _, end := range []struct {
			text string
			args []any
		}{
			{`UPDATE claim SET superseded_at = ? WHERE wiki = ? AND superseded_at = 0 AND source = ?`, []any{now, wiki, source}},
			{`UPDATE presence SET gone_at = ? WHERE wiki = ? AND source = ? AND gone_at = 0`, []any{now, wiki, source}},
			{`DELETE FROM survey_state WHERE wiki = ? AND source = ?`, []any{wiki, source}},
		} {
			res, err := tx.ExecContext(ctx, end.text, end.args...)
			if err != nil {
				return err
			}
			n, err := res.RowsAffected()
			if err != nil {
				return err
			}
			changed = changed || n > 0
		}
		if source != CellsSource {
			return nil
		}
		_, err := tx.ExecContext(ctx, `DELETE FROM cells_read WHERE wiki = ?`, wiki)
		return err
	})
	if err != nil {
		return false, fmt.Errorf("drop the source %s of %s: %w", source, wiki, err)
	}
	return changed, nil
}

// Surveys returns how the sources of a wiki are doing, sorted by name: the
// Surveys of a View without the rest.
func (r *Registry) Surveys(ctx context.Context, wiki string) ([]SurveyState, error) {
	var out []SurveyState
	err := r.read(ctx, func(tx *sql.Tx) (err error) {
		out, err = surveyStates(ctx, tx, `wiki = ?`, wiki)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("how the sources of %s are doing: %w", wiki, err)
	}
	return out, nil
}

func saveSurveyState(ctx context.Context, tx *sql.Tx, s SurveyState) error {
	return put(ctx, tx,
		`UPDATE survey_state SET read_at = ?, failed_at = ?, reason = ? WHERE wiki = ? AND source = ?`,
		`INSERT INTO survey_state (read_at, failed_at, reason, wiki, source) VALUES (?, ?, ?, ?, ?)`,
		micros(s.Read), micros(s.Failed), s.Reason, s.Wiki, s.Source)
}

func surveyStates(ctx context.Context, tx *sql.Tx, where string, args ...any) ([]SurveyState, error) {
	var out []SurveyState
	err := query(ctx, tx, func(scan func(...any) error) error {
		var s SurveyState
		var read, failed int64
		err := scan(&s.Wiki, &s.Source, &read, &failed, &s.Reason)
		s.Read, s.Failed = moment(read), moment(failed)
		out = append(out, s)
		return err
	}, `SELECT wiki, source, read_at, failed_at, reason FROM survey_state WHERE `+where+` ORDER BY wiki, source`, args...)
	if err != nil {
		return nil, fmt.Errorf("read survey states: %w", err)
	}
	return out, nil
}
