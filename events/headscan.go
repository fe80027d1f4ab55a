// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the steps over raw JSON: blanks, keys, strings, numbers and
// what is nested.

package events

import "bytes"

func at(data []byte, i int, c byte) bool { return i < len(data) && data[i] == c }

// blanks passes over white space, of which the service sends none.
func blanks(data []byte, i int) int {
	if i < len(data) && data[i] > ' ' {
		return i
	}
	return someBlanks(data, i)
}

func someBlanks(data []byte, i int) int {
	for i < len(data) && (data[i] == ' ' || data[i] == '\n' || data[i] == '\t' || data[i] == '\r') {
		i++
	}
	return i
}

// The kinds of byte for plainKey and plainText.
const (
	inKey  = 1 << iota // can stand in a key that has but one spelling
	inText             // stands for itself in a string
	brace              // a quote, or opens or closes an object or a list
	ending             // ends a number or a word
)

var kinds = func() (k [256]uint8) {
	for c := byte(' '); c < 0x7f; c++ {
		if c == '"' || c == '\\' {
			continue
		}
		k[c] = inText
		if c < 'A' || c > 'Z' {
			k[c] |= inKey
		}
	}
	for _, c := range `"{}[]` {
		k[c] |= brace
	}
	for _, c := range ",]} \t\r\n" {
		k[c] |= ending
	}
	return k
}()

// plainKey passes over a key, from behind its first quote. Letters other than a
// to z are a doubt: encoding/json takes some of them for those.
func plainKey(data []byte, i int) int { return plain(data, i, inKey) }

// plainText passes over a string of printable ASCII without escapes, from behind
// its first quote.
func plainText(data []byte, i int) int { return plain(data, i, inText) }

func plain(data []byte, i int, kind uint8) int {
	for i < len(data) {
		c := data[i]
		i++
		if kinds[c]&kind == 0 {
			if c == '"' {
				return i
			}
			return -1
		}
	}
	return -1
}

// plainNumber reads a whole number.
func plainNumber(data []byte, i int) (n int64, end int) {
	const most = 18 // digits, which an int64 has room for
	negative := at(data, i, '-')
	if negative {
		i++
	}
	start := i
	for i < len(data) && data[i]-'0' < 10 {
		if i-start == most {
			return 0, -1
		}
		n = n*10 + int64(data[i]-'0')
		i++
	}
	if i == start || data[start] == '0' && i > start+1 {
		return 0, -1
	}
	if negative {
		n = -n
	}
	return n, i
}

// pass passes over any value. It takes it to be valid: what comes of a value
// that is not is an event that does not decode.
func pass(data []byte, i int) int {
	if i >= len(data) {
		return -1
	}
	switch data[i] {
	case '"':
		return passText(data, i+1)
	case '{', '[':
		return passNested(data, i+1)
	}
	start := i
	for i < len(data) && kinds[data[i]]&ending == 0 {
		i++
	}
	if i == start {
		return -1
	}
	return i
}

// passNested passes over an object or a list, from behind its first brace.
func passNested(data []byte, i int) int {
	for depth := 1; i < len(data); {
		c := data[i]
		i++
		if kinds[c]&brace == 0 {
			continue
		}
		switch c {
		case '"':
			if i = passText(data, i); i < 0 {
				return -1
			}
		case '{', '[':
			depth++
		default:
			if depth--; depth == 0 {
				return i
			}
		}
	}
	return -1
}

// passText passes over a string, from behind its first quote.
func passText(data []byte, i int) int {
	for {
		n := bytes.IndexByte(data[i:], '"')
		if n < 0 {
			return -1
		}
		i += n + 1
		// An odd number of backslashes makes the quote a part of the string.
		slash := i - 2
		for data[slash] == '\\' {
			slash--
		}
		if (i-slash)%2 == 0 {
			return i
		}
	}
}
