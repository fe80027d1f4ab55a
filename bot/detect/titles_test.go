// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds tests of titles as the wiki reads them: with what it says of
// itself, and with what is known of Wikimedia's wikis.

package detect

import (
	"testing"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/wikitext"
)

func TestTitlesAreReadByTheWikisOwnWords(t *testing.T) {
	site, err := wikitext.NewSite([]byte(`{"query": {
		"general": {"mainpage": "Main", "lang": "en", "timezone": "UTC", "case": "case-sensitive"},
		"namespaces": {"0": {"id": 0, "name": "", "case": "case-sensitive"}, "2": {"id": 2, "name": "Member", "canonical": "User", "case": "first-letter"},
			"8": {"id": 8, "name": "System", "canonical": "MediaWiki", "case": "first-letter"}, "102": {"id": 102, "name": "M", "case": "first-letter"}},
		"namespacealiases": [{"id": 2, "alias": "Person"}],
		"interwikimap": [{"prefix": "mw", "url": "https://www.mediawiki.org/wiki/$1"}, {"prefix": "here", "url": "https://wiki.example.org/$1", "localinterwiki": true},
			{"prefix": "far", "url": "https://far.example.org/$1"}]}}`))
	if err != nil {
		t.Fatal(err)
	}
	d := New(Options{Wiki: "examplewiki", Site: site})
	for text, want := range map[string]string{
		"[[Member:A/b.js]] [[person:C/d.js]] [[User:E/f.js]]": "userscript User:A/b.js, userscript User:C/d.js, userscript User:E/f.js",
		"[[System:Gadget-x.js]]":                              "gadget x",
		"[[mw:Extension:Score]]":                              "extension Score",
		"[[m:User:A/b.js]]":                                   "-", // a namespace of this wiki
		"[[far:User:A/b.js]]":                                 "-", // a wiki that nobody knows
		"[[Benutzer:A/b.js]]":                                 "-",
		"[[meta:User:A/b.js]]":                                "userscript User:A/b.js metawiki",
		"[[Extension:Score]]":                                 "-",
	} {
		if got := list("examplewiki", d.Mentions(Change{After: text})); got != want {
			t.Errorf("found %s in %q, want %s", got, text, want)
		}
	}
}

func TestNamespacesOfOtherWikis(t *testing.T) {
	for _, tt := range []struct {
		wiki, name string
		want       int
		ok         bool
	}{
		{"dewiki", "benutzerin diskussion", userTalkNamespace, true},
		{"dewiktionary", "hilfe", helpNamespace, true},
		{"alswiki", "benutzer", userNamespace, true}, // the database has the old code of gsw
		{"nowiki", "bruker", userNamespace, true},
		{"enwikisource", "wikisource", projectNamespace, true},
		{"enwiki", "wikisource", 0, false},
		{"commonswiki", "commons", projectNamespace, true},
		{"commonswiki", "benutzer", 0, false},
		{mediawiki, "extension", extensionNamespace, true},
		{"enwiki", "extension", 0, false},
		{wikitech, "tool", toolNamespace, true},
		{"", "mediawiki talk", mediawikiTalkNamespace, true},
	} {
		if got, ok := spaceNamed(tt.wiki, tt.name); got != tt.want || ok != tt.ok {
			t.Errorf("spaceNamed(%q, %q) = %d, %v", tt.wiki, tt.name, got, ok)
		}
	}
}

func TestSitesThatNobodyDescribedReadTitlesAndTimesOfTheirLanguage(t *testing.T) {
	for wiki, text := range map[string]string{
		"dewiki": "[[MediaWiki Diskussion:Gadget-x.js]] [[Benutzer:A|A]] 10:00, 4. Mai 2026 (CEST)", "ruwiki": "[[MediaWiki:Gadget-x.js]] [[Участник:A|A]] 10:00, 4 мая 2026 (UTC)",
		"jawiki": "[[MediaWiki:Gadget-x.js]] [[利用者:A|A]] 2026年5月4日 (月) 10:00 (UTC)", "hewiki": "[[שיחת מדיה ויקי:Gadget-x.js]] [[משתמש:A|A]] 10:00, 4 במאי 2026 (IDT)",
		"arwiki": "[[ميدياويكي:Gadget-x.js]] [[مستخدم:A|A]] 10:00، 4 مايو 2026 (ت ع م)", "hiwiki": "[[मीडियाविकि:Gadget-x.js]] [[सदस्य:A|A]] 10:00, 4 मई 2026 (UTC)",
		"commonswiki": "[[MediaWiki:Gadget-x.js]] [[User:A|A]] 10:00, 4 May 2026 (UTC)",
	} {
		got := New(Options{Wiki: wiki}).Mentions(Change{After: text})
		if len(got) != 1 || got[0].Kind != Gadget || got[0].Name != "x" || got[0].Wiki != wiki {
			t.Errorf("%s: found %v in %q", wiki, got, text)
		} else if got[0].Author != "A" {
			t.Errorf("%s: nobody signed %q", wiki, text)
		}
	}
}
