// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds where a name ends in prose, and what is code instead: names in
// paths, in files, in calls, in identifiers.

package detect

import (
	"strings"
	"unicode/utf8"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/wikitext"
)

// isWhole reports whether a name stands alone where it was found: nothing of a
// longer word touches it. What looks like code is no prose: a/b, a.b, a_b, a\b,
// $a, a(, a=, a::b, @a, {a.
func isWhole(text string, s wikitext.Span) bool {
	first, _ := utf8.DecodeRuneInString(text[s.Start:s.End])
	last, _ := utf8.DecodeLastRuneInString(text[s.Start:s.End])
	if s.Start > 0 {
		before, n := utf8.DecodeLastRuneInString(text[:s.Start])
		if touches(before, first) || scriptOf(first) == anyScript || !beginsAfter(text[:s.Start], byte(before), n) {
			return false
		}
		if before == '-' && !mixedCase(text[s.Start:s.End]) && endsInWord(text[:s.Start-1]) {
			return false
		}
	}
	if s.End == len(text) {
		return true
	}
	after, n := utf8.DecodeRuneInString(text[s.End:])
	if touches(after, last) || scriptOf(after) == anyScript {
		return false
	}
	rest := text[s.End+n:]
	switch after {
	case '_', '\\', '@', '$', '%', '~', '^':
		return false
	case '/':
		return !beginsWithWord(rest)
	case '.':
		return !beginsWithWord(rest) // a file, or the member of something
	case ':':
		return !beginsWithWord(rest) && !strings.HasPrefix(rest, ":") && !strings.HasPrefix(rest, "//")
	case '(':
		return strings.HasPrefix(rest, "s)")
	case '=':
		return closesHeading(text, s.End)
	case '-':
		return capitalised(text[s.Start:s.End]) || !beginsWithWord(rest)
	}
	return true
}

// touches reports whether two neighbouring runes are in one word.
func touches(a, b rune) bool {
	in := scriptOf(a)
	return in != noScript && in == scriptOf(b)
}

// beginsAfter reports whether a name may follow a text whose last rune has n
// bytes, of which the last is c.
func beginsAfter(text string, c byte, n int) bool {
	if n > 1 {
		return true
	}
	before := text[:len(text)-1]
	switch c {
	case '_', '\\', '@', '$', '%', '~', '^', '/', '{', '<', '&':
		return false
	case '.', '#':
		return !endsInWord(before) && !strings.HasSuffix(before, "/")
	case '=':
		return opensHeading(text)
	}
	return true
}

func endsInWord(text string) bool {
	c, _ := utf8.DecodeLastRuneInString(text)
	return text != "" && scriptOf(c) != noScript
}

func beginsWithWord(text string) bool {
	c, _ := utf8.DecodeRuneInString(text)
	return text != "" && scriptOf(c) != noScript
}

// opensHeading reports whether a text ends in the signs that open a heading.
func opensHeading(text string) bool {
	rest := strings.TrimRight(text, "=")
	return rest == "" || strings.HasSuffix(rest, "\n")
}

// closesHeading reports whether the signs at i close a heading.
func closesHeading(text string, i int) bool {
	rest := strings.TrimLeft(text[i:], "=")
	return rest == "" || rest[0] == '\n' || rest[0] == ' '
}

// window is how many bytes around a name are looked at to tell what it stands
// in, so that the time for a name does not depend on the text.
const window = 160

// inTag reports whether an offset is in an HTML tag or in a quoted value such as
// that of an attribute in a table.
func inTag(text string, i int) bool {
	line := text[max(0, i-window):i]
	line = line[strings.LastIndexByte(line, '\n')+1:]
	if open := strings.LastIndexByte(line, '<'); open >= 0 && open+1 < len(line) && strings.IndexByte(line[open:], '>') < 0 {
		if c := line[open+1]; c == '/' || isLetter(c) {
			return true
		}
	}
	value := strings.LastIndex(line, `="`)
	return value >= 0 && strings.IndexByte(line[value+2:], '"') < 0
}
