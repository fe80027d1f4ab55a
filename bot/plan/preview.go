// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the preview: which edits would follow, told before any is made.

package plan

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/plan/messages"
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

// String writes the preview as a list in English wikitext.
func (p Preview) String() string { return inNumbers(p.tell(nil)) }

// tell writes the preview as a list in wikitext.
func (p Preview) tell(w *messages.Set) string {
	var b strings.Builder
	notices, shown, hidden := []string{}, 0, 0
	for _, e := range p.Effects {
		switch {
		case e.None():
		case e.isMessage():
			notices = append(notices, isolated(w, pageLink(e.Title)))
		case shown >= effectsShown:
			hidden++
		default:
			shown++
			fmt.Fprintf(&b, "* %s\n", e.tell(w))
		}
	}
	if len(notices) > 0 {
		fmt.Fprintf(&b, "* %s\n", w.Text("report-effect-messages", numeral(len(notices)), upTo(w, notices)))
	}
	for _, name := range p.Dropped {
		title, region := splitName(name)
		fmt.Fprintf(&b, "* %s\n", w.Text("report-effect-dropped", inRegion(w, title, region)))
	}
	if b.Len() == 0 {
		fmt.Fprintf(&b, "* %s\n", w.Text("report-effect-none"))
	}
	if n := p.Left + hidden; n > 0 {
		fmt.Fprintf(&b, "* %s\n", w.Text("report-effect-more", numeral(n)))
	}
	if len(p.Unread) > 0 {
		var unread []string
		for _, source := range p.Unread {
			unread = append(unread, sourceIn(w, source))
		}
		fmt.Fprintf(&b, "%s\n", w.Text("report-effect-unread", enumerate(w, unread)))
	}
	return b.String()
}

// isMessage reports whether the effect is a message that can be sent.
func (e Effect) isMessage() bool { return e.Region == "" && e.Scope == Notices && e.Refused == "" }

// String tells the effect in a line of English wikitext.
func (e Effect) String() string { return inNumbers(e.tell(nil)) }

// tell tells the effect in a line of wikitext.
func (e Effect) tell(w *messages.Set) string {
	page := inRegion(w, e.Title, e.Region)
	if e.Refused != "" {
		return w.Text("report-effect-refused", page, inEnglish(w, e.Refused))
	}
	var parts []string
	if e.Creates {
		parts = append(parts, w.Text("report-effect-made"))
	}
	for _, rows := range []struct {
		names []string
		how   string
	}{{e.Added, "report-effect-added"}, {e.Removed, "report-effect-removed"}, {e.Changed, "report-effect-changed"}} {
		if len(rows.names) > 0 {
			parts = append(parts, w.Text(rows.how, numeral(len(rows.names)), upTo(w, namesIn(w, rows.names))))
		}
	}
	if e.Notices > 0 {
		parts = append(parts, w.Text("report-effect-entries", numeral(e.Notices)))
	}
	if len(parts) == 0 {
		parts = append(parts, w.Text("report-effect-lines", numeral(e.Lines)))
	}
	return w.Text("report-effect", page, clauses(w, parts))
}

// inRegion names a page, and its region if that is not "".
func inRegion(w *messages.Set, title, region string) string {
	page := isolated(w, pageLink(title))
	if region == "" {
		return page
	}
	return w.Text("report-region", page, nameIn(w, region))
}

// namesIn are names as wikitext.
func namesIn(w *messages.Set, names []string) []string {
	out := make([]string, len(names))
	for i, text := range names {
		out[i] = nameIn(w, text)
	}
	return out
}

var (
	pluralCall = regexp.MustCompile(`\{\{PLURAL:([0-9]+)\|([^{}|]*)\|([^{}|]*)\}\}`)
	numberCall = regexp.MustCompile(`\{\{formatnum:([0-9]+)\}\}`)
)

// inNumbers does in an English text what a wiki does with the numbers in it, for
// readers who are on none.
func inNumbers(text string) string {
	return pluralCall.ReplaceAllStringFunc(numberCall.ReplaceAllString(text, "$1"), func(call string) string {
		m := pluralCall.FindStringSubmatch(call)
		if m[1] == "1" {
			return m[2]
		}
		return m[3]
	})
}

// pageLink links to a page, of whatever namespace, or names it where its name
// cannot be a link's.
func pageLink(title string) string {
	if !titleSafe(title) {
		return wikitext.Escape(title)
	}
	return "[[:" + title + "]]"
}
