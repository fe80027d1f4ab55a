// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the tests of resolving names.

package registry

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/detect"
)

// catalogue is a small wiki with items of every kind.
func catalogue() []Item {
	return []Item{
		{Key: "extension:GuidedTour", Name: "GuidedTour"},
		{Key: "extension:Echo", Name: "Notifications", Aliases: []string{"Echo"}, Page: "mw:Extension:Echo"},
		{Key: "extension:SyntaxHighlight", Name: "SyntaxHighlight", Aliases: []string{"SyntaxHighlight_GeSHi"}},
		{Key: "extension:Wikidata.org", Name: "Wikidata.org"},
		{Key: "extension:ConfirmEdit", Name: "ConfirmEdit"},
		{Key: "extension:DynamicPageList (Wikimedia)", Name: "DynamicPageList (Wikimedia)", Aliases: []string{"intersection"}},
		{Key: "extension:Timeless", Name: "Timeless"},
		{Key: "skin:Timeless", Name: "Timeless"},
		{Key: "skin:Vector", Name: "Vector"},
		{Key: "gadget:metawiki:Cat-a-lot", Name: "Cat-a-lot", Page: "MediaWiki:Gadget-Cat-a-lot.js"},
		{Key: "gadget:metawiki:my_gadget", Name: "my gadget"},
		{Key: "gadget:metawiki:lib", Name: "lib"},
		{Key: "gadget:metawiki:one", Name: "one", Aliases: []string{"lib"}},
		{Key: "gadget:metawiki:two", Name: "two", Aliases: []string{"lib", "shared"}},
		{Key: "gadget:metawiki:TWO", Name: "TWO"},
		{Key: "gadget:commonswiki:Cat-a-lot", Name: "Cat-a-lot"},
		{Key: "userscript:metawiki:User:Ana/tidy up.js", Name: "User:Ana/tidy up.js"},
		{Key: "userscript:enwiki:User:Ben/x.js", Name: "User:Ben/x.js"},
		{Key: "userscript:metawiki:User:Ben/x.js", Name: "User:Ben/x.js", Gone: at(1)},
		{Key: "tool:guc", Name: "Global user contributions", URL: "https://guc.toolforge.org/"},
		{Key: "tool:ia-upload", Name: "ia-upload", Aliases: []string{"Tool:Internet Archive import"}},
		{Key: "tool:pywikibot", Name: "pywikibot"},
		{Key: "tool:toolhub:pywikibot", Name: "Pywikibot", Details: Details{Repository: "https://www.example.org/Py/bot.git"}},
		{Key: "tool:toolhub:mm_Cat-o-matic", Name: "Cat-o-matic"},
		{Key: "tool:wmcloud:petscan", Name: "petscan"},
		{Key: "tool:xtools", Name: "xtools"},
		{Key: "tool:toolhub:xtools", Name: "Statistics"},
		{Key: "tool:old", Name: "old", Aliases: []string{"new"}, Gone: at(1)},
		{Key: "tool:new", Name: "new", Aliases: []string{"old"}},
	}
}

