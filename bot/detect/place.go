// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds places: what links and addresses lead to.

package detect

import (
	"html"
	"strings"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/wikitext"
)

// place is where a link or an address leads: a page of a wiki that we know, or
// an address elsewhere.
type place struct {
	// wiki is a database name, "" if the place is no page of a known wiki.
	wiki string
	// title is the title of the page without fragment, decoded; "" if an
	// address on the wiki names none.
	title string
	// host is in lower case, without port. Path, query and fragment are as
	// written, without the signs before them.
	host, path, query, fragment string
}

// longestPrefix is more than the bytes of any prefix of a link.
const longestPrefix = 32

// linkTo returns where a link on a wiki leads, and whether it has an interwiki
// prefix. Prefixes may follow each other.
func linkTo(wiki, target string) (to place, interwiki bool) {
	title := wikitext.DecodeTitle(target)
	for {
		title = strings.TrimLeft(title, ": ")
		n := strings.IndexByte(title[:min(len(title), longestPrefix)], ':')
		if n < 0 {
			break
		}
		prefix, rest := strings.ToLower(strings.TrimSpace(title[:n])), strings.TrimSpace(title[n+1:])
		if base, ok := addressPrefixes[prefix]; ok {
			if rest == "" {
				return place{}, true
			}
			// The spaces of titles are underscores in addresses.
			to, _ := parseAddress(base + strings.ReplaceAll(rest, " ", "_"))
			return to, true
		}
		next, ok := wikiOfPrefix(prefix, wiki)
		if !ok {
			break
		}
		wiki, title, interwiki = next, rest, true
	}
	return place{wiki: wiki, title: pageTitle(title)}, interwiki
}

// pageTitle takes the fragment off a decoded title and raises its first letter,
// or returns "" if it is no title.
func pageTitle(title string) string {
	title, _, _ = strings.Cut(title, "#")
	if len(title) > 1024 || strings.ContainsAny(title, "<>[]{}|") {
		return ""
	}
	return wikitext.NormalizeTitle(title)
}

// namespace splits a title into its namespace, in lower case, and the rest with
// its first letter raised. Without a colon the namespace is "".
func namespace(title string) (space, rest string) {
	space, rest, ok := strings.Cut(title, ":")
	if !ok {
		return "", title
	}
	return strings.ToLower(strings.TrimSpace(space)), wikitext.NormalizeTitle(rest)
}

// parseAddress reads an http or https address, also one that begins with "//".
// Templates that stand for a single sign are read as it.
func parseAddress(address string) (place, bool) {
	scheme, rest, ok := strings.Cut(address, "//")
	if scheme = strings.ToLower(scheme); !ok || scheme != "" && scheme != "http:" && scheme != "https:" {
		return place{}, false
	}
	if strings.Contains(rest, "{{") {
		rest = strings.NewReplacer("{{=}}", "=", "{{!}}", "|").Replace(rest)
	}
	rest = html.UnescapeString(rest)
	var to place
	host := rest
	if n := strings.IndexAny(rest, "/?#"); n >= 0 {
		host, rest = rest[:n], rest[n:]
	} else {
		rest = ""
	}
	host = host[strings.LastIndexByte(host, '@')+1:]
	host, _, _ = strings.Cut(host, ":")
	to.host = strings.ToLower(host)
	rest, to.fragment, _ = strings.Cut(rest, "#")
	to.path, to.query, _ = strings.Cut(rest, "?")
	to.path = strings.TrimPrefix(to.path, "/")
	if wiki, ok := wikiOfHost(to.host); ok {
		to.onWiki(wiki)
	}
	return to, true
}

// onWiki makes an address a place on a wiki.
func (to *place) onWiki(wiki string) {
	to.wiki = wiki
	if title, ok := strings.CutPrefix(to.path, "wiki/"); ok && !strings.HasSuffix(title, "index.php") {
		to.title = pageTitle(wikitext.DecodeTitle(title))
	} else if to.path == "" || to.path == "w/" || strings.HasSuffix(to.path, "index.php") {
		to.title = pageTitle(wikitext.DecodeTitle(to.parameter("title")))
	}
}

// onAnyWiki reports whether a place is on a wiki: one that we know, or the one
// that the text is from, even if nobody said which.
func (to place) onAnyWiki() bool { return to.wiki != "" || to.host == "" }

// parameter returns a decoded parameter of the query, "" without it.
func (to place) parameter(name string) string {
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
