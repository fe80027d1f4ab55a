// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the scan: the one pass from left to right that finds
// comments, tags, braces, headings and where links may begin.

package wikitext

import (
	"math"
	"sync"
)

// piece is something that was opened and not closed yet.
type piece struct {
	open    byte   // '{', '[', '-' for -{, '=' for a heading, '<' for a tag
	dash    bool   // a '-' stands before the braces
	pipe    bool   // a pipe was seen
	tag     uint16 // index in Site.tags
	count   int32  // of opening signs that are left
	start   int32
	first   int32 // index of the first node inside
	part    int32 // where the part that is being read begins
	inPart, // index of the first node inside of that part
	equals, // the sign that divides it into name and value, none without one
	nameEnd, // where the first part ends
	argument int32 // index of the last argument's node, none without one
	// Of a heading: where the last comment ended, and where the visible text
	// before it ended.
	commentEnd, visualEnd int32
}

// With a tag, these fields have other meanings: its contents end at visualEnd,
// it ends at commentEnd, and the text around it begins at count and ends at
// nameEnd; argument is the index of the tag that it stands in.

const none = -1

// What a byte can be to the scanner. Which of these count depends on what is
// open.
const (
	always  = 1 << iota // opening signs and line breaks
	brace               // }
	bracket             // ]
	pipe                // |
	equals              // =
)

var class = [256]uint8{'{': always, '[': always, '<': always, '\n': always, '}': brace, ']': bracket, '|': pipe, '=': equals}

type scanner struct {
	site  *Site
	src   string
	i     int
	limit int // the end of the contents of the innermost open tag
	base  int // and their beginning
	seen  int // all before it has been read as a sign
	// Where the present line begins and which line was looked at last, whether
	// a table may be open there, and what that line is: '-' for one of
	// attributes, the sign of its first cell, 0 for another.
	line, lineSeen int
	tableSeen      int // the last line in which a table's sign was seen
	unpiped        int // in the present line of a gallery no pipe stands before
	inTable        bool
	lineKind       byte

	attrs int // attributes of an HTML tag reach to here
	wants uint8
	// What the page's readers see, or what a page that transcludes it gets.
	transcluded bool
	only        bool // just what stands in onlyinclude
	tags        int  // how many tags are on the stack
	tag         int  // the index of the innermost of them
	headings    int32
	dead        int // how many nodes belong to what was never closed
	stack       []piece
	nodes       []node // in order of their ends, inner before outer
	renumber    []int32
	ends        []container
	run         []int32
	find        closers
	// What prefixes of titles mean, see prefixKind; for prefixSite only.
	prefixes   map[string]uint8
	prefixSite *Site
}

var scanners = sync.Pool{New: func() any { return new(scanner) }}

// scan reads the text as MediaWiki's preprocessor does
// (includes/parser/Preprocessor_Hash.php): an opening sign goes on a stack, the
// closing sign of the innermost one ends it, and what is left open at the end
// was plain text. The nodes that it returns are in order of their starts, outer
// before inner. A text of more than 2 GiB, which no wiki stores, has none.
func scan(site *Site, src string, transcluded bool) []node {
	if len(src) > math.MaxInt32 {
		return nil
	}
	s := scanners.Get().(*scanner)
	defer scanners.Put(s)
	s.reset(site, src, transcluded)
	s.read()
	nodes := s.arrange()
	s.resolveLinks(nodes)
	s.site, s.src, s.find.src = nil, "", ""
	return nodes
}

func (s *scanner) reset(site *Site, src string, transcluded bool) {
	if s.prefixSite != site {
		s.prefixes = nil
	}
	*s = scanner{prefixes: s.prefixes, prefixSite: site, site: site, src: src, limit: len(src), transcluded: transcluded, lineSeen: none, tableSeen: none,
		stack: s.stack[:0], nodes: s.nodes[:0], renumber: s.renumber[:0], ends: s.ends[:0], run: s.run[:0],
		find: closers{src: src, tags: s.find.tags}}
	s.find.reset(len(site.tags))
}

// read goes through the whole text.
func (s *scanner) read() {
	src := s.src
	s.look()
	s.onlyInclude()
	s.lineStart()
	for {
		i, wants, line := s.i, s.wants, s.line
		text := src[:s.limit]
		for i < len(text) {
			c := class[text[i]]
			if c&wants == 0 {
				i++
				continue
			}
			if text[i] == '\n' && (i+1 == len(text) || text[i+1] != '=') && !s.inHeading() {
				i++ // most lines begin no heading
				line = i
				continue
			}
			break
		}
		s.i, s.line = i, line
		if i < s.limit {
			s.step()
			continue
		}
		if s.inHeading() {
			s.closeHeading()
			continue
		}
		if s.tags == 0 {
			break
		}
		s.closeTag()
	}
	for len(s.stack) > 0 {
		s.abandon()
	}
}

// step handles the sign at the present place and moves behind it.
func (s *scanner) step() {
	switch c := s.src[s.i]; c {
	case '<':
		s.angle()
	case '{':
		count := run(s.src[s.i:s.limit], '{')
		dash := s.i > s.seen && s.src[s.i-1] == '-'
		switch {
		case count >= 2: // a dash before them means nothing yet: the rightmost braces win
			s.push(piece{open: '{', dash: dash, count: int32(count), start: int32(s.i)}, s.i+count)
		case dash:
			s.push(piece{open: '-', count: 2, start: int32(s.i - 1)}, s.i+1)
		case s.i+1 < s.limit && s.src[s.i+1] == '|':
			s.tableMayBegin()
		}
		s.i += count
		s.seen = s.i
	case '[':
		count := run(s.src[s.i:s.limit], '[')
		if count >= 2 {
			s.linkMayBegin(count)
			s.push(piece{open: '[', count: int32(count), start: int32(s.i)}, s.i+count)
		}
		s.i += count
		s.seen = s.i
	case '}', ']':
		s.close(c)
	case '|':
		s.divide()
		s.i++
		s.seen = s.i
	case '=':
		s.top().equals = int32(s.i)
		s.look()
		s.i++
		s.seen = s.i
	case '\n':
		if s.inHeading() {
			s.closeHeading()
		}
		s.i++
		s.seen, s.line = s.i, s.i
		s.lineStart()
	}
}

