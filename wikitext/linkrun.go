// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the decision which of the places where two brackets open are
// links, and how far they reach.

package wikitext

import "strings"

// linkMayBegin notes that count brackets open here.
func (s *scanner) linkMayBegin(count int) {
	if s.i < s.attrs || s.inFileName() {
		return
	}
	var cell uint8
	switch s.kindOfLine() {
	case '-':
		return
	case '|':
		cell = inCell
	case '!':
		cell = inCell | inHeader
	}
	at := int32(len(s.nodes))
	s.nodes = append(s.nodes, node{kind: openNode, start: int32(s.i), inner: int32(s.i + count), link: at, level: cell})
}

// inFileName reports whether the innermost tag is a gallery, whose lines begin
// with the name of a file, and no pipe has ended that yet.
func (s *scanner) inFileName() bool {
	if s.tags == 0 || s.site.tags[s.stack[s.tag].tag] != "gallery" {
		return false
	}
	from := max(s.base, s.line, s.unpiped)
	n := strings.IndexByte(s.src[from:s.i], '|')
	if s.unpiped = from + n; n < 0 {
		s.unpiped = s.i
	}
	return n < 0
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

// withoutTags returns a line without the comments and the tags around what is
// transcluded that it begins with.
func withoutTags(line string) string {
	for {
		rest := strings.TrimLeft(line, " \t\r")
		end := ">"
		switch {
		case strings.HasPrefix(rest, "<!--"):
			end = "-->"
		case strings.HasPrefix(rest, "<noinclude"), strings.HasPrefix(rest, "</noinclude"),
			strings.HasPrefix(rest, "<onlyinclude"), strings.HasPrefix(rest, "</onlyinclude"):
		default:
			return line
		}
		_, after, ok := strings.Cut(rest, end)
		if !ok {
			return line
		}
		line = after
	}
}

// kindOfLine tells what the present line is to a table: '-' if it begins a table
// or a row, so that all of it is attributes, '|' or '!' if it begins a cell.
func (s *scanner) kindOfLine() byte {
	if s.lineSeen == s.line {
		return s.lineKind
	}
	s.lineSeen, s.lineKind = s.line, 0
	line := withoutTags(s.src[max(0, s.line):s.i])
	if tableSign(line, 0, len(line)) >= 0 {
		s.lineKind = '-'
	} else if s.inTable {
		switch line = strings.TrimLeft(line, " \t\r"); {
		case strings.HasPrefix(line, "|-"):
			s.lineKind = '-'
		case strings.HasPrefix(line, "|"), strings.HasPrefix(line, "!"):
			s.lineKind = line[0]
		}
	}
	return s.lineKind
}

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
	// Where the caption begins that they stand in, 0 without one.
	caption int
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
	if k < r.held && r.caption > 0 && r.inExternal(int(n.start)) {
		return
	}
	end := r.stretch(k)
	w := walk{nodes: r.nodes, next: int(r.opens[k]) + 1, src: r.s.src, end: end}
	t, ok := w.target(int(n.inner), r.s.site)
	if !ok || n.level&inCell != 0 && r.s.src[t.end] == '|' && strings.HasPrefix(r.s.src[t.end:end], "||") ||
		n.level&inHeader != 0 && strings.Contains(r.s.src[n.inner:min(t.end, int(n.inner)+longestName)], "!!") {
		return // none, or the signs end a cell
	}
	link := *n
	link.kind, link.start, link.innerEnd, link.level = LinkNode, n.inner-2, int32(t.end), t.flags
	text := r.s.src[n.inner:t.end]
	if t.flags&bareTarget != 0 {
		text = r.s.site.dropSwitches(visible(r.s.src, r.nodes, int(r.opens[k])+1, int(n.inner), t.end))
	}
	valid, file := r.s.target(text, t)
	if !valid {
		return
	}
	if file {
		link.kind = FileNode
	}
	if t.flags&hasLabel == 0 {
		link.end = int32(t.close)
		*n = link
		return
	}
	if to, ok := w.label(t.label); ok {
		link.end = int32(to)
		*n = link
		return
	}
	if !file || k < r.held {
		return
	}
	r.caption = 0
	if to, ok := r.fileEnd(k); ok {
		link.end = int32(to)
		*n = link
		r.caption = t.label
	}
}

// inExternal reports whether an external link in brackets is open at i. In
// captions MediaWiki reads those before internal links.
func (r *linkRun) inExternal(i int) bool {
	src := r.s.src
	for at := i - 1; at >= r.caption && src[at] != ']' && src[at] != '\n'; at-- {
		if src[at] == '[' && r.s.site.protocol(src[at+1:i]) > 0 {
			return true
		}
	}
	return false
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
		_, first, ok := w.find(int(n.start) + 2)
		if !ok {
			return 0, false
		}
		if _, second, ok := w.find(first); ok {
			return second, true
		}
	}
	r.held = len(r.opens)
	return 0, false
}

// tableMayBegin notes a table if its sign, which stands here, begins the line.
// Only the first on a line can.
func (s *scanner) tableMayBegin() {
	if s.inTable || s.tableSeen == s.line {
		return
	}
	s.tableSeen = s.line
	line := withoutTags(s.src[max(0, s.line) : s.i+len("{|")])
	s.inTable = tableSign(line, 0, len(line)) == len(line)-len("{|")
}
