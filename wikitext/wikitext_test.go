// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds tests of what the scan finds: templates, links, addresses,
// headings and masks.

package wikitext

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestTemplates(t *testing.T) {
	tests := []struct {
		name, src string
		want      []string // as name(arg=value,…)
	}{
		{"plain", "a {{b}} c", []string{"b()"}},
		{"arguments", "{{b|c| d = e |f=g=h}}", []string{"b(1=c,d=e,f=g=h)"}},
		{"positional values keep white space", "{{b| c }}", []string{"b(1= c )"}},
		{"nested", "{{a|{{b|c}}|d}}", []string{"a(1={{b|c}},2=d)", "b(1=c)"}},
		{"pipe in link is no divider", "{{a|[[b|c]]|d}}", []string{"a(1=[[b|c]],2=d)"}},
		{"open link hides the end", "{{a|[[b|c}}", nil},
		{"closed link in the name of a template", "[[a|{{b]]|c}}", []string{"b]](1=c)"}},
		{"single bracket does not hide a pipe", "{{a|[http://x y|z]}}", []string{"a(1=[http://x y,2=z])"}},
		{"language converter hides the end", "{{a|-{b|c}}", nil},
		{"language converter holds pipes", "{{a|-{x|y}-|e}}", []string{"a(1=-{x|y}-,2=e)"}},
		{"dash before braces", "-{{a}}-", []string{"a()"}},
		{"left brace after a dash is a language converter", "{{x|-{{{a}}|b}-|c}}", []string{"x(1=-{{{a}}|b}-,2=c)", "a()"}},
		{"argument is no template", "{{{a}}}", nil},
		{"four braces", "{{{{a}}}}", nil},
		{"five braces", "{{{{{a}}}}}", []string{"{{{a}}}()"}},
		{"three open two closed", "{{{a}}", []string{"a()"}},
		{"two open three closed", "{{a}}}", []string{"a()"}},
		{"empty names are templates", "{{}}{{|a}}", []string{"()", "(1=a)"}},
		{"comment in name", "{{a<!-- }} -->b}}", []string{"ab()"}},
		{"in nowiki", "<nowiki>{{a}}</nowiki>{{b}}", []string{"b()"}},
		{"in open nowiki", "<nowiki>{{a}}", []string{"a()"}},
		{"in comment", "<!-- {{a}} -->{{b}}", []string{"b()"}},
		{"in open comment", "{{b}}<!-- {{a}}", []string{"b()"}},
		{"in ref", "{{a|<ref>{{b}}</ref>}}", []string{"a(1=<ref>{{b}}</ref>)", "b()"}},
		{"end in ref is no end", "{{a|<ref>b}}</ref>", nil},
		{"in attribute of ref", `<ref name="{{b}}">x</ref>`, nil},
		{"magic pipe does not divide", "{{a|b{{!}}c}}", []string{"a(1=b{{!}}c)", "!()"}},
		{"one equals sign at line start divides", "{{a|\n=b=\n}}", []string{"a(=b=)"}},
		{"heading in argument does not", "{{a|\n==b==\n}}", []string{"a(1=\n==b==\n)"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := Parse(tt.src)
			var got []string
			for tmpl := range d.Templates() {
				var args []string
				for a := range tmpl.Args() {
					args = append(args, a.Name+"="+a.Value)
				}
				got = append(got, fmt.Sprintf("%s(%s)", tmpl.Name, strings.Join(args, ",")))
				if s := tt.src[tmpl.Start:tmpl.End]; !strings.HasPrefix(s, "{{") || !strings.HasSuffix(s, "}}") {
					t.Errorf("span of %s is %q", tmpl.Name, s)
				}
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("Templates(%q) (-want +got):\n%s", tt.src, diff)
			}
			if d.String() != tt.src {
				t.Errorf("String() = %q", d.String())
			}
		})
	}
}

func TestMasked(t *testing.T) {
	tests := []struct{ name, src, want string }{
		{"comment", "a<!--\nb-->c", "a    \n    c"},
		{"open comment runs to the end", "a<!-- b\nc", "a      \n "},
		{"nowiki", "a<nowiki>b</nowiki>c", "a" + strings.Repeat(" ", 18) + "c"},
		{"any case and attributes", `<SyntaxHighlight lang="go">x</syntaxhighlight >z`, strings.Repeat(" ", 47) + "z"},
		{"open tag is text", "<nowiki>b", "<nowiki>b"},
		{"a later end closes the first", "<nowiki>a<nowiki>b</nowiki>c", strings.Repeat(" ", 27) + "c"},
		{"other name that begins alike", "<prefix>a</prefix>", "<prefix>a</prefix>"},
		{"ref stays", "<ref>a</ref>", "<ref>a</ref>"},
		{"comment in ref ends with it", "<ref>a<!-- b</ref>c", "<ref>a      </ref>c"},
		{"empty nowiki", "a<nowiki/>b", "a" + strings.Repeat(" ", 9) + "b"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := Parse(tt.src).Masked(); got != tt.want {
				t.Errorf("Masked(%q) = %q, want %q", tt.src, got, tt.want)
			}
		})
	}
}

