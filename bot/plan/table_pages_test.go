// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the tests of tables over several pages.

package plan_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/plan"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/wikitext"
)

// book is a wiki with a table over several pages, as text by title.
type book struct {
	*testing.T
	view  registry.View
	rules string
	text  map[string]string
}

// many are the rules of a table with 20 rows a page.
func many(more string) string {
	return strings.Replace(wide(`, "page_size": 20`+more), allColumns, `["item", "steward", "verdict", "notes"]`, 1)
}

func gadgets(n int) []registry.Entry {
	var all []registry.Entry
	for i := range n {
		all = append(all, registry.Entry{Item: gadget(fmt.Sprintf("G%03d", i))})
	}
	return all
}

func newBook(t *testing.T, rows int) *book {
	b := &book{T: t, rules: many(""), text: map[string]string{}}
	b.view = registry.View{Wiki: "testwiki", Surveys: view().Surveys, Entries: gadgets(rows), Pages: map[string]registry.PageState{}}
	return b
}

// planned are the tables as they should be, by what stands on the wiki now.
func (b *book) planned() []plan.Table {
	r := rules(b.T, b.rules)
	var texts []string
	for _, title := range plan.TablePages(r.Tables[0], b.view.Pages) {
		texts = append(texts, b.text[title])
	}
	placed := map[string]plan.Places{"all": plan.PlacesOf(plan.Input{Site: site, View: b.view}, r.Tables[0], texts)}
	return plan.NewTables(plan.Input{Site: site, Rules: r, View: b.view, Now: now, Placed: placed}, r.Tables[0])
}

// publish saves each page, and returns how many edits that took.
func (b *book) publish() (edits int) {
	b.Helper()
	for _, table := range b.planned() {
		got := apply(b.T, table, b.text[table.Title])
		if got != b.text[table.Title] {
			edits++
		}
		b.text[table.Title] = got
		b.view.Pages[plan.RegionName(table.Title, "all")] = registry.PageHeld
	}
	return edits
}

// at is the title of the page with a row, and how many pages have it.
func (b *book) at(item registry.Item) (title string, times int) {
	for page, text := range b.text {
		if n := strings.Count(text, `id="`+registry.RowID(item.Key)+`"`); n > 0 {
			title, times = page, times+n
		}
	}
	return title, times
}

// note writes into the Notes cell of an item.
func (b *book) note(item registry.Item, words string) {
	title, _ := b.at(item)
	before, row, _ := strings.Cut(b.text[title], `id="`+registry.RowID(item.Key)+`"`)
	row, after, ok := strings.Cut(row, "\n|\n|-")
	if !ok {
		row, after, _ = strings.Cut(row, "\n|\n|}")
		b.text[title] = before + `id="` + registry.RowID(item.Key) + `"` + row + "\n| " + words + "\n|}" + after
		return
	}
	b.text[title] = before + `id="` + registry.RowID(item.Key) + `"` + row + "\n| " + words + "\n|-" + after
}

func TestALongTableHasSubpages(t *testing.T) {
	b := newBook(t, 45)
	b.publish()
	if len(b.text) != 3 || b.publish() != 0 {
		t.Fatalf("%d pages", len(b.text))
	}
	for title, rows := range map[string]int{"Project:All": 20, "Project:All/2": 20, "Project:All/3": 5} {
		if n := strings.Count(b.text[title], `|- id="`); n != rows {
			t.Errorf("%s has %d rows", title, n)
		}
	}
	if !strings.Contains(b.text["Project:All/2"], "Page [[:Project:All|1]] · '''2''' · [[:Project:All/3|3]]") || strings.Contains(b.text["Project:All/2"], "45 {{PLURAL") {
		t.Error(b.text["Project:All/2"])
	}
	if !strings.Contains(b.text["Project:All"], "45 {{PLURAL:45|item|items}}: 45 unknown.") {
		t.Error(b.text["Project:All"])
	}
	for title, owned := range map[string]bool{"Project:All": true, "Project:All/2": true, "Project:All/x": false, "Project:All/02": false, "Project:All/1": false, "Project:All/2/3": false} {
		if plan.Owned(site, rules(t, b.rules), title) != owned {
			t.Errorf("%s: the bot's own: %v", title, !owned)
		}
	}
}

func TestWithoutKnowingWhereRowsStandNoneIsPlaced(t *testing.T) {
	b := newBook(t, 45)
	r := rules(t, b.rules)
	in := plan.Input{Site: site, Rules: r, View: b.view, Now: now}
	if got := plan.NewTables(in, r.Tables[0]); len(got) != 1 || len(got[0].Rows) != 45 {
		t.Errorf("%d parts", len(got))
	}
	b.publish()
	if got := plan.NewTables(in, r.Tables[0]); got != nil {
		t.Errorf("%d parts, though there are three pages", len(got))
	}
}

