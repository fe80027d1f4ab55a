// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds who a line of a list names: on the sign-up page, on the opt-out
// page, and in templates in Steward cells.

package survey

import (
	"cmp"
	"slices"
	"strings"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/wikitext"
)

const (
	// maxLines is how many lines of a page are read; those after it count for
	// nothing.
	maxLines = 5000
	// longestLine is how much of a line is read and shown, in bytes.
	longestLine  = 4000
	longestShown = 200

	spaceSpecial = -1
)

// userTemplates are the templates that name a user by their first argument, as
// most wikis have them.
var userTemplates = []string{"user", "u", "ul", "ut", "user link", "userlink", "user0", "userlinks", "ping", "reply to", "reply", "re", "mention", "noping", "no ping", "np"}

// namedAt is a user whom a part of a line names.
type namedAt struct {
	start, end int
	name       string
}

// templateUser is the account that a template such as {{user|Ana}} names.
func templateUser(on *wikitext.Site, t wikitext.Template) (name string, ok bool) {
	called := strings.ToLower(strings.Join(strings.Fields(strings.ReplaceAll(t.Name, "_", " ")), " "))
	if !slices.Contains(userTemplates, called) && !isUserSpace(called, on) {
		return "", false
	}
	a, ok := t.Arg("1")
	if !ok {
		return "", false
	}
	title, err := on.ParseTitle("User:" + strings.TrimSpace(a.Value))
	if err != nil || title.Interwiki != "" || title.Namespace != spaceUser {
		return "", false
	}
	name, _, _ = strings.Cut(title.Name, "/")
	return name, name != "" && len(name) <= maxWords && !strings.ContainsAny(name, "{}[]|<>\n")
}

// usersIn lists whom a line names, in their order: by links to their pages, but
// not to what lies below those, and by templates.
func usersIn(on *wikitext.Site, d *wikitext.Document) []namedAt {
	var all []namedAt
	add := func(start, end int, name string) {
		if name != "" && len(name) <= maxWords && !hasMail(name) {
			all = append(all, namedAt{start, end, name})
		}
	}
	for l := range d.Links() {
		t, err := l.Title()
		if err != nil || strings.Contains(t.Name, "/") {
			continue
		}
		if name, ok := ownerOf(on, t); ok {
			add(l.Start, l.End, name)
		}
	}
	for t := range d.Templates() {
		if name, ok := templateUser(on, t); ok && !t.Inside {
			add(t.Start, t.End, name)
		}
	}
	slices.SortStableFunc(all, func(a, b namedAt) int { return cmp.Compare(a.start, b.start) })
	return all
}

// listLine is a line of a page that may name somebody.
type listLine struct {
	text string // without the signs of the list
	item bool   // it is one of a list
	doc  *wikitext.Document
	who  []namedAt
}

// begins reports whether the line begins with a user.
func (l listLine) begins() bool {
	return len(l.who) > 0 && strings.Trim(l.text[:l.who[0].start], " \t'\"@:") == ""
}

// shown is the line as it is shown to people.
func (l listLine) shown() string { return shorten(l.text) }

// shorten cuts a text that is long, in whole characters.
func shorten(text string) string {
	text = strings.TrimSpace(oneLine(text))
	if len(text) <= longestShown {
		return text
	}
	cut := text[:longestShown]
	return strings.ToValidUTF8(cut, "") + "…"
}

// linesOf reads the lines of a page that have words and are no heading. What
// stands in a comment, in nowiki or the like is no part of them.
func linesOf(on *wikitext.Site, text string) []listLine {
	var out []listLine
	for line := range strings.Lines(on.Parse(text).Masked()) {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '=' {
			continue
		}
		signs := len(line) - len(strings.TrimLeft(line, "*#:;"))
		l := listLine{item: strings.ContainsAny(line[:signs], "*#"), text: clipText(strings.TrimSpace(line[signs:]))}
		if l.text == "" {
			continue
		}
		if len(out) == maxLines {
			break
		}
		l.doc = on.Parse(l.text)
		l.who = usersIn(on, l.doc)
		out = append(out, l)
	}
	return out
}

func clipText(s string) string {
	if len(s) <= longestLine {
		return s
	}
	return strings.ToValidUTF8(s[:longestLine], "")
}

// problem is what is wrong with the line.
func (l listLine) problem(why, about string, means ...registry.Key) registry.LineProblem {
	return registry.LineProblem{Line: l.shown(), Why: why, About: shorten(about), Means: means}
}
