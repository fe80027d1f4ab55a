// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds how extensions and skins are named by pages of mediawiki.org
// and by projects of Phabricator.

package detect

import (
	"cmp"
	"slices"
	"strings"
)

var extensionRules = []rule{
	{
		name: "extension-page", kinds: []Kind{Extension, Skin},
		doc: "Pages of mediawiki.org in the namespaces Extension and Skin, their talk, their help, subpages and translations, by link or address. Elsewhere `[[Extension:X]]` is an article.",
		at:  extensionPage,
		yes: []example{
			{text: "[[mw:Extension:Score/Getting started#Fonts|le manuel]]", want: "extension Score"},
			{text: "[[:w:en:mw:Help:Extension:Poem/de]]", want: "extension Poem", wiki: "dewiki"},
			{text: "[[Extension talk:Page_Forms]]", want: "extension Page Forms", wiki: mediawiki},
			{text: "https://m.mediawiki.org/wiki/Special:MyLanguage/Skin:Minerva_Neue", want: "skin Minerva Neue", wiki: "ruwiki"},
			{text: "[//www.mediawiki.org/w/index.php?title=Extension%3AMath&action=history история]", want: "extension Math", wiki: "ukwiki"},
		},
		no: []example{
			{text: "[[Extension:Score]]"},
			{text: "[[mw:Extension:]] [[mw:Extension]] [[mw:Manual:Extension:X]] [[mw:Category:Extension:X]]"},
			{text: "https://www.mediawiki.org.example.com/wiki/Extension:Score"},
			{text: "[[mw:Help:Contents#Extension:X]]", wiki: "jawiki"},
		},
	},
	{
		name: "repository", kinds: []Kind{Extension, Skin, Gadget},
		doc: "Repositories `mediawiki/extensions/X`, and those of skins and gadgets, in Gerrit: code, changes, searches, settings; their mirrors on GitHub and GitLab.",
		at:  repository,
		yes: []example{
			{text: "https://gerrit.wikimedia.org/g/mediawiki/extensions/Score/%2B/HEAD/README", want: "extension Score"},
			{text: "https://gerrit.wikimedia.org/r/q/project:mediawiki/skins/Timeless+status:open", want: "skin Timeless", wiki: "hewiki"},
			{text: "[https://github.com/wikimedia/mediawiki-extensions-Babel مصدر]", want: "extension Babel", wiki: "arwiki"},
			{text: "[[gerrit:plugins/gitiles/mediawiki/extensions/Poem]]", want: "extension Poem", wiki: "kowiki"},
		},
		no: []example{
			{text: "ssh://user@gerrit.wikimedia.org:29418/mediawiki/extensions/Score"},
			{text: "https://gerrit.wikimedia.org/r/c/mediawiki/core/+/5 [[gerrit:12345]]"},
			{text: "https://github.com/someone/mediawiki-extensions-Score"},
		},
	},
	{
		name: "project", kinds: Kinds,
		doc: "Projects of Phabricator: `mediawiki-extensions-x` says what it is, any other name has to be known.",
		at:  project,
		yes: []example{
			{text: "https://phabricator.wikimedia.org/tag/MediaWiki-extensions-Score/", want: "extension Score"},
			{text: "[[phab:tag/mediawiki-skins-Vector]]", want: "skin Vector", wiki: "plwiki"},
			{text: "[[phab:tag/pageforms]]", want: "extension PageForms", wiki: "hiwiki", known: []Alias{{Kind: Extension, Name: "PageForms", Item: "PageForms"}}},
		},
		no: []example{
			{text: "https://phabricator.wikimedia.org/tag/pageforms/ [[phab:T123]]"},
			{text: "https://phabricator.wikimedia.org/tag/mediawiki-extensions-other/"},
		},
	},
}

// named makes an item of a name if it can be one. What follows a slash is a
// subpage.
func named(kind Kind, name string) []item {
	name, _, _ = strings.Cut(name, "/")
	name = strings.TrimSpace(name)
	if name == "" || len(name) > 255 || strings.ContainsAny(name, "<>[]{}|#?*=") || kind != Gadget && strings.Contains(name, ":") {
		return nil
	}
	return []item{{kind: kind, name: name}}
}

// extensionSpaces are the words before the name of an extension or a skin in
// titles of mediawiki.org.
var extensionSpaces = map[string]Kind{"extension": Extension, "extension talk": Extension, "skin": Skin, "skin talk": Skin}

// extensionPage reads a title of mediawiki.org: Extension:X, its talk page, its
// help, and the translations of these.
func extensionPage(p *page, to *place) []item {
	if to.name == "" {
		return nil
	}
	if to.wiki != mediawiki {
		if p.near != nil && to.space == mainNamespace && to.wiki != "" {
			if word, rest, ok := strings.Cut(to.name, ":"); ok && extensionSpaces[strings.ToLower(word)] != "" {
				p.nearly(extensionSpaces[strings.ToLower(word)], to.wiki, rest, "not on mediawiki.org")
			}
		}
		return nil
	}
	space, rest := to.space, to.name
	if space == specialNamespace {
		page, name, _ := strings.Cut(rest, "/")
		switch strings.ToLower(page) {
		case "mylanguage":
			space, rest = p.titles.split(mediawiki, name)
		case "extensiondistributor":
			return named(Extension, cmp.Or(name, to.parameter("extdistname")))
		case "skindistributor":
			return named(Skin, cmp.Or(name, to.parameter("extdistname")))
		}
	}
	switch space {
	case extensionNamespace, extensionTalkNamespace:
		return named(Extension, rest)
	case skinNamespace, skinTalkNamespace:
		return named(Skin, rest)
	case helpNamespace, helpTalkNamespace:
		switch space, rest = p.titles.split(mediawiki, rest); space {
		case extensionNamespace:
			return named(Extension, rest)
		case skinNamespace:
			return named(Skin, rest)
		}
	}
	return nil
}

// catchAll are Phabricator projects for extensions that have none of their own.
var catchAll = []string{"general", "general-or-unknown", "other", "requests"}

// project reads /tag/SLUG. Slugs are in lower case; a known name has its own
// case again.
func project(p *page, to *place) []item {
	if to.host != "phabricator.wikimedia.org" {
		return nil
	}
	slug := after(to.path, "tag/")
	if slug == "" {
		slug = after(to.path, "project/profile/")
	}
	return p.projectNamed(strings.TrimSpace(slug))
}

// projectNamed returns the item of a project.
func (p *page) projectNamed(slug string) []item {
	if slug == "" || len(slug) > 255 {
		return nil
	}
	for _, r := range repositories[:2] {
		prefix := "mediawiki-" + r.name + "-"
		if len(slug) <= len(prefix) || !strings.EqualFold(slug[:len(prefix)], prefix) {
			continue
		}
		name := slug[len(prefix):]
		if slices.Contains(catchAll, strings.ToLower(name)) {
			return nil
		}
		if a, ok := p.lexicon.one(r.kind, "", slug, name, strings.ReplaceAll(name, "-", " "), strings.ReplaceAll(name, "-", "")); ok {
			return []item{a.item()}
		}
		return named(r.kind, name)
	}
	for _, name := range []string{slug, strings.ReplaceAll(slug, "-", " "), strings.ReplaceAll(slug, "-", ""), "mediawiki-extensions-" + slug} {
		switch found := p.lexicon.find("", "", name); len(found) {
		case 0:
		case 1:
			return []item{found[0].item()}
		default:
			p.nearly(found[0].Kind, found[0].Wiki, found[0].Item, "several items have this name")
			return nil
		}
	}
	p.nearly("", "", slug, "no known project")
	return nil
}
