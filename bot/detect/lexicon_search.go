// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the search for the names of a lexicon. An automaton finds
// many names in one pass, but not fast: it is only given the stretches of text
// in which a filter saw the beginning of a name.

package detect

import (
	"math/bits"
	"strings"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/wikitext"
)

// match is a name in a text: the number of the name, and where it stands.
type match struct {
	wikitext.Span
	name int
}

// search calls yield with every name that begins and ends where words do, on the
// lines of a text that hold some of what was added, in order of their ends in
// each stretch. The time it takes is linear in the text.
func (l *Lexicon) search(text string, added spans, yield func(match)) {
	var flat []byte
	for _, s := range l.stretches(text, added) {
		flat = appendFlat(flat[:0], text[s.Start:s.End])
		it := l.automaton.IterOverlappingByte(flat)
		for m := it.Next(); m != nil; m = it.Next() {
			span := wikitext.Span{Start: s.Start + m.Start(), End: s.Start + m.End()}
			if isWhole(text, span) {
				yield(match{span, m.Pattern()})
			}
		}
	}
}

// stretches returns where names may be.
func (l *Lexicon) stretches(text string, added spans) []wikitext.Span {
	var found []wikitext.Span
	for end := 0; len(added) > 0; added = added[1:] {
		if added[0].End <= end {
			continue
		}
		start := end + strings.LastIndexByte(text[end:max(end, added[0].Start)], '\n') + 1
		end = len(text)
		if n := strings.IndexByte(text[added[0].End:], '\n'); n >= 0 {
			end = added[0].End + n
		}
		found = l.stretchesOf(found, text[:end], start)
	}
	return found
}

// stretchesOf appends the stretches of a text from an offset on.
func (l *Lexicon) stretchesOf(found []wikitext.Span, text string, from int) []wikitext.Span {
	words := wordScan{text: text, at: from}
	start, end, before := 0, -farApart, uint64(0) // of the word before
	for words.next() {
		at := -1
		if words.start-end < farApart && l.filter.pairs.has(pair(before, words.hash)) {
			at = start
		} else if words.capital && l.filter.words.has(words.hash) || !words.capital && l.filter.lower.has(words.hash) {
			at = words.start
		}
		start, end, before = words.start, words.end, words.hash
		if at < 0 {
			continue
		}
		to := min(len(text), max(at+l.longest, end))
		if k := len(found) - 1; k >= 0 && at <= found[k].End {
			found[k].Start, found[k].End = min(found[k].Start, at), max(found[k].End, to)
		} else {
			found = append(found, wikitext.Span{Start: at, End: to})
		}
	}
	return found
}

// farApart is the number of bytes between two words that no name has.
const farApart = 4

// nameFilter tells what names do not begin with.
type nameFilter struct {
	// words are names of one word, lower those of them that may be found without
	// a capital, pairs the first two words of the others.
	words, lower, pairs hashSet
}

func (l *Lexicon) fillFilter() {
	for _, set := range []*hashSet{&l.filter.words, &l.filter.lower, &l.filter.pairs} {
		*set = newHashSet(len(l.names))
	}
	for i, name := range l.names {
		words := wordScan{text: name}
		words.next()
		first := words.hash
		switch {
		case words.next():
			l.filter.pairs.add(pair(first, words.hash))
		case l.common[i]:
			l.filter.words.add(first)
		default:
			l.filter.words.add(first)
			l.filter.lower.add(first)
		}
	}
}

func pair(first, second uint64) uint64 { return (bits.RotateLeft64(first, 23) ^ second) * hashPrime }

// hashSet is a Bloom filter of hashes with one word of memory for each look-up.
type hashSet struct {
	bits  []uint64
	shift int // leaves the number of an element of bits
}

// newHashSet makes a set for n hashes, with 16 bits or more for each.
func newHashSet(n int) hashSet {
	log := max(bits.Len(uint(n/4)), 4)
	return hashSet{make([]uint64, 1<<log), 64 - log}
}

const goldenRatio = 0x9e3779b97f4a7c15

func (s hashSet) place(hash uint64) (element, mask uint64) {
	hash *= goldenRatio
	return hash >> s.shift, 1<<(hash&63) | 1<<(hash>>6&63) | 1<<(hash>>12&63)
}

func (s hashSet) add(hash uint64) {
	element, mask := s.place(hash)
	s.bits[element] |= mask
}

func (s hashSet) has(hash uint64) bool {
	element, mask := s.place(hash)
	return s.bits[element]&mask == mask
}
