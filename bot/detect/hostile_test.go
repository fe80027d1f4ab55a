// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds tests with text that was made to be slow, or to break
// something.

package detect

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// hostile are stretches of text that are repeated.
var hostile = map[string]string{
	"prefixes":               "mw:",
	"open links":             "[[mw:Extension:",
	"links":                  "[[mw:Extension:A]]",
	"links to users":         "[[User:A/",
	"one title":              "User:A/b.js",
	"percent":                "[[User%3A%",
	"addresses":              "https://a.toolforge.org ",
	"one address":            "https://gerrit.wikimedia.org/r/q/project:",
	"labels of a host":       "https://a.a.wmcloud.org.",
	"parameters":             "https://en.wikipedia.org/?a=b&withJS=MediaWiki:Gadget-&",
	"calls":                  "importScript('",
	"loads":                  "mw.loader.load(",
	"lists of modules":       "mw.loader.using(['ext.gadget.a',",
	"one list of modules":    "'ext.gadget.a',",
	"literal names":          "Extension:A",
	"literal words":          "Extension:A b ",
	"tasks":                  "T12345 ",
	"one task":               "T1234567890",
	"open code":              "<code>",
	"code":                   "<code>a</code>",
	"angles":                 "<",
	"open citations":         "<ref>{{cite web|",
	"citations":              "{{cite web|a}}",
	"sections":               "== a ==\n[[toolforge:a]]\n",
	"tasks in a section":     "[[toolforge:a]] T12345 ",
	"templates":              "{{ext|A}}",
	"open templates":         "{{ext|",
	"full addresses":         "{{fullurl:toolforge:a|b}}",
	"signatures":             "[[toolforge:a]] [[User:A|A]] 10:00, 1 May 2025 (UTC)\n",
	"links of a signature":   "[[User:A|A]] ",
	"timestamps":             "10:00, 1 May 2025 (UTC) ",
	"names":                  "UploadWizard ",
	"names in each other":    "Upload Wizard-Upload-",
	"words before a cue":     "Math Math extension ",
	"comments":               "<!-- [[mw:Extension:A]] -->",
	"open comments":          "<!-- [[toolforge:a]]",
	"quotes":                 "'''Echo'''",
	"letters of two scripts": "拡張Math扩展",
	"described names":        "Echo notification ",
	"names in brackets":      "Math (the ",
	"lists of names":         "Math, Echo and ",
	"lists in brackets":      "extensions (Math and ",
	"called names":           "extension known as ",
	"names with dashes":      "cat-a-cat-a-",
	"entities":               "Math&nbsp;",
	"tags":                   "<b>Math</b> ",
	"brackets of addresses":  "https://a.toolforge.org/()))",
	"one long address":       "https://a.toolforge.org/»",
	"timestamps of one line": "10:00, 1 May 2025 (UTC)[[toolforge:a]]",
	"suffixes":               "Extension:A-based-",
	"old and new comments":   "[[toolforge:a]] [[User:A|A]] 10:00, 4 May 2026 (UTC) 10:00, 1 May 2025 (UTC)\n",
}

var hostileNames = aliases([]string{"extension:UploadWizard = Upload Wizard", "extension:Math", "extension:Echo", "extension:A", "tool:a", "userscript:enwiki:User:A/b.js"})

// nested are stretches of text that stand in each other.
var nested = map[string][2]string{
	"templates":      {"{{ext|", "}}"},
	"names in names": {"{{ext|Extension:", "}}"},
	"full addresses": {"{{fullurl:", "}}"},
	"links":          {"[[mw:Extension:A|", "]]"},
	"files":          {"[[File:A|Extension:A ", "]]"},
	"citations":      {"{{cite web|[[toolforge:a]]", "}}"},
	"translations":   {"{{ll|", "}}"},
	"projects":       {"{{ptag|", "}}"},
	"infoboxes":      {"{{extension|name=", "}}"},
	"references":     {"<ref>[[toolforge:a]]", "</ref>"},
}

