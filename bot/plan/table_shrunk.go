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

	listed rowCount // of these, those of kinds that a source lists
}

// LostRow is a row that goes.
type LostRow struct {
	ID string `json:"id"`
	// Name is the item's name as plain text.
	Name string `json:"name"`
}

// Exceeds reports whether so much must not go at once: more than a percentage of
// the rows, or a number of rows or more. A limit of 0 is none. Items that no
// source lists come and go with what people write about them, one by one, so the
// percentage is that of the others.
func (l Loss) Exceeds(percent, rows int) bool {
	return len(l.Rows) > 0 && (percent > 0 && l.listed.lost*100 > l.listed.standing*percent || rows > 0 && l.All >= rows)
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
	all := t.elsewhere
	var lost []LostRow
	words, seen := l.people(), map[string]bool{}
	for _, r := range l.items {
		if seen[r.id] || t.moved[r.id] != "" || !planned[r.id] && words[r.id] != nil && !r.alive() {
			continue
		}
		seen[r.id] = true
		all.add(t.unlisted, r.id, !planned[r.id])
		if !planned[r.id] {
			lost = append(lost, LostRow{ID: r.id, Name: t.nameOf(r)})
		}
	}
	return Loss{Rows: lost, All: all.lost + all.unlisted.lost, Of: all.standing + all.unlisted.standing, listed: all.rowCount}
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

// rowCount counts rows: those that stand there, and of them those that go.
type rowCount struct{ standing, lost int }

func (s *rowCount) add(lost bool) {
	s.standing++
	if lost {
		s.lost++
	}
}

// rowCounts counts rows of kinds that a source lists, and apart from them the
// others.
type rowCounts struct {
	rowCount
	unlisted rowCount
}

func (s *rowCounts) add(unlisted map[detect.Kind]bool, id string, lost bool) {
	if key, _ := registry.KeyOfRow(id); unlisted[key.Kind()] {
		s.unlisted.add(lost)
	} else {
		s.rowCount.add(lost)
	}
}

// elsewhere counts, for each of some pages, the rows of the others.
func (l located) elsewhere(whole Table, pages int) []rowCounts {
	planned, on := whole.planned(), make([]rowCounts, pages)
	for id, n := range l.row {
		if !planned[id] && l.left[id] {
			continue
		}
		for i := range on {
			if i != n-1 {
				on[i].add(whole.unlisted, id, !planned[id])
			}
		}
	}
	return on
}

// unlisted are the kinds of a table of which no source lists the items: they are
// known because people mention them.
func unlisted(rules *config.Rules, t config.Table) map[detect.Kind]bool {
	none := map[detect.Kind]bool{}
	for _, kind := range t.Kinds {
		if kind := detect.Kind(kind); len(sources(rules, kind)) == 0 && (kind != detect.UserScript || !rules.Sources.Scripts) {
			none[kind] = true
		}
	}
	return none
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
