// SPDX-License-Identifier: GPL-3.0-or-later

package plan_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/plan"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/wikitext"
)

// gadgetTable is the table of gadgets of a view.
func gadgetTable(t *testing.T, v registry.View) plan.Table {
	t.Helper()
	r := rules(t, allRules)
	return plan.NewTable(plan.Input{Site: site, Rules: r, View: v, Now: now}, r.Tables[0])
}

func apply(t *testing.T, c plan.Change, text string) string {
	t.Helper()
	got, err := c.Apply(text)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// cellOf returns what stands in a cell.
func cellOf(t *testing.T, text, row, heading string) string {
	t.Helper()
	table, err := wikitext.ParseTable(text)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range table.Rows() {
		if r.ID != row {
			continue
		}
		for i, h := range table.Header() {
			if h == heading && i < len(r.Cells) {
				return r.Cells[i].Raw
			}
		}
	}
	return "no such cell"
}

var (
	peekRow = registry.RowID(gadget("Map-peek").Key)
	tocRow  = registry.RowID(gadget("Quiet-toc").Key)
)

// filled is the table with a Steward and a Notes cell filled by a person.
func filled(t *testing.T) string {
	t.Helper()
	page := "Above.\n" + apply(t, gadgetTable(t, view()), "") + "\nBelow."
	lines := strings.Split(page, "\n")
	for i, line := range lines {
		if strings.Contains(line, `id="`+tocRow+`"`) {
			lines[i+2] = "| [[User:Cleo|Cleo]], {{x|a=b}}"
			lines[i+7] = "|\n* ask on the talk page\n* or by mail"
		}
	}
	return strings.Join(lines, "\n")
}

func TestCellsOfPeopleStay(t *testing.T) {
	tests := []struct {
		name  string
		edit  func(*registry.View)
		empty bool // the row may go
	}{
		{"when nothing changed", func(*registry.View) {}, false},
		{"when the verdict changes", func(v *registry.View) {
			v.Entries[3].Claims = []registry.Claim{claim(v.Entries[3].Item, registry.Nobody, "", registry.Stated, "maintainers")}
		}, false},
		{"when the row moves", func(v *registry.View) { v.Entries[3].Item.Name = "A-first" }, false},
		{"when the item is gone", func(v *registry.View) { v.Entries[3].Item.Gone = now }, true},
		{"when the item is not known at all any more", func(v *registry.View) { v.Entries = v.Entries[:3] }, true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			v := view()
			test.edit(&v)
			got := apply(t, gadgetTable(t, v), filled(t))
			if steward := cellOf(t, got, tocRow, "Steward ✎"); steward != "[[User:Cleo|Cleo]], {{x|a=b}}" {
				t.Errorf("the Steward cell is now %q", steward)
			}
			if notes := cellOf(t, got, tocRow, "Notes ✎"); notes != "* ask on the talk page\n* or by mail" {
				t.Errorf("the Notes cell is now %q", notes)
			}
			if !strings.HasPrefix(got, "Above.\n") || !strings.HasSuffix(got, "\nBelow.") {
				t.Error("text outside the region has changed")
			}
			if again := apply(t, gadgetTable(t, v), got); again != got {
				t.Error("applying it again changes it")
			}
		})
	}
}

func TestAnEmptyRowGoesWithItsItem(t *testing.T) {
	v := view()
	v.Entries[2].Item.Gone = now
	if got := apply(t, gadgetTable(t, v), filled(t)); strings.Contains(got, peekRow) {
		t.Errorf("the row stays:\n%s", got)
	}
}

func TestTheRowOfAGoneItemStaysForTheGraceDays(t *testing.T) {
	const day = 24 * time.Hour
	for _, test := range []struct {
		name  string
		grace int
		gone  time.Duration // ago
		stays bool
	}{
		{"gone today", 30, 0, true},
		{"gone for as long as it stays", 30, 30 * day, true},
		{"gone for longer", 30, 30*day + time.Minute, false},
		{"gone for years, where rows stay for ever", 0, 3000 * day, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			v := view()
			v.Entries[3].Item.Gone = now.Add(-test.gone)
			r := rules(t, allRules).Tables[0]
			r.GraceDays = test.grace
			table := plan.NewTable(plan.Input{Site: site, Rules: rules(t, allRules), View: v, Now: now}, r)
			got := apply(t, table, filled(t))
			if strings.Contains(got, tocRow) != test.stays {
				t.Errorf("stays: %v\n%s", !test.stays, got)
			}
			if again := apply(t, table, got); again != got {
				t.Error("applying it again changes it")
			}
		})
	}
}

