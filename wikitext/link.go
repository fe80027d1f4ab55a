// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds internal links: which of the places where two brackets open
// are links, and how far they reach.

package wikitext

import (
	"iter"
	"strings"
)

const magicPipe = "{{!}}"

// Link is an internal link, [[Target]] or [[Target|Label]], or a file that is
// shown.
type Link struct {
	// Start and End span the link with its brackets.
	Start, End int
	// Target and Label are as written, with white space; comments in the
	// target are left out. The label is all after the first pipe.
	Target, Label string
	// HasLabel tells [[a|b]] from [[a]].
	HasLabel bool
	// File tells a file that is shown; its label holds all of its parameters.
	File bool

	site *Site
}

// Links returns the internal links in order of Start, also those in arguments of
// templates and in extension tags whose contents are wikitext. Only the caption
// of a file may hold other links; of links inside of links, the inner one
// counts. A target may hold templates, but no other markup.
func (d *Document) Links() iter.Seq[Link] {
	return func(yield func(Link) bool) {
		for i := range d.nodes {
			if n := &d.nodes[i]; (n.kind == LinkNode || n.kind == FileNode) && !yield(d.link(i, n)) {
				return
			}
		}
	}
}

func (d *Document) link(i int, n *node) Link {
	l := Link{Start: int(n.start), End: int(n.end), Target: d.src[n.inner:n.innerEnd], File: n.kind == FileNode, site: d.site}
	if n.level&bareTarget != 0 {
		l.Target = d.visible(i+1, int(n.inner), int(n.innerEnd))
	}
	if n.level&hasLabel != 0 {
		label := int(n.innerEnd) + 1
		if n.level&magicLabel != 0 {
			label = int(n.innerEnd) + len(magicPipe)
		}
		l.HasLabel, l.Label = true, d.src[label:l.End-2]
	}
	return l
}

// Title returns what the link leads to. The error is a *TitleError if that
// cannot be told from the text, as with a template in the target, or depends on
// the page that the link stands on, as with [[../a]].
func (l Link) Title() (Title, error) { return l.site.ParseTitle(decodeTarget(l.Target)) }

// decodeTarget decodes the percent-encoding of a link's target.
func decodeTarget(target string) string {
	target = strings.TrimLeft(target, " ")
	if strings.IndexByte(target, '%') >= 0 {
		target = strings.NewReplacer("<", "&lt;", ">", "&gt;").Replace(PercentDecode(target))
	}
	return target
}

// linkMayBegin notes that count brackets open here.
func (s *scanner) linkMayBegin(count int) {
	if s.i < s.attrs || s.inTableAttributes() {
		return
	}
	at := int32(len(s.nodes))
	s.nodes = append(s.nodes, node{kind: openNode, start: int32(s.i), inner: int32(s.i + count), link: at})
}

// literalLinks notes the brackets in a stretch of plain text that the scan
// leaves out: an extension tag that is never closed.
func (s *scanner) literalLinks(end int) {
	for s.i < end {
		n := strings.Index(s.src[s.i:end], "[[")
		if n < 0 {
			break
		}
		s.i += n
		count := run(s.src[s.i:end], '[')
		s.linkMayBegin(count)
		s.i += count
	}
	s.i, s.seen = end, end
}

// inTableAttributes reports whether the present line is one that begins a table
// or a row: all of it is attributes.
func (s *scanner) inTableAttributes() bool {
	if s.lineSeen == s.line {
		return s.attributeLine
	}
	s.lineSeen = s.line
	line := s.src[max(0, s.line):s.i]
	opens := tableSign(line, 0, len(line)) >= 0
	s.inTable = s.inTable || opens
	s.attributeLine = opens || s.inTable && strings.HasPrefix(strings.TrimLeft(line, " \t\r"), "|-")
	return s.attributeLine
}

// What a byte can be in the target of a link.
const (
	illegalByte = iota
	blankByte   // alone it makes no title
	plainByte
	specialByte // the title has to be looked at
	encodedByte // and decoded
)

