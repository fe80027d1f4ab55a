// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the numbers of an item: what was counted about it.

package plan

import (
	"fmt"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/plan/messages"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
)

// everybody is the number of users of what is on for all: more than any other.
const everybody = 1_000_000_000

// number is something counted.
type number struct {
	value   int64
	atLeast bool  // counting stopped there
	active  int64 // how many of them are active; -1 where that is not known
}

// metrics are what the columns show, and of it those who are active.
var metrics = map[string][2]registry.Metric{
	"users":     {registry.Users, registry.ActiveUsers},
	"importers": {registry.Importers, registry.ActiveImporters},
	"links":     {registry.Links},
}

// number returns what a column counts; ok is false where nobody has counted.
func (s subject) number(column string) (n number, ok bool) {
	n.active = -1
	switch column {
	case "mentions":
		n.value = int64(s.recent)
		return n, true
	case "wikis":
		n.value = int64(s.Wikis)
		return n, true
	case "users":
		if s.Item.Default {
			n.value = everybody
			return n, true
		}
	}
	of := metrics[column]
	for _, m := range s.Measures {
		switch m.Metric {
		case of[0]:
			// Two sources that count the same miss some; the bigger number misses less.
			if !ok || m.Value > n.value {
				n.value, n.atLeast = m.Value, m.AtLeast
			}
			ok = true
		case of[1]:
			n.active = max(n.active, m.Value)
		}
	}
	return n, ok
}

// cell writes a number so that the browser sorts it as one.
func (n number) cell(w *messages.Set, known bool) Cell {
	if !known {
		return Cell{}
	}
	text := numeralIn(w, n.value)
	if n.value == everybody {
		text = w.Text("table-default")
	}
	if n.atLeast {
		text = w.Text("table-at-least", text)
	}
	if n.active >= 0 && n.active <= n.value {
		text = w.Text("table-active", text, numeralIn(w, n.active))
	}
	return Cell{Attrs: fmt.Sprintf(`data-sort-value="%d"`, n.value), Text: text}
}
