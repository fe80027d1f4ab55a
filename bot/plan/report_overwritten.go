// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds what the report page says of people's edits that the bot has
// written over: which they were, and how to get there what people want.

package plan

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/detect"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/config"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/wikitext"
)

// overwrittenShown is how many edits of people are told of.
const overwrittenShown = 20

// reportOverwritten lists the edits, the newest first, each with what to do
// instead.
func reportOverwritten(b *strings.Builder, site Site, s Standing) {
	if len(s.Overwritten) == 0 {
		return
	}
	all := slices.Clone(s.Overwritten)
	slices.SortStableFunc(all, func(a, b Overwritten) int { return b.At.Compare(a.At) })
	b.WriteString("\n== Edits that were overwritten ==\nThe bot writes all columns but those marked ✎ anew from its sources, so these edits did not last. Whoever makes the same edit again stops the bot there.\n")
	for _, o := range all[:min(len(all), overwrittenShown)] {
		by := cmp.Or(byUser(o.User), " by a user whose name is hidden")
		what := fmt.Sprintf("row “%s” was taken out", wikitext.Escape(o.Name))
		if o.Column != "" {
			what = fmt.Sprintf("cell “%s” of the row “%s” was changed", wikitext.Escape(columnWords(o.Column)), wikitext.Escape(o.Name))
		}
		fmt.Fprintf(b, "* %s, table %s: the %s in %s%s, overwritten %s. %s\n", pageLink(o.Title), wikitext.Escape(o.Region), what, diffLink(o.Revision), by, since(o.At), o.advice(site, s.Rules))
	}
}

func diffLink(id int64) string { return fmt.Sprintf("[[Special:Diff/%d|revision %[1]d]]", id) }

// columnWords are the words above a column.
func columnWords(column string) string { return cmp.Or(headings[column], column) }

// advice says in wikitext how to get what the edit was meant for.
func (o Overwritten) advice(site Site, rules *config.Rules) string {
	key, _ := registry.KeyOfRow(o.Row)
	rulesPage := fmt.Sprintf("[[%s]]", site.ConfigPage)
	if o.Column == "" {
		return fmt.Sprintf("To leave an item out, narrow the table's <code>filter</code>, <code>kinds</code> or <code>verdicts</code>, or use <code>watch.ignore</code>, in %s; or take the item out of its source: %s.", rulesPage, sourceLinks(rules, key))
	}
	mine := "Words of people go into the columns marked ✎: who looks after an item into Steward, anything else into Notes."
	switch o.Column {
	case "verdict", "why", "maintainers":
		return fmt.Sprintf("%s What this column shows follows from the Steward cell and from %s.", mine, sourceLinks(rules, key))
	case "mentions":
		return fmt.Sprintf("%s Mentions that are none are left out with <code>watch.ignore</code> in %s.", mine, rulesPage)
	case "similar":
		return fmt.Sprintf("%s Items that have nothing in common are named in <code>similar.except</code> in %s.", mine, rulesPage)
	case "users", "importers", "links", "wikis", "changed":
		return mine + " This column is counted; what it counts is on the pages themselves."
	}
	return fmt.Sprintf("%s What this column shows comes from %s.", mine, sourceLinks(rules, key))
}

// sourceLinks links to where what is known of an item is written.
func sourceLinks(rules *config.Rules, key registry.Key) string {
	var links []string
	switch key.Kind() {
	case detect.Extension, detect.Skin:
		if rules != nil {
			for _, m := range rules.Sources.Maintainers {
				if m.Wiki == "" {
					links = append(links, pageLink(m.Page))
				} else {
					links = append(links, wikitext.Escape(m.Page+" on "+m.Wiki))
				}
			}
		}
		links = append(links, "the page of the "+string(key.Kind())+" on mediawiki.org")
	case detect.Gadget:
		links = append(links, "[[MediaWiki:Gadgets-definition]]", "the first lines and the infobox of the gadget's pages")
	case detect.UserScript:
		links = append(links, "the first lines of "+pageLink(key.Name()))
	case detect.Tool:
		links = append(links, "the tool's record in Toolhub")
	}
	if len(links) == 0 {
		return "the item's own page"
	}
	return list(links)
}