func TestLinks(t *testing.T) {
	tests := []struct {
		name, src string
		want      []string // target or target|label
	}{
		{"plain", "x [[a]] [[b|c]]", []string{"a", "b|c"}},
		{"further pipes belong to the label", "[[a|b|c]]", []string{"a|b|c"}},
		{"label over lines", "[[a|b\nc]]", []string{"a|b\nc"}},
		{"target over lines", "[[a\nb]]", nil},
		{"single brackets in the label", "[[t:rv/r.php/1|[rollback] ]] [[x|y]]", []string{"t:rv/r.php/1|[rollback] ", "x|y"}},
		{"external link in the label", "[[a|[http://x y]]]", []string{"a|[http://x y]"}},
		{"three brackets", "[[[a]]] [[[[b]]]]", []string{"b"}},
		{"only the inner one", "[[a|[[b]]]]", []string{"b"}},
		{"magic pipe", "[[a{{!}}b]]", []string{"a|b"}},
		{"template in the target", "[[a/{{x|y}}|b]]", []string{"a/{{x|y}}|b"}},
		{"empty", "[[]] [[|a]] [[a|]]", nil},
		{"caption of a file", "[[File:a.png|thumb|see [[b]] and [[c|d]] ]] [[e]]", []string{"File:a.png|thumb|see [[b]] and [[c|d]] ", "b", "c|d", "e"}},
		{"in a template", "{{yes|[[a|b]]}}", []string{"a|b"}},
		{"not in nowiki", "<nowiki>[[a]]</nowiki><!-- [[b]] -->[[c]]", []string{"c"}},
		{"not closed", "[[a [[b|c [[d]]", []string{"d"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var got []string
			for l := range Parse(tt.src).Links() {
				s := l.Target
				if l.HasLabel {
					s += "|" + l.Label
				}
				got = append(got, s)
				if span := tt.src[l.Start:l.End]; !strings.HasPrefix(span, "[["+l.Target) || !strings.HasSuffix(span, "]]") {
					t.Errorf("span of %q is %q", s, span)
				}
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("Links(%q) (-want +got):\n%s", tt.src, diff)
			}
		})
	}
}

func TestURLs(t *testing.T) {
	tests := []struct {
		name, src string
		want      []string // address, or [address label]
	}{
		{"bare", "see https://a.example/b now", []string{"https://a.example/b"}},
		{"punctuation at the end", "(https://a.example/b?), https://a.example/c_(d)!", []string{"https://a.example/b", "https://a.example/c_(d)"}},
		{"entity at the end", "https://a.example/b&amp; https://a.example/&gt;", []string{"https://a.example/b&amp;", "https://a.example/"}},
		{"bracketed", "x[https://a.example/b. the label] [https://a.example]", []string{"[https://a.example/b. the label]", "[https://a.example ]"}},
		{"without a scheme only in brackets", "//a.example [//a.example b]", []string{"[//a.example b]"}},
		{"bracket not closed on the line", "[https://a.example b\n]", []string{"https://a.example"}},
		{"template inside", `[https://a.example/?l={{subst:urlencode:Q1	"x"}}&y Add]`, []string{`[https://a.example/?l={{subst:urlencode:Q1	"x"}}&y Add]`}},
		{"argument of a template", "{{cite|url=https://a.example/b|t=c}} {{x|https://a.example}}", []string{"https://a.example/b", "https://a.example"}},
		{"quotes end it", "''https://a.example/b'' https://a.example/o'clock", []string{"https://a.example/b", "https://a.example/o'clock"}},
		{"cells of a table", "{|\n| https://a.example||https://b.example\n|}\nhttps://c.example/||d", []string{"https://a.example", "https://b.example", "https://c.example/||d"}},
		{"after a word", "xhttps://a.example 字https://b.example é.https://c.example", []string{"https://c.example"}},
		{"heading", "==https://a.example==", []string{"https://a.example"}},
		{"any case, other schemes", "HTTPS://a.example mailto:a@b.example foo:bar", []string{"HTTPS://a.example", "mailto:a@b.example"}},
		{"ideographic space", "https://a.example/b\u3000c", []string{"https://a.example/b"}},
		{"in link brackets", "[[https://a.example b]]", []string{"[https://a.example b]"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var got []string
			for u := range Parse(tt.src).URLs() {
				s := u.Target
				if u.Bracketed {
					s = "[" + u.Target + " " + u.Label + "]"
				}
				got = append(got, s)
				if span := tt.src[u.Start:u.End]; span != u.Target {
					t.Errorf("span of %q is %q", u.Target, span)
				}
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("URLs(%q) (-want +got):\n%s", tt.src, diff)
			}
		})
	}
}