func TestMentionsOfHostileTextTakeLinearTime(t *testing.T) {
	lexicon := NewLexicon(slices.Concat(hostileNames, realNames(t)))
	texts := map[string]func(n int) (before, after string){
		"tools in one line of somebody": func(n int) (before, after string) {
			signed := " [[User:A|A]] 10:00, 1 May 2025 (UTC)"
			var b strings.Builder
			for i := range n {
				fmt.Fprintf(&b, "[[toolforge:a%d]] T12345 ", i)
			}
			return signed, b.String() + signed
		},
	}
	for name, unit := range hostile {
		texts[name] = func(n int) (before, after string) { return "a", strings.Repeat(unit, n) }
	}
	for name, pair := range nested {
		texts["nested "+name] = func(n int) (before, after string) {
			return "a", strings.Repeat(pair[0], n) + "A" + strings.Repeat(pair[1], n)
		}
	}
	for name, text := range texts {
		t.Run(name, func(t *testing.T) {
			const n = 20_000
			d := New(Options{Wiki: mediawiki, Lexicon: lexicon, Ignore: []Ignored{{Phrase: "no such words"}}})
			fastest := func(n int) time.Duration {
				best := time.Hour
				for range 3 {
					before, after := text(n)
					c := Change{Before: before, After: after, Time: time.Date(2026, 5, 4, 0, 0, 0, 0, time.UTC)}
					linked := c
					linked.After = "[[" + c.After + "]]"
					start := cpuTime()
					d.Mentions(c)
					d.Mentions(linked)
					d.PageTouches(c)
					d.Explain(c)
					best = min(best, cpuTime()-start)
				}
				return best
			}
			if os.Getenv("SOAK") == "" { // the time tells something only where nothing else runs
				fastest(300)
				return
			}
			small, large := fastest(n/4), fastest(n)
			t.Logf("%v, then %v for four times the text", small, large)
			if large > 200*time.Millisecond && large > 10*small {
				t.Errorf("time grows from %v to %v for four times the text", small, large)
			}
		})
	}
}

func FuzzMentions(f *testing.F) {
	files, err := filepath.Glob("testdata/cases/*.jsonl")
	if err != nil || len(files) == 0 {
		f.Fatal("no cases", err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		for i, line := range bytes.Split(bytes.TrimSpace(data), []byte("\n")) {
			var c textCase
			if err := json.Unmarshal(line, &c); err != nil {
				f.Fatal(err)
			}
			if i%4 == 0 {
				f.Add(uint8(i), c.Before, c.Text)
			}
		}
	}
	for _, unit := range hostile {
		f.Add(uint8(0), unit, strings.Repeat(unit, 3))
	}
	lexicon := NewLexicon(append(hostileNames, aliases([]string{"gadget:commonswiki:Cat-a-lot", "tool:x = User:ArchivingBot | Tool:X"})...))
	var detectors []*Detector
	for _, wiki := range []string{"enwiki", mediawiki, "dewiki", "jawiki", "hewiki"} {
		detectors = append(detectors, New(Options{Wiki: wiki, Lexicon: lexicon, Templates: []NamingTemplate{{Template: "box", Kind: Tool, Page: true}, {Template: "a", Kind: UserScript}}}))
	}
	f.Fuzz(func(t *testing.T, n uint8, before, after string) {
		d := detectors[int(n)%len(detectors)]
		c := Change{Title: "User:A/b", Namespace: 8, Before: before, After: after, Time: time.Date(2026, 5, 4, 0, 0, 0, 0, time.UTC)}
		last := 0
		for _, m := range d.Mentions(c) {
			if m.Start < last || m.End > len(after) || m.Start >= m.End || m.Name == "" || len(m.Snippet) > snippetBytes || m.Rule == "" {
				t.Fatalf("%+v", m)
			}
			last = m.Start
		}
		ex := d.Explain(c)
		if len(ex.Mentions) != len(d.Mentions(c)) {
			t.Fatalf("Explain finds %v", ex.Mentions)
		}
		for _, n := range ex.Near {
			if n.Start < 0 || n.End > len(after) || n.Start > n.End || n.Reason == "" {
				t.Fatalf("%+v", n)
			}
		}
		for _, touch := range d.PageTouches(c) {
			if touch.Name == "" {
				t.Fatalf("%+v", touch)
			}
		}
		for _, change := range DefinitionChanges(before, after) {
			if change.ID == "" {
				t.Fatalf("%+v", change)
			}
		}
	})
}
