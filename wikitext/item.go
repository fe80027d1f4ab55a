// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds list items and behaviour switches.

package wikitext

import (
	"cmp"
	"iter"
	"slices"
	"strings"
)

// Item is a line that begins with signs of a list.
type Item struct {
	// Start and End span the line from its first sign to its line break, which
	// is not part of it. Templates, tags and links may hold further lines.
	Start, End int
	// Signs are the signs that it begins with, such as "*:". There is one for
	// each level.
	Signs string
}

// itemText is a stretch of text in which lines are looked for.
type itemText struct {
	end  int
	item int // the index of the item that is open, -1 without one
}

// Items returns the list items in order of Start, also those in arguments of
// templates and in extension tags whose contents are wikitext.
func (d *Document) Items() iter.Seq[Item] {
	return func(yield func(Item) bool) {
		for _, item := range d.findItems() {
			if !yield(item) {
				return
			}
		}
	}
}

func (d *Document) findItems() []Item {
	s := itemScan{d: d, texts: []itemText{{end: len(d.src), item: -1}}}
	s.line(0)
	for s.i < len(d.src) {
		for len(s.texts) > 1 && s.i >= s.top().end {
			s.closeItem(s.top().end)
			s.texts = s.texts[:len(s.texts)-1]
		}
		stop := s.top().end
		if s.next < len(d.nodes) {
			stop = min(stop, int(d.nodes[s.next].start))
		}
		if s.i < stop {
			n := strings.IndexByte(d.src[s.i:stop], '\n')
			if n < 0 {
				s.i = stop
			} else if s.i += n + 1; s.i > s.unbroken {
				s.closeItem(s.i - 1)
				s.line(s.i)
			}
			continue
		}
		if s.next < len(d.nodes) && s.i >= int(d.nodes[s.next].start) {
			s.enter()
		}
	}
	for len(s.texts) > 0 {
		s.closeItem(s.top().end)
		s.texts = s.texts[:len(s.texts)-1]
	}
	return s.found
}

type itemScan struct {
	d        *Document
	i, next  int
	unbroken int // lines do not end before here
	texts    []itemText
	found    []Item
}

func (s *itemScan) top() *itemText { return &s.texts[len(s.texts)-1] }

// closeItem ends the item that is open.
func (s *itemScan) closeItem(end int) {
	if top := s.top(); top.item >= 0 {
		s.found[top.item].End = max(s.found[top.item].End, end)
		top.item = -1
	}
}

// line looks at the line that begins at i. Comments before its first sign
// do not count.
func (s *itemScan) line(i int) {
	src, end := s.d.src, s.top().end
	for k := s.next; k < len(s.d.nodes) && int(s.d.nodes[k].start) == i; k++ {
		n := &s.d.nodes[k]
		if n.kind == CommentNode && n.innerEnd < n.end && src[n.end-1] == '\n' {
			return // the comment is the line
		}
		if n.kind == CommentNode || n.kind == IgnoredNode {
			i = int(n.end)
		}
	}
	signs := i
	for i < end && strings.IndexByte("*#:;", src[i]) >= 0 {
		i++
	}
	if i == signs || tableSign(src, signs, min(end, i+100)) >= 0 {
		return
	}
	s.top().item = len(s.found)
	s.found = append(s.found, Item{Start: signs, End: i, Signs: src[signs:i]})
}

// enter goes into the next node or behind it.
func (s *itemScan) enter() {
	n := &s.d.nodes[s.next]
	s.next++
	switch n.kind {
	case openNode, HeadingNode:
	case LinkNode, FileNode:
		s.unbroken = max(s.unbroken, int(n.end))
	case TemplateNode, ParameterNode:
		s.texts = append(s.texts, itemText{end: int(n.end), item: -1})
		s.unbroken = max(s.unbroken, int(n.innerEnd)) // in a name no list begins
	case ArgumentNode:
		s.i = max(s.i, int(n.start))
		s.texts = append(s.texts, itemText{end: int(n.end), item: -1})
	case TagNode:
		if s.d.site.live[n.tag] {
			s.i = max(s.i, int(n.inner))
			s.texts = append(s.texts, itemText{end: int(n.innerEnd), item: -1})
			s.line(s.i)
			return
		}
		s.i = max(s.i, int(n.end))
	default:
		s.i = max(s.i, int(n.end))
		if n.kind == CommentNode && n.innerEnd < n.end && s.d.src[n.end-1] == '\n' {
			s.closeItem(int(n.start))
			s.line(s.i)
		}
	}
}

// Switch is a behaviour switch such as __NOTOC__.
type Switch struct {
	// Start and End span it with its underscores.
	Start, End int
	// Name is as written.
	Name string
}

// Switches returns the behaviour switches of the wiki in order of Start.
func (d *Document) Switches() iter.Seq[Switch] {
	return func(yield func(Switch) bool) {
		found := d.switches("__")
		if wide := d.switches("＿＿"); len(wide) > 0 {
			found = append(found, wide...)
			slices.SortFunc(found, func(a, b Switch) int { return cmp.Compare(a.Start, b.Start) })
		}
		for _, s := range found {
			if !yield(s) {
				return
			}
		}
	}
}

// switches returns the behaviour switches between signs.
func (d *Document) switches(sign string) []Switch {
	if !strings.Contains(d.src, sign) {
		return nil
	}
	var found []Switch
	text := d.Masked()
	for i := 0; ; {
		n := strings.Index(text[i:], sign)
		if n < 0 {
			return found
		}
		i += n
		size := d.site.switchAt(text[i:], sign)
		if size == 0 {
			i++
			continue
		}
		found = append(found, Switch{Start: i, End: i + size, Name: text[i : i+size]})
		i += size
	}
}

// dropSwitches returns a text without its behaviour switches.
func (s *Site) dropSwitches(text string) string {
	var b strings.Builder
	done := 0
	for i := 0; ; {
		n := strings.Index(text[i:], "__")
		if n < 0 {
			break
		}
		i += n
		size := s.switchAt(text[i:], "__")
		if size == 0 {
			i++
			continue
		}
		b.WriteString(text[done:i])
		i += size
		done = i
	}
	if done == 0 {
		return text
	}
	b.WriteString(text[done:])
	return b.String()
}

const longestSwitch = 100

// switchAt returns how long the behaviour switch is that s begins with, 0 if
// there is none.
func (s *Site) switchAt(text, sign string) int {
	text = text[:min(len(text), longestSwitch)]
	if !strings.HasPrefix(text, sign) {
		return 0
	}
	end := strings.Index(text[len(sign):], sign)
	if end <= 0 {
		return 0
	}
	word := text[:len(sign)+end+len(sign)]
	if s.switches[word] || s.switchesFold[strings.ToLower(word)] {
		return len(word)
	}
	return 0
}
