// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds benchmarks of the search in ordinary and in hostile text.

package detect

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"
)

const speedBar = 50 // MB/s of added text, at least, with manyAliases names

const manyAliases = 10_000

// syllables make names and words that are no one's.
var syllables = strings.Fields("ba co du fe gi ha jo ku la me ni po qua re si to vu wa xe yo za bri cha dro fle gra klo mnu pri sto tra")

// parts make names.
var parts = strings.Fields("Abuse Auto Block Book Cache Central Check Code Content Data Draft Edit Event Feed File Filter Flag Form Geo Global Graph Guide " +
	"Hook Image Index Input Item Job Label Lang Link List Log Map Mass Media Meta Module Notice Page Parser Patrol Quick Rate Search Section Tab Tag Talk Text Time " +
	"Title Upload User View Watch Wiki Zero")

func word(r *rand.Rand) string {
	var b strings.Builder
	for range 1 + r.IntN(4) {
		b.WriteString(syllables[r.IntN(len(syllables))])
	}
	return b.String()
}

func part(r *rand.Rand) string { return parts[r.IntN(len(parts))] }

func title(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

// benchLexicon has made-up names of every kind.
func benchLexicon() *Lexicon {
	r := rand.New(rand.NewPCG(1, 2))
	var aliases []Alias
	for i := 0; len(aliases) < manyAliases; i++ {
		first, second := part(r)+part(r), part(r)
		name := first + second
		switch i % 4 {
		case 0, 1:
			aliases = append(aliases, Alias{Kind: Extension, Name: name, Item: name}, Alias{Kind: Extension, Name: first + " " + second, Item: name})
		case 2:
			aliases = append(aliases, Alias{Kind: Gadget, Name: name, Item: name, Wiki: "enwiki"})
		default:
			name = strings.ToLower(first + "-" + second)
			aliases = append(aliases, Alias{Kind: Tool, Name: name, Item: name})
		}
	}
	return NewLexicon(aliases)
}

// talk writes a talk page of about so many bytes: sections, indented comments
// with links, templates and signatures, and now and then a mention.
func talk(size int) string {
	r := rand.New(rand.NewPCG(3, uint64(size)))
	var b strings.Builder
	at := time.Date(2026, 3, 4, 5, 6, 0, 0, time.UTC)
	for n := 0; b.Len() < size; n++ {
		if n%7 == 0 {
			fmt.Fprintf(&b, "\n== %s %s ==\n", title(word(r)), word(r))
		}
		b.WriteString(strings.Repeat(":", n%7))
		for range 3 + r.IntN(5) {
			b.WriteString(title(word(r)))
			for range 6 + r.IntN(14) {
				b.WriteString(" " + word(r))
			}
			switch r.IntN(12) {
			case 0:
				fmt.Fprintf(&b, " [[%s %s|%s]]", title(word(r)), word(r), word(r))
			case 1:
				fmt.Fprintf(&b, " [[Wikipedia:%s]] {{ping|%s}}", title(word(r)), title(word(r)))
			case 2:
				fmt.Fprintf(&b, " [https://www.example.org/%s/%s?a=b %s]", word(r), word(r), word(r))
			case 3:
				fmt.Fprintf(&b, "<ref>{{cite web|url=https://example.org/%s|title=%s}}</ref>", word(r), word(r))
			}
			b.WriteString(". ")
		}
		if n%20 == 0 {
			fmt.Fprintf(&b, "[[mw:Extension:%s]] ", title(word(r)))
		}
		user := title(word(r))
		at = at.Add(7 * time.Minute)
		fmt.Fprintf(&b, "[[User:%s|%s]] ([[User talk:%s|talk]]) %s\n", user, user, user, at.Format("15:04, 2 January 2006 (UTC)"))
	}
	return b.String()
}

func BenchmarkMentions(b *testing.B) {
	lexicon := benchLexicon()
	for _, size := range []int{2_000, 20_000, 200_000} {
		text := talk(size)
		for _, edit := range []struct{ name, before string }{{"new page", ""}, {"half of it new", text[:strings.LastIndex(text[:len(text)/2], "\n")+1]}} {
			b.Run(fmt.Sprintf("%s %d KB", edit.name, size/1000), func(b *testing.B) {
				d := New(Options{Wiki: "enwiki", Lexicon: lexicon})
				c := Change{Wiki: "enwiki", Title: "Talk:X", Before: edit.before, After: text, Time: time.Date(2026, 3, 4, 5, 0, 0, 0, time.UTC)}
				found := 0
				b.SetBytes(int64(len(text)))
				start := cpuTime()
				for b.Loop() {
					found = len(d.Mentions(c))
				}
				b.ReportMetric(float64(found), "mentions")
				bar := speedBar
				if edit.before != "" { // the comparison of the texts is a good part
					bar = 0
				}
				reportSpeed(b, start, len(text), bar)
			})
		}
	}
}
