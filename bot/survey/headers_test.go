// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the tests of what the head of a script says of people.

package survey

import (
	"strings"
	"testing"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/wikitext"
)

func TestHeaderCredits(t *testing.T) {
	for _, test := range []struct{ name, script, maintainers, authors string }{
		{"a tag", "/**\n * @author [[w:pt:user:!Ana]]\n */", "", "!Ana"},
		{"a tag for who maintains it", "/** @maintainer [[User:Ana]] */", "Ana", ""},
		{"words before it", "// Local Maintainer: [[meta:User:Ben b]]", "Ben b", ""},
		{"Portuguese", "/* Mantido por: [[w:en:User:Cleo D]] */", "Cleo D", ""},
		{"Spanish", "// Autores: [[Usuario:Ana]], [[Usuaria:Ben]]", "", "Ana; Ben"},
		{"German", "// Betreut von [[Benutzer:Ana|Ana]] ([[Benutzer Diskussion:Ana|D]])", "Ana", ""},
		{"French", "// maintenu par [[:fr:Utilisateur:ana]]", "Ana", ""},
		{"Russian", "// Автор: [[Участник:Ана]]; сопровождение: [[Участник:Бен]]", "Бен", "Ана"},
		{"Chinese without spaces", "// 本工具维护者：[[User:Ana]]，作者：[[User:Ben]]", "Ana", "Ben"},
		{"Japanese", "// 作者:[[利用者:Ana]]", "", "Ana"},
		{"Hebrew", "// מתחזק: [[משתמש:Ana]]", "Ana", ""},
		{"both at once", "// Author and maintainer: [[User:Ana]]", "Ana", "Ana"},
		{"one after the other", "// @author [[User:Ana]], maintained by [[User:Ben]] and [[User talk:Cleo|Cleo]]", "Ben; Cleo", "Ana"},
		{"adverbs", "// currently maintained by [[User:Ana]]; maintained mainly by [[User:Ben]]", "Ana; Ben", ""},
		{"the same twice", "// @author [[User:Ana]]\n// @author [[user:ana/x]]", "", "Ana"},
		{"an address", "// Maintainer: https://en.wikipedia.org/wiki/User:Ana_B.", "Ana B", ""},
		{"an address with a query", "// maintainer //meta.wikimedia.org/w/index.php?title=User%3AAna&action=edit", "Ana", ""},
		{"no longer", "// Former maintainer: [[User:Ana]]", "", ""},
		{"no longer, in the middle", "// previously maintained by [[User:Ana]], maintainer: [[User:Ben]]", "Ben", ""},
		{"nobody", "// unmaintained, see [[User:Ana]]", "", ""},
		{"another line", "// Maintainers:\n// [[User:Ana]]", "", ""},
		{"no link", "// @author Ana <ana@example.org>", "", ""},
		{"no word", "// see [[User:Ana/doc]]", "", ""},
		{"a word in a word", "// coauthored, authority, domaintainer [[User:Ana]]", "", ""},
		{"the label of a link is no word", "// [[User:Ana|author]] [[User:Ben]]", "", ""},
		{"not a user page", "// @author [[Project:Ana]] [[Ana]] https://example.org/Ana", "", ""},
		{"an address of a computer", "// maintainer: [[User:192.0.2.7]] [[User:2001:db8::1]]", "", ""},
		{"no name", "// maintainer: [[User:]] [[User:#x]] [[User:a<b]] [[User:x@y]]", "", ""},
		{"code", "var maintainer = '[[User:Ana]]'; x('// maintainer: [[User:Ben]]');", "", ""},
		{"behind some code", "'use strict';\n( function () { // @maintainer [[User:Ana]]", "Ana", ""},
		{"behind the head", strings.Repeat("x();\n", 100) + "// @maintainer [[User:Ana]]", "", ""},
		{"behind a long line", "var x = '" + strings.Repeat("x", headBytes) + "'; // @maintainer [[User:Ana]]", "", ""},
		{"not closed", "/* @maintainer [[User:Ana]]", "Ana", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := headerCredits(test.script, wikitext.DefaultSite())
			if m, a := strings.Join(got.maintainers, "; "), strings.Join(got.authors, "; "); m != test.maintainers || a != test.authors {
				t.Errorf("maintainers %q, authors %q, want %q, %q", m, a, test.maintainers, test.authors)
			}
		})
	}
}

func FuzzHeaderCredits(f *testing.F) {
	f.Add("/** @author [[User:Ana]] maintained by [[w:de:Benutzer:Ben]] */")
	f.Add("// 维护者[[User:Ana]]\n`${'/*'}` // @maintainer https://x/wiki/User:A")
	f.Fuzz(func(t *testing.T, script string) {
		c := headerCredits(script, wikitext.DefaultSite())
		for _, name := range append(c.maintainers, c.authors...) {
			if name == "" || strings.ContainsAny(name, "@:/#|[]{}<>\n") {
				t.Errorf("the account %q", name)
			}
		}
	})
}
