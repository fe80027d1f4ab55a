// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds how items are named in prose, without a link: by names that
// nobody writes by accident, and by others beside a word that says what they
// are.

package detect

import (
	"cmp"
	"slices"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/wikitext"
)

// plainNames finds the names of the lexicon in prose and in labels of links.
//
// Names with capitals inside, with dashes or with digits are found wherever they
// stand alone; of several words, with a capital each, where a sentence runs on
// around them; any other only beside a cue, such as "the Math extension", or of
// several words in lower case beside a word such as "maintains". What is in
// paths, files and calls is code.
func plainNames(p *page) []reference {
	var refs []reference
	for _, n := range p.lexicon.inProse(p) {
		ref := reference{Span: n.Span, name: n.Span, items: []item{n.item()}}
		if n.against != "" {
			p.ref = ref
			p.nearly(n.Kind, n.Wiki, n.Item, n.against)
			continue
		}
		refs = append(refs, ref)
	}
	return refs
}

// plainName is a name in prose: an alias, and what speaks against it, "" for
// nothing.
type plainName struct {
	wikitext.Span
	Alias
	against string
}

// inProse returns the names in the prose that an edit added, sorted, longer ones in
// place of those inside of them.
func (l *Lexicon) inProse(p *page) []plainName {
	if l == nil || len(l.layers) == 0 {
		return nil
	}
	text := p.masked()
	var matches []match
	for i, places := range l.places(text, p.added, p.near != nil) {
		l.layers[i].search(text, places, func(m match) { matches = append(matches, m) })
	}
	if len(matches) == 0 {
		return nil
	}
	slices.SortFunc(matches, func(a, b match) int { return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(b.End, a.End)) })
	matches = slices.CompactFunc(matches, func(a, b match) bool { return a.Span == b.Span })
	prose := newProse(p, matches)
	var found []plainName
	for _, m := range matches {
		if !prose.hidden(m.Span) {
			if n := l.judge(prose, m, p.wiki); n.Item != "" {
				found = append(found, n)
			}
		}
	}
	// Names that count go before those that do not, and the first before those
	// that overlap it.
	var kept []plainName
	var taken []wikitext.Span
	for _, counts := range []bool{true, false} {
		others, end := merge(slices.Clone(taken)), 0
		for _, n := range found {
			if (n.against == "") == counts && n.Start >= end && !others.overlap(n.Span) {
				kept, taken = append(kept, n), append(taken, n.Span)
				end = n.End
			}
		}
	}
	slices.SortFunc(kept, func(a, b plainName) int { return cmp.Compare(a.Start, b.Start) })
	return kept
}

// The reasons why a name does not count.
const (
	againstShared  = "several items have this name"
	againstWord    = "an ordinary word, without a word beside it that says what it is"
	againstCase    = "not spelled as a name, and nothing beside it says that it is one"
	againstTitle   = "capitals as in a heading or a list, not in a sentence"
	againstSection = "part of a page's title"
)

// judge says which item a name in prose means, and what speaks against it. The
// item is "" if none comes near.
func (l *Lexicon) judge(p prose, m match, wiki string) plainName {
	written := p.text[m.Start:m.End]
	items := l.items(m.name, wiki)
	if len(items) == 0 {
		return plainName{}
	}
	common := isCommon(m.name)
	n := plainName{Span: m.Span, Alias: items[0].Alias}
	if !p.afterColon(m) {
		n.against = againstSection
		return n
	}
	if len(items) > 1 {
		if items = closest(p, m, items, written, common); len(items) != 1 {
			n.against = againstShared
			return n.unless(!capitalised(written))
		}
	}
	it := items[0]
	n.Alias = it.Alias
	var need evidence
	for i, f := range it.forms {
		if e := needed(written, m.name, f.Alias, f.how, common); i == 0 || e > need {
			need, n.Alias = e, f.Alias
		}
	}
	ok := need == sure ||
		need == running && p.runs(m) ||
		need >= byCue && p.cued(m, common).has(it.Kind) ||
		need >= byOwner && p.owned(m)
	switch {
	case ok:
	case need == running:
		n.against = againstTitle
	case common:
		n.against = againstWord
	default:
		n.against = againstCase
	}
	return n.unless(!ok && !capitalised(written))
}

// unless returns nothing if the name is not even nearly one.
func (n plainName) unless(nothing bool) plainName {
	if nothing {
		return plainName{}
	}
	return n
}

// meant is an item that a name may mean, and the aliases that the name is made
// of.
type meant struct {
	Alias
	forms []meaning
}

// closest returns those of several items with one name that are of the kind that
// a cue beside it says, or else those that are spelled exactly as written.
func closest(p prose, m match, items []meant, written string, common bool) []meant {
	cued := p.cued(m, common)
	if slices.ContainsFunc(items, func(it meant) bool { return cued.has(it.Kind) }) {
		return slices.DeleteFunc(items, func(it meant) bool { return !cued.has(it.Kind) })
	}
	return slices.DeleteFunc(items, func(it meant) bool { return !it.spelled(written) })
}

// spelled reports whether an item has a name exactly as written.
func (it meant) spelled(written string) bool {
	return slices.ContainsFunc(it.forms, func(f meaning) bool { return f.Name == written })
}

// mostMeanings is the number of aliases from which on a name means nothing.
const mostMeanings = 64

// items returns the items that have a name. Where some are of
// the wiki itself or of no wiki, those of other wikis are not meant.
func (l *Lexicon) items(name, wiki string) []meant {
	var items []meant
	forms := 0
	l.meanings(name, func(f meaning) {
		if f.how > joined {
			return
		}
		if forms++; forms > mostMeanings {
			return
		}
		if i := slices.IndexFunc(items, func(it meant) bool { return it.sameItem(f.Alias) }); i >= 0 {
			items[i].forms = append(items[i].forms, f)
			return
		}
		items = append(items, meant{f.Alias, []meaning{f}})
	})
	if forms > mostMeanings {
		return nil
	}
	here := func(it meant) bool { return it.Wiki == "" || it.Wiki == wiki }
	if slices.ContainsFunc(items, here) {
		items = slices.DeleteFunc(items, func(it meant) bool { return !here(it) })
	}
	return items
}
