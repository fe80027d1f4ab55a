// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the comparison of random texts.

package wikitext

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"
)

var (
	randomTexts = flag.Int("random", 1500, "how `many` random texts TestAgreesOnRandomTexts compares")
	randomSeed  = flag.Uint64("randomseed", 1, "`number` that the random texts come from")
)

// leftAlone are random texts whose links MediaWiki reads by steps that we do not follow, for what they would cost: apostrophes
// within an address, of which it makes italics first; brackets with a comment or an ignored tag between them, which is
// gone by then; what is no tag in a fragment; a redirect, whose line is no part of its page.
var leftAlone = regexp.MustCompile(`:[^\s\[\]]*''|[\[\]](<[^<>]*>)+[\[\]]|\[\[[^\[\]]*#[^\[\]|]*[<>]|(?i:^\s*#redirect)`)

// tokens are what random texts are made of: everything that means something, and what may stand between.
var tokens = []string{
	"{{", "}}", "{{{", "}}}", "{", "}", "[[", "]]", "[", "]", "-{", "}-", "-", "|", "|", "=", "=", "==", "===", "\n", "\n", "\n", " ", "\t",
	"<!--", "-->", "<!-- c -->", "<nowiki>", "</nowiki>", "<nowiki/>", "<NoWiki >", "</nowiki >", "<pre>", "</pre>",
	"<ref>", "</ref>", "<ref name=a>", "<ref name=\"", "/>", ">", "<", "</", "<references/>", "<REF>", "</Ref\n>",
	"<includeonly>", "</includeonly>", "<noinclude>", "</noinclude>", "<onlyinclude>", "</onlyinclude>", "<onlyinclude/>", "<includeonly/>", "<noinclude />", "</noinclude x>",
	"<poem>", "</poem>", "<gallery>", "</gallery>", "<math>", "</math>", "<br>", "<b>", "</b>",
	"[http://a b]", "http://", "https://a.example", "//x", "a", "b", "1", "x y", "é", "語", "#", ":", "*", ";", "''", "'''", "{|", "|-", "|}", "||", "!", "!!",
	"{{a}}", "{{a|b}}", "{{{a}}}", "[[a]]", "[[a|b]]", "==a==", "\n==a==\n", "\n=", "=\n", "{{!}}", "#if:", "File:", "Category:", "__NOTOC__", "~~~~", "&amp;", "\u00a0", "\u3000",
}

// lineTokens make texts of lines, where headings and comments meet.
var lineTokens = []string{
	"\n", "\n", "\n", "=", "=", "==", "==", "===", " ", "\t", "<!---->", "<!-- c -->", "<!--\n-->", "<!--", "-->", "a", "{{", "}}", "|", "[[", "]]", "-{", "}-", "<nowiki/>", "<ref>", "</ref>",
	"<noinclude>", "</noinclude>", "<includeonly>", "</includeonly>", "{{{", "}}}", "\u00a0", "======",
}

// linkTokens make texts without templates that are full of links.
var linkTokens = []string{
	"[[", "[[", "]]", "]]", "[", "]", "|", "|", "\n", " ", "a", "b", "c", "#", ":", "/", "_", "%20", "%41", "%5B", "&amp;", "&#33;", "''", "'''", "é", "\u00a0", "\u200e",
	"File:a.png", "Image:b.jpg", "[[File:a.png|thumb|", "[[File:a.png|", "Category:c", ":Category:d", "Media:e.ogg", "Talk:f", "de:", "fr:", "wikt:", ":de:", "w:", "Special:Log", "User:g", "Template:h", "Project:i", "../", "thumb", "right", "100px", "link=", "alt=",
	"http://", "https://a.example", "http://b.example/x?y=1&z=2", "//c.example", "mailto:d@e.example", "news:x", "ftp://f", "(", ")", ".", ",", ";", "!", "?", "\"", "<", ">", "&lt;",
	"<nowiki>", "</nowiki>", "<nowiki/>", "<ref>", "</ref>", "<!-- c -->", "<b>", "</b>", "==", "\n==a==\n", "\n{|\n", "\n|-\n", "\n|}\n", "||", "\n|", "\n!", "!!", "*", "<br>", "-{", "}-", "<gallery>", "</gallery>", "<poem>", "</poem>",
}

// randomText returns a text of up to 24 tokens, sometimes 90.
func randomText(rnd *rand.Rand) string {
	from := [][]string{tokens, lineTokens, linkTokens}[rnd.IntN(3)]
	most := 24
	if rnd.IntN(20) == 0 {
		most = 90
	}
	var b strings.Builder
	for range 1 + rnd.IntN(most) {
		b.WriteString(from[rnd.IntN(len(from))])
	}
	return b.String()
}

// Texts of random tokens are read as MediaWiki reads them. More of them:
//
//	go test ./wikitext -run TestAgreesOnRandomTexts -random 50000 -randomseed 2
func TestAgreesOnRandomTexts(t *testing.T) {
	rnd := rand.New(rand.NewPCG(*randomSeed, 0))
	pages := make([]page, *randomTexts)
	for i := range pages {
		text := randomText(rnd)
		pages[i] = page{fmt.Sprintf("%q", text), text}
	}
	compare(t, pages, leftAlone)
}

// mutate takes a markup sign out of a text, puts another in, or moves some of the text, a few times.
func mutate(rnd *rand.Rand, text string) string {
	for range 1 + rnd.IntN(4) {
		at := rnd.IntN(len(text) + 1)
		if n := strings.IndexAny(text[at:], "[]{}|=<>\n'-"); n >= 0 {
			at += n
		}
		end := min(len(text), at+1+rnd.IntN(3))
		switch rnd.IntN(4) {
		case 0: // take out
			text = text[:at] + text[end:]
		case 1: // put in
			text = text[:at] + tokens[rnd.IntN(len(tokens))] + text[at:]
		case 2: // double
			text = text[:end] + text[at:]
		case 3: // move
			cut := text[at:min(len(text), at+rnd.IntN(80))]
			text = text[:at] + text[at+len(cut):]
			to := rnd.IntN(len(text) + 1)
			text = text[:to] + cut + text[to:]
		}
	}
	return strings.ToValidUTF8(text, "")
}

// Texts with random mistakes are read as MediaWiki reads them.
func TestAgreesOnTextsWithMistakes(t *testing.T) {
	texts, err := readTexts("testdata/texts")
	if err != nil {
		t.Fatal(err)
	}
	rnd := rand.New(rand.NewPCG(*randomSeed, 1))
	pages := make([]page, *randomTexts/5)
	for i := range pages {
		p := texts[rnd.IntN(len(texts))]
		pages[i] = page{fmt.Sprintf("%s, mistakes %d", p.name, i), mutate(rnd, p.text)}
	}
	compare(t, pages, leftAlone)
}
