// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds external links.

package wikitext

import (
	"iter"
	"sort"
	"strings"
	"unicode"
	"unicode/utf8"
)

// URL is an external link.
type URL struct {
	// Start and End span the address alone, without brackets and label.
	Start, End int
	// Target is the address as written, but for comments in it; in brackets it
	// may begin with "//".
	Target string
	// Label is the text after the address in brackets, "" without one.
	Label string
	// Bracketed tells [https://example.org x] from a bare address.
	Bracketed bool
	// Close is the offset behind the closing bracket, End without brackets.
	Close int
}

// URLs returns the external links in order of Start: [address label], bare
// addresses, and [//host label]. A bare address does not end in punctuation. An
// address goes on over templates inside of it and ends with the argument of the
// template that it stands in. In an internal link's label there are none, in
// the caption of a file only those in brackets.
func (d *Document) URLs() iter.Seq[URL] {
	return func(yield func(URL) bool) {
		u := urlScan{d: d, src: d.src, yield: yield}
		u.texts = append(u.texts, text{end: len(d.src)})
		u.read()
	}
}

// text is a stretch that an address cannot leave: an argument, a template's
// name, the contents of a tag, a heading's title, or the page.
type text struct {
	start, end int
	file       bool // the parameters of a file
	hidden     bool // in which only addresses in brackets are links
	// closing is the first place at or after the last question that ends a
	// label, 0 before the first question.
	closing int
}

type urlScan struct {
	d      *Document
	src    string
	i      int
	next   int // the next node
	last   int // the end of the last address
	line   int // the last line break that was found, and how far it was looked
	until  int
	tables []Span // nil before anybody asked
	attrs  []Span // of tables, behind the present place
	texts  []text
	yield  func(URL) bool
}

// inURL is what a scan for addresses has to look at.
var inURL = [256]bool{':': true, '[': true, '<': true}

func (u *urlScan) read() {
	for u.i < len(u.src) {
		for len(u.texts) > 1 && u.i >= u.texts[len(u.texts)-1].end {
			u.texts = u.texts[:len(u.texts)-1]
		}
		stop := u.texts[len(u.texts)-1].end
		if u.next < len(u.d.nodes) {
			stop = min(stop, int(u.d.nodes[u.next].start))
		}
		part := u.src[:max(stop, u.i)]
		for u.i < len(part) && !inURL[part[u.i]] {
			u.i++
		}
		if u.i < len(part) {
			if !u.sign() {
				return
			}
			continue
		}
		if u.next < len(u.d.nodes) && u.i >= int(u.d.nodes[u.next].start) {
			u.enter()
		}
	}
}

// enter goes into the next node or behind it.
func (u *urlScan) enter() {
	n := &u.d.nodes[u.next]
	end := int(n.end)
	switch n.kind {
	case LinkNode: // lower-case letters behind it are part of it
		for end < len(u.src) && u.src[end] >= 'a' && u.src[end] <= 'z' {
			end++
		}
		u.i, u.last = max(u.i, end), max(u.i, end)
		u.passTo(end)
		return
	case HeadingNode:
		u.texts = append(u.texts, text{start: u.i, end: int(n.innerEnd)})
	case TemplateNode, ParameterNode:
		u.texts = append(u.texts, text{start: int(n.inner), end: int(n.innerEnd)})
	case ArgumentNode:
		u.i = max(u.i, int(n.start))
		u.texts = append(u.texts, text{start: u.i, end: end})
	case FileNode:
		u.i = max(u.i, int(n.innerEnd))
		u.texts = append(u.texts, text{start: u.i, end: end, file: true, hidden: !showsCaption(u.src[u.i:end])})
	case openNode:
	case TagNode:
		if u.d.site.live[n.tag] {
			u.i = max(u.i, int(n.inner))
			u.texts = append(u.texts, text{start: u.i, end: int(n.innerEnd)})
			break
		}
		fallthrough
	default:
		u.i = max(u.i, end)
		u.passTo(end)
		return
	}
	u.next++
}

// passTo goes on to the next node that begins at or after a place.
func (u *urlScan) passTo(end int) {
	for u.next++; u.next < len(u.d.nodes) && int(u.d.nodes[u.next].start) < end; u.next++ {
	}
}

// sign looks at a sign that may belong to an address. It is false when nobody
// wants any more.
func (u *urlScan) sign() bool {
	start := u.i
	u.i++
	switch u.src[start] {
	case '<':
		if end := u.htmlTag(start); end > 0 {
			u.i = end
			for u.next < len(u.d.nodes) && int(u.d.nodes[u.next].start) < end {
				u.next++
			}
		}
	case '[':
		if n := u.d.site.protocol(u.src[start+1:]); n > 0 {
			return u.bracketed(start+1, start+1+n)
		}
	case ':':
		if u.texts[len(u.texts)-1].hidden {
			break
		}
		if from, after := u.protocolBefore(start); from >= 0 {
			return u.bare(from, after)
		}
	}
	return true
}

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

