// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the guard against tables that lose many rows at once, as when
// a source gives only a part of its answer.

package plan

import (
	"fmt"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/wikitext"
)

// A table that would lose more than shrinkShare percent of its rows, or
// shrinkRows or more, is held.
const (
	shrinkShare = 20
	shrinkRows  = 10
)

// Shrunk says why a table should not be saved over the text of its page: too
// many rows would go, or lose all but what people wrote. It is "" where it can
// be saved, and where the page cannot be read, which Apply tells of. Rows whose
// items have only got another name do not count, nor does a second row of one.
func Shrunk(text string, after Table) (reason string) {
	region, err := wikitext.Parse(text).Region(after.ID)
	if err != nil {
		return ""
	}
	l, err := after.read(region.Body)
	if err != nil {
		return ""
	}
	after.follow(&l)
	planned := make(map[string]bool, len(after.Rows))
	for _, r := range after.Rows {
		planned[r.ID] = true
	}
	words, seen := l.people(), map[string]bool{}
	standing, lost := 0, 0
	for _, r := range l.items {
		keptAlready := !planned[r.id] && words[r.id] != nil && !r.alive()
		if seen[r.id] || keptAlready || after.moved[r.id] != "" {
			continue
		}
		seen[r.id] = true
		standing++
		if !planned[r.id] {
			lost++
		}
	}
	if lost < shrinkRows && lost*100 <= standing*shrinkShare {
		return ""
	}
	return fmt.Sprintf("the table %s would lose %d of its %s at once", after.ID, lost, count(standing, "row"))
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
