// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds a generator of talk in several languages that names no item.

package detect

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// speech is what a language's sentences are made of. Subjects and objects are
// ordinary words, many of which are names of items, too.
type speech struct {
	who, does, what, how []string
	// sentence has %[1]s to %[4]s for these.
	sentences []string
	stamp     string
}

// nouns are ordinary words of English that are also names of extensions, gadgets
// or tools.
var nouns = strings.Fields(`
	math cite echo flow graph chart poem score thanks quiz collection calendar newsletter campaign insider babel vector modern
	timeless nostalgia popups citations map maps search stats dashboard watchlist purge clock preview blame rights tooltips patrol
	archive notes language sort tabs sidebar header footer font colors numbers help tutorial welcome vote table print refill quarry
	paws listeria heritage intuition fountain montage hashtags monumental scholia meetup wordcount translate protect delete move`)

var speeches = []speech{
	{
		who:  []string{"I", "We", "The editor", "My neighbour", "Somebody", "The committee", "Her teacher", "An admin", "The author", "Nobody"},
		does: []string{"reads", "wants", "changed", "moved", "found", "asked for", "never saw", "would keep", "lost", "maintains", "owns", "deleted"},
		what: []string{"the old map", "a better score", "this poem", "the chart", "his own collection", "a long list of citations", "the calendar", "another search",
			"the reading list", "page images", "related articles", "their own user page", "the visual part", "a mass of messages", "the site notice", "a guided walk"},
		how:       []string{"without a word", "for three years", "in the second paragraph", "on Tuesday", "after the vote", "with thanks", "as a matter of course", "before the deadline"},
		sentences: []string{"%[1]s %[2]s %[3]s %[4]s.", "%[4]s, %[1]s %[2]s %[3]s.", "Yes, %[1]s %[2]s %[3]s!", "Is it true that %[1]s %[2]s %[3]s %[4]s?"},
		stamp:     "(talk) 15:04, 2 January 2006 (UTC)",
	},
	{
		who:       []string{"Der Verfasser", "Die Redaktion", "Mein Nachbar", "Die Karte", "Das Lied", "Eine Leserin", "Der Verein"},
		does:      []string{"sucht", "ändert", "kennt", "pflegt", "verschiebt", "betreut", "liest", "wartet auf"},
		what:      []string{"die Suche", "das Archiv", "eine Sammlung von Briefen", "den Kalender", "das Werkzeug im Keller", "die Erweiterung des Hauses", "die Uhr", "den Rat der Stadt"},
		how:       []string{"seit Jahren", "ohne Beleg", "im zweiten Absatz", "mit Dank", "nach der Abstimmung"},
		sentences: []string{"%[1]s %[2]s %[3]s %[4]s.", "Ich glaube, %[1]s %[2]s %[3]s.", "Warum %[2]s %[1]s %[3]s %[4]s?"},
		stamp:     "(Diskussion) 15:04, 2. Jan. 2006 (CET)",
	},
	{
		who:       []string{"L'auteur", "La rédaction", "Mon voisin", "Le musée", "Une lectrice"},
		does:      []string{"cherche", "modifie", "connaît", "maintient", "déplace"},
		what:      []string{"la carte", "l'extension du musée", "un outil de pierre", "une collection de lettres", "le calendrier", "l'habillage du mur"},
		how:       []string{"depuis des années", "sans source", "après le vote", "avec soin"},
		sentences: []string{"%[1]s %[2]s %[3]s %[4]s.", "Je crois que %[1]s %[2]s %[3]s."},
		stamp:     "(discuter) 2 janvier 2006 à 15:04 (CET)",
	},
	{
		who:       []string{"El autor", "La vecina", "El museo", "Nadie"},
		does:      []string{"busca", "mantiene", "cambió", "conoce"},
		what:      []string{"la extensión del parque", "una herramienta antigua", "el mapa", "la colección de cartas", "un tema difícil"},
		how:       []string{"desde hace años", "sin fuentes", "con cuidado"},
		sentences: []string{"%[1]s %[2]s %[3]s %[4]s.", "Creo que %[1]s %[2]s %[3]s."},
		stamp:     "(discusión) 15:04 2 ene 2006 (UTC)",
	},
	{
		who:       []string{"O autor", "A vizinha", "O museu"},
		does:      []string{"procura", "mantém", "mudou"},
		what:      []string{"a extensão da linha", "uma ferramenta de pedra", "o mapa", "a coleção"},
		how:       []string{"há anos", "sem fontes"},
		sentences: []string{"%[1]s %[2]s %[3]s %[4]s."},
		stamp:     "(discussão) 15h04min de 2 de janeiro de 2006 (UTC)",
	},
	{
		who:       []string{"Автор", "Соседка", "Музей", "Редактор", "Никто"},
		does:      []string{"ищет", "поддерживает", "изменил", "знает"},
		what:      []string{"расширение города", "старый инструмент", "карту", "собрание писем", "тему статьи", "скрипт на стене"},
		how:       []string{"много лет", "без источников", "после голосования"},
		sentences: []string{"%[1]s %[2]s %[3]s %[4]s.", "Думаю, что %[1]s %[2]s %[3]s."},
		stamp:     "(обс.) 15:04, 2 января 2006 (UTC)",
	},
	{
		who: []string{"作者", "邻居", "博物馆"}, does: []string{"保存", "修改", "寻找"}, what: []string{"地图", "旧工具", "扩展部分", "脚本"}, how: []string{"多年来", "没有来源"},
		sentences: []string{"%[1]s%[4]s%[2]s%[3]s。"},
		stamp:     "2006年1月2日 (一) 15:04 (UTC)",
	},
}

