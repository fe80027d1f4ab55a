// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds how titles that people wrote in the rules become those that
// the wiki uses in its events.

package bot

import (
	"strings"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/plan"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/wiki"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/config"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/wikitext"
)

// localTitle writes a title as the wiki does: "project:foo_bar" becomes
// "Meta:Foo bar" on Meta.
func localTitle(about wiki.Site, title string) string {
	title = wikitext.NormalizeTitle(title)
	prefix, rest, ok := strings.Cut(title, ":")
	if !ok {
		return title
	}
	prefix = strings.TrimSpace(prefix)
	for _, ns := range about.Namespaces {
		for _, name := range append([]string{ns.Name, ns.Canonical}, ns.Aliases...) {
			if name == "" || !strings.EqualFold(name, prefix) {
				continue
			}
			return ns.Name + ":" + wikitext.NormalizeTitle(rest)
		}
	}
	return title
}

// localPages writes the titles of the bot's own pages as the wiki does.
func localPages(about wiki.Site, p plan.Site) plan.Site {
	p.ConfigPage = localTitle(about, p.ConfigPage)
	p.ReportPage = localTitle(about, p.ReportPage)
	p.StopPage = localTitle(about, p.StopPage)
	return p
}

// localRules writes all titles in the rules as the wiki does.
func localRules(about wiki.Site, r *config.Rules) {
	for i := range r.Tables {
		r.Tables[i].Page = localTitle(about, r.Tables[i].Page)
	}
	if r.Noticeboard != nil {
		r.Noticeboard.Page = localTitle(about, r.Noticeboard.Page)
	}
	for i := range r.Sources.Maintainers {
		r.Sources.Maintainers[i].Page = localTitle(about, r.Sources.Maintainers[i].Page)
	}
	for i := range r.Watch.IgnorePages {
		r.Watch.IgnorePages[i] = localTitle(about, r.Watch.IgnorePages[i])
	}
}
