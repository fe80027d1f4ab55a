// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds how a table is brought up to date: the bot's cells are
// written anew, the cells of people are taken from the live page, row by row.

package plan

import (
	"fmt"
	"slices"
	"strings"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/wikitext"
)

// Table is a stewardship table in one region of a page.
type Table struct {
	// ID names the region.
	ID      string
	Caption string
	// Summary is the line above the table, as wikitext.
	Summary string
	Columns []string
	Rows    []Row
	// Append adds the region to an existing page that lacks it.
	Append bool

	gone map[string]string // row id of an item that is no longer listed, to its name
}

// Row is one item; ID never changes while the item lives.
type Row struct {
	ID    string
	Cells []Cell
	sort  string
}

// Cell is one cell: its text and the attributes before it, both wikitext.
type Cell struct{ Attrs, Text string }

// live is a table as it stands on the page, its cells by column.
type live struct {
	columns []string
	rows    []liveRow
}

type liveRow struct {
	id    string
	cells map[string]Cell
	extra []Cell // beyond the last heading
}

// Apply writes the table into its region. Cells of people are kept by row id;
// a row whose item is gone stays while such a cell is filled, and so does a
// row that a person added. It refuses a region it cannot read.
func (t Table) Apply(text string) (string, error) {
	return edit(text, t.ID, t.Append, func(body string) (string, error) {
		now, err := t.read(body)
		if err != nil {
			return "", err
		}
		return t.render(now), nil
	})
}

// read takes the live table apart.
func (t Table) read(body string) (live, error) {
	if strings.TrimSpace(body) == "" {
		return live{}, nil
	}
	table, err := wikitext.ParseTable(body)
	if err != nil {
		return live{}, &wikitext.RegionError{ID: t.ID, Reason: "it holds text but no table that can be read: " + err.Error()}
	}
	var l live
	for _, h := range table.Header() {
		column, ok := columnOf(h)
		if !ok {
			return live{}, &wikitext.RegionError{ID: t.ID, Reason: fmt.Sprintf("the column heading %q is not one of the bot's; put the old heading back", h)}
		}
		l.columns = append(l.columns, column)
	}
	for _, r := range table.Rows() {
		row := liveRow{id: r.ID, cells: map[string]Cell{}}
		for i, c := range r.Cells {
			cell := Cell{Attrs: c.Attrs, Text: c.Raw}
			if i < len(l.columns) {
				row.cells[l.columns[i]] = cell
			} else {
				row.extra = append(row.extra, cell)
			}
		}
		l.rows = append(l.rows, row)
	}
	return l, nil
}

// columnOf finds the column under a heading as it stands on the page.
func columnOf(heading string) (string, bool) {
	for column, words := range headings {
		if strings.EqualFold(strings.TrimSpace(heading), words) {
			return column, true
		}
	}
	return "", false
}

// people returns the filled cells that belong to people, by row id and column.
// A row that stands twice, as after a copy and paste, gives both its texts.
func (l live) people() map[string]map[string]Cell {
	kept := map[string]map[string]Cell{}
	for _, r := range l.rows {
		if r.id == "" {
			continue
		}
		for column, c := range r.cells {
			if !mine(column) || c.Text == "" {
				continue
			}
			if kept[r.id] == nil {
				kept[r.id] = map[string]Cell{}
			}
			if before, twice := kept[r.id][column]; twice && before.Text != c.Text {
				c = Cell{Attrs: before.Attrs, Text: before.Text + "<br />" + c.Text}
			}
			kept[r.id][column] = c
		}
	}
	return kept
}

// columns returns the columns to write: those of the rules, then those of
// people that the rules no longer name but that still hold text.
func (t Table) columns(kept map[string]map[string]Cell, l live) []string {
	columns := slices.Clone(t.Columns)
	for _, column := range l.columns {
		filled := false
		for _, cells := range kept {
			_, filled = cells[column]
			if filled {
				break
			}
		}
		if filled && !slices.Contains(columns, column) {
			columns = append(columns, column)
		}
	}
	return columns
}

// render writes the region's body.
func (t Table) render(l live) string {
	kept := l.people()
	columns := t.columns(kept, l)
	var b strings.Builder
	if t.Summary != "" {
		b.WriteString(t.Summary + "\n")
	}
	b.WriteString("{| class=\"wikitable sortable codesteward\"\n")
	if t.Caption != "" {
		fmt.Fprintf(&b, "|+ %s\n", wikitext.Escape(t.Caption))
	}
	for _, column := range columns {
		fmt.Fprintf(&b, "! scope=\"col\" | %s\n", headings[column])
	}
	planned := map[string]bool{}
	for _, r := range t.Rows {
		planned[r.ID] = true
		cells := map[string]Cell{}
		for i, column := range t.Columns {
			cells[column] = r.Cells[i]
		}
		for column, c := range kept[r.ID] {
			cells[column] = c
		}
		writeRow(&b, r.ID, columns, cells, nil)
	}
	for _, r := range l.rows {
		if r.id != "" && (planned[r.id] || kept[r.id] == nil) {
			continue
		}
		cells, extra := r.cells, r.extra
		if r.id != "" {
			planned[r.id] = true
			cells, extra = t.tombstone(r, kept[r.id]), nil
		}
		writeRow(&b, r.id, columns, cells, extra)
	}
	b.WriteString("|}")
	return b.String()
}

// tombstone returns what stays of a row whose item is not listed: its name and
// the cells of people.
func (t Table) tombstone(r liveRow, kept map[string]Cell) map[string]Cell {
	cells := map[string]Cell{columnItem: r.cells[columnItem]}
	if name, ok := t.gone[r.id]; ok {
		cells[columnItem] = Cell{Text: wikitext.Escape(name) + " (no longer listed)"}
	}
	for column, c := range kept {
		cells[column] = c
	}
	return cells
}

// writeRow writes one row, a line a cell. The item cell is the row's header.
func writeRow(b *strings.Builder, id string, columns []string, cells map[string]Cell, extra []Cell) {
	b.WriteString("|-")
	if id != "" {
		fmt.Fprintf(b, " id=%q", id)
	}
	b.WriteString("\n")
	for _, column := range columns {
		c := cells[column]
		if column == columnItem {
			writeCell(b, "!", Cell{Attrs: `scope="row"`, Text: c.Text})
			continue
		}
		writeCell(b, "|", c)
	}
	for _, c := range extra {
		writeCell(b, "|", c)
	}
}

func writeCell(b *strings.Builder, mark string, c Cell) {
	b.WriteString(mark)
	if c.Attrs != "" {
		b.WriteString(" " + c.Attrs + " |")
	}
	switch {
	case c.Text == "":
	case strings.ContainsAny(c.Text[:1], "*#:;"), strings.HasPrefix(c.Text, "{|"):
		b.WriteString("\n" + c.Text) // means something only at the start of a line
	default:
		b.WriteString(" " + c.Text)
	}
	b.WriteString("\n")
}
