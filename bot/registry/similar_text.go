// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds how the texts about an item become terms: words without
// endings, without those that every text has.

package registry

import (
	"strings"
	"unicode"

	"github.com/kljensen/snowball/english"
	"github.com/kljensen/snowball/french"
	"github.com/kljensen/snowball/hungarian"
	"github.com/kljensen/snowball/norwegian"
	"github.com/kljensen/snowball/russian"
	"github.com/kljensen/snowball/spanish"
	"github.com/kljensen/snowball/swedish"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/detect"
)

const (
	// longestText is how many bytes of a description are read: what comes later
	// is hardly about what a thing does.
	longestText = 2000
	// longestWord is more than the bytes of a word of any use.
	longestWord = 60
)

// language is one whose endings are known.
type language struct {
	stem func(word string, stopWords bool) string
	stop func(word string) bool
}

// languages begin with the one that short texts in ASCII are taken for.
var languages = []language{
	{english.Stem, english.IsStopWord},
	{french.Stem, french.IsStopWord},
	{spanish.Stem, spanish.IsStopWord},
	{swedish.Stem, swedish.IsStopWord},
	{norwegian.Stem, norwegian.IsStopWord},
	{hungarian.Stem, hungarian.IsStopWord},
	{russian.Stem, russian.IsStopWord},
}

// russianIndex is the place of Russian among the languages.
const russianIndex = 6

// noLanguage stands for those whose endings are not known.
const noLanguage = -1

// emptyWords tell nothing of what a thing does on a wiki: what all of them are
// and are for, and the small words of big languages whose endings are not
// known. Those of the others come with their languages.
var emptyWords = words(`
	wiki wikis wikipedia wikipedias wikimedia mediawiki wikiproject wmf toolforge toolhub labs wmflabs
	tool tools toolkit gadget gadgets script scripts userscript userscripts user users utility utilities software program
	page pages article articles site sites website project projects editor editors people person
	http https www org com net html css js javascript php python api app apps application web webapp interface ui online
	use uses used using usage useful add adds adding added allow allows allowing let lets enable enables enabling
	show shows showing shown display displays displaying make makes making made help helps helping helper provide provides providing
	give gives get gets getting work works working based also well like need needs want way new simple easy easily quick quickly fast
	various different several multiple many one two within via per without set sets option options feature features support supports
	der die das den dem des und oder ein eine einer einem einen ist sind mit von für auf aus bei nach zu zum zur wird werden nicht auch im am als
	o os as um uma uns umas e ou do da dos das no na nos nas em para por com que não ao à é se
	il lo gli un una uno di del della dei delle e o per con che non in nel nella è sono si
	de het een en of van voor met op in te dat die is zijn niet ook aan bij
	i w z na do się nie jest oraz lub dla o od po przy jako`)

func words(text string) map[string]bool {
	set := make(map[string]bool)
	for _, w := range strings.Fields(text) {
		set[w] = true
	}
	return set
}

// termReader makes terms of texts. It numbers them in the order in which it sees
// them, and remembers how each was first written.
type termReader struct {
	numbers map[string]int32
	written []string
	stems   []map[string]string
	tokens  []token
	terms   map[int32]float64
}

// token is a word of a text, in lower case, and how much its place counts.
type token struct {
	word   string
	weight float64
}

// The weights of a word in what names an item and in what describes it, and of
// a part of a word as a share of the whole.
const (
	nameWeight  = 2
	proseWeight = 1
	partWeight  = 0.35
)

func newTermReader() *termReader {
	r := &termReader{numbers: make(map[string]int32), stems: make([]map[string]string, len(languages)), terms: make(map[int32]float64)}
	for i := range r.stems {
		r.stems[i] = make(map[string]string)
	}
	return r
}

// read returns the weights of the terms of an item's texts by number, until it
// is called again.
func (r *termReader) read(item *Item) map[int32]float64 {
	r.tokens = r.tokens[:0]
	r.split(nameOf(item), nameWeight)
	if item.Title != item.Name {
		r.split(item.Title, nameWeight)
	}
	for _, k := range item.Keywords {
		r.split(k, nameWeight)
	}
	r.split(item.Description, proseWeight)

	in := guessLanguage(r.tokens)
	terms := r.terms
	clear(terms)
	for _, t := range r.tokens {
		if emptyWords[t.word] || in != noLanguage && languages[in].stop(t.word) {
			continue
		}
		n := r.number(t.word, in)
		// A word counts by its best place; that it comes again adds little.
		old := terms[n]
		terms[n] = max(old, t.weight)
		if old > 0 {
			terms[n] += 0.25
		}
	}
	return terms
}

