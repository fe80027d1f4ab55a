// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds how tables are written, so that they are read back as they
// were meant.

package wikitext

import (
	"slices"
	"strings"
)

// FormatTable writes a table: its attributes, such as class="wikitable", its
// caption unless that is "", and its rows, a line for each cell. Of the rows
// and cells only what is written counts: Attrs, Lead, Cells, Header, Raw and
// Below. Header cells of columns should have the attribute scope="col", those
// of rows scope="row".
func FormatTable(attrs, caption string, rows ...Row) string {
	var b strings.Builder
	b.WriteString(strings.TrimSpace("{| " + attrs))
	if caption != "" {
		b.WriteString("\n" + writeCell("|+", Cell{Raw: caption}))
	}
	for i, r := range rows {
		row := r.String()
		if i == 0 {
			row = strings.TrimPrefix(row, "|-\n") // the first row needs no sign
		}
		b.WriteString("\n" + row)
	}
	b.WriteString("\n|}")
	return b.String()
}

// String writes the row, with "|-" and a line for each cell.
func (r Row) String() string {
	var b strings.Builder
	b.WriteString(strings.TrimSpace("|- " + r.Attrs))
	if r.Lead != "" {
		b.WriteString("\n" + r.Lead)
	}
	for _, c := range r.Cells {
		b.WriteString("\n" + c.String())
	}
	return b.String()
}

// String writes the cell with its sign in the first form that is read back as
// the same: on the line of its sign, where people like to see it, or on lines of
// its own.
func (c Cell) String() string {
	if c.Header {
		return writeCell("!", c)
	}
	return writeCell("|", c)
}

func writeCell(sign string, c Cell) string {
	if c.Attrs != "" {
		sign += " " + c.Attrs + " |"
	}
	switch {
	case c.Raw == "":
		return sign
	case !strings.ContainsAny(c.Raw, "|!\n") && !c.Below && !needsLine(c.Raw):
		return sign + " " + c.Raw
	}
	for _, lead := range c.leads() {
		if form := sign + lead + c.Raw; readsBack(form, c) {
			return form
		}
	}
	return sign + "\n<nowiki />" + c.Raw
}

// leads are what can stand between the sign of a cell and its text, the best
// first.
func (c Cell) leads() []string {
	if c.Below || needsLine(c.Raw) {
		return []string{"\n", " ", " | "}
	}
	return []string{" ", "\n", " | "}
}

// needsLine reports whether a text begins with the sign of a list, which has a
// meaning only at the start of a line.
func needsLine(text string) bool { return text != "" && strings.ContainsAny(text[:1], "*#:;") }

// readsBack reports whether a cell, or a caption, is read as it was meant.
func readsBack(form string, want Cell) bool {
	body := "{|\n! a\n|-\n" + form + "\n|}"
	table, err := ParseTable(body)
	if err != nil || table.End != len(body) {
		return false
	}
	if strings.HasPrefix(form, "|+") {
		return table.Caption == want.Raw && len(table.rows) == 2
	}
	rows := slices.DeleteFunc(table.Rows(), func(r Row) bool { return len(r.Cells) == 0 })
	return len(rows) == 1 && len(rows[0].Cells) == 1 && rows[0].Cells[0].Attrs == want.Attrs && rows[0].Cells[0].Raw == want.Raw
}
