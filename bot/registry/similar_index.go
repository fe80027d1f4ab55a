// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the comparison of many texts: the weight of a term is how
// often a text has it and how few others do (TF-IDF), and two texts are as alike
// as their weights point the same way (the cosine between them).

package registry

import (
	"cmp"
	"math"
	"slices"
)

const (
	// mostTerms is how many terms of a text count, the weightiest ones.
	mostTerms = 60
	// mostPairs is how many pairs of texts are looked at for having a term in
	// common. The most frequent terms, which tell least, are left out of the
	// search until the others stay below it; where others lead to a pair, they
	// count in full.
	mostPairs = 100_000_000
	// aloneWeight is the share at which a term counts that no other text has.
	// Such are the names that people make up, which tell nothing of what a thing
	// does.
	aloneWeight = 0.5
	// candidates is how many of those that the search finds are compared in full.
	candidates = 20
	// sharedWords is how many words a likeness names.
	sharedWords = 4
)

// weighted is a term in a text, or a text that has a term, with its weight.
type weighted struct {
	n      int32
	weight float32
}

// before reports whether a comes before b where the weightiest are first.
func (a weighted) before(b weighted) bool {
	return a.weight > b.weight || a.weight == b.weight && a.n < b.n
}

// texts are the texts of items, by the items' places in their list.
type texts struct {
	docs    [][]weighted // the terms of each, sorted; as long as 1 all together
	having  [][]weighted // the texts of each term that is searched for, sorted
	written []string     // how a term is written
	sums    []float32    // room for alike, as the rest; all 0 in between
	touched []int32
	best    []weighted
}

// match is another text that is like one.
type match struct {
	doc   int
	score float64
}

func newTexts(items []*Item) *texts {
	r := newTermReader()
	t := &texts{docs: make([][]weighted, len(items)), sums: make([]float32, len(items))}
	var many []int // how many texts have a term
	for i, item := range items {
		terms := r.read(item)
		doc := make([]weighted, 0, len(terms))
		for n, w := range terms {
			doc = append(doc, weighted{n, float32(w)})
		}
		if len(doc) > mostTerms {
			slices.SortFunc(doc, func(a, b weighted) int { return cmp.Or(cmp.Compare(b.weight, a.weight), cmp.Compare(a.n, b.n)) })
			doc = doc[:mostTerms]
		}
		slices.SortFunc(doc, func(a, b weighted) int { return cmp.Compare(a.n, b.n) })
		t.docs[i] = slices.Clip(doc)
		for len(many) < len(r.written) {
			many = append(many, 0)
		}
		for _, w := range doc {
			many[w.n]++
		}
	}
	t.written = r.written
	t.weigh(many)
	t.index(many)
	return t
}

// weigh turns counts into weights that are as long as 1 all together.
func (t *texts) weigh(many []int) {
	for _, doc := range t.docs {
		length := 0.0
		for i := range doc {
			w := float64(doc[i].weight) * math.Log((float64(len(t.docs))+1)/(float64(many[doc[i].n])+0.5))
			if many[doc[i].n] == 1 {
				w *= aloneWeight
			}
			doc[i].weight = float32(w)
			length += w * w
		}
		length = math.Sqrt(length)
		for i := range doc {
			doc[i].weight = float32(float64(doc[i].weight) / length)
		}
	}
}

// index lists the texts of each term but the most frequent ones and those that
// only one has.
func (t *texts) index(many []int) {
	byCount := make([]int, 0, len(many))
	for n, count := range many {
		if count > 1 {
			byCount = append(byCount, n)
		}
	}
	slices.SortFunc(byCount, func(a, b int) int { return cmp.Or(cmp.Compare(many[a], many[b]), cmp.Compare(a, b)) })
	t.having = make([][]weighted, len(many))
	pairs := 0
	for _, n := range byCount {
		if pairs += many[n] * many[n]; pairs > mostPairs {
			break
		}
		t.having[n] = make([]weighted, 0, many[n])
	}
	for i, doc := range t.docs {
		for _, w := range doc {
			if t.having[w.n] != nil {
				t.having[w.n] = append(t.having[w.n], weighted{int32(i), w.weight})
			}
		}
	}
}

// alike returns the texts that are like one, the most alike first, as many as
// matter.
func (t *texts) alike(i int) []match {
	for _, term := range t.docs[i] {
		for _, other := range t.having[term.n] {
			if t.sums[other.n] == 0 {
				t.touched = append(t.touched, other.n)
			}
			t.sums[other.n] += term.weight * other.weight
		}
	}
	best := t.best[:0] // the worst of them last
	for _, n := range t.touched {
		found := weighted{n, t.sums[n]}
		t.sums[n] = 0
		if int(n) == i || len(best) == candidates && !found.before(best[candidates-1]) {
			continue
		}
		if len(best) < candidates {
			best = append(best, found)
		}
		at := len(best) - 1
		for ; at > 0 && found.before(best[at-1]); at-- {
			best[at] = best[at-1]
		}
		best[at] = found
	}
	t.touched, t.best = t.touched[:0], best

	var out []match
	for _, b := range best {
		score, common := t.compare(i, int(b.n))
		if score >= leastScore && common > 1 || score >= leastAlone {
			out = append(out, match{int(b.n), score})
		}
	}
	slices.SortStableFunc(out, func(a, b match) int { return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(a.doc, b.doc)) })
	return out
}

// compare returns how alike two texts are, in thousandths, and how many terms
// they have in common.
func (t *texts) compare(i, j int) (score float64, common int) {
	t.common(i, j, func(_ int32, product float64) {
		score += product
		common++
	})
	return min(math.Round(score*1000)/1000, sameText), common
}

// common calls do for each term that two texts have, in order.
func (t *texts) common(i, j int, do func(n int32, product float64)) {
	a, b := t.docs[i], t.docs[j]
	for len(a) > 0 && len(b) > 0 {
		switch {
		case a[0].n < b[0].n:
			a = a[1:]
		case a[0].n > b[0].n:
			b = b[1:]
		default:
			do(a[0].n, float64(a[0].weight)*float64(b[0].weight))
			a, b = a[1:], b[1:]
		}
	}
}

// shared returns the words that make two texts alike, the weightiest first.
func (t *texts) shared(i, j int) []string {
	type part struct {
		n       int32
		product float64
	}
	var parts []part
	t.common(i, j, func(n int32, product float64) { parts = append(parts, part{n, product}) })
	slices.SortFunc(parts, func(a, b part) int { return cmp.Or(cmp.Compare(b.product, a.product), cmp.Compare(a.n, b.n)) })
	var out []string
	for _, p := range parts[:min(len(parts), sharedWords)] {
		out = append(out, t.written[p.n])
	}
	return out
}
