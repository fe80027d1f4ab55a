// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds where a cue must stand, so that it says what a name is of.

package detect

import (
	"strings"
)

// beforeCue are the words after which "extension X" is about X: articles,
// prepositions, and the like. "A browser extension", "the time extension" is
// something else.
var beforeCue = set(`
	s any another both each every some no two three
	une un una um uma ein eine einen einem einer eines een
	the a this that these our your of in for by with and or on to from about using called new old mediawiki wikimedia which
	der die das den dem des diese dieser dieses unsere unserer mit von für zur im und oder über bei als nach heißt
	l d le la les du de des cette ce cet notre pour avec par dans sur et ou
	el los las del esta este estas estos nuestra con para por en y o sobre
	a o as os da do das dos na no nas nos esta este essa com e ou sobre pela pelo
	il lo gli dell nell dall all della dello nel nella questa questo per e o su
	het dit deze van met voor door en of op
	в во на у для и или через это этот эта из с со от о об про к по при как з у та і або що
	w we z ze dla i oraz lub przez do od o ten to v ve s se pro od na a
	för med av och om i på den det till og for af til
`)

// ofWords go on with a name that is longer: "the script Flow of Time".
var ofWords = set("of the de du des der des von del da do di van av för")

// endingSentence are words that may follow "X extension" at the beginning of a
// sentence, where the capital of X says nothing: "Cite extension pages" is a
// request, "Cite extension is" is not.
var endingSentence = set(`
	s is isn are aren was were has hasn have had needs need does doesn did do can can cannot could should will would may must
	not and or for on in at to from with that which who when if but because still no also gets got breaks
	ist sind war wird hat kann und oder für im auf est sont es son é são è sono is zijn heeft är er on jest
	не и или есть была был
`)

// otherThings are words after "X extension" with which it is no software.
var otherThings = set(`
	cord cords cable cables line lines date dates period periods deadline deadlines request requests of by until till school
	schools service services office officer agent agents building campus worker workers granted
`)

// cued returns the kinds that a word beside a name says it is of. For a name that
// is an ordinary word the rest of the sentence must fit as well.
func (p prose) cued(m match, common bool) kindSet {
	before, after := p.before(m.Start), p.after(m.End)
	return p.cuedAfter(before, after, common) | p.cuedBefore(before, after, common)
}

// cuedAfter returns the kinds of a cue that follows: "the X extension",
// "X-Erweiterung", "X user script", "X (the extension)".
func (p prose) cuedAfter(before, after neighbour, common bool) kindSet {
	cue := after
	switch cue.gap {
	case "(":
		return p.cuedInBrackets(after)
	case "", "-":
	case ",", "&":
		cue.word = ""
	default:
		return 0
	}
	if word := cue.lower(); between[word] || described[word] && !(common && before.beginsSentence()) {
		if next := p.after(cue.End); next.adjacent() {
			cue = next
		}
	}
	kinds := p.cueAt(cue)
	if kinds == 0 && (!before.beginsSentence() || before.gap == "," || before.gap == "&") {
		cue = p.afterOthers(after)
		kinds = cueOf(cue.word)
	}
	if kinds == 0 || !common {
		return kinds
	}
	next := p.after(cue.End)
	follows := next.adjacent() && !spaceless(next.word)
	switch {
	case follows && otherThings[next.lower()], otherMakers[before.lower()] && !before.beginsSentence():
		return 0
	case spaceless(cue.word), after.gap == "-":
	case before.beginsSentence():
		if before.gap != "," && before.gap != "&" && follows && englishCues[cue.lower()] && !endingSentence[next.lower()] {
			return 0
		}
	case capitalised(before.word) && !p.before(before.Start).beginsSentence() && !strings.HasPrefix(before.lower(), "wiki") && before.lower() != "mediawiki":
		return 0 // part of a longer name, such as "the Firefox Translate extension"
	}
	return kinds
}

// cueAt returns the kinds of a cue of one word or two.
func (p prose) cueAt(cue neighbour) kindSet {
	if kinds := cueOf(cue.word); kinds != 0 || cue.word == "" {
		return kinds
	}
	if next := p.after(cue.End); next.adjacent() {
		return cues.kinds[cue.lower()+" "+next.lower()]
	}
	return 0
}

// cuedInBrackets returns the kinds of a cue that is all there is in brackets.
func (p prose) cuedInBrackets(cue neighbour) kindSet {
	if articles[cue.lower()] || cue.lower() == "an" {
		cue = p.after(cue.End)
	}
	if strings.HasPrefix(p.after(cue.End).gap, ")") {
		return cueOf(cue.word)
	}
	return 0
}

