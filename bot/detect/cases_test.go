// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the test over testdata/cases: texts in many languages, a file
// for each rule and one for where a mention counts.

package detect

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode"
)

// textCase is a line of a file in testdata/cases.
type textCase struct {
	Wiki, Text string
	// Want is what is found, as list writes it; "" is nothing.
	Want string
	// Known are names: a key, or one as "KEY = name | name".
	Known []string
	// Aux, if given, are the tasks and changes.
	Aux string
	// Author, if given, is that of every mention.
	Author              string
	Title, Before, User string
	At                  time.Time
	Comment             string
	Tags                []string
	Templates           []NamingTemplate
	Ignore              []Ignored
}

// aliases reads names as the cases write them.
func aliases(known []string) []Alias {
	var all []Alias
	for _, line := range known {
		key, names, _ := strings.Cut(line, "=")
		kind, item, _ := strings.Cut(strings.TrimSpace(key), ":")
		a := Alias{Kind: Kind(kind), Source: "test"}
		if a.Kind == Gadget || a.Kind == UserScript {
			a.Wiki, item, _ = strings.Cut(item, ":")
		}
		a.Name, a.Item = item, item
		all = append(all, a)
		for name := range strings.SplitSeq(names, "|") {
			if a.Name = strings.TrimSpace(name); a.Name != "" {
				all = append(all, a)
			}
		}
	}
	return all
}

// run returns what a case's text is found to hold.
func (c textCase) run() Explanation {
	o := Options{Wiki: c.Wiki, Templates: c.Templates, Ignore: c.Ignore, IsBot: func(user string) bool { return user == "ExampleBot" }}
	if c.Known != nil {
		o.Lexicon = NewLexicon(aliases(c.Known))
	}
	return New(o).Explain(Change{
		Wiki: c.Wiki, Title: c.Title, User: c.User, Time: c.At, Before: c.Before, After: c.Text, Comment: c.Comment, Tags: c.Tags,
	})
}

func TestCases(t *testing.T) {
	files, err := filepath.Glob("testdata/cases/*.jsonl")
	if err != nil || len(files) == 0 {
		t.Fatal("no cases", err)
	}
	total, found := 0, map[string]bool{}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".jsonl")
		found[name] = true
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		yes, no, scripts := 0, 0, map[string]bool{}
		for i, line := range bytes.Split(bytes.TrimSpace(data), []byte("\n")) {
			var c textCase
			in := json.NewDecoder(bytes.NewReader(line))
			in.DisallowUnknownFields()
			if err := in.Decode(&c); err != nil {
				t.Fatalf("%s:%d: %v", file, i+1, err)
			}
			total++
			scripts[writtenIn(c.Text)] = true
			if c.Want == "" {
				no++
				c.Want = "-"
			} else {
				yes++
			}
			t.Run(fmt.Sprintf("%s/%d", name, i+1), func(t *testing.T) { c.check(t) })
		}
		if yes < 4 || no < 4 || len(scripts) < 4 {
			t.Errorf("%s has %d texts with and %d without a mention, in %d scripts", file, yes, no, len(scripts))
		}
	}
	if total < 300 {
		t.Errorf("only %d cases", total)
	}
	for _, r := range rules {
		if !found[r.name] {
			t.Errorf("no cases for the rule %s", r.name)
		}
	}
}

func (c textCase) check(t *testing.T) {
	ex := c.run()
	if got := list(c.Wiki, ex.Mentions); got != c.Want {
		t.Errorf("found %s in %q of %s, want %s\nnear %v", got, c.Text, c.Wiki, c.Want, ex.Near)
	}
	if c.Aux != "" {
		var names []string
		for _, a := range ex.Aux {
			names = append(names, a.Name)
		}
		if got := strings.Join(names, ", "); got != c.Aux {
			t.Errorf("tasks and changes in %q: %s, want %s", c.Text, got, c.Aux)
		}
	}
	for _, m := range ex.Mentions {
		if c.Author != "" && m.Author != c.Author {
			t.Errorf("%q is said by %q, want %q", c.Text, m.Author, c.Author)
		}
	}
}

// writtenIn names the script of the first letter that is not Latin.
func writtenIn(text string) string {
	for _, r := range text {
		for _, name := range []string{"Cyrillic", "Arabic", "Hebrew", "Han", "Hiragana", "Katakana", "Hangul", "Devanagari"} {
			if unicode.Is(unicode.Scripts[name], r) {
				return name
			}
		}
	}
	return "Latin"
}
