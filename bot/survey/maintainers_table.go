// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the reader of pages like mw:Developers/Maintainers: which
// tables and columns count, and what a row says. Columns are found by their
// headers, never by position.

package survey

import (
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"github.com/PuerkitoBio/goquery"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/wikitext"
)

// Component is one row of a page like mw:Developers/Maintainers.
type Component struct {
	// Name is what the row calls it, as plain text.
	Name string
	// Page is the full title that the first link of its cell leads to, such as
	// "Extension:Echo"; "" without a link to a page.
	Page string
	// Kind is "extension" or "skin" as far as the row, the column's header and
	// the headings tell; "" for parts of core, libraries and the rest.
	Kind string
	// Section is the heading above the table as plain text, "" above the first.
	Section     string
	Description string
	// Steward is the text of the cell without what it says of the past, ""
	// when nothing is left or it says "Unassigned".
	Steward string
	// Unassigned says that the page itself says that there is no steward. A
	// cell that is empty says nothing.
	Unassigned bool
	// Stewards are the teams and people that Steward names. A team is the whole
	// text between two commas, with what stands in parentheses.
	Stewards []Holder
	// Maintainers are the people and teams in the column for individual
	// maintainers; Consulted and Informed are those in their columns.
	Maintainers, Consulted, Informed []Holder
}

// Holder is somebody named in a cell.
type Holder struct {
	// Name is the user name without namespace where the cell links one, else
	// the text.
	Name string
	// User says that the cell links to a user page, the talk page or a subpage
	// of one, on this wiki or another. Namespaces are known by their English
	// names and by those of this wiki.
	User bool
}

// ParseMaintainers reads the rendered HTML of a page like
// mw:Developers/Maintainers: every table of class wikitable that has a column
// for stewards. It returns an error when there is none, so that a changed layout
// is never taken for a page without components. A row that says word for word
// what another says in the same section counts once. on is how the wiki of the
// page reads titles; nil stands for an English one.
func ParseMaintainers(html string, on *wikitext.Site) ([]Component, error) {
	if on == nil {
		on = wikitext.DefaultSite()
	}
	document, err := goquery.NewDocumentFromReader(strings.NewReader(html))
	if err != nil {
		return nil, fmt.Errorf("read HTML: %w", err)
	}
	var (
		components   []Component
		headings     headingPath
		tables, good int
	)
	document.Find("h1, h2, h3, h4, h5, h6, table.wikitable").Each(func(_ int, found *goquery.Selection) {
		switch {
		case isHidden(found):
		case !found.Is("table"):
			headings.enter(found)
		default:
			tables++
			if t, ok := newStewardTable(on, found, headings); ok {
				good++
				components = append(components, t.components()...)
			}
		}
	})
	if good == 0 {
		return nil, fmt.Errorf("no table on the page has a column for stewards (%d tables seen)", tables)
	}
	return withoutRepeats(components), nil
}

// withoutRepeats keeps the first of components that are the same in everything.
func withoutRepeats(components []Component) []Component {
	byName := map[string][]Component{}
	return slices.DeleteFunc(components, func(c Component) bool {
		if slices.ContainsFunc(byName[c.Name], func(other Component) bool { return reflect.DeepEqual(c, other) }) {
			return true
		}
		byName[c.Name] = append(byName[c.Name], c)
		return false
	})
}

// headingPath is the headings that a place on the page is under, by level.
type headingPath [7]string

// enter takes in the next heading. The heading of the table of contents is none.
func (p *headingPath) enter(heading *goquery.Selection) {
	if heading.Closest(".toc, #toc, table").Length() > 0 {
		return
	}
	level := int(goquery.NodeName(heading)[1] - '0')
	p[level] = cellText(heading)
	clear(p[level+1:])
}

// nearest is the heading right above.
func (p headingPath) nearest() string {
	for _, heading := range slices.Backward(p[:]) {
		if heading != "" {
			return heading
		}
	}
	return ""
}

