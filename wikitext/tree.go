// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the tree of everything that a text consists of.

package wikitext

import (
	"cmp"
	"iter"
	"slices"
	"strings"
)

// Node is a part of a text.
type Node struct {
	Kind Kind
	// Start and End span it.
	Start, End int
	// Depth is how many nodes it stands in.
	Depth int
	// Name is that of a tag, in lower case, of a template or of the user who
	// signed, or the signs of a list item; otherwise it is empty.
	Name string
}

// leaf reports whether no node stands inside of others of its kind.
func (n Node) leaf() bool {
	switch n.Kind {
	case TextNode, CommentNode, NowikiNode, IgnoredNode, TimestampNode, SwitchNode:
		return true
	case TagNode:
		return !live[n.Name]
	}
	return false
}

// Nodes returns everything in the text: outer nodes before inner ones, and those
// side by side in their order. The nodes that hold no others, text among them,
// are the whole text when put together. Where two cross each other, as a link
// can cross the border of a table's cells, only the one that begins first is
// there.
func (d *Document) Nodes() iter.Seq[Node] {
	return func(yield func(Node) bool) {
		all := d.collect()
		slices.SortStableFunc(all, func(a, b Node) int {
			return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(b.End, a.End))
		})
		w := treeWriter{yield: yield}
		for _, n := range all {
			if !w.add(n) {
				return
			}
		}
		w.close(len(d.src)+1, len(d.src))
	}
}

// collect returns all nodes but text; of the same span, outer ones come first.
func (d *Document) collect() []Node {
	var all []Node
	for _, p := range d.tables() {
		all = append(all, Node{Kind: p.kind, Start: int(p.start), End: int(p.end)})
	}
	for _, i := range d.findItems() {
		all = append(all, Node{Kind: ItemNode, Start: i.Start, End: i.End, Name: i.Signs})
	}
	for i := range d.nodes {
		n := &d.nodes[i]
		node := Node{Kind: n.kind, Start: int(n.start), End: int(n.end)}
		switch n.kind {
		case openNode:
			continue
		case TagNode:
			node.Name = d.site.tags[n.tag]
			if node.Name == "nowiki" {
				node.Kind = NowikiNode
			}
		case TemplateNode:
			t := d.template(i, n, false)
			node.Name = t.Name
			if _, _, ok := t.Function(); ok {
				node.Kind = FunctionNode
			}
		}
		all = append(all, node)
	}
	for u := range d.URLs() {
		if u.Bracketed {
			all = append(all, Node{Kind: URLNode, Start: u.Start - 1, End: u.Close})
		} else {
			all = append(all, Node{Kind: URLNode, Start: u.Start, End: u.End})
		}
	}
	for s := range d.Signatures() {
		all = append(all, Node{Kind: SignatureNode, Start: s.Start, End: s.End, Name: s.User})
	}
	for t := range d.Timestamps() {
		all = append(all, Node{Kind: TimestampNode, Start: t.Start, End: t.End})
	}
	for s := range d.Switches() {
		all = append(all, Node{Kind: SwitchNode, Start: s.Start, End: s.End, Name: s.Name})
	}
	return all
}

// treeWriter gives nodes out with the text between them.
type treeWriter struct {
	yield func(Node) bool
	open  []Node
	at    int // the end of what was given out
	over  bool
}

// add gives a node out. It is false when nobody wants any more.
func (w *treeWriter) add(n Node) bool {
	w.close(n.Start, n.Start)
	if len(w.open) > 0 {
		if top := w.open[len(w.open)-1]; top.leaf() || n.End > top.End {
			return !w.over // inside of what is read as one, or across its end
		}
	}
	w.text(n.Start)
	n.Depth = len(w.open)
	w.over = w.over || !w.yield(n)
	if n.leaf() {
		w.at = n.End
	}
	w.open = append(w.open, n)
	return !w.over
}

// close ends the nodes that end at or before a place, and gives out the text in
// them.
func (w *treeWriter) close(before, limit int) {
	for len(w.open) > 0 {
		top := w.open[len(w.open)-1]
		if top.End > before {
			return
		}
		w.text(top.End)
		w.open = w.open[:len(w.open)-1]
	}
	if before > limit {
		w.text(limit)
	}
}

// text gives out the text up to a place.
func (w *treeWriter) text(end int) {
	if end > w.at && !w.over {
		w.over = !w.yield(Node{Kind: TextNode, Start: w.at, End: end, Depth: len(w.open)})
	}
	w.at = max(w.at, end)
}

// Function returns the name of the parser function or variable that a template
// is, such as "#if" or "PAGENAME", without subst: and the like, and what stands
// behind its colon. It is false for other templates.
func (t Template) Function() (name, rest string, ok bool) {
	name = t.Name
	rest, found := name, false
	for {
		// A name can be long and hold others: only its beginning is looked at.
		n := strings.IndexByte(rest[:min(len(rest), longestFunction)], ':')
		if n < 0 {
			break
		}
		name, rest, found = trimSpace(rest[:n]), trimSpace(rest[n+1:]), true
		switch strings.ToLower(name) {
		case "subst", "safesubst", "msg", "msgnw", "raw":
			name, found = rest, false
			continue
		}
		break
	}
	s := t.d.site
	if !found {
		if len(name) > longestFunction || !s.variables[name] && !s.variables[strings.ToLower(name)] {
			return "", "", false
		}
		for range t.Args() {
			return "", "", false // with an argument it is a template
		}
		return name, "", true
	}
	if s.functions[name] || s.functions[strings.ToLower(name)] {
		return name, rest, true
	}
	return "", "", false
}

// longestFunction is the length in bytes up to which names of parser functions
// and variables are looked for.
const longestFunction = 100
