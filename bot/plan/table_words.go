// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the words of a table on its page, and how its columns are told
// from the headings that stand there, in whatever language those are.

package plan

import (
	"slices"
	"strings"
	"sync"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/plan/messages"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/config"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/wikitext"
)

// tableWords are the words that a table is written with. They are texts, so that
// plans can be told apart.
type tableWords struct {
	speech
	headings           map[string]string // by columns
	noGroup, otherRows string
	pages, page        string // label and, with $1, beginning of the way to other pages
	gone, moved        string
}

func newTableWords(in Input, t config.Table) tableWords {
	w := in.Words
	words := tableWords{
		speech: speechOn(in.Site, w), headings: make(map[string]string, len(allColumns)),
		pages: w.Text("table-pages"), page: w.Text("table-page"), gone: w.Text("table-gone"), moved: w.Text("table-moved"),
	}
	for _, column := range allColumns {
		words.headings[column] = columnIn(w, column)
	}
	if t.Group != "" {
		words.noGroup, words.otherRows = w.Text("table-group-none"), w.Text("table-group-other")
	}
	return words
}

// fill puts texts in for the parameters of a message.
func fill(text string, args ...string) string {
	pairs := make([]string, 0, 2*len(args))
	for i, arg := range args {
		pairs = append(pairs, "$"+string(rune('1'+i)), arg)
	}
	return strings.NewReplacer(pairs...).Replace(text)
}

// headerCells are the cells of the row of headings; none without one.
func headerCells(t wikitext.Table) []wikitext.Cell {
	rows := t.AllRows()
	if i := slices.IndexFunc(rows, func(r wikitext.Row) bool { return len(r.Cells) > 0 }); i >= 0 && t.Header() != nil {
		return rows[i].Cells
	}
	return nil
}

// columnsOf are the columns of a table by their headings, "" for one that is none
// of the bot's. Beside what the bot writes in any language, own are words that it
// uses for columns.
func columnsOf(t wikitext.Table, own map[string]string) []string {
	var columns []string
	for _, cell := range headerCells(t) {
		column, _ := columnOf(cell, own)
		columns = append(columns, column)
	}
	return columns
}

// columnOf tells the column of a heading: by its class, which it keeps when the
// words change, or else by the words.
func columnOf(heading wikitext.Cell, own map[string]string) (string, bool) {
	for _, class := range strings.Fields(heading.Attribute("class")) {
		if i := slices.IndexFunc(allColumns, func(column string) bool { return registry.ColumnClass(column) == class }); i >= 0 {
			return allColumns[i], true
		}
	}
	words := headingKey(heading.Raw)
	for _, column := range allColumns {
		if text := own[column]; text != "" && headingKey(text) == words {
			return column, true
		}
	}
	column, ok := knownHeadings()[words]
	return column, ok
}

// headingKey is what counts of the words of a heading.
func headingKey(text string) string {
	return strings.ToLower(strings.Join(strings.Fields(wikitext.Plain(text)), " "))
}

// knownHeadings are the columns by the words over them in all languages.
var knownHeadings = sync.OnceValue(func() map[string]string {
	known := map[string]string{}
	for _, column := range allColumns {
		messages.All(columnMessage(column), func(_, text string) { known[headingKey(text)] = column })
	}
	return known
})

// StewardHeadings are the words over the column of stewards in all languages, and
// those that the bot uses on a wiki.
func StewardHeadings(w *messages.Set) []string {
	texts := []string{columnIn(w, columnSteward)}
	messages.All(columnMessage(columnSteward), func(_, text string) { texts = append(texts, text) })
	slices.Sort(texts)
	return slices.Compact(texts)
}
