// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the tests of rows on pages that people have emptied, and of
// rows that stand on several.

package plan_test

import (
	"strings"
	"testing"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/wikitext"
)

// The rows come back when somebody undoes that, and must not stand elsewhere then.
func TestRowsOfAnEmptiedPageGoToNoOtherPage(t *testing.T) {
	for name, text := range map[string]string{"region": wikitext.NewRegion("all", ""), "page": ""} {
		for _, rows := range []int{45, 20} {
			b := newBook(t, rows)
			b.publish()
			b.text["Project:All"] = text
			b.view.Entries = append(b.view.Entries, registry.Entry{Item: gadget("New")})
			for _, table := range b.planned() {
				got, err := table.Apply(b.text[table.Title])
				if table.Title == "Project:All" && err == nil {
					t.Errorf("%s of %d rows: it is written anew", name, rows)
				}
				for _, id := range []string{"G000", "G019", "New"} {
					if table.Title != "Project:All" && err == nil && strings.Contains(got, `id="`+registry.RowID(gadget(id).Key)+`"`) {
						t.Errorf("%s of %d rows: row %s is on %s", name, rows, id, table.Title)
					}
				}
			}
		}
	}
}

// Rows of two of its former names stand on two pages, as after a merger.
func TestAnItemThatHadTwoRowsHasOne(t *testing.T) {
	for range 10 { // in whatever order names are looked at
		b := newBook(t, 25)
		b.publish()
		first, second := gadget("G003"), gadget("G022")
		b.note(first, "hello")
		b.note(second, "copied")
		item := gadget("A new name")
		item.Aliases = []string{"G003", "G022"}
		b.view.Entries[3].Item = item
		b.view.Entries = append(b.view.Entries[:22], b.view.Entries[23:]...)
		b.publish()
		if n := b.publish(); n != 0 {
			t.Errorf("%d more edits", n)
		}
		whole := b.text["Project:All"] + b.text["Project:All/2"]
		if strings.Count(whole, "hello") != 1 || strings.Count(whole, "copied") != 1 || strings.Count(whole, "[[:MediaWiki:Gadget-A new name|") != 1 {
			t.Fatal(whole)
		}
	}
}