func TestAColumnThatPeopleFilledStaysWhenTheRulesDropIt(t *testing.T) {

	page := filled(t)
	r := rules(t, allRules).Tables[0]
	r.Columns = []string{"item", "verdict"}
	table := plan.NewTable(plan.Input{Site: site, Rules: rules(t, allRules), View: view(), Now: now}, r)
	got := apply(t, table, page)
	if cellOf(t, got, tocRow, "Steward ✎") != "[[User:Cleo|Cleo]], {{x|a=b}}" || cellOf(t, got, tocRow, "Notes ✎") == "no such cell" {
		t.Errorf("a person's words are lost:\n%s", got)
	}
	if strings.Contains(got, "! scope=\"col\" | Why") {
		t.Error("the bot's own column stays")
	}
}

func TestARowThatAPersonAddedStays(t *testing.T) {
	page := strings.Replace(filled(t), "\n|}", "\n|-\n| My own script || [[User:Cleo]] || || || || || please list this\n|}", 1)
	got := apply(t, gadgetTable(t, view()), page)
	for _, want := range []string{"My own script", "please list this"} {
		if strings.Count(got, want) != 1 {
			t.Errorf("%q stands %d times", want, strings.Count(got, want))
		}
	}
	if again := apply(t, gadgetTable(t, view()), got); again != got {
		t.Error("applying it again changes it")
	}
}

func TestACopiedRowGivesBothTexts(t *testing.T) {
	page := filled(t)
	start := strings.Index(page, `|- id="`+tocRow)
	end := start + strings.Index(page[start+2:], "\n|}") + 2
	page = page[:end] + "\n" + strings.Replace(page[start:end], "Cleo|Cleo", "Bo|Bo", 1) + page[end:]
	got := apply(t, gadgetTable(t, view()), page)
	if strings.Count(got, `id="`+tocRow) != 1 {
		t.Errorf("the row is doubled:\n%s", got)
	}
	for _, want := range []string{"[[User:Cleo|Cleo]]", "[[User:Bo|Bo]]"} {
		if !strings.Contains(got, want) {
			t.Errorf("%s is lost", want)
		}
	}
}

func TestARowThatStandsTwiceIsJoinedOnce(t *testing.T) {
	for _, test := range []struct {
		name  string
		texts []string // of the Notes cell, after the "|"
		want  string
	}{
		{"the same text", []string{" a", " a"}, "a"},
		{"an empty one", []string{"", " a", ""}, "a"},
		{"two texts", []string{" a", " b"}, "a<br />b"},
		{"a copy from before they were joined", []string{" a<br />b", " b", " a"}, "a<br />b"},
		{"a copy from after they were joined", []string{" b", " a<br />b"}, "a<br />b"},
		{"copies of joined texts", []string{" c", " a<br />\n* b", " a<br />\n* b"}, "c<br />a<br />\n* b"},
		{"a list after a line", []string{" a", "\n* b"}, "a<br />\n* b"},
		{"attributes", []string{` title="x" | a`, ` title="y" | b`}, "a<br />b"},
	} {
		t.Run(test.name, func(t *testing.T) {
			page := apply(t, gadgetTable(t, view()), "")
			start := strings.Index(page, `|- id="`+tocRow)
			end := start + strings.Index(page[start:], "|\n|}")
			var rows strings.Builder
			for _, text := range test.texts {
				rows.WriteString(page[start:end] + "|" + text + "\n")
			}
			got := apply(t, gadgetTable(t, view()), page[:start]+rows.String()+page[end+2:])
			if notes := cellOf(t, got, tocRow, "Notes ✎"); notes != test.want {
				t.Errorf("the Notes cell is %q, want %q", notes, test.want)
			}
			if strings.Contains(test.texts[0], `"x"`) && (!strings.Contains(got, `"x"`) || !strings.Contains(got, `"y"`)) {
				t.Errorf("an attribute is lost:\n%s", got)
			}
		})
	}
}

// rowOf returns where a row begins and ends on the page, and its lines.
func rowOf(page, id string) (start, end int, lines []string) {
	start = strings.Index(page, `|- id="`+id)
	end = start + strings.Index(page[start+2:], "\n|}") + 2
	if next := strings.Index(page[start+2:], "\n|-"); next >= 0 {
		end = start + next + 2
	}
	return start, end, strings.Split(page[start:end], "\n")
}

