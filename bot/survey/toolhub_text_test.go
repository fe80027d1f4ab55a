// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds tests of what text of catalogues is kept: no e-mail address,
// however it is written, gets anywhere.

package survey

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
)

// addresses are e-mail addresses as people write them.
var addresses = []string{
	"ana@example.org", "Ana.B+tools@mail.example.co.uk", "mailto:ana@example.org", "<ana@example.org>", "ana @ example . org",
	"ana(at)example.org", "ana [at] example [dot] org", "ana {AT} example {DOT} org", "ana <at> example.org", "ana＠example．org", "ana&#64;example.org",
	"ana&#x40;example&#46;org", "ana&commat;example.org", "ana%40example.org", "ana at example dot org", "ana (at) example dot org", "ana@mail dot example dot org", "ANA AT MAIL DOT EXAMPLE DOT ORG",
	`"ana b"@example.org`, "ana@пример.рф", "анна@пример.рф", "ana@example.xn--p1ai", "ana\u200b@example.org", "ana@\u00adexample.org", "a\u202ena@example.org",
	"ana@\nexample.org", "ana_b@example.org", "o'ana@example.org", "ana@192.example.org",
}

func TestMailAddressesAreNeverKept(t *testing.T) {
	for _, address := range addresses {
		for _, text := range []string{address, "Ask " + address + " for help", "Ana <" + address + ">, Ben (" + address + ")"} {
			got := keptText(text, 300)
			if strings.Contains(got, "@") || strings.Contains(strings.ToLower(got), "example") || strings.Contains(got, "пример") || hasMail(got) {
				t.Errorf("%q is kept as %q", text[max(0, len(text)-60):], got)
			}
		}
	}
	for long := 1000; long < 2000; long++ { // where a text is cut off first
		if got := keptText(strings.Repeat("\n", long-10)+" ana@example.org", 300); strings.Contains(got, "ana") {
			t.Errorf("behind %d bytes %q is kept", long, got)
		}
	}
	if got := keptText("ana x@example.org@example.org and "+strings.Repeat("b @b.cc", 20), 300); hasMail(got) {
		t.Errorf("addresses in addresses are kept as %q", got)
	}
	for text, want := range map[string]string{
		"Ana <ana@example.org>":                    "Ana",
		"Ana (ana@example.org), Ben":               "Ana , Ben",
		"a@b":                                      "a@b",
		"@ana on the wiki":                         "@ana on the wiki",
		"Look at the page. Then go on":             "Look at the page. Then go on",
		"lists (at most 500) of example.org pages": "lists (at most 500) of example.org pages",
		"version foo@1.2.3":                        "version foo@1.2.3",
		"connect the dot at once":                  "connect the dot at once",
		"https://example.org/@ana and {{@|ana}}":   "https://example.org/@ana and {{@|ana}}",
	} {
		if got := keptText(text, 300); got != want {
			t.Errorf("%q is kept as %q, want %q", text, got, want)
		}
	}
}

// No field of a record brings an address into a survey, of either catalogue.
func TestNoFieldBringsAMailAddressIn(t *testing.T) {
	leak := func(r record, address string) record {
		for _, field := range []string{"title", "description", "license", "tool_type", "subtitle", "bot_username", "sponsor"} {
			r[field] = "Ask " + address
		}
		for _, field := range []string{"url", "repository", "replaced_by"} {
			r[field] = "https://example.net/?to=" + address
		}
		r["user_docs_url"] = []record{{"language": "en", "url": "https://" + address + "/"}}
		r["developer_docs_url"] = []record{{"language": "en", "url": "mailto:" + address}}
		r["keywords"] = []string{address, "lists"}
		r["author"] = []record{
			{"name": address, "email": address, "url": "https://example.net/" + address},
			{"name": "Ana " + address, "wiki_username": address, "developer_username": address},
		}
		return r
	}
	for _, address := range addresses {
		r := leak(newRecord("toolforge-a", noon), address)
		if annotations, ok := r["annotations"].(record); ok {
			leak(annotations, address)
		}
		text := leak(newRecord("toolforge-b", noon), address)
		text["author"] = "Ana " + address + ", " + address
		toolhub := newToolhubServer(t, r, text, newRecord("tool-"+address, noon))
		striker := newStrikerServer(t, r, text)
		for _, source := range []Source{toolhub.source(FetcherConfig{}), striker.source(t, FetcherConfig{})} {
			s, err := readAt(t, source, 0, registry.Survey{})
			if err != nil || len(s.Items) < 2 {
				t.Fatalf("%s: %d items, %v", source.Name, len(s.Items), err)
			}
			s.Mark = ""
			out, err := json.Marshal(s)
			if err != nil {
				t.Fatal(err)
			}
			for _, bad := range []string{"@", "＠", "example.org", "example dot", "EXAMPLE", "пример", "%40", "commat"} {
				if strings.Contains(strings.ReplaceAll(string(out), "tool-", ""), bad) {
					t.Errorf("%s: %q leaves %q in %s", source.Name, address, bad, out)
				}
			}
		}
	}
}

