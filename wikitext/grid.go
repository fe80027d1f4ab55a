// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds in which columns the cells of a table stand, by the rules of
// HTML ("forming a table").

package wikitext

import "math"

const (
	// gridWidth is up to which column cells of rows above are looked for: no
	// table for people is wider, and the time stays proportional to the text.
	gridWidth = 1000
	// mostColumns and mostRows are how far HTML lets one cell reach.
	mostColumns = 1000
	mostRows    = 65534
)

// place sets the column of every cell. Rows without cells are none in HTML.
func (t *Table) place() {
	var until []int // for each column, the row that it is free from again
	row := 0
	for i := range t.rows {
		cells := t.rows[i].Cells
		if len(cells) == 0 {
			continue
		}
		column := 0
		for k := range cells {
			for column < len(until) && until[column] > row {
				column++
			}
			cells[k].Column = column
			columns, rows := cells[k].span()
			if rows > 1 {
				for len(until) < min(column+columns, gridWidth) {
					until = append(until, 0)
				}
				for c := column; c < min(column+columns, gridWidth); c++ {
					until[c] = max(until[c], row+rows)
				}
			}
			column += columns
		}
		row++
	}
}

// span returns how many columns and rows the cell covers, 1 or more.
func (c Cell) span() (columns, rows int) {
	columns, rows = 1, 1
	if c.Attrs == "" {
		return columns, rows
	}
	if n, ok := number(c.Attribute("colspan")); ok && n > 0 {
		columns = min(n, mostColumns)
	}
	if n, ok := number(c.Attribute("rowspan")); ok {
		rows = min(n, mostRows)
		if n == 0 { // to the end of the table
			rows = math.MaxInt32
		}
	}
	return columns, rows
}

// number reads a number as HTML does, which looks at no more than its digits.
func number(s string) (n int, ok bool) {
	i := 0
	for i < len(s) && (s[i] == ' ' || s[i] >= '\t' && s[i] <= '\r' && s[i] != '\v') {
		i++
	}
	if i < len(s) && s[i] == '+' {
		i++
	}
	for ; i < len(s) && s[i] >= '0' && s[i] <= '9'; i++ {
		n, ok = min(10*n+int(s[i]-'0'), math.MaxInt32), true
	}
	return n, ok
}
