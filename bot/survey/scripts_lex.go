// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds how JavaScript is cut into words, strings, signs and
// comments. It knows as much of the language as it takes to tell code from
// comments and strings, and never fails: what is not closed ends with its line
// or with the text.

package survey

import (
	"iter"
	"strconv"
	"strings"
	"unicode/utf8"
)

// lexKind is what a piece of JavaScript is.
type lexKind uint8

const (
	lexWord    lexKind = iota // a name, a keyword or a number
	lexString                 // a string, also a template without substitutions
	lexComment                // with its marks
	lexSign                   // any other character; "`" stands for a template with substitutions
)

// lexeme is a piece of JavaScript.
type lexeme struct {
	kind lexKind
	// text is as written, but for strings: of those it is the value.
	text string
	// start is its place in the text, in bytes.
	start int
}

func (l lexeme) is(sign string) bool { return l.kind == lexSign && l.text == sign }

// maxRegexp bounds how far a slash is followed to see whether it begins a
// regular expression, so that no text takes long.
const maxRegexp = 500

// beforeRegexp are the keywords that a regular expression can follow.
var beforeRegexp = map[string]bool{
	"return": true, "typeof": true, "case": true, "in": true, "of": true, "delete": true, "void": true, "throw": true,
	"new": true, "else": true, "do": true, "instanceof": true, "yield": true, "await": true,
}

// lexer goes through a text.
type lexer struct {
	src string
	at  int
	// last is the last piece that was no comment.
	last lexeme
	// braces counts the open braces of every substitution in a template that
	// the place is in, the innermost last.
	braces []int
}

// lexemes cuts JavaScript into pieces; white space is left out.
func lexemes(src string) iter.Seq[lexeme] {
	return func(yield func(lexeme) bool) {
		x := lexer{src: src}
		for x.at < len(src) {
			l, ok := x.next()
			if !ok {
				continue
			}
			if l.kind != lexComment {
				x.last = l
			}
			if !yield(l) {
				return
			}
		}
	}
}

// next returns the piece at the place and goes behind it; ok is false for white
// space.
func (x *lexer) next() (l lexeme, ok bool) {
	start, rest := x.at, x.src[x.at:]
	c := rest[0]
	piece := func(kind lexKind, size int) (lexeme, bool) {
		x.at = start + size
		return lexeme{kind, x.src[start:x.at], start}, true
	}
	switch {
	case c <= ' ':
		x.at++
		return l, false
	case strings.HasPrefix(rest, "//"), strings.HasPrefix(rest, "<!--"):
		return piece(lexComment, lineEnd(rest))
	case strings.HasPrefix(rest, "/*"):
		if n := strings.Index(rest[2:], "*/"); n >= 0 {
			return piece(lexComment, 2+n+2)
		}
		return piece(lexComment, len(rest)) // no script runs that has this
	case c == '"' || c == '\'':
		value, size := quoted(rest)
		x.at += size
		return lexeme{lexString, value, start}, true
	case c == '`':
		return x.template(start)
	case c == '/' && x.beginsRegexp():
		if size := regexpEnd(rest); size > 0 {
			return piece(lexSign, size)
		}
	case isWordByte(c):
		size := 1
		for size < len(rest) && isWordByte(rest[size]) {
			size++
		}
		return piece(lexWord, size)
	case c == '{' && len(x.braces) > 0:
		x.braces[len(x.braces)-1]++
	case c == '}' && len(x.braces) > 0:
		if x.braces[len(x.braces)-1]--; x.braces[len(x.braces)-1] < 0 {
			x.braces = x.braces[:len(x.braces)-1]
			return x.template(start) // goes on behind the substitution
		}
	}
	return piece(lexSign, 1)
}

// template reads a template from its backtick, or from the brace that ends a
// substitution in it, to its end or to the next substitution.
func (x *lexer) template(start int) (lexeme, bool) {
	whole := x.src[start] == '`'
	for i := start + 1; i < len(x.src); i++ {
		switch x.src[i] {
		case '\\':
			i++
		case '`':
			x.at = i + 1
			if !whole {
				return lexeme{lexSign, "`", start}, true
			}
			return lexeme{lexString, unescape(x.src[start+1 : i]), start}, true
		case '$':
			if strings.HasPrefix(x.src[i:], "${") {
				x.at = i + 2
				x.braces = append(x.braces, 0)
				return lexeme{lexSign, "`", start}, true
			}
		}
	}
	x.at = len(x.src)
	return lexeme{lexSign, "`", start}, true
}

// beginsRegexp reports whether a slash at the place can begin a regular
// expression: behind a value it divides.
func (x *lexer) beginsRegexp() bool {
	switch x.last.kind {
	case lexString:
		return false
	case lexWord:
		return x.last.text == "" || beforeRegexp[x.last.text]
	}
	return !strings.Contains(")]}`", x.last.text[:1])
}

// regexpEnd returns the length of the regular expression that a text begins
// with, 0 if it is none.
func regexpEnd(s string) int {
	class := false
	for i := 1; i < min(len(s), maxRegexp); i++ {
		switch c := s[i]; {
		case c == '\n' || c == '\r':
			return 0
		case c == '\\':
			i++
		case c == '[':
			class = true
		case c == ']':
			class = false
		case c == '/' && !class:
			return i + 1
		}
	}
	return 0
}

// quoted returns the value of the string that a text begins with, and its
// length. It ends with its line at the latest.
func quoted(s string) (value string, size int) {
	for i := 1; i < len(s); i++ {
		switch s[i] {
		case s[0]:
			return unescape(s[1:i]), i + 1
		case '\n', '\r':
			return unescape(s[1:i]), i
		case '\\':
			i++
			if strings.HasPrefix(s[i:], "\r\n") {
				i++
			}
		}
	}
	return unescape(s[1:]), len(s)
}

// unescape decodes the escapes in a string.
func unescape(s string) string {
	if strings.IndexByte(s, '\\') < 0 {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' || i+1 == len(s) {
			b.WriteByte(s[i])
			continue
		}
		i++
		switch s[i] {
		case 'n', 't', 'r', 'b', 'f', 'v', '0':
			b.WriteByte(' ')
		case '\n', '\r': // the string goes on in the next line
			if strings.HasPrefix(s[i:], "\r\n") {
				i++
			}
		case 'x':
			i += hexRune(&b, s[i:], 2)
		case 'u':
			i += hexRune(&b, s[i:], 4)
		default:
			b.WriteByte(s[i])
		}
	}
	return b.String()
}

// hexRune writes the character of an escape such as "xE9", "u00e9" or "u{e9}"
// and returns how many bytes follow its first.
func hexRune(b *strings.Builder, s string, digits int) int {
	code, used := "", 0
	if rest, ok := strings.CutPrefix(s, "u{"); ok {
		code, _, ok = strings.Cut(rest[:min(len(rest), 8)], "}")
		if ok {
			used = len(code) + 2
		}
	} else if len(s) > digits {
		code, used = s[1:1+digits], digits
	}
	n, err := strconv.ParseUint(code, 16, 32)
	if used == 0 || err != nil || !utf8.ValidRune(rune(n)) {
		b.WriteByte(s[0])
		return 0
	}
	b.WriteRune(rune(n))
	return used
}

// lineEnd returns how long the first line of a text is, without its end.
func lineEnd(s string) int {
	if n := strings.IndexAny(s, "\n\r"); n >= 0 {
		return n
	}
	return len(s)
}

func isWordByte(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c == '_' || c == '$' || c >= utf8.RuneSelf
}
