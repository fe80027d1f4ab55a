// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds how a table is brought up to date: the bot's cells are
// written anew, the cells of people are taken from the live page, row by row.

package plan

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/detect"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/wikitext"
)

// Table is a stewardship table in one region of a page.
type Table struct {
	// Title is that of the page.
	Title string
	// ID names the region.
	ID      string
	Caption string
	// Summary stands above the table and AsOf below that, as wikitext.
	Summary, AsOf string
	Columns       []string
	Rows          []Row
	// Append adds the region to a page that people have made.
	Append bool
	// State says whether the bot has written the region before.
	State registry.PageState

	gone map[string]string // row id of an item that is no longer listed, to its name
	over map[string]bool   // row ids of those that are gone for too long to be kept

	words   tableWords
	renamed map[string]string // row ids of former names, to those of the items
	moved   map[string]string // row ids of rows that are on another page, to its title

	sort          []string // what the rows are sorted by
	grouped       bool     // headings stand between rows
	interval      time.Duration
	base          string    // title of the first page
	number, pages int       // which page it is, and of how many; 0 where nobody has read them
	elsewhere     rowCounts // the rows on the other pages
	unlisted      map[detect.Kind]bool
	broken        error // why the page could not be read when rows were given their pages
}

// Row is one item; ID never changes while the item lives.
type Row struct {
	ID    string
	Cells []Cell

	group string // the heading that it stands under, as plain text
	order order
}

// Cell is one cell: its text and the attributes before it, both wikitext.
type Cell struct {
	Attrs, Text string
	below       bool // a person began the text on a line of its own
}

func (c Cell) filled() bool { return c.Text != "" || c.Attrs != "" }

// live is a table as it stands on the page.
type live struct {
	columns []string
	items   []itemRow
	own     []ownRow
}

// itemRow is a row of the bot, a cell for each column.
type itemRow struct {
	id      string
	columns []string
	cells   []Cell
}

// cell returns the cell of a column, an empty one where the table lacks that.
func (r itemRow) cell(column string) Cell {
	if i := slices.Index(r.columns, column); i >= 0 {
		return r.cells[i]
	}
	return Cell{}
}

// Apply writes the table into its region. Cells of people are kept by row id;
// a row whose item is gone stays while such a cell is filled and the grace days
// last, and so does a row that a person added. It refuses a region it cannot read.
func (t Table) Apply(text string) (string, error) {
	return edit(text, place{id: t.ID, state: t.State, appends: t.Append}, func(body string) (string, error) {
		now, err := t.read(body)
		if err != nil {
			return "", err
		}
		if t.broken != nil {
			return "", t.refuse("it could not be read a moment ago (%s), so nobody knows which rows are its own; it is looked at again", t.broken)
		}
		t.follow(&now)
		next, rows, columns := t.render(now)
		if next = unlessOnlyOlder(body, next); next == strings.TrimSpace(body) {
			return next, nil // and read already
		}
		return next, t.check(next, columns, rows)
	})
}

// read takes the live table apart. It refuses what it could only guess about.
func (t Table) read(body string) (live, error) {
	if strings.TrimSpace(body) == "" {
		return live{}, nil
	}
	table, err := wikitext.ParseTable(body)
	switch {
	case err != nil:
		return live{}, t.refuse("it holds text but no table that can be read: %s", err)
	case !table.Closed:
		return live{}, t.refuse("the table has no end; put \"|}\" on a line of its own below the last row and at the end of every table inside a cell")
	case hasTableLine(body[table.End:]):
		return live{}, t.refuse("lines of a table stand below its end; take out the line \"|}\" that ends it too early")
	case table.Header() == nil && table.Rows() != nil:
		return live{}, t.refuse("the row of column headings is not the first row any more; put it back")
	}
	var l live
	for _, h := range headerCells(table) {
		column, ok := columnOf(h, t.words.headings)
		switch {
		case !ok:
			return live{}, t.refuse("the column heading %q is not one of the bot's; put the old heading back", h.Raw)
		case slices.Contains(l.columns, column):
			return live{}, t.refuse("there are two columns %q; move the text into one of them and take the other out", h.Raw)
		}
		l.columns = append(l.columns, column)
	}
	for _, r := range table.Rows() {
		if err := t.readRow(&l, r, strings.TrimSpace(body[r.Start:r.End])); err != nil {
			return live{}, err
		}
	}
	return l, nil
}

