// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds pages that a template marks as an item's own.

package detect

import (
	"strings"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/wikitext"
)

// PageTouches returns the items whose own page the changed one is, as an infobox
// on it says: one of the templates of the options with Page, or {{Extension}} or
// {{Skin}} on mediawiki.org. A page that gets the template counts as created,
// one that loses it as deleted.
func (d *Detector) PageTouches(c Change) []Touch {
	d = d.on(c)
	was, is := d.owners(c, c.Before), d.owners(c, c.After)
	var touches []Touch
	add := func(it item, action Action) {
		touches = append(touches, Touch{
			Kind: it.kind, Name: it.name, Wiki: it.wiki, Page: c.Title, Action: action, Revision: c.Revision, User: c.User, Time: c.Time,
		})
	}
	for _, it := range is {
		if contains(was, it) {
			add(it, Edited)
		} else {
			add(it, Created)
		}
	}
	for _, it := range was {
		if !contains(is, it) {
			add(it, Deleted)
		}
	}
	return touches
}

func contains(items []item, it item) bool {
	for _, i := range items {
		if i == it {
			return true
		}
	}
	return false
}

// owners returns the items whose page a text says it is, each once.
func (d *Detector) owners(c Change, text string) []item {
	if len(d.naming) == 0 || !strings.Contains(text, "{{") {
		return nil
	}
	c.After = text
	p := d.page(c)
	var found []item
	for _, t := range p.templates() {
		if t.Inside {
			continue
		}
		for _, n := range p.naming[templateName(t, p.templateSpaces())] {
			if !n.Page {
				continue
			}
			a, ok := n.argument(t)
			name := strings.TrimSpace(a.Value)
			if !ok || name == "" {
				name = p.ownName(n.Kind)
			}
			for _, it := range p.itemNamed(n.Kind, wikitext.Plain(name)) {
				if !contains(found, it) {
					found = append(found, it)
				}
			}
		}
	}
	return found
}

// ownName returns the name of an item of a kind whose page the text is from.
func (p *page) ownName(kind Kind) string {
	space, name := p.titles.split(p.wiki, p.title)
	if kind == UserScript {
		if space == userNamespace && !scriptFile(name) {
			name += ".js"
		}
		return "User:" + name
	}
	name, _, _ = strings.Cut(name, "/")
	return name
}