var (
	extensionWords = regexp.MustCompile(`(?i)\bextensions?\b`)
	skinWords      = regexp.MustCompile(`(?i)\bskins?\b`)
	libraryWords   = regexp.MustCompile(`(?i)\blibrar(y|ies)\b`)
)

// kindIn is the kind of item that a header or heading speaks of, "" if that is
// not one or more than one. "Extension libraries" are libraries.
func kindIn(text string) string {
	isExtension, isSkin := extensionWords.MatchString(text), skinWords.MatchString(text)
	switch {
	case isExtension == isSkin || libraryWords.MatchString(text):
		return ""
	case isSkin:
		return "skin"
	}
	return "extension"
}

// stewardTable is a table that says who looks after what.
type stewardTable struct {
	on       *wikitext.Site
	grid     htmlGrid
	headings headingPath
	kind     string // of all rows, as far as header and headings tell
	// Columns; -1 where there is none.
	component, description, steward, individual, consulted, informed int
}

// newStewardTable finds the columns; ok is false for a table without one for
// stewards.
func newStewardTable(on *wikitext.Site, table *goquery.Selection, headings headingPath) (t stewardTable, ok bool) {
	t = stewardTable{on: on, grid: newHTMLGrid(table), headings: headings}
	t.steward = t.grid.column("steward")
	if t.steward < 0 {
		return t, false
	}
	t.individual = t.grid.column("individual", "maintainer")
	if t.individual == t.steward {
		t.individual = -1
	}
	t.consulted, t.informed = t.grid.column("consulted"), t.grid.column("informed")
	t.description = t.grid.column("description")
	t.component = t.grid.column("component", "extension", "skin")
	if t.component < 0 || slices.Contains([]int{t.steward, t.individual, t.consulted, t.informed, t.description}, t.component) {
		t.component = 0
	}
	if t.component == t.steward {
		return t, false
	}
	t.kind = kindIn(t.grid.header(t.component))
	for level := len(headings) - 1; level > 0 && t.kind == ""; level-- {
		if libraryWords.MatchString(headings[level]) {
			break
		}
		t.kind = kindIn(headings[level])
	}
	return t, true
}

// components reads the rows.
func (t stewardTable) components() []Component {
	var components []Component
	for _, row := range t.grid.rows {
		name, steward := row.cell(t.component), row.cell(t.steward)
		// One cell over both columns is a caption within the table.
		if row.header() || name == nil || name == steward || cellText(name.selection) == "" {
			continue
		}
		c := Component{
			Name:        cellText(name.selection),
			Page:        firstPage(t.on, name.selection),
			Section:     t.headings.nearest(),
			Description: row.text(t.description),
			Maintainers: row.holders(t.on, t.individual, false),
			Consulted:   row.holders(t.on, t.consulted, false),
			Informed:    row.holders(t.on, t.informed, false),
		}
		c.Unassigned = steward != nil && saysUnassigned(t.on, steward.selection)
		if !c.Unassigned {
			c.Stewards = row.holders(t.on, t.steward, true)
			names := make([]string, len(c.Stewards))
			for i, h := range c.Stewards {
				names[i] = h.Name
			}
			c.Steward = strings.Join(names, ", ")
		}
		c.Kind = t.kind
		if kind, _, ok := component(c.Page); ok {
			c.Kind = strings.ToLower(kind)
		}
		components = append(components, c)
	}
	return components
}

var unassigned = regexp.MustCompile(`(?i)^unassigned\b`)

// saysUnassigned reports whether a cell says "Unassigned" and names nobody
// besides, at least not as of now.
func saysUnassigned(on *wikitext.Site, cell *goquery.Selection) bool {
	stated := namedIn(on, cell, false)
	return len(stated) == 1 && !stated[0].User && unassigned.MatchString(stated[0].Name)
}

// named leaves out what names nobody.
func named(list []Holder) []Holder {
	return slices.DeleteFunc(list, func(h Holder) bool { return !h.User && registry.IsNobody(h.Name) })
}