// Whatever comes, goes, is renamed or sorted anew: rows stay on their page with
// the words of people, none stands twice, and the second round needs no edit.
func TestRowsStayOnTheirPage(t *testing.T) {
	for seed := range uint64(20) {
		rnd := rand.New(rand.NewPCG(seed, 8))
		b := newBook(t, 30+rnd.IntN(40))
		b.publish()
		home, words, next := map[registry.Key]string{}, map[registry.Key]string{}, 500
		for range 12 {
			for range 1 + rnd.IntN(4) {
				e := &b.view.Entries[rnd.IntN(len(b.view.Entries))]
				switch rnd.IntN(5) {
				case 0:
					if words[e.Item.Key] == "" {
						next++
						words[e.Item.Key] = fmt.Sprintf("w%dw", next)
						b.note(e.Item, words[e.Item.Key])
					}
				case 1, 2:
					next++
					b.view.Entries = append(b.view.Entries, registry.Entry{Item: gadget(fmt.Sprintf("G%03d", rnd.IntN(400)*1000+next))})
				case 3:
					e.Item.Name = fmt.Sprint("renamed ", rnd.IntN(99))
				case 4:
					b.rules = many(pick(rnd, []string{"", `, "sort": ["-item"]`, `, "sort": ["verdict"]`, `, "group": "section"`}))
				}
			}
			b.publish()
			if n := b.publish(); n != 0 {
				t.Fatalf("seed %d: %d edits in the second round", seed, n)
			}
			for _, e := range b.view.Entries {
				title, times := b.at(e.Item)
				if times != 1 || home[e.Item.Key] != "" && home[e.Item.Key] != title {
					t.Fatalf("seed %d: %s stands %d times, on %s after %s", seed, e.Item.Key, times, title, home[e.Item.Key])
				}
				home[e.Item.Key] = title
				if w := words[e.Item.Key]; w != "" && strings.Count(b.text[title], w) != 1 {
					t.Fatalf("seed %d: %q of %s is lost", seed, w, e.Item.Key)
				}
			}
		}
	}
}

func TestARowThatPeopleMovedToAnotherPage(t *testing.T) {
	for _, test := range []struct {
		name      string
		move      bool // or copy
		words     string
		on, other string // where the row is in the end, and how often it stands on the other page
		stays     int
	}{
		{"moved", true, "", "Project:All/2", "Project:All", 0},
		{"moved with words", true, "hello", "Project:All/2", "Project:All", 0},
		{"copied", false, "", "Project:All", "Project:All/2", 0},
		{"copied with words", false, "hello", "Project:All", "Project:All/2", 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			b := newBook(t, 30)
			b.publish()
			item := b.view.Entries[3].Item
			if test.words != "" {
				b.note(item, test.words)
			}
			first := b.text["Project:All"]
			from := strings.Index(first, `|- id="`+registry.RowID(item.Key))
			to := from + strings.Index(first[from+2:], "|- id=") + 2
			row := first[from:to]
			if test.move {
				b.text["Project:All"] = first[:from] + first[to:]
			}
			b.text["Project:All/2"] = strings.Replace(b.text["Project:All/2"], "|- id=", row+"|- id=", 1)
			b.publish()
			b.publish()
			id := `id="` + registry.RowID(item.Key) + `"`
			if strings.Count(b.text[test.on], id) != 1 || strings.Count(b.text[test.other], id) != test.stays {
				t.Errorf("on %s it stands %d times, on %s %d times", test.on, strings.Count(b.text[test.on], id), test.other, strings.Count(b.text[test.other], id))
			}
			if test.words != "" && strings.Count(b.text[test.on], test.words) != 1 {
				t.Error("the words are lost")
			}
			if test.stays > 0 && !strings.Contains(b.text[test.other], "(its row is on [[:Project:All]])") {
				t.Error(b.text[test.other])
			}
			if b.publish() != 0 {
				t.Error("it is never done")
			}
		})
	}
}

