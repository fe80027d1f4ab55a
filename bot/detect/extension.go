// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds how extensions and skins are named: by pages of
// mediawiki.org, by repositories and projects, and by the text Extension:X.

package detect

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/wikitext"
)

const mediawiki = "mediawikiwiki"

// extensions returns the extension, skin or gadget that a place is about. The
// code of gadgets in Gerrit belongs to no wiki.
func extensions(to place) []item {
	switch {
	case to.wiki == mediawiki:
		return extensionPage(to.title)
	case to.wiki != "":
		return nil
	}
	switch to.host {
	case "gerrit.wikimedia.org":
		return gerritRepository(to)
	case "phabricator.wikimedia.org":
		return phabricatorProject(to)
	case "github.com", "www.github.com":
		if owner, path, ok := strings.Cut(to.path, "/"); ok && strings.EqualFold(owner, "wikimedia") {
			for _, r := range repositories {
				// In the names of mirrors dashes stand for slashes.
				if name := after(path, "mediawiki-"+r.name+"-"); name != "" {
					name, _, _ = strings.Cut(strings.TrimSuffix(name, ".git"), "-")
					return named(r.kind, name)
				}
			}
		}
	}
	return nil
}

// repositories are the folders of Gerrit in which items lie.
var repositories = []struct {
	name string
	kind Kind
}{
	{"extensions", Extension},
	{"skins", Skin},
	{"gadgets", Gadget},
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

// extensionPage reads a title of mediawiki.org: Extension:X, its talk page, its
// help, and the translations of these.
func extensionPage(title string) []item {
	space, rest := namespace(title)
	if translated := "mylanguage/"; space == "special" && len(rest) > len(translated) && strings.EqualFold(rest[:len(translated)], translated) {
		space, rest = namespace(rest[len(translated):])
	}
	if space == "help" || space == "help talk" {
		space, rest = namespace(rest)
	}
	switch space {
	case "extension", "extension talk":
		return named(Extension, rest)
	case "skin", "skin talk":
		return named(Skin, rest)
	}
	return nil
}

// gerritPaths may stand before the name of a repository.
var gerritPaths = []string{
	"g/", "r/plugins/gitiles/", "r/admin/repos/", "r/admin/projects/", "r/c/", "r/p/", "r/a/", "r/",
	"r/#/c/", "r/#/admin/projects/",
}

// gerritRepository reads addresses of Gerrit: code, changes, searches.
func gerritRepository(to place) []item {
	path := to.path
	if to.fragment != "" {
		path += "#" + to.fragment
	}
	path = wikitext.PercentDecode(path)
	rest := ""
	if search, ok := strings.CutPrefix(strings.Replace(path, "#/", "", 1), "r/q/"); ok {
		for _, key := range []string{"project:", "repo:"} {
			if _, found, ok := strings.Cut(search, key); ok {
				rest = found
			}
		}
	}
	for _, prefix := range gerritPaths {
		if found, ok := strings.CutPrefix(path, prefix+"mediawiki/"); ok {
			rest = "mediawiki/" + found
		}
	}
	for _, r := range repositories {
		if name, ok := strings.CutPrefix(rest, "mediawiki/"+r.name+"/"); ok {
			end := strings.IndexFunc(name, func(c rune) bool { return !isNameRune(c) })
			if end >= 0 {
				name = name[:end]
			}
			return named(r.kind, strings.Trim(strings.TrimSuffix(name, ".git"), "."))
		}
	}
	return nil
}

// catchAll are Phabricator projects for extensions that have none of their own.
var catchAll = []string{"general", "general-or-unknown", "other", "requests"}

// phabricatorProject reads /tag/mediawiki-extensions-x/. Other projects would
// need a registry.
func phabricatorProject(to place) []item {
	slug := after(to.path, "tag/")
	for _, r := range repositories[:2] {
		prefix := "mediawiki-" + r.name + "-"
		if len(slug) > len(prefix) && strings.EqualFold(slug[:len(prefix)], prefix) && !slices.Contains(catchAll, strings.ToLower(slug[len(prefix):])) {
			return named(r.kind, slug[len(prefix):])
		}
	}
	return nil
}

// literalNames finds the text Extension:X where it is no part of a link, an
// address or a script call, nor all of a template's argument.
func literalNames(p *page) []reference {
	const prefix = "Extension:"
	text := p.doc.Masked()
	if !strings.Contains(text, prefix) {
		return nil
	}
	taken := p.taken(prefix)
	var refs []reference
	for i := 0; ; {
		n := strings.Index(text[i:], prefix)
		if n < 0 {
			return refs
		}
		start := i + n
		i = start + len(prefix)
		before, _ := utf8.DecodeLastRuneInString(text[:start])
		first, _ := utf8.DecodeRuneInString(text[i:])
		if start > 0 && (isNameRune(before) || strings.ContainsRune("/=%", before)) || !unicode.IsUpper(first) && !unicode.IsDigit(first) {
			continue
		}
		end := len(text)
		if n := strings.IndexFunc(text[i:], func(c rune) bool { return !isNameRune(c) }); n >= 0 {
			end = i + n
		}
		name := strings.TrimRight(text[i:end], "-._")
		span := wikitext.Span{Start: start, End: i + len(name)}
		if !taken.overlap(span) {
			refs = append(refs, reference{Span: span, name: span, items: named(Extension, wikitext.DecodeTitle(name))})
		}
		i = end
	}
}

// taken returns where a literal name belongs to something else.
func (p *page) taken(prefix string) spans {
	var taken []wikitext.Span
	for _, l := range p.links {
		taken = append(taken, wikitext.Span{Start: l.Start, End: l.End})
	}
	for _, u := range p.urls {
		taken = append(taken, wikitext.Span{Start: u.Start, End: u.End})
	}
	for _, ref := range scriptCalls(p) {
		taken = append(taken, ref.Span)
	}
	for _, t := range p.templates {
		if strings.Contains(t.Name, prefix) {
			taken = append(taken, wikitext.Span{Start: t.Start, End: min(t.Start+len("{{")+len(t.Name), t.End)})
		}
		for a := range t.Args() {
			if value := strings.TrimSpace(a.Value); strings.HasPrefix(value, prefix) && !strings.ContainsAny(value, " \n") {
				taken = append(taken, wikitext.Span{Start: a.Start, End: a.End})
			}
		}
	}
	return merge(taken)
}

// isNameRune reports whether c may stand in the name of an extension as people
// write it.
func isNameRune(c rune) bool {
	return unicode.IsLetter(c) || unicode.IsDigit(c) || c == '_' || c == '-' || c == '.'
}
