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
	for _, n := range p.lexicon.find(p) {
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

// find returns the names in the prose that an edit added, sorted, longer ones in
// place of those inside of them.
func (l *Lexicon) find(p *page) []plainName {
	if l == nil || len(l.names) == 0 {
		return nil
	}
	stretches := l.stretches(p.masked(), p.added, p.near != nil)
	if len(stretches) == 0 {
		return nil
	}
	var found []plainName
	text := newProse(p, stretches)
	l.search(text.text, stretches, func(m match) {
		if !text.hidden(m.Span) {
			if n := l.judge(text, m, p.wiki); n.Item != "" {
				found = append(found, n)
			}
		}
	})
	byStart := func(a, b plainName) int { return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(b.End, a.End)) }
	slices.SortStableFunc(found, byStart)
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
	slices.SortFunc(kept, byStart)
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
	common := l.common[m.name]
	n := plainName{Span: m.Span, Alias: items[0].Alias}
	if !p.afterColon(m) {
		n.against = againstSection
		return n
	}
	if len(items) > 1 {
		if items = l.closest(p, m, items, written); len(items) != 1 {
			n.against = againstShared
			return n.unless(!capitalised(written))
		}
	}
	it := items[0]
	n.Alias = it.Alias
	var need evidence
	for _, f := range it.forms {
		if a := l.aliases[f.alias]; f == it.forms[0] || needed(written, l.names[m.name], a, f.how, common) > need {
			need, n.Alias = needed(written, l.names[m.name], a, f.how, common), a
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
	forms []form
}

// closest returns those of several items with one name that are of the kind that
// a cue beside it says, or else those that are spelled exactly as written.
func (l *Lexicon) closest(p prose, m match, items []meant, written string) []meant {
	cued := p.cued(m, l.common[m.name])
	if slices.ContainsFunc(items, func(it meant) bool { return cued.has(it.Kind) }) {
		return slices.DeleteFunc(items, func(it meant) bool { return !cued.has(it.Kind) })
	}
	return slices.DeleteFunc(items, func(it meant) bool { return !l.spelled(it, written) })
}

// spelled reports whether an item has a name exactly as written.
func (l *Lexicon) spelled(it meant, written string) bool {
	return slices.ContainsFunc(it.forms, func(f form) bool { return l.aliases[f.alias].Name == written })
}

// mostMeanings is the number of aliases from which on a name means nothing.
const mostMeanings = 64

// items returns the items that have a name. Where some are of
// the wiki itself or of no wiki, those of other wikis are not meant.
func (l *Lexicon) items(name int, wiki string) []meant {
	var items []meant
	if l.first[name+1]-l.first[name] > mostMeanings {
		return nil
	}
	for _, f := range l.forms[l.first[name]:l.first[name+1]] {
		a := l.aliases[f.alias]
		if i := slices.IndexFunc(items, func(it meant) bool { return it.sameItem(a) }); i >= 0 {
			items[i].forms = append(items[i].forms, f)
			continue
		}
		items = append(items, meant{a, []form{f}})
	}
	here := func(it meant) bool { return it.Wiki == "" || it.Wiki == wiki }
	if slices.ContainsFunc(items, here) {
		items = slices.DeleteFunc(items, func(it meant) bool { return !here(it) })
	}
	return items
}
