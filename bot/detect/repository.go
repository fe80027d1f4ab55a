// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds how extensions, skins and gadgets are named by their
// repositories.

package detect

import (
	"strings"
	"unicode"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/wikitext"
)

// repositories are the folders of Gerrit in which items lie.
var repositories = []struct {
	name string
	kind Kind
}{
	{"extensions", Extension},
	{"skins", Skin},
	{"gadgets", Gadget},
}

// repository reads addresses of code. That of gadgets belongs to no wiki.
func repository(p *page, to *place) []item {
	switch to.host {
	case "gerrit.wikimedia.org":
		return gerritRepository(to)
	case "github.com", "www.github.com", "raw.githubusercontent.com":
		return mirror(to.path)
	case "gitlab.wikimedia.org":
		path := strings.TrimPrefix(to.path, "repos/")
		return folder(wikitext.PercentDecode(path))
	}
	return nil
}

// mirror reads the path of a mirror on GitHub. In their names dashes stand for
// slashes.
func mirror(path string) []item {
	owner, path, _ := strings.Cut(path, "/")
	if !strings.EqualFold(owner, "wikimedia") {
		return nil
	}
	name, _, _ := strings.Cut(wikitext.PercentDecode(path), "/")
	name = strings.TrimSuffix(name, ".git")
	for _, r := range repositories {
		prefix := "mediawiki-" + r.name + "-"
		if len(name) > len(prefix) && strings.EqualFold(name[:len(prefix)], prefix) {
			name, _, _ = strings.Cut(name[len(prefix):], "-")
			return named(r.kind, name)
		}
	}
	return nil
}

// gerritPaths may stand before the name of a repository.
var gerritPaths = []string{
	"g/", "r/plugins/gitiles/", "plugins/gitiles/", "r/admin/repos/", "r/admin/projects/", "r/changes/", "r/c/", "c/", "r/p/", "p/", "r/a/", "r/",
	"r/#/c/", "r/#/admin/projects/", "r/admin/repos/q/filter:",
}

// gerritRepository reads addresses of Gerrit: code, changes, searches.
func gerritRepository(to *place) []item {
	path := to.path
	if to.fragment != "" {
		path += "#" + to.fragment
	}
	path = wikitext.PercentDecode(wikitext.PercentDecode(path)) // Gerrit encodes twice in searches
	if search, ok := strings.CutPrefix(strings.Replace(path, "#/", "", 1), "r/q/"); ok {
		for _, key := range []string{"project:", "repo:", "projects:"} {
			if _, found, ok := strings.Cut(search, key); ok {
				return folder(strings.TrimLeft(found, `^"`))
			}
		}
		return nil
	}
	for _, prefix := range gerritPaths {
		if found, ok := strings.CutPrefix(path, prefix); ok && strings.HasPrefix(found, "mediawiki/") {
			return folder(found)
		}
	}
	return nil
}

// folder returns the item whose repository a path begins with.
func folder(path string) []item {
	for _, r := range repositories {
		name, ok := strings.CutPrefix(path, "mediawiki/"+r.name+"/")
		if !ok {
			continue
		}
		if end := strings.IndexFunc(name, func(c rune) bool { return !isNameRune(c) }); end >= 0 {
			name = name[:end]
		}
		return named(r.kind, strings.Trim(strings.TrimSuffix(strings.Trim(name, "."), ".git"), "-."))
	}
	return nil
}

// isNameRune reports whether c may stand in the name of an extension as people
// write it.
func isNameRune(c rune) bool {
	return unicode.IsLetter(c) || unicode.IsDigit(c) || c == '_' || c == '-' || c == '.'
}
