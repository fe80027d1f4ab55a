// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds what the wiki holds before the play: gadgets, a maintainers
// page, people and their talk pages, and the bot's rules.

package main

import (
	"context"
	"fmt"
	"strings"
)

// The pages of the demo.
const (
	maintainersPage = "Developers/Maintainers"
	extensionsPage  = sitename + ":Stewardship/Extensions"
	skinsPage       = sitename + ":Stewardship/Skins"
	gadgetsPage     = sitename + ":Stewardship/Gadgets"
	scriptsPage     = sitename + ":Stewardship/User scripts"
	toolsPage       = sitename + ":Stewardship/Tools"
	boardPage       = sitename + ":Stewardship noticeboard"
	definitionPage  = "MediaWiki:Gadgets-definition"
	configPage      = "User:" + botName + "/config.json"
	reportPage      = "User:" + botName + "/config report"
	stopPageTitle   = "User:" + botName + "/stop"
	adaTalk         = "User talk:Demo Ada"
	villagePump     = sitename + " talk:Village pump"
)

const rules = `{
    "version": 1,
    "watch": {"namespaces": [1, 3, 5]},
    "sources": {"maintainers": [{"page": "Developers/Maintainers"}]},
    "tables": [
        {"id": "extensions", "page": "Project:Stewardship/Extensions", "kinds": ["extension"], "title": "Extensions of this wiki",
         "columns": ["item", "steward", "maintainers", "verdict", "why", "mentions", "notes"]},
        {"id": "skins", "page": "Project:Stewardship/Skins", "kinds": ["skin"], "title": "Skins of this wiki"},
        {"id": "gadgets", "page": "Project:Stewardship/Gadgets", "kinds": ["gadget"], "title": "Gadgets of this wiki"},
        {"id": "scripts", "page": "Project:Stewardship/User scripts", "kinds": ["userscript"], "title": "User scripts of this wiki"},
        {"id": "tools", "page": "Project:Stewardship/Tools", "kinds": ["tool"], "title": "Toolforge tools that people here talk about"}
    ],
    "noticeboard": {"page": "Project:Stewardship noticeboard", "verdicts": ["unassigned", "inactive"], "settle_minutes": 0},
    "notices": {"talk": true, "settle_minutes": 0}
}`

// gadget is a gadget of the demo wiki.
type gadget struct{ section, id, about string }

var gadgets = []gadget{
	{"editing", "Tidy-refs", "Sorts the attributes of reference tags while you edit."},
	{"editing", "Summary-presets", "Offers your last ten edit summaries."},
	{"browsing", "Quiet-toc", "Folds the table of contents on long pages."},
	{"browsing", "Local-time", "Shows signatures in your own time zone."},
}

// component is a row of the maintainers page. The components are real, the
// stewards are made up.
type component struct{ section, page, steward, maintainers string }

var components = []component{
	{"MediaWiki core", "Manual:Parser", "Demo Parsing Team", ""},
	{"MediaWiki core", "Manual:Recent changes", "Unassigned", ""},
	{"MediaWiki core", "Manual:Watchlist", "Demo Moderators Team", ""},
	{"Extensions", "Extension:AbuseFilter", "Demo Safety Team", ""},
	{"Extensions", "Extension:CategoryTree", "Unassigned", ""},
	{"Extensions", "Extension:Cite", "Demo References Team", "[[User:Demo Cleo|Demo Cleo]]"},
	{"Extensions", "Extension:CiteThisPage", "Unassigned", "[[User:Demo Bo|Demo Bo]]"},
	{"Extensions", "Extension:ConfirmEdit", "Demo Safety Team", ""},
	{"Extensions", "Extension:Gadgets", "Unassigned", "[[User:Demo Cleo|Demo Cleo]]"},
	{"Extensions", "Extension:ImageMap", "Unassigned", ""},
	{"Extensions", "Extension:InputBox", "Unassigned", ""},
	{"Extensions", "Extension:Interwiki", "Demo Languages Team", ""},
	{"Extensions", "Extension:Nuke", "Demo Moderators Team", ""},
	{"Extensions", "Extension:ParserFunctions", "Demo Parsing Team", ""},
	{"Extensions", "Extension:Poem", "Unassigned", "formerly Demo Parsing Team"},
	{"Extensions", "Extension:Scribunto", "Demo Parsing Team", ""},
	{"Extensions", "Extension:SpamBlacklist", "Unassigned", ""},
	{"Extensions", "Extension:SyntaxHighlight", "Demo Editing Team", ""},
	{"Extensions", "Extension:TitleBlacklist", "Unassigned", ""},
	{"Extensions", "Extension:WikiEditor", "Demo Editing Team", ""},
	{"Skins", "Skin:MinervaNeue", "Demo Mobile Team", ""},
	{"Skins", "Skin:MonoBook", "Unassigned", ""},
	{"Skins", "Skin:Vector", "Demo Web Team", ""},
}