var target = func() (class [256]uint8) {
	for c := range 256 {
		switch {
		case c == 0xef: // the replacement character is among these
			class[c] = specialByte
		case c == ' ', c == '_', c == 0xc2, c == 0xe1, c == 0xe2, c == 0xe3: // spaces and marks of direction, too
			class[c] = blankByte
		case c >= 0x80, c >= '0' && c <= '9', c|0x20 >= 'a' && c|0x20 <= 'z', strings.IndexByte("!\"$'()*,-;=?@\\^`+", byte(c)) >= 0:
			class[c] = plainByte
		case strings.IndexByte(":#&./~", byte(c)) >= 0:
			class[c] = specialByte
		case c == '%':
			class[c] = encodedByte
		}
	}
	return class
}()

// resolveLinks decides of all places where brackets open whether they are links.
// MediaWiki divides a text where two brackets open and looks at one stretch
// after the other (Parser::handleInternalLinks2): a link ends in the stretch
// that it begins, but a file may end in a later one.
func (s *scanner) resolveLinks(nodes []node) {
	for i := range nodes {
		if nodes[i].kind != openNode || nodes[i].innerEnd != 0 {
			continue
		}
		// All of the same text, name or argument, in order.
		end := nodes[i].end
		s.run = s.run[:0]
		for k := i; k < len(nodes) && nodes[k].start < end; {
			n := &nodes[k]
			switch {
			case n.kind == openNode:
				s.run = append(s.run, int32(k))
				n.innerEnd = none // seen
				k++
			case n.kind == HeadingNode:
				k++
			default:
				k = int(n.link)
			}
		}
		r := linkRun{s: s, nodes: nodes, opens: s.run, end: int(end)}
		for k := range r.opens {
			r.resolve(k)
		}
	}
}

// linkRun is the places where brackets open in one text.
type linkRun struct {
	s     *scanner
	nodes []node
	opens []int32
	end   int
	// Places before this one can end in no stretch but their own.
	held int
}

// stretch returns where the stretch of the k-th place ends.
func (r *linkRun) stretch(k int) int {
	if k+1 < len(r.opens) {
		return int(r.nodes[r.opens[k+1]].start)
	}
	return r.end
}

// resolve decides about the k-th place.
func (r *linkRun) resolve(k int) {
	n := &r.nodes[r.opens[k]]
	if (n.inner-n.start)%2 != 0 {
		return // the stretch begins with a bracket
	}
	end := r.stretch(k)
	w := walk{nodes: r.nodes, next: int(r.opens[k]) + 1, src: r.s.src, end: end}
	t, ok := w.target(int(n.inner))
	if !ok {
		return
	}
	link := *n
	link.kind, link.start, link.innerEnd, link.level = LinkNode, n.inner-2, int32(t.end), t.flags
	valid, file := r.s.target(r.s.src[n.inner:t.end], t)
	if !valid {
		return
	}
	if file {
		link.kind = FileNode
	}
	if t.flags&hasLabel == 0 {
		link.end = int32(t.end + 2)
		*n = link
		return
	}
	if to, ok := w.label(t.label); ok {
		link.end = int32(to + 2)
		*n = link
		return
	}
	if !file || k < r.held {
		return
	}
	if to, ok := r.fileEnd(k); ok {
		link.end = int32(to + 2)
		*n = link
	}
}

// fileEnd returns where the caption ends of a file that begins at the k-th
// place and is not closed in its stretch. Stretches in which one link ends are
// part of it, it ends in the first with two ends.
func (r *linkRun) fileEnd(k int) (end int, ok bool) {
	for k++; k < len(r.opens); k++ {
		n := &r.nodes[r.opens[k]]
		r.held = k + 1
		if n.inner-n.start >= 4 {
			return 0, false // an empty stretch
		}
		w := walk{nodes: r.nodes, next: int(r.opens[k]) + 1, src: r.s.src, end: r.stretch(k)}
		first, ok := w.find(int(n.start) + 2)
		if !ok {
			return 0, false
		}
		if second, ok := w.find(first + 2); ok {
			return second, true
		}
	}
	r.held = len(r.opens)
	return 0, false
}

