// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the test of escaping against MediaWiki: texts made to mean
// something, in every place, saved and shown.

package wikitext_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/PuerkitoBio/goquery"
	"golang.org/x/net/html"
	"golang.org/x/text/unicode/norm"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/wiki/wikitest"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/wikitext"
)

// rendered is what MediaWiki made of a place: elements with the attributes that
// matter, and the text between them.
func rendered(s *goquery.Selection) []string {
	var tokens []string
	var text strings.Builder
	flush := func() {
		if text.Len() > 0 {
			tokens = append(tokens, " "+text.String())
			text.Reset()
		}
	}
	root := s.Get(0)
	for n := root.FirstChild; n != nil; {
		if n.Type == html.TextNode {
			text.WriteString(n.Data)
		} else {
			flush()
			tokens = append(tokens, "<"+n.Data)
			for _, a := range n.Attr {
				if a.Key != "id" && !(a.Key == "href" && strings.HasPrefix(a.Val, "#")) {
					tokens = append(tokens, " "+a.Key+": "+a.Val)
				}
			}
		}
		if n.FirstChild != nil {
			n = n.FirstChild
			continue
		}
		for ; n != root; n = n.Parent {
			if n.Type == html.ElementNode {
				flush()
				tokens = append(tokens, "</"+n.Data)
			}
			if n.NextSibling != nil {
				break
			}
		}
		if n == root {
			break
		}
		n = n.NextSibling
	}
	flush()
	return tokens
}

// differs tells where what a text became is not what harmless words became, with
// the text in their place; "" if nowhere.
func differs(got, harmless []string, one, two string) string {
	words := strings.NewReplacer("harmless", one, "peaceful", two)
	tokens := func(list []string, replace bool) (kept []string) {
		for _, t := range list {
			if replace {
				t = words.Replace(t)
			}
			if t = visible(t); t != "" {
				kept = append(kept, t)
			}
		}
		return kept
	}
	g, w := tokens(got, false), tokens(harmless, true)
	for i := range max(len(g), len(w)) {
		if i >= len(g) || i >= len(w) || g[i] != w[i] {
			return fmt.Sprintf("%q instead of %q", g[min(i, len(g)):min(i+4, len(g))], w[min(i, len(w)):min(i+4, len(w))])
		}
	}
	return ""
}

// marks are what MediaWiki keeps of a page beside its text.
type marks struct {
	Links, Templates             []struct{ Title string }
	ExternalLinks, Images        []string
	Categories                   []struct{ Category string }
	IwLinks, LangLinks, Sections []any
	Properties                   map[string]any
	Text                         string
}

func (m marks) String() string {
	return fmt.Sprint(m.Links, m.Templates, m.Images, m.ExternalLinks, m.Categories, m.IwLinks, m.LangLinks, m.Properties)
}

// show saves a page, sees to it that saving changed nothing, and reads it.
func show(t *testing.T, wiki *wikitest.Wiki, title, text string) (marks, *goquery.Document) {
	t.Helper()
	if _, err := wiki.Admin().Edit(t.Context(), title, text, ""); err != nil {
		t.Fatal(err)
	}
	saved, _, err := wiki.Admin().Read(t.Context(), title)
	if err != nil {
		t.Fatal(err)
	}
	if want := strings.TrimRight(norm.NFC.String(text), "\n"); saved != want {
		i := 0
		for i < min(len(saved), len(want)) && saved[i] == want[i] {
			i++
		}
		t.Errorf("saving made %.80q of %.80q", saved[i:], want[i:])
	}
	raw, err := wiki.Admin().Do(t.Context(), map[string]string{"action": "parse", "page": title, "disablelimitreport": "1", "disableeditsection": "1",
		"prop": "text|links|externallinks|iwlinks|langlinks|templates|categories|images|sections|properties"})
	if err != nil {
		t.Fatal(err)
	}
	var answer struct{ Parse marks }
	if err := json.Unmarshal(raw, &answer); err != nil {
		t.Fatal(err)
	}
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(answer.Parse.Text))
	if err != nil {
		t.Fatal(err)
	}
	doc.Find("#toc, span[id]:empty").Remove() // what MediaWiki adds to headings
	return answer.Parse, doc
}

