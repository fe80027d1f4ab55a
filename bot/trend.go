// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds how the verdicts on a wiki are tracked, and whether the wiki can
// show them as a chart.

package bot

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"time"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/plan"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/wiki"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/config"
)

// tracked is what was last written down of the verdicts, so that nobody has to
// look in the store when it is the same.
type tracked struct {
	verdicts map[registry.Key]registry.Verdict
	week     time.Time // that was tallied, zero where it was not
}

// track writes down which verdicts have changed, and how many there are of each in
// this week, where the rules ask for an overview and all sources were read or
// tried. It reports whether there was anything new.
func (s *site) track(ctx context.Context, in plan.Input, complete bool) (news bool, err error) {
	if !complete {
		return false, nil
	}
	verdicts, kinds, whole := plan.Verdicts(in)
	if len(kinds) == 0 {
		return false, nil
	}
	now := tracked{verdicts: verdicts}
	if whole {
		now.week = registry.Week(in.Now)
	}
	if before := s.tracked; before.verdicts != nil && maps.Equal(before.verdicts, now.verdicts) && (!whole || before.week.Equal(now.week)) {
		return false, nil
	}
	if news, err = s.reg.Track(ctx, s.conf.Wiki.Wiki, in.Now, kinds, verdicts, whole); err != nil {
		return false, err
	}
	s.tracked = now
	return news, nil
}

// dataNamespace is that of pages with data:
// https://www.mediawiki.org/wiki/Extension_default_namespaces.
const dataNamespace = 486

// drawsCharts reports whether a wiki keeps pages with data itself and draws charts
// of them.
func drawsCharts(about wiki.Site) bool {
	var info struct {
		Query struct{ FunctionHooks []string }
	}
	if json.Unmarshal(about.Info, &info) != nil || !slices.Contains(info.Query.FunctionHooks, "chart") {
		return false
	}
	return slices.ContainsFunc(about.Namespaces, func(ns wiki.Namespace) bool { return ns.ID == dataNamespace })
}

// chartless says what is odd about rules that ask for a chart, "" for nothing.
func (s *site) chartless(rules *config.Rules) string {
	if rules.Overview == nil || rules.Overview.Data == "" || s.pages.Charts {
		return ""
	}
	return "overview.data: this wiki keeps no pages in the namespace Data or draws no charts, so the overview has plain bars"
}
