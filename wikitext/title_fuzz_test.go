// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the fuzz target and the benchmark of titles.

package wikitext

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// FuzzParseTitle looks for titles that panic, that a title's own form does not
// lead back to, or that the quick look takes for normal by mistake.
func FuzzParseTitle(f *testing.F) {
	for _, seed := range []string{
		"foo", "Foo_bar#baz", "talk: foo ", "Talk:File:x", "user::1", "User:01.2.3.4/24", "Image:x.png", ":Category:é", "fr:User:x", "FR::#y",
		"&eacute;&#58;&#x41;&notit;", "a%20b", "../a/./b.", "~~~", "\u200eA\u00a0\u3000_b\u202e", "ßx", "\u0301e", "Ǆ", "İstanbul:", "ა", "::x",
		"Talk:x#a\nb", "a\xff", strings.Repeat("é", 128), "ɐ" + strings.Repeat("\u0301\u0323", 40), "C++ (R&D) 100%",
	} {
		f.Add(seed)
	}
	usual := DefaultSite()
	cased, err := NewSite(bytes.ReplaceAll(defaultSiteinfo, []byte("first-letter"), []byte("case-sensitive")))
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, s := range []*Site{usual, cased} {
			title, err := s.ParseTitle(text)
			if err != nil {
				if bad := (*TitleError)(nil); !errors.As(err, &bad) || bad.Reason == "" || title != (Title{}) {
					t.Fatalf("%q: %+v, %v", text, title, err)
				}
				continue
			}
			if slow, reason := s.parseTitle(text); slow != title || reason != "" {
				t.Fatalf("%q is %+v at a quick look and %+v (%s) at a slow one", text, title, slow, reason)
			}
			if !utf8.ValidString(title.String()) || !norm.NFC.IsNormalString(title.Name) && len(title.Name) < 60 {
				t.Fatalf("%q is %q", text, title)
			}
			// A bare fragment has no title of its own, a capital can be longer
			// than its letter, and a line break can hide a namespace. The capitals
			// of two letters are plain ones, which can make a prefix of what is none.
			if strings.ContainsAny(decodeReferences(text), "ıſ") {
				continue
			}
			if title.String() == "" || len(title.Name) > maxTitle || strings.Contains(decodeReferences(text), "\n") {
				continue
			}
			title.Fragment = ""
			if again, err := s.ParseTitle(title.String()); err != nil || again != title {
				t.Fatalf("%q is %+v, whose own form %q is %+v (%v)", text, title, title, again, err)
			}
		}
	})
}

// Accents are put in order also where the library gives up, and the same way.
func TestManyAccents(t *testing.T) {
	for _, s := range []string{"", "a", "é", "e\u0301\u0323x", "\u0301", "\u1112\u1161\u11ab", "q\u0307\u0323", "\u0958\u093c", "か\u3099", "\u09c7\u09be\u0301",
		"a\u0315\u0300\u05ae\u0300\u0062", "\u0344", "İ\u0301ΐ"} {
		if got, want := composedByHand(s), norm.NFC.String(s); got != want {
			t.Errorf("%+q is %+q, want %+q", s, got, want)
		}
	}
	many := "e" + strings.Repeat("\u0301\u0323", 20)
	if got, want := composed(many), "ẹ"+strings.Repeat("\u0323", 19)+strings.Repeat("\u0301", 20); got != want {
		t.Errorf("%+q is %+q, want %+q", many, got, want)
	}
}

func BenchmarkParseTitle(b *testing.B) {
	s := DefaultSite()
	for _, title := range []string{"Main Page", "Aristotelian physics (medieval commentary)", "St. Louis", "foo bar", "Foo_bar", "User talk:Ada Lovelace/Archive 3",
		"user_talk:ada", "Wikipedia:Village pump#Gadgets", "fr:Utilisateur:Ada", "Élan vital", "日本語の記事", "&eacute;lan", "User:2001:db8::1", "a[b"} {
		b.Run(fmt.Sprintf("%q", title), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				_, _ = s.ParseTitle(title)
			}
		})
	}
}
