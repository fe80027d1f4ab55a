// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds tests of plain names: what is found, and what is not, in lines
// written for it and in long made-up talk.

package detect

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
)

// lines returns the lines of a file of testdata/prose that are neither empty nor
// a remark.
func lines(t testing.TB, file string) []string {
	t.Helper()
	data, err := os.ReadFile("testdata/prose/" + file)
	if err != nil {
		t.Fatal(err)
	}
	var kept []string
	for line := range strings.Lines(string(data)) {
		line = strings.TrimSuffix(line, "\n")
		if line != "" && !strings.HasPrefix(line, "# ") && !strings.HasPrefix(line, "@") {
			kept = append(kept, line)
		}
	}
	return kept
}

// realNames are the extensions and skins that Wikimedia's wikis have, and ids of
// gadgets and names of tools as people choose them, many of them plain words.
func realNames(t testing.TB) []Alias {
	t.Helper()
	var aliases []Alias
	for _, list := range []struct {
		kind Kind
		file string
		wiki string
	}{{Extension, "extensions.txt", ""}, {Skin, "skins.txt", ""}, {Gadget, "gadgets.txt", "enwiki"}, {Tool, "tools.txt", ""}} {
		data, err := os.ReadFile("testdata/words/" + list.file)
		if err != nil {
			t.Fatal(err)
		}
		items := map[string]string{} // by name in lower case: the first is the item's, the others are titles
		for _, name := range strings.Fields(string(data)) {
			item := cmp.Or(items[flat(name)], name)
			items[flat(name)] = item
			aliases = append(aliases, Alias{Kind: list.kind, Name: strings.ReplaceAll(name, "_", " "), Item: item, Wiki: list.wiki, Source: "name"})
		}
	}
	return aliases
}

// plainWordNames are gadgets and tools that are called like two ordinary words,
// in the ways in which people write ids.
func plainWordNames() []Alias {
	var aliases []Alias
	for i, first := range nouns {
		for j, second := range nouns {
			name := titled(first) + " " + second
			switch (i + j) % 5 {
			case 0:
				name = first + "-" + second
			case 1:
				name = titled(first) + titled(second)
			case 2:
				name = first + second
			case 3:
				name = titled(first) + " " + titled(second)
			}
			kind := []Kind{Gadget, Tool, UserScript}[(i*3+j)%3]
			aliases = append(aliases, Alias{Kind: kind, Name: name, Item: name, Source: "id"})
		}
	}
	return aliases
}

// plain returns what the rule for plain names finds in a text.
func plain(d *Detector, text string) []Mention {
	p := d.page(Change{Wiki: "enwiki", Title: "Talk:X", After: text})
	var found []Mention
	for _, c := range p.search(spans{{Start: 0, End: len(text)}}) {
		if c.Rule == "plain-name" {
			found = append(found, c.Mention)
		}
	}
	return found
}

func plainIn(d *Detector, text string) string {
	var found []string
	for _, m := range plain(d, text) {
		found = append(found, fmt.Sprintf("%s %s", m.Kind, m.Name))
	}
	return strings.Join(found, ", ")
}

func TestPlainNamesAreFound(t *testing.T) {
	d := New(Options{Wiki: "enwiki", Lexicon: NewLexicon(realNames(t))})
	missed, all := 0, slices.Concat(lines(t, "names.txt"), lines(t, "names_languages.txt"), lines(t, "names_ways.txt"))
	for _, line := range all {
		want, text, ok := strings.Cut(line, " | ")
		if !ok {
			t.Fatalf("no case: %q", line)
		}
		if got := plainIn(d, text); got != want {
			t.Errorf("in %q: found %q, want %q", text, got, want)
			missed++
		}
	}
	t.Logf("%d of %d right", len(all)-missed, len(all))
}

func TestPlainNamesAreNotFoundInOrdinaryLines(t *testing.T) {
	d := New(Options{Wiki: "enwiki", Lexicon: NewLexicon(slices.Concat(realNames(t), plainWordNames()))})
	for _, line := range lines(t, "traps.txt") {
		if got := plainIn(d, line); got != "" {
			t.Errorf("in %q: found %q", line, got)
		}
	}
}

// proseBytes is how much talk must be without a finding.
const proseBytes = 5 << 20

func TestPlainNamesAreNotFoundInOrdinaryTalk(t *testing.T) {
	names := slices.Concat(realNames(t), plainWordNames())
	d := New(Options{Wiki: "enwiki", Lexicon: NewLexicon(names)})
	traps, r := lines(t, "traps.txt"), rand.New(rand.NewPCG(7, 11))
	size, pages := 0, 0
	for ; size < proseBytes; pages++ {
		text := ordinaryTalk(r, traps)
		size += len(text)
		for _, m := range plain(d, text) {
			t.Errorf("%s %s on page %d in %q", m.Kind, m.Name, pages, text[max(0, m.Start-60):min(len(text), m.End+60)])
		}
	}
	t.Logf("%d names in %d bytes on %d pages", len(names), size, pages)
}
