// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the tests of rules against a wiki.

package config

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// testSite is a wiki whose project namespace is called "Meta" and on which some
// pages are as rules would not have them.
func testSite() Site {
	spaces := map[string]int{"Talk": 1, "User": 2, "User talk": 3, "Meta": 4, "MediaWiki": 8, "Template": 10, "Module": 828, "Gizmo": 828}
	return Site{
		Bot:        "Steward bot",
		Namespaces: []int{-2, -1, 0, 1, 2, 3, 4, 5, 8, 9, 10, 11, 828, 829},
		Title: func(written string) (string, int, error) {
			written = normalTitle(written)
			if strings.HasPrefix(written, "W:") {
				return "", 0, errors.New("\"w:\" leads to another wiki")
			}
			space, name, ok := strings.Cut(written, ":")
			if space == "Project" || space == "MT" {
				space = "Meta"
			}
			if number, known := spaces[space]; ok && known {
				return space + ":" + name, number, nil
			}
			return written, 0, nil
		},
		Own:    map[string]string{"User:Steward bot/stop": "stopping the bot", "Meta:Report": "the report"},
		Denied: func(title string) bool { return title == "Meta:Village pump" },
		Pages: map[string]Page{
			"Project:Locked":  {Barred: "the page is protected"},
			"Project:Moved":   {Redirect: "Meta:New"},
			"Project:Data":    {Model: "json"},
			"Project:Fine":    {Model: "wikitext"},
			"Project:New":     {Missing: true},
			"Maintainers":     {Missing: true},
			"Template:Absent": {Missing: true},
			"Template:Tool":   {},
		},
		Wikis: []string{"mediawikiwiki"},
	}
}