func TestResolvingNames(t *testing.T) {
	r := NewResolver("metawiki", catalogue())
	tests := []struct {
		kind detect.Kind
		raw  []string
		want string
	}{
		{detect.Extension, []string{
			"GuidedTour", "guidedtour", "Guided Tour", "guided_tour", " GuidedTour ", "extension:GuidedTour", "Extension:GuidedTour", ":mw:Extension:GuidedTour",
			"Extension talk:GuidedTour", "Extension_talk:GuidedTour", "mw:Extension:GuidedTour/de", "Special:MyLanguage/Extension:Guided Tour", "Help:Extension:GuidedTour",
			"extensions/GuidedTour", "mediawiki/extensions/GuidedTour", "mediawiki/extensions/GuidedTour.git", "mediawiki-extensions-GuidedTour", "MediaWiki-extensions-guidedtour",
			"#mediawiki-extensions-guidedtour", "#guidedtour", "GuidedTour/extension.json", "mediawiki-extensions-GuidedTour-Part",
			"https://www.mediawiki.org/wiki/Extension:GuidedTour", "//www.mediawiki.org/wiki/Extension:GuidedTour/de?action=history",
			"https://gerrit.wikimedia.org/r/mediawiki/extensions/GuidedTour", "https://gerrit.wikimedia.org/g/mediawiki/extensions/GuidedTour/+/master/README",
			"https://gerrit.wikimedia.org/r/plugins/gitiles/mediawiki/extensions/GuidedTour/+/refs/heads/master",
			"https://github.com/wikimedia/mediawiki-extensions-GuidedTour", "https://github.com/wikimedia/mediawiki-extensions-GuidedTour.git",
			"https://phabricator.wikimedia.org/tag/mediawiki-extensions-guidedtour/", "https://phabricator.wikimedia.org/tag/guidedtour/",
			"github.com/wikimedia/mediawiki-extensions-GuidedTour", "phab:tag/mediawiki-extensions-guidedtour",
		}, "extension:GuidedTour"},
		{detect.Extension, []string{"Echo", "notifications", "Extension:Notifications", "mw:Extension:Echo"}, "extension:Echo"},
		{detect.Extension, []string{"SyntaxHighlight GeSHi", "syntaxhighlight_geshi", "mediawiki/extensions/SyntaxHighlight_GeSHi", "Syntax-Highlight"}, "extension:SyntaxHighlight"},
		{detect.Extension, []string{"wikidata.org", "mediawiki-extensions-wikidata-org", "Extension:Wikidata.org"}, "extension:Wikidata.org"},
		{detect.Extension, []string{"ConfirmEdit/FancyCaptcha", "ConfirmEdit/"}, "extension:ConfirmEdit"},
		{detect.Extension, []string{"intersection", "DynamicPageList_(Wikimedia)"}, "extension:DynamicPageList (Wikimedia)"},
		{detect.Extension, []string{"Skin:Vector", "skin:Vector", "Vector", "Unknown", "Extension:", "", " ", ":", "DynamicPageList", "C++", "[[", "https://", "a\x00b", "//", "mediawiki/extensions/", "|", "x\ny:z"}, ""},
		{detect.Skin, []string{"Vector", "vector", "Skin:Vector", "mediawiki/skins/Vector", "mediawiki-skins-Vector", "https://www.mediawiki.org/wiki/Skin:Vector", "Skin talk:Vector"}, "skin:Vector"},
		{detect.Gadget, []string{
			"Cat-a-lot", "cat-a-lot", "Cat a lot", "MediaWiki:Gadget-Cat-a-lot", "MediaWiki:Gadget-Cat-a-lot.js", "MediaWiki talk:Gadget-Cat-a-lot.css", "mediawiki:gadget-Cat-a-lot.json",
			"Gadget-Cat-a-lot.js", "ext.gadget.Cat-a-lot", "gadget-Cat-a-lot", "Help:Gadget-Cat-a-lot/de", "gadget:metawiki:Cat-a-lot", "mediawiki/gadgets/Cat-a-lot", "m:MediaWiki:Gadget-Cat-a-lot.js",
			"https://meta.wikimedia.org/wiki/MediaWiki:Gadget-Cat-a-lot.js",
		}, "gadget:metawiki:Cat-a-lot"},
		{detect.Gadget, []string{"c:MediaWiki:Gadget-Cat-a-lot.js", "https://commons.wikimedia.org/wiki/MediaWiki:Gadget-Cat-a-lot.js", "gadget:commonswiki:Cat-a-lot"}, "gadget:commonswiki:Cat-a-lot"},
		{detect.Gadget, []string{"my gadget", "my_gadget", "My gadget", "MediaWiki:Gadget-my gadget"}, "gadget:metawiki:my_gadget"},
		{detect.Gadget, []string{"lib", "MediaWiki:Gadget-lib.js"}, "gadget:metawiki:lib gadget:metawiki:one gadget:metawiki:two"},
		{detect.Gadget, []string{"shared", "two"}, "gadget:metawiki:two"},
		{detect.Gadget, []string{"Two"}, "gadget:metawiki:TWO gadget:metawiki:two"},
		{detect.UserScript, []string{
			"User:Ana/tidy up.js", "user:ana/tidy_up.js", "User talk:Ana/tidy up.js", "Ana/tidy up.js", "m:User:Ana/tidy up.js", "user:Ana/Tidy Up.js",
			"https://meta.wikimedia.org/w/index.php?title=User:Ana/tidy_up.js&action=raw&ctype=text/javascript", "userscript:metawiki:User:Ana/tidy up.js",
		}, "userscript:metawiki:User:Ana/tidy up.js"},
		{detect.UserScript, []string{"en:User:Ben/x.js", "w:en:User:Ben/x.js", "https://en.wikipedia.org/wiki/User:Ben/x.js"}, "userscript:enwiki:User:Ben/x.js"},
		{detect.UserScript, []string{"User:Ben/x.js"}, "userscript:metawiki:User:Ben/x.js"}, // gone, but nothing else has the name
		{detect.Tool, []string{
			"guc", "GUC", "Global user contributions", "toolforge-guc", "toolforge.guc", "toolhub:toolforge-guc", "tools.guc", "tool-guc", "Tool:Guc", "tool:guc", "toolforge:guc", "toollabs:guc/x",
			"guc.toolforge.org", "https://guc.toolforge.org/?user=X", "http://guc.toolforge.org", "https://tools.wmflabs.org/guc/", "//tools.wmflabs.org/guc",
			"https://toolsadmin.wikimedia.org/tools/id/guc", "https://toolhub.wikimedia.org/tools/toolforge-guc", "https://gitlab.wikimedia.org/toolforge-repos/guc",
			"https://k8s-status.toolforge.org/namespaces/tool-guc/",
		}, "tool:guc"},
		{detect.Tool, []string{"ia-upload", "IA Upload", "Tool:IA Upload", "Tool:Internet Archive import", "tool:internet_archive import"}, "tool:ia-upload"},
		{detect.Tool, []string{"pywikibot", "Pywikibot"}, "tool:pywikibot tool:toolhub:pywikibot"},
		{detect.Tool, []string{"toolhub:pywikibot", "https://toolhub.wikimedia.org/tools/pywikibot", "https://example.org/Py/bot/", "http://EXAMPLE.org/Py/bot.git#readme"}, "tool:toolhub:pywikibot"},
		{detect.Tool, []string{"mm_cat-o-matic", "cat-o-matic"}, "tool:toolhub:mm_Cat-o-matic"},
		{detect.Tool, []string{"petscan", "https://petscan.wmcloud.org/", "petscan.wmflabs.org", "wmcloud:petscan"}, "tool:wmcloud:petscan"},
		{detect.Tool, []string{"xtools"}, "tool:toolhub:xtools tool:xtools"},
		{detect.Tool, []string{"old", "new"}, "tool:new"},
		{"", []string{"Timeless"}, "extension:Timeless skin:Timeless"},
		{"", []string{"https://guc.toolforge.org/"}, "tool:guc"},
	}
	for _, tt := range tests {
		for _, raw := range tt.raw {
			var got []string
			for _, k := range r.Resolve(tt.kind, "", raw) {
				got = append(got, string(k))
			}
			if strings.Join(got, " ") != tt.want {
				t.Errorf("%s %q means %q, want %s", tt.kind, raw, got, tt.want)
			}
		}
	}
	if got := r.Resolve(detect.Gadget, "commonswiki", "Cat-a-lot"); !slices.Equal(got, []Key{"gadget:commonswiki:Cat-a-lot"}) {
		t.Errorf("on another wiki: %v", got)
	}
}

