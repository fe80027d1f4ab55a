// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds headings and sections.

package wikitext

import (
	"html"
	"iter"
	"sort"
	"strings"
)

// Heading is a line such as == Title ==.
type Heading struct {
	// Start and End span the line without its line break.
	Start, End int
	// Level is 1 to 6.
	Level int
	// Index is the number of the section in MediaWiki's API and in links that
	// edit it, 1 or more. Headings in the arguments of templates have numbers,
	// too, though Headings leaves them out.
	Index int
	// Title is what stands between the signs, as written, without comments
	// and outer white space.
	Title string
}

// Headings returns the headings of the page itself, in order: not those inside
// a template's arguments, a tag or a comment, which begin no section.
func (d *Document) Headings() iter.Seq[Heading] {
	return func(yield func(Heading) bool) {
		for i := 0; i < len(d.nodes); i = int(d.nodes[i].link) {
			n := &d.nodes[i]
			if n.kind == HeadingNode && !yield(d.heading(i, n)) {
				return
			}
		}
	}
}

func (d *Document) heading(i int, n *node) Heading {
	h := Heading{Start: int(n.start), End: int(n.end), Level: int(n.level), Index: int(n.inner)}
	h.Title = strings.TrimSpace(d.visible(i+1, h.Start+h.Level, int(n.innerEnd)))
	return h
}

// Section returns the plain text of the heading at or above an offset, "" before
// the first.
func (d *Document) Section(offset int) string {
	d.sectionOnce.Do(func() {
		for h := range d.Headings() {
			d.sections = append(d.sections, section{h.Start, Plain(h.Title)})
		}
	})
	i := sort.Search(len(d.sections), func(i int) bool { return d.sections[i].start > offset })
	if i == 0 {
		return ""
	}
	return d.sections[i-1].title
}

// section is what Section remembers of a heading.
type section struct {
	start int
	title string // as plain text
}

// Plain returns a line of wikitext as a reader sees it, near enough to be
// recognised: labels instead of links, no quotes, tags, comments and templates.
func Plain(s string) string {
	if !strings.ContainsAny(s, "[{<'&") {
		return strings.TrimSpace(s)
	}
	d := Parse(s)
	var cuts []Span
	for i := range d.nodes {
		switch n := &d.nodes[i]; n.kind {
		case CommentNode, TagNode, IgnoredNode, TemplateNode, ParameterNode:
			cuts = append(cuts, Span{int(n.start), int(n.end)})
		}
	}
	for l := range d.Links() {
		label := l.Start + len("[[")
		if l.HasLabel {
			label = l.End - len("]]") - len(l.Label)
		} else if strings.HasPrefix(l.Target, ":") {
			label++
		}
		cuts = append(cuts, Span{l.Start, label}, Span{l.End - len("]]"), l.End})
	}
	for u := range d.URLs() {
		if u.Bracketed && u.Label != "" {
			cuts = append(cuts, Span{u.Start - 1, u.End}, Span{u.Close - 1, u.Close})
		}
	}
	sort.Slice(cuts, func(i, k int) bool { return cuts[i].Start < cuts[k].Start })
	var b strings.Builder
	at := 0
	for _, c := range cuts {
		if c.Start > at {
			b.WriteString(s[at:c.Start])
		}
		at = max(at, c.End)
	}
	b.WriteString(s[at:])
	text := strings.NewReplacer("'''''", "", "'''", "", "''", "").Replace(b.String())
	return strings.Join(strings.Fields(html.UnescapeString(dropTags(text))), " ")
}

// dropTags removes everything that looks like an HTML tag.
func dropTags(s string) string {
	var b strings.Builder
	for {
		open := strings.IndexByte(s, '<')
		if open < 0 || open+1 == len(s) {
			break
		}
		end := strings.IndexByte(s[open:], '>')
		if end < 0 {
			break
		}
		if c := s[open+1]; c == '/' || c|0x20 >= 'a' && c|0x20 <= 'z' {
			b.WriteString(s[:open])
		} else {
			b.WriteString(s[:open+end+1])
		}
		s = s[open+end+1:]
	}
	b.WriteString(s)
	return b.String()
}
