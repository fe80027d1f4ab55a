// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds benchmarks of the pure parts on as many items as the biggest
// store has: verdicts, resolving names, what is similar.

package registry

import (
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"strings"
	"testing"
	"time"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/detect"
)

// Bars, which make bench prints beside what was measured. Together with what
// the store takes they stay under what the whole has to.
const (
	judgeBar    = 600  // ms for the verdicts on all items
	resolverBar = 1000 // ms to make the resolver of all items
	resolveBar  = 2000 // ns for a name as it stands in a source
	similarBar  = 5000 // ms for all tools and gadgets
	similarMB   = 400  // MB that are taken for it one after the other, at most
)

// manyItems are 300 extensions, 5 000 tools, 50 000 gadgets and 100 000 user
// scripts.
func manyItems() []Item {
	rnd := rand.New(rand.NewPCG(1, 2))
	items := make([]Item, 0, 155300)
	add := func(n int, make func(i int) Item) {
		for i := range n {
			items = append(items, make(i))
		}
	}
	text := func(n int) string {
		words := make([]string, n)
		for i := range words {
			// Few words are frequent and many are rare, as in real texts.
			words[i] = word(int(math.Pow(20000, rnd.Float64())))
		}
		return strings.Join(words, " ")
	}
	add(300, func(i int) Item {
		name := fmt.Sprintf("Part%dOfWiki", i)
		return Item{Key: NewKey(detect.Extension, "", name), Name: fmt.Sprintf("Part %d", i), Deployed: true, Listed: i%2 == 0}
	})
	add(5000, func(i int) Item {
		return Item{Key: NewKey(detect.Tool, "", fmt.Sprintf("tool-%d", i)), Name: text(2), URL: fmt.Sprintf("https://tool-%d.toolforge.org/", i), Aliases: []string{fmt.Sprintf("Tool:Number %d", i)},
			Details: Details{Title: text(3), Description: text(25), Keywords: strings.Fields(text(4))}}
	})
	add(50000, func(i int) Item {
		name := fmt.Sprintf("gadget_%d", i)
		return Item{Key: NewKey(detect.Gadget, "metawiki", name), Name: name, Page: "MediaWiki:Gadget-" + name, Aliases: []string{fmt.Sprintf("file%d", i/2)},
			Details: Details{Title: text(2), Description: text(12)}}
	})
	add(100000, func(i int) Item {
		name := fmt.Sprintf("User:U%d/script %d.js", i/5, i)
		return Item{Key: NewKey(detect.UserScript, "metawiki", name), Name: name, Page: name}
	})
	return items
}

// word makes the nth of many words.
func word(n int) string {
	syllables := []string{"ba", "ce", "di", "fo", "gu", "la", "me", "ni", "po", "ru"}
	var b strings.Builder
	for n += 10; n > 0; n /= 10 {
		b.WriteString(syllables[n%10])
	}
	return b.String()
}

// manyClaims give every item some claims, and most of the names an account.
func manyClaims(items []Item) (entries []Entry, accounts map[string]Account) {
	accounts = make(map[string]Account)
	entries = make([]Entry, len(items))
	for i, item := range items {
		holder := fmt.Sprintf("U%d", i/5)
		accounts[holder] = Account{Name: holder, LastEdit: noon.AddDate(0, 0, -i%400), Read: noon}
		say := func(source string, kind HolderKind, holder string, role Role, s Standing) {
			entries[i].Claims = append(entries[i].Claims, Claim{Item: item.Key, Role: role, Holder: holder, HolderKind: kind, Standing: s,
				Evidence: Evidence{Source: source, Wiki: "metawiki", Page: "Stewards", Revision: int64(i), User: holder, Time: noon.AddDate(0, 0, -i%900), Read: noon}})
		}
		entries[i].Item = item
		switch i % 4 {
		case 0:
			say("scripts", User, holder, Steward, Stated)
		case 1:
			say("scripts", User, holder, Steward, Stated)
			say("maintainers", Nobody, "", Steward, Stated)
		case 2:
			say("maintainers", Team, "Growth", Steward, Stated)
			say("cells", User, holder, Steward, Unconfirmed)
			say("toolhub", User, holder, Maintainer, Stated)
		}
	}
	return entries, accounts
}

// report reports the time of the fastest of some passes.
func report(b *testing.B, bar float64, unit string, one time.Duration, pass func()) {
	b.ReportAllocs()
	fastest := time.Duration(math.MaxInt64)
	for b.Loop() {
		start := time.Now()
		pass()
		fastest = min(fastest, time.Since(start))
	}
	b.ReportMetric(float64(fastest)/float64(one), unit)
	b.ReportMetric(bar, "bar:"+unit)
}

func BenchmarkJudge(b *testing.B) {
	entries, accounts := manyClaims(manyItems())
	limits := Limits{Inactive: 180 * 24 * time.Hour, Wiki: "metawiki"}
	report(b, judgeBar, "ms", time.Millisecond, func() {
		for i := range entries {
			if Judge(entries[i].Claims, accounts, limits, noon).Reason == "" {
				b.Fatal("no reason")
			}
		}
	})
}

func BenchmarkResolver(b *testing.B) {
	items := manyItems()
	rows := make([]presence, len(items))
	for i, item := range items {
		rows[i] = presence{source: "siteinfo", item: item}
	}
	b.Run("build", func(b *testing.B) {
		report(b, resolverBar, "ms", time.Millisecond, func() { resolverOf("metawiki", newResolver(rows)) })
	})
	b.Run("late", func(b *testing.B) {
		report(b, resolverBar, "ms", time.Millisecond, func() { NewResolver("metawiki", items).Resolve(detect.Tool, "", "nothing has this name") })
	})
	r := resolverOf("metawiki", newResolver(rows))
	b.Run("names", func(b *testing.B) {
		report(b, resolveBar, "ns/name", time.Duration(len(items)), func() {
			for i := range items {
				if len(r.Resolve(items[i].Key.Kind(), "", items[i].Name)) == 0 {
					b.Fatalf("%s has no key", items[i].Name)
				}
			}
		})
	})
	b.Run("addresses", func(b *testing.B) {
		report(b, 20*resolveBar, "ns/name", 1000, func() {
			for i := range 1000 {
				if len(r.Resolve(detect.Tool, "", items[300+i].URL)) == 0 {
					b.Fatalf("%s leads to no tool", items[300+i].URL)
				}
			}
		})
	})
}

func BenchmarkSimilar(b *testing.B) {
	var entries []Entry
	for _, item := range manyItems() {
		if kind := item.Key.Kind(); kind == detect.Tool || kind == detect.Gadget {
			item.Deprecated = len(entries)%50 == 0
			item.ReplacedBy = fmt.Sprintf("tool-%d", len(entries)%5000)
			entries = append(entries, Entry{Item: item})
		}
	}
	similar := 0
	report(b, similarBar, "ms", time.Millisecond, func() { similar = len(Similar(entries, nil)) })
	if similar < len(entries)/100 {
		b.Fatalf("only %d of %d are similar to something", similar, len(entries))
	}
	b.ReportMetric(float64(similar), "items")
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	Similar(entries, nil)
	runtime.ReadMemStats(&after)
	b.ReportMetric(float64(after.TotalAlloc-before.TotalAlloc)/1e6, "MB")
	b.ReportMetric(similarMB, "bar:MB")
}
