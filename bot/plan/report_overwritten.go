// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds what the report page says of people's edits that the bot has
// written over: which they were, and how to get there what people want.

package plan

import (
	"fmt"
	"slices"
	"strings"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/detect"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/plan/messages"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/config"
)

// overwrittenShown is how many edits of people are told of.
const overwrittenShown = 20

// reportOverwritten lists the edits, the newest first, each with what to do
// instead.
func reportOverwritten(b *strings.Builder, site Site, s Standing) {
	if len(s.Overwritten) == 0 {
		return
	}
	w := s.Words
	all := slices.Clone(s.Overwritten)
	slices.SortStableFunc(all, func(a, b Overwritten) int { return b.At.Compare(a.At) })
	reportSection(b, w.Text("report-overwritten"), w.Text("report-overwritten-why"))
	for _, o := range all[:min(len(all), overwrittenShown)] {
		who := w.Text("report-hidden-user")
		if o.User != "" {
			who = isolated(w, userLink(o.User))
		}
		place := w.Text("report-table", isolated(w, pageLink(o.Title)), nameIn(w, o.Region))
		what := w.Text("report-row-removed", place, nameIn(w, o.Name), diffLink(w, o.Revision), who, momentIn(w, o.At))
		if o.Column != "" {
			what = w.Text("report-cell-changed", place, nameIn(w, o.Name), diffLink(w, o.Revision), who, momentIn(w, o.At), headingIn(w, o.Column))
		}
		fmt.Fprintf(b, "* %s %s\n", what, o.advice(w, site, s.Rules))
	}
}

// headingIn are the words above a column.
func headingIn(w *messages.Set, column string) string {
	if slices.Contains(allColumns, column) {
		return columnIn(w, column)
	}
	return nameIn(w, column)
}

// advice says in wikitext how to get what the edit was meant for.
func (o Overwritten) advice(w *messages.Set, site Site, rules *config.Rules) string {
	key, _ := registry.KeyOfRow(o.Row)
	page, links := ownPage(w, site.ConfigPage), sourceLinks(w, rules, key)
	if o.Column == "" {
		return w.Text("report-advice-row", page, links)
	}
	mine := w.Text("report-advice-cell", columnIn(w, columnSteward), columnIn(w, columnNotes))
	switch o.Column {
	case "verdict", "why", "maintainers":
		return mine + " " + w.Text("report-advice-verdict", columnIn(w, columnSteward), links)
	case "mentions":
		return mine + " " + w.Text("report-advice-mentions", page)
	case "similar":
		return mine + " " + w.Text("report-advice-similar", page)
	case "users", "importers", "links", "wikis", "changed":
		return mine + " " + w.Text("report-advice-counts")
	}
	return mine + " " + w.Text("report-advice-source", links)
}

// sourceLinks links to where what is known of an item is written.
func sourceLinks(w *messages.Set, rules *config.Rules, key registry.Key) string {
	var links []string
	switch key.Kind() {
	case detect.Extension, detect.Skin:
		if rules != nil {
			for _, m := range rules.Sources.Maintainers {
				if m.Wiki == "" {
					links = append(links, isolated(w, pageLink(m.Page)))
				} else {
					links = append(links, w.Text("words-why-on-wiki", nameIn(w, m.Page), nameIn(w, m.Wiki)))
				}
			}
		}
		links = append(links, w.Text("report-at-"+string(key.Kind())))
	case detect.Gadget:
		links = append(links, isolated(w, "[[MediaWiki:Gadgets-definition]]"), w.Text("report-at-gadget"))
	case detect.UserScript:
		links = append(links, w.Text("report-at-script", isolated(w, pageLink(key.Name()))))
	case detect.Tool:
		links = append(links, w.Text("report-at-tool"))
	default:
		return w.Text("report-at-page")
	}
	return enumerate(w, links)
}