// protocolBefore returns where the protocol begins whose colon is at i, and
// where it ends, -1 if there is none.
func (u *urlScan) protocolBefore(i int) (start, end int) {
	start = i
	first := max(u.last, u.texts[len(u.texts)-1].start)
	for start > first && isWord(u.src[start-1]) {
		if i-start == longestProtocol {
			return -1, -1
		}
		start--
	}
	n := u.d.site.scheme(u.src[start:], i-start)
	if n == 0 {
		return -1, -1
	}
	before := start
	for k := u.next - 1; k >= 0 && int(u.d.nodes[k].end) == before && before > first; k-- {
		if kind := u.d.nodes[k].kind; kind != CommentNode && kind != IgnoredNode {
			break
		}
		before = max(first, int(u.d.nodes[k].start))
	}
	if r, _ := utf8.DecodeLastRuneInString(u.src[first:before]); before > first && (unicode.IsLetter(r) || unicode.IsNumber(r) || unicode.IsMark(r)) {
		return -1, -1
	}
	return start, start + n
}

// bracketed handles an address in brackets that begins at start.
func (u *urlScan) bracketed(start, after int) bool {
	if u.inAttributes(start) {
		return true
	}
	end := u.addressEnd(after)
	text := &u.texts[len(u.texts)-1]
	if end == after {
		return true
	}
	if text.closing == 0 || text.closing < end {
		text.closing = u.labelEnd(end)
	}
	if text.closing >= text.end || u.src[text.closing] != ']' {
		return true // it may be a bare one
	}
	found := URL{Start: start, End: end, Target: u.target(start, end), Bracketed: true, Close: text.closing + 1}
	found.Label = strings.TrimSpace(u.src[end:text.closing])
	u.i, u.last = end, end
	// A bare address in the label is none.
	u.skip(text.closing)
	return u.yield(found)
}

// skip goes to the end of a label, over the nodes in it but not over those that
// hold texts of their own.
func (u *urlScan) skip(end int) {
	for u.next < len(u.d.nodes) && int(u.d.nodes[u.next].start) < end {
		switch n := &u.d.nodes[u.next]; n.kind {
		case TemplateNode, ParameterNode, TagNode:
			u.i = int(n.start)
			return
		}
		u.next++
	}
	u.i = end
}

// bare handles an address without brackets that begins at start.
func (u *urlScan) bare(start, after int) bool {
	if u.inAttributes(start) {
		return true
	}
	whole := u.addressEnd(after)
	end := trimURL(u.src, after, whole)
	if end == after {
		return true
	}
	found := URL{Start: start, End: end, Target: u.target(start, end), Close: end}
	for whole < len(u.src) && (u.src[whole] == '<' && u.htmlTag(whole) == 0 || u.src[whole] == '>' || u.src[whole] == '&') {
		// MediaWiki has taken these for part of it, cuts the address there, and
		// does not look at the rest again.
		next := u.addressEnd(whole + 1)
		if next == whole {
			break
		}
		whole = max(next, whole+1)
	}
	u.last = whole
	if u.i = end; whole > end {
		u.skip(whole)
	}
	return u.yield(found)
}

// target returns an address without what nobody sees of it.
func (u *urlScan) target(start, end int) string {
	if strings.IndexByte(u.src[start:end], '<') < 0 {
		return u.src[start:end]
	}
	return u.d.visible(u.next, start, end)
}

// addressEnd returns where the address that goes on at i ends.
func (u *urlScan) addressEnd(i int) int {
	src, limit := u.src, u.texts[len(u.texts)-1].end
	if src[i:] != "" && src[i] == '[' { // an IPv6 address
		n := strings.IndexByte(src[i:min(limit, i+50)], ']')
		if n < 2 || strings.Trim(src[i+1:i+n], "0123456789abcdefABCDEF:.") != "" {
			return i
		}
		i += n + 1
	}
	next := u.next
	end := i // of what is seen of it
	for i < limit {
		for next < len(u.d.nodes) && int(u.d.nodes[next].start) < i {
			next++
		}
		if next < len(u.d.nodes) && int(u.d.nodes[next].start) == i {
			switch n := &u.d.nodes[next]; n.kind {
			case TemplateNode, ParameterNode:
				i, end, next = int(n.end), int(n.end), int(n.link)
				continue
			case CommentNode, IgnoredNode:
				i, next = int(n.end), int(n.link)
				continue
			}
		}
		if u.src[i] == '_' {
			if n := u.d.site.switchAt(u.src[i:limit], "__"); n > 0 {
				i += n
				continue
			}
		}
		n := u.addressByte(i, limit)
		if n == 0 {
			break
		}
		i += n
		end = i
	}
	return min(end, limit)
}

