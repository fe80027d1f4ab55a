// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds what a text leaves open, by itself.

package wikitext

import (
	"maps"
	"slices"
	"strings"
)

// opens returns what a text leaves open that would reach into text behind it,
// and how often. It is read in a frame, in which %s stands for it.
func opens(site *Site, frame, text string) map[Kind]int {
	if !strings.ContainsAny(text, "<{[|") {
		return nil
	}
	before, after, ok := strings.Cut(frame, "%s")
	if !ok {
		before, after = "", ""
	}
	closers := site.closers()
	end := len(before) + len(text)
	d := site.Parse(before + text + closers + after)
	var open map[Kind]int
	for _, n := range d.outline() {
		if n.start >= len(before) && n.start < end && n.end > end && openWords[n.kind] != "" {
			if open == nil {
				open = map[Kind]int{}
			}
			open[n.kind]++
		}
	}
	return open
}

// closers returns a text that ends all that can be open before it.
func (s *Site) closers() string {
	var b strings.Builder
	for _, name := range s.tags {
		b.WriteString("</" + name + ">")
	}
	b.WriteString("x}}]]}}]]}}\n|}\n-->")
	return b.String()
}

// unclosed are the HTML tags that browsers end where they have to; neither an
// open one nor one too many does harm.
var unclosed = map[string]bool{"br": true, "hr": true, "wbr": true, "meta": true, "link": true, "p": true, "li": true, "dt": true, "dd": true,
	"rb": true, "rp": true, "rt": true, "rtc": true}

// unbalanced returns the name of a tag that a splice would leave without its
// counterpart, "" if there is none: one that the new text opens or closes and
// the old text did not, or one outside that the old text belonged to.
func unbalanced(before, after *Document, c splice) string {
	old := before.src[c.start:c.end]
	if strings.IndexByte(c.text, '<') < 0 && strings.IndexByte(old, '<') < 0 {
		return ""
	}
	was, is := balance(before.site.Parse(old)), balance(before.site.Parse(c.text))
	if name := firstTag(is, func(name string, n [2]int) bool { return n != was[name] }); name != "" || maps.Equal(was, is) {
		return name
	}
	was, is = balance(before), balance(after)
	return firstTag(is, func(name string, n [2]int) bool { return n[0] > was[name][0] || n[1] > was[name][1] })
}

// firstTag returns the first name that is not balanced and meets a condition.
func firstTag(tags map[string][2]int, bad func(name string, n [2]int) bool) string {
	for _, name := range slices.Sorted(maps.Keys(tags)) {
		if tags[name] != [2]int{} && bad(name, tags[name]) {
			return name
		}
	}
	return ""
}

// balance returns for each HTML tag, and for those that say what is transcluded,
// how often it is closed without being open and how often it stays open. What
// is in the cells of a table does no harm outside of them.
func balance(d *Document) map[string][2]int {
	masked := []byte(d.Masked())
	done := 0
	for _, p := range d.tables() {
		if p.kind != CellNode && p.kind != CaptionNode {
			continue
		}
		for i := max(done, int(p.inner)); i < int(p.innerEnd); i++ {
			masked[i] = ' '
		}
		done = max(done, int(p.innerEnd))
	}
	for i := range d.nodes {
		if n := &d.nodes[i]; n.kind == IgnoredNode && strings.LastIndexByte(d.src[n.start:n.end], '<') == 0 {
			copy(masked[n.start:n.end], d.src[n.start:n.end])
		}
	}
	found := map[string][2]int{}
	var buffer [longestTag]byte
	for i := 0; i < len(masked); i++ {
		if masked[i] != '<' {
			continue
		}
		name, closing := tagName(string(masked[i+1:min(len(masked), i+1+longestTag)]), &buffer)
		if len(name) == 0 || unclosed[string(name)] || !isHTML[string(name)] && inclusionTag(name) == 0 {
			continue
		}
		end := i + 1
		for end < len(masked) && masked[end] != '>' && masked[end] != '<' {
			end++
		}
		if end == len(masked) || masked[end] == '<' {
			continue
		}
		n := found[string(name)]
		switch {
		case !closing:
			n[1]++
		case n[1] > 0:
			n[1]--
		default:
			n[0]++
		}
		found[string(name)] = n
	}
	return found
}
