// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds how the sources are doing.

package registry

import (
	"context"
	"database/sql"
	"fmt"
	"time"
)

// sourceState is how a source is doing, with what only the store has to know.
type sourceState struct {
	SurveyState
	heldAnswer string    // what the answer names that is held
	counted    time.Time // when those measures were true that say no time of their own
	version    int64     // grows when anything is written that the source says
}

// changed notes that something is written that the source says. The number is
// one that a source that was dropped meanwhile did not have.
func (s *sourceState) changed() { s.version = max(s.version+1, time.Now().UnixMicro()) }

// saved notes a survey that was taken in. A Part that is not the last one is no
// reading yet.
func (s *sourceState) saved(v Survey) {
	s.Mark, s.Checkpoint = v.Mark, v.Checkpoint
	if v.Checkpoint == "" {
		s.read(v.At)
	}
}

// read notes a good reading.
func (s *sourceState) read(at time.Time) {
	s.Read, s.Failed, s.Reason = at, time.Time{}, ""
	s.Held, s.HeldItems, s.heldAnswer = time.Time{}, 0, ""
}

// SurveyFailed notes that a source could not be read; what it said before
// stays in force. The state keeps the time of the first failure in a row and
// the reason of the last.
func (r *Registry) SurveyFailed(ctx context.Context, source, wiki string, at time.Time, reason string) error {
	err := r.write(ctx, func(tx *sql.Tx) error {
		state, err := surveyState(ctx, tx, source, wiki)
		if err != nil {
			return err
		}
		if state.Failed.IsZero() {
			state.Failed = at
		}
		state.Reason = clip(reason, maxProse)
		return saveSurveyState(ctx, tx, state)
	})
	if err != nil {
		return fmt.Errorf("note the failed survey of %s for %s: %w", source, wiki, err)
	}
	return nil
}

// SurveyRead notes a good reading of a source that has no Survey, such as the
// cells, or that has not changed, and so ends its failure.
func (r *Registry) SurveyRead(ctx context.Context, source, wiki string, at time.Time) error {
	err := r.write(ctx, func(tx *sql.Tx) error {
		state, err := surveyState(ctx, tx, source, wiki)
		if err != nil {
			return err
		}
		state.read(at)
		return saveSurveyState(ctx, tx, state)
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
		changed = false
		for _, end := range []struct {
			text string
			args []any
		}{
			{`UPDATE claim SET superseded_at = ? WHERE wiki = ? AND superseded_at = 0 AND source = ?`, []any{now, wiki, source}},
			{`UPDATE presence SET gone_at = ? WHERE wiki = ? AND source = ? AND gone_at = 0`, []any{now, wiki, source}},
			{`DELETE FROM measure WHERE wiki = ? AND source = ?`, []any{wiki, source}},
			{`DELETE FROM account WHERE wiki = ? AND source = ?`, []any{wiki, source}},
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

// Surveys returns how the sources of a wiki are doing, those of AllWikis first,
// each sorted by name: the Surveys of a View without the rest.
func (r *Registry) Surveys(ctx context.Context, wiki string) ([]SurveyState, error) {
	var out []SurveyState
	err := r.read(ctx, func(tx *sql.Tx) (err error) {
		out, err = surveyStates(ctx, tx, `wiki IN (?, ?)`, wiki, AllWikis)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("how the sources of %s are doing: %w", wiki, err)
	}
	return out, nil
}

func saveSurveyState(ctx context.Context, tx *sql.Tx, s sourceState) error {
	err := put(ctx, tx,
		`UPDATE survey_state SET read_at = ?, failed_at = ?, reason = ?, mark = ?, checkpoint = ?, counted_at = ?, version = ?, held_at = ?, held_items = ?, held_answer = ?
			WHERE wiki = ? AND source = ?`,
		`INSERT INTO survey_state (read_at, failed_at, reason, mark, checkpoint, counted_at, version, held_at, held_items, held_answer, wiki, source)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		micros(s.Read), micros(s.Failed), s.Reason, s.Mark, s.Checkpoint, micros(s.counted), s.version, micros(s.Held), s.HeldItems, s.heldAnswer, s.Wiki, s.Source)
	if err != nil {
		return fmt.Errorf("save how %s is doing: %w", s.Source, err)
	}
	return nil
}

// surveyState reads how one source is doing, as one that was never read if
// nothing is known.
func surveyState(ctx context.Context, tx *sql.Tx, source, wiki string) (sourceState, error) {
	states, err := sourceStates(ctx, tx, `wiki = ? AND source = ?`, wiki, source)
	if err != nil || len(states) == 0 {
		return sourceState{SurveyState: SurveyState{Source: source, Wiki: wiki}}, err
	}
	return states[0], nil
}

func surveyStates(ctx context.Context, tx *sql.Tx, where string, args ...any) ([]SurveyState, error) {
	states, err := sourceStates(ctx, tx, where, args...)
	var out []SurveyState
	for _, s := range states {
		out = append(out, s.SurveyState)
	}
	return out, err
}

func sourceStates(ctx context.Context, tx *sql.Tx, where string, args ...any) ([]sourceState, error) {
	var out []sourceState
	err := query(ctx, tx, func(scan func(...any) error) error {
		var s sourceState
		var read, failed, counted, held int64
		err := scan(&s.Wiki, &s.Source, &read, &failed, &s.Reason, &s.Mark, &s.Checkpoint, &counted, &s.version, &held, &s.HeldItems, &s.heldAnswer)
		s.Read, s.Failed, s.counted, s.Held = moment(read), moment(failed), moment(counted), moment(held)
		out = append(out, s)
		return err
	}, `SELECT wiki, source, read_at, failed_at, reason, mark, checkpoint, counted_at, version, held_at, held_items, held_answer
		FROM survey_state WHERE `+where+` ORDER BY wiki, source`, args...)
	if err != nil {
		return nil, fmt.Errorf("read survey states: %w", err)
	}
	return out, nil
}