// operatorsList is what the operator knows beside the wiki.
const operatorsList = "item,stewards\ntool:demo-geo-check,Demo Maps Team\n"

// fill creates the accounts and pages.
func (s *stage) fill(ctx context.Context) (err error) {
	s.people.admin = s.wiki.Admin()
	if _, err = s.wiki.CreateUser(ctx, botName, "bot"); err != nil {
		return err
	}
	if s.people.ada, err = s.wiki.CreateUser(ctx, "Demo Ada"); err != nil {
		return err
	}
	if s.people.bo, err = s.wiki.CreateUser(ctx, "Demo Bo"); err != nil {
		return err
	}
	if s.people.cleo, err = s.wiki.CreateUser(ctx, "Demo Cleo"); err != nil {
		return err
	}
	type page struct{ title, text string }
	pages := []page{
		{definitionPage, definition()},
		{maintainersPage, maintainers()},
		{adaTalk, "== Welcome ==\nWelcome to the demo wiki! --[[User:Demo Cleo|Demo Cleo]]"},
		{"User talk:Demo Bo", "{{nobots}}\nI read the noticeboard myself, no messages please."},
		{villagePump, "== Tidying up the main page ==\nShall we drop the old news box? Nobody has touched it for a year. --~~~~"},
		{configPage, rules},
	}
	for _, g := range gadgets {
		pages = append(pages,
			page{"MediaWiki:Gadget-" + g.id, g.about},
			page{"MediaWiki:Gadget-" + g.id + ".js", "// " + g.about + "\nmw.hook( 'wikipage.content' ).add( function () {} );\n"})
	}
	for _, p := range pages {
		if _, err := s.people.admin.Edit(ctx, p.title, p.text, "set up the demo"); err != nil {
			return fmt.Errorf("%s: %w", p.title, err)
		}
	}
	return nil
}

// definition writes the gadgets' definition page.
func definition() string {
	var b strings.Builder
	section := ""
	for _, g := range gadgets {
		if g.section != section {
			section = g.section
			fmt.Fprintf(&b, "== %s ==\n", section)
		}
		fmt.Fprintf(&b, "* %s[ResourceLoader|dependencies=mediawiki.util]|%s.js\n", g.id, g.id)
	}
	return b.String()
}

// maintainers writes a page in the shape of mw:Developers/Maintainers.
func maintainers() string {
	var b strings.Builder
	section := ""
	for _, c := range components {
		if c.section != section {
			if section != "" {
				b.WriteString("|}\n\n")
			}
			section = c.section
			fmt.Fprintf(&b, "== %s ==\n{| class=\"wikitable sortable\"\n! Component !! Description !! Steward<sup>[1]</sup> !! Individual maintainer<sup>[2]</sup> !! Consulted !! Informed\n", section)
		}
		_, name, _ := strings.Cut(c.page, ":")
		fmt.Fprintf(&b, "|-\n| [[%s|%s]] || || %s || %s || ||\n", c.page, name, c.steward, c.maintainers)
	}
	b.WriteString("|}\n")
	return b.String()
}
