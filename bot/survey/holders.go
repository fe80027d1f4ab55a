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

// stewardColumn returns which column holds the stewards, -1 for none.
func stewardColumn(header []string) int {
	return slices.IndexFunc(header, func(h string) bool {
		return strings.HasPrefix(strings.ToLower(wikitext.Plain(h)), "steward")
	})
}

// holders reads the names in a cell, divided by commas, semicolons and line
// breaks. A part with links to user pages names those users, and its other text
// is a remark; any other part names a team, unless it says that there is nobody.
func holders(raw string, userNames []string) []registry.Holder {
	var out []registry.Holder
	add := func(name string, kind registry.HolderKind) {
		h := registry.Holder{Name: name, Kind: kind}
		if name != "" && !slices.Contains(out, h) {
			out = append(out, h)
		}
	}
	for _, part := range parts(raw) {
		var users []string
		for l := range wikitext.Parse(part).Links() {
			if name, ok := linkedUser(l.Target, userNames); ok {
				users = append(users, name)
			}
		}
		for _, name := range users {
			add(name, registry.User)
		}
		if text := strings.Trim(wikitext.Plain(part), " \t*#:.|"); len(users) == 0 && !registry.IsNobody(text) {
			add(text, registry.Team)
		}
	}
	return out
}

// parts divides a cell at its separators, not at those inside links, templates,
// comments, signatures' times and character references.
func parts(raw string) []string {
	raw = signed.ReplaceAllString(raw, "")
	d := wikitext.Parse(raw)
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
// them a link leads to. User pages on other wikis count: one account holds on
// all of them.
func linkedUser(target string, userNames []string) (name string, ok bool) {
	rest := wikitext.NormalizeTitle(strings.TrimLeft(target, " :"))
	for {
		prefix, tail, found := strings.Cut(rest, ":")
		if !found {
			return "", false
		}
		if isUserNamespace(wikitext.NormalizeTitle(prefix), userNames) {
			if i := strings.IndexAny(tail, "/#"); i >= 0 {
				tail = tail[:i]
			}
			name = wikitext.NormalizeTitle(tail)
			return name, name != ""
		}
		rest = tail
	}
}

func isUserNamespace(prefix string, userNames []string) bool {
	if strings.EqualFold(prefix, "User") || strings.EqualFold(prefix, "User talk") {
		return true
	}
	return slices.ContainsFunc(userNames, func(n string) bool { return strings.EqualFold(prefix, wikitext.NormalizeTitle(n)) })
}
