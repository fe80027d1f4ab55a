// SPDX-License-Identifier: GPL-3.0-or-later

package plan_test

import (
	"errors"
	"math/rand/v2"
	"strings"
	"testing"

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

func TestARegionThatCannotBeReadIsRefused(t *testing.T) {
	page := filled(t)
	tests := map[string]string{
		"no end marker":     strings.Replace(page, "codesteward end gadgets", "codesteward", 1),
		"no region":         "Somebody took it out.",
		"text for a table":  "<!-- codesteward begin gadgets -->\nWe do this by hand now.\n<!-- codesteward end gadgets -->",
		"a foreign heading": strings.Replace(page, "| Steward ✎", "| Who", 1),
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

// Whatever people put into their cells, in whatever order the items come, no
// word of theirs is lost and the second writing changes nothing.
func TestRandomRefreshesLoseNothing(t *testing.T) {
	cells := []string{"[[User:A|A]]", "{{a|b|c=[[d|e]]}}", "* one\n* two", "<nowiki>|}</nowiki>", "''Team'' <!-- || -->", "style=\"x\" | y", "ünï", "a\n\nb"}
	kept := 0
	for seed := range uint64(200) {
		rnd := rand.New(rand.NewPCG(seed, 1))
		page := apply(t, gadgetTable(t, view()), "")
		var want []string
		for range 12 {
			lines := strings.Split(page, "\n")
			i := rnd.IntN(len(lines))
			row := strings.HasPrefix(lines[i], "|- id=") && (strings.HasPrefix(lines[i+8], "|-") || lines[i+8] == "|}")
			if row {
				i += []int{2, 7}[rnd.IntN(2)] // Steward or Notes
			}
			if row && lines[i] == "|" {
				cell := cells[rnd.IntN(len(cells))]
				lines[i] = "| " + cell
				if strings.HasPrefix(cell, "*") {
					lines[i] = "|\n" + cell
				}
				want = append(want, cell)
				kept++
			}
			v := view()
			rnd.Shuffle(len(v.Entries), func(i, j int) { v.Entries[i], v.Entries[j] = v.Entries[j], v.Entries[i] })
			v.Entries[rnd.IntN(len(v.Entries))].Item.Name += "!"
			v.Entries = v.Entries[:2+rnd.IntN(3)]
			page = apply(t, gadgetTable(t, v), strings.Join(lines, "\n"))
			for _, word := range want {
				if !strings.Contains(page, word) {
					t.Fatalf("seed %d: %q is lost:\n%s", seed, word, page)
				}
			}
			if again := apply(t, gadgetTable(t, v), page); again != page {
				t.Fatalf("seed %d: applying it again changes it", seed)
			}
		}
	}
	if kept < 100 {
		t.Errorf("only %d cells were filled in all; the test proves little", kept)
	}
}
