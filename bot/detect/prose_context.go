// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds what is around a name in prose: the words before and after
// it, through the marks of links, quotes and bold text, and the sentence.

package detect

import (
	"slices"
	"sort"
	"strings"
	"unicode/utf8"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/wikitext"
)

// prose is the text of a page as the rule for plain names reads it.
type prose struct {
	text string
	// marks are what readers do not see or do not read as words: targets of
	// links, addresses, names of templates and of their arguments.
	marks spans
}

// newProse reads the text near what may be names; elsewhere it has no marks.
func newProse(p *page, matches []match) prose {
	near := make(spans, len(matches))
	for i, s := range matches {
		near[i] = wikitext.Span{Start: s.Start - window, End: s.End + window}
	}
	near = merge(near)
	var marks []wikitext.Span
	mark := func(start, end int) {
		if s := (wikitext.Span{Start: start, End: end}); start < end && near.overlap(s) {
			marks = append(marks, s)
		}
	}
	for _, l := range p.links {
		switch {
		case !near.overlap(wikitext.Span{Start: l.Start, End: l.End}):
		case l.HasLabel && !leadsToUser(l):
			mark(l.Start, l.End-len("]]")-len(l.Label))
		default:
			mark(l.Start, l.End)
		}
	}
	if slices.ContainsFunc(near, func(s wikitext.Span) bool {
		return strings.Contains(p.text[max(0, s.Start-longestTarget):min(len(p.text), s.End)], "//")
	}) {
		for _, u := range p.urls() {
			mark(u.Start, u.End)
		}
	}
	for _, t := range p.templates() {
		if !near.overlap(wikitext.Span{Start: t.Start, End: t.End}) {
			continue
		}
		mark(t.Start, min(t.Start+len("{{")+len(t.Name), t.End))
		for a := range t.Args() {
			if len(a.Value) > longestParameter || strings.ContainsAny(strings.TrimSpace(a.Value), " \n") {
				mark(a.Start, a.ValueStart)
			} else { // a parameter, not a sentence
				mark(a.Start, a.End)
			}
		}
	}
	return prose{p.masked(), merge(marks)}
}

// longestParameter is the number of bytes above which the argument of a template
// is text.
const longestParameter = 255

// leadsToUser reports whether a link has a person's name as label: it leads to a
// user's page or talk page, or to a special page about somebody.
func leadsToUser(l wikitext.Link) bool {
	title, err := l.Title()
	if err != nil {
		return false
	}
	name := title.Name
	if title.Interwiki != "" {
		space, rest, _ := strings.Cut(strings.ToLower(name), ":")
		if strings.Contains(rest, ":") { // w:en:User:X
			space, rest, _ = strings.Cut(rest, ":")
		}
		return space == "user" && !strings.Contains(rest, "/") || space == "user talk"
	}
	switch title.Namespace {
	case userNamespace:
		return !strings.Contains(name, "/")
	case userNamespace + 1:
		return true
	case specialNamespace:
		return strings.Contains(name, "/")
	}
	return false
}

// hidden reports whether a name is not read as words.
func (p prose) hidden(s wikitext.Span) bool { return p.marks.overlap(s) || inTag(p.text, s.Start) }

// neighbour is the word before or after something on its line.
type neighbour struct {
	wikitext.Span
	// word is as written, "" if there is none on the line.
	word string
	// gap holds the signs between, without those that only mark links, quotes
	// and bold text, and without spaces.
	gap string
}

// adjacent reports whether there is a word with nothing but spaces between.
func (n neighbour) adjacent() bool { return n.word != "" && n.gap == "" }

// lower is the word in lower case.
func (n neighbour) lower() string { return strings.ToLower(n.word) }

// unseen are signs that do not divide words in meaning.
const unseen = " \t'\"[]*`“”„«»‹›‘’「」『』《》\u00a0\u200c\u200d\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"

// nonBreaking is a space, too.
const nonBreaking = "&nbsp;"

// widestGap bounds the signs between two words, in bytes.
const widestGap = 32

// after returns the word after an offset.
func (p prose) after(i int) neighbour {
	var gap []byte
	for seen := 0; i < len(p.text) && seen < widestGap; seen++ {
		if end := p.marks.endOf(i); end > i {
			i = end
			continue
		}
		c, n := utf8.DecodeRuneInString(p.text[i:])
		if c == '\n' {
			break
		}
		if is := scriptOf(c); is != noScript && is != anyScript {
			words := wordScan{text: p.text[:min(len(p.text), i+window)], at: i}
			words.next()
			return neighbour{wikitext.Span{Start: i, End: words.end}, p.text[i:words.end], string(gap)}
		}
		if c == '&' && strings.HasPrefix(p.text[i:], nonBreaking) {
			i += len(nonBreaking)
			continue
		}
		if c == '<' { // a tag such as b or i
			if n := strings.IndexByte(p.text[i:min(len(p.text), i+widestGap)], '>'); n > 0 {
				i += n + 1
				continue
			}
		}
		if !strings.ContainsRune(unseen, c) {
			gap = append(gap, p.text[i:i+n]...)
		}
		i += n
	}
	return neighbour{Span: wikitext.Span{Start: i, End: i}, gap: string(gap)}
}

// before returns the word before an offset.
func (p prose) before(i int) neighbour {
	var gap []byte
	for seen := 0; i > 0 && seen < widestGap; seen++ {
		if start := p.marks.startOf(i); start < i {
			i = start
			continue
		}
		c, n := utf8.DecodeLastRuneInString(p.text[:i])
		if c == '\n' {
			break
		}
		if is := scriptOf(c); is != noScript {
			start := i - n
			for start > max(0, i-window) {
				c, n := utf8.DecodeLastRuneInString(p.text[:start])
				if in := scriptOf(c); in != is && in != anyScript && is != anyScript || in == noScript {
					break
				}
				start -= n
			}
			return neighbour{wikitext.Span{Start: start, End: i}, p.text[start:i], string(gap)}
		}
		if c == ';' && strings.HasSuffix(p.text[:i], nonBreaking) {
			i -= len(nonBreaking)
			continue
		}
		if c == '>' {
			if n := strings.LastIndexByte(p.text[max(0, i-widestGap):i], '<'); n >= 0 {
				i = max(0, i-widestGap) + n
				continue
			}
		}
		if !strings.ContainsRune(unseen, c) {
			gap = append(gap, p.text[i-n:i]...)
		}
		i -= n
	}
	return neighbour{Span: wikitext.Span{Start: i, End: i}, gap: string(gap)}
}

// endOf returns the end of the span that an offset is in, or the offset.
func (ss spans) endOf(i int) int {
	k := sort.Search(len(ss), func(k int) bool { return ss[k].End > i })
	if k < len(ss) && ss[k].Start <= i {
		return ss[k].End
	}
	return i
}

// startOf returns the start of the span that the byte before an offset is in, or
// the offset.
func (ss spans) startOf(i int) int {
	k := sort.Search(len(ss), func(k int) bool { return ss[k].End >= i })
	if k < len(ss) && ss[k].Start < i {
		return ss[k].Start
	}
	return i
}

// dividers end a sentence or begin another thought.
const dividers = "|.!?;:…。！？；：,，、()（）/&+=#–—"

// beginsSentence reports whether the word after a neighbour is the first of a
// sentence, a line or a thought, where a capital says nothing.
func (n neighbour) beginsSentence() bool {
	return n.word == "" || strings.ContainsAny(n.gap, dividers)
}