// nameOf is what of an item's name tells what it does: of a script the part
// behind its author.
func nameOf(item *Item) string {
	name := item.Name
	if item.Key.Kind() == detect.UserScript {
		if _, page, ok := strings.Cut(name, "/"); ok {
			name = strings.TrimSuffix(page, ".js")
		}
	}
	return name
}

func (r *termReader) number(word string, in int) int32 {
	stem := word
	if in != noLanguage {
		var known bool
		if stem, known = r.stems[in][word]; !known {
			stem = languages[in].stem(word, true)
			r.stems[in][word] = stem
		}
	}
	n, known := r.numbers[stem]
	if !known {
		n = int32(len(r.written))
		r.numbers[stem] = n
		r.written = append(r.written, word)
	}
	return n
}

// split takes a text apart into words. A word with capitals in it, such as
// CatScan, counts as a whole and by its parts; where words are not divided by
// spaces, two letters are one.
func (r *termReader) split(text string, weight float64) {
	if len(text) > longestText {
		text = text[:longestText]
	}
	for _, field := range strings.Fields(text) {
		if strings.Contains(field, "://") {
			continue
		}
		for _, word := range strings.FieldsFunc(field, func(c rune) bool { return !unicode.IsLetter(c) && !unicode.IsDigit(c) && !unicode.IsMark(c) }) {
			r.word(word, weight)
		}
	}
}

func (r *termReader) word(word string, weight float64) {
	if len(word) > longestWord {
		return
	}
	start, part := 0, rune(0)
	letters, dense := 0, false
	for i, c := range word {
		if unicode.IsLetter(c) {
			letters++
		}
		dense = dense || isDense(c)
		if unicode.IsLower(part) && unicode.IsUpper(c) {
			r.take(word[start:i], partWeight*weight)
			start = i
		}
		part = c
	}
	switch {
	case letters == 0:
	case dense:
		var last rune
		for i, c := range word {
			if i > 0 {
				r.tokens = append(r.tokens, token{string([]rune{last, c}), weight})
			}
			last = c
		}
	default:
		if start > 0 {
			r.take(word[start:], partWeight*weight)
		}
		r.take(word, weight)
	}
}

// take adds a word that is longer than a letter.
func (r *termReader) take(word string, weight float64) {
	if len(word) > 1 {
		r.tokens = append(r.tokens, token{strings.ToLower(word), weight})
	}
}

// isDense reports whether c is of a script that puts no spaces between words.
func isDense(c rune) bool {
	return c > 0xE00 && unicode.In(c, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar)
}

// guessLanguage tells the language of a text by its small words: the one that
// has most of them. Without any, a text in ASCII is taken for English, which
// most are; what is written in other letters has no known endings.
func guessLanguage(tokens []token) int {
	var hits [russianIndex + 1]int
	ascii, cyrillic := true, false
	for _, t := range tokens {
		for _, c := range t.word {
			if c < 0x80 {
				continue
			}
			ascii = false
			if strings.ContainsRune("іїєґўјљњћђџ", c) { // letters of its neighbours
				return noLanguage
			}
			cyrillic = cyrillic || unicode.Is(unicode.Cyrillic, c)
		}
		if len(t.word) > 14 {
			continue // no small word
		}
		for i := range hits {
			if languages[i].stop(t.word) {
				hits[i]++
			}
		}
	}
	if cyrillic {
		return russianIndex
	}
	best, unsure := 0, false
	for i := 1; i < russianIndex; i++ {
		switch {
		case hits[i] > hits[best]:
			best, unsure = i, false
		case hits[i] == hits[best]:
			unsure = true
		}
	}
	if hits[best] == 0 || unsure {
		if ascii {
			return 0
		}
		return noLanguage
	}
	return best
}
