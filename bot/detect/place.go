// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds places: what links and addresses lead to.

package detect

import (
	"cmp"
	"html"
	"strings"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/wikitext"
)

// place is where a link or an address leads: a page of a wiki that we know, or
// an address elsewhere.
type place struct {
	// wiki is a database name, "" if the place is no page of a known wiki.
	wiki string
	// local says that it is the wiki of the text, even if nobody said which.
	local bool
	// space is the number of the page's namespace, name its title without it and
	// without fragment, decoded; "" if an address on the wiki names none.
	space int
	name  string
	// host is in lower case, without port. Path and query are as written,
	// without the signs before them; so is the fragment of an address, and that
	// of a link is decoded.
	host, path, query, fragment string
	// interwiki is set where a link has the prefix of another wiki.
	interwiki bool
}

// longestPrefix is more than the bytes of any prefix of a link.
const longestPrefix = 64

// longestTarget is more than the bytes of any title, percent-encoded.
const longestTarget = 2048

// titles reads titles on one wiki.
type titles struct {
	wiki string
	site *wikitext.Site
	// seen has what prefixes mean, as written: most come again and again.
	seen map[string]prefix
	// all reads links, too, that cannot lead to an item; accounts those to the
	// pages of users.
	all, accounts bool
}

// prefix is what may stand before a colon in a title.
type prefix struct {
	space int
	wiki  string // of another wiki
	base  string // of an address
	kind  prefixKind
}

type prefixKind uint8

const (
	noPrefix prefixKind = iota
	spacePrefix
	wikiPrefix
	addressPrefix
	farPrefix // of a wiki that we do not know
)

// prefix tells what a word before a colon means in a title of the wiki itself.
// Its own namespaces come first, as in MediaWiki; a prefix that it does not
// know is taken for one of Wikimedia's.
func (t *titles) prefix(written string) prefix {
	if p, ok := t.seen[written]; ok {
		return p
	}
	p := t.read(strings.ToLower(decoded(written)))
	if t.seen == nil {
		t.seen = map[string]prefix{}
	}
	t.seen[written] = p
	return p
}

func (t *titles) read(name string) prefix {
	title, err := t.site.ParseTitle(name + ":x")
	known := err == nil
	if known && title.Interwiki == "" && title.Namespace != mainNamespace {
		return prefix{kind: spacePrefix, space: title.Namespace}
	}
	if id, ok := ownSpaces[t.wiki][name]; ok {
		return prefix{kind: spacePrefix, space: id}
	}
	p := farther(t.wiki, name)
	if p.kind == noPrefix && known && title.Interwiki != "" {
		return prefix{kind: farPrefix}
	}
	return p
}

// farther tells what a prefix that is no namespace means on a wiki.
func farther(wiki, name string) prefix {
	if base := cmp.Or(addressPrefixes[name], toolPrefixes[name]); base != "" {
		return prefix{kind: addressPrefix, base: base}
	}
	if next, ok := wikiOfPrefix(name, wiki); ok {
		return prefix{kind: wikiPrefix, wiki: next}
	}
	return prefix{}
}

// linkTo returns where a link leads. Prefixes may follow each other. What leads
// to no namespace is no place: articles are not items.
func (t *titles) linkTo(target string) (to place) {
	if len(target) > longestTarget {
		return place{}
	}
	title := strings.TrimLeft(target, ": _\t\n")
	n := strings.IndexByte(title, ':')
	if n < 0 && strings.IndexByte(title, '%') < 0 && strings.IndexByte(title, '&') < 0 {
		return place{}
	}
	if !t.all && n >= 0 && n < longestPrefix && strings.IndexByte(title[:n], '%') < 0 && strings.IndexByte(title[:n], '&') < 0 {
		p := t.prefix(title[:n])
		if p.kind == noPrefix || p.kind == spacePrefix && (!itemSpaces[p.space] || p.space == userNamespace && !t.accounts && strings.IndexByte(title[n:], '/') < 0 && strings.IndexByte(title[n:], '%') < 0) {
			return place{}
		}
	}
	title = decoded(target)
	title, fragment, _ := strings.Cut(title, "#")
	wiki := t.wiki
	for {
		title = strings.TrimLeft(title, ": ")
		n := strings.IndexByte(title[:min(len(title), longestPrefix)], ':')
		if n < 0 {
			break
		}
		word, rest := strings.TrimSpace(title[:n]), strings.TrimSpace(title[n+1:])
		var p prefix
		if to.interwiki {
			name := strings.ToLower(word)
			if _, ok := spaceNamed(wiki, name); ok {
				break
			}
			p = farther(wiki, name)
		} else {
			p = t.prefix(word)
		}
		switch p.kind {
		case addressPrefix:
			if rest == "" {
				return place{interwiki: true}
			}
			// The spaces of titles are underscores in addresses.
			there, _ := t.address(p.base + strings.ReplaceAll(rest, " ", "_"))
			there.fragment, there.interwiki = fragment, true
			return there
		case farPrefix:
			return place{interwiki: true}
		case wikiPrefix:
			wiki, title, to.interwiki = p.wiki, rest, true
			continue
		}
		break
	}
	to.fragment = fragment
	t.onPage(&to, wiki, title)
	return to
}

// itemSpaces are the namespaces that a link within a wiki may lead to an item
// in, besides those of mediawiki.org and Wikitech.
var itemSpaces = map[int]bool{
	specialNamespace: true, userNamespace: true, projectNamespace: true, projectTalkNamespace: true,
	mediawikiNamespace: true, mediawikiTalkNamespace: true, helpNamespace: true, helpTalkNamespace: true,
	extensionNamespace: true, extensionTalkNamespace: true, skinNamespace: true, skinTalkNamespace: true,
	toolNamespace: true, toolTalkNamespace: true,
}

