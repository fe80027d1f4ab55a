// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds how gadgets are named: by their pages, by what switches them
// on, and by the modules that load them. The name of a file is not the id of a
// gadget; the registry knows which gadgets have it.

package detect

import (
	"strings"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/wikitext"
)

var gadgetRules = []rule{
	{
		name: "gadget-page", kinds: []Kind{Gadget},
		doc: "Files and descriptions of gadgets, `MediaWiki:Gadget-X.js`, their JSON definitions, the talk pages of these, and `Help:Gadget-X`, in the namespaces of any language.",
		at:  gadgetPage,
		yes: []example{
			{text: "[[MediaWiki:Gadget-Foo bar.js]], [[MediaWiki talk:Gadget-a.b.css]]", want: "gadget Foo bar, gadget a.b"},
			{text: "[[Обсуждение MediaWiki:Gadget-navboxNavigation]]", want: "gadget navboxNavigation", wiki: "ruwiki"},
			{text: "[[Hilfe:Gadget-Cat-a-lot]]", want: "gadget Cat-a-lot", wiki: "dewiki"},
			{text: "[[c:MediaWiki:Gadget-Stockphoto.js|画像]]", want: "gadget Stockphoto commonswiki", wiki: "jawiki"},
			{text: "https://fa.wikipedia.org/wiki/MediaWiki:Gadget-Persian.js", want: "gadget Persian fawiki"},
		},
		no: []example{
			{text: "[[MediaWiki:Gadgets-definition]] [[Special:Gadgets]] [[Special:GadgetUsage]] [[MediaWiki:Gadget-section-browsing]]"},
			{text: "[[MediaWiki:Common.js]] [[Gadget-Foo.js]] [[User:Gadget-Foo.js]]"},
		},
	},
	{
		name: "gadget-switch", kinds: []Kind{Gadget},
		doc: "Addresses that load a gadget, `withJS=MediaWiki:Gadget-X.js`, `withgadget=X` or `gadgetname=X`, and its place in the preferences, in Special:Gadgets and its export.",
		at:  gadgetSwitch,
		yes: []example{
			{text: "https://commons.wikimedia.org/wiki/File:A.jpg?withJS=MediaWiki:Gadget-Crop.js", want: "gadget Crop commonswiki"},
			{text: "https://hi.wikipedia.org/w/index.php?title=X&withgadget=Twinkle", want: "gadget Twinkle hiwiki"},
			{text: "[[Spezial:Einstellungen#mw-input-wpgadget-HotCat|Einstellungen]]", want: "gadget HotCat", wiki: "dewiki"},
			{text: "[[Special:Gadgets#gadget-wikEd]] [[Special:Gadgets/export/purge]]", want: "gadget wikEd, gadget purge"},
		},
		no: []example{
			{text: "?withJS=MediaWiki:Gadget-Crop.js"},
			{text: "https://commons.wikimedia.org/?withJS=MediaWiki:Crop.js"},
			{text: "[[Special:Preferences#mw-prefsection-gadgets]]"},
		},
	},
	{
		name: "gadget-module", kinds: []Kind{Gadget},
		doc:  "Modules `ext.gadget.X` in calls of the loader, such as `mw.loader.using('ext.gadget.X')`.",
		find: gadgetModules,
		yes: []example{
			{text: "mw.loader.using('ext.gadget.HotCat')", want: "gadget HotCat"},
			{text: "mw.loader.load( [ 'ext.gadget.a', \"ext.gadget.b-c\" ] );", want: "gadget a, gadget b-c", wiki: "zhwiki"},
		},
		no: []example{
			{text: "mw.loader.using('ext.gadgets') or ext.gadget.X in a sentence"},
			{text: "<syntaxhighlight lang=\"js\">mw.loader.using('ext.gadget.HotCat')</syntaxhighlight>"},
		},
	},
}

const gadgetPrefix = "Gadget-"

// gadgetFiles are the ends of the names of gadgets' files.
var gadgetFiles = []string{".js", ".css", ".json", ".vue"}

// gadget makes an item of a gadget of a wiki.
func gadget(wiki, name string) []item {
	found := named(Gadget, name)
	for i := range found {
		found[i].wiki = wiki
	}
	return found
}

