// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the cells of a table: what each column shows of an item. All
// text that came from elsewhere is escaped here.

package plan

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

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
	"mentions":    "Mentions (30 days)",
	"changed":     "Last change",
	"similar":     "Similar to",
	columnNotes:   "Notes ✎",
}

// kindNames are the kinds as people write them.
var kindNames = map[detect.Kind]string{
	detect.Extension:  "extension",
	detect.Skin:       "skin",
	detect.Gadget:     "gadget",
	detect.UserScript: "user script",
	detect.Tool:       "tool",
}

// verdictColours are background and text, chosen from the Codex palette with a
// contrast of at least 7:1. The word is always there, the colour never alone.
var verdictColours = map[registry.Verdict][2]string{
	registry.Owned:           {"#dff2eb", "#202122"},
	registry.IndividualOnly:  {"#eaf3ff", "#202122"},
	registry.UnconfirmedOnly: {"#fef6e7", "#202122"},
	registry.Inactive:        {"#fdf2d5", "#202122"},
	registry.InDispute:       {"#fdf2d5", "#202122"},
	registry.Unassigned:      {"#ffe9e5", "#202122"},
	registry.Unknown:         {"#eaecf0", "#202122"},
}

// mine reports whether a column's cells belong to people.
func mine(column string) bool { return column == columnSteward || column == columnNotes }

// cell returns one cell. Cells that belong to people are empty here.
func cell(in Input, e registry.Entry, opinion registry.Opinion, recent int, column string) Cell {
	switch column {
	case columnItem:
		return Cell{Text: itemLink(e.Item)}
	case "kind":
		return Cell{Text: kindNames[e.Item.Key.Kind()]}
	case "maintainers":
		return Cell{Text: holders(e.Claims)}
	case "verdict":
		c := verdictColours[opinion.Verdict]
		return Cell{Attrs: fmt.Sprintf(`style="background:%s;color:%s"`, c[0], c[1]), Text: string(opinion.Verdict)}
	case "why":
		return Cell{Text: why(in, e.Claims, opinion)}
	case "mentions":
		return Cell{Text: strconv.Itoa(recent)}
	case "changed":
		return Cell{Text: changed(e.Item)}
	case "similar":
		var links []string
		for _, item := range in.Similar[e.Item.Key] {
			links = append(links, itemLink(item))
		}
		return Cell{Text: strings.Join(links, ", ")}
	}
	return Cell{}
}

// itemLink links to the item's page, or names it.
func itemLink(item registry.Item) string {
	name := wikitext.Escape(item.Name)
	switch {
	case titleSafe(item.Page):
		return fmt.Sprintf("[[:%s|%s]]", strings.TrimPrefix(item.Page, ":"), name)
	case item.URL != "" && !strings.ContainsAny(item.URL, " []<>\"{}|"):
		return fmt.Sprintf("[%s %s]", item.URL, name)
	}
	return name
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

// why gives the reason for the verdict. Where it names a revision of a page on
// this wiki, the name is a link to it.
func why(in Input, claims []registry.Claim, opinion registry.Opinion) string {
	links := map[string]string{}
	for _, c := range claims {
		if c.Evidence.Wiki == in.Site.Wiki && c.Evidence.Revision != 0 {
			named := fmt.Sprintf("%s, revision %d", c.Evidence.Page, c.Evidence.Revision)
			links[named] = fmt.Sprintf("[[Special:PermanentLink/%d|%s]]", c.Evidence.Revision, wikitext.Escape(named))
		}
	}
	var b strings.Builder
	for rest := opinion.Ground; rest != ""; {
		at, first := len(rest), ""
		for named := range links {
			if i := strings.Index(rest, named); i >= 0 && (i < at || i == at && len(named) > len(first)) {
				at, first = i, named
			}
		}
		b.WriteString(wikitext.Escape(rest[:at]))
		b.WriteString(links[first])
		rest = rest[at+len(first):]
	}
	return b.String()
}

// changed gives the day of the item's last change, linked to it.
func changed(item registry.Item) string {
	if item.Changed.IsZero() {
		return ""
	}
	day := item.Changed.UTC().Format(time.DateOnly)
	if item.ChangedRevision == 0 {
		return day
	}
	return fmt.Sprintf("[[Special:Diff/%d|%s]]", item.ChangedRevision, day)
}
