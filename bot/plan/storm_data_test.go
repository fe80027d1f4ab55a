// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds how what is known changes in a storm: items come, go and get
// other names, and admins change the rules.

package plan_test

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/detect"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/plan"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/plan/messages"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/config"
)

// stormNames are names of items, some of them nasty.
var stormNames = []string{"Alpha%d", "Map-peek%d", "a b %d", "Ünï%d", "{{x|%d", "[[y]]|%d", "'''z''' %d", "<nowiki>%d", "|- %d", "%d -->", "Q%d/sub", "!! %d", "~~~~%d", "__NOTOC__%d"}

func (s *storm) newItem() {
	s.names++
	name := fmt.Sprintf(pick(s.Rand, stormNames), s.names)
	item := gadget(name)
	switch s.IntN(4) {
	case 0:
		item = extension(fmt.Sprint("Ext", s.names))
	case 1:
		if s.IntN(2) == 0 {
			item = tool(fmt.Sprint("tool-", s.names))
		}
	}
	item.Section = pick(s.Rand, []string{"", "tools", "Looks | [[x]]"})
	s.view.Entries = append(s.view.Entries, registry.Entry{Item: item})
}

// data changes what is known, or the rules.
func (s *storm) data() {
	all := s.view.Entries
	kinds := []string{"new", "new", "gone", "back", "lost", "rename", "claim", "claim", "claim", "shuffle", "count", "rules", "mention", "mention", "time"}
	kind := pick(s.Rand, kinds)
	if len(all) < 5 {
		kind = "new"
	}
	if len(all) > 12 {
		kind = pick(s.Rand, []string{"lost", kind})
	}
	s.tell("data: " + kind)
	i := 0
	if len(all) > 0 {
		i = s.IntN(len(all))
	}
	switch kind {
	case "new":
		s.newItem()
	case "gone":
		all[i].Item.Gone = s.now
	case "back":
		for i := range all {
			all[i].Item.Gone = time.Time{}
		}
	case "lost":
		s.view.Entries = slices.Delete(all, i, i+1)
	case "rename":
		old := all[i].Item
		if old.Key.Kind() != detect.Gadget {
			return
		}
		s.names++
		item := gadget(fmt.Sprintf(pick(s.Rand, stormNames), s.names))
		item.Aliases = append(slices.Clone(old.Aliases), old.Key.Name())
		item.Section, all[i].Item = old.Section, item
		all[i].Claims = nil
	case "claim":
		item := all[i].Item
		all[i].Claims = pick(s.Rand, [][]registry.Claim{
			nil,
			{claim(item, registry.User, "Ada", registry.Confirmed, "cells")},
			{claim(item, registry.User, "Bo {{x", registry.Unconfirmed, "cells")},
			{claim(item, registry.Team, "Team | [[x", registry.Stated, "maintainers"), claim(item, registry.User, "Cy", registry.Stated, "headers")},
			{claim(item, registry.Nobody, "", registry.Stated, "maintainers")},
		})
	case "shuffle":
		s.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	case "count":
		all[i].Measures = []registry.Measure{measure(all[i].Item, registry.Users, int64(s.IntN(1000)), s.IntN(2) == 0)}
		all[i].Month = s.IntN(5)
		all[i].Item.Changed = s.now
	case "mention":
		if s.revs++; s.revs > 30 {
			return
		}
		m := mention(all[i].Item, all[i].Item.Name, all[i].Item.Key.Kind(), "Bo", 1000+s.revs, s.now.Add(-1))
		m.Section = fmt.Sprint("Section ", s.revs)
		s.view.Mentions = append([]registry.Mention{m}, s.view.Mentions...)
	case "rules":
		s.newRules()
	case "time":
		s.now = s.now.Add(time.Duration(s.IntN(20)) * 24 * time.Hour)
	}
}

// newRules changes the rules at random.
func (s *storm) newRules() {
	columns := [][]string{
		{"item", "steward", "verdict", "notes"}, {"item", "kind", "steward", "maintainers", "verdict", "why", "mentions", "changed", "notes"},
		{"item", "notes", "verdict", "steward"}, {"notes", "item"}, {"item", "verdict"}, {"item"}, {"item", "steward", "why", "notes", "users", "similar"},
	}
	if s.IntN(3) == 0 {
		s.speech = messages.In(pick(s.Rand, []string{"en", "de", "fr", "ar"}), nil)
	}
	s.rules.Tables = slices.Clone(s.rules.Tables)
	for i := range s.rules.Tables {
		t := &s.rules.Tables[i]
		t.Columns = pick(s.Rand, columns[:3+s.IntN(len(columns)-2)])
		t.Sort = pick(s.Rand, [][]string{{"name"}, {"-name"}, {"verdict", "name"}, {"-users", "name"}, {"section"}})
		t.Group = pick(s.Rand, []string{"", "", "section"})
		t.Verdicts = pick(s.Rand, [][]string{nil, nil, nil, {"unknown", "owned"}, {"unassigned"}})
		t.PageSize = 200
	}
	s.rules.Tables[0].PageSize = pick(s.Rand, []int{3, 4, 200})
	if s.rules.Tables[0].PageSize == 200 && len(plan.TablePages(s.rules.Tables[0], s.view.Pages)) > 1 {
		s.rules.Tables[0].PageSize = 3
	}
	s.rules.Tables[0].Filter = config.Filter{Deprecated: config.Show, Name: pick(s.Rand, []string{"", "", "", "*a*"})}
}

// word is a new word of a person's. Where it must stay it is kept account of.
func (s *storm) word(stays bool) string {
	s.last++
	w := fmt.Sprintf("w%dw", s.last)
	if stays {
		s.words[w] = true
	}
	return w
}

// said is something that a person says, with a new word in it.
func (s *storm) said(stays bool) string {
	text := pick(s.Rand, personsTexts)
	return strings.ReplaceAll(text, "%s", s.word(stays))
}
