// SPDX-License-Identifier: GPL-3.0-or-later

package survey

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestGadgetLines(t *testing.T) {
	flag := func(key string) Option { return Option{Key: key} }
	files := func(names ...string) []string {
		for i := range names {
			names[i] = "MediaWiki:Gadget-" + names[i]
		}
		return names
	}
	for _, test := range []struct {
		line string
		want *Gadget // ID, Options and Pages
	}{
		{`* foo bar| foo.css|foo.js|foo.json|foo.bar`, &Gadget{ID: "foo_bar", Pages: files("foo.css", "foo.js", "foo.json", "foo.bar")}},
		{`*foo [ResourceLoader]|foo.js`, &Gadget{ID: "foo", Options: []Option{flag("ResourceLoader")}, Pages: files("foo.js")}},
		{`*bar[ResourceLoader|rights=test]|bar.js|foo.css | foo.json`, &Gadget{ID: "bar",
			Options: []Option{flag("ResourceLoader"), {"rights", []string{"test"}}}, Pages: files("bar.js", "foo.css", "foo.json")}},
		{`*foo [dependencies=a[b]]|x.js`, &Gadget{ID: "foo", Options: []Option{{"dependencies", []string{"a[b"}}}, Pages: files("x.js")}},
		{`*foo|`, &Gadget{ID: "foo"}},
		{`***  foo|a.js`, &Gadget{ID: "foo", Pages: files("a.js")}},
		{`*a-b_c:d.e|a.js`, &Gadget{ID: "a-b_c:d.e", Pages: files("a.js")}},
		{`*foo| Привет мир.js |`, &Gadget{ID: "foo", Pages: files("Привет мир.js")}},
		{`*foo [ default | skins = vector , minerva || unknown ] || a.js`, &Gadget{ID: "foo",
			Options: []Option{flag("default"), {"skins", []string{"vector", "minerva"}}, flag("unknown")}, Pages: files("a.js")}},
		{`*foo [a=b=c]|a.js`, &Gadget{ID: "foo", Options: []Option{{"a", []string{"b=c"}}}, Pages: files("a.js")}},
		{`*foo []|a.js`, &Gadget{ID: "foo", Pages: files("a.js")}},
		{`*foo [a] |b] |c.js`, &Gadget{ID: "foo", Options: []Option{flag("a")}, Pages: files("b]", "c.js")}},
		{"*foo\v|a.js", &Gadget{ID: "foo", Pages: files("a.js")}},
		{`*` + strings.Repeat("a", 244) + `|a.js`, &Gadget{ID: strings.Repeat("a", 244), Pages: files("a.js")}},
		{`*` + strings.Repeat("a", 245) + `|a.js`, nil},
		{`*foo`, nil},
		{`*a_|x.js`, nil},
		{`*Привет|x.js`, nil},
		{`*foo [a] b|x.js`, nil},
		{`<foo|bar>`, nil},
		{``, nil},
		{`foo|a.js`, nil},
		{` *foo|a.js`, nil},
		{`*1foo|a.js`, nil},
		{`# foo|a.js`, nil},
	} {
		t.Run(test.line, func(t *testing.T) {
			var want []Gadget
			if test.want != nil {
				want = []Gadget{*test.want}
			}
			var got []Gadget
			for _, g := range ParseGadgetsDefinition(test.line) {
				got = append(got, Gadget{ID: g.ID, Options: g.Options, Pages: g.Pages})
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func TestGadgetSections(t *testing.T) {
	for _, test := range []struct{ line, want string }{
		{"==a==", "a"}, {"== a ==", "a"}, {"===a===", "a"}, {"==x===", "x"}, {"===x==", "x"}, {"==  a\t== \t", "a"}, {"==a\v==\f", "a"},
		{"==a=b==", "a=b"}, {"==a= ==", "a="}, {"==Привет==", "Привет"}, {"=== ==", "="},
		{"== a b ==", "outer"}, {"== a:b ==", "outer"}, {"==a|b==", "outer"}, {"==a*==", "outer"}, {"====", "outer"}, {"=====", "outer"},
		{"== ==", "outer"}, {"=a=", "outer"}, {"==a=", "outer"}, {" ==a==", "outer"}, {"==\ta==", "outer"},
	} {
		t.Run(test.line, func(t *testing.T) {
			got := ParseGadgetsDefinition("==outer==\n" + test.line + "\n*foo|a.js")
			if len(got) != 1 || got[0].Section != test.want {
				t.Errorf("got %+v", got)
			}
		})
	}
}

func TestGadgetsDefinitionPage(t *testing.T) {
	got := ParseGadgetsDefinition("Prose about [[gadgets]].\r\n*early|early.js\r\n\r\n" +
		"== editing ==\r\n<!-- *gone|gone.js\r\n== gone ==\r\n-->*one<!-- note -->[ResourceLoader|default|type=general]|one.css\r\n" +
		"*two [ResourceLoader|hidden|package|supportsUrlLoad]|two.js|two.json\r" +
		"== looks ==\n*three [ResourceLoader|supportsUrlLoad=false]|three.css\n" +
		"*four [ResourceLoader|dependencies=x]|four.css\n*early[ResourceLoader]|later.js\n<!-- open\n*five[package]|five.js")
	summary := func(g Gadget) []any {
		return []any{g.ID, g.Section, len(g.Pages), g.Default, g.Hidden, g.Legacy, g.Package, g.SupportsURLLoad, g.Type}
	}
	var have [][]any
	for _, g := range got {
		have = append(have, summary(g))
	}
	want := [][]any{
		{"early", "looks", 1, false, false, false, false, false, "general"},
		{"one", "editing", 1, true, false, false, false, false, "general"},
		{"two", "editing", 2, false, true, false, true, true, "general"},
		{"three", "looks", 1, false, false, false, false, false, "styles"},
		{"four", "looks", 1, false, false, false, false, false, "general"},
		{"five", "looks", 1, false, false, true, false, false, "general"},
	}
	if diff := cmp.Diff(want, have); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestLastOfARepeatedOptionCounts(t *testing.T) {
	g := ParseGadgetsDefinition("*a [skins=vector|skins=minerva]|a.js")[0]
	if got, ok := g.Values("skins"); !ok || len(got) != 1 || got[0] != "minerva" {
		t.Errorf("got %v, %v", got, ok)
	}
	if _, ok := g.Values("rights"); ok {
		t.Error("an option that is not there was found")
	}
}

// FuzzParseGadgetsDefinition looks for texts that make a gadget without a name
// or with a file outside its place.
func FuzzParseGadgetsDefinition(f *testing.F) {
	f.Add("== a ==\n* foo [ResourceLoader|default]|foo.js|foo.css\n<!-- x -->")
	f.Add("*foo [dependencies=a[b]]|x.js\r\n=== ==\n==x===")
	f.Fuzz(func(t *testing.T, text string) {
		seen := map[string]bool{}
		for _, g := range ParseGadgetsDefinition(text) {
			if g.ID == "" || seen[g.ID] || strings.ContainsAny(g.ID, " |!,\n") || strings.ContainsAny(g.Section, " \n|*:") {
				t.Fatalf("bad gadget %+v", g)
			}
			seen[g.ID] = true
			for _, page := range g.Pages {
				if !strings.HasPrefix(page, "MediaWiki:Gadget-") || strings.ContainsAny(page, "|\n") {
					t.Fatalf("bad page %q", page)
				}
			}
		}
	})
}
