// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the normal form of titles of wikis that are not known.

package wikitext

import (
	"html"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// NormalizeTitle gives a title as written in a link its usual form:
// percent-encoding and character references decoded, underscores and spaces of
// all kinds folded to single spaces, outer ones cut, marks of direction
// dropped, the first letter in upper case as on Wikimedia's wikis. Namespaces,
// prefixes, fragments and a leading colon stay as they are; an encoding that
// gives no UTF-8 stays, too. Where the wiki is known, Site.ParseTitle tells
// more.
func NormalizeTitle(s string) string { return letters{wikimedia: true}.capital(DecodeTitle(s)) }

// DecodeTitle is NormalizeTitle but for the first letter, which stays: titles
// behind an interwiki prefix may begin with a small one.
func DecodeTitle(s string) string {
	if strings.IndexByte(s, '%') >= 0 {
		if decoded := PercentDecode(s); utf8.ValidString(decoded) {
			s = decoded
		}
	}
	if strings.IndexByte(s, '&') >= 0 {
		s = html.UnescapeString(s)
	}
	var b strings.Builder
	b.Grow(len(s))
	gap := false
	for _, r := range s {
		switch {
		case r == '_' || unicode.IsSpace(r) || unicode.Is(unicode.Zs, r):
			gap = b.Len() > 0
			continue
		case isBidi(r) && r != 0x061c && r < 0x2066:
			continue
		}
		if gap {
			b.WriteByte(' ')
			gap = false
		}
		b.WriteRune(r)
	}
	return b.String()
}

// PercentDecode decodes every valid percent-encoded byte and leaves the rest as
// it is; the result need not be UTF-8.
func PercentDecode(s string) string {
	b := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		if s[i] == '%' && i+2 < len(s) {
			if c, err := strconv.ParseUint(s[i+1:i+3], 16, 8); err == nil {
				b = append(b, byte(c))
				i += 2
				continue
			}
		}
		b = append(b, s[i])
	}
	return string(b)
}
