// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds how the verdicts on a wiki's items change over time: which
// item's became another one when, and how many there were of each in a week.

package registry

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"maps"
	"slices"
	"time"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/detect"
)

// Tallies are read so far back, and kept some weeks longer than other things
// that are over, so that a year can be shown in full.
const (
	talliesRead   = 400 * 24 * time.Hour
	talliesLonger = 60 * 24 * time.Hour
)

// Tally is how many items had which verdict in one week. It is of the first
// moment of the week at which all was known; a week without such a moment has
// none.
type Tally struct {
	Week time.Time // its Monday, 0:00 UTC
	// Counts are above 0; a kind without items is missing.
	Counts map[detect.Kind]map[Verdict]int
}

// Turn is that the verdict on an item became another one. "" stands for an item
// that is not there.
type Turn struct {
	Item        Key
	At          time.Time
	Was, Became Verdict
}

// Week is the Monday, 0:00 UTC, of the week that a time is in.
func Week(t time.Time) time.Time {
	day := t.UTC().Truncate(24 * time.Hour)
	return day.AddDate(0, 0, -(int(day.Weekday())+6)%7)
}

// Track notes the verdicts on the items of some kinds at a time: what has become
// another one since the last call, and, where whole says that all is known, the
// tally of the week if it has none. Items of the kinds that verdicts lacks are
// not there any more. Of a kind that is tracked for the first time, the items
// count as having been there. It reports whether there was anything to note.
func (r *Registry) Track(ctx context.Context, wiki string, at time.Time, kinds []detect.Kind, verdicts map[Key]Verdict, whole bool) (news bool, err error) {
	err = r.write(ctx, func(tx *sql.Tx) error {
		news = false
		rows, err := turns(ctx, tx, wiki, at, kinds, verdicts)
		if err != nil {
			return err
		}
		if err := insertRows(ctx, tx, `INSERT INTO turn (wiki, kind, item_key, turned_at, was, became)`, rows); err != nil {
			return fmt.Errorf("save what has turned: %w", err)
		}
		tallied := false
		if whole {
			if tallied, err = tally(ctx, tx, wiki, Week(at), verdicts); err != nil {
				return err
			}
		}
		news = tallied || len(rows) > 0
		return nil
	})
	if err != nil {
		return false, fmt.Errorf("track the verdicts on %s: %w", wiki, err)
	}
	return news, nil
}

// turns are the rows for what is not as it last was.
func turns(ctx context.Context, tx *sql.Tx, wiki string, at time.Time, kinds []detect.Kind, verdicts map[Key]Verdict) (rows [][]any, err error) {
	for _, kind := range kinds {
		last, err := lastTurns(ctx, tx, wiki, kind)
		if err != nil {
			return nil, err
		}
		add := func(key Key, was, became Verdict) {
			rows = append(rows, []any{wiki, kind, key, last[key].next(at), was, became})
		}
		for _, key := range slices.Sorted(maps.Keys(verdicts)) {
			became := verdicts[key]
			switch was := last[key].Became; {
			case key.Kind() != kind || !key.storable():
			case len(last) == 0:
				add(key, became, became)
			case was != became:
				add(key, was, became)
			}
		}
		for _, key := range slices.Sorted(maps.Keys(last)) {
			if was := last[key].Became; verdicts[key] == "" && was != "" {
				add(key, was, "")
			}
		}
	}
	return rows, nil
}

// next is when the turn after t is said to have been: at a time, but not before
// t, whatever the clock says.
func (t Turn) next(at time.Time) int64 { return max(micros(at), micros(t.At)+1) }

// lastTurns returns the last turn of each item of a kind.
func lastTurns(ctx context.Context, tx *sql.Tx, wiki string, kind detect.Kind) (map[Key]Turn, error) {
	out := make(map[Key]Turn)
	err := query(ctx, tx, func(scan func(...any) error) error {
		t, err := scanTurn(scan)
		if t.At.After(out[t.Item].At) {
			out[t.Item] = t
		}
		return err
	}, `SELECT item_key, turned_at, was, became FROM turn WHERE wiki = ? AND kind = ?`, wiki, kind)
	if err != nil {
		return nil, fmt.Errorf("read what was last tracked: %w", err)
	}
	return out, nil
}

func scanTurn(scan func(...any) error) (t Turn, err error) {
	var at int64
	err = scan(&t.Item, &at, &t.Was, &t.Became)
	t.At = moment(at)
	return t, err
}

