// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the scan that finds comments, tags, braces and headings.

package wikitext

import (
	"cmp"
	"slices"
	"strings"
)

type nodeKind uint8

const (
	templateNode nodeKind = iota // {{…}}
	argumentNode                 // {{{…}}}
	commentNode
	tagNode // an extension tag with its contents
	headingNode
)

// node is something that the scan found.
type node struct {
	kind       nodeKind
	start, end int
	// The contents: of a tag or a heading, what stands between its signs.
	inner, innerEnd int
	// deep is set inside a template, an argument or an extension tag.
	deep  bool
	level int    // of a heading
	tag   string // lower-case name of a tag
	// The parts of a template are tree.parts[first:first+count].
	first, count int
}

// part is what stands between two pipes of a template; eq is the offset of the
// sign that splits name and value, -1 without one.
type part struct{ start, end, eq int }

// tree is all that the scan found, in order of start, outer before inner.
type tree struct {
	nodes []node
	parts []part
}

// piece is something that was opened and not closed yet.
type piece struct {
	open  byte // '{', '[', '-' for -{, '=' for a heading, '<' for a tag
	dash  bool // a '-' stands before the braces
	count int  // of opening signs that are left
	start int
	parts int // index of its first part on the stack of parts
	// Of a heading: where the last comment ended, and where the visible text
	// before it ended.
	commentEnd, visualEnd int
	// Of a tag: its contents end at innerEnd, it ends at end; limit is where
	// the text around it ends.
	innerEnd, end, limit int
}

type scanner struct {
	src   string
	i     int
	limit int // the end of the contents of the innermost open tag
	stack []piece
	parts []part // of the pieces on the stack, in order
	tags  int    // how many tags are on the stack
	// Where the last comment ended if only comments and blanks stand before it
	// on its line.
	lineComment int
	find        closers
	tree
}

// scan reads the text as MediaWiki's preprocessor does, mw:Preprocessor ABNF:
// an opening sign goes on a stack, the closing sign of the innermost one ends
// it, and what is left open at the end was plain text.
func scan(src string) tree {
	s := scanner{src: src, limit: len(src), find: closers{src: src}}
	s.lineStart()
	for {
		for s.i < s.limit && !interesting[src[s.i]] {
			s.i++
		}
		if s.i < s.limit {
			s.step()
			continue
		}
		if top := s.top(); top != nil && top.open == '=' {
			s.closeHeading()
			continue
		}
		if s.tags == 0 {
			break
		}
		s.closeTag()
	}
	s.finish()
	return s.tree
}

var interesting = [256]bool{'[': true, ']': true, '{': true, '}': true, '<': true, '\n': true, '-': true, '|': true, '=': true}

// step handles the sign at the present place and moves behind it.
func (s *scanner) step() {
	top := s.top()
	switch c := s.src[s.i]; c {
	case '<':
		s.angle()
	case '{', '[':
		s.open(c, run(s.src[s.i:s.limit], c), false)
	case '}', ']':
		switch {
		case top == nil:
			s.i++
		case top.open == '{' && c == '}', top.open == '[' && c == ']':
			s.close(run(s.src[s.i:min(s.limit, s.i+top.count)], c))
		case top.open == '-' && strings.HasPrefix(s.src[s.i:s.limit], "}-"):
			s.close(2)
		default:
			s.i++
		}
	case '-':
		braces := run(s.src[s.i+1:s.limit], '{')
		switch {
		case braces == 0:
			s.i++
		case braces == 1:
			s.open('-', 2, false)
		default: // the rightmost braces win
			s.i++
			s.open('{', braces, true)
		}
	case '|':
		if top != nil && (top.open == '{' || top.open == '-') {
			s.parts[len(s.parts)-1].end = s.i
			s.parts = append(s.parts, part{start: s.i + 1, eq: -1})
		}
		s.i++
	case '=':
		if s.wantsEquals() {
			s.parts[len(s.parts)-1].eq = s.i
		}
		s.i++
	case '\n':
		if top != nil && top.open == '=' {
			s.closeHeading()
		}
		s.i++
		s.lineStart()
	}
}

func (s *scanner) top() *piece {
	if len(s.stack) == 0 {
		return nil
	}
	return &s.stack[len(s.stack)-1]
}

