// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the words beside a name that say what it names: cues, such as
// "extension", and words about who looks after it.

package detect

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// cueWords are what a kind is called, in lower case, with the forms that it takes
// in sentences: English, German, French, Spanish, Portuguese, Italian, Dutch,
// Swedish, Danish and Norwegian, Finnish, Polish, Czech, Russian, Ukrainian,
// Turkish, Hungarian, Catalan, Romanian, Chinese, Japanese, Korean. A gadget or
// user script is also called a script, by people who do not care which it is.
var cueWords = map[Kind][]string{
	Extension: strings.Fields(`
		extension extensions erweiterung erweiterungen mediawikierweiterung extensión extensiones extensão extensões
		estensione estensioni extensie extensies uitbreiding uitbreidingen tillägg tillägget utökning utökningen
		udvidelse udvidelsen utvidelse utvidelsen laajennus laajennuksen laajennusta
		rozszerzenie rozszerzenia rozszerzeniu rozszerzeniem rozszerzeń rozšíření rozšířením
		расширение расширения расширению расширением расширении расширений расширениями
		розширення розширенню розширенням розширенні розширень
		eklenti eklentisi eklentisini uzantı uzantısı kiterjesztés bővítmény extensió extensia extensiei
		扩展 擴展 擴充 扩充 擴充功能 拡張機能 機能拡張 エクステンション 확장 확장기능`),
	Skin: strings.Fields(`
		skin skins habillage habillages apparence apariencia piel benutzeroberfläche vormgeving utseende udseende
		ulkoasu skórka skórki skórce skórkę skórką vzhled тема темы тему темой теме оформление оформления скин скина
		tema görünüm felület aparença 皮肤 皮膚 外观 外觀 外装 スキン 스킨`),
	Gadget: strings.Fields(`
		gadget gadgets gadgeten gadgetet helferlein gadżet gadżetu gadżetem gadżety udstyr verktyget pienoisohjelma udělátko udělátka
		гаджет гаджета гаджету гаджетом гаджете гаджеты гаджетов додаток додатка додатку додатком ґаджет accessorio accessori
		accesorio accesorios segédeszköz araç 小工具 ガジェット 소도구 가젯`),
	UserScript: strings.Fields(`
		script scripts skript skripte skripts skriptet userscript userscripts userskript benutzerskript gebruikersscript
		скрипт скрипта скрипту скриптом скрипте скрипты скриптов skrypt skryptu skryptem skripti
		脚本 腳本 スクリプト 스크립트`),
	Tool: strings.Fields(`
		tool tools webtool webtools werkzeug werkzeuge werkzeugs outil outils herramienta herramientas ferramenta ferramentas
		strumento strumenti hulpmiddel verktyg verktyget værktøj værktøjet verktøy verktøyet työkalu työkalun narzędzie narzędzia
		narzędziu narzędziem nástroj nástroje nástrojem инструмент инструмента инструменту инструментом инструменте
		інструмент інструмента інструменту інструментом araç aracı eszköz eina unealta 工具 ツール 도구`),
}

// alsoCalled are the kinds whose words are used for a kind as well.
var alsoCalled = map[Kind][]Kind{
	Gadget:     {UserScript},
	UserScript: {Gadget},
}

// kindSet is a set of kinds, as bits in the order of Kinds.
type kindSet uint8

func setOf(kind Kind) kindSet { return 1 << slices.Index(Kinds, kind) }

func (s kindSet) has(kind Kind) bool { return s&setOf(kind) != 0 }

// cueKinds are the kinds that each cue stands for; joinedCues are those of
// Chinese, Japanese and Korean, which put no space beside them.
var cueKinds, joinedCues = func() (map[string]kindSet, []string) {
	kinds, joined := map[string]kindSet{}, []string{}
	for _, kind := range Kinds {
		for _, called := range append(slices.Clone(alsoCalled[kind]), kind) {
			for _, cue := range cueWords[called] {
				kinds[cue] |= setOf(kind)
				if spaceless(cue) {
					joined = append(joined, cue)
				}
			}
		}
	}
	return kinds, joined
}()

// longestCue is more than the bytes of any cue.
const longestCue = 64

// cueOf returns the kinds that a word says something is of.
func cueOf(word string) kindSet {
	if len(word) > longestCue {
		return 0
	}
	if !spaceless(word) {
		return cueKinds[strings.ToLower(word)]
	}
	for _, cue := range joinedCues {
		if strings.HasPrefix(word, cue) || strings.HasSuffix(word, cue) {
			return cueKinds[cue]
		}
	}
	return 0
}

// spaceless reports whether a word is of a script that puts words together.
func spaceless(word string) bool {
	c, _ := utf8.DecodeRuneInString(word)
	is := scriptOf(c)
	return is == han || is == kana || is == hangul
}

// beforeCue are the words after which "extension X" is about X: articles,
// prepositions, and the like. "A browser extension", "the time extension" is
// something else.
var beforeCue = set(`
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
	is isn are aren was were has hasn have had needs need does doesn did do can can cannot could should will would may must
	not and or for on in at to from with that which who when if but because still no also gets got breaks
	ist sind war wird hat kann und oder für im auf est sont es son é são è sono is zijn heeft är er on jest
	не и или есть была был
`)

// otherThings are words after "X extension" with which it is no software.
var otherThings = set(`
	cord cords cable cables line lines date dates period periods deadline deadlines request requests of by until till school
	schools service services office officer agent agents building campus worker workers granted
`)

