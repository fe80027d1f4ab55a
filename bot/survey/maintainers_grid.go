// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds how the cells of an HTML table come to stand in columns, by
// the rules of HTML for rowspan and colspan.

package survey

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/PuerkitoBio/goquery"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/wikitext"
)

// maxColumns bounds a table whose spans are absurd.
const maxColumns = 100

// htmlGrid is a table as rows of columns.
type htmlGrid struct {
	head []gridRow // the rows of headers on top
	rows []gridRow // the rest
}

// gridRow is one row. A cell that spans columns or rows is in all of them, the
// same pointer.
type gridRow struct {
	cells []*gridCell
	own   []*gridCell // those that begin in this row
}

// gridCell is one cell.
type gridCell struct {
	selection *goquery.Selection
	header    bool
}

// newHTMLGrid lays out a table. Hidden rows and cells are not there, as a
// browser has it; nor are tables inside cells.
func newHTMLGrid(table *goquery.Selection) htmlGrid {
	var grid htmlGrid
	table.ChildrenFiltered("thead, tbody, tfoot").Each(func(_ int, group *goquery.Selection) {
		if !hidesItself(group) {
			grid.rows = append(grid.rows, layOut(group.ChildrenFiltered("tr"))...)
		}
	})
	n := 0
	for n < len(grid.rows) && grid.rows[n].header() {
		n++
	}
	grid.head, grid.rows = grid.rows[:n], grid.rows[n:]
	return grid
}

// layOut puts the cells of a group of rows in their columns. Spans end with the
// group.
func layOut(rows *goquery.Selection) []gridRow {
	grid := make([]gridRow, rows.Length())
	var hidden []int
	rows.Each(func(y int, row *goquery.Selection) {
		if hidesItself(row) {
			hidden = append(hidden, y)
			return
		}
		x := 0
		row.ChildrenFiltered("td, th").Each(func(_ int, found *goquery.Selection) {
			if hidesItself(found) {
				return
			}
			for x < len(grid[y].cells) && grid[y].cells[x] != nil {
				x++
			}
			cell := &gridCell{selection: found, header: found.Is("th")}
			grid[y].own = append(grid[y].own, cell)
			down := span(found, "rowspan", len(grid)-y)
			across := span(found, "colspan", maxColumns-x)
			if across == 0 {
				return
			}
			for i := y; i < y+down; i++ {
				for len(grid[i].cells) < x+across {
					grid[i].cells = append(grid[i].cells, nil)
				}
				for j := x; j < x+across; j++ {
					grid[i].cells[j] = cell
				}
			}
			x += across
		})
	})
	for _, y := range slices.Backward(hidden) {
		grid = slices.Delete(grid, y, y+1)
	}
	return grid
}

// span reads rowspan or colspan. A rowspan of 0 goes to the end.
func span(cell *goquery.Selection, attribute string, most int) int {
	n, err := strconv.Atoi(strings.TrimSpace(cell.AttrOr(attribute, "1")))
	switch {
	case err != nil || n < 0 || n == 0 && attribute == "colspan":
		n = 1
	case n == 0:
		n = most
	}
	return max(0, min(n, most))
}

// header reports whether a row has headers only.
func (r gridRow) header() bool {
	return len(r.own) > 0 && !slices.ContainsFunc(r.own, func(c *gridCell) bool { return !c.header })
}

// cell returns the cell in a column, nil where there is none.
func (r gridRow) cell(column int) *gridCell {
	if column < 0 || column >= len(r.cells) {
		return nil
	}
	return r.cells[column]
}

// text returns the text in a column, "" where there is none.
func (r gridRow) text(column int) string {
	if c := r.cell(column); c != nil {
		return cellText(c.selection)
	}
	return ""
}

// holders returns those named in a column. remarks says whether what stands in
// parentheses belongs to a name that is plain text.
func (r gridRow) holders(on *wikitext.Site, column int, remarks bool) []Holder {
	if c := r.cell(column); c != nil {
		return named(namedIn(on, c.selection, remarks))
	}
	return nil
}

// column returns the first column with a header that contains the first of the
// words that any header contains, -1 for none. Of several rows of headers the
// lower ones are more exact.
func (g htmlGrid) column(words ...string) int {
	for _, word := range words {
		for _, row := range slices.Backward(g.head) {
			for x := range row.cells {
				if strings.Contains(row.headerText(x), word) {
					return x
				}
			}
		}
	}
	return -1
}

// header returns the lowest header of a column.
func (g htmlGrid) header(column int) string {
	for _, row := range slices.Backward(g.head) {
		if text := row.headerText(column); text != "" {
			return text
		}
	}
	return ""
}

// headerText is the lower-cased text of a header without notes.
func (r gridRow) headerText(column int) string {
	c := r.cell(column)
	if c == nil {
		return ""
	}
	plain := c.selection.Clone()
	plain.Find("sup").Remove()
	return strings.ToLower(cellText(plain))
}

var (
	hiddenStyle = regexp.MustCompile(`(?i)(^|;)\s*(display\s*:\s*none|visibility\s*:\s*hidden)\b`)
	// hiddenClass are the classes of copies for narrow screens and of text that
	// skins hide.
	hiddenClass = regexp.MustCompile(`(?i)^(mobile-?only|only-?mobile|narrow-?only|only-?narrow|mw-hidden|hidden)$`)
)

// isHidden reports whether an element or one around it is not shown on a wide
// screen, as far as its own attributes tell.
func isHidden(s *goquery.Selection) bool {
	for ; s.Length() > 0; s = s.Parent() {
		if hidesItself(s) {
			return true
		}
	}
	return false
}

// hidesItself reports whether the attributes of an element hide it.
func hidesItself(s *goquery.Selection) bool {
	if _, ok := s.Attr("hidden"); ok || hiddenStyle.MatchString(s.AttrOr("style", "")) {
		return true
	}
	return slices.ContainsFunc(strings.Fields(s.AttrOr("class", "")), hiddenClass.MatchString)
}