func TestARowThatCannotBeReadIsRefused(t *testing.T) {
	page := filled(t)
	start, end, lines := rowOf(page, tocRow)
	with := func(i int, line ...string) string {
		return page[:start] + strings.Join(slices.Replace(slices.Clone(lines), i, i+1, line...), "\n") + page[end:]
	}
	again := "give each column its own cell again"
	tests := []struct{ name, page, want string }{
		{"colspan", with(2, `| colspan="2" | Cleo`), again},
		{"rowspan, and as many cells as headings", with(3, `| ROWSPAN = 2 | x`), again},
		{"a cell line is deleted", with(3), again},
		{"a cell line is doubled", with(3, lines[3], lines[3]), again},
		{"a pipe in a text", with(2, "| Cleo || Bo"), again},
		{"all cells are deleted", page[:start] + lines[0] + page[end:], again},
		{"the row's line is deleted", with(0), again},
		{"a heading twice", strings.Replace(page, `class="codesteward-why" scope="col" | Why`, "Notes ✎", 1), `two columns "Notes ✎"`},
		{"one of the bot's headings twice", strings.Replace(page, `class="codesteward-why" scope="col" | Why`, "Verdict", 1), `two columns "Verdict"`},
		{"no headings", page[:strings.Index(page, "! class")] + page[strings.Index(page, "|- id"):], "put it back"},
		{"a row before the headings", strings.Replace(page, "! class", "|-\n| a\n|-\n! class", 1), "put it back"},
		{"a table in a cell without end", with(2, "|\n{|\n| Cleo"), "no end"},
		{"a table ends too early", with(2, "| Cleo", "|}"), "too early"},
		{"a template that swallows rows", strings.Replace(with(8, "| a }}"), "|\n| [[User:Ada", "| {{b\n| [[User:Ada", 1), "stands inside a cell"},
		{"a tag that swallows a row from the same column on", strings.Replace(with(2, "| </nowiki>"), "|\n| [[User:Ada", "| <nowiki>\n| [[User:Ada", 1), "stands inside a cell"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if test.page == page {
				t.Fatal("the page is not changed")
			}
			got, err := gadgetTable(t, view()).Apply(test.page)
			var region *wikitext.RegionError
			if !errors.As(err, &region) || got != "" {
				t.Fatalf("error %v, want a refusal; got\n%s", err, got)
			}
			if !strings.Contains(region.Reason, test.want) {
				t.Errorf("the reason is %q, want one with %q", region.Reason, test.want)
			}
			if test.want == again && !strings.Contains(region.Reason, "gadget:testwiki:") {
				t.Errorf("the reason does not name the row: %q", region.Reason)
			}
		})
	}
}

func TestASpanOfOneIsNoSpan(t *testing.T) {
	page := strings.Replace(filled(t), "| [[User:Cleo|Cleo]]", `| colspan="1" | [[User:Cleo|Cleo]]`, 1)
	if got := apply(t, gadgetTable(t, view()), page); !strings.Contains(got, "[[User:Cleo|Cleo]]") {
		t.Error("a person's words are lost")
	}
}

// What is open in two cells is harmless until the rows change places.
func TestRowsThatWouldSwallowEachOtherAreRefused(t *testing.T) {
	page := apply(t, gadgetTable(t, view()), "")
	start, end, lines := rowOf(page, tocRow)
	lines[2] = "| <nowiki>"
	page = page[:start] + strings.Join(lines, "\n") + page[end:]
	start, end, lines = rowOf(page, peekRow)
	lines[2] = "| </nowiki>"
	page = page[:start] + strings.Join(lines, "\n") + page[end:]
	apply(t, gadgetTable(t, view()), page)
	v := view()
	v.Entries[3].Item.Name = "A-first"
	var region *wikitext.RegionError
	if got, err := gadgetTable(t, v).Apply(page); !errors.As(err, &region) || !strings.Contains(region.Reason, tocRow) {
		t.Errorf("error %v, want a refusal that names %s; got\n%s", err, tocRow, got)
	}
}

