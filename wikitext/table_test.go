// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds tests of tables as people leave them.

package wikitext

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// show writes rows as "id: cell / cell".
func show(rows []Row) []string {
	var lines []string
	for _, r := range rows {
		var cells []string
		for _, c := range r.Cells {
			s := c.Raw
			if c.Attrs != "" {
				s = "(" + c.Attrs + ") " + s
			}
			cells = append(cells, s)
		}
		lines = append(lines, r.ID+": "+strings.Join(cells, " / "))
	}
	return lines
}

func TestParseTable(t *testing.T) {
	tests := []struct {
		name, body string
		header     string
		want       []string
	}{
		{"as written by the bot", "{| class=\"wikitable\"\n|+ Cap\n|-\n! Item !! Steward ✎\n|- id=\"extension:A\"\n| [[A|a]]\n| [[User:B]]\n|- id=\"extension:C\"\n| C\n|\n|}",
			"Item/Steward ✎", []string{"extension:A: [[A|a]] / [[User:B]]", "extension:C: C / "}},
		{"cells on one line and one a line, mixed", "{|\n! a\n! b !! c\n|-id=x\n| 1 || 2\n| 3\n|- style='color:red' ID='y'\n|1||2||3\n|}",
			"a/b/c", []string{"x: 1 / 2 / 3", "y: 1 / 2 / 3"}},
		{"attributes of cells", "{|\n|- id=x\n| style=\"a|b\" | 1 || class=c | 2\n| [[a|b]] | c\n|}",
			"", []string{`x: (style="a) b" | 1 / (class=c) 2 / [[a|b]] | c`}},
		{"end is missing", "{|\n|- id=x\n| 1\n| 2", "", []string{"x: 1 / 2"}},
		{"cells over lines", "{|\n|- id=x\n| 1\n* a\n* b || c\n| 2\n|}", "", []string{"x: 1\n* a\n* b || c / 2"}},
		{"table in a cell", "{|\n|- id=x\n|\n{|\n|- id=z\n| 3\n|}\n| 2\n|}\nafter", "", []string{"x: {|\n|- id=z\n| 3\n|} / 2"}},
		{"signs in templates, comments and nowiki", "{|\n|- id=x\n| {{a|b||c\n|-\n| d}} || [[e|f]] || <nowiki>||</nowiki> || <!-- || \n|- --> h\n|}",
			"", []string{"x: {{a|b||c\n|-\n| d}} / [[e|f]] / <nowiki>||</nowiki> / <!-- || \n|- --> h"}},
		{"double exclamation marks divide header cells only", "{|\n! a !! b\n|-\n| c !! d\n! e\n| f\n|}", "a/b", []string{": c !! d / e / f"}},
		{"rows without cells and ids", "{|\n|-\n|-\n| a\n|----- id = x\n| b\n|}", "", []string{": a", "x: b"}},
		{"indented", "text\n:: {|\n  |- id=x\n  | a\n  |}", "", []string{"x: a"}},
		{"a section within the table", "{|\n! a !! b\n|-\n! colspan=2 | First\n|- id=x\n| 1 || 2\n|-\n! Last\n|}", "a/b", []string{": (colspan=2) First", "x: 1 / 2", ": Last"}},
		{"an empty row before the header row", "{|\n|-\n|- class=x\n! a\n|-\n! b\n|}", "a", []string{": b"}},
		{"a row before the header row", "{|\n| 1\n|-\n! a\n|}", "", []string{": 1", ": a"}},
		{"rows without cells that hold something", "{|\n! a\n|- style=x\n|-\ntext\n|-\n|}", "a", []string{": ", ": "}},
		{"signs come before links", "{|\n|- id=x\n| [[a|b||c]] || [[d||e]]\n| [[a|b\n| c]]\n| [[File:d|\n|-\n| e]]\n|}", "", []string{"x: [[a|b / c]] / [[d / e]] / [[a|b / c]] / [[File:d|", ": e]]"}},
		{"blanks and colons before a table in a cell", "{|\n|- id=x\n|\n: {|\n| 1\n|}\n| 2\n|- id=y\n|\n: :{|\n| 3\n|}", "", []string{"x: : {|\n| 1\n|} / 2", "y: : :{| / 3"}},
		{"entities in the id", "{|\n|- id=\"gadget:a:Q&amp;A &#91;\"\n| b\n|}", "", []string{"gadget:a:Q&A [: b"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			table, err := ParseTable(tt.body)
			if err != nil {
				t.Fatal(err)
			}
			if got := strings.Join(table.Header(), "/"); got != tt.header {
				t.Errorf("header %q, want %q", got, tt.header)
			}
			if diff := cmp.Diff(tt.want, show(table.Rows())); diff != "" {
				t.Errorf("rows (-want +got):\n%s", diff)
			}
			last := table.Start
			for _, r := range table.Rows() {
				alone, err := ParseTable("{|\n! h\n" + tt.body[r.Start:r.End] + "\n|}")
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(show([]Row{r}), show(alone.Rows())); diff != "" && strings.HasPrefix(tt.body[r.Start:], "|-") {
					t.Errorf("row at %d to %d (-here +alone):\n%s", r.Start, r.End, diff)
				}
				if r.Start < last || r.End > table.End {
					t.Errorf("row spans %d to %d after %d", r.Start, r.End, last)
				}
				last = r.End
				for _, c := range r.Cells {
					if tt.body[c.Start:c.End] != c.Raw {
						t.Errorf("cell %q is not at %d", c.Raw, c.Start)
					}
				}
			}
		})
	}
}

