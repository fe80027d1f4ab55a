// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds how a raw name is read: which names it may stand for as a
// title, a path or an address.

package registry

import (
	"cmp"
	"strings"
	"unicode"
	"unicode/utf8"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/detect"
)

const (
	mediawikiOrg  = "mediawikiwiki"
	toolhubPrefix = "toolhub:"
)

// spelling is a name that a raw one may stand for.
type spelling struct {
	kind detect.Kind
	wiki string
	name string
}

func (s spelling) key() Key { return NewKey(s.kind, s.wiki, s.name) }

// loose is what is left of a name without case and what people put between
// words. In the titles of scripts only the case and the spaces do not count.
func (s spelling) loose() identity {
	id := identity{kind: s.kind, name: strings.Map(func(c rune) rune {
		switch c {
		case ' ', '_', '\t':
			return -1
		case '-', '.':
			if s.kind != detect.UserScript {
				return -1
			}
		}
		return unicode.ToLower(c)
	}, s.name)}
	if onWiki(s.kind) {
		id.wiki = s.wiki
	}
	return id
}

// read returns the names that a raw one stands for, the likeliest first.
func (r *Resolver) read(kind detect.Kind, wiki, raw string) []spelling {
	var out []spelling
	add := func(names ...string) {
		for _, n := range names {
			if n != "" {
				out = append(out, spelling{kind, wiki, n})
			}
		}
	}
	if key := Key(raw); key.Kind() == kind && key.valid() {
		out = append(out, spelling{kind, key.Wiki(), key.Name()})
	}
	if strings.Contains(raw, "//") {
		if strings.HasPrefix(raw, "//") {
			raw = "https:" + raw // without a scheme it is no link in text
		}
		out = append(out, r.detected(kind, wiki, raw)...)
		if slug, ok := phabricatorSlug(raw); ok {
			add(slug)
			add(componentNames(kind, slug)...)
		}
		return out
	}
	switch kind {
	case detect.Extension, detect.Skin:
		add(componentNames(kind, raw)...)
	case detect.Gadget:
		add(gadgetNames(raw)...)
	case detect.UserScript:
		add(scriptNames(raw)...)
	case detect.Tool:
		add(toolNames(raw)...)
	}
	host, _, _ := strings.Cut(raw, "/")
	switch {
	case strings.Contains(raw, ":"):
		out = append(out, r.detected(kind, wiki, "[["+raw+"]]")...)
	case strings.Contains(host, ".") && !strings.ContainsAny(host, " _"):
		out = append(out, r.detected(kind, wiki, "https://"+raw)...)
	}
	return out
}

// detected returns what detectors find in text that is a single reference. What
// an address or a prefix means is theirs to know. The code of a gadget belongs to
// no wiki; it stands for the gadget on the one that was asked about.
func (r *Resolver) detected(kind detect.Kind, wiki, text string) []spelling {
	if strings.ContainsAny(text, "\n\r") || !utf8.ValidString(text) {
		return nil
	}
	for _, d := range r.detectors {
		var out []spelling
		for _, m := range d.Mentions(detect.Change{After: text}) {
			if m.Kind == kind {
				out = append(out, spelling{kind, cmp.Or(m.Wiki, wiki), m.Name})
			}
		}
		if len(out) > 0 {
			return out
		}
	}
	return nil
}

// componentNames read the title, the directory, the repository or the project
// of an extension or a skin.
func componentNames(kind detect.Kind, raw string) []string {
	name := strings.TrimLeft(raw, "#/$")
	name = strings.TrimSuffix(strings.TrimRight(name, "/"), ".git")
	for _, space := range []string{string(kind) + ":", string(kind) + " talk:", string(kind) + "_talk:"} {
		if rest, ok := afterFold(name, space); ok {
			return []string{beforeSlash(rest)}
		}
	}
	for _, folder := range []string{string(kind) + "s/", "mediawiki-" + string(kind) + "s-", "mediawiki_" + string(kind) + "s_"} {
		rest, ok := afterFold(name, folder)
		if !ok {
			continue
		}
		// Mirrors write slashes as dashes, so what follows a dash may be a
		// repository in the other one.
		names := []string{rest, beforeSlash(rest)}
		for strings.HasPrefix(folder, "mediawiki") {
			i := strings.LastIndexByte(rest, '-')
			if i < 0 {
				break
			}
			rest = rest[:i]
			names = append(names, rest)
		}
		return names
	}
	if name = beforeSlash(name); name != raw {
		return []string{name}
	}
	return nil
}

