// SPDX-License-Identifier: GPL-3.0-or-later

package config

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
)

// FuzzParseRules looks for texts that break what ParseRules promises: rules or
// problems, never both and never neither; problems in order, each at a place in
// the text; nothing taken that is not JSON; the same answer twice.
func FuzzParseRules(f *testing.F) {
	archive, err := txtar.ParseFile("testdata/problems.txtar")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range archive.Files {
		if !strings.HasSuffix(file.Name, wantSuffix) {
			f.Add(string(file.Data))
		}
	}
	example, err := os.ReadFile("testdata/example.json")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(string(example))

	f.Fuzz(func(t *testing.T, text string) {
		rules, problems := ParseRules(text)
		if (rules == nil) == (len(problems) == 0) {
			t.Fatalf("rules %v and problems %v", rules, problems)
		}
		valid := json.Valid([]byte(text))
		if rules != nil && !valid {
			t.Fatal("took a text that is not JSON")
		}
		if rules != nil && rules.Version != newest() {
			t.Fatalf("took version %d", rules.Version)
		}
		lines := strings.Split(text, "\n")
		for i, p := range problems {
			if p.Line < 1 || p.Line > len(lines) || p.Column < 1 || p.Column > 1+utf8.RuneCountInString(lines[p.Line-1]) {
				t.Fatalf("no such place: %s", p)
			}
			if i > 0 && (p.Line < problems[i-1].Line || p.Line == problems[i-1].Line && p.Column < problems[i-1].Column) {
				t.Fatalf("out of order: %s", p)
			}
			if p.Message == "" || !strings.HasPrefix(p.Path, "$") || !utf8.ValidString(p.String()) || strings.ContainsAny(p.String(), "\r\n\x00") {
				t.Fatalf("bad words: %q", p.String())
			}
		}
		again, sameProblems := ParseRules(text)
		if diff := cmp.Diff(rules, again, asRead) + cmp.Diff(problems, sameProblems); diff != "" {
			t.Fatalf("another answer the second time:\n%s", diff)
		}
	})
}