// push puts a piece on the stack whose contents begin at inner.
func (s *scanner) push(p piece, inner int) {
	p.parts = len(s.parts)
	s.parts = append(s.parts, part{start: inner, eq: -1})
	s.stack = append(s.stack, p)
}

func (s *scanner) pop() piece {
	p := *s.top()
	s.stack = s.stack[:len(s.stack)-1]
	s.parts = s.parts[:p.parts]
	return p
}

// wantsEquals reports whether an equals sign here splits name and value.
func (s *scanner) wantsEquals() bool {
	top := s.top()
	return top != nil && (top.open == '{' || top.open == '-') &&
		len(s.parts)-top.parts > 1 && s.parts[len(s.parts)-1].eq < 0
}

// open puts count opening signs on the stack if they are enough.
func (s *scanner) open(c byte, count int, dash bool) {
	start := s.i
	s.i += count
	if count >= 2 {
		s.push(piece{open: c, count: count, start: start, dash: dash}, s.i)
	}
}

// close ends the innermost piece with at most count closing signs.
func (s *scanner) close(count int) {
	top := *s.top()
	most := 2
	if top.open == '{' {
		most = 3
	}
	count = min(count, most)
	if count < 2 {
		s.i++
		return
	}
	if top.open == '{' {
		s.parts[len(s.parts)-1].end = s.i
		n := node{kind: templateNode, start: top.start + top.count - count, end: s.i + count,
			inner: top.start + top.count, innerEnd: s.i,
			first: len(s.tree.parts), count: len(s.parts) - top.parts}
		if count == 3 {
			n.kind = argumentNode
		}
		s.tree.parts = append(s.tree.parts, s.parts[top.parts:]...)
		s.nodes = append(s.nodes, n)
	}
	s.i += count
	s.pop()
	top.count -= count
	switch {
	case top.count >= 2:
		s.push(top, top.start+top.count)
	case top.count == 1 && top.open == '{' && top.dash:
		s.push(piece{open: '-', count: 2, start: top.start - 1}, top.start+1)
	}
}

// lineStart begins a heading if the line begins with equals signs.
func (s *scanner) lineStart() {
	if s.tags > 0 || s.i >= s.limit || s.src[s.i] != '=' {
		return
	}
	count := run(s.src[s.i:min(s.i+6, s.limit)], '=')
	if count == 1 && s.wantsEquals() {
		return // it splits an argument
	}
	s.push(piece{open: '=', count: count, start: s.i, commentEnd: -1}, s.i)
	s.i += count
}

// closeHeading ends the line that began with equals signs. The present place is
// at its end and stays there.
func (s *scanner) closeHeading() {
	p := s.pop()
	end := trimBlanksLeft(s.src, p.start, s.i)
	if p.commentEnd == end {
		end = trimBlanksLeft(s.src, p.start, p.visualEnd)
	}
	equals := 0
	for end-equals > p.start && s.src[end-equals-1] == '=' {
		equals++
	}
	level := min(equals, p.count)
	if end-equals == p.start { // only signs: some of them are the title
		level = min(6, (equals-1)/2)
	}
	if level < 1 {
		return
	}
	s.nodes = append(s.nodes, node{kind: headingNode, start: p.start, end: s.i, level: level,
		inner: p.start + level, innerEnd: end - level})
}

// finish sorts what was found and marks what lies inside of something.
func (s *scanner) finish() {
	slices.SortFunc(s.nodes, func(a, b node) int {
		return cmp.Or(cmp.Compare(a.start, b.start), cmp.Compare(b.end, a.end))
	})
	cover, heading := 0, 0
	for i := range s.nodes {
		n := &s.nodes[i]
		n.deep = n.start < cover
		switch n.kind {
		case headingNode: // one can run over lines and hold others
			n.deep = n.deep || n.start < heading
			heading = max(heading, n.end)
		case templateNode, argumentNode, tagNode:
			cover = max(cover, n.end)
		}
	}
}

// run returns how often c stands at the beginning of s.
func run(s string, c byte) int {
	n := 0
	for n < len(s) && s[n] == c {
		n++
	}
	return n
}

// trimBlanksLeft moves end to the left over spaces and tabs, not beyond start.
func trimBlanksLeft(s string, start, end int) int {
	for end > start && (s[end-1] == ' ' || s[end-1] == '\t') {
		end--
	}
	return end
}
