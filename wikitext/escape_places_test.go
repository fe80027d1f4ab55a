// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds texts made to mean something, and the places of a page where
// they may stand.

package wikitext_test

import (
	"math/rand/v2"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/wikitext"
)

// pieces are what hostile text is made of.
var pieces = strings.Split("[[ ]] [ ] {{ }} {{{ }}} | || !! ! !!! ' '' ''' ''''' = == === : :: ; * # - -- ---- + |- |+ |} {| ~ ~~ ~~~ ~~~~ ~~~~~ "+
	"__NOTOC__ __FORCETOC__ __notoc__ __NOINDEX__ _ __ NOTOC ＿ ＿＿目次＿＿ _NAVEROK_ SKRIVENAKAT S\u212aRIVENAKAT "+
	"<b> </b> <nowiki> </nowiki> <nowiki/> <ref> </ref> <br/> <pre> <!-- --> <includeonly> </includeonly> <noinclude> <onlyinclude> <div </div> </span> </table> <section/> "+
	"&amp; & &#91; &#x5b; &lsqb; &nbsp; #91; #58; amp; lt; "+
	"http://x.example https://x.example/a?b=c&d HTTPS: http // //y.example mailto:a@b.example mail to:x@y news:c ne ws:x Xurn:d ftp:// tel:1 magnet:?x bitcoin: :// / \\ "+
	"RFC PMID ISBN R F C D N 1 12 9780306406157 978-0-306-40615-7 "+
	"[[Category:X]] Category:X [[File:Y.png]] File:Y.png [[de:Z]] de:Z Talk:Z Special:Diff/1 [[A|]] [[|A]] |thumb "+
	"{{subst: {{subst:PAGENAME}} {{safesubst: {{PAGENAME}} {{!}} {{=}} {{#if:x|y}} {{int:ok}} {{Show|x}} -{ }- -{zh-cn:a;zh-tw:b}- -{T|x}- "+
	"#REDIRECT #redirect[[X]] ` \" UNIQ--nowiki-00000000-QINU \x7f'\"`UNIQ--ref-00000001-QINU`\"'\x7f /* */ @ $1 % %5B^ a Ada it's é 語 ١ ѣ 🙂 x y z", " ")

// odd are pieces with blanks, and characters that are rare or none at all.
var odd = []string{" ", "  ", "\n", "\n\n", "\n* ", "\n----\n", "\n== h ==\n", "\n|-\n| ", "\n|}\n", "\r\n", "\t", "\v", "\u0085", "\u2028", "\u2029",
	"\u00a0", "\u2000", "\u3000", "\u200b", "\u200d", "\u00ad", "\u061c", "\u200e", "\u202e", "\u2066", "\u2069", "\ufeff", "\ufffe", "\U0001ffff", "\ufdd0", "\x00", "\x01", "\x1b", "\x7f",
	"\x80", "\xff", "\xc0\xaf", "\xed\xa0\x80", "\u0338", "\u0301", "\u037e", "\u1fef", "\u212b", "\u1100", "\u1161", "\u093c", "RFC 1", "PMID 2", "ISBN 978-0-306-40615-7", "RFC\u00a01", "C 1"}

// texts are strings to escape: every piece by itself, those that somebody has
// thought of, and what chance makes of the pieces.
func texts(n int) []string {
	all := slices.Concat(pieces, odd, []string{
		"[[Main Page]]", "[http://x.example y]", "{{Show|1=a}}", "'''b''' ''i''", "#REDIRECT [[Main Page]]", "<script>alert(1)</script>", `" onmouseover="alert(1)`,
		"a\n\nb", "a ~~~~ b", "&lt;b&gt;", "&amp;amp;", "Talk:Foo: bar", "12:34, 5 May 2024 (UTC)", "100 %", "2 > 1 & 3 < 4", "x=y", "a_b__c", "C:\\x", "it's 'quoted'",
	})
	rnd := rand.New(rand.NewPCG(1, 2))
	for len(all) < n {
		var b strings.Builder
		for range 1 + rnd.IntN(6) {
			if rnd.IntN(4) == 0 {
				b.WriteString(odd[rnd.IntN(len(odd))])
			} else {
				b.WriteString(pieces[rnd.IntN(len(pieces))])
			}
			if rnd.IntN(6) == 0 {
				b.WriteByte(' ')
			}
		}
		all = append(all, b.String())
	}
	return all
}

