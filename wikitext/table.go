// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds tables: rows with their ids and raw cells, as people leave
// them after editing.

package wikitext

import (
	"errors"
	"iter"
	"slices"
	"strings"
)

// ErrNoTable says that a text holds no table.
var ErrNoTable = errors.New("there is no table")

// Table is a wikitext table.
type Table struct {
	// Start and End span it from "{|" to after "|}", or to the end of the
	// text where that is missing.
	Start, End int
	// Closed tells a table that ends with "|}" from one that runs to the end
	// of the text, as the outer one does if a table in a cell has no end.
	Closed bool
	// Attrs is what follows "{|".
	Attrs string
	// Caption is the raw text after "|+", without attributes. Of several
	// captions, browsers show the first as such.
	Caption string

	rows []Row
}

// Row is a row of a table.
type Row struct {
	// ID is the id attribute, "" without one.
	ID string
	// Attrs is what follows "|-".
	Attrs string
	// Lead is the trimmed text between "|-" and the first cell. Readers see it
	// above the table.
	Lead  string
	Cells []Cell
	// Start and End span the row in the text that was parsed, from "|-" to the
	// end of its last line. A first row need not begin with "|-".
	Start, End int
}

// Cell is a cell of a row. It may hold further lines, and tables.
type Cell struct {
	// Raw is the content without attributes and outer white space.
	Raw string
	// Attrs is what stands before the pipe that divides attributes from
	// content, trimmed.
	Attrs string
	// Header tells ! from |.
	Header bool
	// Below says that Raw begins on a line below the cell's sign, where list
	// signs have a meaning and pipes have none.
	Below bool
	// Column is the column that the cell stands in, counted from 0, as a
	// browser counts: colspan and rowspan of other cells move it to the right.
	Column int
	// Start and End span Raw in the text that was parsed.
	Start, End int

	// Where the sign begins, and what of the text is the cell's: all between the
	// sign, or the pipe behind the attributes, and the next sign.
	sign, from, to int
	// last is set on the last cell of a line, which may go on below it.
	last bool
}

// Header returns the raw contents of the cells of the header row: the first row
// that has cells, if all of them are header cells. It is nil without one.
func (t Table) Header() []string {
	i := t.headerRow()
	if i < 0 {
		return nil
	}
	var cells []string
	for _, c := range t.rows[i].Cells {
		cells = append(cells, c.Raw)
	}
	return cells
}

// Rows returns all rows but the header row, in order, without those that hold
// nothing at all. Cells are counted as they are written: their Column tells
// what colspan and rowspan do.
func (t Table) Rows() []Row {
	header := t.headerRow()
	var rows []Row
	for i, r := range t.rows {
		if i != header && (len(r.Cells) > 0 || r.Attrs != "" || r.Lead != "") {
			rows = append(rows, r)
		}
	}
	return rows
}

// AllRows returns all rows in order as they are written, the header row and
// empty ones too.
func (t Table) AllRows() []Row { return slices.Clone(t.rows) }

// Row returns the row with an id. It is false where there is none, or more than
// one.
func (t Table) Row(id string) (Row, bool) {
	found := -1
	for i, r := range t.rows {
		if r.ID != id || id == "" {
			continue
		}
		if found >= 0 {
			return Row{}, false
		}
		found = i
	}
	if found < 0 {
		return Row{}, false
	}
	return t.rows[found], true
}

// Attribute returns the value of an attribute of the table, such as "class", ""
// without it.
func (t Table) Attribute(name string) string { return attribute(t.Attrs, name) }

// headerRow returns the index of the header row, -1 without one.
func (t Table) headerRow() int {
	i := slices.IndexFunc(t.rows, func(r Row) bool { return len(r.Cells) > 0 })
	if i >= 0 && !t.rows[i].isHeader() {
		return -1
	}
	return i
}

func (r Row) isHeader() bool {
	for _, c := range r.Cells {
		if !c.Header {
			return false
		}
	}
	return len(r.Cells) > 0
}

// Attribute returns the value of an attribute of the cell, such as "colspan",
// "" without it.
func (c Cell) Attribute(name string) string { return attribute(c.Attrs, name) }

