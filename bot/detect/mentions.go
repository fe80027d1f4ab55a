// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the search for mentions: the rules, and what becomes of their
// findings.

package detect

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/wikitext"
)

// rule finds references to something in a page. Names, not guesses: a rule that
// would need to know which items exist stays silent.
type rule struct {
	name string
	find func(*page) []reference
}

// rules are tried one after the other. Where two find the same item in the same
// section, the first in the text counts.
var rules = []rule{
	{"local-link", localLinks},
	{"interwiki-link", interwikiLinks},
	{"url", urls},
	{"script-call", scriptCalls},
	{"fullurl", fullURLs},
	{"link-template", linkTemplates},
	{"extension-template", extensionTemplates},
	{"literal-name", literalNames},
}

// kinds say which items a place is about.
var kinds = []func(place) []item{extensions, gadgets, userScripts, tools}

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

// item is a thing that a place is about. The wiki is "" where the kind has none.
type item struct {
	kind Kind
	name string
	wiki string
}

// page is the text of an edit, as the rules see it.
type page struct {
	wiki      string
	text      string
	doc       *wikitext.Document
	links     []wikitext.Link
	urls      []wikitext.URL
	templates []wikitext.Template
	quiet     spans // where nothing counts: citations
}

func newPage(wiki, text string) *page {
	p := &page{wiki: wiki, text: text, doc: wikitext.Parse(text)}
	p.links, p.urls, p.templates = slices.Collect(p.doc.Links()), slices.Collect(p.doc.URLs()), slices.Collect(p.doc.Templates())
	p.quiet = citations(p.doc, p.templates)
	return p
}

// Mentions returns the items that the text added by an edit names, sorted by
// Start: one mention for each kind, name, wiki and section. It knows links,
// addresses, script calls and the literal text Extension:X; it is silent about
// names that only a registry could tell from words.
func Mentions(c Change) []Mention {
	added := spans(wikitext.Added(c.Before, c.After))
	if len(added) == 0 {
		return nil
	}
	p := newPage(c.Wiki, c.After)
	var found []Mention
	for _, r := range rules {
		for _, ref := range r.find(p) {
			if !added.overlap(ref.name) || p.quiet.overlap(ref.name) {
				continue
			}
			items := ref.items
			for _, kind := range kinds {
				items = append(items, kind(ref.to)...)
			}
			for _, it := range items {
				found = append(found, Mention{Kind: it.kind, Name: it.name, Wiki: it.wiki, Rule: r.name, Start: ref.Start, End: ref.End})
			}
		}
	}
	slices.SortStableFunc(found, func(a, b Mention) int { return cmp.Compare(a.Start, b.Start) })
	return p.once(found)
}

// once keeps the first mention of each item in each section, and fills in what
// is around it.
func (p *page) once(found []Mention) []Mention {
	type key struct {
		item
		section int
	}
	var (
		kept     []Mention
		seen     = map[key]bool{}
		headings = slices.Collect(p.doc.Headings())
		section  = 0 // how many headings stand before the mention
		title    = ""
	)
	for _, m := range found {
		for section < len(headings) && headings[section].Start <= m.Start {
			section++
			title = ""
		}
		k := key{item{m.Kind, m.Name, m.Wiki}, section}
		if seen[k] {
			continue
		}
		seen[k] = true
		if title == "" && section > 0 {
			title = wikitext.Plain(headings[section-1].Title)
		}
		m.Section = title
		m.Snippet = snippet(p.text, m.Start, m.End)
		kept = append(kept, m)
	}
	return kept
}

const snippetBytes = 200

// snippet returns the line around a stretch of text, cut to snippetBytes on
// both sides of it.
func snippet(text string, start, end int) string {
	from := strings.LastIndexByte(text[:start], '\n') + 1
	to := len(text)
	if n := strings.IndexByte(text[start:], '\n'); n >= 0 {
		to = start + n
	}
	if to-from > snippetBytes {
		room := max(0, snippetBytes-(end-start))
		from = max(from, start-room/2)
		to = min(to, from+snippetBytes)
		from = max(min(from, to-snippetBytes), 0)
	}
	for from < to && !utf8.RuneStart(text[from]) {
		from++
	}
	for to > from && to < len(text) && !utf8.RuneStart(text[to]) {
		to--
	}
	return strings.TrimSpace(text[from:to])
}
