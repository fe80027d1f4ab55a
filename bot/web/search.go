// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the search over the items: a look at every name, which takes
// milliseconds, so that any part of a word is found.

package web

import (
	"slices"
	"strings"
)

// What a search may ask for.
const (
	perPage  = 50   // items on a page
	maxPages = 2000 // that can be asked for
	maxText  = 100  // characters that are looked for
	maxWords = 8
)

// search is what somebody looks for. Empty fields stand for any.
type search struct {
	Text, Wiki, Kind, Verdict string
	Page                      int // from 1
}

// hits is a page of what was found.
type hits struct {
	Total int
	Items []hit
	// Verdicts is how many items there would be with each verdict, and none
	// asked for.
	Verdicts map[string]int
	Kinds    map[string]int // the same of kinds
}

// hit is an item, as the first of those wikis sees it that fit.
type hit struct {
	item
	Seen []seen // with which verdict how many of them see it
}

// seen is how many wikis see an item with a verdict.
type seen struct {
	Verdict string
	Wikis   int
}

// The ranks of what is found, the best first.
const (
	exact = iota
	prefix
	word
	inside
	elsewhere
	ranks
)

// search finds items by all words of a text, those first whose names fit best,
// then by name.
func (x *index) search(s search) (hits, error) {
	words := strings.Fields(newFolder().fold(cut(visible(s.Text), maxText)))
	words = words[:min(len(words), maxWords)]
	whole := strings.Join(words, " ")
	wiki, kind, verdict := slices.Index(x.names.wikis, s.Wiki), slices.Index(x.names.kinds, s.Kind), slices.Index(x.names.verdicts, s.Verdict)
	out := hits{Verdicts: map[string]int{}, Kinds: map[string]int{}}
	verdicts, kinds := make([]int, len(x.names.verdicts)), make([]int, len(x.names.kinds))
	var found [ranks][]int32
	for n := range x.groups {
		g := &x.groups[n]
		rank := g.rank(words, whole)
		if rank == ranks {
			continue
		}
		var fits, ofKind, ofVerdict bool
		var told uint32
		for _, r := range x.members(*g) {
			if s.Wiki != "" && int(r.wiki) != wiki {
				continue
			}
			isKind, isVerdict := s.Kind == "" || int(r.kind) == kind, s.Verdict == "" || int(r.verdict) == verdict
			if isKind && told&(1<<r.verdict) == 0 {
				told |= 1 << r.verdict
				verdicts[r.verdict]++
			}
			ofKind, ofVerdict = ofKind || isKind, ofVerdict || isVerdict
			fits = fits || isKind && isVerdict
		}
		if ofVerdict {
			kinds[x.rows[g.first].kind]++
		}
		if fits {
			found[rank] = append(found[rank], int32(n))
			out.Total++
		}
	}
	for i, n := range verdicts {
		out.Verdicts[x.names.verdicts[i]] = n
	}
	for i, n := range kinds {
		out.Kinds[x.names.kinds[i]] = n
	}
	skip := (min(max(s.Page, 1), maxPages) - 1) * perPage
	for _, list := range found {
		from := min(skip, len(list))
		skip -= from
		for _, n := range list[from:min(len(list), from+perPage-len(out.Items))] {
			h, err := x.hit(x.groups[n], s)
			if err != nil {
				return hits{}, err
			}
			out.Items = append(out.Items, h)
		}
	}
	return out, nil
}

// hit takes out what is told of an item on a page of many.
func (x *index) hit(g group, s search) (hit, error) {
	var h hit
	for _, r := range x.members(g) {
		verdict := x.names.verdicts[r.verdict]
		if s.Wiki != "" && x.names.wikis[r.wiki] != s.Wiki || s.Verdict != "" && verdict != s.Verdict {
			continue
		}
		if h.Key == "" {
			i, err := x.blocks.get(r.at)
			if err != nil {
				return hit{}, err
			}
			h.item = i
		}
		if i := slices.IndexFunc(h.Seen, func(v seen) bool { return v.Verdict == verdict }); i >= 0 {
			h.Seen[i].Wikis++
		} else {
			h.Seen = append(h.Seen, seen{verdict, 1})
		}
	}
	return h, nil
}

// rank tells how well an item fits, ranks if it does not.
func (g *group) rank(words []string, whole string) int {
	if whole == "" {
		return exact
	}
	inName := true
	for _, w := range words {
		if strings.Contains(g.name, w) {
			continue
		}
		if inName = false; !strings.Contains(g.other, w) {
			return ranks
		}
	}
	switch {
	case !inName:
		return elsewhere
	case g.name == whole:
		return exact
	case strings.HasPrefix(g.name, whole):
		return prefix
	case strings.Contains(g.name, " "+words[0]), strings.HasPrefix(g.name, words[0]):
		return word
	}
	return inside
}

// cut cuts a text to a number of characters.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	if r := []rune(s); len(r) > n {
		return string(r[:n])
	}
	return s
}