func TestRulesAreCheckedAgainstTheWiki(t *testing.T) {
	table := func(page string) string { return `"tables": [{"id": "a", "page": "` + page + `", "kinds": ["tool"]}]` }
	for _, test := range []struct {
		name, rules string
		said        []string
	}{
		{"nothing is wrong", `"watch": {"namespaces": [1, 4, 829], "ignore_pages": ["Talk:A/*"], "templates": [{"template": "Tool", "kind": "tool", "argument": "1"}]}, ` + table("Project:Fine"), nil},
		{"a page that is made", table("Project:New"), nil},
		{"a page that was not asked for", table("Project:Elsewhere"), nil},
		{"a page of the bot", table("User:Steward bot/table"), nil},
		{"no such namespace", `"watch": {"namespaces": [1, 6, 100]}`, []string{
			"$.watch.namespaces[1]: this wiki has no namespace 6; it has 0 to 5, 8 to 11, 828 and 829",
			"$.watch.namespaces[2]: this wiki has no namespace 100; it has 0 to 5, 8 to 11, 828 and 829"}},
		{"protected", table("Project:Locked"), []string{
			`$.tables[0].page: the wiki does not let the bot edit "Meta:Locked": the page is protected`}},
		{"a redirect", table("Project:Moved"), []string{`$.tables[0].page: "Meta:Moved" is a redirect to "Meta:New"; name that page`}},
		{"another content model", table("Project:Data"), []string{`$.tables[0].page: "Meta:Data" holds no wikitext but json; name another page`}},
		{"a page with a use of its own", table("project:report"), []string{`$.tables[0].page: this page is for the report; name another page`}},
		{"a page that the operator has ruled out", table("Project:Village pump"), []string{
			"$.tables[0].page: the bot's operator has ruled this page out; name another page"}},
		{"the page of a user", `"noticeboard": {"page": "User:Example"}`, []string{
			"$.noticeboard.page: this page belongs to another user, and the bot never edits it; name another page"}},
		{"the talk page of a user", `"noticeboard": {"page": "User talk:Example/A"}`, []string{
			"$.noticeboard.page: this is the talk page of another user, and the bot only writes messages there; name another page"}},
		{"code under a local name", table("Gizmo:A"), []string{"$.tables[0].page: this page is code, which the bot never edits; name another page"}},
		{"another wiki", table("w:A"), []string{`$.tables[0].page: "w:A" is no page of this wiki: "w:" leads to another wiki`}},
		{"one page by two names", `"tables": [{"id": "noticeboard", "page": "MT:A", "kinds": ["tool"]}], "noticeboard": {"page": "Project:A"}`, []string{
			`$.noticeboard.page: the region "noticeboard" of this page is used on line 1 already; give the table another id`}},
		{"a source by another name", `"sources": {"maintainers": [{"page": "MT:A"}]}, ` + table("Project:A"), []string{
			"$.tables[0].page: the bot reads who looks after what from this page (line 1), so it cannot write on it too; choose another page"}},
		{"sources that are not there", `"sources": {"maintainers": [{"page": "Maintainers"}, {"page": "Maintainers", "wiki": "mediawikwiki"}, {"page": "A", "wiki": "xyz"}]}`, []string{
			`$.sources.maintainers[0].page: there is no page "Maintainers" on this wiki; correct the title, or say with "wiki" which wiki it is on`,
			`$.sources.maintainers[1].wiki: the bot does not read the wiki "mediawikwiki"; did you mean "mediawikiwiki"? Its operator can add it to the wikis file`,
			`$.sources.maintainers[2].wiki: the bot does not read the wiki "xyz". Its operator can add it to the wikis file`}},
		{"what is left out and was not in", `"watch": {"ignore_pages": ["Talk:A", "Main page", "w:A"], "ignore": [{"page": "User:A", "item": "B"}], "templates": [{"template": "Absent", "kind": "tool", "argument": "1"}]}`, []string{
			`$.watch.ignore_pages[1]: warning: this does nothing: the namespace of the page, 0, is not watched`,
			`$.watch.ignore_pages[2]: warning: this does nothing: "w:A" is no page of this wiki: "w:" leads to another wiki`,
			`$.watch.ignore[0].page: warning: this does nothing: the namespace of the page, 2, is not watched`,
			`$.watch.templates[0].template: warning: this does nothing: the wiki has no template "Absent"`}},
		{"a preview", table("Project:Fine") + `, "preview": {` + table("Project:Locked") + `}`, []string{
			`$.preview.tables[0].page: the wiki does not let the bot edit "Meta:Locked": the page is protected`}},
	} {
		t.Run(test.name, func(t *testing.T) {
			rules, problems := ParseRules(`{"version": 2, ` + test.rules + `}`)
			if rules == nil {
				t.Fatal(problems)
			}
			var said []string
			for _, p := range Check(rules, testSite()) {
				_, words, _ := strings.Cut(p.String(), ", $") // the places have their own test
				said = append(said, "$"+words)
			}
			if diff := cmp.Diff(test.said, said); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func TestWhatAWikiSaysIsToldAtItsPlace(t *testing.T) {
	rules, problems := ParseRules("{\"version\": 2,\n\"watch\": {\"ignore_pages\": [\"Main page\"],\n  \"namespaces\": [1, 99]}}")
	if rules == nil {
		t.Fatal(problems)
	}
	list := Check(rules, testSite())
	if len(list) != 2 || list[0].Line != 2 || list[0].Column != 28 || list[0].Severity != Warning ||
		list[1].Line != 3 || list[1].Column != 21 || list[1].Severity != Error {
		t.Errorf("got %v", list)
	}
}

func TestWhatIsNotKnownOfAWikiIsNotChecked(t *testing.T) {
	rules, problems := ParseRules(`{"version": 2, "watch": {"namespaces": [77], "ignore_pages": ["A"]}, "tables": [{"id": "a", "page": "User:A", "kinds": ["tool"]}],
		"sources": {"maintainers": [{"page": "B", "wiki": "xyz"}]}}`)
	if rules == nil {
		t.Fatal(problems)
	}
	if said := Check(rules, Site{}); said != nil {
		t.Errorf("said %v", said)
	}
	if said := Check(&Rules{}, testSite()); said != nil {
		t.Errorf("of rules without a text: %v", said)
	}
}

func TestTitlesAreThoseThatAreLookedAt(t *testing.T) {
	rules, problems := ParseRules(`{"version": 2,
		"watch": {"ignore_pages": ["Talk:A"], "templates": [{"template": "Tool", "kind": "tool", "argument": "1"}]},
		"sources": {"maintainers": [{"page": "B"}, {"page": "C", "wiki": "xyz"}]},
		"tables": [{"id": "a", "page": "Project:A", "kinds": ["tool"]}, {"id": "b", "page": "Project:A", "kinds": ["skin"]}],
		"noticeboard": {"page": "Project:D"}, "preview": {"noticeboard": {"page": "Project:E"}}}`)
	if rules == nil {
		t.Fatal(problems)
	}
	want := []string{"Project:A", "Project:D", "B", "Template:Tool", "Project:E"}
	if got := rules.Titles(); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
