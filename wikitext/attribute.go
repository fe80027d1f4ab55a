// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the attributes of tables, rows and cells.

package wikitext

import (
	"html"
	"strings"
)

// Attribute writes one attribute, such as data-sort-value="12", for a table, a
// row or a cell. The value is text from anywhere.
func Attribute(name, value string) string { return name + `="` + Escape(value) + `"` }

// attribute returns the value of an attribute, "" without it. It reads as
// MediaWiki does (Sanitizer::decodeTagAttributes): quotes may be missing, the
// last of several counts, comments do not.
func attribute(attrs, name string) string {
	if strings.Contains(attrs, "<!--") {
		attrs = dropComments(attrs)
	}
	found := ""
	for {
		attrs = strings.TrimLeft(attrs, attrSpace+"/>")
		if attrs == "" {
			return found
		}
		n := 1
		for n < len(attrs) && strings.IndexByte(attrSpace+"/>=", attrs[n]) < 0 {
			n++
		}
		key, value := attrs[:n], ""
		attrs = attrs[n:]
		if rest := strings.TrimLeft(attrs, attrSpace); strings.HasPrefix(rest, "=") {
			value, attrs = attributeValue(strings.TrimLeft(rest[1:], attrSpace))
		}
		if strings.EqualFold(key, name) {
			found = decode(strings.Join(strings.FieldsFunc(value, isAttrSpace), " "))
		}
	}
}

// attrSpace are the characters that divide attributes.
const attrSpace = " \t\n\f\r"

func isAttrSpace(r rune) bool { return r == ' ' || r == '\t' || r == '\n' || r == '\r' }

// attributeValue divides s after a value; one without a closing quote runs to
// the end.
func attributeValue(s string) (value, rest string) {
	if s != "" && (s[0] == '"' || s[0] == '\'') {
		value, rest, _ = strings.Cut(s[1:], s[:1])
		return value, rest
	}
	n := strings.IndexAny(s, attrSpace+">")
	if n < 0 {
		n = len(s)
	}
	return s[:n], s[n:]
}

// decode resolves character references; without a semicolon they are none.
func decode(s string) string {
	var b strings.Builder
	for {
		i := strings.IndexByte(s, '&')
		if i < 0 {
			break
		}
		n := i + 1
		for n < len(s) && (isWord(s[n]) && s[n] != '_' || s[n] == '#') {
			n++
		}
		if n < len(s) && s[n] == ';' {
			n++
			b.WriteString(s[:i] + html.UnescapeString(s[i:n]))
		} else {
			b.WriteString(s[:n])
		}
		s = s[n:]
	}
	if b.Len() == 0 {
		return s
	}
	return b.String() + s
}

// dropComments returns attributes without what is in angle brackets: comments and
// tags that say what is transcluded.
func dropComments(s string) string {
	var b strings.Builder
	for {
		n := strings.IndexByte(s, '<')
		if n < 0 {
			b.WriteString(s)
			return b.String()
		}
		b.WriteString(s[:n])
		closing := ">"
		if strings.HasPrefix(s[n:], "<!--") {
			closing = "-->"
		}
		_, s, _ = strings.Cut(s[n:], closing)
	}
}
