// SPDX-License-Identifier: GPL-3.0-or-later

package web

import "testing"

func TestLinksLeadToTheWebAlone(t *testing.T) {
	clean := cleaner{masked}
	for text, want := range map[string]address{
		"https://example.org/a?b=c#d":          "https://example.org/a?b=c#d",
		"http://example.org/":                  "http://example.org/",
		"javascript://example.org/%0aalert(1)": "",
		"javascript:alert(1)":                  "",
		"data:text/html,x":                     "",
		"ftp://example.org/":                   "",
		"//example.org/":                       "",
		"/items":                               "",
		"":                                     "",
		"https://":                             "",
		"https://ana:secret@example.org/":      "",
		"https://example.org/ana@example.org":  "",
		"https://example.org/a\u202eb":         "",
		"https://example.org/\x00":             "",
		"https://example.org/x y<b>":           "https://example.org/x%20y%3Cb%3E",
		"HTTPS://EXAMPLE.ORG/":                 "https://EXAMPLE.ORG/",
	} {
		if got := clean.link(text); got != want {
			t.Errorf("%q leads to %q, want %q", text, got, want)
		}
	}
}

func TestAddressesOfPages(t *testing.T) {
	article, script := Place{Article: "https://a.example.org/wiki/$1"}, Place{Script: "https://s.example.org/w/index.php"}
	for got, want := range map[string]string{
		article.page("Talk:A b?"):                 "https://a.example.org/wiki/Talk:A_b%3F",
		article.revision(7, "A"):                  "https://a.example.org/wiki/Special:PermanentLink/7",
		article.revision(0, "A"):                  "https://a.example.org/wiki/A",
		article.change(7):                         "https://a.example.org/wiki/Special:Diff/7",
		script.page("Talk:A b&c"):                 "https://s.example.org/w/index.php?title=Talk%3AA_b%26c",
		script.revision(7, "A"):                   "https://s.example.org/w/index.php?oldid=7",
		script.change(7):                          "https://s.example.org/w/index.php?diff=7",
		article.page("../$1/.."):                  "https://a.example.org/wiki/../$1/..",
		article.page("") + "nothing":              "nothing",
		Place{}.page("A") + "nobody knows":        "nobody knows",
		Place{}.revision(7, "A") + "nobody knows": "nobody knows",
	} {
		if got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}

func TestVisible(t *testing.T) {
	for text, want := range map[string]string{
		"plain":                   "plain",
		"a\u202eb\u2066c\u200f":   "abc",
		"a\tb\nc\u00a0d":          "a b c d",
		"a\x00\x1b\x7fb":          "ab",
		"a\xffb\ufffe":            "ab",
		"می\u200cخواهم":           "می\u200cخواهم", // what joins letters stays
		"\U000e0041\ufeff\u00adx": "x",
	} {
		if got := visible(text); got != want {
			t.Errorf("%q is visible as %q, want %q", text, got, want)
		}
	}
}