// walk goes through a stretch of text around the nodes in it.
type walk struct {
	nodes []node
	next  int // the next node
	src   string
	end   int
}

// targetEnd is the target of a link: where it and where the label begins.
type targetEnd struct {
	end, label int
	flags      uint8
	class      uint8 // the highest of its bytes'
	dynamic    bool  // it holds a template
}

// target reads a target from i.
func (w *walk) target(i int) (t targetEnd, ok bool) {
	visible := false
	for i < w.end {
		c := w.src[i]
		switch class := target[c]; {
		case class != illegalByte:
			t.class = max(t.class, class)
			visible = visible || class != blankByte
			i++
		case c == ']':
			t.end = i
			return t, visible && i+1 < w.end && w.src[i+1] == ']'
		case c == '|':
			t.end, t.label = i, i+1
			t.flags |= hasLabel
			return t, visible
		case c == '{' || c == '<':
			n := w.at(i)
			if n == nil || n.kind == TagNode {
				return t, false
			}
			if n.kind == TemplateNode && w.src[n.start:n.end] == magicPipe {
				t.end, t.label = i, int(n.end)
				t.flags |= hasLabel | magicLabel
				return t, visible
			}
			if n.kind == TemplateNode || n.kind == ParameterNode {
				t.dynamic, visible = true, true
			} else {
				t.flags |= bareTarget
			}
			i = int(n.end)
		default:
			return t, false
		}
	}
	return t, false
}

// at returns the node that begins at i, nil without one.
func (w *walk) at(i int) *node {
	for w.next < len(w.nodes) {
		n := &w.nodes[w.next]
		switch {
		case int(n.start) > i:
			return nil
		case n.kind == CommentNode && int(n.inner) == i, n.kind != HeadingNode && int(n.start) == i:
			w.next = int(n.link)
			return n
		case n.kind == HeadingNode:
			w.next++
		default:
			w.next = int(n.link)
		}
	}
	return nil
}

// label returns where the label that begins at i ends. It is not empty.
func (w *walk) label(i int) (end int, ok bool) {
	start := i
	for i < w.end && w.src[i] == '<' { // what nobody sees does not fill it
		n := w.at(i)
		if n == nil || n.kind != CommentNode && n.kind != IgnoredNode {
			if n != nil {
				i = int(n.end) - 1
			}
			break
		}
		i = int(n.end)
	}
	if end, ok = w.find(i + 1); !ok {
		return 0, false
	}
	if end+2 < w.end && w.src[end+2] == ']' && strings.IndexByte(w.src[start:end], '[') >= 0 {
		end++ // the first bracket closes an external link
	}
	return end, true
}

// find returns the first two closing brackets at or after i that no node hides.
func (w *walk) find(i int) (at int, ok bool) {
	for i < w.end {
		for w.next < len(w.nodes) && (int(w.nodes[w.next].end) <= i && w.nodes[w.next].kind != openNode || w.nodes[w.next].kind == HeadingNode) {
			if w.nodes[w.next].kind == HeadingNode {
				w.next++
			} else {
				w.next = int(w.nodes[w.next].link)
			}
		}
		stop := w.end
		if w.next < len(w.nodes) {
			stop = min(stop, int(w.nodes[w.next].start))
		}
		if i < stop {
			if n := strings.Index(w.src[i:stop], "]]"); n >= 0 {
				return i + n, true
			}
		}
		if stop == w.end {
			break
		}
		i = max(i, int(w.nodes[w.next].end))
	}
	return 0, false
}

