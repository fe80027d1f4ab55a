// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the tests of pages in other languages than English.

package plan_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/plan"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/plan/messages"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/wikitext"
)

// everyColumn are the columns in the order of the settings.
var everyColumn = strings.Fields("item kind steward maintainers verdict why users importers links mentions wikis changed docs licence similar replaced-by notes")

// spoken is a set of words for each language, and one with words of a wiki's own.
func spoken() map[string]*messages.Set {
	sets := map[string]*messages.Set{"own": messages.In("de", map[string]string{"words-column-steward": "Wer? ✎", "words-column-why": "Warum eigentlich", "table-caption": "Was steht wo"})}
	for _, language := range messages.Languages() {
		sets[language] = messages.In(language, nil)
	}
	return sets
}

func TestReasonsSayTheSameInTheRegistryAndOnPages(t *testing.T) {
	english := messages.In("en", nil)
	for phrase, text := range registry.English {
		if got := english.Text("words-why-" + phrase); got != text {
			t.Errorf("words-why-%s is %q on pages and %q in the registry", phrase, got, text)
		}
	}
	for _, language := range messages.Languages() {
		for phrase := range registry.English {
			found := false
			messages.All("words-why-"+phrase, func(l, _ string) { found = found || l == language })
			if !found {
				t.Errorf("%s has no words-why-%s", language, phrase)
			}
		}
	}
}

// The registry's Reason is the same sentence that pages have, in English.
func TestTheReasonOnAPageIsTheGround(t *testing.T) {
	v := view()
	in := plan.Input{Site: site, Rules: rules(t, wide("")), View: v, Now: now}
	table := plan.NewTable(in, in.Rules.Tables[0])
	for _, row := range table.Rows {
		for _, e := range v.Entries {
			if registry.RowID(e.Item.Key) != row.ID {
				continue
			}
			ground := registry.Judge(e.Claims, v.Accounts, plan.Limits("testwiki", in.Rules), now).Ground
			shown := regexp.MustCompile(` \(\d{4}-\d\d-\d\d\)`).ReplaceAllString(wikitext.Plain(row.Cells[5].Text), "")
			if shown != ground {
				t.Errorf("%s: the page shows %q, the ground is %q", row.ID, shown, ground)
			}
		}
	}
}

func TestNoHeadingMeansTwoColumns(t *testing.T) {
	meaning := map[string]string{}
	for _, column := range everyColumn {
		messages.All("words-column-"+column, func(language, text string) {
			key := strings.ToLower(text)
			if other := meaning[key]; other != "" && other != column {
				t.Errorf("%q (%s) is over %s and over %s", text, language, column, other)
			}
			meaning[key] = column
			if mine := column == "steward" || column == "notes"; strings.Contains(text, "✎") != mine {
				t.Errorf("%q (%s): a pencil is over the columns of people and no others", text, language)
			}
		})
	}
}

// In summaries of edits a wiki resolves nothing.
func TestSummariesArePlainText(t *testing.T) {
	for language, words := range spoken() {
		for _, name := range []string{
			"table-edit", "table-edit-dropped", "report-edit-gone", "report-edit-rejected", "report-edit-stopped", "report-edit-problems", "report-edit-fine",
			"status-edit", "status-well", "status-stopped", "status-everything", "status-tables", "status-notices", "status-rejected", "status-trial-over", "status-away", "status-problems",
			"words-clauses",
		} {
			if text := words.Text(name); strings.ContainsAny(text, "[]{}<>&'") || strings.Contains(text, "⧼") {
				t.Errorf("%s: %s is %q", language, name, text)
			}
		}
	}
}

// markup finds what is no word.
var markup = regexp.MustCompile(`<!--.*?-->|<[^<>]*>|\{\{(?:PLURAL|formatnum):|\[\[[^|\[\]]*(?:\||\]\])|Some page|\[https?:[^ ]*|&#\d+;|(?m)^(?:\{\||!|\|-).*? \| |(?:class|style|scope|id)="[^"]*"`)

