// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the tests of titles in the words of a wiki.

package bot

import (
	"testing"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/wikitext"
)

// Titles in the rules become those of events, by what the wiki says of itself.
func TestTitlesAsTheWikiWritesThem(t *testing.T) {
	wiktionary := readSite(t, `{"query": {
		"general": {"generator": "MediaWiki 1.45.0-wmf.1", "lang": "ka", "case": "case-sensitive", "mainpage": "ვიქსიკონი:მთავარი გვერდი"},
		"namespaces": {
			"0": {"id": 0, "case": "case-sensitive", "name": ""},
			"2": {"id": 2, "case": "first-letter", "name": "მომხმარებელი", "canonical": "User"},
			"4": {"id": 4, "case": "case-sensitive", "name": "ვიქსიკონი", "canonical": "Project"}},
		"namespacealiases": [{"id": 4, "alias": "WT"}],
		"interwikimap": [{"prefix": "w"}]}}`)
	tests := []struct{ name, in, want string }{
		{"first letters stay where the wiki's do", "gadget_list", "gadget list"},
		{"canonical names of namespaces", "project:gadgets", "ვიქსიკონი:gadgets"},
		{"aliases", "wt:gadgets#List", "ვიქსიკონი:gadgets"},
		{"user pages begin with a capital", "user:ada/Gadgets", "მომხმარებელი:Ada/Gadgets"},
		{"Georgian letters stay", "User:ანა/სია", "მომხმარებელი:ანა/სია"},
		{"copied from an address", "Project:%E1%83%90%20b", "ვიქსიკონი:ა b"},
		{"a leading colon", ":Project:x", "ვიქსიკონი:x"},
		{"other wikis", "w:project:x", "w:project:x"},
		{"what is no title stays for the wiki to refuse", "project:a[b", "Project:a[b"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := localTitle(wiktionary, tt.in); got != tt.want {
				t.Errorf("localTitle(%q) = %q, want %q", tt.in, got, tt.want)
			}
		})
	}
	for name, want := range map[string]string{"steward_bot": "Steward bot", "ანა": "ანა"} {
		if got := localUser(wiktionary, name); got != want {
			t.Errorf("localUser(%q) = %q, want %q", name, got, want)
		}
	}
}

func readSite(t *testing.T, siteinfo string) *wikitext.Site {
	t.Helper()
	s, err := wikitext.NewSite([]byte(siteinfo))
	if err != nil {
		t.Fatal(err)
	}
	return s
}
