// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds templates and their arguments.

package wikitext

import (
	"sort"
	"strconv"
	"strings"
)

// Templates returns everything in double braces in order of Start, also what
// stands inside of another template or of a tag such as ref.
func (d *Document) Templates() []Template {
	var found []Template
	for _, n := range d.nodes {
		if n.kind != templateNode {
			continue
		}
		parts := d.parts[n.first : n.first+n.count]
		t := Template{Start: n.start, End: n.end, Name: strings.TrimSpace(d.visible(parts[0].start, parts[0].end))}
		position := 0
		for _, p := range parts[1:] {
			a := Arg{Start: p.start, End: p.end}
			if p.eq < 0 {
				position++
				a.Name, a.Value = strconv.Itoa(position), d.src[p.start:p.end]
			} else {
				a.Name = strings.TrimSpace(d.visible(p.start, p.eq))
				a.Value = strings.TrimSpace(d.src[p.eq+1 : p.end])
			}
			t.Args = append(t.Args, a)
		}
		found = append(found, t)
	}
	return found
}

// visible returns a stretch of the text without its comments.
func (d *Document) visible(start, end int) string {
	if !strings.Contains(d.src[start:end], "<!--") {
		return d.src[start:end]
	}
	var b strings.Builder
	i := sort.Search(len(d.nodes), func(i int) bool { return d.nodes[i].start >= start })
	for ; i < len(d.nodes) && d.nodes[i].start < end; i++ {
		if n := d.nodes[i]; n.kind == commentNode {
			b.WriteString(d.src[start:n.start])
			start = min(n.end, end)
		}
	}
	b.WriteString(d.src[start:end])
	return b.String()
}

// index tells the layers above the scan where templates stand.
type index struct {
	mark []byte // one for each byte of the text
	d    *Document
}

const (
	opens   = 1 // a template or an argument begins here
	divides = 2 // a pipe or the end of a template, or the end of a heading
)

func (d *Document) index() *index {
	x := &index{mark: make([]byte, len(d.src)+1), d: d}
	for _, n := range d.nodes {
		switch n.kind {
		case templateNode, argumentNode:
			x.mark[n.start] = opens
			for _, p := range d.parts[n.first : n.first+n.count] {
				x.mark[p.end] = divides
			}
		case headingNode:
			x.mark[n.innerEnd] = divides
		}
	}
	return x
}

// skip returns the end of the template or argument that begins at i.
func (x *index) skip(i int) int {
	nodes := x.d.nodes
	k := sort.Search(len(nodes), func(k int) bool { return nodes[k].start >= i })
	for ; k < len(nodes) && nodes[k].start == i; k++ {
		if nodes[k].kind == templateNode || nodes[k].kind == argumentNode {
			return nodes[k].end
		}
	}
	return i + 1
}
