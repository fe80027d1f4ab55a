// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds edits of the cells of tables.

package wikitext

import (
	"slices"
	"strings"
)

// SetCell is the edit that gives a cell of a table another text. Its attributes
// and the white space around it stay as they are; where a row ends before the
// column, cells are added.
type SetCell struct {
	// Row is the id of a row that only one table of the page has, and once.
	Row string
	// Column is the heading of a column as readers see it. It is found through
	// the row of headings above, whatever cells are spanned.
	Column string
	// Text is wikitext. White space around it does not count.
	Text string
}

func (e SetCell) refusal(format string, args ...any) error {
	return refuse("the cell of row "+e.Row+" in column "+e.Column, format, args...)
}

func (e SetCell) splice(d *Document) (splice, error) {
	table, row, err := e.find(d)
	if err != nil {
		return splice{}, err
	}
	column, err := e.column(table)
	if err != nil {
		return splice{}, err
	}
	if row.Lead != "" && len(row.Cells) == 0 {
		return splice{}, e.refusal("the row has text but no cells; begin each cell with \"|\"")
	}
	text := trimSpace(e.Text)
	c := splice{frame: "{|\n|-\n| a\n|\n%s", noHeadings: true}
	next, last := 0, Span{row.Start, row.End}
	cells := len(row.Cells)
	for i, cell := range row.Cells {
		columns, _ := cell.span()
		switch {
		case cell.Column == column && columns > 1, cell.Column < column && column < cell.Column+columns:
			return splice{}, e.refusal("the cell that stands there reaches over %d columns; give each column its own cell again", columns)
		case cell.Column == column:
			if cell.Raw == text {
				return unchanged(cell.Start), nil
			}
			c.start, c.end, c.text = cell.sign, cell.to, d.src[cell.sign:cell.from]+e.fill(d, cell, text)
			c.check = e.check(column, text, cells)
			return c, nil
		case cell.Column > column && (i == 0 || row.Cells[i-1].Column < column):
			return splice{}, e.refusal("a cell of a row above reaches down to there")
		}
		next, last = cell.Column+columns, Span{cell.sign, cell.to}
	}
	if text == "" {
		return unchanged(row.End), nil
	}
	c.start, c.end, c.text = last.Start, last.End, d.src[last.Start:last.End]
	for ; next < column; next++ {
		c.text += "\n|"
		cells++
	}
	c.text += "\n" + Cell{Raw: text}.String()
	c.check = e.check(column, text, cells+1)
	return c, nil
}

// find returns the row and the table that has it.
func (e SetCell) find(d *Document) (Table, Row, error) {
	var table Table
	var row Row
	n := 0
	for t := range d.Tables() {
		for _, r := range t.rows {
			if r.ID == e.Row && e.Row != "" {
				table, row = t, r
				n++
			}
		}
	}
	switch n {
	case 1:
		return table, row, nil
	case 0:
		return table, row, e.refusal("no table of the page has a row with this id")
	}
	return table, row, e.refusal("the page has %d rows with this id", n)
}

// column returns in which column the cell stands.
func (e SetCell) column(t Table) (int, error) {
	i := t.headerRow()
	if i < 0 {
		return 0, e.refusal("the table has no row of column headings above all others")
	}
	found := -1
	for _, c := range t.rows[i].Cells {
		if Plain(c.Raw) != Plain(e.Column) {
			continue
		}
		columns, _ := c.span()
		switch {
		case found >= 0:
			return 0, e.refusal("there are two columns of that name")
		case columns > 1:
			return 0, e.refusal("the heading stands above %d columns", columns)
		}
		found = c.Column
	}
	if found < 0 {
		return 0, e.refusal("the table has no such column")
	}
	return found, nil
}

// fill returns what is to stand between the sign of a cell and the next one.
func (e SetCell) fill(d *Document, cell Cell, text string) string {
	before, after := d.src[cell.from:cell.Start], d.src[cell.End:cell.to]
	if cell.Raw == "" { // all white space is before it
		before, after = " ", ""
		if space := d.src[cell.from:cell.to]; !cell.last {
			after = " "
		} else if i := strings.IndexByte(space, '\n'); i >= 0 {
			after = space[i:]
		}
	}
	if text == "" {
		return strings.TrimRight(before, trimmed) + after
	}
	now := Cell{Attrs: cell.Attrs, Header: cell.Header, Raw: text}
	sign := "|"
	if cell.Header {
		sign = "!"
	}
	if cell.Attrs != "" {
		sign += " " + cell.Attrs + " |"
	}
	leads := now.leads()
	if !needsLine(text) || strings.Contains(before, "\n") {
		leads = slices.Insert(leads, 0, before)
	}
	for _, lead := range leads {
		if readsBack(sign+lead+text, now) {
			return lead + text + after
		}
	}
	return before + text + after
}

// check reports whether the row, read again, has the text in that column.
func (e SetCell) check(column int, text string, cells int) func(*Document) error {
	return func(d *Document) error {
		_, row, err := e.find(d)
		if err != nil {
			return err
		}
		for _, c := range row.Cells {
			if c.Column == column && c.Raw == text && len(row.Cells) == cells {
				return nil
			}
		}
		return e.refusal("the new text would not be the cell's alone; a line break or a pipe in it may end the cell or begin another")
	}
}