// Whatever a page says in English stands under a message: in another language
// none of the words is left.
func TestNoEnglishIsLeft(t *testing.T) {
	in := plan.Input{Site: site, Rules: rules(t, wide(`, "group": "section"`)), View: several(), Now: now, Words: messages.In("de", nil)}
	in.View.Surveys = view().Surveys
	for i := range in.View.Entries {
		in.View.Entries[i].Item.Section = ""
	}
	s := standing(t, `{"version": 2, "enabled": true, "trial": {"edits": 5}}`)
	s.Words = in.Words
	s.Stops = []plan.Stop{{Line: "x", User: "Bo", Time: now}, {Line: "y", Stops: "tables"}, {Line: "z", Stops: "Seite"}}
	s.Sources = []plan.SourceTrouble{{SurveyState: registry.SurveyState{Source: "gadgets", Failed: now, Held: now, HeldItems: 3}}}
	s.Recovered = &plan.Recovery{Revision: 11, User: "Bo", At: now}
	s.Gaps = []registry.Gap{{From: now, To: now, Found: 3}}
	s.Preview = &plan.Preview{Effects: []plan.Effect{{Title: "A", Region: "b", Creates: true, Added: []string{"x"}, Removed: []string{"y"}, Changed: []string{"z"}, Notices: 2, Lines: 3}, {Title: "B", Lines: 2}},
		Dropped: []string{"A#b"}, Left: 2, Unread: []string{"gadgets"}}
	s.Overwritten = []plan.Overwritten{{CellEdit: plan.CellEdit{Row: registry.RowID(gadget("x").Key), Name: "x", Column: "verdict"}, Title: "A", Region: "b", User: "Bo", Revision: 3, At: now},
		{CellEdit: plan.CellEdit{Row: registry.RowID(extension("x").Key), Name: "x"}, Title: "A", Region: "b", Revision: 3, At: now}}
	status := plan.Status{Standing: s, At: now, LastEvent: now, Away: true, KeptBack: map[string]string{"A": ""}}
	texts := map[string]string{}
	for name, page := range map[string]plan.Page{
		"the table":  {Changes: []plan.Change{plan.NewTable(in, in.Rules.Tables[0])}},
		"the report": plan.ReportPage(site, s), "the status": plan.StatusPage(site, status), "the line": plan.DroppedPage(in, "A#b", 12),
	} {
		before := ""
		if name == "the line" {
			before = wikitext.NewRegion("b", "")
		}
		text, err := page.Apply(before)
		if err != nil {
			t.Fatal(err)
		}
		texts[name] = text + "\n" + page.Summary
	}
	english := regexp.MustCompile(`(?i)\b(?:the|and|of|by|is|are|no|not|none|rows?|items?|edits?|page|revision|since|source|user|table|nobody|without|unknown|owned|mentions|last|change|gadget|tool|everything|stopped|would|changed|added)\b`)
	for name, text := range texts {
		if found := english.FindAllString(markup.ReplaceAllString(text, " "), -1); len(found) > 0 {
			t.Errorf("%s has %q:\n%s", name, found, text)
		}
		if strings.Contains(text, "⧼") {
			t.Errorf("%s lacks a message:\n%s", name, text)
		}
	}
}

