// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the search for mentions: what the rules find, and what becomes
// of it.

package detect

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/wikitext"
)

// Mentions returns the items that the text added by an edit names, sorted by
// Start: one mention for each item and section. Edits of bots, of archives and
// those that restore an earlier text add nothing.
func (d *Detector) Mentions(c Change) []Mention {
	if d.silence(c) != "" {
		return nil
	}
	added := addedBy(c)
	if len(added) == 0 {
		return nil
	}
	p := d.on(c).page(c)
	return p.once(p.search(added))
}

// addedBy returns what an edit added.
func addedBy(c Change) spans {
	switch {
	case c.Before == c.After:
		return nil
	case c.Before == "":
		return spans{{Start: 0, End: len(c.After)}}
	}
	return wikitext.Added(c.Before, c.After)
}

// candidate is a mention that is not finished.
type candidate struct {
	Mention
	item item
}

// search returns what the rules find in added text, sorted by Start. What
// something speaks against is noted as a near miss.
func (p *page) search(added spans) []candidate {
	p.added = added
	var found []candidate
	look := func(r *rule, ref reference, items []item) {
		for _, it := range items {
			if reason := p.against(ref); reason != "" {
				p.nearly(it.kind, it.wiki, it.name, reason)
				continue
			}
			m := Mention{Kind: it.kind, Name: it.name, Wiki: it.wiki, Rule: r.name, Alias: it.alias, Start: ref.Start, End: ref.End}
			found = append(found, candidate{m, it})
		}
	}
	for ref := range p.references() {
		if !p.isNew(ref.name) && p.near == nil {
			continue
		}
		p.ref = ref
		if name := auxOf(&ref.to); name != "" && p.isNew(ref.name) {
			p.aux = append(p.aux, Aux{name, ref.Start, ref.End})
		}
		for i := range rules {
			if r := &rules[i]; r.at != nil {
				p.rule = r
				look(r, ref, r.at(p, &ref.to))
			}
		}
	}
	for i := range rules {
		r := &rules[i]
		if r.find == nil {
			continue
		}
		p.rule = r
		for _, ref := range r.find(p) {
			if p.ref = ref; p.isNew(ref.name) || p.near != nil {
				look(r, ref, ref.items)
			}
		}
	}
	slices.SortStableFunc(found, func(a, b candidate) int { return cmp.Compare(a.Start, b.Start) })
	return found
}

// isNew reports whether the edit added what decides where a reference points.
func (p *page) isNew(name wikitext.Span) bool { return p.added.overlap(name) }

// once keeps the first mention of each item in each section, and fills in what
// is around it.
func (p *page) once(found []candidate) []Mention {
	if len(found) == 0 {
		return nil
	}
	type key struct {
		item
		section int
	}
	var (
		kept     []Mention
		seen     = map[key]bool{}
		headings = p.headings()
		section  = 0 // how many headings stand before the mention
		title    = ""
	)
	for _, m := range found {
		for section < len(headings) && headings[section].Start <= m.Start {
			section++
			title = ""
		}
		k := key{p.lexicon.same(m.item), section}
		if seen[k] {
			continue
		}
		if title == "" && section > 0 {
			title = wikitext.Plain(headings[section-1].Title)
		}
		m.Section = title
		m.Snippet = snippet(p.text, m.Start, m.End)
		if p.ignored(m.Mention) {
			if p.near != nil {
				p.missed(m.Mention, "on the wiki's ignore list")
			}
			continue
		}
		seen[k] = true
		m.Author = p.author(m.Start, m.End)
		m.Aux = p.auxIn(section)
		kept = append(kept, m.Mention)
	}
	return kept
}

const snippetBytes = 200

// snippet returns the line around a stretch of text, cut to snippetBytes on
// both sides of it.
func snippet(text string, start, end int) string {
	from := max(0, start-snippetBytes)
	if n := strings.LastIndexByte(text[from:start], '\n'); n >= 0 {
		from += n + 1
	}
	to := min(len(text), end+snippetBytes)
	if n := strings.IndexByte(text[start:to], '\n'); n >= 0 {
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
