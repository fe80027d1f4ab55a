// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the comparison of two texts: what did an edit add?

package wikitext

import (
	"math"
	"strings"
)

// Added returns the spans of after that are not in before, in order; none is
// empty, and between two of them stands something that is not new. Lines are
// compared first, then the words of lines that changed. Lines that only moved
// are not added, nor are changes of white space. Time and memory are
// proportional to the length of the texts, whatever they are.
//
// The comparison is that of Heckel, "A technique for isolating differences
// between files" (1978): what is there once on either side is the same, and so
// is what stands beside it.
func Added(before, after string) []Span {
	if len(before) > math.MaxInt32 || len(after) > math.MaxInt32 {
		return []Span{{0, len(after)}} // no wiki has such pages; offsets are short to save memory
	}
	start, oldEnd, newEnd := changed(before, after, "\n")
	c := comparison{before: before, after: after, names: newNames(before)}
	c.oldLines = c.names.lines(before, start, oldEnd, true)
	c.newLines = c.names.lines(after, start, newEnd, false)
	from, to := c.lines.match(c.oldLines.ids, c.newLines.ids, c.names.count())
	for i := 0; i < len(from); {
		if from[i] >= 0 {
			i++
			continue
		}
		end := i
		for end < len(from) && from[end] < 0 {
			end++
		}
		c.addBlock(from, to, i, end)
		i = end
	}
	return c.spans
}

// changed returns where two texts differ: what stands before start and what
// stands behind the ends is the same. All are behind one of the given bytes, or
// at the edge of a text.
func changed(before, after, stops string) (start, oldEnd, newEnd int) {
	start = commonPrefix(before, after)
	if start < len(before) || start < len(after) {
		start = strings.LastIndexAny(before[:start], stops) + 1
	}
	same := commonSuffix(before[start:], after[start:])
	oldEnd, newEnd = len(before), len(after)
	if same < oldEnd-start || same < newEnd-start {
		n := strings.IndexAny(before[oldEnd-same:], stops)
		if n < 0 {
			return start, oldEnd, newEnd
		}
		same -= n + 1
	}
	return start, oldEnd - same, newEnd - same
}

// block is how much is compared at once.
const block = 64

func commonPrefix(a, b string) int {
	n, end := 0, min(len(a), len(b))
	for n+block <= end && a[n:n+block] == b[n:n+block] {
		n += block
	}
	for n < end && a[n] == b[n] {
		n++
	}
	return n
}

func commonSuffix(a, b string) int {
	n, end := 0, min(len(a), len(b))
	for n+block <= end && a[len(a)-n-block:len(a)-n] == b[len(b)-n-block:len(b)-n] {
		n += block
	}
	for n < end && a[len(a)-n-1] == b[len(b)-n-1] {
		n++
	}
	return n
}

// comparison is the state of Added.
type comparison struct {
	before, after      string
	oldLines, newLines sequence
	names              *names
	lines              matcher
	spans              []Span

	// Of the words of one block; kept to be used again.
	wordNames          *names
	oldWords, newWords sequence
	words              matcher
}

// addBlock adds what is new in the lines i to end of after, of which none is in
// before: the words that are not in the lines of before that they came in place
// of.
func (c *comparison) addBlock(from, to []int32, i, end int) {
	lines := c.newLines.span(i, end)
	above, below := c.gone(from, to, i, end)
	if above == (Span{}) && below == (Span{}) {
		c.spans = append(c.spans, lines)
		return
	}
	if c.wordNames == nil {
		c.wordNames = newNames(c.before)
	}
	if below == (Span{}) {
		const blanks = " \n\t"
		first, oldEnd, newEnd := changed(c.before[above.Start:above.End], c.after[lines.Start:lines.End], blanks)
		above = Span{above.Start + first, above.Start + oldEnd}
		lines = Span{lines.Start + first, lines.Start + newEnd}
	}
	old, new := &c.oldWords, &c.newWords
	old.ids, new.ids, new.spans = old.ids[:0], new.ids[:0], new.spans[:0]
	c.wordNames.words(old, c.before, above.Start, above.End, true)
	c.wordNames.words(old, c.before, below.Start, below.End, true)
	c.wordNames.words(new, c.after, lines.Start, lines.End, false)
	known, _ := c.words.match(old.ids, new.ids, c.wordNames.count())
	for k := range known {
		switch {
		case known[k] >= 0:
		case k > 0 && known[k-1] < 0:
			c.spans[len(c.spans)-1].End = int(new.spans[k].end)
		default:
			c.spans = append(c.spans, new.span(k, k+1))
		}
	}
}

// gone returns the lines of before in whose place the lines i to end of after
// came: those that are gone and stood behind the line before i, and those that
// stood before the line at end. Below is empty if they are the same.
func (c *comparison) gone(from, to []int32, i, end int) (above, below Span) {
	start, stop := 0, len(to)
	if i > 0 {
		start = int(from[i-1]) + 1
	}
	if end < len(from) {
		stop = int(from[end])
	}
	k := start
	for k < len(to) && to[k] < 0 {
		k++
	}
	if k > start {
		above = c.oldLines.span(start, k)
	}
	if k == stop {
		return above, below
	}
	first := stop
	for first > 0 && to[first-1] < 0 {
		first--
	}
	if first < stop {
		below = c.oldLines.span(first, stop)
	}
	if above == (Span{}) {
		return below, above
	}
	return above, below
}
