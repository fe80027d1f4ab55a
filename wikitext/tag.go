// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds what begins with "<": comments, extension tags, and the tags
// that say what is transcluded.

package wikitext

import (
	"iter"
	"math"
	"strings"
)

// live are the extension tags whose contents are read as wikitext, by
// themselves. Those of all others never are.
var live = map[string]bool{"ref": true, "references": true, "poem": true, "gallery": true, "indicator": true, "imagemap": true}

const longestTag = 24

// Tag is an extension tag with its contents, such as <ref name="a">…</ref>, or
// an empty one, such as <references />.
type Tag struct {
	// Name is in lower case.
	Name string
	// Start and End span the tag with its contents.
	Start, End int
	// Attrs spans what stands between the name and ">" or "/>", Inner the
	// contents; an empty tag has an empty Inner at its end.
	Attrs, Inner Span
}

// Tags returns the closed extension tags of that name, or of every name if it
// is "", in order of Start. Which tags there are depends on the wiki; of those
// that are never read as wikitext, nowiki and pre are known everywhere.
func (d *Document) Tags(name string) iter.Seq[Tag] {
	return func(yield func(Tag) bool) {
		for i := range d.nodes {
			if n := &d.nodes[i]; n.kind == TagNode && (name == "" || d.site.tags[n.tag] == name) && !yield(d.tag(n)) {
				return
			}
		}
	}
}

func (d *Document) tag(n *node) Tag {
	t := Tag{Name: d.site.tags[n.tag], Start: int(n.start), End: int(n.end), Inner: Span{int(n.inner), int(n.innerEnd)}}
	t.Attrs = Span{t.Start + 1 + len(t.Name), t.Inner.Start - 1}
	if n.inner == n.end { // />
		t.Attrs.End--
	}
	return t
}

// Masked returns the text with spaces in place of everything that is not read
// as wikitext: comments, extension tags such as nowiki, pre and math, and what
// the readers of the page do not see because it is in includeonly. Line breaks
// and all offsets stay. A comment that is not closed runs to the end of the
// text; a tag that is not closed is plain text.
func (d *Document) Masked() string {
	d.maskOnce.Do(func() { d.masked = d.mask() })
	return d.masked
}

func (d *Document) mask() string {
	var b []byte
	done := 0
	for i := range d.nodes {
		start, end, ok := d.opaque(&d.nodes[i])
		if !ok || end <= done {
			continue
		}
		if b == nil {
			b = []byte(d.src)
		}
		for i := max(start, done); i < end; i++ {
			if b[i] != '\n' {
				b[i] = ' '
			}
		}
		done = end
	}
	if b == nil {
		return d.src
	}
	return string(b)
}

// opaque returns what of a node is not read as wikitext.
func (d *Document) opaque(n *node) (start, end int, ok bool) {
	switch n.kind {
	case CommentNode:
		return int(n.inner), int(n.innerEnd), true
	case IgnoredNode:
		return int(n.start), int(n.end), true
	case TagNode:
		return int(n.start), int(n.end), !d.site.live[n.tag]
	}
	return 0, 0, false
}

