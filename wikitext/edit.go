// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds how edits are applied: one part of a text is replaced, and
// nothing outside of it may be read differently afterwards.

package wikitext

import (
	"fmt"
	"slices"
	"strings"
)

// Edit is a wish for one part of a page: what should stand there. It is one of
// ReplaceRegion, AddRegion, AppendSection, InsertSection, SetSection,
// SetArgument and SetCell.
type Edit interface {
	// splice says what is to be replaced, which is nothing if the text is as
	// wanted.
	splice(d *Document) (splice, error)
	// refusal is an *EditError for this edit.
	refusal(format string, args ...any) error
}

// EditError says why an edit was refused. The page is as it was.
type EditError struct {
	// What names the part of the page, such as "section News" or "the cell of
	// row a in column Steward".
	What string
	// Why is for editors: what is wrong, and where it helps, how to mend it.
	Why string

	err error
}

// Error returns both.
func (e *EditError) Error() string {
	if e.err != nil {
		return e.err.Error() // which names the region
	}
	return e.What + ": " + e.Why
}

// Unwrap returns a *RegionError or ErrNoRegion where a region is at fault.
func (e *EditError) Unwrap() error { return e.err }

func refuse(what, format string, args ...any) error {
	return &EditError{What: strings.Join(strings.Fields(what), " "), Why: fmt.Sprintf(format, args...)}
}

// splice replaces the bytes from start to end by text.
type splice struct {
	start, end int
	text       string
	// frame is what the text is read in to see what it leaves open: %s stands
	// for it. Without one it begins and ends a line.
	frame string
	// noHeadings says that the edit may not change the number of sections.
	noHeadings bool
	// check, if set, reports whether the new text holds what was wished.
	check func(d *Document) error
}

func unchanged(at int) splice { return splice{start: at, end: at} }

// Apply makes edits to a text, one after the other, all of them or none. Every
// byte that an edit does not replace stays as it is and means what it meant: an
// edit is refused if a node outside of it would change, if its text leaves
// something open that could swallow what follows, or if it is not clear what it
// means. Applying the same edits to the result changes nothing, so edits that
// contradict each other are refused, too. Where there is an error, which is an
// *EditError, the text is returned as it was.
func Apply(src string, edits ...Edit) (string, error) { return DefaultSite().Apply(src, edits...) }

// Apply is the function Apply for the pages of a certain wiki.
func (s *Site) Apply(src string, edits ...Edit) (string, error) {
	d := s.Parse(src)
	for _, e := range edits {
		next, err := apply(d, e)
		if err != nil {
			return src, err
		}
		d = next
	}
	if d.src == src {
		return src, nil
	}
	for _, e := range edits {
		if c, err := e.splice(d); err != nil || c.text != d.src[c.start:c.end] {
			return src, e.refusal("another edit of the same page, or its own text, undoes it")
		}
	}
	return d.src, nil
}

// apply makes one edit. It returns d itself if there is nothing to do.
func apply(d *Document, e Edit) (*Document, error) {
	c, err := e.splice(d)
	if err != nil {
		return nil, err
	}
	old := d.src[c.start:c.end]
	if c.text == old {
		return d, nil
	}
	if open := opens(d.site, c.frame, c.text); len(open) > 0 {
		before := opens(d.site, c.frame, old)
		for kind, n := range open {
			if n > before[kind] {
				return nil, e.refusal("the new text leaves %s open, which would swallow what follows", openWords[kind])
			}
		}
	}
	next := d.site.Parse(d.src[:c.start] + c.text + d.src[c.end:])
	if c.check != nil {
		if err := c.check(next); err != nil {
			return nil, err
		}
	}
	if tag := unbalanced(d, next, c); tag != "" {
		return nil, e.refusal("<%s> or its end would stand alone, in the new text or outside of it", tag)
	}
	if where, ok := disturbed(d, next, c); ok {
		return nil, e.refusal("it would change how “%s”, which is not part of it, is read", where)
	}
	if c.noHeadings && len(headingsOf(next)) != len(headingsOf(d)) {
		return nil, e.refusal("the new text begins or ends a section of the page")
	}
	return next, nil
}

// outlined is a node as it is compared before and after an edit.
type outlined struct {
	kind       Kind
	start, end int
	name       string
}

// outline returns all nodes of a text, also those that cross others.
func (d *Document) outline() []outlined {
	nodes := d.collect()
	all := make([]outlined, len(nodes))
	for i, n := range nodes {
		if n.Kind == CommentNode { // what it takes of its line depends on what stands beside it
			n.Start += strings.Index(d.src[n.Start:n.End], "<!--")
			n.End = n.Start + len(strings.TrimRight(d.src[n.Start:n.End], " \t\n"))
		}
		all[i] = outlined{n.Kind, n.Start, n.End, n.Name[:min(len(n.Name), longestPlain)]}
	}
	return all
}

// disturbed reports whether a splice changed anything outside of itself, and
// returns the beginning of the first that it did.
func disturbed(before, after *Document, c splice) (where string, ok bool) {
	was := outside(before.outline(), c.start, c.end, len(c.text)-(c.end-c.start))
	is := outside(after.outline(), c.start, c.start+len(c.text), 0)
	if slices.Equal(was, is) {
		return "", false
	}
	n, ok := firstMissing(was, is)
	if !ok {
		n, _ = firstMissing(is, was)
	}
	if n.start == unknown { // only its end is outside
		n.start = strings.LastIndexByte(strings.TrimRight(after.src[:max(0, n.end)], trimmed), '\n') + 1
	}
	return quoted(after.src, n.start), true
}

// firstMissing returns the first node that is not among the others.
func firstMissing(nodes, others []outlined) (outlined, bool) {
	known := make(map[outlined]bool, len(others))
	for _, n := range others {
		known[n] = true
	}
	for _, n := range nodes {
		if !known[n] {
			return n, true
		}
	}
	return outlined{}, false
}

// unknown is the start or end, inside of an edit, of what reaches across its
// border.
const unknown = -1

// outside returns the nodes that are not wholly between start and end, as they
// stand when what is behind end moves by a number of bytes. Of a node across the
// start or the end only the part outside counts.
func outside(all []outlined, start, end, move int) []outlined {
	kept := all[:0]
	for _, n := range all {
		switch {
		case n.start >= start && n.end <= end:
			continue
		case n.end <= start:
		case n.start >= end:
			n.start += move
			n.end += move
		case n.start <= start && n.end >= end:
			n.end += move
		case n.start < start:
			n.end = unknown
		default:
			n = outlined{kind: n.kind, start: unknown, end: n.end + move}
		}
		kept = append(kept, n)
	}
	return kept
}

// quoted returns the beginning of a line's rest, for people.
func quoted(src string, at int) string {
	const most = 40
	at = max(0, min(at, len(src)))
	s, _, _ := strings.Cut(src[at:], "\n")
	if len(s) > most {
		s = strings.ToValidUTF8(s[:most], "") + "…"
	}
	return s
}

// openWords name for editors what can be left open.
var openWords = map[Kind]string{
	CommentNode: "a comment", NowikiNode: "a nowiki tag", TagNode: "a tag", IgnoredNode: "an includeonly tag",
	TemplateNode: `"{{"`, FunctionNode: `"{{"`, ParameterNode: `"{{{"`, LinkNode: `"[["`, FileNode: `"[["`, TableNode: "a table",
}

func headingsOf(d *Document) []Heading { return slices.Collect(d.Headings()) }
