// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds made-up articles and talk pages of any size, for benchmarks and for the comparison with MediaWiki.

package wikitext

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
)

// page is a text as a wiki has it.
type page struct{ name, text string }

// benchPages returns an article and a talk page of each of 5, 20, 50, 100, 200 and 500 KB. They are the same every time.
// A KB of them holds about as many templates, links and headings as a KB of a wiki; see TestBenchPagesAreDenseAsRealOnes.
var benchPages = sync.OnceValue(func() []page {
	var pages []page
	for _, kb := range []int{5, 20, 50, 100, 200, 500} {
		pages = append(pages,
			page{fmt.Sprintf("article %d KB", kb), newWriter(uint64(kb)).article(kb << 10)},
			page{fmt.Sprintf("talk %d KB", kb), newWriter(uint64(kb) + 1000).talk(kb << 10)})
	}
	return pages
})

// writer makes prose and markup up. The same seed gives the same text.
type writer struct {
	rnd *rand.Rand
	b   strings.Builder
	// script is the language of the words, an index of words.
	script int
}

func newWriter(seed uint64) *writer { return &writer{rnd: rand.New(rand.NewPCG(seed, 7))} }

// one returns one of the choices.
func (w *writer) one(choices ...string) string { return choices[w.rnd.IntN(len(choices))] }

// chance is true in n of 100 cases.
func (w *writer) chance(n int) bool { return w.rnd.IntN(100) < n }

// between returns a number from lo to hi.
func (w *writer) between(lo, hi int) int { return lo + w.rnd.IntN(hi-lo+1) }

// put writes formatted text.
func (w *writer) put(format string, args ...any) { fmt.Fprintf(&w.b, format, args...) }

// word returns a word of the present script.
func (w *writer) word() string {
	list := words[w.script]
	return list[w.rnd.IntN(len(list))]
}

// name returns a proper name of one to three words.
func (w *writer) name() string {
	parts := make([]string, w.between(1, 3))
	for i := range parts {
		parts[i] = strings.Title(w.word()) //lint:ignore SA1019 single words of one script
	}
	return strings.Join(parts, " ")
}

// phrase returns n words in a row.
func (w *writer) phrase(n int) string {
	parts := make([]string, n)
	for i := range parts {
		parts[i] = w.word()
	}
	return strings.Join(parts, " ")
}

// sentence returns a sentence with the markup that running text has.
func (w *writer) sentence() string {
	var b strings.Builder
	n := w.between(8, 22)
	for i := range n {
		if i > 0 {
			b.WriteByte(' ')
		}
		switch k := w.rnd.IntN(1000); {
		case k < 58:
			b.WriteString(w.link())
		case k < 78:
			fmt.Fprintf(&b, "''%s''", w.phrase(w.between(1, 3)))
		case k < 82:
			fmt.Fprintf(&b, "'''%s'''", w.word())
		case k < 88:
			b.WriteString(w.inlineTemplate())
		case k < 90:
			fmt.Fprintf(&b, "%d&nbsp;km", w.between(2, 900))
		case k < 100:
			fmt.Fprintf(&b, "(%s, %d–%d)", w.phrase(2), w.between(1500, 1799), w.between(1800, 1999))
		default:
			b.WriteString(w.word())
			if k > 950 {
				b.WriteByte(',')
			}
		}
	}
	b.WriteByte('.')
	return b.String()
}

// link returns an internal link.
func (w *writer) link() string {
	switch w.rnd.IntN(12) {
	case 0, 1, 2:
		return "[[" + w.name() + "|" + w.phrase(w.between(1, 3)) + "]]"
	case 3:
		return "[[" + w.name() + "#" + w.name() + "|" + w.word() + "]]"
	case 4:
		return "[[" + w.word() + "]]s"
	case 5:
		return "[[:" + w.one("fr", "de", "wikt") + ":" + w.word() + "|" + w.word() + "]]"
	case 6:
		return "[[" + w.word() + "|''" + w.word() + "'']]"
	default:
		return "[[" + w.name() + "]]"
	}
}

