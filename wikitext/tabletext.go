// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the text as tables see it: without what MediaWiki has taken
// out or put in before it looks for them.

package wikitext

import (
	"bytes"
	"strings"
)

// What stands in the bytes of a text that tables do not see.
const (
	gone   = 0   // a comment, or the rest of what is something else for tables
	within = 1   // the rest of {{!}}
	opaque = 'x' // a template, a tag
)

// mayHoldTable reports whether a text can hold the beginning of a table.
func mayHoldTable(s string) bool {
	return strings.Contains(s, "{|") || strings.Contains(s, "{{{") || strings.Contains(s, "{<")
}

// tableText returns the text as handleTables gets it, but with every byte in
// its place: without comments, {{!}} as a pipe, one sign for everything that it
// cannot look into. Tags that are wikitext inside are not covered yet.
func (d *Document) tableText() []byte {
	text := []byte(d.src)
	for _, c := range []byte{gone, within} { // no wiki stores these
		for i := bytes.IndexByte(text, c); i >= 0; i = bytes.IndexByte(text, c) {
			text[i] = opaque
		}
	}
	for i := 0; i < len(d.nodes); {
		n := &d.nodes[i]
		sign := byte(opaque)
		switch n.kind {
		case CommentNode, IgnoredNode:
			sign = gone
		case TemplateNode:
			if d.isPipe(i) {
				sign = within
			}
		case ParameterNode:
		case TagNode:
			if d.site.live[n.tag] {
				i++
				continue
			}
		default:
			i++
			continue
		}
		for k := n.start; k < n.end; k++ {
			text[k] = sign
		}
		if sign == within {
			text[n.start] = '|'
		}
		i = int(n.link)
	}
	return text
}

// isPipe reports whether the template at index i is {{!}}.
func (d *Document) isPipe(i int) bool {
	n := &d.nodes[i]
	if strings.IndexByte(d.src[n.inner:n.innerEnd], '!') < 0 || n.innerEnd != n.end-2 {
		return false
	}
	return trimSpace(d.visible(i+1, int(n.inner), int(n.innerEnd))) == "!"
}

// cover hides a stretch of the text.
func (s *tableScan) cover(start, end int32) {
	for i := start; i < end; i++ {
		s.text[i] = opaque
	}
}

// coverHTML hides HTML tags: MediaWiki has quoted every sign in their
// attributes before it looks for tables, and joined their lines.
func (s *tableScan) coverHTML(start, end int) {
	var buffer [longestTag]byte
	for i := start; i < end; i++ {
		n := bytes.IndexByte(s.text[i:end], '<')
		if n < 0 {
			return
		}
		i += n
		name, _ := tagName(s.src[i+1:end], &buffer)
		if len(name) == 0 || !isHTML[string(name)] {
			continue
		}
		gt := i + 1
		for gt < end && s.text[gt] != '>' && s.text[gt] != '<' {
			gt++
		}
		if gt == end {
			return
		}
		if s.text[gt] == '>' {
			s.cover(int32(i), int32(gt+1))
			i = gt
		} else {
			i = gt - 1
		}
	}
}
