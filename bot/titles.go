// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds how titles that people wrote in the rules become those that
// the wiki uses in its events.

package bot

import (
	"strings"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/plan"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/config"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/wikitext"
)

// localTitle writes a title as the wiki does: "project:foo_bar" becomes
// "Meta:Foo bar" on Meta. As in a link it may be percent-encoded. What can be
// no title only loses what surely means nothing; the wiki will refuse it.
func localTitle(on *wikitext.Site, title string) string {
	t, err := on.ParseTitle(wikitext.PercentDecode(title))
	if err != nil {
		return wikitext.NormalizeTitle(title)
	}
	return t.String()
}

// localUser writes the name of an account as the wiki does.
func localUser(on *wikitext.Site, name string) string {
	_, local, _ := strings.Cut(localTitle(on, "User:"+name), ":")
	return local
}

// localPages writes the titles of the bot's own pages as the wiki does.
func localPages(on *wikitext.Site, p plan.Site) plan.Site {
	p.ConfigPage = localTitle(on, p.ConfigPage)
	p.ReportPage = localTitle(on, p.ReportPage)
	p.StopPage = localTitle(on, p.StopPage)
	p.StatusPage = localTitle(on, p.StatusPage)
	return p
}

// localRules writes all titles in the rules, and in what they prepare, as the
// wiki does.
func localRules(on *wikitext.Site, r *config.Rules) {
	for i := range r.Tables {
		r.Tables[i].Page = localTitle(on, r.Tables[i].Page)
	}
	if r.Noticeboard != nil {
		r.Noticeboard.Page = localTitle(on, r.Noticeboard.Page)
	}
	if r.Overview != nil {
		r.Overview.Page = localTitle(on, r.Overview.Page)
		if name := &r.Overview.Data; *name != "" {
			_, *name, _ = strings.Cut(localTitle(on, "Data:"+*name), ":")
		}
	}
	if r.Adoption != nil {
		r.Adoption.Page = localTitle(on, r.Adoption.Page)
	}
	if n := r.Notices; n != nil {
		for _, title := range []*string{&n.SignUp, &n.OptOut, &n.Log} {
			if *title != "" {
				*title = localTitle(on, *title)
			}
		}
		for i := range n.Requests {
			n.Requests[i] = localTitle(on, n.Requests[i])
		}
	}
	for i := range r.Sources.Maintainers {
		if m := &r.Sources.Maintainers[i]; m.Wiki == "" {
			m.Page = localTitle(on, m.Page)
		}
	}
	for i := range r.Watch.Ignore {
		if page := &r.Watch.Ignore[i].Page; *page != "" {
			*page = localTitle(on, *page)
		}
	}
	for i := range r.Watch.IgnorePages {
		r.Watch.IgnorePages[i] = localTitle(on, r.Watch.IgnorePages[i])
	}
	if r.Preview != nil {
		localRules(on, r.Preview)
	}
}
