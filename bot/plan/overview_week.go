// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds what has changed in the last days, as the overview tells it.

package plan

import (
	"slices"
	"strings"
	"time"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
)

const (
	// week is how far back changes are told, in days before today: so that what is
	// old leaves the page no more than once a day.
	week = 7
	// changesShown is how many changes of one sort are told.
	changesShown = 10
)

// weekBegins is the moment from which changes are told.
func weekBegins(now time.Time) time.Time {
	return now.UTC().Truncate(24*time.Hour).AddDate(0, 0, -week)
}

// lately lists the changes: new stewards, other verdicts, what is new and what is
// not listed any more.
func lately(in Input, s stock) string {
	w := in.Words
	lines, told := newStewards(in, s)
	lines = append(lines, turned(in, s, told)...)
	if len(lines) == 0 {
		lines = append(lines, w.Text("overview-week-none"))
	}
	if since, all := trackedSince(in, s); !all {
		lines = append(lines, "", w.Text("overview-week-since", dayIn(w, since)))
	}
	return strings.Join(lines, "\n")
}

// trackedSince is since when verdicts are looked at, of the kind that came last;
// all says that this was before the time that is told of.
func trackedSince(in Input, s stock) (since time.Time, all bool) {
	for _, item := range s.subjects {
		at, ok := in.View.Tracked[item.Item.Key.Kind()]
		if !ok {
			at = in.Now
		}
		if at.After(since) {
			since = at
		}
	}
	return since, !since.After(weekBegins(in.Now))
}

// newStewards lists who looks after what since lately, and the items. What was
// there when the bot first looked is not new.
func newStewards(in Input, s stock) (lines []string, told map[registry.Key]bool) {
	w := in.Words
	told = map[registry.Key]bool{}
	for _, item := range s.subjects {
		since, ok := in.View.Tracked[item.Item.Key.Kind()]
		if !ok {
			continue
		}
		if begins := weekBegins(in.Now); since.Before(begins) {
			since = begins
		}
		var names []string
		for _, c := range item.Claims {
			stands := c.Standing == registry.Confirmed || c.Standing == registry.Stated
			if c.Role != registry.Steward || c.HolderKind == registry.Nobody || !stands || !c.Evidence.Time.After(since) {
				continue
			}
			who := nameIn(w, c.Holder)
			if c.HolderKind == registry.User {
				who = isolated(w, userLink(c.Holder))
			}
			if !slices.Contains(names, who) {
				names = append(names, who)
			}
		}
		if len(names) > 0 {
			lines = append(lines, "* "+w.Text("overview-week-steward", named(w, item.Item), enumerate(w, names), len(names)))
			told[item.Item.Key] = true
		}
	}
	return limited(in, lines), told
}

// turned lists the items of which the verdict is another one than when the time
// began that is told of. That an item is owned need not be said of those of which
// it is told who has come.
func turned(in Input, s stock, told map[registry.Key]bool) []string {
	w := in.Words
	there := map[registry.Key]subject{}
	for _, item := range s.subjects {
		there[item.Item.Key] = item
	}
	entries := entriesByKey(in.View)
	before := map[registry.Key]registry.Verdict{}
	last := map[registry.Key]registry.Turn{}
	var order []registry.Key
	for _, t := range in.View.Turns {
		if t.At.Before(weekBegins(in.Now)) || !slices.Contains(s.known, t.Item.Kind()) {
			continue
		}
		if _, again := before[t.Item]; !again {
			before[t.Item] = t.Was
			order = append(order, t.Item)
		}
		last[t.Item] = t
	}
	var turns, arrived, left []string
	for _, key := range slices.Backward(order) {
		was, became, item := before[key], last[key].Became, registry.Item{Key: key, Name: key.Name()}
		if e, ok := entries[key]; ok {
			item = e.Item
		}
		what, at := named(w, item), dayIn(w, last[key].At)
		switch _, still := there[key]; {
		case was == became, became == registry.Owned && told[key], still != (became != ""): // the present is another one again, and will be noted
		case was == "":
			arrived = append(arrived, "* "+w.Text("overview-week-new", what, verdictIn(w, became), at))
		case became == "":
			left = append(left, "* "+w.Text("overview-week-gone", what, verdictIn(w, was), at))
		default:
			turns = append(turns, "* "+w.Text("overview-week-turned", what, verdictIn(w, was), verdictIn(w, became), at))
		}
	}
	return slices.Concat(limited(in, turns), limited(in, arrived), limited(in, left))
}

// limited keeps a list short, and says how much longer it is.
func limited(in Input, lines []string) []string {
	if more := len(lines) - changesShown; more > 0 {
		return append(lines[:changesShown:changesShown], "* "+in.Words.Text("overview-week-more", numeral(more), more))
	}
	return lines
}