func TestCollisionsAreListed(t *testing.T) {
	want := []Collision{
		{Kind: detect.Gadget, Alias: "lib", Keys: []Key{"gadget:metawiki:lib", "gadget:metawiki:one", "gadget:metawiki:two"}},
		{Kind: detect.Tool, Alias: "Pywikibot", Keys: []Key{"tool:pywikibot", "tool:toolhub:pywikibot"}},
		{Kind: detect.Tool, Alias: "xtools", Keys: []Key{"tool:toolhub:xtools", "tool:xtools"}},
	}
	for range 5 {
		if diff := cmp.Diff(want, NewResolver("metawiki", catalogue()).Collisions()); diff != "" {
			t.Fatalf("collisions (-want +got):\n%s", diff)
		}
	}
	if got := NewResolver("metawiki", nil); got.Collisions() != nil || got.Resolve(detect.Tool, "", "guc") != nil {
		t.Errorf("without items: %v", got.Collisions())
	}
}

func TestResolverOfAStore(t *testing.T) { onEveryStore(t, testResolverOfAStore) }

func testResolverOfAStore(t *testing.T, newStore storeMaker) {
	s := newStore(t)
	s.survey(Survey{Source: "siteinfo", Wiki: "metawiki", At: at(1), Items: []Item{{Key: "extension:Echo", Name: "Echo"}}})
	s.survey(Survey{Source: "toolhub", Wiki: AllWikis, At: at(1), Items: []Item{{Key: "tool:guc", Name: "GUC"}}})
	s.survey(Survey{Source: "siteinfo", Wiki: "dewiki", At: at(1), Items: []Item{{Key: "extension:Math", Name: "Math"}}})
	s.record(edit(1, mention(detect.Tool, "", "nobody-knows", "")))
	r, err := s.open().Resolver(t.Context(), "metawiki")
	if err != nil {
		t.Fatal(err)
	}
	for raw, want := range map[string][]Key{
		"echo": {"extension:Echo"}, "https://guc.toolforge.org": {"tool:guc"}, "Math": nil, "nobody-knows": nil,
	} {
		if got := r.Resolve("", "", raw); !slices.Equal(got, want) {
			t.Errorf("%s means %v, want %v", raw, got, want)
		}
	}
}

