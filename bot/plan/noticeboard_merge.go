// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds how two copies of one text come together: what went to the
// archive, and what stands on the noticeboard still or again. Nothing that people
// wrote in either is lost, and nothing is there twice that one only has more of.

package plan

import (
	"slices"
	"strings"
)

// mostCompared bounds how many pairs of lines are compared. It is far more than
// what one entry has.
const mostCompared = 4_000_000

// fewWords is how many words a line has at least that can be another one before
// somebody wrote something into it; for one that was only made longer, two are
// enough. A single word may well be a line of its own.
const fewWords = 3

// grown reports whether a line can be another one, to which somebody has added.
func grown(line, longer []string) bool {
	if len(line) >= fewWords {
		return within(line, longer)
	}
	return len(line) > 1 && len(line) <= len(longer) && slices.Equal(line, longer[:len(line)])
}

// union returns a text with all that two copies have: the one that has all of
// the other where that is so, else the lines of both, those that both have once.
// Line breaks at the ends do not count.
func union(a, b string) string {
	switch {
	case includes(a, b):
		return a
	case includes(b, a):
		return b
	}
	var all []string
	for _, h := range hunks(linesOf(a), linesOf(b)) {
		all = append(append(all, h.both...), fuse(h.a, h.b)...)
	}
	return strings.Join(all, "\n") + "\n"
}

// both returns two copies one after the other, unless one has all of the other:
// for those that cannot be fused without breaking what stands in them.
func both(a, b string) string {
	switch {
	case includes(a, b):
		return a
	case includes(b, a):
		return b
	}
	return endLine(a) + b
}

// includes reports whether a text has all lines of a part, in their order.
func includes(text, part string) bool { return within(linesOf(part), linesOf(text)) }

func linesOf(text string) []string { return strings.Split(strings.TrimRight(text, "\n"), "\n") }

// within reports whether a list has all of another one, in its order.
func within(part, whole []string) bool {
	for _, s := range whole {
		if len(part) > 0 && part[0] == s {
			part = part[1:]
		}
	}
	return len(part) == 0
}

// fuse puts lines together of which no two are the same. Of two that differ only
// in what one has more, that one stays.
func fuse(a, b []string) []string {
	var all []string
	next := 0
	for _, line := range a {
		words := strings.Fields(line)
		for i := next; i < len(b); i++ {
			other := strings.Fields(b[i])
			more := grown(words, other)
			if !more && !grown(other, words) {
				continue
			}
			all = append(all, b[next:i]...)
			next = i + 1
			if more {
				line = b[i]
			}
			break
		}
		all = append(all, line)
	}
	return append(all, b[next:]...)
}

// hunk is lines that two texts have, and then those that only one has.
type hunk struct{ both, a, b []string }

// hunks compares two texts by their longest common subsequence of lines.
func hunks(a, b []string) []hunk {
	if len(a)*len(b) > mostCompared {
		only := slices.DeleteFunc(slices.Clone(b), func(line string) bool { return slices.Contains(a, line) })
		return []hunk{{both: a, b: only}}
	}
	// length[i][j] is that of what a[i:] and b[j:] have in common.
	length := make([][]int, len(a)+1)
	for i := range length {
		length[i] = make([]int, len(b)+1)
	}
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			if a[i] == b[j] {
				length[i][j] = length[i+1][j+1] + 1
			} else {
				length[i][j] = max(length[i+1][j], length[i][j+1])
			}
		}
	}
	all := []hunk{{}}
	for i, j := 0, 0; i < len(a) || j < len(b); {
		h := &all[len(all)-1]
		switch {
		case i < len(a) && j < len(b) && a[i] == b[j]:
			if len(h.a)+len(h.b) > 0 {
				all = append(all, hunk{})
				h = &all[len(all)-1]
			}
			h.both = append(h.both, a[i])
			i, j = i+1, j+1
		case j == len(b) || i < len(a) && length[i+1][j] >= length[i][j+1]:
			h.a = append(h.a, a[i])
			i++
		default:
			h.b = append(h.b, b[j])
			j++
		}
	}
	return all
}