// phabricatorSlug reads the address of a project.
func phabricatorSlug(address string) (slug string, ok bool) {
	_, rest, ok := strings.Cut(address, "//phabricator.wikimedia.org/tag/")
	return beforeSlash(rest), ok && rest != ""
}

// gadgetNames read the pages, the module and the preference of a gadget. What
// stands before the end of a file's name is an alias of every gadget that loads
// it.
func gadgetNames(raw string) []string {
	name, ok := raw, false
	for _, space := range []string{"mediawiki:", "mediawiki talk:", "mediawiki_talk:", "help:", "help talk:", "help_talk:"} {
		if rest, found := cutPrefixFold(name, space); found {
			name, ok = strings.TrimSpace(rest), true
			break
		}
	}
	for _, prefix := range []string{"ext.gadget.", "gadget-", "mediawiki/gadgets/", "mediawiki-gadgets-"} {
		if rest, found := cutPrefixFold(name, prefix); found {
			name, ok = rest, true
			break
		}
	}
	if !ok {
		return nil
	}
	name = beforeSlash(name)
	for _, end := range []string{".js", ".css", ".json", ".vue"} {
		if stem, file := strings.CutSuffix(name, end); file {
			return []string{name, stem}
		}
	}
	return []string{name}
}

// scriptNames read the title of a user script or of its talk page.
func scriptNames(raw string) []string {
	for _, space := range []string{"user:", "user talk:", "user_talk:"} {
		if rest, ok := cutPrefixFold(raw, space); ok {
			return []string{"User:" + userName(rest)}
		}
	}
	return []string{"User:" + userName(raw)}
}

// toolNames read the names that services give to a tool: Toolhub, Striker, the
// account and the namespace that it runs in, Wikitech.
func toolNames(raw string) []string {
	name, _ := cutPrefixFold(raw, toolhubPrefix)
	name, _ = cutPrefixFold(strings.TrimSpace(name), "tool:")
	name = strings.TrimSpace(name)
	for _, prefix := range []string{"toolforge-", "toolforge.", "tools.", "tool-"} {
		if rest, ok := cutPrefixFold(name, prefix); ok && rest != "" {
			return []string{name, rest}
		}
	}
	if name == raw {
		return nil
	}
	return []string{name}
}

// addressOf writes an address or a title so that spellings that lead to the same
// place are equal: without scheme, "www.", underscores and what ends it; the
// host in lower case. What is no address keeps its case.
func addressOf(text string) string {
	_, rest, web := strings.Cut(text, "//")
	if !web {
		return strings.ReplaceAll(text, "_", " ")
	}
	rest, _, _ = strings.Cut(rest, "#")
	host, path, _ := strings.Cut(rest, "/")
	path = strings.TrimSuffix(strings.TrimRight(path, "/"), ".git")
	return "//" + strings.TrimPrefix(strings.ToLower(host), "www.") + "/" + path
}

// afterFold returns what follows a mark that stands at the beginning of a text
// or behind a sign that ends a word, without regard to case.
func afterFold(text, mark string) (rest string, ok bool) {
	for i := 0; i+len(mark) <= len(text); i++ {
		if (i == 0 || strings.IndexByte(":/ ", text[i-1]) >= 0) && strings.EqualFold(text[i:i+len(mark)], mark) {
			return strings.TrimSpace(text[i+len(mark):]), true
		}
	}
	return "", false
}

func cutPrefixFold(text, prefix string) (rest string, ok bool) {
	if len(text) < len(prefix) || !strings.EqualFold(text[:len(prefix)], prefix) {
		return text, false
	}
	return text[len(prefix):], true
}

func beforeSlash(text string) string {
	head, _, _ := strings.Cut(text, "/")
	return strings.TrimSpace(head)
}
