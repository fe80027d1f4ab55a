// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds tests of escaping and of the comparison of two texts.

package wikitext

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestEscape(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"plain text stays", "Plain text, 3 - 4 (ü) # 5!? a_b", "Plain text, 3 - 4 (ü) # 5!? a_b"},
		{"brackets and braces", "[[a|b]] {{c}}", "&#91;&#91;a&#124;b&#93;&#93; &#123;&#123;c&#125;&#125;"},
		{"signatures", "~~~~", "&#126;&#126;&#126;&#126;"},
		{"quotes", "'''b'''", "&#39;&#39;&#39;b&#39;&#39;&#39;"},
		{"tags and entities", "<nowiki>&lt;", "&#60;nowiki&#62;&#38;lt;"},
		{"magic words", "__NOTOC__", "&#95;&#95;NOTOC&#95;&#95;"},
		{"addresses", "http://a.example mailto:b", "http&#58;//a.example mailto&#58;b"},
		{"an address in capitals, glued to a word", "xMAILTO:b news:c", "xMAILTO&#58;b news&#58;c"},
		{"a protocol-relative address", "x:// ://y", "x&#58;// &#58;//y"},
		{"a colon of a title", "Talk:Foo: bar", "Talk:Foo: bar"},
		{"a colon that would indent", ": a", "&#58; a"},
		{"an apostrophe in a word", "it's", "it's"},
		{"apostrophes at the edges", "'a'", "&#39;a&#39;"},
		{"magic links", "RFC 1, PMID 2, ISBN\u00a03, RFCs", "&#82;FC 1, &#80;MID 2, &#73;SBN\u00a03, RFCs"},
		{"list signs at the start", "* a", "&#42; a"},
		{"row signs at the start", "-a", "&#45;a"},
		{"header signs", "!a!!b!", "&#33;a&#33;&#33;b&#33;"},
		{"equals signs", "a=b", "a&#61;b"},
		{"lines", "a\r\nb\u2028c", "a  b c"},
		{"direction, control and strip marks", "a\u202eb\u200e\x7f\x00c", "abc"},
		{"no UTF-8", "a\xffb", "a\ufffdb"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := Escape(tt.in); got != tt.want {
				t.Errorf("Escape(%q) = %q, want %q", tt.in, got, tt.want)
			}
		})
	}
}

func TestEscapeSummary(t *testing.T) {
	got := EscapeSummary(" a [[b]] /* c */\n&amp; [d] \u202e")
	if want := "a &#91;&#91;b&#93;&#93; /&#42; c &#42;/ &#38;amp; [d]"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestAdded(t *testing.T) {
	page := "Intro line.\n== A ==\nfirst [[x]] here\n\n== B ==\nsecond\n"
	tests := []struct {
		name, before, after string
		want                []string
	}{
		{"new page", "", "a b\nc", []string{"a b\nc"}},
		{"nothing", page, page, nil},
		{"new line", page, strings.Replace(page, "second\n", "second\n: an answer. ~\n", 1), []string{": an answer. ~"}},
		{"words in a line", page, strings.Replace(page, "[[x]] here", "[[x]] and [[y]] here", 1), []string{"and [[y]]"}},
		{"moved line", "a one\nb two\nc three\nd four", "c three\na one\nb two\nd four", nil},
		{"moved section with a new line", "== A ==\nx y\n== B ==\nz w\n", "== B ==\nz w\nnew\n== A ==\nx y\n", []string{"new"}},
		{"removed text", page, "Intro line.\n", nil},
		{"white space", "a  b\n c", "a b\n\n  c ", nil},
		{"repeated line", "yes\nno", "yes\nno\nyes", []string{"yes"}},
		{"repeated line keeps its place at the end", "q\nx", "x\nw\nx", []string{"x\nw"}},
		{"repeated lines moved", "x\nx\na\nb", "a\nb\nx\nx", nil},
		{"same words in another line", "use [[Foo]] now\nend", "use [[Foo]] now\nalso [[Foo]]\nend", []string{"also [[Foo]]"}},
		{"scripts without spaces", "一二三", "一二四三", []string{"四"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var got []string
			for _, s := range Added(tt.before, tt.after) {
				got = append(got, tt.after[s.Start:s.End])
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("Added(%q, %q) (-want +got):\n%s", tt.before, tt.after, diff)
			}
		})
	}
}
