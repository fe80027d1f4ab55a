// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the comparison of titles with those of MediaWiki's API.

package wikitext_test

import (
	"encoding/json"
	"net/url"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/wiki/wikitest"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/wikitext"
)

// titleWikis are the wikis that the table of titles is about: one as most are,
// one as Wiktionaries are, both with namespaces and interwiki prefixes of their
// own.
var titleWikis = struct{ usual, cased string }{
	usual: `
		$wgExtraNamespaces += [3000 => 'Portal', 3001 => 'Portal_talk', 3002 => 'Überblick', 3003 => 'Überblick_Diskussion'];
		$wgNamespaceAliases = ['WP' => NS_PROJECT, 'WT' => NS_PROJECT_TALK];
		$wgLocalInterwikis = ['en', 'local'];
		$wgInterwikiCache = ['__list:__global' => 'en local fr d zh-min-nan a_b é help'];
		foreach (explode(' ', $wgInterwikiCache['__list:__global']) as $p) {
			$wgInterwikiCache["__global:$p"] = "1 https://$p.example/$1";
		}`,
	cased: `
		$wgCapitalLinks = false;
		$wgCapitalLinkOverrides = [NS_FILE => true, 3000 => true];`,
}

// asked is a title in the API's words.
type asked struct {
	title     string
	interwiki string
	namespace int
	invalid   string // the reason
}

// askTitles asks a wiki for titles, in their order.
func askTitles(t *testing.T, u *wikitest.User, texts []string) []asked {
	t.Helper()
	var answers []asked
	for len(texts) > 0 {
		batch := texts[:min(50, len(texts))]
		texts = texts[len(batch):]
		raw, err := u.Do(t.Context(), map[string]string{"action": "query", "titles": "\x1f" + strings.Join(batch, "\x1f")})
		if err != nil {
			t.Fatal(err)
		}
		var answer struct {
			Query struct {
				Normalized []struct {
					From, To    string
					FromEncoded bool
				}
				Interwiki []struct{ Title, IW string }
				Pages     []struct {
					Title, InvalidReason string
					NS                   int
					Invalid              bool
				}
			}
		}
		if err := json.Unmarshal(raw, &answer); err != nil {
			t.Fatal(err)
		}
		to, found := map[string]string{}, map[string]asked{}
		for _, n := range answer.Query.Normalized {
			if n.FromEncoded {
				if n.From, err = url.PathUnescape(n.From); err != nil {
					t.Fatal(err)
				}
			}
			to[n.From] = n.To
		}
		for _, w := range answer.Query.Interwiki {
			found[w.Title] = asked{title: w.Title, interwiki: w.IW}
		}
		invalid := map[string]string{}
		for _, p := range answer.Query.Pages {
			if p.Invalid {
				invalid[p.Title] = p.InvalidReason
			} else {
				found[p.Title] = asked{title: p.Title, namespace: p.NS}
			}
		}
		for _, text := range batch {
			got := asReceived(text)
			if reason, ok := invalid[got]; ok {
				answers = append(answers, asked{invalid: reason})
				continue
			}
			title, ok := to[got]
			if !ok {
				title = got
			}
			a, ok := found[title]
			if !ok && title != "" { // a bare fragment has no page
				t.Fatalf("the wiki says nothing about %q: %s", text, raw)
			}
			answers = append(answers, a)
		}
	}
	return answers
}

// asReceived is a text as the wiki gets it: it names it so in its answer.
func asReceived(text string) string {
	text = strings.Map(func(r rune) rune {
		if r < ' ' && r != '\t' && r != '\n' && r != '\r' || r == 0xfffe || r == 0xffff {
			return utf8.RuneError
		}
		return r
	}, text)
	return norm.NFC.String(text)
}

// readWiki starts a wiki and reads what it says about itself.
func readWiki(t *testing.T, extra string) (*wikitest.User, *wikitext.Site) {
	t.Helper()
	u := wikitest.Start(t, wikitest.Options{Extra: extra}).Anonymous()
	info, err := u.Do(t.Context(), map[string]string{"action": "query", "meta": "siteinfo",
		"siprop": "general|namespaces|namespacealiases|interwikimap|extensiontags|protocols|magicwords|functionhooks|variables"})
	if err != nil {
		t.Fatal(err)
	}
	site, err := wikitext.NewSite(info)
	if err != nil {
		t.Fatal(err)
	}
	return u, site
}

// Titles are what MediaWiki's API makes of them, on wikis of both kinds.
func TestTitlesOfTheWiki(t *testing.T) {
	var texts []string
	for _, r := range titleRules {
		for _, c := range r.cases {
			texts = append(texts, c.text)
		}
	}
	if len(texts) < 400 {
		t.Fatalf("only %d texts", len(texts))
	}
	for _, w := range []struct {
		name, extra string
		want        func(titleCase) string
	}{
		{"usual", titleWikis.usual, func(c titleCase) string { return c.want }},
		{"cased", titleWikis.usual + titleWikis.cased, titleCase.wantCased},
	} {
		t.Run(w.name, func(t *testing.T) {
			u, site := readWiki(t, w.extra)
			answers := askTitles(t, u, texts)
			i := 0
			for _, r := range titleRules {
				for _, c := range r.cases {
					a := answers[i]
					i++
					want := a.title
					if a.invalid != "" {
						want = none
					}
					if want != w.want(c) {
						t.Errorf("%q is %q for the wiki, %q in the table", c.text, want, w.want(c))
					}
					got, err := site.ParseTitle(c.text)
					if (err != nil) != (a.invalid != "") || err == nil && (asked{got.String(), got.Interwiki, got.Namespace, ""}) != a {
						t.Errorf("%q is %+v (%v), for the wiki %+v", c.text, got, err, a)
					}
				}
			}
		})
	}
}
