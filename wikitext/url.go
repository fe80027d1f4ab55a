// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds external links.

package wikitext

import (
	"iter"
	"sort"
	"strings"
	"unicode"
	"unicode/utf8"
)

// URL is an external link.
type URL struct {
	// Start and End span the address alone, without brackets and label.
	Start, End int
	// Target is the address as written, but for comments in it; in brackets it
	// may begin with "//".
	Target string
	// Label is the text after the address in brackets, "" without one.
	Label string
	// Bracketed tells [https://example.org x] from a bare address.
	Bracketed bool
	// Close is the offset behind the closing bracket, End without brackets.
	Close int
}

// URLs returns the external links in order of Start: [address label], bare
// addresses, and [//host label]. A bare address does not end in punctuation. An
// address goes on over templates inside of it and ends with the argument of the
// template that it stands in. In an internal link's label there are none, in
// the caption of a file only those in brackets.
func (d *Document) URLs() iter.Seq[URL] {
	return func(yield func(URL) bool) {
		u := urlScan{d: d, src: d.src, yield: yield}
		u.texts = append(u.texts, text{end: len(d.src)})
		u.read()
	}
}

// text is a stretch that an address cannot leave: an argument, a template's
// name, the contents of a tag, a heading's title, or the page.
type text struct {
	start, end int
	file       bool // the parameters of a file
	hidden     int  // only addresses in brackets are links before here
	gallery    bool // text that is wikitext only behind the first pipe of a line
	// closing is the first place at or after the last question that ends a
	// label, 0 before the first question.
	closing int
}

type urlScan struct {
	d    *Document
	src  string
	i    int
	next int // the next node
	last int // the end of the last address
	// In the last line of a gallery no pipe stands before.
	unpiped int
	line    int // the last line break that was found, and how far it was looked
	until   int
	tables  []Span // nil before anybody asked
	attrs   []Span // of tables, behind the present place
	texts   []text
	yield   func(URL) bool
}

// inURL is what a scan for addresses has to look at.
var inURL = [256]bool{':': true, '[': true, '<': true}

func (u *urlScan) read() {
	for u.i < len(u.src) {
		for len(u.texts) > 1 && u.i >= u.texts[len(u.texts)-1].end {
			u.texts = u.texts[:len(u.texts)-1]
		}
		stop := u.texts[len(u.texts)-1].end
		if u.next < len(u.d.nodes) {
			stop = min(stop, int(u.d.nodes[u.next].start))
		}
		part := u.src[:max(stop, u.i)]
		for u.i < len(part) && !inURL[part[u.i]] {
			u.i++
		}
		if u.i < len(part) {
			if !u.sign() {
				return
			}
			continue
		}
		if u.next < len(u.d.nodes) && u.i >= int(u.d.nodes[u.next].start) {
			u.enter()
		}
	}
}

// enter goes into the next node or behind it.
func (u *urlScan) enter() {
	n := &u.d.nodes[u.next]
	end := int(n.end)
	switch n.kind {
	case LinkNode: // lower-case letters behind it are part of it
		for trails := true; trails && end < len(u.src) && u.src[end] >= 'a' && u.src[end] <= 'z'; end++ {
			if trails = end > int(n.end) || u.trails(u.next); !trails {
				break
			}
		}
		u.i, u.last = max(u.i, end), max(u.i, end)
		u.passTo(end)
		return
	case HeadingNode:
		u.texts = append(u.texts, text{start: u.i, end: int(n.innerEnd)})
	case TemplateNode, ParameterNode:
		u.texts = append(u.texts, text{start: int(n.inner), end: int(n.innerEnd)})
	case ArgumentNode:
		u.i = max(u.i, int(n.start))
		u.texts = append(u.texts, text{start: u.i, end: end})
	case FileNode:
		u.i = max(u.i, int(n.innerEnd))
		u.texts = append(u.texts, text{start: u.i, end: end, file: true, hidden: u.caption(n)})
	case openNode:
	case TagNode:
		if u.d.site.live[n.tag] {
			u.i = max(u.i, int(n.inner))
			u.texts = append(u.texts, text{start: u.i, end: int(n.innerEnd), gallery: u.d.site.tags[n.tag] == "gallery"})
			break
		}
		fallthrough
	default:
		u.i = max(u.i, end)
		u.passTo(end)
		return
	}
	u.next++
}

// passTo goes on to the next node that begins at or after a place.
func (u *urlScan) passTo(end int) {
	for u.next++; u.next < len(u.d.nodes) && int(u.d.nodes[u.next].start) < end; u.next++ {
	}
}

