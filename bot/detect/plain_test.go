// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds tests of what counts as a plain name: where it ends, whose it
// is, and what speaks against it.

package detect

import (
	"os"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

func TestNameEndsWhereItsWordDoes(t *testing.T) {
	d := New(Options{Wiki: "enwiki", Lexicon: NewLexicon([]Alias{
		{Kind: Extension, Name: "GuidedTour", Item: "GuidedTour"},
		{Kind: Gadget, Name: "Cat-a-lot", Item: "Cat-a-lot", Wiki: "enwiki"},
		{Kind: Gadget, Name: "БыстрыйПоиск", Item: "БыстрыйПоиск", Wiki: "enwiki"},
	})})
	const tour = "extension GuidedTour"
	for text, want := range map[string]string{
		"GuidedTour": tour, "GuidedTour.": tour, "(GuidedTour)": tour, "GuidedTour's": tour, "GuidedTour’s": tour,
		"GuidedTour-based": tour, "pre-GuidedTour": tour, "“GuidedTour”": tour, "GuidedTour: no": tour, "'''GuidedTour'''": tour,
		"如GuidedTour在": tour, "GuidedTourが": tour, "GuidedTour를": tour, "в GuidedTourе": tour, "الـGuidedTour": tour, "GuidedTour(s)": tour,
		"GuidedTour, yes": tour, "GuidedTour…": tour, "GuidedTour—or not": tour, "a GuidedTour/ b": tour, "x GuidedTour\ny": tour,
		"GuidedTours": "", "MyGuidedTour": "", "GuidedTour2": "", "GuidedTouré": "", "GuidedTour\u0301": "", "guidedTour": "", "Guidedtour": "",
		"GuidedTour.php": "", "a/GuidedTour": "", "GuidedTour/x": "", "GuidedTour::x": "", "GuidedTour()": "", "$GuidedTour": "",
		"GuidedTour_x": "", "x_GuidedTour": "", "a.GuidedTour": "", "a\\GuidedTour": "", "GuidedTour=1": "", "x=GuidedTour": "", "@GuidedTour": "",
		"GuidedTour@x.example": "", "%GuidedTour": "", "<GuidedTour>": "", "{GuidedTour}": "", "User:GuidedTour": "", "File:GuidedTour": "",
		"Cat-a-lot": "gadget Cat-a-lot", "Cat-a-lot-like": "gadget Cat-a-lot", "Cat-a-lots": "", "My-Cat-a-lot": "", "Cat a lot": "", "Cat_a_lot": "",
		"это БыстрыйПоиск, да": "gadget БыстрыйПоиск", "БыстрыйПоиску": "",
	} {
		if got := plainIn(d, text); got != want {
			t.Errorf("in %q: found %q, want %q", text, got, want)
		}
	}
}

func TestSharedNames(t *testing.T) {
	d := New(Options{Wiki: "enwiki", Lexicon: NewLexicon([]Alias{
		{Kind: Extension, Name: "PageThing", Item: "PageThing"},
		{Kind: Tool, Name: "PageThing", Item: "page-thing"},
		{Kind: Gadget, Name: "EditThing", Item: "EditThing", Wiki: "enwiki"},
		{Kind: Gadget, Name: "EditThing", Item: "EditThing", Wiki: "dewiki"},
		{Kind: Gadget, Name: "FarThing", Item: "FarThing", Wiki: "dewiki"},
		{Kind: Tool, Name: "TwiceThing", Item: "a"},
		{Kind: Tool, Name: "TwiceThing", Item: "b"},
		{Kind: Extension, Name: "SpeltThing", Item: "SpeltThing"},
		{Kind: Tool, Name: "speltthing", Item: "speltthing"},
		{Kind: Extension, Name: "SameThing", Item: "SameThing", Source: "directory"},
		{Kind: Extension, Name: "Same Thing", Item: "SameThing", Source: "title"},
	})})
	for text, want := range map[string]string{
		"PageThing fails":                "",
		"the PageThing extension fails":  "extension PageThing",
		"the PageThing tool fails":       "tool page-thing",
		"the PageThing gadget fails":     "",
		"EditThing fails":                "gadget EditThing",
		"FarThing fails":                 "gadget FarThing",
		"TwiceThing fails":               "",
		"the TwiceThing tool fails":      "",
		"SpeltThing fails":               "extension SpeltThing",
		"the speltthing tool fails":      "tool speltthing",
		"SameThing and the Same Thing x": "extension SameThing, extension SameThing",
	} {
		if got := plainIn(d, text); got != want {
			t.Errorf("in %q: found %q, want %q", text, got, want)
		}
	}
	if m := plain(d, "EditThing fails")[0]; m.Wiki != "enwiki" || m.Alias != "EditThing" {
		t.Errorf("%+v", m)
	}
}

func TestUsersAreNoItems(t *testing.T) {
	lexicon := NewLexicon([]Alias{{Kind: Gadget, Name: "HotCat", Item: "HotCat", Wiki: "dewiki"}})
	for text, want := range map[string]string{
		"[[Benutzer:HotCat|HotCat]] schrieb das":               "",
		"[[Benutzer Diskussion:HotCat|HotCat]]":                "",
		"[[User:HotCat|HotCat]]":                               "",
		"[[m:User:HotCat|HotCat]] [[w:en:User:HotCat|HotCat]]": "",
		"[[Spezial:Beiträge/HotCat|HotCat]]":                   "",
		"[[Benutzer:A/x|HotCat]] geht nicht":                   "gadget HotCat",
		"[[Hilfe:X|HotCat]] geht nicht":                        "gadget HotCat",
	} {
		d := New(Options{Wiki: "dewiki", Lexicon: lexicon})
		var found []string
		for _, c := range d.page(Change{Wiki: "dewiki", Title: "Diskussion:X", After: text}).search(spans{{Start: 0, End: len(text)}}) {
			if c.Rule == "plain-name" {
				found = append(found, string(c.Kind)+" "+c.Name)
			}
		}
		if got := strings.Join(found, ", "); got != want {
			t.Errorf("in %q: found %q, want %q", text, got, want)
		}
	}
}

func TestNearMissesSayWhatSpeaksAgainstThem(t *testing.T) {
	d := New(Options{Wiki: "enwiki", Lexicon: NewLexicon([]Alias{
		{Kind: Extension, Name: "Math", Item: "Math"},
		{Kind: Extension, Name: "UploadWizard", Item: "UploadWizard"},
		{Kind: Tool, Name: "TwiceThing", Item: "a"},
		{Kind: Tool, Name: "TwiceThing", Item: "b"},
	})})
	for text, want := range map[string]string{
		"I like Math.":            againstWord,
		"TwiceThing fails":        againstShared,
		"== Upload Wizard ==":     againstTitle,
		"User:UploadWizard wrote": againstSection,
		"Uploadwizard fails":      againstCase,
	} {
		near := d.Explain(Change{Wiki: "enwiki", Title: "Talk:X", After: text}).Near
		if !slices.ContainsFunc(near, func(n NearMiss) bool { return n.Rule == "plain-name" && n.Reason == want && n.Start < n.End }) {
			t.Errorf("%q: %+v, want %q", text, near, want)
		}
	}
}

func TestPlainNamesOnlyInAddedText(t *testing.T) {
	d := New(Options{Wiki: "enwiki", Lexicon: NewLexicon([]Alias{{Kind: Extension, Name: "UploadWizard", Item: "UploadWizard"}})})
	before := "Old: UploadWizard is slow.\n"
	for after, want := range map[string]int{
		before:                 0,
		before + "So it is.\n": 0,
		before + "UploadWizard is slow, I know\n": 1,
		"New\n" + before: 0,
		strings.Replace(before, "slow", "bad", 1): 0,
	} {
		if got := d.Mentions(Change{Wiki: "enwiki", Title: "Talk:X", Before: before, After: after}); len(got) != want {
			t.Errorf("%q: %+v, want %d", after, got, want)
		}
	}
}

func TestNothingIsFoundWithoutALexicon(t *testing.T) {
	for _, l := range []*Lexicon{nil, NewLexicon(nil)} {
		d := New(Options{Wiki: "enwiki", Lexicon: l})
		if got := plainIn(d, "the UploadWizard extension"); got != "" {
			t.Errorf("found %q", got)
		}
	}
}

func TestPlainNamesOfHostileTextTakeLinearTime(t *testing.T) {
	lexicon := NewLexicon(slices.Concat(realNames(t), []Alias{{Kind: Extension, Name: "a b c d e f", Item: "x"}}))
	for _, unit := range []string{
		"UploadWizard ", "upload wizard ", "maintain the upload wizard ", "extensions Echo, Flow and ", "Echo, ", "Echo and ", "the Echo extension ",
		"extension ", "a b c d ", "==Upload Wizard", "Upload Wizard ", `="UploadWizard `, "<b>UploadWizard", "[[a|UploadWizard]]", "{{a|UploadWizard",
		"{{UploadWizard", "[[User:A|UploadWizard]] ", "UploadWizard=", "-Cat-a-lot", "用UploadWizard", "扩展", "Map", "'''''", "\u0301", "Upload\xff",
	} {
		t.Run(unit, func(t *testing.T) {
			fastest := func(n int) time.Duration {
				best := time.Hour
				for range 3 {
					text := strings.Repeat(unit, n)
					d := New(Options{Wiki: "enwiki", Lexicon: lexicon})
					p := d.page(Change{Wiki: "enwiki", Title: "Talk:X", After: text})
					p.masked()
					p.added = spans{{Start: 0, End: len(text)}}
					start := cpuTime()
					plainNames(p)
					best = min(best, cpuTime()-start)
				}
				return best
			}
			if os.Getenv("SOAK") == "" { // the time tells something only where nothing else runs
				fastest(500)
				return
			}
			small, large := fastest(5_000), fastest(20_000)
			t.Logf("%v, then %v for four times the text", small, large)
			if large > 300*time.Millisecond && large > 8*small {
				t.Errorf("time grows from %v to %v for four times the text", small, large)
			}
		})
	}
}

func FuzzPlainNames(f *testing.F) {
	for _, file := range []string{"names.txt", "traps.txt"} {
		for _, line := range lines(f, file) {
			f.Add(line)
		}
	}
	d := New(Options{Wiki: "enwiki", Lexicon: NewLexicon(realNames(f))})
	f.Fuzz(func(t *testing.T, text string) {
		p := d.page(Change{Wiki: "enwiki", Title: "Talk:X", After: text})
		p.added = spans{{Start: 0, End: len(text)}}
		var near []NearMiss
		p.near, p.rule = &near, &rule{name: "plain-name"}
		asked := plainNames(p)
		last := 0
		for _, ref := range asked {
			if ref.Start < last || ref.Start >= ref.End || ref.End > len(text) || ref.items[0].name == "" {
				t.Fatalf("%+v", ref)
			}
			if utf8.ValidString(text) && !utf8.ValidString(text[ref.Start:ref.End]) {
				t.Fatalf("half a letter in %q", text[ref.Start:ref.End])
			}
			last = ref.End
		}
		// Nothing more is found when somebody asks why.
		p.near = nil
		if diff := cmp.Diff(asked, plainNames(p), cmp.AllowUnexported(reference{}, item{}, place{})); diff != "" {
			t.Fatal(diff)
		}
	})
}