// described are words that may stand between the name of an extension and its
// cue, to say what it does or how it is.
var described = set(`
	notification notifications discussion discussions rendering display parser tag template templates media music audio video image images
	editing editor upload search survey surveys spam moderation antispam blacklist citation citations reference references widget data
	mobile legacy core php beta experimental new old official custom local global deprecated obsolete unmaintained translation
	maps charts graphs
`)

// conjunctions join the last of several names.
var conjunctions = set("and or und oder et ou y e ed o i и или й та да și og och en ja oraz lub a és ve veya dan atau và και eta és un ir")

// mostOthers is how many words may stand between a name and a cue for several.
const mostOthers = 8

// afterOthers returns the word after other names with which a name shares it, as
// in "the X, Y and Z extensions"; the word is "" if there are none.
func (p prose) afterOthers(n neighbour) neighbour {
	for joined, steps := false, 0; steps < mostOthers && n.word != ""; steps++ {
		conjunction := (n.gap == "" || n.gap == ",") && conjunctions[n.lower()]
		switch {
		case conjunction, n.gap == "&" && capitalised(n.word):
			joined = true
		case !capitalised(n.word) || n.gap != "" && n.gap != ",":
			return neighbour{}
		}
		next := p.after(n.End)
		if joined && !conjunction && next.adjacent() && cueOf(next.word) != 0 {
			return next
		}
		n = next
	}
	return neighbour{}
}

// englishCues are those after which a sentence can go on so that the name in
// front of them is a verb.
var englishCues = set("extension extensions skin skins gadget gadgets script scripts tool tools")

// between are words that may stand between a name and any cue.
var between = set("mediawiki user benutzer")

// otherMakers are words before a name or a cue with which it is no software of a
// wiki.
var otherMakers = set("browser browsers browseru browsera firefox chrome chromium safari opera edge vscode wordpress gmail браузера przeglądarki prohlížeče")

// cuedBefore returns the kinds of a cue that stands in front: "the extension X",
// "das Gadget X", "an extension called X", "the extensions X, Y and Z".
func (p prose) cuedBefore(cue, after neighbour, common bool) kindSet {
	cue, called := p.beforeCalled(cue)
	kinds := kindSet(0)
	switch cue.gap {
	case "", ":":
		if kinds = cueOf(cue.word); kinds == 0 {
			if first := p.before(cue.Start); first.adjacent() {
				if kinds = cues.kinds[first.lower()+" "+cue.lower()]; kinds != 0 {
					cue = first
				}
			}
		}
	case "(":
		kinds = listOpener(cue)
	}
	if kinds == 0 {
		if cue = p.beforeOthers(cue); cue.word == "" {
			return 0
		}
		kinds = cueOf(cue.word)
	}
	if !common || spaceless(cue.word) {
		return kinds
	}
	if after.adjacent() {
		word, next := after.lower(), p.after(after.End)
		switch {
		case capitalised(after.word) && !beforeCue[word] && !conjunctions[word]: // a longer name
			return 0
		case ofWords[word] && next.adjacent() && capitalised(next.word): // another
			return 0
		case word == "to": // "an extension thanks to"
			return 0
		}
	}
	first := p.before(cue.Start)
	switch {
	case called, first.beginsSentence(), beforeCue[first.lower()]:
	case otherMakers[first.lower()], cues.strict[cue.lower()]:
		return 0
	}
	return kinds
}

// beforeCalled goes back over words such as "called" to what is.
func (p prose) beforeCalled(n neighbour) (cue neighbour, called bool) {
	for range 2 {
		before := p.before(n.Start)
		if !n.adjacent() || !before.adjacent() || !calledWords[n.lower()] && !(n.lower() == "as" && before.lower() == "known") {
			break
		}
		n, called = before, true
	}
	return n, called
}

// calledWords may stand between a cue and a name.
var calledWords = set("called named known dubbed titled namens genannt appelée appelé nommée llamada llamado chamada chamado chiamata ی های")

// listOpener returns the kinds of a word for several extensions or skins.
func listOpener(cue neighbour) kindSet {
	if kinds := cueOf(cue.word); cues.plural[cue.lower()] && (kinds.has(Extension) || kinds.has(Skin)) {
		return kinds
	}
	return 0
}

// beforeOthers returns the cue of several in front of other names with which a
// name shares it; the word is "" if there is none.
func (p prose) beforeOthers(n neighbour) neighbour {
	for steps := 0; steps < mostOthers && n.word != ""; steps++ {
		next := p.before(n.Start)
		switch {
		case n.gap != "" && n.gap != "," && n.gap != "&":
			return neighbour{}
		case !capitalised(n.word) && (n.gap != "" && n.gap != "," || !conjunctions[n.lower()]):
			return neighbour{}
		case !capitalised(n.word):
		case next.adjacent() && cues.plural[next.lower()], (next.gap == "(" || next.gap == ":") && listOpener(next) != 0:
			return next
		}
		n = next
	}
	return neighbour{}
}
