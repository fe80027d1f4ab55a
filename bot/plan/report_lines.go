// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds what the report page says of lines of the sign-up and opt-out
// pages that cannot be used: what is wrong, and what is allowed.

package plan

import (
	"cmp"
	"slices"
	"strings"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/plan/messages"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
)

// linesShown is how many lines of a page the report shows.
const linesShown = 20

// LineTroubles says what is wrong with lines, each in a line of wikitext.
func LineTroubles(w *messages.Set, lines []registry.LineProblem) []string {
	byPage := map[string][]registry.LineProblem{}
	var pages []string
	for _, l := range lines {
		if byPage[l.Page] == nil {
			pages = append(pages, l.Page)
		}
		byPage[l.Page] = append(byPage[l.Page], l)
	}
	slices.Sort(pages)
	var out []string
	for _, page := range pages {
		all, link := byPage[page], isolated(w, pageLink(page))
		for _, l := range all[:min(len(all), linesShown)] {
			out = append(out, w.Text("consent-line", link, nameIn(w, l.Line), lineTrouble(w, l)))
		}
		if more := len(all) - linesShown; more > 0 {
			out = append(out, w.Text("consent-more", numeral(more), link))
		}
	}
	return out
}

func lineTrouble(w *messages.Set, l registry.LineProblem) string {
	about := nameIn(w, cmp.Or(l.About, l.Line))
	switch l.Why {
	case registry.NoUser:
		return w.Text("consent-no-user", code("* [[User:Name]]"))
	case registry.UnknownWord:
		var options []string
		for _, o := range registry.SignUpOptions {
			options = append(options, code(o))
		}
		return w.Text("consent-unknown-word", about, code("extension:Name")+" · "+code("gadget:Name"), strings.Join(options, " · "))
	case registry.ManyItems:
		var keys []string
		for _, k := range l.Means {
			keys = append(keys, code(string(k)))
		}
		return w.Text("consent-many-items", about, strings.Join(keys, " · "))
	case registry.UnknownWiki:
		return w.Text("consent-unknown-wiki", about, code("metawiki"))
	}
	return w.Text("consent-"+l.Why, about)
}

// code shows what is to be written, letter for letter.
func code(text string) string {
	return "<code dir=\"ltr\"><nowiki>" + strings.NewReplacer("<", "&lt;", "&", "&amp;").Replace(text) + "</nowiki></code>"
}