// Whichever language comes after which: the words of people stay, every row is
// there once, and the second edit changes nothing.
func TestWordsOfPeopleSurviveAnotherLanguage(t *testing.T) {
	r := rules(t, wide(`, "group": "section"`))
	in := plan.Input{Site: site, Rules: r, View: several(), Now: now}
	in.View.Surveys = view().Surveys
	row := registry.RowID(gadget("Beta").Key)
	text := "Above.\n" + apply(t, plan.NewTable(in, r.Tables[0]), "")
	text = inColumns(t, text, row, map[string]string{"steward": "[[User:Ana]]", "notes": "خذ هذا, ''please''"})
	sets := spoken()
	order := []string{"de", "own", "ar", "en", "es", "fr", "own", "pt", "ar", "de"}
	for i, language := range order {
		for _, classes := range []bool{true, false} {
			before := text
			if !classes { // as if people had written the table anew, in the language that it has
				before = regexp.MustCompile(`class="codesteward-[a-z-]*" scope="col"`).ReplaceAllString(text, `scope="col"`)
				if i > 0 && order[i-1] == "own" && language != "own" {
					continue // whose words nobody knows any more
				}
			}
			in.Words = sets[language]
			table := plan.NewTable(in, r.Tables[0])
			after, err := table.Apply(before)
			if err != nil {
				t.Fatalf("to %s, classes %v: %v\n%s", language, classes, err, before)
			}
			if again := apply(t, table, after); again != after {
				t.Errorf("to %s: the second edit makes\n%s\nof\n%s", language, again, after)
			}
			parsed, err := wikitext.ParseTable(after)
			if err != nil || len(parsed.Rows()) != len(table.Rows)+3 { // and three headings
				t.Fatalf("to %s: %v, %d rows\n%s", language, err, len(parsed.Rows()), after)
			}
			found, _ := parsed.Row(row)
			if found.Cells[2].Raw != "[[User:Ana]]" || found.Cells[16].Raw != "خذ هذا, ''please''" {
				t.Errorf("to %s: %+v", language, found.Cells)
			}
			if header := parsed.Header(); header[2] != in.Words.Text("words-column-steward") {
				t.Errorf("to %s: %v", language, header)
			}
			if !strings.HasPrefix(after, "Above.") {
				t.Errorf("to %s: text outside was lost", language)
			}
			in.Placed = map[string]plan.Places{"all": plan.PlacesOf(in, r.Tables[0], []string{before})}
			if placed := plan.NewTables(in, r.Tables[0]); len(placed) != 1 || apply(t, placed[0], before) != after {
				t.Errorf("to %s: the rows are not found where they stand", language)
			}
		}
		in.Words = sets[language]
		text = apply(t, plan.NewTable(in, r.Tables[0]), text)
	}
}

// inColumns writes into cells of a row.
func inColumns(t *testing.T, text, id string, cells map[string]string) string {
	t.Helper()
	table, err := wikitext.ParseTable(text)
	if err != nil {
		t.Fatal(err)
	}
	row, ok := table.Row(id)
	if !ok {
		t.Fatalf("no row %s", id)
	}
	start, end := row.Start, row.End
	for column, raw := range cells {
		row.Cells[slices.Index(everyColumn, column)].Raw = raw
	}
	return text[:start] + row.String() + "\n" + strings.TrimLeft(text[end:], "\n")
}

func TestAnotherLanguageThanThePageSaysSo(t *testing.T) {
	for _, test := range []struct{ page, words, begins string }{
		{"", "en", ""}, {"en", "en", ""}, {"ar", "ar", ""}, {"en", "ar", `<div class="mw-content-rtl" lang="ar" dir="rtl">`}, {"ar", "de", `<div class="mw-content-ltr" lang="de" dir="ltr">`},
		{"de", "en", `<div class="mw-content-ltr" lang="en" dir="ltr">`},
	} {
		on := site
		on.Language = test.page
		r := rules(t, wide(""))
		in := plan.Input{Site: on, Rules: r, View: several(), Now: now, Words: messages.In(test.words, nil)}
		s := standing(t, `{"version": 2}`)
		s.Words = in.Words
		for _, page := range []plan.Page{plan.ReportPage(on, s), plan.StatusPage(on, plan.Status{Standing: s, At: now}), {Region: "all", Changes: []plan.Change{plan.NewTable(in, r.Tables[0])}}} {
			text, err := page.Apply("")
			if err != nil {
				t.Fatal(err)
			}
			region, err := wikitext.Parse(text).Region(page.Region)
			if err != nil {
				t.Fatal(err)
			}
			first, _, _ := strings.Cut(region.Body, "\n")
			if wrapped := strings.HasPrefix(first, `<div class="mw-content-`); wrapped != (test.begins != "") || wrapped && first != test.begins {
				t.Errorf("%s words on a page in %q: %s begins with %q", test.words, test.page, page.Region, first)
			}
			if n, m := strings.Count(region.Body, "<div"), strings.Count(region.Body, "</div>"); n != m {
				t.Errorf("%d elements begin and %d end:\n%s", n, m, region.Body)
			}
		}
	}
}

