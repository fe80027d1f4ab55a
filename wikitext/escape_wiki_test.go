// SPDX-License-Identifier: GPL-3.0-or-later

package wikitext_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/wiki/wikitest"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/wikitext"
)

// pieces are what hostile text is made of.
var pieces = []string{
	"[[", "]]", "[", "]", "{{", "}}", "{{{", "|", "||", "!!", "!", "'", "''", "'''", "=", "==", ":", "::", ";", "*", "#", "-", "--", "~~~~",
	"__NOTOC__", "__", "_", "<b>", "</b>", "<nowiki>", "<ref>", "<!--", "-->", "&amp;", "&", "&#91;", "http://x.example", "HTTPS:", "//y.example",
	"mailto:a@b.example", "news:c", "Xurn:d", "ftp:", "/", "RFC 1", "PMID 2", "ISBN 978-0-306-40615-7", "Category:X", "File:Y.png", "Talk:Z: w",
	"Ada", "it's", " ", "  ", "\n", "é", "語", "١", "`", "\"", "-{", "}-", "#REDIRECT", "x",
}

// Escaped text shows as what it was and is nothing else, whatever it is made of
// and wherever it stands: MediaWiki itself is asked.
func TestEscapedTextMeansNothingToMediaWiki(t *testing.T) {
	wiki := wikitest.Start(t, wikitest.Options{})
	rnd := rand.New(rand.NewPCG(1, 2))
	var texts []string
	for range 400 {
		var b strings.Builder
		for range 1 + rnd.IntN(6) {
			b.WriteString(pieces[rnd.IntN(len(pieces))])
		}
		texts = append(texts, b.String())
	}
	var page strings.Builder
	page.WriteString("{|\n")
	for i, s := range texts {
		e := wikitext.Escape(s)
		fmt.Fprintf(&page, "|-\n| id=\"a%d\" | %s\n| id=\"b%d\" | before %s after\n| id=\"c%d\" | [[:Main Page|%s]]\n", i, e, i, e, i, e)
	}
	page.WriteString("|}")
	raw, err := wiki.Anonymous().Do(t.Context(), map[string]string{
		"action": "parse", "text": page.String(), "contentmodel": "wikitext", "title": "Test",
		"prop": "text|links|externallinks|iwlinks|templates|categories|images|sections|properties", "disablelimitreport": "1",
	})
	if err != nil {
		t.Fatal(err)
	}
	var answer struct {
		Parse struct {
			Text                                                                   string
			Links, ExternalLinks, Iwlinks, Templates, Categories, Images, Sections []any
			Properties                                                             map[string]any
		}
	}
	if err := json.Unmarshal(raw, &answer); err != nil {
		t.Fatal(err)
	}
	got := answer.Parse
	if n := len(got.ExternalLinks) + len(got.Iwlinks) + len(got.Templates) + len(got.Categories) + len(got.Images) + len(got.Sections) + len(got.Properties); n > 0 || len(got.Links) > 1 {
		t.Errorf("the page has %d links, external %v, interwiki %v, templates %v, categories %v, images %v, sections %v, properties %v",
			len(got.Links), got.ExternalLinks, got.Iwlinks, got.Templates, got.Categories, got.Images, got.Sections, got.Properties)
	}
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(got.Text))
	if err != nil {
		t.Fatal(err)
	}
	for i, s := range texts {
		words := strings.Join(strings.Fields(s), " ")
		for id, want := range map[string]string{"a": words, "b": strings.TrimSpace("before " + words + " after"), "c": words} {
			cell := doc.Find(fmt.Sprintf("#%s%d", id, i))
			want = strings.Join(strings.Fields(want), " ")
			if shown := strings.Join(strings.Fields(cell.Text()), " "); shown != want {
				t.Errorf("%q, escaped as %q, shows as %q in place %s", s, wikitext.Escape(s), shown, id)
			}
			allowed := map[string]int{"a": 0, "b": 0, "c": 1}[id]
			if n := cell.Find("a, b, i, span, img, sup, pre, p, ul, ol, dl").Length(); n > allowed && words != "" {
				html, _ := cell.Html()
				t.Errorf("%q is markup in place %s: %s", s, id, html)
			}
		}
	}
}
