// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds what people do to pages in a storm.

package plan_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/plan"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/wikitext"
)

// grid is a table of the bot's as a person sees it.
type grid struct {
	title, region string
	at            int    // where the region's body begins on the page
	body          string // of the region
	table         wikitext.Table
	items         []wikitext.Row // the bot's rows
	rows          []wikitext.Row
	header        []string
	pencils       []int // columns of people
}

// grid picks a table that is in good order.
func (s *storm) grid() (g grid, ok bool) {
	var all []grid
	for _, name := range slices.Sorted(maps.Keys(s.view.Pages)) {
		g := grid{title: plan.PageOf(name), region: name[strings.LastIndexByte(name, '#')+1:]}
		text := s.text[g.title]
		start, end, ok := bounds(g.region, text)
		if _, broken := s.damaged[g.title]; !ok || broken || g.region == plan.BoardRegion {
			continue
		}
		g.at, g.body = start, text[start:end]
		table, err := wikitext.ParseTable(g.body)
		if err != nil {
			continue
		}
		g.table, g.rows, g.header = table, table.Rows(), table.Header()
		for _, r := range g.rows {
			if _, ours := registry.KeyOfRow(r.ID); ours && len(r.Cells) == len(g.header) {
				g.items = append(g.items, r)
			}
		}
		for i, h := range g.header {
			if strings.Contains(h, "✎") {
				g.pencils = append(g.pencils, i)
			}
		}
		all = append(all, g)
	}
	if len(all) == 0 {
		return grid{}, false
	}
	return pick(s.Rand, all), true
}

// replace writes a part of the region's body anew.
func (s *storm) replace(g grid, start, end int, text string) {
	page := s.text[g.title]
	s.text[g.title] = page[:g.at+start] + text + page[g.at+end:]
}

func (g grid) source(r wikitext.Row) string {
	return strings.TrimRight(g.body[r.Start:r.End], "\n") + "\n"
}

func (g grid) setRow(s *storm, r wikitext.Row, text string) {
	s.replace(g, r.Start, r.Start+len(g.source(r)), text)
}

// edit has a person make one edit, if there is something to be done.
func (s *storm) edit() bool {
	kinds := []func(*storm) string{
		(*storm).fill, (*storm).fill, (*storm).fill, (*storm).empty, (*storm).botCell, (*storm).botCell, (*storm).ownRow, (*storm).ownRow,
		(*storm).dropRow, (*storm).moveRow, (*storm).copyRow, (*storm).rewrite, (*storm).rewrite, (*storm).header, (*storm).moveColumn,
		(*storm).outside, (*storm).outside, (*storm).outside, (*storm).takeOutside, (*storm).boardReply, (*storm).boardReply, (*storm).boardStrike,
		(*storm).inRegion, (*storm).archive, (*storm).rewriteRow, (*storm).blankLines,
	}
	kind := pick(s.Rand, kinds)(s)
	switch title := s.anyDamaged(); {
	case s.IntN(25) == 0:
		kind = s.harm()
	case title != "" && s.IntN(12) == 0:
		s.mend(title)
		kind = "mend"
	}
	if kind != "" {
		s.done[kind]++
		s.tell(kind)
	}
	return kind != ""
}

func (s *storm) fill() string {
	g, ok := s.grid()
	if !ok || len(g.items) == 0 || len(g.pencils) == 0 {
		return ""
	}
	r := pick(s.Rand, g.items)
	i := pick(s.Rand, g.pencils)
	s.forget(r.Cells[i].Raw + r.Cells[i].Attrs)
	g.setRow(s, r, s.write(r, i, s.said(true), s.IntN(3) == 0))
	return "fill " + r.ID
}

// forget takes words off the account that a person writes over.
func (s *storm) forget(text string) {
	for _, w := range stormWord.FindAllString(text, -1) {
		if strings.Count(fmt.Sprint(s.text), w) <= 1 {
			delete(s.words, w)
		}
	}
}

func (s *storm) empty() string {
	g, ok := s.grid()
	if !ok || len(g.items) == 0 || len(g.pencils) == 0 {
		return ""
	}
	r := pick(s.Rand, g.items)
	g.setRow(s, r, s.write(r, pick(s.Rand, g.pencils), "", false))
	return "empty " + r.ID
}

