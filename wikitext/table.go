// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds tables: rows with their ids and raw cells, as people leave
// them after editing.

package wikitext

import (
	"errors"
	"html"
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
	// Caption is the raw text after "|+", without attributes.
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
	// Start and End span Raw in the text that was parsed.
	Start, End int
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
// nothing at all. Cells are counted as they are written: colspan and rowspan
// have no effect.
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

// ParseTable reads the first table in a text, or returns ErrNoTable. Signs in
// templates, comments and nowiki are none of the table's.
func ParseTable(body string) (Table, error) {
	p := tableParser{body: body, shield: Parse(body).shield()}
	for i := 0; i < len(body); {
		end := lineEnd(p.shield, i)
		if sign := tableSign(p.shield, i, end); sign >= 0 {
			p.table = Table{Start: sign, End: len(body), Attrs: strings.TrimSpace(body[sign+2 : end])}
			p.read(end + 1)
			return p.table, nil
		}
		i = end + 1
	}
	return Table{}, ErrNoTable
}

// shield returns the masked text with an x in place of every byte of templates
// and tags, so that a search for signs and line ends does not look into them.
// Comments are all spaces. Links stay: MediaWiki reads tables before links, so
// that [[a||b]] is in two cells.
func (d *Document) shield() string {
	b := []byte(d.Masked())
	done := 0
	blank := func(start, end int) {
		for i := max(start, done); i < end; i++ {
			b[i] = 'x'
		}
		done = max(done, end)
	}
	for _, n := range d.nodes {
		switch n.kind {
		case TemplateNode, ParameterNode, TagNode:
			blank(int(n.start), int(n.end))
		case CommentNode:
			for i := max(int(n.inner), done); i < int(n.innerEnd); i++ {
				b[i] = ' '
			}
		case IgnoredNode:
			for i := max(int(n.start), done); i < int(n.end); i++ {
				b[i] = ' '
			}
		}
	}
	return string(b)
}

type tableParser struct {
	body, shield string
	table        Table
	// The cell that is open: its first line's sign and where it began, -1
	// without one.
	sign byte
	from int
	last int // where its text ends
	lead int // where the text after "|-" begins, 0 behind the first cell
}

// read goes through the lines from i to the end of the table.
func (p *tableParser) read(i int) {
	p.from = -1
	depth := 0
	for i < len(p.body) {
		end := lineEnd(p.shield, i)
		line := skipBlanks(p.shield, i, end)
		first := byte(0)
		if line < end {
			first = p.shield[line]
		}
		closes := strings.HasPrefix(p.shield[line:end], "|}")
		switch {
		case tableSign(p.shield, i, end) >= 0:
			depth++
			p.last = end
		case depth > 0:
			if closes {
				depth--
			}
			p.last = end
		case closes:
			p.cells()
			p.table.End, p.table.Closed = line+2, true
			return
		case strings.HasPrefix(p.shield[line:end], "|-"):
			p.cells()
			attrs := strings.TrimSpace(strings.TrimLeft(p.body[line+1:end], "-"))
			p.table.rows = append(p.table.rows, Row{ID: attribute(attrs, "id"), Attrs: attrs, Start: line, End: end})
			p.lead, p.last = end, end
		case strings.HasPrefix(p.shield[line:end], "|+"):
			p.cells()
			p.sign, p.from, p.last = '+', line+2, end
		case first == '|' || first == '!':
			p.cells()
			p.sign, p.from, p.last = first, line+1, end
		default:
			p.last = end
		}
		i = end + 1
	}
	p.cells()
}

// cells divides what stands since the last sign into cells and adds them to the
// row.
func (p *tableParser) cells() {
	if p.from < 0 {
		if p.lead > 0 {
			row := &p.table.rows[len(p.table.rows)-1]
			row.Lead, row.End = strings.TrimSpace(p.body[p.lead:p.last]), p.last
			p.lead = 0
		}
		return
	}
	start, end := p.from, p.last
	p.from = -1
	if p.sign == '+' {
		p.table.Caption = p.cell(start, min(lineEnd(p.shield, start), end), end).Raw
		return
	}
	if len(p.table.rows) == 0 {
		p.table.rows = append(p.table.rows, Row{Start: start - 1})
	}
	row := &p.table.rows[len(p.table.rows)-1]
	row.End = end
	// Only the first line is divided: further ones belong to its last cell.
	first := min(lineEnd(p.shield, start), end)
	for at := start; at < first; at++ {
		two := p.shield[at:min(at+2, first)]
		if two == "||" || two == "!!" && p.sign == '!' {
			row.Cells = append(row.Cells, p.cell(start, at, at))
			start = at + 2
			at++
		}
	}
	row.Cells = append(row.Cells, p.cell(start, max(start, first), end))
}

// cell takes one cell's attributes off its content; they end with the line at
// first.
func (p *tableParser) cell(start, first, end int) Cell {
	c := Cell{Header: p.sign == '!'}
	if n := strings.IndexByte(p.shield[start:first], '|'); n >= 0 && !strings.Contains(p.body[start:start+n], "[[") &&
		!strings.Contains(p.body[start:start+n], "-{") {
		c.Attrs = strings.TrimSpace(p.body[start : start+n])
		start += n + 1
	}
	c.Raw = strings.TrimSpace(p.body[start:end])
	c.Start = start + strings.Index(p.body[start:end], c.Raw)
	c.Below = c.Start > first
	c.End = c.Start + len(c.Raw)
	return c
}

func lineEnd(s string, i int) int {
	if n := strings.IndexByte(s[i:], '\n'); n >= 0 {
		return i + n
	}
	return len(s)
}

func skipBlanks(s string, i, end int) int {
	for i < end && strings.IndexByte(" \t\r", s[i]) >= 0 {
		i++
	}
	return i
}

// tableSign returns where the line's "{|" stands, -1 if it begins no table.
// Colons may stand before it, blanks before and after those.
func tableSign(s string, i, end int) int {
	i = skipBlanks(s, i, end)
	for i < end && s[i] == ':' {
		i++
	}
	i = skipBlanks(s, i, end)
	if strings.HasPrefix(s[i:end], "{|") {
		return i
	}
	return -1
}

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

// attribute returns the value of an HTML attribute, "" without it.
func attribute(attrs, name string) string {
	for attrs != "" {
		attrs = strings.TrimLeft(attrs, " \t\r\n")
		n := strings.IndexAny(attrs, "= \t\r\n")
		if n < 0 {
			return ""
		}
		key, rest := attrs[:n], strings.TrimLeft(attrs[n:], " \t\r\n")
		if !strings.HasPrefix(rest, "=") {
			attrs = attrs[n:]
			continue
		}
		rest = strings.TrimLeft(rest[1:], " \t\r\n")
		var value string
		if rest != "" && (rest[0] == '"' || rest[0] == '\'') {
			value, attrs, _ = strings.Cut(rest[1:], rest[:1])
		} else {
			n := strings.IndexAny(rest, " \t\r\n")
			if n < 0 {
				n = len(rest)
			}
			value, attrs = rest[:n], rest[n:]
		}
		if strings.EqualFold(key, name) {
			return html.UnescapeString(strings.TrimSpace(value))
		}
	}
	return ""
}
