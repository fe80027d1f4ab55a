// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds tests of tables that are written, and written anew.

package wikitext_test

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/wikitext"
)

func TestFormatTable(t *testing.T) {
	header := wikitext.Row{Cells: []wikitext.Cell{
		{Header: true, Attrs: wikitext.Attribute("scope", "col"), Raw: "Name"},
		{Header: true, Attrs: wikitext.Attribute("scope", "col") + " " + wikitext.Attribute("data-sort-type", "number"), Raw: "Size"},
		{Header: true, Attrs: wikitext.Attribute("scope", "col"), Raw: "Notes!!"},
	}}
	row := wikitext.Row{Attrs: wikitext.Attribute("id", `a "b" | [[c]]`), Cells: []wikitext.Cell{
		{Header: true, Attrs: wikitext.Attribute("scope", "row"), Raw: "a || b"},
		{Attrs: wikitext.Attribute("data-sort-value", "12"), Raw: "12 {{unit|kB}}"},
		{Raw: "* x\n* y | z"},
	}}
	short := wikitext.Row{Attrs: wikitext.Attribute("id", "d"), Cells: []wikitext.Cell{{Raw: "-"}, {}, {Raw: "+ | x"}, {Raw: "[[a|b]]"}, {Raw: "}"}, {Raw: "{|\n| inner\n|}"}}}
	got := wikitext.FormatTable(wikitext.Attribute("class", "wikitable sortable"), "Sizes | now", header, row, short)
	want := `{| class="wikitable sortable"
|+
Sizes | now
! scope="col" | Name
! scope="col" data-sort-type="number" | Size
! scope="col" |
Notes!!
|- id="a &#34;b&#34; &#124; &#91;&#91;c&#93;&#93;"
! scope="row" |
a || b
| data-sort-value="12" | 12 {{unit|kB}}
|
* x
* y | z
|- id="d"
| -
|
|
+ | x
| [[a|b]]
| }
|
{|
| inner
|}
|}`
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("written (-want +got):\n%s", diff)
	}
	table, err := wikitext.ParseTable(got)
	if err != nil {
		t.Fatal(err)
	}
	if rows := table.Rows(); len(rows) != 2 || rows[0].ID != `a "b" | [[c]]` || table.Caption != "Sizes | now" || table.End != len(got) {
		t.Errorf("read back as %v", table)
	}
}

// What is read of a table that people have rewritten is the same when it was
// written anew.
func TestTablesAreReadAsTheyAreWritten(t *testing.T) {
	var texts []string
	files, err := filepath.Glob(filepath.Join("testdata", "tables", "*.wikitext"))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		texts = append(texts, string(b))
	}
	rnd := rand.New(rand.NewPCG(4, 4))
	for range 400 {
		words, tables := 0, 0
		texts = append(texts, drawTable(rnd, &words, &tables, 2))
	}
	written := 0
	for _, src := range texts {
		for table := range wikitext.Parse(src).Tables() {
			if !table.Closed {
				continue // one in a cell would take in what follows
			}
			var rows []wikitext.Row
			for _, r := range table.AllRows() {
				r.Lead = "" // stands outside of the cells
				rows = append(rows, r)
			}
			text := wikitext.FormatTable(table.Attrs, table.Caption, rows...)
			again, err := wikitext.ParseTable(text)
			if err != nil {
				t.Fatalf("%q: %v", text, err)
			}
			if diff := cmp.Diff(contents(rows), contents(again.AllRows())); diff != "" || again.End != len(text) {
				t.Errorf("%s\nwritten as\n%s\n(-before +after):\n%s", src[table.Start:table.End], text, diff)
			}
			written++
		}
	}
	t.Logf("%d tables", written)
}

// contents lists rows without where they stand.
func contents(rows []wikitext.Row) []string {
	var lines []string
	for i, r := range rows {
		if i == 0 && len(r.Cells) == 0 && r.Attrs == "" {
			continue // a sign alone
		}
		cells := []string{r.ID, r.Attrs}
		for _, c := range r.Cells {
			sign := "|"
			if c.Header {
				sign = "!"
			}
			cells = append(cells, sign+c.Attrs+"|"+c.Raw)
		}
		lines = append(lines, strings.Join(cells, " / "))
	}
	return lines
}
