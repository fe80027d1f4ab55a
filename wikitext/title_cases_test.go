// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds a table of titles, with what MediaWiki 1.39 makes of them.

package wikitext_test

import "strings"

// titleCase is a text, what the title's String is on a usual wiki, and what it
// is on one where first letters matter, if that differs. TestTitlesOfTheWiki
// asks MediaWiki for both.
type titleCase struct{ text, want, cased string }

// none stands for a text that is no title.
const none = "\x00"

var titleRules = []struct {
	rule  string
	cases []titleCase
}{
	{"plain titles", []titleCase{
		{"Foo", "Foo", ""}, {"Main Page", "Main Page", ""}, {"A", "A", ""}, {"Foo/Bar", "Foo/Bar", ""}, {"1984", "1984", ""},
		{"C++", "C++", ""}, {"AT&T", "AT&T", ""}, {"100%", "100%", ""},
		{"Foo's \"bar\" (baz), b; c! d?", "Foo's \"bar\" (baz), b; c! d?", ""}, {"a@b", "A@b", "a@b"}, {"$x", "$x", ""},
		{"x=y", "X=y", "x=y"}, {"*", "*", ""}, {"Foo|bar", none, ""}, {"C:\\x", "C:\\x", ""}, {"^", "^", ""}, {"`x`", "`x`", ""},
	}},
	{"the first letter", []titleCase{
		{"foo", "Foo", "foo"}, {"foo Bar", "Foo Bar", "foo Bar"}, {"fOO", "FOO", "fOO"}, {"élan", "Élan", "élan"},
		{"ñandú", "Ñandú", "ñandú"}, {"øre", "Øre", "øre"}, {"àéî", "Àéî", "àéî"}, {"ß", "SS", "ß"}, {"straße", "Straße", "straße"},
		{"ŉ", "ʼN", "ŉ"}, {"ǰ", "J\u030c", "ǰ"}, {"ﬁsh", "FIsh", "ﬁsh"}, {"ǆ", "Ǆ", "ǆ"}, {"ǅ", "Ǆ", "ǅ"}, {"ǉx", "Ǉx", "ǉx"},
		{"œuvre", "Œuvre", "œuvre"}, {"ĳs", "Ĳs", "ĳs"}, {"ÿ", "Ÿ", "ÿ"}, {"ſx", "Sx", "ſx"}, {"ıx", "Ix", "ıx"}, {"İx", "İx", ""},
		{"i", "I", "i"}, {"μ", "Μ", "μ"}, {"ά", "Ά", "ά"}, {"ᾳ", "ΑΙ", "ᾳ"}, {"ᾈ", "ἈΙ", "ᾈ"}, {"ῥω", "Ῥω", "ῥω"},
		{"ΐx", "Ϊ\u0301x", "ΐx"}, {"яблоко", "Яблоко", "яблоко"}, {"ёж", "Ёж", "ёж"}, {"їжак", "Їжак", "їжак"},
		{"ђак", "Ђак", "ђак"}, {"ӏ", "Ӏ", "ӏ"}, {"ა", "Ა", "ა"}, {"ანა", "Ანა", "ანა"}, {"Აბ", "Აბ", ""}, {"ⴀ", "Ⴀ", "ⴀ"},
		{"ա", "Ա", "ա"}, {"և", "ԵՒ", "և"}, {"ꭰ", "Ꭰ", "ꭰ"}, {"ᏸ", "Ᏸ", "ᏸ"}, {"ⅰ", "Ⅰ", "ⅰ"}, {"ⓐ", "Ⓐ", "ⓐ"}, {"ɐ", "Ɐ", "ɐ"},
		{"ɫ", "Ɫ", "ɫ"}, {"ᵹ", "Ᵹ", "ᵹ"}, {"ꞹ", "Ꞹ", "ꞹ"}, {"ⱥ", "Ⱥ", "ⱥ"}, {"𐐨x", "𐐀x", "𐐨x"}, {"𞤢", "𞤀", "𞤢"},
		{"ｆoo", "Ｆoo", "ｆoo"}, {"日本", "日本", ""}, {"한국", "한국", ""}, {"عربي", "عربي", ""}, {"עברית", "עברית", ""},
		{"हिन\u094dदी", "हिन\u094dदी", ""}, {"ไทย", "ไทย", ""}, {"\u0345x", "Ιx", "\u0345x"}, {"`a", "`a", ""}, {"~a", "~a", ""},
		{"ʼn", "ʼn", ""}, {"1a", "1a", ""}, {"(a)", "(a)", ""},
	}},
	{"spaces and underscores", []titleCase{
		{"Foo_bar", "Foo bar", ""}, {"Foo__bar", "Foo bar", ""}, {"Foo _ bar", "Foo bar", ""}, {" Foo ", "Foo", ""},
		{"_Foo_", "Foo", ""}, {"Foo  bar", "Foo bar", ""}, {"_ _Foo_ _", "Foo", ""}, {"Foo\u00a0bar", "Foo bar", ""},
		{"Foo\u3000bar", "Foo bar", ""}, {"\u2003Foo\u2009bar\u200a", "Foo bar", ""}, {"Foo\u1680bar", "Foo bar", ""},
		{"Foo\u180ebar", "Foo bar", ""}, {"Foo\u2028bar", "Foo bar", ""}, {"Foo\u2029bar", "Foo bar", ""},
		{"Foo\u202fbar", "Foo bar", ""}, {"Foo\u205fbar", "Foo bar", ""}, {"Foo\u200bbar", "Foo\u200bbar", ""},
		{"Foo\u0085bar", "Foo\u0085bar", ""}, {"Foo\tbar", none, ""}, {"Foo\nbar", none, ""}, {"Foo\rbar", none, ""},
		{"Foo\n", none, ""}, {"foo_\u00a0_bar", "Foo bar", "foo bar"},
	}},
	{"marks of direction", []titleCase{
		{"\u200eFoo", "Foo", ""}, {"Foo\u200f", "Foo", ""}, {"F\u202aoo\u202c", "Foo", ""}, {"F\u202boo\u202e", "Foo", ""},
		{"\u200e", none, ""}, {"Foo \u200e bar", "Foo bar", ""}, {"Foo_\u200f_bar", "Foo bar", ""}, {"\u061cFoo", "\u061cFoo", ""},
		{"\u2066Foo\u2069", "\u2066Foo\u2069", ""}, {"Us\u200eer:x", "User:X", ""},
	}},
	{"one normal form", []titleCase{
		{"e\u0301", "É", "é"}, {"cafe\u0301", "Café", "café"}, {"E\u0301", "É", ""}, {"\u212b", "Å", ""}, {"\u2126", "Ω", ""},
		{"\u212a", "K", ""}, {"か\u3099", "が", ""}, {"\u1112\u1161\u11ab", "한", ""}, {"क\u093c", "क\u093c", ""},
		{"\u0958", "क\u093c", ""}, {"q\u0307\u0323", "Q\u0323\u0307", "q\u0323\u0307"}, {"\u0301x", "\u0301x", ""}, {"ﬀ", "FF", "ﬀ"},
		{"½", "½", ""}, {"ﻻ", "ﻻ", ""}, {"2⁵", "2⁵", ""},
	}},
	{"text that is none", []titleCase{
		{"a\x00b", none, ""}, {"a\x01b", none, ""}, {"a\x0bb", none, ""}, {"\ufffd", none, ""}, {"a\ufffeb", none, ""},
		{"\x7f", none, ""}, {"a\u0080b", "A\u0080b", "a\u0080b"}, {"Ã", "Ã", ""},
	}},
	{"character references", []titleCase{
		{"&amp;", "&", ""}, {"AT&amp;T", "AT&T", ""}, {"&eacute;clair", "Éclair", "éclair"}, {"&#233;", "É", "é"},
		{"&#xE9;x", "Éx", "éx"}, {"&#XE9;", "É", "é"}, {"&#0233;", "É", "é"}, {"R&D;", none, ""}, {"&foo;", none, ""},
		{"&foo; bar", none, ""}, {"&lt;b&gt;", none, ""}, {"&quot;x&quot;", "\"x\"", ""}, {"a&nbsp;b", "A b", "a b"},
		{"a&#160;b", "A b", "a b"}, {"&#32;a", "A", "a"}, {"&#95;a", "A", "a"}, {"a&#58;b", "A:b", "a:b"},
		{"Talk&#58;a", "Talk:A", "Talk:a"}, {"&#58;Talk:a", "Talk:A", "Talk:a"}, {"a&#35;b", "A", "a"}, {"a&num;b", "A", "a"},
		{"&amp;amp;", none, ""}, {"&amp;#58;", "&", ""}, {"&amp;eacute;", none, ""}, {"&#0;", none, ""}, {"&#9;", none, ""},
		{"&#128;", none, ""}, {"&#xD800;", none, ""}, {"&#xFFFD;", none, ""}, {"&#x110000;", none, ""}, {"&#99999999999;", none, ""},
		{"&#x;", "&", ""}, {"&#;", "&", ""}, {"&;", "&;", ""}, {"&", "&", ""}, {"& b", "& b", ""}, {"&notit;", none, ""},
		{"&notin;", "∉", ""}, {"&rlm;a", "A", "a"}, {"&רלמ;a", "A", "a"}, {"&#37;41", none, ""}, {"&colon;a", "A", "a"},
		{"&Amp;", none, ""}, {"e&#x301;", "É", "é"}, {"&#x1F600;", "😀", ""}, {"a&#10;b", none, ""}, {"&#91;a", none, ""},
	}},
	{"percent-encoding", []titleCase{
		{"%41", none, ""}, {"a%20b", none, ""}, {"100%25", none, ""}, {"%", "%", ""}, {"%4", "%4", ""}, {"%zz", "%zz", ""},
		{"a %", "A %", "a %"}, {"50% of", "50% of", ""}, {"%C3%A9", none, ""}, {"%e9x", none, ""}, {"%%41", none, ""},
	}},
	{"characters that no title has", []titleCase{
		{"a<b", none, ""}, {"a>b", none, ""}, {"a[b", none, ""}, {"a]b", none, ""}, {"[[a]]", none, ""}, {"a{b", none, ""},
		{"a}b", none, ""}, {"{{a}}", none, ""}, {"<b>", none, ""}, {"a\x7fb", none, ""}, {"a{b#c", none, ""}, {"a#b[c", "A", "a"},
		{"a#<b>", "A", "a"}, {"a#b{c}|", "A", "a"},
	}},
	{"namespaces", []titleCase{
		{"Talk:Foo", "Talk:Foo", ""}, {"talk:foo", "Talk:Foo", "Talk:foo"}, {"TALK:Foo", "Talk:Foo", ""},
		{"User:ada", "User:Ada", ""}, {"user talk:ada", "User talk:Ada", ""}, {"User_talk:Ada", "User talk:Ada", ""},
		{"USER  TALK:ada", "User talk:Ada", ""}, {"Project:foo", "Test Wiki:Foo", "Test Wiki:foo"},
		{"Project talk:foo", "Test Wiki talk:Foo", "Test Wiki talk:foo"}, {"Test Wiki:foo", "Test Wiki:Foo", "Test Wiki:foo"},
		{"test_wiki:foo", "Test Wiki:Foo", "Test Wiki:foo"}, {"File:foo.png", "File:Foo.png", ""},
		{"Image:foo.png", "File:Foo.png", ""}, {"image talk:foo", "File talk:Foo", ""}, {"Media:foo.png", "Media:Foo.png", ""},
		{"Special:version", "Special:Version", ""}, {"special:log/ada", "Special:Log/ada", ""},
		{"MediaWiki:common.css", "MediaWiki:Common.css", ""}, {"Template:foo", "Template:Foo", "Template:foo"},
		{"template:Foo/doc", "Template:Foo/doc", ""}, {"Help:foo", "Help:Foo", "Help:foo"},
		{"Category:foo", "Category:Foo", "Category:foo"}, {"category_talk:foo", "Category talk:Foo", "Category talk:foo"},
		{"WP:foo", "Test Wiki:Foo", "Test Wiki:foo"}, {"wt:foo", "Test Wiki talk:Foo", "Test Wiki talk:foo"},
		{"Portal:foo", "Portal:Foo", ""}, {"portal_talk:foo", "Portal talk:Foo", ""},
		{"Überblick:foo", "Überblick:Foo", "Überblick:foo"}, {"ÜBERBLICK:foo", "Überblick:Foo", "Überblick:foo"},
		{"überblick Diskussion:x", "Überblick Diskussion:X", "Überblick Diskussion:x"}, {"Talk : foo", "Talk:Foo", "Talk:foo"},
		{"Talk _:_ foo", "Talk:Foo", "Talk:foo"}, {"Talk:", none, ""}, {"Talk: ", none, ""}, {"User:", none, ""},
		{"Talk:_", none, ""}, {"Talk::foo", none, ""}, {"Talk: :foo", none, ""}, {"Foo:bar", "Foo:bar", ""},
		{"foo:Bar", "Foo:Bar", "foo:Bar"}, {"foo : bar", "Foo : bar", "foo : bar"}, {"Foo::bar", "Foo::bar", ""},
		{"foo:", "Foo:", "foo:"}, {"Talk:foo:bar", "Talk:Foo:bar", "Talk:foo:bar"}, {"Template:Talk:foo", "Template:Talk:foo", ""},
		{"User:Talk:x", "User:Talk:x", ""}, {"Category:Category:x", "Category:Category:x", ""},
		{"Talk:élan", "Talk:Élan", "Talk:élan"}, {"User:ß", "User:SS", ""}, {"User:élan", "User:Élan", ""},
		{"Special:élan", "Special:Élan", ""}, {"MediaWiki:élan", "MediaWiki:Élan", ""}, {"File:élan", "File:Élan", ""},
		{"Portal:élan", "Portal:Élan", ""}, {"Talk\u3000:x", "Talk:X", "Talk:x"}, {"Talk", "Talk", ""}, {"T alk:x", "T alk:x", ""},
	}},
	{"talk pages of pages with prefixes", []titleCase{
		{"Talk:File:x", none, ""}, {"Talk:Talk:x", none, ""}, {"Talk:User:x", none, ""}, {"talk:wp:x", none, ""},
		{"Talk:fr:x", none, ""}, {"Talk:en:x", none, ""}, {"Talk:local:x", none, ""}, {"Talk:Foo:x", "Talk:Foo:x", ""},
		{"Talk:Project talk:x", none, ""}, {"User talk:File:x", "User talk:File:x", ""}, {"User talk:fr:x", "User talk:Fr:x", ""},
		{"Project talk:Talk:x", "Test Wiki talk:Talk:x", ""}, {"Talk:file", "Talk:File", "Talk:file"}, {"Talk: File :x", none, ""},
		{"Talk:Überblick:x", none, ""},
	}},
	{"a leading colon", []titleCase{
		{":Foo", "Foo", ""}, {":foo", "Foo", "foo"}, {": Foo", "Foo", ""}, {":_foo", "Foo", "foo"}, {"::Foo", none, ""},
		{":: foo", none, ""}, {":", none, ""}, {": ", none, ""}, {"::", none, ""}, {":Talk:foo", "Talk:Foo", "Talk:foo"},
		{":Category:foo", "Category:Foo", "Category:foo"}, {":fr:foo", "fr:foo", ""}, {":en:foo", "Foo", "foo"},
		{"_:foo", "Foo", "foo"}, {":#a", "", ""}, {":File:x.png", "File:X.png", ""}, {":::a", none, ""},
		{":User:::1", "User:0:0:0:0:0:0:0:1", ""},
	}},
	{"interwiki prefixes", []titleCase{
		{"fr:Foo", "fr:Foo", ""}, {"fr:foo", "fr:foo", ""}, {"FR:foo", "fr:foo", ""}, {"Fr:foo bar", "fr:foo bar", ""},
		{"fr: foo", "fr:foo", ""}, {"fr:_foo_", "fr:foo", ""}, {"fr:", "fr:", ""}, {"fr::foo", "fr:foo", ""},
		{"fr: : foo", "fr:foo", ""}, {"fr:::foo", none, ""}, {"fr:User:x", "fr:User:x", ""}, {"fr:user:x", "fr:user:x", ""},
		{"fr:en:x", "fr:en:x", ""}, {"fr:de:x", "fr:de:x", ""}, {"fr:Talk:File:x", "fr:Talk:File:x", ""},
		{"de:élan", "De:élan", "de:élan"}, {"d:q42", "d:q42", ""}, {"zh-min-nan:x", "zh-min-nan:x", ""},
		{"ZH-MIN-NAN:x", "zh-min-nan:x", ""}, {"a_b:x", "a b:x", ""}, {"a b:x", "a b:x", ""}, {"User:fr:x", "User:Fr:x", ""},
		{"File:fr:x", "File:Fr:x", ""}, {"Category:fr:x", "Category:Fr:x", "Category:fr:x"},
		{"Project:fr:x", "Test Wiki:Fr:x", "Test Wiki:fr:x"}, {"fr:a#b", "fr:a", ""}, {"fr:#b", "fr:", ""}, {"fr:a#", "fr:a", ""},
		{"fr:a%41", none, ""}, {"fr:a[b", none, ""}, {"fr:.", none, ""}, {"fr:a/../b", none, ""}, {"fr:~~~", none, ""},
		{"é:x", "é:x", ""}, {"É:x", "é:x", ""}, {"fr", "Fr", "fr"}, {"fr foo:x", "Fr foo:x", "fr foo:x"},
		{"xx:foo", "Xx:foo", "xx:foo"}, {"help:x", "Help:X", "Help:x"}, {"portal:x", "Portal:X", ""},
		{"fr:" + strings.Repeat("x", 255), "fr:" + strings.Repeat("x", 255), ""}, {"fr:" + strings.Repeat("x", 256), none, ""},
	}},
	{"the wiki's own prefix", []titleCase{
		{"en:Foo", "Foo", ""}, {"en:foo", "Foo", "foo"}, {"EN:foo", "Foo", "foo"}, {"en:", "Main Page", ""},
		{"en: ", "Main Page", ""}, {"local:", "Main Page", ""}, {"en:local:", "Main Page", ""}, {"en:en:foo", "Foo", "foo"},
		{"en:local:foo", "Foo", "foo"}, {"en:Talk:foo", "Talk:Foo", "Talk:foo"}, {"en:talk:File:x", none, ""}, {"en::foo", none, ""},
		{"en: foo", "Foo", "foo"}, {"en:fr:foo", "fr:foo", ""}, {"en:fr:en:foo", "fr:en:foo", ""}, {"en:#a", "", ""},
		{"en:a#b", "A", "a"}, {"fr:en:foo", "fr:en:foo", ""}, {":en:", "Main Page", ""}, {"local:User:ada", "User:Ada", ""},
		{"en:wp:foo", "Test Wiki:Foo", "Test Wiki:foo"},
	}},
	{"fragments", []titleCase{
		{"Foo#bar", "Foo", ""}, {"Foo#", "Foo", ""}, {"Foo #bar", "Foo", ""}, {"Foo_#_bar", "Foo", ""},
		{"foo#Bar#baz", "Foo", "foo"}, {"#bar", "", ""}, {"#", "", ""}, {"Foo#a|b", "Foo", ""}, {"Talk:Foo#bar", "Talk:Foo", ""},
		{"Talk:#bar", none, ""}, {"User:#x", none, ""}, {"a#" + strings.Repeat("x", 300), "A", "a"}, {"Foo#%41", "Foo", ""},
		{"Foo#&eacute;", "Foo", ""}, {"Foo#a\nb", "Foo", ""}, {"Foo#~~~~", "Foo", ""}, {"Foo#../x", "Foo", ""}, {"C#", "C", ""},
		{"en:Talk:Foo#x", "Talk:Foo", ""},
	}},
	{"dots and slashes", []titleCase{
		{".", none, ""}, {"..", none, ""}, {"...", "...", ""}, {"./a", none, ""}, {"../a", none, ""}, {"/a", "/a", ""},
		{"a/", "A/", "a/"}, {"a/.", none, ""}, {"a/..", none, ""}, {"a/./b", none, ""}, {"a/../b", none, ""},
		{"a/.../b", "A/.../b", "a/.../b"}, {"a.b", "A.b", "a.b"}, {"a..b", "A..b", "a..b"}, {".a", ".a", ""}, {"..a", "..a", ""},
		{"a.", "A.", "a."}, {"a/.b", "A/.b", "a/.b"}, {"a/b.", "A/b.", "a/b."}, {"//a", "//a", ""}, {"a//b", "A//b", "a//b"},
		{"Talk:.", none, ""}, {"Talk:../a", none, ""}, {"Talk:/a", "Talk:/a", ""}, {"User:./x", none, ""}, {"./", none, ""},
		{"..#x", none, ""}, {"./x#y", none, ""}, {".hidden", ".hidden", ""}, {"a/..b", "A/..b", "a/..b"}, {"Special:../x", none, ""},
	}},
	{"tildes", []titleCase{
		{"~", "~", ""}, {"~~", "~~", ""}, {"~~~", none, ""}, {"~~~~", none, ""}, {"a~~~b", none, ""}, {"a~~b", "A~~b", "a~~b"},
		{"User:~~~", none, ""}, {"a~~ ~", "A~~ ~", "a~~ ~"}, {"Special:~~~", none, ""},
	}},
	{"the length in bytes", []titleCase{
		{strings.Repeat("x", 255), "X" + strings.Repeat("x", 254), strings.Repeat("x", 255)}, {strings.Repeat("x", 256), none, ""},
		{strings.Repeat("é", 127), "É" + strings.Repeat("é", 126), strings.Repeat("é", 127)},
		{strings.Repeat("é", 127) + "x", "É" + strings.Repeat("é", 126) + "x", strings.Repeat("é", 127) + "x"},
		{strings.Repeat("é", 128), none, ""},
		{"Talk:" + strings.Repeat("x", 255), "Talk:X" + strings.Repeat("x", 254), "Talk:" + strings.Repeat("x", 255)},
		{"Talk:" + strings.Repeat("x", 256), none, ""},
		{"Special:" + strings.Repeat("x", 512), "Special:X" + strings.Repeat("x", 511), ""},
		{"Special:" + strings.Repeat("x", 513), none, ""},
		{"_" + strings.Repeat("x", 255) + "_", "X" + strings.Repeat("x", 254), strings.Repeat("x", 255)},
		{strings.Repeat("日", 85), strings.Repeat("日", 85), ""}, {strings.Repeat("日", 86), none, ""},
		{strings.Repeat("&amp;", 100), strings.Repeat("&", 100), ""},
		{"ŉ" + strings.Repeat("x", 253), "ʼN" + strings.Repeat("x", 253), "ŉ" + strings.Repeat("x", 253)},
	}},
	{"user names that are addresses", []titleCase{
		{"User:127.0.0.1", "User:127.0.0.1", ""}, {"User:127.000.000.001", "User:127.0.0.1", ""},
		{"User talk:010.1.02.3", "User talk:10.1.2.3", ""}, {"User:256.1.1.1", "User:256.1.1.1", ""},
		{"User:1.2.3", "User:1.2.3", ""}, {"User:1.2.3.4.5", "User:1.2.3.4.5", ""}, {"User:1.2.3.4/24", "User:1.2.3.4/24", ""},
		{"User:01.2.3.4/32", "User:1.2.3.4/32", ""}, {"User:1.2.3.4/33", "User:1.2.3.4/33", ""},
		{"User:1.2.3.4/x", "User:1.2.3.4/x", ""}, {"User:1.2.3.4/05", "User:1.2.3.4/05", ""},
		{"User:::1", "User:0:0:0:0:0:0:0:1", ""}, {"User:::", "User:0:0:0:0:0:0:0:0", ""},
		{"User:2001:db8::1", "User:2001:DB8:0:0:0:0:0:1", ""}, {"User:2001:DB8:0:0:0:0:0:1", "User:2001:DB8:0:0:0:0:0:1", ""},
		{"User:2001:0db8:0000:0000:0000:ff00:0042:8329", "User:2001:DB8:0:0:0:FF00:42:8329", ""},
		{"User talk:fe80::", "User talk:FE80:0:0:0:0:0:0:0", ""}, {"User:::ffff", "User:0:0:0:0:0:0:0:FFFF", ""},
		{"User:1:2:3:4:5:6:7:8", "User:1:2:3:4:5:6:7:8", ""}, {"User:1:2:3:4:5:6:7", "User:1:2:3:4:5:6:7", ""},
		{"User:1:2:3:4:5:6:7::", "User:1:2:3:4:5:6:7:0", ""}, {"User:1::8", "User:1:0:0:0:0:0:0:8", ""},
		{"User:1:2:3:4:5:6::8", "User:1:2:3:4:5:6:0:8", ""}, {"User:1::2::3", "User:1::2::3", ""},
		{"User:12345::", "User:12345::", ""}, {"User:::g", none, ""}, {"User:::ffff:1.2.3.4", none, ""},
		{"User:2001:db8::/32", "User:2001:DB8:0:0:0:0:0:0/32", ""}, {"User:::/8", "User:0:0:0:0:0:0:0:/8", ""},
		{"User:a::/129", "User:A::/129", ""}, {"User:::1/128", "User:0:0:0:0:0:0:0:1/128", ""}, {"User::::1", none, ""},
		{"User:::x", none, ""}, {"Talk:2001:db8::1", "Talk:2001:db8::1", ""}, {"2001:db8::1", "2001:db8::1", ""},
		{"Project:1.02.3.4", "Test Wiki:1.02.3.4", ""}, {"User:1.2.3.4 ", "User:1.2.3.4", ""},
		{"User: 01.02.03.04", "User:1.2.3.4", ""}, {"User:abc::de/sub", "User:Abc::de/sub", ""},
		{"User:1.2.3.4-5.6.7.8", "User:1.2.3.4-5.6.7.8", ""}, {"User:1.2.3.4/sub", "User:1.2.3.4/sub", ""},
	}},
}
