// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the order of rows.

package plan

import (
	"cmp"
	"slices"
	"strings"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
)

// rank is where a row stands by one sort key.
type rank struct {
	number int64
	text   string
	none   bool // there is no value; such rows come last, whichever way round
}

func (a rank) compare(b rank, down bool) int {
	switch {
	case a.none || b.none:
		return cmp.Compare(flag(a.none), flag(b.none))
	case down:
		a, b = b, a
	}
	return cmp.Or(cmp.Compare(a.number, b.number), strings.Compare(a.text, b.text))
}

func flag(b bool) int {
	if b {
		return 1
	}
	return 0
}

// rank returns where a row stands by a sort key without its "-".
func (s subject) rank(key string) rank {
	switch key {
	case "kind":
		return rank{text: string(s.Item.Key.Kind())}
	case "section":
		return words(s.Item.Section)
	case "verdict":
		return rank{number: int64(slices.Index(registry.Verdicts, s.opinion.Verdict))}
	case "changed":
		return rank{number: s.Item.Changed.Unix(), none: s.Item.Changed.IsZero()}
	case "users", "importers", "links", "mentions", "wikis":
		n, ok := s.number(key)
		return rank{number: n.value, none: !ok}
	}
	return words(s.Item.Name)
}

// words is the rank of a text, without regard to case.
func words(text string) rank {
	text = strings.ToLower(strings.TrimSpace(text))
	return rank{text: text, none: text == ""}
}

// order is where a row stands in its table.
type order struct {
	group rank
	ranks []rank
	name  string // decides between equal ones
	key   registry.Key
}

// order works out where a row stands.
func (t Table) order(s subject) order {
	o := order{name: strings.ToLower(s.Item.Name), key: s.Item.Key}
	if t.grouped {
		o.group = words(s.Item.Section)
	}
	for _, key := range t.sort {
		o.ranks = append(o.ranks, s.rank(strings.TrimPrefix(key, "-")))
	}
	return o
}

// sortRows puts the rows in order: by their groups, by the keys of the rules,
// by name, by item key.
func (t Table) sortRows() {
	slices.SortStableFunc(t.Rows, func(a, b Row) int {
		if c := a.order.group.compare(b.order.group, false); c != 0 {
			return c
		}
		for i, key := range t.sort {
			if c := a.order.ranks[i].compare(b.order.ranks[i], strings.HasPrefix(key, "-")); c != 0 {
				return c
			}
		}
		return cmp.Or(strings.Compare(a.order.name, b.order.name), strings.Compare(string(a.order.key), string(b.order.key)))
	})
}
