// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds how tools are named: by their hosts and by the pages of the
// services that list them.

package detect

import (
	"slices"
	"strings"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/wikitext"
)

var toolRules = []rule{
	{
		name: "toolforge", kinds: []Kind{Tool},
		doc: "Tools of Toolforge by host (`X.toolforge.org`), by the old path (`tools.wmflabs.org/X`), by the prefixes `toolforge:` and `toollabs:`, and by those of single tools, such as `globalcontribs:`.",
		at:  toolforge,
		yes: []example{
			{text: "[https://guc.toolforge.org/?by=date outil]", want: "tool guc", wiki: "frwiki"},
			{text: "[//tools.wmflabs.org/xtools/ec/ счёт] и [[:toolforge:editgroups/b/X|подробнее]]", want: "tool xtools, tool editgroups", wiki: "ruwiki"},
			{text: "[{{fullurl:toollabs:guc|user=X}} 全域贡献]", want: "tool guc", wiki: "zhwiki"},
		},
		no: []example{
			{text: "https://www.toolforge.org/ https://toolforge.org/ [[toolforge:]] [[tools:~x/y]]"},
			{text: "https://not-toolforge.org/x https://a.b.toolforge.org/ https://guc.toolforge.org.example.com/"},
			{text: "https://example.com/?u=https://guc.toolforge.org/"},
		},
	},
	{
		name: "tool-page", kinds: []Kind{Tool},
		doc: "What is said of a Toolforge tool elsewhere: toolsadmin, the status of its jobs, its repository in `toolforge-repos`.",
		at:  toolPage,
		yes: []example{
			{text: "https://toolsadmin.wikimedia.org/tools/id/persian-typos", want: "tool persian-typos", wiki: "fawiki"},
			{text: "https://k8s-status.toolforge.org/namespaces/tool-guc/", want: "tool guc"},
			{text: "[[gitlab:toolforge-repos/guc/-/issues]]", want: "tool guc", wiki: "kowiki"},
		},
		no: []example{{text: "https://toolsadmin.wikimedia.org/tools/ https://gitlab.wikimedia.org/repos/releng/x"}},
	},
	{
		name: "cloud-host", kinds: []Kind{Tool},
		doc: "Projects of Cloud VPS by host, `X.wmcloud.org` and `X.wmflabs.org`, less those that serve everybody.",
		at:  cloudHost,
		yes: []example{
			{text: "https://xtools.wmcloud.org/ec/he.wikipedia.org/X", want: "tool wmcloud:xtools", wiki: "hewiki"},
			{text: "http://petscan.wmflabs.org/?psid=1", want: "tool wmcloud:petscan"},
		},
		no: []example{{text: "https://codesearch.wmcloud.org/search/?q=x https://wmcloud.org/ https://a.b.wmflabs.org/"}},
	},
	{
		name: "toolhub", kinds: []Kind{Tool, Gadget, UserScript},
		doc: "Records of Toolhub. Those of Toolforge begin with `toolforge-`; one that is known to be of a gadget or a script names that.",
		at:  toolhubRecord,
		yes: []example{
			{text: "https://toolhub.wikimedia.org/tools/toolforge-guc?x=y [[toolhub:tools/hay-directory]]", want: "tool guc, tool toolhub:hay-directory"},
			{text: "https://toolhub.wikimedia.org/tools/scripts-bar", want: "userscript User:Foo/bar.js", known: []Alias{{Kind: UserScript, Name: "toolhub:scripts-bar", Item: "User:Foo/bar.js", Wiki: "enwiki"}}},
		},
		no: []example{{text: "https://toolhub.wikimedia.org/tools/create https://toolhub.wikimedia.org/search?q=x https://toolhub.wikimedia.org/lists/5"}},
	},
	{
		name: "wikitech-page", kinds: []Kind{Tool},
		doc: "Pages `Tool:TITLE` of Wikitech whose title is a known tool's.",
		at:  wikitechPage,
		yes: []example{
			{text: "[[wikitech:Tool:IA Upload]]", want: "tool ia-upload", known: []Alias{{Kind: Tool, Name: "ia-upload", Item: "ia-upload"}}},
			{text: "https://wikitech.wikimedia.org/wiki/Tool_talk:Foo", want: "tool bar", wiki: "hiwiki", known: []Alias{{Kind: Tool, Name: "Tool:Foo", Item: "bar"}}},
		},
		no: []example{{text: "[[wikitech:Tool:IA Upload]] [[wikitech:Nova Resource:Tools]]"}},
	},
	{
		name: "bot-account", kinds: []Kind{Tool},
		doc: "The user page of a bot whose account a record of Toolhub names. A signature is none.",
		at:  botAccount,
		yes: []example{
			{text: "[[User:ArchivingBot]] и [[:m:User:ArchivingBot]]", want: "tool toolhub:archiver", wiki: "ruwiki", known: []Alias{{Kind: Tool, Name: "User:ArchivingBot", Item: "toolhub:archiver"}}},
			{text: "[[Benutzer:ArchivingBot/Log]]", want: "tool archiver", wiki: "dewiki", known: []Alias{{Kind: Tool, Name: "ArchivingBot", Item: "archiver", Source: "bot_username"}}},
		},
		no: []example{
			{text: "[[User:ArchivingBot]]"},
			{text: "[[User:ArchivingBot]]", known: []Alias{{Kind: Tool, Name: "ArchivingBot", Item: "archiver", Source: "title"}}},
			{text: "Done. [[User:ArchivingBot|bot]] ([[User talk:ArchivingBot|talk]]) 10:00, 1 May 2026 (UTC)", known: []Alias{{Kind: Tool, Name: "User:ArchivingBot", Item: "archiver"}}},
		},
	},
	{
		name: "documentation-page", kinds: Kinds,
		doc: "Pages of help and of the project that are known to be about an item, and `Help:X` where X is a gadget's unmistakable name.",
		at:  documentationPage,
		yes: []example{
			{text: "[[c:Commons:RemoveGPS|RemoveGPS]]", want: "userscript User:Foo/gps.js commonswiki", known: []Alias{{Kind: UserScript, Name: "Commons:RemoveGPS", Item: "User:Foo/gps.js", Wiki: "commonswiki"}}},
			{text: "用[[Help:Cat-a-lot|Cat-a-lot]]", want: "gadget Cat-a-lot", wiki: "commonswiki", known: []Alias{{Kind: Gadget, Name: "Cat-a-lot", Item: "Cat-a-lot", Wiki: "commonswiki"}}},
		},
		no: []example{
			{text: "[[Help:Cat-a-lot]]", wiki: "commonswiki"},
			{text: "[[Help:Navigation]]", known: []Alias{{Kind: Gadget, Name: "Navigation", Item: "Navigation", Wiki: "enwiki"}}},
		},
	},
}

