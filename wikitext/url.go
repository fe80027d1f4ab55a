// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds external links.

package wikitext

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// schemes are those that MediaWiki links by default, $wgUrlProtocols.
var schemes = map[string]bool{ // true: "//" must follow
	"bitcoin": false, "ftp": true, "ftps": true, "geo": false, "git": true, "gopher": true,
	"http": true, "https": true, "irc": true, "ircs": true, "magnet": false, "mailto": false,
	"matrix": false, "mms": true, "news": false, "nntp": true, "redis": true, "sftp": true,
	"sip": false, "sips": false, "sms": false, "ssh": true, "svn": true, "tel": false,
	"telnet": true, "urn": false, "worldwind": true, "xmpp": false,
}

const longestScheme = len("worldwind")

// URLs returns the external links in order of Start: [address label], bare
// addresses, and [//host label]. A bare address does not end in punctuation. An
// address goes on over templates inside of it and ends with the argument of the
// template that it stands in.
func (d *Document) URLs() []URL {
	text := d.Masked()
	if !strings.Contains(text, ":") && !strings.Contains(text, "[//") {
		return nil
	}
	var found []URL
	brackets := bracketEnd{text: text}
	for i := 0; i < len(text); {
		switch text[i] {
		case '[':
			after := afterScheme(text, i+1)
			if after < 0 {
				break
			}
			end := d.urlEnd(text, after)
			if to := brackets.after(end); end > after && to >= 0 {
				found = append(found, URL{Start: i + 1, End: end, Target: d.src[i+1 : end],
					Label: strings.TrimSpace(d.src[end:to]), Bracketed: true})
				i = end
				continue
			}
		case ':':
			start := i - schemeBefore(text, i)
			if start == i {
				break
			}
			after := afterScheme(text, start)
			if after < 0 {
				break
			}
			end := trimURL(text, after, d.urlEnd(text, after))
			if end > after {
				found = append(found, URL{Start: start, End: end, Target: d.src[start:end]})
				i = end
				continue
			}
		}
		i++
	}
	return found
}

// schemeBefore returns how many letters before the colon at i are a scheme, 0
// if they are none or something of a word stands before them.
func schemeBefore(text string, i int) int {
	n := 0
	for n <= longestScheme && n < i && isWord(text[i-n-1]) {
		n++
	}
	if _, ok := schemes[strings.ToLower(text[i-n:i])]; !ok {
		return 0
	}
	return n
}

// afterScheme returns where the address after the scheme at i begins, -1 if
// there is no scheme.
func afterScheme(text string, i int) int {
	if strings.HasPrefix(text[i:], "//") {
		return i + 2
	}
	n := i
	for n < len(text) && n-i <= longestScheme && isWord(text[n]) {
		n++
	}
	if n == len(text) || text[n] != ':' {
		return -1
	}
	slashes, ok := schemes[strings.ToLower(text[i:n])]
	switch {
	case !ok:
		return -1
	case !slashes:
		return n + 1
	case strings.HasPrefix(text[n:], "://"):
		return n + 3
	}
	return -1
}

// urlEnd returns where the address that goes on at i ends.
func (d *Document) urlEnd(text string, i int) int {
	x := d.inner()
	for i < len(text) {
		if x.mark[i] == opens {
			i = x.skip(i)
			continue
		}
		if x.mark[i] == divides {
			return i
		}
		switch c := text[i]; {
		case c <= ' ', c == 0x7f, c == '[', c == ']', c == '<', c == '>', c == '"':
			return i
		case c == '\'' && strings.HasPrefix(text[i:], "''"), c == '|' && strings.HasPrefix(text[i:], "||"):
			return i
		case c == '&' && endsURL(text[i:min(i+6, len(text))]):
			return i
		case c >= utf8.RuneSelf:
			r, n := utf8.DecodeRuneInString(text[i:])
			if unicode.Is(unicode.Zs, r) {
				return i
			}
			i += n
		default:
			i++
		}
	}
	return i
}

func endsURL(entity string) bool {
	entity = strings.ToLower(entity)
	return strings.HasPrefix(entity, "&lt;") || strings.HasPrefix(entity, "&gt;") || strings.HasPrefix(entity, "&nbsp;")
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

// bracketEnd finds the bracket that closes an external link, and remembers it.
type bracketEnd struct {
	text string
	next int
}

// after returns the offset of the first "]" at or after i, -1 if the line ends
// before it.
func (b *bracketEnd) after(i int) int {
	if b.next < i || b.next == 0 {
		n := strings.IndexAny(b.text[i:], "]\n")
		if n < 0 {
			b.next = len(b.text)
		} else {
			b.next = i + n
		}
	}
	if b.next >= len(b.text) || b.text[b.next] == '\n' {
		return -1
	}
	return b.next
}
