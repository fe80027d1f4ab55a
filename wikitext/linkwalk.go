// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the walk through a stretch of text around what
// stands in it: the target and the label of a link.

package wikitext

import "strings"

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
		case c >= 0x80 && c < 0xc0: // the rest of a character
			class[c] = blankByte
		case c >= 0x80, c >= '0' && c <= '9', c|0x20 >= 'a' && c|0x20 <= 'z', strings.IndexByte("!\"$'()*,-;=?@\\^`+\x7f", byte(c)) >= 0:
			class[c] = plainByte
		case strings.IndexByte(":#&./~", byte(c)) >= 0:
			class[c] = specialByte
		case c == '%':
			class[c] = encodedByte
		}
	}
	return class
}()

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
	close      int // where the link ends if it has no label
	flags      uint8
	class      uint8 // the highest of its bytes'
	dynamic    bool  // it holds a template
}

// target reads a target from i.
func (w *walk) target(i int, site *Site) (t targetEnd, ok bool) {
	// Characters beyond ASCII may be spaces; whether the title is empty is then
	// left to the one who reads it.
	visible := false
	for i < w.end {
		c := w.src[i]
		if c == '_' {
			if n := site.switchAt(w.src[i:w.end], "__"); n > 0 {
				t.flags |= bareTarget
				i += n
				continue
			}
		}
		switch class := target[c]; {
		case class != illegalByte:
			t.class = max(t.class, class)
			if class != blankByte {
				visible = true
			} else if c >= 0x80 && !visible {
				t.class = specialByte
			}
			i++
		case c == ']':
			t.end = i
			t.close, ok = w.second(i + 1)
			return t, (visible || t.class == specialByte) && ok
		case c == '|':
			t.end, t.label = i, i+1
			t.flags |= hasLabel
			return t, visible || t.class == specialByte
		case c == '{' || c == '<':
			n := w.at(i)
			if n == nil || n.kind == TagNode {
				return t, false
			}
			if n.kind == TemplateNode && w.src[n.start:n.end] == magicPipe {
				t.end, t.label = i, int(n.end)
				t.flags |= hasLabel | magicLabel
				return t, visible || t.class == specialByte
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
	at, end, ok := w.find(i + 1)
	if !ok {
		return 0, false
	}
	if end < w.end && w.src[end] == ']' && strings.IndexByte(w.src[start:at], '[') >= 0 {
		end++ // the first bracket closes an external link
	}
	return end, true
}

// second returns the end of the closing bracket at i, from which comments may
// part it.
func (w *walk) second(i int) (end int, ok bool) {
	for i < w.end && w.src[i] == '<' {
		n := w.at(i)
		if n == nil || n.kind != CommentNode && n.kind != IgnoredNode {
			return 0, false
		}
		i = int(n.end)
	}
	return i + 1, i < w.end && w.src[i] == ']'
}

// find returns the first two closing brackets at or after i that no node hides.
func (w *walk) find(i int) (at, end int, ok bool) {
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
				return i + n, i + n + 2, true
			}
		}
		if stop == w.end {
			break
		}
		if stop > i && w.src[stop-1] == ']' {
			if end, ok := w.second(stop); ok {
				return stop - 1, end, true
			}
		}
		if w.next < len(w.nodes) {
			stop = max(stop, int(w.nodes[w.next].end))
		}
		i = max(i, stop)
	}
	return 0, 0, false
}
