// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the blocks that made-up articles and talk pages are built of.

package wikitext

import (
	"fmt"
	"strings"
)

// words are those that made-up prose is made of, one list a language.
var words = [...][]string{
	strings.Fields(`river lantern meadow copper village harbour glass orchard winter clock bridge weaver salt tower marsh beetle
		the of and a in with from under older narrow which carried small toward several during stood northern its kept was near
		quarry ferry moss amber granary chapel mill thatch heron willow slate kiln archive ballad almanac reed barge lighthouse
		described restored flooded measured painted abandoned counted surveyed catalogued borrowed between across many later first`),
	strings.Fields(`Fluss Mühle Brücke Glocke Straße über früher die der und mit dem alte kleine Höhe Gewölbe Wächter Märchen`),
	strings.Fields(`rivière lanterne forêt château cloître près où très été moulin œuvre naïf garçon hôtel`),
	strings.Fields(`река мост деревня старый мельница стекло зима часы башня соль под над около который`),
	strings.Fields(`川 橋 村 古い 時計 灯台 塩の道 水車小屋 図書館 について である`),
	strings.Fields(`نهر جسر قرية قديم طاحونة زجاج شتاء ساعة برج ملح`),
	strings.Fields(`नदी पुल गाँव पुराना चक्की काँच घड़ी मीनार`),
	strings.Fields(`ποτάμι γέφυρα χωριό παλιός μύλος γυαλί χειμώνας ρολόι πύργος`),
	strings.Fields(`강 다리 마을 오래된 물레방아 유리 겨울 시계탑`),
}

// article writes an article of about size bytes.
func (w *writer) article(size int) string {
	w.put("{{Short description|%s}}\n{{Use dmy dates|date=May 2020}}\n<!-- please keep the order of the sections -->\n", w.phrase(4))
	w.infobox()
	w.put("'''%s''' ({{IPA|/ˈla.tɛrn/}}; {{lang-%s|%s}}) ", w.name(), w.one("fr", "de", "la"), w.phrase(2))
	w.paragraph(4, 40)
	for w.b.Len() < size-600 {
		w.script = 0
		if w.chance(15) {
			w.script = w.rnd.IntN(len(words))
		}
		if w.chance(60) {
			w.heading(2)
		} else {
			w.heading(3)
		}
		for range w.between(2, 5) {
			w.paragraph(w.between(3, 6), 25)
		}
		w.extra()
	}
	w.script = 0
	w.put("== See also ==\n* [[%s]]\n* [[%s|%s]]\n\n== References ==\n{{Reflist|30em}}\n\n", w.name(), w.name(), w.word())
	w.put("{{Navbox %s}}\n{{Authority control}}\n{{DEFAULTSORT:%s}}\n[[Category:%s]]\n[[Category:%s|%s]]\n[[de:%s]]", w.word(), w.name(), w.name(), w.name(), w.word(), w.name())
	return w.b.String()
}

// heading writes a heading line.
func (w *writer) heading(level int) {
	signs := strings.Repeat("=", level)
	w.put("%s %s %s\n", signs, w.name(), signs)
}

// infobox writes a template of many lines.
func (w *writer) infobox() {
	w.put("{{Infobox %s\n| name = %s\n| image = [[File:%s.jpg|250px|alt=%s]]\n", w.one("settlement", "building", "ship"), w.name(), w.name(), w.phrase(3))
	for range w.between(6, 16) {
		value := w.phrase(3)
		switch w.rnd.IntN(5) {
		case 0:
			value = "{{plainlist|\n* " + w.link() + "\n* " + w.link() + "\n}}"
		case 1:
			value = fmt.Sprintf("{{start date|%d|5|%d}}<br />%s", w.between(1700, 1990), w.between(1, 28), w.link())
		case 2:
			value = w.link() + w.reference()
		case 3:
			value = "{{#if:{{{1|}}}|" + w.word() + "|" + w.word() + "}}"
		}
		w.put("| %-14s = %s\n", w.host(), value)
	}
	w.put("}}\n")
}

// extra writes what stands between paragraphs now and then.
func (w *writer) extra() {
	switch w.rnd.IntN(9) {
	case 0, 1:
		for range w.between(4, 12) {
			w.put("%s %s – %s\n", w.one("*", "*", "**", "#", ":"), w.link(), w.phrase(w.between(3, 9)))
		}
	case 2, 3:
		w.table()
	case 4:
		w.put("[[File:%s.jpg|thumb|right|upright=1.2|%s in [[%s]], {{circa|%d}}]]\n", w.name(), w.phrase(4), w.name(), w.between(1800, 1900))
	case 5:
		w.put("<gallery mode=\"packed\">\n")
		for range w.between(3, 6) {
			w.put("File:%s.jpg|%s [[%s]]\n", w.name(), w.phrase(3), w.name())
		}
		w.put("</gallery>\n")
	case 6:
		w.put("{{Quote|%s %s|%s}}\n", w.sentence(), w.sentence(), w.name())
	case 7:
		w.put("{{Main|%s|%s}}\n{{citation needed|date=June 2019}}\n", w.name(), w.name())
	case 8:
		w.put("<blockquote>%s</blockquote>\n<math>a_{%d}^2 + \\frac{b}{c}</math> [https://%s.example.com/%s %s]\n", w.sentence(), w.between(1, 9), w.host(), w.host(), w.phrase(2))
	}
	w.put("\n")
}

