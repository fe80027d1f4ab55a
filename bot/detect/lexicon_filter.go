// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the filter that tells where in a text no name begins, which is
// nearly everywhere.

package detect

import (
	"math/bits"
	"sync"
)

// farApart is the number of bytes between two words that no name has, and no cue
// from its name, but for brackets and quotes.
const farApart = 4

// nameFilter tells what names do not begin with.
type nameFilter struct {
	// firsts are the first words of names, pairs the first two of those of several.
	firsts, pairs hashSet
	// words are names of one word, all of which may count in CamelCase, or with a
	// capital beside a cue. Those in lower may also count in lower case beside a
	// cue, those in bare without one, those in alone with a capital without one.
	words, lower, bare, alone hashSet
}

// placeSearch goes through a text for the layers of a lexicon.
type placeSearch struct {
	layers []*Lexicon
	found  [][]int
	began  []bool // whether the last word may begin a name of several
	all    bool
}

// add notes a place, once.
func (s *placeSearch) add(layer, at int) {
	if places := s.found[layer]; len(places) == 0 || places[len(places)-1] < at {
		s.found[layer] = append(places, at)
	}
}

// look goes through words and notes where a name may begin.
func (s *placeSearch) look(words wordScan) {
	var recent recentWords
	cues := cueFilters()
	clear(s.began)
	start, end, capital, last := 0, -farApart, false, uint64(0) // of the word before
	for words.next() {
		near := words.start-end < farApart
		for k, layer := range s.layers {
			f := &layer.filter
			if near && s.began[k] && f.pairs.has(pair(last, words.hash)) {
				dashed := words.start == end+1 && words.text[end] != ' '
				if s.all || capital || words.capital || dashed || cues.ownerNear(&recent, words) {
					s.add(k, start)
				}
			}
			s.began[k] = f.firsts.has(words.hash)
			switch {
			case !s.began[k]:
			case !words.capital:
				if f.lower.has(words.hash) && (s.all || f.bare.has(words.hash) || cues.cueNear(&recent, words)) {
					s.add(k, words.start)
				}
			case f.words.has(words.hash):
				if s.all || words.inner || f.alone.has(words.hash) || cues.cueNear(&recent, words) {
					s.add(k, words.start)
				}
			}
		}
		start, end, capital, last = words.start, words.end, words.capital, words.hash
		recent.add(&words)
	}
}

// newNameFilter makes the filter of a layer.
func newNameFilter(l *Lexicon) (f nameFilter) {
	many, one := 0, 0
	t := &l.names
	for i := range t.len() {
		if t.searched(i) {
			words := wordScan{text: t.name(i)}
			words.next()
			if words.next() {
				many++
			} else {
				one++
			}
		}
	}
	f.firsts, f.pairs = newHashSet(many+one), newHashSet(many)
	for _, set := range []*hashSet{&f.words, &f.lower, &f.bare, &f.alone} {
		*set = newHashSet(one)
	}
	for i := range t.len() {
		if !t.searched(i) {
			continue
		}
		name := t.name(i)
		words := wordScan{text: name}
		words.next()
		first := words.hash
		f.firsts.add(first)
		if words.next() {
			f.pairs.add(pair(first, words.hash))
			continue
		}
		f.words.add(first)
		if isCommon(name) {
			if isAcronym(name) {
				f.lower.add(first)
			}
			continue
		}
		f.lower.add(first)
		for _, form := range t.of(i) {
			a := l.alias(form.record())
			switch {
			case form.how() != asIs || mixedCase(a.Name) || neededOfOne(a.Name, name, a, asIs, false) != sure:
			case capitalised(a.Name):
				f.alone.add(first)
			default:
				f.bare.add(first)
			}
		}
	}
	return f
}

// cueFilter tells what is no cue.
type cueFilter struct {
	// cues are words that may be a cue, or stand before one; owners are those and
	// the words about ownership; others may stand between a name and a cue.
	cues, owners, others hashSet
}

// cueFilters makes the filter of all cues.
var cueFilters = sync.OnceValue(func() *cueFilter {
	f := &cueFilter{newHashSet(2 * len(cues.kinds)), newHashSet(2 * (len(cues.kinds) + len(ownership))), newHashSet(4 * (len(conjunctions) + len(described) + len(articles)))}
	for cue := range cues.kinds {
		for words := (wordScan{text: cue}); words.next(); {
			f.cues.add(words.hash)
			f.owners.add(words.hash)
		}
	}
	for _, words := range []map[string]bool{calledWords, between} {
		for word := range words {
			f.cues.addWord(word)
		}
	}
	for _, words := range []map[string]bool{conjunctions, described, articles, tagWords} {
		for word := range words {
			f.others.addWord(word)
		}
	}
	for word := range ownership {
		f.owners.addWord(word)
	}
	return f
})

// tagWords stand in tags that only mark words, and in entities.
var tagWords = set("b i em strong u small big span nbsp an as")

// cueNear reports whether there may be a cue beside a word, or beyond others with
// a capital.
func (f *cueFilter) cueNear(recent *recentWords, words wordScan) bool {
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

// ownerNear reports whether there may be a cue or a word about ownership near two
// words, of which one has been passed.
func (f *cueFilter) ownerNear(recent *recentWords, words wordScan) bool {
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
	count    uint
}

func (r *recentWords) add(words *wordScan) {
	r.count++
	i := r.count % uint(len(r.hashes))
	r.hashes[i], r.capitals[i] = words.hash, words.capital
	if words.joined {
		r.hashes[i] = 0
	}
}

// word returns the hash of the n-th word from the end.
func (r *recentWords) word(n int) uint64 { return r.hashes[(r.count+1-uint(n))%uint(len(r.hashes))] }

// capital reports whether the n-th word from the end has a capital.
func (r *recentWords) capital(n int) bool {
	return r.capitals[(r.count+1-uint(n))%uint(len(r.hashes))]
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
	return hash >> (s.shift & 63), 1<<(hash&63) | 1<<(hash>>6&63) | 1<<(hash>>12&63)
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
