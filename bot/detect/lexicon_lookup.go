// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the look-up of whole names among those that are known: titles
// of pages, projects of Phabricator, records of Toolhub.

package detect

import (
	"slices"
	"strings"
)

// longestLooked is the number of bytes above which nothing is looked up.
const longestLooked = 512

// Lookup returns the item of a kind that has a name, whatever its case, and with
// spaces, dashes and underscores alike: the slug of a project, the title of a
// page. There is none if several items of the kind have the name. An empty kind
// stands for any.
func (l *Lexicon) Lookup(kind Kind, raw string) (Alias, bool) {
	if len(raw) > longestLooked {
		return Alias{}, false
	}
	var found []Alias
	l.meanings(key(raw), func(m meaning) {
		if kind == "" || m.Kind == kind {
			found = addItem(found, m.Alias)
		}
	})
	if len(found) != 1 {
		return Alias{}, false
	}
	return found[0], true
}

// addItem adds an alias of an item that is not there yet.
func addItem(items []Alias, a Alias) []Alias {
	if slices.ContainsFunc(items, a.sameItem) {
		return items
	}
	return append(items, a)
}

// find returns the items of a kind that have a name, each once; "" stands for
// any kind. Gadgets and user scripts must be of the wiki, if both say which.
// Only case, underscores and white space may differ.
func (l *Lexicon) find(kind Kind, wiki, name string) []Alias {
	if l == nil || name == "" || len(name) > longestLooked {
		return nil
	}
	var found []Alias
	folded := ""
	l.meanings(key(name), func(m meaning) {
		if m.how != asIs && m.how != whole || kind != "" && m.Kind != kind || wiki != "" && m.Wiki != "" && m.Wiki != wiki {
			return
		}
		if folded == "" {
			folded = fold(name)
		}
		if fold(m.Name) == folded {
			found = addItem(found, m.Alias)
		}
	})
	return found
}

// page returns the items whose name is that of a page, given as a namespace and
// the titles that it may have, the first first.
func (l *Lexicon) page(wiki string, space int, titles ...string) []Alias {
	if l == nil || !slices.ContainsFunc(l.layers, func(layer *Lexicon) bool { return layer.titles }) {
		return nil
	}
	for _, title := range titles {
		name := ""
		l.meanings(titleMark+key(title), func(m meaning) {
			if m.how != ofTitle || name != "" || m.Wiki != "" && wiki != "" && m.Wiki != wiki {
				return
			}
			word, rest, _ := strings.Cut(m.Name, ":")
			if id, ok := spaceNamed(wiki, fold(word)); ok && id == space && fold(rest) == fold(title) {
				name = m.Name
			}
		})
		if name != "" {
			return l.find("", wiki, name)
		}
	}
	return nil
}

// hasAccounts reports whether any tool is known by its account.
func (l *Lexicon) hasAccounts() bool {
	return l != nil && slices.ContainsFunc(l.layers, func(layer *Lexicon) bool { return layer.accounts })
}

// byAccount returns the tool that is the bot with an account.
func (l *Lexicon) byAccount(user string) (found Alias, ok bool) {
	l.meanings(accountMark+key(user), func(m meaning) {
		if m.how == ofAccount && !ok {
			found, ok = m.Alias, true
		}
	})
	return found, ok
}

// one returns the item of a kind that one of the names belongs to, the first
// name first; none if several items have it.
func (l *Lexicon) one(kind Kind, wiki string, names ...string) (Alias, bool) {
	for _, name := range names {
		switch found := l.find(kind, wiki, name); len(found) {
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
func (l *Lexicon) same(it item) item {
	it.alias = ""
	if a, ok := l.one(it.kind, it.wiki, it.name); ok {
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
