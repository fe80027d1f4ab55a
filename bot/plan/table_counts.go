// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds how an edit that only brings numbers up to date is told from
// one that people wait for.

package plan

import (
	"slices"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/wikitext"
)

// counting are the columns whose numbers and days go on changing by themselves.
var counting = []string{"users", "importers", "links", "mentions", "wikis", "changed"}

// OnlyCounts reports whether two texts of a page hold the same table but for
// cells of columns that count, and for the order of rows, which may go by those.
// It is false where there is no table to compare.
func OnlyCounts(region, before, after string) bool {
	was, ok := tableIn(before, region)
	if !ok {
		return false
	}
	is, ok := tableIn(after, region)
	columns := columnsOf(was, nil)
	if !ok || !slices.Equal(columns, columnsOf(is, nil)) || len(was.Rows()) != len(is.Rows()) {
		return false
	}
	now := map[string]wikitext.Row{}
	var others, othersNow []wikitext.Row // rows of people, and headings between rows
	for _, r := range is.Rows() {
		if _, twice := now[r.ID]; isItem(r.ID) && !twice {
			now[r.ID] = r
		} else {
			othersNow = append(othersNow, r)
		}
	}
	for _, r := range was.Rows() {
		if !isItem(r.ID) {
			others = append(others, r)
		} else if other, stands := now[r.ID]; !stands || !sameButCounts(r, other, columns) {
			return false
		}
	}
	return slices.EqualFunc(others, othersNow, func(a, b wikitext.Row) bool { return a.String() == b.String() })
}

// sameButCounts compares two rows.
func sameButCounts(a, b wikitext.Row, columns []string) bool {
	if len(a.Cells) != len(b.Cells) {
		return false
	}
	for i, c := range a.Cells {
		if other := b.Cells[i]; c.Raw == other.Raw && c.Attrs == other.Attrs {
			continue
		}
		if i >= len(columns) || !slices.Contains(counting, columns[i]) {
			return false
		}
	}
	return true
}

// tableIn returns the table in a region of a text.
func tableIn(text, region string) (wikitext.Table, bool) {
	r, err := wikitext.Parse(text).Region(region)
	if err != nil {
		return wikitext.Table{}, false
	}
	table, err := wikitext.ParseTable(r.Body)
	return table, err == nil
}
