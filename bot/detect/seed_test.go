// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds tests of the names that a detector can start with.

package detect

import (
	"strings"
	"testing"
)

func TestSeedHasNamesOfItsKindsOnce(t *testing.T) {
	count, seen := map[Kind]int{}, map[Alias]bool{}
	for _, a := range Seed() {
		count[a.Kind]++
		if a.Name == "" || a.Item == "" || a.Wiki != "" || seen[a] || strings.ContainsAny(a.Item, " |=@#") {
			t.Errorf("%+v", a)
		}
		seen[a] = true
	}
	if len(count) != 2 || count[Extension] < 180 || count[Skin] < 8 {
		t.Errorf("%v", count)
	}
}

func TestSeedFindsWhatIsKnownEverywhere(t *testing.T) {
	d := New(Options{Wiki: "metawiki", Lexicon: NewLexicon(Seed())})
	for text, want := range map[string]string{
		"Would it hurt to have UploadWizard ask for that?":            "extension UploadWizard",
		"Nobody is in charge of the Upload Wizard, or are they?":      "extension UploadWizard",
		"Pictures open in the Media Viewer since then.":               "extension MultimediaViewer",
		"Code in SyntaxHighlight is grey here.":                       "extension SyntaxHighlight_GeSHi",
		"https://phabricator.wikimedia.org/tag/wikibasemediainfo/":    "extension WikibaseMediaInfo",
		"We were told about the flow of time, and to do the math.":    "-",
		"Das betrifft die Erweiterung Score und die Skin MonoBook.":   "extension Score, skin MonoBook",
		"An article about a collection of maps, poems, and a quiz.":   "-",
		"My collection of charts is an insider's guide to newcomers.": "-",
	} {
		if got := list("metawiki", d.Mentions(Change{After: text})); got != want {
			t.Errorf("found %s in %q, want %s", got, text, want)
		}
	}
}

func TestLayersOfLexicons(t *testing.T) {
	base := NewLexicon([]Alias{
		{Kind: Extension, Name: "UploadWizard", Item: "UploadWizard"}, {Kind: Extension, Name: "Math", Item: "Math"},
		{Kind: Tool, Name: "User:ABot", Item: "abot"}, {Kind: Tool, Name: "Twofold", Item: "twofold"},
	})
	wiki := base.With([]Alias{
		{Kind: Gadget, Name: "HotCat", Item: "HotCat", Wiki: "enwiki"}, {Kind: Extension, Name: "Math", Item: "Math", Source: "other"},
		{Kind: Gadget, Name: "Math", Item: "Math", Wiki: "enwiki"}, {Kind: Gadget, Name: "Twofold", Item: "Twofold", Wiki: "enwiki"},
	})
	for l, want := range map[*Lexicon]string{
		base: "extension UploadWizard, extension Math",
		wiki: "extension UploadWizard, gadget HotCat, extension Math",
	} {
		d := New(Options{Wiki: "enwiki", Lexicon: l})
		if got := list("enwiki", d.Mentions(Change{After: "UploadWizard, HotCat and the Math extension."})); got != want {
			t.Errorf("found %s, want %s", got, want)
		}
	}
	if _, ok := wiki.Lookup("", "twofold"); ok {
		t.Error("a name of items in two layers is of one")
	}
	if a, ok := wiki.Lookup(Extension, "math"); !ok || a.Source != "" || len(wiki.records) != 3 {
		t.Errorf("%+v, and %d names of its own", a, len(wiki.records))
	}
	if !wiki.hasAccounts() || (*Lexicon)(nil).With(nil).hasAccounts() {
		t.Error("accounts are not those of all layers")
	}
	if same := base.With(nil); len(same.layers) != 1 || same.layers[0] != base {
		t.Error("a layer without names is kept")
	}
}