// inlineTemplate returns a template that stands within a sentence.
func (w *writer) inlineTemplate() string {
	switch w.rnd.IntN(6) {
	case 0:
		return fmt.Sprintf("{{convert|%d|km|mi|abbr=on}}", w.between(1, 900))
	case 1:
		return "{{lang|" + w.one("fr", "la", "grc") + "|" + w.phrase(2) + "}}"
	case 2:
		return "{{circa|" + fmt.Sprint(w.between(900, 1900)) + "}}"
	case 3:
		return "{{nowrap|" + w.phrase(2) + " {{small|(" + w.word() + ")}}}}"
	case 4:
		return "{{ill|" + w.name() + "|" + w.one("es", "sv") + "|" + w.name() + "}}"
	default:
		return "{{" + w.word() + "}}"
	}
}

// reference returns a footnote.
func (w *writer) reference() string {
	switch w.rnd.IntN(8) {
	case 0, 1:
		return fmt.Sprintf(`<ref name="%s %d" />`, w.word(), w.between(1, 9))
	case 2:
		return fmt.Sprintf("<ref>%s, p. %d.</ref>", w.name(), w.between(1, 500))
	case 3:
		return fmt.Sprintf("{{sfn|%s|%d|pp=%d–%d}}", w.name(), w.between(1890, 2019), w.between(1, 80), w.between(81, 300))
	case 4:
		return fmt.Sprintf("<ref>[https://%s.example.org/%s/%d %s] (%s)</ref>", w.host(), w.host(), w.between(1, 9999), w.phrase(4), w.word())
	default:
		name := ""
		if w.chance(40) {
			name = fmt.Sprintf(` name="%s %d"`, w.word(), w.between(1, 9))
		}
		url := ""
		if w.chance(50) {
			url = fmt.Sprintf(" |url=https://%s.example.net/?id=%d&lang=en", w.host(), w.between(1, 99999))
		}
		return fmt.Sprintf("<ref%s>{{cite %s |last=%s |first=%s |title=%s%s |date=%d %s %d |publisher=[[%s]] |page=%d |isbn=978-0-%d-4 |access-date=2021-0%d-11}}</ref>",
			name, w.one("book", "web", "journal", "news"), w.name(), w.name(), w.phrase(6), url, w.between(1, 28),
			w.one("March", "June", "October"), w.between(1950, 2020), w.name(), w.between(1, 700), w.between(10000, 99999), w.between(1, 9))
	}
}

// host returns a word that may stand in an address.
func (w *writer) host() string { return words[0][w.rnd.IntN(len(words[0]))] }

// paragraph writes n sentences; refs of 100 have a footnote.
func (w *writer) paragraph(n, refs int) {
	for i := range n {
		if i > 0 {
			w.b.WriteByte(' ')
		}
		w.b.WriteString(w.sentence())
		if w.chance(refs) {
			w.b.WriteString(w.reference())
		}
	}
	w.b.WriteString("\n\n")
}

func TestBenchPagesAreDenseAsRealOnes(t *testing.T) {
	for _, p := range benchPages() {
		kb := float64(len(p.text)) / 1024
		per := func(what string, of string, least, most float64) {
			if n := float64(strings.Count(p.text, of)) / kb; n < least || n > most {
				t.Errorf("%s has %.2f %s a KB, want %.2f to %.2f", p.name, n, what, least, most)
			}
		}
		per("templates", "{{", 1.2, 6)
		per("links", "[[", 4.5, 10)
		per("addresses", "https://", 0.05, 1)
		per("headings", " ==\n", 0.15, 1.5)
		if strings.HasPrefix(p.name, "article") {
			per("footnotes", "<ref", 0.3, 2)
		}
	}
}
