// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds which items a table's filter lets pass.

package plan

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/config"
)

// passes reports whether an item gets through a filter.
func passes(f config.Filter, s subject) bool {
	item := s.Item
	switch {
	case f.Section != "" && !strings.EqualFold(strings.TrimSpace(f.Section), strings.TrimSpace(item.Section)),
		f.Wiki != "" && !strings.EqualFold(f.Wiki, item.Key.Wiki()),
		f.Name != "" && !glob(f.Name, item.Name) && !glob(f.Name, item.Key.Name()),
		f.Deprecated == config.Hide && item.Details.Deprecated,
		f.Deprecated == config.Only && !item.Details.Deprecated:
		return false
	}
	return f.MinUsers == 0 || s.used() >= int64(f.MinUsers)
}

// used is how many use or import the item, -1 where nobody has counted.
func (s subject) used() int64 {
	most := int64(-1)
	for _, column := range []string{"users", "importers"} {
		if n, ok := s.number(column); ok {
			most = max(most, n.value)
		}
	}
	return most
}

// uncounted reports whether a filter asks for numbers of users while there are
// none of any item: the table would be empty only because nobody has counted.
func uncounted(in Input, t config.Table) bool {
	return t.Filter.MinUsers > 0 && !slices.ContainsFunc(in.View.Entries, func(e registry.Entry) bool {
		return slices.Contains(t.Kinds, string(e.Item.Key.Kind())) && subject{Entry: e}.used() >= 0
	})
}

// glob reports whether a text fits a pattern in which "*" stands for any text
// and "?" for one character. Case does not count.
func glob(pattern, text string) bool {
	p, s := 0, 0
	star, from := -1, 0 // the last "*", and where what it stands for ends
	for s < len(text) {
		c, size := utf8.DecodeRuneInString(text[s:])
		if p < len(pattern) {
			want, wide := utf8.DecodeRuneInString(pattern[p:])
			switch {
			case want == '*':
				star, from = p, s
				p++
				continue
			case want == '?' || sameLetter(want, c):
				p, s = p+wide, s+size
				continue
			}
		}
		if star < 0 {
			return false
		}
		_, skip := utf8.DecodeRuneInString(text[from:])
		from += skip
		p, s = star+1, from
	}
	return strings.Trim(pattern[p:], "*") == ""
}

func sameLetter(a, b rune) bool {
	return a == b || unicode.ToLower(unicode.ToUpper(a)) == unicode.ToLower(unicode.ToUpper(b))
}
