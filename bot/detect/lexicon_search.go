// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the search for the names of a lexicon. A filter sees where
// names may begin, an automaton tells which ones, and what follows decides.

package detect

import (
	"strings"
	"unicode/utf8"

	ahocorasick "github.com/petar-dambovaliev/aho-corasick"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/wikitext"
)

// match is a name in a text: where it stands, and its spelling in lower case.
type match struct {
	wikitext.Span
	name string
}

// headBytes is how many bytes of each name the automaton has: an automaton of
// whole names would take ten times the memory of the names.
const headBytes = 6

// fewHeads is the number of heads below which an automaton takes more memory than
// it is worth.
const fewHeads = 256

// headMark stands before each head, so that an automaton finds them only where
// names may begin.
const headMark = 1

// nameHeads finds which names begin with what a text has.
type nameHeads struct {
	automaton *ahocorasick.AhoCorasick // nil for few names
	// first and end tell for each head which names begin with it.
	first, end []uint32
}

// newNameHeads makes the automaton of the heads of those names of a table that
// are searched for.
func newNameHeads(t *nameTable) (h nameHeads) {
	var heads [][]byte
	last := ""
	for i := range t.len() {
		if !t.searched(i) {
			continue
		}
		name := t.name(i)
		head := name[:headEnd(name, headBytes)]
		if head == last && len(name) > headBytes && len(h.end) > 0 {
			h.end[len(h.end)-1] = uint32(i + 1)
			continue
		}
		last = head
		heads = append(heads, append([]byte{headMark}, head...))
		h.first, h.end = append(h.first, uint32(i)), append(h.end, uint32(i+1))
	}
	if len(heads) < fewHeads {
		return nameHeads{}
	}
	builder := ahocorasick.NewAhoCorasickBuilder(ahocorasick.Opts{MatchKind: ahocorasick.StandardMatch})
	automaton := builder.BuildByte(heads)
	h.automaton = &automaton
	return h
}

// headEnd returns the end of as many whole runes as fit into so many bytes.
func headEnd(text string, bytes int) int {
	if len(text) <= bytes {
		return len(text)
	}
	for bytes > 0 && !utf8.RuneStart(text[bytes]) {
		bytes--
	}
	return bytes
}

// search calls yield with every name of a layer that begins at one of some
// places in a text and ends where a word does.
func (l *Lexicon) search(text string, places []int, yield func(match)) {
	if l.heads.automaton == nil {
		for _, at := range places {
			l.searchAt(text, at, 0, l.names.len(), yield)
		}
		return
	}
	if len(places) == 0 {
		return
	}
	heads := make([]byte, 0, len(places)*(headBytes+utf8.UTFMax))
	starts := make([]int, len(places)) // in heads
	for i, at := range places {
		starts[i] = len(heads)
		rest := text[at:min(len(text), at+headBytes+utf8.UTFMax)]
		heads = appendFlat(append(heads, headMark), rest[:headEnd(rest, headBytes+1)])
	}
	it, k := l.heads.automaton.IterOverlappingByte(heads), 0
	for m := it.Next(); m != nil; m = it.Next() {
		for k+1 < len(starts) && starts[k+1] <= m.Start() {
			k++
		}
		l.searchAt(text, places[k], int(l.heads.first[m.Pattern()]), int(l.heads.end[m.Pattern()]), yield)
	}
}

// searchAt calls yield with those of some names in their order that begin at a
// place in a text.
func (l *Lexicon) searchAt(text string, at, low, high int, yield func(match)) {
	words := wordScan{text: text[:min(len(text), at+l.longest)], at: at}
	name := flat(words.text[at:])
	for words.next() {
		written := name[:words.end-at]
		low = l.names.from(written, low, high)
		if low == high || !strings.HasPrefix(l.names.name(low), written) {
			break
		}
		span := wikitext.Span{Start: at, End: words.end}
		if found := l.names.name(low); found == written && l.names.searched(low) && isWhole(text, span) {
			yield(match{span, found})
		}
	}
}

// places returns, for each layer, where names may begin on the lines of a text
// that hold some of what was added; those that cannot count for want of a cue
// only if all are asked for. The time it takes is linear in the text.
func (l *Lexicon) places(text string, added spans, all bool) [][]int {
	s := placeSearch{layers: l.layers, found: make([][]int, len(l.layers)), began: make([]bool, len(l.layers)), all: all}
	for end := 0; len(added) > 0; added = added[1:] {
		if added[0].End <= end {
			continue
		}
		start := end + strings.LastIndexByte(text[end:max(end, added[0].Start)], '\n') + 1
		end = len(text)
		if n := strings.IndexByte(text[added[0].End:], '\n'); n >= 0 {
			end = added[0].End + n
		}
		s.look(wordScan{text: text[:end], at: start})
	}
	return s.found
}