func set(words string) map[string]bool {
	in := map[string]bool{}
	for _, word := range strings.Fields(words) {
		in[word] = true
	}
	return in
}

// cued returns the kinds that a word beside a name says it is of. For a name that
// is an ordinary word the rest of the sentence must fit as well.
func (p prose) cued(m match, common bool) kindSet {
	before, after := p.before(m.Start), p.after(m.End)
	return p.cuedAfter(before, after, common) | p.cuedBefore(before, after, common)
}

// cuedAfter returns the kinds of a cue that follows: "the X extension",
// "X-Erweiterung", "X user script".
func (p prose) cuedAfter(before, after neighbour, common bool) kindSet {
	cue := after
	if !cue.adjacent() && cue.gap != "-" && cue.gap != "," {
		return 0
	}
	if cue.gap == "," {
		cue.word = ""
	}
	if between[cue.lower()] {
		if next := p.after(cue.End); next.adjacent() {
			cue = next
		}
	}
	kinds := cueOf(cue.word)
	if kinds == 0 && (!before.beginsSentence() || before.gap == ",") {
		cue = p.afterOthers(after)
		kinds = cueOf(cue.word)
	}
	if kinds == 0 || !common {
		return kinds
	}
	next := p.after(cue.End)
	follows := next.adjacent() && !spaceless(next.word)
	switch {
	case follows && otherThings[next.lower()]:
		return 0
	case spaceless(cue.word), after.gap == "-":
	case before.beginsSentence():
		if before.gap != "," && follows && englishCues[cue.lower()] && !endingSentence[next.lower()] {
			return 0
		}
	case capitalised(before.word) && !p.before(before.Start).beginsSentence() && !strings.HasPrefix(before.lower(), "wiki") && before.lower() != "mediawiki":
		return 0 // part of a longer name, such as "the Firefox Translate extension"
	}
	return kinds
}

// conjunctions join the last of several names.
var conjunctions = set("and or und oder et ou y e o i и или og och en ja oraz lub a")

// mostOthers is how many words may stand between a name and a cue for several.
const mostOthers = 8

// afterOthers returns the word after other names with which a name shares it, as
// in "the X, Y and Z extensions"; the word is "" if there are none.
func (p prose) afterOthers(n neighbour) neighbour {
	for joined, steps := false, 0; steps < mostOthers && n.word != ""; steps++ {
		conjunction := n.gap == "" && conjunctions[n.lower()]
		switch {
		case conjunction:
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

// between are words that may stand between a name and a cue.
var between = set("mediawiki user benutzer")

// cuedBefore returns the kinds of a cue that stands in front: "the extension X",
// "das Gadget X", "the extensions X, Y and Z".
func (p prose) cuedBefore(cue, after neighbour, common bool) kindSet {
	if before := p.before(cue.Start); calledWords[cue.lower()] && cue.adjacent() && before.adjacent() {
		cue = before
	}
	kinds := cueOf(cue.word)
	if cue.gap != "" && cue.gap != ":" {
		kinds = 0
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
	if after.adjacent() && capitalised(after.word) && !beforeCue[after.lower()] { // a longer name
		return 0
	}
	if next := p.after(after.End); after.adjacent() && ofWords[after.lower()] && next.adjacent() && capitalised(next.word) { // another
		return 0
	}
	if c, _ := utf8.DecodeRuneInString(cue.word); scriptOf(c) != latin {
		return kinds // before a name in Latin letters it is hardly of anything else
	}
	if first := p.before(cue.Start); !first.beginsSentence() && !beforeCue[first.lower()] {
		return 0
	}
	return kinds
}

// beforeOthers returns the cue of several in front of other names with which a
// name shares it; the word is "" if there is none.
func (p prose) beforeOthers(n neighbour) neighbour {
	for steps := 0; steps < mostOthers && n.word != ""; steps++ {
		next := p.before(n.Start)
		switch {
		case n.gap != "" && n.gap != ",":
			return neighbour{}
		case !capitalised(n.word) && (n.gap != "" || !conjunctions[n.lower()]):
			return neighbour{}
		case next.adjacent() && pluralCues[next.lower()] && capitalised(n.word):
			return next
		}
		n = next
	}
	return neighbour{}
}

// calledWords may stand between a cue and a name.
var calledWords = set("called named namens genannt appelée appelé nommée llamada llamado chamada chamado chiamata")

// pluralCues are the cues of several things of a kind.
var pluralCues = set(`
	extensions erweiterungen extensiones extensões estensioni extensies uitbreidingen расширения розширення rozszerzenia
	skins habillages gadgets gadżety гаджеты scripts skripte skripts userscripts скрипты
	tools werkzeuge outils herramientas ferramentas strumenti инструменты narzędzia verktyg
`)

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
	if c, _ := utf8.DecodeRuneInString(first.word); !first.adjacent() || scriptOf(c) == latin && !articles[first.lower()] {
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
var siteWords = set("help project wikipedia wp wd commons com c m meta mw w mediawiki toolforge toollabs")

// afterColon reports whether a name that follows a word and a colon is still a
// name, not the title of a file, a template or a user's page.
func (p prose) afterColon(m match) bool {
	if m.Start < 2 || p.text[m.Start-1] != ':' || !endsInWord(p.text[:m.Start-1]) {
		return true
	}
	word := p.before(m.Start - 1).lower()
	return siteWords[word] || cueOf(word) != 0
}