// target reports whether a link can lead to what was read as its target, and
// whether that is a file that is shown.
func (s *scanner) target(text string, t targetEnd) (valid, file bool) {
	if t.flags&bareTarget == 0 && !t.dynamic && len(text) <= longestPlain {
		if t.class < specialByte {
			return true, false
		}
		if kind := s.prefixKind(text); kind != anyPrefix {
			return true, kind == filePrefix
		}
	}
	if t.flags&bareTarget != 0 {
		text = dropComments(text)
	}
	text = decodeTarget(text)
	if t.dynamic {
		space, _, ok := strings.Cut(text, ":")
		return true, ok && s.site.isFile(space)
	}
	if s.site.protocol(text) > 0 {
		return false, false
	}
	if strings.HasPrefix(text, "../") || text == ".." { // a page above
		return true, false
	}
	title, err := s.site.ParseTitle(text)
	return err == nil, err == nil && title.Namespace == fileNamespace && title.Interwiki == "" && !strings.HasPrefix(text, ":")
}

// longestPlain is the length in bytes up to which a title of plain letters is
// not too long in any normal form.
const longestPlain = 150

// What a prefix means for the rest of a target that is plain letters.
const (
	anyPrefix  = iota // the whole target has to be looked at
	pagePrefix        // any rest is a page
	filePrefix        // any rest is a file
)

// prefixKind reads a target that consists of a prefix that was seen before, or
// is quickly looked up, and of plain letters.
func (s *scanner) prefixKind(text string) uint8 {
	n := strings.IndexByte(text, ':')
	if n <= 0 {
		return anyPrefix
	}
	visible := false
	for _, c := range []byte(text[n+1:]) {
		class := target[c]
		if class > plainByte && c != '/' {
			return anyPrefix
		}
		visible = visible || class != blankByte
	}
	if !visible {
		return anyPrefix
	}
	prefix := text[:n]
	kind, known := s.prefixes[prefix]
	if !known {
		kind = anyPrefix
		title, err := s.site.ParseTitle(prefix + ":x")
		switch {
		case err != nil || s.site.protocol(text) > 0:
		case title.Namespace == fileNamespace && title.Interwiki == "":
			kind = filePrefix
		case title.Namespace != 0:
			kind = pagePrefix
		}
		if s.prefixes == nil || len(s.prefixes) > 256 {
			s.prefixes = map[string]uint8{}
		}
		s.prefixes[strings.Clone(prefix)] = kind
	}
	return kind
}

const fileNamespace = 6

// isFile reports whether a prefix is the name of the namespace of files.
func (s *Site) isFile(prefix string) bool {
	title, err := s.ParseTitle(prefix + ":x")
	return err == nil && title.Namespace == fileNamespace && !strings.HasPrefix(strings.TrimSpace(prefix), ":")
}

// protocol returns how long the protocol is that a text begins with, 0 without
// one.
func (s *Site) protocol(text string) int {
	if strings.HasPrefix(text, "//") {
		return len("//")
	}
	n := strings.IndexByte(text[:min(len(text), longestProtocol+1)], ':')
	if n <= 0 {
		return 0
	}
	return s.scheme(text, n)
}

// scheme is protocol for a text whose first colon is at n.
func (s *Site) scheme(text string, n int) int {
	var buffer [longestProtocol]byte
	for k := range n {
		c := text[k]
		if c >= 'A' && c <= 'Z' {
			c |= 0x20
		}
		buffer[k] = c
	}
	slashes, ok := s.schemes[string(buffer[:n])]
	if !ok || !strings.HasPrefix(text[n+1:], slashes) {
		return 0
	}
	return n + 1 + len(slashes)
}

const longestProtocol = 16

// dropComments returns a target without what is in angle brackets: comments and
// tags that say what is transcluded.
func dropComments(s string) string {
	var b strings.Builder
	for {
		n := strings.IndexByte(s, '<')
		if n < 0 {
			b.WriteString(s)
			return b.String()
		}
		b.WriteString(s[:n])
		closing := ">"
		if strings.HasPrefix(s[n:], "<!--") {
			closing = "-->"
		}
		_, s, _ = strings.Cut(s[n:], closing)
	}
}
