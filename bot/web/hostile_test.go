// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the proof that no text from elsewhere becomes part of a page:
// what comes out is parsed, and holds no element or attribute that the templates
// did not put there.

package web

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
)

// hostile are texts that break pages which do not escape them.
var hostile = []string{
	`<script>alert(1)</script>`, `"><img src=x onerror=alert(1)>`, `' onmouseover='alert(1)`, `javascript:alert(1)`, `</title><svg onload=alert(1)>`,
	`]]></content><entry>`, `&lt;b&gt;&#60;i&#62;`, "a\u202eevil\u2066b", "nul\x00bell\x07esc\x1b[31m", "broken \xff\xfe utf-8", `{{.}}{{template "x"}}`,
	`<!-- --><style>*{display:none}</style>`, "line\nbreak\r\ntab\t", `\u003cscript\u003e`, `data:text/html,<script>alert(1)</script>`, "\ufffe\uffff\ufeff",
	`<a href="https://evil.example.net/">x</a>`, `%3Cscript%3E%22%27`, `<base href="//evil.example.net">`, `--><!DOCTYPE x [<!ENTITY a "b">]>&a;`,
}

// hostileWorld has a text everywhere where text can come from elsewhere.
func hostileWorld(text string) *world {
	s := "x" + text
	place := Place{Wiki: "metawiki", Article: "https://meta.example.org/wiki/$1"}
	key := registry.Key("gadget:metawiki:" + cleaner{masked}.text(s))
	claim := func(kind registry.HolderKind) registry.Claim {
		return registry.Claim{Item: key, Role: registry.Steward, HolderKind: kind, Holder: s, Standing: registry.Stated, Evidence: registry.Evidence{
			Source: s, Wiki: "metawiki", Page: s, Revision: 5, User: s, Time: before(day), Read: before(day),
		}}
	}
	entry := registry.Entry{
		Item: registry.Item{
			Key: key, Name: s, Page: s, URL: s, Section: s, Deployed: true, Aliases: []string{s}, Changed: before(day), ChangedRevision: 4, Gone: before(day),
			Details: registry.Details{
				Title: s, Description: s, Keywords: []string{s}, Type: s, Status: s, Version: s, Licence: s, Docs: s, Repository: s, Authors: []string{s}, Deprecated: true, ReplacedBy: s,
			},
		},
		Claims:   []registry.Claim{claim(registry.User), claim(registry.Team)},
		Measures: []registry.Measure{{Item: key, Metric: registry.Metric(s), Value: 1, Source: s, AsOf: before(day)}},
	}
	mention := registry.Mention{Item: key, As: key, Name: s, Wiki: "metawiki", Title: s, Section: s, User: s, Snippet: s, Time: before(2 * time.Hour), Revision: 9}
	return &world{
		state: State{
			Now: noon, Running: true, LastEvent: before(time.Minute),
			Wikis: []Wiki{{
				Place: place, Account: s, ConfigPage: s, ReportPage: s, StatusPage: s, StopPage: s, Mode: Trial, Trial: s, Rejected: 8, Problems: []string{s},
				Rules: &registry.RulesState{Wiki: "metawiki", Revision: 7, User: s, Since: before(day)}, Stops: []Stop{{What: s, User: s, Since: before(day)}},
				Halted: s, Waiting: []Held{{s, s}}, Refused: []Held{{s, s}}, Sources: []SourceState{{Name: s, Read: before(day)}},
				Edits: []registry.Edit{{Wiki: "metawiki", Revision: 3, Title: s, Region: s, Rules: 7, Saved: before(day)}},
			}},
		},
		parts: map[string]Part{"metawiki": {
			View:  registry.View{Wiki: "metawiki", Entries: []registry.Entry{entry}, Mentions: []registry.Mention{mention}},
			Judge: judge, Unowned: registry.Verdicts, Settled: before(time.Hour),
		}},
		recorded: map[registry.Key]bool{}, hidden: map[registry.Key]bool{},
	}
}

// hostilePaths are all pages that show such a text.
func hostilePaths(text string) (pages, others []string) {
	key := "gadget:metawiki:" + cleaner{masked}.text("x"+text)
	q := url.Values{"q": {text}}.Encode()
	item := params("key", key)
	return []string{"/", "/wikis/metawiki", "/items", "/items?" + q, "/item" + item, "/mentions", "/mentions" + item, "/about"},
		[]string{"/api/v1/status", "/api/v1/wikis/metawiki", "/api/v1/items", "/api/v1/item" + item, "/api/v1/mentions", "/toolinfo.json", "/mentions.atom", "/mentions.atom" + item}
}

// tags are the elements of a page, each with the names of its attributes.
func tags(t testing.TB, page string) (list []string, links []string, text string) {
	t.Helper()
	var words strings.Builder
	for z := html.NewTokenizer(strings.NewReader(page)); ; {
		switch z.Next() {
		case html.ErrorToken:
			if err := z.Err(); !errors.Is(err, io.EOF) {
				t.Fatal(err)
			}
			return list, links, words.String()
		case html.TextToken:
			words.WriteString(z.Token().Data)
		case html.CommentToken:
			list = append(list, "comment")
		case html.StartTagToken, html.SelfClosingTagToken:
			token := z.Token()
			name := token.Data
			for _, a := range token.Attr {
				name += " " + a.Key
				if a.Key == "href" || a.Key == "src" || a.Key == "action" {
					links = append(links, a.Val)
				}
			}
			list = append(list, name)
		}
	}
}

// ours are the beginnings of all addresses that the hostile world can lead to.
var ours = []string{"/", "#main", "https://meta.example.org/wiki/", "https://code.example.org/codesteward"}

