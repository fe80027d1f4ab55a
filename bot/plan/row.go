// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds how rows and cells are written so that they are read back as
// they were meant, also rows that people added.

package plan

import (
	"fmt"
	"slices"
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
	var b strings.Builder
	b.WriteString(strings.TrimSpace("|- " + r.Attrs))
	for _, c := range cells {
		mark := "|"
		if c.Header {
			mark = "!"
		}
		b.WriteString("\n" + writeCell(mark, Cell{Attrs: c.Attrs, Text: c.Raw, below: c.Below}))
	}
	return b.String()
}

// writeRow writes one row, a line a cell. The item cell is the row's header.
func writeRow(id string, columns []string, cells map[string]Cell) string {
	var b strings.Builder
	fmt.Fprintf(&b, "|- id=%q", id)
	for _, column := range columns {
		if c := cells[column]; column == columnItem {
			b.WriteString("\n" + writeCell("!", Cell{Attrs: `scope="row"`, Text: c.Text, below: c.below}))
		} else {
			b.WriteString("\n" + writeCell("|", c))
		}
	}
	return b.String()
}

// writeCell writes a cell in the first form that is read back as the same: on
// its sign's line, where people like to see it, or on lines of its own.
func writeCell(mark string, c Cell) string {
	if c.Attrs != "" {
		mark += " " + c.Attrs + " |"
	}
	line, below := mark+" "+c.Text, mark+"\n"+c.Text
	switch {
	case c.Text == "":
		return mark
	case !strings.ContainsAny(c.Text, "|!\n") && !c.below && !needsLine(c.Text):
		return line
	}
	forms := []string{line, below}
	if c.below || needsLine(c.Text) {
		forms = []string{below, line}
	}
	for _, form := range append(forms, mark+" | "+c.Text) {
		if readsBack(form, c) {
			return form
		}
	}
	return mark + "\n<nowiki />" + c.Text
}

// needsLine reports whether a text begins with the sign of a list, which has a
// meaning only at the start of a line.
func needsLine(text string) bool { return text != "" && strings.ContainsAny(text[:1], "*#:;") }

// readsBack reports whether a cell is read as it was meant.
func readsBack(form string, want Cell) bool {
	body := "{|\n! a\n|-\n" + form + "\n|}"
	table, err := wikitext.ParseTable(body)
	if err != nil || table.End != len(body) || len(table.Rows()) != 1 || len(table.Rows()[0].Cells) != 1 {
		return false
	}
	got := table.Rows()[0].Cells[0]
	return got.Attrs == want.Attrs && got.Raw == want.Text
}
