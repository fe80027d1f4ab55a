// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the lines and words that two texts are compared by, and how
// equal ones are paired.

package wikitext

import (
	"hash/maphash"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// sequence is lines or words in their order. Equal ones have the same id; what is only in the
// later text has a negative one.
type sequence struct {
	ids   []int32
	spans []shortSpan // of the words of the earlier text nobody asks for them
}

type shortSpan struct{ start, end int32 }

func (t *sequence) span(from, to int) Span {
	return Span{int(t.spans[from].start), int(t.spans[to-1].end)}
}

// names gives numbers to the lines or the words of a text. It is a hash table of
// their first places; equal hashes prove nothing, the text does.
type names struct {
	text  string
	seed  maphash.Seed
	first []shortSpan // by id
	slots []slot      // a power of two of them, at most half of them in use
	bytes [256]int32  // plus one: the id of a token of one byte
}

type slot struct {
	hash uint32
	id   int32 // plus one: 0 is an empty slot
}

func newNames(text string) *names {
	return &names{text: text, seed: maphash.MakeSeed(), slots: make([]slot, 256)}
}

func (n *names) count() int { return len(n.first) }

// id returns the number of s[start:end]. If it has none it gets one, or not, as
// one likes.
func (n *names) id(s string, start, end int, add bool) int32 {
	word := s[start:end]
	if len(word) == 1 {
		id := &n.bytes[word[0]]
		if *id == 0 && add {
			*id = n.add(start, end) + 1
		}
		return *id - 1
	}
	hash := uint32(maphash.String(n.seed, word))
	mask := uint32(len(n.slots) - 1)
	at := hash & mask
	for ; n.slots[at].id != 0; at = (at + 1) & mask {
		if n.slots[at].hash != hash {
			continue
		}
		id := n.slots[at].id - 1
		if f := n.first[id]; n.text[f.start:f.end] == word {
			return id
		}
	}
	if !add {
		return absent
	}
	id := n.add(start, end)
	n.slots[at] = slot{hash, id + 1}
	if 2*len(n.first) > len(n.slots) {
		n.grow()
	}
	return id
}

func (n *names) add(start, end int) int32 {
	n.first = append(n.first, shortSpan{int32(start), int32(end)})
	return int32(len(n.first) - 1)
}

func (n *names) grow() {
	old := n.slots
	n.slots = make([]slot, 2*len(old))
	mask := uint32(len(n.slots) - 1)
	for _, s := range old {
		if s.id == 0 {
			continue
		}
		at := s.hash & mask
		for n.slots[at].id != 0 {
			at = (at + 1) & mask
		}
		n.slots[at] = s
	}
}

// lines divides a part of a text into its lines that are not blank, without
// white space at their ends.
func (n *names) lines(s string, i, end int, add bool) (t sequence) {
	if i < end {
		count := 1 + strings.Count(s[i:end], "\n")
		t = sequence{make([]int32, 0, count), make([]shortSpan, 0, count)}
	}
	for i < end {
		stop := i + strings.IndexByte(s[i:end], '\n')
		if stop < i {
			stop = end
		}
		line := stop
		for line > i && (s[line-1] == ' ' || s[line-1] == '\t' || s[line-1] == '\r') {
			line--
		}
		if line > i {
			t.ids = append(t.ids, n.id(s, i, line, add))
			t.spans = append(t.spans, shortSpan{int32(i), int32(line)})
		}
		i = stop + 1
	}
	return t
}

// ideographs is where the scripts begin that have no spaces between words; there
// every character is a word.
const ideographs = 0x2e80

var inWord = func() (table [ideographs]bool) {
	for r := range rune(ideographs) {
		table[r] = r == '_' || unicode.IsLetter(r) || unicode.IsMark(r) || unicode.IsDigit(r)
	}
	return table
}()

// words appends the words and signs of a part of a text. Those of the earlier
// text get numbers, those of the later one keep their spans.
func (n *names) words(t *sequence, s string, i, end int, earlier bool) {
	t.ids = slices.Grow(t.ids, (end-i)/4) // often enough
	if !earlier {
		t.spans = slices.Grow(t.spans, (end-i)/4)
	}
	for i < end {
		start := i
		r, size := rune(0), 0
		for i < end {
			if r, size = rune(s[i]), 1; r >= utf8.RuneSelf {
				r, size = utf8.DecodeRuneInString(s[i:end])
			}
			if r >= ideographs || !inWord[r] {
				break
			}
			i += size
		}
		if i == start { // no word begins here
			i += size
			if r <= ' ' || unicode.IsSpace(r) {
				continue
			}
		}
		t.ids = append(t.ids, n.id(s, start, i, earlier))
		if !earlier {
			t.spans = append(t.spans, shortSpan{int32(start), int32(i)})
		}
	}
}

// matcher pairs equal sequence. Its memory is used again.
type matcher struct {
	from, to, next []int32
	places         []place
}

// place is where a token stands in both texts.
type place struct{ a, b int32 }

const (
	absent = -1 // it is not there
	often  = -2 // it stands at several places
)

func once(at int32, i int) int32 {
	if at == absent {
		return int32(i)
	}
	return often
}

// match pairs the ids of a with equal ones of b, which are below count. from[i] is
// the index in a of b[i], negative if it is new; to is the other way round. Both
// are good until the next call.
func (m *matcher) match(a, b []int32, count int) (from, to []int32) {
	m.from, m.to = blank(m.from, len(b)), blank(m.to, len(a))
	if len(a) == 0 || len(b) == 0 {
		return m.from, m.to
	}
	m.empty(a, b, count)
	for i, id := range b {
		if id >= 0 {
			m.places[id].b = once(m.places[id].b, i)
		}
	}
	for k, id := range a {
		m.places[id].a = once(m.places[id].a, k)
	}
	m.pairBeside(a, b)
	m.pairMoved(a, b)
	return m.from, m.to
}

// empty empties the places of everything in a and b.
func (m *matcher) empty(a, b []int32, count int) {
	if cap(m.places) < count {
		m.places = make([]place, count+count/2)
	}
	m.places = m.places[:cap(m.places)]
	for _, ids := range [][]int32{a, b} {
		for _, id := range ids {
			if id >= 0 {
				m.places[id] = place{absent, absent}
			}
		}
	}
}

// pairBeside pairs what both begin or end with, what stands once in both, and
// what stands beside a pair.
func (m *matcher) pairBeside(a, b []int32) {
	pair := func(i, k int) bool {
		if i < 0 || k < 0 || i >= len(b) || k >= len(a) || m.from[i] >= 0 || m.to[k] >= 0 || b[i] != a[k] {
			return false
		}
		m.from[i], m.to[k] = int32(k), int32(i)
		return true
	}
	// What both begin with is the same, also where a later line repeats it.
	for i, k := 0, 0; pair(i, k); i, k = i+1, k+1 {
	}
	for i, k := len(b)-1, len(a)-1; pair(i, k); i, k = i-1, k-1 {
	}
	for i, id := range b {
		if id >= 0 && m.places[id].b == int32(i) {
			pair(i, int(m.places[id].a))
		}
	}
	for i := range b {
		if m.from[i] >= 0 {
			pair(i+1, int(m.from[i])+1)
		}
	}
	for i := len(b) - 1; i >= 0; i-- {
		if m.from[i] >= 0 {
			pair(i-1, int(m.from[i])-1)
		}
	}
}

// pairMoved pairs what is left and equal: it has moved. Those of a with the same
// id are a chain that begins at their place.
func (m *matcher) pairMoved(a, b []int32) {
	m.empty(a, b, len(m.places))
	m.next = blank(m.next, len(a))
	for k := len(a) - 1; k >= 0; k-- {
		if m.to[k] < 0 {
			p := &m.places[a[k]]
			m.next[k], p.a = p.a, int32(k)
		}
	}
	for i, id := range b {
		if m.from[i] >= 0 || id < 0 {
			continue
		}
		if p := &m.places[id]; p.a >= 0 {
			m.from[i], m.to[p.a] = p.a, int32(i)
			p.a = m.next[p.a]
		}
	}
}

// blank returns a list of n numbers that are none, in the same memory if it is
// enough.
func blank(list []int32, n int) []int32 {
	if cap(list) < n {
		list = make([]int32, n, n+n/4)
	}
	list = list[:n]
	for i := range list {
		list[i] = absent
	}
	return list
}
