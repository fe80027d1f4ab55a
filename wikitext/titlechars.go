// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the characters of titles: how they are written, and which
// cannot be.

package wikitext

import (
	"fmt"
	"html"
	"strconv"
	"strings"
	"unicode/utf8"
)

// clean decodes character references and brings a text into the wiki's normal
// form; it reports false if no title can have it.
func (s *Site) clean(text string) (string, bool) {
	text, ok := s.letters.normalize(text)
	if !ok || strings.IndexByte(text, '&') < 0 {
		return text, ok
	}
	decoded := decodeReferences(text)
	if decoded == text {
		return text, true
	}
	return s.letters.normalize(decoded)
}

// maxReference is more than the longest name of a character has.
const maxReference = 40

// decodeReferences replaces &eacute;, &#233; and &#xe9; by what they mean, once.
// Numbers of characters that HTML forbids become U+FFFD; names that are not
// known stay, and a semicolon is never left out.
func decodeReferences(s string) string {
	if i := strings.IndexByte(s, '&'); i < 0 || strings.IndexByte(s[i:], ';') < 0 {
		return s
	}
	var b strings.Builder
	for {
		i := strings.IndexByte(s, '&')
		if i < 0 {
			b.WriteString(s)
			return b.String()
		}
		b.WriteString(s[:i])
		s = s[i:]
		end := 1
		if strings.HasPrefix(s, "&#") {
			end = 2
		}
		for end < len(s) && (isAlphanumeric(s[end]) || s[end] >= utf8.RuneSelf) {
			end++
		}
		if end == len(s) || s[end] != ';' {
			b.WriteString(s[:end])
			s = s[end:]
			continue
		}
		end++
		b.WriteString(decodeReference(s[:end]))
		s = s[end:]
	}
}

func isAlphanumeric(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'z'
}

// decodeReference decodes one, with its ampersand and semicolon.
func decodeReference(ref string) string {
	name := ref[1 : len(ref)-1]
	if digits, ok := strings.CutPrefix(name, "#"); ok {
		base := 10
		if digits != "" && digits[0]|0x20 == 'x' {
			digits, base = digits[1:], 16
		}
		if strings.Trim(digits, "0123456789abcdefABCDEF") != "" || digits == "" {
			return ref
		}
		n, err := strconv.ParseUint(digits, base, 31)
		if err != nil && base == 10 && strings.Trim(digits, "0123456789") != "" {
			return ref
		}
		if err != nil || !isReferable(rune(n)) {
			return "\ufffd"
		}
		return string(rune(n))
	}
	switch {
	case name == "" || len(name) > maxReference:
		return ref
	case name == "רלמ" || name == "رلم": // MediaWiki's own, right-to-left mark
		return "\u200f"
	}
	// The library also takes names that only begin with a known one.
	if s := html.UnescapeString(ref); s == ";" || !strings.HasSuffix(s, ";") {
		return s
	}
	return ref
}

// isReferable tells the characters that numbers may stand for.
func isReferable(r rune) bool {
	return r == '\t' || r == '\n' || 0x20 <= r && r <= 0x7e || 0xa0 <= r && r <= 0xd7ff || 0xe000 <= r && r <= 0xfffd ||
		0x10000 <= r && r <= utf8.MaxRune
}

// isTitleSpace tells the characters that are spaces in titles. Tabs, line breaks
// and zero-width spaces are none.
func isTitleSpace(r rune) bool {
	switch r {
	case ' ', '_', 0xa0, 0x1680, 0x180e, 0x2028, 0x2029, 0x202f, 0x205f, 0x3000:
		return true
	}
	return 0x2000 <= r && r <= 0x200a
}

// isTitleMark tells the marks of direction that titles lose.
func isTitleMark(r rune) bool {
	return r == 0x200e || r == 0x200f || 0x202a <= r && r <= 0x202e
}

