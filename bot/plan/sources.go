// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds which sources must have been read before a page can say what
// is known.

package plan

import (
	"slices"
	"time"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/detect"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/config"
)

// Catalogued are the sources that say the same of every wiki and count only
// where the rules ask for the catalogue of tools.
var Catalogued = []string{"toolhub", "striker"}

// sources returns the sources that say which items of a kind there are, or who
// looks after them, under the rules: without having read them nobody knows. What
// only says how much items matter, or takes long to ask, is not waited for.
func sources(rules *config.Rules, kind detect.Kind) []string {
	var names []string
	switch kind {
	case detect.Extension, detect.Skin:
		names = append(names, "siteinfo")
		if len(rules.Sources.Maintainers) > 0 {
			names = append(names, "maintainers")
		}
		if rules.Sources.Infoboxes {
			names = append(names, "infoboxes")
		}
	case detect.Gadget:
		names = append(names, "gadgets")
	case detect.Tool:
		if rules.Sources.Toolhub && rules.Sources.ToolhubAll {
			names = append(names, "toolhub")
		}
	}
	return names
}

// awaited are the sources of a kind with those that are worth a moment, but not
// needed.
func awaited(rules *config.Rules, kind detect.Kind) []string {
	names := append(sources(rules, kind), registry.CellsSource, "list")
	if rules.Sources.Toolhub && kind == detect.Tool {
		names = append(names, Catalogued...)
	}
	return names
}

// Needs returns the sources that pages under the rules wait for, sorted.
func Needs(rules *config.Rules) []string {
	needed := []string{registry.CellsSource}
	for _, kind := range detect.Kinds {
		wanted := rules.Noticeboard != nil || rules.Overview != nil || rules.Adoption != nil || slices.ContainsFunc(rules.Tables, func(t config.Table) bool {
			return slices.Contains(t.Kinds, string(kind))
		})
		if wanted {
			needed = append(needed, awaited(rules, kind)...)
		}
	}
	slices.Sort(needed)
	return slices.Compact(needed)
}

// known reports whether every source that says something of a kind was read at
// least once, and lately looked at, so that what no source mentions is really
// unknown.
func known(in Input, kind detect.Kind) bool {
	return !pending(in, kind) && !slices.ContainsFunc(sources(in.Rules, kind), func(name string) bool {
		return !surveyed(in.View, name)
	})
}

// pending reports whether sources of a kind were not yet tried.
func pending(in Input, kind detect.Kind) bool {
	return slices.ContainsFunc(awaited(in.Rules, kind), func(name string) bool { return in.Pending[name] })
}

// waits reports whether a table on the page still waits for its sources. Nothing
// is written there before: the regions of a page are made in the order of the
// rules.
func waits(in Input, title string) bool {
	return slices.ContainsFunc(in.Rules.Tables, func(t config.Table) bool {
		return t.Page == title && slices.ContainsFunc(t.Kinds, func(kind string) bool { return pending(in, detect.Kind(kind)) })
	})
}

func surveyed(v registry.View, source string) bool {
	return slices.ContainsFunc(v.Surveys, func(s registry.SurveyState) bool {
		return s.Source == source && !s.Read.IsZero()
	})
}

// mentionsKept is how far back mentions are planned with.
const mentionsKept = 90 * 24 * time.Hour

// Query is what planning the pages of a wiki needs of the registry.
func Query(wiki string, rules *config.Rules, now time.Time) registry.Query {
	q := registry.Query{Wiki: wiki, Since: now.Add(-mentionsKept), Now: now}
	q.Catalogue = rules != nil && rules.Sources.Toolhub && rules.Sources.ToolhubAll
	if rules != nil {
		q.Reconfirm = rules.Verdict.ReconfirmMonths
	}
	if rules != nil && rules.Notices != nil {
		q.Told = now.Add(-toldKept(rules.Notices))
	}
	if rules != nil && rules.Overview != nil {
		q.Turns = weekBegins(now)
	}
	return q
}

// logKept is how far back the log's archive of the month before last reaches.
const logKept = 95 * 24 * time.Hour

// toldKept is how far back what was told matters: as long as a cooldown or the
// ladder reaches, and as the log shows it.
func toldKept(n *config.Notices) time.Duration {
	ladder := mentionsKept
	for _, rung := range n.Ladder {
		ladder += days(rung.AfterDays)
	}
	if n.Log != "" {
		ladder = max(ladder, logKept)
	}
	return max(days(n.CooldownDays+1), ladder)
}

// Asked takes out of a view what the rules do not ask for: claims from the
// catalogue of tools, which is read for all wikis if one of them wants it.
func Asked(view registry.View, rules *config.Rules) registry.View {
	if rules == nil || rules.Sources.Toolhub {
		return view
	}
	for i, e := range view.Entries {
		view.Entries[i].Claims = slices.DeleteFunc(e.Claims, func(c registry.Claim) bool { return slices.Contains(Catalogued, c.Evidence.Source) })
	}
	return view
}

// Unlike are the pairs that the rules say are not similar.
func Unlike(rules *config.Rules) [][2]registry.Key {
	var pairs [][2]registry.Key
	for _, p := range rules.Similar.Except {
		pairs = append(pairs, [2]registry.Key{registry.Key(p[0]), registry.Key(p[1])})
	}
	return pairs
}
