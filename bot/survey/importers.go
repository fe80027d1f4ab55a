// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds which user scripts a page of JavaScript loads, in the forms
// that wikis know: importScript with a title, and mw.loader.load,
// mw.loader.getScript, $.getScript and importScriptURI with an address.

package survey

import (
	"net/url"
	"slices"
	"strings"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/detect"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/wikitext"
)

// script is a user script.
type script struct {
	// wiki is its database name, host that wiki's, "" for the wiki that is read.
	wiki, host string
	// title has the namespace in English: "User:X/y.js".
	title string
}

// canBe reports whether the title is one of a user script that can be named:
// e-mail addresses are not.
func (s script) canBe() bool { return detect.UserScriptTitle(s.title) && !hasMail(s.title) }

// loadReader finds what pages of a wiki load.
type loadReader struct {
	wiki string
	on   *wikitext.Site
	// host is the wiki's own; articlePath and scriptPath are how the addresses
	// of its pages and of index.php begin.
	host, articlePath, scriptPath string
}

// maxArgument bounds how many pieces of code one argument has.
const maxArgument = 50

// loads returns the user scripts that a page loads, each once. Comments load
// nothing, and neither do names that are not written out.
func (r *loadReader) loads(src string) (found []script) {
	var code []lexeme
	for l := range lexemes(src) {
		if l.kind != lexComment {
			code = append(code, l)
		}
	}
	for i, l := range code {
		if l.kind != lexWord || i+1 >= len(code) || !code[i+1].is("(") {
			continue
		}
		byTitle, byAddress := loader(code[:i], l.text)
		if !byTitle && !byAddress {
			continue
		}
		first, rest := readArgument(code[i+2:])
		second := ""
		if len(rest) > 0 && rest[0].is(",") {
			second, _ = readArgument(rest[1:])
		}
		s, ok := r.byAddress(first)
		if byTitle {
			s, ok = r.byTitle(first, second)
		}
		if ok && !slices.Contains(found, s) {
			found = append(found, s)
		}
	}
	return found
}

// loader reports how a function with a name, called behind some code, takes what
// it loads.
func loader(before []lexeme, name string) (byTitle, byAddress bool) {
	behind := func(words ...string) bool {
		at := len(before) - len(words)
		if at < 0 {
			return false
		}
		for i, w := range words {
			if before[at+i].text != w {
				return false
			}
		}
		return true
	}
	switch name {
	case "importScript":
		return !behind("function"), false
	case "importScriptURI":
		return false, !behind("function")
	case "load":
		return false, behind("mw", ".", "loader", ".") || behind("mediaWiki", ".", "loader", ".")
	case "getScript":
		return false, behind(".")
	}
	return false, false
}

// localWords are names for the beginning of the wiki's own addresses.
var localWords = map[string]bool{"wgServer": true, "wgScript": true, "wgScriptPath": true, "wikiScript": true, "wgArticlePath": true}

// readArgument returns the text that an argument of a call is, as far as it is
// written out, and the code behind it. Names that stand for the wiki's own
// address are nothing; with any other the argument is "".
func readArgument(code []lexeme) (value string, rest []lexeme) {
	depth, known, local := 0, true, false
	for i, l := range code {
		if i == maxArgument {
			return "", nil
		}
		switch {
		case depth == 0 && (l.is(",") || l.is(")") || l.is(";")):
			if !known && !local {
				return "", code[i:]
			}
			return value, code[i:]
		case l.is("(") || l.is("[") || l.is("{"):
			depth++
		case l.is(")") || l.is("]") || l.is("}"):
			depth--
		case l.kind == lexString:
			if local = local || localWords[l.text]; depth == 0 {
				value += l.text
			}
		case l.kind == lexWord:
			known, local = false, local || localWords[l.text]
		case depth == 0 && !l.is("+") && !l.is("."):
			known = false
		}
	}
	return "", nil
}

// byTitle returns the script with a title on this wiki, or on the one in another
// language that the second argument names. Some people give an address.
func (r *loadReader) byTitle(title, language string) (script, bool) {
	if strings.HasPrefix(title, "//") || strings.Contains(title, "://") {
		return r.byAddress(title)
	}
	if path, ok := strings.CutPrefix(title, "/wiki/"); ok {
		title, _, _ = strings.Cut(path, "?")
		title = wikitext.PercentDecode(title)
	}
	if language == "" {
		return r.own(title)
	}
	host := siblingHost(r.host, language)
	wiki, ok := wikiAt(host)
	if !ok {
		return script{}, false
	}
	if wiki == r.wiki {
		return r.own(title)
	}
	return foreign(wiki, host, title)
}