// botCell writes into a cell of the bot's.
func (s *storm) botCell() string {
	g, ok := s.grid()
	if !ok || len(g.items) == 0 {
		return ""
	}
	r, i := pick(s.Rand, g.items), s.IntN(len(g.header))
	if slices.Contains(g.pencils, i) {
		return ""
	}
	g.setRow(s, r, s.write(r, i, s.said(false), false))
	return fmt.Sprintf("bot cell %d of %s", i, r.ID)
}

// rewriteRow writes a row in another way.
func (s *storm) rewriteRow() string {
	g, ok := s.grid()
	if !ok || len(g.items) == 0 {
		return ""
	}
	r := pick(s.Rand, g.items)
	g.setRow(s, r, s.write(r, -1, "", s.IntN(2) == 0))
	return "rewrite row " + r.ID
}

func (s *storm) ownRow() string {
	g, ok := s.grid()
	if !ok || len(g.rows) == 0 || len(g.pencils) == 0 {
		return ""
	}
	if len(g.rows)-len(g.items) > 5 {
		return s.dropRow()
	}
	at := pick(s.Rand, g.rows).Start
	text := strings.ReplaceAll(pick(s.Rand, ownRows), "%s", s.word(true)) + "\n"
	s.replace(g, at, at, text)
	return "own row"
}

func (s *storm) dropRow() string {
	g, ok := s.grid()
	if !ok || len(g.rows) < 2 {
		return ""
	}
	r := pick(s.Rand, g.rows)
	g.setRow(s, r, "")
	return "drop row " + r.ID
}

func (s *storm) moveRow() string {
	g, ok := s.grid()
	if !ok || len(g.rows) < 2 {
		return ""
	}
	r, to := pick(s.Rand, g.rows), pick(s.Rand, g.rows)
	source := g.source(r)
	if to.Start > r.Start {
		s.replace(g, to.Start, to.Start, source)
		g.setRow(s, r, "")
	} else if to.Start < r.Start {
		g.setRow(s, r, "")
		s.replace(g, to.Start, to.Start, source)
	}
	return "move row " + r.ID
}

// copyRow puts a copy of a row into a table, maybe another one.
func (s *storm) copyRow() string {
	g, ok := s.grid()
	to, ok2 := s.grid()
	if !ok || !ok2 || len(g.items) == 0 || len(to.rows) == 0 || !slices.Equal(g.header, to.header) || g.region != to.region {
		return ""
	}
	r := pick(s.Rand, g.items)
	copied := g.source(r)
	if len(g.pencils) > 0 && s.IntN(2) == 0 {
		copied = s.write(r, pick(s.Rand, g.pencils), s.said(true), false)
	}
	at := pick(s.Rand, to.rows).Start
	s.replace(to, at, at, copied)
	return fmt.Sprintf("copy row %s from %s to %s", r.ID, g.title, to.title)
}

// rewrite writes a whole table in another way, as editors do.
func (s *storm) rewrite() string {
	g, ok := s.grid()
	if !ok {
		return ""
	}
	visual := s.IntN(2) == 0
	var b strings.Builder
	b.WriteString(g.body[:g.table.Start])
	fmt.Fprintf(&b, "{| %s\n", pick(s.Rand, []string{g.table.Attrs, `style="width:100%" ` + g.table.Attrs, `class="wikitable"`}))
	if g.table.Caption != "" {
		fmt.Fprintf(&b, "|+ %s\n", g.table.Caption)
	}
	if visual {
		b.WriteString("|-\n")
	}
	b.WriteString(s.writeHeader(g.header))
	for _, r := range g.rows {
		if _, ours := registry.KeyOfRow(r.ID); ours && len(r.Cells) == len(g.header) && r.Divided() {
			b.WriteString(s.write(r, -1, "", visual))
		} else {
			b.WriteString(g.source(r))
		}
	}
	b.WriteString("|}")
	b.WriteString(g.body[g.table.End:])
	s.replace(g, 0, len(g.body), b.String())
	return "rewrite table on " + g.title
}

