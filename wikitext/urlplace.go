// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds where no address is one: attributes, names of files,
// captions that nobody sees.

package wikitext

import (
	"sort"
	"strings"
)

// inCell reports whether the line at i is one of table cells, which two signs
// divide.
func (u *urlScan) inCell(i int, sign byte) bool {
	u.findLine(i)
	u.readTables()
	k := sort.Search(len(u.tables), func(k int) bool { return u.tables[k].End > i })
	if k == len(u.tables) || i < u.tables[k].Start {
		return false
	}
	at := skipBlanks(u.src, u.line, i)
	return u.src[at] == '!' || sign == '|' && u.src[at] == '|'
}

// findLine sets where the line of i begins.
func (u *urlScan) findLine(i int) {
	if i < u.line || i > u.until {
		from := 0
		if i >= u.line && u.until > 0 {
			from = u.until
		}
		if n := strings.LastIndexByte(u.src[from:i], '\n'); n >= 0 || from == 0 {
			u.line = from + n + 1
		}
	}
	u.until = i
}

// inFileName reports whether i is in a gallery, before the first pipe of its
// line.
func (u *urlScan) inFileName(i int) bool {
	top := &u.texts[len(u.texts)-1]
	if !top.gallery {
		return false
	}
	u.findLine(i)
	from := min(i, max(u.line, top.start, u.unpiped))
	n := strings.IndexByte(u.src[from:i], '|')
	if u.unpiped = from + n; n < 0 {
		u.unpiped = i
	}
	return n < 0
}

// readTables finds where tables are, and in them what are attributes.
func (u *urlScan) readTables() {
	if u.tables != nil {
		return
	}
	u.tables = []Span{}
	for _, p := range u.d.tables() {
		if n := len(u.tables); p.kind == TableNode && (n == 0 || int(p.start) >= u.tables[n-1].End) {
			u.tables = append(u.tables, Span{int(p.start), int(p.end)})
		}
		if p.attrsEnd > p.attrs {
			u.attrs = append(u.attrs, Span{int(p.attrs), int(p.attrsEnd)})
		}
	}
}

// inAttributes reports whether i is in the attributes of a table, a row or a
// cell. It is asked with growing offsets.
func (u *urlScan) inAttributes(i int) bool {
	u.readTables()
	for len(u.attrs) > 0 && u.attrs[0].End <= i {
		u.attrs = u.attrs[1:]
	}
	return len(u.attrs) > 0 && u.attrs[0].Start <= i
}

// inFile reports whether the text is the parameters of a file.
func (u *urlScan) inFile() bool { return u.texts[len(u.texts)-1].file }

// caption returns where the caption of a file begins, its end if no caption is
// shown: only in a caption addresses become links by themselves.
func (u *urlScan) caption(n *node) int {
	i, end := int(n.innerEnd)+1, int(n.end)-len("]]")
	from, caption, shown := i, int(n.end), false
	parameter := func(to int) {
		word := strings.TrimSpace(u.src[from:max(from, to)])
		word, _, _ = strings.Cut(word[:min(len(word), longestParameter)], "=") // captions can hold others
		shows, known := u.d.site.fileWords[strings.TrimSpace(word)]
		shown = shown || shows
		if !known && !strings.HasSuffix(word, "px") {
			caption = from
		}
	}
	for k := u.next + 1; i < end; {
		for k < len(u.d.nodes) && (int(u.d.nodes[k].start) < i || u.d.nodes[k].kind == openNode || u.d.nodes[k].kind == HeadingNode) {
			k++
		}
		stop := end
		if k < len(u.d.nodes) {
			stop = min(stop, int(u.d.nodes[k].start))
		}
		for {
			p := strings.IndexByte(u.src[i:stop], '|')
			if p < 0 {
				break
			}
			parameter(i + p)
			i += p + 1
			from = i
		}
		if stop == end {
			break
		}
		i = max(stop, int(u.d.nodes[k].end))
		k = int(u.d.nodes[k].link)
	}
	if parameter(end); !shown {
		return int(n.end)
	}
	return caption
}

// longestParameter is the length in bytes up to which the parameters of a file
// are looked at.
const longestParameter = 100

// trails reports whether letters behind the link that is the k-th node are part
// of it. Links to categories and other languages are taken out of the text.
func (u *urlScan) trails(k int) bool {
	l := u.d.link(k, &u.d.nodes[k])
	title, err := l.Title()
	return err != nil || strings.HasPrefix(strings.TrimSpace(l.Target), ":") ||
		title.Namespace != categoryNamespace && !u.d.site.interwikis[title.Interwiki].language
}

const categoryNamespace = 14

// htmlTag returns the end of the HTML tag at i, in which nothing is an address,
// 0 if none begins there.
func (u *urlScan) htmlTag(i int) int {
	var buffer [longestTag]byte
	name, _ := tagName(u.src[i+1:], &buffer)
	if !isHTML[string(name)] {
		return 0
	}
	n := strings.IndexAny(u.src[i+1:], "<>")
	if n < 0 || u.src[i+1+n] == '<' {
		return 0
	}
	return i + 1 + n
}

// isHTML are the HTML tags that MediaWiki lets through
// (includes/parser/Sanitizer.php).
var isHTML = func() map[string]bool {
	tags := map[string]bool{}
	for _, name := range strings.Fields("abbr b bdi bdo big blockquote br caption center cite code data dd del dfn div dl dt em font h1 h2 h3 h4 h5 h6 hr i ins kbd li link mark meta ol p q rb rp rt rtc ruby s samp small span strike strong sub sup table td th time tr tt u ul var wbr") {
		tags[name] = true
	}
	return tags
}()
