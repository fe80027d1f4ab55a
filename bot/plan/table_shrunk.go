// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the guard against tables that lose many rows at once, as when
// a source gives only a part of its answer.

package plan

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/detect"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/config"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/wikitext"
)

// Loss is what a table would lose if it were saved over the text of its page:
// rows whose items it does not list any more. Rows whose items have only got
// another name do not count, nor does a second row of one, nor one of which
// nothing but words of people was left.
type Loss struct {
	// Rows are those that go from this page, or lose all but what people wrote.
	Rows []LostRow
	// All is how many rows the table loses on all of its pages, of so many that
	// stand there.
	All, Of int
}

// LostRow is a row that goes.
type LostRow struct {
	ID string `json:"id"`
	// Name is the item's name as plain text.
	Name string `json:"name"`
}

// Exceeds reports whether so much must not go at once: more than a percentage of
// the rows, or a number of rows or more. A limit of 0 is none.
func (l Loss) Exceeds(percent, rows int) bool {
	return len(l.Rows) > 0 && (percent > 0 && l.All*100 > l.Of*percent || rows > 0 && l.All >= rows)
}

// String says how much it is.
func (l Loss) String() string { return fmt.Sprintf("%d of its %s", l.All, count(l.Of, "row")) }

// Lost compares the table with the text of its page. A page that cannot be read
// loses nothing: Apply refuses it.
func (t Table) Lost(text string) Loss {
	region, err := wikitext.Parse(text).Region(t.ID)
	if err != nil {
		return Loss{}
	}
	l, err := t.read(region.Body)
	if err != nil {
		return Loss{}
	}
	t.follow(&l)
	planned := t.planned()
	loss := Loss{All: t.elsewhere.lost, Of: t.elsewhere.standing}
	words, seen := l.people(), map[string]bool{}
	for _, r := range l.items {
		if seen[r.id] || t.moved[r.id] != "" || !planned[r.id] && words[r.id] != nil && !r.alive() {
			continue
		}
		seen[r.id] = true
		loss.Of++
		if !planned[r.id] {
			loss.Rows = append(loss.Rows, LostRow{ID: r.id, Name: t.nameOf(r)})
		}
	}
	loss.All += len(loss.Rows)
	return loss
}

// planned are the ids of the rows.
func (t Table) planned() map[string]bool {
	ids := make(map[string]bool, len(t.Rows))
	for _, r := range t.Rows {
		ids[r.ID] = true
	}
	return ids
}

// nameOf is the name of a row's item as plain text.
func (t Table) nameOf(r itemRow) string {
	if name := t.gone[r.id]; name != "" {
		return name
	}
	shows := strings.Join(strings.Fields(wikitext.Plain(r.cell(columnItem).Text)), " ")
	return shownCells{columnItem: shows}.name(r.id)
}

// alive reports whether the bot's cells say anything besides which item it is.
func (r itemRow) alive() bool {
	for i, c := range r.cells {
		if column := r.columns[i]; !mine(column) && column != columnItem && c.filled() {
			return true
		}
	}
	return false
}

// share counts rows of a table on some of its pages: those that stand there and
// those that it loses.
type share struct{ standing, lost int }

// shares counts, for each of some pages, the rows of the others.
func (l located) shares(whole Table, pages int) []share {
	planned, on, all := whole.planned(), make([]share, pages), share{}
	for id, n := range l.row {
		if !planned[id] && l.left[id] {
			continue
		}
		on[n-1].standing++
		if !planned[id] {
			on[n-1].lost++
		}
	}
	for _, s := range on {
		all.standing, all.lost = all.standing+s.standing, all.lost+s.lost
	}
	for i, s := range on {
		on[i] = share{all.standing - s.standing, all.lost - s.lost}
	}
	return on
}

// readAt is when the sources that say which rows a table has were all read, or
// read again: the oldest of their last readings. A source that fails, or whose
// answer is held, is as old as its last good answer. It is zero where the table
// rests on no source, or one was never read.
func readAt(in Input, t config.Table) time.Time {
	var oldest time.Time
	for _, name := range rowSources(in.Rules, t) {
		i := slices.IndexFunc(in.View.Surveys, func(s registry.SurveyState) bool { return s.Source == name })
		if i < 0 || in.View.Surveys[i].Read.IsZero() {
			return time.Time{}
		}
		if at := in.View.Surveys[i].Read; oldest.IsZero() || at.Before(oldest) {
			oldest = at
		}
	}
	return oldest
}

// rowSources are the sources that say which rows a table has.
func rowSources(rules *config.Rules, t config.Table) []string {
	var names []string
	for _, kind := range t.Kinds {
		names = append(names, sources(rules, detect.Kind(kind))...)
		if detect.Kind(kind) == detect.UserScript && rules.Sources.Scripts {
			names = append(names, "scripts")
		}
		if len(t.Verdicts) > 0 { // then who looks after an item decides, too
			names = append(names, awaited(rules, detect.Kind(kind))...)
		}
	}
	slices.Sort(names)
	return slices.DeleteFunc(slices.Compact(names), func(name string) bool { return name == registry.CellsSource || name == "list" })
}

// RowSources are the sources that say which rows the table of an id has, sorted.
func RowSources(rules *config.Rules, id string) []string {
	for _, t := range rules.Tables {
		if t.ID == id {
			return rowSources(rules, t)
		}
	}
	return nil
}