// botAccount returns the tool that is the bot whose user page this is. That a
// name is one of a bot does not make it a tool: its record in Toolhub has to say
// so.
func botAccount(p *page, to *place) []item {
	if !p.lexicon.hasAccounts() || !to.onAnyWiki() || to.space != userNamespace {
		return nil
	}
	user, _, _ := strings.Cut(to.name, "/")
	if a, ok := p.lexicon.byAccount(user); ok {
		return []item{a.item()}
	}
	return nil
}

// reservedHosts are labels before toolforge.org that are no tools.
var reservedHosts = []string{"www", "login", "dev", "api", "api-docs", "docs", "iw", "beta", "bastion", "admin", "static", "mail"}

// reservedProjects are labels before wmcloud.org and wmflabs.org that are
// services for everybody.
var reservedProjects = []string{
	"www", "tools", "tools-static", "toolsbeta", "codesearch", "login", "bastion", "proxy", "api", "static", "wikitech", "horizon",
}

// toolhubPages are what Toolhub's own interface has where a tool's name stands.
var toolhubPages = []string{"create", "edit", "history", "search"}

// toolforge reads the host of a tool; it is one label below toolforge.org.
func toolforge(p *page, to *place) []item {
	switch to.host {
	case "":
		return nil
	case "iw.toolforge.org", "tools.wmflabs.org":
		return tool(after(to.path, ""))
	}
	label, domain, _ := strings.Cut(to.host, ".")
	if domain != "toolforge.org" {
		if p.near != nil && strings.Contains(to.host, "toolforge.org") && to.host != "toolforge.org" {
			reason := "the host only looks like one of toolforge.org"
			if strings.HasSuffix(to.host, ".toolforge.org") {
				reason = "host is one label too deep"
			}
			p.nearly(Tool, "", label, reason)
		}
		return nil
	}
	if slices.Contains(reservedHosts, label) {
		p.nearly(Tool, "", label, "a reserved host")
		return nil
	}
	return tool(label)
}

// toolPage reads the pages of services that tell of Toolforge's tools.
func toolPage(_ *page, to *place) []item {
	switch to.host {
	case "toolsadmin.wikimedia.org":
		return tool(after(to.path, "tools/id/"))
	case "gitlab.wikimedia.org":
		return tool(strings.TrimSuffix(after(to.path, "toolforge-repos/"), ".git"))
	case "k8s-status.toolforge.org":
		if name, ok := strings.CutPrefix(after(to.path, "namespaces/"), "tool-"); ok {
			return tool(name)
		}
	}
	return nil
}

