// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the judgement whether a link can lead to what
// stands as its target.

package wikitext

import "strings"

// target reports whether a link can lead to what was read as its target, and
// whether that is a file that is shown.
func (s *scanner) target(text string, t targetEnd) (valid, file bool) {
	if t.flags&bareTarget == 0 && !t.dynamic && len(text) <= longestPlain {
		if t.class < specialByte {
			return true, false
		}
		reference := strings.IndexByte(text, '&') >= 0 && strings.IndexByte(text, ';') >= 0
		if t.class < encodedByte && !reference {
			page, _, _ := strings.Cut(text, "#")
			if isPlain(page) {
				return true, false
			}
			if kind := s.prefixKind(page); kind != anyPrefix {
				return true, kind == filePrefix
			}
		}
	}
	if t.dynamic { // of which only the beginning matters, and which can hold others
		text = text[:min(len(text), longestName)]
	}
	text = decodeTarget(text)
	if t.dynamic {
		space, _, ok := strings.Cut(text, ":")
		return true, ok && s.site.isFile(space)
	}
	if s.site.protocol(text) > 0 {
		return false, false
	}
	if strings.HasPrefix(text, "../") { // a page above
		return true, false
	}
	title, err := s.site.ParseTitle(text)
	return err == nil, err == nil && title.Namespace == fileNamespace && title.Interwiki == "" && !strings.HasPrefix(text, ":")
}

// longestPlain is the length in bytes up to which a title of plain letters is
// not too long in any normal form.
const longestPlain = 150

// What a prefix means for the rest of a target that is plain letters.
const (
	anyPrefix  = iota // the whole target has to be looked at
	pagePrefix        // any rest is a page
	filePrefix        // any rest is a file
)

// isPlain reports whether a text without character references can be a title
// without a closer look.
func isPlain(text string) bool {
	var visible, dot, slash bool
	for i := range len(text) {
		c := text[i]
		switch class := target[c]; {
		case class == plainByte:
			visible = true
		case class == blankByte:
		case c == '/':
			slash = true
		case c == '.':
			dot = true
		case c == '&':
		default:
			return false
		}
	}
	// The two could be parts of a path, and slashes at the beginning an address.
	return visible && !(dot && slash) && text[0] != '/'
}

// prefixKind reads a target that consists of a prefix that was seen before, or
// is quickly looked up, and of plain letters.
func (s *scanner) prefixKind(text string) uint8 {
	n := strings.IndexByte(text, ':')
	if n <= 0 {
		return anyPrefix
	}
	if !isPlain(text[n+1:]) {
		return anyPrefix
	}
	prefix := text[:n]
	kind, known := s.prefixes[prefix]
	if !known {
		kind = anyPrefix
		title, err := s.site.ParseTitle(prefix + ":x")
		switch {
		case err != nil || s.site.protocol(text) > 0:
		case title.Namespace == fileNamespace && title.Interwiki == "":
			kind = filePrefix
		case title.Namespace != 0:
			kind = pagePrefix
		}
		if s.prefixes == nil || len(s.prefixes) > 256 {
			s.prefixes = map[string]uint8{}
		}
		s.prefixes[strings.Clone(prefix)] = kind
	}
	return kind
}

const fileNamespace = 6

// isFile reports whether a prefix is the name of the namespace of files.
func (s *Site) isFile(prefix string) bool {
	title, err := s.ParseTitle(prefix + ":x")
	return err == nil && title.Namespace == fileNamespace && !strings.HasPrefix(strings.TrimSpace(prefix), ":")
}

// protocol returns how long the protocol is that a text begins with, 0 without
// one.
func (s *Site) protocol(text string) int {
	if strings.HasPrefix(text, "//") {
		return len("//")
	}
	n := strings.IndexByte(text[:min(len(text), longestProtocol+1)], ':')
	if n <= 0 {
		return 0
	}
	return s.scheme(text, n)
}

// scheme is protocol for a text whose first colon is at n.
func (s *Site) scheme(text string, n int) int {
	var buffer [longestProtocol]byte
	if n > len(buffer) {
		return 0
	}
	for k := range n {
		c := text[k]
		if c >= 'A' && c <= 'Z' {
			c |= 0x20
		}
		buffer[k] = c
	}
	slashes, ok := s.schemes[string(buffer[:n])]
	if !ok || !strings.HasPrefix(text[n+1:], slashes) {
		return 0
	}
	return n + 1 + len(slashes)
}

const longestProtocol = 16
