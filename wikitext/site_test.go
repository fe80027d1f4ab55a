// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the tests of what siteinfo makes of a text.

package wikitext

import (
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/wiki/wikitest"
)

func TestNewSiteReadsWhatTheScannerNeeds(t *testing.T) {
	s, err := NewSite([]byte(`{"batchcomplete": true, "query": {
		"general": {"mainpage": "หน้าหลัก", "lang": "th", "timezone": "Asia/Bangkok", "case": "first-letter"},
		"namespaces": {"0": {"id": 0, "name": "", "case": "first-letter"}, "1": {"id": 1, "name": "พูดคุย", "canonical": "Talk", "case": "first-letter"}},
		"namespacealiases": [],
		"interwikimap": [{"prefix": "en", "language": "English", "url": "https://en.wikipedia.example/wiki/$1"}, {"prefix": "self", "localinterwiki": true}],
		"extensiontags": ["<Pre>", "<ref>"],
		"protocols": ["//", "HTTPS://", "mailto:"],
		"magicwords": [
			{"name": "notoc", "aliases": ["__ไม่มีสารบัญ__", "__NOTOC__"], "case-sensitive": false},
			{"name": "index", "aliases": ["__INDEX__"], "case-sensitive": true},
			{"name": "ns", "aliases": ["เนมสเปซ:", "NS:"], "case-sensitive": false},
			{"name": "if", "aliases": ["ถ้า", "if"], "case-sensitive": false},
			{"name": "pagename", "aliases": ["ชื่อหน้า", "PAGENAME"], "case-sensitive": true},
			{"name": "server", "aliases": ["เซิร์ฟเวอร์", "SERVER"], "case-sensitive": false},
			{"name": "img_right", "aliases": ["ขวา", "right"], "case-sensitive": true}],
		"functionhooks": ["ns", "if", "pagename"],
		"variables": ["pagename", "server"]}}`))
	if err != nil {
		t.Fatal(err)
	}
	check := func(what string, ok bool) {
		t.Helper()
		if !ok {
			t.Errorf("not so: %s", what)
		}
	}
	check("language and timezone", s.lang == "th" && s.timezone == "Asia/Bangkok")
	check("tags in lower case without brackets", slices.Equal(s.tags, []string{"pre", "ref"}))
	check("protocols in lower case", slices.Equal(s.protocols, []string{"//", "https://", "mailto:"}))
	check("switches whose case does not matter", len(s.switchesFold) == 2 && s.switchesFold["__ไม่มีสารบัญ__"] && s.switchesFold["__notoc__"])
	check("switches whose case matters", len(s.switches) == 1 && s.switches["__INDEX__"])
	for _, name := range []string{"เนมสเปซ", "ns", "#ถ้า", "#if", "ชื่อหน้า", "PAGENAME"} {
		check("function "+name, s.functions[name])
	}
	check("no other functions", len(s.functions) == 6)
	for _, name := range []string{"ชื่อหน้า", "PAGENAME", "เซิร์ฟเวอร์", "server"} {
		check("variable "+name, s.variables[name])
	}
	check("no other variables", len(s.variables) == 4)
	check("interwikis", len(s.interwikis) == 2 && s.interwikis["en"].language && s.interwikis["self"].own && !s.interwikis["self"].language)
}

func TestNewSiteTakesTheRestFromTheDefault(t *testing.T) {
	s, err := NewSite([]byte(`{"query": {"general": {}, "namespaces": {"0": {"id": 0, "name": ""}}, "extensiontags": []}}`))
	if err != nil {
		t.Fatal(err)
	}
	d := DefaultSite()
	if len(s.tags) != 0 || !slices.Equal(s.protocols, d.protocols) || len(s.functions) != len(d.functions) || len(s.interwikis) != len(d.interwikis) {
		t.Errorf("%d tags, %d protocols, %d functions, %d prefixes", len(s.tags), len(s.protocols), len(s.functions), len(s.interwikis))
	}
	for _, answer := range []string{"", "[]", `{"error": {"code": "readonly"}}`, `{"query": {"general": {}}}`, `{"query": {"namespaces": {"0": {}}}}`, "null"} {
		if _, err := NewSite([]byte(answer)); err == nil {
			t.Errorf("%s is taken for siteinfo", answer)
		}
	}
}

