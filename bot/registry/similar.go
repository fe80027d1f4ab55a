// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds likeness: which tools, gadgets and user scripts seem to do
// something similar. It says nothing of which of them is the better one. It is
// pure: it takes values and returns values.

package registry

import (
	"cmp"
	"slices"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/detect"
)

// Likeness says that an item is similar to another one.
type Likeness struct {
	// Item is the other one.
	Item Key `json:"item"`
	// Score is how much their texts have in common, from 0 to 1. It is 1 only
	// where a source says that Item took the place of a deprecated one.
	Score float64 `json:"score"`
	// Shared are the words that count most of those that both have, as one of
	// the texts writes them. They are text from elsewhere.
	Shared []string `json:"shared,omitempty"`
}

const (
	// mostSimilar is how many an item is similar to at most.
	mostSimilar = 5
	// leastScore is from what score on items are called similar: of the pairs in
	// testdata/similar that reach it more than nine of ten belong together, and
	// nine of ten that belong together reach it.
	leastScore = 0.3
	// leastAlone is the score from which one word in common is enough: the
	// texts are hardly more than that word.
	leastAlone = 0.8
	// sameText is the score of texts that are alike; 1 means something else.
	sameText = 0.999
	// longestChain is how many replacements are followed from one to the next.
	longestChain = 50
)

// Similar returns what each tool, gadget and user script is similar to, the
// most alike first, at most five each, from what catalogues and the items
// themselves say of what they do. A deprecated item begins with what took its
// place, at the end of the chain if that was replaced as well; where
// replacements go round in circles it is the one that its source names, which
// is itself deprecated. Pairs in except are left out in both directions. Items
// that are gone, or known from mentions alone, are similar to nothing.
//
// The answer does not depend on the order of the entries. Items that are
// similar to nothing have no place in it.
func Similar(entries []Entry, except [][2]Key) map[Key][]Likeness {
	items := make([]*Item, 0, len(entries))
	for i := range entries {
		item := &entries[i].Item
		switch item.Key.Kind() {
		case detect.Tool, detect.Gadget, detect.UserScript:
			if item.Gone.IsZero() && !item.Mentioned {
				items = append(items, item)
			}
		}
	}
	slices.SortFunc(items, func(a, b *Item) int { return cmp.Compare(a.Key, b.Key) })
	apart := make(map[[2]identity]bool, 2*len(except))
	for _, pair := range except {
		a, b := identify(pair[0]), identify(pair[1])
		apart[[2]identity{a, b}], apart[[2]identity{b, a}] = true, true
	}

	out := make(map[Key][]Likeness)
	newer := replacements(entries, items)
	texts := newTexts(items)
	for n, item := range items {
		own := identify(item.Key)
		var list []Likeness
		add := func(l Likeness) {
			known := slices.ContainsFunc(list, func(other Likeness) bool { return other.Item == l.Item })
			if len(list) < mostSimilar && !known && (len(apart) == 0 || !apart[[2]identity{own, identify(l.Item)}]) {
				list = append(list, l)
			}
		}
		for _, key := range newer.of(item.Key) {
			add(Likeness{Item: key, Score: 1})
		}
		for _, m := range texts.alike(n) {
			if len(list) == mostSimilar {
				break
			}
			add(Likeness{Item: items[m.doc].Key, Score: m.score, Shared: texts.shared(n, m.doc)})
		}
		if len(list) > 0 {
			out[item.Key] = list
		}
	}
	return out
}

// replaced says of deprecated items what their sources name instead.
type replaced map[Key][]Key

// replacements resolves what took the place of the deprecated ones of items.
// That can be any of the entries that is not gone.
func replacements(entries []Entry, items []*Item) replaced {
	var resolver *Resolver
	next := make(replaced)
	for _, item := range items {
		if !item.Deprecated || item.ReplacedBy == "" {
			continue
		}
		if resolver == nil {
			var live []Item
			for _, e := range entries {
				if e.Item.Gone.IsZero() {
					live = append(live, e.Item)
				}
			}
			resolver = NewResolver("", live)
		}
		for _, key := range resolver.Resolve("", item.Key.Wiki(), item.ReplacedBy) {
			if key != item.Key {
				next[item.Key] = append(next[item.Key], key)
			}
		}
	}
	return next
}

// of returns what took the place of an item, following those that were replaced
// themselves, sorted. Where that leads to no end, it is what its own source
// names.
func (r replaced) of(key Key) []Key {
	var ends []Key
	seen := []Key{key}
	for todo := slices.Clone(r[key]); len(todo) > 0 && len(seen) < longestChain; todo = todo[1:] {
		if slices.Contains(seen, todo[0]) {
			continue
		}
		seen = append(seen, todo[0])
		if further := r[todo[0]]; len(further) > 0 {
			todo = append(todo, further...)
		} else {
			ends = append(ends, todo[0])
		}
	}
	if len(ends) == 0 {
		return r[key]
	}
	slices.Sort(ends)
	return ends
}
