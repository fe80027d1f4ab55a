// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds how a long table is parted into pages. A row stays on the page
// where it first stood for as long as it lives, so that what people wrote in it
// never has to go from one page to another: that would take two edits, and
// between them it could be lost or doubled. Where rows stand is read from the
// wiki itself, and nothing else is kept. The price is that over time the order
// holds within each page, not over all of them.

package plan

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/config"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/wikitext"
)

// Places says where the rows of a table stand. Pages are counted from 1.
type Places struct {
	pages int            // that were read
	row   map[string]int // row ids to pages
	// again are row ids on pages that are not theirs, as after a copy.
	again map[int][]string
	// left are rows of which nothing but words of people is left.
	left map[string]bool
	// broken are pages that could not be read, and why.
	broken map[int]error
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

// PlacesOf reads where the rows of a table stand, from the texts of its pages in
// the order of TablePages; "" stands for a page that is missing.
func PlacesOf(in Input, t config.Table, texts []string) Places {
	p := Places{pages: len(texts), row: map[string]int{}, again: map[int][]string{}, left: map[string]bool{}, broken: map[int]error{}}
	words := newTableWords(in, t)
	filled := map[string]bool{} // people wrote in the row where it is
	for i, text := range texts {
		n := i + 1
		region, err := wikitext.Parse(text).Region(t.ID)
		if errors.Is(err, wikitext.ErrNoRegion) && len(texts) == 1 {
			continue // nothing was written yet, or Apply tells what is wrong
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
			switch first := p.row[r.id]; {
			case first == n:
			case first == 0:
				p.row[r.id], filled[r.id] = n, people[r.id] != nil
				p.left[r.id] = people[r.id] != nil && !r.alive()
			case filled[r.id] || people[r.id] == nil:
				p.again[n] = append(p.again[n], r.id)
			default: // the words of people decide where it is
				p.again[first] = append(p.again[first], r.id)
				p.row[r.id], filled[r.id] = n, true
				p.left[r.id] = !r.alive()
			}
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
	parts := places.part(whole, max(t.PageSize, 1))
	tables, shares := make([]Table, len(parts)), places.shares(whole)
	for i, rows := range parts {
		n := i + 1
		part := whole
		part.Title, part.Rows = subpage(t.Page, n), rows
		part.base, part.number, part.pages = t.Page, n, len(parts)
		part.State = in.View.Pages[RegionName(part.Title, t.ID)]
		part.broken = places.broken[n]
		if i < len(shares) {
			part.elsewhere = shares[i]
		}
		part.moved = map[string]string{}
		for _, id := range places.again[n] {
			part.moved[id] = subpage(t.Page, places.row[id])
		}
		tables[i] = part
	}
	return tables
}

// part gives each row its page: the one where it stands; for a new one, the page
// of the row before it, or the next one with room. While a page cannot be read,
// there are no new rows: they may stand there.
func (p Places) part(t Table, size int) [][]Row {
	at := maps.Clone(p.row)
	for former, id := range t.renamed {
		if n, ok := p.row[former]; ok && at[id] == 0 {
			at[id] = n
		}
	}
	parts := make([][]Row, max(p.pages, 1))
	used := make([]int, len(parts))
	for _, r := range t.Rows {
		if n := at[r.ID]; n > 0 {
			used[n-1]++
		}
	}
	near := 0
	for _, r := range t.Rows {
		n := at[r.ID] - 1
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
