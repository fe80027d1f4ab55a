// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds where an external link ends: its address and its label.

package wikitext

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// trim takes punctuation off the end of a bare address, also in front of what
// nobody sees.
func (u *urlScan) trim(start, end int) int {
	marks := ",;.:!?"
	if !strings.Contains(u.d.visible(u.next, start, end), "(") {
		marks += ")"
	}
	for k := u.nodeFrom(end) - 1; ; k-- {
		end = trimURL(u.src, start, end, marks)
		for k >= u.next && int(u.d.nodes[k].start) >= end {
			k--
		}
		if k < u.next {
			return end
		}
		if n := &u.d.nodes[k]; n.kind != CommentNode && n.kind != IgnoredNode || int(n.end) != end {
			return end
		}
		end = max(start, int(u.d.nodes[k].start))
	}
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
	next := u.nodeFrom(i)
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
				if strings.EqualFold(u.src[i:i+n], "__TOC__") {
					break // the table of contents stands there
				}
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

// labelEnd returns the offset of what ends a label at or after i: a closing
// bracket, a line break or the end of the text.
func (u *urlScan) labelEnd(i int) int {
	limit := u.texts[len(u.texts)-1].end
	next := u.nodeFrom(i)
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

// trimURL takes punctuation marks off the end of a bare address.
func trimURL(text string, start, end int, marks string) int {
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
