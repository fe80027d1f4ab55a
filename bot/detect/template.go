// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds templates that name items, and those that mark a page as an
// item's own.

package detect

import (
	"strings"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/wikitext"
)

var templateRules = []rule{
	{
		name: "template", kinds: Kinds,
		doc:  "Templates whose argument is an item's name: `{{ext|X}}` and `{{ptag|PROJECT}}` on mediawiki.org, and those that the wiki's rules name.",
		find: namingTemplates,
		yes: []example{
			{text: "{{ext|Page Forms}}, {{Ext|name=Score}}", want: "extension Page Forms, extension Score", wiki: mediawiki},
			{text: "{{ptag|pageforms}}", want: "extension PageForms", wiki: mediawiki, known: []Alias{{Kind: Extension, Name: "PageForms", Item: "PageForms"}}},
		},
		no: []example{
			{text: "{{ext|7z}}"},
			{text: "{{ext}} {{ext|{{{1}}}}} {{ptag|pageforms}}", wiki: mediawiki},
		},
	},
}

// builtIn are the templates of mediawiki.org. Elsewhere their names may mean
// anything.
var builtIn = []NamingTemplate{
	{Template: "ext", Kind: Extension},
	{Template: "extension", Kind: Extension, Argument: "name", Page: true},
	{Template: "skin", Kind: Skin, Argument: "name", Page: true},
}

// templateIndex finds naming templates by their names as templateName writes
// them.
type templateIndex map[string][]NamingTemplate

// newTemplateIndex puts a wiki's templates together.
func newTemplateIndex(wiki string, own []NamingTemplate) templateIndex {
	index := templateIndex{}
	if wiki == mediawiki {
		for _, t := range builtIn {
			index[t.Template] = append(index[t.Template], t)
		}
	}
	for _, t := range own {
		name := strings.ToLower(wikitext.NormalizeTitle(t.Template))
		if _, bare, ok := strings.Cut(name, ":"); ok {
			name = strings.TrimSpace(bare)
		}
		index[name] = append(index[name], t)
	}
	return index
}

// argument returns the argument with the item's name.
func (t NamingTemplate) argument(in wikitext.Template) (wikitext.Arg, bool) {
	if t.Argument != "" {
		return in.Arg(t.Argument)
	}
	if a, ok := in.Arg("1"); ok {
		return a, true
	}
	return in.Arg("name")
}

// namingTemplates finds the templates whose argument is an item's name.
func namingTemplates(p *page) []reference {
	var refs []reference
	add := func(t wikitext.Template, a wikitext.Arg, items []item) {
		if len(items) > 0 {
			refs = append(refs, reference{
				Span: wikitext.Span{Start: t.Start, End: t.End}, name: wikitext.Span{Start: a.Start, End: a.End}, items: items,
			})
		}
	}
	onMediawiki := p.wiki == mediawiki
	if len(p.naming) == 0 && !onMediawiki {
		return nil
	}
	for _, t := range p.templates() {
		name := templateName(t, p.templateSpaces())
		if onMediawiki && name == "ptag" {
			if a, ok := t.Arg("1"); ok {
				p.ref = reference{Span: wikitext.Span{Start: t.Start, End: t.End}, name: wikitext.Span{Start: a.Start, End: a.End}}
				add(t, a, p.projectNamed(strings.TrimSpace(a.Value)))
			}
			continue
		}
		for _, n := range p.naming[name] {
			if a, ok := n.argument(t); ok && !n.Page {
				add(t, a, p.itemNamed(n.Kind, a.Value))
			}
		}
	}
	return refs
}

// itemNamed makes an item of a name that is said to be one of a kind.
func (p *page) itemNamed(kind Kind, written string) []item {
	if len(written) > longestArgument {
		return nil
	}
	name := wikitext.NormalizeTitle(written)
	name, _, _ = strings.Cut(name, "#")
	if name == "" || len(name) > 255 || strings.ContainsAny(name, "<>[]{}|") {
		return nil
	}
	space, rest := p.titles.split(p.wiki, name)
	switch kind {
	case Extension, Skin:
		if word, bare, ok := strings.Cut(name, ":"); ok && extensionSpaces[strings.ToLower(word)] == kind {
			name = wikitext.NormalizeTitle(bare)
		}
		return named(kind, name)
	case Gadget:
		if space == mediawikiNamespace {
			name = rest
		}
		if stem := gadgetFile(name); stem != "" {
			name = stem
		}
		name, _ = cutGadget(name)
		return gadget(p.wiki, strings.TrimSpace(wikitext.DecodeTitle(withoutCapital(name, written))))
	case UserScript:
		if space == userNamespace && userScriptPage(rest) {
			return []item{{kind: UserScript, name: "User:" + rest, wiki: p.wiki}}
		}
	case Tool:
		if cloud, ok := strings.CutPrefix(strings.ToLower(name), "wmcloud:"); ok && isToolName(cloud) {
			return []item{{kind: Tool, name: "wmcloud:" + cloud}}
		}
		name = strings.TrimPrefix(strings.TrimPrefix(toolOfTitle(name), "toolforge-"), "toolforge.")
		return tool(strings.TrimPrefix(name, "tool:"))
	}
	return nil
}

// withoutCapital gives a name that is no title the first letter back that it
// was written with.
func withoutCapital(name, written string) string {
	written = wikitext.DecodeTitle(written)
	if strings.EqualFold(name, written) {
		return written
	}
	return name
}

// templateName returns the name of a template in lower case, without its
// namespace, which may have one of the local names.
func templateName(t wikitext.Template, spaces map[string]int) string {
	if len(t.Name) > 255 {
		return ""
	}
	name := strings.ToLower(decoded(t.Name))
	if space, bare, ok := strings.Cut(name, ":"); ok && (space == "template" || spaces[space] == templateNamespace) {
		return strings.TrimSpace(bare)
	}
	return name
}
