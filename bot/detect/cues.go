// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the words beside a name that say what it names: cues, such as
// "extension", and words about who looks after it.

package detect

import (
	_ "embed"
	"iter"
	"slices"
	"strings"
	"unicode/utf8"
)

// cueLists is what things of each kind are called in many languages.
//
//go:embed cues.txt
var cueLists string

// alsoCalled are the kinds whose words are used for a kind as well.
var alsoCalled = map[Kind][]Kind{
	Gadget:     {UserScript},
	UserScript: {Gadget},
}

// kindSet is a set of kinds, as bits in the order of Kinds.
type kindSet uint8

func setOf(kind Kind) kindSet { return 1 << slices.Index(Kinds, kind) }

func (s kindSet) has(kind Kind) bool { return s&setOf(kind) != 0 }

// cueTable is what the words of cueLists say.
type cueTable struct {
	// kinds are those that each cue stands for. Those of two words stand there
	// with a space between.
	kinds map[string]kindSet
	// joined are the cues of scripts that put no space between words.
	joined []string
	// plural are the cues of several things of a kind, strict those of languages
	// that put an article before one.
	plural, strict map[string]bool
}

// withArticles are the languages that put an article before "extension X" when
// they mean X.
var withArticles = set("en de fr es pt it nl ca gl")

var cues = func() cueTable {
	t := cueTable{map[string]kindSet{}, nil, map[string]bool{}, map[string]bool{}}
	for line := range strings.Lines(cueLists) {
		about, words, ok := strings.Cut(strings.TrimSpace(line), ": ")
		if !ok || strings.HasPrefix(line, "#") {
			continue
		}
		name, language, _ := strings.Cut(about, " ")
		kinds := setOf(Kind(name))
		for _, other := range alsoCalled[Kind(name)] {
			kinds |= setOf(other)
		}
		one, several, _ := strings.Cut(words, ";")
		for _, plural := range []bool{false, true} {
			if plural {
				one = several
			}
			for cue := range forms(one) {
				if t.kinds[cue] == 0 && spaceless(cue) {
					t.joined = append(t.joined, cue)
				}
				t.kinds[cue] |= kinds
				t.plural[cue] = t.plural[cue] || plural
				t.strict[cue] = t.strict[cue] || withArticles[language]
			}
		}
	}
	return t
}()

// forms returns the words of a list in which "stem/a/b" stands for two, and an
// underscore for a space.
func forms(list string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for _, word := range strings.Fields(list) {
			stem, endings, ok := strings.Cut(strings.ReplaceAll(word, "_", " "), "/")
			if !ok && !yield(stem) {
				return
			}
			for ending := range strings.SplitSeq(endings, "/") {
				if ok && !yield(stem+ending) {
					return
				}
			}
		}
	}
}

// longestCue is more than the bytes of any cue.
const longestCue = 64

// cueOf returns the kinds that a word says something is of.
func cueOf(word string) kindSet {
	if len(word) > longestCue {
		return 0
	}
	if !spaceless(word) {
		return cues.kinds[strings.ToLower(word)]
	}
	for _, cue := range cues.joined {
		if strings.HasPrefix(word, cue) || strings.HasSuffix(word, cue) {
			return cues.kinds[cue]
		}
	}
	return 0
}

// spaceless reports whether a word is of a script that puts words together.
func spaceless(word string) bool {
	c, _ := utf8.DecodeRuneInString(word)
	is := scriptOf(c)
	return is == han || is == kana || is == hangul || is == southern
}

func set(words string) map[string]bool {
	in := map[string]bool{}
	for _, word := range strings.Fields(words) {
		in[word] = true
	}
	return in
}

// ownership are words about who looks after something.
var ownership = set(`
	maintain maintains maintained maintaining maintainer maintainers unmaintained maintenance
	own owns owned owner owners owning unowned ownership steward stewards stewarding stewarded stewardship
	charge responsible responsibility orphaned abandoned
	betreut betreuen betreuer betreuerin betreuung gepflegt pflegt pflegen gewartet wartet warten wartung zuständig
	verantwortlich verwaist zuständige besitzer
	maintient maintenu maintenue mainteneur mainteneurs responsable responsables charge entretient
	mantiene mantienen mantenido mantenida mantenedor mantenedores encargado encargada cargo
	mantém mantido mantida mantenedor mantenedores responsável responsáveis
	mantenuto mantenuta manutentore manutentori responsabile
	onderhoudt onderhouden onderhouder beheerder beheert verantwoordelijk
	поддерживает поддерживают поддерживается сопровождает сопровождающий отвечает ответственный ответственен
	utrzymuje odpowiedzialny odpowiada underhåller ansvarar ansvarig
`)

// linking are the words that may stand between one of ownership and a name.
var linking = set(`
	the a this our of for is are was be been being has have had no not isn t s currently still now any anyone nobody without officially an
	really actually longer well by as does doesn who
	der die das den dem des für von wird ist hat nicht nicht derzeit aktuell kein keine keinen niemand mehr
	le la les l de du d des est a pas n plus sans par pour
	el los las del es está no tiene sin por para
	o os da do é não tem sem pelo pela
	il lo della dello di è non ha senza
	het van voor wordt is niet geen
	за не никто
`)

// articles stand before a name in lower case, in languages that have them:
// without one it is a thing, as in "maintain reading lists".
var articles = set("the this our der die das den dem le la les l el los las o os a il lo het de den det")

// possessives before "own" make it an adjective: "my own reading list".
var possessives = set(`my your his her its our their one s whose`)

// farOwnership is how many linking words may stand between.
const farOwnership = 4

// owned reports whether a word about ownership stands next to a name in lower
// case, with nothing but linking words between.
func (p prose) owned(m match) bool {
	first := p.before(m.Start)
	c, _ := utf8.DecodeRuneInString(first.word)
	switch {
	case first.beginsSentence() && capitalised(p.text[m.Start:m.End]): // "Upload wizard has no owner"
	case !first.adjacent(), scriptOf(c) == latin && !articles[first.lower()]:
		return false
	}
	for n, steps := p.before(m.Start), 0; n.adjacent() && steps <= farOwnership; n, steps = p.before(n.Start), steps+1 {
		if word := n.lower(); ownership[word] {
			return word != "own" || !possessives[p.before(n.Start).lower()]
		} else if !linking[word] {
			break
		}
	}
	for n, steps := p.after(m.End), 0; n.adjacent() && steps <= farOwnership; n, steps = p.after(n.End), steps+1 {
		if word := n.lower(); ownership[word] {
			return word != "own"
		} else if !linking[word] {
			break
		}
	}
	return false
}

// siteWords are prefixes of titles after which a name is still one: a page about
// it on a site, or in the help.
var siteWords = set("re help project wikipedia wp wd commons com c m meta mw w mediawiki toolforge toollabs")

// afterColon reports whether a name that follows a word and a colon is still a
// name, not the title of a file, a template or a user's page.
func (p prose) afterColon(m match) bool {
	if m.Start < 2 || p.text[m.Start-1] != ':' || !endsInWord(p.text[:m.Start-1]) {
		return true
	}
	word := p.before(m.Start - 1).lower()
	return siteWords[word] || cueOf(word) != 0
}
