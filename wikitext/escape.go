// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds escaping: text from elsewhere that must not mean anything.

package wikitext

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Escape makes wikitext that shows s and does nothing else, in a table cell, a
// list item, a link's label, a template's argument or a heading. Character
// references stand for everything that can have a meaning, so that the text
// makes no link, also to a listed site, and no signature. Line breaks become
// spaces; control characters and those that turn the direction of writing are
// dropped; what is no UTF-8 becomes U+FFFD.
func Escape(s string) string {
	s = oneLine(s)
	var b strings.Builder
	b.Grow(len(s) + len(s)/8)
	for i, r := range s {
		if needsEscape(s, i, r) {
			fmt.Fprintf(&b, "&#%d;", r)
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// needsEscape reports whether the character r at s[i] can mean something.
func needsEscape(s string, i int, r rune) bool {
	switch r {
	case '&', '<', '>', '"', '[', ']', '{', '}', '|', '=', '~':
		return true
	case ':':
		return i == 0 || strings.HasPrefix(s[i+1:], "/") || endsInScheme(s[:i])
	case '\'':
		return i == 0 || i+1 == len(s) || s[i-1] == '\'' || s[i+1] == '\''
	case '*', '#', ';', '-', '+', ' ':
		return i == 0
	case '!':
		return i == 0 || i+1 == len(s) || s[i-1] == '!' || s[i+1] == '!'
	case '_':
		return i > 0 && s[i-1] == '_' || strings.HasPrefix(s[i+1:], "_")
	case '＿':
		return strings.HasSuffix(s[:i], "＿") || strings.HasPrefix(s[i+len("＿"):], "＿")
	case 'R':
		return isMagicWord(s[i:], "RFC")
	case 'P':
		return isMagicWord(s[i:], "PMID")
	case 'I':
		return isMagicWord(s[i:], "ISBN")
	}
	return false
}

// endsInScheme reports whether a colon after s could begin an external link
// that needs no slashes. Those with slashes are told by the slash.
func endsInScheme(s string) bool {
	for n := 1; n <= longestProtocol && n <= len(s) && isWord(s[len(s)-n]); n++ {
		if _, ok := DefaultSite().schemes[strings.ToLower(s[len(s)-n:])]; ok {
			return true
		}
	}
	return false
}

// isMagicWord reports whether s begins with a word that MediaWiki links when a
// number follows.
func isMagicWord(s, word string) bool {
	rest, ok := strings.CutPrefix(s, word)
	if !ok {
		return false
	}
	r, _ := utf8.DecodeRuneInString(rest)
	return unicode.IsSpace(r) || unicode.Is(unicode.Zs, r)
}

// EscapeSummary makes s fit to stand in an edit summary: one line that holds
// no links and no section marks.
func EscapeSummary(s string) string {
	s = strings.TrimSpace(oneLine(s))
	var b strings.Builder
	for i, r := range s {
		switch {
		case r == '[' && (strings.HasPrefix(s[i+1:], "[") || i > 0 && s[i-1] == '['),
			r == ']' && (strings.HasPrefix(s[i+1:], "]") || i > 0 && s[i-1] == ']'),
			r == '*' && (strings.HasPrefix(s[i+1:], "/") || i > 0 && s[i-1] == '/'),
			r == '&' && i+1 < len(s) && (isWord(s[i+1]) || s[i+1] == '#'):
			fmt.Fprintf(&b, "&#%d;", r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// oneLine turns line breaks into spaces and drops what cannot be seen.
func oneLine(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
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
