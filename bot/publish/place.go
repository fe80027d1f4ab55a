// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the pages that the bot never writes, whatever the rules say.

package publish

import (
	"context"
	"strings"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/plan"
)

// The namespaces that matter here; their numbers are the same on every wiki:
// https://www.mediawiki.org/wiki/Manual:Namespace_constants.
const (
	nsUser      = 2
	nsUserTalk  = 3
	nsMediaWiki = 8
	nsModule    = 828
)

// misplaced refuses pages that no rules may hand to the bot: the interface and
// code of the wiki, pages of other people except their talk pages for notices,
// what steers the bot itself, and what the operator has ruled out.
func (p *Publisher) misplaced(_ context.Context, a *attempt) (*Outcome, error) {
	if why := p.misplacedTitle(a.live.Namespace, a.page.Title, a.page.Scope); why != "" {
		return refuse(StepPlace, Refused, "%s is never written by the bot: %s", a.page.Title, why), nil
	}
	return nil, nil
}

// misplacedTitle says why a page is not the bot's to write, "" if it may be.
func (p *Publisher) misplacedTitle(namespace int, title string, scope plan.Scope) string {
	_, rest, _ := strings.Cut(title, ":")
	owner, sub, _ := strings.Cut(rest, "/")
	code := strings.HasSuffix(title, ".js") || strings.HasSuffix(title, ".css") || strings.HasSuffix(title, ".json") || strings.HasSuffix(title, ".vue")
	switch {
	case title == p.Site.ConfigPage || title == p.Site.StopPage:
		return "it steers the bot"
	case namespace == nsMediaWiki:
		return "it is part of the wiki's interface"
	case namespace == nsModule:
		return "it is code"
	case code && (namespace == nsUser || namespace == nsUserTalk):
		return "it is code or data of a user"
	case namespace == nsUser && owner != p.Site.Bot:
		return "it belongs to another user"
	case namespace == nsUserTalk && owner != p.Site.Bot && (scope != plan.Notices || sub != ""):
		return "it is another user's talk page, where only notices go"
	case p.denies(title):
		return "the operator's list forbids it"
	}
	return ""
}

// denies reports whether the operator has ruled a page out. An entry that ends
// in "/*" stands for all subpages of the page before it, one that ends in ":*"
// for a namespace.
func (p *Publisher) denies(title string) bool {
	for _, entry := range p.Deny {
		if prefix, ok := strings.CutSuffix(entry, "*"); ok && (strings.HasSuffix(prefix, "/") || strings.HasSuffix(prefix, ":")) {
			if strings.HasPrefix(title, prefix) {
				return true
			}
		} else if title == entry {
			return true
		}
	}
	return false
}
