// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the explanation of text that is not JSON.

package config

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// explain says why the decoder could not go on at an offset, and gives the
// offset that people should look at. missing is the separator that should have
// stood there and did not; key says that an object's key was expected.
func (s *scanner) explain(at int, missing byte, key bool) (int, string) {
	before := strings.TrimRight(s.source[:at], " \t\r\n")
	var previous byte
	if before != "" {
		previous = before[len(before)-1]
	}
	if at == len(s.source) {
		return s.unfinished(at)
	}
	c, size := utf8.DecodeRuneInString(s.source[at:])
	rest := s.source[at:]
	switch {
	case strings.HasPrefix(rest, "//"), strings.HasPrefix(rest, "/*"), strings.HasPrefix(rest, "<!--"), c == '#':
		return at, `JSON has no comments; put the note in the value of a "$comment" key`
	case c == '}' || c == ']':
		return s.closing(at, before, previous)
	case c == ',' && (previous == ',' || previous == '[' || previous == '{'):
		return at, "there is a comma too many here"
	case missing == ':':
		return at, `a key needs a colon and a value behind it, as in "append": true`
	case c == ',' || c == ':' && previous == ':':
		return at, "there is no value before this"
	case c == ':':
		return at, "a colon can only stand between a key and its value, in a group in { }"
	case missing == ',' && len(before) == at && previous >= '0' && previous <= '9' && (unicode.IsLetter(c) || unicode.IsDigit(c) || c == '.'):
		return at, badNumber
	case missing == ',' && previous == '"' && len(before) == at && unicode.IsLetter(c):
		return at - 1, `the text ends at this quotation mark; one that belongs to the text is written \"`
	case missing == ',' && (previous == '"' && c == '"' || !unicode.IsPunct(c) || strings.ContainsRune(`"{[-`, c)):
		return len(before), "a comma is missing here, before the next entry"
	case strings.ContainsRune("'‘’‚“”„«»`", c):
		return at, `this is another kind of quotation mark; use straight double ones, as in "text"`
	case c == '"':
		return s.badString(at)
	case unicode.IsSpace(c) || !unicode.IsPrint(c):
		return at, fmt.Sprintf("there is a character here that cannot be seen (%U); delete it", c)
	case key:
		return at, `a key in double quotes is expected here, as in "page": "Project:Stewardship"`
	case unicode.IsLetter(c):
		return at, badWord(rest)
	case unicode.IsDigit(c) || strings.ContainsRune("+-.", c):
		return at, badNumber
	}
	return at, fmt.Sprintf("%s cannot stand here; the %s must hold JSON, which begins with { and ends with }", quote(rest[:size]), s.form.noun)
}

const badNumber = "this is not a number as JSON writes it; write whole numbers plainly, such as 60"

// unfinished explains a text that ends too early.
func (s *scanner) unfinished(at int) (int, string) {
	if len(s.open) == 0 {
		return at, fmt.Sprintf("the %s ends too early", s.form.noun)
	}
	last := s.open[len(s.open)-1]
	return at, fmt.Sprintf("the %s ends too early: the %c from line %d has no %c that closes it",
		s.form.noun, last.bracket, s.lines.number(last.at), partner(last.bracket))
}

// closing explains a closing bracket that cannot stand where it does.
func (s *scanner) closing(at int, before string, previous byte) (int, string) {
	switch {
	case previous == ',':
		return len(before) - 1, "there is a comma after the last entry; delete it"
	case previous == ':':
		return at, "there is no value after the colon"
	case len(s.open) == 0:
		return at, fmt.Sprintf("this %c closes nothing", s.source[at])
	}
	last := s.open[len(s.open)-1]
	if s.source[at] == partner(last.bracket) {
		return at, `the key before this has no value; write a colon and a value behind it, as in "append": true`
	}
	return at, fmt.Sprintf("this %c does not fit: the %c from line %d needs a %c first",
		s.source[at], last.bracket, s.lines.number(last.at), partner(last.bracket))
}

// partner is the bracket that closes another.
func partner(bracket byte) byte {
	if bracket == '[' {
		return ']'
	}
	return '}'
}

// badString explains a quoted text that is not a JSON string.
func (s *scanner) badString(at int) (int, string) {
	for i := at + 1; i < len(s.source); i++ {
		switch c := s.source[i]; {
		case c == '\n' || c == '\r':
			return at, "this text has no closing quotation mark on its line; texts cannot go over several lines"
		case c == '\t':
			return i, `there is a tab inside this text; write \t or a space`
		case c < ' ':
			return i, fmt.Sprintf("there is a character here that cannot be seen (%U); delete it", c)
		case c == '"':
			return at, "a text cannot stand here"
		case c == '\\':
			if i++; i < len(s.source) && strings.IndexByte(`"\/bfnrt`, s.source[i]) < 0 && !hexEscape(s.source[i:]) {
				return i - 1, `a backslash means something special in JSON; write \\ for one backslash`
			}
		}
	}
	return at, "this text has no closing quotation mark"
}

// hexEscape reports whether s begins with u and four hexadecimal digits.
func hexEscape(s string) bool {
	return len(s) >= 5 && s[0] == 'u' && strings.Trim(s[1:5], "0123456789abcdefABCDEF") == ""
}

// badWord explains a bare word.
func badWord(rest string) string {
	word := rest
	if end := strings.IndexFunc(rest, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '_' && r != '-' }); end >= 0 {
		word = rest[:end]
	}
	switch strings.ToLower(word) {
	case "true", "yes", "on":
		return "write true, in lower case and without quotes"
	case "false", "no", "off":
		return "write false, in lower case and without quotes"
	case "nan", "infinity", "inf":
		return badNumber
	case "null", "none", "nil", "undefined":
		return "there is no such value; leave the key out instead"
	}
	return fmt.Sprintf("text must stand in double quotes, as in %s", quote(word))
}
