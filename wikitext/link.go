// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds internal links.

package wikitext

import (
	"cmp"
	"slices"
	"strings"
)

const magicPipe = "{{!}}"

// Links returns the internal links in order of Start. Only the caption of a
// File: or Image: link may hold other links; of links inside of links, the
// inner one counts. A target may hold templates, but no other markup.
func (d *Document) Links() []Link {
	text := d.Masked()
	var (
		found []Link
		file  = -1 // where a file link was opened whose caption holds links
		pipe  int
	)
	at := strings.Index(text, "[[")
	for at >= 0 {
		for at+2 < len(text) && text[at+2] == '[' {
			at++
		}
		next := strings.Index(text[at+2:], "[[")
		end := len(text)
		if next >= 0 {
			next += at + 2
			end = next
		}
		rest := at + 2
		target, label := d.linkTarget(text, at+2, end)
		switch {
		case target < 0: // no link
		case label < 0:
			found = append(found, Link{Start: at, End: target + 2, Target: d.src[at+2 : target]})
			rest = target + 2
		default:
			rest = label
			if to := labelEnd(text[:end], label); to >= 0 {
				found = append(found, Link{Start: at, End: to + 2, Target: d.src[at+2 : target], Label: d.src[label:to], HasLabel: true})
				rest = to + 2
			} else if isFile(text[at+2 : target]) {
				file, pipe = at, target
			}
		}
		if file >= 0 && file != at {
			if n := strings.Index(text[rest:end], "]]"); n >= 0 {
				label := pipe + 1
				if strings.HasPrefix(text[pipe:], magicPipe) {
					label = pipe + len(magicPipe)
				}
				found = append(found, Link{Start: file, End: rest + n + 2, Target: d.src[file+2 : pipe],
					Label: d.src[label : rest+n], HasLabel: true})
				file = -1
			}
		}
		at = next
	}
	slices.SortFunc(found, func(a, b Link) int { return cmp.Compare(a.Start, b.Start) })
	return found
}

// linkTarget reads a target from i and returns where it ends and where the label
// begins, -1 without a label; both are -1 if this is no target.
func (d *Document) linkTarget(text string, i, end int) (target, label int) {
	start := i
	for i < end {
		switch text[i] {
		case ']':
			if strings.HasPrefix(text[i:], "]]") && strings.TrimSpace(text[start:i]) != "" {
				return i, -1
			}
			return -1, -1
		case '|':
			if strings.TrimSpace(text[start:i]) == "" {
				return -1, -1
			}
			return i, i + 1
		case '{':
			if strings.HasPrefix(text[i:], magicPipe) {
				return i, i + len(magicPipe)
			}
			x := d.inner()
			if x.mark[i] != opens {
				return -1, -1
			}
			i = x.skip(i)
		case '[', '}', '<', '>', '\n':
			return -1, -1
		default:
			i++
		}
	}
	return -1, -1
}

// labelEnd returns where the label that begins at i ends, -1 if it does not.
func labelEnd(text string, i int) int {
	n := strings.Index(text[i:], "]]")
	if n <= 0 {
		return -1
	}
	if n += i; strings.HasPrefix(text[n:], "]]]") && strings.IndexByte(text[i:n], '[') >= 0 {
		n++ // the first bracket closes an external link
	}
	return n
}

func isFile(target string) bool {
	space, _, ok := strings.Cut(target, ":")
	space = strings.TrimSpace(space)
	return ok && (strings.EqualFold(space, "file") || strings.EqualFold(space, "image"))
}
