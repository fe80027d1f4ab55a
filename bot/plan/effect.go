// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds what saving a page would change, told before it is done.

package plan

import (
	"slices"
	"strings"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/wikitext"
)

// Effect is what publishing one page would change on the wiki.
type Effect struct {
	Title  string
	Region string
	Scope  Scope
	// Creates says that the page does not exist yet.
	Creates bool
	// Refused says why it cannot be done, "" if it can.
	Refused string
	// Added, Removed and Changed are rows of the region's table, as the cell of
	// the item shows it as plain text; each sorted.
	Added, Removed, Changed []string
	// Notices are how many messages and entries would be new.
	Notices int
	// Lines are how many lines of the page would be other than they are.
	Lines int
}

// None reports whether nothing would change.
func (e Effect) None() bool { return e.Refused == "" && !e.Creates && e.Lines == 0 }

// EffectOf compares the text of a page with what would be saved.
func EffectOf(p Page, exists bool, before, after string) Effect {
	e := Effect{Title: p.Title, Region: p.Region, Scope: p.Scope, Creates: !exists, Lines: otherLines(before, after)}
	for _, n := range p.Notices {
		if strings.Contains(after, n.Mark) && !strings.Contains(before, n.Mark) {
			e.Notices++
		}
	}
	old, now := rowsIn(before, p.Region), rowsIn(after, p.Region)
	for id, row := range now {
		switch was, stood := old[id]; {
		case !stood:
			e.Added = append(e.Added, row.name)
		case was.text != row.text:
			e.Changed = append(e.Changed, row.name)
		}
	}
	for id, row := range old {
		if _, stands := now[id]; !stands {
			e.Removed = append(e.Removed, row.name)
		}
	}
	for _, names := range [][]string{e.Added, e.Removed, e.Changed} {
		slices.Sort(names)
	}
	return e
}

// shownRow is a row of the bot's as it stands in a text.
type shownRow struct{ name, text string }

// rowsIn returns the bot's rows of a region's table by their ids.
func rowsIn(text, region string) map[string]shownRow {
	rows := map[string]shownRow{}
	if region == "" {
		return rows
	}
	r, err := wikitext.Parse(text).Region(region)
	if err != nil {
		return rows
	}
	table, err := wikitext.ParseTable(r.Body)
	if err != nil {
		return rows
	}
	item := slices.Index(columnsOf(table, nil), columnItem)
	for _, row := range table.Rows() {
		if !isItem(row.ID) {
			continue
		}
		name := row.ID
		if item >= 0 && item < len(row.Cells) {
			name = wikitext.Plain(row.Cells[item].Raw)
		}
		rows[row.ID] = shownRow{name, r.Body[row.Start:row.End]}
	}
	return rows
}

// otherLines counts the lines that only one of two texts has.
func otherLines(before, after string) int {
	count := map[string]int{}
	for line := range strings.Lines(before) {
		count[strings.TrimRight(line, "\n")]++
	}
	n := 0
	for line := range strings.Lines(after) {
		if line = strings.TrimRight(line, "\n"); count[line] > 0 {
			count[line]--
		} else {
			n++
		}
	}
	for _, left := range count {
		n += left
	}
	return n
}
