// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds how the names in a Steward cell are read.

package survey

import (
	"regexp"
	"slices"
	"strings"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/wikitext"
)

var (
	// separator divides the names in a cell.
	separator = regexp.MustCompile(`(?i)<br\s*/?>|[,;\n，、،؛]`)
	// entity is a character reference, whose semicolon divides nothing.
	entity = regexp.MustCompile(`&#?[0-9A-Za-z]+;`)
	// signed is the time in a signature, in the usual formats.
	signed = regexp.MustCompile(`\d{1,2}:\d{2}, [^,;\n()|\[\]]*\([A-Z][A-Z0-9+:-]*\)`)
)

// headerCells are the cells of a table's row of headings; none without one.
func headerCells(table wikitext.Table) []wikitext.Cell {
	rows := table.AllRows()
	if i := slices.IndexFunc(rows, func(r wikitext.Row) bool { return len(r.Cells) > 0 }); i >= 0 && table.Header() != nil {
		return rows[i].Cells
	}
	return nil
}

// stewardColumn returns which column holds the stewards, by the class of its
// heading or else by the words, in English or one of some headings; -1 for none.
func stewardColumn(header []wikitext.Cell, headings []string) int {
	class := registry.ColumnClass("steward")
	if i := slices.IndexFunc(header, func(c wikitext.Cell) bool { return slices.Contains(strings.Fields(c.Attribute("class")), class) }); i >= 0 {
		return i
	}
	return slices.IndexFunc(header, func(c wikitext.Cell) bool {
		words := strings.ToLower(wikitext.Plain(c.Raw))
		return strings.HasPrefix(words, "steward") || slices.ContainsFunc(headings, func(h string) bool { return strings.ToLower(wikitext.Plain(h)) == words })
	})
}

// holders reads the names in a cell, divided by commas, semicolons and line
// breaks. A part with links to user pages, or templates such as {{user|Ana}},
// names those users, and its other text is a remark; any other part names a team, unless it says that there is nobody.
// Names that are too long to be stored or e-mail addresses, as those of some old
// accounts are, and those beyond the first fifty, are passed over.
func holders(raw string, on *wikitext.Site) []registry.Holder {
	var out []registry.Holder
	add := func(name string, kind registry.HolderKind) {
		h := registry.Holder{Name: name, Kind: kind}
		if name != "" && len(name) <= maxWords && len(out) < maxNamed && !hasMail(name) && !slices.Contains(out, h) {
			out = append(out, h)
		}
	}
	for _, part := range parts(on, raw) {
		var users []string
		doc := on.Parse(part)
		for l := range doc.Links() {
			if name, ok := linkedUser(on, l); ok {
				users = append(users, name)
			}
		}
		for t := range doc.Templates() {
			if name, ok := templateUser(on, t); ok {
				users = append(users, name)
			}
		}
		for _, name := range users {
			add(name, registry.User)
		}
		if len(users) > 0 {
			continue
		}
		if text := strings.Trim(oneLine(wikitext.Plain(part)), " \t*#:.|"); !registry.IsNobody(text) {
			add(text, registry.Team)
		}
	}
	return out
}

// parts divides a cell at its separators, not at those inside links, templates,
// comments, signatures' times and character references.
func parts(on *wikitext.Site, raw string) []string {
	raw = signed.ReplaceAllString(raw, "")
	d := on.Parse(raw)
	shield := []byte(d.Masked())
	hide := func(start, end int) {
		for i := start; i < end; i++ {
			shield[i] = 'x'
		}
	}
	for l := range d.Links() {
		hide(l.Start, l.End)
	}
	for t := range d.Templates() {
		hide(t.Start, t.End)
	}
	for _, span := range entity.FindAllIndex(shield, -1) {
		hide(span[0], span[1])
	}
	var out []string
	at := 0
	for _, span := range separator.FindAllIndex(shield, -1) {
		out = append(out, raw[at:span[0]])
		at = span[1]
	}
	return append(out, raw[at:])
}

// linkedUser returns the account whose user page, talk page or a subpage of
// them a link leads to.
func linkedUser(on *wikitext.Site, l wikitext.Link) (name string, ok bool) {
	t, err := l.Title()
	if err != nil {
		return "", false
	}
	return ownerOf(on, t)
}

// The numbers of the namespaces of users and of their talk, the same on every
// wiki.
const (
	spaceUser     = 2
	spaceUserTalk = 3
)

// ownerOf returns the account whose user page, talk page or a subpage of them
// has a title. User pages on other wikis count, by the names that their
// namespaces have here and on larger wikis: one account holds on all of them.
func ownerOf(on *wikitext.Site, t wikitext.Title) (name string, ok bool) {
	if t.Interwiki == "" {
		if t.Namespace == spaceUser || t.Namespace == spaceUserTalk {
			name, _, _ = strings.Cut(t.Name, "/")
		}
		return name, name != ""
	}
	for rest := t.Name; ; {
		prefix, tail, found := strings.Cut(rest, ":")
		if !found {
			return "", false
		}
		if isUserSpace(strings.TrimSpace(prefix), on) {
			if tail, _, _ = strings.Cut(tail, "/"); strings.TrimSpace(tail) == "" {
				return "", false
			}
			account, err := on.ParseTitle("User:" + tail)
			return account.Name, err == nil && account.Name != ""
		}
		rest = tail
	}
}

// accountName writes the name of an account as the wiki does; a text that can be
// none stays as it is.
func accountName(on *wikitext.Site, name string) string {
	if t, err := on.ParseTitle("User:" + name); err == nil && t.Namespace == spaceUser {
		return t.Name
	}
	return name
}
