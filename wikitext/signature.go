// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds signatures, and what a place in the text is inside of.

package wikitext

import (
	"iter"
	"slices"
	"sort"
	"strings"
	"time"
	"unicode/utf8"
)

// Signature is what a user leaves for "~~~~": links to their page, their talk
// page or their contributions, and a timestamp behind them.
type Signature struct {
	// Span reaches from the first of these links to the end of the timestamp;
	// where a link or a template reaches across that, it is in the span as a
	// whole.
	Span
	User     string // without the namespace
	Time     time.Time
	TimeSpan Span
}

// longestSignature is how many characters MediaWiki lets a signature have,
// $wgMaxSigChars.
const longestSignature = 255

// Signatures returns the signatures in order. As to MediaWiki, which asks for
// one in signatures that users write themselves, a link is good if it leads to
// the user's page, not to a subpage of it. The user is the one of the last link
// before a timestamp on its line, and not more than a signature's length away. A
// template that says who has not signed is none, a timestamp alone neither.
func (d *Document) Signatures() iter.Seq[Signature] {
	return func(yield func(Signature) bool) {
		w, done := enclosing{d: d}, 0
		for t := range d.Timestamps() {
			line := done + strings.LastIndexByte(d.src[done:t.Start], '\n') + 1
			s, ok := d.signature(&w, line, t)
			done = t.End
			if ok && !yield(s) {
				return
			}
		}
	}
}

// signature returns the signature that ends with a timestamp and begins at or
// after a place on its line.
func (d *Document) signature(w *enclosing, line int, t Timestamp) (s Signature, ok bool) {
	w.forward(line)
	from := line
	if end, ok := w.endsUntil(t.Start); ok {
		from = end // what is in there began on another line
	}
	first := w.next
	w.forward(t.Start + 1) // into an argument that begins with the timestamp
	if n := len(w.open); n > 0 {
		from = max(from, int(d.nodes[w.open[n-1]].start))
	}
	s = Signature{Span: t.Span, Time: t.Time, TimeSpan: t.Span}
	if l, ok := w.inLink(t.Start); ok {
		s.End = max(s.End, int(l.end))
	}
	last, left := t.Start, longestSignature
	for _, c := range d.linksBetween(first, from, t.Start) {
		left -= utf8.RuneCountInString(d.src[c.start:last])
		if last = c.start; left < 0 {
			break
		}
		user, ok := d.userOf(c.link)
		switch {
		case !ok:
			continue
		case s.User == "":
			s.User = user
		case s.User != user:
			return s, true
		}
		s.Start = c.start
	}
	return s, s.User != ""
}

// nearLink is a link before a timestamp; start is that of the outermost thing
// that it is in and the timestamp is not.
type nearLink struct{ link, start int }

// linksBetween returns the links from one place to another, the last one first;
// nodes before the first one need no look.
func (d *Document) linksBetween(first, from, to int) []nearLink {
	var links []nearLink
	from = max(from, to-utf8.UTFMax*longestSignature)
	start, end := 0, 0
	for i := first; i < len(d.nodes) && int(d.nodes[i].start) < to; i++ {
		switch n := &d.nodes[i]; {
		case int(n.end) > to || n.kind == openNode:
		case n.kind != LinkNode:
			if int(n.start) >= end {
				start, end = int(n.start), int(n.end)
			}
		case int(n.start) >= end && int(n.start) >= from:
			links = append(links, nearLink{i, int(n.start)})
		case int(n.start) < end && start >= from:
			links = append(links, nearLink{i, start})
		}
	}
	slices.Reverse(links)
	return links
}

// userOf returns the user whose page, talk page or contributions a link leads to.
func (d *Document) userOf(link int) (name string, ok bool) {
	title, err := d.link(link, &d.nodes[link]).Title()
	if err != nil || title.Interwiki != "" {
		return "", false
	}
	name = title.Name
	switch title.Namespace {
	case spaceSpecial:
		special, user, _ := strings.Cut(name, "/")
		for _, c := range d.site.dates().contributions {
			if foldCase(special) == c {
				title, err := d.site.ParseTitle(d.site.spaces[spaceUser].name + ":" + user)
				return title.Name, err == nil && title.Namespace == spaceUser && !strings.Contains(title.Name, "/")
			}
		}
		return "", false
	case spaceUser, spaceUserTalk:
		return name, !strings.Contains(name, "/")
	}
	return "", false
}

// enclosing walks through a document and knows what a place is inside of.
type enclosing struct {
	d    *Document
	next int     // the first node that begins at the place or after it
	open []int32 // those that the place is in, without links
	link int     // one more than the index of the last link before the place
}

// forward moves to a place, which must not be before the last one.
func (w *enclosing) forward(to int) {
	nodes := w.d.nodes
	for ; w.next < len(nodes) && int(nodes[w.next].start) < to; w.next++ {
		switch n := &nodes[w.next]; n.kind {
		case openNode:
		case LinkNode:
			w.link = w.next + 1
		default:
			w.close(int(n.start))
			w.open = append(w.open, int32(w.next))
		}
	}
	w.close(to)
}

func (w *enclosing) close(to int) {
	for n := len(w.open); n > 0 && int(w.d.nodes[w.open[n-1]].end) <= to; n-- {
		w.open = w.open[:n-1]
	}
}

// inLink returns the link that the place is in.
func (w *enclosing) inLink(at int) (l *node, ok bool) {
	if w.link == 0 {
		return nil, false
	}
	l = &w.d.nodes[w.link-1]
	return l, int(l.end) > at
}

// endsUntil returns the last end of the nodes that the place is in and a later
// one is not.
func (w *enclosing) endsUntil(later int) (end int, ok bool) {
	i := sort.Search(len(w.open), func(i int) bool { return int(w.d.nodes[w.open[i]].end) <= later })
	if i == len(w.open) {
		return 0, false
	}
	return int(w.d.nodes[w.open[i]].end), true
}

// holdsText reports whether the text from the place to an end is shown as text:
// it is in no name, target or attribute, and what it is in does not end before
// it.
func (w *enclosing) holdsText(at, end int) bool {
	nodes := w.d.nodes
	if l, ok := w.inLink(at); ok && (at < int(l.innerEnd) || int(l.end) < end) {
		return false
	}
	for i := w.next; i < len(nodes) && int(nodes[i].start) < end; i++ {
		if k := nodes[i].kind; k != openNode && (k != LinkNode || int(nodes[i].end) > end) {
			return false
		}
	}
	if len(w.open) == 0 {
		return true
	}
	switch n := &nodes[w.open[len(w.open)-1]]; n.kind {
	case TemplateNode, ParameterNode:
		return false
	case FileNode:
		return at >= int(n.innerEnd) && end <= int(n.end)
	case TagNode:
		return at >= int(n.inner) && end <= int(n.innerEnd)
	default:
		return end <= int(n.end)
	}
}
