// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds how a long table is parted into pages. A row stays on the page
// where it first stood for as long as it lives, so that what people wrote in it
// never has to go from one page to another: that would take two edits, and
// between them it could be lost or doubled. Where rows stand is read from the
// wiki itself, and nothing else is kept. The price is that over time the order
// holds within each page, not over all of them.

package plan

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/config"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/wikitext"
)

// Places says where the rows of a table stand. Pages are counted from 1.
type Places struct {
	pages  int           // that were read
	rows   []standingRow // in the order of the pages
	broken map[int]error // pages that could not be read, and why
}

// standingRow is a row on a page.
type standingRow struct {
	id   string
	page int
	// filled says that people wrote in it, left that nothing else is in it.
	filled, left bool
}

// located is where each row has its place, once it is known which names items
// have by now.
type located struct {
	row   map[string]int   // row ids to pages
	again map[int][]string // row ids on pages that are not theirs, as after a copy
	left  map[string]bool  // rows of which nothing but words of people is left
}

// locate gives each row one page. Of several, the first on which people wrote in
// it counts, or the first of all. Renamed are row ids of former names.
func (p Places) locate(renamed map[string]string) located {
	l := located{row: map[string]int{}, again: map[int][]string{}, left: map[string]bool{}}
	filled := map[string]bool{}
	for _, r := range p.rows {
		id := cmp.Or(renamed[r.id], r.id)
		switch first := l.row[id]; {
		case first == 0:
			l.row[id], filled[id], l.left[id] = r.page, r.filled, r.left
		case first == r.page:
			filled[id], l.left[id] = filled[id] || r.filled, l.left[id] && r.left
		case filled[id] || !r.filled:
			l.again[r.page] = append(l.again[r.page], id)
		default: // the words of people decide where it is
			l.again[first] = append(l.again[first], id)
			l.row[id], filled[id], l.left[id] = r.page, true, r.left
		}
	}
	return l
}

// subpage is the title of a page of a table that begins on base.
func subpage(base string, n int) string {
	if n <= 1 {
		return base
	}
	return base + "/" + strconv.Itoa(n)
}

// pageNumber reads which page of a table that begins on base a title is; ok is
// false for the first and for all that is none.
func pageNumber(base, title string) (n int, ok bool) {
	digits, below := strings.CutPrefix(title, base+"/")
	n, err := strconv.Atoi(digits)
	return n, below && err == nil && n > 1 && strconv.Itoa(n) == digits
}

// isSubpage reports whether a title is that of a further page of a table.
func isSubpage(rules *config.Rules, title string) bool {
	return slices.ContainsFunc(rules.Tables, func(t config.Table) bool {
		_, ok := pageNumber(t.Page, title)
		return ok
	})
}

// TablePages are the titles of the pages of a table that the bot has written, in
// their order; the first one is there in any case.
func TablePages(t config.Table, states map[string]registry.PageState) []string {
	last := 1
	for name := range states {
		title, ok := strings.CutSuffix(name, "#"+t.ID)
		if n, further := pageNumber(t.Page, title); ok && further {
			last = max(last, n)
		}
	}
	titles := make([]string, last)
	for i := range titles {
		titles[i] = subpage(t.Page, i+1)
	}
	return titles
}

var errEmptied = errors.New("the region was emptied")

// PlacesOf reads where the rows of a table stand, from the texts of its pages in
// the order of TablePages; "" stands for a page that is missing.
func PlacesOf(in Input, t config.Table, texts []string) Places {
	p := Places{pages: len(texts), broken: map[int]error{}}
	words := newTableWords(in, t)
	for i, text := range texts {
		n := i + 1
		region, err := wikitext.Parse(text).Region(t.ID)
		state := in.View.Pages[RegionName(subpage(t.Page, n), t.ID)]
		written := state != ""
		switch {
		case errors.Is(err, wikitext.ErrNoRegion) && len(texts) == 1 && !written:
			continue // Apply tells what is wrong
		case err == nil && state == registry.PageHeld && strings.TrimSpace(region.Body) == "":
			err = errEmptied // its rows come back with the undoing of that
		}
		var l live
		if err == nil {
			l, err = Table{ID: t.ID, words: words}.read(region.Body)
		}
		if err != nil {
			p.broken[n] = fmt.Errorf("%s: %w", subpage(t.Page, n), err)
			continue
		}
		people := l.people()
		for _, r := range l.items {
			filled := people[r.id] != nil
			p.rows = append(p.rows, standingRow{id: r.id, page: n, filled: filled, left: filled && !r.alive()})
		}
	}
	return p
}

// Overflows reports whether a table has more rows than one page takes.
func Overflows(in Input, t config.Table) bool { return len(NewTable(in, t).Rows) > max(t.PageSize, 1) }

// NewTables returns the table as it should be, a part for each of its pages. It
// stands on one page while nobody has read where its rows are; if it had more
// pages, there is none.
func NewTables(in Input, t config.Table) []Table {
	whole := NewTable(in, t)
	places, read := in.Placed[t.ID]
	if written := len(TablePages(t, in.View.Pages)); !read || places.pages < written {
		if written > 1 {
			return nil
		}
		return []Table{whole}
	}
	at := places.locate(whole.renamed)
	parts := places.part(whole, at, max(t.PageSize, 1))
	tables, elsewhere := make([]Table, len(parts)), at.elsewhere(whole, places.pages)
	for i, rows := range parts {
		n := i + 1
		part := whole
		part.Title, part.Rows = subpage(t.Page, n), rows
		part.base, part.number, part.pages = t.Page, n, len(parts)
		part.State = in.View.Pages[RegionName(part.Title, t.ID)]
		part.broken = places.broken[n]
		if i < len(elsewhere) {
			part.elsewhere = elsewhere[i]
		}
		part.moved = map[string]string{}
		for _, id := range at.again[n] {
			part.moved[id] = subpage(t.Page, at.row[id])
		}
		tables[i] = part
	}
	return tables
}

// part gives each row its page: the one where it stands; for a new one, the page
// of the row before it, or the next one with room. While a page cannot be read,
// there are no new rows: they may stand there.
func (p Places) part(t Table, at located, size int) [][]Row {
	parts := make([][]Row, max(p.pages, 1))
	used := make([]int, len(parts))
	for _, r := range t.Rows {
		if n := at.row[r.ID]; n > 0 {
			used[n-1]++
		}
	}
	near := 0
	for _, r := range t.Rows {
		n := at.row[r.ID] - 1
		if n < 0 {
			if len(p.broken) > 0 {
				continue
			}
			if n = withRoom(used, near, size); n == len(parts) {
				parts, used = append(parts, nil), append(used, 0)
			}
			used[n]++
		}
		near = n
		parts[n] = append(parts[n], r)
	}
	return parts
}

// withRoom finds the page for a new row: the first from near on that is not
// full, or the first of all, or one more.
func withRoom(used []int, near, size int) int {
	for _, from := range []int{near, 0} {
		for n := from; n < len(used); n++ {
			if used[n] < size {
				return n
			}
		}
	}
	return len(used)
}
