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

// search calls yield with every name in stretches of a text that begins and ends
// where words do, in order of their ends in each stretch.
func (l *Lexicon) search(text string, stretches []wikitext.Span, yield func(match)) {
	// One pass over all stretches, with a sign between that is in no name.
	var flat []byte
	starts := make([]int, len(stretches)) // in flat
	for i, s := range stretches {
		starts[i] = len(flat)
		flat = append(appendFlat(flat, text[s.Start:s.End]), '\n')
	}
	it, k := l.automaton.IterOverlappingByte(flat), 0
	for m := it.Next(); m != nil; m = it.Next() {
		for k+1 < len(starts) && starts[k+1] <= m.Start() {
			k++
		}
		start := stretches[k].Start + m.Start() - starts[k]
		span := wikitext.Span{Start: start, End: start + m.End() - m.Start()}
		if isWhole(text, span) {
			yield(match{span, m.Pattern()})
		}
	}
}

// stretches returns where names may be, on the lines of a text that hold some of
// what was added; those that cannot count for want of a cue only if all are asked
// for. The time it takes is linear in the text.
func (l *Lexicon) stretches(text string, added spans, all bool) []wikitext.Span {
	found := stretchList{longest: l.longest}
	for end := 0; len(added) > 0; added = added[1:] {
		if added[0].End <= end {
			continue
		}
		start := end + strings.LastIndexByte(text[end:max(end, added[0].Start)], '\n') + 1
		end = len(text)
		if n := strings.IndexByte(text[added[0].End:], '\n'); n >= 0 {
			end = added[0].End + n
		}
		l.filter.look(wordScan{text: text[:end], at: start}, all, &found)
	}
	return found.spans
}

// stretchList gathers stretches that begin with what may be a name.
type stretchList struct {
	spans   []wikitext.Span
	longest int
}

func (s *stretchList) add(text string, start int) {
	end := min(len(text), start+s.longest)
	if k := len(s.spans) - 1; k >= 0 && start <= s.spans[k].End {
		s.spans[k].Start, s.spans[k].End = min(s.spans[k].Start, start), max(s.spans[k].End, end)
	} else {
		s.spans = append(s.spans, wikitext.Span{Start: start, End: end})
	}
}

// farApart is the number of bytes between two words that no name has, and no cue
// from its name, but for brackets and quotes.
const farApart = 4

// nameFilter tells what names do not begin with.
type nameFilter struct {
	// pairs are the first two words of names of several words.
	pairs hashSet
	// words are names of one word, all of which may count in CamelCase, or with a
	// capital beside a cue. Those in lower may also count in lower case beside a
	// cue, those in bare without one, those in alone with a capital without one.
	words, lower, bare, alone hashSet
	// cues are words that may be a cue, or stand before one; owners are those and
	// the words about ownership; others are conjunctions.
	cues, owners, others hashSet
}

// look goes through words and adds where a name may begin.
func (f *nameFilter) look(words wordScan, all bool, found *stretchList) {
	var recent recentWords
	start, end, capital := 0, -farApart, false // of the word before
	for words.next() {
		last := recent.word(1)
		switch {
		case words.start-end < farApart && f.pairs.has(pair(last, words.hash)):
			dashed := words.start == end+1 && words.text[end] != ' '
			if all || capital || words.capital || dashed || f.hasOwner(&recent, words) {
				found.add(words.text, start)
			}
		case !words.capital && f.lower.has(words.hash):
			if all || f.bare.has(words.hash) || f.hasCue(&recent, words) {
				found.add(words.text, words.start)
			}
		case words.capital && f.words.has(words.hash):
			if all || words.inner || f.alone.has(words.hash) || f.hasCue(&recent, words) {
				found.add(words.text, words.start)
			}
		}
		start, end, capital = words.start, words.end, words.capital
		recent.add(words)
	}
}

// hasCue reports whether there may be a cue beside a word, or beyond others with
// a capital.
func (f *nameFilter) hasCue(recent *recentWords, words wordScan) bool {
	for n := 1; n < mostOthers; n++ {
		h := recent.word(n)
		if h == 0 || f.cues.has(h) {
			return true
		}
		if !recent.capital(n) && !f.others.has(h) {
			break
		}
	}
	for range mostOthers {
		switch {
		case !words.next():
			return false
		case words.joined || f.cues.has(words.hash):
			return true
		case !words.capital && !f.others.has(words.hash):
			return false
		}
	}
	return false
}

// hasOwner reports whether there may be a cue or a word about ownership near two
// words, of which one has been passed.
func (f *nameFilter) hasOwner(recent *recentWords, words wordScan) bool {
	for n := 2; n < farOwnership+4; n++ {
		if h := recent.word(n); h == 0 || f.owners.has(h) {
			return true
		}
	}
	for range farOwnership + 4 {
		if words.next() && (words.joined || f.owners.has(words.hash)) {
			return true
		}
	}
	return false
}

// recentWords are the hashes of the last words, 0 for one that may be a cue
// whatever its hash is.
type recentWords struct {
	hashes   [8]uint64
	capitals [8]bool
	count    int
}

func (r *recentWords) add(words wordScan) {
	r.count++
	r.hashes[r.count%len(r.hashes)], r.capitals[r.count%len(r.hashes)] = words.hash, words.capital
	if words.joined {
		r.hashes[r.count%len(r.hashes)] = 0
	}
}

// word returns the hash of the n-th word from the end.
func (r *recentWords) word(n int) uint64 { return r.hashes[(r.count+len(r.hashes)+1-n)%len(r.hashes)] }

// capital reports whether the n-th word from the end has a capital.
func (r *recentWords) capital(n int) bool {
	return r.capitals[(r.count+len(r.hashes)+1-n)%len(r.hashes)]
}

func (l *Lexicon) fillFilter() {
	f := &l.filter
	for _, set := range []*hashSet{&f.pairs, &f.words, &f.lower, &f.bare, &f.alone} {
		*set = newHashSet(len(l.names))
	}
	for i, name := range l.names {
		words := wordScan{text: name}
		words.next()
		first := words.hash
		if words.next() {
			f.pairs.add(pair(first, words.hash))
			continue
		}
		f.words.add(first)
		if l.common[i] {
			continue
		}
		f.lower.add(first)
		for _, form := range l.forms[l.first[i]:l.first[i+1]] {
			a := l.aliases[form.alias]
			switch {
			case form.how != asIs || mixedCase(a.Name) || neededOfOne(a.Name, name, a, asIs, false) != sure:
			case capitalised(a.Name):
				f.alone.add(first)
			default:
				f.bare.add(first)
			}
		}
	}
	f.cues, f.owners = newHashSet(2*len(cueKinds)), newHashSet(2*(len(cueKinds)+len(ownership)))
	for word := range cueKinds {
		f.cues.addWord(word)
		f.owners.addWord(word)
	}
	for word := range calledWords {
		f.cues.addWord(word)
	}
	for word := range between {
		f.cues.addWord(word)
	}
	f.others = newHashSet(2 * len(conjunctions))
	for word := range conjunctions {
		f.others.addWord(word)
	}
	for word := range ownership {
		f.owners.addWord(word)
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

// addWord adds the first word of a text.
func (s hashSet) addWord(text string) {
	words := wordScan{text: text}
	words.next()
	s.add(words.hash)
}

func (s hashSet) has(hash uint64) bool {
	element, mask := s.place(hash)
	return s.bits[element]&mask == mask
}