// cloudHost reads the host of a project.
func cloudHost(p *page, to *place) []item {
	label, domain, _ := strings.Cut(to.host, ".")
	if domain != "wmcloud.org" && domain != "wmflabs.org" {
		if p.near != nil && (strings.HasSuffix(to.host, ".wmcloud.org") || strings.HasSuffix(to.host, ".wmflabs.org")) {
			p.nearly(Tool, "", "wmcloud:"+label, "host is one label too deep")
		}
		return nil
	}
	if slices.Contains(reservedProjects, label) {
		if label != "tools" {
			p.nearly(Tool, "", "wmcloud:"+label, "a reserved host")
		}
		return nil
	}
	if !isToolName(label) {
		return nil
	}
	return []item{{kind: Tool, name: "wmcloud:" + label}}
}

// tool makes an item of the name of a Toolforge tool.
func tool(name string) []item {
	name = strings.ToLower(name)
	if !isToolName(name) {
		return nil
	}
	return []item{{kind: Tool, name: name}}
}

// toolhubRecord reads /tools/NAME.
func toolhubRecord(p *page, to *place) []item {
	if to.host != "toolhub.wikimedia.org" {
		return nil
	}
	name := after(to.path, "tools/")
	if bare, ok := strings.CutPrefix(name, "toolforge-"); ok {
		return tool(bare)
	}
	if name == "" || len(name) > 255 || strings.ContainsAny(name, " <>[]{}|") {
		return nil
	}
	if slices.Contains(toolhubPages, name) {
		p.nearly(Tool, "", "toolhub:"+name, "a page of Toolhub itself")
		return nil
	}
	for _, kind := range []Kind{Gadget, UserScript} {
		for _, known := range []string{"toolhub:" + name, name} {
			if a, ok := p.lexicon.one(kind, "", known); ok {
				return []item{a.at(p.wiki)}
			}
		}
	}
	return []item{{kind: Tool, name: "toolhub:" + name}}
}

// wikitechPage reads Tool:TITLE, whose title need not be the tool's name.
func wikitechPage(p *page, to *place) []item {
	if to.wiki != wikitech || to.name == "" || to.space != toolNamespace && to.space != toolTalkNamespace {
		return nil
	}
	title, _, _ := strings.Cut(to.name, "/")
	name := toolOfTitle(title)
	if a, ok := p.lexicon.one(Tool, "", "Tool:"+title, name, title); ok {
		return []item{a.item()}
	}
	p.nearly(Tool, "", name, "not known to be a tool's page")
	return nil
}

// toolOfTitle returns the name that the tool with a page Tool:TITLE most likely
// has.
func toolOfTitle(title string) string {
	return strings.ReplaceAll(strings.ToLower(wikitext.DecodeTitle(title)), " ", "-")
}

// documentationPage returns the item that a page of help or of the project is
// known to explain.
func documentationPage(p *page, to *place) []item {
	if p.lexicon == nil || !to.onAnyWiki() || to.name == "" {
		return nil
	}
	help := to.space == helpNamespace || to.space == helpTalkNamespace
	if !help && to.space != projectNamespace && to.space != projectTalkNamespace {
		return nil
	}
	title, _, _ := strings.Cut(to.name, "/")
	switch found := p.lexicon.page(to.wiki, to.space&^1, to.name, title); len(found) {
	case 0:
	case 1:
		return []item{found[0].at(to.wiki)}
	default:
		p.nearly(found[0].Kind, found[0].Wiki, found[0].Item, "several items have this name")
		return nil
	}
	distinct := unmistakable(title)
	if !distinct && p.near == nil {
		return nil
	}
	if a, ok := p.lexicon.one(Gadget, to.wiki, title); ok && (a.Wiki == "" || a.Wiki == to.wiki) {
		if distinct {
			return []item{a.at(to.wiki)}
		}
		p.nearly(Gadget, to.wiki, a.Item, "a common word, and the page may be about something else")
	}
	return nil
}

// unmistakable reports whether a name is no ordinary word: it has a sign, a
// digit or a capital inside.
func unmistakable(name string) bool {
	for i, c := range name {
		if i > 0 && (c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '_') {
			return true
		}
	}
	return false
}

// isToolName reports whether a Toolforge tool can have the name: a file in the
// root of a web server cannot.
func isToolName(name string) bool {
	for i := range len(name) {
		if c := name[i]; (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' && c != '_' {
			return false
		}
	}
	return name != "" && len(name) < 64 && name[0] != '-' && name[0] != '_'
}
