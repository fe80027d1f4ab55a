// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds tests of escaping.

package wikitext

import (
	"html"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestEscape(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"plain text stays", "Plain text, 3 - 4 (ü) # 5!? a*b;", "Plain text, 3 - 4 (ü) # 5!? a*b;"},
		{"brackets and braces", "[[a|b]] {{c}}", "&#91;&#91;a&#124;b&#93;&#93; &#123;&#123;c&#125;&#125;"},
		{"signatures", "~~~~", "&#126;&#126;&#126;&#126;"},
		{"quotes", "'''b'''", "&#39;&#39;&#39;b&#39;&#39;&#39;"},
		{"tags and entities", "<nowiki>&lt;", "&#60;nowiki&#62;&#38;lt;"},
		{"magic words", "__NOTOC__", "&#95;&#95;NOTOC&#95;&#95;"},
		{"addresses", "http://a.example mailto:b", "http&#58;//a.example mailto&#58;b"},
		{"an address in capitals, glued to a word", "xMAILTO:b news:c", "xMAILTO&#58;b news&#58;c"},
		{"a protocol-relative address", "x:// ://y", "x&#58;// &#58;//y"},
		{"a colon of a title or a time", "Talk:Foo: bar 12:34", "Talk:Foo: bar 12:34"},
		{"half an address", "to:b s:", "to&#58;b s:"},
		{"a colon that would indent", ": a", "&#58; a"},
		{"an apostrophe in a word", "it's", "it's"},
		{"apostrophes at the edges", "'a'", "&#39;a&#39;"},
		{"magic links", "RFC 1, PMID 2, ISBN\u00a03, RFCs", "RF&#67; 1, PMI&#68; 2, ISB&#78;\u00a03, RFCs"},
		{"half a magic link", "C 1", "&#67; 1"},
		{"a magic link without its number", "RFC", "RF&#67;"},
		{"no magic link", "C compiler, RFC one, D1", "C compiler, RFC one, D1"},
		{"magic words of other languages", "＿＿目次＿＿ _NAVEROK_ SKRIVENAKAT", "&#65343;&#65343;目次&#65343;&#65343; &#95;NAVEROK&#95; &#83;KRIVENAKAT"},
		{"an accent without a letter", "\u0338 a\u0338", "&#824; a\u0338"},
		{"letters that become signs", "\u037e \u212a", "&#894; &#8490;"},
		{"wide blanks at the start", "\u3000a\u3000", "&#12288;a\u3000"},
		{"list signs at the start", "* a", "&#42; a"},
		{"row signs at the start", "-a", "&#45;a"},
		{"header signs", "!a!!b!", "&#33;a&#33;&#33;b&#33;"},
		{"equals signs", "a=b", "a&#61;b"},
		{"lines", "a\r\nb\u2028c", "a  b c"},
		{"direction, control and strip marks", "a\u202eb\u200e\x7f\x00c", "abc"},
		{"no UTF-8", "a\xffb", "a&#65533;b"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := Escape(tt.in); got != tt.want {
				t.Errorf("Escape(%q) = %q, want %q", tt.in, got, tt.want)
			}
		})
	}
}

func TestEscapeTerm(t *testing.T) {
	if got, want := EscapeTerm("a: [b]"), "a&#58; &#91;b&#93;"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestEscapeSummary(t *testing.T) {
	got := EscapeSummary(" a [[[b]] /* c */\n&amp; &#1; & [d] \u202e")
	if want := "a [\u2060[\u2060[b]] /\u2060* c */ &#38;amp; &#38;#1; & [d]"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestEscapeCostsNoMoreThanItsResult(t *testing.T) {
	for text, most := range map[string]float64{
		strings.Repeat("It's plain text, with - all 3 (* # ;) of it! ", 100):          0,
		strings.Repeat("Ein schöner Text über Überschriften. ", 100) + "\u0301\u4e00": 0,
		strings.Repeat("[[Talk:A|b]] is '''not'''. ", 100):                            3,
	} {
		if got := testing.AllocsPerRun(10, func() { Escape(text) }); got > most {
			t.Errorf("%.40q: %v allocations, want at most %v", text, got, most)
		}
	}
}

// closing are places to put a text, and what stands behind it there.
var closing = map[string]string{
	"": "", "* ": "", "; ": "", "{{a|": "}}", "{{a|b=": "}}", "[[a|": "]]", "== ": " ==", "[https://a.example ": "]", "<ref>": "</ref>",
	"{|\n| ": " || x\n|}", "{|\n|": "\n|}", "{|\n! a !! ": "\n|}", "{|\n|\n": "\n|}",
}

func FuzzEscape(f *testing.F) {
	seed(f)
	for _, s := range []string{"RFC\u00a01", "&#91;", "\x00'\x7f'", "a\u0338", "\u037e\u1fef\u212a", "＿＿目次＿＿", "\xed\xa0\x80\ufffe", "C 1"} {
		f.Add(s)
	}
	kinds := func(s string) (kinds []Kind) {
		for n := range Parse(s).Nodes() {
			kinds = append(kinds, n.Kind)
		}
		return kinds
	}
	f.Fuzz(func(t *testing.T, s string) {
		escaped, folded := Escape(s), strings.Join(strings.Fields(oneLine(s)), " ")
		if !utf8.ValidString(escaped) || strings.ContainsAny(escaped, "\n\r\t<>[]{}|=\"~_") || strings.Contains(escaped, ":/") || strings.Contains(escaped, "''") {
			t.Fatalf("Escape(%q) = %q", s, escaped)
		}
		if back := Plain(escaped); strings.Join(strings.Fields(back), " ") != folded {
			t.Fatalf("Escape(%q) = %q shows %q", s, escaped, back)
		}
		for before, after := range closing {
			if escaped == "" {
				break // an empty label or cell is another matter
			}
			if before == "; " {
				escaped = EscapeTerm(s)
			}
			if got, want := kinds(before+escaped+after), kinds(before+"word"+after); !slices.Equal(got, want) {
				t.Fatalf("Escape(%q) = %q is %v behind %q, want %v", s, escaped, got, before, want)
			}
		}
		summary := EscapeSummary(s)
		if strings.Contains(summary, "[[") || strings.Contains(summary, "/*") || strings.Contains(summary, "\n") {
			t.Fatalf("EscapeSummary(%q) = %q", s, summary)
		}
		plain := func(s string) string { return strings.ReplaceAll(s, wordJoiner, "") }
		if shown := html.UnescapeString(summary); plain(shown) != plain(strings.TrimSpace(oneLine(s))) {
			t.Fatalf("EscapeSummary(%q) = %q shows %q", s, summary, shown)
		}
	})
}

func BenchmarkEscape(b *testing.B) {
	for _, bb := range []struct{ name, text string }{
		{"plain", strings.Repeat("It's plain text, with - all 3 (* # ;) of it! ", 1000)},
		{"German", strings.Repeat("Ein schöner Text über Überschriften. ", 1000)},
		{"markup", strings.Repeat("[[Talk:A|b]] is '''not''' plain. ", 1000)},
		{"signs", strings.Repeat("[{|}]", 10000)},
	} {
		b.Run(bb.name, func(b *testing.B) {
			b.SetBytes(int64(len(bb.text)))
			b.ReportAllocs()
			for b.Loop() {
				Escape(bb.text)
			}
		})
	}
}
