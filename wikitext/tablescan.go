// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the pass over lines that finds tables, by the rules of
// MediaWiki's handleTables (includes/parser/Parser.php).

package wikitext

import (
	"bytes"
	"cmp"
	"math"
	"slices"
	"strings"
)

// tablePart is a table, or a row, a cell or a caption of one.
type tablePart struct {
	kind   Kind // TableNode, RowNode, CellNode or CaptionNode
	header bool // of a cell: its sign is "!"
	closed bool // of a table: it has a "|}"
	inline bool // of a cell: another one follows on its line
	// It begins with its sign and ends before the line break, or the sign on the
	// same line, that the next one begins after. A row without "|-" begins with
	// its first cell.
	start, end int32
	// The attributes; of a row and a table, the rest of the line.
	attrs, attrsEnd int32
	// The contents of a cell or a caption, with white space.
	inner, innerEnd int32
	// The index of the first part behind this one that is not inside of it.
	next int32
}

// tables returns the parts of all tables in order of their starts, outer before
// inner. What stands in a template or a tag is none of the table's around it;
// a ref, poem or the like has tables of its own.
func (d *Document) tables() []tablePart { return d.scanTables(true) }

// scanTables is tables, if need be without those that stand in tags.
func (d *Document) scanTables(inTags bool) []tablePart {
	if !mayHoldTable(d.src) || len(d.src) > math.MaxInt32 {
		return nil
	}
	s := tableScan{src: d.src, text: d.tableText()}
	var inner []*node // tags whose contents are wikitext
	for i := range d.nodes {
		if n := &d.nodes[i]; n.kind == TagNode && d.site.live[n.tag] {
			inner = append(inner, n)
		}
	}
	for _, n := range slices.Backward(inner) { // inner ones first
		if inTags {
			s.read(int(n.inner), int(n.innerEnd))
		}
		s.cover(n.start, n.end)
	}
	first := len(s.parts)
	if first == 0 {
		s.parts = make([]tablePart, 0, s.guess())
	}
	s.read(0, len(s.text))
	if first > 0 {
		slices.SortStableFunc(s.parts, func(a, b tablePart) int { return cmp.Compare(a.start, b.start) })
	}
	s.link()
	return s.parts
}

// guess returns about how many parts the tables of the text have.
func (s *tableScan) guess() int {
	n := 2
	for _, sign := range []string{"\n|", "\n!", "||"} {
		n += bytes.Count(s.text, []byte(sign))
	}
	return n
}

type tableScan struct {
	src   string
	text  []byte
	open  []openTable
	parts []tablePart
}

// openTable is a table that has not ended, with the indexes of what is open in
// it, none without one.
type openTable struct {
	table, row, cell int32
	cells            bool // the row has a cell
}

// read finds the tables of a stretch of the text that is read by itself.
func (s *tableScan) read(start, end int) {
	text := s.text[:end]
	if !bytes.Contains(text[start:], []byte{'{'}) {
		return
	}
	s.coverHTML(start, end)
	for i := start; i < end; {
		if len(s.open) == 0 {
			i = s.nextTable(i, start, end)
			if i < 0 {
				return
			}
		}
		eol := end
		if n := bytes.IndexByte(text[i:], '\n'); n >= 0 {
			eol = i + n
		}
		s.line(i, eol, start)
		i = eol + 1
	}
	for len(s.open) > 0 {
		s.endTable(end, end)
	}
}

// nextTable returns the beginning of the next line that begins a table, -1 if
// there is none.
func (s *tableScan) nextTable(i, start, end int) int {
	for at := i; at < end; at++ {
		n := bytes.IndexByte(s.text[at:end], '{')
		if n < 0 {
			return -1
		}
		at += n
		if p := s.visible(at+1, end); p == end || s.text[p] != '|' {
			continue
		}
		line := at
		for line > i && s.text[line-1] != '\n' && (s.text[line-1] == ':' || s.text[line-1] <= ' ') {
			line--
		}
		if line == start || s.text[line-1] == '\n' {
			if sign, _ := s.tableSign(line, end); sign == at {
				return line
			}
		}
	}
	return -1
}

// visible returns the place at or behind i that is not gone.
func (s *tableScan) visible(i, end int) int {
	for i < end && s.text[i] <= within {
		i++
	}
	return i
}

// behind returns where the sign at i ends, which may be longer than it looks.
func (s *tableScan) behind(i int) int {
	i++
	for i < len(s.text) && s.text[i] == within {
		i++
	}
	return i
}

func isSpace(c byte) bool { return c == ' ' || c >= '\t' && c <= '\r' }

// blanks returns the first place at or behind i that PHP's trim would leave.
func (s *tableScan) blanks(i, end int) int {
	for i < end && (s.text[i] <= within || isTrimmed(s.text[i])) {
		i++
	}
	return i
}

// tableSign returns where the line's "{|" begins and ends, -1 if it begins no
// table. Colons may stand before it, blanks before and after those.
func (s *tableScan) tableSign(i, end int) (sign, behind int) {
	i = s.blanks(i, end)
	for i < end && (s.text[i] == ':' || s.text[i] <= within) {
		i++
	}
	for i < end && (isSpace(s.text[i]) || s.text[i] <= within) {
		i++
	}
	if i == end || s.text[i] != '{' {
		return -1, -1
	}
	p := s.visible(i+1, end)
	if p == end || s.text[p] != '|' {
		return -1, -1
	}
	return i, s.behind(p)
}

