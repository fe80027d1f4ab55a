// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds comments and extension tags: what begins with "<".

package wikitext

import "strings"

// opaqueTags hold text that MediaWiki never reads as wikitext.
var opaqueTags = map[string]bool{
	"nowiki": true, "pre": true, "source": true, "syntaxhighlight": true,
	"templatedata": true, "math": true,
	// The contents of these are read later, by themselves.
	"ref": false, "references": false, "poem": false, "gallery": false,
	"indicator": false, "imagemap": false,
}

const longestTag = len("syntaxhighlight")

// Tag is an extension tag with its contents, such as <ref>…</ref>.
type Tag struct {
	// Name is in lower case.
	Name string
	// Start and End span the tag with its contents.
	Start, End int
}

// Tags returns the closed extension tags of that name, in order. Known are
// those whose contents MediaWiki reads apart from the text around them.
func (d *Document) Tags(name string) []Tag {
	var tags []Tag
	for _, n := range d.nodes {
		if n.kind == tagNode && n.tag == name {
			tags = append(tags, Tag{Name: name, Start: n.start, End: n.end})
		}
	}
	return tags
}

// Masked returns the text with spaces in place of everything that is not read
// as wikitext: comments, nowiki, pre, source, syntaxhighlight, templatedata and
// math. Line breaks and all offsets stay. A comment that is not closed runs to
// the end of the text; a tag that is not closed is plain text.
func (d *Document) Masked() string { return d.masked() }

func (d *Document) mask() string {
	var b []byte
	done := 0
	for _, n := range d.nodes {
		if n.kind != commentNode && (n.kind != tagNode || !opaqueTags[n.tag]) {
			continue
		}
		if b == nil {
			b = []byte(d.src)
		}
		for i := max(n.start, done); i < n.end; i++ {
			if b[i] != '\n' {
				b[i] = ' '
			}
		}
		done = max(done, n.end)
	}
	if b == nil {
		return d.src
	}
	return string(b)
}

// angle handles a "<".
func (s *scanner) angle() {
	if strings.HasPrefix(s.src[s.i:s.limit], "<!--") {
		s.comment()
		return
	}
	name := tagName(s.src[s.i+1 : s.limit])
	opaque, known := opaqueTags[name]
	if !known {
		s.i++
		return
	}
	open := s.find.angle(s.i) // the first ">" ends the tag, even in quotes
	if open < 0 || open >= s.limit {
		s.i++
		return
	}
	start, inner := s.i, open+1
	if s.src[open-1] == '/' {
		s.nodes = append(s.nodes, node{kind: tagNode, tag: name, start: start, end: inner, inner: inner, innerEnd: inner})
		s.i = inner
		return
	}
	at, end := s.find.tag(name, inner)
	if at < 0 || end > s.limit {
		s.i = inner
		return
	}
	s.nodes = append(s.nodes, node{kind: tagNode, tag: name, start: start, end: end, inner: inner, innerEnd: at})
	if opaque {
		s.i = end
		return
	}
	s.push(piece{open: '<', start: start, innerEnd: at, end: end, limit: s.limit}, inner)
	s.tags++
	s.i, s.limit = inner, at
}

// closeTag leaves the innermost tag; what was opened inside of it and not
// closed was plain text.
func (s *scanner) closeTag() {
	for {
		if p := s.pop(); p.open == '<' {
			s.tags--
			s.i, s.limit = p.end, p.limit
			return
		}
	}
}

// comment handles a "<!--". Comments that fill a line take its line break with
// them, so that a heading may follow at once.
func (s *scanner) comment() {
	start, end, closed := s.i, s.limit, false
	if n := strings.Index(s.src[start+4:s.limit], "-->"); n >= 0 {
		end, closed = start+4+n+3, true
	}
	s.nodes = append(s.nodes, node{kind: commentNode, start: start, end: end, inner: start, innerEnd: end})
	s.i = end
	if !closed {
		return
	}
	visible := trimBlanksLeft(s.src, 0, start)
	if top := s.top(); top != nil && top.open == '=' {
		if top.commentEnd != visible {
			top.visualEnd = visible
		}
		top.commentEnd = end
	}
	if visible == 0 || s.src[visible-1] != '\n' && visible != s.lineComment {
		return
	}
	s.lineComment = end
	next := end
	for next < s.limit && (s.src[next] == ' ' || s.src[next] == '\t') {
		next++
	}
	if next < s.limit && s.src[next] == '\n' {
		s.i = next + 1
		s.lineStart()
	}
}

// tagName returns the lower-case name of the tag whose "<" stands before s, ""
// if there is none.
func tagName(s string) string {
	n := 0
	for n < len(s) && n <= longestTag && (s[n]|0x20 >= 'a' && s[n]|0x20 <= 'z') {
		n++
	}
	if n == 0 || n == len(s) || n > longestTag {
		return ""
	}
	switch c := s[n]; {
	case c == '>', c == ' ', c == '\t', c == '\n', c == '\r', c == '\f', strings.HasPrefix(s[n:], "/>"):
		return strings.ToLower(s[:n])
	}
	return ""
}

// closers finds closing signs and remembers them, so that many opening signs
// in front of the same closing one, or of none, cost one search.
type closers struct {
	src  string
	gt   int // the last ">" found, -1 when there are no more
	tags map[string]closer
}

type closer struct{ at, end int }

// angle returns the offset of the first ">" after i, -1 if there is none.
func (c *closers) angle(i int) int {
	if c.gt >= 0 && c.gt <= i {
		if n := strings.IndexByte(c.src[i:], '>'); n >= 0 {
			c.gt = i + n
		} else {
			c.gt = -1
		}
	}
	return c.gt
}

// tag returns the span of the first closing tag at or after i, -1 if there is
// none.
func (c *closers) tag(name string, i int) (at, end int) {
	last, ok := c.tags[name]
	if ok && (last.at < 0 || last.at >= i) {
		return last.at, last.end
	}
	if c.tags == nil {
		c.tags = map[string]closer{}
	}
	last = closer{-1, -1}
	for i < len(c.src) {
		n := strings.Index(c.src[i:], "</")
		if n < 0 {
			break
		}
		i += n + 2
		if len(c.src)-i < len(name) || !strings.EqualFold(c.src[i:i+len(name)], name) {
			continue
		}
		end := i + len(name)
		for end < len(c.src) && strings.IndexByte(" \t\r\n\f\v", c.src[end]) >= 0 {
			end++
		}
		if end < len(c.src) && c.src[end] == '>' {
			last = closer{i - 2, end + 1}
			break
		}
	}
	c.tags[name] = last
	return last.at, last.end
}
