// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the pages that the bot never writes, whatever the rules say.

package publish

import (
	"context"
	"slices"
	"strings"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/plan"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/wikitext"
)

// The namespaces that matter here; their numbers are the same on every wiki:
// https://www.mediawiki.org/wiki/Manual:Namespace_constants and
// https://www.mediawiki.org/wiki/Extension_default_namespaces.
const (
	nsUser      = 2
	nsUserTalk  = 3
	nsMediaWiki = 8
	nsModule    = 828
	nsGadget    = 2300
	nsGadgetDef = 2302
)

// codeSpaces are namespaces of code and of the interface.
var codeSpaces = map[int]string{
	nsMediaWiki: "it is part of the wiki's interface",
	nsModule:    "it is code", nsGadget: "it is code", nsGadgetDef: "it is code",
}

// misplaced refuses pages that no rules may hand to the bot: the interface and
// code of the wiki, pages of other people except their talk pages and those of
// their scripts for notices, what steers the bot itself, and what the operator has ruled out.
func (p *Publisher) misplaced(_ context.Context, a *attempt) (*Outcome, error) {
	// The title as the wiki writes it decides, but no other spelling helps.
	for _, title := range []string{a.live.Title, a.page.Title} {
		if why := p.misplacedTitle(a.live.Namespace, title, a.page.Scope); why != "" {
			return refuse(StepPlace, Refused, "%s is never written by the bot: %s. Name another page in the rules.", a.page.Title, why), nil
		}
	}
	return nil, nil
}

// misplacedTitle says why a page is not the bot's to write, "" if it may be.
func (p *Publisher) misplacedTitle(namespace int, title string, scope plan.Scope) string {
	_, rest, _ := strings.Cut(title, ":")
	owner, sub, _ := strings.Cut(rest, "/")
	code := slices.ContainsFunc([]string{".js", ".css", ".json", ".vue"}, func(end string) bool { return strings.HasSuffix(title, end) })
	// People discuss a script there, in wikitext.
	scriptTalk := namespace == nsUserTalk && scope == plan.Notices && sub != "" && strings.HasSuffix(title, ".js")
	switch {
	case title == p.Site.ConfigPage || title == p.Site.StopPage:
		return "it steers the bot"
	case codeSpaces[namespace] != "":
		return codeSpaces[namespace]
	case code && !scriptTalk && (namespace == nsUser || namespace == nsUserTalk):
		return "it is code or data of a user"
	case namespace == nsUser && owner != p.Site.Bot:
		return "it belongs to another user"
	case namespace == nsUserTalk && owner != p.Site.Bot && (scope != plan.Notices || sub != "" && !scriptTalk):
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
	title = canonical(p.Text, title)
	for _, entry := range p.Deny {
		prefix, all := strings.CutSuffix(entry, "*")
		switch {
		case all && strings.HasSuffix(prefix, "/"):
			if strings.HasPrefix(title, canonical(p.Text, strings.TrimSuffix(prefix, "/"))+"/") {
				return true
			}
		case all && strings.HasSuffix(prefix, ":"):
			if strings.HasPrefix(title, strings.TrimSuffix(canonical(p.Text, prefix+"X"), "X")) {
				return true
			}
		case title == canonical(p.Text, entry):
			return true
		}
	}
	return false
}

// canonical writes a title as the wiki does; what is none comes back as it is.
func canonical(site *wikitext.Site, title string) string {
	t, err := site.ParseTitle(title)
	if err != nil {
		return title
	}
	return t.String()
}
