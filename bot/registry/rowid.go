// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds how an item's key is written as the id of its table row.

package registry

import (
	"strings"
)

// ColumnClass is the class of the heading of a table's column, which tells it in
// whatever language the heading is.
func ColumnClass(column string) string { return "codesteward-" + strings.ReplaceAll(column, "_", "-") }

const upperHex = "0123456789ABCDEF"

// RowID writes a key as the id of a table row: letters, digits, "-" and ":"
// stand for themselves, every other byte is "." and two hexadecimal digits.
// MediaWiki leaves such an id alone in all its fragment modes, and it can hold
// no wikitext. KeyOfRow is the way back.
func RowID(k Key) string {
	var b strings.Builder
	for i := range len(k) {
		c := k[i]
		if plainInID(c) {
			b.WriteByte(c)
			continue
		}
		b.WriteByte('.')
		b.WriteByte(upperHex[c>>4])
		b.WriteByte(upperHex[c&15])
	}
	return b.String()
}

// KeyOfRow reads a row id that RowID wrote; ok is false for any other text,
// such as an id that a person gave to a row.
func KeyOfRow(id string) (key Key, ok bool) {
	var b strings.Builder
	for i := 0; i < len(id); i++ {
		c := id[i]
		if c == '.' {
			if i+2 >= len(id) {
				return "", false
			}
			high, low := strings.IndexByte(upperHex, id[i+1]), strings.IndexByte(upperHex, id[i+2])
			if high < 0 || low < 0 {
				return "", false
			}
			c = byte(high<<4 | low)
			i += 2
		}
		b.WriteByte(c)
	}
	key = Key(b.String())
	if !key.valid() || RowID(key) != id {
		return "", false
	}
	return key, true
}

func plainInID(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '-' || c == ':'
}