// line reads the line from i to eol; what it belongs to begins at start.
func (s *tableScan) line(i, eol, start int) {
	p := s.blanks(i, eol)
	if p == eol {
		return
	}
	first := s.text[p]
	switch first {
	case '{', ':':
		if sign, behind := s.tableSign(i, eol); sign >= 0 {
			s.open = append(s.open, openTable{table: int32(len(s.parts)), row: none, cell: none})
			s.parts = append(s.parts, tablePart{kind: TableNode, start: int32(sign), attrs: int32(behind), attrsEnd: int32(eol)})
		}
		return
	case '|', '!':
	default:
		return
	}
	if len(s.open) == 0 {
		return
	}
	top := &s.open[len(s.open)-1]
	before := int32(s.before(p, start))
	behind := s.behind(p)
	second := s.visible(behind, eol)
	sign := byte(' ')
	if first == '|' && second < eol {
		sign = s.text[second]
	}
	switch sign {
	case '}':
		s.endTable(int(before), second+1)
		s.parts[top.table].closed = true
	case '-':
		s.endCell(top, before)
		s.endRow(top, before)
		for second < eol && (s.text[second] == '-' || s.text[second] <= within) {
			second++
		}
		for s.text[second-1] <= within { // a comment is no part of the sign
			second--
		}
		top.row, top.cells = int32(len(s.parts)), false
		s.parts = append(s.parts, tablePart{kind: RowNode, start: int32(p), attrs: int32(second), attrsEnd: int32(eol)})
	case '+':
		s.endCell(top, before)
		if top.cells { // what follows is in a row of its own
			s.endRow(top, before)
		}
		s.cells(top, tablePart{kind: CaptionNode}, p, second+1, eol)
	default:
		s.endCell(top, before)
		s.cells(top, tablePart{kind: CellNode, header: first == '!'}, p, behind, eol)
	}
}

// before returns where what stands before the sign at p ends.
func (s *tableScan) before(p, start int) int {
	for p > start && s.src[p-1] != '\n' && isSpace(s.src[p-1]) {
		p--
	}
	if p > start && s.src[p-1] == '\n' {
		p--
	}
	return p
}

// cells divides a line into the cells, or captions, that it holds. The sign
// stands at p, its text begins at i.
func (s *tableScan) cells(top *openTable, part tablePart, p, i, eol int) {
	if part.kind == CellNode && top.row == none {
		top.row, top.cells = int32(len(s.parts)), false
		s.parts = append(s.parts, tablePart{kind: RowNode, start: int32(p), attrs: int32(p), attrsEnd: int32(p)})
	}
	if part.header {
		s.pipes(i, eol)
	}
	divider, shut := none, false // of attributes and contents; no longer looked for
	begin := func(sign, behind int) {
		top.cell = int32(len(s.parts))
		top.cells = top.cells || part.kind == CellNode
		part.start, part.attrs, part.attrsEnd, part.inner = int32(sign), int32(behind), int32(behind), int32(behind)
		s.parts = append(s.parts, part)
		divider, shut = none, false
	}
	begin(p, i)
	for i < eol {
		switch c := s.text[i]; c {
		case '|':
			second := s.visible(i+1, eol)
			if second < eol && s.text[second] == '|' {
				s.parts[top.cell].inline = true
				s.endCell(top, int32(i))
				behind := s.behind(second)
				begin(i, behind)
				i = behind
				continue
			}
			if divider == none && !shut {
				divider = i
				cell := &s.parts[top.cell]
				cell.attrsEnd, cell.inner = int32(i), int32(s.behind(i))
			}
		case '[', '-':
			second := s.visible(i+1, eol)
			if second < eol && (c == '[' && s.text[second] == '[' || c == '-' && s.text[second] == '{') {
				shut = true
			}
		}
		i++
	}
}

// pipes turns the exclamation marks between header cells into pipes.
func (s *tableScan) pipes(i, eol int) {
	for i < eol {
		n := bytes.IndexByte(s.text[i:eol], '!')
		if n < 0 {
			return
		}
		i += n
		second := s.visible(i+1, eol)
		if second < eol && s.text[second] == '!' {
			s.text[i], s.text[second] = '|', '|'
			i = second
		}
		i++
	}
}

func (s *tableScan) endCell(top *openTable, end int32) {
	if top.cell != none {
		cell := &s.parts[top.cell]
		cell.end = max(end, cell.inner)
		cell.innerEnd = cell.end
		top.cell = none
	}
}

func (s *tableScan) endRow(top *openTable, end int32) {
	if top.row != none {
		row := &s.parts[top.row]
		row.end = max(end, row.attrsEnd)
		top.row = none
	}
}

// endTable ends the innermost table and what is open in it.
func (s *tableScan) endTable(before, end int) {
	top := &s.open[len(s.open)-1]
	s.endCell(top, int32(before))
	s.endRow(top, int32(before))
	table := &s.parts[top.table]
	table.end = int32(end)
	s.open = s.open[:len(s.open)-1]
}

// link sets what follows each part.
func (s *tableScan) link() {
	var open []int32
	for i := range s.parts {
		for len(open) > 0 && s.parts[open[len(open)-1]].end <= s.parts[i].start {
			s.parts[open[len(open)-1]].next = int32(i)
			open = open[:len(open)-1]
		}
		open = append(open, int32(i))
	}
	for _, i := range open {
		s.parts[i].next = int32(len(s.parts))
	}
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
