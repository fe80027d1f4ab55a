// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the spellings of a name under which it is found.

package detect

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// spelling says how a form is made of an alias.
type spelling uint8

const (
	asIs      spelling = iota // Guided Tour
	spaced                    // GuidedTour as Guided Tour
	joined                    // Guided Tour or guided-tour as GuidedTour
	ofTitle                   // Commons:RemoveGPS by RemoveGPS, behind titleMark
	ofAccount                 // User:ABot by ABot, behind accountMark
	whole     spelling = 7    // as it is, but not in texts
)

// What stands before forms that are no names themselves.
const (
	titleMark   = ":"
	accountMark = "@"
)

// longestAlias is the number of bytes above which a name is not searched for.
const longestAlias = 100

// key returns a name as it is looked up: in lower case, with single spaces in
// place of white space, underscores and dashes.
func key(name string) string {
	name = strings.Trim(name, " _\t\u00a0")
	if strings.Contains(name, "  ") || strings.ContainsAny(name, "\t\u00a0") {
		name = strings.Join(strings.FieldsFunc(name, func(c rune) bool { return c == ' ' || c == '\t' || c == '\u00a0' }), " ")
	}
	return flat(name)
}

// fold makes spellings equal that differ in case, underscores and white space.
func fold(name string) string {
	return strings.ToLower(strings.Join(strings.FieldsFunc(name, func(c rune) bool { return c == '_' || c == ' ' || c == '\t' || c == '\u00a0' }), " "))
}

// spellings returns the names under which an alias is searched for, in lower
// case, by how they are made; "" where there is none.
func spellings(alias string) (names [3]string) {
	alias = strings.TrimSpace(alias)
	if len(alias) < 2 || len(alias) > longestAlias || !utf8.ValidString(alias) {
		return names
	}
	first, _ := utf8.DecodeRuneInString(alias)
	last, _ := utf8.DecodeLastRuneInString(alias)
	if s := scriptOf(first); s == noScript || s == anyScript || scriptOf(last) == noScript {
		return names
	}
	names[asIs] = key(alias)
	parts := strings.FieldsFunc(alias, func(c rune) bool { return c == ' ' || c == '-' || c == '_' })
	if len(parts) > 1 {
		if name := flat(strings.Join(parts, "")); len(name) >= shortestCamel && isWord(name) {
			names[joined] = name
		}
	} else if parts = humps(alias); len(parts) > 2 || len(parts) == 2 && min(len(parts[0]), len(parts[1])) >= shortestName {
		names[spaced] = flat(strings.Join(parts, " ")) // but not "Prove It"
	}
	return names
}

// humps splits a name in CamelCase into its words; one that holds anything but
// letters has none.
func humps(name string) []string {
	var parts []string
	start := 0
	for i, c := range name {
		if !unicode.IsLetter(c) {
			return nil
		}
		if i == 0 || !unicode.IsUpper(c) {
			continue
		}
		before, _ := utf8.DecodeLastRuneInString(name[:i])
		after, _ := utf8.DecodeRuneInString(name[i+utf8.RuneLen(c):])
		if unicode.IsLower(before) || unicode.IsUpper(before) && unicode.IsLower(after) {
			parts = append(parts, name[start:i])
			start = i
		}
	}
	return append(parts, name[start:])
}

// isCommon reports whether a name in lower case is an ordinary word, or a phrase
// as MediaWiki itself has it.
func isCommon(name string) bool {
	if strings.IndexByte(name, ' ') < 0 {
		return ordinary(name)
	}
	return listed(name)
}

// isWord reports whether a text is one word.
func isWord(text string) bool {
	s := wordScan{text: text}
	return s.next() && s.start == 0 && s.end == len(text)
}
