// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the test that keeps the rules' examples and their
// documentation true.

package detect

import (
	"cmp"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	diff "github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write RULES.md anew")

// detector is one that knows an example's names.
func (e example) detector() (*Detector, string) {
	o := Options{Wiki: cmp.Or(e.wiki, "enwiki")}
	if e.known != nil {
		o.Lexicon = NewLexicon(e.known)
	}
	return New(o), o.Wiki
}

func TestRulesFindTheirExamplesAndNoCounterexamples(t *testing.T) {
	seen := map[string]bool{}
	for _, r := range rules {
		if seen[r.name] || r.doc == "" || len(r.kinds) == 0 || len(r.yes) == 0 || len(r.no) == 0 || (r.at == nil) == (r.find == nil) {
			t.Errorf("rule %q is not complete", r.name)
		}
		seen[r.name] = true
		for _, e := range r.yes {
			d, wiki := e.detector()
			if got := list(wiki, by(r.name, d.Mentions(Change{Wiki: wiki, After: e.text}))); got != e.want {
				t.Errorf("%s finds %s in %q, want %s", r.name, got, e.text, e.want)
			}
		}
		for _, e := range r.no {
			d, wiki := e.detector()
			if got := list(wiki, by(r.name, d.Mentions(Change{Wiki: wiki, After: e.text}))); got != "-" {
				t.Errorf("%s finds %s in %q, want nothing", r.name, got, e.text)
			}
		}
	}
}

// by returns the mentions that a rule found.
func by(rule string, all []Mention) []Mention {
	var found []Mention
	for _, m := range all {
		if m.Rule == rule {
			found = append(found, m)
		}
	}
	return found
}

func TestRULESIsWhatTheRulesSay(t *testing.T) {
	const file = "RULES.md"
	want := document()
	if *update {
		if err := os.WriteFile(file, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if d := diff.Diff(want, string(got)); d != "" {
		t.Errorf("%s is old; go test ./bot/detect -run RULES -update writes it (-want +got):\n%s", file, d)
	}
}

// document writes the table of the rules.
func document() string {
	var b strings.Builder
	b.WriteString("# What counts as a mention\n\n" +
		"Made of the rules in this folder by `go test ./bot/detect -run RULES -update`.\n" +
		"Only text counts that the edit added, outside of comments, nowiki, code, citations and signatures.\n" +
		"Examples are from enwiki unless another wiki stands before them; with ★ the names in them are known.\n\n" +
		"| Rule | Kinds | What it finds | Found | Not found |\n| --- | --- | --- | --- | --- |\n")
	for _, r := range rules {
		var kinds, yes, no []string
		for _, k := range r.kinds {
			kinds = append(kinds, string(k))
		}
		for _, e := range r.yes {
			yes = append(yes, fmt.Sprintf("%s → %s", e.markdown(), e.want))
		}
		for _, e := range r.no {
			no = append(no, e.markdown())
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s |\n", r.name, strings.Join(kinds, ", "), strings.ReplaceAll(r.doc, "|", `\|`), strings.Join(yes, "<br>"), strings.Join(no, "<br>"))
	}
	return b.String()
}

// markdown writes the text of an example in a table's cell.
func (e example) markdown() string {
	s := "`" + strings.NewReplacer("|", `\|`, "\n", " ").Replace(e.text) + "`"
	if e.known != nil {
		s = "★ " + s
	}
	if e.wiki != "" {
		s = e.wiki + " " + s
	}
	return s
}
