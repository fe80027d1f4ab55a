// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the nodes of a document and their order.

package wikitext

// Kind says what a node is.
type Kind uint8

// The kinds of nodes.
const (
	TextNode      Kind = iota // plain text between other nodes
	CommentNode               // <!-- … -->, with the rest of its line if nothing else stands on it
	NowikiNode                // <nowiki>…</nowiki>
	TagNode                   // another extension tag with its contents
	IgnoredNode               // a noinclude or onlyinclude tag, or includeonly with its contents; the reverse under transclusion
	TemplateNode              // {{…}}, a template or something dynamic
	FunctionNode              // {{…}}, a parser function or a variable of the wiki
	ParameterNode             // {{{…}}}
	ArgumentNode              // what stands between two pipes of the three above
	LinkNode                  // [[…]]
	FileNode                  // [[…]] that shows a file
	URLNode                   // an external link, with its brackets
	HeadingNode               // == … ==
	TableNode                 // {| … |}
	CaptionNode               // |+ …
	RowNode                   // |- …
	CellNode                  // | … or ! …
	ItemNode                  // a line that begins with *, #, : or ;
	SignatureNode             // links to a user and a timestamp
	TimestampNode             // the time of a signature
	SwitchNode                // a behaviour switch such as __NOTOC__

	deadNode // what looked like an argument in braces that never closed
	openNode // a [[ that may begin a link
)

// node is something that the scan found.
type node struct {
	kind  Kind
	level uint8  // of a heading
	tag   uint16 // index in Site.tags
	start int32
	end   int32
	// What stands inside. Of a tag and a link's target and a template's name,
	// its span; of a heading, its number and where the title ends; of an
	// argument, the sign that divides name and value (none without one).
	inner, innerEnd int32
	// The index of the first node behind this one that is not inside of it.
	// While the text is scanned: of the first inside of it, or itself.
	link int32
}

// Flags of a link, in node.level.
const (
	hasLabel   = 1 << iota
	magicLabel // {{!}} stands before the label
	bareTarget // the target is not as written: it holds comments or switches
	inCell     // it stands on the first line of a table's cells
	inHeader   // which are header cells
)

// container is a node that is open while the nodes are brought into order.
type container struct{ first, nameEnd, end int32 }

// arrange returns the nodes in order of their starts, outer before inner.
//
// The nodes inside of one stand before it in order of ends and after it in order
// of starts, and fill the same stretch in both. So a node's new place is that of
// the first one inside of it, moved by the number of nodes around it.
func (s *scanner) arrange() []node {
	s.dropDead()
	if len(s.nodes) == 0 {
		return nil
	}
	out := make([]node, len(s.nodes))
	open := s.ends[:0]
	for i := int32(len(s.nodes) - 1); i >= 0; i-- {
		n := &s.nodes[i]
		for len(open) > 0 && i < open[len(open)-1].first {
			open = open[:len(open)-1]
		}
		first := n.link
		at := first + int32(len(open))
		out[at] = *n
		out[at].link = at + i - first + 1
		if n.kind == openNode {
			out[at].end = s.contextEnd(open, n.start)
		}
		if first < i {
			open = append(open, newContainer(n, first))
		}
	}
	s.ends = open
	return out
}

// dropDead removes dead nodes.
func (s *scanner) dropDead() {
	if s.dead == 0 {
		return
	}
	s.renumber = s.renumber[:0]
	kept := int32(0)
	for i := range s.nodes {
		s.renumber = append(s.renumber, kept)
		if n := s.nodes[i]; n.kind != deadNode {
			n.link = s.renumber[n.link]
			s.nodes[kept] = n
			kept++
		}
	}
	s.nodes = s.nodes[:kept]
}

func newContainer(n *node, first int32) container {
	c := container{first: first, nameEnd: none, end: none}
	switch n.kind {
	case TemplateNode, ParameterNode:
		c.nameEnd = n.innerEnd
		c.end = n.end
	case ArgumentNode:
		c.end = n.end
	case TagNode:
		c.end = n.innerEnd
	}
	return c
}

// contextEnd returns where the text ends that the place at belongs to: that of
// a name, an argument, a tag or of the page.
func (s *scanner) contextEnd(open []container, at int32) int32 {
	for i := len(open) - 1; i >= 0; i-- {
		switch c := open[i]; {
		case at < c.nameEnd:
			return c.nameEnd
		case c.end != none: // not a heading
			return c.end
		}
	}
	return int32(len(s.src))
}
