// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the look-up of whole names among those that are known: titles
// of pages, projects of Phabricator, records of Toolhub.

package detect

import (
	"strings"
)

// known finds items by a whole name, without regard to case. A nil one knows
// none.
type known struct {
	names map[string][]Alias
	// titles has the names that are titles, by what follows the namespace.
	titles map[string][]Alias
	// accounts are the tools that are bots, by the names of their accounts.
	accounts map[string]Alias
}

// newKnown indexes the names of a lexicon.
func newKnown(l *Lexicon) *known {
	if l == nil {
		return nil
	}
	k := &known{names: make(map[string][]Alias, len(l.aliases)), titles: map[string][]Alias{}, accounts: map[string]Alias{}}
	for _, a := range l.aliases {
		name := fold(a.Name)
		if _, title, ok := strings.Cut(name, ":"); ok {
			title = strings.TrimSpace(title)
			k.titles[title] = append(k.titles[title], a)
		}
		k.names[name] = append(k.names[name], a)
		if account, ok := strings.CutPrefix(name, "user:"); a.Kind == Tool && (ok || strings.HasPrefix(a.Source, "bot")) {
			k.accounts[account] = a
		}
		if item := fold(a.Item); item != name {
			k.names[item] = append(k.names[item], Alias{Kind: a.Kind, Name: a.Item, Item: a.Item, Wiki: a.Wiki, Source: a.Source})
		}
	}
	return k
}

// fold makes spellings equal that differ in case, underscores and white space.
func fold(name string) string {
	return strings.ToLower(strings.Join(strings.FieldsFunc(name, func(c rune) bool { return c == '_' || c == ' ' || c == '\t' || c == '\u00a0' }), " "))
}

// find returns the items of a kind that have a name, each once; "" stands for
// any kind. Gadgets and user scripts must be of the wiki, if both say which.
func (k *known) find(kind Kind, wiki, name string) []Alias {
	if k == nil || name == "" {
		return nil
	}
	var found []Alias
next:
	for _, a := range k.names[fold(name)] {
		if kind != "" && a.Kind != kind || wiki != "" && a.Wiki != "" && a.Wiki != wiki {
			continue
		}
		for _, f := range found {
			if f.Kind == a.Kind && f.Item == a.Item && f.Wiki == a.Wiki {
				continue next
			}
		}
		found = append(found, a)
	}
	return found
}

// page returns the items whose name is that of a page, given as a namespace and
// the titles that it may have, the first first.
func (k *known) page(wiki string, space int, titles ...string) []Alias {
	for _, title := range titles {
		for _, a := range k.titles[fold(title)] {
			word, _, _ := strings.Cut(a.Name, ":")
			if id, ok := spaceNamed(wiki, fold(word)); ok && id == space && (a.Wiki == "" || wiki == "" || a.Wiki == wiki) {
				return k.find("", wiki, a.Name)
			}
		}
	}
	return nil
}

// hasAccounts reports whether any tool is known by its account.
func (k *known) hasAccounts() bool { return k != nil && len(k.accounts) > 0 }

// one returns the item of a kind that one of the names belongs to, the first
// name first; none if several items have it.
func (k *known) one(kind Kind, wiki string, names ...string) (Alias, bool) {
	for _, name := range names {
		switch found := k.find(kind, wiki, name); len(found) {
		case 0:
		case 1:
			return found[0], true
		default:
			return Alias{}, false
		}
	}
	return Alias{}, false
}

// same returns what tells an item from others: the item's own name where the
// one at hand is known to be another of it.
func (k *known) same(it item) item {
	it.alias = ""
	if a, ok := k.one(it.kind, it.wiki, it.name); ok {
		it.name = a.Item
	}
	it.name = fold(it.name)
	return it
}

// item makes an item of a known name.
func (a Alias) item() item { return item{kind: a.Kind, name: a.Item, wiki: a.Wiki, alias: a.Name} }

// at makes an item of a name that was found on a wiki.
func (a Alias) at(wiki string) item {
	it := a.item()
	if it.wiki == "" && (it.kind == Gadget || it.kind == UserScript) {
		it.wiki = wiki
	}
	return it
}