func isOurs(link string) bool {
	return !strings.HasPrefix(link, "//") && slices.ContainsFunc(ours, func(o string) bool { return strings.HasPrefix(link, o) })
}

func TestHostileTextsStayText(t *testing.T) {
	want := map[string][]string{}
	calm := newSite(t, hostileWorld("y"))
	pages, _ := hostilePaths("y")
	for i, path := range pages {
		list, _, _ := tags(t, show(t, calm, path))
		want[itoa(int64(i))] = list
		if len(list) < 30 {
			t.Fatalf("%s has %d elements only", path, len(list))
		}
	}
	for _, text := range hostile {
		s := newSite(t, hostileWorld(text))
		pages, others := hostilePaths(text)
		for i, path := range pages {
			page := show(t, s, path)
			list, links, words := tags(t, page)
			if !slices.Equal(list, want[itoa(int64(i))]) {
				t.Errorf("with %q GET %s has elements that the templates do not: %q", text, path, diff(want[itoa(int64(i))], list))
			}
			for _, link := range links {
				if !isOurs(link) {
					t.Errorf("with %q GET %s leads to %q", text, path, link)
				}
			}
			if shown := (cleaner{masked}).text("x" + text); path != "/about" && path != "/" && !strings.Contains(words, shown) {
				t.Errorf("GET %s does not show %q", path, shown)
			}
		}
		for _, path := range others {
			checkMachine(t, s, path)
		}
	}
}

// checkMachine reads an answer for programs.
func checkMachine(t testing.TB, s *Site, path string) {
	t.Helper()
	w := get(t, s, path)
	body := w.Body.Bytes()
	switch {
	case w.Code != http.StatusOK:
		t.Errorf("GET %s: status %d: %s", path, w.Code, body)
	case strings.Contains(path, ".atom"):
		checkFeed(t, path, body)
	case !json.Valid(body):
		t.Errorf("GET %s is no JSON: %s", path, body)
	case strings.ContainsAny(string(body), "<>"):
		t.Errorf("GET %s holds what a browser may take for markup: %s", path, body)
	}
	if turning.Match(body) || strings.ContainsRune(string(body), 0) {
		t.Errorf("GET %s holds characters that turn the text or are none: %q", path, body)
	}
}

var turning = regexp.MustCompile(`[\x{202a}-\x{202e}\x{2066}-\x{2069}]`)

// atomElements are all that a feed of ours has.
var atomElements = []string{"feed", "id", "title", "subtitle", "updated", "link", "author", "name", "generator", "entry", "published", "category", "content"}

func checkFeed(t testing.TB, path string, body []byte) {
	t.Helper()
	entries, ids := 0, 0
	for d := xml.NewDecoder(strings.NewReader(string(body))); ; {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Errorf("GET %s is no XML: %v: %s", path, err, body)
			return
		}
		switch e := token.(type) {
		case xml.StartElement:
			if e.Name.Space != "http://www.w3.org/2005/Atom" || !slices.Contains(atomElements, e.Name.Local) {
				t.Errorf("GET %s has an element %v", path, e.Name)
			}
			switch e.Name.Local {
			case "entry":
				entries++
			case "id":
				ids++
			}
		case xml.Directive, xml.Comment:
			t.Errorf("GET %s has %T", path, e)
		}
	}
	if entries != 1 || ids != 2 {
		t.Errorf("GET %s has %d entries and %d ids, want 1 and 2", path, entries, ids)
	}
}

func diff(want, got []string) []string {
	var out []string
	for i := range max(len(want), len(got)) {
		a, b := "", ""
		if i < len(want) {
			a = want[i]
		}
		if i < len(got) {
			b = got[i]
		}
		if a != b {
			return append(out, a, b)
		}
	}
	return out
}

// A page that did not escape would be found.
func TestMarkupOfOthersWouldBeFound(t *testing.T) {
	for _, text := range hostile {
		if strings.HasPrefix(text, `<a href`) {
			_, links, _ := tags(t, `<p>`+text+`</p>`)
			if len(links) != 1 || isOurs(links[0]) {
				t.Errorf("nobody sees where %q leads", text)
			}
		}
		if list, _, _ := tags(t, `<p title="`+text+`">`+text+`</p>`); strings.ContainsAny(text, "<") && strings.Contains(text, "on") && slices.Equal(list, []string{"p title"}) {
			t.Errorf("nobody sees the markup of %q", text)
		}
	}
	if isOurs("javascript:alert(1)") || isOurs("//evil.example.net") || isOurs("https://evil.example.net/") || !isOurs("/items") {
		t.Error("a link of others is taken for ours")
	}
}

// FuzzPages shows any text everywhere.
func FuzzPages(f *testing.F) {
	for _, text := range hostile {
		f.Add(text)
	}
	allowed := map[string]bool{}
	calm := newSite(f, hostileWorld("y"))
	pages, _ := hostilePaths("y")
	for _, path := range pages {
		list, _, _ := tags(f, show(f, calm, path))
		for _, tag := range list {
			allowed[tag] = true
		}
	}
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 300 {
			return
		}
		s := newSite(t, hostileWorld(text))
		pages, others := hostilePaths(text)
		for _, path := range pages {
			list, links, _ := tags(t, show(t, s, path))
			for _, tag := range list {
				// An address that holds an e-mail address is no link, and one that
				// is an address is one.
				if !allowed[tag] && tag != "a href rel" {
					t.Errorf("with %q GET %s has <%s>", text, path, tag)
				}
			}
			for _, link := range links {
				if !isOurs(link) && !strings.HasPrefix(text, "http") {
					t.Errorf("with %q GET %s leads to %q", text, path, link)
				}
			}
		}
		for _, path := range others {
			checkMachine(t, s, path)
		}
	})
}
