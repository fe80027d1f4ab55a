// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds Unicode's normal form C, as MediaWiki gives it to all text.

package wikitext

import (
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// composed is the text in normal form C.
func composed(s string) string {
	if isASCII(s) || norm.NFC.IsNormalString(s) {
		return s
	}
	// After thirty accents in a row the package puts this between, which the
	// standard allows but MediaWiki does not do.
	const joiner = "\u034f"
	n := norm.NFC.String(s)
	if strings.Count(n, joiner) == strings.Count(s, joiner) {
		return n
	}
	return composedByHand(s)
}

// composedByHand is composed for texts with any number of accents in a row.
func composedByHand(s string) string {
	var runes []rune
	for _, r := range s {
		runes = append(runes, []rune(norm.NFD.String(string(r)))...)
	}
	class := func(r rune) uint8 {
		var buf [utf8.UTFMax]byte
		return norm.NFD.Properties(buf[:utf8.EncodeRune(buf[:], r)]).CCC()
	}
	for i := 0; i < len(runes); i++ { // accents in the order of their classes
		j := i
		for j < len(runes) && class(runes[j]) != 0 {
			j++
		}
		slices.SortStableFunc(runes[i:j], func(a, b rune) int { return int(class(a)) - int(class(b)) })
		i = j
	}
	out := runes[:0]
	starter, last := -1, uint8(0) // where the letter to compose with is; the class of what was kept since
	for _, r := range runes {
		c := class(r)
		if starter >= 0 && (starter == len(out)-1 || last != 0 && last < c) {
			pair := norm.NFC.String(string(out[starter]) + string(r))
			if one, n := utf8.DecodeRuneInString(pair); n == len(pair) {
				out[starter] = one
				continue
			}
		}
		if out, last = append(out, r), c; c == 0 {
			starter = len(out) - 1
		}
	}
	return string(out)
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
