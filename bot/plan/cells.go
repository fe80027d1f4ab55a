// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the cells of a table: what each column shows of an item. All
// text that came from elsewhere is escaped here.

package plan

import (
	"fmt"
	"slices"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/plan/messages"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/wikitext"
)

// The columns that have a meaning beyond their text.
const (
	columnItem    = "item"
	columnSteward = "steward"
	columnNotes   = "notes"
)

// allColumns are those that a table can have.
var allColumns = []string{
	columnItem, "kind", columnSteward, "maintainers", "verdict", "why", "users", "importers", "links", "mentions", "wikis", "changed", "docs", "licence",
	"similar", "replaced_by", columnNotes,
}

// sortTypes say how the browser sorts columns that are not sorted as text.
var sortTypes = map[string]string{
	"users": "number", "importers": "number", "links": "number", "mentions": "number", "wikis": "number", "changed": "isoDate",
}

// heading writes the header cell of a column. Its class tells the column in
// whatever language the words are.
func heading(column, words string) string {
	attrs := fmt.Sprintf(`class="%s" scope="col"`, registry.ColumnClass(column))
	if kind := sortTypes[column]; kind != "" {
		attrs += fmt.Sprintf(" data-sort-type=%q", kind)
	}
	return "! " + attrs + " | " + words
}

// mine reports whether a column's cells belong to people.
func mine(column string) bool { return column == columnSteward || column == columnNotes }

// subject is an item as a row shows it, with what is worked out about it.
type subject struct {
	registry.Entry
	opinion registry.Opinion
	recent  int // mentions in the last 30 days
}

// cell returns one cell. Cells that belong to people are empty here.
func cell(in Input, s subject, column string, why registry.Language) Cell {
	w := in.Words
	switch column {
	case columnItem:
		return Cell{Text: isolated(w, itemLink(s.Item))}
	case "kind":
		return Cell{Text: kindIn(w, s.Item.Key.Kind())}
	case "maintainers":
		return Cell{Text: holders(w, s.Claims)}
	case "verdict":
		return Cell{Attrs: verdictStyle(s.opinion.Verdict), Text: verdictIn(w, s.opinion.Verdict)}
	case "why":
		_, phrases := registry.Reasons(s.Claims, in.View.Accounts, Limits(in.Site.Wiki, in.Rules), in.Now)
		return Cell{Text: why.Sentence(phrases)}
	case "users", "importers", "links", "mentions", "wikis":
		n, ok := s.number(column)
		return n.cell(w, ok)
	case "changed":
		if s.Item.Changed.IsZero() {
			return Cell{}
		}
		return Cell{Attrs: `style="white-space:nowrap"`, Text: isolated(w, changed(s.Item))}
	case "docs":
		return Cell{Text: isolated(w, address(s.Item.Details.Docs))}
	case "licence":
		return Cell{Text: nameIn(w, s.Item.Details.Licence)}
	case "replaced_by":
		return Cell{Text: isolated(w, address(s.Item.Details.ReplacedBy))}
	case "similar":
		var links []string
		for _, item := range in.Similar[s.Item.Key] {
			links = append(links, isolated(w, itemLink(item)))
		}
		return Cell{Text: commas(w, links)}
	}
	return Cell{}
}

// holders lists everybody that a claim names, strongest role first. A table is
// never signed, so a user link in it pings nobody.
func holders(w *messages.Set, claims []registry.Claim) string {
	var names []string
	for _, role := range []registry.Role{registry.Steward, registry.Maintainer} {
		for _, c := range claims {
			if c.Role != role || c.HolderKind == registry.Nobody {
				continue
			}
			name := wikitext.Escape(c.Holder)
			if c.HolderKind == registry.User {
				name = userLink(c.Holder)
			}
			name = isolated(w, name)
			if c.Standing != registry.Stated && c.Standing != registry.Confirmed {
				name = w.Text("words-remark", name, standingIn(w, c.Standing))
			}
			if !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	return commas(w, names)
}
