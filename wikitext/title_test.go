// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the tests of titles that need no wiki.

package wikitext_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/wikitext"
)

// siteinfoOf is what the wikis of the table say about themselves, as far as
// titles go.
func siteinfoOf(cased bool) string {
	var spaces strings.Builder
	for _, n := range []struct {
		id              int
		name, canonical string
		capital         bool
	}{
		{-2, "Media", "Media", true}, {-1, "Special", "Special", true}, {0, "", "", false}, {1, "Talk", "Talk", false},
		{2, "User", "User", true}, {3, "User talk", "User talk", true}, {4, "Test Wiki", "Project", false},
		{5, "Test Wiki talk", "Project talk", false}, {6, "File", "File", true}, {7, "File talk", "File talk", true},
		{8, "MediaWiki", "MediaWiki", true}, {9, "MediaWiki talk", "MediaWiki talk", true}, {10, "Template", "Template", false},
		{11, "Template talk", "Template talk", false}, {12, "Help", "Help", false}, {13, "Help talk", "Help talk", false},
		{14, "Category", "Category", false}, {15, "Category talk", "Category talk", false}, {3000, "Portal", "Portal", true},
		{3001, "Portal talk", "Portal talk", true}, {3002, "Überblick", "Überblick", false},
		{3003, "Überblick Diskussion", "Überblick Diskussion", false},
	} {
		rule := "first-letter"
		if cased && !n.capital {
			rule = "case-sensitive"
		}
		fmt.Fprintf(&spaces, `"%d": {"id": %d, "case": %q, "name": %q, "canonical": %q},`, n.id, n.id, rule, n.name, n.canonical)
	}
	return `{"query": {
		"general": {"mainpage": "Main Page", "lang": "en", "case": "first-letter", "timezone": "UTC", "generator": "MediaWiki 1.39.17"},
		"namespaces": {` + strings.TrimSuffix(spaces.String(), ",") + `},
		"namespacealiases": [{"id": 6, "alias": "Image"}, {"id": 7, "alias": "Image talk"}, {"id": 4, "alias": "WP"}, {"id": 5, "alias": "WT"}],
		"interwikimap": [{"prefix": "en", "localinterwiki": true}, {"prefix": "local", "localinterwiki": true}, {"prefix": "fr"},
			{"prefix": "d"}, {"prefix": "zh-min-nan"}, {"prefix": "a_b"}, {"prefix": "é"}, {"prefix": "help"}]}}`
}