// angle handles a "<".
func (s *scanner) angle() {
	rest := s.src[s.i+1 : s.limit]
	if s.only && strings.HasPrefix(rest, "/onlyinclude>") {
		s.onlyInclude()
		return
	}
	if strings.HasPrefix(rest, "!--") {
		s.comment()
		return
	}
	var buffer [longestTag]byte
	name, closing := tagName(rest, &buffer)
	s.i++
	s.seen = s.i
	if len(name) == 0 {
		return
	}
	inclusion := inclusionTag(name)
	index, known := s.site.tagIndex[string(name)]
	if !known && inclusion == 0 || known && closing {
		if isHTML[string(name)] {
			s.htmlTag()
		}
		return
	}
	gt := s.find.angle(s.i + len(name)) // the first ">" ends the tag, even in quotes
	if gt < 0 || gt >= s.limit {
		return
	}
	start := s.i - 1
	open := gt + 1
	dropped := false
	if inclusion != 0 {
		if inclusion == includeOnly == s.transcluded || inclusion == onlyInclude { // only the tag goes
			if inclusion == onlyInclude && s.transcluded { // which is no tag there
				return
			}
			s.leaf(node{kind: IgnoredNode, start: int32(start), end: int32(open)})
			return
		}
		if closing {
			return
		}
		dropped = true
	}
	at, end := open, open
	if s.src[gt-1] != '/' {
		if dropped {
			at, end = s.find.dropped(string(name), open)
		} else {
			at, end = s.find.tag(int(index), string(name), open)
		}
		switch {
		case (at < 0 || end > s.limit) && dropped:
			at, end = s.limit, s.limit
		case at < 0 || end > s.limit:
			s.literalLinks(open)
			return
		}
	}
	switch {
	case dropped:
		s.leaf(node{kind: IgnoredNode, start: int32(start), end: int32(end)})
	case !s.site.live[index] || at == end:
		s.leaf(node{kind: TagNode, tag: index, start: int32(start), end: int32(end), inner: int32(open), innerEnd: int32(at)})
	default:
		s.push(piece{open: '<', tag: index, start: int32(start), visualEnd: int32(at), commentEnd: int32(end), nameEnd: int32(s.limit),
			count: int32(s.base)}, open)
		s.top().argument = int32(s.tag)
		s.tag = len(s.stack) - 1
		s.tags++
		s.i, s.seen, s.limit, s.base = open, open, at, open
	}
}

// leaf adds a node that holds no others and goes behind it.
func (s *scanner) leaf(n node) {
	n.link = int32(len(s.nodes))
	s.nodes = append(s.nodes, n)
	s.i, s.seen = int(n.end), int(n.end)
}

// closeTag leaves the innermost tag; what was opened inside of it and not
// closed was plain text.
func (s *scanner) closeTag() {
	for s.top().open != '<' {
		s.abandon()
	}
	p := s.pop()
	s.tags--
	s.tag = int(p.argument)
	s.nodes = append(s.nodes, node{kind: TagNode, tag: p.tag, start: p.start, end: p.commentEnd, inner: p.part, innerEnd: p.visualEnd, link: p.first})
	s.i, s.seen, s.limit, s.base = int(p.commentEnd), int(p.commentEnd), int(p.nameEnd), int(p.count)
}

// comment handles a "<!--". Comments that fill a line take its line break with
// them, so that a heading may follow at once.
func (s *scanner) comment() {
	start := s.i
	end, closed := s.commentEnd(start)
	if !closed {
		s.leaf(node{kind: CommentNode, start: int32(start), end: int32(end), inner: int32(start), innerEnd: int32(end)})
		return
	}
	blanks := trimBlanksLeft(s.src, s.base, start)
	if blanks > s.base && s.src[blanks-1] == '\n' {
		if s.commentLines(blanks) {
			s.lineStart()
			return
		}
	}
	s.visibleBefore(blanks, end)
	s.leaf(node{kind: CommentNode, start: int32(start), end: int32(end), inner: int32(start), innerEnd: int32(end)})
}

// commentEnd returns where the comment at i ends.
func (s *scanner) commentEnd(i int) (end int, closed bool) {
	if n := strings.Index(s.src[min(i+4, s.limit):s.limit], "-->"); n >= 0 {
		return i + 4 + n + 3, true
	}
	return s.limit, false
}

