// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds MediaWiki's small and capital letters.

package wikitext

import (
	"strings"
	"unicode"
)

// foldCase is how names of namespaces, prefixes and magic words are compared:
// in lower case, with the full mapping of Unicode.
func foldCase(s string) string {
	if strings.Contains(s, "İ") {
		s = strings.ReplaceAll(s, "İ", "i̇")
	}
	return strings.ToLower(s)
}

// uppercase returns what makes the first letter of a title a capital on wikis
// of a language.
func uppercase(lang string) func(rune) string {
	return func(r rune) string { return string(unicode.ToUpper(r)) }
}