// made-up names of people, and of products with capitals inside.
var (
	people   = strings.Fields("Annika Bertil Corvin Dorthe Emeka Fumiko Gorana Henrik Ilse Jorma Kalliope Lubos Mirela Nkem Oda Pavel Quirin Rosalba Svea Tiro")
	products = strings.Fields("PaperMoon CloudBench NoteShelf FarmTrack BlueKettle DataPier MailHarbor QuickLantern iTeapot eLedger GreenWorks3 PhotoAttic")
)

func pick(r *rand.Rand, from []string) string { return from[r.IntN(len(from))] }

func titled(s string) string {
	words := strings.Fields(s)
	for i, w := range words {
		words[i] = strings.ToUpper(w[:1]) + w[1:]
	}
	return strings.Join(words, " ")
}

// ordinaryTalk writes a talk page: headings, comments in one language each,
// lists, signatures, and lines that were written as traps.
func ordinaryTalk(r *rand.Rand, traps []string) string {
	var b strings.Builder
	s := speeches[r.IntN(len(speeches))]
	for range 3 + r.IntN(6) {
		switch r.IntN(4) {
		case 0:
			fmt.Fprintf(&b, "\n== %s ==\n", titled(pick(r, nouns)+" and "+pick(r, nouns)))
		case 1:
			fmt.Fprintf(&b, "\n== %s %s ==\n", titled(pick(r, nouns)), pick(r, nouns))
		default:
			fmt.Fprintf(&b, "\n== %s ==\n", titled(pick(r, speeches[0].what)))
		}
		for depth := range 2 + r.IntN(9) {
			b.WriteString(strings.Repeat(":", depth))
			for range 1 + r.IntN(6) {
				switch r.IntN(9) {
				case 0:
					b.WriteString("\n" + pick(r, traps) + "\n" + strings.Repeat(":", depth))
					continue
				case 1:
					fmt.Fprintf(&b, "%s is what %s said. ", titled(pick(r, nouns)), pick(r, people))
				case 2:
					fmt.Fprintf(&b, "It is about %s, %s and %s. ", titled(pick(r, nouns)), titled(pick(r, nouns)), titled(pick(r, nouns)))
				case 3:
					fmt.Fprintf(&b, "%s and %s are products of %s. ", pick(r, products), pick(r, products), pick(r, people))
				}
				sentence := fmt.Sprintf(pick(r, s.sentences)+" ", pick(r, s.who), pick(r, s.does), pick(r, s.what), pick(r, s.how))
				b.WriteString(strings.ReplaceAll(sentence, "%!(EXTRA", ""))
			}
			user := pick(r, people) + pick(r, people)
			fmt.Fprintf(&b, "--[[User:%s|%s]] %s\n", user, user, s.stamp)
		}
		for range r.IntN(6) {
			fmt.Fprintf(&b, "* %s\n", titled(pick(r, nouns)))
		}
	}
	return b.String()
}
