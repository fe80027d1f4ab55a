// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds templates and their arguments.

package wikitext

import (
	"iter"
	"strconv"
	"strings"
)

// Template is anything in double braces: a template, a parser function or a
// variable.
type Template struct {
	// Start and End span it with its braces.
	Start, End int
	// Name is what stands before the first pipe, without comments and outer
	// white space. Of a parser function that is all up to the first pipe, such
	// as "#if: {{{1|}}}".
	Name string
	// Inside is set where it stands in an argument, a template's name or an
	// extension tag.
	Inside bool

	d     *Document
	index int
}

// Arg is an argument of a template.
type Arg struct {
	// Name is the name of the argument, trimmed; a positional one has its
	// number, counted from 1.
	Name string
	// Value is as written; MediaWiki trims the values of named arguments
	// only, and so does Value.
	Value string
	// Named tells an argument with a sign that divides name and value.
	Named bool
	// Start and End span the argument, from after its pipe to the next pipe or
	// the closing braces, ValueStart and ValueEnd its Value.
	Start, End, ValueStart, ValueEnd int
}

// Templates returns everything in double braces in order of Start, also what
// stands inside of another template or of a tag such as ref.
func (d *Document) Templates() iter.Seq[Template] {
	return func(yield func(Template) bool) {
		inside := int32(0)
		for i := range d.nodes {
			n := &d.nodes[i]
			if n.kind == TemplateNode && !yield(d.template(i, n, n.start < inside)) {
				return
			}
			if n.kind >= TemplateNode && n.kind <= ParameterNode || n.kind == TagNode {
				inside = max(inside, n.end)
			}
		}
	}
}

func (d *Document) template(i int, n *node, inside bool) Template {
	return Template{Start: int(n.start), End: int(n.end), Name: trimSpace(d.visible(i+1, int(n.inner), int(n.innerEnd))),
		Inside: inside, d: d, index: i}
}

// Args returns the arguments in order, whatever their names.
func (t Template) Args() iter.Seq[Arg] {
	return func(yield func(Arg) bool) {
		nodes := t.d.nodes
		position := 0
		for i := t.index + 1; i < int(nodes[t.index].link); i = int(nodes[i].link) {
			n := &nodes[i]
			if n.kind != ArgumentNode {
				continue
			}
			if n.inner == none {
				position++
			}
			if !yield(t.d.arg(i, n, position)) {
				return
			}
		}
	}
}

// Arg returns the argument of that name, and whether there is one. Of several
// the last counts, as in MediaWiki.
func (t Template) Arg(name string) (Arg, bool) {
	var found Arg
	ok := false
	for a := range t.Args() {
		if a.Name == name {
			found, ok = a, true
		}
	}
	return found, ok
}

func (d *Document) arg(i int, n *node, position int) Arg {
	a := Arg{Start: int(n.start), End: int(n.end), ValueStart: int(n.start), ValueEnd: int(n.end)}
	if n.inner == none {
		a.Name, a.Value = strconv.Itoa(position), d.src[a.Start:a.End]
		return a
	}
	a.Named = true
	a.Name = trimSpace(d.visible(i+1, a.Start, int(n.inner)))
	a.ValueStart = int(n.inner) + 1
	for a.ValueStart < a.End && isTrimmed(d.src[a.ValueStart]) {
		a.ValueStart++
	}
	for a.ValueEnd > a.ValueStart && isTrimmed(d.src[a.ValueEnd-1]) {
		a.ValueEnd--
	}
	a.Value = d.src[a.ValueStart:a.ValueEnd]
	return a
}

// longestName is the length in bytes above which comments stay in names: names
// that hold names would be copied over and over. Titles have at most 255.
const longestName = 4096

// visible returns a stretch of the text without its comments and without what
// MediaWiki ignores. The nodes in it begin at index i.
func (d *Document) visible(i, start, end int) string { return visible(d.src, d.nodes, i, start, end) }

func visible(src string, nodes []node, i, start, end int) string {
	if end-start > longestName {
		return src[start:end]
	}
	var b strings.Builder
	for i < len(nodes) && int(nodes[i].start) < end {
		n := &nodes[i]
		switch n.kind {
		case CommentNode, IgnoredNode:
			b.WriteString(src[start:max(start, int(n.start))])
			start = min(int(n.end), end)
			i++
		case HeadingNode:
			i++
		case openNode, LinkNode, FileNode:
			i++
		default:
			i = int(n.link)
		}
	}
	if b.Len() == 0 {
		return src[start:end]
	}
	b.WriteString(src[start:end])
	return b.String()
}

// isTrimmed reports whether PHP's trim removes c.
func isTrimmed(c byte) bool {
	return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\v' || c == 0
}

// trimSpace cuts off what PHP's trim does, which leaves other spaces.
func trimSpace(s string) string {
	for s != "" && isTrimmed(s[0]) {
		s = s[1:]
	}
	for s != "" && isTrimmed(s[len(s)-1]) {
		s = s[:len(s)-1]
	}
	return s
}
