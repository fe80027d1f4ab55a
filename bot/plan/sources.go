// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds which sources must have been read before a page can say what
// is known.

package plan

import (
	"slices"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/detect"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/config"
)

// sources returns the sources that say which items of a kind there are, or who
// looks after them, under the rules. What only says how much they matter, or
// takes long to ask, is not waited for.
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
		if rules.Sources.Toolhub {
			names = append(names, "toolhub")
		}
	}
	return names
}

// Needs returns the sources that the pages under the rules depend on, sorted.
func Needs(rules *config.Rules) []string {
	needed := []string{registry.CellsSource}
	for _, kind := range detect.Kinds {
		wanted := rules.Noticeboard != nil || slices.ContainsFunc(rules.Tables, func(t config.Table) bool {
			return slices.Contains(t.Kinds, string(kind))
		})
		if wanted {
			needed = append(needed, sources(rules, kind)...)
		}
	}
	slices.Sort(needed)
	return slices.Compact(needed)
}

// known reports whether every source that says something of a kind was read at
// least once, and lately looked at, so that what no source mentions is really
// unknown.
func known(in Input, kind detect.Kind) bool {
	if in.Pending[registry.CellsSource] {
		return false
	}
	return !slices.ContainsFunc(sources(in.Rules, kind), func(name string) bool {
		return in.Pending[name] || !surveyed(in.View, name)
	})
}

// waits reports whether a table on the page still waits for its sources. Nothing
// is written there before: the regions of a page are made in the order of the
// rules.
func waits(in Input, title string) bool {
	return slices.ContainsFunc(in.Rules.Tables, func(t config.Table) bool {
		return t.Page == title && (in.Pending[registry.CellsSource] || slices.ContainsFunc(t.Kinds, func(kind string) bool {
			return slices.ContainsFunc(sources(in.Rules, detect.Kind(kind)), func(name string) bool { return in.Pending[name] })
		}))
	})
}

func surveyed(v registry.View, source string) bool {
	return slices.ContainsFunc(v.Surveys, func(s registry.SurveyState) bool {
		return s.Source == source && !s.Read.IsZero()
	})
}
