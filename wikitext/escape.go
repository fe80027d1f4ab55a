// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds escaping: text from elsewhere that must not mean anything.

package wikitext

import (
	"strconv"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Escape makes wikitext that shows s and does nothing else: in a table cell, a
// list item, a link's label, the argument of a template or a function, a
// heading, a gallery's caption, a reference, and between the double quotes of an
// attribute; EscapeTerm is for a term. Character references stand for
// everything that can have a meaning, so that the text makes no link, signature,
// magic word or address there, whatever stands beside it. Line breaks and tabs
// become spaces; control characters and those that turn the direction of writing
// are dropped; what is no UTF-8 becomes U+FFFD. An empty text stays empty: in
// [[A|]] MediaWiki would choose the label.
func Escape(s string) string {
	s = oneLine(s)
	var b strings.Builder
	done := 0
	for i := 0; i < len(s); {
		rule := escapes[s[i]]
		if rule == stays && i > 0 {
			i++
			continue
		}
		r, n := rune(s[i]), 1
		if r >= utf8.RuneSelf {
			r, n = utf8.DecodeRuneInString(s[i:])
		}
		if rule == goes || i == 0 && mattersFirst(s, r) || rule == depends && matters(s, i, r) {
			if b.Cap() == 0 {
				b.Grow(len(s) + growth(s[i:]))
			}
			b.WriteString(s[done:i])
			writeReference(&b, r)
			done = i + n
		}
		i += n
	}
	if done == 0 {
		return s
	}
	b.WriteString(s[done:])
	return b.String()
}

// growth is about how much longer a text gets that is escaped.
func growth(s string) int {
	n := 16
	for i := range len(s) {
		if c := s[i]; escapes[c] == goes || c == '\'' {
			n += len(references[c]) - 1
		}
	}
	return n
}

// EscapeTerm is Escape for the term of a definition list, "; term : definition",
// which the first colon ends.
func EscapeTerm(s string) string { return strings.ReplaceAll(Escape(s), ":", references[':']) }

// What Escape does with the character that begins with a byte.
const (
	stays = iota
	goes
	depends // on what stands beside it
)

// escapes has single underscores because some languages have behaviour switches
// such as _NAVEROK_.
var escapes = func() (table [256]uint8) {
	for _, c := range []byte(`&<>"[]{}|=~_`) {
		table[c] = goes
	}
	for _, c := range []byte(`:'!CDNS`) {
		table[c] = depends
	}
	for c := utf8.RuneSelf; c < len(table); c++ {
		table[c] = depends
	}
	return table
}()

// mattersFirst reports whether r, with which s begins, can mean something at the
// beginning of a line or of a label, or change what stands before it: MediaWiki
// brings all text into normal form C, where "<b>" and a combining stroke are no
// tag.
func mattersFirst(s string, r rune) bool {
	if r < utf8.RuneSelf {
		return strings.IndexByte(" *#;-+", byte(r)) >= 0
	}
	return unicode.Is(unicode.Zs, r) || !norm.NFC.PropertiesString(s).BoundaryBefore()
}

// matters reports whether the character r at s[i] can mean something.
func matters(s string, i int, r rune) bool {
	switch r {
	case ':':
		return i == 0 || strings.HasPrefix(s[i+1:], "/") || endsScheme(s[:i])
	case '\'', '!': // two of them mean something, and text may stand beside its like
		c := byte(r)
		return i == 0 || i+1 == len(s) || s[i-1] == c || s[i+1] == c
	case 'C':
		return endsMagicLink(s, i+1, "RFC")
	case 'D':
		return endsMagicLink(s, i+1, "PMID")
	case 'N':
		return endsMagicLink(s, i+1, "ISBN")
	case 'S': // the one behaviour switch without signs, in Serbo-Croatian
		return strings.HasPrefix(s[i:], "SKRIVENAKAT")
	case '＿': // as in ＿＿目次＿＿
		return true
	case 0x037e, 0x1fef, 0x212a: // in normal form C they are ; ` and K
		return true
	case utf8.RuneError: // the label of an external link cannot have it
		return true
	}
	return false
}

// bareSchemes are those of addresses that need no slashes, in lower case. Those
// with slashes are told by the slash, whatever the wiki's list says.
var bareSchemes = sync.OnceValue(func() (list []string) {
	for name, slashes := range DefaultSite().schemes {
		if slashes == "" && name != "" {
			list = append(list, name)
		}
	}
	return list
})

// endsScheme reports whether a colon behind s could belong to an address. The
// scheme may begin in the text before s.
func endsScheme(s string) bool {
	for _, scheme := range bareSchemes() {
		n := min(len(s), len(scheme))
		if strings.EqualFold(s[len(s)-n:], scheme[len(scheme)-n:]) {
			return true
		}
	}
	return false
}

// endsMagicLink reports whether s[:end] ends in a word that MediaWiki links with
// the number behind it. The word may begin, and the number stand, in the text
// beside s.
func endsMagicLink(s string, end int, word string) bool {
	whole := strings.HasSuffix(s[:end], word)
	if !whole && !strings.HasSuffix(word, s[:end]) {
		return false
	}
	for i, r := range s[end:] {
		if r == ' ' || unicode.Is(unicode.Zs, r) {
			continue
		}
		return i > 0 && r >= '0' && r <= '9'
	}
	return whole
}

// references are the character references of ASCII.
var references = func() (table [utf8.RuneSelf]string) {
	for c := range table {
		table[c] = "&#" + strconv.Itoa(c) + ";"
	}
	return table
}()

func writeReference(b *strings.Builder, r rune) {
	if r < utf8.RuneSelf {
		b.WriteString(references[r])
		return
	}
	b.WriteString("&#" + strconv.Itoa(int(r)) + ";")
}

// wordJoiner has no width and no meaning.
const wordJoiner = "\u2060"

// EscapeSummary makes s fit to stand in an edit summary: one line that holds
// no links and no section marks. MediaWiki reads character references there
// before it looks for those, so a U+2060 keeps their signs apart.
func EscapeSummary(s string) string {
	s = strings.TrimSpace(oneLine(s))
	var b strings.Builder
	done := 0
	for i := 1; i < len(s); i++ {
		switch before, c := s[i-1], s[i]; {
		case before == '[' && c == '[', before == '/' && c == '*':
			b.WriteString(s[done:i])
			b.WriteString(wordJoiner)
			done = i
		case before == '&' && (isWord(c) || c == '#' || c >= utf8.RuneSelf):
			b.WriteString(s[done : i-1])
			writeReference(&b, '&')
			done = i
		}
	}
	if done == 0 {
		return s
	}
	b.WriteString(s[done:])
	return b.String()
}

// oneLine turns line breaks into spaces and drops what cannot be seen.
func oneLine(s string) string {
	i := 0
	for i < len(s) && s[i] >= ' ' && s[i] < 0x7f {
		i++
	}
	if i == len(s) {
		return s
	}
	return strings.Map(func(r rune) rune {
		switch {
		case r >= ' ' && r < 0x7f:
			return r
		case r == '\n', r == '\r', r == '\t', r == '\v', r == '\f', r == 0x85, r == 0x2028, r == 0x2029:
			return ' '
		case unicode.IsControl(r), isBidi(r), r == 0xfeff, r&0xfffe == 0xfffe, r >= 0xfdd0 && r <= 0xfdef:
			return -1
		}
		return r
	}, s)
}

// isBidi reports whether r turns or marks the direction of writing.
func isBidi(r rune) bool {
	return r == 0x061c || r == 0x200e || r == 0x200f || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069
}
