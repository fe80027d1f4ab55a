// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds what the spelling of a name says: whether it can be anything
// but a name.

package detect

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// evidence is how sure it must be that a spelling means an item, the more the
// more it says itself.
type evidence uint8

const (
	never   evidence = iota // it means something else
	byCue                   // beside a cue
	byOwner                 // beside a cue or a word about ownership
	running                 // in a running sentence, or as byOwner
	sure                    // anywhere
)

// shortestCamel is the number of bytes below which capitals inside of a name do
// not make it one: there are too many names of two or three syllables.
const shortestCamel = 6

// needed returns what must be beside a name as written, so that it means an
// alias from which its lower case is made. Common names are ordinary words and
// phrases.
func needed(written, name string, a Alias, how spelling, common bool) evidence {
	switch {
	case strings.ContainsAny(name, ":/"): // a page's title or a repository
		if written == a.Name {
			return sure
		}
		return never
	case strings.IndexByte(name, ' ') < 0:
		return neededOfOne(written, name, a, how, common)
	}
	return neededOfMany(written, name, a, how, common)
}

// shortestWord is the number of bytes below which a made-up word with a capital
// may be somebody's name.
const shortestWord = 5

// neededOfOne is needed for a single word.
func neededOfOne(written, name string, a Alias, how spelling, common bool) evidence {
	// A small letter first is how code names things, but for names that have it.
	camel := mixedCase(written) && capitalised(written) == (how == joined || capitalised(a.Name))
	switch {
	case how == joined && listed(flat(a.Name)):
		return never
	case camel && (how == joined || mixedCase(a.Name)) && len(written) >= shortestCamel && !brand(name) && !isSiteName(name):
		return sure
	case written == a.Name && !common && holdsDigit(name):
		return sure
	case written == a.Name && !common && capitalised(written) && len(name) >= shortestWord && isSoftware(a.Kind) && !compound(name):
		return sure
	case how == joined && !camel && common:
		return never
	case !common, written == a.Name && isAcronym(name):
		return byCue
	case !capitalised(written) && !camel:
		return never
	case a.Kind == Tool && written != a.Name: // "the Search tool" of some page
		return never
	}
	return byCue
}

// isAcronym reports whether a name in lower case is only taken for a word because
// it is short: guc, but not map.
func isAcronym(name string) bool {
	return len(name) == shortestName-1 && isWord(name) && !listed(name) && !isSiteName(name)
}

// isSoftware tells the kinds whose names are chosen once for all wikis, by people
// who know what others are called.
func isSoftware(kind Kind) bool { return kind == Extension || kind == Skin }

// holdsDigit reports whether a name has a digit between letters, of which there
// are enough: osm4wiki, but not mp3 or covid19.
func holdsDigit(name string) bool {
	letters, digit, inner := 0, false, false
	for _, c := range name {
		switch {
		case unicode.IsLetter(c):
			letters++
			inner = inner || digit && letters > 1
		case unicode.IsDigit(c):
			digit = letters > 0
		}
	}
	return inner && letters >= shortestWord
}

// neededOfMany is needed for several words, with spaces or dashes between.
func neededOfMany(written, name string, a Alias, how spelling, common bool) evidence {
	parts := strings.Fields(name)
	unknown := 0 // the longest word that is in no list, in runes
	for _, part := range parts {
		if n := utf8.RuneCountInString(part); n > unknown && n >= shortestWord && !listed(part) && (len(parts) > 2 || !isSiteName(part)) {
			unknown = n
		}
	}
	if how == asIs && !common && !strings.Contains(written, " ") && strings.EqualFold(written, a.Name) {
		// Dashes as in the name: Cat-a-lot, toolhub-extension-demo.
		switch {
		case len(parts) > 2 && capitalised(written) && written == a.Name, len(parts) > 2 && (unknown > 0 || !idiomatic(parts)), unknown >= shortestCamel:
			return sure
		}
	}
	vague := how == spaced && (vaguePhrases[name] || ofEveryWiki[parts[len(parts)-1]])
	switch {
	case !allCapitals(written):
		switch {
		case common, a.Kind == Tool && unknown == 0: // "the image search tool"
			return never
		case unknown == 0 && (!isSoftware(a.Kind) || strings.HasSuffix(name, "s")): // "maintains the reading lists"
			return byCue
		case vague: // "who maintains the contact page"
			return byCue
		}
		return byOwner
	case common:
		return byCue
	case unknown > 0:
		return sure
	case vague: // "See Related Articles"
		return byCue
	}
	return running
}

// vaguePhrases are made of a name's words and mean something else as well.
var vaguePhrases = map[string]bool{
	"wiki editor": true, "code editor": true, "mobile app": true, "event bus": true, "image map": true, "input box": true, "test kitchen": true,
	"media search": true, "chess browser": true, "campaign events": true,
}

// ofEveryWiki are words with which two in capitals may be anything on a wiki.
var ofEveryWiki = set("page pages article articles message messages image images list lists map maps user users usage link links file files tag tags")

// idiomatic reports whether words with dashes between may be a phrase of English:
// drag-and-drop, but not cat-a-lot.
func idiomatic(parts []string) bool {
	return slices.ContainsFunc(parts, func(part string) bool { return phraseWords[part] })
}

// phraseWords are in phrases that people write with dashes.
var phraseWords = set(`
	and or the of to for by in on at as it is up off out over per via with from into not no non so well be do my your its one two day end
	step time word way year old new state side face hand point back self de la le en et du des und zu der die das
`)

// allCapitals reports whether each word begins with a capital, less short words
// inside such as "of".
func allCapitals(written string) bool {
	words := wordScan{text: written}
	small := true // whether the last word has none
	for first := true; words.next(); first = false {
		word := written[words.start:words.end]
		c, _ := utf8.DecodeRuneInString(word)
		small = unicode.IsLower(c)
		if first && !unicode.IsUpper(c) || small && len(word) > 3 {
			return false
		}
	}
	return !small
}

// runs reports whether a sentence runs on around a name, so that its capitals
// are its own: the words beside it have none, and it is not the whole line.
func (p prose) runs(m match) bool {
	before, after := p.before(m.Start), p.after(m.End)
	if after.adjacent() && capitalised(after.word) || before.adjacent() && capitalised(before.word) && !p.before(before.Start).beginsSentence() {
		return false
	}
	goesOn := func(n neighbour) bool { return n.adjacent() && !capitalised(n.word) && !conjunctions[n.lower()] }
	return (goesOn(before) || goesOn(after)) && !p.inTitle(m.Start)
}

// shortInTitle is the number of bytes up to which words have no capital in titles
// whose other words have one.
const shortInTitle = 5

// inTitle reports whether an offset is in a heading all of whose longer words
// have capitals.
func (p prose) inTitle(i int) bool {
	line := p.text[max(0, i-window):min(len(p.text), i+window)]
	at := i - max(0, i-window)
	start := strings.LastIndexByte(line[:at], '\n') + 1
	end := len(line)
	if n := strings.IndexByte(line[at:], '\n'); n >= 0 {
		end = at + n
	}
	line = line[start:end]
	if !strings.Contains(line, "==") {
		return false
	}
	for words := (wordScan{text: line}); words.next(); {
		if !words.capital && words.end-words.start > shortInTitle {
			return false
		}
	}
	return true
}