// tally counts the verdicts of a week, unless that was done before.
func tally(ctx context.Context, tx *sql.Tx, wiki string, week time.Time, verdicts map[Key]Verdict) (new bool, err error) {
	var n int
	if err := tx.QueryRowContext(ctx, `SELECT COUNT(*) FROM tally WHERE wiki = ? AND week = ?`, wiki, micros(week)).Scan(&n); err != nil {
		return false, fmt.Errorf("look for the tally of the week: %w", err)
	}
	if n > 0 {
		return false, nil
	}
	type part struct {
		kind    detect.Kind
		verdict Verdict
	}
	counts := make(map[part]int)
	for key, verdict := range verdicts {
		counts[part{key.Kind(), verdict}]++
	}
	var rows [][]any
	for p, n := range counts {
		rows = append(rows, []any{wiki, micros(week), p.kind, p.verdict, n})
	}
	if err := insertRows(ctx, tx, `INSERT INTO tally (wiki, week, kind, verdict, items)`, rows); err != nil {
		return false, fmt.Errorf("save the tally of the week: %w", err)
	}
	return len(rows) > 0, nil
}

// trendInto fills in how verdicts have changed, if the query asks for it.
func trendInto(ctx context.Context, tx *sql.Tx, q Query, v *View) error {
	if q.Turns.IsZero() {
		return nil
	}
	err := query(ctx, tx, func(scan func(...any) error) error {
		var week int64
		var kind detect.Kind
		var verdict Verdict
		var n int
		if err := scan(&week, &kind, &verdict, &n); err != nil {
			return err
		}
		if last := len(v.Tallies) - 1; last < 0 || !v.Tallies[last].Week.Equal(moment(week)) {
			v.Tallies = append(v.Tallies, Tally{Week: moment(week), Counts: make(map[detect.Kind]map[Verdict]int)})
		}
		counts := v.Tallies[len(v.Tallies)-1].Counts
		if counts[kind] == nil {
			counts[kind] = make(map[Verdict]int)
		}
		counts[kind][verdict] = n
		return nil
	}, `SELECT week, kind, verdict, items FROM tally WHERE wiki = ? AND week >= ? ORDER BY week`, q.Wiki, micros(q.Now.Add(-talliesRead)))
	if err != nil {
		return fmt.Errorf("read tallies: %w", err)
	}
	v.Tracked = make(map[detect.Kind]time.Time)
	for _, kind := range q.kinds() {
		var first int64
		if err := tx.QueryRowContext(ctx, `SELECT COALESCE(MIN(turned_at), 0) FROM turn WHERE wiki = ? AND kind = ?`, q.Wiki, kind).Scan(&first); err != nil {
			return fmt.Errorf("read since when verdicts are tracked: %w", err)
		}
		if first != 0 {
			v.Tracked[kind] = moment(first)
		}
		err := query(ctx, tx, func(scan func(...any) error) error {
			t, err := scanTurn(scan)
			v.Turns = append(v.Turns, t)
			return err
		}, `SELECT item_key, turned_at, was, became FROM turn WHERE wiki = ? AND kind = ? AND turned_at >= ? AND was <> became`, q.Wiki, kind, micros(q.Turns))
		if err != nil {
			return fmt.Errorf("read what has turned: %w", err)
		}
	}
	slices.SortFunc(v.Turns, func(a, b Turn) int { return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Item, b.Item)) })
	return nil
}

// purgeTrend deletes tallies that are too old to be shown, and turns from before
// a time that were not the last ones of their items, or with which an item went.
func (r *Registry) purgeTrend(ctx context.Context, before time.Time) error {
	err := r.write(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `DELETE FROM tally WHERE week < ?`, micros(before.Add(-talliesLonger)))
		return err
	})
	if err != nil {
		return fmt.Errorf("delete old tallies: %w", err)
	}
	type row struct {
		wiki string
		key  Key
		at   int64
	}
	for {
		var old []row
		err := r.read(ctx, func(tx *sql.Tx) error {
			old = nil
			return query(ctx, tx, func(scan func(...any) error) error {
				var t row
				err := scan(&t.wiki, &t.key, &t.at)
				old = append(old, t)
				return err
			}, `SELECT wiki, item_key, turned_at FROM turn WHERE turned_at < ? AND (became = '' OR EXISTS
				(SELECT 1 FROM turn later WHERE later.wiki = turn.wiki AND later.item_key = turn.item_key AND later.turned_at > turn.turned_at)) ORDER BY turned_at LIMIT ?`,
				micros(before), purgedAtOnce)
		})
		if err != nil {
			return fmt.Errorf("look for old turns: %w", err)
		}
		if len(old) == 0 {
			return nil
		}
		err = r.write(ctx, func(tx *sql.Tx) error {
			for _, t := range old {
				if _, err := tx.ExecContext(ctx, `DELETE FROM turn WHERE wiki = ? AND item_key = ? AND turned_at = ?`, t.wiki, t.key, t.at); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return fmt.Errorf("delete old turns: %w", err)
		}
	}
}