// Escaped text shows as what it was and is nothing else, whatever it is made of
// and wherever it stands: MediaWiki itself is asked, before and after a page is
// saved.
func TestEscapedTextMeansNothingToMediaWiki(t *testing.T) {
	wiki := wikitest.Start(t, wikitest.Options{})
	_, err := wiki.Admin().Edit(t.Context(), "Template:Show", "{{{1|}}}{{{named|}}}{{#if:{{{list|}}}|\n* {{{list}}}}}", "")
	if err != nil {
		t.Fatal(err)
	}
	var page strings.Builder
	write := func(id, place, one, two string) {
		fmt.Fprintf(&page, "<div id=\"%s\">\n%s\n</div>\n", id, fill(place, one, two, false))
	}
	for p, place := range places {
		write(fmt.Sprintf("h%d", p), place.source, "harmless", "peaceful")
	}
	calm, doc := show(t, wiki, "Calm", page.String())
	harmless := make([][]string, len(places))
	for p := range places {
		harmless[p] = rendered(doc.Find(fmt.Sprintf("#h%d", p)))
	}

	type job struct{ text, place int }
	all := texts(2400)
	var jobs []job
	for i := range all {
		for p := range places {
			// The first are in all places, the others in some.
			if wikitext.Escape(all[i]) != "" && (i < 380 || (i+p)%6 == 0) {
				jobs = append(jobs, job{i, p})
			}
		}
	}
	const perPage = 1500
	for n, some := range slices.Collect(slices.Chunk(jobs, perPage)) {
		t.Run(fmt.Sprintf("page %d", n), func(t *testing.T) {
			t.Parallel()
			var page strings.Builder
			for p, place := range places { // for the same marks
				fmt.Fprintf(&page, "<div id=\"h%d\">\n%s\n</div>\n", p, fill(place.source, "harmless", "peaceful", false))
			}
			for k, j := range some {
				fmt.Fprintf(&page, "<div id=\"p%d\">\n%s\n</div>\n", k, fill(places[j.place].source, all[j.text], all[(j.text+1)%len(all)], true))
			}
			got, doc := show(t, wiki, fmt.Sprintf("Page %d", n), page.String())
			if got.String() != calm.String() {
				t.Errorf("the page has\n%s, want\n%s", got, calm)
			}
			headings := len(calm.Sections)
			for k, j := range some {
				if places[j.place].name == "heading" {
					headings += 2
				}
				s := all[j.text]
				if at := differs(rendered(doc.Find(fmt.Sprintf("#p%d", k))), harmless[j.place], shown(s), shown(all[(j.text+1)%len(all)])); at != "" {
					t.Errorf("%s: %q, escaped as %q, shows %s", places[j.place].name, s, wikitext.Escape(s), at)
				}
			}
			if len(got.Sections) != headings {
				t.Errorf("the page has %d sections, want %d", len(got.Sections), headings)
			}
		})
	}
}

// A page that begins with a text does not become a redirect.
func TestEscapedTextIsNoRedirect(t *testing.T) {
	wiki := wikitest.Start(t, wikitest.Options{})
	for _, s := range []string{"#REDIRECT [[Main Page]]", " #redirect:[[Main Page]]", "\u200e#REDIRECT[[Main Page]]", "\n#REDIRECT [[Main Page]]"} {
		if _, err := wiki.Admin().Edit(t.Context(), "Page", wikitext.Escape(s)+"\n[[Main Page]]", ""); err != nil {
			t.Fatal(err)
		}
		raw, err := wiki.Admin().Do(t.Context(), map[string]string{"action": "query", "prop": "info", "titles": "Page"})
		if err != nil || strings.Contains(string(raw), `"redirect"`) {
			t.Errorf("%q is a redirect: %s, %v", s, raw, err)
		}
	}
}

// Other languages have other words. One wiki speaks them all, as the request
// says.
func TestEscapedTextMeansNothingInOtherLanguages(t *testing.T) {
	wiki := wikitest.Start(t, wikitest.Options{Extra: `$wgLanguageCode = $_REQUEST['contentlanguage'] ?? 'en'; $wgLocalisationCacheConf['manualRecache'] = false;`})
	for _, lang := range []string{"ja", "ku-latn", "sh", "sr-ec", "zh", "de", "fa"} {
		t.Run(lang, func(t *testing.T) {
			t.Parallel()
			ask := func(params map[string]string, answer any) {
				params["contentlanguage"] = lang
				raw, err := wiki.Anonymous().Do(t.Context(), params)
				if err == nil {
					err = json.Unmarshal(raw, answer)
				}
				if err != nil {
					t.Fatal(err)
				}
			}
			var info struct {
				Query struct {
					General    struct{ Lang string }
					MagicWords []struct {
						Name    string
						Aliases []string
					}
				}
			}
			ask(map[string]string{"action": "query", "meta": "siteinfo", "siprop": "general|magicwords"}, &info)
			if info.Query.General.Lang != lang {
				t.Fatalf("the wiki speaks %s", info.Query.General.Lang)
			}
			var page, want strings.Builder
			for _, w := range info.Query.MagicWords {
				for _, a := range w.Aliases {
					s := a + " x" + a + "x {{" + a + "}}"
					page.WriteString(wikitext.Escape(s) + "\n")
					want.WriteString(s + "\n")
				}
			}
			for _, s := range texts(0) {
				page.WriteString(wikitext.Escape("x"+s) + "\n")
				want.WriteString(shown("x"+s) + "\n")
			}
			var answer struct{ Parse marks }
			ask(map[string]string{"action": "parse", "text": page.String(), "title": "Test", "contentmodel": "wikitext", "disablelimitreport": "1", "pst": "1",
				"variant": lang, "prop": "text|links|externallinks|iwlinks|langlinks|templates|categories|images|sections|properties"}, &answer)
			got := answer.Parse
			if got.String() != (marks{Properties: map[string]any{}}).String() {
				t.Errorf("the page has %s", got)
			}
			doc, err := goquery.NewDocumentFromReader(strings.NewReader(got.Text))
			if err != nil {
				t.Fatal(err)
			}
			is, should := visible(doc.Text()), visible(want.String())
			for i := range min(len(is), len(should)) {
				if is[i] != should[i] {
					t.Fatalf("shows %.200q instead of %.200q", is[max(i-20, 0):], should[max(i-20, 0):])
				}
			}
			if len(is) != len(should) {
				t.Errorf("shows %d bytes instead of %d", len(is), len(should))
			}
		})
	}
}

