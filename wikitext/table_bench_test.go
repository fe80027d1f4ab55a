// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds measurements of tables and edits.

package wikitext

import (
	"strings"
	"testing"
	"time"
)

func BenchmarkTables(b *testing.B) {
	const row = "|- id=\"extension:A\" class=\"x\"\n! scope=\"row\" | [[Extension:A|A]]\n| style=\"color:red\" | text || {{t|a=b}} || 12 <!-- c -->\n| more text in a cell, as people write it\n"
	for name, src := range map[string]string{
		"none":     strings.Repeat("Text with [[links|of]] some length, {{templates}} and ''markup''.\n", 8000),
		"rows":     "{| class=\"wikitable\"\n" + strings.Repeat(row, 3000) + "|}",
		"in_cells": strings.Repeat("{|\n| a\n|\n", 1) + strings.Repeat("{|\n| "+strings.Repeat("text ", 20)+"\n|}\n", 4000) + "|}",
	} {
		b.Run(name, func(b *testing.B) {
			d := Parse(src)
			b.SetBytes(int64(len(src)))
			for b.Loop() {
				sink += len(d.tables())
			}
		})
	}
}

func BenchmarkApply(b *testing.B) {
	src := strings.Repeat("Text with [[links|of]] some length, {{templates}} and ''markup''.\n", 4000) + "{|\n! H !! I\n|- id=a\n| b || c\n|}\n"
	b.SetBytes(int64(len(src)))
	for b.Loop() {
		if _, err := Apply(src, SetCell{Row: "a", Column: "I", Text: "d"}); err != nil {
			b.Fatal(err)
		}
	}
}

// Reading tables and editing take time in proportion to the text, also where
// tables stand in each other without end.
func TestHostileTablesTakeLinearTime(t *testing.T) {
	n := 40_000
	if !soaking {
		n = 500
	}
	for name, text := range map[string]func(n int) string{
		"open tables in cells":    func(n int) string { return strings.Repeat("{|\n|\n", n) + strings.Repeat("\n", 4*n) },
		"open tables in rows":     func(n int) string { return strings.Repeat("{|\n|-\n", n) + strings.Repeat("\n", 4*n) },
		"open tables in captions": func(n int) string { return strings.Repeat("{|\n|+\n", n) + strings.Repeat("\n", 4*n) },
		"closed tables in cells":  func(n int) string { return strings.Repeat("{|\n|\n", n) + strings.Repeat("|}\n", n) },
		"rowspans": func(n int) string {
			return "{|\n|" + strings.Repeat("rowspan=0|a||", n/4) + strings.Repeat("\n|-\n|b", n)
		},
		"wide spans":        func(n int) string { return "{|\n|" + strings.Repeat("rowspan=9 colspan=1000|a||", n) },
		"colons":            func(n int) string { return strings.Repeat(":::: {{!}}", n) + "{|" },
		"braces and colons": func(n int) string { return strings.Repeat("::{:{|", n) },
		"tags in tables":    func(n int) string { return "{|\n|" + strings.Repeat("<b ", n) + strings.Repeat("<b>", n) },
		"refs in tables":    func(n int) string { return "{|\n|" + strings.Repeat("<ref>\n{|\n|a\n</ref>", n) },
		"same rows":         func(n int) string { return "{|\n! H\n" + strings.Repeat("|- id=r1\n| a\n", n) },
		"same templates":    func(n int) string { return strings.Repeat("{{T|a=b}}", n) },
		"same headings":     func(n int) string { return strings.Repeat("== A ==\n", n) },
		"comments in rows":  func(n int) string { return "{|\n" + strings.Repeat("<!-- c -->\n", n) + "| a" },
	} {
		t.Run(name, func(t *testing.T) {
			took := func(s string) time.Duration {
				start := time.Now()
				for range Parse(s).Tables() {
				}
				for i := range 7 {
					_, _ = Apply(s, hostileEdit(i))
				}
				return time.Since(start)
			}
			if !soaking {
				took(text(n))
				return
			}
			small, large := text(n/4), text(n)
			for range 3 {
				a, b := took(small), took(large)
				if b < 300*time.Millisecond || b < 10*a {
					return
				}
				t.Logf("%v for %d bytes, %v for %d", a, len(small), b, len(large))
			}
			t.Error("time grows faster than the text")
		})
	}
}

// hostileEdit is an edit of each kind.
func hostileEdit(kind int) Edit {
	switch kind {
	case 0:
		return ReplaceRegion{ID: "a", Body: "b"}
	case 1:
		return AddRegion{ID: "a", Body: "b"}
	case 2:
		return AppendSection{Title: "A", Text: "b"}
	case 3:
		return InsertSection{Title: "B", Text: "b"}
	case 4:
		return SetSection{Text: "b"}
	case 5:
		return SetArgument{Template: "T", Which: 1, Name: "a", Value: "c"}
	}
	return SetCell{Row: "r1", Column: "H", Text: "c"}
}