// commentLines adds the comments of a line if nothing else stands on it. The
// line begins with the blanks at start.
func (s *scanner) commentLines(start int) bool {
	first := len(s.nodes)
	i := s.i
	for {
		end, closed := s.commentEnd(i)
		if !closed {
			break
		}
		after := end
		for after < s.limit && (s.src[after] == ' ' || s.src[after] == '\t') {
			after++
		}
		s.nodes = append(s.nodes, node{kind: CommentNode, start: int32(start), end: int32(after), inner: int32(i), innerEnd: int32(end), link: int32(len(s.nodes))})
		if after < s.limit && s.src[after] == '\n' {
			s.nodes[len(s.nodes)-1].end++
			s.visibleBefore(start, after+1)
			s.i, s.seen = after+1, after+1
			return true
		}
		if !strings.HasPrefix(s.src[after:s.limit], "<!--") {
			break
		}
		start, i = after, after
	}
	s.nodes = s.nodes[:first]
	return false
}

// visibleBefore remembers in a heading what stands before a comment: signs that
// end the heading may.
func (s *scanner) visibleBefore(blanks, end int) {
	top := s.top()
	if top == nil || top.open != '=' {
		return
	}
	if int(top.commentEnd) != blanks {
		top.visualEnd = int32(blanks)
	}
	top.commentEnd = int32(end)
}

// Tags that say what is transcluded.
const (
	includeOnly = 1 + iota
	noInclude
	onlyInclude
)

func inclusionTag(name []byte) int {
	switch string(name) {
	case "includeonly":
		return includeOnly
	case "noinclude":
		return noInclude
	case "onlyinclude":
		return onlyInclude
	}
	return 0
}

// onlyInclude leaves out everything up to the next onlyinclude, if a page that
// transcludes the text gets no more than what stands in those.
func (s *scanner) onlyInclude() {
	const open = "<onlyinclude>"
	if !s.only {
		s.only = s.transcluded && strings.Contains(s.src, open) && strings.Contains(s.src, "</onlyinclude>")
		if !s.only {
			return
		}
	}
	end := s.limit
	if n := strings.Index(s.src[s.i:s.limit], open); n >= 0 {
		end = s.i + n + len(open)
	}
	if end > s.i {
		s.leaf(node{kind: IgnoredNode, start: int32(s.i), end: int32(end)})
	}
}

// htmlTag takes note of the attributes of an HTML tag, in which nothing is a
// link. The present place is behind its "<".
func (s *scanner) htmlTag() {
	gt := s.find.angle(s.i)
	if gt >= 0 && gt < s.limit && strings.IndexByte(s.src[s.i:gt], '<') < 0 {
		s.attrs = gt
	}
}

// tagName returns the lower-case name of the tag whose "<" stands before s, and
// whether it is a closing one. It is empty if there is none.
func tagName(s string, buffer *[longestTag]byte) (name []byte, closing bool) {
	if s != "" && s[0] == '/' {
		s, closing = s[1:], true
	}
	n := 0
	for n < len(s) && n < longestTag {
		c := s[n]
		if c >= 'A' && c <= 'Z' {
			c |= 0x20
		} else if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' && c != '_' {
			break
		}
		buffer[n] = c
		n++
	}
	if n == 0 || n == len(s) {
		return nil, false
	}
	switch c := s[n]; {
	case c == '>', isBlank(c), c == '/' && n+1 < len(s) && s[n+1] == '>':
		return buffer[:n], closing
	}
	return nil, false
}

// isBlank reports whether c is white space to PCRE.
func isBlank(c byte) bool { return c == ' ' || c >= '\t' && c <= '\r' }

// index makes the tables that the scan reads.
func (s *Site) index() {
	s.schemes = map[string]string{}
	for _, p := range s.protocols {
		if name, slashes, ok := strings.Cut(p, ":"); ok {
			s.schemes[name] = slashes
		}
	}
	s.tagIndex, s.live = make(map[string]uint16, len(s.tags)), make([]bool, len(s.tags))
	for i, name := range s.tags {
		if len(name) <= longestTag && i < math.MaxUint16 {
			s.tagIndex[name], s.live[i] = uint16(i), live[name]
		}
	}
}
