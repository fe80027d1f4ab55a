// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the preview: which edits would follow, told before any is made.

package plan

import (
	"fmt"
	"slices"
	"strings"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/wikitext"
)

const (
	// namesShown is how many rows or pages a line of the preview names.
	namesShown = 8
	// effectsShown is how many pages a preview lists.
	effectsShown = 60
)

// Preview is which edits would follow from rules.
type Preview struct {
	Effects []Effect
	// Dropped are the names of regions that would not be kept up any more.
	Dropped []string
	// Left is how many pages were not looked at, since there are so many.
	Left int
	// Unread are sources that are read only once the rules are in force, so that
	// what they say is missing here.
	Unread []string
}

// Unread returns the sources that planning under the rules needs, and that were
// never read. What people write into tables, and the operator's own list, need
// not be there.
func Unread(in Input) []string {
	return slices.DeleteFunc(Needs(in.Rules), func(name string) bool {
		return name == registry.CellsSource || name == "list" || surveyed(in.View, name)
	})
}

// String writes the preview as a list in wikitext.
func (p Preview) String() string {
	var b strings.Builder
	messages, shown, hidden := []string{}, 0, 0
	for _, e := range p.Effects {
		switch {
		case e.None():
		case e.isMessage():
			messages = append(messages, pageLink(e.Title))
		case shown >= effectsShown:
			hidden++
		default:
			shown++
			fmt.Fprintf(&b, "* %s\n", e)
		}
	}
	if len(messages) > 0 {
		fmt.Fprintf(&b, "* %s: %s\n", count(len(messages), "message"), some(messages))
	}
	for _, name := range p.Dropped {
		title, region := splitName(name)
		fmt.Fprintf(&b, "* %s, region %s: a line would say that it is not kept up any more\n", pageLink(title), region)
	}
	if b.Len() == 0 {
		b.WriteString("* Nothing would change.\n")
	}
	if n := p.Left + hidden; n > 0 {
		fmt.Fprintf(&b, "* %s more are not listed here\n", count(n, "page"))
	}
	if len(p.Unread) > 0 {
		fmt.Fprintf(&b, "What these sources say is missing here, since they are read only once it is in force: %s.\n", wikitext.Escape(list(p.Unread)))
	}
	return b.String()
}

// isMessage reports whether the effect is a message that can be sent.
func (e Effect) isMessage() bool { return e.Region == "" && e.Scope == Notices && e.Refused == "" }

// String tells the effect in a line of wikitext.
func (e Effect) String() string {
	page := pageLink(e.Title)
	if e.Region != "" {
		page += ", region " + wikitext.Escape(e.Region)
	}
	if e.Refused != "" {
		return fmt.Sprintf("%s: nothing would be written: %s", page, wikitext.Escape(e.Refused))
	}
	var parts []string
	if e.Creates {
		parts = append(parts, "the page would be made")
	}
	for _, rows := range []struct {
		names []string
		how   string
	}{{e.Added, "added"}, {e.Removed, "removed"}, {e.Changed, "changed"}} {
		if len(rows.names) > 0 {
			parts = append(parts, fmt.Sprintf("%s %s (%s)", count(len(rows.names), "row"), rows.how, some(escaped(rows.names))))
		}
	}
	if e.Notices == 1 {
		parts = append(parts, "1 new entry")
	} else if e.Notices > 1 {
		parts = append(parts, fmt.Sprintf("%d new entries", e.Notices))
	}
	if len(parts) == 0 {
		parts = append(parts, count(e.Lines, "line")+" changed")
	}
	return page + ": " + strings.Join(parts, "; ")
}

// pageLink links to a page, of whatever namespace, or names it where its name
// cannot be a link's.
func pageLink(title string) string {
	if !titleSafe(title) {
		return wikitext.Escape(title)
	}
	return "[[:" + title + "]]"
}

// some lists names, wikitext each, up to a limit.
func some(names []string) string {
	if more := len(names) - namesShown; more > 0 {
		return fmt.Sprintf("%s and %d more", strings.Join(names[:namesShown], ", "), more)
	}
	return strings.Join(names, ", ")
}

func escaped(names []string) []string {
	out := make([]string, len(names))
	for i, name := range names {
		out[i] = wikitext.Escape(name)
	}
	return out
}
