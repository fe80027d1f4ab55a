// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds how edits by people of what is the bot's own in a table are
// found: cells of its columns, and rows that are gone.

package plan

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/wikitext"
)

// CellEdit is a cell of the bot's that somebody wrote in, or a row that
// somebody took out.
type CellEdit struct {
	// Row is the row's id, Name the item's name as plain text.
	Row  string `json:"row"`
	Name string `json:"name"`
	// Column is that of the cell, "" for a row that was taken out.
	Column string `json:"column,omitempty"`
	// Shows tells what the cell shows since from other texts.
	Shows string `json:"shows,omitempty"`
}

// Overwritten is such an edit that the bot has written over.
type Overwritten struct {
	CellEdit
	Title  string `json:"title"`
	Region string `json:"region"`
	// User made the edit, in Revision; "" if that is hidden.
	User     string    `json:"user"`
	Revision int64     `json:"revision"`
	At       time.Time `json:"at"` // when the bot wrote over it
}

// shownTable is what the bot's rows of a table show, by their ids.
type shownTable map[string]shownCells

// shownCells is what the cells of a row show, by their columns, as plain text.
type shownCells map[string]string

// shown reads a table in a region; ok is false where there is none that can be
// read.
func shown(region, text string) (rows shownTable, ok bool) {
	table, ok := tableIn(text, region)
	if !ok || !table.Closed {
		return nil, false
	}
	columns := columnsOf(table, nil)
	rows = shownTable{}
	for _, r := range table.Rows() {
		if !isItem(r.ID) || len(r.Cells) != len(columns) || !r.Divided() || rows[r.ID] != nil {
			continue
		}
		cells := shownCells{}
		for i, c := range r.Cells {
			cells[columns[i]] = strings.Join(strings.Fields(wikitext.Plain(c.Raw)), " ")
		}
		rows[r.ID] = cells
	}
	return rows, true
}

// name is the item's name as the row shows it.
func (c shownCells) name(id string) string {
	if name := c[columnItem]; name != "" {
		return name
	}
	if key, ok := registry.KeyOfRow(id); ok {
		return key.Name()
	}
	return id
}

// CellEdits compares two texts of a page. It returns the bot's cells that show
// something else in the second, and the bot's rows that are not in it. Whoever
// only writes a cell in another way, as editors do with whole tables, has not
// edited it; and where the table cannot be read, nobody can tell.
func CellEdits(region, before, after string) []CellEdit {
	was, ok := shown(region, before)
	if !ok {
		return nil
	}
	is, ok := shown(region, after)
	if !ok || len(is) == 0 {
		return nil
	}
	var edits []CellEdit
	for _, id := range slices.Sorted(maps.Keys(was)) {
		cells, stands := is[id]
		if !stands {
			if !strings.Contains(after, id) { // otherwise it stands there in a way that cannot be read
				edits = append(edits, CellEdit{Row: id, Name: was[id].name(id)})
			}
			continue
		}
		for _, column := range slices.Sorted(maps.Keys(was[id])) {
			text, there := cells[column]
			if column != "" && !mine(column) && there && text != was[id][column] {
				edits = append(edits, CellEdit{Row: id, Name: was[id].name(id), Column: column, Shows: fingerprint(text)})
			}
		}
	}
	return edits
}

// Stands reports whether a text of the page shows what the edit has made of the
// table; it does not where the bot has written over it.
func (e CellEdit) Stands(region, text string) bool {
	rows, ok := shown(region, text)
	if !ok {
		return false
	}
	cells, there := rows[e.Row]
	if e.Column == "" {
		return !there
	}
	return there && fingerprint(cells[e.Column]) == e.Shows
}

// fingerprint tells texts apart.
func fingerprint(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:8])
}

// BodyPrint tells the texts of a region apart, however they end; it is "" where
// the page has no such region or it is empty.
func BodyPrint(region, text string) string {
	if region == DataRegion { // all of the page is the bot's
		if text = strings.TrimSpace(text); text == "" {
			return ""
		}
		return fingerprint(text)
	}
	body, ok := bodyOf(region, text)
	if body = strings.TrimSpace(body); !ok || body == "" {
		return ""
	}
	return fingerprint(body)
}

func bodyOf(region, text string) (body string, ok bool) {
	r, err := wikitext.Parse(text).Region(region)
	return r.Body, err == nil
}

// Undone reports whether a text of a page has none of the lines in a region that
// an edit added, and again those that it took out, while the text just before
// had some of them.
func Undone(region, before, after, earlier, text string) bool {
	bodies := make([]map[string]int, 4)
	for i, t := range []string{before, after, earlier, text} {
		body, ok := bodyOf(region, t)
		if !ok {
			return false
		}
		bodies[i] = map[string]int{}
		for line := range strings.Lines(body) {
			if line = strings.TrimSpace(line); line != "" {
				bodies[i][line]++
			}
		}
	}
	was, made, stood, is := bodies[0], bodies[1], bodies[2], bodies[3]
	differed, changed := false, false
	for _, lines := range []map[string]int{was, made} {
		for line := range lines {
			more := made[line] - was[line] // lines that the edit added, or took out
			if more == 0 {
				continue
			}
			changed = true
			if more > 0 && is[line] > was[line] || more < 0 && is[line] < was[line] {
				return false
			}
			differed = differed || stood[line] != is[line]
		}
	}
	return changed && differed
}

// Where names the cell or row for people, in English.
func (e CellEdit) Where() string {
	if e.Column == "" {
		return fmt.Sprintf("the row “%s” taken out", e.Name)
	}
	return fmt.Sprintf("the cell “%s” of the row “%s”", e.Column, e.Name)
}
