// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the cells of a table: what each column shows of an item. All
// text that came from elsewhere is escaped here.

package plan

import (
	"fmt"
	"slices"
	"strings"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/detect"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/wikitext"
)

// The columns that have a meaning beyond their text.
const (
	columnItem    = "item"
	columnSteward = "steward"
	columnNotes   = "notes"
)

// headings are the words above the columns. A pencil marks the columns whose
// cells belong to people.
var headings = map[string]string{
	columnItem:    "Item",
	"kind":        "Kind",
	columnSteward: "Steward ✎",
	"maintainers": "Maintainers",
	"verdict":     "Verdict",
	"why":         "Why",
	"users":       "Users",
	"importers":   "Importers",
	"links":       "Links",
	"mentions":    "Mentions (30 days)",
	"wikis":       "Wikis",
	"changed":     "Last change",
	"docs":        "Documentation",
	"licence":     "Licence",
	"similar":     "Similar to",
	"replaced_by": "Replaced by",
	columnNotes:   "Notes ✎",
}

// sortTypes say how the browser sorts columns that are not sorted as text.
var sortTypes = map[string]string{
	"users": "number", "importers": "number", "links": "number", "mentions": "number", "wikis": "number", "changed": "isoDate",
}

// heading writes the header cell of a column.
func heading(column string) string {
	attrs := `scope="col"`
	if kind := sortTypes[column]; kind != "" {
		attrs += fmt.Sprintf(" data-sort-type=%q", kind)
	}
	return "! " + attrs + " | " + headings[column]
}

// kindNames are the kinds as people write them.
var kindNames = map[detect.Kind]string{
	detect.Extension:  "extension",
	detect.Skin:       "skin",
	detect.Gadget:     "gadget",
	detect.UserScript: "user script",
	detect.Tool:       "tool",
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
func cell(in Input, s subject, column string) Cell {
	switch column {
	case columnItem:
		return Cell{Text: itemLink(s.Item)}
	case "kind":
		return Cell{Text: kindNames[s.Item.Key.Kind()]}
	case "maintainers":
		return Cell{Text: holders(s.Claims)}
	case "verdict":
		return Cell{Attrs: verdictStyle(s.opinion.Verdict), Text: string(s.opinion.Verdict)}
	case "why":
		return Cell{Text: why(in, s.Claims, s.opinion)}
	case "users", "importers", "links", "mentions", "wikis":
		n, ok := s.number(column)
		return n.cell(ok)
	case "changed":
		return Cell{Text: changed(s.Item)}
	case "docs":
		return Cell{Text: address(s.Item.Details.Docs)}
	case "licence":
		return Cell{Text: wikitext.Escape(s.Item.Details.Licence)}
	case "replaced_by":
		return Cell{Text: address(s.Item.Details.ReplacedBy)}
	case "similar":
		var links []string
		for _, item := range in.Similar[s.Item.Key] {
			links = append(links, itemLink(item))
		}
		return Cell{Text: strings.Join(links, ", ")}
	}
	return Cell{}
}

// holders lists everybody that a claim names, strongest role first. A table is
// never signed, so a user link in it pings nobody.
func holders(claims []registry.Claim) string {
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
			if c.Standing != registry.Stated && c.Standing != registry.Confirmed {
				name += " (" + string(c.Standing) + ")"
			}
			if !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	return strings.Join(names, ", ")
}
