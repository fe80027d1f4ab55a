// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the comparison of a text that people wrote with items.

package registry

import (
	"cmp"
	"slices"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/detect"
)

// SimilarTo returns which tools, gadgets and user scripts are similar to each of
// some texts, such as proposals, the most alike first, at most five each. A text
// is its title, which counts as a name does, and what it says. The answer does not
// depend on the order of the entries.
func SimilarTo(entries []Entry, texts []Proposed) [][]Likeness {
	out := make([][]Likeness, len(texts))
	if len(texts) == 0 {
		return out
	}
	var items []*Item
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
	known := len(items)
	for _, p := range texts {
		items = append(items, &Item{Name: p.Title, Details: Details{Description: p.Text}})
	}
	index := newTexts(items)
	for i := range texts {
		for _, m := range index.alike(known + i) {
			if m.doc < known && len(out[i]) < mostSimilar {
				out[i] = append(out[i], Likeness{Item: items[m.doc].Key, Score: m.score, Shared: index.shared(known+i, m.doc)})
			}
		}
	}
	return out
}

// Proposed is a text to compare with items.
type Proposed struct{ Title, Text string }