func TestNamesKeepTheirDirection(t *testing.T) {
	echo := extension("Echo")
	echo.Name = "إيكو 2"
	c := claim(echo, registry.User, "Ada", registry.Unconfirmed, "cells")
	c.Evidence.User = "بو"
	v := registry.View{Wiki: "testwiki", Entries: []registry.Entry{{Item: echo, Claims: []registry.Claim{c}}}}
	r := rules(t, wide(""))
	in := plan.Input{Site: site, Rules: r, View: v, Now: now}
	cells := func() []plan.Cell { return plan.NewTable(in, r.Tables[0]).Rows[0].Cells }
	if got := cells()[0].Text; got != "<bdi>[https://www.mediawiki.org/wiki/Extension:Echo إيكو 2]</bdi>" {
		t.Errorf("a name from right to left in English: %s", got)
	}
	if got, want := cells()[5].Text, "Steward Ada was named by <bdi>بو</bdi> in [[Special:PermanentLink/7|Some page, revision 7]] (2026-11-20), and has not confirmed it yet"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	in.Words = messages.In("ar", nil)
	why := cells()[5].Text
	for _, part := range []string{"<bdi>Ada</bdi>", "<bdi>[[Special:PermanentLink/7|<bdi>Some page</bdi>", `(<bdi style="white-space:nowrap">2026-11-20</bdi>)`} {
		if !strings.Contains(why, part) {
			t.Errorf("no %s in %s", part, why)
		}
	}
	s := standing(t, `{"version": 2}`)
	s.Words = in.Words
	s.Trouble = []string{"this is told in English [[X]]"}
	if report, err := plan.ReportPage(site, s).Apply(""); err != nil || !strings.Contains(report, `* <span lang="en" dir="ltr">this is told in English &#91;&#91;X&#93;&#93;</span>`) {
		t.Errorf("%v\n%s", err, report)
	}
}

func TestEvidenceOnOtherWikisIsLinkedWhereThereIsAPrefix(t *testing.T) {
	echo := extension("Echo")
	on := site
	on.Prefixes = []string{"mw", "w"}
	for wiki, want := range map[string]string{
		"mediawikiwiki": "Steward Ada, confirmed in [[:mw:Special:PermanentLink/7|mw:Some page, revision 7]] (2026-11-20)",
		"dewiki":        "Steward Ada, confirmed in [[:w:de:Special:PermanentLink/7|Some page on dewiki, revision 7]] (2026-11-20)",
		"metawiki":      "Steward Ada, confirmed in m:Some page, revision 7",
		"elsewhere":     "Steward Ada, confirmed in Some page on elsewhere, revision 7",
		"testwiki":      "Steward Ada, confirmed in [[Special:PermanentLink/7|Some page, revision 7]] (2026-11-20)",
	} {
		c := claim(echo, registry.User, "Ada", registry.Confirmed, "cells")
		c.Evidence.Wiki = wiki
		in := plan.Input{Site: on, Rules: rules(t, wide("")), View: registry.View{Wiki: "testwiki", Entries: []registry.Entry{{Item: echo, Claims: []registry.Claim{c}}}}, Now: now}
		if got := plan.NewTable(in, in.Rules.Tables[0]).Rows[0].Cells[5].Text; got != want {
			t.Errorf("%s: got  %s\nwant %s", wiki, got, want)
		}
	}
}

// Plans are told apart by what they would write, and not by when they were made.
func TestTwoPlansOfTheSameAreTheSame(t *testing.T) {
	planned := func() string {
		in := plan.Input{Site: site, Rules: rules(t, allRules), View: view(), Now: now.Add(time.Minute), Words: messages.In("de", map[string]string{"table-nothing": "x"})}
		var all []string
		for _, p := range plan.Pages(in) {
			if p.Scope == plan.Tables {
				all = append(all, fmt.Sprintf("%v", p))
			}
		}
		return strings.Join(all, "\n")
	}
	if a, b := planned(), planned(); a != b {
		t.Errorf("%s\n%s", a, b)
	}
}