// Divided reports whether the row's cells stand one in a column from the left:
// none takes the place of others, and nothing stands before the first.
func (r Row) Divided() bool {
	return r.Lead == "" && !slices.ContainsFunc(r.Cells, func(c Cell) bool {
		for _, name := range []string{"colspan", "rowspan"} {
			if v := c.Attribute(name); v != "" && v != "1" {
				return true
			}
		}
		return false
	})
}

// ParseTable reads the first table in a text, or returns ErrNoTable. Signs in
// templates, comments and tags are none of the table's, and a table in a tag
// such as ref is none of the text's; {{!}} is a pipe.
func ParseTable(body string) (Table, error) {
	d := Parse(body)
	parts := d.scanTables(false)
	if len(parts) == 0 {
		return Table{}, ErrNoTable
	}
	return d.table(parts, 0, &trimmer{src: body}), nil
}

// Tables returns all tables in order of Start, also those that stand in a cell
// of another one or in a tag such as ref.
func (d *Document) Tables() iter.Seq[Table] {
	return func(yield func(Table) bool) {
		parts := d.tables()
		trim := &trimmer{src: d.src}
		for i := range parts {
			if parts[i].kind == TableNode && !yield(d.table(parts, i, trim)) {
				return
			}
		}
	}
}

// table makes a table of the parts at index i.
func (d *Document) table(parts []tablePart, i int, trim *trimmer) Table {
	p := &parts[i]
	t := Table{Start: int(p.start), End: int(p.end), Closed: p.closed, Attrs: trimSpace(d.src[p.attrs:p.attrsEnd])}
	caption, lead := false, none // where the text before the first cell begins
	endLead := func(end int32) {
		if lead != none {
			t.rows[len(t.rows)-1].Lead = trim.text(lead, int(end))
			lead = none
		}
	}
	end := p.next
	for k := int32(i) + 1; k < end; {
		p := &parts[k]
		switch p.kind {
		case RowNode:
			if len(t.rows) > 0 {
				endLead(int32(t.rows[len(t.rows)-1].End))
			}
			attrs := trimSpace(d.src[p.attrs:p.attrsEnd])
			t.rows = append(t.rows, Row{ID: attribute(attrs, "id"), Attrs: attrs, Start: int(p.start), End: int(p.end)})
			lead = int(p.attrsEnd)
			k++
			continue
		case CellNode:
			endLead(p.start)
			row := &t.rows[len(t.rows)-1]
			row.Cells = append(row.Cells, d.cell(p, trim))
		case CaptionNode:
			endLead(p.start)
			if !caption {
				t.Caption, caption = trim.text(int(p.inner), int(p.innerEnd)), true
			}
		}
		k = p.next
	}
	if len(t.rows) > 0 {
		endLead(int32(t.rows[len(t.rows)-1].End))
	}
	t.place()
	return t
}

func (d *Document) cell(p *tablePart, trim *trimmer) Cell {
	start, end := trim.span(int(p.inner), int(p.innerEnd))
	return Cell{Header: p.header, Attrs: trimSpace(d.src[p.attrs:p.attrsEnd]), Raw: d.src[start:end], Start: start, End: end,
		Below: strings.Contains(d.src[p.inner:start], "\n"), sign: int(p.start), from: int(p.inner), to: int(p.innerEnd), last: !p.inline}
}

// trimmer trims stretches of a text. Long white space at an end is looked at
// once: cells in each other without an end all end at the same place.
type trimmer struct {
	src     string
	end, to int // such an end, and where the white space before it begins
}

func (t *trimmer) span(start, end int) (from, to int) {
	const long = 64
	for start < end && isTrimmed(t.src[start]) {
		start++
	}
	if end == t.end {
		return start, max(start, t.to)
	}
	to = end
	for to > start && isTrimmed(t.src[to-1]) {
		to--
	}
	if end-to > long {
		t.end, t.to = end, to
	}
	return start, to
}

func (t *trimmer) text(start, end int) string {
	start, end = t.span(start, end)
	return t.src[start:end]
}
