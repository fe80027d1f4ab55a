// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds what the overview and the adoption page are made from: the
// verdicts on all items of a wiki, and how much each of them matters.

package plan

import (
	"cmp"
	"slices"
	"strconv"
	"time"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/detect"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/plan/messages"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/config"
)

// fresh is how old the last reading of a source may be for it to count as the
// present.
const fresh = 7 * 24 * time.Hour

// stock is all items of a wiki with their verdicts.
type stock struct {
	subjects []subject // in the order of their keys
	// known are the kinds of which it is known what there is, unread the others.
	known, unread []detect.Kind
	pending       bool // some source is still to be tried
}

// takeStock looks at all items that are there, but for those that are known from
// mentions alone which have not stood yet.
func takeStock(in Input) stock {
	var s stock
	for _, kind := range detect.Kinds {
		s.pending = s.pending || pending(in, kind)
		if known(in, kind) {
			s.known = append(s.known, kind)
		} else {
			s.unread = append(s.unread, kind)
		}
	}
	mentioned := countMentions(in)
	for _, e := range in.View.Entries {
		m := mentioned[e.Item.Key]
		if !e.Item.Gone.IsZero() || !slices.Contains(s.known, e.Item.Key.Kind()) || e.Item.Mentioned && len(e.Claims) == 0 && m.settled == 0 {
			continue
		}
		s.subjects = append(s.subjects, subject{e, judge(in, e), m.recent})
	}
	return s
}

// Verdicts returns the verdicts on all items of the kinds that are known, and
// those kinds. Whole says that these are all kinds, each from a reading of the
// last days. Where the rules ask for no overview there are none: nobody looks at
// how they change.
func Verdicts(in Input) (verdicts map[registry.Key]registry.Verdict, kinds []detect.Kind, whole bool) {
	if in.Rules == nil || in.Rules.Overview == nil {
		return nil, nil, false
	}
	s := takeStock(in)
	if s.pending {
		return nil, nil, false
	}
	verdicts = make(map[registry.Key]registry.Verdict, len(s.subjects))
	for _, item := range s.subjects {
		verdicts[item.Item.Key] = item.opinion.Verdict
	}
	whole = len(s.unread) == 0
	for _, kind := range s.known {
		for _, name := range sources(in.Rules, kind) {
			whole = whole && slices.ContainsFunc(in.View.Surveys, func(state registry.SurveyState) bool {
				return state.Source == name && in.Now.Sub(state.Read) < fresh
			})
		}
	}
	return verdicts, s.known, whole
}

// unowned returns the items that count as looked after by nobody, those that
// matter most first.
func (s stock) unowned(rules *config.Rules) []subject {
	var out []subject
	for _, item := range s.subjects {
		if slices.Contains(rules.Verdict.Unowned, string(item.opinion.Verdict)) {
			out = append(out, item)
		}
	}
	byPoints(out)
	return out
}

// byPoints puts items in order: those that matter most first.
func byPoints(items []subject) {
	slices.SortStableFunc(items, func(a, b subject) int {
		return cmp.Or(cmp.Compare(b.points(), a.points()), cmp.Compare(b.recent, a.recent), cmp.Compare(b.used(), a.used()),
			cmp.Compare(a.Item.Name, b.Item.Name), cmp.Compare(a.Item.Key, b.Item.Key))
	})
}

// pointsForAll are those for the use of what is on for everybody.
const pointsForAll = 5

// points say how much an item matters, in a way that everybody can work out:
// a point for each digit of the number of users or importers, and pointsForAll
// for what is on for everybody; a point for each digit of the number of links;
// two for each digit of the number of mentions in the last 30 days. So they tell
// sizes apart, stay the same while a number only grows a little, and no number
// outweighs all others.
func (s subject) points() int {
	use := 0
	if s.forAll() {
		use = pointsForAll
	} else if n := s.used(); n > 0 {
		use = digits(n)
	}
	links, _ := s.number("links")
	return use + digits(links.value) + 2*digits(int64(s.recent))
}

// forAll reports whether an item is on for everybody on the wiki.
func (s subject) forAll() bool {
	kind := s.Item.Key.Kind()
	return s.Item.Default || s.Item.Deployed && (kind == detect.Extension || kind == detect.Skin)
}

// digits counts the digits of a number, none for 0.
func digits(n int64) int {
	if n <= 0 {
		return 0
	}
	return len(strconv.FormatInt(n, 10))
}

// matters says in words what the points are for; "" where there is nothing.
func (s subject) matters(w *messages.Set) string {
	var parts []string
	if s.forAll() {
		parts = append(parts, w.Text("overview-use-all"))
	} else {
		for _, column := range []string{"users", "importers"} {
			if n, ok := s.number(column); ok && n.value > 0 {
				parts = append(parts, w.Text("overview-use-"+column, numeral(n.value), n.value))
			}
		}
	}
	if n, ok := s.number("links"); ok && n.value > 0 {
		parts = append(parts, w.Text("overview-use-links", numeral(n.value), n.value))
	}
	if s.recent > 0 {
		parts = append(parts, w.Text("overview-use-mentions", numeral(s.recent), s.recent))
	}
	return commas(w, parts)
}
