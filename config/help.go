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
	helpOutro = `== What the pages say and take ==
* In a table, write into the columns marked ✎. <code>[[User:You]]</code> in a Steward cell, saved by yourself, makes you its confirmed steward; take it out to step down. All other columns are written from the sources: an edit there is overwritten once and listed on the report page with what to do. Corrections belong at the source; items are left out with <code>filter</code>, <code>kinds</code>, <code>verdicts</code> or <code>watch.ignore</code>.
* Whoever undoes an edit of the bot stops it in that table or on the noticeboard. It begins again when the rules are edited, or after <code>safety.thaw_days</code>.
* If a table would lose many rows at once, nothing is saved. The report page names the rows. It goes on when the sources, read again, say the same, or as soon as anybody edits the rules. Rules that themselves take rows out need nothing more.
* An entry that is taken off the noticeboard, or struck, stays away. Old months are moved to subpages of "/Archive" with all that people wrote.
* On the sign-up page, a line <code><nowiki>* [[User:You]]: extension:Poem, gadget:HotCat; weekly; talk</nowiki></code> makes you the steward of these, and says how you want to be told: <code>at once</code>, <code>daily</code> or <code>weekly</code>; <code>talk</code>, <code>ping</code>, <code>noticeboard</code> or <code>item</code>; <code>maintainer</code> for that role; <code>only these</code>; <code>wikis metawiki, commonswiki</code>; <code>looking for a co-maintainer</code>. Put today's date behind your name to confirm that you still are.
* On the opt-out page, a line <code><nowiki>* [[User:You]]</nowiki></code>, whoever writes it, ends all messages to that user.

== How to stop the bot ==
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
