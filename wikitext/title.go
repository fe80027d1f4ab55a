// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the normal form of page titles.

package wikitext

import (
	"html"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// NormalizeTitle gives a title as written in a link its usual form:
// percent-encoding and character references decoded, underscores and spaces of
// all kinds folded to single spaces, outer ones cut, marks of direction
// dropped, the first letter in upper case. Namespaces, prefixes, fragments and
// a leading colon stay as they are; an encoding that gives no UTF-8 stays, too.
func NormalizeTitle(s string) string {
	s = DecodeTitle(s)
	r, n := utf8.DecodeRuneInString(s)
	if up := unicode.ToUpper(r); up != r && r != utf8.RuneError {
		return string(up) + s[n:]
	}
	return s
}

// DecodeTitle is NormalizeTitle but for the first letter, which stays: titles
// behind an interwiki prefix may begin with a small one.
func DecodeTitle(s string) string {
	if strings.IndexByte(s, '%') >= 0 {
		if decoded := PercentDecode(s); utf8.ValidString(decoded) {
			s = decoded
		}
	}
	if strings.IndexByte(s, '&') >= 0 {
		s = html.UnescapeString(s)
	}
	var b strings.Builder
	b.Grow(len(s))
	gap := false
	for _, r := range s {
		switch {
		case r == '_' || unicode.IsSpace(r) || unicode.Is(unicode.Zs, r):
			gap = b.Len() > 0
			continue
		case isBidi(r) && r != 0x061c && r < 0x2066:
			continue
		}
		if gap {
			b.WriteByte(' ')
			gap = false
		}
		b.WriteRune(r)
	}
	return b.String()
}

// PercentDecode decodes every valid percent-encoded byte and leaves the rest as
// it is; the result need not be UTF-8.
func PercentDecode(s string) string {
	b := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		if s[i] == '%' && i+2 < len(s) {
			if c, err := strconv.ParseUint(s[i+1:i+3], 16, 8); err == nil {
				b = append(b, byte(c))
				i += 2
				continue
			}
		}
		b = append(b, s[i])
	}
	return string(b)
}

// Title is a page's title, taken apart.
type Title struct {
	// Interwiki is the prefix of another wiki, in lower case; "" for pages of
	// this one.
	Interwiki string
	// Namespace is the number of the page's namespace here; 0 with an
	// interwiki prefix.
	Namespace int
	// Name is the title without prefix, namespace and fragment, with spaces.
	// It is empty for a link to a section of the page itself, and for a bare
	// interwiki prefix.
	Name string
	// Fragment is what follows the first "#", with spaces.
	Fragment string

	space string // the namespace's name, as the site writes it
}

// TitleError says why a text is no title.
type TitleError struct {
	Text   string // as given
	Reason string // for people
}

func (e *TitleError) Error() string { return "title " + strconv.Quote(e.Text) + ": " + e.Reason }

// String writes the title in the site's words, without the fragment.
func (t Title) String() string {
	s := t.Name
	if t.space != "" {
		s = t.space + ":" + s
	}
	if t.Interwiki != "" {
		s = t.Interwiki + ":" + s
	}
	return s
}

// ParseTitle reads a title as MediaWiki's API does. The error is a *TitleError.
func (s *Site) ParseTitle(text string) (Title, error) {
	name := NormalizeTitle(text)
	if name == "" {
		return Title{}, &TitleError{Text: text, Reason: "it is empty"}
	}
	return Title{Name: name}, nil
}

func illegalBytes(legal string) (illegal [256]bool) { return illegal }