// byAddress returns the script that an address leads to: one in whole, without
// the protocol, or one that begins with a path on this wiki.
func (r *loadReader) byAddress(address string) (script, bool) {
	address = strings.TrimSpace(address)
	if strings.HasPrefix(address, "?") {
		address = r.scriptPath + "/index.php" + address
	}
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "" && u.Scheme != "http" && u.Scheme != "https" || u.Host == "" && !strings.HasPrefix(u.Path, "/") {
		return script{}, false
	}
	title, host := u.Query().Get("title"), strings.ToLower(u.Host)
	if title == "" {
		for _, path := range []string{"/wiki/", r.articlePath} {
			if rest, ok := strings.CutPrefix(u.Path, path); ok && path != "" {
				title = rest
			}
		}
	}
	if host == "" || host == r.host {
		return r.own(title)
	}
	host = withoutMobile(host)
	switch wiki, ok := wikiAt(host); {
	case !ok:
		return script{}, false
	case wiki == r.wiki:
		return r.own(title)
	default:
		return foreign(wiki, host, title)
	}
}

// own returns the script with a title on this wiki.
func (r *loadReader) own(title string) (script, bool) {
	t, err := r.on.ParseTitle(title)
	if err != nil || t.Interwiki != "" || t.Namespace != spaceUser {
		return script{}, false
	}
	s := script{wiki: r.wiki, title: "User:" + t.Name}
	return s, s.canBe()
}

// foreign returns the script with a title on another wiki, whose name for the
// namespace of users may not be known here.
func foreign(wiki, host, title string) (script, bool) {
	space, name, ok := strings.Cut(wikitext.NormalizeTitle(title), ":")
	name = wikitext.NormalizeTitle(name)
	if space = strings.ToLower(strings.TrimSpace(space)); !ok || !slices.Contains(userNamespaces, space) || space == "user talk" || strings.ContainsAny(name, "<>[]{}|#") {
		return script{}, false
	}
	s := script{wiki: wiki, host: host, title: "User:" + name}
	return s, s.canBe()
}

// projects are Wikimedia's projects with a wiki for each language: what their
// hosts end in, and their databases.
var projects = map[string]string{
	"wikipedia.org": "wiki", "wiktionary.org": "wiktionary", "wikibooks.org": "wikibooks", "wikinews.org": "wikinews", "wikiquote.org": "wikiquote",
	"wikisource.org": "wikisource", "wikiversity.org": "wikiversity", "wikivoyage.org": "wikivoyage",
}

// singles are the wikis whose database has another name than their host gives.
var singles = map[string]string{
	"www.mediawiki.org": "mediawikiwiki", "www.wikidata.org": "wikidatawiki", "test.wikidata.org": "testwikidatawiki", "www.wikifunctions.org": "wikifunctionswiki",
	"wikitech.wikimedia.org": "labswiki", "wikisource.org": "sourceswiki", "www.wikisource.org": "sourceswiki", "beta.wikiversity.org": "betawikiversity",
	"mediawiki.org": "mediawikiwiki", "wikidata.org": "wikidatawiki",
}

// oldLanguages are the codes in the names of databases of languages whose code
// has changed.
var oldLanguages = map[string]string{
	"be-tarask": "be-x-old", "gsw": "als", "lzh": "zh-classical", "nan": "zh-min-nan", "nb": "no", "rup": "roa-rup", "sgs": "bat-smg",
	"vro": "fiu-vro", "yue": "zh-yue",
}

// wikiAt returns the database name of the Wikimedia wiki on a host in lower
// case; ok is false for other hosts.
func wikiAt(host string) (wiki string, ok bool) {
	if wiki, ok := singles[host]; ok {
		return wiki, true
	}
	label, domain, ok := strings.Cut(host, ".")
	suffix := projects[domain]
	if domain == "wikimedia.org" {
		suffix = "wiki"
	}
	if !ok || suffix == "" || label == "" || label == "www" || strings.Trim(label, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" {
		return "", false
	}
	if old, ok := oldLanguages[label]; ok {
		label = old
	}
	return strings.ReplaceAll(label, "-", "_") + suffix, true
}

// withoutMobile is the host of the desktop's version of a wiki.
func withoutMobile(host string) string {
	if rest, ok := strings.CutPrefix(host, "m."); ok {
		return "www." + rest
	}
	return strings.Replace(host, ".m.", ".", 1)
}

// siblingHost is the host of the wiki in another language, or of the single
// wiki such as meta, that a short name means on a wiki's host.
func siblingHost(host, name string) string {
	name = strings.ToLower(strings.TrimSpace(name))
	switch name {
	case "m", "meta":
		return "meta.wikimedia.org"
	case "c", "commons":
		return "commons.wikimedia.org"
	case "mw", "mediawiki":
		return "www.mediawiki.org"
	case "d", "wikidata":
		return "www.wikidata.org"
	}
	_, domain, _ := strings.Cut(host, ".")
	if projects[domain] == "" {
		domain = "wikipedia.org"
	}
	return name + "." + domain
}