// table writes a table in one of the usual styles.
func (w *writer) table() {
	columns := w.between(3, 6)
	w.put("{| class=\"wikitable sortable\" style=\"text-align:%s\"\n|+ %s\n|-\n! scope=\"col\" | %s", w.one("left", "right"), w.name(), w.name())
	for range columns - 1 {
		w.put(" !! %s", w.name())
	}
	w.put("\n")
	inline := w.chance(50)
	for range w.between(4, 18) {
		w.put("|-\n| %s", w.link())
		for range columns - 1 {
			cell := fmt.Sprint(w.between(1, 9999))
			switch w.rnd.IntN(4) {
			case 0:
				cell = w.phrase(2)
			case 1:
				cell = w.one("{{yes}}", "{{no}}", "{{dts|1894|3|2}}", "style=\"background:#eee\" | "+w.word())
			}
			if inline {
				w.put(" || %s", cell)
			} else {
				w.put("\n| %s", cell)
			}
		}
		w.put("\n")
	}
	w.put("|}\n")
}

// accounts are made up.
var accounts = []string{"Quillfeather", "Moss & Lantern", "Tide-Table", "Мельник 7", "OldSlate", "時計塔", "Brückenwart", "Heron.of.Reeds", "نهر", "Ærlig"}

// signature returns a signature with its time, as people's settings make them.
func (w *writer) signature() string {
	u := accounts[w.rnd.IntN(len(accounts))]
	at := fmt.Sprintf("%02d:%02d, %d %s %d (UTC)", w.rnd.IntN(24), w.rnd.IntN(60), w.between(1, 28), w.one("January", "May", "August", "November"), w.between(2004, 2024))
	switch w.rnd.IntN(5) {
	case 0:
		return fmt.Sprintf("[[User:%s|<span style=\"color:#%03x\">%s</span>]] <sup>[[User talk:%s|talk]]</sup> %s", u, w.between(256, 4095), u, u, at)
	case 1:
		return fmt.Sprintf("— [[User:%s|%s]] ([[User talk:%s|talk]] · [[Special:Contributions/%s|contribs]]) %s", u, u, u, u, at)
	case 2:
		return fmt.Sprintf("<small>{{unsigned|%s|%s}}</small>", u, at)
	default:
		return fmt.Sprintf("[[User:%s|%s]] ([[User talk:%s|talk]]) %s", u, u, u, at)
	}
}

// talk writes a talk page of about size bytes.
func (w *writer) talk(size int) string {
	w.put("{{Talk header|search=yes}}\n{{WikiProject banner shell|1=\n{{WikiProject %s|class=B|importance=low}}\n{{WikiProject %s}}\n}}\n{{archives|auto=yes}}\n\n", w.name(), w.name())
	for w.b.Len() < size {
		w.script = 0
		if w.chance(15) {
			w.script = w.rnd.IntN(len(words))
		}
		w.heading(2)
		if w.chance(8) {
			w.put("{{archive top|%s}}\n", w.phrase(6))
			w.thread()
			w.put("{{archive bottom}}\n\n")
			continue
		}
		w.thread()
	}
	return w.b.String()
}

// thread writes a few answers.
func (w *writer) thread() {
	for depth := range w.between(2, 6) {
		w.put("%s", strings.Repeat(w.one(":", ":", "*"), depth))
		if w.chance(45) {
			w.put("%s ", w.one("{{ping|Tide-Table}}", "'''Support'''.", "{{re|OldSlate}}", "{{tl|cite web}}:", "<code>{{xt|a}}</code>", "{{done}}"))
		}
		for range w.between(1, 3) {
			w.put("%s ", w.sentence())
		}
		if w.chance(12) {
			w.put("See https://%s.example.org/w/index.php?title=%s&diff=%d, please. ", w.host(), w.host(), w.between(1000, 999999))
		}
		if w.chance(6) {
			w.put("<nowiki>{{%s|%s}}</nowiki> ", w.host(), w.host())
		}
		w.put("%s\n", w.signature())
	}
	w.put("\n")
}
