// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds how gadgets are named: by their pages and by addresses that
// load them. The name of a file is not the id of a gadget; the registry knows
// which gadgets have it.

package detect

import (
	"strings"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/wikitext"
)

const gadgetPrefix = "Gadget-"

// gadgetFiles are the ends of the names of gadgets' files.
var gadgetFiles = []string{".js", ".css", ".json", ".vue"}

// gadgets returns the gadgets that a place is about: its page, and what a query
// switches on.
func gadgets(to place) []item {
	if !to.onAnyWiki() {
		return nil
	}
	var found []item
	add := func(name string) {
		for _, it := range named(Gadget, name) {
			it.wiki = to.wiki
			found = append(found, it)
		}
	}
	add(gadgetPage(to.title))
	if to.query != "" {
		if space, file := namespace(pageTitle(wikitext.DecodeTitle(to.parameter("withJS")))); space == "mediawiki" {
			add(gadgetFile(file))
		}
		add(to.parameter("gadgetname"))
	}
	return found
}

// gadgetPage returns the gadget that a page is about: a file's stem, or the id
// for a description and a help page; "" if it is about none.
func gadgetPage(title string) string {
	space, rest := namespace(title)
	switch space {
	case "mediawiki", "mediawiki talk", "help", "help talk":
	default:
		return ""
	}
	rest, _, _ = strings.Cut(rest, "/")
	if stem := gadgetFile(rest); stem != "" {
		return stem
	}
	name, ok := strings.CutPrefix(rest, gadgetPrefix)
	if !ok || strings.HasPrefix(name, ".") || strings.HasPrefix(name, "section-") { // the name of a section of Special:Gadgets
		return ""
	}
	return name
}

// gadgetFile returns the stem of a title such as Gadget-X.js, "" if it is no
// file of a gadget.
func gadgetFile(title string) string {
	name, ok := strings.CutPrefix(title, gadgetPrefix)
	if !ok {
		return ""
	}
	for _, end := range gadgetFiles {
		if stem, ok := strings.CutSuffix(name, end); ok {
			return stem
		}
	}
	return ""
}