func TestTextIsCutBetweenCharacters(t *testing.T) {
	for most := 1; most < 40; most++ {
		got := keptText("Каталог инструментов и ботов", most)
		if len(got) > max(most, len("…")) || !utf8.ValidString(got) {
			t.Errorf("at most %d bytes: %q", most, got)
		}
	}
	for _, text := range []string{strings.Repeat("工具", 5000), strings.Repeat("a ", 5000), strings.Repeat("联系ana@example.org。", 500)} {
		if got := keptText(text, 300); len(got) < 200 || len(got) > 300 || strings.Contains(got, "ana") {
			t.Errorf("%d bytes are left: %q", len(got), got)
		}
	}
	if got := keptText("\xff\xfeabc", 100); !utf8.ValidString(got) || !strings.HasSuffix(got, "abc") {
		t.Errorf("%q", got)
	}
	if got := keptText("نیم\u200cفاصله", 100); got != "نیم\u200cفاصله" {
		t.Errorf("a joiner that the script needs is lost: %q", got)
	}
}

func TestAddressesThatAreKept(t *testing.T) {
	for address, ok := range map[string]bool{
		"https://guc.toolforge.org/?user=Ana": true, "http://example.org": true, " https://example.org/a ": true,
		"https://he.wikipedia.org/wiki/משתמש:א": true, "https://example.org/a%20b": true, "https://example.org/@ana/1": true,
		"": false, "example.org": false, "//example.org/": false, "javascript:alert(1)": false, "data:text/html,x": false, "ftp://example.org/": false,
		"https://": false, "https://a:b@example.org/": false, "https://example.org/a b": false, "https://example.org/\u202e": false,
		"https://example.org/%zz": false, "https://example.org/<script>": false, "https://example.org/?m=ana@example.org": false,
	} {
		want := ""
		if ok {
			want = strings.TrimSpace(address)
		}
		if got := keptAddress(address); got != want {
			t.Errorf("%q is kept as %q", address, got)
		}
	}
	if keptAddress("https://example.org/"+strings.Repeat("a", maxAddress)) != "" {
		t.Error("an address without an end is kept")
	}
}

func FuzzKeptText(f *testing.F) {
	for _, address := range addresses {
		f.Add(address, 20)
		f.Add("Ana <"+address+"> & "+address, 100)
	}
	f.Fuzz(func(t *testing.T, text string, most int) {
		most = max(10, min(most, 3000))
		got := keptText(text, most)
		if len(got) > most || !utf8.ValidString(got) || visibleText(got) != got {
			t.Fatalf("%q is kept as %q", text, got)
		}
		if again := keptText(got, most); again != got || hasMail(got) {
			t.Fatalf("%q, then %q", got, again)
		}
		if key, ok := toolKey(text); ok {
			if back := fmt.Sprint(key); !utf8.ValidString(back) || strings.ContainsAny(back, "<>[]{}|# \n") {
				t.Fatalf("key %q", key)
			}
		}
		if kept := keptAddress(text); kept != "" && hasMail(kept) {
			t.Fatalf("address %q", kept)
		}
	})
}
