// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds how a table is written once the live one has been read.

package plan

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/wikitext"
)

// render writes the region's body, and returns also its rows and how many
// columns they have.
func (t Table) render(l live) (body string, rows []string, width int) {
	kept := l.people()
	maps.DeleteFunc(kept, func(id string, _ map[string]Cell) bool { return t.over[id] })
	columns := t.columns(kept, l)
	planned := make(map[string]bool, len(t.Rows))
	cells := make(map[string]Cell, len(columns))
	for i, r := range t.Rows {
		planned[r.ID] = true
		if t.grouped && (i == 0 || !strings.EqualFold(strings.TrimSpace(t.Rows[i-1].group), strings.TrimSpace(r.group))) {
			rows = append(rows, writeGroup(cmp.Or(wikitext.Escape(strings.TrimSpace(r.group)), t.words.noGroup), len(columns)))
		}
		clear(cells)
		for i, column := range t.Columns {
			cells[column] = r.Cells[i]
		}
		maps.Copy(cells, kept[r.ID])
		rows = append(rows, writeRow(r.ID, columns, cells))
	}
	listed := len(rows)
	for _, r := range l.items {
		if !planned[r.id] && kept[r.id] != nil {
			planned[r.id] = true
			rows = append(rows, writeRow(r.id, columns, t.tombstone(r, kept[r.id])))
		}
	}
	for _, r := range l.own {
		rows = append(rows, r.under(l.columns, columns))
	}
	if t.grouped && 0 < listed && listed < len(rows) {
		rows = slices.Insert(rows, listed, writeGroup(t.words.otherRows, len(columns)))
	}
	var b strings.Builder
	if above := t.above(); above != "" {
		b.WriteString(above + "\n")
	}
	caption := wikitext.Escape(t.Caption)
	// On a narrow screen the table scrolls, also with the keyboard, not the page.
	fmt.Fprintf(&b, "<div role=\"region\" aria-label=\"%s\" tabindex=\"0\" style=\"overflow-x:auto\">\n", caption)
	fmt.Fprintf(&b, "{| class=%q\n|+ %s\n", t.class(), caption)
	for _, column := range columns {
		b.WriteString(heading(column, t.words.headings[column]) + "\n")
	}
	for _, row := range rows {
		b.WriteString(row + "\n")
	}
	b.WriteString("|}\n</div>")
	return t.words.within(b.String()), rows, len(columns)
}

// check reads a table again. What is open in one cell, such as "{{", can meet
// its end in another one once the rows stand in another order.
func (t Table) check(body string, columns int, rows []string) error {
	table, err := wikitext.ParseTable(body)
	if err != nil {
		return fmt.Errorf("read table %s back: %w", t.ID, err)
	}
	found := table.Rows()
	for i, row := range rows {
		whole := i < len(found) && strings.TrimSpace(body[found[i].Start:found[i].End]) == strings.TrimSpace(row)
		if !whole || isItem(found[i].ID) && len(found[i].Cells) != columns {
			first, _, _ := strings.Cut(row, "\n")
			return t.refuse("something is open in a cell of the row that begins with %q and would swallow what follows; close the table, \"{{\" or tag", first)
		}
	}
	return nil
}

// tombstone returns what stays of a row whose item is not listed: its name and
// the cells of people.
func (t Table) tombstone(r itemRow, kept map[string]Cell) map[string]Cell {
	cells := map[string]Cell{columnItem: r.cell(columnItem)}
	if title := t.moved[r.id]; title != "" {
		key, _ := registry.KeyOfRow(r.id)
		cells[columnItem] = Cell{Text: fill(t.words.moved, wikitext.Escape(key.Name()), "[[:"+title+"]]")}
	} else if name, ok := t.gone[r.id]; ok {
		cells[columnItem] = Cell{Text: fill(t.words.gone, wikitext.Escape(name))}
	}
	maps.Copy(cells, kept)
	return cells
}
