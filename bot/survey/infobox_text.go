// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds what is taken over of free text on wiki pages: one plain line,
// bounded, without e-mail addresses.

package survey

import (
	"strings"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/wikitext"
)

// How much of a text is taken over, in bytes: a name or a word or two, and a
// sentence. maxNamed bounds how many people one field or cell names.
const (
	maxWords    = 255
	maxSentence = 500
	maxNamed    = 50
)

// oneLine is text as it is shown, without e-mail addresses: what a person has
// put on one page is not for other pages.
func oneLine(text string) string { return visibleText(WithoutMail(visibleText(text))) }

// plainText is a wikitext as plain text of at most so many bytes.
func plainText(raw string, most int) string {
	if len(raw) > 20*most { // mostly markup at best
		raw = strings.ToValidUTF8(raw[:20*most], "")
	}
	return cutText(oneLine(wikitext.Plain(raw)), most)
}

// aName is a wikitext as plain text that can be a name, "" if it is too long.
func aName(raw string) string {
	if text := plainText(raw, maxWords+1); len(text) <= maxWords {
		return text
	}
	return ""
}

// people are the names in a list of authors: nobody's accounts, since it is
// free text.
func people(raw string) []string {
	var out []string
	seen := make(map[string]bool)
	for _, part := range parts(wikitext.DefaultSite(), raw) {
		name := strings.Trim(aName(part), " \t*#:.|…")
		if name == "" || seen[name] || len(out) == maxNamed {
			continue
		}
		seen[name] = true
		out = append(out, name)
	}
	return out
}