func TestDefaultSiteIsLikeWikimedias(t *testing.T) {
	s := DefaultSite()
	for _, tag := range strings.Fields("nowiki pre ref references syntaxhighlight source math poem gallery templatestyles templatedata section score mapframe") {
		if !slices.Contains(s.tags, tag) {
			t.Errorf("no tag %s", tag)
		}
	}
	for _, prefix := range strings.Fields("w wikt n b q s v voy species commons c m meta mw d wikidata phab toolforge toolhub gerrit git wikitech incubator outreach mail bugzilla en de ka simple zh-min-nan be-tarask") {
		if _, ok := s.interwikis[prefix]; !ok {
			t.Errorf("no prefix %s", prefix)
		}
	}
	for _, name := range strings.Fields("#if #switch #invoke #tag lc DEFAULTSORT int ns #property #lst formatnum PAGENAME") {
		if !s.functions[name] {
			t.Errorf("no function %s", name)
		}
	}
	if !s.variables["!"] || !s.variables["PAGENAME"] || s.variables["pagename"] || !s.switchesFold["__notoc__"] || !s.switches["__NOINDEX__"] {
		t.Errorf("variables %v, switches %v, %v", s.variables, s.switches, s.switchesFold)
	}
}

// Both formats of the API's answers say the same.
func TestSiteinfoOfBothVersions(t *testing.T) {
	wiki := wikitest.Start(t, wikitest.Options{Extra: `$wgLocalInterwikis = ['commons']; $wgCapitalLinks = false;`})
	var sites [2]*Site
	for i, version := range []string{"1", "2"} {
		answer, err := http.Get(wiki.API + "?action=query&meta=siteinfo&format=json&formatversion=" + version +
			"&siprop=general|namespaces|namespacealiases|interwikimap|extensiontags|protocols|magicwords|functionhooks|variables")
		if err != nil {
			t.Fatal(err)
		}
		info, err := io.ReadAll(answer.Body)
		answer.Body.Close()
		if err == nil {
			sites[i], err = NewSite(info)
		}
		if err != nil || strings.Contains(string(info), `"*"`) != (version == "1") {
			t.Fatalf("%v: %.300s", err, info)
		}
	}
	a, b := sites[0], sites[1]
	if !a.interwikis["commons"].own || a.spaces[spaceTalk] != (space{name: "Talk"}) || a.prefixes["image"] != 6 {
		t.Errorf("%v %v %v", a.interwikis, a.spaces, a.prefixes)
	}
	parts := func(s *Site) string {
		text, err := json.Marshal([]any{s.tags, s.protocols, s.switches, s.switchesFold, s.functions, s.variables, s.lang, s.timezone,
			s.mainPage, s.prefixes, s.illegal, s.plain, s.capital})
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	if parts(a) != parts(b) || len(a.interwikis) != len(b.interwikis) {
		t.Errorf("version 1: %s\nversion 2: %s", parts(a), parts(b))
	}
}

func TestWithTagsReadsOnlyThose(t *testing.T) {
	const src = "<nowiki>{{a}}</nowiki> <chart>{{b}}</chart>"
	for _, tt := range []struct {
		site *Site
		want string
	}{
		{DefaultSite(), "b"},
		{DefaultSite().WithTags("Chart"), "a"},
		{DefaultSite().WithTags("chart", "nowiki"), ""},
		{DefaultSite().WithTags(), "a b"},
	} {
		var names []string
		for tmpl := range tt.site.Parse(src).Templates() {
			names = append(names, tmpl.Name)
		}
		if got := strings.Join(names, " "); got != tt.want {
			t.Errorf("with %d tags the templates are %q, want %q", len(tt.site.tags), got, tt.want)
		}
	}
}

func TestCaptionsAreToldByTheWikisWords(t *testing.T) {
	german, err := NewSite([]byte(`{"query":{"general":{"lang":"de","case":"first-letter"},
		"namespaces":{"0":{"id":0,"name":""},"6":{"id":6,"name":"Datei","canonical":"File"}},
		"magicwords":[{"name":"img_thumbnail","aliases":["mini","thumb"]},{"name":"img_right","aliases":["rechts","right"]},{"name":"img_alt","aliases":["alternativtext=$1"]}],"functionhooks":["if"],"variables":["!"]}}`))
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		src  string
		want int
	}{
		{"[[Datei:a.png|mini|rechts|https://a.example b]]", 1},
		{"[[Datei:a.png|mini|https://a.example b|rechts]]", 1},
		{"[[Datei:a.png|mini|alternativtext=https://a.example]]", 0},
		{"[[Datei:a.png|rechts|https://a.example b]]", 0},
		{"[[File:a.png|thumb|https://a.example b]]", 1},
	} {
		if got := count(german.Parse(tt.src).URLs()); got != tt.want {
			t.Errorf("%s has %d addresses, want %d", tt.src, got, tt.want)
		}
	}
}
