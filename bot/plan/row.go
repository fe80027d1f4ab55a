// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds how rows are written, also those that people added.

package plan

import (
	"slices"
	"strconv"
	"strings"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/wikitext"
)

// ownRow is a row that a person added, as it is written.
type ownRow struct {
	wikitext.Row
	source string
}

// under returns the row as it was, or with its cells below their headings if
// those have moved. Text whose column has gone stands beyond the last column.
func (r ownRow) under(before, after []string) string {
	if slices.Equal(before, after) || !r.Divided() {
		return r.source
	}
	cells := make([]wikitext.Cell, len(after))
	for i, c := range r.Cells {
		at := -1
		if i < len(before) {
			at = slices.Index(after, before[i])
		}
		if at >= 0 {
			cells[at] = c
		} else if c.Raw != "" || c.Attrs != "" {
			cells = append(cells, c)
		}
	}
	for len(cells) > 0 && cells[len(cells)-1] == (wikitext.Cell{}) {
		cells = cells[:len(cells)-1]
	}
	return wikitext.Row{Attrs: r.Attrs, Cells: cells}.String()
}

// writeRow writes one row, a line a cell. The item cell is the row's header.
func writeRow(id string, columns []string, cells map[string]Cell) string {
	row := wikitext.Row{Attrs: "id=" + strconv.Quote(id)}
	for _, column := range columns {
		c := cells[column]
		cell := wikitext.Cell{Attrs: c.Attrs, Raw: c.Text, Below: c.below}
		if column == columnItem {
			cell.Header, cell.Attrs = true, `scope="row"`
		}
		row.Cells = append(row.Cells, cell)
	}
	return row.String()
}

// needsLine reports whether a text begins with the sign of a list, which has a
// meaning only at the start of a line.
func needsLine(text string) bool { return text != "" && strings.ContainsAny(text[:1], "*#:;") }