// foldSpaces drops marks of direction and makes one space of several, none of
// outer ones.
func foldSpaces(s string) string {
	i, gap := 0, true // a space at the start is one too many
	for i < len(s) {
		c := s[i]
		if c >= utf8.RuneSelf {
			r, n := utf8.DecodeRuneInString(s[i:])
			if isTitleSpace(r) || isTitleMark(r) {
				break
			}
			i += n
			gap = false
			continue
		}
		if c == '_' || c == ' ' && gap {
			break
		}
		gap = c == ' '
		i++
	}
	if i == len(s) && !gap {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	b.WriteString(strings.TrimRight(s[:i], " "))
	gap = i > 0 && s[i-1] == ' '
	for _, r := range s[i:] {
		switch {
		case isTitleMark(r):
		case isTitleSpace(r):
			gap = true
		default:
			if gap && b.Len() > 0 {
				b.WriteByte(' ')
			}
			gap = false
			b.WriteRune(r)
		}
	}
	return b.String()
}

// reject says why a name, without namespace and fragment, is none; "" if it is
// one.
func (s *Site) reject(name string, namespace int) string {
	special := false // there is a character to look twice at
	for i := range len(name) {
		c := name[i]
		if s.illegal[c] {
			return fmt.Sprintf("it cannot contain %q", name[i:i+1])
		}
		special = special || c == '%' || c == '&' || c == '.' || c == '~'
	}
	if special {
		if code := findEncoded(name); code != "" {
			return fmt.Sprintf("it cannot contain %q, which stands for another character", code)
		}
		if hasDots(name) {
			return `it cannot have "." or ".." between slashes`
		}
		if strings.Contains(name, "~~~") {
			return `it cannot contain "~~~"`
		}
	}
	most := maxTitle
	if namespace == spaceSpecial {
		most = maxSpecialTitle
	}
	if len(name) > most {
		return fmt.Sprintf("it is longer than %d bytes", most)
	}
	if strings.HasSuffix(name, " ") {
		return "it ends with a space"
	}
	return ""
}

// findEncoded finds what looks like percent-encoding or a character reference.
func findEncoded(name string) string {
	for i := range len(name) {
		switch name[i] {
		case '%':
			if i+2 < len(name) && isHex(name[i+1]) && isHex(name[i+2]) {
				return name[i : i+3]
			}
		case '&':
			end := i + 1
			for end < len(name) && (isAlphanumeric(name[end]) || name[end] >= utf8.RuneSelf) {
				end++
			}
			if end > i+1 && end < len(name) && name[end] == ';' {
				return name[i : end+1]
			}
		}
	}
	return ""
}

func isHex(c byte) bool { return '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'f' }

// hasDots reports whether a part of the path is "." or "..".
func hasDots(name string) bool {
	for part := range strings.SplitSeq(name, "/") {
		if part == "." || part == ".." {
			return true
		}
	}
	return false
}

// legalBytes are MediaWiki's $wgLegalTitleChars if a wiki does not say.
const legalBytes = ` %!"$&'()*,\-.\/0-9:;=?@A-Z\\^_` + "`" + `a-z~\x80-\xFF+`

// illegalBytes reads the inside of a regular expression's brackets.
func illegalBytes(legal string) (illegal [256]bool) {
	if legal == "" {
		legal = legalBytes
	}
	for c := range illegal {
		illegal[c] = true
	}
	for legal != "" {
		from, rest := classByte(legal)
		to := from
		if strings.HasPrefix(rest, "-") && len(rest) > 1 {
			to, rest = classByte(rest[1:])
		}
		for c := int(from); c <= int(to); c++ {
			illegal[c] = false
		}
		legal = rest
	}
	return illegal
}

// classByte takes one byte, which can be escaped, from the front of a class.
func classByte(s string) (byte, string) {
	if s[0] != '\\' || len(s) == 1 {
		return s[0], s[1:]
	}
	if s[1] == 'x' && len(s) >= 4 {
		if c, err := strconv.ParseUint(s[2:4], 16, 8); err == nil {
			return byte(c), s[4:]
		}
	}
	return s[1], s[2:]
}