// onPage makes a place of a decoded title of a wiki; a text that is no title
// makes none.
func (t *titles) onPage(to *place, wiki, title string) {
	title, _, _ = strings.Cut(title, "#")
	title = strings.TrimLeft(title, ": ")
	to.wiki, to.local = wiki, wiki == t.wiki
	if len(title) > 1024 || strings.ContainsAny(title, "<>[]{}|") {
		return
	}
	to.space, to.name = t.split(wiki, title)
}

// split takes the namespace from a decoded title.
func (t *titles) split(wiki, title string) (space int, name string) {
	word, rest, ok := strings.Cut(title, ":")
	if ok && len(word) < longestPrefix {
		if word = strings.TrimSpace(word); wiki == t.wiki {
			if p := t.prefix(word); p.kind == spacePrefix {
				return p.space, normal(rest)
			}
		} else if id, ok := spaceNamed(wiki, strings.ToLower(word)); ok {
			return id, normal(rest)
		}
	}
	return mainNamespace, normal(title)
}

// address reads an http or https address, also one that begins with "//".
// Templates that stand for a single sign are read as it.
func (t *titles) address(address string) (place, bool) {
	scheme, rest, ok := strings.Cut(address, "//")
	if !ok || scheme != "" && !strings.EqualFold(scheme, "http:") && !strings.EqualFold(scheme, "https:") {
		return place{}, false
	}
	if strings.Contains(rest, "{{") {
		rest = strings.NewReplacer("{{=}}", "=", "{{!}}", "|").Replace(rest)
	}
	if strings.IndexByte(rest, '&') >= 0 {
		rest = html.UnescapeString(rest)
	}
	var to place
	host := rest
	if n := strings.IndexAny(rest, "/?#"); n >= 0 {
		host, rest = rest[:n], rest[n:]
	} else {
		rest = ""
	}
	host = host[strings.LastIndexByte(host, '@')+1:]
	host, _, _ = strings.Cut(host, ":")
	to.host = strings.TrimSuffix(strings.ToLower(host), ".")
	rest, to.fragment, _ = strings.Cut(rest, "#")
	to.path, to.query, _ = strings.Cut(rest, "?")
	to.path = strings.TrimLeft(to.path, "/")
	if wiki, ok := wikiOfHost(to.host); ok {
		t.onWiki(&to, wiki)
	}
	return to, true
}

// onWiki makes an address a place on a wiki: /wiki/TITLE, /w/index.php with the
// title behind it or in the query, and the paths of variants of a language.
func (t *titles) onWiki(to *place, wiki string) {
	title := ""
	first, rest, _ := strings.Cut(to.path, "/")
	script := strings.HasSuffix(to.path, "index.php") || to.path == "" || to.path == "w/" || to.path == "wiki" || to.path == "wiki/"
	switch {
	case script || to.query != "" && strings.HasPrefix(to.path, "w/index.php"):
		if title = to.parameter("title"); title != "" {
			break
		}
		_, title, _ = strings.Cut(to.path, "index.php/")
	case first == "wiki" || variants[strings.ToLower(first)]:
		title = rest
	case strings.HasPrefix(to.path, "w/index.php/"):
		title = strings.TrimPrefix(to.path, "w/index.php/")
	}
	t.onPage(to, wiki, decoded(title))
}

// variants are the paths at which wikis show their pages in a certain script.
var variants = map[string]bool{
	"zh": true, "zh-hans": true, "zh-hant": true, "zh-cn": true, "zh-hk": true, "zh-mo": true, "zh-my": true, "zh-sg": true, "zh-tw": true,
	"sr": true, "sr-ec": true, "sr-el": true, "sr-cyrl": true, "sr-latn": true,
}

// onAnyWiki reports whether a place is a page of a wiki.
func (to *place) onAnyWiki() bool { return to.wiki != "" || to.local }

// parameter returns a decoded parameter of the query, "" without it.
func (to *place) parameter(name string) string {
	for query := to.query; query != ""; {
		var field string
		field, query, _ = strings.Cut(query, "&")
		if key, value, _ := strings.Cut(field, "="); key == name {
			return wikitext.PercentDecode(strings.ReplaceAll(value, "+", " "))
		}
	}
	return ""
}

// after returns the first part of a path that follows a prefix, decoded; "" if
// the path does not begin with it.
func after(path, prefix string) string {
	rest, ok := strings.CutPrefix(path, prefix)
	if !ok {
		return ""
	}
	part, _, _ := strings.Cut(rest, "/")
	part, _, _ = strings.Cut(wikitext.PercentDecode(part), "/")
	// A link has no query, but people write one.
	if n := strings.IndexAny(part, "?#"); n >= 0 {
		part = part[:n]
	}
	return part
}

// isPlain reports whether a title is in its usual form but for its first letter.
func isPlain(title string) bool {
	for i := range len(title) {
		switch c := title[i]; {
		case c == ' ' && i > 0 && i < len(title)-1 && title[i+1] != ' ':
		case c <= ' ' || c >= 0x7f || c == '%' || c == '&' || c == '_':
			return false
		}
	}
	return true
}

// decoded is wikitext.DecodeTitle, quicker where there is nothing to do.
func decoded(title string) string {
	if isPlain(title) {
		return title
	}
	return wikitext.DecodeTitle(title)
}

// normal is wikitext.NormalizeTitle in the same way.
func normal(title string) string {
	if isPlain(title) && (title == "" || title[0] < 'a' || title[0] > 'z') {
		return title
	}
	return wikitext.NormalizeTitle(title)
}
