// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds what is taken over of free text on other people's pages: one
// plain line, bounded, without e-mail addresses.

package survey

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/wikitext"
)

// How much of a text is taken over, in bytes: a name or a word or two, and a
// sentence. maxNamed bounds how many people one field or cell names.
const (
	maxWords    = 255
	maxSentence = 500
	maxNamed    = 50
)

// mail finds e-mail addresses, also those that are only a little disguised.
var mail = regexp.MustCompile(`(?i)<?(?:mailto:)?[\pL\pN._%+-]+(?:@|\s*[(\[{<]\s*at\s*[)\]}>]\s*)[\pL\pN-]+(?:(?:\.|\s*[(\[{<]\s*dot\s*[)\]}>]\s*)[\pL\pN-]+)+>?`)

// noMail takes e-mail addresses out of a text: what a person has put on one
// page is not for other pages.
func noMail(text string) string {
	if !strings.ContainsRune(text, '@') && !strings.Contains(strings.ToLower(text), "at") {
		return text
	}
	return emptyBrackets.ReplaceAllString(mail.ReplaceAllString(text, ""), "")
}

var emptyBrackets = regexp.MustCompile(`\(\s*\)|\[\s*\]|<\s*>`)

// tidy folds white space and drops what only steers the direction of text or
// cannot be seen.
func tidy(s string) string {
	s = strings.Map(func(c rune) rune {
		switch {
		case c == utf8.RuneError:
			return -1
		case c == '\u061c' || c == '\u200b' || c == '\u200e' || c == '\u200f' || c >= '\u202a' && c <= '\u202e' || c >= '\u2066' && c <= '\u2069' || c == '\ufeff':
			return -1
		case unicode.IsControl(c) && !unicode.IsSpace(c):
			return -1
		}
		return c
	}, s)
	return strings.Join(strings.Fields(s), " ")
}

// plainText is a wikitext as plain text of at most so many bytes.
func plainText(raw string, most int) string {
	if len(raw) > 20*most { // mostly markup at best
		raw = strings.ToValidUTF8(raw[:20*most], "")
	}
	return clip(tidy(noMail(wikitext.Plain(raw))), most)
}

// clip cuts a text to at most so many bytes, at a space if there is one near,
// and ends it with an ellipsis then.
func clip(text string, most int) string {
	if len(text) <= most {
		return text
	}
	const more = "…"
	cut := most - len(more)
	for !utf8.RuneStart(text[cut]) {
		cut--
	}
	if space := strings.LastIndexByte(text[:cut], ' '); space > most/2 {
		cut = space
	}
	return strings.TrimRight(text[:cut], " ") + more
}

// people are the names in a list of authors: nobody's accounts, since it is
// free text.
func people(raw string) []string {
	var out []string
	seen := make(map[string]bool)
	for _, part := range parts(wikitext.DefaultSite(), raw) {
		name := strings.Trim(plainText(part, maxWords), " \t*#:.|")
		if name == "" || strings.Trim(name, ".…") == "" || len(name) > maxWords || seen[name] || len(out) == maxNamed {
			continue
		}
		seen[name] = true
		out = append(out, name)
	}
	return out
}
