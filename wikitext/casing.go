// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds MediaWiki's small and capital letters, and how it writes the
// same letters in one way.

package wikitext

import (
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/language"
	"golang.org/x/text/unicode/norm"
)

// letters is what a wiki does to the letters of a title.
type letters struct {
	// wikimedia says that first letters are those that Wikimedia's wikis have
	// always had: one letter stays one, and some stay small.
	wikimedia bool
	// dotted says that the capital of i is İ, as in Turkish.
	dotted bool
	// arabic and malayalam say that the wiki replaces presentation forms and
	// old sequences for chillu letters.
	arabic, malayalam bool
}

// foldCase is how names of namespaces, prefixes and magic words are compared:
// in lower case, with the full mapping of Unicode.
func foldCase(s string) string {
	if strings.Contains(s, "İ") {
		s = strings.ReplaceAll(s, "İ", "i̇")
	}
	return strings.ToLower(s)
}

// capital returns the title with a first letter in upper case.
func (l letters) capital(name string) string {
	if name == "" || name[0] < 'a' {
		return name
	}
	r, n := utf8.DecodeRuneInString(name)
	if 0x3000 <= r && r < 0xa640 || 0xac00 <= r && r < 0xfb00 { // east Asian scripts have one case
		return name
	}
	if up := l.upper(r); up != name[:n] {
		return up + name[n:]
	}
	return name
}

// upper is PHP's mb_strtoupper for one letter, with the exceptions of the
// language and of Wikimedia's $wgOverrideUcfirstCharacters.
func (l letters) upper(r rune) string {
	switch {
	case r == 'i' && l.dotted:
		return "İ"
	case l.wikimedia && staysSmall(r):
		return string(r)
	case r >= utf8.RuneSelf && !l.wikimedia:
		if s, ok := severalLetters()[r]; ok {
			return s
		}
	}
	return string(unicode.ToUpper(r))
}

// staysSmall are the letters whose capitals came to Unicode or to PHP after
// Wikimedia's wikis had pages with the small ones: Georgian, Roman numbers,
// circled letters, Medefaidrin and two single ones.
func staysSmall(r rune) bool {
	switch {
	case r < 0x345:
		return false
	case r == 0x345, r == 0xa7b9:
		return true
	}
	return 0x10d0 <= r && r <= 0x10ff || 0x2170 <= r && r <= 0x217f || 0x24d0 <= r && r <= 0x24e9 || 0x16e60 <= r && r <= 0x16e7f
}

// severalLetters has the letters whose capital is no single letter, such as ß,
// and those that are capitals but for a part, such as ᾈ.
var severalLetters = sync.OnceValue(func() map[rune]string {
	m := map[rune]string{}
	upper := cases.Upper(language.Und)
	for _, span := range [][2]rune{{0xdf, 0x587}, {0x1e96, 0x1ffc}, {0xfb00, 0xfb17}} {
		for r := span[0]; r <= span[1]; r++ {
			if s := upper.String(string(r)); s != string(unicode.ToUpper(r)) {
				m[r] = s
			}
		}
	}
	return m
})

// normalize does what MediaWiki does to all text that reaches it: NFC, and the
// wiki's own replacements. It reports false for text with bytes that are no
// UTF-8 or control characters, which MediaWiki replaces by U+FFFD, and for text
// with U+FFFD itself: no title has them.
func (l letters) normalize(s string) (string, bool) {
	ascii := true
	for i := range len(s) {
		switch c := s[i]; {
		case c >= utf8.RuneSelf:
			ascii = false
		case c < ' ' && c != '\t' && c != '\n' && c != '\r':
			return "", false
		}
	}
	if ascii {
		return s, true
	}
	if !utf8.ValidString(s) || strings.Contains(s, "\ufffd") || strings.Contains(s, "\ufffe") || strings.Contains(s, "\uffff") {
		return "", false
	}
	s = composed(s)
	if l.arabic {
		s = plainArabic(s)
	}
	if l.malayalam {
		s = chillus.Replace(s)
	}
	return s, true
}

// arabicPresentation are the forms that a letter has within a word, each a
// character of its own for old fonts.
func arabicPresentation(r rune) bool { return 0xfb50 <= r && r <= 0xfdff || 0xfe70 <= r && r <= 0xfeff }

// plainArabic replaces presentation forms by the letters themselves.
func plainArabic(s string) string {
	if strings.IndexFunc(s, arabicPresentation) < 0 {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		switch {
		case r == 0xfbdd: // taken apart in MediaWiki's table only once
			b.WriteRune(0x677)
		case arabicPresentation(r):
			b.WriteString(norm.NFKC.String(string(r)))
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// chillus are Malayalam's final consonants, once written with a virama and a
// joiner, now letters of their own.
var chillus = strings.NewReplacer(
	"\u0d23\u0d4d\u200d", "\u0d7a", "\u0d28\u0d4d\u200d", "\u0d7b", "\u0d30\u0d4d\u200d", "\u0d7c",
	"\u0d32\u0d4d\u200d", "\u0d7d", "\u0d33\u0d4d\u200d", "\u0d7e", "\u0d15\u0d4d\u200d", "\u0d7f",
)
