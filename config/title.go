// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds what makes a page title or a user name one that a wiki takes.

package config

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// normalTitle gives the one spelling of a title under which two are compared:
// spaces for underscores, runs folded, first letter upper. It leaves the first
// letter after a namespace alone, since only the wiki knows its namespaces.
func normalTitle(s string) string {
	s = strings.Join(strings.FieldsFunc(s, func(r rune) bool { return r == ' ' || r == '_' }), " ")
	first, size := utf8.DecodeRuneInString(s)
	if size == 0 || first == utf8.RuneError {
		return s
	}
	return string(unicode.ToUpper(first)) + s[size:]
}
