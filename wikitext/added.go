// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the comparison of two texts: what did an edit add?

package wikitext

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Added returns the spans of after that are not in before, in order. Lines are
// compared first, then the words of lines that changed. Lines that only moved
// are not added, nor are changes of white space. Time and memory are
// proportional to the length of the texts.
//
// The comparison is that of Heckel, "A technique for isolating differences
// between files" (1978): what is there once on either side is the same, and so
// is what stands beside it.
func Added(before, after string) []Span {
	ids := names{}
	oldLines, newLines := ids.lines(before), ids.lines(after)
	from, to := match(oldLines, newLines)
	words := names{}
	var added []Span
	for i := 0; i < len(newLines); {
		if from[i] >= 0 {
			i++
			continue
		}
		end := i
		for end < len(newLines) && from[end] < 0 {
			end++
		}
		changed := replaced(before, oldLines, newLines, from, to, i, end)
		added = words.added(added, changed, after, newLines[i].Start, newLines[end-1].End)
		i = end
	}
	return added
}

// replaced returns the lines of before that the lines i to end of after came in
// place of: those that are gone and stood beside their neighbours.
func replaced(before string, oldLines, newLines []token, from, to []int, i, end int) string {
	start, stop := 0, len(oldLines)
	if i > 0 {
		start = from[i-1] + 1
	}
	if end < len(newLines) {
		stop = from[end]
	}
	var b strings.Builder
	k := start
	for ; k < len(oldLines) && to[k] < 0; k++ {
		b.WriteString(before[oldLines[k].Start:oldLines[k].End])
		b.WriteByte('\n')
	}
	if k == stop {
		return b.String()
	}
	first := stop
	for first > 0 && to[first-1] < 0 {
		first--
	}
	for ; first < stop; first++ {
		b.WriteString(before[oldLines[first].Start:oldLines[first].End])
		b.WriteByte('\n')
	}
	return b.String()
}

// token is a line or a word; equal ones have the same id.
type token struct {
	Span
	id int
}

// names gives numbers to strings.
type names map[string]int

func (n names) token(s string, start, end int) token {
	id, ok := n[s[start:end]]
	if !ok {
		id = len(n)
		n[s[start:end]] = id
	}
	return token{Span{start, end}, id}
}

// lines divides a text into its lines that are not blank, without white space
// at their ends.
func (n names) lines(s string) []token {
	var lines []token
	for i := 0; i < len(s); {
		end := lineEnd(s, i)
		if line := strings.TrimRight(s[i:end], " \t\r"); line != "" {
			lines = append(lines, n.token(s, i, i+len(line)))
		}
		i = end + 1
	}
	return lines
}

// words divides a part of a text into words and signs, without white space.
func (n names) words(s string, i, end int) []token {
	words := make([]token, 0, (end-i)/3+1)
	for i < end {
		start := i
		for i < end && (isWord(s[i])) {
			i++
		}
		if i == start {
			r, size := utf8.DecodeRuneInString(s[i:end])
			i += size
			switch {
			case unicode.IsSpace(r):
				continue
			case r < 0x2e80 && unicode.IsLetter(r): // scripts with spaces between words
				for i < end {
					r, size := utf8.DecodeRuneInString(s[i:end])
					if r >= 0x2e80 || !unicode.IsLetter(r) && !unicode.IsMark(r) && !unicode.IsDigit(r) {
						break
					}
					i += size
				}
			}
		}
		words = append(words, n.token(s, start, i))
	}
	return words
}

// added appends the spans of a part of after whose words are not in before.
func (n names) added(spans []Span, before, after string, start, end int) []Span {
	if before == "" {
		return append(spans, Span{start, end})
	}
	words := n.words(after, start, end)
	from, _ := match(n.words(before, 0, len(before)), words)
	first := len(spans)
	for i, w := range words {
		if from[i] >= 0 {
			continue
		}
		if k := len(spans) - 1; k >= first && i > 0 && from[i-1] < 0 {
			spans[k].End = w.End
		} else {
			spans = append(spans, w.Span)
		}
	}
	return spans
}

// match pairs equal tokens. from[i] is the index in a of b[i], -1 if it is new;
// to is the other way round.
func match(a, b []token) (from, to []int) {
	from, to = make([]int, len(b)), make([]int, len(a))
	type place struct{ a, b, countA, countB int }
	places := make(map[int]*place, len(a))
	for i := range to {
		to[i] = -1
		p := places[a[i].id]
		if p == nil {
			p = &place{}
			places[a[i].id] = p
		}
		p.a = i
		p.countA++
	}
	for i := range from {
		from[i] = -1
		if p := places[b[i].id]; p != nil {
			p.b = i
			p.countB++
		}
	}
	pair := func(i, k int) bool {
		if i < 0 || k < 0 || i >= len(b) || k >= len(a) || from[i] >= 0 || to[k] >= 0 || b[i].id != a[k].id {
			return false
		}
		from[i], to[k] = k, i
		return true
	}
	// What both begin with is the same, also where a later line repeats it.
	for i, k := 0, 0; pair(i, k); i, k = i+1, k+1 {
	}
	for i, k := len(b)-1, len(a)-1; pair(i, k); i, k = i-1, k-1 {
	}
	for _, p := range places {
		if p.countA == 1 && p.countB == 1 {
			pair(p.b, p.a)
		}
	}
	for i := range b {
		if from[i] >= 0 {
			pair(i+1, from[i]+1)
		}
	}
	for i := len(b) - 1; i >= 0; i-- {
		if from[i] >= 0 {
			pair(i-1, from[i]-1)
		}
	}
	// What is left and equal has moved.
	left := make(map[int][]int)
	for k := range a {
		if to[k] < 0 {
			left[a[k].id] = append(left[a[k].id], k)
		}
	}
	for i := range b {
		if at := left[b[i].id]; from[i] < 0 && len(at) > 0 {
			pair(i, at[0])
			left[b[i].id] = at[1:]
		}
	}
	return from, to
}
