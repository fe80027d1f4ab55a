// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the tests of what pages of JavaScript load.

package survey

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/detect"
	"gitlab.wikimedia.org/toolforge-repos/codesteward/wikitext"
)

func testLoads(wiki, host string) *loadReader {
	return &loadReader{wiki: wiki, on: wikitext.DefaultSite(), host: host, articlePath: "/wiki/", scriptPath: "/w"}
}

func TestLoads(t *testing.T) {
	for _, test := range []struct{ name, code, want string }{
		{"by title", `importScript('User:Ana/x.js');`, "User:Ana/x.js"},
		{"by title in another spelling", `importScript ( "user:ana_b/x.js" )`, "User:Ana b/x.js"},
		{"with what script-installer adds", `importScript('User:Ana/x.js'); // Backlink: [[User:Ana/x.js]]`, "User:Ana/x.js"},
		{"by a path", `importScript('/wiki/User:Ana/x.js')`, "User:Ana/x.js"},
		{"in another language", `importScript('User:Ana/x.js','en');`, "enwiki User:Ana/x.js"},
		{"in the same language", `importScript('User:Ana/x.js', 'de')`, "User:Ana/x.js"},
		{"on a single wiki", `importScript('User:Ana/x.js', "meta")`, "metawiki User:Ana/x.js"},
		{"without the protocol", `mw.loader.load('//en.wikipedia.org/w/index.php?title=User:Ana/x.js&action=raw&ctype=text/javascript');`, "enwiki User:Ana/x.js"},
		{"with the protocol", `mw.loader.load( "https://commons.wikimedia.org/w/index.php?title=User%3AAna_B%2Fx.js&action=raw&ctype=text/javascript" )`, "commonswiki User:Ana B/x.js"},
		{"pinned", `mw.loader.load('//en.wikipedia.org/w/index.php?title=User:Ana/x.js&oldid=123&action=raw&ctype=text/javascript')`, "enwiki User:Ana/x.js"},
		{"a path on this wiki", `mw.loader.load("/w/index.php?title=User:Ana/x.js&action=raw&ctype=text/javascript")`, "User:Ana/x.js"},
		{"an address on this wiki", `mw.loader.load("//de.wikipedia.org/w/index.php?title=User:Ana/x.js&action=raw")`, "User:Ana/x.js"},
		{"a short address", `mw.loader.load('https://meta.wikimedia.org/wiki/User:Ana/x.js?action=raw&ctype=text/javascript')`, "metawiki User:Ana/x.js"},
		{"the mobile host", `mw.loader.load('https://en.m.wikipedia.org/wiki/User:Ana/x.js?action=raw')`, "enwiki User:Ana/x.js"},
		{"getScript", `mw.loader.getScript('//en.wikipedia.org/w/index.php?title=User:Ana/x.js').then(f); $.getScript("//fr.wiktionary.org/w/index.php?title=Utilisateur:Ben/y.js");
			jQuery.getScript( '/w/index.php?title=User:Ana/z.js' )`, "enwiki User:Ana/x.js; frwiktionary User:Ben/y.js; User:Ana/z.js"},
		{"importScriptURI", `importScriptURI('//zh-yue.wikipedia.org/w/index.php?title=User:Ana/x.js')`, "zh_yuewiki User:Ana/x.js"},
		{"parts of a text", `mw.loader.load('//en.wikipedia.org/w/index.php?title=' + 'User:Ana/x.js' +
			'&action=raw')`, "enwiki User:Ana/x.js"},
		{"this wiki's address in variables", `mw.loader.load(mw.config.get('wgServer') + wgScript + '?title=User:Ana/x.js&action=raw');
			mw.loader.load(mw.util.wikiScript() + '?title=User:Ana/y.js')`, "User:Ana/x.js; User:Ana/y.js"},
		{"in other calls", "mw.loader.using( ['ext.gadget.X'], function () { if (a / b > 1) importScript(`User:Ana/x.js`); } ).then( () => importScript('User:Ana/y.js') )",
			"User:Ana/x.js; User:Ana/y.js"},
		{"escapes", `importScript('User:Ana\'s/x\u0041\x42\u{43}.js')`, "User:Ana's/xABC.js"},
		{"each once", `importScript('User:Ana/x.js');importScript("User:Ana/x.js")`, "User:Ana/x.js"},
		{"inside of a template", "x = `a ${importScript('User:Ana/x.js')} } importScript('User:Ana/no.js') ${ {a:`b`} } `; importScript('User:Ana/y.js')", "User:Ana/x.js; User:Ana/y.js"},
		{"behind a regular expression", `x = /['"\/[/]/.test(y); importScript('User:Ana/x.js')`, "User:Ana/x.js"},
		{"behind a division", `x = (a) / 2; importScript('User:Ana/x.js') // '/`, "User:Ana/x.js"},
		{"behind a string that is not closed", "x = 'a\nimportScript('User:Ana/x.js')", "User:Ana/x.js"},
		{"behind an address in a string", `x = 'https://example.org'; importScript('User:Ana/x.js')`, "User:Ana/x.js"},

		{"disabled", `//importScript('User:Ana/x.js'); // Backlink: [[User:Ana/x.js]]`, ""},
		{"disabled with others", "/* importScript('User:Ana/x.js');\nimportScript('User:Ana/y.js'); */", ""},
		{"disabled to the end", "/* importScript('User:Ana/x.js');", ""},
		{"disabled as in HTML", "<!-- importScript('User:Ana/x.js');", ""},
		{"in a string", `var s = "importScript('User:Ana/x.js')"; var u = 'it\'s importScript("User:Ana/x.js")'`, ""},
		{"a declaration", `function importScript('User:Ana/x.js') {}`, ""},
		{"a variable", `importScript(x); importScript('User:' + name + '/x.js'); mw.loader.load(base + '//en.wikipedia.org/w/index.php?title=User:Ana/x.js')`, ""},
		{"a choice", `importScript(a ? 'User:Ana/' : 'User:Ben/x.js')`, ""},
		{"a module", `mw.loader.load('ext.gadget.X'); mw.loader.using('ext.gadget.Y'); mw.loader.load(['a', 'b'])`, ""},
		{"a style", `importStylesheet('User:Ana/x.css'); mw.loader.load('//en.wikipedia.org/w/index.php?title=User:Ana/x.css', 'text/css')`, ""},
		{"no script", `importScript('User:Ana/common.js'); importScript('User:Ana/vector-2022.js'); importScript('User:Ana'); importScript('MediaWiki:Gadget-x.js')`, ""},
		{"no title", `importScript('User:Ana/<x>.js'); importScript(''); importScript('User:/x.js'); importScript('User talk:Ana/x.js')`, ""},
		{"another host", `mw.loader.load('//example.org/w/index.php?title=User:Ana/x.js'); mw.loader.load('//en.wikipedia.org.example/w/index.php?title=User:Ana/x.js')`, ""},
		{"another protocol", `mw.loader.load('javascript://en.wikipedia.org/wiki/User:Ana/x.js'); mw.loader.load('User:Ana/x.js')`, ""},
		{"another load", `x.load('/w/index.php?title=User:Ana/x.js'); load('/w/index.php?title=User:Ana/x.js'); reimportScript('User:Ana/x.js')`, ""},
		{"cut off", `importScript('User:Ana/x.js'`, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			var got []string
			for _, s := range testLoads("dewiki", "de.wikipedia.org").loads(test.code) {
				if s.wiki == "dewiki" {
					got = append(got, s.title)
				} else {
					got = append(got, s.wiki+" "+s.title)
				}
			}
			if got := strings.Join(got, "; "); got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}

func TestLoadsOnAWikiElsewhere(t *testing.T) {
	r := testLoads("testwiki", "127.0.0.1:8080")
	r.articlePath, r.scriptPath = "/index.php/", ""
	got := r.loads(`importScript('User:Ana/1.js'); mw.loader.load('/index.php?title=User:Ana/2.js'); mw.loader.load('http://127.0.0.1:8080/index.php/User:Ana/3.js?action=raw');
		importScript('User:Ana/4.js', 'en')`)
	if got := fmt.Sprint(got); got != "[{testwiki  User:Ana/1.js} {testwiki  User:Ana/2.js} {testwiki  User:Ana/3.js} {enwiki en.wikipedia.org User:Ana/4.js}]" {
		t.Error(got)
	}
}

// TestHostileScriptsTakeNoTime reads a megabyte of what could be gone through
// again and again.
func TestHostileScriptsTakeNoTime(t *testing.T) {
	r := testLoads("dewiki", "de.wikipedia.org")
	for _, piece := range []string{"/[", "/", "=/[a", "importScript(", "importScript('a'+", "`${", "{", "'", "\\", "/*", "mw.loader.load(x+'", "(/", "}/", "<!--"} {
		start := time.Now()
		r.loads(strings.Repeat(piece, 1<<20/len(piece)))
		took := time.Since(start)
		t.Logf("%q: %v", piece, took)
		if os.Getenv("SOAK") != "" && took > 2*time.Second { // the time tells something only where nothing else runs
			t.Errorf("1 MB of %q takes %v", piece, took)
		}
	}
}

func FuzzLoads(f *testing.F) {
	f.Add("importScript('User:A/b.js','en')//x\nmw.loader.load(`//m.wikidata.org/wiki/User:A/b.js`)")
	f.Add("x=/[/]'/;$.getScript(mw.config.get('wgScript')+\"?title=User:A/b.js\")/* ' */")
	f.Fuzz(func(t *testing.T, code string) {
		for _, s := range testLoads("dewiki", "de.wikipedia.org").loads(code) {
			if !detect.UserScriptTitle(s.title) || s.wiki == "" || strings.ContainsAny(s.title, "<>[]{}|#\n") {
				t.Errorf("%+v", s)
			}
		}
	})
}

func BenchmarkLoads(b *testing.B) {
	page := strings.Repeat("// a comment with 'quotes'\nif ( mw.config.get( 'wgAction' ) === 'edit' ) {\n\timportScript( 'User:Ana/x.js' ); // Backlink: [[User:Ana/x.js]]\n}\n", 1000)
	b.SetBytes(int64(len(page)))
	r := testLoads("dewiki", "de.wikipedia.org")
	for b.Loop() {
		r.loads(page)
	}
}
