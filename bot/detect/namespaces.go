// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds namespaces: their numbers, what they are called on which wiki,
// and the site of a wiki of which nothing but the name is known.

package detect

import (
	_ "embed"
	"encoding/json"
	"strconv"
	"strings"
	"sync"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/wikitext"
)

// The namespaces in which items have pages. Those above 100 have these meanings
// on mediawiki.org and on Wikitech only.
const (
	specialNamespace       = -1
	mainNamespace          = 0
	userNamespace          = 2
	userTalkNamespace      = 3
	projectNamespace       = 4
	projectTalkNamespace   = 5
	mediawikiNamespace     = 8
	mediawikiTalkNamespace = 9
	templateNamespace      = 10
	helpNamespace          = 12
	helpTalkNamespace      = 13
	extensionNamespace     = 102
	extensionTalkNamespace = 103
	skinNamespace          = 106
	skinTalkNamespace      = 107
	toolNamespace          = 116
	toolTalkNamespace      = 117
)

const (
	mediawiki = "mediawikiwiki" // www.mediawiki.org
	wikitech  = "labswiki"      // wikitech.wikimedia.org
)

// canonicalSpaces have these names on every wiki.
var canonicalSpaces = map[string]int{
	"media": -2, "special": specialNamespace, "talk": 1, "user": userNamespace, "user talk": userTalkNamespace,
	"project": projectNamespace, "project talk": projectTalkNamespace, "file": 6, "file talk": 7, "image": 6,
	"mediawiki": mediawikiNamespace, "mediawiki talk": mediawikiTalkNamespace,
	"template": templateNamespace, "template talk": 11, "help": helpNamespace, "help talk": helpTalkNamespace,
	"category": 14, "category talk": 15,
}

// ownSpaces are the further namespaces of single wikis.
var ownSpaces = map[string]map[string]int{
	mediawiki: {
		"extension": extensionNamespace, "extension talk": extensionTalkNamespace,
		"skin": skinNamespace, "skin talk": skinTalkNamespace, "manual": 100, "manual talk": 101, "api": 104, "api talk": 105,
	},
	wikitech:       {"tool": toolNamespace, "tool talk": toolTalkNamespace, "nova resource": 498},
	"commonswiki":  {"commons": projectNamespace, "com": projectNamespace, "commons talk": projectTalkNamespace},
	"metawiki":     {"meta": projectNamespace, "meta talk": projectTalkNamespace},
	"wikidatawiki": {"wikidata": projectNamespace, "wd": projectNamespace, "wikidata talk": projectTalkNamespace},
	"enwiki":       {"wp": projectNamespace, "wt": projectTalkNamespace},
}

//go:embed namespaces.txt
var namespaceNames string

// localSpaces has the names of namespaces by language.
var localSpaces = sync.OnceValue(func() map[string]map[string]int {
	all := map[string]map[string]int{}
	for line := range strings.Lines(namespaceNames) {
		language, rest, ok := strings.Cut(strings.TrimSpace(line), ": ")
		if !ok || strings.HasPrefix(line, "#") {
			continue
		}
		names := map[string]int{}
		for entry := range strings.SplitSeq(rest, "; ") {
			number, words, _ := strings.Cut(entry, "=")
			id, err := strconv.Atoi(number)
			if err != nil {
				panic("bot/detect: the embedded namespaces.txt: " + err.Error())
			}
			for word := range strings.SplitSeq(words, "|") {
				names[word] = id
			}
		}
		all[language] = names
	}
	return all
})

// spacesOf returns the names of a wiki's namespaces in its language, in lower
// case. The language of the project's name is not known.
func spacesOf(wiki string) map[string]int {
	language, _ := languageOf(wiki)
	for now, old := range oldCodes {
		if old == language {
			if names := localSpaces()[now]; names != nil {
				return names
			}
		}
	}
	return localSpaces()[language]
}

// spaceNamed returns the namespace of a wiki that has a name, given in lower
// case.
func spaceNamed(wiki, name string) (id int, ok bool) {
	if id, ok = canonicalSpaces[name]; ok {
		return id, true
	}
	if id, ok = ownSpaces[wiki][name]; ok {
		return id, true
	}
	if language, suffix := languageOf(wiki); language != "" {
		for _, f := range families {
			if name == f.long && suffix == f.suffix {
				return projectNamespace, true
			}
		}
	}
	id, ok = spacesOf(wiki)[name]
	return id, ok
}

// zones are the time zones of signatures on Wikimedia's wikis in languages where
// that is not UTC.
var zones = map[string]string{
	"de": "Europe/Berlin", "fr": "Europe/Paris", "it": "Europe/Rome", "nl": "Europe/Amsterdam", "pl": "Europe/Warsaw",
	"hu": "Europe/Budapest", "no": "Europe/Oslo", "sv": "Europe/Stockholm", "da": "Europe/Copenhagen", "cs": "Europe/Prague",
	"fi": "Europe/Helsinki", "he": "Asia/Jerusalem", "ko": "Asia/Seoul", "th": "Asia/Bangkok", "hr": "Europe/Zagreb",
}

// siteOf returns the site of one of Wikimedia's wikis of which only the name is
// known.
func siteOf(wiki string) *wikitext.Site {
	language, suffix := languageOf(wiki)
	local := spacesOf(wiki)
	if len(local) == 0 && ownSpaces[wiki] == nil && suffix == "wiki" {
		return wikitext.DefaultSite()
	}
	type namespace struct {
		ID   int    `json:"id"`
		Name string `json:"name"`
		Case string `json:"case"`
	}
	type alias struct {
		ID    int    `json:"id"`
		Alias string `json:"alias"`
	}
	general := map[string]any{"mainpage": "Main Page", "lang": "en", "timezone": "UTC", "case": "first-letter", "generator": "MediaWiki 1.45.0-wmf.1"}
	if language != "" {
		general["lang"] = language
	}
	if zone := zones[language]; zone != "" {
		general["timezone"] = zone
	}
	namespaces := map[string]namespace{"0": {Case: "first-letter"}}
	if suffix == "wiktionary" {
		namespaces["0"] = namespace{Case: "case-sensitive"}
	}
	var aliases []alias
	add := func(name string, id int) {
		number := strconv.Itoa(id)
		if _, ok := namespaces[number]; !ok {
			namespaces[number] = namespace{id, name, "first-letter"}
			return
		}
		aliases = append(aliases, alias{id, name})
	}
	for _, names := range []map[string]int{canonicalSpaces, ownSpaces[wiki], local} {
		for name, id := range names {
			add(name, id)
		}
	}
	for _, f := range families {
		if language != "" && f.suffix == suffix {
			add(f.long, projectNamespace)
		}
	}
	answer, err := json.Marshal(map[string]any{"query": map[string]any{"general": general, "namespaces": namespaces, "namespacealiases": aliases}})
	if err != nil {
		return wikitext.DefaultSite()
	}
	site, err := wikitext.NewSite(answer)
	if err != nil {
		return wikitext.DefaultSite()
	}
	return site
}
