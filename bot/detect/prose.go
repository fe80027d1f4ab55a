// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds words: where they begin and end in texts of every script.

package detect

import (
	"unicode"
	"unicode/utf8"
)

// script is the kind of letters that a rune belongs to. Where one ends and
// another begins, a word ends: a Latin name in Chinese text stands alone, and so
// does one with a Cyrillic ending. Digits go with Latin letters.
type script uint8

const (
	noScript script = iota // what is in no word
	latin
	greek
	cyrillic
	hebrew
	arabic
	kana
	hangul
	han
	southern // Thai, Lao, Burmese, Khmer, which put no space between words
	otherScript
	anyScript // marks, which belong to the letter before
)

// ranges of the scripts that have letters only, but for a few signs that hardly
// ever touch a name.
var scripts = []struct {
	from, to rune
	is       script
}{
	{0xc0, 0x24f, latin}, {0x300, 0x36f, anyScript}, {0x370, 0x3ff, greek}, {0x400, 0x52f, cyrillic},
	{0x5d0, 0x5ea, hebrew}, {0x620, 0x64a, arabic}, {0x66e, 0x6d3, arabic}, {0xe00, 0xeff, southern}, {0x1000, 0x109f, southern}, {0x1780, 0x17ff, southern}, {0x1e00, 0x1eff, latin}, {0x1f00, 0x1fff, greek},
	{0x2000, 0x206f, noScript}, {0x3000, 0x3040, noScript}, {0x3041, 0x3096, kana}, {0x30a1, 0x30fa, kana}, {0x30fc, 0x30ff, kana},
	{0x3400, 0x4dbf, han}, {0x4e00, 0x9fff, han}, {0xac00, 0xd7a3, hangul},
}

// scriptOf returns the script of a rune.
func scriptOf(c rune) script {
	if c < utf8.RuneSelf {
		if lowerASCII[c] != 0 {
			return latin
		}
		return noScript
	}
	if int(c) < len(lowScripts) {
		return lowScripts[c]
	}
	return searchScript(c)
}

// lowScripts are the scripts of the runes in front of those of Han.
var lowScripts = func() (table [0x3400]script) {
	for c := range table {
		table[c] = searchScript(rune(c))
	}
	return table
}()

func searchScript(c rune) script {
	for _, s := range scripts {
		if c <= s.to {
			if c >= s.from {
				return s.is
			}
			break
		}
	}
	switch {
	case unicode.IsMark(c):
		return anyScript
	case unicode.IsLetter(c), unicode.IsDigit(c):
		return otherScript
	}
	return noScript
}

// lowerASCII holds the letters and digits of ASCII in lower case, and 0 for
// everything else.
var lowerASCII = func() (table [256]byte) {
	for c := range utf8.RuneSelf {
		switch {
		case c >= 'A' && c <= 'Z':
			table[c] = byte(c) + 'a' - 'A'
		case c >= 'a' && c <= 'z', c >= '0' && c <= '9':
			table[c] = byte(c)
		}
	}
	return table
}()

// lowerRune is unicode.ToLower for the runes whose lower case takes as many
// bytes.
func lowerRune(c rune) rune {
	switch {
	case c >= 0x410 && c <= 0x42f:
		return c + 0x20
	case c >= 0x430 && c <= 0x44f, c >= 0x3041 && c <= 0xd7a3:
		return c
	}
	if l := unicode.ToLower(c); utf8.RuneLen(l) == utf8.RuneLen(c) {
		return l
	}
	return c
}

// appendFlat appends a text in lower case, with spaces in place of dashes and
// underscores. Every byte stays where it was.
func appendFlat(flat []byte, text string) []byte {
	for i := 0; i < len(text); {
		c := text[i]
		switch {
		case c >= utf8.RuneSelf:
			r, n := utf8.DecodeRuneInString(text[i:])
			if l := lowerRune(r); l != r && r != utf8.RuneError {
				flat = utf8.AppendRune(flat, l)
			} else {
				flat = append(flat, text[i:i+n]...)
			}
			i += n
			continue
		case c >= 'A' && c <= 'Z':
			c += 'a' - 'A'
		case c == '-' || c == '_':
			c = ' '
		}
		flat = append(flat, c)
		i++
	}
	return flat
}

func flat(text string) string { return string(appendFlat(nil, text)) }

// wordScan goes through the words of a text.
type wordScan struct {
	text string
	at   int // where the search for the next word begins

	// The last word: where it is, a number made of its lower case, whether it
	// has a capital, and one that is not its first letter, and whether its
	// script puts words together.
	start, end     int
	hash           uint64
	capital, inner bool
	joined         bool
}

const (
	hashBasis = 14695981039346656037
	hashPrime = 1099511628211
)

// next finds the next word, and reports whether there is one.
func (s *wordScan) next() bool {
	text, i := s.text, s.at
	var is script
	for {
		if i >= len(text) {
			return false
		}
		if c := text[i]; c < utf8.RuneSelf {
			if lowerASCII[c] != 0 {
				is = latin
				break
			}
			i++
			continue
		}
		c, n := utf8.DecodeRuneInString(text[i:])
		if is = scriptOf(c); is != noScript && is != anyScript {
			break
		}
		i += n
	}
	s.start = i
	h := uint64(hashBasis)
	last := -1 // the last capital
	for i < len(text) {
		if is == latin {
			for i < len(text) {
				c := text[i]
				low := lowerASCII[c]
				if low == 0 {
					break
				}
				if low != c {
					last = i
				}
				h = (h ^ uint64(low)) * hashPrime
				i++
			}
			if i == len(text) {
				break
			}
		}
		if text[i] < utf8.RuneSelf {
			break
		}
		r, n := utf8.DecodeRuneInString(text[i:])
		if in := scriptOf(r); in != is && in != anyScript {
			break
		}
		low := lowerRune(r)
		if low != r {
			last = i
		}
		h = (h ^ uint64(low)) * hashPrime
		i += n
	}
	s.at, s.end, s.hash = i, i, h
	s.capital, s.inner, s.joined = last >= 0, last > s.start, is == han || is == kana || is == hangul || is == southern
	return true
}

// mixedCase reports whether a name has capitals that are no mere beginning:
// CamelCase, but not URLs.
func mixedCase(name string) bool {
	upper, lower, inner := 0, 0, false
	for i, c := range name {
		switch {
		case unicode.IsUpper(c):
			upper++
			inner = inner || i > 0
		case unicode.IsLower(c):
			lower++
		}
	}
	return inner && lower > 0 && !(lower == 1 && name[len(name)-1] == 's')
}

// capitalised reports whether a word begins with a capital.
func capitalised(word string) bool {
	c, _ := utf8.DecodeRuneInString(word)
	return unicode.IsUpper(c)
}