// sign looks at a sign that may belong to an address. It is false when nobody
// wants any more.
func (u *urlScan) sign() bool {
	start := u.i
	u.i++
	switch u.src[start] {
	case '<':
		if end := u.htmlTag(start); end > 0 {
			u.i = end
			for u.next < len(u.d.nodes) && int(u.d.nodes[u.next].start) < end {
				u.next++
			}
		}
	case '[':
		if n := u.d.site.protocol(u.src[start+1:]); n > 0 {
			return u.bracketed(start+1, start+1+n)
		}
	case ':':
		if start < u.texts[len(u.texts)-1].hidden {
			break
		}
		if from, after := u.protocolBefore(start); from >= 0 {
			return u.bare(from, after)
		}
	}
	return true
}

// protocolBefore returns where the protocol begins whose colon is at i, and
// where it ends, -1 if there is none.
func (u *urlScan) protocolBefore(i int) (start, end int) {
	start = i
	first := max(u.last, u.texts[len(u.texts)-1].start)
	for start > first && isWord(u.src[start-1]) {
		if i-start == longestProtocol+longestSwitch {
			return -1, -1
		}
		start--
	}
	before := start
	if p := strings.LastIndex(u.src[start:i], "__"); p > 0 { // a switch is gone before addresses are read
		if q := strings.LastIndex(u.src[start:start+p], "__"); q >= 0 && u.d.site.switchAt(u.src[start+q:], "__") == p+2-q {
			before, start = start+q, start+p+2
		}
	}
	n := u.d.site.scheme(u.src[start:], i-start)
	if n == 0 {
		return -1, -1
	}
	for k := u.next - 1; k >= 0 && int(u.d.nodes[k].end) == before && before > first; k-- {
		if kind := u.d.nodes[k].kind; kind != CommentNode && kind != IgnoredNode {
			break
		}
		before = max(first, int(u.d.nodes[k].start))
	}
	if r, _ := utf8.DecodeLastRuneInString(u.src[first:before]); before > first && (unicode.IsLetter(r) || unicode.IsNumber(r) || unicode.IsMark(r)) {
		return -1, -1
	}
	return start, start + n
}

// bracketed handles an address in brackets that begins at start.
func (u *urlScan) bracketed(start, after int) bool {
	if u.inAttributes(start) || u.inFileName(start) {
		return true
	}
	end := u.addressEnd(after)
	text := &u.texts[len(u.texts)-1]
	if end == after {
		return true
	}
	if text.closing == 0 || text.closing < end {
		text.closing = u.labelEnd(end)
	}
	if text.closing >= text.end || u.src[text.closing] != ']' {
		return true // it may be a bare one
	}
	found := URL{Start: start, End: end, Target: u.target(start, end), Bracketed: true, Close: text.closing + 1}
	found.Label = strings.TrimSpace(u.src[end:text.closing])
	u.i, u.last = end, end
	// A bare address in the label is none.
	u.skip(text.closing)
	return u.yield(found)
}

// skip goes to the end of a label, over the nodes in it but not over those that
// hold texts of their own.
func (u *urlScan) skip(end int) {
	for u.next < len(u.d.nodes) && int(u.d.nodes[u.next].start) < end {
		switch n := &u.d.nodes[u.next]; n.kind {
		case TemplateNode, ParameterNode, TagNode:
			u.i = int(n.start)
			return
		}
		u.next++
	}
	u.i = end
}

// bare handles an address without brackets that begins at start.
func (u *urlScan) bare(start, after int) bool {
	if u.inAttributes(start) || u.inFileName(start) {
		return true
	}
	whole := u.addressEnd(after)
	end := u.trim(after, whole)
	if end == after {
		return true
	}
	found := URL{Start: start, End: end, Target: u.target(start, end), Close: end}
	for whole < len(u.src) && (u.src[whole] == '<' && u.htmlTag(whole) == 0 && !u.nodeAt(whole) || u.src[whole] == '>' || u.src[whole] == '&') {
		// MediaWiki has taken these for part of it, cuts the address there, and
		// does not look at the rest again.
		next := u.addressEnd(whole + 1)
		if next == whole {
			break
		}
		whole = max(next, whole+1)
	}
	u.last = whole
	if u.i = end; whole > end {
		u.skip(whole)
	}
	return u.yield(found)
}

// target returns an address without what nobody sees of it.
func (u *urlScan) target(start, end int) string {
	target := u.src[start:end]
	if len(target) > longestName { // addresses can stand in each other
		return target
	}
	if strings.IndexByte(target, '<') >= 0 {
		target = u.d.visible(u.next, start, end)
	}
	return u.d.site.dropSwitches(target)
}

// nodeAt reports whether a node begins at i, which is not before the next one.
func (u *urlScan) nodeAt(i int) bool {
	k := u.nodeFrom(i)
	return k < len(u.d.nodes) && int(u.d.nodes[k].start) == i && u.d.nodes[k].kind != openNode
}

// nodeFrom returns the index of the first node from the next one on that begins
// at i or behind it.
func (u *urlScan) nodeFrom(i int) int {
	rest := u.d.nodes[u.next:]
	if len(rest) == 0 || int(rest[0].start) >= i {
		return u.next
	}
	return u.next + sort.Search(len(rest), func(k int) bool { return int(rest[k].start) >= i })
}
