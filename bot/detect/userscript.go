// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds how user scripts are named: by their pages, by the pages that
// explain them, and by the calls that load them.

package detect

import (
	"slices"
	"strings"
)

var userScriptRules = []rule{
	{
		name: "script-page", kinds: []Kind{UserScript},
		doc: "Pages `User:X/….js` by link, address or call, on any wiki and in the namespace of any language. Pages that hold a user's own settings, such as `common.js`, are no scripts.",
		at:  scriptPage,
		yes: []example{
			{text: "[[User:Foo/bar.js]], [[m:User:Foo/x y.js]]", want: "userscript User:Foo/bar.js, userscript User:Foo/x y.js metawiki"},
			{text: "importScript('User:Foo/bar.js'); // [[Участник:Foo/baz.js]]", want: "userscript User:Foo/bar.js, userscript User:Foo/baz.js", wiki: "ruwiki"},
			{text: "mw.loader.load('//he.wikipedia.org/w/index.php?title=User:Foo/bar.js&action=raw&ctype=text/javascript')", want: "userscript User:Foo/bar.js hewiki", wiki: "arwiki"},
			{text: "https://ja.wikipedia.org/w/index.php?title=利用者:Foo/bar.js&oldid=5", want: "userscript User:Foo/bar.js jawiki"},
		},
		no: []example{
			{text: "[[User:Foo/common.js]] [[User:Foo/vector-2022.js]] [[User:Foo/bar.css]] [[User:Foo]] [[User:Foo.js]]"},
			{text: "<nowiki>importScript('User:Foo/bar.js')</nowiki>"},
		},
	},
	{
		name: "script-documentation", kinds: []Kind{UserScript},
		doc: "A page `User:X/y` if `User:X/y.js` is known.",
		at:  scriptDocumentation,
		yes: []example{
			{text: "[[User:Foo/bar|my script]]", want: "userscript User:Foo/bar.js", known: []Alias{{Kind: UserScript, Name: "User:Foo/bar.js", Item: "User:Foo/bar.js", Wiki: "enwiki"}}},
			{text: "[[w:en:User:Foo/bar/doc]] [[Benutzer:Foo/bar]]", want: "userscript User:Foo/bar.js enwiki", wiki: "dewiki", known: []Alias{{Kind: UserScript, Name: "User:Foo/bar.js", Item: "User:Foo/bar.js", Wiki: "enwiki"}}},
		},
		no: []example{
			{text: "[[User:Foo/bar]]"},
			{text: "[[User:Foo/bar]]", wiki: "frwiki", known: []Alias{{Kind: UserScript, Name: "User:Foo/bar.js", Item: "User:Foo/bar.js", Wiki: "enwiki"}}},
		},
	},
}

// personalPages hold a user's own settings, not a script for others.
var personalPages = []string{
	"common.js", "global.js", "vector.js", "vector-2022.js", "monobook.js", "minerva.js",
	"timeless.js", "modern.js", "cologneblue.js", "twinkleoptions.js",
}

// UserScriptTitle reports whether a page title is that of a user script:
// User:X/….js, but not one of the pages that load a user's own settings. The
// namespace must be written in English; titles of events carry its number.
func UserScriptTitle(title string) bool {
	space, rest, ok := strings.Cut(title, ":")
	return ok && strings.EqualFold(strings.TrimSpace(space), "user") && userScriptPage(rest)
}

// userScriptPage is UserScriptTitle without the namespace.
func userScriptPage(rest string) bool { return scriptFile(rest) && !personalPage(rest) }

func scriptFile(rest string) bool {
	user, page, ok := strings.Cut(rest, "/")
	return ok && strings.TrimSpace(user) != "" && len(page) > len(".js") && strings.HasSuffix(page, ".js")
}

func personalPage(rest string) bool {
	_, page, _ := strings.Cut(rest, "/")
	return slices.Contains(personalPages, strings.ToLower(page))
}

// scriptPage returns the user script that a page is.
func scriptPage(p *page, to *place) []item {
	if !to.onAnyWiki() || to.space != userNamespace || !scriptFile(to.name) {
		return nil
	}
	if personalPage(to.name) {
		p.nearly(UserScript, to.wiki, "User:"+to.name, "a page with a user's own settings")
		return nil
	}
	return []item{{kind: UserScript, name: "User:" + to.name, wiki: to.wiki}}
}

// documentationPages are subpages that scripts have for people.
var documentationPages = []string{"doc", "documentation", "doc.js", "help", "readme", "testcases"}

// scriptDocumentation returns the script that a page without a suffix explains.
func scriptDocumentation(p *page, to *place) []item {
	if !to.onAnyWiki() || to.space != userNamespace || scriptFile(to.name) {
		return nil
	}
	user, title, ok := strings.Cut(to.name, "/")
	if !ok || user == "" || title == "" {
		return nil
	}
	names := []string{"User:" + to.name + ".js", "User:" + to.name}
	if n := strings.LastIndexByte(to.name, '/'); n > len(user) && slices.Contains(documentationPages, strings.ToLower(to.name[n+1:])) {
		names = append(names, "User:"+to.name[:n]+".js", "User:"+to.name[:n])
	}
	a, ok := p.lexicon.one(UserScript, to.wiki, names...)
	if !ok {
		p.nearly(UserScript, to.wiki, names[0], "not known to be a script's page")
		return nil
	}
	return []item{a.at(to.wiki)}
}
