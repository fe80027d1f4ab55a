// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds page titles as a wiki reads them.

package wikitext

import (
	"strconv"
	"strings"
)

// Title is a page's title, taken apart. Two titles of one site are the same
// page if and only if all fields but the fragment are equal.
type Title struct {
	// Interwiki is the prefix of another wiki, in lower case; "" for pages of
	// this one.
	Interwiki string
	// Namespace is the number of the page's namespace here; it is 0 with an
	// interwiki prefix, since namespaces of other wikis are not known.
	Namespace int
	// Name is the title without prefix, namespace and fragment, with spaces.
	// It is empty for a link to a section of the page that has the link, and
	// for a bare interwiki prefix.
	Name string
	// Fragment is what follows the first "#", with spaces, as written.
	Fragment string

	space string // the namespace's name, as the site writes it
}

// String writes the title in the site's words, without the fragment. Where a
// namespace has other names for some genders, it writes the common one.
func (t Title) String() string {
	s := t.Name
	if t.space != "" {
		s = t.space + ":" + s
	}
	if t.Interwiki != "" {
		s = strings.ReplaceAll(t.Interwiki, "_", " ") + ":" + s
	}
	return s
}

// TitleError says why a text is no title.
type TitleError struct {
	Text   string // as given
	Reason string // for people, such as: it cannot contain "["
}

func (e *TitleError) Error() string { return "title " + strconv.Quote(e.Text) + ": " + e.Reason }

// The longest titles, in bytes. Special pages have parameters in their titles.
const (
	maxTitle        = 255
	maxSpecialTitle = 512
)

// The namespaces with rules of their own; their numbers are the same on every
// wiki.
const (
	spaceSpecial  = -1
	spaceMain     = 0
	spaceTalk     = 1
	spaceUser     = 2
	spaceUserTalk = 3
)

// ParseTitle reads a title as MediaWiki reads those that its API is asked for:
// it folds spaces, decodes character references, takes namespace, prefix and
// fragment apart, and makes the first letter a capital where the wiki does.
// Percent-encoding makes a title invalid; only links may have it. The error is
// a *TitleError.
func (s *Site) ParseTitle(text string) (Title, error) {
	if s.isNormal(text) {
		return Title{Name: text}, nil
	}
	t, reason := s.parseTitle(text)
	if reason != "" {
		return Title{}, &TitleError{Text: text, Reason: reason}
	}
	return t, nil
}

// isNormal reports whether a text is a page's name in the main namespace as the
// wiki itself writes it. It is quick, and may say no.
func (s *Site) isNormal(text string) bool {
	if len(text) == 0 || len(text) > maxTitle || 'a' <= text[0] && text[0] <= 'z' && s.capital {
		return false
	}
	before := byte('/')
	for i := range len(text) {
		c := text[i]
		if !s.plain[c] {
			// A dot can be a part of a path, a space can be one of two.
			if c != '.' && c != ' ' || before == '/' || c == ' ' && before == ' ' {
				return false
			}
		}
		before = c
	}
	return before != ' '
}

// parseTitle returns a reason if the text is no title.
func (s *Site) parseTitle(text string) (t Title, reason string) {
	name, ok := s.clean(text)
	if !ok {
		return t, "it is no text in UTF-8, or has control characters"
	}
	name = foldSpaces(name)
	if strings.HasPrefix(name, ":") {
		name = strings.TrimLeft(name[1:], " ")
	}
	if name == "" {
		return t, "it is empty"
	}
	if t, name, reason = s.splitPrefix(name); reason != "" {
		return t, reason
	}
	if i := strings.IndexByte(name, '#'); i >= 0 {
		name, t.Fragment = strings.TrimRight(name[:i], " "), name[i+1:]
	}
	if reason = s.reject(name, t.Namespace); reason != "" {
		return t, reason
	}
	if t.Interwiki == "" {
		space := s.spaces[t.Namespace]
		t.space = space.name
		if space.capital {
			name = s.letters.capital(name)
		}
		if name == "" && t.Namespace != spaceMain {
			return t, "nothing follows the namespace"
		}
		if t.Namespace == spaceUser || t.Namespace == spaceUserTalk {
			name = canonicalIP(name)
		}
	}
	if strings.HasPrefix(name, ":") {
		return t, "it begins with too many colons"
	}
	t.Name = composed(name) // an accent may have lost what kept it from its letter
	return t, ""
}

// splitPrefix takes namespace and interwiki prefixes from the front. After the
// wiki's own prefix another may follow, after others none. A bare prefix of the
// wiki's own is its main page.
func (s *Site) splitPrefix(name string) (t Title, rest, reason string) {
	if i := strings.IndexByte(name, '\n'); i >= 0 && i < len(name)-1 {
		return t, name, "" // MediaWiki's pattern for prefixes ends with the line
	}
	for home := false; ; {
		prefix, rest, ok := cutPrefix(name)
		if !ok {
			return t, name, ""
		}
		if id, ok := s.namespace(prefix); ok {
			t.Namespace = id
			if second, _, ok := cutPrefix(rest); ok && id == spaceTalk && s.isPrefix(second) {
				return t, rest, "a namespace or an interwiki prefix follows that of talk pages"
			}
			return t, rest, ""
		}
		to, ok := s.interwiki(prefix)
		switch {
		case !ok:
			return t, name, ""
		case to.own && rest != "":
			name = rest
			continue
		case to.own && home:
			return t, name, "it leads to the main page, which leads to itself"
		case to.own:
			name, home = s.mainPage, true
			continue
		}
		t.Interwiki = to.prefix
		if strings.HasPrefix(rest, ":") {
			rest = strings.TrimLeft(rest[1:], " ")
		}
		return t, rest, ""
	}
}

// cutPrefix splits at the first colon that has something before it.
func cutPrefix(name string) (prefix, rest string, ok bool) {
	i := strings.IndexByte(name, ':')
	if i <= 0 {
		return "", name, false
	}
	rest = strings.TrimSuffix(strings.TrimLeft(name[i+1:], " "), "\n")
	return strings.TrimRight(name[:i], " "), rest, true
}

// isPrefix reports whether something is the name of a namespace other than the
// main one, or an interwiki prefix.
func (s *Site) isPrefix(name string) bool {
	if id, ok := s.namespace(name); ok {
		return id != spaceMain
	}
	_, ok := s.interwiki(name)
	return ok
}

// namespace finds a namespace by any of its names.
func (s *Site) namespace(name string) (id int, ok bool) {
	var buf [64]byte
	if b, ok := lowerASCII(buf[:], name); ok {
		id, ok = s.prefixes[string(b)]
		return id, ok
	}
	id, ok = s.prefixes[foldCase(name)]
	return id, ok
}

// interwiki finds a prefix of another wiki.
func (s *Site) interwiki(name string) (to interwiki, ok bool) {
	var buf [64]byte
	if b, ok := lowerASCII(buf[:], name); ok {
		to, ok = s.interwikis[string(b)]
		return to, ok
	}
	to, ok = s.interwikis[foldCase(name)]
	return to, ok
}

// lowerASCII writes a short ASCII name in lower case into a buffer.
func lowerASCII(buf []byte, name string) ([]byte, bool) {
	if len(name) > len(buf) {
		return nil, false
	}
	for i := range len(name) {
		c := name[i]
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		} else if c >= 0x80 {
			return nil, false
		}
		buf[i] = c
	}
	return buf[:len(name)], true
}