func TestHeadings(t *testing.T) {
	tests := []struct {
		name, src string
		want      []string // level and title
	}{
		{"levels", "=a=\n== b ==\n======c======", []string{"1 a", "2 b", "6 c"}},
		{"the shorter side counts", "==a===\n===b==", []string{"2 a=", "2 =b"}},
		{"not closed", "== a\nb ==\n ==c==", nil},
		{"text after it", "==a== b\n==a==<nowiki/>\n==a=={{b}}", nil},
		{"blanks and comments after it", "==a== \t\n==b== <!-- c -->  ", []string{"2 a", "2 b"}},
		{"only signs", "===\n=====\n==", []string{"1 =", "2 ="}},
		{"comment before it on the line", "<!-- c -->==a==", nil},
		{"after a line of comments", "x\n <!-- c --> <!-- d -->\n==a==", []string{"2 a"}},
		{"comment in it", "==a<!-- c -->b==", []string{"2 ab"}},
		{"template over lines", "==a{{b\n==c==\n}}==", []string{"2 a{{b\n==c==\n}}"}},
		{"open comment after it", "==a==<!-- b", nil},
		{"in a heading over lines", "==a-{\n===b===\nc}-==", []string{"2 a-{\n===b===\nc}-"}},
		{"in an argument", "==a==\n{{x|\n==b==\n}}\n==c==", []string{"2 a", "2 c"}},
		{"in nowiki, ref and comment", "<nowiki>\n==a==\n</nowiki><ref>\n==b==\n</ref><!--\n==c==\n-->\n==d==", []string{"2 d"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var got []string
			for h := range Parse(tt.src).Headings() {
				got = append(got, fmt.Sprint(h.Level, " ", h.Title))
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("Headings(%q) (-want +got):\n%s", tt.src, diff)
			}
		})
	}
}

func TestSectionsAreCountedWithThoseInArguments(t *testing.T) {
	var got []string
	for h := range Parse("==a==\n{{x|\n==b==\n}}\n<ref>\n==c==\n</ref>\n=\n===d{{y|\n==e==\n}}===\n==f==").Headings() {
		got = append(got, fmt.Sprint(h.Index, " ", h.Title))
	}
	if diff := cmp.Diff([]string{"1 a", "4 d{{y|\n==e==\n}}", "5 f"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestSectionIsThePlainTextOfTheHeadingAbove(t *testing.T) {
	src := "top\n== [[a|Who]] '''looks''' after [https://a.example it]? <small>&amp;</small> ==\nx\n=== [[b]] ===\ny"
	for _, tt := range []struct{ at, want string }{
		{"top", ""}, {"x\n", "Who looks after it? &"}, {"y", "b"}, {"[[b]]", "b"},
	} {
		if got := Parse(src).Section(strings.LastIndex(src, tt.at)); got != tt.want {
			t.Errorf("section of %q is %q, want %q", tt.at, got, tt.want)
		}
	}
}

func TestPlain(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"a label with a link in it", "[https://a.example see [[b]] now]", "see b now"},
		{"a label with a bracket in a template", "[https://a.example x {{t|]}} y] z", "x y z"},
		{"an address without a label", "[https://a.example]", "[https://a.example]"},
		{"a link with a leading colon", "[[:Category:A]] ''b''", "Category:A b"},
		{"no tags", "a < b > c", "a < b > c"},
	}
	for _, tt := range tests {
		if got := Plain(tt.in); got != tt.want {
			t.Errorf("%s: Plain(%q) is %q, want %q", tt.name, tt.in, got, tt.want)
		}
	}
}

func TestSwitchesAreInOrderWhateverTheirSigns(t *testing.T) {
	s, err := NewSite([]byte(`{"query": {"general": {}, "namespaces": {"0": {"id": 0, "name": ""}}, "extensiontags": ["nowiki"],
		"functionhooks": [], "variables": [], "magicwords": [{"name": "toc", "aliases": ["＿＿目次＿＿", "__TOC__"]}, {"name": "notoc", "aliases": ["__NOTOC__"]}]}}`))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for sw := range s.Parse("__NOTOC__ ＿＿目次＿＿ <nowiki>__TOC__</nowiki> __TOC__").Switches() {
		names = append(names, sw.Name)
	}
	if diff := cmp.Diff([]string{"__NOTOC__", "＿＿目次＿＿", "__TOC__"}, names); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestNormalizeTitle(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"underscores and spaces", "__a_ b\u00a0 c_", "A b c"},
		{"percent-encoding", "Extension%3AFoo%2Fbar 100%", "Extension:Foo/bar 100%"},
		{"percent-encoding of something else", "a%ffb", "A%ffb"},
		{"entities", "Q&amp;A&#95;x", "Q&A x"},
		{"marks of direction", "\u200ea\u202cb", "Ab"},
		{"first letter", "éa", "Éa"},
		{"empty", " _ ", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := NormalizeTitle(tt.in); got != tt.want {
				t.Errorf("NormalizeTitle(%q) = %q, want %q", tt.in, got, tt.want)
			}
		})
	}
}