// shown is the text that a reader must see. It is written without a look at
// Escape.
func shown(s string) string {
	var b strings.Builder
	for _, r := range s { // gives U+FFFD for every byte that is wrong
		switch {
		case strings.ContainsRune("\n\r\t\v\f\u0085\u2028\u2029", r):
			b.WriteByte(' ')
		case unicode.Is(unicode.Cc, r), unicode.Is(unicode.Bidi_Control, r), r == 0xfeff, unicode.Is(unicode.Noncharacter_Code_Point, r):
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// visible folds what a browser, or MediaWiki's typography, makes the same.
func visible(s string) string {
	return strings.Join(strings.FieldsFunc(norm.NFC.String(s), func(r rune) bool {
		return strings.ContainsRune(" \n\t\u00a0", r)
	}), " ")
}

// places are where text may stand; $1 is the text, $t the same as a term, and $2
// the text after it.
var places = []struct{ name, source string }{
	{"paragraph", "$1"},
	{"middle of a line", "before $1 after"},
	{"between quotes", "''$1'' '''$1''' it's '$1'"},
	{"beside another", "$1$2"},
	{"two lines", "$1\n$2"},
	{"cell", "{|\n|-\n|$1\n| $1\n| x=\"y\" | $1\n|}"},
	{"cell on its own line", "{|\n|\n$1\n|}"},
	{"cells in a row", "{|\n| $1 || x || $1 ||$1||$1\n|}"},
	{"header cell", "{|\n! $1 !! x !! $1\n! scope=\"col\" | $1\n|}"},
	{"caption", "{|\n|+ $1\n| x\n|}"},
	{"cell in a template", "{{Show|\n{{{!}}\n{{!}} $1\n{{!}}}}}"},
	{"list", "* $1\n*$1\n# $1\n#$1\n: $1\n:$1\n*# $1"},
	{"term", "; $t : x\n;$t\n; x $t\n: $1"},
	{"label", "[[:Main Page|x $1]] [[:Main Page|$1 x]] [[:Main Page|x]]"},
	{"label of an address", "[https://example.org/ $1 x] [https://example.org/ x$1]"},
	{"argument", "{{Show|$1}} {{Show|x=y|$1}}"},
	{"named argument", "{{Show|1=$1}} {{Show|named= $1 }}"},
	{"argument of a list", "{{Show|list=$1}}"},
	{"function", "{{#if: x | $1 }} {{#switch: a | a = $1 }} {{#tag:span|$1}}"},
	{"heading", "=== x $1 ===\n==== $1 x ===="},
	{"gallery", "<gallery>\nFile:None.png|x $1\nFile:None.png|alt=a|$1 x\n</gallery>"},
	{"reference", "x<ref>$1</ref>\n<references />"},
	{"attribute", "<span title=\"$1\">x</span> <div title=\"x $1 x\">y</div>"},
	{"poor neighbours", "<b>$1</b><i>$1</i>-$1- _$1_ !$1! =$1= ~$1~ '$1' /$1/ +$1+ $1 1 RFC$1 ISBN $1"},
}

// fill puts texts into a place, escaped or not.
func fill(source, one, two string, escape bool) string {
	if !escape {
		return strings.NewReplacer("$1", one, "$2", two, "$t", one).Replace(source)
	}
	return strings.NewReplacer("$1", wikitext.Escape(one), "$2", wikitext.Escape(two), "$t", wikitext.EscapeTerm(one)).Replace(source)
}
