// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the ordinary words: which names people also write when they
// mean no item.

package detect

import (
	_ "embed"
	"hash/fnv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// wordFilter is a Bloom filter of words and phrases in lower case. It is made
// by TestMakeWords, which says from which lists. About one in a hundred other
// names passes for a word, and then needs a cue.
//
//go:embed words.filter
var wordFilter string

// filterHashes is how many bits of the filter a word sets.
const filterHashes = 6

// filterBits calls yield with the numbers of the bits of a word in a filter of
// that many bytes, until it returns false, and reports whether it never did.
func filterBits(word string, bytes int, yield func(bit uint64) bool) bool {
	h := fnv.New64a()
	h.Write([]byte(word))
	sum := h.Sum64()
	step := sum>>33 | 1
	for range filterHashes {
		if !yield(sum % uint64(bytes*8)) {
			return false
		}
		sum += step * 0x9e3779b97f4a7c15
	}
	return true
}

// listed reports whether a word or phrase in lower case is in the lists.
func listed(word string) bool {
	return filterBits(word, len(wordFilter), func(bit uint64) bool { return wordFilter[bit/8]&(1<<(bit%8)) != 0 })
}

// basicMark stands before the words that everybody knows: two of them in one
// make a word that is in no list.
const basicMark = "+"

func basic(word string) bool { return listed(basicMark + word) }

// brandMark stands before names of products and people that are spelled with
// capitals inside, such as a site for films.
const brandMark = "~"

// brand reports whether a name in lower case is known to be one of a product or
// a person. It is asked twice, so that next to no other name passes for one.
func brand(word string) bool { return listed(brandMark+word) && listed(brandMark+brandMark+word) }

// shortestName is the number of letters below which a name may be anything.
const shortestName = 4

// ordinary reports whether a single word in lower case may mean something else
// than the item: it is in the lists, or short, or the name of a site.
func ordinary(word string) bool {
	if host, _, ok := strings.Cut(word, "."); ok && isSiteName(host) {
		return true
	}
	stem := strings.TrimRightFunc(word, unicode.IsDigit)
	return utf8.RuneCountInString(stem) < shortestName || listed(word) || listed(stem) || isSiteName(word)
}

// compound reports whether a word in lower case is two of the most usual words
// in one, as people make them up: "sitenotice".
func compound(word string) bool {
	for i := 3; i <= len(word)-3; i++ {
		if utf8.RuneStart(word[i]) && basic(word[:i]) && basic(word[i:]) {
			return true
		}
	}
	return false
}

// isSiteName reports whether a name is that of a site: such a name also stands
// for all that is there.
func isSiteName(word string) bool {
	if _, ok := prefixes[word]; ok {
		return true
	}
	if _, ok := addressPrefixes[word]; ok {
		return true
	}
	for _, f := range families {
		if word == f.long {
			return true
		}
	}
	return false
}
