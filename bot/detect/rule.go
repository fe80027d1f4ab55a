// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the list of the rules, and what a rule is.

package detect

import (
	"slices"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/wikitext"
)

// rule is one way in which text names items. Names, not guesses: a rule that
// would need to know which items exist asks the lexicon or stays silent.
type rule struct {
	name  string
	kinds []Kind
	// doc is a sentence for people; yes and no are texts with what the rule
	// finds in them, and texts in which it finds nothing. A test keeps them
	// true, and RULES.md is made of them.
	doc     string
	yes, no []example
	// at tells which items a place is about. A rule without it finds its
	// references itself.
	at   func(p *page, to *place) []item
	find func(p *page) []reference
}

// example is a text, and what is found in it as "kind name", divided by commas,
// with the wiki of the item behind it where that is another than the text's.
type example struct {
	text, want string
	wiki       string  // of the text; "" is enwiki
	known      []Alias // what the lexicon has
}

// rules are tried one after the other. Where two find the same item in the same
// section, the first in the text counts, and of two at one place the first of
// these.
var rules = slices.Concat(extensionRules, gadgetRules, userScriptRules, toolRules, templateRules, proseRules)

// reference is a stretch of text that points somewhere.
type reference struct {
	// Start and End span all of it; name spans what decides where it points,
	// so that a new label makes no new mention.
	wikitext.Span
	name wikitext.Span
	to   place
	// items are what it is about if it is no place.
	items []item
}

// item is a thing that text is about. The wiki is "" where the kind has none.
type item struct {
	kind Kind
	name string
	wiki string
	// alias is the known name that matched, "" if the text says all.
	alias string
}
