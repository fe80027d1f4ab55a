// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the fuzzing of pages of rules.

package config

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
)

// FuzzParseRules looks for texts that break what ParseRules promises: rules or
// problems, never both and never neither; problems and warnings in order, each at
// a place in the text; nothing taken that is not JSON, or only in part; the same
// answer twice. What is taken can be checked against a wiki.
func FuzzParseRules(f *testing.F) {
	for _, name := range []string{"problems", "warnings", "version1"} {
		archive, err := txtar.ParseFile("testdata/" + name + ".txtar")
		if err != nil {
			f.Fatal(err)
		}
		for _, file := range archive.Files {
			if !strings.HasSuffix(file.Name, wantSuffix) && !strings.HasSuffix(file.Name, givesSuffix) {
				f.Add(string(file.Data))
			}
		}
	}
	example, err := os.ReadFile("testdata/example.json")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(string(example))

	f.Fuzz(func(t *testing.T, text string) {
		rules, list := ParseRules(text)
		if (rules == nil) == (len(list) == 0) {
			t.Fatalf("rules %v and problems %v", rules, list)
		}
		tell(t, text, list)
		if rules == nil && !slices.ContainsFunc(list, func(p Problem) bool { return p.Severity == Error }) {
			t.Fatalf("refused for warnings: %v", list)
		}
		if rules != nil {
			taken(t, text, rules)
		}
		again, same := ParseRules(text)
		if diff := cmp.Diff(rules, again, asRead) + cmp.Diff(list, same); diff != "" {
			t.Fatalf("another answer the second time:\n%s", diff)
		}
	})
}

// taken holds good rules to what they promise.
func taken(t *testing.T, text string, rules *Rules) {
	if !json.Valid([]byte(text)) {
		t.Fatal("took a text that is not JSON")
	}
	if rules.Version != newest() {
		t.Fatalf("took version %d", rules.Version)
	}
	if missing := notTaken(text, rules); missing != "" {
		t.Fatalf("took the text without %s", missing)
	}
	tell(t, text, rules.Warnings)
	site := testSite()
	for _, title := range rules.Titles() {
		site.Pages[title] = Page{Missing: true, Barred: "it is barred"}
	}
	tell(t, text, Check(rules, site))
}

// tell holds problems to what they promise: in order, and in the text.
func tell(t *testing.T, text string, list []Problem) {
	lines := strings.Split(text, "\n")
	for i, p := range list {
		if p.Line < 1 || p.Line > len(lines) || p.Column < 1 || p.Column > 1+utf8.RuneCountInString(lines[p.Line-1]) {
			t.Fatalf("no such place: %s", p)
		}
		if i > 0 && (p.Line < list[i-1].Line || p.Line == list[i-1].Line && p.Column < list[i-1].Column) {
			t.Fatalf("out of order: %s", p)
		}
		if p.Message == "" || !strings.HasPrefix(p.Path, "$") || !utf8.ValidString(p.String()) || strings.ContainsAny(p.String(), "\r\n\x00") {
			t.Fatalf("bad words: %q", p.String())
		}
	}
}