// In an edit summary a text is nothing but text, whether MediaWiki is asked
// before or after the edit.
func TestEscapedSummaryMeansNothingToMediaWiki(t *testing.T) {
	wiki := wikitest.Start(t, wikitest.Options{})
	check := func(parsed, want string, all []string) {
		t.Helper()
		doc, err := goquery.NewDocumentFromReader(strings.NewReader(parsed))
		if err != nil {
			t.Fatal(err)
		}
		text := strings.ReplaceAll(doc.Find("body").Text(), "\u2060", "") // it has no width
		if got := visible(text); got != visible(want) || doc.Find("body *").Length() > 0 {
			t.Errorf("%q shows\n%q instead of\n%q", all, parsed, want)
		}
	}
	edits := 0
	for all := range slices.Chunk(texts(2400), 80) {
		var escaped, want []string
		for _, s := range all {
			escaped = append(escaped, wikitext.EscapeSummary(s))
			want = append(want, strings.TrimFunc(shown(s), unicode.IsSpace))
		}
		raw, err := wiki.Anonymous().Do(t.Context(), map[string]string{"action": "parse", "text": "x", "title": "Test", "prop": "", "summary": strings.Join(escaped, "‖")})
		if err != nil {
			t.Fatal(err)
		}
		var answer struct {
			Parse struct{ ParsedSummary string }
		}
		if err := json.Unmarshal(raw, &answer); err != nil {
			t.Fatal(err)
		}
		check(answer.Parse.ParsedSummary, strings.Join(want, "‖"), all)
		if edits++; edits > 15 {
			continue
		}
		n := 0
		for i, length := 0, 0; i < len(escaped) && length < 450; i++ { // MediaWiki keeps 500 characters
			length += len(escaped[i]) + len("‖")
			n = i
		}
		if _, err := wiki.Admin().Append(t.Context(), "Page", "\nx", strings.Join(escaped[:n], "‖")); err != nil {
			t.Fatal(err)
		}
		raw, err = wiki.Admin().Do(t.Context(), map[string]string{"action": "query", "prop": "revisions", "rvprop": "parsedcomment", "titles": "Page"})
		if err != nil {
			t.Fatal(err)
		}
		var saved struct {
			Query struct {
				Pages []struct {
					Revisions []struct{ ParsedComment string }
				}
			}
		}
		if err := json.Unmarshal(raw, &saved); err != nil {
			t.Fatal(err)
		}
		check(saved.Query.Pages[0].Revisions[0].ParsedComment, strings.Join(want[:n], "‖"), all[:n])
	}
}

// What encoding/json makes of a text comes back from a page of JSON. MediaWiki
// brings the page into normal form C, also after its own look at it, where an
// accent behind "\n" or "\u003e" would join the letter; escaped text has none.
func TestTextInJSONComesBackFromMediaWiki(t *testing.T) {
	wiki := wikitest.Start(t, wikitest.Options{})
	var all []string
	for _, s := range texts(2400) {
		all = append(all, wikitext.Escape(s))
		if page, err := json.Marshal(s); err == nil && norm.NFC.IsNormal(page) {
			all = append(all, s)
		}
	}
	page, err := json.Marshal(all)
	if err != nil {
		t.Fatal(err)
	}
	params := map[string]string{"action": "edit", "title": "User:Admin/texts.json", "text": string(page)}
	if _, err := wiki.Admin().Do(t.Context(), params); err != nil {
		t.Fatal(err)
	}
	saved, _, err := wiki.Admin().Read(t.Context(), "User:Admin/texts.json")
	if err != nil {
		t.Fatal(err)
	}
	var back []string
	if err := json.Unmarshal([]byte(saved), &back); err != nil || len(back) != len(all) || len(all) < 4000 {
		t.Fatalf("%d of %d texts are back: %v", len(back), len(all), err)
	}
	for i, s := range all {
		want := strings.NewReplacer("\ufffe", "\ufffd", "\uffff", "\ufffd").Replace(norm.NFC.String(string([]rune(s))))
		if back[i] != want {
			t.Errorf("%q is %q", s, back[i])
		}
	}
}
