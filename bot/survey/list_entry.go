// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds how the entries of an operator's list become items and
// claims, and what can be wrong with them.

package survey

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/detect"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
)

// listBuilder puts the entries of a list together.
type listBuilder struct {
	survey   registry.Survey
	problems []ListProblem
	lines    map[registry.Key]int // where an item stands
}

func (b *listBuilder) problem(line int, format string, args ...any) {
	b.problems = append(b.problems, ListProblem{line, fmt.Sprintf(format, args...)})
}

// add takes in an entry.
func (b *listBuilder) add(e listEntry) {
	written := e.one("item")
	if written.text == "" {
		b.problem(written.line, `this entry says no "item"`)
		return
	}
	key, wrong := listKey(written.text)
	if wrong != "" {
		b.problem(written.line, "%s", wrong)
		return
	}
	if line, again := b.lines[key]; again {
		b.problem(written.line, "%s stands here twice, the first time on line %d", key, line)
		return
	}
	b.lines[key] = written.line
	item := registry.Item{
		Key:    key,
		Name:   cmp.Or(b.text(e, "name", maxTitle), key.Name()),
		URL:    b.address(e, "url"),
		Listed: true,
		Details: registry.Details{
			Description: b.text(e, "description", maxDescription),
			Docs:        b.address(e, "docs"),
		},
	}
	for _, alias := range e.fields["aliases"] {
		if b.fits(alias, "aliases", maxToolName) {
			item.Aliases = append(item.Aliases, alias.text)
		}
	}
	b.survey.Items = append(b.survey.Items, item)
	b.holders(key, registry.Steward, e.fields["stewards"])
	b.holders(key, registry.Maintainer, e.fields["maintainers"])
}

// text returns the text of a field.
func (b *listBuilder) text(e listEntry, field string, most int) string {
	t := e.one(field)
	if t.text == "" || !b.fits(t, field, most) {
		return ""
	}
	return t.text
}

// fits reports whether a text can be shown as it is.
func (b *listBuilder) fits(t listText, field string, most int) bool {
	switch {
	case hasMail(t.text):
		b.problem(t.line, "%q holds an e-mail address, which would be seen by everybody", field)
	case visibleText(t.text) != t.text:
		b.problem(t.line, "%q holds a line break, two spaces in a row or a character that cannot be seen", field)
	case len(t.text) > most:
		b.problem(t.line, "%q is longer than %d bytes", field, most)
	default:
		return true
	}
	return false
}

// address returns the web address in a field.
func (b *listBuilder) address(e listEntry, field string) string {
	t := e.one(field)
	if t.text == "" {
		return ""
	}
	address := keptAddress(t.text)
	if address == "" {
		b.problem(t.line, "%q has to be a web address, https://…, without passwords and e-mail addresses", field)
	}
	return address
}

// holders takes in who is said to look after an item.
func (b *listBuilder) holders(key registry.Key, role registry.Role, texts []listText) {
	field := string(role) + "s"
	var seen []registry.Holder
	for _, t := range texts {
		if !b.fits(t, field, maxToolName) {
			continue
		}
		h := registry.Holder{Name: t.text, Kind: registry.Team}
		rest, isUser := cutFoldPrefix(t.text, "User:")
		switch {
		case isUser:
			h = registry.Holder{Name: toolPerson{WikiUsername: rest}.account(), Kind: registry.User}
			if h.Name == "" {
				b.problem(t.line, "%q names no account; write User:Name", field)
				continue
			}
		case registry.IsNobody(t.text):
			h = registry.Holder{Kind: registry.Nobody}
			if role != registry.Steward || len(texts) > 1 {
				b.problem(t.line, `%q can stand alone under "stewards", and nowhere else`, t.text)
				continue
			}
		}
		if slices.Contains(seen, h) {
			b.problem(t.line, "%q stands here twice", t.text)
			continue
		}
		seen = append(seen, h)
		b.survey.Claims = append(b.survey.Claims, registry.Claim{
			Item: key, Role: role, Holder: h.Name, HolderKind: h.Kind, Standing: registry.Stated,
			Evidence: registry.Evidence{Source: listSource},
		})
	}
}

// listKey reads an item key; wrong says what is wrong with it.
func listKey(text string) (key registry.Key, wrong string) {
	written := registry.Key(text)
	kind, wiki, name := written.Kind(), written.Wiki(), strings.TrimSpace(written.Name())
	onWiki := kind == detect.Gadget || kind == detect.UserScript
	switch {
	case hasMail(text):
		return "", "the item holds an e-mail address"
	case visibleText(text) != text || len(text) > maxToolName+len(kind)+len(wiki)+2:
		return "", "the item is too long, or holds a character that cannot be seen"
	case !slices.Contains(detect.Kinds, kind):
		return "", fmt.Sprintf("%q is no item; write extension:Name, skin:Name, gadget:wiki:Name, userscript:wiki:User:Name/script.js or tool:name",
			cutText(text, maxWord))
	case onWiki && (wiki == "" || len(wiki) > 64 || strings.ContainsAny(wiki, " /.")):
		return "", fmt.Sprintf("%q does not say on which wiki; write %s:enwiki:%s", cutText(text, maxWord), kind, cmp.Or(name, "Name"))
	case name == "" || strings.ContainsAny(name, "<>[]{}|#"):
		return "", fmt.Sprintf("%q has no name that a page or a tool can have", cutText(text, maxWord))
	case kind == detect.UserScript && !detect.UserScriptTitle(name):
		return "", fmt.Sprintf("%q is no page of a user script; write userscript:%s:User:Name/script.js", cutText(text, maxWord), wiki)
	}
	return registry.NewKey(kind, wiki, name), ""
}

// cutFoldPrefix is strings.CutPrefix for a prefix whose case does not count.
func cutFoldPrefix(s, prefix string) (rest string, ok bool) {
	if len(s) < len(prefix) || !strings.EqualFold(s[:len(prefix)], prefix) {
		return s, false
	}
	return s[len(prefix):], true
}