func TestDetailsOfSeveralSources(t *testing.T) {
	row := func(source string, item Item) presence { return presence{source: source, item: item} }
	gone := Item{Key: "tool:guc", Name: "old", Gone: at(1), Details: Details{Docs: "docs of before", Deprecated: true}}
	rows := []presence{
		row("striker", Item{Key: "tool:guc", Name: "guc", Details: Details{Title: "striker title", Description: "striker", Authors: []string{"Ana"}, Licence: "MIT", Repository: "striker repo"}}),
		row("list", gone),
		row("toolhub", Item{Key: "tool:guc", Name: "GUC", Details: Details{Title: "hub title", Keywords: []string{"a", "b"}, Type: "web app", Deprecated: true, ReplacedBy: "new"}}),
		row("infoboxes", Item{Key: "tool:guc", Name: "GUC", Details: Details{Status: "stable", Version: "1", Experimental: true}}),
	}
	want := Details{
		Title: "hub title", Description: "striker", Keywords: []string{"a", "b"}, Type: "web app", Status: "stable", Version: "1", Licence: "MIT",
		Repository: "striker repo", Authors: []string{"Ana"}, Experimental: true, Deprecated: true, ReplacedBy: "new",
	}
	for range len(rows) {
		rows = append(rows[1:], rows[0])
		if diff := cmp.Diff(want, merge(slices.Clone(rows)).Details); diff != "" {
			t.Fatalf("details (-want +got):\n%s", diff)
		}
	}
	if got := merge([]presence{row("list", gone)}); got.Docs == "" || !got.Deprecated {
		t.Errorf("an item that is gone lost what was known of it: %+v", got)
	}
}

func FuzzResolve(f *testing.F) {
	for _, raw := range []string{"Extension:GuidedTour", "https://guc.toolforge.org/", "c:MediaWiki:Gadget-Cat-a-lot.js", "mediawiki-extensions-a-b-c", "toolhub:x", "[[a]]", "gadget:x:y"} {
		f.Add(raw)
	}
	r := NewResolver("metawiki", catalogue())
	known := map[Key]bool{}
	for _, item := range catalogue() {
		known[item.Key] = true
	}
	f.Fuzz(func(t *testing.T, raw string) {
		for _, kind := range append([]detect.Kind{""}, detect.Kinds...) {
			keys := r.Resolve(kind, "", raw)
			if !slices.IsSorted(keys) || len(slices.Compact(slices.Clone(keys))) != len(keys) {
				t.Errorf("%q means %v, which is not sorted or not distinct", raw, keys)
			}
			for _, k := range keys {
				if !known[k] || kind != "" && k.Kind() != kind {
					t.Errorf("%s %q means %s", kind, raw, k)
				}
			}
			// Whatever key a raw name makes, its own name resolves to it.
			key := NewKey(kind, "metawiki", raw)
			if kind == "" || !key.valid() || strings.TrimSpace(key.Name()) == "" || len(key) > 300 || strings.TrimLeft(key.Name(), ": _") != key.Name() {
				continue
			}
			if got := NewResolver("metawiki", []Item{{Key: key, Name: key.Name()}}).Resolve(kind, "", key.Name()); !slices.Equal(got, []Key{key}) && strings.TrimRight(key.Name(), " \t\r\n_") == key.Name() {
				t.Errorf("the name of %q means %v", key, got)
			}
		}
	})
}
