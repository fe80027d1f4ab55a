// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the help page for wikis, made from the schema.

package config

import (
	"fmt"
	"strings"
)

// helpIntro and helpOutro stand before and behind what the schema says.
const (
	helpIntro = `The bot does on a wiki what a page of rules says, which administrators write. The rules are JSON, and govern this wiki only.

== How to begin ==
# Copy the rules below to the config page of the bot, with titles of your own, and save.
# Look at the report page of the bot. It shows within seconds what is wrong, or else what the bot would do. Nothing else is edited yet.
# Add <code>"enabled": true</code> and save. The bot begins.

%s

What holds for the whole page:
* The rules count if the config page is protected, or if the user who saved it last has the rights that the operator asks for.
* A page with a mistake changes nothing: the rules before it stay in force, and the report page says what is wrong, on which line, and what is allowed.
* Whatever is left out has a default. Every group can have a <code>"$comment"</code> with a note for people.
* <code>[]</code> in the tables below stands for each entry of a list.

`
	helpOutro = `== How to stop the bot ==
Write anything on its stop page; every edit summary has a link there. An administrator can also block the account, or save the rules without <code>"enabled": true</code>.
`
	firstRules = `{
	"version": 2,
	"tables": [
		{ "id": "gadgets", "page": "Project:Gadgets/Stewards", "kinds": ["gadget"] }
	],
	"noticeboard": { "page": "Project:Gadgets/Noticeboard" }
}`
)

// Help returns a page of wikitext, in English, that tells people on a wiki how to
// write rules: a section for each group with its settings and an example that can
// be copied.
func Help() string {
	s := rulesSchema()
	var b strings.Builder
	fmt.Fprintf(&b, helpIntro, example(firstRules))
	var groups []string
	var plain []setting
	within := map[string][]setting{}
	for _, each := range s.settings() {
		group, _, nested := strings.Cut(strings.ReplaceAll(each.path, "[]", ""), ".")
		switch rule := s.at([]string{group}); {
		case nested:
			within[group] = append(within[group], each)
		case rule.member("properties") != nil || rule.member("items") != nil:
			groups = append(groups, group)
		default:
			plain = append(plain, each)
		}
	}
	b.WriteString("== The page ==\n" + helpTable(plain) + "\n")
	for _, group := range groups {
		rule := s.at([]string{group})
		fmt.Fprintf(&b, "== %s ==\n%s\n\n", group, wikiText(rule.member("description").text()))
		if settings := within[group]; settings != nil {
			b.WriteString(helpTable(settings) + "\n")
		}
		for _, shown := range rule.member("examples").list() {
			fmt.Fprintf(&b, "%s\n\n", example(fmt.Sprintf("{\n\t\"version\": %d,\n\t%q: %s\n}", newest(), group, s.raw(shown))))
		}
	}
	return b.String() + helpOutro
}

// helpTable lists settings.
func helpTable(settings []setting) string {
	var b strings.Builder
	b.WriteString("{| class=\"wikitable\"\n! Setting !! Value !! Default !! Meaning\n")
	for _, each := range settings {
		fmt.Fprintf(&b, "|-\n| <code>%s</code>\n| %s\n| %s\n| %s\n", wikiText(each.path), wikiText(each.value), wikiText(each.otherwise), wikiText(each.meaning))
	}
	return b.String() + "|}\n"
}

// example shows JSON so that it can be copied.
func example(text string) string {
	return `<syntaxhighlight lang="json" copy>` + "\n" + text + "\n</syntaxhighlight>"
}

// wikiText writes plain text so that a wiki shows it as it is, and what is
// between backquotes as code.
func wikiText(text string) string {
	text = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", "|", "&#124;", "[", "&#91;", "]", "&#93;", "{", "&#123;", "}", "&#125;", "''", "&#39;&#39;").Replace(text)
	parts := strings.Split(text, "`")
	var b strings.Builder
	for i, part := range parts {
		if i%2 == 1 {
			part = "<code>" + part + "</code>"
		}
		b.WriteString(part)
	}
	return b.String()
}
