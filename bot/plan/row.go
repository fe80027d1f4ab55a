// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds how rows are written, also those that people added.

package plan

import (
	"fmt"
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

// groupClass marks a row that is a heading over others. The bot writes such rows
// anew; all that is in them is its own.
const groupClass = "codesteward-group"

// writeGroup writes the heading over rows, which is wikitext.
func writeGroup(group string, columns int) string {
	return wikitext.Row{
		Attrs: "class=" + strconv.Quote(groupClass),
		Cells: []wikitext.Cell{{Header: true, Attrs: fmt.Sprintf(`colspan="%d" scope="colgroup" style="text-align:start"`, columns), Raw: group}},
	}.String()
}

// isGroup tells such a row from one of people's, also from one that they made of
// it by adding a cell.
func isGroup(r wikitext.Row) bool {
	return r.ID == "" && r.Lead == "" && len(r.Cells) == 1 && strings.Contains(r.Attrs, groupClass) && !strings.Contains(r.Cells[0].Raw, "\n")
}

// class is that of the table. Readers cannot sort one with headings: that would
// tear rows from theirs.
func (t Table) class() string {
	if t.grouped {
		return "wikitable codesteward"
	}
	return "wikitable sortable codesteward"
}