// While a page cannot be read nobody knows which rows stand there: none of them
// appears elsewhere, and the page is refused even if it is whole again by then.
func TestAPageThatCannotBeReadKeepsItsRows(t *testing.T) {
	for name, harm := range map[string]func(string) string{
		"a broken table":    func(s string) string { return strings.Replace(s, "|}", "", 1) },
		"no markers":        func(s string) string { return "Hello" },
		"a page taken away": func(s string) string { return "" },
	} {
		b := newBook(t, 45)
		b.publish()
		whole := b.text["Project:All/2"]
		b.text["Project:All/2"] = harm(whole)
		b.view.Entries = append(b.view.Entries, registry.Entry{Item: gadget("New")})
		for _, table := range b.planned() {
			var region *wikitext.RegionError
			var gone *plan.GoneError
			if _, err := table.Apply(b.text[table.Title]); err != nil && !errors.As(err, &region) && !errors.As(err, &gone) {
				t.Errorf("%s: %s: %v is nothing that people are told", name, table.Title, err)
			}
			_, err := table.Apply(whole)
			if err != nil && !errors.As(err, &region) {
				t.Errorf("%s: %s: %v is nothing that people are told", name, table.Title, err)
			}
			if (err != nil) != (table.Title == "Project:All/2") {
				t.Errorf("%s: %s: %v", name, table.Title, err)
			}
			if n := len(table.Rows); n > 20 || table.Title == "Project:All/3" && n != 5 {
				t.Errorf("%s: %s gets %d rows", name, table.Title, n)
			}
		}
	}
}

func TestTheRowFollowsAnItemThatGetsAnotherName(t *testing.T) {
	b := newBook(t, 30)
	b.publish()
	old := b.view.Entries[25].Item
	b.note(old, "hello")
	title, _ := b.at(old)
	item := gadget("A new name")
	item.Aliases = []string{"G025"}
	b.view.Entries[25].Item = item
	b.publish()
	if now, times := b.at(item); now != title || times != 1 || !strings.Contains(b.text[title], "hello") {
		t.Errorf("it stands %d times, on %s:\n%s", times, now, b.text[title])
	}
	if _, times := b.at(old); times != 0 {
		t.Error("the old row stays")
	}
}

func TestANameThatTwoItemsHadMovesNoWords(t *testing.T) {
	b := newBook(t, 30)
	b.publish()
	old := b.view.Entries[25].Item
	b.note(old, "hello")
	title, _ := b.at(old)
	b.view.Entries = slices.Delete(b.view.Entries, 25, 26)
	b.view.Entries[1].Item.Aliases, b.view.Entries[2].Item.Aliases = []string{"G025"}, []string{"G025", "G007"}
	b.publish()
	if now, times := b.at(old); now != title || times != 1 || strings.Count(b.text[title], "hello") != 1 {
		t.Errorf("it stands %d times, on %s:\n%s", times, now, b.text[title])
	}
	if b.publish() != 0 {
		t.Error("it is never done")
	}
}

func TestOfTwoRowsTheOneWithWordsIsTheItems(t *testing.T) {
	b := newBook(t, 30)
	b.publish()
	row := "|- id=\"" + registry.RowID(b.view.Entries[3].Item.Key) + "\"\n! x\n|\n| y\n| hello\n"
	b.text["Project:All/2"] = strings.Replace(b.text["Project:All/2"], "|- id=", row+"|- id=", 1)
	b.publish()
	if title, times := b.at(b.view.Entries[3].Item); title != "Project:All/2" || times != 1 || strings.Count(b.text[title], "hello") != 1 || b.publish() != 0 {
		t.Errorf("it stands %d times, on %s", times, title)
	}
}

func TestOnlyTheChangedRowIsInTheDiff(t *testing.T) {
	b := newBook(t, 60)
	b.publish()
	before := map[string]string{}
	for title, text := range b.text {
		before[title] = text
	}
	item := b.view.Entries[33].Item
	b.view.Entries[33].Item.Page = "MediaWiki:Gadget-other"
	b.view.Surveys = slices.Clone(b.view.Surveys)
	b.publish()
	for title, text := range b.text {
		var changed []string
		was, is := strings.Split(before[title], "\n"), strings.Split(text, "\n")
		for i := range is {
			if len(was) != len(is) || was[i] != is[i] {
				changed = append(changed, is[i])
			}
		}
		at, _ := b.at(item)
		if want := map[bool]int{true: 1}[title == at]; len(changed) != want {
			t.Errorf("%s: %q", title, changed)
		}
	}
}

func TestDaysAloneAreNoEdit(t *testing.T) {
	b := newBook(t, 3)
	b.publish()
	b.view.Surveys = []registry.SurveyState{{Source: "siteinfo", Wiki: "testwiki", Read: now.Add(48 * time.Hour)}, {Source: "gadgets", Wiki: "testwiki", Read: now.Add(48 * time.Hour)}}
	if b.publish() != 0 {
		t.Error("the page is edited because of a day")
	}
	b.view.Entries = b.view.Entries[:2]
	if b.publish() != 1 || !strings.Contains(b.text["Project:All"], "gadgets 2026-11-23") {
		t.Error(b.text["Project:All"])
	}
}