// writeHeader writes the headings in one of many ways.
func (s *storm) writeHeader(header []string) string {
	var b strings.Builder
	switch s.IntN(4) {
	case 0:
		b.WriteString("!" + strings.Join(header, "!!") + "\n")
	case 1:
		b.WriteString("!  " + strings.Join(header, "  !!  ") + " \n")
	case 2:
		for _, h := range header {
			fmt.Fprintf(&b, "! style=\"width:9em\" scope=col | %s\n", h)
		}
	default:
		for _, h := range header {
			fmt.Fprintf(&b, "!   %s   \n", h)
		}
	}
	return b.String()
}

// header writes the headings anew and leaves the rest.
func (s *storm) header() string {
	g, ok := s.grid()
	if !ok || len(g.rows) == 0 || len(g.header) == 0 {
		return ""
	}
	from := strings.Index(g.body[g.table.Start:], "\n!")
	if from < 0 {
		return ""
	}
	s.replace(g, g.table.Start+from+1, g.rows[0].Start, s.writeHeader(g.header))
	return "header"
}

// moveColumn moves a column with all of its cells.
func (s *storm) moveColumn() string {
	g, ok := s.grid()
	if !ok || len(g.header) < 2 || len(g.items) != len(g.rows) {
		return ""
	}
	i := s.IntN(len(g.header) - 1)
	swap := func(n int) { g.header[n], g.header[n+1] = g.header[n+1], g.header[n] }
	swap(i)
	var b strings.Builder
	b.WriteString(g.body[:g.table.Start] + "{| " + g.table.Attrs + "\n" + s.writeHeader(g.header))
	for _, r := range g.items {
		r.Cells = slices.Clone(r.Cells)
		r.Cells[i], r.Cells[i+1] = r.Cells[i+1], r.Cells[i]
		b.WriteString(s.write(r, -1, "", false))
	}
	b.WriteString("|}" + g.body[g.table.End:])
	s.replace(g, 0, len(g.body), b.String())
	return "move column"
}

// write writes a row as an editor might, with one cell changed.
func (s *storm) write(r wikitext.Row, change int, text string, visual bool) string {
	var b strings.Builder
	attrs := fmt.Sprintf("id=%q", r.ID)
	if visual {
		attrs = pick(s.Rand, []string{attrs, `style="vertical-align:top" ` + attrs, attrs + ` class="x"`, "id='" + r.ID + "'"})
	}
	b.WriteString(pick(s.Rand, []string{"|-", "|-", "|----"}) + " " + attrs)
	oneLine, joins, tight := s.IntN(2) == 0, false, visual
	for i, c := range r.Cells {
		mark := "|"
		if c.Header && !visual {
			mark = "!"
		}
		below := c.Below
		if i == change {
			c.Attrs, c.Raw, below = pick(s.Rand, []string{"", "", `style="q"`}), text, needsOwnLine(text) || !needsSignLine(text) && s.IntN(2) == 0
		}
		sets := ""
		if c.Attrs != "" {
			sets = " " + c.Attrs + " |"
		} else if !below && strings.Contains(c.Raw, "|") {
			sets = " |" // the first pipe ends the attributes
		}
		space := " "
		if tight && c.Raw != "" && !strings.ContainsAny(c.Raw[:1], "-+}|{!") {
			space = ""
		}
		plain := !strings.ContainsAny(c.Raw+sets, "\n!") && !strings.Contains(c.Raw, "||") && !below
		switch {
		case below:
			b.WriteString("\n" + mark + sets + "\n" + c.Raw)
		case oneLine && joins && plain:
			b.WriteString(" ||" + sets + space + c.Raw)
		default:
			b.WriteString("\n" + mark + sets + space + c.Raw)
		}
		joins = plain && mark == "|"
	}
	return b.String() + "\n"
}

// needsOwnLine reports a text that means something else on the line of its sign.
func needsOwnLine(text string) bool {
	return text != "" && !needsSignLine(text) && (strings.ContainsAny(text[:1], "*#:;{-+}=") || strings.Contains(text, "\n") || strings.Contains(text, "!!") ||
		strings.Contains(text, "||") && !strings.Contains(text, "{{") && !strings.Contains(text, "<"))
}

// needsSignLine reports a text that would begin a cell on a line of its own.
func needsSignLine(text string) bool {
	return text == "" || strings.ContainsAny(text[:1], "|!") || strings.HasPrefix(text, "{{!}}")
}
