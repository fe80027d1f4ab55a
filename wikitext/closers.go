// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the search for closing tags.

package wikitext

import "strings"

// closers finds closing signs and remembers them, so that many opening signs
// in front of the same closing one, or of none, cost one search.
type closers struct {
	src  string
	gt   int // the last ">" found, -1 when there are no more
	tags []closer
	// Of includeonly and noinclude.
	inclusion closer
}

// closer is a closing tag that was found, at -1 when there are no more.
type closer struct {
	known   bool
	at, end int
}

// reset forgets everything and makes room for the tags of a site.
func (c *closers) reset(tags int) {
	if cap(c.tags) < tags {
		c.tags = make([]closer, tags)
	}
	c.tags = c.tags[:tags]
	clear(c.tags)
}

// angle returns the offset of the first ">" at or after i, -1 if there is none.
func (c *closers) angle(i int) int {
	if c.gt >= 0 && c.gt < i || c.gt == 0 {
		if n := strings.IndexByte(c.src[i:], '>'); n >= 0 {
			c.gt = i + n
		} else {
			c.gt = -1
		}
	}
	return c.gt
}

// tag returns the span of the first closing tag at or after i, -1 if there is
// none. The index is that of the name in Site.tags.
func (c *closers) tag(index int, name string, i int) (at, end int) {
	return c.tags[index].find(c.src, name, i)
}

// dropped is tag for includeonly or noinclude, of which one scan looks for one
// only.
func (c *closers) dropped(name string, i int) (at, end int) { return c.inclusion.find(c.src, name, i) }

func (c *closer) find(src, name string, i int) (at, end int) {
	if c.known && (c.at < 0 || c.at >= i) {
		return c.at, c.end
	}
	*c = closer{known: true, at: -1, end: -1}
	for i < len(src) {
		n := strings.Index(src[i:], "</")
		if n < 0 {
			break
		}
		i += n + 2
		if len(src)-i < len(name) || !strings.EqualFold(src[i:i+len(name)], name) {
			continue
		}
		end := i + len(name)
		for end < len(src) && isBlank(src[end]) {
			end++
		}
		if end < len(src) && src[end] == '>' {
			c.at, c.end = i-2, end+1
			break
		}
	}
	return c.at, c.end
}
