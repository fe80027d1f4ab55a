// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds internal links as users of a document see them.

package wikitext

import (
	"iter"
	"strings"
)

const magicPipe = "{{!}}"

// Link is an internal link, [[Target]] or [[Target|Label]], or a file that is
// shown.
type Link struct {
	// Start and End span the link with its brackets.
	Start, End int
	// Target and Label are as written, with white space; comments and
	// behaviour switches in the target are left out. The label is all after the first pipe.
	Target, Label string
	// HasLabel tells [[a|b]] from [[a]].
	HasLabel bool
	// File tells a file that is shown; its label holds all of its parameters.
	File bool

	site *Site
}

// Links returns the internal links in order of Start, also those in arguments of
// templates and in extension tags whose contents are wikitext. Only the caption
// of a file may hold other links; of links inside of links, the inner one
// counts. A target may hold templates, but no other markup.
func (d *Document) Links() iter.Seq[Link] {
	return func(yield func(Link) bool) {
		for i := range d.nodes {
			if n := &d.nodes[i]; (n.kind == LinkNode || n.kind == FileNode) && !yield(d.link(i, n)) {
				return
			}
		}
	}
}

func (d *Document) link(i int, n *node) Link {
	l := Link{Start: int(n.start), End: int(n.end), Target: d.src[n.inner:n.innerEnd], File: n.kind == FileNode, site: d.site}
	if n.level&bareTarget != 0 && len(l.Target) <= longestName {
		l.Target = d.site.dropSwitches(d.visible(i+1, int(n.inner), int(n.innerEnd)))
	}
	if n.level&hasLabel != 0 {
		label := int(n.innerEnd) + 1
		if n.level&magicLabel != 0 {
			label = int(n.innerEnd) + len(magicPipe)
		}
		end := l.End - 2
		if d.src[end] != ']' { // a comment stands between the brackets
			end = d.labelEnd(i, label, l.End)
		}
		l.HasLabel, l.Label = true, d.src[label:end]
	}
	return l
}

// labelEnd returns where the label ends of the link that is the i-th node.
func (d *Document) labelEnd(i, label, end int) int {
	w := walk{nodes: d.nodes, next: i + 1, src: d.src, end: end}
	for from := label; ; {
		at, after, ok := w.find(from)
		if !ok || after >= end {
			return max(at, label)
		}
		from = after
	}
}

// Title returns what the link leads to. The error is a *TitleError if that
// cannot be told from the text, as with a template in the target, or depends on
// the page that the link stands on, as with [[../a]].
func (l Link) Title() (Title, error) {
	if len(l.Target) > longestName && strings.IndexByte(l.Target[:longestName], '{') >= 0 { // which can hold others
		return Title{}, &TitleError{Text: l.Target, Reason: "it holds a template, and is long"}
	}
	return l.site.ParseTitle(decodeTarget(l.Target))
}

// decodeTarget decodes the percent-encoding of a link's target.
func decodeTarget(target string) string {
	target = strings.TrimLeft(target, " ")
	if strings.IndexByte(target, '%') >= 0 {
		target = strings.NewReplacer("<", "&lt;", ">", "&gt;").Replace(PercentDecode(target))
	}
	if strings.IndexByte(target, 0x7f) >= 0 {
		target = strings.ReplaceAll(target, "\x7f", "?") // as MediaWiki does first of all
	}
	return target
}