func TestACellIsWrittenAsItIsReadBack(t *testing.T) {
	for _, cell := range []string{
		"|\nuse a || b here", "|\nuse a | b here", "|\n[[a]] | b", "|\na !! b", "|\n* a || b", "|\n== a ==\nb", "|\n----\na", "|\n:{|\n| a\n|}", "| == a ==", "| ----", "| | {| a",
		"|\n{|\n|-\n| a || b\n|}", "| | | a", "| ! a", `| style="x" | a`, `| style="x" | | a`, "| style=\"x\" |\na | b || c", `| style="x" |`, "| a\n\nb || c",
		"|\na\n\nb", "| {{a|b||c\n|-\n| d}}", "| <nowiki>||</nowiki>",
	} {
		t.Run(cell, func(t *testing.T) {
			page := apply(t, gadgetTable(t, view()), "")
			start, end, lines := rowOf(page, tocRow)
			lines[7] = cell
			page = page[:start] + strings.Join(lines, "\n") + page[end:]
			got := apply(t, gadgetTable(t, view()), page)
			if got != page {
				t.Errorf("the page is changed:\n%s\n\nbecame\n%s", page, got)
			}
		})
	}
}

func TestAListIsWrittenBelowTheSignOfItsCell(t *testing.T) {
	for _, text := range []string{"* one", "# one\n# two", ": one", "; one"} {
		page := strings.Replace(filled(t), "| [[User:Cleo|Cleo]], {{x|a=b}}", "| "+text, 1)
		if got := apply(t, gadgetTable(t, view()), page); !strings.Contains(got, "|\n"+text+"\n|") {
			t.Errorf("%q is not moved:\n%s", text, got)
		}
	}
}

func TestRowsThatPeopleAddedStayAsTheyAre(t *testing.T) {
	rows := []string{
		"|-\n! colspan=\"7\" | My section",
		"|- style=\"background:#eee\"\n! scope=\"row\" | My script\n| rowspan=\"2\" | Cleo\n| x",
		"|- id=\"mine\"\n| a || b || c",
		"|- class=\"empty\"",
		"|-\nno cell",
		"|-\n| 1 || 2 || 3 || 4 || 5 || 6 || 7 || 8 || 9",
		"|-\n! only\n! headers\n! in\n! it",
	}
	// Also at the top, where a header row could be meant.
	page := strings.Replace(filled(t), `|- id="`+peekRow, strings.Join(rows, "\n")+"\n"+`|- id="`+peekRow, 1)
	got := apply(t, gadgetTable(t, view()), page)
	if want := strings.Join(rows, "\n") + "\n|}"; !strings.Contains(got, want) {
		t.Errorf("the rows do not stand at the end as they were:\n%s", got)
	}
	if again := apply(t, gadgetTable(t, view()), got); again != got {
		t.Error("applying it again changes it")
	}
}

func TestRowsThatPeopleAddedFollowTheColumns(t *testing.T) {
	row := "|- class=\"x\"\n! My script\n| [[User:Cleo]]\n| Cleo\n|\n|\nbecause || of\n|\n| title=\"y\" | note\n| more\n"
	page := strings.Replace(apply(t, gadgetTable(t, view()), ""), "|}\n</div>", row+"|-\n! colspan=\"7\" | Section\n|}\n</div>", 1)
	r := rules(t, allRules).Tables[0]
	r.Columns = []string{"notes", "item", "verdict"}
	table := plan.NewTable(plan.Input{Site: site, Rules: rules(t, allRules), View: view(), Now: now}, r)
	got := apply(t, table, page)
	// Steward stays, since a person has written there.
	want := "|- class=\"x\"\n| title=\"y\" | note\n! My script\n|\n| [[User:Cleo]]\n| Cleo\n|\nbecause || of\n| more\n|-\n! colspan=\"7\" | Section\n|}"
	if !strings.Contains(got, want) {
		t.Errorf("want\n%s\n\nin\n%s", want, got)
	}
	if !strings.Contains(got, "| Steward ✎") {
		t.Errorf("the column of a person's words is gone:\n%s", got)
	}
	if again := apply(t, table, got); again != got {
		t.Error("applying it again changes it")
	}
}

func TestARegionThatCannotBeReadIsRefused(t *testing.T) {
	page := filled(t)
	tests := map[string]string{
		"no end marker":     strings.Replace(page, "codesteward end gadgets", "codesteward", 1),
		"no region":         "Somebody took it out.",
		"text for a table":  "<!-- codesteward begin gadgets -->\nWe do this by hand now.\n<!-- codesteward end gadgets -->",
		"a foreign heading": strings.Replace(page, `class="codesteward-steward" scope="col" | Steward ✎`, "Who", 1),
	}
	for name, text := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := gadgetTable(t, view()).Apply(text)
			var region *wikitext.RegionError
			if !errors.As(err, &region) || got != "" {
				t.Errorf("got %q and error %v, want a refusal that names the region", got, err)
			}
		})
	}
}