func TestRowsAreFoundByID(t *testing.T) {
	table, err := ParseTable("{|\n|- id=a\n| 1\n|- class=x id='b'\n| 2\n|- id=c\n|- id=c\n| 3\n|-\n| 4\n|}")
	if err != nil {
		t.Fatal(err)
	}
	if r, ok := table.Row("b"); !ok || len(r.Cells) != 1 || r.Cells[0].Raw != "2" {
		t.Errorf("row b is %v, %v", r, ok)
	}
	for _, id := range []string{"", "c", "d"} {
		if r, ok := table.Row(id); ok {
			t.Errorf("row %q is %v", id, r)
		}
	}
}

func TestParseTableNeedsATable(t *testing.T) {
	for _, body := range []string{"", "a {| b", "<nowiki>\n{|\n|}</nowiki>", "{{x|\n{|\n|}\n}}"} {
		if table, err := ParseTable(body); !errors.Is(err, ErrNoTable) {
			t.Errorf("ParseTable(%q) = %v, %v", body, table, err)
		}
	}
}

func TestTableSpan(t *testing.T) {
	body := "a\n{| class=x\n|+ style=y | Cap [[b|c]]\n| d\n|} e"
	table, err := ParseTable(body)
	if err != nil {
		t.Fatal(err)
	}
	if got := body[table.Start:table.End]; got != "{| class=x\n|+ style=y | Cap [[b|c]]\n| d\n|}" {
		t.Errorf("span is %q", got)
	}
	if !table.Closed {
		t.Error("it is not closed")
	}
	if table.Attrs != "class=x" || table.Caption != "Cap [[b|c]]" {
		t.Errorf("attributes %q, caption %q", table.Attrs, table.Caption)
	}
}

func TestATableWithoutEndIsNotClosed(t *testing.T) {
	for _, body := range []string{"{|\n| a", "{|\n| a\n|-\n|\n{|\n| b\n|}", "{|\n| {{a|\n|}}}"} {
		if table, err := ParseTable(body); err != nil || table.Closed || table.End != len(body) {
			t.Errorf("%q: closed %v, end %d, %v", body, table.Closed, table.End, err)
		}
	}
}

func TestWhereTextStands(t *testing.T) {
	table, err := ParseTable("{|\n! h\n|-\nlead\n\n{|\n|}\n| a\n|\nb\n| title=\"x\" |\n\nc\n| <!-- \n -->\nd\n| e || f\ng\n|}")
	if err != nil {
		t.Fatal(err)
	}
	row := table.Rows()[0]
	if row.Lead != "lead\n\n{|\n|}" {
		t.Errorf("before the first cell stands %q", row.Lead)
	}
	var below []string
	for _, c := range row.Cells {
		if c.Below {
			below = append(below, c.Raw)
		}
	}
	if diff := cmp.Diff([]string{"b", "c"}, below); diff != "" {
		t.Errorf("cells below their sign (-want +got):\n%s", diff)
	}
	if row.Cells[2].Attribute("TITLE") != "x" || row.Cells[2].Attribute("id") != "" {
		t.Errorf("attributes of %v", row.Cells[2])
	}
}

func FuzzTables(f *testing.F) {
	for _, tt := range hostile {
		f.Add(tt.text(6))
		f.Add("{|\n| a\n|-\n" + tt.text(3) + "\n|}")
	}
	f.Add("{| class=x\n|+ c\n! a !! b\n|- id=\"x\"\n| rowspan=2 | d || {{!}} e\n|\n: {|\n| f\n|}\n|}")
	f.Add("{{{!}}\n{{!}}- id=a<!-- \n -->\n<ref>\n{|\n| a\n|}</ref>\n{{!}} <b title=\"|\">c</b>\n{{!}}}")
	f.Fuzz(func(t *testing.T, s string) {
		d := Parse(s)
		parts := d.tables()
		var open []tablePart
		last := int32(0)
		for i, p := range parts {
			if p.start < last || p.end < p.start || int(p.end) > len(s) || p.attrs < p.start || p.attrsEnd < p.attrs || p.attrsEnd > max(p.end, p.inner) ||
				p.inner > p.innerEnd || p.innerEnd > p.end || int(p.next) <= i || int(p.next) > len(parts) {
				t.Fatalf("part %d is %+v", i, p)
			}
			last = p.start
			for len(open) > 0 && open[len(open)-1].next == int32(i) {
				open = open[:len(open)-1]
			}
			if len(open) > 0 && p.end > open[len(open)-1].end {
				t.Fatalf("part %+v ends outside of %+v", p, open[len(open)-1])
			}
			if p.kind == CellNode && (len(open) == 0 || open[len(open)-1].kind != RowNode) {
				t.Fatalf("cell %+v stands in no row", p)
			}
			open = append(open, p)
		}
		for table := range d.Tables() {
			var rows []Row
			for _, r := range table.rows {
				column := 0
				for _, c := range r.Cells {
					if s[c.Start:c.End] != c.Raw || c.Column < column {
						t.Fatalf("cell %+v", c)
					}
					column = c.Column + 1
				}
				r.Lead = ""
				rows = append(rows, r)
			}
			FormatTable(table.Attrs, table.Caption, rows...)
		}
	})
}