// gadgetPage returns the gadget that a page is about: a file's stem, or the id
// for a description and a help page.
func gadgetPage(_ *page, to *place) []item {
	if !to.onAnyWiki() {
		return nil
	}
	switch to.space {
	case mediawikiNamespace, mediawikiTalkNamespace:
		if id := gadgetDefinition(to.name); id != "" {
			return gadget(to.wiki, id)
		}
	case helpNamespace, helpTalkNamespace:
	default:
		return nil
	}
	title, _, _ := strings.Cut(to.name, "/")
	if stem := gadgetFile(title); stem != "" {
		return gadget(to.wiki, stem)
	}
	name, ok := cutGadget(title)
	if !ok || strings.HasPrefix(name, ".") || strings.HasPrefix(name, "section-") { // the name of a section of Special:Gadgets
		return nil
	}
	return gadget(to.wiki, name)
}

// cutGadget takes "Gadget-" from a title.
func cutGadget(title string) (name string, ok bool) { return strings.CutPrefix(title, gadgetPrefix) }

// gadgetFile returns the stem of a title such as Gadget-X.js, "" if it is no
// file of a gadget.
func gadgetFile(title string) string {
	name, ok := cutGadget(title)
	if !ok {
		return ""
	}
	for _, end := range gadgetFiles {
		if stem, ok := strings.CutSuffix(name, end); ok {
			return stem
		}
	}
	return ""
}

// gadgetDefinition returns the id of the gadget that a title Gadgets/X.json
// defines, "" if it is none.
func gadgetDefinition(title string) string {
	name, ok := strings.CutPrefix(title, "Gadgets/")
	if name, json := strings.CutSuffix(name, ".json"); ok && json && !strings.Contains(name, "/") {
		return name
	}
	return ""
}

// gadgetAnchors stand before the ids of gadgets in the preferences and in
// Special:Gadgets.
var gadgetAnchors = []string{"mw-input-wpgadget-", "mw-input-wpgadgets-", "gadget-"}

// gadgetSwitch returns the gadgets that an address or a special page switches on
// or shows.
func gadgetSwitch(_ *page, to *place) []item {
	if !to.onAnyWiki() {
		return nil
	}
	var found []item
	if to.query != "" {
		file := wikitext.DecodeTitle(to.parameter("withJS"))
		if space, rest, ok := strings.Cut(file, ":"); ok && strings.EqualFold(space, "mediawiki") {
			found = append(found, gadget(to.wiki, gadgetFile(wikitext.NormalizeTitle(rest)))...)
		}
		for _, key := range []string{"gadgetname", "withgadget"} {
			found = append(found, gadget(to.wiki, to.parameter(key))...)
		}
	}
	if to.space != specialNamespace {
		return found
	}
	if name, rest, ok := strings.Cut(to.name, "/"); ok && strings.EqualFold(name, "Gadgets") {
		if id, ok := strings.CutPrefix(rest, "export/"); ok {
			found = append(found, gadget(to.wiki, id)...)
		}
	}
	for _, anchor := range gadgetAnchors {
		if id, ok := strings.CutPrefix(to.fragment, anchor); ok {
			return append(found, gadget(to.wiki, wikitext.DecodeTitle(id))...)
		}
	}
	return found
}

// moduleCalls take names of modules, one or a list.
var moduleCalls = []string{"mw.loader.using(", "mw.loader.load(", "mediaWiki.loader.using(", "mediaWiki.loader.load("}

// modulePrefix stands before a gadget's id in the name of its module.
const modulePrefix = "ext.gadget."

// gadgetModules finds the modules of gadgets in calls of the loader.
func gadgetModules(p *page) []reference {
	if !p.words().gadget {
		return nil
	}
	var refs []reference
	for _, c := range p.calls(moduleCalls) {
		for i := c.inner; ; {
			value, at := quoted(p.masked(), i)
			if value == "" {
				break
			}
			i = at + len(value) + 1
			span := wikitext.Span{Start: at, End: at + len(value)}
			if name, ok := strings.CutPrefix(value, modulePrefix); ok {
				refs = append(refs, reference{Span: span, name: span, items: gadget(p.wiki, name)})
			}
			rest := strings.TrimLeft(p.masked()[i:min(len(p.text), i+longestPrefix)], " \t\n")
			if !strings.HasPrefix(rest, ",") {
				break
			}
			i += strings.IndexByte(p.masked()[i:], ',') + 1
		}
	}
	return refs
}