// readRow adds a row to the live table.
func (t Table) readRow(l *live, r wikitext.Row, source string) error {
	if isGroup(r) {
		return nil // written anew
	}
	_, rest, _ := strings.Cut(source, "\n")
	if id := hiddenRow(rest); id != "" {
		return t.refuse("row %q stands inside a cell of the row above it; close the table, \"{{\" or tag that is open there", id)
	}
	if !isItem(r.ID) {
		l.own = append(l.own, ownRow{r, source})
		return nil
	}
	switch {
	case !r.Divided():
		return t.refuse("row %q has a cell with colspan or rowspan, or text before its first cell; give each column its own cell again", r.ID)
	case len(r.Cells) != len(l.columns):
		return t.refuse("row %q has %s for %s; give each column its own cell again",
			r.ID, count(len(r.Cells), "cell"), count(len(l.columns), "column"))
	}
	row := itemRow{r.ID, l.columns, make([]Cell, len(l.columns))}
	for i, c := range r.Cells {
		row.cells[i] = Cell{Attrs: c.Attrs, Text: c.Raw, below: c.Below}
	}
	l.items = append(l.items, row)
	return nil
}

// follow gives live rows the ids that their items have by now.
func (t Table) follow(l *live) {
	for i := range l.items {
		if id, ok := t.renamed[l.items[i].id]; ok {
			l.items[i].id = id
		}
	}
}

func (t Table) refuse(format string, args ...any) error {
	return &wikitext.RegionError{ID: t.ID, Reason: fmt.Sprintf(format, args...)}
}

// hasTableLine reports whether a line of the text would belong to a table.
func hasTableLine(text string) bool {
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); strings.HasPrefix(line, "|") || strings.HasPrefix(line, "!") {
			return true
		}
	}
	return false
}

// hiddenRow returns the id of a row of the bot that stands in a text, "" if
// none does.
func hiddenRow(text string) string {
	for line := range strings.Lines(text) {
		if !strings.HasPrefix(strings.TrimSpace(line), "|-") {
			continue
		}
		table, err := wikitext.ParseTable("{|\n" + line + "\n|}")
		if err != nil || len(table.Rows()) == 0 {
			continue
		}
		if id := table.Rows()[0].ID; isItem(id) {
			return id
		}
	}
	return ""
}

// isItem tells the id of a row of the bot from one that a person gave.
func isItem(id string) bool {
	_, ok := registry.KeyOfRow(id)
	return ok
}

// people returns the filled cells that belong to people, by row id and column.
// A row that stands twice, as after a copy and paste, gives both its texts.
func (l live) people() map[string]map[string]Cell {
	kept := map[string]map[string]Cell{}
	for _, r := range l.items {
		for i, c := range r.cells {
			column := r.columns[i]
			if !mine(column) || !c.filled() {
				continue
			}
			if kept[r.id] == nil {
				kept[r.id] = map[string]Cell{}
			}
			if before, twice := kept[r.id][column]; twice {
				c = join(before, c)
			}
			kept[r.id][column] = c
		}
	}
	return kept
}

const lineBreak = "<br />"

// join writes two texts into one cell, unless one holds the other already.
func join(a, b Cell) Cell {
	attrs := a.Attrs
	if b.Attrs != attrs {
		attrs = strings.TrimSpace(a.Attrs + " " + b.Attrs)
	}
	switch {
	case holds(a, b):
		return Cell{Attrs: attrs, Text: a.Text, below: a.below}
	case holds(b, a):
		return Cell{Attrs: attrs, Text: b.Text, below: b.below}
	case b.below || needsLine(b.Text):
		return Cell{Attrs: attrs, Text: a.Text + lineBreak + "\n" + b.Text, below: a.below}
	}
	return Cell{Attrs: attrs, Text: a.Text + lineBreak + b.Text, below: a.below}
}

// holds reports whether b is what a was joined from, or nothing.
func holds(a, b Cell) bool {
	ends := func(c Cell) string {
		return lineBreak + strings.ReplaceAll(c.Text, lineBreak+"\n", lineBreak) + lineBreak
	}
	return b.Text == "" || strings.Contains(ends(a), ends(b))
}

// columns returns the columns to write: those of the rules, then those of
// people that the rules no longer name but that still hold text.
func (t Table) columns(kept map[string]map[string]Cell, l live) []string {
	filled := map[string]bool{}
	for _, cells := range kept {
		for column := range cells {
			filled[column] = true
		}
	}
	for _, r := range l.own {
		for i, c := range r.Cells[:min(len(r.Cells), len(l.columns))] {
			filled[l.columns[i]] = filled[l.columns[i]] || mine(l.columns[i]) && c.Raw != "" && r.Divided()
		}
	}
	columns := slices.Clone(t.Columns)
	for _, column := range l.columns {
		if filled[column] && !slices.Contains(columns, column) {
			columns = append(columns, column)
		}
	}
	return columns
}