func (s *scanner) top() *piece {
	if len(s.stack) == 0 {
		return nil
	}
	return &s.stack[len(s.stack)-1]
}

func (s *scanner) inHeading() bool { return len(s.stack) > 0 && s.stack[len(s.stack)-1].open == '=' }

// look sets which signs mean something in what is open now.
func (s *scanner) look() {
	s.wants = always
	top := s.top()
	if top == nil {
		return
	}
	switch top.open {
	case '[':
		s.wants |= bracket
	case '{', '-':
		s.wants |= brace | pipe
		if top.pipe && top.equals == none {
			s.wants |= equals
		}
	}
}

// push puts a piece on the stack whose contents begin at inner.
func (s *scanner) push(p piece, inner int) {
	p.part, p.equals, p.argument = int32(inner), none, none
	p.first = int32(len(s.nodes))
	s.stack = append(s.stack, p)
	s.look()
}

func (s *scanner) pop() piece {
	p := *s.top()
	s.stack = s.stack[:len(s.stack)-1]
	s.look()
	return p
}

// abandon takes the innermost piece off the stack: it was plain text, and the
// parts that its pipes made are none.
func (s *scanner) abandon() {
	p := s.pop()
	if p.open != '{' {
		return
	}
	for i := p.argument; i != none; {
		n := &s.nodes[i]
		n.kind = deadNode
		s.dead++
		i = n.innerEnd
	}
}

// divide ends a part of braces at a pipe.
func (s *scanner) divide() {
	top := s.top()
	s.endPart(top)
	top.part, top.inPart, top.equals, top.pipe = int32(s.i+1), int32(len(s.nodes)), none, true
	s.look()
}

// endPart ends a part of braces here. All but the first are arguments.
func (s *scanner) endPart(p *piece) {
	if !p.pipe {
		p.nameEnd = int32(s.i)
		return
	}
	if p.open != '{' {
		return
	}
	// Until it is known whether the braces close, an argument remembers the one
	// before it.
	s.nodes = append(s.nodes, node{kind: ArgumentNode, start: p.part, end: int32(s.i), inner: p.equals, innerEnd: p.argument, link: p.inPart})
	p.argument = int32(len(s.nodes) - 1)
}

// close handles closing signs, which end the innermost piece.
func (s *scanner) close(c byte) {
	top := s.top()
	if top.open == '-' { // needs }-
		if s.i+1 < s.limit && s.src[s.i+1] == '-' {
			s.i += 2
			s.pop()
		} else {
			s.i++
		}
		s.seen = s.i
		return
	}
	count := run(s.src[s.i:min(s.limit, s.i+min(int(top.count), 3))], c)
	switch {
	case count < 2:
		s.i++
		s.seen = s.i
		return
	case c == ']':
		count = 2
	default:
		s.endPart(top)
		kind := TemplateNode
		if count == 3 {
			kind = ParameterNode
		}
		s.nodes = append(s.nodes, node{kind: kind, start: top.start + top.count - int32(count), end: int32(s.i + count),
			inner: top.start + top.count, innerEnd: top.nameEnd, link: top.first})
	}
	s.i += count
	s.seen = s.i
	p := s.pop()
	p.count -= int32(count)
	first := p.first
	switch {
	case p.count >= 2:
		s.push(piece{open: p.open, dash: p.dash, count: p.count, start: p.start}, int(p.start+p.count))
		s.top().first = first
	case p.count == 1 && p.dash:
		s.push(piece{open: '-', count: 2, start: p.start - 1}, int(p.start+1))
	}
}

// lineStart begins a heading if the line begins with equals signs.
func (s *scanner) lineStart() {
	if s.tags > 0 || s.i >= s.limit || s.src[s.i] != '=' {
		return
	}
	count := run(s.src[s.i:min(s.i+6, s.limit)], '=')
	if count == 1 && s.wants&equals != 0 {
		return // it divides an argument
	}
	s.push(piece{open: '=', count: int32(count), start: int32(s.i), commentEnd: none}, s.i)
	s.i += count
	s.seen = s.i
}

// closeHeading ends the line that began with equals signs. The present place is
// at its end and stays there.
func (s *scanner) closeHeading() {
	p := s.pop()
	start := int(p.start)
	end := trimBlanksLeft(s.src, start, s.i)
	if int(p.commentEnd) == end {
		end = trimBlanksLeft(s.src, start, int(p.visualEnd))
	}
	signs := 0
	for end-signs > start && s.src[end-signs-1] == '=' {
		signs++
	}
	level := min(signs, int(p.count))
	if end-signs == start { // only signs: some of them are the title
		level = min(6, (signs-1)/2)
	}
	if level < 1 {
		return
	}
	s.headings++
	s.nodes = append(s.nodes, node{kind: HeadingNode, start: p.start, end: int32(s.i), level: uint8(level),
		inner: s.headings, innerEnd: int32(end - level), link: p.first})
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