func siteOf(t testing.TB, siteinfo string) *wikitext.Site {
	t.Helper()
	s, err := wikitext.NewSite([]byte(siteinfo))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// parsed is a title as the table has it.
func parsed(s *wikitext.Site, text string) string {
	title, err := s.ParseTitle(text)
	if err != nil {
		return none
	}
	return title.String()
}

func TestTitles(t *testing.T) {
	usual, cased := siteOf(t, siteinfoOf(false)), siteOf(t, siteinfoOf(true))
	for _, r := range titleRules {
		t.Run(r.rule, func(t *testing.T) {
			for _, c := range r.cases {
				if got := parsed(usual, c.text); got != c.want {
					t.Errorf("%q is %q, want %q", c.text, got, c.want)
				}
				if got := parsed(cased, c.text); got != c.wantCased() {
					t.Errorf("where first letters matter, %q is %q, want %q", c.text, got, c.wantCased())
				}
			}
		})
	}
}

func (c titleCase) wantCased() string {
	if c.cased == "" {
		return c.want
	}
	return c.cased
}

// The parts of a title, which the API does not tell.
func TestPartsOfTitles(t *testing.T) {
	site := siteOf(t, siteinfoOf(false))
	tests := []struct {
		text string
		want wikitext.Title
	}{
		{"image_talk:a.png#B_c", wikitext.Title{Namespace: 7, Name: "A.png", Fragment: "B c"}},
		{"FR: User:x # y ", wikitext.Title{Interwiki: "fr", Name: "User:x", Fragment: " y"}},
		{"A_b:x", wikitext.Title{Interwiki: "a_b", Name: "x"}},
		{"en:wt:x#", wikitext.Title{Namespace: 5, Name: "X"}},
		{"#a&#95;b#c", wikitext.Title{Fragment: "a b#c"}},
		{"Special:Log/x", wikitext.Title{Namespace: -1, Name: "Log/x"}},
		{"local:", wikitext.Title{Name: "Main Page"}},
		// The line break hides the namespace from MediaWiki.
		{"Talk:Foo#a\nb", wikitext.Title{Name: "Talk:Foo", Fragment: "a\nb"}},
	}
	for _, tt := range tests {
		got, err := site.ParseTitle(tt.text)
		if err != nil {
			t.Errorf("%q: %v", tt.text, err)
		} else if diff := cmp.Diff(tt.want, got, cmpopts.IgnoreUnexported(wikitext.Title{})); diff != "" {
			t.Errorf("%q:\n%s", tt.text, diff)
		}
	}
}

// Wikimedia's wikis leave letters small that others make capitals or several.
func TestFirstLettersOfLanguages(t *testing.T) {
	const wmf = "MediaWiki 1.45.0-wmf.20"
	tests := []struct{ generator, lang, fallback, text, want string }{
		{wmf, "ka", "", "ანა", "ანა"},
		{"MediaWiki 1.39.17", "ka", "", "ანა", "Ანა"},
		{wmf, "de", "", "ß", "ß"}, {wmf, "de", "", "éa", "Éa"}, {wmf, "el", "", "ᾳ", "ᾼ"}, {wmf, "el", "", "ᾼ", "ᾼ"},
		{wmf, "en", "", "ⅰ", "ⅰ"}, {wmf, "en", "", "ⓐ", "ⓐ"}, {wmf, "en", "", "ﬁ", "ﬁ"}, {wmf, "en", "", "ǆ", "Ǆ"}, {wmf, "en", "", "ꞹ", "ꞹ"},
		{wmf, "tr", "", "istanbul", "İstanbul"}, {wmf, "tr", "", "ılık", "Ilık"}, {wmf, "az", "", "i", "İ"}, {wmf, "kaa", "", "i", "İ"},
		{wmf, "gag", "tr", "i", "İ"}, {wmf, "ku", "", "i", "I"},
		{wmf, "ar", "", "ﻻ", "لا"}, {wmf, "arz", "ar", "ﻻ", "لا"}, {wmf, "fa", "", "ﻻ", "ﻻ"}, {wmf, "ar", "", "ﯝ", "ٷ"},
		{wmf, "ml", "", "അവന്\u200d", "അവൻ"}, {wmf, "ta", "", "അവന്\u200d", "അവന്\u200d"},
	}
	for _, tt := range tests {
		site := siteOf(t, fmt.Sprintf(`{"query": {"general": {"lang": %q, "generator": %q, "fallback": [{"code": %q}]}, "namespaces": {"0": {}}}}`,
			tt.lang, tt.generator, tt.fallback))
		if got := parsed(site, tt.text); got != tt.want {
			t.Errorf("in %s, %s, %q is %q, want %q", tt.lang, tt.generator, tt.text, got, tt.want)
		}
	}
}

func TestAMainPageThatLeadsToItselfIsNone(t *testing.T) {
	site, err := wikitext.NewSite([]byte(`{"query": {"general": {"mainpage": "self:"}, "namespaces": {"0": {"id": 0, "name": ""}},
		"interwikimap": [{"prefix": "self", "localinterwiki": true}]}}`))
	if err != nil {
		t.Fatal(err)
	}
	_, err = site.ParseTitle("self:")
	if bad := (*wikitext.TitleError)(nil); !errors.As(err, &bad) || bad.Reason != "it leads to the main page, which leads to itself" {
		t.Errorf("%v", err)
	}
}

func TestReasonsAgainstTitles(t *testing.T) {
	site := wikitext.DefaultSite()
	for text, want := range map[string]string{
		"a[b":                    `it cannot contain "["`,
		" ":                      "it is empty",
		"Talk:":                  "nothing follows the namespace",
		"a\xff":                  "it is no text in UTF-8, or has control characters",
		"a%20b":                  `it cannot contain "%20", which stands for another character`,
		"&foo;":                  `it cannot contain "&foo;", which stands for another character`,
		"a/../b":                 `it cannot have "." or ".." between slashes`,
		"~~~~":                   `it cannot contain "~~~"`,
		strings.Repeat("é", 128): "it is longer than 255 bytes",
		"Talk:File:x":            "a namespace or an interwiki prefix follows that of talk pages",
		"::x":                    "it begins with too many colons",
	} {
		_, err := site.ParseTitle(text)
		bad := (*wikitext.TitleError)(nil)
		if !errors.As(err, &bad) || bad.Reason != want || bad.Text != text {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
}
