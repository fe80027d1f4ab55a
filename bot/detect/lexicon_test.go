// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds tests of the lexicon and its words, and how fast it is.

package detect

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"strings"
	"testing"
)

func TestLookup(t *testing.T) {
	l := NewLexicon([]Alias{
		{Kind: Extension, Name: "WikibaseMediaInfo", Item: "WikibaseMediaInfo"},
		{Kind: Tool, Name: "ia-upload", Item: "ia-upload"},
		{Kind: Tool, Name: "Twice", Item: "a"}, {Kind: Tool, Name: "twice", Item: "b"}, {Kind: Gadget, Name: "Twice", Item: "Twice", Wiki: "enwiki"},
	})
	tests := []struct {
		kind      Kind
		raw, want string
	}{
		{Extension, "wikibasemediainfo", "WikibaseMediaInfo"},
		{"", "wikibasemediainfo", "WikibaseMediaInfo"},
		{Extension, "Wikibase Media Info", "WikibaseMediaInfo"},
		{Tool, "WikibaseMediaInfo", ""},
		{Tool, "IA Upload", "ia-upload"},
		{Tool, " IA_Upload ", "ia-upload"},
		{Tool, "Twice", ""},
		{Gadget, "TWICE", "Twice"},
		{"", "twice", ""},
		{Tool, "", ""},
		{Tool, strings.Repeat("x", 1000), ""},
	}
	for _, tt := range tests {
		if got, ok := l.Lookup(tt.kind, tt.raw); got.Item != tt.want || ok != (tt.want != "") {
			t.Errorf("Lookup(%q, %q) = %+v, %v", tt.kind, tt.raw, got, ok)
		}
	}
	if _, ok := (*Lexicon)(nil).Lookup(Tool, "x"); ok {
		t.Error("a nil lexicon knows something")
	}
}

func TestOrdinaryWords(t *testing.T) {
	for _, word := range strings.Fields(`math cite poem echo thanks nuke flow score babel calendar chart collection graph insider josa linter
		newsletter popups quiz translate erweiterung karte carte mapa zoeken расширение watchlist wikidata toolhub commons rss mp3`) {
		if !ordinary(word) {
			t.Errorf("%q is no ordinary word", word)
		}
	}
	for _, word := range strings.Fields("uploadwizard scribunto kartographer cirrussearch quickstatements petscan huggle globalwatchlist") {
		if ordinary(word) {
			t.Errorf("%q is an ordinary word", word)
		}
	}
	for word, want := range map[string]bool{"youtube": true, "linkedin": true, "javascript": true, "uploadwizard": false, "visualeditor": false, "realme": false} {
		if brand(word) != want {
			t.Errorf("brand(%q) is %v", word, !want)
		}
	}
	for word, want := range map[string]bool{"sitenotice": true, "toolhub": true, "scribunto": false, "kartographer": false, "hot": false} {
		if compound(word) != want {
			t.Errorf("compound(%q) is %v", word, !want)
		}
	}
}

func TestFlatKeepsBytesWhereTheyAre(t *testing.T) {
	for in, want := range map[string]string{
		"Cat-a_Lot": "cat a lot", "ÄÖ-Ж": "äö ж", "İK\u212a": "İk\u212a", "Ⱥ": "Ⱥ", "a\xffB": "a\xffb", "": "",
	} {
		if got := flat(in); got != want || len(got) != len(in) {
			t.Errorf("flat(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestHumps(t *testing.T) {
	for in, want := range map[string]string{
		"GuidedTour": "Guided Tour", "UTCLiveClock": "UTC Live Clock", "wikEd": "wik Ed", "Scribunto": "Scribunto", "ORES": "ORES", "RefToolbar2.0": "", "": "",
	} {
		if got := strings.Join(humps(in), " "); got != want {
			t.Errorf("humps(%q) = %q", in, got)
		}
	}
}

const (
	plainBar    = 60      // MB/s of text, at least, with manyAliases names
	mostAliases = 155_000 // of all gadgets, scripts, tools and extensions
	buildBar    = 1_500   // ms of processor time, at most, for mostAliases
	memoryBar   = 60      // MB, at most, for mostAliases
)

// madeUp makes names of all kinds in all shapes.
func madeUp(n int) []Alias {
	r := rand.New(rand.NewPCG(5, 6))
	aliases := make([]Alias, 0, n)
	for i := range n {
		first, second := word(r), word(r)
		name := []string{title(first) + title(second), first + "-" + second, title(first) + " " + second, first + second, title(first) + title(second) + title(word(r))}[i%5]
		aliases = append(aliases, Alias{Kind: Kinds[i%len(Kinds)], Name: name, Item: fmt.Sprint(i), Wiki: ""})
	}
	return aliases
}

func BenchmarkPlainNames(b *testing.B) {
	r := rand.New(rand.NewPCG(7, 11))
	traps := lines(b, "traps.txt")
	var ordinary strings.Builder
	for ordinary.Len() < 200_000 {
		ordinary.WriteString(ordinaryTalk(r, traps))
	}
	names := append(realNames(b), madeUp(manyAliases)...)[:manyAliases]
	for _, text := range []struct{ name, text string }{{"ordinary talk", ordinary.String()}, {"made-up words", talk(200_000)}} {
		b.Run(text.name, func(b *testing.B) {
			d := New(Options{Wiki: "enwiki", Lexicon: NewLexicon(names)})
			p := d.page(Change{Wiki: "enwiki", Title: "Talk:X", After: text.text})
			p.masked()
			p.templates()
			p.added = spans{{Start: 0, End: len(text.text)}}
			b.SetBytes(int64(len(text.text)))
			start := cpuTime()
			for b.Loop() {
				plainNames(p)
			}
			reportSpeed(b, start, len(text.text), plainBar)
		})
	}
}

func BenchmarkNewLexicon(b *testing.B) {
	for _, n := range []int{manyAliases, mostAliases} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			aliases := madeUp(n)
			var before, after runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&before)
			start := cpuTime()
			var l *Lexicon
			for b.Loop() {
				l = NewLexicon(aliases)
			}
			took := cpuTime() - start
			runtime.GC()
			runtime.ReadMemStats(&after)
			b.ReportMetric(float64(took.Milliseconds())/float64(b.N), "ms")
			b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/1e6, "MB")
			b.ReportMetric(buildBar, "bar:ms")
			b.ReportMetric(memoryBar, "bar:MB")
			runtime.KeepAlive(l)
		})
	}
}

const (
	wikis      = 1_000
	ownAliases = 60 // of the gadgets of a wiki
	layerBar   = 20 // KB of a wiki's layer, at most
)

// BenchmarkLayers measures what each of many wikis takes that share most names.
func BenchmarkLayers(b *testing.B) {
	shared := madeUp(mostAliases)
	base := NewLexicon(shared)
	own := make([][]Alias, wikis)
	for i := range own {
		for _, a := range shared[i*ownAliases : (i+1)*ownAliases] {
			own[i] = append(own[i], Alias{Kind: Gadget, Name: a.Name + "s", Item: a.Name + "s", Wiki: fmt.Sprint(i)}, a)
		}
	}
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	layers := make([]*Lexicon, wikis)
	for b.Loop() {
		for i := range layers {
			layers[i] = base.With(own[i])
		}
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/wikis/1e3, "KB")
	b.ReportMetric(layerBar, "bar:KB")
	runtime.KeepAlive([]any{layers, own, shared})
}
