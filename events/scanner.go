// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the scanner of plainly written JSON.

package events

import (
	"encoding/json"
	"unicode/utf8"
)

// scanner goes through JSON. Its methods fail at a value of another type than
// theirs; null is of every type and changes nothing. As encoding/json lets a key
// come twice, with rules of its own, they fail too if what they would set is set
// already.
type scanner struct {
	data   []byte
	i      int
	failed bool
	null   bool // the last value was null
}

func (s *scanner) fail(really bool) {
	if really {
		s.failed = true
		s.i = len(s.data) // whatever comes next fails as well
	}
}

// peek is the next byte that is no white space, 0 if there is none.
func (s *scanner) peek() byte {
	s.i = blanks(s.data, s.i)
	if s.i < len(s.data) {
		return s.data[s.i]
	}
	return 0
}

// open enters an object and reports whether it has members.
func (s *scanner) open() bool {
	if s.skipNull() {
		return false
	}
	if s.peek() != '{' {
		s.fail(true)
		return false
	}
	s.i++
	if s.peek() == '}' {
		s.i++
		return false
	}
	return true
}

// more reports whether the object goes on after a value.
func (s *scanner) more() bool {
	c := s.peek()
	s.i++
	s.fail(c != ',' && c != '}')
	return c == ','
}

// key reads a key with the colon behind it. It fails for one that encoding/json
// might take for another.
func (s *scanner) key() []byte {
	if s.peek() != '"' {
		s.fail(true)
		return nil
	}
	start := s.i + 1
	end := plainKey(s.data, start)
	if end < 0 {
		s.fail(true)
		return nil
	}
	s.i = end
	s.fail(s.peek() != ':')
	s.i++
	return s.data[start : end-1]
}

func (s *scanner) skipNull() bool {
	s.null = s.peek() == 'n' && s.word("null")
	return s.null
}

func (s *scanner) word(word string) bool {
	if len(s.data)-s.i < len(word) || string(s.data[s.i:s.i+len(word)]) != word {
		return false
	}
	s.i += len(word)
	return true
}

func (s *scanner) text(to *string) {
	if s.fail(*to != ""); s.skipNull() {
		return
	}
	if s.peek() != '"' {
		s.fail(true)
		return
	}
	start := s.i
	what := s.quoted()
	raw := s.data[start:s.i]
	switch {
	case s.failed:
	case what&escape != 0 || what&high != 0 && !utf8.Valid(raw):
		s.fail(json.Unmarshal(raw, to) != nil)
	default:
		*to = string(raw[1 : len(raw)-1])
	}
}

func (s *scanner) time(to *timestamp) {
	if s.fail(*to != timestamp{}); s.skipNull() {
		return
	}
	if s.peek() != '"' {
		s.fail(true)
		return
	}
	start := s.i + 1
	s.fail(s.quoted() != 0)
	if !s.failed {
		*to = parseTime(s.data[start : s.i-1])
	}
}

func (s *scanner) whole(to *integer) {
	if s.fail(*to != 0); s.skipNull() {
		return
	}
	n, end := plainNumber(s.data, s.i)
	if end < 0 {
		s.fail(true)
		return
	}
	s.i, *to = end, integer(n)
}

func (s *scanner) flag(to *bool) {
	if s.fail(*to); s.skipNull() {
		return
	}
	*to = s.word("true")
	s.fail(!*to && !s.word("false"))
}

func (s *scanner) optionalFlag(before *bool) *bool {
	s.fail(before != nil)
	var b bool
	if s.flag(&b); s.null {
		return nil
	}
	return &b
}

// value passes over any value and returns it. Unlike pass it makes sure that it
// is valid.
func (s *scanner) value() []byte {
	s.peek()
	start := s.i
	s.any(0)
	if s.failed {
		return nil
	}
	return s.data[start:s.i]
}

func (s *scanner) any(depth int) {
	const deepest = 100
	s.fail(depth > deepest)
	switch c := s.peek(); c {
	case '"':
		s.quoted()
	case '{', '[':
		s.i++
		end := c + 2
		if s.peek() == end {
			s.i++
			return
		}
		for !s.failed {
			if c == '{' {
				s.fail(s.peek() != '"')
				s.quoted()
				s.fail(s.peek() != ':')
				s.i++
			}
			s.any(depth + 1)
			next := s.peek()
			s.i++
			if next == end {
				return
			}
			s.fail(next != ',')
		}
	case 't':
		s.fail(!s.word("true"))
	case 'f':
		s.fail(!s.word("false"))
	case 'n':
		s.fail(!s.word("null"))
	default:
		s.number()
	}
}

func (s *scanner) number() {
	if at(s.data, s.i, '-') {
		s.i++
	}
	if at(s.data, s.i, '0') {
		s.i++
	} else {
		s.digits()
	}
	if at(s.data, s.i, '.') {
		s.i++
		s.digits()
	}
	if at(s.data, s.i, 'e') || at(s.data, s.i, 'E') {
		s.i++
		if at(s.data, s.i, '-') || at(s.data, s.i, '+') {
			s.i++
		}
		s.digits()
	}
}

func (s *scanner) digits() {
	start := s.i
	for s.i < len(s.data) && s.data[s.i]-'0' < 10 {
		s.i++
	}
	s.fail(s.i == start)
}

// What a string has besides plain ASCII.
const (
	escape uint8 = 1 << iota
	high         // bytes of other alphabets
	control
	quotation
)

var special = func() (k [256]uint8) {
	for c := range 256 {
		switch {
		case c < ' ':
			k[c] = control
		case c >= utf8.RuneSelf:
			k[c] = high
		}
	}
	k['"'], k['\\'] = quotation, escape
	return k
}()

// quoted passes over a string, from its first quote, and tells what it has.
func (s *scanner) quoted() (has uint8) {
	data, i := s.data, s.i+1
	for i < len(data) {
		c := data[i]
		i++
		k := special[c]
		if k == 0 {
			continue
		}
		has |= k
		switch k {
		case quotation:
			s.i = i
			return has &^ quotation
		case control:
			s.fail(true)
			return has
		case escape:
			n := escaped(data[i:])
			if n == 0 {
				s.fail(true)
				return has
			}
			i += n
		}
	}
	s.fail(true)
	return has
}

// escaped is the length of what follows the backslash of an escape, 0 if it is
// none.
func escaped(text []byte) int {
	if len(text) == 0 {
		return 0
	}
	switch text[0] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return 1
	case 'u':
		if len(text) < 5 {
			return 0
		}
		for _, c := range text[1:5] {
			if c-'0' > 9 && c|' '-'a' > 5 {
				return 0
			}
		}
		return 5
	}
	return 0
}
