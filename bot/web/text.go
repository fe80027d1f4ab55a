// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds what of a text from elsewhere is shown: no e-mail addresses,
// nothing that cannot be seen or that turns the text around it.

package web

import (
	"net/url"
	"reflect"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/runes"
	"golang.org/x/text/transform"
	"golang.org/x/text/unicode/norm"
)

// address is where a link leads to: absolute, http or https, or "".
type address string

// cleaner makes texts from elsewhere fit to be shown.
type cleaner struct {
	// mask takes out e-mail addresses.
	mask func(string) string
}

// text returns a text as one line of what can be seen.
func (c cleaner) text(s string) string {
	return strings.TrimSpace(c.mask(visible(s)))
}

// visible leaves out what no reader sees and what XML does not allow.
func visible(s string) string {
	if plain(s) {
		return s
	}
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case r == utf8.RuneError, r == 0xfffe, r == 0xffff, unicode.IsControl(r), turns(r):
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, ""))
}

// plain reports whether a text is of printable ASCII alone.
func plain(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

// turns reports whether a character turns the direction of writing or has no
// width: joiners stay, which some scripts need.
func turns(r rune) bool {
	switch {
	case r == '\u200b', r == '\u200e', r == '\u200f', r == '\u061c', r == '\ufeff', r == '\u00ad':
		return true
	}
	return r >= '\u202a' && r <= '\u202e' || r >= '\u2060' && r <= '\u2069' || r >= 0xe0000 && r <= 0xe007f
}

// link returns an address if a browser may follow it and it holds no e-mail
// address, "" otherwise.
func (c cleaner) link(s string) address {
	u, err := url.Parse(s)
	if err != nil || u.Host == "" || u.User != nil || u.Scheme != "http" && u.Scheme != "https" || visible(s) != s || c.mask(s) != s {
		return ""
	}
	return address(u.String())
}

// all cleans every text in a value, which is a pointer to a struct of strings,
// lists and structs. Addresses are checked where they are made.
func (c cleaner) all(v any) { c.walk(reflect.ValueOf(v).Elem()) }

var addressType = reflect.TypeFor[address]()

func (c cleaner) walk(v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		if v.Type() != addressType && v.CanSet() {
			v.SetString(c.text(v.String()))
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				c.walk(v.Field(i))
			}
		}
	case reflect.Slice:
		for i := range v.Len() {
			c.walk(v.Index(i))
		}
	case reflect.Pointer:
		if !v.IsNil() {
			c.walk(v.Elem())
		}
	}
}

// folder makes texts that differ in case or accents alone the same. It is not
// safe for concurrent use.
type folder struct {
	marks transform.Transformer
	lower cases.Caser
}

func newFolder() folder {
	return folder{transform.Chain(norm.NFKD, runes.Remove(runes.In(unicode.Mn)), norm.NFC), cases.Fold()}
}

// fold returns s as search compares it: spaces for underscores too.
func (f folder) fold(s string) string {
	s = strings.ReplaceAll(s, "_", " ")
	if plain(s) {
		return strings.ToLower(s)
	}
	if out, _, err := transform.String(f.marks, f.lower.String(s)); err == nil {
		return out
	}
	return strings.ToLower(s) // unreachable: none of these refuses a text
}

// page returns the address of a page of a wiki, "" if nobody knows it.
func (p Place) page(title string) string {
	title = strings.ReplaceAll(title, " ", "_")
	switch {
	case title == "":
		return ""
	case p.Article != "":
		return strings.Replace(p.Article, "$1", (&url.URL{Path: title}).EscapedPath(), 1)
	case p.Script != "":
		return p.Script + "?" + url.Values{"title": {title}}.Encode()
	}
	return ""
}

// revision returns the address of a revision, or else of the page.
func (p Place) revision(id int64, title string) string {
	switch {
	case id <= 0:
		return p.page(title)
	case p.Article != "":
		return p.page("Special:PermanentLink/" + itoa(id))
	case p.Script != "":
		return p.Script + "?oldid=" + itoa(id)
	}
	return ""
}

// change returns the address of what an edit changed.
func (p Place) change(id int64) string {
	switch {
	case id <= 0:
		return ""
	case p.Article != "":
		return p.page("Special:Diff/" + itoa(id))
	case p.Script != "":
		return p.Script + "?diff=" + itoa(id)
	}
	return ""
}
