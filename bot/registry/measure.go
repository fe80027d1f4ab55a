// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds measures: how much an item matters on a wiki, in numbers.

package registry

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"time"
)

// Metric is what a measure counts.
type Metric string

// The metrics. Users and ActiveUsers are accounts that have turned a gadget on;
// of one that is on by default they count nobody who did not ask for it.
// Importers and ActiveImporters are accounts that load a user script. Links are
// pages on the wiki that link to the item's address or page.
const (
	Users           Metric = "users"
	ActiveUsers     Metric = "active_users"
	Importers       Metric = "importers"
	ActiveImporters Metric = "active_importers"
	Links           Metric = "links"
)

// Measure is one number about an item on one wiki.
type Measure struct {
	Item   Key    `json:"item"`
	Metric Metric `json:"metric"`
	Value  int64  `json:"value"`
	// AtLeast says that counting stopped at Value.
	AtLeast bool   `json:"at_least,omitempty"`
	Source  string `json:"source"`
	// AsOf is when the number was true: for a list that the wiki caches, the
	// time of that.
	AsOf time.Time `json:"as_of"`
}

// measured is what a measure is of.
type measured struct {
	item   Key
	metric Metric
}

// storedMeasure is a measure as it stands in the store, where 0 is the time of
// one that was true when all of its source were.
type storedMeasure struct {
	Measure
	asOf int64
}

// saveMeasures stores what the survey counted, unless it counted nothing.
// Numbers that are the same at another time change nothing but that.
func saveMeasures(ctx context.Context, tx *sql.Tx, s Survey, state *sourceState) (changed bool, err error) {
	stored, err := measuresBefore(ctx, tx, s)
	if err != nil {
		return false, err
	}
	before := make(map[measured]storedMeasure, len(stored))
	for _, m := range stored {
		before[measured{m.Item, m.Metric}] = m
	}
	var usual time.Time
	if !s.Part && len(s.Measures) > 0 {
		usual = usualTime(s)
		state.counted = usual
	}
	named := make(map[measured]bool, len(s.Measures))
	var rows [][]any
	var replaced, gone []measured
	for _, m := range s.Measures {
		of := measured{m.Item, m.Metric}
		if !m.Item.storable() || m.Metric == "" || named[of] {
			continue
		}
		named[of] = true
		asOf := micros(m.asOf(s))
		if !s.Part && asOf == micros(usual) {
			asOf = 0
		}
		old, known := before[of]
		same := known && old.Value == m.Value && old.AtLeast == m.AtLeast
		if same && old.asOf == asOf {
			continue
		}
		if known {
			replaced = append(replaced, of)
		}
		changed = changed || !same
		rows = append(rows, []any{s.Wiki, s.Source, m.Item, m.Metric, m.Item.Kind(), m.Value, flag(m.AtLeast), asOf})
	}
	for _, m := range stored {
		left := !s.Part && len(s.Measures) > 0 || slices.Contains(s.Left, m.Item)
		if of := (measured{m.Item, m.Metric}); left && !named[of] {
			gone = append(gone, of)
		}
	}
	if len(rows)+len(gone) > 0 {
		state.changed()
	}
	for _, of := range slices.Concat(replaced, gone) {
		_, err := tx.ExecContext(ctx, `DELETE FROM measure WHERE wiki = ? AND source = ? AND item_key = ? AND metric = ?`, s.Wiki, s.Source, of.item, of.metric)
		if err != nil {
			return false, fmt.Errorf("replace measures: %w", err)
		}
	}
	if err := insertRows(ctx, tx, `INSERT INTO measure (wiki, source, item_key, metric, kind, amount, at_least, as_of)`, rows); err != nil {
		return false, fmt.Errorf("save measures: %w", err)
	}
	return changed || len(gone) > 0, nil
}

// asOf is when a measure of a survey was true: if it does not say, when the
// survey was made.
func (m Measure) asOf(s Survey) time.Time {
	if m.AsOf.IsZero() {
		return s.At
	}
	return m.AsOf
}

// usualTime is when most of the survey's measures were true.
func usualTime(s Survey) time.Time {
	times := make(map[int64]int)
	var most int64
	for _, m := range s.Measures {
		t := micros(m.asOf(s))
		times[t]++
		if times[t] > times[most] {
			most = t
		}
	}
	return moment(most)
}

// measuresBefore reads the measures that the survey may replace.
func measuresBefore(ctx context.Context, tx *sql.Tx, s Survey) ([]storedMeasure, error) {
	if !s.Part {
		return storedMeasures(ctx, tx, `wiki = ? AND source = ?`, s.Wiki, s.Source)
	}
	keys := slices.Clone(s.Left)
	for _, m := range s.Measures {
		keys = append(keys, m.Item)
	}
	slices.Sort(keys)
	var out []storedMeasure
	for some := range slices.Chunk(slices.Compact(keys), rowsAtOnce) {
		in, args := oneOf("item_key", some)
		rows, err := storedMeasures(ctx, tx, `wiki = ? AND source = ? AND `+in, append([]any{s.Wiki, s.Source}, args...)...)
		if err != nil {
			return nil, err
		}
		out = append(out, rows...)
	}
	return out, nil
}

// storedMeasures reads the measures that a condition selects.
func storedMeasures(ctx context.Context, tx *sql.Tx, where string, args ...any) ([]storedMeasure, error) {
	var out []storedMeasure
	err := query(ctx, tx, func(scan func(...any) error) error {
		var m storedMeasure
		err := scan(&m.Source, &m.Item, &m.Metric, &m.Value, &m.AtLeast, &m.asOf)
		out = append(out, m)
		return err
	}, `SELECT source, item_key, metric, amount, at_least, as_of FROM measure WHERE `+where, args...)
	if err != nil {
		return nil, fmt.Errorf("read measures: %w", err)
	}
	return out, nil
}
