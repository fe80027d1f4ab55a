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
// cells of columns that count. It is false where there is no table to compare.
func OnlyCounts(region, before, after string) bool {
	was, ok := tableIn(before, region)
	if !ok {
		return false
	}
	is, ok := tableIn(after, region)
	if !ok || !slices.Equal(was.Header(), is.Header()) || len(was.Rows()) != len(is.Rows()) {
		return false
	}
	now, columns := is.Rows(), columnsOf(was, nil)
	for i, row := range was.Rows() {
		if row.ID != now[i].ID || len(row.Cells) != len(now[i].Cells) {
			return false
		}
		for j, cell := range row.Cells {
			if other := now[i].Cells[j]; cell.Raw == other.Raw && cell.Attrs == other.Attrs {
				continue
			}
			column := ""
			if j < len(columns) {
				column = columns[j]
			}
			if !slices.Contains(counting, column) {
				return false
			}
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