// addressByte returns how many bytes at i belong to an address, 0 if it ends.
func (u *urlScan) addressByte(i, limit int) int {
	src := u.src
	switch c := src[i]; {
	case c <= ' ', c == '[', c == ']', c == '<', c == '>', c == '"', c == '|' && u.inFile():
		return 0
	case c == '\'' && strings.HasPrefix(src[i:limit], "''"):
		return 0
	case c == '|' && strings.HasPrefix(src[i:limit], "||") && u.inCell(i, '|'), c == '!' && strings.HasPrefix(src[i:limit], "!!") && u.inCell(i, '!'):
		return 0
	case c == '&' && endsURL(src[i:min(i+12, limit)]):
		return 0
	case c >= utf8.RuneSelf:
		r, n := utf8.DecodeRuneInString(src[i:])
		if r == utf8.RuneError || unicode.Is(unicode.Zs, r) {
			return 0
		}
		return n
	}
	return 1
}

// inCell reports whether the line at i is one of table cells, which two signs
// divide.
func (u *urlScan) inCell(i int, sign byte) bool {
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
	u.readTables()
	k := sort.Search(len(u.tables), func(k int) bool { return u.tables[k].End > i })
	if k == len(u.tables) || i < u.tables[k].Start {
		return false
	}
	at := skipBlanks(u.src, u.line, i)
	return u.src[at] == '!' || sign == '|' && u.src[at] == '|'
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

// showsCaption reports whether a file's parameters make its caption visible, so
// that addresses in it become links.
func showsCaption(parameters string) bool {
	for word := range strings.SplitSeq(parameters, "|") {
		switch word, _, _ = strings.Cut(strings.TrimRight(strings.TrimSpace(word), "]"), "="); word {
		case "thumb", "thumbnail", "frame", "framed", "enframed":
			return true
		}
	}
	return false
}

// labelEnd returns the offset of what ends a label at or after i: a closing
// bracket, a line break or the end of the text.
func (u *urlScan) labelEnd(i int) int {
	limit := u.texts[len(u.texts)-1].end
	next := u.next
	for i < limit {
		for next < len(u.d.nodes) && int(u.d.nodes[next].start) < i {
			next++
		}
		stop := limit
		if next < len(u.d.nodes) {
			stop = min(stop, int(u.d.nodes[next].start))
		}
		for ; i < stop; i++ {
			if c := u.src[i]; c == ']' || c < ' ' && c != '\t' {
				return i
			}
		}
		if i >= limit {
			break
		}
		switch n := &u.d.nodes[next]; n.kind {
		case openNode, HeadingNode:
			next++
		default:
			i = max(i, int(n.end))
			next = int(n.link)
		}
	}
	return limit
}

// endsURL reports whether a character reference that ends an address begins s.
func endsURL(s string) bool {
	name, _, ok := strings.Cut(s[1:], ";")
	if !ok {
		return false
	}
	if number, ok := strings.CutPrefix(name, "#"); ok {
		hex, isHex := strings.CutPrefix(number, "x")
		switch hex = strings.TrimLeft(hex, "0"); {
		case isHex:
			return strings.EqualFold(hex, "3c") || strings.EqualFold(hex, "3e") || strings.EqualFold(hex, "a0")
		default:
			return hex == "60" || hex == "62" || hex == "160"
		}
	}
	return name == "lt" || name == "gt" || name == "nbsp"
}

// trimURL takes punctuation off the end of a bare address.
func trimURL(text string, start, end int) int {
	marks := ",;.:!?"
	if !strings.Contains(text[start:end], "(") {
		marks += ")"
	}
	for end > start && strings.IndexByte(marks, text[end-1]) >= 0 {
		if text[end-1] == ';' && endsInEntity(text[start:end]) {
			break
		}
		end--
	}
	return end
}

// endsInEntity reports whether the last semicolon belongs to a character
// reference such as &amp;.
func endsInEntity(s string) bool {
	i := len(s) - 2
	for i >= 0 && len(s)-i < 12 && (isWord(s[i]) || s[i] == '#') {
		i--
	}
	return i >= 0 && s[i] == '&' && i < len(s)-2
}

func isWord(c byte) bool {
	return c|0x20 >= 'a' && c|0x20 <= 'z' || c >= '0' && c <= '9' || c == '_'
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
